//! One line as a message: a prompt, a block of a response, a result, or text that the program put in.

use std::borrow::Cow;

use super::super::json::{Json, Obj};
use super::super::{Want, hash, tools};
use super::result::result;
use super::shell;
use super::usage::{model_id, rate, tokens};
use crate::model::{Lane, Message, NoticeKind, Part, Role, ToolResult, Usd};
use crate::text::{Raw, floor_boundary};

/// What a line says to a reader.
pub enum Said {
    Message(Box<Message>),
    Nothing,
}

/// A summary needs no more of a prompt than its title.
const PROMPT: usize = 16 << 10;

/// Names a line: the same content under the same id is the same line, whatever file repeats it. Bodies are long, so
/// content is told apart by its length and its ends.
pub fn line_key(record: &Obj<'_>, line: &[u8]) -> u64 {
    const END: usize = 256;
    match (record.text("uuid"), record.get("message")) {
        (Some(uuid), Some(message)) => {
            let body = message.raw().as_bytes();
            let first = body.get(..END).unwrap_or(body);
            let last = body.get(body.len().saturating_sub(END)..).unwrap_or(body);
            let len = body.len().to_le_bytes();
            hash(&[uuid.as_bytes(), &len, first, last])
        }
        (Some(uuid), None) => hash(&[uuid.as_bytes()]),
        _ => hash(&[line]),
    }
}

/// Reads a line of the tree into an empty message. Who does not want the whole gets no bodies but prompts.
pub fn read(
    kind: &str,
    record: &Obj<'_>,
    mut message: Message,
    side: bool,
    want: Want<'_>,
) -> Said {
    let whole = !want.is_summary();
    if side {
        let lane = record.text("agentId").unwrap_or(Cow::Borrowed("side"));
        message.lane = Lane::Side((*lane).into());
    }
    match kind {
        "assistant" => assistant(record, &mut message, want),
        "user" => user(record, &mut message, whole),
        "attachment" => attachment(record, &mut message),
        _ if whole => system(record, &mut message),
        _ => {}
    }
    let counts = message.tools > 0 || message.errors > 0 || message.role != Role::System;
    if message.parts.is_empty() && !counts {
        Said::Nothing
    } else {
        Said::Message(Box::new(message))
    }
}

fn assistant(record: &Obj<'_>, message: &mut Message, want: Want<'_>) {
    let whole = !want.is_summary();
    let Some(body) = record.obj("message") else {
        return;
    };
    let model = body.text("model");
    let synthetic = model.as_deref() == Some("<synthetic>");
    if synthetic || record.is_true("isApiErrorMessage") {
        let text = first_text(&body);
        if !text.is_empty() && whole {
            let error = record.is_true("isApiErrorMessage") || text.starts_with("API Error");
            let kind = if error {
                NoticeKind::Error
            } else {
                NoticeKind::Other
            };
            message.parts.push(Part::Notice {
                kind,
                text: text.into(),
            });
        }
        message.errors = u32::from(record.is_true("isApiErrorMessage"));
        return;
    }
    message.role = Role::Assistant;
    message.model = model.as_deref().map(model_id);
    message.reply = body.text("id").map(|id| {
        let request = record
            .text("requestId")
            .filter(|_| !record.is_true("isSidechain"));
        hash(&[
            id.as_bytes(),
            request.as_deref().unwrap_or_default().as_bytes(),
        ])
    });
    if whole {
        let usage = body.obj("usage");
        message.usage = usage.as_ref().map(tokens);
        message.rate = usage.as_ref().map(rate).unwrap_or_default();
        message.logged = record.f64("costUSD").and_then(Usd::from_dollars);
    }
    if want != Want::Spends {
        blocks(&body, message, whole);
    }
}

