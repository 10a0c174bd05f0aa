//! Sessions as rows of SQLite.

use std::collections::HashSet;
use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::super::json::{self, Obj, Parsed, Store};
use super::super::sqlite::{self, Database};
use super::super::{At, Cursor, Facts, Oddity, Record, Say, Site, Stop, Want, tell};
use super::json_store::said;
use super::message::{Stored, is_assistant, is_placeholder};
use super::tables::{Form, Tables, number, text};
use super::whole;
use crate::env::Env;
use crate::model::{Kind, TitleRank, Unit};
use crate::text::Raw;

/// How the last reading went, at the end of the cursor's memo: after a damaged state everything is told anew.
const SOUND: u8 = 0;
const BROKEN: u8 = 1;
/// In milliseconds.
const DAY: i64 = 24 * 60 * 60 * 1_000;
/// A row's time is taken before the lock of the database is, so rows of another process can come this much later than
/// newer ones did.
const LATE_MS: i64 = 10_000;

/// So many messages are asked for in one transaction: locks cost more than rows, and a writer must not wait for long.
const TOGETHER: usize = 64;

/// Reads what changed since the cursor, and names every session there is.
pub fn read(
    env: &Env,
    unit: &Unit,
    want: Want<'_>,
    from: &Cursor,
    say: &mut Say<'_>,
) -> io::Result<Cursor> {
    let state = sqlite::state(env, &unit.path);
    let first = from.at == At::Start;
    if !first && from.memo.get(..sqlite::STATE) == Some(&state) {
        return Ok(from.clone());
    }
    let was_broken = from.memo.last() == Some(&BROKEN);
    let anew = !first && (was_broken || state.get(..8) != from.memo.get(..8));
    let seen = Seen::read(&from.at);
    let pass = |db: &Database, seen: &Seen, say: &mut Say<'_>| match want {
        Want::Summary | Want::Spends => all(db, want, seen, say),
        Want::Conversation { session } => conversation(db, want, session, seen, say),
    };
    let told = sqlite::open(env, &unit.path)
        .map_err(Stop::Failed)
        .and_then(|db| {
            if !anew {
                return pass(&db, &seen, say);
            }
            // What is known is forgotten only for something that holds sessions and can be read to its end.
            let mut unheard = |_| ControlFlow::Continue(());
            if !pass(&db, &Seen::default(), &mut unheard)?.whole {
                return Err(Stop::Failed(io::ErrorKind::InvalidData.into()));
            }
            tell(say, Record::Reset)?;
            pass(&db, &Seen::default(), say)
        });
    let cursor = |seen: Seen, health| Cursor {
        at: seen.cursor(),
        memo: state.iter().copied().chain([health]).collect(),
    };
    match told {
        Ok(seen) => Ok(cursor(seen, SOUND)),
        Err(Stop::Asked) => Ok(from.clone()),
        // Damaged: what came stays, and it is tried again when the file changes. This is said once.
        Err(Stop::Failed(error)) if error.kind() == io::ErrorKind::InvalidData => {
            if !was_broken {
                let _ = say(Record::Odd {
                    session: None,
                    at: 0,
                    what: Oddity::Corrupt,
                });
            }
            Ok(cursor(seen, BROKEN))
        }
        Err(Stop::Failed(error)) => Err(error),
    }
}

/// Whether it tells of a session. All ids are asked for at once and remembered until the database changes: to open one
/// may mean to copy it, and there is one file of the older store for every session.
pub fn holds(env: &Env, path: &Path, session: &str) -> bool {
    struct Known {
        path: PathBuf,
        state: [u8; sqlite::STATE],
        ids: HashSet<String>,
    }
    static KNOWN: Mutex<Vec<Known>> = Mutex::new(Vec::new());
    let state = sqlite::state(env, path);
    // Whoever asks meanwhile waits for the answer in place of asking too.
    let mut all = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = all.iter().find(|k| k.path == path && k.state == state) {
        return known.ids.contains(session);
    }
    let listed = sqlite::open(env, path)
        .map_err(Stop::Failed)
        .and_then(|db| sessions(&db, None));
    // One that cannot be read holds nothing: then the older store tells what it knows.
    let ids = listed.map_or_else(
        |_| HashSet::new(),
        |(rows, _)| rows.into_iter().map(|row| row.id).collect(),
    );
    let holds = ids.contains(session);
    all.retain(|known| known.path != path);
    all.push(Known {
        path: path.to_path_buf(),
        state,
        ids,
    });
    holds
}

/// How far the rows were seen. Rows change in place, so this is a time; what a time cannot show is in `mark`.
#[derive(Clone, PartialEq, Default, Debug)]
struct Seen {
    /// The newest change, in milliseconds since 1970.
    since: Option<i64>,
    /// Of all sessions: the last row numbers of the messages. Of one: its messages, their last id, its undone part.
    mark: String,
    /// Everything asked for was there and was named. Otherwise nothing proves that others are gone.
    whole: bool,
}

