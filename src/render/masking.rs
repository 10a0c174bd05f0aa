//! Messages under the mask: copies in which secrets are marks, made for the few that are laid out.

use std::borrow::Cow;
use std::sync::Arc;

use super::blocks::{HEAD, TAIL};
use crate::model::{Change, Conversation, Edit, Message, Part, ToolCall};
use crate::redact::{Mask, Masked};
use crate::text::{Clean, Raw, floor_boundary};

/// So much of a long text is looked through beyond what is shown: what is cut there is known as a whole.
const MARGIN: usize = 16 << 10;

/// A message as it may be shown; the same where nothing is hidden in it.
pub fn message(mask: &Mask, message: &Arc<Message>) -> Arc<Message> {
    let hidden: Vec<Option<Part>> = message.parts.iter().map(|one| part(mask, one)).collect();
    if hidden.iter().all(Option::is_none) {
        return message.clone();
    }
    let both = hidden.into_iter().zip(&message.parts);
    Arc::new(Message {
        parts: both
            .map(|(new, old)| new.unwrap_or_else(|| old.clone()))
            .collect(),
        ..(**message).clone()
    })
}

/// The first messages of a conversation as they may be shown; the others stay as they are.
pub fn conversation(mask: &Mask, talk: &Arc<Conversation>, first: usize) -> Arc<Conversation> {
    let messages = talk.messages.iter().enumerate();
    let messages = messages.map(|(n, one)| match n < first {
        true => message(mask, one),
        false => one.clone(),
    });
    Arc::new(Conversation {
        id: talk.id.clone(),
        messages: messages.collect(),
        odd: talk.odd,
    })
}

/// What was said, and the way back to it; absent where nothing is hidden.
pub fn said(mask: &Mask, text: &Raw) -> Option<(Clean, Option<Masked>)> {
    within(mask, text.clean())
}

/// The same of what a tool printed: where something is hidden, its colours go too.
pub fn output(mask: &Mask, text: &Raw) -> Option<(Clean, Option<Masked>)> {
    let lines = match text.untrusted().contains('\r') {
        true => Cow::Owned(Raw::from(text.untrusted().replace("\r\n", "\n"))),
        false => Cow::Borrowed(text),
    };
    within(mask, lines.clean_output())
}

/// A long text keeps its ends. There is no way back into it.
fn within(mask: &Mask, text: Clean) -> Option<(Clean, Option<Masked>)> {
    let whole = text.as_str();
    if whole.len() <= HEAD + TAIL {
        let masked = mask.hide(&text)?;
        return Some((text, Some(masked)));
    }
    let head = text.piece(0..floor_boundary(whole, HEAD + MARGIN).len());
    let from = floor_boundary(whole, whole.len() - TAIL - MARGIN).len();
    let tail = text.piece(from..whole.len());
    let head = match mask.hide(&head) {
        Some(masked) => {
            let end = masked.place(0..HEAD).end;
            floor_boundary(&masked.text, end).to_owned()
        }
        None => floor_boundary(head.as_str(), HEAD).to_owned(),
    };
    let skip = |text: &str, at: usize| {
        let start = floor_boundary(text, at).len();
        text.get(start..).unwrap_or_default().to_owned()
    };
    let tail = match mask.hide(&tail) {
        Some(masked) => skip(&masked.text, masked.place(MARGIN..MARGIN).start),
        None => skip(tail.as_str(), MARGIN),
    };
    let left = whole.len().saturating_sub(HEAD + TAIL);
    let text = format!(
        "{head}\n\n... {left} bytes are not shown here; copy and export have them ...\n\n{tail}"
    );
    Some((Clean::from(text), None))
}

fn raw(mask: &Mask, text: &Raw) -> Option<Raw> {
    said(mask, text).map(shown)
}

fn shown((text, masked): (Clean, Option<Masked>)) -> Raw {
    match masked {
        Some(masked) => Raw::from(masked.text),
        None => Raw::from(text.as_str()),
    }
}