fn user(record: &Obj<'_>, message: &mut Message, whole: bool) {
    let Some(body) = record.obj("message") else {
        return;
    };
    let injected = record.is_true("isMeta") || record.is_true("isCompactSummary");
    if let Some(text) = body.str("content") {
        prompt(&text, injected, message, whole);
        return;
    }
    let before = message.parts.len();
    for block in body.list("content").into_iter().filter_map(Json::obj) {
        match block.str("type").as_deref() {
            Some("text") => prompt(
                &block.str("text").unwrap_or_default(),
                injected,
                message,
                whole,
            ),
            Some("tool_result") => result(&block, record, message, whole),
            _ => block_part(&block, message, whole),
        }
    }
    // A picture alone is a prompt too.
    let pictures = message
        .parts
        .iter()
        .skip(before)
        .any(|p| matches!(p, Part::Image { .. }));
    let results = message
        .parts
        .iter()
        .any(|p| matches!(p, Part::ToolResult(_)));
    if pictures && !results && !injected {
        message.role = Role::User;
    }
    if message.role == Role::User {
        message.parts.iter_mut().skip(before).for_each(set_apart);
    }
}

/// What the program put beside a prompt is not said by who wrote it.
fn set_apart(part: &mut Part) {
    if let Part::Text(text) = part
        && is_injected(text.untrusted().trim())
    {
        *part = Part::Notice {
            kind: NoticeKind::Context,
            text: std::mem::take(text),
        };
    }
}

/// Text that stands as a user's but was put there by the program.
const INJECTED: &[&str] = &[
    "<local-command-stdout>",
    "<local-command-caveat>",
    "<local-command-stderr>",
    "<bash-stdout>",
    "<bash-stderr>",
    "<task-notification>",
    "<system-reminder>",
    "<teammate-message",
    "Caveat: The messages below were generated",
    "<user-memory-input>",
    // What an editor has open or selected, and its diagnostics.
    "<ide_",
];

fn is_injected(shown: &str) -> bool {
    INJECTED.iter().any(|mark| shown.starts_with(mark))
}

fn prompt(text: &str, injected: bool, message: &mut Message, whole: bool) {
    let text = without_reminders(text);
    let shown = text.trim();
    if shown.is_empty() {
        return;
    }
    let notice = |kind, text: String| Part::Notice {
        kind,
        text: text.into(),
    };
    if shown.starts_with("[Request interrupted by user") {
        if whole {
            message
                .parts
                .push(notice(NoticeKind::Interrupted, "interrupted".into()));
        }
    } else if shown.starts_with("<command-name>") || shown.starts_with("<command-message>") {
        if whole {
            let (name, args) = (tagged(shown, "command-name"), tagged(shown, "command-args"));
            let line = format!("/{} {}", name.trim_start_matches('/'), args);
            message
                .parts
                .push(notice(NoticeKind::Command, line.trim().to_owned()));
        }
    } else if shown.starts_with("<bash-input>") {
        if whole {
            let line = format!("! {}", tagged(shown, "bash-input"));
            message.parts.push(notice(NoticeKind::Command, line));
        }
    } else if injected || is_injected(shown) {
        if whole {
            let wrote = shell::wrote(shown);
            let text = wrote.as_deref().unwrap_or(&text);
            if !text.is_empty() {
                message.parts.push(Part::Text(Raw::from(text)));
            }
        }
    } else {
        message.role = Role::User;
        let kept = if whole {
            &*text
        } else {
            floor_boundary(&text, PROMPT)
        };
        message.parts.push(Part::Text(Raw::from(kept)));
    }
}

/// Reminders are written into prompts and results; they are nobody's words.
pub fn without_reminders(text: &str) -> Cow<'_, str> {
    const OPEN: &str = "<system-reminder>";
    const CLOSE: &str = "</system-reminder>";
    if !text.contains(OPEN) || text.trim_start().starts_with(OPEN) && !text.contains(CLOSE) {
        return Cow::Borrowed(text);
    }
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(OPEN) {
        let Some((_, behind)) = after.split_once(CLOSE) else {
            break;
        };
        out.push_str(before);
        rest = behind;
    }
    out.push_str(rest);
    Cow::Owned(out)
}

pub fn tagged<'t>(text: &'t str, tag: &str) -> &'t str {
    let inner = text.split_once(&format!("<{tag}>")).map(|(_, rest)| rest);
    inner
        .and_then(|rest| rest.split_once(&format!("</{tag}>")))
        .map_or("", |(inner, _)| inner.trim())
}

