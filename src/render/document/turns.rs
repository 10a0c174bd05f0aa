//! Turns: the messages under one heading, and what they spent together.

use std::sync::Arc;

use super::Document;
use crate::model::{Cost, CostSum, Message, Role, Usage};

/// What a turn spent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Spent {
    pub usage: Usage,
    pub cost: Cost,
}

/// Whether a message goes on with the turn of the one before it.
fn goes_on(before: &Message, message: &Message) -> bool {
    before.role == message.role
        && before.role != Role::User
        && before.lane == message.lane
        && (message.model.is_none() || before.model == message.model)
}

/// Whether a message starts a turn, and so has a heading.
pub(super) fn heads(messages: &[Arc<Message>], i: usize) -> bool {
    let Some(message) = messages.get(i) else {
        return false;
    };
    let before = i.checked_sub(1).and_then(|i| messages.get(i));
    message.role != Role::System && !before.is_some_and(|before| goes_on(before, message))
}

/// The messages of the turn that starts at a message.
fn turn(messages: &[Arc<Message>], start: usize) -> impl Iterator<Item = &Arc<Message>> {
    let rest = messages.get(start..).unwrap_or_default();
    let next = rest.get(1..).unwrap_or_default();
    let more = rest
        .iter()
        .zip(next)
        .take_while(|(a, b)| goes_on(a, b))
        .count();
    rest.iter().take(more + 1)
}

/// What the turn that starts at a message spent; none where its log tells nothing.
pub(super) fn spent(messages: &[Arc<Message>], start: usize) -> Option<Spent> {
    let mut usage: Option<Usage> = None;
    let mut cost = CostSum::default();
    for message in turn(messages, start) {
        if let Some(one) = &message.usage {
            usage.get_or_insert_default().add(one);
        }
        message.cost.into_iter().for_each(|one| cost.add(one));
    }
    usage.map(|usage| Spent {
        usage,
        cost: cost.cost(),
    })
}

impl Document {
    /// The turn that cost most, by its first message.
    pub fn dearest(&self) -> Option<(usize, Spent)> {
        let messages = &self.conversation.messages;
        let starts = (0..messages.len()).filter(|i| heads(messages, *i));
        let turns = starts.filter_map(|i| Some((i, spent(messages, i)?)));
        let known =
            turns.filter(|(_, spent)| spent.cost.known().is_some_and(|usd| usd.nanos() > 0));
        // Of equal ones the first.
        known.min_by_key(|(i, spent)| (std::cmp::Reverse(spent.cost.usd), *i))
    }

    /// The messages of the turn the cursor is in.
    pub fn turn_here(&self) -> Vec<Arc<Message>> {
        let messages = &self.conversation.messages;
        let here = self.cursor.block;
        let start = (0..=here).rev().find(|i| heads(messages, *i));
        start.map_or_else(Vec::new, |start| turn(messages, start).cloned().collect())
    }

    /// To the turn that cost most.
    pub fn to_dearest(&mut self) -> Option<Spent> {
        let (block, spent) = self.dearest()?;
        self.go_to(block, 0);
        Some(spent)
    }
}
