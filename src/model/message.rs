//! What was said in a conversation.

use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use compact_str::CompactString;
use jiff::Timestamp;

use super::{Bill, Cost, ModelId, Rate, SessionId, Usage, Usd};
use crate::text::Raw;

/// All messages of a session, in the log's order.
#[derive(Clone, PartialEq, Debug)]
pub struct Conversation {
    pub id: SessionId,
    /// Shared, so that a conversation that grew by one message copies none of the others.
    pub messages: Vec<Arc<Message>>,
    /// Records that could not be read.
    pub odd: u32,
}

/// A prompt, a response with all its blocks, or a note of the agent's program.
///
/// A summary needs no bodies: a source asked for a summary leaves `parts` empty but for the text of prompts.
#[derive(Clone, PartialEq, Debug)]
pub struct Message {
    /// The same key again replaces: row id, or hash of id and content in a log.
    pub key: u64,
    /// Messages with the same reply are blocks of one response and join the first of them.
    pub reply: Option<u64>,
    /// Place in the log's order, from 1. Given by the fold.
    pub number: u32,
    pub role: Role,
    pub at: Option<Timestamp>,
    pub model: Option<ModelId>,
    /// For display; sums come from spends.
    pub usage: Option<Usage>,
    pub rate: Rate,
    /// What the agent itself says the response cost.
    pub logged: Option<Usd>,
    /// What the response cost, by the tariff its conversation was read with; absent where it has no usage.
    pub cost: Option<Cost>,
    pub parts: Vec<Part>,
    pub lane: Lane,
    /// Tool calls among its parts, also where the parts were left out.
    pub tools: u32,
    /// Results that failed among its parts, also where the parts were left out.
    pub errors: u32,
    /// Bytes of its texts that are not here, since they would be too many: they are read again when they are asked for.
    pub on_disk: u64,
    /// Whether it counts as a message of the conversation. Steps that a log keeps apart from any response do not.
    pub counts: bool,
}

impl Message {
    pub fn new(key: u64, role: Role, at: Option<Timestamp>) -> Message {
        Message {
            key,
            reply: None,
            number: 0,
            role,
            at,
            model: None,
            usage: None,
            rate: Rate::Standard,
            logged: None,
            cost: None,
            parts: Vec::new(),
            lane: Lane::Main,
            tools: 0,
            errors: 0,
            on_disk: 0,
            counts: true,
        }
    }

    /// Bytes of its texts, as far as they are held.
    pub fn bytes(&self) -> usize {
        self.parts.iter().map(Part::bytes).sum()
    }

