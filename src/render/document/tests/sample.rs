//! Conversations to lay out.

use std::sync::Arc;
use std::time::Duration;

use super::super::*;
use crate::model::{NoticeKind, SessionId, SourceId, ToolResult};
use crate::render::theme::ThemeKind;
use crate::sources::tools;

pub fn look(kind: ThemeKind, ascii: bool) -> Arc<Look> {
    Arc::new(Look {
        theme: Theme::built_in(kind),
        ascii,
        zone: TimeZone::UTC,
        mask: None,
    })
}

pub fn message(number: u32, role: Role, parts: Vec<Part>) -> Message {
    let start: jiff::Timestamp = "2026-11-20T09:11:00Z".parse().unwrap();
    let at = start + jiff::SignedDuration::from_secs(60 * i64::from(number));
    let mut message = Message::new(u64::from(number), role, Some(at));
    message.number = number;
    message.parts = parts;
    if role == Role::Assistant {
        message.model = Some(ModelId::new(None, "opus-4-5"));
        message.usage = Some(Usage {
            input: 20,
            cache_read: 1180,
            output: 300 * u64::from(number),
            ..Usage::default()
        });
    }
    message
}

pub fn say(number: u32, role: Role, text: &str) -> Message {
    message(number, role, vec![Part::Text(text.into())])
}

pub fn call(id: &str, name: &str, input: &str) -> Part {
    Part::ToolCall(Box::new(tools::call(id, name, input)))
}

pub fn result(id: &str, output: &str) -> Part {
    let mut result = ToolResult::new(id, output);
    result.ok = Some(true);
    Part::ToolResult(Box::new(result))
}

pub fn conversation(messages: Vec<Message>) -> Arc<Conversation> {
    Arc::new(Conversation {
        id: SessionId::new(SourceId("made-up"), "1"),
        messages: messages.into_iter().map(Arc::new).collect(),
        odd: 0,
    })
}

/// A prompt at every tenth message, from the first; answers of several lines, each with words of its own.
pub fn long(messages: u32) -> Arc<Conversation> {
    let one = |n: u32| match n % 10 {
        1 => say(n, Role::User, &format!("prompt{n}")),
        _ => {
            let words: Vec<String> = (0..40).map(|w| format!("word{n}x{w}")).collect();
            say(n, Role::Assistant, &words.join(" "))
        }
    };
    conversation((1..=messages).map(one).collect())
}

/// A little of everything that folds.
pub fn story() -> Arc<Conversation> {
    let cases: String = (0..61)
        .map(|n| format!("test layer::case_{n} ... ok\n"))
        .collect();
    let mut bad = ToolResult::new(
        "f",
        "error[E0433]: failed to resolve\n --> src/main.rs:3:5\n",
    );
    (bad.ok, bad.exit) = (Some(false), Some(101));
    bad.took = Some(Duration::from_millis(8400));
    let mut task = ToolResult::new("t", "Three places read it.");
    task.child = Some("agent-7".into());
    let edit = r#"{"file_path":"src/layer.rs","old_string":"struct Layer {\n    state: Arc<Mutex>,\n}","new_string":"struct Layer {\n    context: Context,\n}"}"#;
    conversation(vec![
        say(1, Role::System, "You are in ~/code/api.\nBe brief.\n"),
        say(2, Role::User, "Each layer shall own its context."),
        message(
            3,
            Role::Assistant,
            vec![
                Part::Thinking(Some("Taken by value,\nthe lock goes away.\n".into())),
                call("e", "Edit", edit),
                result("e", "ok"),
            ],
        ),
        message(
            4,
            Role::Assistant,
            vec![
                call("b", "Bash", r#"{"command":"cargo test auth"}"#),
                result("b", &cases),
                call(
                    "t",
                    "Task",
                    r#"{"description":"who reads it?","prompt":"Find it"}"#,
                ),
                Part::ToolResult(Box::new(task)),
                call("f", "Bash", r#"{"command":"cargo check"}"#),
                Part::ToolResult(Box::new(bad)),
            ],
        ),
        say(
            5,
            Role::Assistant,
            "Done:\n\n```rust\nimpl Layer {\n    fn new() -> Self { Self }\n}\n```\n\nThat is all.",
        ),
        message(
            6,
            Role::System,
            vec![Part::Notice {
                kind: NoticeKind::Compaction,
                text: "so far".into(),
            }],
        ),
        message(
            7,
            Role::User,
            vec![
                Part::Text("Like this?".into()),
                Part::Image {
                    mime: "image/png".into(),
                    bytes: 34_000,
                },
                Part::Attachment {
                    path: "/tmp/plan.md".into(),
                },
            ],
        ),
        message(
            8,
            Role::Assistant,
            vec![
                Part::Thinking(None),
                call("r", "Read", r#"{"file_path":"src/lib.rs"}"#),
                Part::Unknown {
                    kind: "hologram".into(),
                    json: "{\"shape\":\"cube\"}".into(),
                },
                result("lost", "an output\nwithout its call\n"),
            ],
        ),
    ])
}

pub fn document(conversation: Arc<Conversation>, width: u16, height: u16) -> Document {
    let showing = Showing {
        tools: Tools::Line,
        ..Showing::default()
    };
    let mut document = Document::new(conversation, look(ThemeKind::Dark, false)).shown(showing);
    document.set_size(width, height);
    document
}

/// The visible lines as text.
pub fn said(document: &Document) -> Vec<String> {
    let lines = document.lines();
    lines
        .iter()
        .map(|line| span::plain(line).trim_end().to_owned())
        .collect()
}

pub fn has(document: &Document, what: &str) -> bool {
    said(document).iter().any(|line| line.contains(what))
}

/// The row of the view that holds a text.
pub fn row_of(document: &Document, what: &str) -> u16 {
    let row = said(document).iter().position(|line| line.contains(what));
    u16::try_from(row.unwrap_or_else(|| panic!("{what} in {:#?}", said(document)))).unwrap()
}
