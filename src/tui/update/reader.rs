//! The open conversation.

use std::sync::Arc;

use super::super::app::{App, Pane, Reader};
use super::super::keys::Action;
use super::super::msg::{Effect, Effects, Ticket};
use super::copy;
use crate::index::Changed;
use crate::model::{Conversation, Kind, Session, SessionId};
use crate::render::document::Document;
use crate::text::Clean;

/// Shows the selected session beside the list. What is being read does not go because its log does.
pub fn follow_selection(app: &mut App, effects: &mut Effects) {
    let gone = |reader: &Reader| reader.gone;
    let outermost = app.outer.first().or(app.reader.as_ref());
    if app.focus == Pane::Reader && outermost.is_some_and(gone) {
        return;
    }
    read_selected(app, effects);
}

pub fn read_selected(app: &mut App, effects: &mut Effects) {
    let Some(row) = app.selected().cloned() else {
        app.reader = None;
        return;
    };
    show(app, &row.session, effects);
}

/// Opens a session, unless it is open, itself or by a sub-agent of it.
pub fn show(app: &mut App, session: &Arc<Session>, effects: &mut Effects) {
    let outermost = app.outer.first().or(app.reader.as_ref());
    if outermost.is_none_or(|reader| reader.session.id != session.id) {
        app.outer.clear();
        open(app, session, effects);
    }
}

fn open(app: &mut App, session: &Arc<Session>, effects: &mut Effects) {
    app.copying = None;
    app.tickets += 1;
    app.reader = Some(Reader {
        ticket: app.tickets,
        session: session.clone(),
        document: None,
        loading: true,
        trouble: None,
        gone: false,
        needle: String::new(),
        landing: app.is_searching(),
        ending: false,
        on_disk: 0,
        searched: false,
        offered: false,
    });
    effects.push(Effect::Hot(vec![session.unit.clone()]));
    effects.push(Effect::Open(app.tickets, session.clone()));
}

pub fn opened(
    app: &mut App,
    ticket: Ticket,
    conversation: Arc<Conversation>,
    more: bool,
    effects: &mut Effects,
) {
    let look = app.look.clone();
    let Some(reader) = app.reader.as_mut().filter(|r| r.ticket == ticket) else {
        return;
    };
    let first_reading = std::mem::replace(&mut reader.loading, more);
    reader.trouble = None;
    match &mut reader.document {
        Some(document) => {
            document.replace(conversation);
            // What was still being read is no news.
            if first_reading {
                document.all_seen();
            }
        }
        None => {
            let mut document = Document::new(conversation, look).of(&reader.session);
            if std::mem::take(&mut reader.ending) {
                document.set_following(true);
            }
            reader.document = Some(document);
        }
    }
    land(app, more);
    if !more && let Some(action) = app.copying.take() {
        copy::copy(app, action, effects);
    }
}

/// Goes to the first place of what is searched, as soon as one is read.
fn land(app: &mut App, more: bool) {
    let (words, answers) = (app.query.query.words(), app.query.query.asks_of_answers());
    let text = app.query.query.text().to_owned();
    let Some(reader) = app.reader.as_mut().filter(|reader| reader.landing) else {
        return;
    };
    let Some(document) = &mut reader.document else {
        return;
    };
    document.find_words(&text, words, answers);
    if document.hits().is_some_and(|(_, of)| of > 0) {
        reader.landing = false;
        document.next_hit(0);
    }
    reader.landing &= more;
    reader.searched = true;
}

/// What is searched changed while a conversation is open: its places are marked anew, and it opens at the first.
pub fn search_again(app: &mut App) {
    let is_searching = app.is_searching();
    if let Some(reader) = &mut app.reader {
        reader.landing = is_searching;
        if !is_searching
            && std::mem::take(&mut reader.searched)
            && let Some(document) = &mut reader.document
        {
            document.find("");
        }
    }
    land(app, true);
}

/// The next hit; behind the last one the next session is offered, and taken when asked for again.
fn next_hit(app: &mut App, effects: &mut Effects) {
    let is_searching = app.is_searching();
    let Some(reader) = &mut app.reader else {
        return;
    };
    let is_last = reader
        .document
        .as_ref()
        .is_some_and(Document::is_behind_hits);
    if !is_searching || !is_last {
        if let Some(document) = &mut reader.document {
            document.next_hit(1);
        }
        return;
    }
    if !std::mem::replace(&mut reader.offered, true) {
        let last = app.list.cursor + 1 >= app.list.entries.len();
        let text = match last {
            true => "last hit of the last session",
            false => "last hit here; n again goes to the next session",
        };
        return app.say(text.into(), false);
    }
    super::list::step(app, 1);
    read_selected(app, effects);
}

