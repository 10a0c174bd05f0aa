//! Messages as lists of blocks, in the chats of the command line and in transcripts.

use super::super::json::{Json, Obj};
use super::tool;
use super::words::{self, Words};
use crate::model::{Message, Part, Role, ToolResult};
use crate::text::Raw;

/// The last calls of a transcript, which gives them no ids: a result is of the last call of its name.
#[derive(Default)]
pub struct Calls {
    last: Option<(String, String)>,
}

impl Calls {
    /// As it is kept between readings.
    pub fn kept(&self) -> String {
        let kept = self.last.as_ref();
        kept.map(|(name, id)| format!("{id} {name}"))
            .filter(|kept| kept.len() < 256)
            .unwrap_or_default()
    }

    pub fn from_kept(kept: &str) -> Calls {
        let last = kept.split_once(' ');
        Calls {
            last: last.map(|(id, name)| (name.to_owned(), id.to_owned())),
        }
    }

    pub fn called(&mut self, name: &str, id: &str) {
        self.last = Some((name.to_owned(), id.to_owned()));
    }

    /// The call that a result without an id belongs to.
    pub fn of_result(&self, name: Option<&str>) -> Option<&str> {
        let (known, id) = self.last.as_ref()?;
        name.is_none_or(|name| name == known).then_some(id)
    }
}

/// Fills a message from its content; `place` names its calls where the log does not.
pub fn fill(
    content: Option<Json<'_>>,
    message: &mut Message,
    place: &str,
    calls: &mut Calls,
    whole: bool,
) {
    let Some(content) = content else { return };
    if let Some(words) = content.str() {
        text(&words, message, whole);
    }
    for (n, block) in content.list().into_iter().enumerate() {
        let Some(read) = block.obj() else {
            if let Some(words) = block.str() {
                text(&words, message, whole);
            }
            continue;
        };
        let kind = read.str("type").unwrap_or_default();
        match &*kind {
            "text" => text(&read.str("text").unwrap_or_default(), message, whole),
            "reasoning" | "thinking" if whole => {
                let thought = read.text("text").or_else(|| read.text("thinking"));
                let thought = thought.filter(|t| !words::is_redacted(t));
                let thought = thought.map(|t| Raw::from(&*t));
                message.parts.push(Part::Thinking(thought));
            }
            "redacted-reasoning" | "redacted_thinking" if whole => {
                message.parts.push(Part::Thinking(None));
            }
            "tool_use" | "tool_call" | "tool-call" => {
                let name = name_of(&read).unwrap_or_default();
                let id = id_of(&read).unwrap_or_else(|| format!("{place}.{n}"));
                calls.called(&name, &id);
                message.tools += 1;
                if whole {
                    let input = read.get("input").or_else(|| read.get("args"));
                    let call = match input.map(|input| (input, input.str())) {
                        Some((_, Some(text))) => tool::call(&id, &name, &text),
                        Some((input, None)) => tool::call(&id, &name, input.raw()),
                        None => tool::call(&id, &name, "{}"),
                    };
                    message.parts.push(Part::ToolCall(Box::new(call)));
                }
            }
            "tool_result" | "tool-result" => result(&read, message, calls, whole),
            "image" | "image_url" if whole => {
                let mime = read.text("mimeType").or_else(|| read.text("mediaType"));
                let data = read.text("data").or_else(|| read.text("image"));
                message.parts.push(Part::Image {
                    mime: mime.as_deref().unwrap_or("image").into(),
                    bytes: data.map_or(0, |data| data.len() as u64 / 4 * 3),
                });
            }
            "reasoning" | "thinking" | "redacted-reasoning" | "redacted_thinking" | "image"
            | "image_url" => {}
            _ if whole => message.parts.push(Part::Unknown {
                kind: (&*kind).into(),
                json: block.raw().into(),
            }),
            _ => {}
        }
    }
}

fn name_of(block: &Obj<'_>) -> Option<String> {
    let name = block.text("name").or_else(|| block.text("toolName"));
    name.map(|name| name.into_owned())
}

fn id_of(block: &Obj<'_>) -> Option<String> {
    let keys = ["toolCallId", "tool_use_id", "id"];
    let id = keys.iter().find_map(|key| block.text(key));
    id.map(|id| id.into_owned())
}

fn text(words: &str, message: &mut Message, whole: bool) {
    if message.role == Role::User {
        match words::of_user(words) {
            Words::Prompt(text) if text.is_empty() => {}
            Words::Prompt(text) if whole => message.parts.push(Part::Text(text)),
            Words::Prompt(text) => message.parts.push(Part::Text(words::start(&text))),
            Words::Context(_) => {}
        }
    } else if words::is_redacted(words) {
        if whole {
            message.parts.push(Part::Thinking(None));
        }
    } else if whole && !words.is_empty() {
        message.parts.push(Part::Text(words.into()));
    }
}

fn result(block: &Obj<'_>, message: &mut Message, calls: &Calls, whole: bool) {
    let keys = ["isError", "is_error"];
    let failed = keys.iter().any(|key| block.is_true(key));
    message.errors += u32::from(failed);
    if !whole {
        return;
    }
    let name = name_of(block);
    let of_last = || calls.of_result(name.as_deref()).map(str::to_owned);
    let call = id_of(block).or_else(of_last).unwrap_or_default();
    let output = block.get("result").or_else(|| block.get("content"));
    let mut told = ToolResult::new(call, output.map(words_of).unwrap_or_default());
    told.ok = Some(!failed);
    message.parts.push(Part::ToolResult(Box::new(told)));
}

/// Text, a list of texts, or else the JSON itself.
fn words_of(output: Json<'_>) -> String {
    if let Some(text) = output.str() {
        return text.into_owned();
    }
    let texts: Vec<String> = output
        .list()
        .into_iter()
        .filter_map(Json::obj)
        .filter_map(|block| block.text("text").map(|text| text.into_owned()))
        .collect();
    if texts.is_empty() {
        output.raw().to_owned()
    } else {
        texts.join("\n")
    }
}

/// Whose a message of results alone is: nobody said it.
pub fn settle(message: &mut Message, content: Option<Json<'_>>) {
    if message.role != Role::User {
        return;
    }
    let said = message
        .parts
        .iter()
        .any(|part| matches!(part, Part::Text(_) | Part::Image { .. }));
    // A summary leaves out pictures, which are a prompt too.
    let blocks = content.map(Json::list).unwrap_or_default();
    let pictured = blocks
        .into_iter()
        .filter_map(Json::obj)
        .any(|block| matches!(block.str("type").as_deref(), Some("image" | "image_url")));
    if !said && !pictured {
        message.role = Role::System;
    }
}

/// Whether nothing is left of a message: it was context that the program put in, and nothing else.
pub fn is_context(message: &Message) -> bool {
    message.role == Role::System
        && message.parts.is_empty()
        && (message.tools, message.errors) == (0, 0)
}
