//! Copying: source text, never what the screen made of it.

use std::sync::Arc;

use super::super::app::{App, Pane, Reader};
use super::super::keys::Action;
use super::super::msg::{Effect, Effects, Warns, What};
use super::super::tasks::Task;
use super::super::toasts::{About, Weight};
use super::reader;
use crate::export::{Parts, markdown, scanner, short_id};
use crate::model::{Conversation, Row, Session};
use crate::redact::{Outlet, Secrets};
use crate::render::document::Document;
use crate::text::{Clean, Raw, counted};

/// A conversation of more bytes than this is put together away from the screen: looking for secrets takes its time.
const LONG: usize = 256 << 10;

/// What is copied, and what it is.
type Copied = (String, String);

/// Copies from what is under the cursor: in the list what is chosen, in the reader the open session. What is not read
/// yet is read first and copied then. `nth` tells which block of code, counted from 1; 0 is the nearest.
pub fn copy(app: &mut App, action: Action, nth: usize, effects: &mut Effects) {
    let targets = app.targets();
    if action == Action::CopyQuery {
        let query = app.query.input.value();
        let line = match query.trim().is_empty() {
            true => "backscroll list".to_owned(),
            false => format!("backscroll {}", quoted(query)),
        };
        let what = "the query as a command".to_owned();
        return give((line, what), effects);
    }
    if action == Action::CopyExported {
        let path = app.exported.as_ref().map(|path| path.to_string_lossy());
        return match path.map(|path| (path.to_string(), format!("path: {path}"))) {
            Some(copied) => give(copied, effects),
            None => app.refuse("nothing was exported yet"),
        };
    }
    let Some(first) = targets.first() else { return };
    if action == Action::CopyResume {
        let sessions = targets.iter().map(|row| row.session.clone());
        return effects.push(Effect::CopyResume(sessions.collect()));
    }
    if let Some(facts) = facts(action, &targets) {
        match facts {
            Ok(copied) => give(copied, effects),
            Err(why) => app.refuse(why),
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
            if outlet.found().is_empty() && secrets == Secrets::Replace {
                what.push_str(", without secrets: none were there");
            }
            send((text, what), &outlet, secrets, effects);
        }
        None => {
            let is_code = action == Action::CopyCode;
            let elsewhere = is_code.then(|| code_elsewhere(document)).flatten();
            app.refuse(elsewhere.unwrap_or_else(|| missing(action).into()));
        }
    }
}

/// Where the nearest block of code is, for who sees none.
fn code_elsewhere(document: &Document) -> Option<Clean> {
    let line = match (document.code_blocks_here().len(), document.code_elsewhere()) {
        (0, Some(number)) => format!("no code block here; the nearest is in message {number}"),
        (1, _) => "there is one code block here".to_owned(),
        (0, None) => return None,
        (n, _) => format!("there are {n} code blocks here"),
    };
    Some(Clean::from(line))
}

/// Gives a text to the clipboard as it is. Whatever goes there is looked through for secrets, which are counted.
pub fn give((text, what): Copied, effects: &mut Effects) {
    let mut outlet = Outlet::new(scanner(), Secrets::Keep);
    let text = outlet.raw(&Raw::from(text)).as_str().to_owned();
    send((text, what), &outlet, Secrets::Keep, effects);
}

fn send((text, what): Copied, outlet: &Outlet<'_>, secrets: Secrets, effects: &mut Effects) {
    let what = What::passed(what, outlet, secrets);
    effects.push(Effect::Copy(Clean::of(&text), what));
}

impl What {
    /// What went through an outlet, with what was found in it.
    pub fn passed(mut said: String, outlet: &Outlet<'_>, secrets: Secrets) -> What {
        let found = outlet.found();
        let holds = !found.is_empty() && secrets == Secrets::Keep;
        match (found.is_empty(), secrets) {
            (true, _) => {}
            (false, Secrets::Keep) => said.push_str(&format!(", with secrets: {found}")),
            (false, Secrets::Replace) => said.push_str(&format!(", secrets left out: {found}")),
        }
        What {
            said: said.into(),
            secrets,
            warns: holds.then_some(Warns::Secrets),
        }
    }
}

