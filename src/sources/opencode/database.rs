//! Sessions as rows of SQLite.

use std::io;
use std::ops::ControlFlow;

use rusqlite::{Connection, Row};

use super::super::json::Obj;
use super::super::{At, Cursor, Facts, Oddity, Record, Say, Stop, Want, hash, sqlite, tell};
use super::json_store::said;
use super::message::{Stored, is_placeholder};
use crate::env::Env;
use crate::model::{Kind, TitleRank, Unit};
use crate::text::Raw;

/// A row's time is taken before the lock of the database is, so rows of another process can come this much later than
/// newer ones did.
const LATE_MS: i64 = 10_000;

/// How the last reading went, at the end of the cursor's memo: after a damaged state everything is told anew.
const SOUND: u8 = 0;
const BROKEN: u8 = 1;

/// Reads what changed since the cursor, and names every session there is.
pub fn read(
    env: &Env,
    unit: &Unit,
    want: Want<'_>,
    from: &Cursor,
    say: &mut Say<'_>,
) -> io::Result<Cursor> {
    let stamp = |suffix| {
        let mut name = unit.path.as_os_str().to_owned();
        name.push(suffix);
        env.files.stamp(name.as_ref()).unwrap_or_default()
    };
    let (file, log) = (stamp(""), stamp("-wal"));
    // Which file it is comes first, for it tells more than that something changed.
    let state: Vec<u8> = [
        hash(&[&file.dev.to_le_bytes(), &file.inode.to_le_bytes()]),
        hash(&[&file.len.to_le_bytes(), &file.changed.to_le_bytes()]),
        hash(&[&log.len.to_le_bytes(), &log.changed.to_le_bytes()]),
    ]
    .iter()
    .flat_map(|word| word.to_le_bytes())
    .collect();
    let before = from.memo.get(..state.len());
    if from.at != At::Start && before == Some(&state) {
        return Ok(from.clone());
    }
    let same_file = state.get(..8) == from.memo.get(..8);
    let was_broken = from.memo.last() == Some(&BROKEN);
    let since = match from.at {
        At::Row { stamp, .. } => stamp,
        _ => i64::MIN,
    };
    let anew = from.at != At::Start && (was_broken || !same_file);
    let cursor = |stamp, health| Cursor {
        at: At::Row {
            stamp,
            key: "".into(),
        },
        memo: state.iter().copied().chain([health]).collect(),
    };
    let told = sqlite::open(env, &unit.path)
        .map_err(Stop::Failed)
        .and_then(|db| {
            if !anew {
                return pass(&db.connection, want, since, say);
            }
            // What is known is forgotten only for something that holds sessions and can be read to its end.
            let mut unheard = |_| ControlFlow::Continue(());
            if !pass(&db.connection, want, i64::MIN, &mut unheard)?.whole {
                return Err(Stop::Failed(io::ErrorKind::InvalidData.into()));
            }
            tell(say, Record::Reset)?;
            pass(&db.connection, want, i64::MIN, say)
        });
    match told {
        Ok(passed) => Ok(cursor(passed.newest, SOUND)),
        Err(Stop::Asked) => Ok(from.clone()),
        // Damaged: what came stays, and it is tried again when the file changes. This is said once.
        Err(Stop::Failed(error)) if error.kind() == io::ErrorKind::InvalidData && was_broken => {
            Ok(cursor(since, BROKEN))
        }
        Err(Stop::Failed(error)) if error.kind() == io::ErrorKind::InvalidData => {
            let _ = say(Record::Odd {
                session: None,
                at: 0,
                what: Oddity::Corrupt,
            });
            Ok(cursor(since, BROKEN))
        }
        Err(Stop::Failed(error)) => Err(error),
    }
}

impl From<rusqlite::Error> for Stop {
    fn from(error: rusqlite::Error) -> Stop {
        Stop::Failed(sqlite::failure(error))
    }
}

