//! Responses summed by time and by what they were spent on: the reports.

use std::collections::{BTreeMap, HashSet};

use compact_str::CompactString;
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::entries::Entry;
use crate::model::{Basis, Cost, SessionId, SourceId, Sums};
use crate::text::Clean;

/// A span of the calendar.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Period {
    Day,
    /// From Monday to Sunday.
    Week,
    Month,
}

impl Period {
    /// The first day of the period a time falls in, in this zone.
    pub fn start(self, at: Timestamp, zone: &TimeZone) -> Date {
        let day = at.to_zoned(zone.clone()).date();
        match self {
            Period::Day => day,
            Period::Week => {
                let back = i64::from(day.weekday().since(Weekday::Monday));
                day.checked_sub(back.days()).unwrap_or(day)
            }
            Period::Month => day.first_of_month(),
        }
    }
}

/// What a report is split by, next to time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum By {
    Model,
    Project,
    Source,
}

/// One value of a [`By`]. Text is as in the logs until it is shown.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Facet {
    /// By its name, whoever serves it.
    Model(Option<CompactString>),
    /// The directory's last component, and the directory.
    Project(Option<(Clean, Box<std::path::Path>)>),
    Source(SourceId),
}

impl By {
    pub fn facet(self, entry: &Entry<'_>) -> Facet {
        match self {
            By::Model => Facet::Model(entry.response.model.as_ref().map(|m| m.name.clone())),
            By::Project => {
                // A sub-agent's work is for the project that asked for it.
                let dir = entry.row.session.dir.as_deref();
                Facet::Project(entry.row.project().zip(dir.map(Into::into)))
            }
            By::Source => Facet::Source(entry.owner.id().source),
        }
    }
}

/// Sums of what falls together.
#[derive(Clone, Default, Debug)]
pub struct Group {
    pub sums: Sums,
    /// Sessions it was spent in, sub-agents with their roots.
    pub sessions: HashSet<SessionId>,
    pub first: Option<Timestamp>,
    pub last: Option<Timestamp>,
    /// Responses whose log has no time; they stand where their session ended.
    pub untimed: u64,
    /// Sessions whose logs leave out tokens.
    uncounted: HashSet<SessionId>,
}

impl Group {
    pub fn add(&mut self, entry: &Entry<'_>) {
        self.sums.add(&entry.response);
        self.sessions.insert(entry.row.id().clone());
        let owner = &entry.owner.session;
        let made = entry.response.cost.basis != Basis::Reported;
        if made && owner.flags.uncounted && self.uncounted.insert(owner.id.clone()) {
            self.sums.cost.add(Cost::LEAST);
        }
        self.untimed += u64::from(entry.response.at.is_none());
        if let Some(at) = entry.at() {
            self.first = Some(self.first.map_or(at, |first| first.min(at)));
            self.last = Some(self.last.map_or(at, |last| last.max(at)));
        }
    }
}

/// Groups by key, in the order of the keys.
#[derive(Clone, Debug)]
pub struct Groups<K>(BTreeMap<K, Group>);

impl<K: Ord> Default for Groups<K> {
    fn default() -> Groups<K> {
        Groups(BTreeMap::new())
    }
}

impl<K: Ord> Groups<K> {
    pub fn add(&mut self, key: K, entry: &Entry<'_>) {
        self.0.entry(key).or_default().add(entry);
    }

    pub fn into_rows(self) -> impl DoubleEndedIterator<Item = (K, Group)> {
        self.0.into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_start_in_the_zone_of_the_reader() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let start = |period: Period, at: &str| {
            let at: Timestamp = at.parse().unwrap();
            period.start(at, &zone).to_string()
        };
        // The night the clocks go forward: 22:30 UTC is still the 28th, 23:30 UTC the 29th.
        assert_eq!(start(Period::Day, "2026-03-28T22:30:00Z"), "2026-03-28");
        assert_eq!(start(Period::Day, "2026-03-28T23:30:00Z"), "2026-03-29");
        // On the 29th midnight is at 22:00 UTC.
        assert_eq!(start(Period::Day, "2026-03-29T21:59:59Z"), "2026-03-29");
        assert_eq!(start(Period::Day, "2026-03-29T22:00:00Z"), "2026-03-30");
        assert_eq!(start(Period::Week, "2026-03-29T21:59:59Z"), "2026-03-23");
        assert_eq!(start(Period::Week, "2026-03-29T22:00:00Z"), "2026-03-30");
        assert_eq!(start(Period::Month, "2026-03-31T21:59:59Z"), "2026-03-01");
        assert_eq!(start(Period::Month, "2026-03-31T22:00:00Z"), "2026-04-01");
    }
}
