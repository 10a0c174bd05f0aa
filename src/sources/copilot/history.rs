//! The oldest sessions: one object with the messages as a model's service takes them. They hold no tokens, and no times
//! but those of the session.

use std::io;

use super::super::json::{Json, Obj};
use super::super::{Cursor, Facts, Record, Say, Site, Stop, Want, hash, object, tell};
use super::{message, session_of};
use crate::env::Env;
use crate::model::{Message, ModelId, Part, Role, ToolResult, Unit};
use crate::text::{Raw, floor_boundary};

/// A summary needs no more of a prompt than its title.
const PROMPT: usize = 16 << 10;

pub fn read(
    env: &Env,
    unit: &Unit,
    want: Want<'_>,
    from: &Cursor,
    say: &mut Say<'_>,
) -> io::Result<Cursor> {
    object::read(env, &unit.path, from, say, &mut |all, say| {
        let id: Box<str> = match all.text("sessionId") {
            Some(id) => floor_boundary(&id, 128).into(),
            None => session_of(unit),
        };
        told(all, &id, want.is_summary(), say)
    })
}

fn told(all: &Obj<'_>, id: &str, is_summary: bool, say: &mut Say<'_>) -> Result<(), Stop> {
    let name = all.text("selectedModel").or_else(|| all.text("model"));
    let model = name.map(|name| ModelId::new(None, &name));
    if is_summary {
        let times = all.list("timeline").into_iter().filter_map(Json::obj);
        let times = times.filter_map(|entry| entry.time("timestamp"));
        let times = [all.time("startTime"), all.time("endTime")]
            .into_iter()
            .flatten()
            .chain(times);
        for at in times {
            let facts = Box::new(Facts {
                at: Some(at),
                ..Facts::default()
            });
            let session = id.into();
            tell(say, Record::Session { session, facts })?;
        }
        let facts = Box::default();
        let session = id.into();
        tell(say, Record::Session { session, facts })?;
    }
    let messages = all.list("chatMessages").into_iter().filter_map(Json::obj);
    for (n, chat) in messages.enumerate() {
        if let Some(message) = chat_message(&chat, n as u64, model.as_ref(), !is_summary) {
            if !is_summary {
                let (list, nth) = ("chatMessages", n);
                let sites = vec![Site::Item { list, nth }];
                tell(say, Record::Stands { sites })?;
            }
            let session = id.into();
            tell(say, Record::Message { session, message })?;
        }
    }
    Ok(())
}

fn chat_message(
    chat: &Obj<'_>,
    n: u64,
    model: Option<&ModelId>,
    whole: bool,
) -> Option<Box<Message>> {
    let mut message = Message::new(hash(&[&n.to_le_bytes()]), Role::System, None);
    let text = content(chat);
    match chat.str("role")?.as_ref() {
        "user" => {
            message.role = Role::User;
            let kept = if whole {
                &*text
            } else {
                floor_boundary(&text, PROMPT)
            };
            message.parts.push(Part::Text(Raw::from(kept)));
        }
        "assistant" => {
            message.role = Role::Assistant;
            message.model = model.cloned();
            let calls = chat.list("tool_calls").into_iter().filter_map(Json::obj);
            let calls: Vec<Obj<'_>> = calls.collect();
            message.tools = u32::try_from(calls.len()).unwrap_or(u32::MAX);
            if whole && !text.is_empty() {
                message.parts.push(Part::Text(text.into()));
            }
            for call in calls.iter().filter(|_| whole) {
                let of = call.obj("function").unwrap_or_default();
                let (id, name) = (call.text("id"), of.text("name"));
                let (id, name) = (id.unwrap_or_default(), name.unwrap_or_default());
                let call = message::call(&id, &name, of.get("arguments"));
                message.parts.push(Part::ToolCall(Box::new(call)));
            }
        }
        "tool" if whole => {
            let call = chat.text("tool_call_id").unwrap_or_default();
            let result = ToolResult::new(&*call, text);
            message.parts.push(Part::ToolResult(Box::new(result)));
        }
        _ => return None,
    }
    Some(Box::new(message))
}

/// Text, or the text of parts.
fn content(chat: &Obj<'_>) -> String {
    if let Some(text) = chat.str("content") {
        return text.into_owned();
    }
    let parts = chat.list("content").into_iter().filter_map(Json::obj);
    let texts: Vec<String> = parts
        .filter_map(|part| part.text("text").map(std::borrow::Cow::into_owned))
        .collect();
    texts.join("\n")
}
