//! Focus: prompts and final answers alone.

use super::Document;
use super::turns::{asks, is_side, says};
use crate::model::{Message, NoticeKind, Part, Role};

impl Document {
    /// Prompts and final answers only, or everything.
    pub fn toggle_focus(&mut self) {
        self.keep_row(|document| {
            document.focus = !document.focus;
            document.finding.opened = None;
        });
    }

    pub fn is_focused(&self) -> bool {
        self.focus
    }

    pub(super) fn is_out_of_focus(
        &self,
        block: usize,
        message: &Message,
        n: usize,
        part: &Part,
    ) -> bool {
        let is_gone_to = || self.finding.opened == Some((message.key, n));
        self.focus && !self.is_in_focus(block, message, part) && !is_gone_to()
    }

    /// Whether anything of a message is seen in focus.
    fn is_seen(&self, block: usize, message: &Message) -> bool {
        let is_blank =
            |part: &Part| matches!(part, Part::Text(text) if text.untrusted().trim().is_empty());
        let is_seen = |(n, part): (usize, &Part)| {
            !is_blank(part) && !self.is_out_of_focus(block, message, n, part)
        };
        message.parts.iter().enumerate().any(is_seen)
    }

    /// Whether a message has a heading in focus: what is left of a turn has one, and what is hidden has none.
    pub(super) fn heads_in_focus(&self, block: usize, message: &Message) -> bool {
        if !self.is_seen(block, message) {
            return false;
        }
        if self.begins(block, message) {
            return true;
        }
        let before = self.conversation.messages.iter().enumerate().take(block);
        let mut turn = before
            .rev()
            .filter(|(_, one)| !is_side(one))
            .take_while(|(at, one)| !self.begins(*at, one) && one.lane == message.lane);
        let last = turn.find(|(at, one)| self.is_seen(*at, one));
        last.is_none_or(|(_, one)| one.role != message.role)
    }

    /// Whether the agent is asked something there.
    fn begins(&self, block: usize, message: &Message) -> bool {
        message.role == Role::User || asks(&self.conversation.messages, block)
    }

    /// Of a conversation in focus, prompts and final answers are shown.
    fn is_in_focus(&self, block: usize, message: &Message, part: &Part) -> bool {
        match (message.role, part) {
            _ if is_side(message) => false,
            (Role::User, part) => !matches!(
                part,
                Part::ToolResult(_)
                    | Part::Notice {
                        kind: NoticeKind::Context,
                        ..
                    }
            ),
            (Role::Assistant, Part::Text(_)) => self.is_final(block),
            (Role::System, Part::Notice { .. } | Part::ToolCall(_)) => {
                asks(&self.conversation.messages, block)
            }
            _ => false,
        }
    }

    /// Whether the agent says nothing more behind a message before it is asked again.
    fn is_final(&self, block: usize) -> bool {
        let behind = self.conversation.messages.iter().enumerate();
        let mut turn = behind
            .skip(block + 1)
            .filter(|(_, message)| !is_side(message))
            .take_while(|(at, message)| !self.begins(*at, message));
        !turn.any(|(_, message)| message.role == Role::Assistant && says(message))
    }
}
