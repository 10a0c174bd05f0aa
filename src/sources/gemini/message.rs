//! One record as a message: a prompt, a response with its calls and their results, or a note of the program.

use std::borrow::Cow;

use super::super::json::{Json, Obj};
use super::super::{Facts, hash, tools};
use super::parts::{self, Keep};
use super::project;
use crate::model::{Mark, Message, ModelId, NoticeKind, Part, Role, Same, Spend, ToolKind};
use crate::model::{ToolResult, Usage};
use crate::text::Raw;

/// A record of the session, read as far as somebody asked.
pub struct Said {
    /// Names the record: a later one with the same id replaces it.
    pub key: u64,
    /// Names what is said, so that a history repeated under new ids is known again.
    pub words: u64,
    /// None where there is nothing to show or count.
    pub message: Option<Message>,
}

/// Reads a record. Without `whole`, bodies are left out but for prompts.
pub fn read(record: &Obj<'_>, place: usize, whole: bool) -> Said {
    let kind = kind(record);
    let body = body(record);
    let key = match record.text("id") {
        Some(id) => hash(&[id.as_bytes()]),
        None => hash(&[b"place", &place.to_le_bytes()]),
    };
    let mut message = Message::new(key, Role::System, time(record));
    match kind {
        Speaker::Person => person(body, &mut message, whole),
        Speaker::Model => model(record, body, &mut message, whole),
        Speaker::Program if whole => note(record, body, &mut message),
        Speaker::Program => {}
    }
    let counts = message.tools > 0 || message.role != Role::System;
    let message = Some(message).filter(|m| counts || !m.parts.is_empty());
    Said {
        key,
        words: words(kind, record, body),
        message,
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Speaker {
    Person,
    Model,
    Program,
}

fn kind(record: &Obj<'_>) -> Speaker {
    let kind = record.text("type").or_else(|| record.text("role"));
    match kind.as_deref() {
        Some("user") => Speaker::Person,
        // A fork of this agent wrote its own name.
        Some("gemini" | "model" | "assistant" | "qwen") => Speaker::Model,
        _ => Speaker::Program,
    }
}

/// What was typed is shown rather than what the model was given of it.
fn body<'a>(record: &Obj<'a>) -> Option<Json<'a>> {
    let typed = record.get("displayContent");
    typed
        .filter(|t| parts::content(Some(*t), Keep::Nothing).is_words)
        .or_else(|| record.get("content"))
        .or_else(|| record.get("parts"))
}

fn time(record: &Obj<'_>) -> Option<jiff::Timestamp> {
    record.time("timestamp").or_else(|| record.time("ts"))
}

/// Text that stands as a user's but was put there by the program.
const INJECTED: &[&str] = &[
    "<session_context>",
    "<state_snapshot>",
    "<hook_context>",
    "This is the Gemini CLI. We are setting up the context",
];

fn person(body: Option<Json<'_>>, message: &mut Message, whole: bool) {
    let keep = if whole { Keep::All } else { Keep::Words };
    let content = parts::content(body, keep);
    let start = content.first_text().trim_start();
    let injected = INJECTED.iter().any(|mark| start.starts_with(mark));
    if content.is_words && !injected {
        message.role = Role::User;
    } else if !whole {
        return;
    }
    message.parts = content.parts;
}

fn model(record: &Obj<'_>, body: Option<Json<'_>>, message: &mut Message, whole: bool) {
    message.role = Role::Assistant;
    message.model = record.text("model").map(|name| model_id(&name));
    let keep = if whole { Keep::All } else { Keep::Nothing };
    if whole {
        message.usage = record.obj("tokens").map(|t| tokens(&t));
        let thoughts = record.list("thoughts").into_iter().filter_map(Json::obj);
        message.parts.extend(thoughts.filter_map(|t| thought(&t)));
    }
    let content = parts::content(body, keep);
    message.tools = content.tools;
    message.errors = content.errors;
    message.parts.extend(content.parts);
    for (n, call) in record.list("toolCalls").into_iter().enumerate() {
        if let Some(call) = call.obj() {
            self::call(&call, n, message, whole);
        }
    }
}

