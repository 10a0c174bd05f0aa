//! The screen: news in, one pure update, one drawing.

pub mod app;
mod columns;
pub mod dialog;
pub mod form;
pub mod history;
pub mod keys;
pub mod msg;
pub mod palette;
pub mod picker;
pub mod prefs;
mod runtime;
mod searcher;
pub mod stage;
pub mod tasks;
mod terminal;
pub mod toasts;
mod update;
pub mod view;
pub mod views;
mod workers;

pub use runtime::run;
pub use update::update;

use std::sync::Arc;

use crate::env::Env;
use crate::ingest::Choice;
use crate::model::Tariff;
use crate::render::theme::ThemeKind;

/// How the screen was asked for.
#[derive(Clone)]
pub struct Options {
    pub query: String,
    pub choice: Choice,
    pub watch: bool,
    /// Sample sessions instead of the user's.
    pub demo: bool,
    pub ascii: bool,
    pub color: ColorChoice,
    /// By which costs are counted.
    pub tariff: Arc<dyn Tariff>,
}

#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum ColorChoice {
    Always,
    #[default]
    Auto,
    Never,
}

/// The theme by what the terminal says of itself, on a light or a dark ground.
fn theme_kind(env: &Env, color: ColorChoice, light: bool) -> ThemeKind {
    let term = env.var("TERM").unwrap_or_default();
    let plain = env.var("NO_COLOR").is_some() || term == "dumb";
    if color == ColorChoice::Never || plain && color == ColorChoice::Auto {
        return ThemeKind::Mono;
    }
    let depth = env.var("COLORTERM").unwrap_or_default();
    let rich = matches!(depth, "truecolor" | "24bit")
        || term.contains("256color")
        || term.ends_with("-direct");
    match (rich, light) {
        (false, _) => ThemeKind::Sixteen,
        (true, true) => ThemeKind::Light,
        (true, false) => ThemeKind::Dark,
    }
}

/// Whether our own signs must be ASCII: asked for, or the locale or terminal shows nothing else.
pub fn is_ascii(env: &Env, asked: bool) -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .iter()
        .find_map(|name| env.var(name));
    let utf8 = locale.is_some_and(|l| {
        let l = l.to_ascii_lowercase();
        l.contains("utf-8") || l.contains("utf8")
    });
    asked || env.var("TERM") == Some("linux") || !utf8
}
