//! What is known from an earlier run, and what is kept for the next one.

use std::sync::Arc;

use rayon::prelude::*;

use super::super::cache::{Fresh, WORTH};
use super::super::discover::Found;
use super::super::unit::{self, UnitState};
use super::Run;
use crate::ingest::Delta;
use crate::model::Unit;

/// So many units are told as one.
const PIECE: usize = 256;

impl Run {
    /// Tells what changed last as it was, before anything is looked at: the walk then finds what is no longer so. Where
    /// nothing is known that is told too, as the first frame waits for it.
    pub(super) fn recall_newest(&mut self) {
        let sources: Vec<_> = self
            .choice
            .sources()
            .map(|source| source.card().id)
            .collect();
        let newest = self.cache.newest(&sources);
        let found = newest.into_iter().map(|(unit, stamps)| Found {
            unit,
            stamp: Some(stamps),
        });
        let found: Vec<Found> = found.collect();
        if self.recall(&found).len() == found.len() {
            self.tell();
        }
    }

    /// Tells what is known of units that did not change since they were kept, and remembers their stamps. Gives the
    /// others.
    pub(super) fn recall(&mut self, found: &[Found]) -> Vec<Found> {
        let mut others = Vec::new();
        for piece in found.chunks(PIECE) {
            let cache = &self.cache;
            let recalled: Vec<Option<Delta>> = piece
                .par_iter()
                .map(|found| cache.recall(&found.unit, found.stamp.as_ref(), false))
                .collect();
            let mut all = Delta::default();
            for (found, delta) in piece.iter().zip(recalled) {
                let Some(delta) = delta else {
                    others.push(found.clone());
                    continue;
                };
                let path = &found.unit.path;
                self.units.insert(path.clone(), found.unit.clone());
                // The rest of it is told once all that is known is open.
                let stamp = found.stamp.filter(|_| !cache.is_part(&found.unit));
                self.stamps.extend(stamp.map(|stamp| (path.clone(), stamp)));
                all.merge(delta);
            }
            if !all.told.is_empty() || !all.about.is_empty() {
                self.projects.hear(&self.env, &all);
                self.pending.merge(all);
                self.tell();
            }
        }
        others
    }

    /// A unit that is not at rest: read on where it only grew since it was kept, else from its start.
    pub(super) fn as_kept(&self, unit: &Arc<Unit>) -> UnitState {
        let now = self.stamps.get(&unit.path);
        let (grown, told) = match self.fresh.get(&unit.path) {
            Some((_, kept)) => (kept.grown(unit, now), kept.sessions(unit)),
            None => (self.cache.grown(unit, now), self.cache.sessions(unit)),
        };
        grown.unwrap_or_else(|| UnitState::known(unit.clone(), told))
    }

    /// Keeps what was read, where reading it again would take longer than writing it. What is at rest is then known from
    /// the cache and no longer held.
    pub(super) fn keep(&mut self) {
        if self.fresh.is_empty() || self.fresh_bytes < WORTH {
            return;
        }
        let (units, env) = (&self.units, &self.env);
        let stays = |path: &std::path::Path| units.contains_key(path) || !unit::gone(env, path);
        // Without a cache everything works, only later: then it is held here.
        if let Ok(cache) = self.cache.save(env, &self.fresh, stays) {
            self.cache = cache;
            self.fresh = Fresh::default();
        }
        self.fresh_bytes = 0;
    }
}
