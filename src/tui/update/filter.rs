//! Keys that write into the query: pickers, presets, views, and dropping what finds nothing.

use crossterm::event::{Event, KeyEvent};
use tui_input::InputRequest;
use tui_input::backend::crossterm::EventHandler;

use super::super::app::{App, Ask, Input};
use super::super::columns::{self, Columns};
use super::super::dialog::{Answer, Dialog};
use super::super::keys::Action;
use super::super::msg::{Effect, Effects};
use super::super::picker::{Picker, TYPED};
use super::super::views::{View, slot_for, slot_named};
use super::{input, list};
use crate::query::written;
use crate::text::{Clean, short_dir};

/// Sessions in which something failed.
const ERRORS: &str = "errors:>0";
/// Sessions that their agents delete so soon that it is worth saying.
const EXPIRING: &str = "expires:<9d";

/// Opens a picker, or writes at once. `nth` tells which of several keys it was.
pub fn act(app: &mut App, action: Action, nth: usize, effects: &mut Effects) {
    match action {
        Action::PickSource => open(app, "source"),
        Action::PickProject => open(app, "project"),
        Action::PickModel => open(app, "model"),
        Action::PickDate => app.picker = Some(Picker::days(app, "date")),
        Action::ThisFolder => this_folder(app),
        Action::OnlyErrors => toggle(app, "errors", ERRORS),
        Action::PickTag => open(app, "tag"),
        Action::OnlyLive => toggle(app, "is", "is:live"),
        Action::OnlyUnread => toggle(app, "is", "is:unread"),
        Action::OnlyStarred => toggle(app, "is", "is:starred"),
        Action::OnlyExpiring => toggle(app, "expires", EXPIRING),
        Action::AllKinds => {
            app.prefs.all_kinds = !app.prefs.all_kinds;
            // What was folded one by one counts from here on.
            app.list.folded.clear();
            effects.push(Effect::Remember(app.prefs.clone()));
            list::rebuild(app);
        }
        Action::OpenView => open_view(app, nth, effects),
        Action::SaveView => {
            app.input = Some(Input::Line(Ask::ViewName, tui_input::Input::default()));
        }
        Action::DropClause => {
            let query = &app.query.query;
            if nth < query.clauses().len() {
                let text = query.without(nth);
                input::set_query(app, &text);
            }
        }
        Action::Forgive => match app.query.query.forgiving() {
            Some(text) => input::set_query(app, &text),
            None => app.say("no word to forgive slips in".into(), false),
        },
        _ => {}
    }
}

fn open(app: &mut App, field: &'static str) {
    let picker = Picker::values(app, field);
    if picker.choices.is_empty() {
        let line = format!("no session tells its {field}");
        app.say(line.into(), false);
    } else {
        app.picker = Some(picker);
    }
}

/// Writes a clause, or takes it back where it stands already.
fn toggle(app: &mut App, field: &str, clause: &str) {
    let query = &app.query.query;
    let said = query.values_of(field);
    let is_said = clause.split_once(':').map(|(_, values)| values) == said;
    let text = query.with(field, Some(clause).filter(|_| !is_said));
    input::set_query(app, &text);
}

/// Only sessions of the folder that backscroll was started in, and below.
fn this_folder(app: &mut App) {
    let folder = short_dir(&app.folder, &app.home);
    let folder = folder.trim_end_matches('/');
    if folder.contains('"') {
        return app.refuse("no query can name this folder");
    }
    // Between quotes stars are letters, and `~` is where we are at home.
    let path = folder.trim_start_matches(['~', '/']);
    let is_plain = written(path) == path;
    let clause = match is_plain {
        true => format!("dir:{folder}/**"),
        false => format!("dir:{}", written(folder)),
    };
    toggle(app, "dir", &clause);
}

/// A key while a picker is open.
pub fn pick(app: &mut App, action: Action) {
    let Some(picker) = &mut app.picker else {
        return;
    };
    match action {
        Action::Down => picker.step(1),
        Action::Up => picker.step(-1),
        Action::PageDown => picker.step(10),
        Action::PageUp => picker.step(-10),
        Action::Mark => match picker.other {
            Some(other) => app.picker = Some(Picker::days(app, other)),
            None => {
                picker.mark();
                picker.step(1);
            }
        },
        // As in the list. One of several places is no choice, and what narrows those may hold a space.
        Action::Select if picker.tab() == Some("mark") => {
            picker.mark();
            picker.step(1);
        }
        Action::Select => {
            picker.input.handle(InputRequest::InsertChar(' '));
            picker.cursor = 0;
        }
        Action::Keep => choose(app),
        _ => app.picker = None,
    }
}

/// What is typed narrows the choices.
pub fn typed(app: &mut App, key: &KeyEvent) {
    if let Some(picker) = &mut app.picker {
        picker.input.handle_event(&Event::Key(*key));
        picker.cursor = 0;
    }
}

