//! Finding a text in the conversation.

use super::super::blocks::Laid;
use super::super::span;
use super::Document;
use crate::model::Part;

impl Document {
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

    pub(super) fn search(&mut self) {
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
}
