//! Typing: the query, and what to find.

use crossterm::event::{Event, KeyEvent};
use tui_input::backend::crossterm::EventHandler;

use super::super::app::{App, Ask, Input, Toward};
use super::super::history::Step;
use super::super::keys::Action;
use super::super::listing;
use super::super::msg::{Effect, Effects};
use super::{filter, finding, list, marks, nearby, palette, reader};
use crate::query::{LENGTH, Query, piece};

/// So many texts that were found are remembered.
const FINDS: usize = 50;

pub fn typed(app: &mut App, key: &KeyEvent) {
    let event = Event::Key(*key);
    match &mut app.input {
        Some(Input::Query) => {
            let before = app.query.input.value().to_owned();
            app.query.input.handle_event(&event);
            app.query.completing = None;
            match app.query.input.value() == before {
                // The cursor may stand in another piece.
                true => offer(app),
                false => changed(app, before),
            }
        }
        Some(Input::Find(input)) => {
            let before = input.value().to_owned();
            input.handle_event(&event);
            if input.value() != before {
                find(app);
            }
        }
        Some(Input::Line(_, input)) => drop(input.handle_event(&event)),
        None => {}
    }
}

/// A paste is text and never a key: line feeds become spaces.
pub fn paste(app: &mut App, text: &str, _effects: &mut Effects) {
    let line: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(LENGTH)
        .collect();
    match &mut app.input {
        Some(Input::Query) => {
            let joined = format!("{}{line}", app.query.input.value());
            set_query(app, &joined);
        }
        Some(Input::Find(input)) => {
            *input = tui_input::Input::new(format!("{}{line}", input.value()));
            find(app);
        }
        Some(Input::Line(_, input)) => {
            *input = tui_input::Input::new(format!("{}{line}", input.value()));
        }
        None => {
            if app.palette.is_some() {
                return palette::paste(app, &line);
            }
            if let Some(picker) = &mut app.picker {
                picker.input = tui_input::Input::new(format!("{}{line}", picker.input.value()));
                picker.cursor = 0;
            }
        }
    }
}

/// What is typed next is a word of its own.
pub fn edit_query(app: &mut App) {
    app.input = Some(Input::Query);
    let text = app.query.input.value();
    if !text.is_empty() && !text.ends_with(char::is_whitespace) {
        let text = format!("{text} ");
        app.query.input = tui_input::Input::new(text);
    }
}

pub fn act(app: &mut App, action: Action, effects: &mut Effects) {
    match action {
        Action::Down => list::step(app, 1),
        Action::Up => list::step(app, -1),
        Action::NextHit => step(app, 1),
        // Before anything is typed there is what was found before.
        Action::PreviousHit if is_find_empty(app) => found_before(app, 1),
        Action::PreviousHit => step(app, -1),
        Action::Complete if matches!(app.input, Some(Input::Line(Ask::ViewName, _))) => {
            if let Some(Input::Line(_, line)) = &mut app.input
                && line.value().is_empty()
            {
                *line = tui_input::Input::new(app.query.query.describe());
            }
        }
        Action::Complete if matches!(app.input, Some(Input::Line(..))) => {
            if let Some(Input::Line(Ask::Tags(..), line)) = &app.input
                && let Some(text) = marks::complete(app, line.value())
                && let Some(Input::Line(_, line)) = &mut app.input
            {
                *line = tui_input::Input::new(text);
            }
        }
        Action::Complete => complete(app, 1),
        Action::CompleteBack => complete(app, -1),
        Action::Redraw => effects.push(Effect::Redraw),
        Action::OtherForm if is_find(app) => turn_find(app),
        Action::OtherForm => {
            if matches!(app.input, Some(Input::Query))
                && let Some(text) = app.query.query.turned()
            {
                set_query(app, &text);
            }
        }
        Action::Read => {
            let is_there = app.selected().is_some() && !app.search.is_stale;
            if matches!(app.input, Some(Input::Query)) && is_there {
                app.input = None;
                app.query.is_left = true;
                reader::go_to_selected(app, effects);
            }
        }
        Action::OlderQuery if is_find(app) => found_before(app, 1),
        Action::NewerQuery if is_find(app) => found_before(app, -1),
        Action::OlderQuery => recall(app, 1),
        Action::NewerQuery => recall(app, -1),
        Action::Keep if is_find(app) => keep_find(app),
        Action::Keep => {
            let text = app.query.input.value().trim_end().to_owned();
            if matches!(app.input, Some(Input::Query)) && app.prefs.keep_query(&text) {
                effects.push(Effect::Remember(app.prefs.clone()));
            }
            match app.input.take() {
                Some(Input::Line(Ask::ViewName, name)) => {
                    filter::save_view(app, name.value(), effects)
                }
                Some(Input::Line(ask, line)) => marks::typed(app, &ask, line.value(), effects),
                _ => {}
            }
        }
        _ => {
            remember_find(app);
            if is_find(app) {
                find_before(app);
                return_to_start(app);
            }
            app.input = None;
        }
    }
}

