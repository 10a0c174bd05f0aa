//! Copying: source text, never what the screen made of it.

use std::sync::Arc;

use super::super::app::{App, Pane, Reader};
use super::super::keys::Action;
use super::super::msg::{Effect, Effects, What};
use super::super::tasks::Task;
use super::super::toasts::{About, Weight};
use super::reader;
use crate::export::{Parts, markdown, scanner, short_id};
use crate::model::{Row, Session};
use crate::redact::{Outlet, Secrets};
use crate::render::document::Document;
use crate::sources;
use crate::text::{Clean, Raw};

/// A conversation of more bytes than this is put together away from the screen: looking for secrets takes its time.
const LONG: usize = 256 << 10;

/// What is copied, and what it is.
type Copied = (String, String);

/// Copies from what is under the cursor: in the list what is chosen, in the reader the open session. What is not read
/// yet is read first and copied then. `nth` tells which block of code, counted from 1; 0 is the nearest.
pub fn copy(app: &mut App, action: Action, nth: usize, effects: &mut Effects) {
    let targets = app.targets();
    if action == Action::CopyQuery {
        let line = format!("backscroll {}", quoted(app.query.input.value()));
        let what = "the query as a command".to_owned();
        return send((line, what), Secrets::Keep, effects);
    }
    let Some(first) = targets.first() else { return };
    if let Some(facts) = facts(action, &targets) {
        match facts {
            Ok(copied) => send(copied, Secrets::Keep, effects),
            Err(why) => app.say(why.into(), true),
        }
        return;
    }
    let session = match app.subject() {
        Some(session) if targets.len() < 2 => session,
        _ => first.session.clone(),
    };
    let whole = whole(app, action);
    // What is read here is what the screen shows; several at once, and what it left on disk, are read for the copy.
    if let Some((parts, secrets)) = whole {
        let is_open = |reader: &&Reader| reader.session.id == session.id;
        let open = app.reader.as_ref().filter(is_open);
        if targets.len() > 1 || open.is_some_and(|reader| reader.on_disk > 0) {
            let sessions = targets.iter().map(|row| row.session.clone());
            say_reading(app);
            let task = Task::Copy(sessions.collect(), parts, secrets);
            return effects.push(Effect::Do(task));
        }
    }
    if !is_read(app, &session, action, nth, effects) {
        return;
    }
    let reader = app.reader.as_mut();
    let Some(document) = reader.and_then(|reader| reader.document.as_mut()) else {
        return;
    };
    if let Some((parts, secrets)) = &whole {
        let talk = document.conversation();
        let bytes: usize = talk.messages.iter().map(|message| message.bytes()).sum();
        if bytes > LONG {
            let task = Task::CopyHeld(session, talk.clone(), *parts, *secrets);
            return effects.push(Effect::Do(task));
        }
    }
    let secrets = whole.map_or(Secrets::Keep, |(_, secrets)| secrets);
    let mut outlet = Outlet::new(scanner(), secrets);
    let copied = match whole {
        Some((parts, _)) => Some(conversation(document, &session, &parts, &mut outlet)),
        None => piece(document, action, nth, &short_id(&session.id), &mut outlet),
    };
    match copied {
        Some((text, mut what)) => {
            let found = outlet.found();
            what.push_str(&match (found.is_empty(), secrets) {
                (true, Secrets::Keep) => String::new(),
                (true, Secrets::Replace) => ", without secrets: none were there".to_owned(),
                (false, Secrets::Keep) => format!(", with secrets: {found} (y R leaves them out)"),
                (false, Secrets::Replace) => format!(", secrets left out: {found}"),
            });
            send((text, what), secrets, effects);
        }
        None => app.say(missing(action).into(), true),
    }
}

fn send((text, what): Copied, secrets: Secrets, effects: &mut Effects) {
    let said = Clean::from(what);
    effects.push(Effect::Copy(Clean::of(&text), What { said, secrets }));
}

/// Of a whole conversation, what goes along.
fn whole(app: &App, action: Action) -> Option<(Parts, Secrets)> {
    match action {
        Action::CopyConversation => Some((Parts::COPIED, Secrets::Keep)),
        Action::CopyMessage if app.focus == Pane::List => Some((Parts::COPIED, Secrets::Keep)),
        Action::CopyRedacted => Some((Parts::COPIED, Secrets::Replace)),
        Action::CopyPrompts => Some((Parts::WORDS, Secrets::Keep)),
        _ => None,
    }
}

/// Whether the conversation is read; where it is not, it is read and then copied from.
fn is_read(
    app: &mut App,
    session: &Arc<Session>,
    action: Action,
    nth: usize,
    effects: &mut Effects,
) -> bool {
    let open = app.reader.as_ref();
    let reader = open.filter(|reader| reader.session.id == session.id);
    let is_there = reader.is_some_and(|reader| !reader.loading);
    if is_there && (app.focus == Pane::List || !super::nearby::whole(app, effects)) {
        return true;
    }
    if !is_there
        && app
            .reader
            .as_ref()
            .is_none_or(|r| r.session.id != session.id)
    {
        reader::show(app, session, effects);
    }
    app.copying = Some((action, nth));
    say_reading(app);
    false
}

