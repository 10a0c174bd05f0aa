//! What `--json` prints: our promise to scripts. Its shapes are those of exports, so that both say the same.

use std::io::Write;

use serde::Serialize;

use super::Failure;
use crate::export::json;
use crate::model::Row;
use crate::text::Clean;

pub use crate::export::shapes::{MarkOut, MessageOut, Plain, SCHEMA, SessionOut, Shown, SumsOut};

/// Writes one value and a line feed, with everything escaped that a terminal could take for an order.
pub fn write(out: &mut dyn Write, value: &impl Serialize) -> Result<(), Failure> {
    Ok(json::pretty(out, value)?)
}

/// Writes an object that begins with a list of very many, as [`write`] would.
pub fn write_list<T: Sync, V: Serialize>(
    out: &mut dyn Write,
    name: &str,
    list: &[T],
    value: impl Fn(&T) -> V + Sync,
    rest: &impl Serialize,
) -> Result<(), Failure> {
    Ok(json::pretty_list(out, name, list, value, rest)?)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ListOut {
    pub schema_version: u32,
    pub sessions: Vec<SessionOut>,
    pub totals: TotalsOut,
    pub next_offset: Option<usize>,
    /// `more`, `complete` or `past_end`.
    pub state: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ShowOut {
    pub schema_version: u32,
    #[serde(flatten)]
    pub session: SessionOut,
    pub messages: Vec<MessageOut>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TotalsOut {
    pub sessions: usize,
    pub message_count: u64,
    #[serde(flatten)]
    pub sums: SumsOut,
}

/// A session to which what was asked was not done, and why.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RefusedOut {
    session_id: String,
    source: &'static str,
    reason: String,
}

impl RefusedOut {
    pub fn of(row: &Row, why: &str) -> RefusedOut {
        RefusedOut {
            session_id: Clean::of(&row.id().native).to_string(),
            source: row.id().source.0,
            reason: Clean::line(why).to_string(),
        }
    }
}

/// Any text, cleaned.
pub fn clean(text: &str) -> Shown {
    Clean::of(text).into()
}
