//! A bubble is a piece of a conversation: a prompt, a thought, one tool call with its result, a piece of an answer.

use jiff::Timestamp;

use super::super::json::{Json, Obj};
use super::words::{self, Words};
use super::{model_named, tool};
use crate::model::{Message, ModelId, NoticeKind, Part, Role, Usage};
use crate::text::{Raw, floor_boundary};

/// Thinking stands in bubbles of their own, which are marked so.
const THINKING: u64 = 30;

/// Whose a bubble is, by a number or in older versions by a word.
pub fn role(kind: Option<Json<'_>>) -> Option<Role> {
    let kind = kind?;
    match (kind.u64(), kind.str().as_deref()) {
        (Some(1), _) | (_, Some("user")) => Some(Role::User),
        (Some(2), _) | (_, Some("ai" | "assistant")) => Some(Role::Assistant),
        _ => None,
    }
}

/// When it was made. Versions before the autumn of 2025 noted it on answers only, by when they were asked for.
pub fn time(bubble: &Obj<'_>) -> Option<Timestamp> {
    let timing = bubble.obj("timingInfo").unwrap_or_default();
    let keys = ["clientRpcSendTime", "clientSettleTime", "clientEndTime"];
    let asked = || keys.iter().find_map(|key| timing.time(key));
    bubble.time("createdAt").or_else(asked)
}

/// The model that a bubble names; `Some(None)` where it says that the program chose one.
pub fn model(bubble: &Obj<'_>) -> Option<Option<ModelId>> {
    let named = bubble.obj("modelInfo").and_then(|info| {
        let name = info.text("modelName")?;
        Some(model_named(&name))
    });
    named.or_else(|| Some(model_named(&bubble.text("modelType")?)))
}

/// The tokens of the call that ended here. Nothing is known of a bubble without any.
pub fn usage(bubble: &Obj<'_>) -> Option<Usage> {
    let count = bubble.obj("tokenCount")?;
    let usage = Usage {
        input: count.u64("inputTokens").unwrap_or(0),
        output: count.u64("outputTokens").unwrap_or(0),
        ..Usage::default()
    };
    (!usage.is_zero()).then_some(usage)
}

/// Whether a model spoke or acted in it, so that tokens were spent on it.
pub fn is_answer(bubble: &Obj<'_>) -> bool {
    bubble.has("toolFormerData") || text(bubble).is_some()
}

/// Puts a bubble's parts into a message; without `whole` only a prompt's words.
pub fn fill(bubble: &Obj<'_>, message: &mut Message, whole: bool) {
    if message.role == Role::User {
        prompt(bubble, message, whole);
    } else if let Some(tool) = bubble.obj("toolFormerData") {
        if whole {
            thinking(bubble, message);
        }
        tool::of_bubble(&tool, message, whole);
        if whole && let Some(text) = text(bubble) {
            message.parts.push(Part::Text(text.into()));
        }
    } else if whole {
        thinking(bubble, message);
        if let Some(text) = text(bubble) {
            message.parts.push(Part::Text(text.into()));
        }
    }
    let error = bubble.get("errorDetails").and_then(Json::obj);
    if let Some(error) = error {
        message.errors += 1;
        if whole {
            let text = error.text("message").or_else(|| error.text("error"));
            message.parts.push(Part::Notice {
                kind: NoticeKind::Error,
                text: text.map_or_else(|| "error".into(), |text| Raw::from(&*text)),
            });
        }
    }
    if whole {
        beside(bubble, message);
    }
}

fn prompt(bubble: &Obj<'_>, message: &mut Message, whole: bool) {
    let text = text(bubble).unwrap_or_default();
    match words::of_user(&text) {
        Words::Prompt(text) if whole => message.parts.push(Part::Text(text)),
        Words::Prompt(text) => message.parts.push(Part::Text(words::start(&text))),
        Words::Context(text) => {
            message.role = Role::System;
            if whole {
                message.parts.push(Part::Text(text));
            }
        }
    }
    message
        .parts
        .retain(|part| !matches!(part, Part::Text(text) if text.is_empty()));
}

/// The text in the first place where there is any, with the code that is kept apart from it.
fn text(bubble: &Obj<'_>) -> Option<String> {
    let plain = ["text", "rawText"].iter().find_map(|key| bubble.text(key));
    let rich = || {
        let rich = bubble.get("richText")?;
        words::of_tree(rich.raw())
    };
    let mut text = plain
        .map(|text| text.into_owned())
        .or_else(rich)
        .or_else(|| bubble.text("content").map(|text| text.into_owned()))
        .unwrap_or_default();
    for block in bubble.list("codeBlocks").into_iter().filter_map(Json::obj) {
        let Some(code) = block.text("content").filter(|code| !text.contains(&**code)) else {
            continue;
        };
        let language = block.text("languageId").unwrap_or_default();
        if !text.is_empty() {
            text.push_str("\n\n");
        }
        text.push_str(&format!("```{language}\n{}\n```", code.trim_end()));
    }
    (!text.trim().is_empty()).then_some(text)
}

fn thinking(bubble: &Obj<'_>, message: &mut Message) {
    let words = |json: Json<'_>| match json.obj() {
        Some(thought) => {
            let text = thought.text("text").or_else(|| thought.text("thinking"));
            text.map(|text| text.into_owned())
        }
        None => json.str().map(|text| text.into_owned()),
    };
    let own = bubble.get("thinking").and_then(words);
    let mut thoughts: Vec<String> = own.into_iter().filter(|text| !text.is_empty()).collect();
    if thoughts.is_empty() {
        let all = bubble.list("allThinkingBlocks").into_iter();
        thoughts.extend(all.filter_map(words).filter(|text| !text.is_empty()));
    }
    if thoughts.is_empty() && bubble.u64("capabilityType") == Some(THINKING) {
        message.parts.push(Part::Thinking(None));
    }
    let parts = thoughts.into_iter();
    let parts = parts.map(|text| Part::Thinking(Some(text.into())));
    message.parts.extend(parts);
}

/// What was given along with a bubble's words.
fn beside(bubble: &Obj<'_>, message: &mut Message) {
    for image in bubble.list("images") {
        let read = image.obj().unwrap_or_default();
        let data = read.text("data").or_else(|| image.str());
        let mime = read.text("mimeType");
        message.parts.push(Part::Image {
            mime: mime.as_deref().unwrap_or("image").into(),
            bytes: data.map_or(0, |data| data.len() as u64 / 4 * 3),
        });
    }
    let chunks = bubble.list("attachedCodeChunks").into_iter();
    for chunk in chunks.filter_map(Json::obj) {
        let uri = chunk.obj("uri").unwrap_or_default();
        let path = uri
            .text("fsPath")
            .or_else(|| uri.text("path"))
            .or_else(|| chunk.text("relativeWorkspacePath"));
        if let Some(path) = path {
            let path = floor_boundary(&path, 512).into();
            message.parts.push(Part::Attachment { path });
        }
    }
    for result in bubble.list("toolResults") {
        message.parts.push(Part::Unknown {
            kind: "tool result".into(),
            json: result.raw().into(),
        });
    }
}
