//! One record as messages: a prompt, a response, results, or what the program put in.

use std::borrow::Cow;

use super::super::json::{Json, Obj};
use super::super::{hash, tools};
use super::lines::model_id;
use crate::model::{Message, NoticeKind, Part, Role, ToolResult};
use crate::text::{Raw, floor_boundary};

/// A summary needs no more of a prompt than its title.
const PROMPT: usize = 16 << 10;

/// Text between these was put into a prompt by the program.
pub const REMINDER: &str = "<system-reminder>";
const REMINDER_END: &str = "</system-reminder>";

fn key(record: &Obj<'_>, at: u64) -> u64 {
    match record.text("id") {
        Some(id) => hash(&[id.as_bytes()]),
        None => hash(&[&at.to_le_bytes()]),
    }
}

fn note(record: &Obj<'_>, key: u64) -> Message {
    Message::new(key, Role::System, record.time("timestamp"))
}

/// A `message` record. Results that stand with a prompt are a message of their own, so that they meet their calls.
pub fn read(record: &Obj<'_>, at: u64, whole: bool) -> Vec<Message> {
    let Some(body) = record.obj("message") else {
        return Vec::new();
    };
    let key = key(record, at);
    let mut message = note(record, key);
    if let Some(event) = body.text("hookEventName") {
        if whole {
            let text = format!("hook {event}").into();
            let kind = NoticeKind::Other;
            message.parts.push(Part::Notice { kind, text });
        }
        return vec![message];
    }
    let role = body.str("role").unwrap_or_default();
    if role == "assistant" {
        message.role = Role::Assistant;
        message.model = body.text("modelId").map(|m| model_id(None, &m));
        blocks(&body, &mut message, whole);
        return vec![message];
    }
    let mut results = note(record, hash(&[&key.to_le_bytes(), b"results"]));
    let is_prompt = role == "user" && !is_hidden(record, &body);
    if let Some(text) = body.str("content") {
        prompt(&text, is_prompt, &mut message, whole);
    }
    for block in body.list("content").into_iter().filter_map(Json::obj) {
        match block.str("type").as_deref() {
            Some("text") => {
                let text = block.str("text").unwrap_or_default();
                prompt(&text, is_prompt, &mut message, whole);
            }
            Some("tool_result") => result(&block, &mut results, whole),
            _ => part(&block, &mut message, whole),
        }
    }
    // A picture alone is a prompt too.
    let is_picture = |p: &Part| matches!(p, Part::Image { .. });
    if is_prompt && message.parts.iter().any(is_picture) {
        message.role = Role::User;
    }
    vec![results, message]
}

/// Whether the program speaks here in the user's name.
fn is_hidden(record: &Obj<'_>, body: &Obj<'_>) -> bool {
    let says = |o: &Obj<'_>| {
        o.str("visibility").as_deref() == Some("llm_only") || o.bool("isUserVisible") == Some(false)
    };
    record
        .str("id")
        .is_some_and(|id| id.starts_with("context-"))
        || says(record)
        || says(body)
}

fn prompt(text: &str, is_prompt: bool, message: &mut Message, whole: bool) {
    let text = without_reminders(text);
    let shown = text.trim();
    if shown.is_empty() {
        return;
    }
    if !is_prompt || shown.starts_with(REMINDER) {
        if whole {
            message.parts.push(Part::Text(Raw::from(shown)));
        }
        return;
    }
    message.role = Role::User;
    let kept = if whole {
        shown
    } else {
        floor_boundary(shown, PROMPT)
    };
    message.parts.push(Part::Text(Raw::from(kept)));
}

/// Text without what the program put into it. A reminder without an end is left alone.
pub fn without_reminders(text: &str) -> Cow<'_, str> {
    if !text.contains(REMINDER) {
        return Cow::Borrowed(text);
    }
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(REMINDER) {
        let Some((_, behind)) = after.split_once(REMINDER_END) else {
            break;
        };
        out.push_str(before);
        rest = behind;
    }
    out.push_str(rest);
    Cow::Owned(out)
}

fn blocks(body: &Obj<'_>, message: &mut Message, whole: bool) {
    if let Some(text) = body.text("content").filter(|_| whole) {
        message.parts.push(Part::Text(Raw::from(&*text)));
    }
    for block in body.list("content").into_iter().filter_map(Json::obj) {
        part(&block, message, whole);
    }
}

