//! Reading `state.vscdb`, which is one file of up to gigabytes for all composers: what changed is found by the numbers of
//! rows, and only those composers are read again.

use std::collections::HashSet;
use std::io;
use std::ops::ControlFlow;
use std::path::PathBuf;

use super::super::json::{Json, Store};
use super::super::sqlite::{self, Database};
use super::super::{At, Cursor, Oddity, Record, Say, Step, Stop, Want, hash, tell};
use super::composer::{self, Held, Told};
use super::heads::{Head, Heads};
use super::sql::{self, ComposerRow, Item, Tables, Value};
use super::{WORKSPACE, workspace};
use crate::env::Env;
use crate::model::Unit;
use crate::text::Raw;

/// How the last reading went, at the end of the cursor's memo: after a damaged state everything is told anew.
const SOUND: u8 = 0;
const BROKEN: u8 = 1;
/// There were no tables, so nothing that is known could be lost.
const EMPTY: u8 = 2;
/// Bytes of the memo that tell whether any file changed.
const STATE: usize = sqlite::STATE + 8;
/// Composers are told apart in so many groups: what is remembered of them has a fixed size, however many they are. A
/// group is read again when any of its composers changed.
const GROUPS: usize = 256;

/// What a pass over the database came to.
struct Pass {
    /// Of all composers: a number for each group that changes when any of them does. Of one: its own.
    marks: Vec<u64>,
    /// The tables were there, so what is missing in them is gone.
    whole: bool,
}

/// Reads what changed since the cursor, and names every composer there is.
pub fn read(
    env: &Env,
    unit: &Unit,
    want: Want<'_>,
    from: &Cursor,
    say: &mut Say<'_>,
) -> io::Result<Cursor> {
    let state = state(env, unit);
    let first = from.at == At::Start;
    if !first && from.memo.get(..STATE) == Some(&state) {
        return Ok(from.clone());
    }
    let was_broken = from.memo.last() == Some(&BROKEN);
    let was_empty = from.memo.last() == Some(&EMPTY);
    let moved = from.memo.get(..8) != state.get(..8);
    // A workspace's database is small, and what it says of others can only be taken back whole.
    let small = unit.form == WORKSPACE && want.is_summary();
    let anew = !first && (was_broken || was_empty || moved || small);
    let known = from.memo.get(STATE..).unwrap_or_default();
    let known: Vec<u64> = known
        .chunks_exact(8)
        .filter_map(|c| c.try_into().ok().map(u64::from_le_bytes))
        .collect();
    let pass = |db: &Database, known: &[u64], say: &mut Say<'_>| match want {
        Want::Summary | Want::Spends => all(db, env, unit, known, say),
        Want::Conversation { session } => conversation(db, session, known, say),
    };
    let told = sqlite::open(env, &unit.path)
        .map_err(Stop::Failed)
        .and_then(|db| {
            if !first && is_cut(env, unit, &db)? {
                return Err(Stop::Failed(io::ErrorKind::InvalidData.into()));
            }
            if !anew {
                return pass(&db, &known, say);
            }
            // What is known is forgotten only for something that holds composers and can be read to its end.
            let mut unheard = |_| ControlFlow::Continue(());
            if !was_empty && !pass(&db, &[], &mut unheard)?.whole {
                return Err(Stop::Failed(io::ErrorKind::InvalidData.into()));
            }
            tell(say, Record::Reset)?;
            pass(&db, &[], say)
        });
    let cursor = |marks: &[u64], health| Cursor {
        at: At::Row {
            stamp: 0,
            key: Box::default(),
        },
        memo: state
            .iter()
            .copied()
            .chain(marks.iter().flat_map(|mark| mark.to_le_bytes()))
            .chain([health])
            .collect(),
    };
    match told {
        Ok(pass) => {
            let empty = !pass.whole && want.is_summary();
            Ok(cursor(&pass.marks, if empty { EMPTY } else { SOUND }))
        }
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
            Ok(cursor(&known, BROKEN))
        }
        Err(Stop::Failed(error)) => Err(error),
    }
}

