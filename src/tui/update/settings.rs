//! Changing settings from the screen: each is a line of the table, written into the file with all else left as it is.

use std::sync::Arc;

use super::super::app::{App, Ask, Input};
use super::super::columns::{Class, Columns, Placed, named, written};
use super::super::keys::Action;
use super::super::msg::{Effect, Effects};
use super::super::palette::{Does, Entry, Palette};
use super::super::settings::{Line, SettingsDialog, Tab, Turns, is_off, lines};
use super::super::tasks::Task;
use crate::config::edit::New;
use crate::config::{Kind, OPTIONS, Origin, THEMES};
use crate::text::Clean;

/// Between keys that are typed.
const OR: &str = " or ";

/// Opens the dialog, at the columns of the list that is seen.
pub fn open(app: &mut App, effects: &mut Effects) {
    effects.push(Effect::Know);
    app.settings = Some(SettingsDialog {
        class: app.class(),
        ..SettingsDialog::default()
    });
}

/// A key while the dialog is open.
pub fn act(app: &mut App, action: Action, effects: &mut Effects) {
    let Some(mut dialog) = app.settings else {
        return;
    };
    let all = lines(app, &dialog);
    let last = all.len().saturating_sub(1);
    let here = all.get(dialog.cursor.min(last)).cloned();
    let by = match action {
        Action::Down => 1,
        Action::Up => -1,
        Action::PageDown => 10,
        Action::PageUp => -10,
        Action::First => -(1 << 16),
        Action::Last => 1 << 16,
        _ => 0,
    };
    if by != 0 {
        dialog.cursor = dialog.cursor.saturating_add_signed(by).min(last);
        app.settings = Some(dialog);
        return try_theme(app);
    }
    match action {
        Action::Right => go(app, dialog.tab.beside(1)),
        Action::Left => go(app, dialog.tab.beside(-1)),
        Action::OtherList if dialog.tab == Tab::Columns => {
            dialog.class = dialog.class.next();
            dialog.cursor = 0;
            app.settings = Some(dialog);
        }
        Action::Reset => reset(app, dialog, here, effects),
        Action::Mark | Action::Keep => turn(app, dialog, here, effects),
        Action::Later | Action::Earlier | Action::Narrower | Action::Wider => {
            if let Some(Turns::Column(name)) = here.map(|line| line.turns) {
                column(app, dialog.class, name, action, effects);
            }
        }
        Action::OtherList => {}
        _ => close(app),
    }
}

/// Another tab, from its first line.
pub fn go(app: &mut App, tab: Tab) {
    let Some(dialog) = &mut app.settings else {
        return;
    };
    (dialog.tab, dialog.cursor) = (tab, 0);
    if tab == Tab::Theme {
        let now = app.manner.settings.text("ui.theme").to_owned();
        let all = app.settings.as_ref().map(|dialog| lines(app, dialog));
        let at = all.and_then(|all| {
            let is_now = |line: &Line| line.turns == Turns::Theme(now.clone());
            all.iter().position(is_now)
        });
        if let Some(dialog) = &mut app.settings {
            dialog.cursor = at.unwrap_or(0);
        }
    }
    super::look_again(app);
}

pub fn close(app: &mut App) {
    app.settings = None;
    // A theme that was only tried goes.
    super::look_again(app);
}

/// Shows the theme under the cursor.
pub fn try_theme(app: &mut App) {
    let Some(dialog) = app.settings.filter(|dialog| dialog.tab == Tab::Theme) else {
        return;
    };
    let here = lines(app, &dialog).into_iter().nth(dialog.cursor);
    if let Some(Turns::Theme(name)) = here.map(|line| line.turns)
        && let Some(theme) = app.manner.themes.named(&name, app.prefs.light)
    {
        super::wear(app, theme);
    }
}

/// Does what the line under the cursor is for.
fn turn(app: &mut App, dialog: SettingsDialog, here: Option<Line>, effects: &mut Effects) {
    match here.map(|line| line.turns) {
        Some(Turns::Column(name)) => column(app, dialog.class, name, Action::Mark, effects),
        Some(Turns::Source(id)) => {
            let Some(source) = app.known.sources.iter().find(|s| s.id == id) else {
                return;
            };
            let off = app.manner.settings.texts("sources.off").iter();
            let mut off: Vec<String> = off.map(|said| said.text.clone()).collect();
            match is_off(app, source) {
                true => off.retain(|name| !source.names.contains(&name.to_lowercase())),
                false => off.push(id.0.to_owned()),
            }
            write(app, "sources.off", New::Items(off), effects);
        }
        Some(Turns::Theme(name)) => set(app, "ui.theme", &name, effects),
        Some(Turns::Setting(name)) => change(app, name, effects),
        Some(Turns::Keys(name, keys)) => {
            let now = tui_input::Input::new(keys.join(OR));
            app.input = Some(Input::Line(Ask::Keys(name), now));
        }
        Some(Turns::Nothing) | None => {}
    }
}

