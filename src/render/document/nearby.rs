//! What is looked at and what is far from it: texts on disk are asked for before they come into view, and lines that are
//! far away are forgotten, since they can be made again.

use std::ops::Range;

use super::Document;

/// So many messages before and behind the view are looked at too.
const NEAR: usize = 16;
/// With more lines than this those that are far from the view are forgotten.
const LINES: usize = 20_000;
/// So many blocks around the view stay.
const KEPT: usize = 64;
/// More than this of one message is only read where somebody opens it: its lines take time to make.
const AT_ONCE: u64 = 4 << 20;

/// Messages whose texts are wanted by their places, and one of which all is, by its key.
pub type Wanted = (Range<usize>, Option<u64>);

impl Document {
    /// The blocks in view.
    pub(super) fn in_view(&self) -> Range<usize> {
        let (mut end, mut rows) = (self.top.block, 0);
        while rows < self.top.line + self.height
            && let Some(Some(lines)) = self.laid.get(end)
        {
            rows += lines.len();
            end += 1;
        }
        self.top.block.min(self.cursor.block)..end.max(self.cursor.block + 1)
    }

    fn around(&self, blocks: Range<usize>, more: usize) -> Range<usize> {
        blocks.start.saturating_sub(more)..(blocks.end + more).min(self.laid.len())
    }

    /// The message of a block, where texts of it are on disk.
    fn left_at(&self, block: usize) -> Option<u64> {
        let message = self.conversation.messages.get(block)?;
        (message.on_disk > 0).then_some(message.key)
    }

    /// What is to be read again because it is looked at. Asked once.
    pub fn take_near(&mut self) -> Option<Wanted> {
        if self.width == 0 {
            return None;
        }
        let seen = self.around(self.in_view(), NEAR);
        let is_far = |block| !self.near.contains(&block) && self.left_at(block).is_some();
        let is_new = seen.clone().any(is_far);
        let here = self.message().filter(|message| {
            let landing = self
                .finding
                .landing
                .filter(|landing| landing.at == self.cursor);
            landing.is_some_and(|landing| landing.key == message.key)
                && (1..=AT_ONCE).contains(&message.on_disk)
        });
        let here = here.map(|message| message.key);
        if !is_new && (here.is_none() || here == self.whole) {
            return None;
        }
        Some(self.want(seen, here))
    }

    /// All of the message under the cursor, where texts of it are on disk.
    pub fn want_whole(&mut self) -> Option<Wanted> {
        let key = self.left_at(self.cursor.block)?;
        let seen = self.around(self.in_view(), NEAR);
        Some(self.want(seen, Some(key)))
    }

    fn want(&mut self, seen: Range<usize>, whole: Option<u64>) -> Wanted {
        // What was opened before stays open while it is near.
        let messages = self.conversation.messages.get(seen.clone());
        let is_near = |key: &u64| messages.is_some_and(|all| all.iter().any(|m| m.key == *key));
        self.whole = whole.or(self.whole.filter(is_near));
        self.near = seen.clone();
        (seen, self.whole)
    }

    /// It is read anew: nothing of it was asked for.
    pub fn forget_near(&mut self) {
        (self.near, self.whole) = (0..0, None);
    }

    /// Forgets lines far from the view where there are many.
    pub(super) fn drop_far(&mut self) {
        if self.lines_laid <= LINES {
            return;
        }
        let kept = self.around(self.in_view(), KEPT);
        self.lines_laid = 0;
        for (block, laid) in self.laid.iter_mut().enumerate() {
            match laid {
                Some(lines) if kept.contains(&block) => self.lines_laid += lines.len(),
                _ => *laid = None,
            }
        }
        // What is in view may have more lines than that by itself.
        self.lines_laid = self.lines_laid.min(LINES / 2);
        self.inked.retain(|_, blocks| {
            blocks.retain(|block| kept.contains(block));
            !blocks.is_empty()
        });
        self.ink.retain(|key, _| self.inked.contains_key(key));
        self.asked.retain(|key| self.inked.contains_key(key));
    }
}
