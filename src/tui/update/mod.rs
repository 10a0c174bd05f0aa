//! News to changes and wishes. No file, clock, process or channel: time arrives in messages, wishes leave as effects.

mod action;
mod agents;
mod ahead;
mod copy;
mod delete;
mod dialog;
mod divide;
mod evidence;
mod export;
pub mod filter;
mod finding;
mod input;
mod keep;
pub mod launch;
pub mod list;
mod looked;
pub mod marks;
mod mouse;
mod nearby;
mod opening;
mod palette;
mod places;
mod reader;
pub mod search;
mod select;
mod settings;
mod share;
mod showing;
mod sizing;
mod spoken;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use crossterm::event::MouseEventKind;

use super::app::{App, Input, Pane};
use super::keys::{self, Meaning, Scope};
use super::late::Late;
use super::manner::Manner;
use super::msg::{Effect, Effects, Msg};
use super::toasts::{About, Weight};
use super::view::layout;
use crate::index::Grouping;
use crate::render::document::Look;
use crate::render::theme::Theme;
use crate::text::Clean;

pub use copy::called;
pub use keep::Kept;
pub use opening::{Lines, is_wordless};

/// Takes in one piece of news.
pub fn update(app: &mut App, msg: Msg) -> Effects {
    let mut effects = Effects::new();
    match msg {
        Msg::Tick(now, elapsed) => tick(app, now, elapsed),
        Msg::Drawn(elapsed) => app.drawn(elapsed),
        Msg::Memory(bytes) => app.memory = Some(bytes),
        Msg::Resize(width, height) => app.size = (width, height),
        Msg::Ground(Some(light)) if light != app.prefs.light => ground(app, light, &mut effects),
        Msg::Ground(_) => {}
        Msg::Key(key) if !app.hears(&key) => {}
        Msg::Key(key) => {
            app.pressed = Some(app.elapsed);
            // What is typed to be found may still be told; any other key goes on.
            if app.input.is_none() {
                go_on(app);
            }
            press(app, &key, &mut effects);
        }
        Msg::Paste(text) => input::paste(app, &text, &mut effects),
        Msg::Mouse(_) if app.late != Late::Listens => {}
        Msg::Mouse(event) => {
            if event.kind != MouseEventKind::Moved {
                go_on(app);
            }
            mouse::update(app, event, &mut effects);
        }
        Msg::Delta(delta) => {
            let changed = app.index.apply(delta);
            app.loaded |= app.index.progress().done;
            list::rebuild_live(app, &changed.rows);
            search::after_delta(app, &changed.rows, &mut effects);
            reader::after_delta(app, &changed, &mut effects);
        }
        Msg::Fits(ticket, fits) => app.search.fits = (ticket, fits),
        Msg::Found(ticket, found, left) => search::found(app, ticket, found, left, &mut effects),
        Msg::Hits(ticket, id, hits, count) => search::hits(app, ticket, id, hits, count),
        Msg::Counted(ticket, counts) if ticket == app.search.ticket => {
            app.search.without = Some(counts);
        }
        Msg::Counted(..) => {}
        Msg::Learning(left) => app.search.unknown = left,
        Msg::Opened(ticket, conversation, more) => {
            let on_disk = conversation.messages.iter().map(|message| message.on_disk);
            let on_disk = on_disk.sum();
            reader::opened(app, ticket, conversation, more, &mut effects);
            if let Some(reader) = app.reader.as_mut().filter(|r| r.ticket == ticket) {
                reader.on_disk = on_disk;
            }
        }
        Msg::Sought(ticket, number, found, more) => {
            nearby::sought(app, ticket, number, found, more)
        }
        Msg::CountOn => nearby::count_on(app),
        Msg::NotOpened(ticket, why) => reader::not_opened(app, ticket, &why),
        Msg::Inked(ink) => {
            if let Some(document) = app.document() {
                document.set_ink(ink);
            }
        }
        Msg::Marked(marks) => marks::kept(app, marks),
        Msg::Changes(id, talk) => evidence::changed(app, &id, talk, &mut effects),
        Msg::Secrets(export, found, seen) => export::ask(app, *export, &found, &seen),
        Msg::Exported(done) => export::written(app, done),
        Msg::Share(news) => share::news(app, news, &mut effects),
        Msg::Kept(kept) => keep::done(app, kept, &mut effects),
        Msg::Lines(ticket, lines) => opening::lines(app, ticket, lines),
        Msg::Dangerous(command, wish) => launch::dangerous(app, &command, wish),
        Msg::Rehearsed(command, is_dangerous, wish) => {
            launch::rehearse(app, &command, is_dangerous, wish)
        }
        Msg::Gone(wish, why, moved) => launch::gone(app, &wish, &why, &moved),
        Msg::Deletable(ids, bytes, refused) => delete::ask(app, ids, bytes, &refused),
        Msg::Deleted(names, failed) => delete::done(app, names, failed),
        Msg::Done(line) => app.tell(line, Weight::Done),
        Msg::Failed(why) => app.say(Clean::line(&why), true),
        Msg::Refused(why) => app.refuse(why),
        Msg::Inside(ticket, call, inside) => agents::inside(app, ticket, call, inside),
        Msg::OursTouched => effects.push(Effect::ReadOurs),
        Msg::OtherMarks => marks::read(app, &mut effects),
        Msg::Known(known) => app.known = *known,
        Msg::SettingKept(kept) => {
            app.setting = app.setting.saturating_sub(1);
            match kept {
                Ok(Some(line)) => app.tell(line, Weight::Done),
                Ok(None) => {}
                Err(why) => app.say(Clean::line(&why), true),
            }
            effects.push(Effect::ReadOurs);
        }
        Msg::Manner(manner) => take_manner(app, *manner, &mut effects),
        Msg::Copied(what, Ok(route)) => copy::copied(app, &what, route),
        Msg::Copied(what, Err(why)) => copy::not_copied(app, &what, &why),
        Msg::Commands(told) => copy::commands(app, told, &mut effects),
    }
    ahead::done(app, &mut effects);
    settle(app, &mut effects);
    effects
}

