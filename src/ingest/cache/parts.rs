//! What a unit of very many sessions told of those that changed last.
//!
//! A database is one unit, and all that it told takes longer to unpack than a first screen may take. So the newest of it
//! stand in the cache once more, by themselves.

use std::cmp::Reverse;
use std::sync::Arc;

use super::{Place, SCREEN, shapes, unpack_delta};
use crate::ingest::Delta;
use crate::model::{SourceId, Unit};
use crate::pack::{Unpacking, pack_many};

/// As much of these bytes as fills a screen, packed as they are. Absent where that is all.
pub fn newest(place: &Place, bytes: &[u8]) -> Option<Vec<u8>> {
    let sessions: usize = Unpacking::new(bytes).get()?;
    if sessions <= SCREEN {
        return None;
    }
    // Whose sessions they are is not packed.
    let nobody = Unit {
        source: SourceId(""),
        root: place.root.clone(),
        path: place.path.clone(),
        rank: place.rank,
        form: place.form,
    };
    let Delta { mut told, .. } = unpack_delta(&Arc::new(nobody), bytes)?;
    told.sort_by_key(|told| Reverse(told.session.updated));
    told.truncate(SCREEN);
    let mut part = Vec::new();
    pack_many(&told, &mut part, shapes::pack_told);
    pack_many(&[], &mut part, shapes::pack_about);
    pack_many(&[], &mut part, shapes::pack_odd);
    Some(part)
}
