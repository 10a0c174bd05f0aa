//! The texts of an open conversation within a bound: what goes beyond it stays on disk and is read again when it is looked
//! at or asked for.
//!
//! What tools answered and what was thought is shortened first, from the start of the conversation on, as most of it is
//! never looked at; then what people and models wrote. Where that does not do shorter texts follow, down to nothing but a
//! note that there is one. What is looked at and the end of the conversation are left.

use std::collections::HashMap;
use std::sync::Arc;

use crate::model::{Change, Message, Part};
use crate::text::{Raw, floor_boundary};

/// A text that is shortened keeps at most so many bytes, a fifth of them from its end.
const KEPT: usize = 5 << 10;
/// Longer texts are shortened also where they are looked at.
pub const LONG: usize = 64 << 10;
/// What stands for the bytes that are left out, with their number between.
const NOTE: (&str, &str) = ("\n... ", " bytes are on disk only ...\n");
/// What a call is about names files and commands, by which they are found.
const TARGET: usize = 256;
/// A text that is little longer than its note is left as it is.
const SPARED: usize = 64;

/// What may be shortened.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Answers,
    Everything,
}

/// One thing after the other that is done for room: texts of a class that are longer than this are shortened.
const STEPS: [(Class, usize); 9] = [
    (Class::Answers, 6 << 10),
    (Class::Everything, LONG),
    (Class::Answers, 1 << 10),
    (Class::Answers, 256),
    (Class::Everything, 6 << 10),
    (Class::Answers, 0),
    (Class::Everything, 1 << 10),
    (Class::Everything, 256),
    (Class::Everything, 64),
];

/// How many bytes of texts are held, and how many may be.
#[derive(Clone, Debug)]
pub struct Bodies {
    most: usize,
    held: usize,
    /// The message that is shortened next, of each step.
    next: [usize; STEPS.len()],
    /// What is held where nothing more can be shortened.
    floor: usize,
    /// Messages that are looked at, by their keys: texts up to this length are left.
    spared: HashMap<u64, usize>,
}

impl Default for Bodies {
    fn default() -> Bodies {
        Bodies::within(usize::MAX)
    }
}

impl Bodies {
    /// At most so many bytes.
    pub fn within(most: usize) -> Bodies {
        Bodies {
            most,
            held: 0,
            next: [0; STEPS.len()],
            floor: 0,
            spared: HashMap::new(),
        }
    }

    /// The same bound, with nothing held.
    pub fn empty(&self) -> Bodies {
        Bodies {
            held: 0,
            next: [0; STEPS.len()],
            floor: 0,
            ..self.clone()
        }
    }

    pub fn most(&self) -> usize {
        self.most
    }

    /// Leaves the texts of these messages, up to a length of each; those that were left before may be shortened again.
    pub fn spare(&mut self, spared: HashMap<u64, usize>) {
        self.spared = spared;
        self.next = [0; STEPS.len()];
        self.floor = 0;
        self.held = usize::MAX;
    }

    /// Up to which length the texts of a message are left.
    pub fn spared(&self, key: u64) -> Option<usize> {
        self.spared.get(&key).copied()
    }

    /// A message comes in; where that is too much, others are shortened.
    pub fn take_in(&mut self, coming: usize, messages: &mut [Arc<Message>]) {
        self.held = self.held.saturating_add(coming);
        self.shed(messages);
    }

    /// Shortens what is too much.
    pub fn shed(&mut self, messages: &mut [Arc<Message>]) {
        let limit = self.most.max(self.floor.saturating_add(self.most / 4));
        if self.held <= limit {
            return;
        }
        // What was replaced is not held any more, and what somebody wants whole is held besides.
        let is_asked = |message: &Message| self.spared.get(&message.key) == Some(&usize::MAX);
        let counted = messages.iter().filter(|message| !is_asked(message));
        self.held = counted.map(|message| message.bytes()).sum();
        if self.held <= limit {
            return;
        }
        // Some room at once, so that not every message shortens another one.
        let aim = self.most / 4 * 3;
        let end = end(messages, self.most / 4);
        for ((class, longest), next) in STEPS.into_iter().zip(&mut self.next) {
            while self.held > aim
                && let Some(message) = messages.get_mut(*next).filter(|_| *next < end)
            {
                *next += 1;
                let spared = self.spared.get(&message.key);
                if spared.is_none_or(|spared| longest >= *spared) {
                    let saved = shorten(message, class, longest);
                    self.held = self.held.saturating_sub(saved);
                }
            }
        }
        if self.held > self.most {
            // What comes may belong to messages that were passed.
            (self.floor, self.next) = (self.held, [0; STEPS.len()]);
        }
    }
}