/// Until it is said what was copied.
fn say_reading(app: &mut App) {
    let line = Clean::from("reading it, then copying");
    app.tell_of(About::Copy, line, Weight::Info);
}

/// What is known of sessions without reading them; several stand in a line each.
fn facts(action: Action, targets: &[Arc<Row>]) -> Option<Result<Copied, &'static str>> {
    let fact = |row: &Arc<Row>| -> Option<String> {
        let session = &row.session;
        match action {
            Action::CopyId => Some(session.id.native.to_string()),
            Action::CopyShortId => Some(short_id(&session.id)),
            Action::CopyPath => Some(session.unit.path.to_string_lossy().into_owned()),
            Action::CopyDir => Some(session.dir.as_deref()?.to_string_lossy().into_owned()),
            Action::CopyShare => Some(row.share.as_ref()?.to_string()),
            Action::CopyResume => sources::source(session.id.source)?.resume(session)?.line(),
            _ => None,
        }
    };
    let (what, missing) = match action {
        Action::CopyId => ("id", "no id"),
        Action::CopyShortId => ("short id", "no id"),
        Action::CopyPath => ("path of its log", "no path"),
        Action::CopyDir => ("working directory", "its log names no directory"),
        Action::CopyShare => ("share link", "it is not shared"),
        Action::CopyResume => (
            "resume command",
            "this session's id cannot be resumed safely",
        ),
        _ => return None,
    };
    let found: Vec<String> = targets.iter().filter_map(fact).collect();
    Some(match found.as_slice() {
        [] => Err(missing),
        [one] => Ok((one.clone(), format!("{what}: {one}"))),
        many => Ok((
            many.join("\n"),
            format!("{} of {} sessions", what, many.len()),
        )),
    })
}

fn conversation(
    document: &Document,
    session: &Session,
    parts: &Parts,
    outlet: &mut Outlet<'_>,
) -> Copied {
    let talk = document.conversation();
    let shown = talk.messages.iter().filter(|message| parts.shows(message));
    let what = format!("conversation, {} messages", shown.count());
    (markdown::conversation(session, talk, parts, outlet), what)
}

/// One thing of the conversation, as it was written.
fn piece(
    document: &mut Document,
    action: Action,
    nth: usize,
    id: &str,
    outlet: &mut Outlet<'_>,
) -> Option<Copied> {
    let lines = |what: &str, text: String| {
        let count = text.lines().count();
        let many = if count == 1 { "line" } else { "lines" };
        (text, format!("{what}, {count} {many}, raw"))
    };
    let mut out = |text: String| outlet.raw(&Raw::from(text)).as_str().to_owned();
    match action {
        Action::CopyCode => {
            let (language, code) = match nth.checked_sub(1) {
                None => document.code_near()?,
                Some(n) => {
                    let blocks = document.code_blocks_here();
                    let block = blocks.into_iter().nth(n)?;
                    (block.language, block.text)
                }
            };
            let code = out(code.untrusted().to_owned());
            let count = code.lines().count();
            let of = match language.is_empty() {
                true => String::new(),
                false => format!(" of {}", Clean::line(&language)),
            };
            Some((code, format!("{count} lines{of}, raw")))
        }
        Action::CopyInput => Some(lines("tool input", out(document.tool_input_here()?))),
        Action::CopyOutput => Some(lines("tool output", out(document.tool_output_here()?))),
        Action::CopyDiff => Some(lines("diff", out(document.diff_here()?))),
        Action::CopyAnswer => Some(lines("last answer", out(document.last_answer()?))),
        Action::CopyPrompt => Some(lines("last prompt", out(document.last_prompt()?))),
        Action::CopyLink => {
            let link = document.message_link(id)?;
            Some((link.clone(), format!("link: {link}")))
        }
        _ => {
            let message = document.message()?.clone();
            let words = markdown::words(&message, outlet);
            let text = match words.is_empty() {
                true => markdown::message(&message, &Parts::COPIED, outlet),
                false => words,
            };
            let what = format!("message {}", message.number);
            Some(lines(&what, text))
        }
    }
}

fn missing(action: Action) -> &'static str {
    match action {
        Action::CopyCode => "no such code block in this conversation",
        Action::CopyInput | Action::CopyOutput => "no tool call here",
        Action::CopyDiff => "no edit here",
        Action::CopyAnswer => "nothing was answered",
        Action::CopyPrompt => "nothing was asked",
        _ => "the conversation is still being read",
    }
}

/// A word that a shell reads as one word.
fn quoted(text: &str) -> String {
    shell_words::quote(text).into_owned()
}
