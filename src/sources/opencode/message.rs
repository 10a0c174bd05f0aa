//! A message and its parts, as JSON in files and rows alike, as one message and its spend.

use std::borrow::Cow;
use std::time::Duration;

use jiff::Timestamp;

use super::super::json::{Json, Obj};
use super::super::{hash, tools};
use crate::model::{
    Change, Edit, Lane, Mark, Message, ModelId, NoticeKind, Part, Rate, Role, Same, Spend,
    ToolKind, ToolResult, Usage, Usd,
};
use crate::text::{Raw, floor_boundary};

const PROMPT: usize = 16 << 10;
/// An id made later than its message says it was created is a copy's.
const COPY_MS: u64 = 50;

/// A message as it is stored: its id, its own JSON, and the JSON of its parts in order.
pub struct Stored<'a> {
    pub id: &'a str,
    pub data: &'a Obj<'a>,
    pub parts: &'a [Obj<'a>],
    /// When its row says it was created, for stores that keep it there.
    pub created: Option<Timestamp>,
    /// Whether a model wrote it.
    pub assistant: bool,
}

/// Whether a model wrote the message, by the name of its role.
pub fn is_assistant(data: &Obj<'_>) -> bool {
    data.str("role").as_deref() == Some("assistant")
}

impl Stored<'_> {
    fn key(&self) -> u64 {
        hash(&[self.id.as_bytes()])
    }

    pub fn at(&self) -> Option<Timestamp> {
        self.data
            .obj("time")
            .and_then(|t| t.time("created"))
            .or(self.created)
    }

    fn created_ms(&self) -> u64 {
        let time = self.data.obj("time");
        time.and_then(|t| t.u64("created")).unwrap_or(0)
    }

    /// Whether a fork took it over from the session it was made of.
    fn is_copy(&self) -> bool {
        let created = self.created_ms();
        created > 0 && is_copy(self.id, created)
    }

    pub fn model(&self) -> Option<ModelId> {
        let nested = self.data.obj("model").unwrap_or_default();
        let name = self
            .data
            .text("modelID")
            .or_else(|| nested.text("modelID"))
            .or_else(|| nested.text("id"))?;
        let provider = self
            .data
            .text("providerID")
            .or_else(|| nested.text("providerID"));
        Some(ModelId::new(provider.as_deref(), &name))
    }

    fn usage(&self) -> Option<Usage> {
        let tokens = self.data.obj("tokens")?;
        let cache = tokens.obj("cache").unwrap_or_default();
        let n = |o: &Obj<'_>, key| o.u64(key).unwrap_or(0);
        let reasoning = n(&tokens, "reasoning");
        Some(Usage {
            input: n(&tokens, "input"),
            cache_read: n(&cache, "read"),
            cache_write: n(&cache, "write"),
            cache_write_1h: 0,
            // Theirs leaves reasoning out.
            output: n(&tokens, "output").saturating_add(reasoning),
            reasoning,
        })
    }

    /// What the agent says it cost. A cost of 0 for tokens means that nobody knew the price.
    fn logged(&self, usage: &Usage) -> Option<Usd> {
        let cost = self.data.f64("cost").and_then(Usd::from_dollars);
        cost.filter(|usd| usd.nanos() > 0 || usage.is_zero())
    }

    /// What it spent.
    pub fn spend(&self) -> Option<Spend> {
        let usage = self.usage().filter(|_| self.assistant)?;
        let created = self.created_ms();
        let u = usage;
        let tokens: Vec<u8> = [u.input, u.cache_read, u.cache_write, u.output, u.reasoning]
            .iter()
            .flat_map(|n| n.to_le_bytes())
            .collect();
        let reply = if created > 0 {
            hash(&[&created.to_le_bytes(), &tokens])
        } else {
            self.key()
        };
        let mark = if self.is_copy() {
            Mark::Copied
        } else {
            Mark::Own
        };
        Some(Spend {
            key: self.key(),
            at: self.at(),
            model: self.model(),
            rate: Rate::Standard,
            usage,
            logged: self.logged(&usage),
            same: Some(Same {
                reply,
                variant: None,
                mark,
            }),
        })
    }

    /// The message for readers. Without `whole`, bodies are left out but for prompts.
    pub fn message(&self, whole: bool, undone: bool) -> Message {
        let assistant = self.assistant;
        let role = if assistant {
            Role::Assistant
        } else {
            Role::System
        };
        // A reader sees when it was said; the session that repeats it did not start then.
        let at = self.at().filter(|_| whole || !self.is_copy());
        let mut message = Message::new(self.key(), role, at);
        if undone {
            message.lane = Lane::Left;
        }
        if assistant {
            message.reply = Some(self.key());
            message.model = self.model();
            message.usage = self.usage().filter(|_| whole);
            message.logged = message.usage.and_then(|usage| self.logged(&usage));
        }
        for part in self.parts {
            add(part, &mut message, assistant, whole);
        }
        if let Some(error) = self.data.obj("error") {
            let stopped = error
                .str("name")
                .is_some_and(|n| n == "MessageAbortedError");
            let text = error
                .obj("data")
                .and_then(|d| d.text("message").map(Cow::into_owned));
            let text = text
                .or_else(|| error.text("name").map(Cow::into_owned))
                .unwrap_or_default();
            let (kind, text) = if stopped {
                (NoticeKind::Interrupted, "interrupted".to_owned())
            } else {
                (NoticeKind::Error, text)
            };
            message.errors += u32::from(!stopped);
            if whole {
                message.parts.push(Part::Notice {
                    kind,
                    text: text.into(),
                });
            }
        }
        message
    }
}

