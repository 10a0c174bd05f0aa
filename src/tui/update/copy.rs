//! Copying: source text, never what the screen made of it.

use super::super::app::{App, Pane};
use super::super::keys::Action;
use super::super::msg::{Effect, Effects};
use crate::export::markdown;
use crate::sources;
use crate::text::Clean;

pub fn copy(app: &mut App, action: Action, effects: &mut Effects) {
    let Some(row) = app.selected().cloned() else {
        return;
    };
    let session = app
        .reader
        .as_ref()
        .map_or_else(|| row.session.clone(), |r| r.session.clone());
    let whole = action == Action::CopyConversation
        || action == Action::CopyMessage && app.focus == Pane::List;
    let document = app.reader.as_ref().and_then(|r| r.document.as_ref());
    let copied: Option<(String, String)> = match action {
        Action::CopyId => Some((session.id.native.to_string(), "the id".into())),
        Action::CopyResume => {
            let launch = sources::source(session.id.source).and_then(|s| s.resume(&session));
            launch.map(|launch| (launch.line(), "the resume command".into()))
        }
        Action::CopyCode => document
            .and_then(|d| d.code_near())
            .map(|(language, code)| {
                let lines = code.lines();
                let of = if language.is_empty() {
                    String::new()
                } else {
                    format!(" of {}", Clean::line(&language))
                };
                (
                    code.untrusted().to_owned(),
                    format!("{lines} lines{of}, raw"),
                )
            }),
        // What is shown so far is not all of it.
        _ if whole && app.reader.as_ref().is_some_and(|reader| reader.loading) => None,
        _ if whole => document.map(|d| {
            let conversation = d.conversation();
            let count = conversation.messages.len();
            (
                markdown::conversation(&session, conversation),
                format!("the conversation, {count} messages, as Markdown"),
            )
        }),
        _ => document.and_then(|d| d.message()).map(|message| {
            let words = markdown::words(message);
            let text = if words.is_empty() {
                markdown::message(message)
            } else {
                words
            };
            (text, format!("message {}, raw", message.number))
        }),
    };
    match copied {
        Some((text, what)) => effects.push(Effect::Copy(Clean::of(&text), Clean::from(what))),
        None => {
            let why = match action {
                Action::CopyCode => "no code block in this conversation",
                Action::CopyResume => "this session's id cannot be resumed safely",
                _ => "the conversation is still being read",
            };
            app.say(why.into(), true);
        }
    }
}
