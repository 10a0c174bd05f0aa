//! Databases without a clock to trust: every session has a mark, a number that changes when anything in it does, and what
//! has another mark than at the last reading is told anew.
//!
//! A cursor keeps a few kilobytes at most, so marks are added up by shelves: sessions that share a shelf are told together.

use std::io;
use std::ops::ControlFlow;

use rusqlite::{Row, types::ValueRef};

use super::sqlite::{self, Database, STATE};
use super::{At, Cursor, Oddity, Record, Say, Stop, Want, hash, tell};
use crate::env::Env;
use crate::model::Unit;

const SHELVES: usize = 256;
/// How the last reading went, behind the state: after all but a sound reading everything is told anew.
const SOUND: u8 = 0;
const BROKEN: u8 = 1;
/// Nothing was wrong that could be seen, but it is shorter than it was.
const SHORT: u8 = 2;
/// The largest size of the file, behind that.
const HEAD: usize = STATE + 1 + 8;

/// A session's id and its mark.
pub type Marked = (String, u64);

/// What a source knows of its tables.
pub trait Tables {
    /// Every session there is, or the one asked for. None where the tables are missing: then nothing proves that a
    /// session is gone.
    fn sessions(&self, db: &Database, only: Option<&str>) -> Result<Option<Vec<Marked>>, Stop>;