/// The first of the last messages that have so many bytes together.
fn end(messages: &[Arc<Message>], most: usize) -> usize {
    let mut room = most;
    let fits = |message: &&Arc<Message>| {
        let left = room.checked_sub(message.bytes());
        room = left.unwrap_or(0);
        left.is_some()
    };
    messages.len() - messages.iter().rev().take_while(fits).count()
}

/// Bytes of a message's texts, wherever they are.
pub fn whole(message: &Message) -> u64 {
    message.bytes() as u64 + message.on_disk
}

/// The texts of a part that a class may shorten, and whether each is what a call is about.
fn texts(part: &mut Part, class: Class) -> Vec<(&mut Raw, bool)> {
    let one = |text| vec![(text, false)];
    match (part, class) {
        (Part::ToolResult(result), _) => one(&mut result.output),
        (Part::Thinking(Some(text)), _) => one(text),
        (Part::Unknown { json, .. }, _) => one(json),
        (Part::Text(text) | Part::Notice { text, .. }, Class::Everything) => one(text),
        (Part::ToolCall(call), Class::Everything) => {
            let edits = call
                .edits
                .iter_mut()
                .flat_map(|edit| match &mut edit.change {
                    Change::Replace { old, new } => vec![old, new],
                    Change::Write(text) | Change::Patch(text) => vec![text],
                    Change::Delete => Vec::new(),
                });
            let own = std::iter::once(&mut call.input).chain(edits);
            let own = own.map(|text| (text, false));
            own.chain(call.target.as_mut().map(|text| (text, true)))
                .collect()
        }
        _ => Vec::new(),
    }
}

/// Shortens what is too long even for what is looked at.
pub fn cut(message: &mut Arc<Message>) {
    shorten(message, Class::Everything, LONG);
}

fn is_answer(part: &Part) -> bool {
    matches!(
        part,
        Part::ToolResult(_) | Part::Thinking(_) | Part::Unknown { .. }
    )
}

/// Shortens what is longer than this in a message. Gives the bytes that are not held any more.
fn shorten(message: &mut Arc<Message>, class: Class, longest: usize) -> usize {
    let is_meant = |part: &Part| class == Class::Everything || is_answer(part);
    let is_long = |part: &Part| is_meant(part) && part.bytes() > longest + SPARED;
    if !message.parts.iter().any(is_long) {
        return 0;
    }
    let mut saved = 0;
    // Others look at it as it was.
    let message = Arc::make_mut(message);
    let is_short = message.on_disk > 0;
    let texts = message.parts.iter_mut().flat_map(|part| texts(part, class));
    for (text, is_target) in texts {
        let longest = if is_target {
            longest.max(TARGET)
        } else {
            longest
        };
        if text.len() > longest + SPARED {
            let before = text.len();
            let short = shortened(text.untrusted(), longest.min(KEPT), is_short);
            if short.len() < before {
                *text = short;
                saved += before - text.len();
            }
        }
    }
    message.on_disk = message.on_disk.saturating_add(saved as u64);
    saved
}

/// A text with so many bytes of its own at the most. One that may be short already is not counted twice.
fn shortened(text: &str, kept: usize, is_short: bool) -> Raw {
    let noted = if is_short { noted(text) } else { None };
    let (head, before, tail) = noted.unwrap_or((text, 0, text));
    let head = floor_boundary(head, kept / 5 * 4);
    let first = if noted.is_some() { 0 } else { head.len() };
    let mut from = tail.len().saturating_sub(kept / 5).max(first);
    while !tail.is_char_boundary(from) {
        from += 1;
    }
    let tail = tail.get(from..).unwrap_or_default();
    let own = match noted {
        Some(_) => text.len() - note(before).len(),
        None => text.len(),
    };
    let left = before.saturating_add(own) - head.len() - tail.len();
    Raw::from(format!("{head}{}{tail}", note(left)))
}

fn note(left: usize) -> String {
    format!("{}{left}{}", NOTE.0, NOTE.1)
}