pub fn not_opened(app: &mut App, ticket: Ticket, why: &str) {
    if let Some(reader) = app.reader.as_mut().filter(|r| r.ticket == ticket) {
        reader.loading = false;
        reader.trouble = Some(Clean::line(why));
    }
}

/// The open session's log changed: read on. What is gone stays to be read.
pub fn after_delta(app: &mut App, changed: &Changed, effects: &mut Effects) {
    let Some(reader) = &mut app.reader else {
        return;
    };
    let id = &reader.session.id;
    if changed.rows.contains(id) {
        if let Some(row) = app.index.row(id) {
            reader.session = row.session.clone();
        }
        effects.push(Effect::Refresh(reader.ticket));
    } else if changed.gone.contains(id) {
        reader.gone = true;
        reader.trouble = Some("its log is gone from disk; y c copies what is here".into());
    }
}

pub fn act(app: &mut App, action: Action, effects: &mut Effects) {
    if let Some(reader) = &mut app.reader {
        // Whoever goes somewhere wants to be there, whatever was to be shown first.
        reader.ending = false;
        reader.landing &= action != Action::Last;
    }
    match action {
        Action::Last => {
            let loading = app.reader.as_mut().filter(|reader| reader.loading);
            if let Some(reader) = loading {
                reader.ending = reader.document.is_none();
                effects.push(Effect::End(reader.ticket));
            }
        }
        Action::Dearest => return dearest(app),
        Action::Open => return into(app, effects),
        Action::Out => return out(app, effects),
        Action::NextHit => return next_hit(app, effects),
        _ => {}
    }
    let Some(document) = app.document() else {
        return;
    };
    match action {
        Action::Down => document.step(1),
        Action::Up => document.step(-1),
        Action::HalfDown => document.half_page(1),
        Action::HalfUp => document.half_page(-1),
        Action::PageDown => document.page(1),
        Action::PageUp => document.page(-1),
        Action::First => document.to_start(),
        Action::Last => {
            document.to_end();
            document.set_following(true);
        }
        Action::NextMessage => document.next_message(1),
        Action::PreviousMessage => document.next_message(-1),
        Action::NextPrompt => document.next_prompt(1),
        Action::PreviousPrompt => document.next_prompt(-1),
        Action::NextError => document.next_error(1),
        Action::PreviousError => document.next_error(-1),
        Action::PreviousHit => document.next_hit(-1),
        Action::Follow => {
            let on = !document.following();
            document.set_following(on);
        }
        Action::FoldBlock => document.toggle_fold(),
        Action::OpenAll => document.fold_all(true),
        Action::CloseAll => document.fold_all(false),
        Action::FoldTools => {
            document.cycle_tools();
            let text = format!("tools: {}", document.tools_word());
            app.say(Clean::from(text), false);
        }
        Action::FoldThinking => document.toggle_thinking(),
        Action::FoldSystem => document.toggle_system(),
        _ => {}
    }
}

/// To the turn that cost most, and what that was.
fn dearest(app: &mut App) {
    let Some(document) = app.document() else {
        return;
    };
    let text = match document.to_dearest() {
        Some(spent) => {
            let tokens = crate::text::short_count(spent.usage.total());
            format!("dearest turn: {}, {tokens} tok", spent.cost)
        }
        None => "no turn here has a known cost".to_owned(),
    };
    app.say(Clean::from(text), false);
}

/// Into the sub-agent under the cursor, else folds what is there.
fn into(app: &mut App, effects: &mut Effects) {
    let Some((call, child)) = app.document().and_then(Document::call_here) else {
        if let Some(document) = app.document() {
            document.toggle_fold();
        }
        return;
    };
    let Some(reader) = &app.reader else { return };
    let id = &reader.session.id;
    // The parent's log names the child, or the child's log names the call.
    let named = child.and_then(|native| app.index.row(&SessionId::new(id.source, native)));
    let calls = || {
        app.index
            .children(id)
            .find(|row| row.session.call.as_deref() == Some(&call))
    };
    let session = named
        .or_else(calls)
        .filter(|row| row.session.kind == Kind::SubAgent)
        .map(|row| row.session.clone());
    match session {
        Some(session) => {
            app.outer.extend(app.reader.take());
            open(app, &session, effects);
        }
        None => {
            if let Some(document) = app.document() {
                document.toggle_fold();
            }
        }
    }
}

/// Back to the conversation a sub-agent was entered from.
pub fn out(app: &mut App, effects: &mut Effects) {
    if let Some(mut outer) = app.outer.pop() {
        // The worker has since read another one: this one is read anew under a new number.
        app.tickets += 1;
        outer.ticket = app.tickets;
        effects.push(Effect::Open(outer.ticket, outer.session.clone()));
        app.reader = Some(outer);
    }
}
