//! Sessions that the open one started: gone into, or shown within it.

use std::sync::Arc;

use super::super::app::{App, Pane};
use super::super::keys::{Action, Scope};
use super::super::msg::{Effect, Effects, Ticket};
use super::super::toasts::{About, Weight};
use super::{list, reader};
use crate::model::{Conversation, Kind, Row, Session, SessionId};
use crate::render::document::{Agent, Document};
use crate::text::Clean;

/// Tells the document what is known of the sessions that its calls started.
pub fn tell(app: &mut App) {
    let Some(reader) = &mut app.reader else {
        return;
    };
    let Some(document) = &mut reader.document else {
        return;
    };
    let children = app.index.children(&reader.session.id);
    let agents = children.filter(|row| row.session.kind == Kind::SubAgent);
    let agent = |row: &Arc<Row>| Agent {
        native: row.session.id.native.clone(),
        call: row.session.call.clone(),
        messages: row.session.messages(),
        cost: row.cost(),
    };
    document.set_agents(agents.map(agent).collect());
}

/// Opens a session from the one that is open, to which it is gone back.
pub fn enter(app: &mut App, session: &Arc<Session>, effects: &mut Effects) {
    app.outer.extend(app.reader.take());
    reader::open(app, session, effects);
}

/// Into the sub-agent under the cursor, else folds what is there.
pub fn into(app: &mut App, effects: &mut Effects) {
    let here = app.document().and_then(Document::call_here);
    let session = here.and_then(|(call, child)| agent_of(app, &call, child));
    match session {
        Some(session) => enter(app, &session, effects),
        None => fold(app, Document::toggle_fold),
    }
}

/// Folds or unfolds what is under the cursor, or says that nothing there folds.
pub fn fold(app: &mut App, way: fn(&mut Document)) {
    let Some(document) = app.document() else {
        return;
    };
    if document.is_foldable() {
        way(document);
    } else {
        app.tell_of(
            About::Way,
            "nothing opens or folds here".into(),
            Weight::Info,
        );
    }
}

/// The session that a call started: the parent's log names the child, or the child's log names the call.
fn agent_of(app: &App, call: &str, child: Option<Box<str>>) -> Option<Arc<Session>> {
    let id = &app.reader.as_ref()?.session.id;
    let named = child.and_then(|native| app.index.row(&SessionId::new(id.source, native)));
    let calls = || {
        app.index
            .children(id)
            .find(|row| row.session.call.as_deref() == Some(call))
    };
    let row = named.or_else(calls)?;
    (row.session.kind == Kind::SubAgent).then(|| row.session.clone())
}

/// Shows what the sub-agent under the cursor said within this conversation, or all of them where the cursor is on none;
/// or takes them away.
pub fn show_inside(app: &mut App, effects: &mut Effects) {
    let Some(document) = app.document() else {
        return;
    };
    let here = document.call_here();
    let calls: Vec<_> = match here {
        Some(here) => vec![here],
        None => document.calls(),
    };
    let shown: Vec<Box<str>> = calls
        .iter()
        .filter(|(call, _)| document.shows_inside(call))
        .map(|(call, _)| call.clone())
        .collect();
    if !shown.is_empty() {
        for call in shown {
            document.set_inside(call, None);
        }
        return;
    }
    let ticket = app.reader.as_ref().map_or(0, |reader| reader.ticket);
    let mut count = 0;
    for (call, child) in calls {
        if let Some(session) = agent_of(app, &call, child) {
            effects.push(Effect::Inside(ticket, call, session));
            count += 1;
        }
    }
    if count == 0 {
        app.say("no sub-agent here".into(), false);
    }
}

/// What was said in a sub-agent is read.
pub fn inside(
    app: &mut App,
    ticket: Ticket,
    call: Box<str>,
    inside: Result<Arc<Conversation>, String>,
) {
    let reader = app.reader.as_mut().filter(|reader| reader.ticket == ticket);
    let Some(document) = reader.and_then(|reader| reader.document.as_mut()) else {
        return;
    };
    match inside {
        Ok(inside) => document.set_inside(call, Some(inside)),
        Err(why) => app.say(Clean::line(&format!("sub-agent not read: {why}")), true),
    }
}

/// To the session beside the one that is read: of a sub-agent to the next that the same session started.
pub fn read_on(app: &mut App, by: i64, effects: &mut Effects) {
    let Some(reader) = &mut app.reader else {
        return list::read_on(app, by);
    };
    reader.gone = false;
    let here = reader.session.id.clone();
    let outer = app.outer.last().map(|outer| outer.session.id.clone());
    let Some(outer) = outer.filter(|outer| *outer != here) else {
        return list::read_on(app, by);
    };
    let mut beside: Vec<&Arc<Row>> = app
        .index
        .children(&outer)
        .filter(|row| row.session.kind == Kind::SubAgent)
        .collect();
    beside.sort_by_cached_key(|row| (row.session.started, row.id().clone()));
    let at = beside.iter().position(|row| *row.id() == here);
    let to = at.and_then(|at| at.checked_add_signed(isize::try_from(by).ok()?));
    match to.and_then(|to| beside.get(to)) {
        Some(row) => {
            let session = row.session.clone();
            reader::open(app, &session, effects);
        }
        None => {
            let end = if by > 0 { "last" } else { "first" };
            let key = app.key(Scope::Reader, Action::Back);
            let line = format!("this is the {end} sub-agent of its session; {key} goes back");
            app.tell_of(About::Way, line.into(), Weight::Info);
        }
    }
}

/// Out of a sub-agent, or of what was put together from a conversation, into that; else to the list.
pub fn back(app: &mut App, effects: &mut Effects) {
    match app.outer.is_empty() {
        true => app.focus = Pane::List,
        false => out(app, effects),
    }
}

/// Back to the conversation a sub-agent was entered from.
pub fn out(app: &mut App, effects: &mut Effects) {
    if let Some(mut outer) = app.outer.pop() {
        // The worker has since read another one: this one is read anew under a new number.
        app.tickets += 1;
        outer.ticket = app.tickets;
        outer.seek = None;
        if let Some(document) = &mut outer.document {
            document.forget_near();
        }
        effects.push(Effect::Open(outer.ticket, outer.session.clone()));
        app.reader = Some(outer);
    }
}