/// Writes into the query line; the line is the only truth about what is shown.
pub fn set_query(app: &mut App, text: &str) {
    let before = app.query.input.value().to_owned();
    app.query.input = tui_input::Input::new(text.to_owned());
    changed(app, before);
}

/// Puts a text into the query line that stood there before, and gives what stood there now.
pub fn put_back(app: &mut App, text: String) -> String {
    let now = app.query.input.value().to_owned();
    app.query.input = tui_input::Input::new(text);
    read(app);
    now
}

fn changed(app: &mut App, before: String) {
    if app.query.input.value() != before {
        // One step of undo is one visit to the line, not one letter.
        let typing = matches!(app.input, Some(Input::Query));
        if !typing || !app.query.visited {
            app.history.keep(Step::Query(before.trim_end().to_owned()));
        }
        app.query.visited = typing;
        read(app);
    }
}

fn read(app: &mut App) {
    app.query.completing = None;
    app.query.recalled = None;
    offer(app);
    app.query.query = Query::parse(app.query.input.value(), &app.context);
    // Whoever clears the query leaves the view too.
    if app.query.query.is_empty() {
        app.view_columns = None;
    }
    app.list.moved = false;
    app.list.above = 0;
    // Where conversations are asked, the list stands until the first of them answers.
    if app.is_searching() {
        app.search.is_stale |= app.search.query != app.query.query;
    } else {
        list::rebuild(app);
    }
}

/// Puts a remembered query into the line: an older one, or a newer one and behind the newest what was typed.
fn recall(app: &mut App, step: isize) {
    if !matches!(app.input, Some(Input::Query)) {
        return;
    }
    let (at, typed) = app.query.recalled.take().unwrap_or_else(|| {
        let typed = app.query.input.value().to_owned();
        (app.prefs.queries.len(), typed)
    });
    let mut to = at.checked_add_signed(-step).unwrap_or(0);
    // What stands in the line already is no step.
    let is_there = |to: usize| {
        let known = app.prefs.queries.get(to);
        known.is_some_and(|text| text == app.query.input.value().trim_end())
    };
    if step > 0 && to > 0 && is_there(to) {
        to -= 1;
    }
    let text = app.prefs.queries.get(to).unwrap_or(&typed).clone();
    set_query(app, &text);
    let to = to.min(app.prefs.queries.len());
    app.query.recalled = Some((to, typed));
}

/// What the piece before the cursor can become, with as many rows as the list would show. What is already written is no
/// offer.
fn offer(app: &mut App) {
    let input = &app.query.input;
    let rows = app.index.rows().map(|row| &**row);
    let mut offers = crate::query::complete(input.value(), input.cursor(), rows);
    let piece = piece(input.value(), input.cursor());
    offers.retain(|offer| input.value().get(piece.clone()) != Some(&offer.text));
    if offers.iter().any(|offer| offer.count.is_some()) {
        let families = listing::families(app);
        for offer in &mut offers {
            let mut text = input.value().to_owned();
            text.replace_range(piece.clone(), &offer.text);
            let query = Query::parse(&text, &app.context);
            offer.count = listing::shown_now(app, &families, &query);
        }
        // Presets keep their order, but for flags that no session has.
        let is_flag = ["is:", "has:"].iter().any(|name| {
            let typed = input.value().get(piece.clone());
            typed.is_some_and(|typed| typed.starts_with(name))
        });
        offers.sort_by_key(|offer| {
            let found = (!offer.is_preset).then_some(std::cmp::Reverse(offer.count));
            (found, is_flag && offer.count == Some(0))
        });
    }
    app.query.offers = offers;
}

fn is_find(app: &App) -> bool {
    matches!(app.input, Some(Input::Find(_)))
}

fn is_find_empty(app: &App) -> bool {
    matches!(&app.input, Some(Input::Find(input)) if input.value().is_empty())
}

