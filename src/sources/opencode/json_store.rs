//! Sessions as folders of JSON files, in both layouts.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::super::holding;
use super::super::json::{self, Json, Obj, Parsed};
use super::super::jsonl::LINE_MAX;
use super::super::{At, Cursor, Facts, Oddity, Record, Say, Site, Stop, Want, hash, tell};
use super::message::{Stored, is_assistant, is_placeholder};
use super::{GLOBAL, database, thread};
use crate::env::Env;
use crate::model::{Kind, Role, Session, TitleRank, Unit};
use crate::text::Raw;

/// Where a session's messages and parts lie.
struct Folders {
    messages: PathBuf,
    /// The folder of one message's parts is below this.
    parts: PathBuf,
}

fn folders(unit: &Unit, session: &str) -> Folders {
    let up = |n: usize| {
        unit.path
            .ancestors()
            .nth(n)
            .unwrap_or(&unit.path)
            .to_path_buf()
    };
    if unit.form == GLOBAL {
        let storage = up(3);
        Folders {
            messages: storage.join("message").join(session),
            parts: storage.join("part"),
        }
    } else {
        let base = up(2);
        Folders {
            messages: base.join("message").join(session),
            parts: base.join("part").join(session),
        }
    }
}

/// Files of a folder in the order of their names, which is the order of their making.
fn files(env: &Env, dir: &Path) -> Vec<PathBuf> {
    let entries = env.files.list(dir).unwrap_or_default();
    let mut files: Vec<PathBuf> = entries
        .into_iter()
        .filter(|e| {
            e.kind == crate::env::EntryKind::File && e.path.extension().is_some_and(|x| x == "json")
        })
        .map(|e| e.path)
        .collect();
    files.sort();
    files
}

/// The files that are one session's alone. Their names come from folders that are named like the session's own file, and
/// never from what stands in a file: that could lead anywhere.
pub fn holdings(env: &Env, session: &Session) -> Result<Vec<PathBuf>, String> {
    let unit = &session.unit;
    let stem = unit.path.file_stem().unwrap_or_default().to_string_lossy();
    if *stem != *holding::id(session) || !holding::is_name(&stem) {
        return Err("its id is not the name of its file".to_owned());
    }
    let folders = folders(unit, &stem);
    let mut all = vec![unit.path.to_path_buf(), folders.messages.clone()];
    if unit.form != GLOBAL {
        all.push(folders.parts);
        return Ok(all);
    }
    for message in files(env, &folders.messages) {
        let name = message.file_stem().unwrap_or_default().to_string_lossy();
        if holding::is_name(&name) {
            all.push(folders.parts.join(&*name));
        }
    }
    let storage = folders.parts.parent().unwrap_or(&folders.parts);
    let beside = ["session_diff", "todo", "share"].map(|kind| storage.join(kind));
    all.extend(beside.map(|dir| dir.join(format!("{stem}.json"))));
    Ok(all)
}

/// The id inside a record; its file's name where it has none.
fn own_id(env: &Env, path: &Path) -> Box<str> {
    let bytes = text(env, path).unwrap_or_default();
    let mut store = json::Store::default();
    let id = match json::record(&bytes, &mut store) {
        Parsed::Object(record) | Parsed::Repaired(record) => {
            record.text("id").map(|id| (*id).into())
        }
        _ => None,
    };
    id.unwrap_or_else(|| thread(path))
}

fn text(env: &Env, path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    env.files
        .open(path)?
        .take(LINE_MAX as u64)
        .read_to_end(&mut bytes)?;
    Ok(bytes)
}

pub fn read(
    env: &Env,
    unit: &Unit,
    want: Want<'_>,
    from: &Cursor,
    say: &mut Say<'_>,
) -> io::Result<Cursor> {
    let id = own_id(env, &unit.path);
    // Its newer store holds most of what an older one held, and thousands of files need not be opened for it.
    if want.is_summary() && super::databases(env, unit).any(|db| database::holds(env, &db, &id)) {
        if from.at != At::Start {
            let _ = say(Record::Reset);
        }
        return Ok(Cursor::default());
    }
    let folders = folders(unit, &id);
    let messages = files(env, &folders.messages);
    let mut all: Vec<PathBuf> = vec![unit.path.to_path_buf()];
    let mut with_parts = Vec::with_capacity(messages.len());
    for path in messages {
        let parts = files(env, &folders.parts.join(&*own_id(env, &path)));
        all.push(path.clone());
        all.extend(parts.iter().cloned());
        with_parts.push((path, parts));
    }
    let mut state = Vec::new();
    let mut size = 0u64;
    for path in &all {
        let stamp = env.files.stamp(path).unwrap_or_default();
        size = size.saturating_add(stamp.len);
        state.extend_from_slice(path.as_os_str().as_encoded_bytes());
        state.extend_from_slice(&stamp.len.to_le_bytes());
        state.extend_from_slice(&stamp.changed.to_le_bytes());
    }
    let at = At::Whole(hash(&[&state]));
    if at == from.at {
        return Ok(from.clone());
    }
    let bytes = text(env, &unit.path)?;
    let mut store = json::Store::default();
    let (told, broken) = match json::record(&bytes, &mut store) {
        Parsed::Object(info) | Parsed::Repaired(info) => {
            let told = tell_all(env, &info, want, &id, &with_parts, size, say);
            (told, false)
        }
        // A file that is being written is short for a moment: what it said stays until it is whole again.
        Parsed::Malformed if from.memo != BROKEN.into() => {
            let odd = Record::Odd {
                session: None,
                at: 0,
                what: Oddity::Malformed,
            };
            (tell(say, odd), true)
        }
        Parsed::Malformed => (Ok(()), true),
        Parsed::Blank => (Ok(()), from.memo == BROKEN.into()),
    };
    match told {
        Err(Stop::Failed(error)) => Err(error),
        Ok(()) | Err(Stop::Asked) => Ok(Cursor {
            at,
            memo: if broken {
                BROKEN.into()
            } else {
                Box::default()
            },
        }),
    }
}

