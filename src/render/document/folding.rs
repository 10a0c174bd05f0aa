//! Folding and unfolding: one part, all of a kind, everything.

use std::sync::Arc;

use super::super::blocks::default_level;
use super::super::tool::Level;
use super::Document;
use crate::model::{Message, Part};

impl Document {
    pub(super) fn part_here(&mut self) -> Option<(Arc<Message>, usize)> {
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
}
