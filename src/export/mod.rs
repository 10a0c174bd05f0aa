//! Conversations as files and text for elsewhere: each format is one file here and one line in [`FORMATS`].
//!
//! Whatever leaves passes an [`Outlet`], whole texts at a time, so that a secret is never cut in two before it is looked
//! for. The same conversation gives the same bytes, on any machine and in any zone: an export can be made again and
//! compared.

mod capped;
pub mod csv;
mod deepeval;
mod edits;
mod evals;
pub mod explain;
pub mod facts;
pub mod folder;
mod html;
pub mod job;
pub mod json;
pub mod markdown;
pub mod name;
mod noted;
mod pairs;
pub mod prompts;
mod safe;
pub mod shapes;
mod text;

use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{LazyLock, RwLock};

use crate::env::Env;
use crate::evidence::net;
use crate::model::{Conversation, Lane, Message, Part, Role, Row, SessionId};
use crate::redact::{Mask, Outlet, Scanner};
use crate::sources;

use capped::Capped;

/// An export of more bytes is refused.
pub const LIMIT: u64 = 256 << 20;

/// What an export is written as.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Format {
    Markdown,
    Html,
    Json,
    Text,
    DeepEval,
    Evals,
    Csv,
    Patch,
}

/// How many sessions one file holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Holds {
    /// One, so that many go into a folder with an index.
    Session,
    /// As many as there are, one after the other.
    Conversations,
    /// As many as there are, without what was said.
    Rows,
}

/// A format and what people need to know of it.
#[derive(Debug)]
pub struct Card {
    pub format: Format,
    /// As `--format` takes it.
    pub name: &'static str,
    /// Without the dot.
    pub extension: &'static str,
    /// The letter behind `x` on the screen.
    pub key: char,
    pub help: &'static str,
    pub holds: Holds,
    /// What is in it where nothing else is asked for.
    pub parts: Parts,
}

/// Every format, in the order menus show them.
pub static FORMATS: [Card; 8] = [
    Card {
        format: Format::Markdown,
        name: "md",
        extension: "md",
        key: 'm',
        help: "Markdown, a heading for each message",
        holds: Holds::Session,
        parts: Parts::ALL,
    },
    Card {
        format: Format::Html,
        name: "html",
        extension: "html",
        key: 'h',
        help: "one page for a browser, without scripts and without anything from the network",
        holds: Holds::Session,
        parts: Parts::ALL,
    },
    Card {
        format: Format::Json,
        name: "json",
        extension: "json",
        key: 'j',
        help: "everything that is known of the session, for programs",
        holds: Holds::Session,
        parts: Parts::ALL,
    },
    Card {
        format: Format::Text,
        name: "text",
        extension: "txt",
        key: 't',
        help: "plain text with a label before each message",
        holds: Holds::Session,
        parts: Parts::ALL,
    },
    Card {
        format: Format::DeepEval,
        name: "deepeval",
        extension: "json",
        key: 'd',
        help: "a test case of DeepEval for each prompt and its answer",
        holds: Holds::Conversations,
        parts: Parts::WORDS,
    },
    Card {
        format: Format::Evals,
        name: "openai-evals",
        extension: "jsonl",
        key: 'o',
        help: "a line of messages for each conversation, as OpenAI Evals reads them",
        holds: Holds::Conversations,
        parts: Parts::WORDS,
    },
    Card {
        format: Format::Csv,
        name: "csv",
        extension: "csv",
        key: 'c',
        help: "a line of figures for each session, for spreadsheets",
        holds: Holds::Rows,
        parts: Parts::WORDS,
    },
    Card {
        format: Format::Patch,
        name: "patch",
        extension: "patch",
        key: 'p',
        help: "what it changed, as git apply reads it where the session worked",
        holds: Holds::Session,
        parts: Parts::WORDS,
    },
];

impl Format {
    pub fn card(self) -> &'static Card {
        let mut all = FORMATS.iter();
        let found = all.find(|card| card.format == self);
        found.unwrap_or(&FORMATS[0])
    }
}

/// What of a conversation goes along with its prompts and answers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Parts {
    pub tools: bool,
    pub thinking: bool,
    pub system: bool,
    pub times: bool,
    pub tokens: bool,
    /// Whether a closing line counts the secrets that were replaced. Not for people to choose.
    pub counts: bool,
}

