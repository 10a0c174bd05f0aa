//! Changing settings from the screen: each is a line of the table, written into the file with all else left as it is.

use super::super::app::{App, Ask, Input};
use super::super::msg::{Effect, Effects};
use super::super::palette::{Does, Entry, Palette};
use super::super::tasks::Task;
use crate::config::{Kind, OPTIONS, Opt, THEMES};
use crate::text::Clean;

/// All settings that have one value, to choose from.
pub fn open(app: &mut App) {
    let settings = &app.manner.settings;
    let listed = OPTIONS.iter().filter(|opt| !opt.is_open() && !opt.waits);
    let entry = |opt: &Opt| {
        let value = settings.held(opt.name).map(|held| held.value.plain());
        Entry {
            label: Clean::from(format!("{:<24} {}", opt.name, opt.help)),
            name: opt.name.to_owned(),
            keys: Vec::new(),
            note: Clean::line(&value.unwrap_or_default()),
            does: Does::Setting(opt.name),
            why_not: None,
        }
    };
    let entries: Vec<Entry> = listed.map(entry).collect();
    app.palette = Some(Palette::list("Settings", entries));
}

/// Turns a switch, offers the words that it takes, or asks for a text.
pub fn change(app: &mut App, name: &'static str, effects: &mut Effects) {
    let Some(opt) = OPTIONS.iter().find(|opt| opt.name == name) else {
        return;
    };
    let choices = |words: &[&'static str]| {
        let entry = |word: &&'static str| Entry {
            label: (*word).into(),
            name: String::new(),
            keys: Vec::new(),
            note: Clean::default(),
            does: Does::Set(name, (*word).to_owned()),
            why_not: None,
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
    let opt = OPTIONS.iter().find(|opt| opt.name == name);
    let wrong = opt.and_then(|opt| opt.kind.spelt(text).err());
    if let Some(wrong) = wrong {
        return app.say(Clean::line(&format!("{name}: {}", wrong.what)), true);
    }
    let path = app.manner.settings.path.to_path_buf();
    effects.push(Effect::Do(Task::Set(path, name, text.to_owned())));
}
