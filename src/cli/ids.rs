//! Ids as tables and commands show them: short, and enough to name one session and no other.

use std::sync::Arc;

use foldhash::{HashMap, HashMapExt};

use super::resolve::{bare, short_id};
use crate::index::Index;
use crate::model::{Row, SessionId};
use crate::text::Clean;

/// The beginning of an id has no fewer letters.
const START: usize = 8;

/// What to call sessions, so that every command that takes an id finds the one that is meant.
pub struct Ids {
    /// Those for which the short form does not do.
    longer: HashMap<SessionId, String>,
}

impl Ids {
    /// Told apart among all sessions of the index, listed or not.
    pub fn of(index: &Index) -> Ids {
        let rows: Vec<&Arc<Row>> = index.rows().collect();
        let shorts: Vec<String> = rows.iter().map(|row| short_id(row)).collect();
        let mut many: HashMap<&str, usize> = HashMap::with_capacity(rows.len());
        for short in &shorts {
            *many.entry(short).or_default() += 1;
        }
        // A whole id is tried before any short form.
        for (row, short) in rows.iter().zip(&shorts) {
            let native = &*row.id().native;
            if let Some(many) = many.get_mut(native).filter(|_| short != native) {
                *many += 1;
            }
        }
        let is_taken = |short: &str| many.get(short).is_some_and(|many| *many > 1);
        let taken = rows.iter().zip(&shorts).enumerate();
        let taken: Vec<_> = taken.filter(|(_, (_, short))| is_taken(short)).collect();
        let mut longer = HashMap::new();
        if taken.is_empty() {
            return Ids { longer };
        }
        let starts = Starts::of(&rows);
        for (at, (row, short)) in taken {
            let id = row.id();
            let of_source = |(other, _): &(&&Arc<Row>, &String)| other.id().source == id.source;
            let same = rows.iter().zip(&shorts).filter(of_source);
            let same = same.filter(|(row, of)| *of == short || *row.id().native == **short);
            let name = match starts.unique(at, &id.native) {
                Some(start) if !many.contains_key(start) => start.to_owned(),
                Some(_) => id.native.to_string(),
                None if same.count() == 1 => format!("{}:{short}", id.source),
                None => id.to_string(),
            };
            longer.insert(id.clone(), name);
        }
        Ids { longer }
    }

    /// What to call a session.
    pub fn name(&self, row: &Row) -> Clean {
        match self.longer.get(row.id()) {
            Some(name) => Clean::line(name),
            None => Clean::line(&short_id(row)),
        }
    }
}

/// What ids begin with, in order, each with the number of its row.
struct Starts<'r>(Vec<(&'r str, usize)>);

impl<'r> Starts<'r> {
    fn of(rows: &[&'r Arc<Row>]) -> Starts<'r> {
        let of_row = |(at, row): (usize, &&'r Arc<Row>)| {
            let native = &*row.id().native;
            [Some((native, at)), bare(native).map(|rest| (rest, at))]
        };
        let all = rows.iter().enumerate().flat_map(of_row).flatten();
        let mut all: Vec<(&str, usize)> = all.collect();
        all.sort_unstable();
        Starts(all)
    }

    /// The shortest beginning of an id that is no other's; absent where another is the same.
    fn unique<'n>(&self, own: usize, native: &'n str) -> Option<&'n str> {
        let place = self.0.partition_point(|(start, _)| *start < native);
        let (before, after) = self.0.split_at_checked(place)?;
        let is_other = |(_, row): &&(&str, usize)| *row != own;
        let near = before.iter().rev().find(is_other).into_iter();
        let near = near.chain(after.iter().find(is_other));
        let mut shared = 0;
        for (other, _) in near {
            if *other == native {
                return None;
            }
            let both = native.bytes().zip(other.bytes());
            shared = shared.max(both.take_while(|(a, b)| a == b).count());
        }
        let ends = native.char_indices().map(|(at, c)| at + c.len_utf8());
        let end = ends.skip(START - 1).find(|end| *end > shared);
        native.get(..end.unwrap_or(native.len()))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::cli::resolve;
    use crate::ingest::{Delta, Told};
    use crate::model::Spends;
    use crate::query::tests::session;
    use crate::sources::SOURCES;

    fn index(ids: &BTreeSet<(usize, String)>) -> Index {
        let told = |(source, native): &(usize, String)| Told {
            session: Arc::new(session(|session| {
                let source = SOURCES[source % SOURCES.len()].card().id;
                session.id = SessionId::new(source, native.as_str());
            })),
            spends: Spends::default(),
            leaves: Arc::from([]),
        };
        let mut index = Index::default();
        index.apply(Delta {
            told: ids.iter().map(told).collect(),
            ..Delta::default()
        });
        index
    }

    proptest! {
        /// S0-20: what a session is called finds it, whatever the others are.
        #[test]
        fn a_name_finds_its_session(
            ids in prop::collection::btree_set((0usize..20, "(session_|ses_)?[ab_-]{1,14}"), 1..24),
        ) {
            let index = index(&ids);
            let names = Ids::of(&index);
            for row in index.rows() {
                let name = names.name(row);
                let found = resolve::session(&index, name.as_str());
                let found = found.map(|row| row.id().clone()).ok();
                prop_assert_eq!(found.as_ref(), Some(row.id()), "{}", name);
                let found = resolve::named(&index, &[name.to_string()]);
                let found = found.and_then(|rows| Some(rows.first()?.id().clone()));
                prop_assert_eq!(found.as_ref(), Some(row.id()), "{} among words", name);
            }
        }
    }

    #[test]
    fn a_name_is_no_longer_than_it_must_be() {
        let ids = ["thing-of-may-1", "thing-of-june", "5c0de000-aaaa"];
        let ids = ids.map(|id| (0, id.to_owned()));
        let index = index(&ids.into());
        let names = Ids::of(&index);
        let mut all: Vec<String> = index
            .rows()
            .map(|row| names.name(row).to_string())
            .collect();
        all.sort();
        assert_eq!(all, ["5c0de000", "thing-of-j", "thing-of-m"]);
    }
}
