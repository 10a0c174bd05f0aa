//! A conversation laid out for one width, only where it is looked at.
//!
//! Every message is a block. Blocks near the view are laid out, the others have a height guessed from their size. The
//! view is anchored to a line of a block, never to a row, so a guess that turns exact moves nothing on screen.

mod anchoring;
mod counting;
mod finding;
mod focusing;
mod folding;
mod landing;
mod laying;
mod leaving;
mod marking;
mod moving;
mod nearby;
mod places;
mod quoting;
mod replacing;
mod selecting;
mod sought;
mod standing;
#[cfg(test)]
mod tests;
mod turns;
mod visits;

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use jiff::{Timestamp, tz::TimeZone};

use super::blocks::{self, Laid, Whose};
use super::code::{Ink, InkJob};
use super::groups::{self, Group};
use super::markdown;
use super::masking;
use super::showing::{Choice, Showing, Tools};
use super::span;
use super::theme::{Lift, Role as Hue, Theme};
use super::tool::{self, Level};

use crate::model::{
    Conversation, Kind, Lane, Message, ModelId, Part, Role, Session, ToolKind, Usage,
};
use crate::redact::{Mask, Masked};
use crate::text::{Clean, Raw};
use anchoring::Mark;
use finding::Finding;
use folding::{PartName, name_of, part_named};
pub use leaving::Left;
pub use moving::{Stand, Went};
pub use quoting::Block;
use selecting::Selection;
pub use sought::{Sought, Told};
pub use tool::Agent;
pub use turns::{Spent, Turn, is_command, typed};
pub use visits::Visit;

/// How documents look.
#[derive(Clone)]
pub struct Look {
    pub theme: Theme,
    pub ascii: bool,
    pub zone: TimeZone,
    /// What hides secrets; absent where they are shown.
    pub mask: Option<Arc<Mask>>,
}

impl Look {
    /// A short text as it is shown.
    pub fn shown<'t>(&self, text: &'t Clean) -> Cow<'t, Clean> {
        match &self.mask {
            Some(mask) => Cow::Owned(mask.clean(text)),
            None => Cow::Borrowed(text),
        }
    }

    /// The same of a title that was cut before.
    pub fn shown_title<'t>(&self, text: &'t Clean) -> Cow<'t, Clean> {
        match &self.mask {
            Some(mask) => Cow::Owned(mask.title(text)),
            None => Cow::Borrowed(text),
        }
    }

    /// A title out of a whole text.
    pub fn title_of(&self, text: &str) -> Clean {
        match &self.mask {
            Some(mask) => mask.title_of(text),
            None => Clean::title(text),
        }
    }
}

/// A line of a block.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Debug)]
struct Spot {
    block: usize,
    line: usize,
}

/// A conversation on a page of lines.
pub struct Document {
    conversation: Arc<Conversation>,
    look: Arc<Look>,
    /// The session's working directory.
    dir: Option<Arc<Path>>,
    /// When the session started, of which the conversation may be the end only.
    started: Option<Timestamp>,
    /// When the last was said that its log repeats of its parent's.
    repeated: Option<Timestamp>,
    /// The session goes on from a copy of another's history.
    kind: Kind,
    width: usize,
    height: usize,
    /// The lines of each block, where they are known.
    laid: Vec<Option<Vec<Laid>>>,
    top: Spot,
    cursor: Spot,
    follow: bool,
    /// Messages known when following ended.
    seen: usize,
    showing: Showing,
    /// Prompts and final answers only.
    focus: bool,
    /// Parts that were folded or unfolded by hand, by message key.
    levels: HashMap<(u64, PartName), Level>,
    /// Quiet calls that stand as one line, and those of them that were opened, by their first part.
    groups: Vec<Group>,
    /// Plans that a later one of the same turn takes the place of, by message and part.
    outdated: Vec<(usize, usize)>,
    opened: HashSet<(u64, PartName)>,
    /// Messages that are shown as data, by their keys.
    raw: HashMap<u64, Option<Arc<str>>>,
    /// Sessions that calls started, and what was said in those that are shown here, by their calls.
    agents: Vec<Agent>,
    inside: HashMap<Box<str>, Arc<Conversation>>,
    outline: Vec<Turn>,
    interruptions: usize,
    /// Its tasks by their numbers.
    tasks: Vec<(Box<str>, Raw)>,
    /// The first message since the last visit, and the first that is a fork's own.
    new_at: Option<usize>,
    fork_at: Option<usize>,
    /// When it was read last, when it was opened now, and up to where it was read since.
    visit: Option<Visit>,
    opened_at: Option<Timestamp>,
    reached: Option<usize>,
    moved: bool,
    pins: HashSet<u64>,
    selection: Option<Selection>,
    finding: Finding,
    /// The blocks whose texts were asked for last, and the message of which all was.
    near: Range<usize>,
    whole: Option<u64>,
    /// Lines that were laid out since those far away were forgotten.
    lines_laid: usize,
    ink: HashMap<u64, Ink>,
    lift: Lift,
    /// The blocks that have the colours of a piece of code, or wait for them.
    inked: HashMap<u64, Vec<usize>>,
    wanted: Vec<InkJob>,
    asked: HashSet<u64>,
    kept: Option<Kept>,
    /// Messages as the mask shows them, by their keys, each with what it was made of.
    masked: HashMap<u64, (Arc<Message>, Arc<Message>)>,
}

