//! What can be copied from where the cursor is: always the text as it was written, never what the page made of it.

use super::{Document, Message, Part, Raw, Role, blocks, markdown};
use crate::model::Change;

/// A block of code, as it was written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Block {
    /// As its fence says it; empty where it says nothing.
    pub language: String,
    pub text: Raw,
    /// Of the message that it stands in.
    pub number: u32,
}

/// What is said in a message, its parts with a line between them.
fn said(message: &Message) -> Option<String> {
    let texts = message.parts.iter().filter_map(|part| match part {
        Part::Text(text) if !text.untrusted().trim().is_empty() => Some(text.untrusted()),
        _ => None,
    });
    let texts: Vec<&str> = texts.collect();
    (!texts.is_empty()).then(|| texts.join("\n\n"))
}

fn blocks_in(message: &Message) -> impl Iterator<Item = Block> {
    let texts = message.parts.iter().filter_map(|part| match part {
        Part::Text(text) => Some(text.untrusted()),
        _ => None,
    });
    let coded = texts.filter(|text| {
        ["```", "~~~", "    ", "\t"]
            .iter()
            .any(|sign| text.contains(sign))
    });
    let blocks = coded.flat_map(markdown::code_blocks);
    blocks.map(|(language, text)| Block {
        language,
        text,
        number: message.number,
    })
}

impl Document {
    /// What is said in the message under the cursor; absent where it has calls only.
    pub fn message_text(&self) -> Option<String> {
        said(self.message()?)
    }

    /// The blocks of code of the message under the cursor, in order; where it has none, of the nearest on the page before
    /// that has, else of the nearest behind. Whoever stands on a prompt means what was answered to it. What nobody sees
    /// is none of them: it would be copied unread.
    pub fn code_blocks_here(&self) -> Vec<Block> {
        let here = self.cursor.block;
        let all = &self.conversation.messages;
        let is_prompt = |i: usize| all.get(i).is_some_and(|m| m.role == Role::User && m.counts);
        let next = (here + 1..self.laid.len()).find(|i| is_prompt(*i));
        let answer = match is_prompt(here) {
            true => here + 1..next.unwrap_or(self.laid.len()),
            false => 0..0,
        };
        let order = std::iter::once(here)
            .chain(answer)
            .chain((0..here).rev())
            .chain(here + 1..self.laid.len());
        let seen = self.in_view();
        let order = order.filter(|i| *i == here || seen.contains(i));
        let messages = order.filter_map(|i| all.get(i));
        let mut blocks = messages.map(|message| blocks_in(message).collect::<Vec<_>>());
        blocks.find(|blocks| !blocks.is_empty()).unwrap_or_default()
    }

    /// The number of the message with code that is nearest to the cursor, wherever it stands.
    pub fn code_elsewhere(&self) -> Option<u32> {
        let here = self.cursor.block;
        let all = &self.conversation.messages;
        let coded = |i: &usize| all.get(*i).filter(|m| blocks_in(m).next().is_some());
        let number = |i: usize| coded(&i).map(|message| message.number);
        let reach = here.max(all.len().saturating_sub(here));
        // Of two as near as each other the one before.
        (0..=reach).find_map(|far| {
            let before = here.checked_sub(far).and_then(number);
            before.or_else(|| number(here + far))
        })
    }

    /// The block of code nearest to the cursor: the one it is in, else the last of its message, else of the answer to it,
    /// else of the messages before, then behind, as far as they are seen.
    pub fn code_near(&self) -> Option<Block> {
        let mut blocks = self.code_blocks_here();
        let at = self
            .code_under_cursor(&blocks)
            .unwrap_or(blocks.len().saturating_sub(1));
        (at < blocks.len()).then(|| blocks.swap_remove(at))
    }

    /// Which of the blocks the cursor is in.
    fn code_under_cursor(&self, blocks: &[Block]) -> Option<usize> {
        let laid = self.laid.get(self.cursor.block)?.as_ref()?;
        let laid = laid.get(self.cursor.line)?;
        let from = laid.from.as_ref()?;
        let message = self.message()?;
        let Part::Text(text) = message.parts.get(laid.part?)? else {
            return None;
        };
        let line = text.untrusted().get(from.bytes.clone())?.trim();
        let before = text.untrusted().get(..from.bytes.start)?;
        let is_it = |block: &Block| {
            let code = block.text.untrusted();
            !line.is_empty() && code.contains(line)
        };
        let mut those = (0..blocks.len()).filter(|n| blocks.get(*n).is_some_and(is_it));
        // Of several that hold the line, the one that as many stand before as in the text.
        let count = markdown::code_blocks(before).len();
        let all: Vec<usize> = those.by_ref().collect();
        let near = all
            .iter()
            .min_by_key(|n| n.abs_diff(count.saturating_sub(1)));
        near.copied()
    }

