//! Counting what is found, some of it at a time: a letter that stands everywhere in a long conversation is on the screen
//! at once, with its hits from there on, and is counted to the end while one looks or types on.

use super::Document;
use super::finding::{Finding, Hit, Hits};
use super::replacing::in_block;

/// So much is looked through at once, in bytes of text: 2 to 4 ms.
const AT_ONCE: usize = 3 << 20;
/// What a message costs besides its bytes, and what each hit in it does.
const MESSAGE: usize = 512;
const HIT: usize = 64;

impl Document {
    /// Blocks that may have what begins with what was looked for before.
    pub(super) fn may_have(&mut self) -> Vec<usize> {
        let Finding { hits, todo, .. } = &mut self.finding;
        let mut blocks = std::mem::take(todo);
        blocks.extend(hits.iter().map(|one| one.block));
        blocks.sort_unstable();
        blocks.dedup();
        blocks
    }

    /// Looks for something new, in all blocks or in these, and finds the first of it from the view on.
    pub(super) fn count_anew(&mut self, blocks: Option<Vec<usize>>) {
        self.finding.todo.clear();
        if self.is_finding() {
            let all = || (0..self.conversation.messages.len()).collect();
            let mut todo: Vec<usize> = blocks.unwrap_or_else(all);
            let from = todo.partition_point(|block| *block < self.top.block);
            todo.rotate_left(from);
            todo.reverse();
            self.finding.todo = todo;
        }
        self.note_unsought();
        self.keep_row_with(|document| {
            let blocks = document.next_blocks();
            document.count(&blocks);
        });
    }

    /// Not all is looked through that is in memory.
    pub fn is_counting(&self) -> bool {
        !self.finding.todo.is_empty()
    }

    /// Looks through more of it. Tells whether there is more yet.
    pub fn count_on(&mut self) -> bool {
        let blocks = self.next_blocks();
        match self.is_open_to(&blocks) {
            true => self.keep_row_with(|document| document.count(&blocks)),
            false => self.count(&blocks),
        }
        self.is_counting()
    }

    /// Looks through more of it until a step from hit to hit cannot be another one by what is found later.
    pub(super) fn count_to(&mut self, direction: i32, step: impl Fn(&mut Document) -> Option<Hit>) {
        while self.is_counting() {
            let next = step(self);
            if next.is_some_and(|next| self.is_sure(direction, next)) {
                return;
            }
            self.count_on();
        }
    }

    /// Whether nothing between the cursor and a hit is yet to be looked through. Behind the ends it may be.
    fn is_sure(&self, direction: i32, next: Hit) -> bool {
        let (here, at) = (self.cursor.block, self.finding.at);
        let order = match next.block == here && at.block == here {
            true => (next.part, next.nth).cmp(&(at.part, at.nth)),
            false => next.block.cmp(&here),
        };
        let is_ahead = match direction < 0 {
            true => order.is_lt(),
            false => order.is_gt(),
        };
        let between = next.block.min(here)..=next.block.max(here);
        is_ahead
            && !self
                .finding
                .todo
                .iter()
                .any(|block| between.contains(block))
    }

    /// Whether something may be found from a block on that was not yet.
    pub(super) fn may_come(&self, from: usize) -> bool {
        self.finding.todo.iter().any(|block| *block >= from)
    }

    /// The next blocks that are looked through at once.
    fn next_blocks(&mut self) -> Vec<usize> {
        let messages = &self.conversation.messages;
        let todo = &mut self.finding.todo;
        let (mut blocks, mut room) = (Vec::new(), AT_ONCE);
        while room > 0
            && let Some(block) = todo.pop()
        {
            blocks.push(block);
            let bytes = messages.get(block).map_or(0, |message| message.bytes());
            room = room.saturating_sub(bytes + MESSAGE);
        }
        blocks
    }

    /// Whether lines that are laid out may become others by what is found in blocks: a part opens, or a group with it.
    pub(super) fn is_open_to(&self, blocks: &[usize]) -> bool {
        let first = self.laid.iter().position(Option::is_some);
        let last = self.laid.iter().rposition(Option::is_some);
        let Some((first, last)) = first.zip(last) else {
            return false;
        };
        let first = in_block(&self.groups, first)
            .first()
            .map_or(first, |group| group.first.0.min(first));
        let last = in_block(&self.groups, last)
            .last()
            .map_or(last, |group| group.last.0.max(last));
        blocks.iter().any(|block| (first..=last).contains(block))
    }

    /// Finds it in some blocks. What is on disk has the hits that were told. Blocks that would take too long now are left
    /// for later.
    pub(super) fn count(&mut self, blocks: &[usize]) {
        let messages = &self.conversation.messages;
        let Finding {
            hits,
            sought,
            left,
            todo,
            ..
        } = &mut self.finding;
        // What is looked through for the first time has none.
        let mut again = blocks.to_vec();
        again.sort_unstable();
        let ends = again.first().zip(again.last());
        let known = |block: usize| hits.partition_point(|one| one.block < block);
        if ends.is_some_and(|(first, last)| known(*first) < known(*last + 1)) {
            hits.retain(|one| again.binary_search(&one.block).is_err());
        }
        let mut room = AT_ONCE;
        let mut blocks = blocks.iter();
        for block in &mut blocks {
            let Some(message) = messages.get(*block) else {
                continue;
            };
            let found = match left.get(&message.key).filter(|_| message.on_disk > 0) {
                Some(told) => told.clone(),
                None => sought.places(message),
            };
            let places: usize = found.iter().map(|(_, count)| count).sum();
            hits.extend(found.into_iter().map(|(part, count)| Hits {
                block: *block,
                part,
                count,
            }));
            room = room.saturating_sub(places * HIT);
            if room == 0 {
                break;
            }
        }
        todo.extend(blocks.rev());
        // Runs that are in order each are merged.
        hits.sort_by_key(Hits::place);
    }

    /// The same of all blocks that are others than before, where it has to be known now.
    pub(super) fn search(&mut self, fresh: impl Fn(usize) -> bool) {
        let count = self.conversation.messages.len();
        self.finding.hits.retain(|one| one.block < count);
        let todo = &mut self.finding.todo;
        todo.retain(|block| *block < count && !fresh(*block));
        let blocks: Vec<usize> = (0..count).filter(|block| fresh(*block)).collect();
        self.count(&blocks);
        self.note_unsought();
    }
}