/// Which file it is comes first, for it tells more than that something changed.
fn state(env: &Env, unit: &Unit) -> [u8; STATE] {
    let beside = match unit.form {
        WORKSPACE => unit.path.with_file_name("workspace.json"),
        _ => PathBuf::new(),
    };
    let beside = env.files.stamp(&beside).unwrap_or_default();
    let beside = hash(&[&beside.len.to_le_bytes(), &beside.changed.to_le_bytes()]);
    let mut state = [0; STATE];
    let (database, rest) = state.split_at_mut(sqlite::STATE);
    database.copy_from_slice(&sqlite::state(env, &unit.path));
    rest.copy_from_slice(&beside.to_le_bytes());
    state
}

/// Whether the file ends inside of a page. The rest of such a page reads as empty, and keys that were on it would be taken
/// for gone.
fn is_cut(env: &Env, unit: &Unit, db: &Database) -> Result<bool, Stop> {
    let page: i64 = db
        .connection
        .query_row("PRAGMA page_size", [], |row| row.get(0))?;
    let page = u64::try_from(page).unwrap_or(0).max(1);
    let len = env.files.stamp(&unit.path).map_or(0, |stamp| stamp.len);
    Ok(!len.is_multiple_of(page))
}

/// What changes when anything of a composer does.
fn mark(db: &Database, row: &ComposerRow, head: Option<&Head>) -> rusqlite::Result<u64> {
    let bubbles = sql::bubbles_mark(db, &row.id)?;
    let head = head.map_or(0, |head| head.mark).to_le_bytes();
    Ok(hash(&[row.id.as_bytes(), &row.mark(), &bubbles, &head]))
}

fn group(id: &str) -> usize {
    hash(&[id.as_bytes()]) as usize % GROUPS
}

/// Tells the composers that changed, and names all there are.
fn all(
    db: &Database,
    env: &Env,
    unit: &Unit,
    known: &[u64],
    say: &mut Say<'_>,
) -> Result<Pass, Stop> {
    let tables = Tables::of(db)?;
    let heads = Heads::of(db, tables)?;
    let rows = if tables.values {
        sql::composers(db)?
    } else {
        Vec::new()
    };
    let mut marks = vec![0u64; GROUPS];
    for row in &rows {
        let mark = mark(db, row, heads.get(&row.id))?;
        if let Some(sum) = marks.get_mut(group(&row.id)) {
            *sum = sum.wrapping_add(mark);
        }
    }
    let mut sessions: Vec<Box<str>> = Vec::with_capacity(rows.len());
    let mut unsettled = HashSet::new();
    for row in rows.iter().filter(|row| row.len.is_some()) {
        let group = group(&row.id);
        if known.get(group) == marks.get(group) {
            sessions.push(row.id.as_str().into());
            continue;
        }
        match one(db, &row.id, heads.get(&row.id), false, say)? {
            Told::Draft => continue,
            Told::Said { generating: true } => unsettled.insert(group),
            Told::Said { generating: false } => false,
        };
        sessions.push(row.id.as_str().into());
    }
    if unit.form == WORKSPACE {
        sessions.extend(chats(db, tables, None, false, say)?);
        folder(db, env, unit, tables, &sessions, say)?;
    }
    let whole = tables.values || tables.items;
    if tables.values {
        tell(say, Record::Only { sessions })?;
    }
    // Bubbles change before their composer's row says so: what is being answered is never taken for known.
    for group in unsettled {
        if let Some(mark) = marks.get_mut(group) {
            *mark = !*mark;
        }
    }
    Ok(Pass { marks, whole })
}

