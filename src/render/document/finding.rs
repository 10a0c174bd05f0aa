//! Finding a text in the conversation.

use super::super::blocks::{Laid, result_of};
use super::super::span;
use super::Document;
use crate::model::{Message, Part};
use crate::query::Word;

/// Words any of which will do.
#[derive(Clone, Default)]
pub(super) struct Sought {
    pub words: Vec<Word>,
    /// Whether what tools answered is searched too.
    pub answers: bool,
}

impl Sought {
    fn is_in(&self, text: &str) -> bool {
        self.words.iter().any(|word| word.find(text, 0).is_some())
    }
}

/// Whether a part holds the text, with all that is drawn under it.
fn holds(message: &Message, n: usize, part: &Part, sought: &Sought) -> bool {
    let has = |text: &str| sought.is_in(text);
    let answers = |output: &str| sought.answers && has(output);
    match part {
        Part::Text(text) | Part::Thinking(Some(text)) | Part::Notice { text, .. } => {
            has(text.untrusted())
        }
        Part::ToolCall(call) => {
            has(&call.tool.name)
                || call.target.iter().any(|t| has(t.untrusted()))
                || has(call.input.untrusted())
                || result_of(message, n).is_some_and(|r| answers(r.output.untrusted()))
        }
        Part::ToolResult(result) => answers(result.output.untrusted()),
        Part::Unknown { kind, json } => has(kind) || has(json.untrusted()),
        Part::Attachment { path } => has(&path.to_string_lossy()),
        Part::Thinking(None) | Part::Image { .. } => false,
    }
}

/// The places of a block that hold the text. A result is drawn with the call before it and has no place of its own.
fn hits_of(message: &Message, block: usize, sought: &Sought) -> Vec<(usize, usize)> {
    let own = |n: usize| n == 0 || result_of(message, n - 1).is_none();
    let parts = message.parts.iter().enumerate();
    parts
        .filter(|(n, part)| own(*n) && holds(message, *n, part, sought))
        .map(|(n, _)| (block, n))
        .collect()
}

impl Document {
    /// Finds a text, without case unless it has capitals. An empty one ends finding. What holds it is open while it is
    /// looked for, and closes again.
    pub fn find(&mut self, text: &str) {
        let before = std::mem::replace(&mut self.needle, text.to_owned());
        let word = (!text.is_empty()).then(|| Word::phrase(text));
        self.sought = Sought {
            words: word.into_iter().collect(),
            answers: true,
        };
        self.hit = 0;
        self.keep_row(|document| {
            // A longer text can only stand where the shorter one stood, which makes the next letter cheap.
            if !before.is_empty() && text.starts_with(&before) {
                let (messages, sought) = (&document.conversation.messages, &document.sought);
                document.hits.retain(|(block, n)| {
                    let message = messages.get(*block);
                    message.is_some_and(|message| {
                        let part = message.parts.get(*n);
                        part.is_some_and(|part| holds(message, *n, part, sought))
                    })
                });
            } else {
                document.search(|_| true);
            }
        });
    }

    /// Finds places of any of these words, as the search through conversations does: in what tools answered where that
    /// is asked for. `text` is what stands for them.
    pub fn find_words(&mut self, text: &str, words: Vec<Word>, answers: bool) {
        text.clone_into(&mut self.needle);
        self.sought = Sought { words, answers };
        self.hit = 0;
        self.keep_row(|document| document.search(|_| true));
    }

    /// Whether there is no hit behind the cursor.
    pub fn is_behind_hits(&self) -> bool {
        self.hit + 1 >= self.hits.len()
    }

    /// Finds the text in these blocks; what was found in others stays.
    pub(super) fn search(&mut self, fresh: impl Fn(usize) -> bool) {
        let messages = &self.conversation.messages;
        self.hits
            .retain(|(block, _)| *block < messages.len() && !fresh(*block));
        if self.sought.words.is_empty() {
            return self.hits.clear();
        }
        let blocks = messages.iter().enumerate().filter(|(i, _)| fresh(*i));
        self.hits
            .extend(blocks.flat_map(|(i, message)| hits_of(message, i, &self.sought)));
        self.hits.sort_unstable();
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
        let sought = self.sought.clone();
        let has = |laid: &Laid| sought.is_in(&span::plain(&laid.line));
        let lines = self.block(block);
        let line = lines
            .iter()
            .position(|l| l.part == Some(part) && has(l))
            .or_else(|| lines.iter().position(|l| l.part == Some(part)));
        self.go_to(block, line.unwrap_or(0));
    }

    /// Which hit, of how many.
    pub fn hits(&self) -> Option<(usize, usize)> {
        (!self.sought.words.is_empty())
            .then(|| ((self.hit + 1).min(self.hits.len()), self.hits.len()))
    }
}