/// The commands that continue sessions are known, as they would be run here.
pub fn commands(app: &mut App, told: Vec<Result<(String, bool), Clean>>, effects: &mut Effects) {
    let of = told.len();
    let first = told.iter().find_map(|one| one.as_ref().err().cloned());
    let all: Vec<(String, bool)> = told.into_iter().flatten().collect();
    let gone = all.iter().filter(|(_, is_gone)| *is_gone).count();
    let mut what = match (all.as_slice(), first) {
        ([], None) => return,
        ([], Some(why)) => return app.refuse(why),
        ([(one, _)], _) if of == 1 => format!("resume command: {one}"),
        (many, _) if many.len() == of => format!("resume commands of {of} sessions"),
        (many, _) => format!("resume commands of {} of {of} sessions", many.len()),
    };
    match (gone, of) {
        (0, _) => {}
        (_, 1) => what.push_str(", but its directory is gone"),
        (n, _) => what.push_str(&format!(", of which {n} name a directory that is gone")),
    }
    let lines: Vec<String> = all.into_iter().map(|(line, _)| line).collect();
    give((lines.join("\n"), what), effects);
    if let (1.., Some(Effect::Copy(_, what))) = (gone, effects.last_mut()) {
        what.warns.get_or_insert(Warns::Gone);
    }
}

/// What was copied, and the route that took it.
pub fn copied(app: &mut App, what: &What, route: &str) {
    // The mask is of the screen; what was left out before it was copied is so anyway.
    let masked = match app.masked && what.secrets == Secrets::Keep {
        true => "Copied unmasked: ",
        false => "Copied ",
    };
    let without = match what.warns {
        Some(Warns::Secrets) => {
            let key = app.key(super::scope(app), Action::CopyRedacted);
            format!(" ({key} leaves them out)")
        }
        Some(Warns::Gone) | None => String::new(),
    };
    let weight = match what.warns {
        Some(_) => Weight::Warning,
        None => Weight::Done,
    };
    let line = Clean::from(format!("{masked}{}{without} ({route})", what.said));
    app.tell_of(About::Copy, line, weight);
}

/// Nothing took it: a file always does.
pub fn not_copied(app: &mut App, what: &What, why: &str) {
    let key = app.nth_key(super::scope(app), Action::Export, 0);
    let line = format!(
        "Not copied, {key} writes a file instead: {}: {why}",
        what.said
    );
    app.tell_of(About::Copy, Clean::line(&line), Weight::Error);
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
            _ => None,
        }
    };
    let (what, missing) = match action {
        Action::CopyId => ("id", "no id"),
        Action::CopyShortId => ("short id", "no id"),
        Action::CopyPath => ("path of its log", "no path"),
        Action::CopyDir => ("working directory", "its log names no directory"),
        Action::CopyShare => ("share link", "it is not shared"),
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
    let what = called(talk, parts);
    (markdown::conversation(session, talk, parts, outlet), what)
}

/// What is copied of a conversation, in words. Messages are counted where some are left out: all of them are more than
/// the prompts and answers by which sessions are told.
pub fn called(talk: &Conversation, parts: &Parts) -> String {
    let shown = talk.messages.iter().filter(|message| parts.shows(message));
    match shown.count() {
        all if all == talk.messages.len() => "the whole conversation".to_owned(),
        some => format!("conversation, {}", counted(some, "message")),
    }
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
            let block = match nth.checked_sub(1) {
                None => document.code_near()?,
                Some(n) => document.code_blocks_here().into_iter().nth(n)?,
            };
            let (language, number) = (block.language, block.number);
            let code = out(block.text.untrusted().to_owned());
            let count = code.lines().count();
            let of = match language.is_empty() {
                true => String::new(),
                false => format!(" of {}", Clean::line(&language)),
            };
            let lines = if count == 1 { "line" } else { "lines" };
            let what = format!("{count} {lines}{of} from message {number}, raw");
            Some((code, what))
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
        Action::CopyCode => "no code block in this conversation",
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