/// The low 36 bits of the milliseconds in an id, against the time of the message.
fn is_copy(id: &str, created: u64) -> bool {
    let Some(hex) = id.split_once('_').and_then(|(_, rest)| rest.get(..12)) else {
        return false;
    };
    let Ok(stamp) = u64::from_str_radix(hex, 16) else {
        return false;
    };
    const RANGE: u64 = 1 << 36;
    let late = (stamp >> 12).wrapping_sub(created) % RANGE;
    // More than half the range ahead is a clock that went back.
    late > COPY_MS && late < RANGE / 2
}

fn add(part: &Obj<'_>, message: &mut Message, assistant: bool, whole: bool) {
    match part.str("type").as_deref().unwrap_or_default() {
        // The words of answers are for readers.
        "text" if whole || !assistant => {
            let Some(text) = part.text("text").filter(|_| !part.is_true("ignored")) else {
                return;
            };
            let synthetic = part.is_true("synthetic");
            if !assistant && !synthetic {
                message.role = Role::User;
                let kept = if whole {
                    &*text
                } else {
                    floor_boundary(&text, PROMPT)
                };
                // What the program added stands behind what the person wrote.
                let at = message
                    .parts
                    .iter()
                    .take_while(|p| matches!(p, Part::Text(_)))
                    .count();
                message
                    .parts
                    .insert(at.min(message.parts.len()), Part::Text(Raw::from(kept)));
            } else if whole && (assistant || message.role == Role::System) {
                message.parts.push(Part::Text(Raw::from(&*text)));
            }
        }
        "reasoning" if whole => {
            if let Some(text) = part.text("text") {
                message.parts.push(Part::Thinking(Some(Raw::from(&*text))));
            }
        }
        "tool" => tool(part, message, whole),
        "file" if whole => {
            let mime = part.text("mime").unwrap_or(Cow::Borrowed("file"));
            if mime.starts_with("image/") {
                let bytes = part
                    .str("url")
                    .and_then(|u| u.split_once(',').map(|(_, d)| d.len() as u64 / 4 * 3));
                message.parts.push(Part::Image {
                    mime: (&*mime).into(),
                    bytes: bytes.unwrap_or(0),
                });
            } else if let Some(name) = part.text("filename").or_else(|| part.text("url")) {
                let name = floor_boundary(&name, 512).to_owned();
                message.parts.push(Part::Attachment { path: name.into() });
            }
        }
        "compaction" if whole => message.parts.push(Part::Notice {
            kind: NoticeKind::Compaction,
            text: "conversation compacted".into(),
        }),
        "subtask" if whole => {
            let text = part
                .text("description")
                .or_else(|| part.text("prompt"))
                .unwrap_or_default();
            message.parts.push(Part::Notice {
                kind: NoticeKind::Command,
                text: Raw::from(&*text),
            });
        }
        "retry" if whole => message.parts.push(Part::Notice {
            kind: NoticeKind::Error,
            text: "tried again".into(),
        }),
        _ => {}
    }
}

fn tool(part: &Obj<'_>, message: &mut Message, whole: bool) {
    let state = part.obj("state").unwrap_or_default();
    let status = state.str("status").unwrap_or_default();
    let meta = state.obj("metadata").unwrap_or_default();
    let exit = meta
        .get("exit")
        .and_then(Json::i64)
        .and_then(|n| i32::try_from(n).ok());
    let done = matches!(&*status, "completed" | "error");
    let ok = done.then_some(status == "completed" && exit.is_none_or(|code| code == 0));
    message.tools += 1;
    message.errors += u32::from(ok == Some(false));
    if !whole {
        return;
    }
    let id = part
        .text("callID")
        .or_else(|| part.text("id"))
        .unwrap_or_default();
    let name = part.text("tool").unwrap_or_default();
    let mut call = tools::call(&id, &name, state.get("input").map_or("{}", Json::raw));
    let child: Option<Box<str>> = meta
        .text("sessionId")
        .filter(|_| call.tool.kind == ToolKind::Task)
        .map(|c| (*c).into());
    call.child.clone_from(&child);
    if call.tool.kind == ToolKind::Edit
        && call.edits.is_empty()
        && let Some(diff) = meta.text("diff")
    {
        call.edits.push(Edit {
            path: call.target.clone(),
            change: Change::Patch(Raw::from(&*diff)),
        });
    }
    message.parts.push(Part::ToolCall(Box::new(call)));
    let output = state
        .text("output")
        .or_else(|| state.text("error"))
        .or_else(|| meta.text("output"));
    if !done && output.is_none() {
        return;
    }
    let mut result = ToolResult::new(&*id, output.unwrap_or_default().into_owned());
    (result.ok, result.exit) = (ok, exit);
    let time = state.obj("time").unwrap_or_default();
    result.took = time
        .u64("start")
        .zip(time.u64("end"))
        .map(|(a, b)| Duration::from_millis(b.saturating_sub(a)));
    result.child = child;
    message.parts.push(Part::ToolResult(Box::new(result)));
}

/// Facts of a session's own record, in the names that files use.
pub fn is_placeholder(title: &str) -> bool {
    ["New session - ", "Child session - "].iter().any(|mark| {
        title
            .strip_prefix(mark)
            .is_some_and(|rest| rest.parse::<Timestamp>().is_ok())
    })
}
