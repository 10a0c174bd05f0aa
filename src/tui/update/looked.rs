//! Keys where no sessions are: the table of places scrolls, and a folder of logs is added. Menus of keys scroll alike.

use super::super::app::{App, Ask, Input};
use super::super::keys::Action;
use super::super::msg::{Effect, Effects};
use super::super::palette::{Does, Entry, Palette};
use super::super::view::{first_run, overlay};
use crate::model::SourceId;
use crate::sources;
use crate::text::Clean;

/// The list of agents that a folder can be of.
const FOLDER_OF: &str = "A folder of logs: of which agent";

/// Scrolls, where that is what a key says.
pub fn act(app: &mut App, action: Action) {
    let (seen, last) = first_run::extent(app);
    if let Some(by) = moved(action, seen) {
        app.looked_top = scrolled(app.looked_top, by, last);
    }
}

/// Scrolls the menu of the prefix that is open.
pub fn menu(app: &mut App, action: Action) {
    let (seen, last) = overlay::menu_extent(app);
    if let Some(by) = moved(action, seen) {
        app.menu_top = scrolled(app.menu_top, by, last);
    }
    // Whoever looks through it has waited for it.
    app.pressed = Some(app.elapsed.saturating_sub(app.manner.menu_delay));
}

/// How many lines an action moves a list of which so many are seen at once; absent where it moves none.
pub fn moved(action: Action, seen: usize) -> Option<isize> {
    let page = isize::try_from(seen).unwrap_or(1).max(1);
    Some(match action {
        Action::Down => 1,
        Action::Up => -1,
        Action::PageDown => page,
        Action::PageUp => -page,
        Action::First => -(1 << 16),
        Action::Last => 1 << 16,
        _ => return None,
    })
}

/// The first line after a move, where `last` is the last that can be the first.
pub fn scrolled(top: usize, by: isize, last: usize) -> usize {
    top.min(last).saturating_add_signed(by).min(last)
}

/// Asks which agent a folder is of, among those that are looked for.
pub fn add(app: &mut App) {
    let entry = |id: SourceId| {
        Some(Entry {
            label: sources::source(id)?.card().label.into(),
            name: id.0.to_owned(),
            does: Does::Folder(id),
            ..Entry::default()
        })
    };
    let read = app.index.progress().sources.iter();
    let entries = read.filter_map(|source| entry(source.source)).collect();
    app.palette = Some(Palette::list(FOLDER_OF, entries));
}

/// Asks for the folder.
pub fn ask(app: &mut App, id: SourceId) {
    app.input = Some(Input::Line(Ask::Folder(id), "~/".into()));
}

/// Takes the folder that was typed. Whether it is there is found out by whoever does this.
pub fn typed(app: &mut App, id: SourceId, path: &str, effects: &mut Effects) {
    match path.trim() {
        "" => app.say(Clean::from("no folder was named".to_owned()), false),
        path => effects.push(Effect::AddFolder(id, path.to_owned())),
    }
}
