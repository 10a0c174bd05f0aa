//! Files of one JSON object that are rewritten whole: the sessions of older versions.

use std::io::{self, Read};
use std::path::Path;

use super::super::json::{self, Json, Obj, Parsed};
use super::super::jsonl::LINE_MAX;
use super::super::{Cursor, Facts, Oddity, Record, Say, Site, Stop, Want, tell};
use super::message;
use super::replay::without_results;
use super::{native, parent_by_path, project};
use crate::env::{Env, stamp_of};
use crate::model::{Kind, Unit};

/// The cursor's memo when the file made no sense and that was said.
const BROKEN: [u8; 1] = [1];

pub fn read(
    env: &Env,
    unit: &Unit,
    want: Want<'_>,
    from: &Cursor,
    say: &mut Say<'_>,
) -> io::Result<Cursor> {
    let mut file = env.files.open(&unit.path)?;
    let stamp = stamp_of(&file.metadata()?)?;
    let mut cursor = Cursor::whole(stamp);
    if cursor.at == from.at {
        return Ok(from.clone());
    }
    let mut bytes = Vec::new();
    file.by_ref()
        .take(LINE_MAX as u64)
        .read_to_end(&mut bytes)?;
    let mut store = json::Store::default();
    let told = match json::record(&bytes, &mut store) {
        Parsed::Object(session) => session_of(env, &unit.path, &session, false, want, say),
        Parsed::Repaired(session) => session_of(env, &unit.path, &session, true, want, say),
        // A file that is being written is short for a moment: what it said stays, and its state is said once.
        Parsed::Malformed => {
            cursor.memo = BROKEN.into();
            let what = if stamp.len > LINE_MAX as u64 {
                Oddity::TooLong
            } else {
                Oddity::Malformed
            };
            let odd = Record::Odd {
                session: None,
                at: 0,
                what,
            };
            if from.memo == cursor.memo {
                Ok(())
            } else {
                tell(say, odd)
            }
        }
        Parsed::Blank => {
            cursor.memo.clone_from(&from.memo);
            Ok(())
        }
    };
    match told {
        Err(Stop::Failed(error)) => Err(error),
        _ => Ok(cursor),
    }
}

fn session_of(
    env: &Env,
    path: &Path,
    session: &Obj<'_>,
    is_repaired: bool,
    want: Want<'_>,
    say: &mut Say<'_>,
) -> Result<(), Stop> {
    tell(say, Record::Reset)?;
    let is_summary = want.is_summary();
    let id = native(path, session.text("sessionId").as_deref());
    // The oldest files call them otherwise.
    let first = session.list("messages");
    let in_first = first.len();
    let messages = [first, session.list("history")].concat();
    if is_repaired {
        let odd = Record::Odd {
            session: Some(id.clone()),
            at: 0,
            what: Oddity::Repaired,
        };
        tell(say, odd)?;
    }
    if is_summary {
        facts(env, path, session, &messages, &id, say)?;
    }
    let mut nth = 0;
    for (place, item) in messages.into_iter().enumerate() {
        if place == in_first {
            nth = 0;
        }
        let session = id.clone();
        let Some(record) = item.obj() else {
            let odd = Record::Odd {
                session: Some(session),
                at: place as u64,
                what: Oddity::Malformed,
            };
            tell(say, odd)?;
            continue;
        };
        if let Some(spend) = message::spend(&id, &record, place).filter(|_| is_summary) {
            let session = session.clone();
            tell(say, Record::Spent { session, spend })?;
        }
        let said = without_results(message::read(&record, place, !is_summary));
        let list = match place < in_first {
            true => "messages",
            false => "history",
        };
        let site = Site::Item { list, nth };
        nth += 1;
        if let Some(message) = said.message.map(Box::new) {
            if !is_summary {
                let sites = vec![site];
                tell(say, Record::Stands { sites })?;
            }
            tell(say, Record::Message { session, message })?;
        }
    }
    Ok(())
}

fn facts(
    env: &Env,
    path: &Path,
    session: &Obj<'_>,
    messages: &[Json<'_>],
    id: &str,
    say: &mut Say<'_>,
) -> Result<(), Stop> {
    let mut facts = message::facts(session);
    let hash = session.text("projectHash").unwrap_or_default();
    let mut records = messages.iter().filter_map(|item| item.obj());
    facts.dir = project::directory(env, path)
        .or(facts.dir)
        .or_else(|| records.find_map(|record| message::directory(&record, &hash)));
    facts.parent = parent_by_path(path);
    let is_agent = session.str("kind").is_some_and(|kind| kind == "subagent");
    facts.kind = (is_agent || facts.parent.is_some()).then_some(Kind::SubAgent);
    // Models of the oldest files stand beside the messages.
    let meta = session.obj("meta").unwrap_or_default();
    facts.model = meta.text("model").map(|name| message::model_id(&name));
    let start = session
        .time("startTime")
        .or_else(|| session.time("start_time"));
    let started = Facts {
        at: start,
        ..Facts::default()
    };
    for facts in [facts, started] {
        let session = id.into();
        let facts = Box::new(facts);
        tell(say, Record::Session { session, facts })?;
    }
    Ok(())
}