/// Where the view was put when the width last changed, and the places that it stands for.
struct Kept {
    top: Spot,
    cursor: Spot,
    marks: (Mark, Mark),
}

/// Where the cursor is.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Position {
    pub message: usize,
    pub of: usize,
    pub percent: usize,
}

impl Document {
    pub fn new(conversation: Arc<Conversation>, look: Arc<Look>) -> Document {
        let blocks = conversation.messages.len();
        let lift = Lift::new(&look.theme);
        let mut document = Document {
            conversation,
            look,
            dir: None,
            started: None,
            repeated: None,
            kind: Kind::Main,
            width: 0,
            height: 0,
            laid: vec![None; blocks],
            top: Spot::default(),
            cursor: Spot::default(),
            follow: false,
            seen: blocks,
            showing: Showing::default(),
            focus: false,
            levels: HashMap::new(),
            groups: Vec::new(),
            outdated: Vec::new(),
            opened: HashSet::new(),
            raw: HashMap::new(),
            agents: Vec::new(),
            inside: HashMap::new(),
            outline: Vec::new(),
            interruptions: 0,
            tasks: Vec::new(),
            new_at: None,
            fork_at: None,
            visit: None,
            opened_at: None,
            reached: None,
            moved: false,
            pins: HashSet::new(),
            selection: None,
            finding: Finding::default(),
            near: 0..0,
            whole: None,
            lines_laid: 0,
            ink: HashMap::new(),
            lift,
            inked: HashMap::new(),
            wanted: Vec::new(),
            asked: HashSet::new(),
            kept: None,
            masked: HashMap::new(),
        };
        document.survey();
        document.find_turns();
        document
    }

    /// With when the last was said that its log repeats of its parent's.
    pub fn repeating_upto(mut self, upto: Option<Timestamp>) -> Document {
        self.repeated = upto;
        self.survey();
        self
    }

    /// With what is known of the session besides its messages.
    pub fn of(mut self, session: &Session) -> Document {
        self.dir.clone_from(&session.dir);
        self.started = session.started;
        self.kind = session.kind;
        self.survey();
        self
    }

    /// Shown as somebody chose to have conversations shown.
    pub fn shown(mut self, showing: Showing) -> Document {
        self.showing = showing;
        self.survey();
        self
    }

    pub fn conversation(&self) -> &Arc<Conversation> {
        &self.conversation
    }

    pub fn showing(&self) -> Showing {
        self.showing
    }

    pub fn set_look(&mut self, look: Arc<Look>) {
        if look.mask != self.look.mask {
            self.masked.clear();
        }
        self.lift = Lift::new(&look.theme);
        self.look = look;
        self.forget();
        self.settle();
    }

    /// Lays out what is visible at this size. Called when anything moved, never while drawing.
    pub fn set_size(&mut self, width: u16, height: u16) {
        let (width, height) = (usize::from(width), usize::from(height));
        self.height = height;
        if width != self.width {
            self.rewrap(width);
        } else {
            self.settle();
        }
    }

    fn forget(&mut self) {
        self.finding.is_moved = true;
        self.laid.iter_mut().for_each(|laid| *laid = None);
        self.inked.clear();
    }

