//! `backscroll show --only` and `--script`: what happened in a session, as lists and as a script.

use std::path::Path;

use jiff::Timestamp;
use serde::Serialize;

use super::args::Only;
use super::json::{self, SCHEMA, SessionOut};
use super::{Failure, Streams};
use crate::env::Env;
use crate::evidence::disk::{self, Standing};
use crate::evidence::net::{self, FileChange};
use crate::evidence::{
    Command, Failure as Failed, Fetch, Place, Touched, Used, commands, failures, fetches, files,
    script, tools,
};
use crate::exit;
use crate::model::{Conversation, Row};
use crate::text::{Clean, Raw};

/// The commands of a session, for a shell.
pub fn write_script(
    conversation: &Conversation,
    streams: &mut Streams<'_>,
) -> Result<i32, Failure> {
    let commands = commands(conversation);
    write!(streams.out, "{}", script(&commands).clean())?;
    Ok(found(commands.len()))
}

fn found(many: usize) -> i32 {
    if many == 0 { exit::NOTHING } else { exit::DONE }
}

/// A list of one kind.
pub fn write(
    env: &Env,
    row: &Row,
    conversation: &Conversation,
    only: Only,
    as_json: bool,
    streams: &mut Streams<'_>,
) -> Result<i32, Failure> {
    let dir = row.session.dir.as_deref();
    let list = match only {
        Only::Commands => List::Commands(commands(conversation)),
        Only::Failures => List::Failures(failures(conversation)),
        Only::Files => List::Files(files(conversation, dir)),
        Only::Fetches => List::Fetches(fetches(conversation)),
        Only::Tools => List::Tools(tools(conversation)),
        Only::Changes => List::Changes(changes(env, conversation, dir)),
    };
    if as_json {
        json::write(
            streams.out,
            &EvidenceOut {
                schema_version: SCHEMA,
                session: SessionOut::new(row),
                evidence: list.out(),
            },
        )?;
    } else {
        list.text(env, streams)?;
    }
    Ok(found(list.len()))
}

/// Each change with what became of the file since.
fn changes(
    env: &Env,
    conversation: &Conversation,
    dir: Option<&Path>,
) -> Vec<(FileChange, Standing)> {
    let changes = net::changes(conversation, dir).into_iter();
    let with = |change: FileChange| {
        let path = Path::new(change.full.untrusted());
        // Where nobody knows the directory, the file cannot be found either.
        let standing = match path.is_absolute() {
            true => disk::standing(&change, &disk::look(env, path)),
            false => Standing::Unknown,
        };
        (change, standing)
    };
    changes.map(with).collect()
}

enum List {
    Commands(Vec<Command>),
    Failures(Vec<Failed>),
    Files(Vec<Touched>),
    Fetches(Vec<Fetch>),
    Tools(Vec<Used>),
    Changes(Vec<(FileChange, Standing)>),
}

impl List {
    fn len(&self) -> usize {
        match self {
            List::Commands(all) => all.len(),
            List::Failures(all) => all.len(),
            List::Files(all) => all.len(),
            List::Fetches(all) => all.len(),
            List::Tools(all) => all.len(),
            List::Changes(all) => all.len(),
        }
    }

    fn text(&self, env: &Env, streams: &mut Streams<'_>) -> Result<(), Failure> {
        let out = &mut *streams.out;
        let start = |place: &Place| {
            let at = place.at.map(|at| at.to_zoned(env.zone.clone()));
            let at = at.map_or_else(|| "-".into(), |at| at.strftime("%m-%d %H:%M").to_string());
            format!("{:>5}  {at:<11}", place.number)
        };
        match self {
            List::Commands(all) => {
                for one in all {
                    let ended = match (one.exit, one.ok) {
                        (Some(code), _) => format!("exit {code}"),
                        (None, Some(true)) => "ok".to_owned(),
                        (None, Some(false)) => "failed".to_owned(),
                        (None, None) => "-".to_owned(),
                    };
                    let took = one.took.map(|took| format!("{:.1}s", took.as_secs_f64()));
                    let took = took.unwrap_or_default();
                    let command = one.command.clean();
                    let mut lines = command.as_str().trim_end().split('\n');
                    let first = lines.next().unwrap_or_default();
                    writeln!(out, "{}  {ended:<8}  {took:>7}  {first}", start(&one.place))?;
                    // The other lines stand below the first.
                    for line in lines {
                        writeln!(out, "{:39}{line}", "")?;
                    }
                }
            }
            List::Failures(all) => {
                for one in all {
                    let what = match &one.tool {
                        Some(tool) => Clean::line(tool),
                        None => one.kind.word().into(),
                    };
                    writeln!(
                        out,
                        "{}  {what:<12}  {}",
                        start(&one.place),
                        one.label().cut(200)
                    )?;
                }
            }
            List::Files(all) => {
                for one in all {
                    let times = |n: u32, word: &str| match n {
                        0 => String::new(),
                        n => format!("{word} {n}"),
                    };
                    let (read, written) = (times(one.read, "read"), times(one.written, "wrote"));
                    let lines = match one.written {
                        0 => String::new(),
                        _ => format!("+{} -{}", one.added, one.removed),
                    };
                    let gone = if one.is_gone { "  deleted" } else { "" };
                    let start = start(&one.last);
                    let path = one.label();
                    writeln!(
                        out,
                        "{start}  {read:<8}  {written:<9}  {lines:<10}  {path}{gone}"
                    )?;
                }
            }
            List::Fetches(all) => {
                for one in all {
                    let ended = match (one.status, one.ok) {
                        (Some(status), _) => status.to_string(),
                        (None, Some(true)) => "ok".to_owned(),
                        (None, Some(false)) => "failed".to_owned(),
                        (None, None) => "-".to_owned(),
                    };
                    writeln!(out, "{}  {ended:<6}  {}", start(&one.place), one.label())?;
                }
            }
            List::Tools(all) => {
                for one in all {
                    let failed = match one.failed {
                        0 => String::new(),
                        n => format!("  {n} failed"),
                    };
                    writeln!(out, "{:>5}  {}{failed}", one.calls, Clean::line(&one.name))?;
                }
            }
            List::Changes(all) => {
                for (change, standing) in all {
                    let edits = match change.edits.len() {
                        1 => "1 edit".to_owned(),
                        n => format!("{n} edits"),
                    };
                    let (added, removed) = (change.added, change.removed);
                    let now = match standing {
                        Standing::Unchanged => ", as it is on the disk",
                        Standing::MovedOn => ", changed on the disk since",
                        Standing::Gone => ", not on the disk any more",
                        Standing::Unknown => "",
                    };
                    writeln!(out, "{}  {edits}, +{added} -{removed}{now}", change.label())?;
                    if let Some(note) = change.note() {
                        writeln!(out, "note: {note}")?;
                    }
                    writeln!(out, "{}", change.diff().clean())?;
                }
            }
        }
        Ok(())
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
struct EvidenceOut {
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
