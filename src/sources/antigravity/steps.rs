//! One step as a message. Calls have no ids: the results behind a response are those of its calls, in their order.

use std::borrow::Cow;

use super::super::json::{Json, Obj};
use super::super::{hash, tools};
use crate::model::ToolResult;
use crate::model::{Change, Edit, Message, ModelId, NoticeKind, Part, Role, ToolCall, ToolKind};
use crate::text::{Raw, floor_boundary};

/// A summary needs no more of a prompt than its title.
const PROMPT: usize = 16 << 10;

/// Reads steps in turn.
pub struct Steps {
    pub whole: bool,
    /// The model a person chose last; a transcript tells no other.
    pub model: Option<String>,
    pub asked: Asked,
    /// Lines so far, which name steps without a number of their own.
    pub lines: u64,
}

/// The calls of the last response.
#[derive(Clone, Copy, Default)]
pub struct Asked {
    /// The response's step.
    pub step: u64,
    pub calls: u64,
    /// How many results came.
    pub next: u64,
}

impl Steps {
    /// None where there is nothing to show or count.
    pub fn read(&mut self, step: &Obj<'_>) -> Option<Message> {
        self.lines += 1;
        let kind = step.text("type")?;
        let source = step.text("source").unwrap_or_default();
        let number = step.u64("step_index").unwrap_or(self.lines);
        // A step said again, when it is done, replaces what it was.
        let key = hash(&[&number.to_le_bytes(), kind.as_bytes(), source.as_bytes()]);
        let mut message = Message::new(key, Role::System, step.time("created_at"));
        match (&*source, &*kind) {
            ("USER_EXPLICIT", "USER_INPUT") => self.prompt(step, &mut message),
            ("MODEL", "PLANNER_RESPONSE") => self.response(number, step, &mut message),
            ("MODEL", _) => self.result(number, &kind, step, &mut message),
            _ if self.whole => message.parts.extend(note(&kind, step)),
            _ => {}
        }
        let counts = message.tools + message.errors > 0 || message.role != Role::System;
        (counts || !message.parts.is_empty()).then_some(message)
    }

    fn prompt(&mut self, step: &Obj<'_>, message: &mut Message) {
        let text = step.text("content").unwrap_or_default();
        if let Some(model) = tagged(&text, "USER_SETTINGS_CHANGE").and_then(chosen) {
            self.model = Some(floor_boundary(model, 128).to_owned());
        }
        // Without the tags all of it was typed.
        let words = tagged(&text, "USER_REQUEST").unwrap_or(&text).trim();
        if words.is_empty() {
            return;
        }
        message.role = Role::User;
        let kept = if self.whole {
            words
        } else {
            floor_boundary(words, PROMPT)
        };
        message.parts.push(Part::Text(Raw::from(kept)));
    }

    fn response(&mut self, number: u64, step: &Obj<'_>, message: &mut Message) {
        let calls = step.list("tool_calls");
        self.asked = Asked {
            step: number,
            calls: calls.len() as u64,
            next: 0,
        };
        message.role = Role::Assistant;
        message.model = self.model.as_deref().map(|name| {
            // The maker is not logged; models of this family have one.
            ModelId::new(name.starts_with("Gemini").then_some("google"), name)
        });
        message.tools = u32::try_from(calls.len()).unwrap_or(u32::MAX);
        if !self.whole {
            return;
        }
        let text = |key| step.text(key).map(|t| Raw::from(&*t));
        let thoughts = text("thinking").map(|t| Part::Thinking(Some(t)));
        message.parts.extend(thoughts);
        message.parts.extend(text("content").map(Part::Text));
        for (n, call) in calls.into_iter().enumerate() {
            let call = call.obj().unwrap_or_default();
            let call = self::call(&call_id(number, n as u64), &call);
            message.parts.push(Part::ToolCall(Box::new(call)));
        }
    }

    fn result(&mut self, number: u64, kind: &str, step: &Obj<'_>, message: &mut Message) {
        let Asked {
            step: of,
            calls,
            next,
        } = self.asked;
        let id = if next < calls {
            call_id(of, next)
        } else {
            // More came than was asked for: it stands alone.
            format!("{}-{number}", kind.to_ascii_lowercase())
        };
        let status = step.text("status").unwrap_or_default();
        let is_done = !matches!(&*status, "RUNNING" | "PENDING" | "GENERATING" | "WAITING");
        self.asked.next += u64::from(is_done);
        let output = step.str("content").unwrap_or_default();
        let mut result = ToolResult::new(id, &*output);
        if kind == "RUN_COMMAND" {
            result.exit = exit_code(&output);
        }
        result.ok = match &*status {
            "DONE" => Some(result.exit.is_none_or(|code| code == 0)),
            "ERROR" | "CANCELED" | "CANCELLED" | "HALTED" | "INVALID" => Some(false),
            _ => None,
        };
        message.errors = u32::from(result.ok == Some(false));
        if self.whole {
            message.parts.push(Part::ToolResult(Box::new(result)));
        }
    }
}