/// A shortened text: what stands before its note, the bytes that are left out there, what stands behind.
fn noted(text: &str) -> Option<(&str, usize, &str)> {
    text.match_indices(NOTE.0).find_map(|(at, sign)| {
        let (count, behind) = text.get(at + sign.len()..)?.split_once(NOTE.1)?;
        Some((text.get(..at)?, count.parse().ok()?, behind))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::{Role, ToolResult};

    fn answer(key: u64, bytes: usize) -> Arc<Message> {
        let mut message = Message::new(key, Role::Assistant, None);
        let output = format!("start{}end", "é".repeat(bytes / 2));
        message.parts = vec![Part::ToolResult(Box::new(ToolResult::new("1", output)))];
        Arc::new(message)
    }

    fn filled(bodies: &mut Bodies, count: u64, bytes: usize) -> Vec<Arc<Message>> {
        let mut messages = Vec::new();
        for key in 0..count {
            let message = answer(key, bytes);
            let coming = message.bytes();
            messages.push(message);
            bodies.take_in(coming, &mut messages);
        }
        messages
    }

    #[test]
    fn what_is_held_stays_within_the_bound_and_the_end_stays_whole() {
        let mut bodies = Bodies::within(1 << 20);
        let messages = filled(&mut bodies, 50, 100 << 10);
        let held: usize = messages.iter().map(|message| message.bytes()).sum();
        assert!(held <= 1 << 20, "{held}");
        assert!(messages.first().unwrap().on_disk > 90 << 10);
        assert_eq!(messages.last().unwrap().on_disk, 0);
        let Part::ToolResult(result) = &messages[0].parts[0] else {
            panic!("a result")
        };
        let text = result.output.untrusted();
        assert!(
            text.starts_with("start") && text.ends_with("end") && text.contains("on disk only")
        );
    }

    #[test]
    fn what_somebody_wants_whole_is_whole() {
        let mut bodies = Bodies::within(1 << 20);
        bodies.spare(HashMap::from([(3, usize::MAX)]));
        let messages = filled(&mut bodies, 50, 100 << 10);
        let whole: Vec<bool> = messages.iter().take(5).map(|m| m.on_disk == 0).collect();
        assert_eq!(whole, [false, false, false, true, false]);
    }

    /// What is looked at keeps its texts but for the very long ones, and the others make room for it.
    #[test]
    fn what_is_looked_at_keeps_what_is_not_very_long() {
        let mut bodies = Bodies::within(1 << 20);
        bodies.spare((0..3).map(|key| (key, LONG)).collect());
        let mut messages = filled(&mut bodies, 3, 60 << 10);
        messages.insert(1, answer(1, 200 << 10));
        for key in 4..2_000 {
            messages.push(answer(key, 3_000));
            bodies.take_in(3_000, &mut messages);
        }
        let whole: Vec<bool> = messages.iter().take(5).map(|m| m.on_disk == 0).collect();
        assert_eq!(whole, [true, false, true, true, false]);
        assert!(messages.iter().map(|m| m.bytes()).sum::<usize>() <= 1 << 20);
    }

    #[test]
    fn what_people_wrote_is_shortened_last() {
        let mut bodies = Bodies::within(1 << 20);
        let mut messages = vec![];
        for key in 0..60 {
            let mut message = Message::new(key, Role::User, None);
            message.parts = vec![Part::Text("x".repeat(10 << 10).into())];
            messages.push(Arc::new(message));
            messages.push(answer(key + 100, 10 << 10));
            bodies.take_in(20 << 10, &mut messages);
        }
        let is_prompt = |m: &&Arc<Message>| m.role == Role::User;
        assert!(messages.iter().filter(is_prompt).all(|m| m.on_disk == 0));
        assert!(messages[1].on_disk > 0);
    }

    proptest! {
        /// RELIABILITY 9: whatever the sizes of the texts, no more is held than the bound and a note for each, what was
        /// left out is counted to the byte, and the note of a text says what it left out.
        #[test]
        fn the_bound_holds_whatever_the_sizes(
            sizes in prop::collection::vec((0_usize..3_000, 0_usize..600, any::<bool>()), 0..300),
            most in 1_usize << 10..100 << 10,
        ) {
            let mut bodies = Bodies::within(most);
            let mut messages = Vec::new();
            let mut all = Vec::new();
            for (key, (output, said, is_prompt)) in (0..).zip(sizes) {
                let mut message = Message::new(key, if is_prompt { Role::User } else { Role::Assistant }, None);
                message.parts = vec![
                    Part::Text("w\u{e9}".repeat(said / 3).into()),
                    Part::ToolResult(Box::new(ToolResult::new("1", "\u{e9}".repeat(output / 2)))),
                ];
                let coming = message.bytes();
                all.push(message.clone());
                messages.push(Arc::new(message));
                bodies.take_in(coming, &mut messages);
            }
            let held: usize = messages.iter().map(|m| m.bytes()).sum();
            prop_assert!(held <= most + messages.len() * 2 * (SPARED + 64), "{held} of {most}");
            for (message, one) in messages.iter().zip(&all) {
                prop_assert_eq!(whole(message), one.bytes() as u64);
                for (part, own) in message.parts.iter().zip(&one.parts) {
                    let (text, own) = match (part, own) {
                        (Part::Text(text), Part::Text(own)) => (text, own),
                        (Part::ToolResult(a), Part::ToolResult(b)) => (&a.output, &b.output),
                        _ => panic!("parts stay in their order"),
                    };
                    let Some((head, left, tail)) = noted(text.untrusted()) else {
                        prop_assert_eq!(text, own);
                        continue;
                    };
                    prop_assert_eq!(head.len() + left + tail.len(), own.len());
                    prop_assert!(own.untrusted().starts_with(head) && own.untrusted().ends_with(tail));
                }
            }
        }
    }
}
