//! Rows for spreadsheets: the fields of `list --json`, a column each. Comma-separated as RFC 4180 has it, with line feeds.

use std::borrow::Cow;
use std::io::{self, Write};

use serde_json::Value;

use super::shapes::SessionOut;
use crate::model::Row;
use crate::redact::Outlet;

/// The columns, by their names in JSON. A test holds that none is missing.
pub const COLUMNS: [&str; 42] = [
    "sessionId",
    "shortId",
    "source",
    "title",
    "projectPath",
    "projectName",
    "gitBranch",
    "shareUrl",
    "model",
    "models",
    "provider",
    "parentId",
    "kind",
    "messageCount",
    "inputTokens",
    "outputTokens",
    "cacheCreationTokens",
    "cacheReadTokens",
    "reasoningTokens",
    "promptTokens",
    "completionTokens",
    "totalTokens",
    "totalCost",
    "costBasis",
    "createdAt",
    "updatedAt",
    "durationMs",
    "expires",
    "path",
    "sizeBytes",
    "badRecords",
    "starred",
    "hidden",
    "unread",
    "name",
    "tags",
    "note",
    "pins",
    "lastSeenAt",
    "messagesSeen",
    "state",
    "summary",
];

/// The line with the names of the columns.
pub fn head(out: &mut dyn Write) -> io::Result<()> {
    record(COLUMNS.iter().map(|name| Cow::Borrowed(*name)), out)
}

/// A session as a line. Unknown is empty.
pub fn row(row: &Row, outlet: &mut Outlet<'_>, out: &mut dyn Write) -> io::Result<()> {
    let session = serde_json::to_value(SessionOut::written(row, outlet))?;
    let cell = |name: &&str| match session.get(*name) {
        None | Some(Value::Null) => Cow::Borrowed(""),
        Some(Value::String(text)) => Cow::Owned(harmless(text)),
        Some(Value::Array(items)) => {
            let item = |item: &Value| {
                item.as_str()
                    .map_or_else(|| item.to_string(), str::to_owned)
            };
            let items: Vec<String> = items.iter().map(item).collect();
            Cow::Owned(harmless(&items.join(" ")))
        }
        Some(other) => Cow::Owned(other.to_string()),
    };
    record(COLUMNS.iter().map(cell), out)
}

fn record<'a>(cells: impl Iterator<Item = Cow<'a, str>>, out: &mut dyn Write) -> io::Result<()> {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::Any(b'\n'))
        .from_writer(out);
    writer.write_record(cells.map(|cell| cell.into_owned()))?;
    writer.flush()
}

/// A spreadsheet takes text that starts so for a formula and runs it.
pub fn harmless(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}
