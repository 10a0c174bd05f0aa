//! From the reader to what stands behind it: the lines of the log, a picture, an address, a file.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::super::app::App;
use super::super::dialog::{Answer, Dialog};
use super::super::keys::Action;
use super::super::msg::{Effect, Effects, Ticket};
use super::super::tasks::{Task, Wanted};
use super::reader;
use crate::ingest::raw::Sought;
use crate::model::{Conversation, Role};
use crate::sources::pictures;
use crate::text::Clean;

/// What came of reading lines of a log again.
#[derive(Clone, PartialEq, Debug)]
pub enum Lines {
    /// Of the message of that key, as text.
    Of(u64, Result<Arc<str>, String>),
    /// The first of a log in which nothing was said.
    First(Result<Arc<Conversation>, String>),
}

pub fn act(app: &mut App, action: Action, effects: &mut Effects) {
    match action {
        Action::RawRecord => raw(app, effects),
        Action::OpenPicture => {
            if !picture(app, effects) && !picture_file(app, effects) {
                app.say("no picture is under the cursor".into(), false);
            }
        }
        Action::OpenLink => link(app, effects),
        _ => file(app, effects),
    }
}

/// The message under the cursor as its log has it. Where nothing was said, the log itself.
fn raw(app: &mut App, effects: &mut Effects) {
    let Some(reader) = &mut app.reader else {
        return;
    };
    let (ticket, session) = (reader.ticket, reader.session.clone());
    let Some(document) = &mut reader.document else {
        return;
    };
    if document.conversation().messages.is_empty() {
        if !reader.loading && !reader.is_made {
            effects.push(Effect::Do(Task::FirstLines(ticket, session)));
        }
        return;
    }
    // What was made here stands in no log.
    if let Some(message) = document.toggle_raw().filter(|_| !reader.is_made) {
        let sought = Sought::of(&message);
        effects.push(Effect::Do(Task::Lines(
            ticket,
            session,
            message.key,
            sought,
        )));
    }
}

/// Lines of the log are read.
pub fn lines(app: &mut App, ticket: Ticket, lines: Lines) {
    let Some(reader) = app.reader.as_mut().filter(|r| r.ticket == ticket) else {
        return;
    };
    match lines {
        Lines::Of(key, Ok(text)) => {
            if let Some(document) = &mut reader.document {
                document.set_raw(key, text);
            }
        }
        Lines::First(Ok(talk)) if !talk.messages.is_empty() => {
            let session = reader.session.clone();
            reader::enter(app, &session, talk);
            if let Some(document) = app.document() {
                document.fold_all(true);
            }
        }
        Lines::First(Ok(_)) => app.say("its log is empty".into(), false),
        Lines::Of(_, Err(why)) | Lines::First(Err(why)) => app.say(Clean::line(&why), false),
    }
}

/// Opens the picture under the cursor. Tells whether there is one.
pub fn picture(app: &mut App, effects: &mut Effects) -> bool {
    let Some(reader) = &mut app.reader else {
        return false;
    };
    let session = reader.session.clone();
    let here = reader.document.as_mut().and_then(|d| d.picture_here());
    let Some((message, call, nth)) = here else {
        return false;
    };
    let sought = match call {
        Some(call) => Sought::result(&call),
        None => Sought::own(&message),
    };
    effects.push(Effect::Do(Task::Picture(session, Wanted { sought, nth })));
    true
}

/// Opens the picture whose own line the cursor is on.
pub fn picture_line(app: &mut App, effects: &mut Effects) -> bool {
    let is_there = app
        .document()
        .is_some_and(|document| document.is_on_picture());
    is_there && picture(app, effects)
}

/// Opens the address under the cursor; asks first where something else is shown than where it leads.
fn link(app: &mut App, effects: &mut Effects) {
    match app.document().and_then(|document| document.link_here()) {
        None => app.say("no address of the web is under the cursor".into(), false),
        Some((url, true)) => effects.push(Effect::Browse(url)),
        Some((url, false)) => {
            let lines = vec![
                "What is shown is not the whole address:".into(),
                Clean::line(&url),
            ];
            let dialog = Dialog::new("Open an address", lines, "Do not open it");
            app.dialog = Some(dialog.or("Open it", Answer::Browse(url)));
        }
    }
}

fn file(app: &mut App, effects: &mut Effects) {
    match file_here(app) {
        // No editor is for it.
        Some((path, _)) if pictures::is_called_so(&path) => {
            effects.push(Effect::Do(Task::PictureFile(path)));
        }
        Some((path, line)) => effects.push(Effect::Edit(path, line)),
        None => app.say("no file is under the cursor".into(), false),
    }
}

/// Opens the file under the cursor where it is called like a picture. Tells whether it is.
fn picture_file(app: &mut App, effects: &mut Effects) -> bool {
    let here = file_here(app).filter(|(path, _)| pictures::is_called_so(path));
    let task = here.map(|(path, _)| Task::PictureFile(path));
    let is_there = task.is_some();
    effects.extend(task.map(Effect::Do));
    is_there
}

/// The file under the cursor, by its whole path where the session's directory is known, and the line named there.
fn file_here(app: &mut App) -> Option<(PathBuf, Option<u64>)> {
    let reader = app.reader.as_mut()?;
    let dir = reader.session.dir.clone();
    let (path, line) = reader.document.as_mut()?.file_here()?;
    let path = match path.strip_prefix("~") {
        Ok(below) => app.home.join(below),
        Err(_) => dir.as_deref().unwrap_or(Path::new("")).join(path),
    };
    Some((path, line))
}

/// Whether anybody said anything in the open conversation, of which something is read.
pub fn is_wordless(app: &App) -> bool {
    let document = app.reader.as_ref().and_then(|r| r.document.as_ref());
    document.is_some_and(|document| {
        let messages = &document.conversation().messages;
        messages.iter().all(|message| message.role == Role::System)
    })
}
