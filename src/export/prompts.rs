//! Single things of a conversation, for the clipboard: its last prompt, its last answer, its last block of code.

use pulldown_cmark::{Event, Parser, Tag, TagEnd};

use super::markdown;
use crate::model::{Conversation, Lane, Message, Part, Role};
use crate::redact::Outlet;

/// The last message of a role in the main line that says something.
pub fn last(conversation: &Conversation, role: Role) -> Option<&Message> {
    let says = |message: &Message| {
        let mut texts = message.parts.iter();
        texts.any(|part| matches!(part, Part::Text(text) if !text.untrusted().trim().is_empty()))
    };
    let mut all = conversation.messages.iter().rev().map(AsRef::as_ref);
    all.find(|m: &&Message| m.role == role && m.lane == Lane::Main && says(m))
}

/// The last code that an answer holds, as written, and its language.
pub fn last_code(conversation: &Conversation, outlet: &mut Outlet<'_>) -> Option<(String, String)> {
    let all = conversation.messages.iter().rev();
    let mut answers = all.filter(|m| m.role == Role::Assistant && m.lane == Lane::Main);
    let has_code = |message: &Message| {
        let texts = message.parts.iter().filter_map(|part| match part {
            Part::Text(text) => Some(text.untrusted()),
            _ => None,
        });
        texts
            .flat_map(Parser::new)
            .any(|event| matches!(event, Event::Start(Tag::CodeBlock(_))))
    };
    let message = answers.find(|message| has_code(message))?;
    // Looked through as a whole, so that a secret that stands in the code and before it is one.
    blocks(&markdown::words(message, outlet)).pop()
}

/// Language and text of each block of code.
fn blocks(text: &str) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = Vec::new();
    let mut is_open = false;
    for event in Parser::new(text) {
        match event {
            Event::Start(Tag::CodeBlock(kind)) => {
                let language = match kind {
                    pulldown_cmark::CodeBlockKind::Fenced(info) => info
                        .split([' ', ',', '{'])
                        .next()
                        .unwrap_or_default()
                        .to_owned(),
                    pulldown_cmark::CodeBlockKind::Indented => String::new(),
                };
                all.push((language, String::new()));
                is_open = true;
            }
            Event::End(TagEnd::CodeBlock) => is_open = false,
            Event::Text(piece) if is_open => {
                if let Some((_, body)) = all.last_mut() {
                    body.push_str(&piece);
                }
            }
            _ => {}
        }
    }
    all
}
