//! The lists of what happened as `--json` tells them.

use std::io::Write;

use jiff::Timestamp;
use serde::Serialize;

use super::List;
use crate::cli::json::{SCHEMA, SessionOut};
use crate::cli::{Failure, plain};
use crate::evidence::Place;
use crate::model::Row;
use crate::text::{Clean, Raw};

impl EvidenceOut {
    pub fn new(row: &Row, list: &List) -> EvidenceOut {
        EvidenceOut {
            schema_version: SCHEMA,
            session: SessionOut::new(row),
            evidence: list.out(),
        }
    }
}

impl List {
    /// The list without the session it is of, as lines.
    pub(super) fn plain(&self, out: &mut dyn Write) -> Result<(), Failure> {
        plain::write(out, &self.out())
    }

    fn out(&self) -> ListOut {
        let text = |raw: &Raw| raw.clean().to_string();
        match self {
            List::Commands(all) => ListOut::Commands(
                all.iter()
                    .map(|one| CommandOut {
                        place: PlaceOut::new(&one.place),
                        command: text(&one.command),
                        exit_code: one.exit,
                        duration_ms: one.took.map(|took| took.as_millis() as u64),
                        ok: one.ok,
                    })
                    .collect(),
            ),
            List::Failures(all) => ListOut::Failures(
                all.iter()
                    .map(|one| FailureOut {
                        place: PlaceOut::new(&one.place),
                        kind: one.kind.word(),
                        tool: one.tool.as_ref().map(|tool| Clean::of(tool).to_string()),
                        target: one.target.as_ref().map(text),
                        exit_code: one.exit,
                        said: text(&one.said),
                    })
                    .collect(),
            ),
            List::Files(all) => ListOut::Files(
                all.iter()
                    .map(|one| FileOut {
                        path: text(&one.full),
                        read: one.read,
                        written: one.written,
                        added_lines: one.added,
                        removed_lines: one.removed,
                        deleted: one.is_gone,
                        first: one.first.number,
                        last: one.last.number,
                    })
                    .collect(),
            ),
            List::Fetches(all) => ListOut::Fetches(
                all.iter()
                    .map(|one| FetchOut {
                        place: PlaceOut::new(&one.place),
                        url: text(&one.url),
                        search: one.is_search,
                        status: one.status,
                        ok: one.ok,
                    })
                    .collect(),
            ),
            List::Tools(all) => ListOut::Tools(
                all.iter()
                    .map(|one| ToolOut {
                        name: Clean::of(&one.name).to_string(),
                        calls: one.calls,
                        failed: one.failed,
                        last: one.last.number,
                    })
                    .collect(),
            ),
            List::Changes(all) => ListOut::Changes(
                all.iter()
                    .map(|(change, standing)| ChangeOut {
                        path: text(&change.full),
                        edits: change.edits.iter().map(|place| place.number).collect(),
                        added_lines: change.added,
                        removed_lines: change.removed,
                        unjoined_edits: change.unjoined,
                        applies: change.applies(),
                        note: change.note(),
                        disk: standing.word(),
                        diff: text(&change.diff()),
                    })
                    .collect(),
            ),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EvidenceOut {
    schema_version: u32,
    #[serde(flatten)]
    session: SessionOut,
    #[serde(flatten)]
    evidence: ListOut,
}

/// The list under its name.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
enum ListOut {
    Commands(Vec<CommandOut>),
    Failures(Vec<FailureOut>),
    Files(Vec<FileOut>),
    Fetches(Vec<FetchOut>),
    Tools(Vec<ToolOut>),
    Changes(Vec<ChangeOut>),
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PlaceOut {
    message: u32,
    /// Which of the message's parts, from 0.
    part: usize,
    at: Option<String>,
}

impl PlaceOut {
    fn new(place: &Place) -> PlaceOut {
        PlaceOut {
            message: place.number,
            part: place.part,
            at: place.at.map(|at: Timestamp| format!("{at:.3}")),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CommandOut {
    #[serde(flatten)]
    place: PlaceOut,
    command: String,
    exit_code: Option<i32>,
    duration_ms: Option<u64>,
    ok: Option<bool>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FailureOut {
    #[serde(flatten)]
    place: PlaceOut,
    kind: &'static str,
    tool: Option<String>,
    target: Option<String>,
    exit_code: Option<i32>,
    said: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FileOut {
    path: String,
    read: u32,
    written: u32,
    added_lines: usize,
    removed_lines: usize,
    deleted: bool,
    /// Numbers of the first and the last message that touched it.
    first: u32,
    last: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FetchOut {
    #[serde(flatten)]
    place: PlaceOut,
    url: String,
    search: bool,
    status: Option<u16>,
    ok: Option<bool>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ToolOut {
    name: String,
    calls: u32,
    failed: u32,
    last: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ChangeOut {
    path: String,
    /// Numbers of the messages that edited it.
    edits: Vec<u32>,
    added_lines: usize,
    removed_lines: usize,
    /// Edits that are not part of the difference, since nobody knows their place.
    unjoined_edits: u32,
    /// Whether the difference is all that was changed and fits what was there before.
    applies: bool,
    note: Option<String>,
    /// `unchanged`, `moved-on`, `gone` or `unknown`.
    disk: &'static str,
    diff: String,
}
