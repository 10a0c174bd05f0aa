//! Lists in groups: by day, project or agent.

use std::collections::HashMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::model::{ProjectNames, Row};
use crate::sources;
use crate::text::Clean;

/// What the sessions of a group have in common.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Grouping {
    #[default]
    None,
    /// The day of the last activity.
    Day,
    Project,
    Agent,
}

/// Every grouping by its word, as `group:` takes it.
const WORDS: [(Grouping, &str); 4] = [
    (Grouping::None, "none"),
    (Grouping::Day, "day"),
    (Grouping::Project, "project"),
    (Grouping::Agent, "agent"),
];

impl Grouping {
    pub fn word(self) -> &'static str {
        let word = WORDS.iter().find(|(grouping, _)| *grouping == self);
        word.map_or("", |(_, word)| word)
    }

    pub fn by_word(word: &str) -> Option<Grouping> {
        let grouping = WORDS.iter().find(|(_, known)| *known == word);
        grouping.map(|(grouping, _)| *grouping)
    }

    /// What the group of a row is called: by days as they are in a zone, seen from now, and by projects as its own row
    /// calls it.
    pub fn label(
        self,
        row: &Row,
        now: Timestamp,
        zone: &TimeZone,
        projects: &ProjectNames,
    ) -> Clean {
        match self {
            Grouping::None => Clean::default(),
            Grouping::Project => projects.name(row).unwrap_or_else(|| "no project".into()),
            Grouping::Agent => {
                let id = row.id().source;
                sources::source(id).map_or_else(|| id.0.into(), |s| s.card().label.into())
            }
            Grouping::Day => {
                let day = |at: Timestamp| at.to_zoned(zone.clone()).date();
                let Some(at) = row.session.updated.map(day) else {
                    return "no date".into();
                };
                let today = day(now);
                match () {
                    () if at == today => "today".into(),
                    () if Some(at) == today.yesterday().ok() => "yesterday".into(),
                    () => Clean::from(at.strftime("%A, %Y-%m-%d").to_string()),
                }
            }
        }
    }

    /// Puts the items of a group together. Groups stand in the order of their first items, and items keep theirs.
    pub fn gather<T>(self, items: &mut Vec<T>, label: impl Fn(&T) -> Clean) {
        if self == Grouping::None {
            return;
        }
        let mut places: HashMap<Clean, usize> = HashMap::new();
        let mut placed: Vec<(usize, T)> = std::mem::take(items)
            .into_iter()
            .map(|item| {
                let next = places.len();
                (*places.entry(label(&item)).or_insert(next), item)
            })
            .collect();
        placed.sort_by_key(|(place, _)| *place);
        items.extend(placed.into_iter().map(|(_, item)| item));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_can_name_every_grouping() {
        let words: Vec<&str> = WORDS.iter().map(|(_, word)| *word).collect();
        assert_eq!(words, crate::query::GROUPINGS);
    }

    #[test]
    fn groups_stand_in_the_order_of_their_first_items() {
        let mut items = vec![("b", 1), ("a", 2), ("b", 3), ("c", 4), ("a", 5)];
        Grouping::Day.gather(&mut items, |(label, _)| Clean::line(label));
        assert_eq!(items, [("b", 1), ("b", 3), ("a", 2), ("a", 5), ("c", 4)]);
    }
}