/// Tells one composer from its row.
fn one(
    db: &Database,
    id: &str,
    head: Option<&Head>,
    whole: bool,
    say: &mut Say<'_>,
) -> Result<Told, Stop> {
    let mut store = Store::default();
    let value = sql::composer(db, id)?;
    let what = match &value {
        // It went meanwhile.
        Value::Missing => return Ok(Told::Draft),
        Value::TooLong => Oddity::TooLong,
        Value::Bytes(bytes) => match workspace::object(bytes, &mut store) {
            Some(data) => {
                let held = Held {
                    table: "cursorDiskKV",
                    key: sql::composer_key(id).into(),
                    steps: Vec::new(),
                };
                return composer::tell_all(db, id, (&data, &held), head, whole, say);
            }
            None => Oddity::Malformed,
        },
    };
    tell(say, Record::Again { session: id.into() })?;
    let session = Some(id.into());
    tell(
        say,
        Record::Odd {
            session,
            at: 0,
            what,
        },
    )?;
    Ok(Told::Said { generating: false })
}

/// The conversations that old versions kept in a workspace's own database, and their ids.
fn chats(
    db: &Database,
    tables: Tables,
    only: Option<&str>,
    whole: bool,
    say: &mut Say<'_>,
) -> Result<Vec<Box<str>>, Stop> {
    let mut ids: Vec<Box<str>> = Vec::new();
    for (item, list, own_id) in [
        (Item::Chats, "tabs", "tabId"),
        (Item::OfWorkspace, "allComposers", "composerId"),
    ] {
        let Value::Bytes(bytes) = sql::item(db, tables, item)? else {
            continue;
        };
        let mut store = Store::default();
        let Some(all) = workspace::object(&bytes, &mut store) else {
            continue;
        };
        let chats = all.list(list).into_iter().filter_map(Json::obj);
        for (n, chat) in chats.enumerate() {
            let Some(id) = chat.text(own_id).filter(|id| only.is_none_or(|o| o == id)) else {
                continue;
            };
            let holds = ["bubbles", "conversation", "tabs"];
            if holds.iter().all(|key| chat.list(key).is_empty()) || ids.iter().any(|i| **i == *id) {
                continue;
            }
            let mut head = Head::read(&chat, b"");
            if let Some(title) = chat.text("chatTitle") {
                head.name = Some(Raw::from(&*title));
            }
            head.updated = head.updated.or_else(|| chat.time("lastSendTime"));
            let held = Held {
                table: "ItemTable",
                key: item.key().into(),
                steps: vec![Step::Field(list.into()), Step::Nth(n)],
            };
            composer::tell_all(db, &id, (&chat, &held), Some(&head), whole, say)?;
            ids.push((*id).into());
        }
    }
    Ok(ids)
}

/// Says which folder the workspace is, to the composers that it holds or lists and to all that name it.
fn folder(
    db: &Database,
    env: &Env,
    unit: &Unit,
    tables: Tables,
    held: &[Box<str>],
    say: &mut Say<'_>,
) -> Result<(), Stop> {
    let Some(dir) = workspace::folder(env, &unit.path) else {
        return Ok(());
    };
    let mut composers: Vec<String> = held.iter().map(|id| id.to_string()).collect();
    if let Value::Bytes(bytes) = sql::item(db, tables, Item::OfWorkspace)? {
        let mut store = Store::default();
        let list = workspace::object(&bytes, &mut store);
        composers.extend(list.iter().flat_map(workspace::listed));
        composers.sort();
        composers.dedup();
    }
    workspace::says(&unit.path, &dir, &composers, say)
}

/// Tells the messages of one composer if anything of it changed.
fn conversation(db: &Database, id: &str, known: &[u64], say: &mut Say<'_>) -> Result<Pass, Stop> {
    let tables = Tables::of(db)?;
    let row = if tables.values {
        sql::composer_row(db, id)?.filter(|row| row.len.is_some())
    } else {
        None
    };
    let Some(row) = row else {
        let told = chats(db, tables, Some(id), true, say)?;
        return Ok(Pass {
            marks: Vec::new(),
            whole: !told.is_empty(),
        });
    };
    let mut now = mark(db, &row, None)?;
    if known.first() != Some(&now) {
        let told = one(db, id, None, true, say)?;
        if told == (Told::Said { generating: true }) {
            now = !now;
        }
    }
    Ok(Pass {
        marks: vec![now],
        whole: true,
    })
}