/// Writes what is chosen.
pub fn choose(app: &mut App) {
    let Some(picker) = app.picker.take() else {
        return;
    };
    let Some(value) = picker.chosen() else {
        // It stays, to be corrected.
        let typed = picker.input.value();
        app.say(Clean::line(&format!("none of these has {typed}")), false);
        app.picker = Some(picker);
        return;
    };
    if picker.is_of_places() {
        return super::places::go(app, &value);
    }
    let query = &app.query.query;
    if value == TYPED {
        // In front, where nothing before it can be open.
        let start = format!("{}:", picker.field);
        let text = query.with(picker.field, Some(&start));
        input::set_query(app, &text);
        let line = std::mem::take(&mut app.query.input);
        app.query.input = line.with_cursor(start.chars().count());
        app.input = Some(Input::Query);
        return;
    }
    let clause = format!("{}:{value}", picker.field);
    let text = query.with(picker.field, Some(&*clause).filter(|_| !value.is_empty()));
    input::set_query(app, &text);
}

pub fn open_view(app: &mut App, nth: usize, effects: &mut Effects) {
    let view = app
        .views
        .iter()
        .find(|view| usize::from(view.slot) == nth + 1);
    let Some(view) = view.cloned() else {
        let line = format!("no view {}: f V saves this query as one", nth + 1);
        return app.say(line.into(), false);
    };
    let columns = view.columns.as_ref();
    let columns = columns.map(|items| columns::read(items.iter().map(String::as_str)));
    let of_view = match columns {
        Some(Ok(placed)) => Some(placed),
        Some(Err(why)) => {
            let line = format!("view {}: {why}", view.slot);
            app.refuse(Clean::line(&line));
            None
        }
        None => None,
    };
    input::set_query(app, &view.query);
    // An order that holds already is chosen by nobody.
    if let Some(order) = view.order().filter(|order| *order != app.order()) {
        app.choose_order(order);
        effects.push(Effect::Remember(app.prefs.clone()));
    }
    // An empty query takes its view's columns along.
    app.view_columns = of_view;
    list::rebuild(app);
}

/// Keeps the query, the order and the columns under a name; where none is given, under what the query says. A number alone
/// means the view of that number. What is there already goes only after a question.
pub fn save_view(app: &mut App, typed: &str, effects: &mut Effects) {
    let said = app.query.query.describe();
    let typed = typed.trim();
    let number = slot_named(typed);
    let there = app.views.iter().find(|view| Some(view.slot) == number);
    let name = match there {
        Some(view) => view.name.clone(),
        None if number.is_some() || typed.is_empty() => said,
        None => typed.to_owned(),
    };
    if name.is_empty() {
        return app.say("a view needs a name".into(), false);
    }
    let Some(slot) = number.or_else(|| slot_for(&app.views, &name)) else {
        let line = "all nine views are taken; type the number of one in place of a name";
        return app.say(line.into(), true);
    };
    let mut view = View::new(slot, &name, app.query.input.value(), app.chosen_order());
    // The usual columns need no saying: whoever chooses others later sees them here too.
    let class = app.class();
    let columns = app.columns(class);
    let is_usual = columns == Columns::default().get(class);
    view.columns = (!is_usual).then(|| columns::written(columns));
    let old = app.views.iter().find(|known| known.slot == slot);
    let Some(old) = old.filter(|old| **old != view).cloned() else {
        return keep_view(app, view, effects);
    };
    let query = |view: &View| match view.query.as_str() {
        "" => "the whole list".to_owned(),
        query => query.to_owned(),
    };
    let lines = vec![
        Clean::line(&format!("View {slot}, {name}, is there: {}", query(&old))),
        Clean::line(&format!(
            "Overwrite it with {}, or delete it?",
            query(&view)
        )),
    ];
    let dialog = Dialog::new("Save a view", lines, "Leave it");
    let dialog = dialog.or("Overwrite it", Answer::SaveView(view));
    app.dialog = Some(dialog.or("Delete it", Answer::DropView(old)));
}

/// Keeps a view, in the place of the one that has its number.
pub fn keep_view(app: &mut App, view: View, effects: &mut Effects) {
    let slot = view.slot;
    let line = format!("view {slot}: {} (f {slot})", view.name);
    app.views.retain(|known| known.slot != slot);
    app.views.push(view.clone());
    app.views.sort_by_key(|view| view.slot);
    app.say(Clean::line(&line), false);
    effects.push(Effect::SaveView(view));
}

pub fn drop_view(app: &mut App, view: View, effects: &mut Effects) {
    app.views.retain(|known| known.slot != view.slot);
    let line = format!("view {}, {}, is deleted", view.slot, view.name);
    app.say(Clean::line(&line), false);
    effects.push(Effect::DropView(view));
}
