//! The open conversation.

use std::sync::Arc;

use super::super::app::{App, Goal, Pane, Reader, Stood, Toward};
use super::super::keys::{Action, Scope};
use super::super::msg::{Effect, Effects, Ticket};
use super::super::toasts::{About, Weight};
use super::super::view::layout;
use super::{agents, copy, finding, list, nearby, places, showing};
use crate::index::Changed;
use crate::marks::{Change, Seen};
use crate::model::{Conversation, Kind, Session, SessionId};
use crate::render::document::{Document, Visit, Went};
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

/// Goes from the list to the selected session.
pub fn go_to_selected(app: &mut App, effects: &mut Effects) {
    app.focus = Pane::Reader;
    read_selected(app, effects);
}

pub fn read_selected(app: &mut App, effects: &mut Effects) {
    let Some(row) = app.to_read().cloned() else {
        leave(app, effects);
        app.reader = None;
        return;
    };
    // Whoever reads one of a family reads on in it while more of the family is found.
    let open = app.outer.first().or(app.reader.as_ref());
    let root = app.list.cursor;
    if app.focus == Pane::Reader
        && app.is_stand_in(root)
        && let Some(open) = open.map(|reader| &reader.session.id)
        && (app.selected().is_some_and(|row| row.id() == open)
            || app.list.under(root).any(|entry| entry.row.id() == open))
    {
        return;
    }
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

/// Remembers where the open conversation was left, and that somebody was there, here and in our file, if anybody went into
/// it. What was said before a visit is no news after it, wherever one left; what was said since stays news until it is
/// passed.
pub fn leave(app: &mut App, effects: &mut Effects) {
    let Some(reader) = app.reader.as_ref().filter(|reader| reader.visited) else {
        return;
    };
    let Some(document) = reader.document.as_ref().filter(|_| !reader.is_made) else {
        return;
    };
    let id = reader.session.id.clone();
    if let Some(place) = document.left() {
        let stood = Stood {
            place,
            query: app.query.query.text().to_owned(),
        };
        app.stood.insert(id.clone(), stood);
    }
    // Nobody knows yet what is there to be news.
    let Some(known) = reader.known else {
        return;
    };
    let messages = &document.conversation().messages;
    let last = messages.last().map_or(0, |message| message.number);
    let before = visit(app, &id);
    let known = before.map_or(known, |visit| visit.upto);
    let upto = document.seen_upto().unwrap_or(0).max(known).min(last);
    if before.is_some_and(|visit| visit.upto >= upto) {
        return;
    }
    let said = || {
        let passed = messages.iter().rev().filter(|m| m.number <= upto);
        let said = passed.filter_map(|message| message.at).next();
        said.max(before.and_then(|visit| visit.at))
    };
    let at = match upto == last {
        true => Some(app.now),
        false => said(),
    };
    let visit = Visit { upto, at };
    app.visits.insert(id.clone(), visit);
    let now = app.now;
    if let Some(document) = app.document() {
        document.set_seen(Some(visit), now);
    }
    if let Some(at) = at {
        let seen = Seen { at, messages: upto };
        super::marks::note(app, id, Change::Seen(Some(seen)), effects);
        list::refresh(app);
    }
}

/// How far a session was read before: in this run, else in an earlier one.
fn visit(app: &App, id: &SessionId) -> Option<Visit> {
    let noted = || {
        let seen = app.index.row(id)?.seen()?;
        Some(Visit {
            upto: seen.messages,
            at: Some(seen.at),
        })
    };
    app.visits.get(id).copied().or_else(noted)
}

/// Shows a conversation that was made here, of something that a session's log tells, until one goes back.
pub fn enter(app: &mut App, session: &Arc<Session>, talk: Arc<Conversation>) {
    app.tickets += 1;
    let document = Document::new(talk, app.look.clone());
    let document = document.of(session).shown(app.prefs.reader);
    let made = Reader {
        document: Some(document),
        loading: false,
        is_made: true,
        ..Reader::new(app.tickets, session.clone())
    };
    app.outer.extend(app.reader.replace(made));
}

pub fn open(app: &mut App, session: &Arc<Session>, effects: &mut Effects) {
    leave(app, effects);
    app.copying = None;
    app.tickets += 1;
    let finds = app.shows_hits();
    let stood = app.stood.get(&session.id);
    let stood = stood.filter(|stood| !finds || stood.query == app.query.query.text());
    let stays = stood.is_some();
    let goal = stood.cloned().map(Goal::Stood);
    let goal = goal.or((session.kind == Kind::Fork).then_some(Goal::Fork));
    app.reader = Some(Reader {
        row: app.index.row(&session.id).cloned(),
        landing: finds,
        stays,
        goal: goal.filter(|_| !finds || stays),
        ..Reader::new(app.tickets, session.clone())
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
    let (look, showing, now) = (app.look.clone(), app.prefs.reader, app.now);
    let area = layout::panes(app).reader_text();
    let open = app.reader.as_ref().map(|reader| reader.session.id.clone());
    let visit = open.as_ref().and_then(|id| visit(app, id));
    let repeated = open.as_ref().and_then(|id| app.index.repeated_upto(id));
    let pins = open.and_then(|id| app.index.row(&id)?.mark.clone());
    let pins = pins.map(|mark| mark.pins.clone()).unwrap_or_default();
    let Some(reader) = app.reader.as_mut().filter(|r| r.ticket == ticket) else {
        return;
    };
    if !more && reader.known.is_none() {
        reader.known = Some(conversation.messages.last().map_or(0, |m| m.number));
    }
    let first_reading = std::mem::replace(&mut reader.loading, more);
    reader.trouble = None;
    match &mut reader.document {
        // Who comes back to it has read more than what a reading tells first, and stays where he was.
        Some(document)
            if more && conversation.messages.len() < document.conversation().messages.len() => {}
        Some(document) => {
            document.replace(conversation);
            // What was still being read is no news.
            if first_reading {
                document.all_seen();
            }
        }
        None => {
            let mut document = Document::new(conversation, look)
                .of(&reader.session)
                .repeating_upto(repeated)
                .shown(showing);
            // Whoever is taken to a place in it needs its lines.
            if let Some(area) = area {
                document.set_size(area.width, area.height);
            }
            document.set_seen(visit, now);
            let messages = document.conversation().messages.iter();
            let pinned = messages.filter(|message| pins.contains(&message.number));
            reader.pins = pinned.map(|message| message.key).collect();
            if std::mem::take(&mut reader.ending) {
                document.set_following(true);
            }
            reader.document = Some(document);
            places::set_pins(reader);
        }
    }
    if let Some(reader) = &mut app.reader {
        // What is found opens folds: the lines among which one stood are there only then.
        if reader.landing
            && reader.stays
            && let Some(document) = &mut reader.document
        {
            document.taken(|document| document.find_query(&app.query.query));
        }
        places::reach(reader, more);
    }
    agents::tell(app);
    land(app, more);
    if let Some(reader) = app.reader.as_mut().filter(|_| first_reading) {
        nearby::go_toward(reader);
    }
    if !more && let Some((action, nth)) = app.copying.take() {
        copy::copy(app, action, nth, effects);
    }
}

/// Goes to the first place of what is searched, as soon as one is read.
pub fn land(app: &mut App, more: bool) {
    let Some(reader) = app.reader.as_mut().filter(|reader| reader.landing) else {
        return;
    };
    let Some(document) = &mut reader.document else {
        return;
    };
    // Who is taken to a place passed nothing on the way.
    document.taken(|document| {
        if !reader.stays {
            document.find_query(&app.query.query);
        }
        if document.hits().is_some_and(|(_, of)| of > 0) {
            // More of it may come behind the last one that is known.
            reader.landing = reader.from_end;
            // What a program put in comes first in many conversations, and is seldom what was looked for.
            if reader.stays {
                // The place where one stood is the one that is meant.
                document.count_from_here();
            } else if reader.from_end {
                document.to_last_hit();
            } else if !document.land_on_said() {
                document.next_hit(0);
            }
        }
    });
    reader.landing &= more;
    reader.searched = true;
    reader.needle.clear();
    match reader.from_end {
        _ if reader.stays => reader.seek = None,
        true => nearby::seek_anew(reader, Toward::First(-1, usize::MAX)),
        false => nearby::seek_anew(reader, Toward::Meant),
    }
    reader.from_end &= more;
}

pub fn not_opened(app: &mut App, ticket: Ticket, why: &str) {
    if let Some(reader) = app.reader.as_mut().filter(|r| r.ticket == ticket) {
        reader.loading = false;
        reader.trouble = Some(Clean::line(why));
        app.copying = None;
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
            reader.row = Some(row.clone());
        }
        effects.push(Effect::Refresh(reader.ticket));
        agents::tell(app);
    } else if changed.gone.contains(id) {
        reader.gone = true;
        let clock = app.now.to_zoned(app.look.zone.clone()).strftime("%H:%M");
        let map = &app.manner.keys;
        let key = |action| {
            let key = map.key(Scope::Reader, action, 0);
            key.map_or_else(|| "-".to_owned(), crate::tui::keys::printed)
        };
        let export = key(Action::Export);
        let export = export.split(' ').next().unwrap_or_default();
        let copy = key(Action::CopyConversation);
        let line = format!("log deleted at {clock} - {copy} copies, {export} exports what is here");
        reader.trouble = Some(Clean::from(line));
    }
}

pub fn act(app: &mut App, action: Action, effects: &mut Effects) {
    if let Some(reader) = &mut app.reader {
        // Whoever goes somewhere wants to be there, whatever was to be shown first.
        reader.ending = false;
        reader.goal = None;
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
        Action::Open => return agents::into(app, effects),
        Action::Out => return agents::out(app, effects),
        Action::NextHit => return finding::next_hit(app, effects),
        Action::PreviousHit => return finding::previous_hit(app, effects),
        Action::Outline => return places::outline(app),
        Action::Pin => return places::pin(app, effects),
        Action::Pins => return places::pins(app),
        Action::GoToParent => return places::parent(app, effects),
        Action::Inside => return agents::show_inside(app, effects),
        _ => {}
    }
    if showing::choose(app, action, effects) {
        return;
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
        Action::NextPrompt => went(app, |d| d.next_prompt(1), "prompt"),
        Action::PreviousPrompt => went(app, |d| d.next_prompt(-1), "prompt"),
        Action::NextError => went(app, |d| d.next_error(1), "error"),
        Action::PreviousError => went(app, |d| d.next_error(-1), "error"),
        Action::Follow => {
            let on = !document.following();
            document.set_following(on);
            let is_live = app.reader.as_ref().is_some_and(|r| r.is_live(app.now));
            if on && !is_live {
                app.say(
                    "no agent is at it now; should it go on, its end is followed".into(),
                    false,
                );
            }
        }
        Action::FoldBlock => agents::fold(app, Document::toggle_fold),
        Action::OpenAll => document.fold_all(true),
        Action::CloseAll => {
            document.fold_all(false);
            if document.is_finding() {
                let key = app.key(Scope::Reader, Action::Escape);
                let line =
                    format!("what has a hit stays open while it is looked for ({key} ends that)");
                app.tell_of(About::Showing, Clean::from(line), Weight::Info);
            }
        }
        Action::ShowMore => agents::fold(app, Document::show_more),
        Action::NextEdit => went(app, |d| d.next_edit(1), "edit"),
        Action::PreviousEdit => went(app, |d| d.next_edit(-1), "edit"),
        Action::FirstUnread => {
            let is_there = document.to_new();
            if !is_there {
                let line = "nothing is new since the last visit";
                app.tell_of(About::Way, line.into(), Weight::Info);
            }
        }
        Action::NextCompaction => {
            let is_there = document.next_compaction();
            if !is_there {
                let line = "this conversation was not compacted";
                app.tell_of(About::Way, line.into(), Weight::Info);
            }
        }
        Action::FocusMode => {
            document.toggle_focus();
            let text = match document.is_focused() {
                true => "prompts and final answers only",
                false => "everything",
            };
            app.tell_of(About::Showing, text.into(), Weight::Info);
        }
        _ => {}
    }
}

/// Goes to the next of a kind, and says so where there is none.
fn went(app: &mut App, step: impl Fn(&mut Document) -> Went, what: &str) {
    let line = match app.document().map(step) {
        Some(Went::NoFurther) => format!("no further {what} that way"),
        Some(Went::Nowhere) => format!("no {what} in this conversation"),
        Some(Went::There) | None => return,
    };
    app.tell_of(About::Way, Clean::from(line), Weight::Info);
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
    app.tell_of(About::Way, Clean::from(text), Weight::Info);
}
