//! A conversation laid out for one width, only where it is looked at.
//!
//! Every message is a block. Blocks near the view are laid out, the others have a height guessed from their size. The
//! view is anchored to a line of a block, never to a row, so a guess that turns exact moves nothing on screen.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use jiff::tz::TimeZone;
use ratatui::text::Line;

use super::blocks::{self, Laid, Setting, default_level};
use super::code::{Ink, InkJob};
use super::markdown;
use super::span;
use super::theme::{Role as Hue, Theme};
use super::tool::{self, Level};
use crate::model::{Conversation, Lane, Message, Part, Role};
use crate::text::Raw;

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
    width: usize,
    height: usize,
    /// The lines of each block, where they are known.
    laid: Vec<Option<Vec<Laid>>>,
    top: Spot,
    cursor: Spot,
    follow: bool,
    /// Messages known when following ended.
    seen: usize,
    /// Parts that were folded or unfolded by hand, by message key and place.
    levels: HashMap<(u64, usize), Level>,
    tools: Level,
    thinking: bool,
    system: bool,
    needle: String,
    hits: Vec<(usize, usize)>,
    hit: usize,
    ink: HashMap<u64, Ink>,
    wanted: Vec<InkJob>,
    asked: HashSet<u64>,
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
            hits: Vec::new(),
            hit: 0,
            ink: HashMap::new(),
            wanted: Vec::new(),
            asked: HashSet::new(),
        }
    }

    /// The conversation grew or changed: folds, cursor and anchor stay, unless the end is followed.
    pub fn replace(&mut self, conversation: Arc<Conversation>) {
        let old = std::mem::replace(&mut self.conversation, conversation);
        let same = |i: usize| {
            let (a, b) = (old.messages.get(i), self.conversation.messages.get(i));
            // The first prompt's heading tells what its response read, so a new neighbour counts as a change.
            let next = old.messages.len() == i + 1 && self.conversation.messages.len() > i + 1;
            !next && a.zip(b).is_some_and(|(a, b)| Arc::ptr_eq(a, b) || a == b)
        };
        let count = self.conversation.messages.len();
        let kept: Vec<bool> = (0..count).map(same).collect();
        self.laid.resize(count, None);
        for (laid, keep) in self.laid.iter_mut().zip(kept) {
            if !keep {
                *laid = None;
            }
        }
        let last = Spot {
            block: count.saturating_sub(1),
            line: 0,
        };
        self.top = self.top.min(last);
        self.cursor = self.cursor.min(last);
        if !self.needle.is_empty() {
            self.search();
        }
        self.settle();
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
        if width != self.width {
            self.width = width;
            self.forget();
        }
        self.height = height;
        self.settle();
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
                let line = if self.needle.is_empty() {
                    laid.line.clone()
                } else {
                    span::mark(&laid.line, &self.needle, hit)
                };
                lines.push(line);
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

    // Laying out

    fn block(&mut self, i: usize) -> &[Laid] {
        if self.laid.get(i).is_some_and(Option::is_none) {
            let lines = self.lay(i);
            if let Some(slot) = self.laid.get_mut(i) {
                *slot = Some(lines);
            }
        }
        self.laid
            .get(i)
            .and_then(Option::as_deref)
            .unwrap_or_default()
    }

    fn lay(&mut self, i: usize) -> Vec<Laid> {
        let messages = &self.conversation.messages;
        let Some(message) = messages.get(i).cloned() else {
            return Vec::new();
        };
        let before = i.checked_sub(1).and_then(|i| messages.get(i));
        let same_turn = |other: &Arc<Message>| {
            other.role == message.role
                && other.role != Role::User
                && other.lane == message.lane
                && (message.model.is_none() || other.model == message.model)
        };
        let quiet = message.role == Role::System;
        let heads = !before.is_some_and(same_turn) && !quiet;
        let asked = messages
            .get(i + 1)
            .filter(|next| next.role == Role::Assistant)
            .and_then(|next| next.usage);
        let setting = Setting {
            theme: &self.look.theme,
            ascii: self.look.ascii,
            zone: &self.look.zone,
            started: messages.iter().find_map(|m| m.at),
            width: self.width,
            ink: &self.ink,
            heads,
            asked: asked.map(|u| u.prompt()),
        };
        let finding = (!self.needle.is_empty()).then(|| {
            self.hits
                .iter()
                .filter(|(b, _)| *b == i)
                .map(|(_, p)| *p)
                .collect::<HashSet<_>>()
        });
        let levels = |n: usize, part: &Part| {
            if let Some(level) = self.levels.get(&(message.key, n)) {
                return *level;
            }
            if finding.as_ref().is_some_and(|parts| parts.contains(&n)) {
                return Level::Full;
            }
            match part {
                Part::Thinking(_) if self.thinking => Level::Full,
                Part::Text(_) if self.system => Level::Full,
                part => default_level(part, self.tools),
            }
        };
        let mut wanted = Vec::new();
        let mut lines = blocks::lay(&message, &setting, &levels, &mut wanted);
        // One blank line between turns, none inside.
        if heads && i > 0 && !lines.is_empty() {
            lines.insert(
                0,
                Laid {
                    line: Line::default(),
                    part: None,
                },
            );
        }
        if message.lane == Lane::Left {
            let dim = self.look.theme.style(Hue::Dim);
            lines
                .iter_mut()
                .for_each(|laid| laid.line = laid.line.clone().patch_style(dim));
        }
        self.wanted.extend(wanted);
        lines
    }

    /// Brings top and cursor to lines that exist, the cursor into view, and lays out the view.
    fn settle(&mut self) {
        if self.laid.is_empty() || self.width == 0 {
            return;
        }
        self.cursor = self.valid(self.cursor);
        if self.follow {
            self.cursor = self.end();
            self.seen = self.laid.len();
        }
        self.top = self.valid(self.top).min(self.cursor);
        // The cursor may be below the view: count up from it.
        let highest = self.up(self.cursor, self.height.saturating_sub(1));
        self.top = self.top.max(highest);
        let last = self.end();
        let bottom = self.up(last, self.height.saturating_sub(1));
        self.top = self.top.min(bottom);
        let mut at = self.top;
        let mut rows = 0;
        while rows < self.height + 20 && at.block < self.laid.len() {
            rows += self.block(at.block).len();
            at.block += 1;
        }
    }

    fn valid(&mut self, spot: Spot) -> Spot {
        let mut block = spot.block.min(self.laid.len().saturating_sub(1));
        // A message may have no line at all; the nearest before it that has one takes its place.
        while block > 0 && self.block(block).is_empty() {
            block -= 1;
        }
        let last = self.block(block).len().saturating_sub(1);
        let line = if block == spot.block {
            spot.line.min(last)
        } else {
            last
        };
        Spot { block, line }
    }

    fn end(&mut self) -> Spot {
        let block = self.laid.len().saturating_sub(1);
        self.valid(Spot {
            block,
            line: usize::MAX,
        })
    }

    fn up(&mut self, from: Spot, mut lines: usize) -> Spot {
        let mut at = from;
        while lines > at.line {
            if at.block == 0 {
                return Spot::default();
            }
            lines -= at.line + 1;
            at.block -= 1;
            let count = self.block(at.block).len();
            if count == 0 {
                lines += 1;
                at.line = 0;
                if at.block == 0 {
                    return Spot::default();
                }
                continue;
            }
            at.line = count - 1;
        }
        at.line -= lines;
        at
    }

    fn down(&mut self, from: Spot, mut lines: usize) -> Spot {
        let mut at = from;
        loop {
            let count = self.block(at.block).len();
            if at.line + lines < count {
                at.line += lines;
                return at;
            }
            if at.block + 1 >= self.laid.len() {
                return self.end();
            }
            lines = (at.line + lines).saturating_sub(count);
            at = Spot {
                block: at.block + 1,
                line: 0,
            };
        }
    }

    // Moving

    /// Moves the cursor by lines; the view goes along where it must.
    pub fn step(&mut self, lines: i32) {
        let n = lines.unsigned_abs() as usize;
        if lines < 0 {
            self.set_following(false);
            self.cursor = self.up(self.cursor, n);
        } else {
            self.cursor = self.down(self.cursor, n);
        }
        self.settle();
    }

    /// Moves the view by lines, and the cursor with it.
    pub fn scroll(&mut self, lines: i32) {
        let n = lines.unsigned_abs() as usize;
        let row = self.cursor_row().unwrap_or(0);
        if lines < 0 {
            self.set_following(false);
            self.top = self.up(self.top, n);
        } else {
            self.top = self.down(self.top, n);
        }
        let last = self.end();
        let bottom = self.up(last, self.height.saturating_sub(1));
        self.top = self.top.min(bottom);
        self.cursor = self.down(self.top, row);
        self.settle();
    }

    pub fn half_page(&mut self, direction: i32) {
        self.scroll(direction * (self.height as i32 / 2).max(1));
    }

    pub fn page(&mut self, direction: i32) {
        self.scroll(direction * (self.height as i32 - 2).max(1));
    }

    pub fn to_start(&mut self) {
        self.set_following(false);
        self.top = Spot::default();
        self.cursor = Spot::default();
        self.settle();
    }

    pub fn to_end(&mut self) {
        self.cursor = self.end();
        self.settle();
    }

    pub fn next_message(&mut self, direction: i32) {
        self.next_where(direction, |_| true);
    }

    pub fn next_prompt(&mut self, direction: i32) {
        self.next_where(direction, |message| message.role == Role::User);
    }

    pub fn next_error(&mut self, direction: i32) {
        self.next_where(direction, |message| message.errors > 0);
    }

    fn next_where(&mut self, direction: i32, is: impl Fn(&Message) -> bool) {
        let fits = |i: &usize| self.conversation.messages.get(*i).is_some_and(|m| is(m));
        let here = self.cursor.block;
        let found = if direction > 0 {
            (here + 1..self.laid.len()).find(fits)
        } else {
            (0..here).rev().find(fits)
        };
        if let Some(block) = found {
            self.go_to(block, 0);
        }
    }

    fn go_to(&mut self, block: usize, line: usize) {
        self.set_following(false);
        // The blank line above a turn is not where it starts.
        let line = if line == 0
            && self
                .block(block)
                .first()
                .is_some_and(|l| l.line.spans.is_empty())
        {
            1
        } else {
            line
        };
        self.cursor = self.valid(Spot { block, line });
        let margin = self.height / 4;
        let fits = self.up(self.cursor, margin);
        let lowest = self.up(self.cursor, self.height.saturating_sub(1 + margin));
        if self.top > self.cursor || self.top < lowest {
            self.top = fits;
        }
        self.settle();
    }

    // Folding

    fn part_here(&mut self) -> Option<(Arc<Message>, usize)> {
        let cursor = self.cursor;
        let part = self.block(cursor.block).get(cursor.line)?.part?;
        Some((self.conversation.messages.get(cursor.block)?.clone(), part))
    }

    /// Folds or unfolds the part under the cursor: one line, short, full, and round again.
    pub fn toggle_fold(&mut self) {
        let Some((message, n)) = self.part_here() else {
            return;
        };
        let Some(part) = message.parts.get(n) else {
            return;
        };
        let now = match self.levels.get(&(message.key, n)) {
            Some(level) => *level,
            None => match part {
                Part::Thinking(_) if self.thinking => Level::Full,
                part => default_level(part, self.tools),
            },
        };
        let tool = matches!(part, Part::ToolCall(_));
        let next = match now {
            Level::Folded if tool => Level::Short,
            Level::Folded | Level::Short => Level::Full,
            Level::Full => Level::Folded,
        };
        self.levels.insert((message.key, n), next);
        if let Some(laid) = self.laid.get_mut(self.cursor.block) {
            *laid = None;
        }
        // The cursor stays on the line that folds.
        let first = self
            .block(self.cursor.block)
            .iter()
            .position(|l| l.part == Some(n));
        self.cursor.line = first.unwrap_or(self.cursor.line);
        self.settle();
    }

    pub fn fold_all(&mut self, open: bool) {
        self.levels.clear();
        self.tools = if open { Level::Full } else { Level::Folded };
        self.thinking = open;
        self.system = open;
        self.refold();
    }

    /// One line, short, full, for all tool calls.
    pub fn cycle_tools(&mut self) {
        self.tools = match self.tools {
            Level::Folded => Level::Short,
            Level::Short => Level::Full,
            Level::Full => Level::Folded,
        };
        self.levels.clear();
        self.refold();
    }

    pub fn toggle_thinking(&mut self) {
        self.thinking = !self.thinking;
        self.refold();
    }

    pub fn toggle_system(&mut self) {
        self.system = !self.system;
        self.refold();
    }

    fn refold(&mut self) {
        self.forget();
        self.cursor.line = 0;
        self.settle();
    }

    /// The word for how tools are shown.
    pub fn tools_word(&self) -> &'static str {
        match self.tools {
            Level::Folded => "one line",
            Level::Short => "short",
            Level::Full => "full",
        }
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
        let result = match message.parts.get(n + 1) {
            Some(Part::ToolResult(result)) => Some(&**result),
            _ => None,
        };
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

    // Finding

    /// Finds a text, without case unless it has capitals. An empty one ends finding.
    pub fn find(&mut self, needle: &str) {
        let exact = needle.chars().any(char::is_uppercase);
        self.needle = if exact {
            needle.to_owned()
        } else {
            needle.to_lowercase()
        };
        self.hit = 0;
        self.search();
        self.forget();
        self.settle();
    }

    fn search(&mut self) {
        self.hits.clear();
        if self.needle.is_empty() {
            return;
        }
        let exact = self.needle.chars().any(char::is_uppercase);
        let has = |text: &str| {
            if exact {
                text.contains(&self.needle)
            } else {
                text.to_lowercase().contains(&self.needle)
            }
        };
        for (block, message) in self.conversation.messages.iter().enumerate() {
            for (n, part) in message.parts.iter().enumerate() {
                let found = match part {
                    Part::Text(text) | Part::Thinking(Some(text)) | Part::Notice { text, .. } => {
                        has(text.untrusted())
                    }
                    Part::ToolCall(call) => {
                        call.target.as_ref().is_some_and(|t| has(t.untrusted()))
                            || has(call.input.untrusted())
                    }
                    Part::ToolResult(result) => has(result.output.untrusted()),
                    _ => false,
                };
                // A result is drawn with the call before it.
                let n = if matches!(part, Part::ToolResult(_)) {
                    n.saturating_sub(1)
                } else {
                    n
                };
                if found && self.hits.last() != Some(&(block, n)) {
                    self.hits.push((block, n));
                }
            }
        }
    }

    /// Goes to the next hit in a direction, from the cursor, round the ends. With 0, to the first from the cursor on.
    pub fn next_hit(&mut self, direction: i32) {
        if self.hits.is_empty() {
            return;
        }
        let here = self.cursor.block;
        let part = self.part_here().map(|(_, part)| part);
        let place = (here, part.unwrap_or(0));
        let count = self.hits.len();
        self.hit = match direction {
            0 => self.hits.iter().position(|hit| *hit >= place).unwrap_or(0),
            d if d > 0 => self.hits.iter().position(|hit| *hit > place).unwrap_or(0),
            _ => self
                .hits
                .iter()
                .rposition(|hit| *hit < place)
                .unwrap_or(count - 1),
        };
        let Some(&(block, part)) = self.hits.get(self.hit) else {
            return;
        };
        let needle = self.needle.clone();
        let exact = needle.chars().any(char::is_uppercase);
        let has = |laid: &Laid| {
            let text = span::plain(&laid.line);
            if exact {
                text.contains(&needle)
            } else {
                text.to_lowercase().contains(&needle)
            }
        };
        let lines = self.block(block);
        let line = lines
            .iter()
            .position(|l| l.part == Some(part) && has(l))
            .or_else(|| lines.iter().position(|l| l.part == Some(part)));
        self.go_to(block, line.unwrap_or(0));
    }

    /// Which hit, of how many.
    pub fn hits(&self) -> Option<(usize, usize)> {
        (!self.needle.is_empty()).then(|| ((self.hit + 1).min(self.hits.len()), self.hits.len()))
    }

    // Colours

    /// Code that was laid out without colours since the last call, each asked for once.
    pub fn take_wanted(&mut self) -> Vec<InkJob> {
        let mut jobs = std::mem::take(&mut self.wanted);
        jobs.retain(|job| self.asked.insert(job.key));
        jobs
    }

    pub fn set_ink(&mut self, ink: Ink) {
        self.ink.insert(ink.key, ink);
        // Colours never change heights, so laying out again moves nothing.
        self.forget();
        self.settle();
    }
}
