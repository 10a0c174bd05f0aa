//! The screen: news in, one pure update, one drawing.

pub mod app;
mod ask;
pub mod columns;
pub mod dialog;
pub mod follower;
pub mod form;
pub mod gestures;
mod help;
pub mod history;
mod kept;
pub mod keys;
mod late;
mod list;
mod listing;
pub mod manner;
pub mod msg;
mod open;
mod ordering;
pub mod palette;
pub mod picker;
pub mod prefs;
mod runtime;
mod searcher;
pub mod settings;

pub mod stage;
pub mod tasks;
mod terminal;
pub mod themes;
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

/// How the screen was asked for.
#[derive(Clone)]
pub struct Options {
    pub query: String,
    pub choice: Choice,
    pub watch: bool,
    /// Sample sessions instead of the user's.
    pub demo: bool,
    /// The person's settings, and where to read them again.
    pub settings: follower::Origin,
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

/// Whether our own signs must be ASCII: asked for, or the locale or terminal shows nothing else.
pub fn is_ascii(env: &Env, asked: bool) -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .iter()
        .find_map(|name| env.var(name));
    let utf8 = locale.is_some_and(|l| {
        let l = l.to_ascii_lowercase();
        l.contains("utf-8") || l.contains("utf8")
    });
    asked
        || env
            .ascii
            .unwrap_or(env.var("TERM") == Some("linux") || !utf8)
}
