//! Messages of the second engine, each whole in one row. Known from its published source; runs of 1.18 keep the table
//! empty.

use std::borrow::Cow;
use std::time::Duration;

use jiff::Timestamp;

use super::super::json::{Json, Obj};
use super::super::{Record, Say, Stop, tell, tools};
use super::message::Stored;
use crate::model::{Message, NoticeKind, Part, Role, ToolKind, ToolResult};
use crate::text::{Raw, floor_boundary};

/// A summary needs no more of a prompt than its title.
const PROMPT: usize = 16 << 10;

/// One row: its spend to a summary, itself to both.
pub fn said(
    session: &str,
    (id, kind): (&str, &str),
    data: &Obj<'_>,
    created: Option<Timestamp>,
    whole: bool,
    say: &mut Say<'_>,
) -> Result<(), Stop> {
    let blocks: Vec<Obj<'_>> = data
        .list("content")
        .into_iter()
        .filter_map(Json::obj)
        .collect();
    let stored = Stored {
        id,
        data,
        parts: &[],
        created,
        assistant: kind == "assistant",
    };
    if let Some(spend) = stored.spend().filter(|_| !whole) {
        let session = session.into();
        tell(say, Record::Spent { session, spend })?;
    }
    let mut message = stored.message(whole, false);
    let text = || data.text("text").map(Cow::into_owned).unwrap_or_default();
    let notice = |kind, text: String| Part::Notice {
        kind,
        text: text.into(),
    };
    match kind {
        "user" => {
            message.role = Role::User;
            let text = text();
            let kept = if whole {
                &*text
            } else {
                floor_boundary(&text, PROMPT)
            };
            message.parts.push(Part::Text(Raw::from(kept)));
            for file in data.list("files").into_iter().filter_map(Json::obj) {
                let name = file.text("name").or_else(|| file.text("uri"));
                if let Some(name) = name.filter(|_| whole) {
                    let path = floor_boundary(&name, 512).into();
                    message.parts.push(Part::Attachment { path });
                }
            }
        }
        "assistant" => {
            let own = std::mem::take(&mut message.parts);
            for block in &blocks {
                self::block(block, &mut message, whole);
            }
            // What went wrong stands behind what was said.
            message.parts.extend(own);
        }
        "shell" => shell(data, &mut message, whole),
        _ if !whole => {}
        "compaction" => message.parts.push(notice(
            NoticeKind::Compaction,
            "conversation compacted".into(),
        )),
        "model-switched" => {
            let model = stored
                .model()
                .map(|m| m.short().to_owned())
                .unwrap_or_default();
            message.parts.push(notice(NoticeKind::ModelSwitch, model));
        }
        "agent-switched" => {
            let agent = data.text("agent").unwrap_or_default().into_owned();
            message
                .parts
                .push(notice(NoticeKind::Other, format!("agent: {agent}")));
        }
        "synthetic" | "system" => message.parts.push(Part::Text(text().into())),
        _ => {}
    }
    let message = Box::new(message);
    let session = session.into();
    tell(say, Record::Message { session, message })
}

fn block(block: &Obj<'_>, message: &mut Message, whole: bool) {
    match block.str("type").as_deref().unwrap_or_default() {
        "tool" => tool(block, message, whole),
        _ if !whole || block.is_true("ignored") => {}
        "text" => message
            .parts
            .extend(block.text("text").map(|t| Part::Text(Raw::from(&*t)))),
        "reasoning" => message.parts.extend(
            block
                .text("text")
                .map(|t| Part::Thinking(Some(Raw::from(&*t)))),
        ),
        _ => {}
    }
}

fn tool(block: &Obj<'_>, message: &mut Message, whole: bool) {
    let state = block.obj("state").unwrap_or_default();
    let status = state.str("status").unwrap_or_default();
    let failed = status == "error";
    message.tools += 1;
    message.errors += u32::from(failed);
    if !whole {
        return;
    }
    let (id, name) = (
        block.text("id").unwrap_or_default(),
        block.text("name").unwrap_or_default(),
    );
    let mut call = tools::call(&id, &name, state.get("input").map_or("{}", Json::raw));
    let structured = state.obj("structured").unwrap_or_default();
    let child = structured
        .text("sessionId")
        .or_else(|| structured.text("sessionID"));
    if call.tool.kind == ToolKind::Task {
        call.child = child.map(|c| (*c).into());
    }
    let child = call.child.clone();
    message.parts.push(Part::ToolCall(Box::new(call)));
    let texts: Vec<String> = state
        .list("content")
        .into_iter()
        .filter_map(Json::obj)
        .filter_map(|c| c.text("text").map(Cow::into_owned))
        .collect();
    let error = state
        .obj("error")
        .and_then(|e| e.text("message").map(Cow::into_owned));
    let done = matches!(&*status, "completed" | "error");
    if !done && texts.is_empty() {
        return;
    }
    let mut result = ToolResult::new(&*id, error.unwrap_or_else(|| texts.join("\n")));
    result.exit = structured
        .get("exit")
        .and_then(Json::i64)
        .and_then(|n| i32::try_from(n).ok());
    result.ok = done.then_some(!failed && result.exit.is_none_or(|code| code == 0));
    let time = block.obj("time").unwrap_or_default();
    result.took = time
        .u64("ran")
        .zip(time.u64("completed"))
        .map(|(a, b)| Duration::from_millis(b.saturating_sub(a)));
    result.child = child;
    message.parts.push(Part::ToolResult(Box::new(result)));
}

/// A command that the person ran: a call and its result in one row.
fn shell(data: &Obj<'_>, message: &mut Message, whole: bool) {
    if !whole {
        return;
    }
    let id = data.text("callID").unwrap_or_default();
    let command = data.text("command").unwrap_or_default();
    message.parts.push(Part::Notice {
        kind: NoticeKind::Command,
        text: format!("! {command}").into(),
    });
    if let Some(output) = data.text("output") {
        let result = ToolResult::new(&*id, output.into_owned());
        message.parts.push(Part::ToolResult(Box::new(result)));
    }
}
