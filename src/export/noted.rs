//! The shape of what people noted on a session, in JSON.

use serde::Serialize;

use super::shapes::{Pen, Plain, Shown, time};
use crate::model::Row;

/// What people noted on a session.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MarkOut {
    starred: bool,
    hidden: bool,
    unread: bool,
    name: Option<Shown>,
    tags: Vec<Shown>,
    note: Option<Shown>,
    /// Numbers of messages.
    pins: Vec<u32>,
    last_seen_at: Option<String>,
    messages_seen: Option<u32>,
}

impl MarkOut {
    /// As commands print it.
    pub fn new(row: &Row) -> MarkOut {
        MarkOut::written(row, &mut Plain)
    }

    pub(super) fn written(row: &Row, pen: &mut dyn Pen) -> MarkOut {
        let mark = row.mark.as_deref().cloned().unwrap_or_default();
        MarkOut {
            starred: mark.star,
            hidden: mark.hidden,
            unread: row.is_unread(),
            name: mark.name.map(|name| pen.clean(&name)),
            tags: mark.tags.iter().map(|tag| pen.clean(tag.text())).collect(),
            note: mark.note.map(|note| pen.clean(&note)),
            pins: mark.pins.into_iter().collect(),
            last_seen_at: time(mark.seen.map(|seen| seen.at)),
            messages_seen: mark.seen.map(|seen| seen.messages),
        }
    }
}
