//! A chat of the command line: a database of its own, with messages under the hashes of their bytes, and a note beside it.
//! Messages that the latest root does not lead to were left behind. No message has a time, and none has tokens.

use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::types::ValueRef;

use super::super::json::{self, Json, Obj};
use super::super::jsonl::LINE_MAX;
use super::super::sqlite::{self, Database};
use super::super::{At, Cursor, Facts, Oddity, Record, Say, Site, Stop, Subject, Want, hash, tell};
use super::blocks::{self, Calls};
use super::tree::{self, Old};
use super::{model_named, title_given, workspace};
use crate::env::Env;
use crate::model::{Kind, Message, NoticeKind, Part, Role, TitleRank, Unit};
use crate::text::Raw;

/// The row that tells of the chat. Both tables hold nothing but chats.
const META: &str = "SELECT value FROM meta WHERE key = '0'";
const BLOB: &str = "SELECT data FROM blobs WHERE id = ?1 AND octet_length(data) <= ?2";
/// In the cursor's memo: the database made no sense and that was said; it was read and had messages.
const BROKEN: u8 = 1;
const TOLD: u8 = 2;

/// What the note beside a chat says.
#[derive(Default)]
struct Note {
    cwd: Option<PathBuf>,
    title: Option<Raw>,
    sub_agent: bool,
    created: Option<Timestamp>,
    updated: Option<Timestamp>,
}

impl Note {
    fn beside(env: &Env, store: &Path) -> Note {
        let bytes = workspace::whole_file(env, &store.with_file_name("meta.json"));
        let mut store = json::Store::default();
        match workspace::object(&bytes.unwrap_or_default(), &mut store) {
            Some(note) => Note {
                cwd: note.text("cwd").map(|cwd| (*cwd).into()),
                title: note.text("title").map(|title| Raw::from(&*title)),
                sub_agent: note.is_true("isSubagent"),
                created: note.time("createdAtMs"),
                updated: note.time("updatedAtMs"),
            },
            None => Note::default(),
        }
    }

    fn facts(&self) -> Facts {
        let title = self.title.clone();
        let title = title.filter(|title| title_given(title.untrusted()).is_some());
        Facts {
            title: title.map(|title| (TitleRank::Agent, title)),
            dir: self.cwd.clone(),
            kind: self.sub_agent.then_some(Kind::SubAgent),
            ..Facts::default()
        }
    }
}

/// The session a chat is: the name of its folder.
fn id_of(unit: &Unit) -> String {
    let folder = unit.path.parent().and_then(Path::file_name);
    folder.unwrap_or_default().to_string_lossy().into_owned()
}

/// A note without a chat: it says where a transcript of the same id was made.
pub fn read_meta(env: &Env, unit: &Unit, from: &Cursor, say: &mut Say<'_>) -> io::Result<Cursor> {
    let file = env.files.open(&unit.path)?;
    let cursor = Cursor::whole(crate::env::stamp_of(&file.metadata()?)?);
    if cursor.at == from.at {
        return Ok(from.clone());
    }
    let of = Subject::Session(id_of(unit).into());
    let facts = Box::new(Note::beside(env, &unit.path).facts());
    let told = tell(say, Record::Reset).and_then(|()| tell(say, Record::About { of, facts }));
    match told {
        Err(Stop::Failed(error)) => Err(error),
        _ => Ok(cursor),
    }
}