impl Parts {
    pub const ALL: Parts = Parts {
        tools: true,
        thinking: true,
        system: true,
        times: true,
        tokens: true,
        counts: false,
    };

    /// Prompts and answers only.
    pub const WORDS: Parts = Parts {
        tools: false,
        thinking: false,
        system: false,
        times: false,
        tokens: false,
        counts: false,
    };

    /// What was said and done, without figures: for the clipboard.
    pub const COPIED: Parts = Parts {
        times: false,
        tokens: false,
        ..Parts::ALL
    };

    /// Whether a part of a message goes along.
    pub fn has(&self, part: &Part) -> bool {
        match part {
            Part::Text(_) | Part::Image { .. } | Part::Attachment { .. } => true,
            Part::Thinking(_) => self.thinking,
            Part::ToolCall(_) | Part::ToolResult(_) => self.tools,
            Part::Notice { .. } | Part::Unknown { .. } => self.system,
        }
    }

    /// Whether anything of a message goes along. One that was empty from the start does.
    pub fn shows(&self, message: &Message) -> bool {
        let is_result = |part: &Part| matches!(part, Part::ToolResult(_));
        // Results without a call stand in messages of the program.
        let of_program = message.role == Role::System && !message.parts.iter().all(is_result);
        let has = message.parts.is_empty() || message.parts.iter().any(|part| self.has(part));
        has && (self.system || !of_program)
    }
}

/// A part that can be chosen.
#[derive(Debug)]
pub struct PartCard {
    pub name: &'static str,
    pub help: &'static str,
    pub get: fn(&Parts) -> bool,
    pub set: fn(&mut Parts, bool),
}

/// Every part that can be chosen.
pub static PARTS: &[PartCard] = &[
    PartCard {
        name: "tools",
        help: "what tools were asked and what they answered",
        get: |parts| parts.tools,
        set: |parts, on| parts.tools = on,
    },
    PartCard {
        name: "thinking",
        help: "what the model thought",
        get: |parts| parts.thinking,
        set: |parts, on| parts.thinking = on,
    },
    PartCard {
        name: "system",
        help: "what the agent's program put in",
        get: |parts| parts.system,
        set: |parts, on| parts.system = on,
    },
    PartCard {
        name: "times",
        help: "when each message was said",
        get: |parts| parts.times,
        set: |parts, on| parts.times = on,
    },
    PartCard {
        name: "tokens",
        help: "tokens and cost",
        get: |parts| parts.tokens,
        set: |parts, on| parts.tokens = on,
    },
];

/// What looks for secrets as the settings have it.
struct Scanners {
    /// What the user says is no secret.
    allowed: Vec<String>,
    usual: &'static Scanner,
}

/// Every way out asks here, so that none of them can forget what the user said. A list that changes makes another one,
/// with the same marks, which then stays: people change it a few times, not thousands of times.
static SCANNERS: LazyLock<RwLock<Scanners>> = LazyLock::new(|| {
    RwLock::new(Scanners {
        allowed: Vec::new(),
        usual: Box::leak(Box::new(Scanner::new())),
    })
});

/// What looks for secrets, made when it is first needed.
pub fn scanner() -> &'static Scanner {
    match SCANNERS.read() {
        Ok(scanners) => scanners.usual,
        Err(poisoned) => poisoned.into_inner().usual,
    }
}

/// Whether anything was ever said to be no secret.
static ALLOWS: AtomicBool = AtomicBool::new(false);

/// Takes what the user says is no secret, in the place of what was said before.
pub fn allow(values: &[String]) {
    // To make what looks for secrets takes as long as the first picture of the screen, and most people allow nothing.
    if !ALLOWS.fetch_or(!values.is_empty(), Ordering::Relaxed) && values.is_empty() {
        return;
    }
    let mut scanners = match SCANNERS.write() {
        Ok(scanners) => scanners,
        Err(poisoned) => poisoned.into_inner(),
    };
    if scanners.allowed != values {
        let new = scanners.usual.like().allowing(values);
        scanners.usual = Box::leak(Box::new(new));
        scanners.allowed = values.to_vec();
    }
}

