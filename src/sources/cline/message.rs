//! One stored message: a prompt, a response, or what the program put in between.
//!
//! A message of the user holds what the person wrote, inside a tag or bare, and what the program added: results, the
//! state of the editor, reminders. These are told apart here, so that titles and counts are the person's.

use std::borrow::Cow;

use jiff::Timestamp;

use super::super::hash;
use super::super::json::{Json, Obj};
use super::call;
use crate::model::{Message, ModelId, NoticeKind, Part, Role, Usage};
use crate::text::{Raw, floor_boundary};

/// A summary needs no more of a prompt than its title.
const PROMPT: usize = 16 << 10;
/// Nobody writes more texts into one message than this.
const PIECES: usize = 64;

/// What stands around a person's words.
const PERSON: &[&str] = &["task", "feedback", "user_message", "answer", "user_input"];
/// What the program adds to them; nobody's words.
const ADDED: &[&str] = &["environment_details", "mode_notice", "system-reminder"];
/// How a text of the program starts.
const PROGRAM: &[&str] = &[
    "[ERROR]",
    "[TASK RESUMPTION]",
    "[NOTE]",
    "[DUPLICATE",
    "The user ",
    "<explicit_instructions",
    "<file_content",
    "<folder_content",
    "<hook_context",
    "# task_progress",
];
/// Tools whose results are a person's answer.
const ASKING: &[&str] = &[
    "ask_followup_question",
    "attempt_completion",
    "plan_mode_respond",
    "new_task",
];

/// A stored message and what is known of it from elsewhere.
pub struct Entry<'a> {
    pub key: u64,
    pub body: &'a Obj<'a>,
    pub at: Option<Timestamp>,
    pub model: Option<ModelId>,
    pub usage: Option<Usage>,
}

impl Entry<'_> {
    /// The messages it comes to: what the program put in, then what the person wrote. Without `whole`, bodies are left
    /// out but for prompts.
    pub fn messages(self, whole: bool) -> Vec<Message> {
        let body = self.body;
        // The history before this point was taken together.
        if body.is_true("isSummary") || body.is_true("isTruncationMarker") {
            return if whole {
                vec![self.compaction()]
            } else {
                Vec::new()
            };
        }
        match body.str("role").as_deref() {
            Some("assistant") => vec![self.assistant(whole)],
            Some("user") => self.user(whole),
            _ => Vec::new(),
        }
    }

    fn compaction(&self) -> Message {
        let mut message = Message::new(self.key, Role::System, self.at);
        message.parts.push(Part::Notice {
            kind: NoticeKind::Compaction,
            text: "conversation compacted".into(),
        });
        let texts = texts(self.body).into_iter().map(Part::Text);
        message.parts.extend(texts);
        message
    }

    fn assistant(self, whole: bool) -> Message {
        let mut message = Message::new(self.key, Role::Assistant, self.at);
        message.model = self.model;
        message.usage = self.usage.filter(|_| whole);
        if whole && let Some(text) = self.body.text("content") {
            message.parts.push(Part::Text(Raw::from(&*text)));
        }
        for block in blocks(self.body) {
            let kind = block.str("type").unwrap_or_default();
            message.tools += u32::from(&*kind == "tool_use");
            if whole {
                message.parts.extend(said(&kind, &block));
            }
        }
        message
    }

    fn user(self, whole: bool) -> Vec<Message> {
        let key = hash(&[&self.key.to_le_bytes(), b"program"]);
        let mut program = Message::new(key, Role::System, self.at);
        let mut person = Message::new(self.key, Role::User, self.at);
        let mut below = Below::Nothing;
        let mut text = |text: &str, program: &mut Message| {
            let text = without_added(text);
            let shown = text.trim();
            if shown.is_empty() {
                return;
            }
            if let Some(words) = words(shown, below) {
                let kept = if whole {
                    &*words
                } else {
                    floor_boundary(&words, PROMPT)
                };
                person.parts.push(Part::Text(Raw::from(kept)));
            } else if whole {
                program.parts.push(Part::Text(Raw::from(shown)));
            }
            below = Below::of(shown, below);
        };
        if let Some(bare) = self.body.text("content") {
            text(&bare, &mut program);
        }
        let mut pictures = Vec::new();
        for block in blocks(self.body) {
            let kind = block.str("type").unwrap_or_default();
            match &*kind {
                "text" => text(&block.str("text").unwrap_or_default(), &mut program),
                "tool_result" => {
                    program.errors += u32::from(call::failed(&block));
                    if whole {
                        let result = call::result(&block);
                        program.parts.push(Part::ToolResult(Box::new(result)));
                    }
                }
                "image" => {
                    let (mime, bytes) = call::image(&block);
                    pictures.push(Part::Image { mime, bytes });
                }
                _ if whole => program.parts.extend(said(&kind, &block)),
                _ => {}
            }
        }
        // A picture alone is a prompt too; one beside a result came with it.
        let is_shown = program.parts.is_empty() && program.errors == 0 && below.is_nothing();
        if !person.parts.is_empty() || is_shown {
            person.parts.append(&mut pictures);
        } else if whole {
            program.parts.append(&mut pictures);
        }
        let mut both = Vec::new();
        if !program.parts.is_empty() || program.errors > 0 {
            both.push(program);
        }
        if !person.parts.is_empty() {
            both.push(person);
        }
        both
    }
}