fn tick(app: &mut App, now: jiff::Timestamp, elapsed: Duration) {
    let day = |at: jiff::Timestamp| at.to_zoned(app.look.zone.clone()).date();
    // At midnight groups by day get other names.
    let is_new_day = app.grouping() == Grouping::Day && day(now) != day(app.now);
    (app.now, app.elapsed) = (now, elapsed);
    app.context.now = now;
    app.toasts.tick(elapsed);
    app.rest();
    list::rest(app);
    if is_new_day {
        list::rebuild(app);
    }
}

/// The other one of two themes, remembered for the first frame of the next run.
fn ground(app: &mut App, light: bool, effects: &mut Effects) {
    app.prefs.light = light;
    look_again(app);
    effects.push(Effect::Remember(app.prefs.clone()));
}

/// The settings changed: everything that follows from them is as if it had been so from the start, but for where somebody
/// is by now.
fn take_manner(app: &mut App, manner: Manner, effects: &mut Effects) {
    let before = std::mem::replace(&mut app.manner, manner);
    if app.setting > 0 {
        // Later changes of our own are not in the file yet.
        app.manner.columns = before.columns;
        app.manner.settings = before.settings;
    }
    if before.mouse != app.manner.mouse && app.mouse != app.manner.mouse {
        app.mouse = app.manner.mouse;
        effects.push(Effect::Mouse(app.mouse));
    }
    if before.masked != app.manner.masked {
        app.masked = app.manner.masked;
    }
    look_again(app);
    // What was found may stand there with secrets.
    if app.masked || before.masked {
        search::start_again(app, effects);
    }
    // The first of two keys may be none any more; where it is, the second one may be on its way.
    let scope = scope(app);
    let keys = app.manner.keys.clone();
    let begins = |prefix: &String| !keys.menu(scope, prefix).is_empty();
    app.prefix = app.prefix.take().filter(begins);
    let is_ours = std::mem::take(&mut app.set_here);
    match app.manner.banner.clone() {
        Some(line) => app.say(line, true),
        None if is_ours => {}
        None => app.say("settings read again".into(), false),
    }
    effects.push(Effect::Redraw);
}

/// The theme and the signs that are in force, for all that is laid out.
fn look_again(app: &mut App) {
    let theme = app.manner.themes.on(app.prefs.light).clone();
    wear(app, theme);
    settings::try_theme(app);
}

/// Hides secrets, or shows them.
pub fn mask(app: &mut App, on: bool, effects: &mut Effects) {
    app.masked = on;
    let mask = on.then(|| app.manner.mask.clone());
    let look = Look {
        mask,
        ..(*app.look).clone()
    };
    dress(app, look);
    search::start_again(app, effects);
    let line = match on {
        true => "secrets are hidden on the screen; what is copied or exported is as before",
        false => "secrets are shown",
    };
    app.tell_of(About::Mask, line.into(), Weight::Info);
}

/// Shows everything in a theme.
fn wear(app: &mut App, theme: Theme) {
    let look = Look {
        theme,
        ascii: app.manner.ascii,
        mask: app.masked.then(|| app.manner.mask.clone()),
        ..(*app.look).clone()
    };
    dress(app, look);
}

fn dress(app: &mut App, look: Look) {
    app.look = Arc::new(look);
    let look = app.look.clone();
    for reader in app.reader.iter_mut().chain(&mut app.outer) {
        if let Some(document) = &mut reader.document {
            document.set_look(look.clone());
        }
    }
}

/// The scope in which a key is read.
pub fn scope(app: &App) -> Scope {
    if app.dialog.is_some() {
        Scope::Dialog
    } else if app.form.is_some() {
        Scope::Form
    } else if app.overlay.is_some() {
        Scope::Overlay
    } else if app.palette.is_some() {
        Scope::Palette
    } else if app.picker.is_some() {
        Scope::Picker
    } else if matches!(app.input, Some(Input::Find(_))) {
        Scope::Find
    } else if matches!(app.input, Some(Input::Line(..))) {
        Scope::Name
    } else if app.input.is_some() {
        Scope::Input
    } else if app.settings.is_some() {
        Scope::Settings
    } else if app.focus == Pane::Reader {
        Scope::Reader
    } else if app.is_first_run() {
        Scope::FirstRun
    } else if app.is_without_match() {
        Scope::NoMatch
    } else {
        Scope::List
    }
}

