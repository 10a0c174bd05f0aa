//! What a log ends with: it tells what an agent that runs is at, and where one was that does not run any more.

use std::collections::HashSet;

use jiff::Timestamp;

use crate::env::Env;
use crate::ingest::Reading;
use crate::model::{Conversation, Lane, NoticeKind, Part, Role, Session, ToolKind};
use crate::sources::tools;
use crate::text::Raw;

/// Where a conversation stands.
#[derive(Clone, PartialEq, Debug)]
pub enum End {
    /// In tool calls that have no result.
    Open(Vec<OpenCall>),
    /// With a prompt or with the results of tools: it is the agent's turn.
    Told,
    /// With an answer, which may be a question.
    Said { is_question: bool },
    /// It was interrupted, or an error ended it, or nothing was said yet.
    Over,
}

#[derive(Clone, PartialEq, Debug)]
pub struct OpenCall {
    pub kind: ToolKind,
    /// Absent where the log has no time.
    pub at: Option<Timestamp>,
    /// It asks the person who sits there.
    pub asks: bool,
}

/// Reads the end of a session's log; none where it cannot be read now.
pub fn read(env: &Env, session: &Session) -> Option<End> {
    let mut reading = Reading::new(session);
    if let Some(tail) = reading.tail().read(env) {
        return Some(of(&tail));
    }
    reading.read(env).ok()?;
    Some(of(&reading.conversation()))
}

/// From the last message back to the one that decides.
fn of(conversation: &Conversation) -> End {
    let mut answered: HashSet<&str> = HashSet::new();
    let mut open = Vec::new();
    let mut was_answered = false;
    let messages = conversation.messages.iter().rev();
    for message in messages.filter(|message| message.lane == Lane::Main) {
        let mut said = None;
        let mut called = false;
        // Of one message the last part came last.
        for part in message.parts.iter().rev() {
            match part {
                Part::ToolResult(result) => {
                    was_answered |= answered.insert(&result.call);
                }
                Part::ToolCall(call) => {
                    called = true;
                    if !answered.contains(&*call.call) {
                        open.push(OpenCall {
                            kind: call.tool.kind,
                            at: message.at,
                            asks: tools::asks(&call.tool.name),
                        });
                    }
                }
                Part::Text(text) => said = said.or(Some(text)),
                Part::Notice {
                    kind: NoticeKind::Interrupted | NoticeKind::Error,
                    ..
                } if open.is_empty() && !was_answered && said.is_none() => return End::Over,
                _ => {}
            }
        }
        match (message.role, said) {
            // Several calls of one response may be messages of their own, and some of them answered.
            (Role::Assistant, None) => {}
            (Role::Assistant, Some(_)) if called => return settled(open, was_answered),
            (Role::Assistant, Some(text)) => {
                return match open.is_empty() && !was_answered {
                    true => End::Said {
                        is_question: is_question(text),
                    },
                    false => settled(open, was_answered),
                };
            }
            (Role::User, Some(_)) => return settled(open, true),
            (Role::User | Role::System, _) => {}
        }
    }
    settled(open, was_answered)
}

fn settled(open: Vec<OpenCall>, was_told: bool) -> End {
    match (open.is_empty(), was_told) {
        (false, _) => End::Open(open),
        (true, true) => End::Told,
        (true, false) => End::Over,
    }
}

fn is_question(text: &Raw) -> bool {
    let text = text.untrusted().trim_end();
    let text = text.trim_end_matches(['*', '_', '`', ')', '"', '\u{201d}']);
    text.ends_with(['?', '？', '؟'])
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    use crate::model::{Message, SessionId, SourceId, Tool, ToolCall, ToolResult};

    fn call(id: &str, name: &str, kind: ToolKind) -> Part {
        Part::ToolCall(Box::new(ToolCall {
            call: id.into(),
            tool: Tool {
                name: name.into(),
                kind,
            },
            target: None,
            input: "{}".into(),
            edits: Vec::new(),
            child: None,
        }))
    }

    fn end(said: Vec<(Role, Vec<Part>)>) -> End {
        let messages = said.into_iter().enumerate().map(|(key, (role, parts))| {
            let mut message = Message::new(key as u64, role, None);
            message.parts = parts;
            Arc::new(message)
        });
        of(&Conversation {
            id: SessionId::new(SourceId("loom"), "1"),
            messages: messages.collect(),
            odd: 0,
        })
    }

    fn text(said: &str) -> Part {
        Part::Text(said.into())
    }

    fn result(id: &str) -> Part {
        Part::ToolResult(Box::new(ToolResult::new(id, "done")))
    }

    #[test]
    fn the_last_word_decides() {
        use Role::{Assistant, System, User};
        let asked = || (User, vec![text("weave")]);
        let shell = |id: &str| call(id, "Bash", ToolKind::Shell);
        assert_eq!(end(vec![]), End::Over);
        assert_eq!(end(vec![asked()]), End::Told);
        let done = |said: &str| end(vec![asked(), (Assistant, vec![text(said)])]);
        assert_eq!(done("Done."), End::Said { is_question: false });
        assert_eq!(
            done("Shall I go **on?**\n"),
            End::Said { is_question: true }
        );
        let open = |said| match end(said) {
            End::Open(calls) => calls.len(),
            other => panic!("{other:?}"),
        };
        let called = || (Assistant, vec![text("now"), shell("a"), shell("b")]);
        assert_eq!(open(vec![asked(), called()]), 2);
        let half = vec![asked(), called(), (User, vec![result("a")])];
        assert_eq!(open(half), 1, "one of two is answered");
        let both = (User, vec![result("a"), result("b")]);
        assert_eq!(end(vec![asked(), called(), both]), End::Told);
        // Each call a message of its own, and a system's note behind them.
        let note = (System, vec![text("a reminder")]);
        let apart = vec![
            asked(),
            (Assistant, vec![shell("a")]),
            (Assistant, vec![shell("b")]),
            (System, vec![result("b")]),
            note,
        ];
        assert_eq!(open(apart), 1);
        let interrupted = Part::Notice {
            kind: NoticeKind::Interrupted,
            text: "interrupted".into(),
        };
        let stopped = vec![asked(), called(), (User, vec![interrupted])];
        assert_eq!(end(stopped), End::Over);
        let later = vec![asked(), called(), (User, vec![text("never mind")])];
        assert_eq!(
            end(later),
            End::Told,
            "a call before the last prompt is past"
        );
        let question = end(vec![
            asked(),
            (
                Assistant,
                vec![call("a", "AskUserQuestion", ToolKind::Plan)],
            ),
        ]);
        let End::Open(calls) = question else {
            panic!("{question:?}");
        };
        assert!(calls[0].asks);
    }
}