struct SessionRow {
    id: String,
    parent: Option<String>,
    directory: Option<String>,
    title: Option<String>,
    version: Option<String>,
    revert: Option<String>,
    created: Option<i64>,
    updated: i64,
    archived: Option<i64>,
}

/// Text of whatever type a row holds; numbers and blobs are read as text would be.
fn text(row: &Row<'_>, i: usize) -> Option<String> {
    match row.get_ref(i).ok()? {
        rusqlite::types::ValueRef::Text(bytes) | rusqlite::types::ValueRef::Blob(bytes) => {
            Some(String::from_utf8_lossy(bytes).into_owned())
        }
        rusqlite::types::ValueRef::Integer(n) => Some(n.to_string()),
        _ => None,
    }
}

fn number(row: &Row<'_>, i: usize) -> Option<i64> {
    match row.get_ref(i).ok()? {
        rusqlite::types::ValueRef::Integer(n) => Some(n),
        // A float cast saturates.
        rusqlite::types::ValueRef::Real(n) => Some(n as i64),
        _ => None,
    }
}

/// What a pass over the database came to.
struct Passed {
    /// The newest change there is.
    newest: i64,
    /// Every session was named. Without a table of them, or with one of no name, nothing proves that others are gone.
    whole: bool,
}

/// Tells what changed since then.
fn pass(db: &Connection, want: Want<'_>, since: i64, say: &mut Say<'_>) -> Result<Passed, Stop> {
    let have = sqlite::columns(db, "session")?;
    if !have.iter().any(|c| c == "id") {
        return Ok(Passed {
            newest: since,
            whole: false,
        });
    }
    let names = [
        "id",
        "parent_id",
        "directory",
        "title",
        "version",
        "revert",
        "time_created",
        "time_updated",
        "time_archived",
    ];
    // Versions differ in their columns: what is missing is asked for as NULL.
    let list: Vec<&str> = names
        .iter()
        .map(|n| {
            if have.iter().any(|c| c == n) {
                *n
            } else {
                "NULL"
            }
        })
        .collect();
    let mut statement = db.prepare(&format!("SELECT {} FROM session", list.join(", ")))?;
    let mut rows = statement.query([])?;
    let mut sessions = Vec::new();
    let mut all_named = true;
    while let Some(row) = rows.next()? {
        let Some(id) = text(row, 0) else {
            all_named = false;
            continue;
        };
        sessions.push(SessionRow {
            id,
            parent: text(row, 1),
            directory: text(row, 2),
            title: text(row, 3),
            version: text(row, 4),
            revert: text(row, 5),
            created: number(row, 6),
            updated: number(row, 7).unwrap_or(0),
            archived: number(row, 8),
        });
    }
    let whole = matches!(want, Want::Conversation { .. });
    let asked = |id: &str| match want {
        Want::Conversation { session } => *session == *id,
        Want::Summary => true,
    };
    let mut listened = Vec::with_capacity(sessions.len());
    for session in sessions.iter().filter(|session| asked(&session.id)) {
        let changed = last_change(db, &session.id)?.unwrap_or(session.updated);
        listened.push((session, changed.max(session.updated)));
    }
    let newest = listened.iter().map(|(_, changed)| *changed).max();
    // Time went back: an older copy was put in its place, and what it holds need not be newer than what we know.
    let went_back = newest.is_some_and(|newest| newest < since);
    for (session, changed) in &listened {
        if changed.saturating_add(LATE_MS) < since && !went_back {
            continue;
        }
        tell(
            say,
            Record::Again {
                session: session.id.as_str().into(),
            },
        )?;
        one(db, session, whole, say)?;
    }
    if !whole && all_named {
        let sessions = sessions.iter().map(|s| s.id.as_str().into()).collect();
        tell(say, Record::Only { sessions })?;
    }
    Ok(Passed {
        newest: newest.unwrap_or(since),
        whole: all_named,
    })
}