/// Whoever does something else no longer waits to be taken to what is found late.
fn go_on(app: &mut App) {
    app.search.is_awaited = false;
    if let Some(reader) = &mut app.reader {
        reader.toward = None;
    }
}

fn press(app: &mut App, key: &crossterm::event::KeyEvent, effects: &mut Effects) {
    let Some(spelling) = keys::spell(key) else {
        return;
    };
    let scope = scope(app);
    let prefix = app.prefix.take();
    if prefix.is_some() && matches!(spelling.as_str(), "esc" | "backspace") {
        return;
    }
    let keys = app.manner.keys.clone();
    // What moves a list moves the menu of the prefix too.
    if prefix.is_some()
        && keys.meaning(scope, prefix.as_deref(), &spelling) == Meaning::Nothing
        && let Meaning::Action(action, _) = keys.meaning(Scope::Picker, None, &spelling)
        && looked::moved(action, 0).is_some()
    {
        app.prefix = prefix;
        return looked::menu(app, action);
    }
    app.menu_top = 0;
    match keys.meaning(scope, prefix.as_deref(), &spelling) {
        Meaning::Action(action, nth) => action::act(app, action, nth, effects),
        // Where no sessions are, nothing can be copied, exported or opened.
        Meaning::Prefix(_) if scope == Scope::FirstRun => {}
        Meaning::Prefix(prefix) => app.prefix = Some(prefix),
        Meaning::Nothing if scope == Scope::Dialog => dialog::typed(app, key, effects),
        Meaning::Nothing if scope == Scope::Form => dialog::fill_typed(app, key),
        Meaning::Nothing if scope == Scope::Palette => palette::typed(app, key),
        Meaning::Nothing if scope == Scope::Picker => filter::typed(app, key),
        Meaning::Nothing if app.input.is_some() => input::typed(app, key),
        Meaning::Nothing => match prefix {
            Some(prefix) => astray(app, &prefix, &spelling),
            // Two keys of the other pane are not one of this.
            None if scope.is_pane() && is_prefix_elsewhere(app, &spelling) => {
                app.prefix = Some(spelling)
            }
            None => {}
        },
    }
}

fn is_prefix_elsewhere(app: &App, key: &str) -> bool {
    let means = |scope| app.manner.keys.meaning(scope, None, key);
    let panes = [Scope::List, Scope::Reader];
    panes
        .into_iter()
        .any(|scope| matches!(means(scope), Meaning::Prefix(_)))
}

/// Says of the second of two keys that it means nothing here, and where it does.
fn astray(app: &mut App, prefix: &str, key: &str) {
    let keys = app.manner.keys.clone();
    let both = format!("{prefix} {}", keys::printed(key));
    let means = |scope: &&Scope| {
        matches!(
            keys.meaning(**scope, Some(prefix), key),
            Meaning::Action(..)
        )
    };
    let elsewhere = [Scope::List, Scope::Reader];
    let line = match elsewhere.iter().find(means) {
        Some(Scope::Reader) => format!("{both} is a key of the reader"),
        Some(_) => format!("{both} is a key of the list"),
        None => format!("{both} does nothing"),
    };
    app.say(Clean::line(&line), false);
}

/// Follows from everything: what is read, where it is laid out, what is wanted.
fn settle(app: &mut App, effects: &mut Effects) {
    // Of a word that comes at once, pasted or typed in a hurry, only the whole of it is looked for.
    if !app.more_keys {
        search::start_if_new(app, effects);
    }
    let panes = layout::panes(app);
    // What is not drawn stays as it was left.
    if panes.list.is_some() {
        list::keep_in_view(app, usize::from(panes.list_rows()));
    }
    if panes.reader.is_some() {
        reader::follow_selection(app, effects);
    }
    let mut enters = false;
    match app.focus {
        Pane::Reader => {
            if let Some(reader) = &mut app.reader {
                enters = !std::mem::replace(&mut reader.visited, true);
            }
        }
        // What is shown beside the list from here on is not read.
        Pane::List => {
            reader::leave(app, effects);
            if let Some(reader) = &mut app.reader {
                reader.visited = false;
                reader.ahead.clear();
            }
        }
    }
    let area = panes.reader_text();
    let look = app.look.clone();
    if let (Some(area), Some(document)) = (area, app.document()) {
        document.set_size(area.width, area.height);
        if enters {
            document.show_hit();
        }
        if !look.theme.is_mono() {
            effects.extend(document.take_wanted().into_iter().map(Effect::Ink));
        }
        nearby::settle(app, effects);
    }
    search::settle(app, effects);
    if app.focus == Pane::List && std::mem::take(&mut app.query.is_left) {
        app.input = Some(Input::Query);
    }
    if matches!(app.input, Some(Input::Find(_))) && app.reader.is_none() {
        app.input = None;
    }
}
