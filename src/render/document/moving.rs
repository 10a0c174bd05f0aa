//! Moving the cursor and the view.

use super::{Document, Spot};
use crate::model::{Message, Role};

impl Document {
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

    pub(super) fn go_to(&mut self, block: usize, line: usize) {
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
}