fn part(block: &Obj<'_>, message: &mut Message, whole: bool) {
    let kind = block.str("type").unwrap_or_default();
    if &*kind == "tool_use" {
        message.tools += 1;
    }
    if !whole && &*kind != "image" {
        return;
    }
    let part = match &*kind {
        "text" => block.text("text").map(|t| Part::Text(Raw::from(&*t))),
        "thinking" => {
            let text = block.text("thinking").map(|t| Raw::from(&*t));
            Some(Part::Thinking(text))
        }
        "redacted_thinking" => Some(Part::Thinking(None)),
        "tool_use" => {
            let (id, name) = (block.str("id"), block.str("name"));
            let input = block.get("input").map_or("{}", Json::raw);
            let call = tools::call(&id.unwrap_or_default(), &name.unwrap_or_default(), input);
            Some(Part::ToolCall(Box::new(call)))
        }
        "image" => {
            let (mime, bytes) = image(block);
            Some(Part::Image {
                mime: (&*mime).into(),
                bytes,
            })
        }
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

/// The type of an image and its size.
fn image<'a>(block: &Obj<'a>) -> (Cow<'a, str>, u64) {
    let source = block.obj("source").unwrap_or_default();
    let mime = source
        .text("media_type")
        .or_else(|| source.text("mediaType"))
        .unwrap_or(Cow::Borrowed("image"));
    // Base64 stores three bytes in four characters, and fills the last four up.
    let data = source.str("data").unwrap_or_default();
    let text = data.trim_end_matches('=');
    (mime, text.len() as u64 * 3 / 4)
}

fn result(block: &Obj<'_>, message: &mut Message, whole: bool) {
    let mut text = block
        .str("content")
        .map(Cow::into_owned)
        .unwrap_or_default();
    let mut images = Vec::new();
    for item in block.list("content").into_iter().filter_map(Json::obj) {
        match item.str("type").as_deref() {
            Some("text") => {
                if !text.is_empty() {
                    text.push('\n');
                }
                text.push_str(&item.str("text").unwrap_or_default());
            }
            Some("image") => {
                let (mime, bytes) = image(&item);
                images.push(((&*mime).into(), bytes));
            }
            _ => {}
        }
    }
    let exit = exit_code(&text);
    // A command that failed is no error of the tool, so either word of a failure counts.
    let ok = match (block.bool("is_error"), exit) {
        (Some(true), _) => Some(false),
        (_, Some(code)) => Some(code == 0),
        (is_error, None) => is_error.map(|e| !e),
    };
    message.errors += u32::from(ok == Some(false));
    if !whole {
        return;
    }
    let call = block.str("tool_use_id").unwrap_or_default();
    let said = without_reminders(&text);
    let mut result = ToolResult::new(&*call, tools::without_end(&said, EXITED));
    (result.ok, result.exit, result.images) = (ok, exit, images);
    message.parts.push(Part::ToolResult(Box::new(result)));
}

/// How the last line of a command begins that the program writes.
const EXITED: &str = "[Process exited with code ";

/// How a command ended: in the last line of its output, in older versions in the first.
fn exit_code(output: &str) -> Option<i32> {
    let digits = |text: &str, end: char| text.split_once(end)?.0.parse().ok();
    let last = output.trim_end().rsplit('\n').next()?;
    let newer = last.strip_prefix(EXITED).and_then(|rest| digits(rest, ']'));
    newer.or_else(|| {
        let rest = output.strip_prefix("Error: Command failed (exit code: ")?;
        digits(rest, ')')
    })
}

/// The list as it stands; the last one replaces those before.
pub fn todos(record: &Obj<'_>, whole: bool) -> Option<Message> {
    let mut message = note(record, hash(&[b"todo_state"]));
    // It stands where the first one stood, and must not seem to be of another time than its neighbours.
    message.at = message.at.filter(|_| !whole);
    let all = record.get("todos")?;
    let inner = all.obj().and_then(|all| all.get("todos")).unwrap_or(all);
    if let Some(text) = inner.str().filter(|t| whole && !t.is_empty()) {
        message.parts.push(Part::Text(Raw::from(&*text)));
    }
    let items = inner.list().into_iter().filter_map(|item| {
        let Some(item) = item.obj() else {
            return item.str().map(|text| format!("- {text}"));
        };
        let text = item.text("content").or_else(|| item.text("text"))?;
        let mark = match item.str("status").as_deref() {
            Some("completed") => "x",
            _ => " ",
        };
        Some(format!("- [{mark}] {text}"))
    });
    let items: Vec<String> = items.collect();
    if whole && !items.is_empty() {
        message.parts.push(Part::Text(items.join("\n").into()));
    }
    Some(message)
}

/// The history before was made short for the model; it still stands above.
pub fn compaction(record: &Obj<'_>, at: u64, whole: bool) -> Option<Message> {
    let mut message = note(record, key(record, at));
    if whole {
        let text = match record.u64("removedCount") {
            Some(1) => "conversation compacted (1 message)".into(),
            Some(count) => format!("conversation compacted ({count} messages)").into(),
            None => "conversation compacted".into(),
        };
        let kind = NoticeKind::Compaction;
        message.parts.push(Part::Notice { kind, text });
        let summary = record.text("summaryText");
        let summary = summary.map(|text| Part::Text(Raw::from(&*text)));
        message.parts.extend(summary);
    }
    Some(message)
}

/// The end of a turn: worth a word where it was not reached, or where the answer stands here and nowhere else.
pub fn outcome(record: &Obj<'_>, at: u64) -> Option<Message> {
    let mut message = note(record, hash(&[b"outcome", &at.to_le_bytes()]));
    let reason = record.text("reason").unwrap_or_default();
    let has = |words: &[&str]| words.iter().any(|word| reason.contains(word));
    if !matches!(&*reason, "" | "completed") {
        let kind = if has(&["interrupt", "cancel", "abort"]) {
            NoticeKind::Interrupted
        } else if has(&["error", "fail"]) {
            NoticeKind::Error
        } else {
            NoticeKind::Other
        };
        let text = format!("turn ended: {reason}").into();
        message.parts.push(Part::Notice { kind, text });
    }
    let is_structured = record.str("resultKind").as_deref() == Some("structured");
    if let Some(result) = record.get("result").filter(|_| is_structured) {
        message.parts.push(Part::Unknown {
            kind: "result".into(),
            json: result.raw().into(),
        });
    }
    Some(message).filter(|m| !m.parts.is_empty())
}
