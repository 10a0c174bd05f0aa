//! Finding a text in the conversation.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::super::blocks::{Laid, result_of};
use super::super::span;
use super::{Document, Spot};
use crate::model::{Message, Part};
use crate::query::Word;

/// Words any of which will do.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct Sought {
    pub(super) words: Vec<Word>,
    /// Whether what tools answered is searched too.
    answers: bool,
}

impl Sought {
    /// A text as it stands; nothing where that is empty.
    pub fn phrase(text: &str) -> Sought {
        let word = (!text.is_empty()).then(|| Word::phrase(text));
        Sought {
            words: word.into_iter().collect(),
            answers: true,
        }
    }

    /// The parts of a message that hold it. A result is drawn with the call before it and has no place of its own.
    pub fn places(&self, message: &Message) -> Vec<usize> {
        let own = |n: usize| n == 0 || result_of(message, n - 1).is_none();
        let parts = message.parts.iter().enumerate();
        parts
            .filter(|(n, part)| own(*n) && holds(message, *n, part, self))
            .map(|(n, _)| n)
            .collect()
    }

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

/// A place that was gone to in a text that is on disk.
#[derive(Clone, Copy)]
pub(super) struct Landing {
    pub key: u64,
    pub part: usize,
    pub at: Spot,
}

impl Document {
    /// Finds a text, without case unless it has capitals. An empty one ends finding. What holds it is open while it is
    /// looked for, and closes again.
    pub fn find(&mut self, text: &str) {
        let before = std::mem::replace(&mut self.needle, text.to_owned());
        self.sought = Sought::phrase(text);
        self.hit = 0;
        self.left.clear();
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
                document.note_unsought();
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
        self.left.clear();
        self.keep_row(|document| document.search(|_| true));
    }

    /// Whether there is no hit behind the cursor.
    pub fn is_behind_hits(&self) -> bool {
        self.hit + 1 >= self.hits.len()
    }

    /// Finds the text in these blocks; what was found in others stays. What is on disk has the hits that were told.
    pub(super) fn search(&mut self, fresh: impl Fn(usize) -> bool) {
        let messages = &self.conversation.messages;
        let at = self.hits.get(self.hit).copied();
        self.hits
            .retain(|(block, _)| *block < messages.len() && !fresh(*block));
        if self.sought.words.is_empty() {
            return self.hits.clear();
        }
        let (left, sought) = (&self.left, &self.sought);
        let places = |message: &Message| match left.get(&message.key) {
            Some(places) if message.on_disk > 0 => places.clone(),
            _ => sought.places(message),
        };
        let blocks = messages.iter().enumerate().filter(|(i, _)| fresh(*i));
        let found = blocks.flat_map(|(i, message)| {
            let places = places(message).into_iter();
            places.map(move |n| (i, n))
        });
        self.hits.extend(found);
        self.hits.sort_unstable();
        // The hit that one is at is another one of more.
        let now = at.and_then(|at| self.hits.binary_search(&at).ok());
        self.hit = now.unwrap_or(self.hit);
        self.note_unsought();
    }

    // What is on disk

    fn note_unsought(&mut self) {
        let is_unknown =
            |message: &Arc<Message>| message.on_disk > 0 && !self.left.contains_key(&message.key);
        self.unsought = self.conversation.messages.iter().any(is_unknown);
    }

    pub fn is_finding(&self) -> bool {
        !self.sought.words.is_empty()
    }

    /// What is looked for, where texts that are on disk were not looked through. Asked once.
    pub fn take_seek(&mut self) -> Option<Sought> {
        let is_wanted = std::mem::take(&mut self.unsought) && self.is_finding();
        is_wanted.then(|| self.sought.clone())
    }

    /// What was found on disk: parts of messages, by their keys. What was not told when no more comes cannot be read.
    pub fn set_found(&mut self, found: Vec<(u64, Vec<usize>)>, more: bool) {
        let conversation = self.conversation.clone();
        let has_hits = found.iter().any(|(_, places)| !places.is_empty());
        let mut keys: HashSet<u64> = found.iter().map(|(key, _)| *key).collect();
        self.left.extend(found);
        if !more {
            for message in &conversation.messages {
                if message.on_disk > 0 && !self.left.contains_key(&message.key) {
                    let places = self.sought.places(message);
                    self.left.insert(message.key, places);
                    keys.insert(message.key);
                }
            }
        }
        let is_told = |block: usize| {
            let message = conversation.messages.get(block);
            message.is_some_and(|message| keys.contains(&message.key))
        };
        match has_hits {
            true => self.keep_row(|document| document.search(is_told)),
            false => self.search(is_told),
        }
    }

    /// What was found in messages whose texts are on disk from now on. What is known of them is not looked for again,
    /// but for those that have other parts than before.
    pub(super) fn keep_found(&mut self, old: &[Arc<Message>]) {
        if !self.is_finding() {
            return;
        }
        let new = self.conversation.messages.iter();
        let left = new.filter(|message| message.on_disk > 0);
        let parts: HashMap<u64, usize> = left.map(|m| (m.key, m.parts.len())).collect();
        for (block, message) in old.iter().enumerate() {
            let Some(count) = parts.get(&message.key) else {
                continue;
            };
            if *count != message.parts.len() {
                self.left.remove(&message.key);
            } else if message.on_disk == 0 {
                let from = self.hits.partition_point(|hit| hit.0 < block);
                let hits = self.hits.iter().skip(from);
                let places = hits.take_while(|hit| hit.0 == block).map(|hit| hit.1);
                self.left.insert(message.key, places.collect());
            }
        }
    }

    /// The first hit in a direction from a block on, where one is at another: more was found since.
    pub fn first_hit(&mut self, direction: i32, from: usize) {
        let hits = &self.hits;
        let first = match direction < 0 {
            true => hits.iter().rfind(|hit| hit.0 < from).or(hits.last()),
            false => hits.iter().find(|hit| hit.0 >= from).or(hits.first()),
        };
        let here = hits.get(self.hit).filter(|hit| hit.0 == self.cursor.block);
        if let Some(first) = first.copied()
            && here != Some(&first)
        {
            self.hit = self.hits.binary_search(&first).unwrap_or(0);
            self.land(first);
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
        if let Some(hit) = self.hits.get(self.hit) {
            self.land(*hit);
        }
    }

    fn land(&mut self, (block, part): (usize, usize)) {
        let sought = self.sought.clone();
        let has = |laid: &Laid| sought.is_in(&span::plain(&laid.line));
        let lines = self.block(block);
        let line = lines
            .iter()
            .position(|l| l.part == Some(part) && has(l))
            .or_else(|| lines.iter().position(|l| l.part == Some(part)));
        self.go_to(block, line.unwrap_or(0));
        let message = self.message().filter(|message| message.on_disk > 0);
        self.landing = message.map(|message| Landing {
            key: message.key,
            part,
            at: self.cursor,
        });
    }

    /// More of the message that one went to is here now: to the place itself.
    pub(super) fn land_again(&mut self, landing: Landing) {
        let block = self.cursor.block;
        let messages = &self.conversation.messages;
        if messages.get(block).is_some_and(|m| m.key == landing.key) {
            self.land((block, landing.part));
        }
    }

    /// Which hit, of how many.
    pub fn hits(&self) -> Option<(usize, usize)> {
        (!self.sought.words.is_empty())
            .then(|| ((self.hit + 1).min(self.hits.len()), self.hits.len()))
    }
}
