//! `backscroll show --only` and `--script`: what happened in a session, as lists and as a script.

mod shapes;

use std::path::Path;

use super::args::{Only, Shared};
use super::json;
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
use crate::text::Clean;
use shapes::EvidenceOut;

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
    shared: &Shared,
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
    if shared.json {
        json::write(streams.out, &EvidenceOut::new(row, &list))?;
    } else if shared.plain && only != Only::Changes {
        list.plain(streams.out)?;
    } else {
        list.text(env, streams)?;
        if list.len() == 0 && env.terminal.stderr_tty {
            super::warn(streams, "none in this session")?;
        }
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
}
