//! Where a conversation was left, so that who comes back to it sees what he saw.

use std::collections::{HashMap, HashSet};

use super::finding::{Hit, Hits, Landing};
use super::folding::PartName;
use super::{Document, Level, Spot};

/// How one stood in a conversation: on which line of which message, how far down the screen, at which hit, and what was
/// folded and unfolded by hand.
#[derive(Clone, PartialEq, Debug)]
pub struct Left {
    number: u32,
    line: usize,
    row: usize,
    hit: Option<(usize, usize)>,
    levels: HashMap<(u64, PartName), Level>,
    opened: HashSet<(u64, PartName)>,
}

impl Document {
    /// How one stands in it; absent where nothing was said.
    pub fn left(&self) -> Option<Left> {
        let hit = self.finding.at;
        let is_at = self.finding.landing.is_some() && hit.block == self.cursor.block;
        Some(Left {
            number: self.message()?.number,
            line: self.cursor.line,
            row: self.cursor_row().unwrap_or(0),
            hit: is_at.then_some((hit.part, hit.nth)),
            levels: self.levels.clone(),
            opened: self.opened.clone(),
        })
    }

    /// To where it was left, as far as the message has that many lines now. False where the message is not there.
    pub fn come_back(&mut self, left: &Left) -> bool {
        self.levels.clone_from(&left.levels);
        self.opened.clone_from(&left.opened);
        self.forget();
        let is_there = self.go_to_number(left.number);
        if is_there {
            let block = self.cursor.block;
            let line = left.line;
            self.cursor = self.valid(Spot { block, line });
            self.top = self.up(self.cursor, left.row);
            self.settle();
            self.at_hit_again(left);
        }
        is_there
    }

    /// The hit that one was at is the one that one is at, if it is still found.
    fn at_hit_again(&mut self, left: &Left) {
        let (Some((part, nth)), Some(key)) = (left.hit, self.message().map(|one| one.key)) else {
            return;
        };
        let block = self.cursor.block;
        let hits = &self.finding.hits;
        let known = hits.binary_search_by_key(&(block, part), Hits::place);
        let known = known.ok().and_then(|n| hits.get(n));
        if known.is_some_and(|one| nth < one.count) {
            self.finding.at = Hit { block, part, nth };
            let at = self.cursor;
            let page = None;
            self.finding.landing = Some(Landing {
                key,
                part,
                nth,
                at,
                page,
            });
        }
    }
}