    /// The lines in view, each with its place.
    fn visible(&self) -> impl Iterator<Item = (Spot, &Laid)> {
        let known = self.laid.iter().enumerate().skip(self.top.block);
        // What is not laid out is not in view.
        let known = known.map_while(|(block, laid)| Some((block, laid.as_ref()?)));
        let lines = known.flat_map(|(block, laid)| {
            let lines = laid.iter().enumerate();
            lines.map(move |(line, laid)| (Spot { block, line }, laid))
        });
        lines.skip(self.top.line).take(self.height)
    }

    /// The row of the cursor in the view.
    pub fn cursor_row(&self) -> Option<usize> {
        let mut row = 0;
        for block in self.top.block..=self.cursor.block {
            let from = if block == self.top.block {
                self.top.line
            } else {
                0
            };
            if block == self.cursor.block {
                return (row + self.cursor.line)
                    .checked_sub(from)
                    .filter(|r| *r < self.height);
            }
            row += self.laid.get(block)?.as_ref()?.len().saturating_sub(from);
        }
        None
    }

    // What is here

    pub fn message(&self) -> Option<&Arc<Message>> {
        self.conversation.messages.get(self.cursor.block)
    }

    /// The session that the call under the cursor started, and the call.
    pub fn call_here(&mut self) -> Option<(Box<str>, Option<Box<str>>)> {
        if self.group_here().is_some() {
            return None;
        }
        let (message, n) = self.part_here()?;
        let Part::ToolCall(call) = message.parts.get(n)? else {
            return None;
        };
        let result = blocks::result_of(&message, n);
        Some((call.call.clone(), tool::child(call, result).map(Into::into)))
    }

    /// All calls that start sub-agents, each with the session it started where its log tells.
    pub fn calls(&self) -> Vec<(Box<str>, Option<Box<str>>)> {
        let messages = self.conversation.messages.iter();
        let parts = messages.flat_map(|message| {
            let parts = message.parts.iter().enumerate();
            parts.map(move |(n, part)| (message, n, part))
        });
        let calls = parts.filter_map(|(message, n, part)| {
            let Part::ToolCall(call) = part else {
                return None;
            };
            let child = tool::child(call, blocks::result_of(message, n));
            let is_task = call.tool.kind == ToolKind::Task || child.is_some();
            is_task.then(|| (call.call.clone(), child.map(Into::into)))
        });
        calls.collect()
    }

    /// Whether both sides of a diff fit beside each other.
    pub fn has_room_for_sides(&self) -> bool {
        self.width >= super::diff::SIDE + 6
    }

    pub fn position(&self) -> Position {
        let of = self.laid.len();
        let message = (self.cursor.block + 1).min(of);
        Position {
            message,
            of,
            percent: (message * 100).checked_div(of).unwrap_or(100),
        }
    }

    /// The place of the message under the cursor among the messages.
    pub fn place(&self) -> usize {
        self.cursor.block
    }

    /// Which of its lines the cursor is on.
    pub fn line(&self) -> usize {
        self.cursor.line
    }

    pub fn following(&self) -> bool {
        self.follow
    }

    pub fn set_following(&mut self, on: bool) {
        if self.follow != on {
            self.seen = self.laid.len();
        }
        self.follow = on;
        if on {
            self.settle();
        }
    }

    /// Messages that came below since the end was left.
    pub fn below(&self) -> usize {
        if self.follow {
            0
        } else {
            self.laid.len().saturating_sub(self.seen)
        }
    }

    // Colours

    /// Code that was laid out without colours since the last call, each asked for once.
    pub fn take_wanted(&mut self) -> Vec<InkJob> {
        let mut jobs = std::mem::take(&mut self.wanted);
        jobs.retain(|job| self.asked.insert(job.key));
        jobs
    }

    /// What is known now is no news.
    pub fn all_seen(&mut self) {
        self.seen = self.laid.len();
    }

    /// Colours that are ready. Only the blocks that wait for them are laid out again: they never change heights, so
    /// nothing moves.
    pub fn set_ink(&mut self, ink: Ink) {
        let blocks = self.inked.remove(&ink.key).unwrap_or_default();
        self.ink.insert(ink.key, ink);
        for block in blocks {
            if let Some(laid) = self.laid.get_mut(block) {
                *laid = None;
            }
        }
        self.settle();
    }

    fn unlay(&mut self, block: usize) {
        self.finding.is_moved = true;
        if let Some(laid) = self.laid.get_mut(block) {
            *laid = None;
        }
    }
}
