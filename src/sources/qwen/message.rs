//! One line as a message: a prompt, a response, results, or a note of the program.

use std::borrow::Cow;
use std::time::Duration;

use super::super::gemini::parts::{self, Content, Keep};
use super::super::json::{Json, Obj};
use super::super::{hash, tools};
use super::agent_id;
use crate::model::Usage;
use crate::model::{Mark, Message, ModelId, NoticeKind, Part, Rate, Role, Same, Spend, ToolResult};
use crate::text::Raw;

/// Names a line: the same content under the same id is the same line.
pub fn key(record: &Obj<'_>) -> u64 {
    let id = record.text("uuid").unwrap_or_default();
    let body = record.get("message").map_or("", Json::raw);
    hash(&[id.as_bytes(), body.as_bytes()])
}

/// Reads a line. Without `whole`, bodies are left out but for prompts. `session` is that of the log.
pub fn read(record: &Obj<'_>, session: &str, whole: bool) -> Option<Message> {
    let mut message = Message::new(key(record), Role::System, record.time("timestamp"));
    let body = record.obj("message").unwrap_or_default();
    let given = body.get("parts").or_else(|| body.get("content"));
    match record.str("type").as_deref() {
        Some("user") => person(record, given, &mut message, whole),
        Some("assistant") => {
            message.role = Role::Assistant;
            message.model = record.text("model").map(|name| model_id(&name));
            message.usage = usage(record).filter(|_| whole);
            let keep = if whole { Keep::All } else { Keep::Nothing };
            take(parts::content(given, keep), &mut message);
        }
        Some("tool_result") => results(record, given, session, &mut message, whole),
        Some("system") if whole => message.parts.extend(note(record)),
        _ => {}
    }
    let counts = message.tools + message.errors > 0 || message.role != Role::System;
    (counts || !message.parts.is_empty()).then_some(message)
}

fn take(content: Content, message: &mut Message) {
    message.parts = content.parts;
    message.tools = content.tools;
    message.errors = content.errors;
}

/// Text that stands as a user's but was put there by the program.
const INJECTED: &[&str] = &[
    "<qwen:",
    "<system-reminder>",
    "<task-notification>",
    "<state_snapshot>",
    "This is the Qwen Code. We are setting up the context",
];

fn person(record: &Obj<'_>, given: Option<Json<'_>>, message: &mut Message, whole: bool) {
    let keep = if whole { Keep::All } else { Keep::Words };
    let mut content = parts::content(given, keep);
    let is_injected = |text: &Raw| {
        let text = text.untrusted().trim_start();
        INJECTED.iter().any(|mark| text.starts_with(mark))
    };
    let mut injected = 0;
    let mut words = 0;
    for part in &content.parts {
        match part {
            Part::Text(text) if is_injected(text) => injected += 1,
            Part::Text(_) | Part::Image { .. } | Part::Attachment { .. } => words += 1,
            _ => {}
        }
    }
    let provenance = record.text("provenance");
    // Notices of the program carry a subtype; before lines told who spoke, that was all.
    let by_person = match provenance.as_deref() {
        Some(who) => who == "real_user",
        None => !record.has("subtype"),
    };
    if by_person && words > 0 {
        message.role = Role::User;
        // What hooks add to a prompt is nobody's words.
        if injected > 0 {
            content
                .parts
                .retain(|part| !matches!(part, Part::Text(text) if is_injected(text)));
        }
    } else if !whole {
        return;
    }
    message.parts = content.parts;
}

/// Results as the model was given them, and what the program knows of them beside.
fn results(
    record: &Obj<'_>,
    given: Option<Json<'_>>,
    session: &str,
    message: &mut Message,
    whole: bool,
) {
    let mut content = parts::content(given, Keep::All);
    let told = record.obj("toolCallResult").unwrap_or_default();
    let shown = told.obj("resultDisplay").unwrap_or_default();
    content
        .parts
        .retain(|part| matches!(part, Part::ToolResult(_)));
    let only = content.parts.len() == 1;
    let mut errors = 0;
    for part in &mut content.parts {
        let Part::ToolResult(result) = part else {
            continue;
        };
        let named = told.str("callId").is_none_or(|id| *id == *result.call);
        if only && named {
            details(result, &told, &shown, session);
        }
        errors += u32::from(result.ok == Some(false));
    }
    message.errors = errors;
    if whole {
        message.parts = content.parts;
    }
}