fn thought(thought: &Obj<'_>) -> Option<Part> {
    let (subject, text) = (thought.text("subject"), thought.text("description"));
    let text = match (subject, text) {
        (Some(subject), Some(text)) => format!("**{subject}** {text}"),
        (one, other) => one.or(other)?.into_owned(),
    };
    Some(Part::Thinking(Some(text.into())))
}

fn call(call: &Obj<'_>, n: usize, message: &mut Message, whole: bool) {
    let name = call.text("name").unwrap_or_default();
    // The oldest calls have no id, and their results stand beside them.
    let id = call.text("id").unwrap_or_else(|| {
        let named = format!("{:x}-{n}", message.key);
        Cow::Owned(named)
    });
    let result = result(&id, &name, call);
    message.tools += 1;
    message.errors += u32::from(result.as_ref().is_some_and(|r| r.ok == Some(false)));
    if !whole {
        return;
    }
    let mut asked = parts::call(&id, &name, call.get("args").map_or("{}", Json::raw));
    if let Some(agent) = call.text("agentId") {
        asked.tool.kind = ToolKind::Task;
        asked.child = Some((*agent).into());
    }
    message.parts.push(Part::ToolCall(Box::new(asked)));
    message
        .parts
        .extend(result.map(|r| Part::ToolResult(Box::new(r))));
}

/// The result that stands inside its call, once there is one.
fn result(id: &str, name: &str, call: &Obj<'_>) -> Option<ToolResult> {
    let status = call.str("status").unwrap_or_default();
    let ended = matches!(&*status, "success" | "error" | "cancelled");
    let given = call.get("result");
    if !ended && given.is_none() {
        return None;
    }
    let list = given.map(Json::list).unwrap_or_default();
    let mut bodies = list.iter().filter_map(|part| part.obj());
    let response = bodies.find_map(|part| part.obj("functionResponse")?.get("response"));
    let text = parts::output(response.or(given.filter(|g| g.str().is_some())));
    let shown = call.text("resultDisplay");
    let is_shell = parts::kind(name) == ToolKind::Shell;
    let mut result = ToolResult::new(id, "");
    if is_shell {
        result.exit = parts::exit_code(&text).or_else(|| tools::exit_code(&text));
    }
    // What a command printed is shown to people bare; the model is given it with remarks.
    result.output = match shown {
        Some(shown) if is_shell || text.is_empty() => Raw::from(&*shown),
        _ => text.into(),
    };
    result.ok = ended.then(|| status == "success" && result.exit.is_none_or(|code| code == 0));
    let pictures = list.iter().filter_map(|part| part.obj()?.obj("inlineData"));
    result.images = pictures
        .map(|data| parts::picture(&data))
        .map(|(mime, bytes)| (mime.into(), bytes))
        .collect();
    Some(result)
}

fn note(record: &Obj<'_>, body: Option<Json<'_>>, message: &mut Message) {
    let text = parts::content(body, Keep::All).first_text().to_owned();
    let kind = record.text("type").unwrap_or_default();
    let is_cancelled = text.starts_with("Request cancelled");
    let part = match &*kind {
        "info" | "warning" | "error" if text.is_empty() => return,
        "info" | "warning" if is_cancelled => Part::Notice {
            kind: NoticeKind::Interrupted,
            text: text.into(),
        },
        "info" | "warning" => Part::Notice {
            kind: NoticeKind::Other,
            text: text.into(),
        },
        "error" => Part::Notice {
            kind: NoticeKind::Error,
            text: text.into(),
        },
        _ => {
            let fields = record
                .fields()
                .map(|(key, value)| format!("{key:?}: {}", value.raw()));
            let json = format!("{{{}}}", fields.collect::<Vec<_>>().join(", "));
            Part::Unknown {
                kind: crate::text::floor_boundary(&kind, 64).into(),
                json: json.into(),
            }
        }
    };
    message.parts.push(part);
}

