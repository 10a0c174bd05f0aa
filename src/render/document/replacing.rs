//! A conversation that grew or changed: what is laid out stays where it would come out the same.

use std::sync::Arc;

use super::{
    Conversation, Document, Group, Lane, Mark, Message, ModelId, Role, Spot, Usage,
    finding::Landing, turns,
};

impl Document {
    /// The conversation grew or changed: folds, cursor and anchor stay, unless the end is followed.
    pub fn replace(&mut self, conversation: Arc<Conversation>) {
        let marks = (self.mark(self.top), self.mark(self.cursor));
        let (row, landing) = (self.cursor_row(), self.finding.landing.take());
        let landing = landing.filter(|landing| landing.at == self.cursor);
        self.finding.is_moved = true;
        let old = std::mem::replace(&mut self.conversation, conversation);
        let before = std::mem::take(&mut self.groups);
        let rules = (self.new_at, self.fork_at);
        self.survey();
        self.find_turns();
        let is_ruled = |i| {
            let places = [rules.0, rules.1, self.new_at, self.fork_at];
            places.contains(&Some(i)) && rules != (self.new_at, self.fork_at)
        };
        let (old, new) = (&old.messages, &self.conversation.messages);
        let started = |messages: &[Arc<Message>]| messages.iter().find_map(|m| m.at);
        let same_start = started(old) == started(new) && !self.focus;
        let same = |i| is_same(old, new, i) && in_block(&before, i) == in_block(&self.groups, i);
        let kept = |i| same_start && same(i) && !is_ruled(i);
        let kept: Vec<bool> = (0..new.len()).map(kept).collect();
        // Messages keep their keys; what was put in before one moves it to another place.
        let place = |block: usize| {
            let key = old.get(block)?.key;
            match new.get(block) {
                Some(message) if message.key == key => Some(block),
                _ => new.iter().position(|message| message.key == key),
            }
        };
        let places = (place(self.top.block), place(self.cursor.block));
        let on_disk =
            |messages: &[Arc<Message>], block: usize| messages.get(block).map(|m| m.on_disk);
        let is_read = |block| on_disk(new, block) < on_disk(old, block);
        let read = (is_read(self.top.block), is_read(self.cursor.block));
        let is_any_read = (self.top.block..=self.cursor.block).any(is_read);
        // Lines that are as they were can go on being selected.
        let stays = |block: usize| kept.get(block) == Some(&true);
        self.selection = self
            .selection
            .filter(|selection| selection.blocks().all(stays));
        self.laid.resize(new.len(), None);
        for (laid, keep) in self.laid.iter_mut().zip(&kept) {
            if !keep {
                *laid = None;
            }
        }
        self.keep_found(old);
        if self.is_finding() {
            self.search(|block| kept.get(block) != Some(&true));
        }
        self.top = self.again(self.top, marks.0, places.0, read.0);
        self.cursor = self.again(self.cursor, marks.1, places.1, read.1);
        // What was read again is longer than it was: the line of the cursor stays on its row.
        if is_any_read && let Some(row) = row {
            self.top = self.up(self.cursor, row);
        }
        self.settle();
        if let Some(landing) = landing {
            let at = self.cursor;
            match read.1 {
                true => self.land_again(landing),
                false => {
                    self.finding.landing = Some(Landing { at, ..landing });
                    self.finding.is_moved = true;
                    self.place_hit();
                }
            }
        }
    }

    /// Where a line is after its message became another or moved.
    fn again(
        &mut self,
        spot: Spot,
        mark: Option<Mark>,
        place: Option<usize>,
        is_read: bool,
    ) -> Spot {
        match (mark, place) {
            (Some(mark), Some(block)) => self.same_line(mark, block, is_read),
            (None, Some(block)) => Spot { block, ..spot },
            (_, None) => Spot {
                block: spot.block.min(self.laid.len().saturating_sub(1)),
                line: 0,
            },
        }
    }
}

/// The groups that have a part of a block.
pub(super) fn in_block(groups: &[Group], block: usize) -> &[Group] {
    let from = groups.partition_point(|group| group.last.0 < block);
    let rest = groups.get(from..).unwrap_or_default();
    let count = rest.partition_point(|group| group.first.0 <= block);
    rest.get(..count).unwrap_or_default()
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