fn call_id(step: u64, n: u64) -> String {
    format!("step-{step}-{n}")
}

/// What stands between a tag and its end.
fn tagged<'t>(text: &'t str, tag: &str) -> Option<&'t str> {
    let inner = text.split_once(&format!("<{tag}>"))?.1;
    let end = format!("</{tag}>");
    Some(inner.split_once(&end).map_or(inner, |(inner, _)| inner))
}

/// The model that a change of settings names.
fn chosen(change: &str) -> Option<&str> {
    let rest = change.split_once("`Model Selection` from ")?.1;
    let name = rest.split_once(" to ")?.1.lines().next()?;
    let name = name.trim().trim_end_matches('.');
    (!name.is_empty()).then_some(name)
}

/// The exit code in the first words about a command that failed.
fn exit_code(output: &str) -> Option<i32> {
    let head = floor_boundary(output, 400);
    let rest = head.split_once("exit code: ")?.1;
    let end = rest.find(|c: char| !c.is_ascii_digit() && c != '-');
    rest.get(..end.unwrap_or(rest.len()))?.parse().ok()
}

/// What the program put in.
fn note(kind: &str, step: &Obj<'_>) -> Option<Part> {
    let text = step.text("content");
    let notice = |kind, text: Cow<'_, str>| Part::Notice {
        kind,
        text: Raw::from(&*text),
    };
    match kind {
        "CHECKPOINT" => Some(notice(
            NoticeKind::Compaction,
            Cow::Borrowed("conversation compacted"),
        )),
        "ERROR_MESSAGE" => text.map(|text| notice(NoticeKind::Error, text)),
        _ => text.map(|text| Part::Text(Raw::from(&*text))),
    }
}

/// Arguments that say best what a call is about, in the order they are asked.
const TARGETS: &[&str] = &[
    "CommandLine",
    "TargetFile",
    "AbsolutePath",
    "DirectoryPath",
    "Query",
    "Pattern",
    "SearchPath",
    "Url",
    "query",
    "toolSummary",
];

fn call(id: &str, call: &Obj<'_>) -> ToolCall {
    let name = call.text("name").unwrap_or_default();
    let given = call.obj("args").unwrap_or_default();
    // Each argument is JSON in a string.
    let texts: Vec<(String, String)> = given
        .fields()
        .map(|(key, value)| (key.into_owned(), unpacked(value)))
        .collect();
    let fields = texts.iter().map(|(key, value)| {
        let key = serde_json::to_string(key).unwrap_or_default();
        format!("{key}:{value}")
    });
    let input = format!("{{{}}}", fields.collect::<Vec<_>>().join(","));
    let mut call = tools::call(id, spelling(&name), &input);
    call.tool.name = (&*name).into();
    let args = Obj::parse(&input).unwrap_or_default();
    let target = TARGETS.iter().find_map(|key| args.text(key));
    call.target = target.map(|t| Raw::from(&*t)).or(call.target);
    if call.tool.kind == ToolKind::Edit {
        call.edits = edits(&args);
    }
    call
}

fn unpacked(value: Json<'_>) -> String {
    let inner = value.str();
    let json = inner.as_deref().and_then(Json::parse);
    json.map_or_else(|| value.raw().to_owned(), |json| json.raw().to_owned())
}

/// This agent's tools by the names that others give them.
fn spelling(name: &str) -> &str {
    match name {
        "view_file" | "view_file_outline" | "view_code_item" => "read",
        "write_file" | "write_to_file" => "write",
        "replace_file_content" | "multi_replace_file_content" => "edit",
        "find_by_name" => "glob",
        "grep_search" | "codebase_search" => "grep",
        "search_web" => "websearch",
        "read_url_content" => "webfetch",
        "browser_subagent" => "task",
        other => other,
    }
}

fn edits(args: &Obj<'_>) -> Vec<Edit> {
    let text = |o: &Obj<'_>, key| o.str(key).map(|t| Raw::from(&*t));
    let path = text(args, "TargetFile");
    let edit = |change| Edit {
        path: path.clone(),
        change,
    };
    let replace = |o: &Obj<'_>| {
        let (old, new) = (text(o, "TargetContent")?, text(o, "ReplacementContent")?);
        Some(edit(Change::Replace { old, new }))
    };
    let chunks = args.list("ReplacementChunks").into_iter();
    let many: Vec<Edit> = chunks.filter_map(|c| replace(&c.obj()?)).collect();
    if !many.is_empty() {
        return many;
    }
    let whole = || text(args, "CodeContent").map(|content| edit(Change::Write(content)));
    replace(args).or_else(whole).into_iter().collect()
}
