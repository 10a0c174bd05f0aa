//! Turns: the messages under one heading, and what they spent together.

use std::sync::Arc;

use super::{Document, Part};
use crate::model::{Cost, CostSum, Lane, Message, NoticeKind, Role, ToolKind, Usage};
use crate::render::tool;
use crate::text::{Clean, Raw};

/// What a turn spent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Spent {
    pub usage: Usage,
    pub cost: Cost,
}

/// Whether a message goes on with the turn of the one before it.
pub(super) fn goes_on(before: &Message, message: &Message) -> bool {
    before.role == message.role
        && before.role != Role::User
        && before.lane == message.lane
        && (message.model.is_none() || before.model == message.model)
}

/// Whether one message ends with what is said, and the next begins with that.
pub(super) fn reads_on(before: &Message, message: &Message) -> bool {
    before.parts.last().is_some_and(is_text) && message.parts.first().is_some_and(is_text)
}

/// Whether a message starts a turn, and so has a heading.
pub(super) fn heads(messages: &[Arc<Message>], i: usize) -> bool {
    let Some(message) = messages.get(i) else {
        return false;
    };
    let before = i.checked_sub(1).and_then(|i| messages.get(i));
    match message.role {
        Role::System => is_command(message) && !before.is_some_and(|before| is_command(before)),
        _ => !before.is_some_and(|before| goes_on(before, message)),
    }
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

/// What the first response to a prompt read. Notes and steps may stand between them; behind the next prompt there is
/// none.
pub(super) fn asked(messages: &[Arc<Message>], prompt: usize) -> Option<Usage> {
    let lane = &messages.get(prompt).filter(|m| m.role == Role::User)?.lane;
    let behind = messages.iter().skip(prompt + 1).filter(|m| m.lane == *lane);
    let mut turn = behind.take_while(|m| m.role != Role::User || !says(m));
    turn.find_map(|m| m.usage.filter(|_| m.role == Role::Assistant))
}

/// Whether a person typed a command in a message, which the agent's program saw to and no model was asked.
pub fn is_command(message: &Message) -> bool {
    let is = |part: &Part| match part {
        Part::Notice { kind, .. } => *kind == NoticeKind::Command,
        // Programs call no tools by themselves.
        Part::ToolCall(_) => message.role == Role::System,
        _ => false,
    };
    message.parts.iter().any(is)
}

/// Whether anything is said in a message.
pub(super) fn says(message: &Message) -> bool {
    message.parts.iter().any(is_text)
}

fn is_text(part: &Part) -> bool {
    matches!(part, Part::Text(text) if !text.untrusted().trim().is_empty())
}

/// Whether a message is of a sub-agent whose conversation stands in its parent's log.
pub(super) fn is_side(message: &Message) -> bool {
    matches!(message.lane, Lane::Side(_))
}

/// Whether a person asks for something in a message: a prompt, or a command that the agent answers and not only its
/// program. What an agent asks of another one that it started is none.
pub(super) fn asks(messages: &[Arc<Message>], i: usize) -> bool {
    let Some(message) = messages.get(i) else {
        return false;
    };
    match message.role {
        _ if is_side(message) => false,
        Role::User => message
            .parts
            .iter()
            .any(|part| matches!(part, Part::Image { .. }) || is_text(part)),
        Role::System if is_command(message) => messages
            .iter()
            .skip(i + 1)
            .filter(|one| !is_side(one))
            .take_while(|one| one.role != Role::User && !is_command(one))
            .any(|one| one.role == Role::Assistant),
        Role::System | Role::Assistant => false,
    }
}

/// How often a message tells that a turn was cut off.
fn cut_off(message: &Message) -> usize {
    let is = |part: &&Part| matches!(part, Part::Notice { kind, .. } if *kind == NoticeKind::Interrupted);
    message.parts.iter().filter(is).count()
}

/// A prompt and all that came of it.
#[derive(Clone, PartialEq, Debug)]
pub struct Turn {
    /// The place of its prompt among the messages, and the prompt's key and number.
    pub block: usize,
    pub key: u64,
    pub number: u32,
    /// How the prompt begins.
    pub title: Clean,
    pub usage: Usage,
    pub cost: Cost,
    /// Calls that failed, and what else went wrong.
    pub failed: u32,
}

impl Turn {
    pub(super) fn spent(&self) -> Spent {
        Spent {
            usage: self.usage,
            cost: self.cost,
        }
    }
}

/// Plans that a later one of the same turn takes the place of, in order.
pub(super) fn outdated_plans(messages: &[Arc<Message>]) -> Vec<(usize, usize)> {
    let mut all = Vec::new();
    let mut is_last = true;
    for (block, message) in messages.iter().enumerate().rev() {
        is_last |= message.role == Role::User;
        for (n, part) in message.parts.iter().enumerate().rev() {
            let is_plan = matches!(part, Part::ToolCall(call) if call.tool.kind == ToolKind::Plan);
            if is_plan && !std::mem::take(&mut is_last) {
                all.push((block, n));
            }
        }
    }
    all.reverse();
    all
}

/// The tasks of a list that is kept by number: `#3`, and what it was called when it was put there.
pub(super) fn tasks(messages: &[Arc<Message>]) -> Vec<(Box<str>, Raw)> {
    let mut all = Vec::new();
    for message in messages {
        for pair in message.parts.windows(2) {
            if let [Part::ToolCall(call), Part::ToolResult(result)] = pair
                && let Some(target) = call.target.as_ref()
                && !target.untrusted().starts_with('#')
                && let Some(number) = tool::answered(call, result)
            {
                all.push((number.into(), target.clone()));
            }
        }
    }
    all
}

/// Without the blocks that an agent's program put before what a person typed: `<name>…</name>`.
pub fn typed(text: &str) -> &str {
    let mut rest = text.trim_start();
    loop {
        let block = rest.strip_prefix('<').and_then(|body| {
            let (name, inside) = body.split_once('>')?;
            let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
            let end = format!("</{name}>");
            let is_block = !name.is_empty() && name.chars().all(is_name);
            let behind = inside.split_once(&*end).filter(|_| is_block)?.1;
            Some(behind.trim_start())
        });
        match block {
            Some(behind) if !behind.is_empty() => rest = behind,
            _ => return rest,
        }
    }
}

/// The first text of a message that says anything, or the command that it is.
fn first_text(message: &Message) -> Option<&str> {
    message.parts.iter().find_map(|part| match part {
        Part::Text(text) if is_text(part) => Some(text.untrusted()),
        Part::Notice {
            kind: NoticeKind::Command,
            text,
        } => Some(text.untrusted()),
        Part::ToolCall(call) if message.role == Role::System => {
            Some(call.target.as_ref()?.untrusted())
        }
        _ => None,
    })
}

/// The prompts of a conversation, each with what it cost. What is known of them from before is used again.
pub(super) fn outline(messages: &[Arc<Message>], known: &[Turn]) -> Vec<Turn> {
    let mut turns: Vec<Turn> = Vec::new();
    let mut sum = CostSum::default();
    for (block, message) in messages.iter().enumerate() {
        if message.lane == Lane::Main && asks(messages, block) {
            sum = CostSum::default();
            let text = first_text(message);
            turns.push(Turn {
                block,
                number: message.number,
                title: match known.get(turns.len()) {
                    Some(same) if same.key == message.key => same.title.clone(),
                    _ => Clean::title(typed(text.unwrap_or_default())),
                },
                key: message.key,
                usage: Usage::default(),
                cost: sum.cost(),
                failed: 0,
            });
        }
        if let Some(turn) = turns.last_mut() {
            turn.failed += message.errors;
            if let Some(usage) = &message.usage {
                turn.usage.add(usage);
            }
            if let Some(cost) = message.cost {
                sum.add(cost);
                turn.cost = sum.cost();
            }
        }
    }
    turns
}

impl Document {
    /// Finds the prompts of a conversation that is new or another.
    pub(super) fn find_turns(&mut self) {
        self.outline = outline(&self.conversation.messages, &self.outline);
        let cut = self.conversation.messages.iter().map(|m| cut_off(m));
        self.interruptions = cut.sum();
        self.tasks = tasks(&self.conversation.messages);
    }

    /// Turns that somebody cut off.
    pub fn interruptions(&self) -> usize {
        self.interruptions
    }

    /// Its prompts in order, each with what it cost.
    pub fn outline(&self) -> &[Turn] {
        &self.outline
    }

    /// How the prompt of a turn begins, as it is shown.
    pub fn title(&self, turn: &Turn) -> Clean {
        if self.look.mask.is_none() {
            return turn.title.clone();
        }
        let message = self.conversation.messages.get(turn.block);
        let text = message.and_then(|message| first_text(message));
        self.look.title_of(typed(text.unwrap_or_default()))
    }

    /// Which turn of the outline the cursor is in.
    pub fn outline_here(&self) -> Option<usize> {
        let upto = self
            .outline
            .partition_point(|turn| turn.block <= self.cursor.block);
        upto.checked_sub(1)
    }

    pub(super) fn turn_at(&self, block: usize) -> Option<&Turn> {
        let upto = self.outline.partition_point(|turn| turn.block <= block);
        self.outline.get(upto.checked_sub(1)?)
    }

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