/// Who says what, whether calls stand beside the words or among them.
fn words(kind: Speaker, record: &Obj<'_>, body: Option<Json<'_>>) -> u64 {
    let mut said = Vec::new();
    if let Some(text) = body.and_then(Json::str) {
        said.extend_from_slice(text.trim().as_bytes());
    }
    let mut calls: Vec<Cow<'_, str>> = Vec::new();
    let list = body.map(Json::list).unwrap_or_default();
    for part in list.into_iter().filter_map(Json::obj) {
        if let Some(text) = part.str("text").filter(|_| !part.is_true("thought")) {
            said.extend_from_slice(text.trim().as_bytes());
        }
        let call = part
            .obj("functionCall")
            .or_else(|| part.obj("functionResponse"));
        calls.extend(call.and_then(|c| c.text("id")));
    }
    let beside = record.list("toolCalls").into_iter().filter_map(Json::obj);
    calls.extend(beside.filter_map(|c| c.text("id")));
    for call in calls {
        said.push(0);
        said.extend_from_slice(call.as_bytes());
    }
    hash(&[&[kind as u8], &said])
}

/// The tokens of a record, if it is a response that tells them.
pub fn spend(session: &str, record: &Obj<'_>, place: usize) -> Option<Spend> {
    let usage = tokens(
        &record
            .obj("tokens")
            .filter(|t| t.fields().next().is_some())?,
    );
    let key = match record.text("id") {
        Some(id) => hash(&[id.as_bytes()]),
        None => hash(&[b"place", &place.to_le_bytes()]),
    };
    let reply = hash(&[session.as_bytes(), &key.to_le_bytes()]);
    Some(Spend {
        key,
        at: time(record),
        model: record.text("model").map(|name| model_id(&name)),
        rate: crate::model::Rate::Standard,
        usage,
        logged: None,
        same: Some(Same {
            reply,
            variant: None,
            mark: Mark::Own,
        }),
    })
}

fn tokens(tokens: &Obj<'_>) -> Usage {
    let n = |key| tokens.u64(key).unwrap_or(0);
    let (input, cached, thoughts) = (n("input"), n("cached"), n("thoughts"));
    Usage {
        // What tools put into the prompt is counted beside it.
        input: input.saturating_sub(cached).saturating_add(n("tool")),
        cache_read: cached.min(input),
        output: n("output").saturating_add(thoughts),
        reasoning: thoughts,
        ..Usage::default()
    }
}

/// The maker is not logged; models of this family have one.
pub fn model_id(name: &str) -> ModelId {
    ModelId::new(name.starts_with("gemini").then_some("google"), name)
}

/// Where the session worked, by a path in this record that has the project's hash.
pub fn directory(record: &Obj<'_>, project: &str) -> Option<std::path::PathBuf> {
    if kind(record) == Speaker::Person {
        let content = parts::content(record.get("content"), Keep::Words);
        return project::named(content.first_text(), project);
    }
    let calls = record.list("toolCalls").into_iter().filter_map(Json::obj);
    let args = calls.filter_map(|call| call.obj("args"));
    args.flat_map(|args| {
        let texts = args.fields().filter_map(|(_, value)| value.str());
        texts
            .filter(|text| text.starts_with('/'))
            .map(Cow::into_owned)
            .collect::<Vec<_>>()
    })
    .find_map(|path| project::above(&path, project))
}

/// What a header, or a change to it, says of the session.
pub fn facts(header: &Obj<'_>) -> Facts {
    let summary = header.text("summary");
    let dirs = header.list("directories").into_iter();
    Facts {
        title: summary.map(|s| (crate::model::TitleRank::Summary, Raw::from(&*s))),
        dir: dirs
            .filter_map(Json::str)
            .find(|d| d.starts_with('/'))
            .map(|d| (*d).into()),
        at: header.time("lastUpdated"),
        ..Facts::default()
    }
}
