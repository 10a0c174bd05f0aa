//! Settings by their names and values, as they are typed into the palette: `theme light`, `mouse off`, `wrap on`.

use super::super::app::App;
use super::super::palette::{Does, Entry};
use super::settings::wrong;
use crate::config::{Kind, OPTIONS, Opt, THEMES};
use crate::render::showing::SHOWN;
use crate::text::Clean;

/// So many letters of a theme's name mean the theme, without the word for it.
const THEME: usize = 4;

/// What a text says of settings: values that a name takes, the one that is typed, or why that is none.
pub fn offers(app: &App, typed: &str) -> Vec<Entry> {
    let typed = typed.trim_start();
    let (name, value) = match typed.split_once(char::is_whitespace) {
        Some((name, value)) => (name, Some(value.trim())),
        None => (typed, None),
    };
    if let Some((nth, shown)) = SHOWN.iter().enumerate().find(|(_, s)| s.name == name) {
        let now = (shown.get)(&app.prefs.reader);
        let values = shown.values.iter().enumerate();
        let offers: Vec<Entry> = values
            .filter(|(_, word)| word.starts_with(value.unwrap_or_default()))
            .map(|(at, word)| {
                let note = if at == now { "as it is" } else { "" };
                entry(shown.name, word, note, Does::Show(nth, at))
            })
            .collect();
        return match (offers.is_empty(), value) {
            (true, Some(value)) => {
                let what = format!("{value} is not one of {}", shown.values.join(", "));
                vec![refused(shown.name, value, &what, Does::Show(nth, 0))]
            }
            _ => offers,
        };
    }
    let is_theme = |opt: &&Opt| {
        let begins = |theme: &&str| theme.starts_with(name);
        let is_meant = value.is_none() && name.len() >= THEME && matches!(opt.kind, Kind::Theme);
        is_meant && words(app, opt).iter().any(begins)
    };
    let settable = OPTIONS.iter().filter(|opt| !opt.is_open());
    let offers = settable.flat_map(|opt| match () {
        () if opt.name == name || short(opt) == name => of(app, opt, value),
        () if is_theme(&opt) => of(app, opt, Some(name)),
        () => Vec::new(),
    });
    offers.collect()
}

/// The last part of its name, where no other has the same.
fn short(opt: &Opt) -> &'static str {
    let last = |name: &'static str| name.rsplit('.').next().unwrap_or(name);
    let mut all = OPTIONS.iter().filter(|other| !other.is_open());
    match all.any(|other| other.name != opt.name && last(other.name) == last(opt.name)) {
        true => opt.name,
        false => last(opt.name),
    }
}

/// The values of a setting that can be named.
fn words<'a>(app: &'a App, opt: &Opt) -> Vec<&'a str> {
    match opt.kind {
        Kind::Bool => vec!["on", "off"],
        Kind::One(words) => words.to_vec(),
        Kind::Theme => THEMES
            .iter()
            .copied()
            .chain(app.manner.themes.own())
            .collect(),
        _ => Vec::new(),
    }
}

fn of(app: &App, opt: &'static Opt, value: Option<&str>) -> Vec<Entry> {
    let now = app.manner.settings.held(opt.name);
    let now = now.map(|held| held.value.plain()).unwrap_or_default();
    let words = words(app, opt);
    let is_now = |word: &str| match (opt.kind, word) {
        (Kind::Bool, "on") => now == "true",
        (Kind::Bool, "off") => now == "false",
        _ => now == word,
    };
    let typed = value.unwrap_or_default();
    let begins = words.iter().filter(|word| word.starts_with(typed));
    let offers: Vec<Entry> = begins
        .map(|word| {
            let note = if is_now(word) { "as it is" } else { "" };
            entry(
                short(opt),
                word,
                note,
                Does::Set(opt.name, (*word).to_owned()),
            )
        })
        .collect();
    if !offers.is_empty() {
        return offers;
    }
    match value {
        None | Some("") => {
            let note = format!("now {}", if now.is_empty() { "nothing" } else { &now });
            vec![entry(short(opt), "...", &note, Does::Setting(opt.name))]
        }
        Some(value) => match wrong(app, opt.name, value) {
            Some(what) => vec![refused(short(opt), value, &what, Does::Setting(opt.name))],
            None => vec![entry(
                short(opt),
                value,
                opt.help,
                Does::Set(opt.name, value.to_owned()),
            )],
        },
    }
}

fn entry(name: &str, value: &str, note: &str, does: Does) -> Entry {
    Entry {
        label: Clean::line(&format!("{name} {value}")),
        note: Clean::line(note),
        does,
        ..Entry::default()
    }
}

/// What is typed, and why it cannot be.
fn refused(name: &str, value: &str, what: &str, does: Does) -> Entry {
    Entry {
        why_not: Some(Clean::line(what)),
        ..entry(name, value, "", does)
    }
}
