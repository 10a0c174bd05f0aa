//! Choosing from the palette, and what typing into it can mean besides.

use crossterm::event::{Event, KeyEvent};
use tui_input::backend::crossterm::EventHandler;

use super::super::app::{App, Input, Pane};
use super::super::help::Page;
use super::super::keys::{Action, Scope};
use super::super::msg::{Effect, Effects};
use super::super::palette::{Does, Entry, Palette, PaletteKind};
use super::{
    action, evidence, export, filter, input, launch, list, looked, settings, showing, spoken,
};
use crate::text::Clean;

/// So many actions stand first because they were used last.
const RECENT: usize = 12;

/// A key while a palette is open.
pub fn act(app: &mut App, action: Action, effects: &mut Effects) {
    let Some(palette) = &mut app.palette else {
        return;
    };
    match action {
        Action::Down => palette.step(1),
        Action::Up => palette.step(-1),
        Action::PageDown => palette.step(10),
        Action::PageUp => palette.step(-10),
        Action::Keep => choose(app, effects),
        Action::Right | Action::Left => {
            if let Some(page) = palette.page() {
                let by = if action == Action::Right { 1 } else { -1 };
                turn(app, page.beside(app.focus, by));
            }
        }
        _ => app.palette = None,
    }
}

/// Another page of the help, with what was typed.
pub fn turn(app: &mut App, page: Page) {
    let mut other = Palette::help(app, page);
    if let Some(palette) = &app.palette {
        other.input = palette.input.clone();
    }
    other.narrow();
    app.palette = Some(other);
}

/// What is typed narrows the entries. The key that opened the help closes it, while nothing is typed.
pub fn typed(app: &mut App, key: &KeyEvent) {
    if let Some(palette) = &mut app.palette {
        palette.input.handle_event(&Event::Key(*key));
        if palette.page().is_some() && palette.input.value() == "?" {
            app.palette = None;
            return;
        }
        // Whoever looks for something begins with it elsewhere; no name does.
        if palette.input.value() == "/" {
            palette.input.reset();
        }
        palette.narrow();
    }
    offer(app);
}

/// A place, a query, a session and what is said of settings stand before what is called so.
fn offer(app: &mut App) {
    let Some(palette) = &app.palette else { return };
    if palette.kind != PaletteKind::Commands {
        return;
    }
    let typed = palette.input.value();
    let mut offers = spoken::offers(app, typed);
    offers.splice(0..0, meant(app, typed.trim()));
    if let Some(palette) = &mut app.palette {
        palette.offer(offers);
    }
}

/// A paste is text.
pub fn paste(app: &mut App, line: &str) {
    if let Some(palette) = &mut app.palette {
        let text = format!("{}{line}", palette.input.value());
        palette.input = tui_input::Input::new(text);
        palette.narrow();
    }
    offer(app);
}

/// Does what the entry under the cursor says, or what was typed where none fits.
pub fn choose(app: &mut App, effects: &mut Effects) {
    let Some(palette) = &app.palette else { return };
    let typed = palette.input.value().trim().to_owned();
    match palette.here().cloned() {
        None => app.say(Clean::line(&format!("nothing is called {typed}")), false),
        Some(entry) if entry.does == Does::Tell => {}
        Some(entry) => {
            if let Some(why) = entry.why_not {
                return app.say(Clean::from(format!("{}: {why}", entry.label)), false);
            }
            app.palette = None;
            if let Does::Act(..) = entry.does {
                remember(app, &entry.name, effects);
            }
            perform(app, entry.does, effects);
        }
    }
}