/// What the text above was, which says whose the next one is.
#[derive(Clone, Copy, PartialEq)]
enum Below {
    Nothing,
    /// The heading of a result: its body follows.
    Result,
    /// The heading of a question's result: a person's answer follows.
    Question,
}

impl Below {
    fn is_nothing(self) -> bool {
        self == Below::Nothing
    }

    fn of(text: &str, before: Below) -> Below {
        let line = text.lines().next().unwrap_or_default();
        if !line.starts_with('[') || !line.contains("] Result:") {
            return before;
        }
        let asked = ASKING.iter().any(|tool| line.contains(tool));
        if asked {
            Below::Question
        } else {
            Below::Result
        }
    }
}

/// A person's words in a text; none where the program wrote it.
fn words(text: &str, below: Below) -> Option<Cow<'_, str>> {
    let starts = |tags: &[&str]| tags.iter().any(|tag| opening(text, tag) == Some(0));
    let heads = Below::of(text, Below::Nothing) != Below::Nothing;
    let is_program = heads || PROGRAM.iter().any(|mark| text.starts_with(mark));
    let may_hold = match below {
        // A file that was read may hold anything, so only what can answer counts.
        Below::Result => text.starts_with("The user ") || starts(&["feedback", "user_message"]),
        Below::Question | Below::Nothing => true,
    };
    if !may_hold {
        return None;
    }
    if starts(PERSON) || is_program || below != Below::Nothing {
        let said = tagged(text);
        return (!said.is_empty()).then(|| said.join("\n\n").into());
    }
    Some(text.into())
}

/// Where a tag opens in a text, with attributes or without.
fn opening(text: &str, tag: &str) -> Option<usize> {
    let open = format!("<{tag}");
    let mut places = text.match_indices(&*open);
    let place = places.find(|(at, _)| {
        let behind = text.get(at + open.len()..).unwrap_or_default();
        behind.starts_with(['>', ' ', '\n'])
    });
    place.map(|(at, _)| at)
}

/// The texts inside a person's tags, one after the other.
fn tagged(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = text;
    while found.len() < PIECES {
        let first = PERSON
            .iter()
            .filter_map(|tag| Some((opening(rest, tag)?, *tag)));
        let Some((at, tag)) = first.min() else {
            break;
        };
        let inner = rest.get(at..).and_then(|open| open.split_once('>'));
        let Some((_, inner)) = inner else {
            break;
        };
        // Of a text that was cut all that is left counts.
        let (inner, behind) = inner
            .split_once(&format!("</{tag}>"))
            .unwrap_or((inner, ""));
        let inner = inner.trim();
        if !inner.is_empty() {
            found.push(inner);
        }
        rest = behind;
    }
    found
}

fn without_added(text: &str) -> Cow<'_, str> {
    let mut kept = Cow::Borrowed(text);
    for tag in ADDED {
        if opening(&kept, tag).is_some() {
            kept = without(&kept, tag).into();
        }
    }
    kept
}

fn without(text: &str, tag: &str) -> String {
    let close = format!("</{tag}>");
    let (mut kept, mut rest) = (String::new(), text);
    while let Some(at) = opening(rest, tag) {
        let (before, inner) = rest.split_at_checked(at).unwrap_or((rest, ""));
        kept.push_str(before);
        rest = inner.split_once(&*close).map_or("", |(_, behind)| behind);
    }
    kept + rest
}

/// A part of a message that is no result and no prompt.
fn said(kind: &str, block: &Obj<'_>) -> Option<Part> {
    let raw = |key: &str| block.text(key).map(|t| Raw::from(&*t));
    match kind {
        "text" => raw("text").map(Part::Text),
        "thinking" => Some(Part::Thinking(raw("thinking"))),
        "reasoning" => Some(Part::Thinking(raw("text"))),
        "redacted_thinking" => Some(Part::Thinking(None)),
        "thoughtSignature" => None,
        "tool_use" => Some(Part::ToolCall(Box::new(call::call(block)))),
        "image" => {
            let (mime, bytes) = call::image(block);
            Some(Part::Image { mime, bytes })
        }
        _ => {
            let fields = block
                .fields()
                .map(|(key, value)| format!("{key:?}: {}", value.raw()));
            let json = format!("{{{}}}", fields.collect::<Vec<_>>().join(", "));
            Some(Part::Unknown {
                kind: kind.into(),
                json: json.into(),
            })
        }
    }
}

fn blocks<'a>(body: &Obj<'a>) -> Vec<Obj<'a>> {
    let blocks = body.list("content").into_iter();
    blocks.filter_map(Json::obj).collect()
}

fn texts(body: &Obj<'_>) -> Vec<Raw> {
    let bare = body.text("content").into_iter();
    let blocks = blocks(body).into_iter().filter_map(|b| b.text("text"));
    bare.chain(blocks).map(|t| Raw::from(&*t)).collect()
}

/// All that a message says, for looking up what stands in it.
pub fn text(body: &Obj<'_>) -> String {
    let texts = texts(body);
    let texts: Vec<&str> = texts.iter().map(Raw::untrusted).collect();
    texts.join("\n")
}

/// The text between a tag's ends.
pub fn inside<'t>(text: &'t str, tag: &str) -> Option<&'t str> {
    let (_, behind) = text.get(opening(text, tag)?..)?.split_once('>')?;
    let (inner, _) = behind.split_once(&format!("</{tag}>"))?;
    Some(inner.trim()).filter(|t| !t.is_empty())
}