fn part(mask: &Mask, part: &Part) -> Option<Part> {
    match part {
        Part::Text(text) => raw(mask, text).map(Part::Text),
        Part::Thinking(text) => raw(mask, text.as_ref()?).map(|text| Part::Thinking(Some(text))),
        Part::ToolCall(one) => call(mask, one).map(|call| Part::ToolCall(Box::new(call))),
        Part::ToolResult(result) => {
            let output = output(mask, &result.output).map(shown);
            let patch = result.patch.as_ref().and_then(|patch| raw(mask, patch));
            let is_same = output.is_none() && patch.is_none();
            (!is_same).then(|| {
                let mut new = result.clone();
                new.output = output.unwrap_or(new.output);
                new.patch = patch.or(new.patch);
                Part::ToolResult(new)
            })
        }
        Part::Image { .. } => None,
        Part::Attachment { path } => {
            let path = raw(mask, &Raw::from(path.to_string_lossy().into_owned()))?;
            Some(Part::Attachment {
                path: path.untrusted().into(),
            })
        }
        Part::Notice { kind, text } => Some(Part::Notice {
            kind: *kind,
            text: raw(mask, text)?,
        }),
        Part::Unknown { kind, json } => Some(Part::Unknown {
            kind: kind.clone(),
            json: raw(mask, json)?,
        }),
    }
}

fn call(mask: &Mask, call: &ToolCall) -> Option<ToolCall> {
    let name = raw(mask, &Raw::from(call.tool.name.as_str()));
    let target = call.target.as_ref().and_then(|target| raw(mask, target));
    let input = json(mask, &call.input);
    let edits: Vec<Option<Edit>> = call.edits.iter().map(|one| edit(mask, one)).collect();
    let is_same = name.is_none() && target.is_none() && input.is_none();
    if is_same && edits.iter().all(Option::is_none) {
        return None;
    }
    let mut new = call.clone();
    if let Some(name) = name {
        new.tool.name = name.untrusted().into();
    }
    new.target = target.or(new.target);
    new.input = input.unwrap_or(new.input);
    for (old, new) in new.edits.iter_mut().zip(edits) {
        if let Some(new) = new {
            *old = new;
        }
    }
    Some(new)
}

/// JSON text, and again each string in it as it is read: that is what is shown. Absent where nothing is hidden.
pub fn json(mask: &Mask, text: &Raw) -> Option<Raw> {
    let whole = raw(mask, text);
    let text = whole.as_ref().unwrap_or(text).untrusted();
    if text.len() > HEAD + TAIL {
        return whole;
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut is_hidden = false;
    while let Some((before, behind)) = rest.split_once('"') {
        let mut escaped = false;
        let end = behind.bytes().position(|byte| {
            let ends = byte == b'"' && !escaped;
            escaped = byte == b'\\' && !escaped;
            ends
        });
        let Some((inner, after)) = end.and_then(|end| behind.split_at_checked(end)) else {
            break;
        };
        out.push_str(before);
        let read: Option<String> = serde_json::from_str(&format!("\"{inner}\"")).ok();
        let hidden = read.and_then(|read| mask.hide(&Clean::of(&read)));
        match hidden.and_then(|hidden| serde_json::to_string(&hidden.text).ok()) {
            Some(new) => {
                out.push_str(&new);
                is_hidden = true;
            }
            None => {
                out.push('"');
                out.push_str(inner);
                out.push('"');
            }
        }
        rest = after.strip_prefix('"').unwrap_or(after);
    }
    out.push_str(rest);
    if is_hidden {
        Some(Raw::from(out))
    } else {
        whole
    }
}

fn edit(mask: &Mask, edit: &Edit) -> Option<Edit> {
    let hidden = |text: &Raw| raw(mask, text);
    let path = edit.path.as_ref().and_then(hidden);
    let change = match &edit.change {
        Change::Replace { old, new } => match (hidden(old), hidden(new)) {
            (None, None) => None,
            (before, after) => Some(Change::Replace {
                old: before.unwrap_or_else(|| old.clone()),
                new: after.unwrap_or_else(|| new.clone()),
            }),
        },
        Change::Write(text) => hidden(text).map(Change::Write),
        Change::Patch(text) => hidden(text).map(Change::Patch),
        Change::Delete => None,
    };
    (path.is_some() || change.is_some()).then(|| Edit {
        path: path.or_else(|| edit.path.clone()),
        change: change.unwrap_or_else(|| edit.change.clone()),
    })
}