/// The cursor's memo when the session's own file made no sense and that was said.
const BROKEN: [u8; 1] = [1];

fn tell_all(
    env: &Env,
    info: &Obj<'_>,
    want: Want<'_>,
    id: &str,
    messages: &[(PathBuf, Vec<PathBuf>)],
    size: u64,
    say: &mut Say<'_>,
) -> Result<(), Stop> {
    let whole = matches!(want, Want::Conversation { .. });
    let odd = |say: &mut Say<'_>| {
        tell(
            say,
            Record::Odd {
                session: Some(id.into()),
                at: 0,
                what: Oddity::Malformed,
            },
        )
    };
    tell(say, Record::Reset)?;
    if !whole {
        let facts = Facts {
            size: Some(size),
            ..facts(info)
        };
        tell(
            say,
            Record::Session {
                session: id.into(),
                facts: Box::new(facts),
            },
        )?;
    }
    let mut is_placed = info.text("directory").is_some();
    let revert = info
        .obj("revert")
        .and_then(|r| r.text("messageID").map(|m| m.into_owned()));
    for (path, parts) in messages {
        // A file that went meanwhile is no message any more.
        let Ok(bytes) = text(env, path) else { continue };
        let mut store = json::Store::default();
        let data = match json::record(&bytes, &mut store) {
            Parsed::Object(data) | Parsed::Repaired(data) => data,
            Parsed::Malformed => {
                odd(say)?;
                continue;
            }
            Parsed::Blank => continue,
        };
        // Sessions of the oldest stores do not say where they were; their answers do.
        let cwd = data
            .obj("path")
            .and_then(|p| p.text("cwd").map(|c| (*c).into()));
        if !whole && !is_placed && cwd.is_some() {
            is_placed = true;
            let facts = Facts {
                dir: cwd,
                ..Facts::default()
            };
            tell(
                say,
                Record::Session {
                    session: id.into(),
                    facts: Box::new(facts),
                },
            )?;
        }
        let bodies: Vec<Vec<u8>> = parts.iter().filter_map(|p| text(env, p).ok()).collect();
        let mut stores: Vec<json::Store> = bodies.iter().map(|_| json::Store::default()).collect();
        let mut read = Vec::with_capacity(bodies.len());
        for (bytes, store) in bodies.iter().zip(&mut stores) {
            match json::record(bytes, store) {
                Parsed::Object(part) | Parsed::Repaired(part) => read.push(part),
                Parsed::Malformed => odd(say)?,
                Parsed::Blank => {}
            }
        }
        let message = data
            .text("id")
            .map_or_else(|| thread(path), |id| (*id).into());
        let undone = revert.as_deref().is_some_and(|from| *message >= *from);
        if whole {
            let files = std::iter::once(path).chain(parts);
            let sites = files.cloned().map(Site::File).collect();
            tell(say, Record::Stands { sites })?;
        }
        let stored = Stored {
            id: &message,
            data: &data,
            parts: &read,
            created: None,
            assistant: is_assistant(&data),
        };
        said(id, &stored, whole, undone, say)?;
    }
    Ok(())
}

/// One stored message: its spend to a summary, itself to both.
pub fn said(
    session: &str,
    stored: &Stored<'_>,
    whole: bool,
    undone: bool,
    say: &mut Say<'_>,
) -> Result<(), Stop> {
    if let Some(spend) = stored.spend().filter(|_| !whole) {
        tell(
            say,
            Record::Spent {
                session: session.into(),
                spend,
            },
        )?;
    }
    let message = Box::new(stored.message(whole, undone));
    // A message is stored before its parts are: until then there is nothing to read.
    if whole && message.parts.is_empty() && message.role == Role::System {
        return Ok(());
    }
    tell(
        say,
        Record::Message {
            session: session.into(),
            message,
        },
    )
}

/// A session's record as facts.
pub fn facts(info: &Obj<'_>) -> Facts {
    let time = info.obj("time").unwrap_or_default();
    let parent = info.text("parentID");
    let title = info.text("title").filter(|t| !is_placeholder(t));
    // The link alone: what proves that it is ours to take back stands elsewhere and is never read.
    let share = info.obj("share");
    let share = share.as_ref().and_then(|share| share.text("url"));
    Facts {
        title: title.map(|t| (TitleRank::Agent, Raw::from(&*t))),
        dir: info.text("directory").map(|d| (*d).into()),
        kind: parent.is_some().then_some(Kind::SubAgent),
        parent: parent.map(|p| (*p).into()),
        version: info.text("version").map(|v| Raw::from(&*v)),
        at: time.time("created"),
        share: share.map(|url| Raw::from(&*url)),
        archived: Some(
            time.get("archived")
                .and_then(Json::u64)
                .is_some_and(|n| n > 0),
        ),
        ..Facts::default()
    }
}
