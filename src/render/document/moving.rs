//! Moving the cursor and the view.

use super::super::blocks::result_of;
use super::super::tool::failed;
use super::{Document, Spot, turns};
use crate::model::{Message, NoticeKind, Part};

/// Where a step to the next of a kind led.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Went {
    There,
    /// There are some, but none in that direction.
    NoFurther,
    /// There is none.
    Nowhere,
}

/// Where the view and the cursor stand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stand {
    top: Spot,
    cursor: Spot,
}

impl Document {
    pub fn stand(&self) -> Stand {
        Stand {
            top: self.top,
            cursor: self.cursor,
        }
    }

    pub fn return_to(&mut self, stand: Stand) {
        (self.top, self.cursor) = (stand.top, stand.cursor);
        self.settle();
    }

    /// Moves the cursor by lines; the view goes along where it must.
    pub fn step(&mut self, lines: i32) {
        self.moved = true;
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
        self.moved = true;
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

    /// Puts the cursor on a row of the view.
    pub fn click(&mut self, row: u16) {
        let row = usize::from(row).min(self.height.saturating_sub(1));
        self.cursor = self.down(self.top, row);
        self.moved = true;
        self.settle();
    }

    pub fn half_page(&mut self, direction: i32) {
        self.turn(direction * (self.height as i32 / 2).max(1));
    }

    pub fn page(&mut self, direction: i32) {
        self.turn(direction * (self.height as i32 - 2).max(1));
    }

    /// Turns the page. Where there is no more of it, the cursor goes to its last line, or its first.
    fn turn(&mut self, lines: i32) {
        let top = self.top;
        self.scroll(lines);
        if self.top == top {
            self.cursor = match lines < 0 {
                true => Spot::default(),
                false => self.end(),
            };
            self.settle();
        }
    }

    pub fn to_start(&mut self) {
        self.set_following(false);
        self.top = Spot::default();
        self.cursor = Spot::default();
        self.settle();
    }

    pub fn to_end(&mut self) {
        self.moved = true;
        self.cursor = self.end();
        self.settle();
    }

    pub fn next_message(&mut self, direction: i32) {
        self.next_where(direction, |_| true);
    }

    pub fn next_prompt(&mut self, direction: i32) -> Went {
        let before = self.cursor.block;
        let talk = self.conversation.clone();
        self.next_where(direction, |i| turns::asks(&talk.messages, i));
        match self.cursor.block == before {
            true => Went::NoFurther,
            false => Went::There,
        }
    }

    /// To the next call that failed, or what else went wrong.
    pub fn next_error(&mut self, direction: i32) -> Went {
        self.next_part(direction, |message, n, part| match part {
            Part::ToolCall(_) => result_of(message, n).is_some_and(failed),
            // Some logs tell that something failed, and not what.
            Part::Text(_) => n == 0 && message.errors > 0 && !tells_what_failed(message),
            Part::ToolResult(result) => {
                failed(result)
                    && n.checked_sub(1)
                        .and_then(|n| result_of(message, n))
                        .is_none()
            }
            // Who cut a turn off knows of it.
            Part::Notice { kind, .. } => *kind == NoticeKind::Error,
            _ => false,
        })
    }

    /// To the next change of a file.
    pub fn next_edit(&mut self, direction: i32) -> Went {
        self.next_part(
            direction,
            |_, _, part| matches!(part, Part::ToolCall(call) if !call.edits.is_empty()),
        )
    }

    /// To the next place where the conversation was summed up, and behind the last to the first.
    pub fn next_compaction(&mut self) -> bool {
        let is = |message: &Message| {
            let parts = message.parts.iter();
            parts.into_iter().any(
                |part| matches!(part, Part::Notice { kind, .. } if *kind == NoticeKind::Compaction),
            )
        };
        let messages = self.conversation.messages.iter().enumerate();
        let places: Vec<usize> = messages.filter(|(_, m)| is(m)).map(|(i, _)| i).collect();
        let here = self.cursor.block;
        let next = places
            .iter()
            .find(|place| **place > here)
            .or(places.first());
        if let Some(block) = next.copied() {
            self.go_to(block, 0);
        }
        next.is_some()
    }

    /// To the next part of a kind, from the one under the cursor.
    fn next_part(&mut self, direction: i32, is: impl Fn(&Message, usize, &Part) -> bool) -> Went {
        let here = self.cursor.block;
        let line = self.cursor.line;
        let part = self.block(here).get(line);
        let part = part.and_then(|laid| laid.part.or(laid.group.map(|n| n.saturating_sub(1))));
        let messages = &self.conversation.messages;
        let places = |block: usize| {
            let message = messages.get(block);
            let parts = message.map_or(&[][..], |message| &message.parts);
            let is = &is;
            let found = parts
                .iter()
                .enumerate()
                .filter(move |(n, part)| message.is_some_and(|message| is(message, *n, part)));
            found.map(|(n, _)| n).collect::<Vec<_>>().into_iter()
        };
        let found = if direction > 0 {
            let is_behind =
                |place: &(usize, usize)| place.0 > here || part.is_none_or(|part| place.1 > part);
            let blocks = here..self.laid.len();
            blocks
                .flat_map(|block| places(block).map(move |n| (block, n)))
                .find(is_behind)
        } else {
            let is_before =
                |place: &(usize, usize)| place.0 < here || part.is_some_and(|part| place.1 < part);
            let blocks = (0..=here).rev();
            blocks
                .flat_map(|block| {
                    let places: Vec<usize> = places(block).collect();
                    places.into_iter().rev().map(move |n| (block, n))
                })
                .find(is_before)
        };
        let Some((block, n)) = found else {
            let mut all = (0..self.laid.len()).flat_map(places);
            return all.next().map_or(Went::Nowhere, |_| Went::NoFurther);
        };
        let lines = self.block(block);
        let line = lines.iter().position(|laid| laid.part == Some(n));
        self.go_to(block, line.unwrap_or(0));
        Went::There
    }

    fn next_where(&mut self, direction: i32, is: impl Fn(usize) -> bool) {
        let fits = |i: &usize| is(*i);
        let mut at = self.cursor.block;
        loop {
            let found = match direction > 0 {
                true => (at + 1..self.laid.len()).find(fits),
                false => (0..at).rev().find(fits),
            };
            let Some(block) = found else { return };
            // One whose calls all stand on the line of a group that began before it has no line to stand on.
            if self.block(block).iter().any(|laid| !laid.lead) {
                return self.go_to(block, 0);
            }
            at = block;
        }
    }

    pub(super) fn go_to(&mut self, block: usize, line: usize) {
        self.set_following(false);
        self.moved = true;
        // What stands above a turn is not where it starts.
        let lead = self.block(block).iter().take_while(|l| l.lead).count();
        let line = line.max(lead);
        self.cursor = self.valid(Spot { block, line });
        let margin = self.margin();
        let fits = self.up(self.cursor, margin);
        let lowest = self.up(self.cursor, self.height.saturating_sub(1 + margin));
        if self.top > self.cursor || self.top < lowest {
            self.top = fits;
        }
        self.settle();
    }

    /// So many lines are shown before one that is gone to from afar.
    pub(super) fn margin(&self) -> usize {
        self.height / 4
    }
}

fn tells_what_failed(message: &Message) -> bool {
    let failed = |part: &Part| matches!(part, Part::ToolResult(result) if failed(result));
    message.parts.iter().any(failed)
}
