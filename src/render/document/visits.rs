//! What was read before and what is new: the rule at the first message since the last visit, the place where a fork
//! leaves its parent, and the messages that were pinned.

use jiff::Timestamp;

use super::{Document, Message};
use crate::model::{Kind, Role};

/// A look into a conversation: how much of it is no news since, and when it was.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Visit {
    /// The number of the last message that is no news.
    pub upto: u32,
    pub at: Option<Timestamp>,
}

impl Document {
    /// Marks where what is new since a visit begins. Where nothing is, nothing is marked.
    pub fn set_seen(&mut self, visit: Option<Visit>, now: Timestamp) {
        self.opened_at = Some(now);
        if self.visit != visit {
            self.keep_row(|document| document.visit = visit);
        }
    }

    /// The number of the last message that was passed since the conversation was opened, or before. Opening passes
    /// nothing: only who moves on reads on.
    pub fn seen_upto(&self) -> Option<u32> {
        let messages = &self.conversation.messages;
        let reached = self.reached.and_then(|block| messages.get(block));
        let before = self.visit.map(|visit| visit.upto);
        reached.map(|message| message.number).max(before)
    }

    /// Goes somewhere for somebody who has not moved: nothing is passed by that.
    pub fn taken(&mut self, go: impl FnOnce(&mut Document)) {
        let before = (self.moved, self.reached);
        go(self);
        (self.moved, self.reached) = before;
    }

    /// The first message that is new since the last visit. Where nothing is known to be said after it, none is: then it
    /// is the place that was left, and the list has no dot either.
    fn find_new(&self) -> Option<usize> {
        let visit = self.visit?;
        let is_new = |message: &Message| message.number > visit.upto;
        let messages = &self.conversation.messages;
        let first = messages.iter().position(|m| is_new(m))?;
        let rest = messages.get(first..).unwrap_or_default();
        let is_since = |message: &Message| match (message.at, visit.at) {
            (Some(at), Some(then)) => at > then,
            _ => true,
        };
        // Who never read it has nothing to compare it with.
        (first > 0 && rest.iter().any(|m| is_since(m))).then_some(first)
    }

    pub(super) fn note_reached(&mut self) {
        if self.moved || self.follow {
            let last = self.visible().last().map(|(spot, _)| spot.block);
            self.reached = self.reached.max(last);
        }
    }

    /// Where a fork's own messages begin: what stands before was said in its parent.
    fn find_fork(&self) -> Option<usize> {
        let started = self.started.filter(|_| self.kind == Kind::Fork)?;
        let messages = &self.conversation.messages;
        let own = |at: Option<Timestamp>| at.is_some_and(|at| at >= started);
        let first = messages.iter().position(|message| own(message.at));
        first.filter(|first| *first > 0).or_else(|| {
            // A log that begins with what it repeats does not tell when it began itself.
            let upto = self.repeated?;
            let is_behind = |message: &Message| message.at.is_some_and(|at| at > upto);
            let prompt = |message: &Message| is_behind(message) && message.role == Role::User;
            let prompt = messages.iter().position(|message| prompt(message));
            prompt.or_else(|| messages.iter().position(|message| is_behind(message)))
        })
    }

    /// Finds the places that have a rule above them.
    pub(super) fn find_rules(&mut self) {
        self.new_at = self.find_new();
        self.fork_at = self.find_fork();
    }

    /// To the place where a fork begins.
    pub fn to_fork(&mut self) -> bool {
        if let Some(block) = self.fork_at {
            self.go_to(block, 0);
        }
        self.fork_at.is_some()
    }

    /// To the last message that was said at this time or before: where a fork left this conversation.
    pub fn to_time(&mut self, at: Timestamp) {
        let messages = &self.conversation.messages;
        let last = messages
            .iter()
            .rposition(|message| message.at.is_some_and(|then| then < at));
        if let Some(block) = last {
            self.go_to(block, 0);
        }
    }

    /// To the first message since the last visit. Tells whether there is one.
    pub fn to_new(&mut self) -> bool {
        if let Some(block) = self.new_at {
            self.go_to(block, 0);
        }
        self.new_at.is_some()
    }

    /// The words of the rule above a block, where there is one.
    pub(super) fn rule_above(&self, block: usize) -> Option<String> {
        if self.new_at == Some(block) {
            let zoned = |at: Timestamp| at.to_zoned(self.look.zone.clone());
            let at = self.visit.and_then(|visit| visit.at).map(zoned);
            let today = self.opened_at.map(|now| zoned(now).date());
            return Some(match at {
                Some(at) if today == Some(at.date()) => {
                    format!("new since {}", at.strftime("%H:%M"))
                }
                Some(at) => format!("new since {}", at.strftime("%Y-%m-%d %H:%M")),
                None => "new".to_owned(),
            });
        }
        (self.fork_at == Some(block)).then(|| "forked here".to_owned())
    }

    // Pins

    pub fn set_pins(&mut self, keys: &[u64]) {
        self.pins = keys.iter().copied().collect();
    }

    /// The rows of the view at which a pinned message begins.
    pub fn pinned_rows(&self) -> Vec<usize> {
        let mut rows = Vec::new();
        let mut last = None;
        for (row, (spot, laid)) in self.visible().enumerate() {
            let message = self.conversation.messages.get(spot.block);
            let is_pinned = message.is_some_and(|message| self.pins.contains(&message.key));
            if is_pinned && !laid.lead && last != Some(spot.block) {
                last = Some(spot.block);
                rows.push(row);
            }
        }
        rows
    }
}
