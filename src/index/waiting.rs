//! What is told of a session elsewhere and not seen while the unit it is shown from is there.

use std::sync::Arc;

use super::Index;
use super::tellings::numbered;
use crate::model::{Row, Session};

impl Index {
    /// Whether we keep a copy of a session that stands in its agent's folders.
    pub fn has_copy(&self, row: &Row) -> bool {
        let tellings = self.tellings.get(row.id()).map(Vec::as_slice);
        let tellings = tellings.filter(|all| all.len() > 1).unwrap_or_default();
        let mut copies = tellings.iter().map(|told| &told.session.unit);
        !row.session.unit.is_kept() && copies.any(|unit| unit.is_kept())
    }

    /// The session as units of lower rank tell it: one of them would take over if what is shown were gone. Where two
    /// sessions have its id, nobody knows whose they are, and none is told. An index of kept rows knows none.
    pub fn waiting(&self, row: &Row) -> Vec<Arc<Session>> {
        let path = &row.session.unit.path;
        let plain = self.by_unit.get(path).into_iter().flatten();
        let tellings = plain
            .filter_map(|id| Some((id, self.tellings.get(id)?)))
            .find(|(id, tellings)| (1..=tellings.len()).any(|n| numbered(id, n) == *row.id()));
        let Some((_, tellings)) = tellings else {
            return Vec::new();
        };
        let rank = |n: usize| tellings.get(n).map(|told| told.session.unit.standing());
        if rank(0) == rank(1) {
            return Vec::new();
        }
        let others = tellings
            .iter()
            .filter(|told| told.session.unit.path != *path);
        others.map(|told| told.session.clone()).collect()
    }
}
