//! Folding and unfolding: one part, all of a kind, everything.

use std::sync::Arc;

use super::super::blocks::default_level;
use super::super::tool::Level;
use super::Document;
use crate::model::{Message, Part, Role};

/// A part by its place among those that are no results, so that a result which comes late renames nothing behind it.
pub(super) type PartName = (usize, bool);

pub(super) fn name_of(message: &Message, n: usize) -> PartName {
    let is_result = |part: &Part| matches!(part, Part::ToolResult(_));
    let before = message.parts.iter().take(n).filter(|p| !is_result(p));
    (before.count(), message.parts.get(n).is_some_and(is_result))
}

pub(super) fn part_named(message: &Message, name: PartName) -> Option<usize> {
    (0..message.parts.len()).find(|n| name_of(message, *n) == name)
}

impl Document {
    pub(super) fn part_here(&mut self) -> Option<(Arc<Message>, usize)> {
        let cursor = self.cursor;
        let part = self.block(cursor.block).get(cursor.line)?.part?;
        Some((self.conversation.messages.get(cursor.block)?.clone(), part))
    }

    /// Folds or unfolds the part under the cursor: one line, short, full, and round again.
    /// Whether the cursor is on something that folds.
    pub fn is_foldable(&mut self) -> bool {
        self.part_here()
            .is_some_and(|(message, n)| match message.parts.get(n) {
                Some(Part::Text(_)) => message.role == Role::System,
                Some(Part::ToolCall(_) | Part::ToolResult(_) | Part::Thinking(Some(_))) => true,
                part => matches!(part, Some(Part::Unknown { .. })),
            })
    }

    pub fn toggle_fold(&mut self) {
        let Some((message, n)) = self.part_here() else {
            return;
        };
        let Some(part) = message.parts.get(n) else {
            return;
        };
        let now = self.level(self.cursor.block, &message, n, part);
        let tool = matches!(part, Part::ToolCall(_));
        let next = match now {
            Level::Folded if tool => Level::Short,
            Level::Folded | Level::Short => Level::Full,
            Level::Full => Level::Folded,
        };
        self.levels
            .insert((message.key, name_of(&message, n)), next);
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

    /// How far a part is open: by hand, because something is found in it, or as its kind is.
    pub(super) fn level(&self, block: usize, message: &Message, n: usize, part: &Part) -> Level {
        if !self.levels.is_empty()
            && let Some(level) = self.levels.get(&(message.key, name_of(message, n)))
        {
            return *level;
        }
        if self.hits.binary_search(&(block, n)).is_ok() {
            return Level::Full;
        }
        match part {
            Part::Thinking(_) if self.thinking => Level::Full,
            Part::Text(_) if self.system => Level::Full,
            part => default_level(part, self.tools),
        }
    }

    pub fn fold_all(&mut self, open: bool) {
        self.keep_row(|document| {
            document.levels.clear();
            document.tools = if open { Level::Full } else { Level::Folded };
            document.thinking = open;
            document.system = open;
        });
    }

    /// One line, short, full, for all tool calls.
    pub fn cycle_tools(&mut self) {
        self.keep_row(|document| {
            document.tools = match document.tools {
                Level::Folded => Level::Short,
                Level::Short => Level::Full,
                Level::Full => Level::Folded,
            };
            document.levels.clear();
        });
    }

    pub fn toggle_thinking(&mut self) {
        self.keep_row(|document| document.thinking = !document.thinking);
    }

    pub fn toggle_system(&mut self) {
        self.keep_row(|document| document.system = !document.system);
    }

    /// The word for how tools are shown.
    pub fn tools_word(&self) -> &'static str {
        match self.tools {
            Level::Folded => "one line",
            Level::Short => "short",
            Level::Full => "full",
        }
    }
}