    /// Tells one session: to a summary its facts and spends, to both its messages, with their bodies if `whole`.
    fn session(&self, db: &Database, id: &str, whole: bool, say: &mut Say<'_>) -> Result<(), Stop>;
}

/// Reads what changed since the cursor, and names every session there is.
pub fn read(
    env: &Env,
    unit: &Unit,
    want: Want<'_>,
    from: &Cursor,
    say: &mut Say<'_>,
    tables: &dyn Tables,
) -> io::Result<Cursor> {
    let state = sqlite::state(env, &unit.path);
    let len = env.files.stamp(&unit.path).map_or(0, |file| file.len);
    let first = from.at == At::Start;
    if !first && from.memo.get(..STATE) == Some(&state) {
        return Ok(from.clone());
    }
    let was_broken = from.memo.get(STATE) == Some(&BROKEN);
    let was_sound = from.memo.get(STATE) == Some(&SOUND);
    let anew = !first && (!was_sound || state.get(..8) != from.memo.get(..8));
    let seen = Seen::read(from.memo.get(HEAD..).unwrap_or_default());
    let most = from
        .memo
        .get(STATE + 1..HEAD)
        .and_then(|m| m.try_into().ok());
    let mut most = most.map_or(0, u64::from_le_bytes).max(len);
    let pass = |db: &Database, seen: &Seen, say: &mut Say<'_>| match want {
        Want::Summary | Want::Spends => all(tables, db, seen, say),
        Want::Conversation { session } => one(tables, db, session, seen, say),
    };
    let told = sqlite::open(env, &unit.path)
        .map_err(Stop::Failed)
        .and_then(|db| {
            // Of an empty file there are all pages, whatever it was before.
            if len > 0 && size(&db)? == len {
                most = len;
            }
            if !anew {
                return pass(&db, &seen, say);
            }
            // What is known is forgotten only for something that holds sessions and can be read to its end.
            let mut unheard = |_| ControlFlow::Continue(());
            if pass(&db, &Seen::default(), &mut unheard)?.is_none() {
                return Err(Stop::Failed(io::ErrorKind::InvalidData.into()));
            }
            tell(say, Record::Reset)?;
            pass(&db, &Seen::default(), say)
        });
    let cursor = |seen: Seen, health| Cursor {
        at: At::Row {
            stamp: 0,
            key: Box::default(),
        },
        memo: [
            &state,
            [health].as_slice(),
            &most.to_le_bytes(),
            &seen.memo(),
        ]
        .concat()
        .into(),
    };
    // With its log beside it, a file that was cut short opens, and what is missing of it reads as zeros.
    let health = if len < most { SHORT } else { SOUND };
    match told {
        Ok(now) => Ok(cursor(now.unwrap_or(seen), health)),
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

/// Bytes of all pages that there should be.
fn size(db: &Database) -> Result<u64, Stop> {
    let ask = |what: &str| {
        let answer = db.connection.query_row(what, [], |row| Ok(count(row, 0)));
        answer.map(Option::unwrap_or_default)
    };
    Ok(ask("PRAGMA page_count")?.saturating_mul(ask("PRAGMA page_size")?))
}

/// What was told, by shelves. Of one conversation there is one shelf.
#[derive(Clone, PartialEq, Default)]
struct Seen(Vec<u64>);

impl Seen {
    fn read(memo: &[u8]) -> Seen {
        let words = memo.as_chunks::<8>().0.iter();
        Seen(words.map(|word| u64::from_le_bytes(*word)).collect())
    }

    fn memo(&self) -> Vec<u8> {
        self.0.iter().flat_map(|word| word.to_le_bytes()).collect()
    }

    fn of(sessions: &[Marked]) -> Seen {
        let mut shelves = vec![0u64; SHELVES];
        for (id, mark) in sessions {
            if let Some(shelf) = shelves.get_mut(shelf(id)) {
                *shelf = shelf.wrapping_add(hash(&[id.as_bytes(), &mark.to_le_bytes()]));
            }
        }
        Seen(shelves)
    }
}

fn shelf(id: &str) -> usize {
    usize::try_from(hash(&[id.as_bytes()]) % SHELVES as u64).unwrap_or_default()
}

/// Tells the sessions on shelves where something changed, and names all there are.
fn all(
    tables: &dyn Tables,
    db: &Database,
    seen: &Seen,
    say: &mut Say<'_>,
) -> Result<Option<Seen>, Stop> {
    db.next_query();
    let Some(sessions) = tables.sessions(db, None)? else {
        return Ok(None);
    };
    let now = Seen::of(&sessions);
    for (id, _) in &sessions {
        let at = shelf(id);
        if seen.0.get(at).is_some_and(|was| now.0.get(at) == Some(was)) {
            continue;
        }
        let session = id.as_str().into();
        tell(say, Record::Again { session })?;
        db.next_query();
        tables.session(db, id, false, say)?;
    }
    let sessions = sessions.into_iter().map(|(id, _)| id.into()).collect();
    tell(say, Record::Only { sessions })?;
    Ok(Some(now))
}

/// Tells one conversation if something in it changed.
fn one(
    tables: &dyn Tables,
    db: &Database,
    id: &str,
    seen: &Seen,
    say: &mut Say<'_>,
) -> Result<Option<Seen>, Stop> {
    db.next_query();
    let found = tables.sessions(db, Some(id))?.unwrap_or_default();
    let Some((_, mark)) = found.first() else {
        return Ok(None);
    };
    let now = Seen(vec![*mark]);
    if now != *seen {
        tell(say, Record::Again { session: id.into() })?;
        db.next_query();
        tables.session(db, id, true, say)?;
    }
    Ok(Some(now))
}

/// These columns of a table as a list to select, and NULL for those that this version does not have. None where there is
/// no such table, or it has not the first of them, its key.
pub fn select(db: &Database, table: &str, names: &[&str]) -> rusqlite::Result<Option<String>> {
    let have = sqlite::columns(&db.connection, table)?;
    let has = |name: &str| have.iter().any(|column| column == name);
    if !names.first().is_some_and(|key| has(key)) {
        return Ok(None);
    }
    let columns = names
        .iter()
        .map(|name| if has(name) { name } else { "NULL" });
    Ok(Some(columns.collect::<Vec<_>>().join(", ")))
}

/// A hash of some columns of a row, whatever they hold.
pub fn mark(row: &Row<'_>, columns: usize) -> u64 {
    let texts: Vec<String> = (0..columns)
        .map(|i| match row.get_ref(i) {
            Ok(ValueRef::Real(n)) => n.to_string(),
            Ok(ValueRef::Null) | Err(_) => "-".into(),
            Ok(_) => format!("={}", text(row, i).unwrap_or_default()),
        })
        .collect();
    let parts: Vec<&[u8]> = texts.iter().map(String::as_bytes).collect();
    hash(&parts)
}

/// A session's id. A row without one is what is left of a damaged table, and proves nothing about the others.
pub fn id(row: &Row<'_>, i: usize) -> Result<String, Stop> {
    text(row, i).ok_or_else(|| Stop::Failed(io::ErrorKind::InvalidData.into()))
}

/// Text of whatever type a row holds; whole numbers and blobs are read as text would be.
pub fn text(row: &Row<'_>, i: usize) -> Option<String> {
    match row.get_ref(i).ok()? {
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => {
            Some(String::from_utf8_lossy(bytes).into_owned())
        }
        ValueRef::Integer(n) => Some(n.to_string()),
        _ => None,
    }
}

/// A number of whatever type a row holds.
pub fn number(row: &Row<'_>, i: usize) -> Option<f64> {
    match row.get_ref(i).ok()? {
        ValueRef::Integer(n) => Some(n as f64),
        ValueRef::Real(n) => Some(n).filter(|n| n.is_finite()),
        _ => None,
    }
}

/// A count: what is negative is 0.
pub fn count(row: &Row<'_>, i: usize) -> Option<u64> {
    // A float cast saturates.
    number(row, i).map(|n| n as u64)
}

/// A time as text or number, told apart by size. Text without a zone is in UTC, as the database writes it itself.
pub fn time(row: &Row<'_>, i: usize) -> Option<jiff::Timestamp> {
    let text = text(row, i).or_else(|| number(row, i).map(|n| n.to_string()))?;
    let zoned = format!("{}Z", text.trim());
    let known = text.trim().parse().ok().or_else(|| zoned.parse().ok());
    known.or_else(|| super::json::Json::parse(&text)?.time())
}
