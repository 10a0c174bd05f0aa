//! Finding a text in the conversation: which messages have it, how often, and what of that is on disk.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::super::blocks::Found;
use super::marking::Begin;
use super::{Document, Sought, Spot, Told};
use crate::model::{Message, Part};
use crate::query::{Query, Word};
use crate::search::Fit;

/// What is looked for, and where it is.
#[derive(Default)]
pub(super) struct Finding {
    pub sought: Sought,
    /// The text that was typed, or that of the query.
    needle: String,
    /// The parts that have it, in order.
    pub hits: Vec<Hits>,
    /// The hit that one is at.
    pub at: Hit,
    /// What messages have whose texts are on disk, by their keys, as far as those were looked through.
    pub left: HashMap<u64, Vec<(usize, usize)>>,
    unsought: bool,
    /// Blocks that are yet to be looked through; the last one is the next.
    pub todo: Vec<usize>,
    pub landing: Option<Landing>,
    /// The hit that is meant most likely, of those that were weighed.
    pub meant: Option<Meant>,
    /// Parts that were weighed, by the keys of their messages.
    pub weighed: HashSet<(u64, usize)>,
    /// The part that one went to, by the key of its message: it is seen also where focus hides others of its kind.
    pub opened: Option<(u64, usize)>,
    /// Where the hit that one is at begins: its block, and where among its lines. Found anew when lines were made anew.
    pub here: Option<(usize, Begin)>,
    pub is_moved: bool,
}

/// How many hits a part of a message has.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hits {
    pub block: usize,
    pub part: usize,
    pub count: usize,
}

impl Hits {
    pub fn place(&self) -> (usize, usize) {
        (self.block, self.part)
    }
}

/// One of them: which of its part.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(super) struct Hit {
    pub block: usize,
    pub part: usize,
    pub nth: usize,
}

/// A hit that is meant, by the key of its message, and how much of what is looked for stands there.
#[derive(Clone, Copy)]
pub(super) struct Meant {
    pub fit: Fit,
    /// Where its message stood when it was weighed.
    pub block: usize,
    pub key: u64,
    pub part: usize,
    pub nth: usize,
}

/// A hit that was gone to, and the line that was found for it.
#[derive(Clone, Copy)]
pub(super) struct Landing {
    pub key: u64,
    pub part: usize,
    pub nth: usize,
    pub at: Spot,
    /// The line on top then, and the height.
    pub page: Option<(Spot, usize)>,
}

impl Finding {
    /// Whether any part from one place to another has a hit.
    pub fn has_hit(&self, first: (usize, usize), last: (usize, usize)) -> bool {
        let from = self.hits.partition_point(|one| one.place() < first);
        self.hits.get(from).is_some_and(|one| one.place() <= last)
    }

    fn total(&self) -> usize {
        self.hits.iter().map(|one| one.count).sum()
    }

    /// Which hit one is at, from 1, as far as there are any.
    fn number(&self) -> usize {
        let place = (self.at.block, self.at.part);
        let before = self.hits.partition_point(|one| one.place() < place);
        let counts = self.hits.iter().take(before).map(|one| one.count);
        let here = self.hits.get(before).filter(|one| one.place() == place);
        let nth = here.map_or(0, |one| self.at.nth.min(one.count.saturating_sub(1)));
        (counts.sum::<usize>() + nth + 1).min(self.total())
    }

    fn begin(&mut self, needle: &str, sought: Sought) {
        *self = Finding {
            needle: needle.to_owned(),
            sought,
            ..Finding::default()
        };
    }

    /// Where the hit that one is at begins, if that is in a block.
    pub fn here(&self, block: usize) -> Option<Begin> {
        let here = self.here.filter(|(of, _)| *of == block);
        here.map(|(_, begin)| begin)
    }
}

impl Document {
    /// Finds a text, or a pattern between slashes, without case unless it has capitals. An empty one ends finding. What
    /// holds it is open while it is looked for, and closes again. The first of it is found at once; see
    /// [`Document::count_on`] for the rest.
    pub fn find(&mut self, text: &str) {
        // A longer text can only stand where the shorter one stood, which makes the next letter cheap.
        let before = &self.finding.needle;
        let narrows = !before.is_empty()
            && text.starts_with(before.as_str())
            && Sought::typed(text).is_plain()
            && self.finding.sought.is_plain()
            && self.finding.sought == Sought::typed(before);
        let narrowed = narrows.then(|| self.may_have());
        self.finding.begin(text, Sought::typed(text));
        self.count_anew(narrowed);
    }