pub fn read(
    env: &Env,
    unit: &Unit,
    want: Want<'_>,
    from: &Cursor,
    say: &mut Say<'_>,
) -> io::Result<Cursor> {
    let note = env.files.stamp(&unit.path.with_file_name("meta.json"));
    let note = note.unwrap_or_default();
    let at = At::Whole(hash(&[
        &sqlite::state(env, &unit.path),
        &note.inode.to_le_bytes(),
        &note.len.to_le_bytes(),
        &note.changed.to_le_bytes(),
    ]));
    if at == from.at {
        return Ok(from.clone());
    }
    let note = Note::beside(env, &unit.path);
    let id = id_of(unit);
    let known = from.memo.first().copied().unwrap_or(0);
    let told = sqlite::open(env, &unit.path)
        .map_err(Stop::Failed)
        .and_then(|db| {
            if from.at != At::Start {
                // What is known is forgotten only for something that can be read to its end, and is not empty now.
                let mut unheard = |_| ControlFlow::Continue(());
                let held = chat(&db, &id, &note, want, &mut unheard)?;
                if !held && known & TOLD > 0 {
                    return Err(Stop::Failed(io::ErrorKind::InvalidData.into()));
                }
            }
            tell(say, Record::Reset)?;
            chat(&db, &id, &note, want, say)
        });
    let now = match told {
        Ok(held) => u8::from(held) * TOLD,
        Err(Stop::Asked) => known,
        Err(Stop::Failed(error)) if error.kind() == io::ErrorKind::InvalidData => {
            if known & BROKEN == 0 {
                let (session, what) = (None, Oddity::Corrupt);
                let _ = say(Record::Odd {
                    session,
                    at: 0,
                    what,
                });
            }
            known | BROKEN
        }
        Err(Stop::Failed(error)) => return Err(error),
    };
    Ok(Cursor {
        at,
        memo: Box::new([now]),
    })
}

/// A value of whatever type a row holds.
fn value(db: &Database, sql: &str, with: impl rusqlite::Params) -> Result<Option<Vec<u8>>, Stop> {
    db.next_query();
    let mut statement = db.connection.prepare_cached(sql)?;
    let mut rows = statement.query(with)?;
    let Some(row) = rows.next()? else {
        return Ok(None);
    };
    Ok(match row.get_ref(0)? {
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => Some(bytes.to_vec()),
        _ => None,
    })
}

/// Says a chat; whether it has messages.
fn chat(
    db: &Database,
    id: &str,
    note: &Note,
    want: Want<'_>,
    say: &mut Say<'_>,
) -> Result<bool, Stop> {
    for table in ["meta", "blobs"] {
        if sqlite::columns(&db.connection, table)?.is_empty() {
            return Err(Stop::Failed(io::ErrorKind::InvalidData.into()));
        }
    }
    let whole = !want.is_summary();
    let bytes = value(db, META, [])?.unwrap_or_default();
    // The text is the hexadecimal digits of JSON; plain JSON is taken too.
    let plain = std::str::from_utf8(&bytes).ok().and_then(tree::from_hex);
    let mut store = json::Store::default();
    let bytes = plain.unwrap_or(bytes);
    let meta = workspace::object(&bytes, &mut store).unwrap_or_default();
    let root = meta.text("latestRootBlobId").unwrap_or_default();
    let mut blob = |id: &str| value(db, BLOB, (id, LINE_MAX as i64));
    let ids = tree::messages(&root, &mut blob)?;
    if !whole {
        facts(id, note, &meta, ids.is_empty(), say)?;
    }
    let mut calls = Calls::default();
    for (n, blob_id) in ids.iter().enumerate() {
        let key = hash(&[blob_id.as_bytes(), &n.to_le_bytes()]);
        let place = n.to_string();
        match blob(blob_id)? {
            Some(bytes) => {
                if let Some(message) = message(key, &bytes, &place, &mut calls, whole) {
                    if whole {
                        let sites = vec![Site::rows("blobs", "id", blob_id)];
                        tell(say, Record::Stands { sites })?;
                    }
                    said(id, message, say)?;
                } else if !is_hidden(&bytes) {
                    let (session, at) = (Some(id.into()), n as u64);
                    let what = Oddity::Malformed;
                    tell(say, Record::Odd { session, at, what })?;
                }
            }
            None => {
                let mut gone = Message::new(key, Role::System, None);
                gone.counts = false;
                if whole {
                    gone.parts.push(Part::Notice {
                        kind: NoticeKind::Other,
                        text: "this message is not in the log".into(),
                    });
                }
                said(id, gone, say)?;
            }
        }
    }
    Ok(!ids.is_empty())
}

