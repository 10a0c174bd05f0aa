//! What a session changed as a conversation, to be shown like any other edits.

use std::sync::Arc;

use crate::evidence::net::{self, FileChange};
use crate::model::{
    Conversation, Message, NoticeKind, Part, Role, Tool, ToolCall, ToolKind, ToolResult,
};
use crate::text::{Raw, counted};

/// First which files, then a message for each. What its sub-agents changed stands with them.
pub fn as_conversation(talk: &Conversation, all: &[FileChange], agents: usize) -> Conversation {
    let list = (!all.is_empty()).then(|| list(all, agents));
    let messages = list.into_iter().chain(all.iter().map(file));
    let numbered = (1..).zip(messages).map(|(n, parts)| {
        let mut message = Message::new(u64::from(n), Role::Assistant, None);
        message.number = n;
        message.parts = parts;
        Arc::new(message)
    });
    Conversation {
        id: talk.id.clone(),
        messages: numbered.collect(),
        odd: 0,
    }
}

/// The files with the lines that are new and gone in each, and in all.
fn list(all: &[FileChange], agents: usize) -> Vec<Part> {
    let edits = all.iter().map(|change| net::counts(&change.as_edit()));
    let counts: Vec<(usize, usize)> = edits.collect();
    let (added, removed) = counts
        .iter()
        .fold((0, 0), |(a, r), (added, removed)| (a + added, r + removed));
    let files = counted(all.len(), "file");
    let mut text = format!("{files} changed, +{added} -{removed}.");
    if agents > 0 {
        let them = counted(agents, "sub-agent");
        text.push_str(&format!(" What its {them} changed stands with them."));
    }
    text.push_str("\n\n");
    for (change, (added, removed)) in all.iter().zip(&counts) {
        let path = change.below.as_ref().unwrap_or(&change.path).untrusted();
        // As code, in which nothing is emphasis.
        let path = path.replace(['\n', '\r'], " ").replace('`', "'");
        text.push_str(&format!("- `{path}`  +{added} -{removed}\n"));
    }
    vec![Part::Text(Raw::from(text))]
}

fn file(change: &FileChange) -> Vec<Part> {
    let call = ToolCall {
        call: change.full.untrusted().into(),
        tool: Tool {
            name: "Changed".into(),
            kind: ToolKind::Edit,
        },
        target: Some(change.path.clone()),
        input: Raw::from("{}"),
        edits: vec![change.as_edit()],
        child: None,
    };
    // Nobody called it, so nothing is missing behind it.
    let mut done = ToolResult::new(&*call.call, "");
    done.ok = Some(true);
    let note = change.note().map(|note| Part::Notice {
        kind: NoticeKind::Other,
        text: Raw::from(note),
    });
    let call = Part::ToolCall(Box::new(call));
    [call, Part::ToolResult(Box::new(done))]
        .into_iter()
        .chain(note)
        .collect()
}