fn first_text(body: &Obj<'_>) -> String {
    if let Some(text) = body.str("content") {
        return text.into_owned();
    }
    let texts = body.list("content").into_iter().filter_map(Json::obj);
    texts
        .filter_map(|b| b.text("text").map(Cow::into_owned))
        .next()
        .unwrap_or_default()
}

fn blocks(body: &Obj<'_>, message: &mut Message, whole: bool) {
    if let Some(text) = body.str("content").filter(|_| whole) {
        message.parts.push(Part::Text(Raw::from(&*text)));
    }
    for block in body.list("content").into_iter().filter_map(Json::obj) {
        block_part(&block, message, whole);
    }
}

fn block_part(block: &Obj<'_>, message: &mut Message, whole: bool) {
    let kind = block.str("type").unwrap_or_default();
    let is_call = matches!(&*kind, "tool_use" | "server_tool_use" | "mcp_tool_use");
    message.tools += u32::from(is_call);
    if !whole && !matches!(&*kind, "image" | "document") {
        return;
    }
    let part = match &*kind {
        "text" => block.text("text").map(|t| Part::Text(Raw::from(&*t))),
        "thinking" => Some(Part::Thinking(
            block.text("thinking").map(|t| Raw::from(&*t)),
        )),
        "redacted_thinking" => Some(Part::Thinking(None)),
        _ if is_call => {
            let input = block.get("input").map_or("{}", Json::raw);
            let (id, name) = (block.str("id"), block.str("name"));
            let call = tools::call(&id.unwrap_or_default(), &name.unwrap_or_default(), input);
            Some(Part::ToolCall(Box::new(call)))
        }
        "image" | "document" => Some(image(block)),
        _ if kind.ends_with("_tool_result") => {
            let id = block.str("tool_use_id").unwrap_or_default();
            let output = block.get("content").map_or("", Json::raw);
            Some(Part::ToolResult(Box::new(ToolResult::new(&*id, output))))
        }
        "fallback" | "tool_reference" => None,
        _ => {
            let fields = block
                .fields()
                .map(|(key, value)| format!("{key:?}: {}", value.raw()));
            let json = format!("{{{}}}", fields.collect::<Vec<_>>().join(", "));
            Some(Part::Unknown {
                kind: (&*kind).into(),
                json: json.into(),
            })
        }
    };
    message.parts.extend(part);
}

pub fn image(block: &Obj<'_>) -> Part {
    let source = block.obj("source").unwrap_or_default();
    let mime = source.text("media_type").unwrap_or(Cow::Borrowed("image"));
    // Base64 stores three bytes in four characters.
    let bytes = source
        .get("data")
        .map_or(0, |d| d.raw().len().saturating_sub(2) as u64 / 4 * 3);
    Part::Image {
        mime: (&*mime).into(),
        bytes,
    }
}

/// The one kind of injected record that is a person's: a prompt typed while the model worked.
fn attachment(record: &Obj<'_>, message: &mut Message) {
    let Some(body) = record.obj("attachment") else {
        return;
    };
    if body.str("type").as_deref() != Some("queued_command") {
        return;
    }
    if let Some(text) = body.text("prompt") {
        prompt(&text, false, message, true);
    }
}

fn system(record: &Obj<'_>, message: &mut Message) {
    let text = record.text("content").unwrap_or_default();
    let subtype = record.str("subtype").unwrap_or_default();
    let (kind, text) = match &*subtype {
        "compact_boundary" => (
            NoticeKind::Compaction,
            Cow::Borrowed("conversation compacted"),
        ),
        "api_error" => {
            let text = if text.is_empty() {
                Cow::Borrowed("the service failed; tried again")
            } else {
                text
            };
            (NoticeKind::Error, text)
        }
        "api_refusal" => (NoticeKind::Error, Cow::Borrowed("the model refused")),
        "model_refusal_fallback" => {
            let model = record.text("fallbackModel").unwrap_or_default();
            (
                NoticeKind::ModelSwitch,
                Cow::Owned(format!("refused; went on with {model}")),
            )
        }
        _ => return,
    };
    message.parts.push(Part::Notice {
        kind,
        text: Raw::from(&*text),
    });
}