/// The same, and traces of the person and the machine too.
pub fn anonymizer(env: &Env) -> Scanner {
    let allowed = match SCANNERS.read() {
        Ok(scanners) => scanners.allowed.clone(),
        Err(poisoned) => poisoned.into_inner().allowed.clone(),
    };
    let (host, user) = names(env);
    let own = scanner().like().allowing(&allowed);
    own.anonymizing(&env.home, host.as_deref(), user.as_deref())
}

/// What hides the same on the screen, but for what only looks drawn by chance: ids and hashes are read there. `allowed` is
/// what the user says is no secret.
pub fn mask(env: &Env, allowed: Vec<String>) -> Mask {
    let (home, (host, user)) = (env.home.clone(), names(env));
    Mask::new(move || {
        let own = scanner().like().allowing(&allowed);
        own.naming(&home, host.as_deref(), user.as_deref())
    })
}

/// What the machine and the user are called.
fn names(env: &Env) -> (Option<String>, Option<String>) {
    let user = env.var("USER").or_else(|| env.var("LOGNAME"));
    (env.host(), user.map(str::to_owned))
}

/// The short form of a session's id, as lists show it.
pub fn short_id(id: &SessionId) -> String {
    sources::source(id.source).map_or_else(|| id.native.to_string(), |s| s.short_id(&id.native))
}

/// A message that stands outside the main line of its conversation.
fn lane(message: &Message) -> Option<&'static str> {
    match message.lane {
        Lane::Main => None,
        Lane::Side(_) => Some("side"),
        Lane::Left => Some("left"),
    }
}

/// What a session changed.
///
/// # Errors
/// Those of `out`, and [`io::ErrorKind::NotFound`] where it changed no file.
fn patch(
    row: &Row,
    conversation: &Conversation,
    outlet: &mut Outlet<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let patch = net::patch(conversation, row.session.dir.as_deref());
    if patch.is_empty() {
        let why = "it changed no file that a patch can hold";
        return Err(io::Error::new(io::ErrorKind::NotFound, why));
    }
    out.write_all(outlet.raw(&patch).as_str().as_bytes())
}

/// One session in one format.
///
/// # Errors
/// Those of `out`, and [`io::ErrorKind::FileTooLarge`] past [`LIMIT`].
pub fn write(
    format: Format,
    row: &Row,
    conversation: &Conversation,
    parts: &Parts,
    outlet: &mut Outlet<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut writer = Writer::new(format, *parts, out);
    writer.session(row, conversation, outlet)?;
    writer.end()
}

/// Sessions on their way into one file. A format that [`Holds::Session`] takes one.
pub struct Writer<'a> {
    format: Format,
    parts: Parts,
    out: Capped<'a>,
    /// Sessions, cases or rows written.
    items: usize,
}

impl<'a> Writer<'a> {
    pub fn new(format: Format, parts: Parts, out: &'a mut dyn Write) -> Writer<'a> {
        Writer {
            format,
            parts,
            out: Capped::new(out, LIMIT),
            items: 0,
        }
    }

    /// What was said is not looked at where the format holds rows only.
    pub fn session(
        &mut self,
        row: &Row,
        conversation: &Conversation,
        outlet: &mut Outlet<'_>,
    ) -> io::Result<()> {
        let (parts, out) = (&self.parts, &mut self.out);
        match self.format {
            Format::Markdown => markdown::document(row, conversation, parts, outlet, out)?,
            Format::Html => html::page(row, conversation, parts, outlet, out)?,
            Format::Json => json::document(row, conversation, parts, outlet, out)?,
            Format::Text => text::write(row, conversation, parts, outlet, out)?,
            Format::DeepEval => {
                deepeval::cases(row, conversation, parts, outlet, &mut self.items, out)?;
            }
            Format::Evals => evals::line(row, conversation, parts, outlet, out)?,
            Format::Patch => patch(row, conversation, outlet, out)?,
            Format::Csv => {
                if self.items == 0 {
                    csv::head(out)?;
                }
                csv::row(row, outlet, out)?;
                self.items += 1;
            }
        }
        Ok(())
    }

    pub fn end(mut self) -> io::Result<()> {
        match self.format {
            Format::DeepEval => deepeval::end(self.items, &mut self.out)?,
            Format::Csv if self.items == 0 => csv::head(&mut self.out)?,
            _ => {}
        }
        self.out.flush()
    }
}

#[cfg(test)]
mod tests;
