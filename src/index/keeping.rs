//! When agents delete their sessions: it follows from their settings, which may change while no log does.

use std::sync::Arc;

use jiff::SignedDuration;

use super::Index;
use crate::sources::Retentions;

/// What its agent deletes within this time is counted, by the screen and by `doctor`.
pub const EXPIRES_SOON: SignedDuration = SignedDuration::from_hours(9 * 24);

impl Index {
    /// How long agents keep their sessions, from now on and for those that are here.
    pub fn keep_by(&mut self, retentions: Retentions) {
        for row in self.rows.values_mut() {
            let expires = retentions.ends(&row.session);
            if expires != row.expires {
                Arc::make_mut(row).expires = expires;
            }
        }
        self.retentions = retentions;
    }

    /// What is known of that.
    pub fn retentions(&self) -> &Retentions {
        &self.retentions
    }
}