fn details(result: &mut ToolResult, told: &Obj<'_>, shown: &Obj<'_>, session: &str) {
    result.ok = match told.str("status").as_deref() {
        Some("success") => Some(result.ok != Some(false)),
        Some("error" | "cancelled") => Some(false),
        _ => result.ok,
    };
    match shown.str("type").as_deref() {
        Some("shell_result") => {
            let code = shown.get("exitCode").and_then(Json::i64);
            let ended = shown.str("outcome").is_none_or(|how| how != "timed_out");
            // A command that ran out of time has no code of its own.
            let code = code.filter(|_| ended).and_then(|n| i32::try_from(n).ok());
            result.exit = code.or(result.exit);
            if let Some(text) = shown.text("text") {
                result.output = Raw::from(&*text);
            }
        }
        Some("task_execution") => {
            let name = shown.text("subagentName");
            let stem = name.map(|name| format!("agent-{name}-{}", result.call));
            result.child = stem.map(|stem| agent_id(&stem, session));
            let sums = shown.obj("executionSummary").unwrap_or_default();
            result.took = sums.u64("totalDurationMs").map(Duration::from_millis);
        }
        _ => {}
    }
    if result.exit.is_some_and(|code| code != 0) {
        result.ok = Some(false);
    }
    if result.ok == Some(false) && result.exit.is_none() {
        result.exit = tools::exit_code(result.output.untrusted()).filter(|code| *code != 0);
    }
    if result.output.is_empty() {
        let text = told.text("resultDisplay").unwrap_or_default();
        result.output = Raw::from(&*text);
    }
}

/// What the program did. Telemetry repeats what stands elsewhere, and snapshots are its own.
fn note(record: &Obj<'_>) -> Option<Part> {
    let payload = record.obj("systemPayload").unwrap_or_default();
    let (kind, text) = match record.str("subtype").as_deref()? {
        "chat_compression" => (
            NoticeKind::Compaction,
            Cow::Borrowed("conversation compacted"),
        ),
        "slash_command" => {
            let asked = payload.str("phase").is_none_or(|phase| phase != "result");
            let command = payload.text("rawCommand").filter(|_| asked)?;
            (NoticeKind::Command, command)
        }
        _ => return None,
    };
    let text = Raw::from(&*text);
    Some(Part::Notice { kind, text })
}

/// A name given to the session, and whether a person gave it.
pub fn title(record: &Obj<'_>) -> Option<(bool, Raw)> {
    let subtype = record.str("subtype")?;
    let payload = record.obj("systemPayload")?;
    if !subtype.contains("title") {
        return None;
    }
    let text = payload
        .text("customTitle")
        .or_else(|| payload.text("title"))?;
    let by_person = payload.str("titleSource").is_none_or(|by| by != "auto");
    Some((by_person, Raw::from(&*text)))
}

/// The tokens of a response, if its line tells them. `session` is that of the log.
pub fn spend(record: &Obj<'_>, session: &str) -> Option<Spend> {
    let usage = usage(record)?;
    let id = record.text("uuid").unwrap_or_default();
    let key = if id.is_empty() {
        key(record)
    } else {
        hash(&[id.as_bytes()])
    };
    let copied = record.text("sessionId").is_some_and(|id| id != session);
    Some(Spend {
        key,
        at: record.time("timestamp"),
        model: record.text("model").map(|name| model_id(&name)),
        rate: Rate::Standard,
        usage,
        logged: None,
        same: (!id.is_empty()).then_some(Same {
            reply: key,
            variant: None,
            mark: if copied { Mark::Copied } else { Mark::Own },
        }),
    })
}

fn usage(record: &Obj<'_>) -> Option<Usage> {
    let told = record.obj("usageMetadata")?;
    let n = |key| told.u64(key);
    let (prompt, answer) = (n("promptTokenCount"), n("candidatesTokenCount"));
    let all = n("totalTokenCount");
    prompt.or(answer).or(all)?;
    Some(split(
        prompt.unwrap_or(0),
        n("cachedContentTokenCount").unwrap_or(0),
        answer.unwrap_or(0),
        n("thoughtsTokenCount").unwrap_or(0),
        all,
    ))
}

/// Counts as the agent keeps them into ours: `prompt` includes `cached`, and the total tells whether `answer` includes
/// `thoughts`. Without a total it does, as most servers for this agent have it.
pub fn split(prompt: u64, cached: u64, answer: u64, thoughts: u64, all: Option<u64>) -> Usage {
    let beside = prompt.saturating_add(answer).saturating_add(thoughts);
    let is_beside = thoughts > answer || all.is_some_and(|all| all >= beside);
    Usage {
        input: prompt.saturating_sub(cached),
        cache_read: cached.min(prompt),
        output: answer.saturating_add(if is_beside { thoughts } else { 0 }),
        reasoning: thoughts,
        ..Usage::default()
    }
}

/// The maker is not logged, and any server can stand behind a name.
pub fn model_id(name: &str) -> ModelId {
    ModelId::new(None, name)
}