impl Seen {
    fn read(at: &At) -> Seen {
        match at {
            At::Row { stamp, key } => Seen {
                since: Some(*stamp),
                mark: (**key).into(),
                whole: true,
            },
            _ => Seen::default(),
        }
    }

    fn cursor(self) -> At {
        At::Row {
            stamp: self.since.unwrap_or(0),
            key: self.mark.into(),
        }
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
    share: Option<String>,
}

/// The sessions' own rows, with the columns that this version has, and whether each has a name. They are few and small,
/// and must be of one moment: what is missing among them is gone.
fn sessions(db: &Database, only: Option<&str>) -> Result<(Vec<SessionRow>, bool), Stop> {
    let have = sqlite::columns(&db.connection, "session")?;
    if !have.iter().any(|c| c == "id") {
        return Ok((Vec::new(), false));
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
        "share_url",
    ];
    // Versions differ in their columns: what is missing is asked for as NULL.
    let list = names.map(|name| {
        if have.iter().any(|c| c == name) {
            name
        } else {
            "NULL"
        }
    });
    let list = list.join(", ");
    db.next_query();
    let mut statement = db.connection.prepare(&format!(
        "SELECT {list} FROM session WHERE ?1 IS NULL OR id = ?1"
    ))?;
    let mut rows = statement.query([only])?;
    let (mut found, mut whole) = (Vec::new(), true);
    while let Some(row) = rows.next()? {
        let Some(id) = text(row, 0) else {
            whole = false;
            continue;
        };
        found.push(SessionRow {
            id,
            parent: text(row, 1),
            directory: text(row, 2),
            title: text(row, 3),
            version: text(row, 4),
            revert: text(row, 5),
            created: number(row, 6),
            updated: number(row, 7).unwrap_or(0),
            archived: number(row, 8),
            share: text(row, 9),
        });
    }
    Ok((found, whole))
}

/// Tells the sessions in which something changed, and names all there are.
fn all(db: &Database, want: Want<'_>, seen: &Seen, say: &mut Say<'_>) -> Result<Seen, Stop> {
    let (sessions, whole) = sessions(db, None)?;
    let tables = Tables::of(db)?;
    let (first, second) = tables.last_rows(db);
    let rows = seen.mark.split_once(' ');
    let rows = rows.and_then(|(a, b)| a.parse().ok().zip(b.parse().ok()));
    let fresh = match rows {
        Some(rows) => tables.sessions_past(db, rows)?,
        None => Vec::new(),
    };
    let mut changes = Vec::with_capacity(sessions.len());
    for session in &sessions {
        // Rows are added to any session but changed only in those at work, which say so themselves within a day.
        let at_work = |since| session.updated >= since - DAY || fresh.contains(&session.id);
        if seen.since.is_none_or(at_work) {
            let changed = tables.last_change(db, &session.id)?;
            changes.push((session, changed.max(session.updated)));
        }
    }
    let newest = changes.iter().map(|(_, changed)| *changed).max();
    // Time went back: an older copy was put in its place, and what it holds need not be newer than what we know.
    if seen.since.is_some() && newest < seen.since {
        return all(db, want, &Seen::default(), say);
    }
    for (session, changed) in changes {
        let known = |since| changed.saturating_add(LATE_MS) < since;
        if seen.since.is_some_and(known) && !fresh.contains(&session.id) {
            continue;
        }
        tell(
            say,
            Record::Again {
                session: session.id.as_str().into(),
            },
        )?;
        facts(session, say)?;
        let (form, ids) = tables.ids(db, &session.id)?;
        messages(db, &tables, session, (form, &ids), want, say)?;
    }
    if whole {
        let sessions = sessions.into_iter().map(|s| s.id.into()).collect();
        tell(say, Record::Only { sessions })?;
    }
    Ok(Seen {
        since: newest,
        mark: format!("{first} {second}"),
        whole,
    })
}

/// Tells the messages of one session, or only those that changed where nothing else can have happened.
fn conversation(
    db: &Database,
    want: Want<'_>,
    id: &str,
    seen: &Seen,
    say: &mut Say<'_>,
) -> Result<Seen, Stop> {
    let Some(session) = sessions(db, Some(id))?.0.pop() else {
        return Ok(Seen {
            whole: false,
            ..seen.clone()
        });
    };
    let tables = Tables::of(db)?;
    let (form, ids) = tables.ids(db, id)?;
    let (count, last) = (ids.len(), ids.last().map_or("", String::as_str));
    let revert = session.revert.as_deref().unwrap_or_default();
    let last_change = tables.last_change(db, id)?;
    let now = Seen {
        since: Some(last_change),
        mark: format!("{count} {last} {revert}"),
        whole: true,
    };
    let mut parts = seen.mark.splitn(3, ' ');
    let known: Option<usize> = parts.next().and_then(|n| n.parse().ok());
    let (known_last, known_revert) = (parts.next(), parts.next());
    let changed: Option<Vec<String>> = match (seen.since, known, known_last) {
        (Some(since), Some(known), Some(known_last))
            if known_revert == Some(revert) && last_change >= since =>
        {
            let changed: HashSet<String> = tables.changed(db, id, since - LATE_MS)?;
            let added = changed.iter().filter(|c| c.as_str() > known_last).count();
            // Anything else is a message taken away, or one put in between.
            let in_order = ids.iter().filter(|id| changed.contains(*id));
            (known + added == count).then(|| in_order.cloned().collect())
        }
        _ => None,
    };
    if changed.is_none() {
        tell(say, Record::Again { session: id.into() })?;
    }
    let told = changed.unwrap_or(ids);
    messages(db, &tables, &session, (form, &told), want, say)?;
    Ok(now)
}

fn time(ms: Option<i64>) -> Option<jiff::Timestamp> {
    ms.and_then(|ms| jiff::Timestamp::from_millisecond(ms).ok())
}

fn facts(session: &SessionRow, say: &mut Say<'_>) -> Result<(), Stop> {
    let title = session.title.as_deref();
    let title = title.filter(|t| !t.is_empty() && !is_placeholder(t));
    let dir = session.directory.as_deref().filter(|d| !d.is_empty());
    let facts = Facts {
        title: title.map(|t| (TitleRank::Agent, Raw::from(t))),
        dir: dir.map(Into::into),
        kind: session.parent.is_some().then_some(Kind::SubAgent),
        parent: session.parent.as_deref().map(Into::into),
        version: session.version.as_deref().map(Raw::from),
        at: time(session.created),
        archived: Some(session.archived.is_some_and(|n| n > 0)),
        share: session.share.as_deref().map(Raw::from),
        ..Facts::default()
    };
    tell(
        say,
        Record::Session {
            session: session.id.as_str().into(),
            facts: Box::new(facts),
        },
    )
}

/// Messages of a session, by their ids.
fn messages(
    db: &Database,
    tables: &Tables,
    session: &SessionRow,
    (form, ids): (Form, &[String]),
    want: Want<'_>,
    say: &mut Say<'_>,
) -> Result<(), Stop> {
    let whole = !want.is_summary();
    let revert = session.revert.as_deref().and_then(Obj::parse);
    let revert = revert.and_then(|r| r.text("messageID").map(|m| m.into_owned()));
    let odd = |say: &mut Say<'_>| {
        tell(
            say,
            Record::Odd {
                session: Some(session.id.as_str().into()),
                at: 0,
                what: Oddity::Malformed,
            },
        )
    };
    let (mut own, mut stores) = (Store::default(), Vec::new());
    for ids in ids.chunks(TOGETHER) {
        // One look at the database for many questions; it ends with this turn.
        let _look = db.connection.unchecked_transaction()?;
        for id in ids {
            let Some(row) = tables.message(db, form, id)? else {
                continue;
            };
            let Some(data) = object(&row.data, &mut own) else {
                odd(say)?;
                continue;
            };
            let created = time(row.created);
            if whole {
                let sites = match form {
                    Form::Whole => vec![Site::rows("session_message", "id", id)],
                    Form::Parts => vec![
                        Site::rows("message", "id", id),
                        Site::rows("part", "message_id", id),
                    ],
                };
                tell(say, Record::Stands { sites })?;
            }
            if form == Form::Whole {
                whole::said(&session.id, (id, &row.kind), &data, created, whole, say)?;
                continue;
            }
            // Sums do not need what stands in the parts of an answer.
            let bodies = match want == Want::Spends && is_assistant(&data) {
                true => Vec::new(),
                false => tables.parts(db, id)?,
            };
            stores.resize_with(stores.len().max(bodies.len()), Store::default);
            let read: Vec<Obj<'_>> = bodies
                .iter()
                .zip(&mut stores)
                .filter_map(|(body, store)| object(body, store))
                .collect();
            for _ in read.len()..bodies.len() {
                odd(say)?;
            }
            let undone = revert.as_deref().is_some_and(|from| **id >= *from);
            let stored = Stored {
                id,
                data: &data,
                parts: &read,
                created,
                assistant: is_assistant(&data),
            };
            said(&session.id, &stored, whole, undone, say)?;
        }
    }
    Ok(())
}

fn object<'a>(text: &'a str, store: &'a mut Store) -> Option<Obj<'a>> {
    match json::record(text.as_bytes(), store) {
        Parsed::Object(object) | Parsed::Repaired(object) => Some(object),
        Parsed::Malformed | Parsed::Blank => None,
    }
}
