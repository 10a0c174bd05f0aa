//! What a model of the forerunner was given: the only log of its first versions. It has no times and no tokens.

use std::io;

use super::super::json::{self, Json, Obj, Parsed};
use super::super::jsonl::{self, Line};
use super::super::{Cursor, Facts, Oddity, Record, Say, Stop, Want, hash, tell};
use super::{content, forerunner, place};
use crate::env::Env;
use crate::model::{Message, Part, Role, Unit};

pub fn read(
    env: &Env,
    unit: &Unit,
    want: Want<'_>,
    from: &Cursor,
    say: &mut Say<'_>,
) -> io::Result<Cursor> {
    let mut opened = jsonl::open(env, &unit.path, &from.at)?;
    let (id, _) = place(unit);
    let whole = !want.is_summary();
    let mut read = || -> Result<(), Stop> {
        if opened.rewritten {
            tell(say, Record::Reset)?;
        }
        let mut store = json::Store::default();
        while let Some(line) = opened.lines.next_line()? {
            let session = Some(id.clone());
            let odd = |at, what, say: &mut Say<'_>| tell(say, Record::Odd { session, at, what });
            let (at, bytes) = match line {
                Line::TooLong { at } => {
                    odd(at, Oddity::TooLong, say)?;
                    continue;
                }
                Line::Whole { at, bytes } => (at, bytes),
            };
            let record = match json::record(bytes, &mut store) {
                Parsed::Object(record) => record,
                Parsed::Repaired(record) => {
                    odd(at, Oddity::Repaired, say)?;
                    record
                }
                Parsed::Malformed => {
                    odd(at, Oddity::Malformed, say)?;
                    continue;
                }
                Parsed::Blank => continue,
            };
            // Two equal lines are two messages: nothing in them tells when they were said.
            let key = hash(&[&at.to_le_bytes(), bytes]);
            if let Some(message) = said(&record, key, whole) {
                let session = id.clone();
                tell(say, Record::Message { session, message })?;
            } else if !whole {
                let (session, facts) = (id.clone(), Box::<Facts>::default());
                tell(say, Record::Session { session, facts })?;
            }
        }
        Ok(())
    };
    match read() {
        Err(Stop::Failed(error)) => Err(error),
        Ok(()) | Err(Stop::Asked) => Ok(Cursor {
            at: opened.lines.cursor(),
            memo: Box::default(),
        }),
    }
}

fn said(record: &Obj<'_>, key: u64, whole: bool) -> Option<Box<Message>> {
    let mut message = Message::new(key, Role::System, None);
    let content = record.get("content");
    match record.str("role")?.as_ref() {
        "user" => content::prompt(content?, true, &mut message, whole),
        "assistant" => {
            message.role = Role::Assistant;
            let calls = record.list("tool_calls").into_iter().filter_map(Json::obj);
            let calls: Vec<Obj<'_>> = calls.collect();
            message.tools = u32::try_from(calls.len()).unwrap_or(u32::MAX);
            if whole {
                message.parts = content.map(content::parts).unwrap_or_default();
                let calls = calls.iter().map(forerunner::call_in_message);
                message.parts.extend(calls);
            }
        }
        "tool" if whole => {
            let call = record.text("tool_call_id").unwrap_or_default();
            let mut result = content::result(&call, content, false);
            // Only its words say how it went.
            result.ok = None;
            message.parts.push(Part::ToolResult(Box::new(result)));
        }
        _ => return None,
    }
    let is_nothing = message.role == Role::System && message.parts.is_empty();
    (!is_nothing).then(|| Box::new(message))
}
