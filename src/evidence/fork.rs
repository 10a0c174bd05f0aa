//! Where a fork left the conversation that it continues a copy of.

use std::sync::Arc;

use crate::model::{Conversation, Message, Part, Role};

/// The last thing that both conversations hold, and the first that only the fork does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ForkPoint {
    /// The number of the last message in the parent that the fork repeats.
    pub parent: u32,
    /// The number of the first message of the fork's own; absent where nothing was said there yet.
    pub own: Option<u32>,
}

/// Compares a fork with its parent. Absent where they share no message.
pub fn fork_point(parent: &Conversation, fork: &Conversation) -> Option<ForkPoint> {
    let mut asked = parent.messages.iter().filter(|m| m.role != Role::System);
    let first = asked.next().map(|m| m.number);
    let is_first = |theirs: &Message| Some(theirs.number) == first;
    let mut rest = parent.messages.as_slice();
    let mut last = None;
    for message in fork.messages.iter().filter(|m| m.role != Role::System) {
        // Before anything is shared for certain, words that are alike say little.
        let is_it = |theirs: &Arc<Message>| {
            is_copy(theirs, message)
                || (last.is_some() || is_first(theirs)) && is_alike(theirs, message)
        };
        let found = rest.iter().position(is_it);
        let Some((theirs, behind)) = found.and_then(|at| rest.get(at..)?.split_first()) else {
            if last.is_none() {
                continue;
            }
            return last.map(|parent| ForkPoint {
                parent,
                own: Some(message.number),
            });
        };
        last = Some(theirs.number);
        rest = behind;
    }
    last.map(|parent| ForkPoint { parent, own: None })
}

/// A copy keeps its key, or the id of the response, where the log has ids of its own for messages.
fn is_copy(a: &Message, b: &Message) -> bool {
    a.role == b.role && (a.key == b.key || a.reply.is_some() && a.reply == b.reply)
}

/// Else it is known by who said what.
fn is_alike(a: &Message, b: &Message) -> bool {
    if a.role != b.role {
        return false;
    }
    let mut said = false;
    let same = a.parts.len() == b.parts.len()
        && a.parts.iter().zip(&b.parts).all(|(a, b)| match (a, b) {
            (Part::Text(a), Part::Text(b)) => {
                said |= !a.is_empty();
                a == b
            }
            (Part::ToolCall(a), Part::ToolCall(b)) => {
                said = true;
                a.input == b.input && a.tool.name == b.tool.name
            }
            // How a call ended may be told later, or shorter.
            (Part::ToolResult(_), Part::ToolResult(_)) => true,
            (a, b) => std::mem::discriminant(a) == std::mem::discriminant(b),
        });
    same && said
}