fn last_change(db: &Connection, session: &str) -> rusqlite::Result<Option<i64>> {
    if sqlite::columns(db, "message")?.is_empty() {
        return Ok(None);
    }
    let messages = db
        .prepare_cached("SELECT max(time_updated) FROM message WHERE session_id = ?1")?
        .query_row([session], |row| Ok(number(row, 0)))?;
    if sqlite::columns(db, "part")?.is_empty() {
        return Ok(messages);
    }
    // While a tool runs, its part is written and its message is not. Only the last message has such parts, and looking
    // at no others keeps this from reading the whole database.
    const PARTS: &str = "SELECT max(time_updated) FROM part WHERE message_id = \
        (SELECT id FROM message WHERE session_id = ?1 ORDER BY time_created DESC, id DESC LIMIT 1)";
    let parts = db
        .prepare_cached(PARTS)?
        .query_row([session], |row| Ok(number(row, 0)))?;
    Ok(messages.max(parts))
}

fn one(db: &Connection, session: &SessionRow, whole: bool, say: &mut Say<'_>) -> Result<(), Stop> {
    let time = |ms: Option<i64>| ms.and_then(|ms| jiff::Timestamp::from_millisecond(ms).ok());
    if !whole {
        let title = session
            .title
            .as_deref()
            .filter(|t| !t.is_empty() && !is_placeholder(t));
        let facts = Facts {
            title: title.map(|t| (TitleRank::Agent, Raw::from(t))),
            dir: session
                .directory
                .as_deref()
                .filter(|d| !d.is_empty())
                .map(Into::into),
            kind: session.parent.is_some().then_some(Kind::SubAgent),
            parent: session.parent.as_deref().map(Into::into),
            version: session.version.as_deref().map(Raw::from),
            at: time(session.created),
            archived: Some(session.archived.is_some_and(|n| n > 0)),
            ..Facts::default()
        };
        tell(
            say,
            Record::Session {
                session: session.id.as_str().into(),
                facts: Box::new(facts),
            },
        )?;
    }
    if sqlite::columns(db, "message")?.is_empty() || sqlite::columns(db, "part")?.is_empty() {
        return Ok(());
    }
    let revert = session
        .revert
        .as_deref()
        .and_then(Obj::parse)
        .and_then(|r| r.text("messageID").map(|m| m.into_owned()));
    let mut parts = db.prepare_cached("SELECT data FROM part WHERE message_id = ?1 ORDER BY id")?;
    let mut messages = db.prepare_cached("SELECT id, data, time_created FROM message WHERE session_id = ?1 ORDER BY time_created, id")?;
    let mut rows = messages.query([&session.id])?;
    while let Some(row) = rows.next()? {
        let (Some(id), Some(data)) = (text(row, 0), text(row, 1)) else {
            continue;
        };
        let Some(record) = Obj::parse(&data) else {
            tell(
                say,
                Record::Odd {
                    session: Some(session.id.as_str().into()),
                    at: 0,
                    what: Oddity::Malformed,
                },
            )?;
            continue;
        };
        let bodies: Vec<String> = parts
            .query_map([&id], |row| Ok(text(row, 0).unwrap_or_default()))?
            .collect::<Result<_, _>>()?;
        let read: Vec<Obj<'_>> = bodies.iter().filter_map(|body| Obj::parse(body)).collect();
        for _ in read.len()..bodies.len() {
            tell(
                say,
                Record::Odd {
                    session: Some(session.id.as_str().into()),
                    at: 0,
                    what: Oddity::Malformed,
                },
            )?;
        }
        let undone = revert.as_deref().is_some_and(|from| *id >= *from);
        let stored = Stored {
            id: &id,
            data: &record,
            parts: &read,
            created: time(number(row, 2)),
        };
        said(&session.id, &stored, whole, undone, say)?;
    }
    Ok(())
}