/// What a text means that is no name of an action.
fn meant(app: &App, typed: &str) -> Option<Entry> {
    // A day stands before a time only.
    let (day, rest) = typed.rsplit_once(' ').unwrap_or(("", typed));
    let is_day = day.chars().all(|c| c.is_ascii_digit() || c == '-');
    let is_spot = |c: char| c.is_ascii_digit() || ":%".contains(c);
    let has_digit = rest.chars().any(|c| c.is_ascii_digit());
    let is_dated = day.is_empty() || is_day && day.len() < 11 && rest.contains(':');
    if has_digit && rest.chars().all(is_spot) && rest.len() < 9 && is_dated {
        let place = typed.trim_start_matches(':');
        let is_number = place.chars().all(|c| c.is_ascii_digit());
        let to = if is_number { "message " } else { "" };
        let is_open = app.reader.as_ref().is_some_and(|r| r.document.is_some());
        return Some(Entry {
            label: Clean::line(&format!("Go to {to}{place} of this conversation")),
            does: Does::Spot(typed.to_owned()),
            why_not: (!is_open).then(|| "no conversation is open".into()),
            ..Entry::default()
        });
    }
    if let Some(query) = typed.strip_prefix("filter ") {
        let query = query.trim();
        return Some(Entry {
            label: Clean::line(&format!("Filter by {query}")),
            does: Does::Query(query.to_owned()),
            ..Entry::default()
        });
    }
    if typed.len() < 8 || !has_digit || typed.contains(' ') {
        return None;
    }
    let native = typed.split_once(':').map_or(typed, |(_, native)| native);
    let mut rows = app.index.rows();
    let row = rows.find(|row| row.id().native.starts_with(native))?;
    let title = row
        .session
        .title
        .as_ref()
        .map(|title| title.shown().into_owned());
    Some(Entry {
        lead: "Go to ".into(),
        label: title.unwrap_or_else(|| Clean::line(&row.id().native)),
        does: Does::Session(row.id().clone()),
        ..Entry::default()
    })
}

/// Keeps an action among those that were used last.
fn remember(app: &mut App, name: &str, effects: &mut Effects) {
    let recent = &mut app.prefs.recent;
    if recent.last().is_some_and(|last| last == name) {
        return;
    }
    recent.retain(|known| known != name);
    recent.push(name.to_owned());
    recent.drain(..recent.len().saturating_sub(RECENT));
    effects.push(Effect::Remember(app.prefs.clone()));
}

fn perform(app: &mut App, does: Does, effects: &mut Effects) {
    match does {
        Does::Act(scope, action, nth) => {
            match scope {
                Scope::Reader => app.focus = Pane::Reader,
                Scope::List => app.focus = Pane::List,
                _ => {}
            }
            action::act(app, action, nth, effects);
        }
        Does::View(slot) => filter::open_view(app, usize::from(slot).saturating_sub(1), effects),
        Does::Query(text) => input::set_query(app, &text),
        Does::Session(id) => list::go_to(app, &id),
        Does::Read(id) => evidence::read(app, &id, effects),
        Does::Part(number, part) => {
            app.focus = Pane::Reader;
            if let Some(document) = app.document() {
                document.go_to_part(number, part);
            }
        }
        Does::Edits(file) => evidence::edits(app, &file),
        Does::Spot(place) => match app.document().map(|d| d.go_to_place(&place)) {
            Some(Ok(())) => app.focus = Pane::Reader,
            Some(Err(why)) => app.say(Clean::line(&why), false),
            None => app.say("no conversation is open".into(), false),
        },
        Does::Launch(wish) => effects.push(Effect::Launch(wish)),
        Does::Place(wish) => launch::place(app, wish),
        Does::Folder(id) => looked::ask(app, id),
        Does::Setting(name) => settings::change(app, name, effects),
        Does::Set(name, text) => settings::set(app, name, &text, effects),
        Does::Show(nth, at) => showing::show(app, nth, at, effects),
        Does::Allow(wanted, number) => export::allow(app, *wanted, number, effects),
        Does::Try(_) if app.is_first_run() => app.say("no sessions to filter yet".into(), false),
        Does::Try(text) => {
            app.focus = Pane::List;
            input::set_query(app, &text);
            app.input = Some(Input::Query);
        }
        Does::Tell | Does::Heading => {}
    }
}

/// Opens the palette, or the help.
pub fn open(app: &mut App, kind: PaletteKind) {
    app.palette = Some(match kind {
        PaletteKind::Help(page) => Palette::help(app, page),
        _ => Palette::commands(app),
    });
}
