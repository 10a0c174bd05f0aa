//! Tool calls: one line that says what and how it went, and the body under it.

mod answer;
mod arguments;
mod body;
mod face;
mod found;
mod plan;

#[cfg(test)]
mod tests;

use std::path::Path;

pub use answer::longest;
pub use arguments::pretty_output as pretty_json;
pub use body::{Page, body};
pub use face::{below, face, fold_mark, tells_whole};
pub use found::{count, hits, shown_path};
pub use plan::answered;

use ratatui::style::Style;
use ratatui::text::Span;

use super::signs;
use super::span::{made, word};
use super::theme::{Role, Theme};
use crate::evidence::telling;
use crate::model::{Cost, ToolCall, ToolResult};
use crate::query::Word;
use crate::text::Clean;

/// How much of something is shown.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Level {
    /// Nothing.
    Off,
    /// One line.
    Folded,
    /// Its first lines and its last.
    Short,
    /// So many lines of all of it.
    Upto(usize),
    Full,
}

/// Lines of a short body.
pub const SHORT: usize = telling::GLANCE;
/// Lines of a full body; what is longer says so.
pub const FULL: usize = 2_000;
/// More lines at a time.
const MORE: usize = 60;

impl Level {
    pub fn is_open(self) -> bool {
        self > Level::Folded
    }

    /// Lines that are shown at most.
    pub fn lines(self) -> usize {
        match self {
            Level::Off | Level::Folded => 0,
            Level::Short => SHORT,
            Level::Upto(lines) => lines,
            Level::Full => FULL,
        }
    }

    /// The next step of showing more of a long thing.
    pub fn more(self) -> Level {
        match self {
            Level::Off | Level::Folded => Level::Short,
            Level::Short => Level::Upto(MORE),
            Level::Upto(lines) if lines < FULL => Level::Upto(lines * 4),
            Level::Upto(lines) => Level::Upto(lines + FULL),
            Level::Full => Level::Upto(FULL * 2),
        }
    }
}

/// Where a call is shown.
pub struct Place<'a> {
    pub theme: &'a Theme,
    pub ascii: bool,
    pub width: usize,
    /// Paths below it are shown without it.
    pub dir: Option<&'a Path>,
    /// The session that the call started, as far as it is known.
    pub agent: Option<&'a Agent>,
    /// Tasks of a list that is kept by number: `#3`, and what it is called.
    pub tasks: &'a [(&'a str, Clean)],
    /// What is looked for and stands in the call. Where it is seen is shown, whatever is cut.
    pub sought: &'a [Word],
}

/// A session that a call started.
#[derive(Clone, PartialEq, Debug)]
pub struct Agent {
    /// The agent's own id of it.
    pub native: Box<str>,
    /// The call, where the session's log names it.
    pub call: Option<Box<str>>,
    pub messages: u32,
    pub cost: Cost,
}

impl Agent {
    /// Whether a call started it: one of the two logs names the other.
    pub fn is_of(&self, call: &ToolCall, result: Option<&ToolResult>) -> bool {
        child(call, result) == Some(&*self.native) || self.call.as_deref() == Some(&*call.call)
    }
}

/// The session a call started, by its parent's log.
pub fn child<'a>(call: &'a ToolCall, result: Option<&'a ToolResult>) -> Option<&'a str> {
    call.child
        .as_deref()
        .or_else(|| result.and_then(|r| r.child.as_deref()))
}

/// The line of a picture: what it is, how large, and the key that opens it. A size that no log tells is left out.
pub fn picture(mime: &str, bytes: u64, style: Style, ascii: bool) -> Vec<Span<'static>> {
    let size = match bytes {
        0 => String::new(),
        1..1024 => format!(", {bytes} bytes"),
        _ => format!(", {} KB", bytes / 1024),
    };
    let kind = mime.strip_prefix("image/").unwrap_or(mime);
    let key = signs::ENTER.of(ascii);
    vec![
        made(format!("[image {kind}{size}]"), style),
        word(key, style),
    ]
}

/// The hue of what came back: a failure is red, and what a person decided is no failure.
pub fn hue_of(result: &ToolResult, good: Role) -> Role {
    match result {
        result if result.declined => Role::Warn,
        result if failed(result) => Role::Error,
        _ => good,
    }
}

/// Whether a result is a failure.
pub fn failed(result: &ToolResult) -> bool {
    result.ok == Some(false) || result.exit.is_some_and(|code| code != 0)
}