    /// Finds what a query looks for in conversations. Each place of it counts as the search counts.
    pub fn find_query(&mut self, query: &Query) {
        self.finding.begin(query.text(), Sought::query(query));
        self.count_anew(None);
    }

    pub(super) fn words_sought(&self) -> &[Word] {
        &self.finding.sought.words
    }

    /// What is found in a part. Of a text that is on disk nobody knows where in it; it counts as its answer, as all but
    /// calls do.
    pub(super) fn found_in(&self, block: usize, part: usize) -> Option<Found> {
        let hits = &self.finding.hits;
        let n = hits
            .binary_search_by_key(&(block, part), Hits::place)
            .ok()?;
        let count = hits.get(n)?.count;
        let message = self.conversation.messages.get(block)?;
        let is_call = matches!(message.parts.get(part), Some(Part::ToolCall(_)));
        let given = match is_call && message.on_disk == 0 {
            true => self.finding.sought.given(message, part),
            false => 0,
        };
        Some(Found {
            given,
            answer: given < count,
        })
    }

    // What is on disk

    pub(super) fn note_unsought(&mut self) {
        let left = &self.finding.left;
        let is_unknown =
            |message: &Arc<Message>| message.on_disk > 0 && !left.contains_key(&message.key);
        self.finding.unsought = self.conversation.messages.iter().any(is_unknown);
    }

    pub fn is_finding(&self) -> bool {
        !self.finding.sought.is_nothing()
    }

    /// What is looked for, where texts that are on disk were not looked through. Asked once.
    pub fn take_seek(&mut self) -> Option<Sought> {
        let is_wanted = std::mem::take(&mut self.finding.unsought) && self.is_finding();
        is_wanted.then(|| self.finding.sought.clone())
    }

    /// What was found on disk. What was not told when no more comes cannot be read.
    pub fn set_found(&mut self, found: Vec<Told>, more: bool) {
        let conversation = self.conversation.clone();
        let has_hits = found.iter().any(|(_, places)| !places.is_empty());
        let mut order: Vec<u64> = found.iter().map(|(key, _)| *key).collect();
        self.finding.left.extend(found);
        if !more {
            for message in &conversation.messages {
                if message.on_disk > 0 && !self.finding.left.contains_key(&message.key) {
                    let places = self.finding.sought.places(message);
                    self.finding.left.insert(message.key, places);
                    order.push(message.key);
                }
            }
        }
        // They are told in the order of the messages.
        let messages = || conversation.messages.iter().enumerate();
        let mut blocks = Vec::with_capacity(order.len());
        let mut next = order.iter().peekable();
        for (block, message) in messages() {
            if next.next_if(|key| **key == message.key).is_some() {
                blocks.push(block);
            }
        }
        if blocks.len() < order.len() {
            let keys: HashSet<u64> = order.into_iter().collect();
            let told = messages().filter(|(_, message)| keys.contains(&message.key));
            blocks = told.map(|(block, _)| block).collect();
        }
        match has_hits && self.is_open_to(&blocks) {
            true => self.keep_row_with(|document| document.count(&blocks)),
            false => self.count(&blocks),
        }
        if !more {
            self.note_unsought();
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
                self.finding.left.remove(&message.key);
            } else if message.on_disk == 0 {
                let hits = &self.finding.hits;
                let from = hits.partition_point(|one| one.block < block);
                let hits = hits.iter().skip(from);
                let places = hits.take_while(|one| one.block == block);
                let places = places.map(|one| (one.part, one.count)).collect();
                self.finding.left.insert(message.key, places);
            }
        }
    }

    /// Which hit, of how many.
    pub fn hits(&self) -> Option<(usize, usize)> {
        self.is_finding()
            .then(|| (self.finding.number(), self.finding.total()))
    }

    /// Whether there is no hit behind the cursor.
    pub fn is_behind_hits(&self) -> bool {
        self.finding.number() >= self.finding.total()
    }
}