/// Gives back what it is by itself.
fn reset(app: &mut App, dialog: SettingsDialog, here: Option<Line>, effects: &mut Effects) {
    match here.map(|line| line.turns) {
        Some(Turns::Column(_)) => {
            let usual = Columns::default().get(dialog.class).to_vec();
            app.view_columns = None;
            app.manner.columns.set(dialog.class, usual);
            write(app, dialog.class.option(), New::Nothing, effects);
        }
        Some(Turns::Source(_)) => write(app, "sources.off", New::Nothing, effects),
        Some(Turns::Theme(_)) => write(app, "ui.theme", New::Nothing, effects),
        Some(Turns::Setting(name)) => write(app, name, New::Nothing, effects),
        Some(Turns::Keys(name, _)) => {
            write(app, &format!("keys.{name}"), New::Nothing, effects);
        }
        Some(Turns::Nothing) | None => {}
    }
}

/// Shows a column or not, moves it, or gives it more or fewer cells.
fn column(app: &mut App, class: Class, name: &'static str, action: Action, effects: &mut Effects) {
    let mut placed = app.manner.columns.get(class).to_vec();
    let at = placed.iter().position(|p| p.column.name == name);
    match (action, at) {
        (Action::Mark, None) => placed.extend(named(name).map(|column| Placed {
            column,
            width: None,
        })),
        (Action::Mark, Some(_)) if placed.len() == 1 => {
            return app.say("one column stays".into(), false);
        }
        (Action::Mark, Some(_)) if class == Class::Rows && name == "title" => {
            return app.say("rows of two lines always have their title".into(), false);
        }
        (Action::Mark, Some(at)) => drop(placed.remove(at)),
        (Action::Later, Some(at)) if at + 1 < placed.len() => placed.swap(at, at + 1),
        (Action::Earlier, Some(at)) if at > 0 => placed.swap(at, at - 1),
        (Action::Narrower | Action::Wider, Some(at)) => {
            let Some(one) = placed.get_mut(at) else {
                return;
            };
            let cells = one.cells(class);
            if cells == 0 {
                return app.say("it takes what the others leave".into(), false);
            }
            let by = if action == Action::Wider { 1 } else { -1 };
            *one = one.of_width(i32::from(cells) + by);
        }
        (_, None) => return app.say("show it first".into(), false),
        _ => return,
    }
    keep_columns(app, class, placed, effects);
    // The cursor goes with its column.
    let dialog = app.settings;
    let all = dialog.map(|dialog| lines(app, &dialog)).unwrap_or_default();
    let now = all.iter().position(|l| l.turns == Turns::Column(name));
    if let (Some(dialog), Some(now)) = (&mut app.settings, now) {
        dialog.cursor = now;
    }
}

/// Makes these the columns of a kind of list, from now on.
pub fn keep_columns(app: &mut App, class: Class, placed: Vec<Placed>, effects: &mut Effects) {
    let items = written(&placed);
    app.view_columns = None;
    app.manner.columns.set(class, placed);
    write(app, class.option(), New::Items(items), effects);
}

/// Turns a switch, offers the words that it takes, or asks for a text.
pub fn change(app: &mut App, name: &'static str, effects: &mut Effects) {
    let Some(opt) = OPTIONS.iter().find(|opt| opt.name == name) else {
        return;
    };
    let choices = |words: &[&'static str]| {
        let entry = |word: &&'static str| Entry {
            label: (*word).into(),
            does: Does::Set(name, (*word).to_owned()),
            ..Entry::default()
        };
        words.iter().map(entry).collect::<Vec<Entry>>()
    };
    match opt.kind {
        Kind::Bool => {
            let on = !app.manner.settings.is_on(name);
            set(app, name, &on.to_string(), effects);
        }
        Kind::One(words) => app.palette = Some(Palette::list(name, choices(words))),
        Kind::Theme => app.palette = Some(Palette::list(name, choices(THEMES))),
        _ => {
            let held = app.manner.settings.held(name);
            let now = held.map(|held| held.value.plain()).unwrap_or_default();
            app.input = Some(Input::Line(Ask::Setting(name), tui_input::Input::new(now)));
        }
    }
}

