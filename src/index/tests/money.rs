//! Money is the same however it is summed.

use super::*;
use crate::model::{Bill, Usd};

/// Seven billionths a token, and nothing known of two of them.
struct Sevens;

impl Tariff for Sevens {
    fn charge(&self, bill: &Bill<'_>) -> Cost {
        match bill.usage.output {
            2 => Cost::UNKNOWN,
            n => Cost::estimated(Usd::from_nanos(7 * n as i64)),
        }
    }
}

proptest! {
    #[test]
    fn totals_groups_and_rows_agree(
        told in proptest::collection::vec(a_session(), 1..14),
        chunk in 1usize..5,
        asked in proptest::collection::vec(any::<bool>(), 14),
    ) {
        let mut index = Index::with(Arc::new(Sevens));
        for part in told.chunks(chunk) {
            index.apply(delta(part.to_vec()));
        }
        let all: Vec<&Arc<Row>> = index.rows().collect();
        let rows: Vec<&Arc<Row>> = all.iter().zip(&asked).filter(|(_, asked)| **asked).map(|(row, _)| *row).collect();
        let sums = index.sums(rows.iter().copied());
        prop_assert_eq!(index.cost(&rows), sums.cost.cost());
        // By what it was spent on and when: every response once, none lost.
        let zone = jiff::tz::TimeZone::UTC;
        for by in [None, Some(By::Model), Some(By::Project), Some(By::Source)] {
            let mut groups: Groups<_> = Groups::default();
            index.entries(rows.iter().copied(), &mut |entry| {
                let day = entry.at().map(|at| Period::Day.start(at, &zone));
                groups.add((day, by.map(|by| by.facet(&entry))), &entry);
            });
            let mut together = Sums::default();
            groups.into_rows().for_each(|(_, group)| together.merge(&group.sums));
            prop_assert_eq!(&together, &sums);
        }
        // Taken apart, a session is what its row says.
        for row in rows {
            let explained = index.explain(row);
            let mut parts = Sums::default();
            explained.parts.iter().for_each(|part| parts.merge(&part.row.own));
            prop_assert_eq!(&parts, &row.all);
            for part in &explained.parts {
                let models = part.models.iter().map(|model| model.sums.responses);
                prop_assert_eq!(models.sum::<u64>(), part.counting.responses);
            }
        }
    }
}
