//! Sessions of versions before 1.10: a file of JSON lines each, its first line about the session, the others its messages.

use std::io;

use super::super::json::{self, Obj, Parsed};
use super::super::jsonl::{self, Line};
use super::super::{Cursor, Facts, Oddity, Record, Say, Stop, Want, hash, tell};
use super::content::{self, Tokens};
use crate::env::Env;
use crate::model::{TitleRank, Unit};
use crate::text::Raw;

pub fn read(
    env: &Env,
    unit: &Unit,
    want: Want<'_>,
    from: &Cursor,
    say: &mut Say<'_>,
) -> io::Result<Cursor> {
    let mut opened = jsonl::open(env, &unit.path, &from.at)?;
    let name = unit.path.file_stem().unwrap_or_default().to_string_lossy();
    let whole = matches!(want, Want::Conversation { .. });
    let told = (|| {
        if opened.rewritten {
            tell(say, Record::Reset)?;
        }
        while let Some(line) = opened.lines.next_line().map_err(Stop::Failed)? {
            self::line(&name, line, whole, say)?;
        }
        Ok(())
    })();
    match told {
        Ok(()) | Err(Stop::Asked) => Ok(Cursor {
            at: opened.lines.cursor(),
            memo: Box::default(),
        }),
        Err(Stop::Failed(error)) => Err(error),
    }
}

fn line(session: &str, line: Line<'_>, whole: bool, say: &mut Say<'_>) -> Result<(), Stop> {
    let odd = |at, what| Record::Odd {
        session: Some(session.into()),
        at,
        what,
    };
    let (at, bytes) = match line {
        Line::Whole { at, bytes } => (at, bytes),
        Line::TooLong { at } => return tell(say, odd(at, Oddity::TooLong)),
    };
    let mut store = json::Store::default();
    let record = match json::record(bytes, &mut store) {
        Parsed::Object(record) => record,
        Parsed::Repaired(record) => {
            tell(say, odd(at, Oddity::Repaired))?;
            record
        }
        Parsed::Malformed => return tell(say, odd(at, Oddity::Malformed)),
        Parsed::Blank => return Ok(()),
    };
    let Some(role) = record.text("role") else {
        // The first line, or one like it: it is written again with each message.
        return if whole {
            Ok(())
        } else {
            facts(session, &record, say)
        };
    };
    let key = hash(&[&at.to_le_bytes()]);
    let meta = record.obj("metadata").unwrap_or_default();
    let items = record.list("content");
    let message = content::message(key, &role, record.time("created"), &items, &meta, whole);
    if whole && message.parts.is_empty() {
        return Ok(());
    }
    let said = Record::Message {
        session: session.into(),
        message: Box::new(message),
    };
    tell(say, said)
}

fn facts(session: &str, record: &Obj<'_>, say: &mut Say<'_>) -> Result<(), Stop> {
    let spent = Tokens {
        total: record.u64("accumulated_total_tokens"),
        input: record.u64("accumulated_input_tokens"),
        output: record.u64("accumulated_output_tokens"),
        ..Tokens::default()
    };
    let last = Tokens {
        total: record.u64("total_tokens"),
        input: record.u64("input_tokens"),
        output: record.u64("output_tokens"),
        ..Tokens::default()
    };
    let spend = content::spend(session, None, None, (&spent, &last), None);
    let title = record.text("description");
    let facts = Facts {
        title: title.map(|title| (TitleRank::Agent, Raw::from(&*title))),
        dir: record.text("working_dir").map(|dir| (*dir).into()),
        automated: record.has("schedule_id").then_some(true),
        uncounted: spend.as_ref().and_then(|(_, least)| least.then_some(true)),
        ..Facts::default()
    };
    let said = Record::Session {
        session: session.into(),
        facts: Box::new(facts),
    };
    tell(say, said)?;
    match spend {
        Some((spend, _)) => {
            let session = session.into();
            tell(say, Record::Spent { session, spend })
        }
        None => Ok(()),
    }
}