/// Writes a value, if the setting takes it. The screen reads the file again by itself.
pub fn set(app: &mut App, name: &'static str, text: &str, effects: &mut Effects) {
    if let Some(wrong) = wrong(app, name, text) {
        app.refuse(Clean::line(&format!("{name}: {wrong}")));
        return again(app, Ask::Setting(name), text);
    }
    write(app, name, New::Text(text.to_owned()), effects);
    let start = OPTIONS.iter().any(|opt| opt.name == name && opt.at_start);
    let start = if start { ", from the next start" } else { "" };
    let shown = if text.is_empty() { "nothing" } else { text };
    // Whatever stands over the file counts more than what is written there.
    let over = match app.manner.settings.held(name).map(|held| &held.from) {
        Some(Origin::Variable(variable)) => format!("; {variable} counts more"),
        Some(Origin::Flag(flag)) => format!("; {flag} counts more in this run"),
        _ => String::new(),
    };
    let line = format!("{name}: {shown}{start}{over}");
    app.say(Clean::line(&line), false);
}

/// Why a setting does not take a value, and what may have been meant.
pub fn wrong(app: &App, name: &str, text: &str) -> Option<String> {
    let opt = OPTIONS.iter().find(|opt| opt.name == name)?;
    if matches!(opt.kind, Kind::Theme) && !text.contains(['/', '.']) {
        let known = app.manner.themes.own().any(|own| own == text);
        let near = || {
            let all = THEMES.iter().copied().chain(app.manner.themes.own());
            let near = crate::config::nearest(text, all);
            near.map(|near| format!("; the nearest is {near}"))
        };
        return (!known && !THEMES.contains(&text))
            .then(|| format!("no theme {text}{}", near().unwrap_or_default()));
    }
    if Class::ALL.iter().any(|class| class.option() == name) {
        let names = text.split(',').map(str::trim).filter(|t| !t.is_empty());
        return super::super::columns::read(names).err();
    }
    let wrong = opt.kind.spelt(text).err()?;
    let near = wrong.nearest.map(|near| format!("; the nearest is {near}"));
    Some(format!("{}{}", wrong.what, near.unwrap_or_default()))
}

/// What was typed and refused stays, to be mended.
fn again(app: &mut App, ask: Ask, text: &str) {
    app.input = Some(Input::Line(ask, tui_input::Input::new(text.to_owned())));
}

/// The keys that somebody typed for an action.
pub fn bind(app: &mut App, name: &str, text: &str, effects: &mut Effects) {
    let keys = text.split(OR).map(str::trim).filter(|key| !key.is_empty());
    let keys: Vec<String> = keys.map(str::to_owned).collect();
    for key in &keys {
        if let Err(why) = super::super::keys::spelling(key) {
            app.refuse(Clean::line(&format!("{name}: {why}")));
            return again(app, Ask::Keys(name.to_owned()), text);
        }
    }
    let spelt: Vec<String> = keys
        .iter()
        .filter_map(|key| super::super::keys::spelling(key).ok())
        .collect();
    if let Some(why) = app.manner.keys.taken(name, &spelt) {
        let line = format!("not bound: {why}; type another, or change that one first");
        app.refuse(Clean::line(&line));
        return again(app, Ask::Keys(name.to_owned()), text);
    }
    write(app, &format!("keys.{name}"), New::Items(keys), effects);
}

/// Wishes for a value in the file, and goes by it at once.
pub fn write(app: &mut App, name: &str, new: New, effects: &mut Effects) {
    write_and_say(app, name, new, None, effects);
}

/// The same. The line is said when it is in the file.
pub fn write_and_say(
    app: &mut App,
    name: &str,
    new: New,
    line: Option<Clean>,
    effects: &mut Effects,
) {
    Arc::make_mut(&mut app.manner.settings).put(name, &new);
    if Class::ALL.iter().any(|class| class.option() == name) {
        app.manner.columns = Columns::of(&app.manner.settings).0;
    }
    app.setting += 1;
    app.set_here = true;
    let path = app.manner.settings.path.to_path_buf();
    let task = Task::Set(path, name.to_owned(), new, line);
    effects.push(Effect::Do(task));
}
