//! The texts of an open conversation within a bound: what goes beyond it stays on disk and is read again when it is asked
//! for.
//!
//! What tools answered and what was thought is shortened first, from the start of the conversation on, as most of it is
//! never looked at; what people and models wrote only where that does not do.

use std::sync::Arc;

use crate::model::{Change, Message, Part};
use crate::text::{Raw, floor_boundary};

/// A text that is shortened keeps so much of its start and of its end.
const HEAD: usize = 4 << 10;
const TAIL: usize = 1 << 10;

/// What may be shortened, and how long it must be.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Answers,
    Everything,
}

impl Class {
    fn longest(self) -> usize {
        match self {
            Class::Answers => HEAD + 2 * TAIL,
            Class::Everything => 64 << 10,
        }
    }
}

/// How many bytes of texts are held, and how many may be.
#[derive(Clone, Debug)]
pub struct Bodies {
    most: usize,
    held: usize,
    /// The message that is shortened next, of either class.
    next: [usize; 2],
    /// The message that somebody wants to see whole.
    whole: Option<u64>,
}

impl Default for Bodies {
    fn default() -> Bodies {
        Bodies {
            most: usize::MAX,
            held: 0,
            next: [0, 0],
            whole: None,
        }
    }
}

impl Bodies {
    /// At most so many bytes, but for the message of that key.
    pub fn within(most: usize, whole: Option<u64>) -> Bodies {
        Bodies {
            most,
            whole,
            ..Bodies::default()
        }
    }

    /// The same bound, with nothing held.
    pub fn empty(&self) -> Bodies {
        Bodies {
            held: 0,
            next: [0, 0],
            ..*self
        }
    }

    /// A message comes in; where that is too much, others are shortened.
    pub fn take_in(&mut self, coming: usize, messages: &mut [Arc<Message>]) {
        self.held = self.held.saturating_add(coming);
        if self.held <= self.most {
            return;
        }
        // Some room at once, so that not every message shortens another one.
        let aim = self.most / 4 * 3;
        for (class, turn) in [(Class::Answers, 0), (Class::Everything, 1)] {
            let Some(next) = self.next.get_mut(turn) else {
                continue;
            };
            while self.held > aim
                && let Some(message) = messages.get_mut(*next)
            {
                *next += 1;
                if self.whole != Some(message.key) && is_long(message, class) {
                    let saved = shorten(Arc::make_mut(message), class);
                    self.held = self.held.saturating_sub(saved);
                }
            }
        }
    }
}

/// Bytes of a message's texts.
pub fn size(message: &Message) -> usize {
    let part = |part: &Part| match part {
        Part::Text(text) | Part::Thinking(Some(text)) => text.len(),
        Part::ToolCall(call) => {
            let edits = call.edits.iter().map(|edit| match &edit.change {
                Change::Replace { old, new } => old.len() + new.len(),
                Change::Write(text) | Change::Patch(text) => text.len(),
                Change::Delete => 0,
            });
            call.input.len() + edits.sum::<usize>()
        }
        Part::ToolResult(result) => result.output.len(),
        Part::Notice { text, .. } => text.len(),
        Part::Unknown { json, .. } => json.len(),
        _ => 0,
    };
    message.parts.iter().map(part).sum()
}

/// The texts of a part that a class may shorten.
fn texts(part: &mut Part, class: Class) -> Vec<&mut Raw> {
    match (part, class) {
        (Part::ToolResult(result), _) => vec![&mut result.output],
        (Part::Thinking(Some(text)), _) => vec![text],
        (Part::Unknown { json, .. }, _) => vec![json],
        (Part::Text(text), Class::Everything) => vec![text],
        (Part::ToolCall(call), Class::Everything) => {
            let edits = call
                .edits
                .iter_mut()
                .flat_map(|edit| match &mut edit.change {
                    Change::Replace { old, new } => vec![old, new],
                    Change::Write(text) | Change::Patch(text) => vec![text],
                    Change::Delete => Vec::new(),
                });
            std::iter::once(&mut call.input).chain(edits).collect()
        }
        _ => Vec::new(),
    }
}

fn is_long(message: &Message, class: Class) -> bool {
    size(message) > class.longest()
}

/// Shortens what is long in a message. Gives the bytes that are not held any more.
fn shorten(message: &mut Message, class: Class) -> usize {
    let mut saved = 0;
    for text in message.parts.iter_mut().flat_map(|part| texts(part, class)) {
        if text.len() > class.longest() {
            let before = text.len();
            let short = shortened(text.untrusted());
            *text = short;
            saved += before.saturating_sub(text.len());
        }
    }
    message.on_disk = message.on_disk.saturating_add(saved as u64);
    saved
}

fn shortened(text: &str) -> Raw {
    let head = floor_boundary(text, HEAD);
    let mut from = text.len().saturating_sub(TAIL).max(head.len());
    while !text.is_char_boundary(from) {
        from += 1;
    }
    let tail = text.get(from..).unwrap_or_default();
    let left = from - head.len();
    Raw::from(format!(
        "{head}\n... {left} bytes are on disk only ...\n{tail}"
    ))
}

#[cfg(test)]
mod tests {
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
            let coming = size(&message);
            messages.push(message);
            bodies.take_in(coming, &mut messages);
        }
        messages
    }

    #[test]
    fn what_is_held_stays_within_the_bound_and_the_end_stays_whole() {
        let mut bodies = Bodies::within(1 << 20, None);
        let messages = filled(&mut bodies, 50, 100 << 10);
        let held: usize = messages.iter().map(|message| size(message)).sum();
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
        let mut bodies = Bodies::within(1 << 20, Some(3));
        let messages = filled(&mut bodies, 50, 100 << 10);
        let whole: Vec<bool> = messages.iter().take(5).map(|m| m.on_disk == 0).collect();
        assert_eq!(whole, [false, false, false, true, false]);
    }

    #[test]
    fn what_people_wrote_is_shortened_last() {
        let mut bodies = Bodies::within(1 << 20, None);
        let mut messages = vec![];
        for key in 0..40 {
            let mut message = Message::new(key, Role::User, None);
            message.parts = vec![Part::Text("x".repeat(50 << 10).into())];
            let coming = size(&message);
            messages.push(Arc::new(message));
            bodies.take_in(coming, &mut messages);
        }
        // Words of ordinary length are never shortened, whatever the bound.
        assert!(messages.iter().all(|message| message.on_disk == 0));
    }
}
