//! What could not be read in a unit: counted for each session, so that one told anew is not counted twice.

use std::collections::BTreeMap;

use crate::pack::{Pack, Unpacking};
use crate::sources::Oddity;

/// At most this many places are kept for each unit; past it they are only counted.
const PLACES: usize = 8;

#[derive(Default)]
pub struct Oddities {
    counts: BTreeMap<(Option<Box<str>>, Oddity), u32>,
    first: Vec<(Option<Box<str>>, u64, Oddity)>,
    /// Changed since they were last told.
    dirty: bool,
}

impl Pack for Oddities {
    fn pack(&self, out: &mut Vec<u8>) {
        self.counts.len().pack(out);
        for ((session, what), n) in &self.counts {
            (session.clone(), *what).pack(out);
            n.pack(out);
        }
        self.first.len().pack(out);
        for (session, at, what) in &self.first {
            (session.clone(), *what).pack(out);
            at.pack(out);
        }
    }

    /// They are told again.
    fn unpack(from: &mut Unpacking<'_>) -> Option<Oddities> {
        let counts: Packed<u32> = from.get()?;
        let first: Packed<u64> = from.get()?;
        let first = first.into_iter();
        Some(Oddities {
            dirty: !counts.is_empty(),
            counts: counts.into_iter().collect(),
            first: first.map(|((id, what), at)| (id, at, what)).collect(),
        })
    }
}

/// What is told of each kind of oddity, as the cache holds it.
type Packed<T> = Vec<((Option<Box<str>>, Oddity), T)>;

impl Oddities {
    pub fn add(&mut self, session: Option<Box<str>>, at: u64, what: Oddity) {
        if self.first.len() < PLACES {
            self.first.push((session.clone(), at, what));
        }
        *self.counts.entry((session, what)).or_default() += 1;
        self.dirty = true;
    }

    /// The session is told anew, or gone.
    pub fn forget(&mut self, session: &str) {
        let of = |id: &Option<Box<str>>| id.as_deref() == Some(session);
        let before = self.counts.len();
        self.counts.retain(|(id, _), _| !of(id));
        self.first.retain(|(id, _, _)| !of(id));
        self.dirty |= self.counts.len() != before;
    }

    /// They are told again, changed or not.
    pub fn touch(&mut self) {
        self.dirty = true;
    }

    pub fn clear(&mut self) {
        self.dirty |= !self.counts.is_empty();
        self.counts.clear();
        self.first.clear();
    }

    /// How many of each kind, and where the first few are.
    pub fn now(&self) -> (BTreeMap<Oddity, u32>, Vec<(u64, Oddity)>) {
        let mut counts = BTreeMap::new();
        for ((_, what), n) in &self.counts {
            *counts.entry(*what).or_default() += n;
        }
        let first = self.first.iter().map(|(_, at, what)| (*at, *what));
        (counts, first.collect())
    }

    /// Whether they changed since this was last asked.
    pub fn changed(&mut self) -> bool {
        std::mem::take(&mut self.dirty)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_told_anew_is_counted_once() {
        let mut odd = Oddities::default();
        odd.add(None, 7, Oddity::Corrupt);
        for _ in 0..3 {
            odd.forget("a");
            odd.add(Some("a".into()), 1, Oddity::Malformed);
        }
        let (counts, first) = odd.now();
        assert_eq!(counts[&Oddity::Malformed], 1);
        assert_eq!(first, [(7, Oddity::Corrupt), (1, Oddity::Malformed)]);
        assert!(odd.changed() && !odd.changed());
        odd.forget("b");
        assert!(!odd.changed(), "nothing was known of it");
    }
}
