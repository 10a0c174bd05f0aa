//! A conversation laid out for one width, only where it is looked at.
//!
//! Every message is a block. Blocks near the view are laid out, the others have a height guessed from their size. The
//! view is anchored to a line of a block, never to a row, so a guess that turns exact moves nothing on screen.

mod anchoring;
mod finding;
mod folding;
mod laying;
mod moving;
#[cfg(test)]
mod tests;
mod turns;

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use jiff::{Timestamp, tz::TimeZone};
use ratatui::text::Line;

use super::blocks::{self, Laid};
use super::code::{Ink, InkJob};
use super::markdown;
use super::span;
use super::theme::{Role as Hue, Theme};

use super::tool::{self, Level};
use crate::model::{Conversation, Lane, Message, ModelId, Part, Role, Session, Usage};
use crate::text::Raw;
use anchoring::Mark;
use finding::Sought;
use folding::{PartName, name_of, part_named};
pub use turns::Spent;

/// How documents look.
#[derive(Clone)]
pub struct Look {
    pub theme: Theme,
    pub ascii: bool,
    pub zone: TimeZone,
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
    width: usize,
    height: usize,
    /// The lines of each block, where they are known.
    laid: Vec<Option<Vec<Laid>>>,
    top: Spot,
    cursor: Spot,
    follow: bool,
    /// Messages known when following ended.
    seen: usize,
    /// Parts that were folded or unfolded by hand, by message key.
    levels: HashMap<(u64, PartName), Level>,
    tools: Level,
    thinking: bool,
    system: bool,
    /// What is looked for, as typed, and as words any of which will do. None where nothing is.
    needle: String,
    sought: Sought,
    hits: Vec<(usize, usize)>,
    hit: usize,
    ink: HashMap<u64, Ink>,
    wanted: Vec<InkJob>,
    asked: HashSet<u64>,
    kept: Option<Kept>,
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
        Document {
            conversation,
            look,
            dir: None,
            started: None,
            width: 0,
            height: 0,
            laid: vec![None; blocks],
            top: Spot::default(),
            cursor: Spot::default(),
            follow: false,
            seen: blocks,
            levels: HashMap::new(),
            tools: Level::Folded,
            thinking: false,
            system: false,
            needle: String::new(),
            sought: Sought::default(),
            hits: Vec::new(),
            hit: 0,
            ink: HashMap::new(),
            wanted: Vec::new(),
            asked: HashSet::new(),
            kept: None,
        }
    }

    /// With what is known of the session besides its messages.
    pub fn of(mut self, session: &Session) -> Document {
        self.dir.clone_from(&session.dir);
        self.started = session.started;
        self
    }

    /// The conversation grew or changed: folds, cursor and anchor stay, unless the end is followed.
    pub fn replace(&mut self, conversation: Arc<Conversation>) {
        let marks = (self.mark(self.top), self.mark(self.cursor));
        let old = std::mem::replace(&mut self.conversation, conversation);
        let (old, new) = (&old.messages, &self.conversation.messages);
        let started = |messages: &[Arc<Message>]| messages.iter().find_map(|m| m.at);
        let same_start = started(old) == started(new);
        let kept: Vec<bool> = (0..new.len())
            .map(|i| same_start && is_same(old, new, i))
            .collect();
        // Messages keep their keys; what was put in before one moves it to another place.
        let place = |block: usize| {
            let key = old.get(block)?.key;
            match new.get(block) {
                Some(message) if message.key == key => Some(block),
                _ => new.iter().position(|message| message.key == key),
            }
        };
        let places = (place(self.top.block), place(self.cursor.block));
        self.laid.resize(new.len(), None);
        for (laid, keep) in self.laid.iter_mut().zip(&kept) {
            if !keep {
                *laid = None;
            }
        }
        if !self.sought.words.is_empty() {
            self.search(|block| kept.get(block) != Some(&true));
        }
        self.top = self.again(self.top, marks.0, places.0);
        self.cursor = self.again(self.cursor, marks.1, places.1);
        self.settle();
    }

    /// Where a line is after its message became another or moved.
    fn again(&mut self, spot: Spot, mark: Option<Mark>, place: Option<usize>) -> Spot {
        match (mark, place) {
            (Some(mark), Some(block)) => self.same_line(mark, block),
            (None, Some(block)) => Spot { block, ..spot },
            (_, None) => Spot {
                block: spot.block.min(self.laid.len().saturating_sub(1)),
                line: 0,
            },
        }
    }

    pub fn conversation(&self) -> &Arc<Conversation> {
        &self.conversation
    }

    pub fn set_look(&mut self, look: Arc<Look>) {
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
        self.laid.iter_mut().for_each(|laid| *laid = None);
    }

    /// The visible lines.
    pub fn lines(&self) -> Vec<Line<'static>> {
        let hit = self.look.theme.style(Hue::Hit);
        let mut lines = Vec::with_capacity(self.height);
        let mut at = self.top;
        while lines.len() < self.height {
            let Some(laid) = self.laid.get(at.block) else {
                break;
            };
            let Some(block) = laid else { break };
            for laid in block.iter().skip(at.line).take(self.height - lines.len()) {
                lines.push(match self.sought.words.is_empty() {
                    false => span::mark(&laid.line, &self.sought.words, hit),
                    true => laid.line.clone(),
                });
            }
            at = Spot {
                block: at.block + 1,
                line: 0,
            };
        }
        lines
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
        let (message, n) = self.part_here()?;
        let Part::ToolCall(call) = message.parts.get(n)? else {
            return None;
        };
        let result = blocks::result_of(&message, n);
        Some((call.call.clone(), tool::child(call, result).map(Into::into)))
    }

    /// The code block nearest to the cursor: in its message, else in the messages before, then behind.
    pub fn code_near(&self) -> Option<(String, Raw)> {
        let here = self.cursor.block;
        let order = std::iter::once(here)
            .chain((0..here).rev())
            .chain(here + 1..self.laid.len());
        order
            .filter_map(|i| self.conversation.messages.get(i))
            .find_map(|message| {
                let texts = message.parts.iter().filter_map(|part| match part {
                    Part::Text(text) => Some(text),
                    _ => None,
                });
                texts
                    .filter(|text| {
                        text.untrusted().contains("```") || text.untrusted().contains("    ")
                    })
                    .flat_map(|text| markdown::code_blocks(text.untrusted()))
                    .last()
            })
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

    /// Puts the cursor on a row of the view.
    pub fn click(&mut self, row: u16) {
        let row = usize::from(row).min(self.height.saturating_sub(1));
        self.cursor = self.down(self.top, row);
        self.settle();
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

    pub fn set_ink(&mut self, ink: Ink) {
        self.ink.insert(ink.key, ink);
        // Colours never change heights, so laying out again moves nothing.
        self.forget();
        self.settle();
    }
}

/// Whether a block's lines would come out as they were. Its heading follows from the message before, a prompt's heading
/// tells what the response behind it read, and a response's what its turn spent.
fn is_same(old: &[Arc<Message>], new: &[Arc<Message>], i: usize) -> bool {
    fn before(messages: &[Arc<Message>], i: usize) -> Option<(&Role, &Lane, &Option<ModelId>)> {
        let message = messages.get(i.checked_sub(1)?)?;
        Some((&message.role, &message.lane, &message.model))
    }
    fn behind(messages: &[Arc<Message>], i: usize) -> Option<(Role, Option<Usage>)> {
        messages.get(i + 1).map(|m| (m.role, m.usage))
    }
    let same = |(a, b): (&Arc<Message>, &Arc<Message>)| Arc::ptr_eq(a, b) || a == b;
    let spent = |messages| turns::heads(messages, i).then(|| turns::spent(messages, i));
    old.get(i).zip(new.get(i)).is_some_and(same)
        && spent(old) == spent(new)
        && before(old, i) == before(new, i)
        && behind(old, i) == behind(new, i)
}
