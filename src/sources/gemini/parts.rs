//! Parts of a message as the model's own interface shapes them: words, thoughts, calls, results, pictures. Shared by the
//! agents that log them so.

use std::borrow::Cow;

use super::super::json::{Json, Obj};
use super::super::tools;
use crate::model::{Part, ToolCall, ToolKind, ToolResult};
use crate::text::{Raw, floor_boundary};

/// A summary needs no more of a prompt than its title.
const PROMPT: usize = 16 << 10;

/// How much of the parts is wanted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Keep {
    All,
    /// The start of each text, for a title.
    Words,
    Nothing,
}

/// What a message's content comes to, before it is known who said it.
#[derive(Default)]
pub struct Content {
    pub parts: Vec<Part>,
    /// Calls among the parts, also where these were left out.
    pub tools: u32,
    /// Results that failed, also where they were left out.
    pub errors: u32,
    /// Whether there are words or pictures.
    pub is_words: bool,
    /// Whether there are results.
    pub is_results: bool,
}

/// Content as text, as one part, or as a list of both.
pub fn content(value: Option<Json<'_>>, keep: Keep) -> Content {
    let mut content = Content::default();
    let Some(value) = value else { return content };
    if value.str().is_some() || value.obj().is_some() {
        content.part(value, keep);
    }
    for part in value.list() {
        content.part(part, keep);
    }
    content
}

impl Content {
    fn part(&mut self, value: Json<'_>, keep: Keep) {
        if let Some(text) = value.str() {
            self.text(&text, keep);
            return;
        }
        let Some(part) = value.obj() else { return };
        if let Some(text) = part.str("text") {
            if !part.is_true("thought") {
                self.text(&text, keep);
            } else if keep == Keep::All && !text.trim().is_empty() {
                self.parts.push(Part::Thinking(Some(Raw::from(&*text))));
            }
        } else if let Some(call) = part.obj("functionCall") {
            self.tools += 1;
            if keep == Keep::All {
                let (id, name) = (call.str("id"), call.str("name"));
                let args = call.get("args").map_or("{}", Json::raw);
                let call = self::call(&id.unwrap_or_default(), &name.unwrap_or_default(), args);
                self.parts.push(Part::ToolCall(Box::new(call)));
            }
        } else if let Some(response) = part.obj("functionResponse") {
            self.is_results = true;
            let result = answer(&response);
            self.errors += u32::from(result.ok == Some(false));
            if keep == Keep::All {
                self.parts.push(Part::ToolResult(Box::new(result)));
            }
        } else if let Some((mime, bytes)) = part.obj("inlineData").map(|data| picture(&data)) {
            self.is_words = true;
            if keep != Keep::Nothing {
                let mime = mime.into();
                self.parts.push(Part::Image { mime, bytes });
            }
        } else if let Some(uri) = part.obj("fileData").and_then(|f| f.text("fileUri")) {
            self.is_words = true;
            if keep == Keep::All {
                let path = floor_boundary(&uri, 512).into();
                self.parts.push(Part::Attachment { path });
            }
        } else if keep == Keep::All {
            let kind = part
                .fields()
                .next()
                .map_or(Cow::Borrowed("part"), |(key, _)| key);
            self.parts.push(Part::Unknown {
                kind: floor_boundary(&kind, 64).into(),
                json: value.raw().into(),
            });
        }
    }

    fn text(&mut self, text: &str, keep: Keep) {
        if text.trim().is_empty() {
            return;
        }
        self.is_words = true;
        match keep {
            Keep::All => self.parts.push(Part::Text(Raw::from(text))),
            Keep::Words => {
                let start = floor_boundary(text, PROMPT);
                self.parts.push(Part::Text(Raw::from(start)));
            }
            Keep::Nothing => {}
        }
    }

    /// The first text.
    pub fn first_text(&self) -> &str {
        let mut texts = self.parts.iter().filter_map(|part| match part {
            Part::Text(text) => Some(text.untrusted()),
            _ => None,
        });
        texts.next().unwrap_or_default()
    }
}

/// Type and size of a picture that stands in the log.
pub fn picture(data: &Obj<'_>) -> (String, u64) {
    let mime = data.text("mimeType").unwrap_or(Cow::Borrowed("image"));
    // Base64 stores three bytes in four characters.
    let bytes = data
        .get("data")
        .map_or(0, |d| d.raw().len().saturating_sub(2) as u64 / 4 * 3);
    (floor_boundary(&mime, 64).to_owned(), bytes)
}

/// A call, with what it is about.
pub fn call(id: &str, name: &str, args: &str) -> ToolCall {
    let mut call = tools::call(id, spelling(name), args);
    call.tool.name = name.into();
    call
}

/// What a tool of this name is for.
pub fn kind(name: &str) -> ToolKind {
    tools::kind(spelling(name))
}

/// These agents' tools by the names that others give them.
fn spelling(name: &str) -> &str {
    match name {
        "run_shell_command" => "bash",
        "replace" => "edit",
        "write_file" => "write",
        "read_many_files" => "read",
        "list_directory" => "list",
        "activate_skill" => "skill",
        "search_file_content" | "grep_search" | "ripgrep" => "grep",
        "google_web_search" => "websearch",
        "write_todos" => "todowrite",
        "ask_user" | "ask_user_question" => "question",
        "codebase_investigator" | "delegate_to_agent" | "invoke_agent" => "task",
        other => other,
    }
}

/// A result that stands in the log as the model was given it.
fn answer(response: &Obj<'_>) -> ToolResult {
    let (id, name) = (response.str("id"), response.str("name"));
    let body = response.get("response");
    let mut result = ToolResult::new(&*id.unwrap_or_default(), output(body));
    let failed = body.and_then(Json::obj).is_some_and(|b| b.has("error"));
    if name.is_some_and(|name| kind(&name) == ToolKind::Shell) {
        result.exit = exit_code(result.output.untrusted());
    }
    result.ok = Some(!failed && result.exit.is_none_or(|code| code == 0));
    result
}

/// The text of a result: its error, its output, else all of it.
pub fn output(body: Option<Json<'_>>) -> String {
    let Some(body) = body else {
        return String::new();
    };
    if let Some(text) = body.str() {
        return text.into_owned();
    }
    let fields = body.obj().unwrap_or_default();
    let error = fields.obj("error").and_then(|e| e.text("message"));
    let text = error
        .or_else(|| fields.text("error"))
        .or_else(|| fields.str("output"));
    match text {
        Some(text) => bare(&text).to_owned(),
        None if fields.fields().next().is_none() => String::new(),
        None => body.raw().to_owned(),
    }
}

/// A result without the marks that tell the model not to trust it.
fn bare(text: &str) -> &str {
    let inner = text.trim().strip_prefix("<untrusted_context>");
    let inner = inner.and_then(|rest| rest.strip_suffix("</untrusted_context>"));
    inner.map_or(text, str::trim)
}

/// The exit code that stands in the last lines of a command's result, where it was not 0.
pub fn exit_code(output: &str) -> Option<i32> {
    let mut last = output.lines().rev().take(8);
    last.find_map(|line| line.strip_prefix("Exit Code: ")?.trim().parse().ok())
}