    /// The response as it is billed, where its tokens are known.
    pub fn bill<'a>(&'a self, assumed: Option<&'a ModelId>) -> Option<Bill<'a>> {
        let usage = self.usage?;
        Some(Bill {
            model: self.model.as_ref().or(assumed),
            rate: self.rate,
            usage,
            logged: self.logged,
            at: self.at,
        })
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Role {
    /// A person, or the parent agent in a sub-agent's session.
    User,
    Assistant,
    /// Text the agent's program put in: context, reminders, notices, results without a call.
    System,
}

/// Which line of the conversation a message stands in.
#[derive(Clone, PartialEq, Eq, Hash, Default, Debug)]
pub enum Lane {
    #[default]
    Main,
    /// A side conversation kept in the same log.
    Side(Box<str>),
    /// A branch that was left by an edit, a rewind or a revert.
    Left,
}

/// Text is [`Raw`] until it is laid out or exported.
#[derive(Clone, PartialEq, Debug)]
pub enum Part {
    /// Markdown, as written.
    Text(Raw),
    /// `None` when the agent kept it encrypted or hid it.
    Thinking(Option<Raw>),
    ToolCall(Box<ToolCall>),
    ToolResult(Box<ToolResult>),
    Image {
        mime: CompactString,
        bytes: u64,
    },
    Attachment {
        path: PathBuf,
    },
    Notice {
        kind: NoticeKind,
        text: Raw,
    },
    /// New in the format; shown folded, with the record as JSON.
    Unknown {
        kind: CompactString,
        json: Raw,
    },
}

impl Part {
    /// Bytes of its texts.
    pub fn bytes(&self) -> usize {
        match self {
            Part::Text(text) | Part::Thinking(Some(text)) | Part::Notice { text, .. } => text.len(),
            Part::ToolCall(call) => {
                let edits = call.edits.iter().map(|edit| match &edit.change {
                    Change::Replace { old, new } => old.len() + new.len(),
                    Change::Write(text) | Change::Patch(text) => text.len(),
                    Change::Delete => 0,
                });
                let target = call.target.as_ref().map_or(0, Raw::len);
                call.input.len() + target + edits.sum::<usize>()
            }
            Part::ToolResult(result) => {
                result.output.len() + result.patch.as_ref().map_or(0, Raw::len)
            }
            Part::Unknown { json, .. } => json.len(),
            Part::Thinking(None) | Part::Image { .. } | Part::Attachment { .. } => 0,
        }
    }
}

#[derive(Clone, PartialEq, Debug)]
pub struct ToolCall {
    /// Pairs the call with its result.
    pub call: Box<str>,
    pub tool: Tool,
    /// The argument that matters: command, path, pattern, address, description.
    pub target: Option<Raw>,
    /// All arguments as JSON text; free text stands as a JSON string.
    pub input: Raw,
    /// The changes to files it asks for.
    pub edits: Vec<Edit>,
    /// The session it started, by the agent's own id.
    pub child: Option<Box<str>>,
}

#[derive(Clone, PartialEq, Debug)]
pub struct ToolResult {
    pub call: Box<str>,
    pub output: Raw,
    /// Absent while it runs, and where the log does not say.
    pub ok: Option<bool>,
    /// The person did not let it run. What they typed about that, if anything, is the output.
    pub declined: bool,
    /// Exit code of a command.
    pub exit: Option<i32>,
    pub took: Option<Duration>,
    /// The session it started, by the agent's own id.
    pub child: Option<Box<str>>,
    /// Images in the result are shown as type and size.
    pub images: Vec<(CompactString, u64)>,
    /// The number of the first line that an edit changed, in the file as it was then, counted from 1; where the log says.
    pub line: Option<usize>,
    /// What was changed in a file that was written whole, as a patch; where the log says.
    pub patch: Option<Raw>,
}

impl ToolResult {
    pub fn new(call: impl Into<Box<str>>, output: impl Into<Raw>) -> ToolResult {
        ToolResult {
            call: call.into(),
            output: output.into(),
            ok: None,
            declined: false,
            exit: None,
            took: None,
            child: None,
            images: Vec::new(),
            line: None,
            patch: None,
        }
    }
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tool {
    /// As logged.
    pub name: CompactString,
    pub kind: ToolKind,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ToolKind {
    Shell,
    Read,
    Edit,
    Search,
    Web,
    /// Starts a sub-agent.
    Task,
    /// Keeps a to-do list or a plan.
    Plan,
    Mcp,
    Other,
}

impl ToolCall {
    /// What it changed: of a file that it wrote whole no more than what is new in it, where its result tells.
    pub fn changes(&self, result: Option<&ToolResult>) -> Cow<'_, [Edit]> {
        let patch = result.and_then(|result| result.patch.as_ref());
        match (self.edits.as_slice(), patch) {
            (
                [
                    Edit {
                        path,
                        change: Change::Write(_),
                    },
                ],
                Some(patch),
            ) => Cow::Owned(vec![Edit {
                path: path.clone(),
                change: Change::Patch(patch.clone()),
            }]),
            (edits, _) => Cow::Borrowed(edits),
        }
    }
}

/// A change to one file.
#[derive(Clone, PartialEq, Debug)]
pub struct Edit {
    pub path: Option<Raw>,
    pub change: Change,
}

#[derive(Clone, PartialEq, Debug)]
pub enum Change {
    /// One text for another, inside a file.
    Replace {
        old: Raw,
        new: Raw,
    },
    /// The whole file.
    Write(Raw),
    /// Lines marked `+`, `-` and ` `, with or without `@@` headings.
    Patch(Raw),
    Delete,
}

impl Change {
    /// Two pieces of a file as whole lines: that neither's last line has an end is no news.
    pub fn whole_lines<'t>(old: &'t str, new: &'t str) -> [Cow<'t, str>; 2] {
        let is_open = |text: &str| !text.is_empty() && !text.ends_with('\n');
        let is_either = |text: &str| text.is_empty() || is_open(text);
        [old, new].map(
            |text| match is_either(old) && is_either(new) && is_open(text) {
                true => Cow::Owned(format!("{text}\n")),
                false => Cow::Borrowed(text),
            },
        )
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum NoticeKind {
    Compaction,
    Interrupted,
    ModelSwitch,
    Error,
    /// A command of the agent's own, such as `/clear`.
    Command,
    /// What was put beside a prompt without being typed: a file that an editor has open, what is selected in it.
    Context,
    Other,
}
