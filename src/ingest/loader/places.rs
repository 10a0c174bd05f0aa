//! Which of the directories that sessions name are gone: looked at on a thread of its own, since one disk that does not
//! answer must not hold up everything else.

use std::collections::HashSet as Set;
use std::path::Path;
use std::sync::Arc;

use foldhash::HashSet;

use super::{Order, Run};
use crate::ingest::{self, Delta};

/// All directories that are gone.
pub type GoneDirs = HashSet<Arc<Path>>;

/// The directories met so far.
#[derive(Default)]
pub struct Places {
    met: Set<Arc<Path>>,
    gone: GoneDirs,
    /// Some were not looked at yet, or long ago.
    is_due: bool,
    /// They are being looked at now.
    is_busy: bool,
}

impl Places {
    /// All are looked at when something is told next.
    pub fn look_again(&mut self) {
        self.is_due = true;
    }
}

impl Run {
    /// Takes note of the directories that are told now, and has them looked at when everything was read once.
    pub(super) fn meet_places(&mut self) {
        for told in &self.pending.told {
            if let Some(dir) = &told.session.dir
                && self.places.met.insert(dir.clone())
            {
                self.places.is_due = true;
            }
        }
        self.look_at_places();
    }

    pub(super) fn look_at_places(&mut self) {
        let is_ready = self.places.is_due && !self.places.is_busy && self.first.is_empty();
        if !is_ready || self.places.met.is_empty() {
            return;
        }
        (self.places.is_due, self.places.is_busy) = (false, true);
        let dirs: Vec<Arc<Path>> = self.places.met.iter().cloned().collect();
        let (env, orders) = (self.env.clone(), self.orders.clone());
        let look = move || {
            // Where nobody listens any more nothing is lost.
            let _ = orders.send(Order::Gone(ingest::gone(&env, dirs.iter())));
        };
        // Without a thread nothing is known to be gone.
        let _ = std::thread::Builder::new()
            .name("places".into())
            .spawn(look);
    }

    pub(super) fn places_looked_at(&mut self, gone: GoneDirs) {
        self.places.is_busy = false;
        if self.places.gone != gone {
            self.places.gone.clone_from(&gone);
            self.pending.merge(Delta {
                gone: Some(gone),
                ..Delta::default()
            });
        }
        self.look_at_places();
    }
}