/// Finds what was typed. Where all of it was taken back, nothing of one's own is looked for.
fn find(app: &mut App) {
    let Some(Input::Find(input)) = &app.input else {
        return;
    };
    let needle = input.value().to_owned();
    if needle.is_empty() {
        finding::stop_finding(app);
        return return_to_start(app);
    }
    let Some(reader) = &mut app.reader else {
        return;
    };
    let is_new = std::mem::replace(&mut reader.needle, needle.clone()) != needle;
    reader.landing = false;
    if let Some(document) = &mut reader.document {
        if let Some(stand) = reader.found_from.filter(|_| is_new) {
            document.return_to(stand);
        }
        let from = document.place();
        if is_new || !document.is_finding() {
            document.find(&needle);
            nearby::seek_anew(reader, Toward::First(0, from));
        }
    }
    if let Some(document) = &mut reader.document {
        document.next_hit(0);
    }
}

/// Whoever leaves finding has what was found before, if anything was.
fn find_before(app: &mut App) {
    let before = app.reader.as_ref().map(|r| r.found_before.clone());
    if let Some(before) = before.filter(|before| !before.is_empty()) {
        app.input = Some(Input::Find(before.into()));
        find(app);
    }
}

/// Whoever finds nothing, or leaves finding, is where he began.
pub fn return_to_start(app: &mut App) {
    if let Some(reader) = &mut app.reader
        && let (Some(document), Some(stand)) = (&mut reader.document, reader.found_from)
    {
        document.return_to(stand);
    }
}

/// What is found as it stands is found as a pattern, and the other way round.
fn turn_find(app: &mut App) {
    let Some(Input::Find(input)) = &app.input else {
        return;
    };
    let text = input.value();
    let inner = text.strip_prefix('/').and_then(|t| t.strip_suffix('/'));
    let turned = match inner {
        Some(inner) => inner.to_owned(),
        None if text.is_empty() => return,
        None => format!("/{text}/"),
    };
    app.input = Some(Input::Find(turned.into()));
    find(app);
}

/// From hit to hit while typing.
fn step(app: &mut App, direction: i32) {
    if let Some(reader) = &mut app.reader {
        reader.toward = None;
        if let Some(document) = &mut reader.document {
            document.next_hit(direction);
        }
    }
}

/// Ends typing. Where nothing was typed the text before is found again, or gone on with.
fn keep_find(app: &mut App) {
    if !is_find_empty(app) {
        find(app);
        remember_find(app);
        finding::say_not_found(app);
    } else if let Some(last) = app.finds.last().cloned() {
        let goes_on = app.reader.as_ref().is_some_and(|r| r.needle == last);
        match goes_on {
            true => step(app, 1),
            false => {
                app.input = Some(Input::Find(last.into()));
                find(app);
            }
        }
    }
    app.input = None;
}

/// What was typed can be had again.
fn remember_find(app: &mut App) {
    if let Some(Input::Find(input)) = &app.input
        && !input.value().is_empty()
    {
        let text = input.value().to_owned();
        app.finds.retain(|known| *known != text);
        app.finds.push(text);
        app.finds.drain(..app.finds.len().saturating_sub(FINDS));
    }
}

/// Puts a text into the line that was found before: an older one, or a newer one and behind the newest none.
fn found_before(app: &mut App, step: isize) {
    let Some(Input::Find(input)) = &app.input else {
        return;
    };
    let known = app.finds.iter().position(|text| text == input.value());
    let at = known.unwrap_or(app.finds.len());
    let to = at.checked_add_signed(-step).unwrap_or(0);
    let text = app.finds.get(to).cloned().unwrap_or_default();
    app.input = Some(Input::Find(text.into()));
    find(app);
}

/// Puts the next or the previous offer in place of the piece before the cursor.
fn complete(app: &mut App, step: isize) {
    if !matches!(app.input, Some(Input::Query)) {
        return;
    }
    let offers = app.query.offers.clone();
    let (from, at) = match app.query.completing.take() {
        Some((from, at)) => (from, at.checked_add_signed(step).unwrap_or(offers.len())),
        None => (app.query.input.clone(), 0),
    };
    // One behind the last is what was typed.
    let at = at % (offers.len() + 1);
    let piece = piece(from.value(), from.cursor());
    let mut text = from.value().to_owned();
    let mut cursor = from.cursor();
    if let Some(offer) = offers.get(at) {
        cursor = text.get(..piece.start).unwrap_or_default().chars().count();
        cursor += offer.text.chars().count();
        text.replace_range(piece, &offer.text);
    }
    let before = app.query.input.value().to_owned();
    app.query.input = tui_input::Input::new(text).with_cursor(cursor);
    changed(app, before);
    // Where nothing else fits, a field that was taken waits for its value, and those are offered.
    let is_taken = app.query.input.value().ends_with(':') || !app.query.offers.is_empty();
    if offers.len() == 1 && at == 0 && is_taken {
        return;
    }
    app.query.completing = (!offers.is_empty()).then_some((from, at));
    app.query.offers = offers;
}
