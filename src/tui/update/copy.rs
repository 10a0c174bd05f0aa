//! Copying: source text, never what the screen made of it.

use super::super::app::{App, Pane};
use super::super::keys::Action;
use super::super::msg::{Effect, Effects};
use super::super::tasks::Task;
use super::reader;
use crate::export::{Parts, markdown, scanner};
use crate::redact::{Outlet, Secrets};
use crate::sources;
use crate::text::Clean;

/// Copies from what is under the cursor: in the list the selected session, in the reader the open one. What is not read
/// yet is read first and copied then.
pub fn copy(app: &mut App, action: Action, effects: &mut Effects) {
    let Some(session) = app.subject() else {
        return;
    };
    let open = app.reader.as_ref();
    let reader = open.filter(|reader| reader.session.id == session.id);
    let needs_words = !matches!(action, Action::CopyId | Action::CopyResume);
    if needs_words && reader.is_none_or(|reader| reader.loading) {
        if reader.is_none() {
            reader::show(app, &session, effects);
        }
        app.copying = Some(action);
        app.say("reading it, then copying".into(), false);
        return;
    }
    let on_disk = reader.map_or(0, |reader| reader.on_disk);
    let whole = action == Action::CopyConversation
        || action == Action::CopyMessage && app.focus == Pane::List;
    if needs_words && on_disk > 0 {
        if whole {
            let what = Clean::from("conversation, whole".to_owned());
            app.say("reading it whole, then copying".into(), false);
            return effects.push(Effect::Do(Task::Copy(session, what)));
        }
        if super::action::whole(app, effects) {
            app.copying = Some(action);
            return app.say("reading it whole, then copying".into(), false);
        }
    }
    let reader = app.reader.as_ref();
    let document = reader.and_then(|r| r.document.as_ref());
    let mut outlet = Outlet::new(scanner(), Secrets::Keep);
    let copied: Option<(String, String)> = match action {
        Action::CopyId => {
            let id = session.id.native.to_string();
            Some((id.clone(), format!("id {id}")))
        }
        Action::CopyResume => {
            let launch = sources::source(session.id.source).and_then(|s| s.resume(&session));
            let line = launch.and_then(|launch| launch.line());
            line.map(|line| (line, "the resume command".into()))
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
                    outlet.raw(&code).as_str().to_owned(),
                    format!("{lines} lines{of}, raw"),
                )
            }),
        _ if whole => document.map(|d| {
            let conversation = d.conversation();
            let count = conversation.messages.len();
            (
                markdown::conversation(&session, conversation, &Parts::COPIED, &mut outlet),
                format!("conversation, {count} messages"),
            )
        }),
        _ => document.and_then(|d| d.message()).map(|message| {
            let words = markdown::words(message, &mut outlet);
            let text = if words.is_empty() {
                markdown::message(message, &Parts::COPIED, &mut outlet)
            } else {
                words
            };
            let lines = text.lines().count();
            (
                text,
                format!("message {}, {lines} lines, raw", message.number),
            )
        }),
    };
    match copied {
        Some((text, mut what)) => {
            let found = outlet.found();
            if !found.is_empty() {
                what.push_str(&format!(", with secrets: {found}"));
            }
            effects.push(Effect::Copy(Clean::of(&text), Clean::from(what)));
        }
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