    /// The call under the cursor and what came back; where the cursor is on none, the last of its message.
    fn call_near(&self) -> Option<(&Message, usize)> {
        let message = self.message()?;
        let laid = self.laid.get(self.cursor.block)?.as_ref()?;
        let here = laid.get(self.cursor.line).and_then(|laid| laid.part);
        let is_call = |n: &usize| matches!(message.parts.get(*n), Some(Part::ToolCall(_)));
        let last = || (0..message.parts.len()).rev().find(is_call);
        Some((message, here.filter(is_call).or_else(last)?))
    }

    /// What the call under the cursor was asked: a command as typed, else its arguments as they were logged.
    pub fn tool_input_here(&self) -> Option<String> {
        let (message, n) = self.call_near()?;
        let Part::ToolCall(call) = message.parts.get(n)? else {
            return None;
        };
        let is_command = call.tool.kind == crate::model::ToolKind::Shell;
        let command = call.target.as_ref().filter(|_| is_command);
        let text = command.unwrap_or(&call.input).untrusted();
        Some(text.to_owned())
    }

    /// What came back from the call under the cursor.
    pub fn tool_output_here(&self) -> Option<String> {
        let (message, n) = self.call_near()?;
        let result = blocks::result_of(message, n)?;
        Some(result.output.untrusted().to_owned())
    }

    /// What the edit under the cursor changes, as a patch. Where a log tells no line numbers, neither does the patch.
    pub fn diff_here(&self) -> Option<String> {
        let (message, n) = self.call_near()?;
        let Part::ToolCall(call) = message.parts.get(n)? else {
            return None;
        };
        let mut out = String::new();
        for edit in &call.edits {
            let path = edit.path.as_ref().map_or("", |path| path.untrusted());
            let lines = |sign: char, text: &Raw, out: &mut String| {
                for line in text.untrusted().lines() {
                    out.push(sign);
                    out.push_str(line);
                    out.push('\n');
                }
            };
            if !matches!(edit.change, Change::Patch(_)) {
                let gone = matches!(edit.change, Change::Delete);
                let new = matches!(edit.change, Change::Write(_));
                let name = |missing: bool| if missing { "/dev/null" } else { path };
                out.push_str(&format!("--- {}\n+++ {}\n", name(new), name(gone)));
            }
            match &edit.change {
                Change::Replace { old, new } => {
                    let diff = similar::TextDiff::from_lines(old.untrusted(), new.untrusted());
                    out.push_str(&diff.unified_diff().to_string());
                }
                Change::Write(text) => {
                    let count = text.untrusted().lines().count();
                    out.push_str(&format!("@@ -0,0 +1,{count} @@\n"));
                    lines('+', text, &mut out);
                }
                Change::Patch(patch) => {
                    if !patch.untrusted().starts_with("--- ") && !path.is_empty() {
                        out.push_str(&format!("--- {path}\n+++ {path}\n"));
                    }
                    out.push_str(patch.untrusted());
                }
                Change::Delete => {}
            }
            if !out.ends_with('\n') {
                out.push('\n');
            }
        }
        (!out.is_empty()).then_some(out)
    }

    /// The last thing the agent said.
    pub fn last_answer(&self) -> Option<String> {
        self.last_said(Role::Assistant)
    }

    /// The last thing the person said.
    pub fn last_prompt(&self) -> Option<String> {
        self.last_said(Role::User)
    }

    fn last_said(&self, role: Role) -> Option<String> {
        let mut messages = self.conversation.messages.iter().rev();
        messages.find_map(|message| said(message).filter(|_| message.role == role))
    }

    /// The command that shows the message under the cursor, for a session by this id.
    pub fn message_link(&self, id: &str) -> Option<String> {
        let number = self.message()?.number;
        let id = shell_words::quote(id);
        Some(format!("backscroll show {id} --at {number}"))
    }
}
