//! What the settings make of the screen: themes, keys, lines around the panes, and how it behaves.

use std::sync::Arc;
use std::time::Duration;

use super::ColorChoice;
use super::columns::Columns;
use super::keys::KeyMap;
use super::themes::Themes;
use crate::config::{Mistake, Settings};
use crate::env::Env;
use crate::export;
use crate::redact::Mask;
use crate::text::Clean;

/// Which lines stand around the panes.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Chrome {
    #[default]
    Full,
    /// Without title and hints.
    Slim,
    /// Without clauses too.
    Bare,
}

/// All of it is a value: the screen takes in another one when the settings change.
#[derive(Clone)]
pub struct Manner {
    pub themes: Themes,
    pub keys: Arc<KeyMap>,
    /// The columns of each kind of list.
    pub columns: Columns,
    pub chrome: Chrome,
    /// Our own signs are ASCII.
    pub ascii: bool,
    pub mouse: bool,
    /// Secrets are hidden, until somebody shows them.
    pub masked: bool,
    /// What hides them.
    pub mask: Arc<Mask>,
    /// Who thinks longer than this about the second key sees what there is.
    pub menu_delay: Duration,
    /// Nothing moves by itself: no clock, no memory in the status line.
    pub is_still: bool,
    /// The screen opens in the query line.
    pub starts_typing: bool,
    /// Leaving a conversation prints the command that resumes it.
    pub tells_resume: bool,
    /// The settings themselves.
    pub settings: Arc<Settings>,
    /// What is wrong with the settings, in one line.
    pub banner: Option<Clean>,
}

impl Default for Manner {
    /// As it is built in.
    fn default() -> Manner {
        let settings = Settings::default();
        Manner::with(&settings, Themes::default(), KeyMap::default())
    }
}

impl Manner {
    /// What the settings say, for the terminal of this world. `wrong` is what was found in them before.
    pub fn of(env: &Env, settings: &Settings, color: ColorChoice) -> Manner {
        let (themes, faults) = Themes::of(env, settings, color);
        let (keys, clashes) = KeyMap::of(settings);
        let (_, strange) = Columns::of(settings);
        let mut manner = Manner::with(settings, themes, keys);
        manner.ascii = match settings.text("ui.glyphs") {
            "ascii" => true,
            "unicode" => false,
            _ => super::is_ascii(env, false),
        };
        manner.mask = Arc::new(export::mask(env, settings.allowed()));
        let wrong: Vec<&Mistake> = settings
            .mistakes
            .iter()
            .chain(&clashes)
            .chain(&strange)
            .chain(&faults)
            .collect();
        manner.banner = banner(&wrong);
        manner
    }

    /// What hides secrets when the screen opens.
    pub fn mask(&self) -> Option<Arc<Mask>> {
        self.masked.then(|| self.mask.clone())
    }

    fn with(settings: &Settings, themes: Themes, keys: KeyMap) -> Manner {
        Manner {
            themes,
            keys: Arc::new(keys),
            columns: Columns::of(settings).0,
            chrome: match settings.text("ui.chrome") {
                "slim" => Chrome::Slim,
                "bare" => Chrome::Bare,
                _ => Chrome::Full,
            },
            ascii: false,
            mouse: settings.is_on("ui.mouse"),
            masked: settings.is_on("ui.mask"),
            mask: Arc::new(Mask::new(|| export::scanner().like())),
            menu_delay: Duration::from_millis(settings.number("ui.menu_delay_ms")),
            is_still: settings.text("ui.motion") == "off",
            starts_typing: settings.text("ui.start_in") == "search",
            tells_resume: settings.is_on("ui.print_resume_on_exit"),
            settings: Arc::new(settings.clone()),
            banner: None,
        }
    }
}

/// The first mistake, and how many more there are.
fn banner(wrong: &[&Mistake]) -> Option<Clean> {
    let (first, rest) = wrong.split_first()?;
    let more = match rest.len() {
        0 => String::new(),
        n => format!(" (and {n} more: backscroll config check)"),
    };
    Some(Clean::line(&format!("{}{more}", first.short())))
}