fn said(session: &str, message: Message, say: &mut Say<'_>) -> Result<(), Stop> {
    let (session, message) = (session.into(), Box::new(message));
    tell(say, Record::Message { session, message })
}

/// A chat whose messages cannot be found leaves it to its transcript to tell them, and says what it knows beside.
fn facts(
    id: &str,
    note: &Note,
    meta: &Obj<'_>,
    is_empty: bool,
    say: &mut Say<'_>,
) -> Result<(), Stop> {
    let mut facts = note.facts();
    if facts.title.is_none() {
        let name = meta.text("name");
        let name = name.filter(|name| title_given(name).is_some());
        facts.title = name.map(|name| (TitleRank::Agent, Raw::from(&*name)));
    }
    if let Some(started) = meta.obj("subagentInfo") {
        facts.kind = Some(Kind::SubAgent);
        facts.parent = started.text("parentAgentId").map(|p| (*p).into());
        facts.call = started.text("toolCallId").map(|c| (*c).into());
    }
    let model = meta
        .get("lastUsedModel")
        .and_then(|model| match model.obj() {
            Some(model) => ["modelId", "modelName", "name", "id"]
                .iter()
                .find_map(|key| model.text(key).map(|m| m.into_owned())),
            None => model.str().map(|m| m.into_owned()),
        });
    facts.model = model.and_then(|name| model_named(&name));
    if is_empty {
        let (of, facts) = (Subject::Session(id.into()), Box::new(facts));
        return tell(say, Record::About { of, facts });
    }
    facts.at = meta.time("createdAt").or(note.created);
    let more = [note.created, note.updated].map(|at| Facts {
        at,
        ..Facts::default()
    });
    for facts in std::iter::once(facts).chain(more) {
        let (session, facts) = (id.into(), Box::new(facts));
        tell(say, Record::Session { session, facts })?;
    }
    Ok(())
}

/// One message; none for what the program told the model, and for what cannot be read.
fn message(key: u64, bytes: &[u8], place: &str, calls: &mut Calls, whole: bool) -> Option<Message> {
    let mut store = json::Store::default();
    if let Some(read) = workspace::object(bytes, &mut store) {
        return of_json(key, &read, place, calls, whole);
    }
    match tree::old_message(bytes)? {
        Old::Json(json) => of_json(key, &Obj::parse(&json)?, place, calls, whole),
        Old::Words { text, user } => {
            let role = if user { Role::User } else { Role::Assistant };
            let words = serde_json::to_string(&text).ok()?;
            of_content(key, role, Json::parse(&words), place, calls, whole)
        }
    }
}

fn of_json(
    key: u64,
    read: &Obj<'_>,
    place: &str,
    calls: &mut Calls,
    whole: bool,
) -> Option<Message> {
    let role = match read.str("role").as_deref() {
        Some("user") => Role::User,
        Some("assistant") => Role::Assistant,
        Some("tool") => Role::System,
        _ => return None,
    };
    of_content(key, role, read.get("content"), place, calls, whole)
}

fn of_content(
    key: u64,
    role: Role,
    content: Option<Json<'_>>,
    place: &str,
    calls: &mut Calls,
    whole: bool,
) -> Option<Message> {
    let mut message = Message::new(key, role, None);
    message.reply = (role == Role::Assistant).then_some(key);
    blocks::fill(content, &mut message, place, calls, whole);
    blocks::settle(&mut message, content);
    (!blocks::is_context(&message)).then_some(message)
}

/// Whether there is nothing wrong with a message that is not told.
fn is_hidden(bytes: &[u8]) -> bool {
    let mut store = json::Store::default();
    workspace::object(bytes, &mut store).is_some_and(|read| read.has("role"))
}
