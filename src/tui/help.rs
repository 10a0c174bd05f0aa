//! The pages of the help: keys by pane, then how a query is written, what signs say, what the mouse does, and where the
//! settings are. Each is made from the table that the program itself reads.

use super::app::{App, Pane};
use super::gestures::{Gesture, TOUCHES};
use super::keys::{Action, Scope};
use super::palette::{Does, Entry};
use crate::config::COMMANDS;
use crate::query::{About, FIELDS, SHAPES, Shape};
use crate::render::signs::{Place, SIGNS};
use crate::text::{Clean, short_dir};

/// One page.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Page {
    Keys(Pane),
    Query,
    Marks,
    Mouse,
    Config,
}

impl Page {
    /// All of them, the keys of the pane that is seen first.
    pub fn all(focus: Pane) -> [Page; 6] {
        let other = match focus {
            Pane::List => Pane::Reader,
            Pane::Reader => Pane::List,
        };
        [
            Page::Keys(focus),
            Page::Keys(other),
            Page::Query,
            Page::Marks,
            Page::Mouse,
            Page::Config,
        ]
    }

    /// The page so many places on, round the end.
    pub fn beside(self, focus: Pane, by: isize) -> Page {
        let all = Page::all(focus);
        let at = all.iter().position(|page| *page == self).unwrap_or(0);
        let to = (at + all.len()).saturating_add_signed(by) % all.len();
        all.get(to).copied().unwrap_or(self)
    }

    pub fn word(self) -> &'static str {
        match self {
            Page::Keys(Pane::List) => "list",
            Page::Keys(Pane::Reader) => "reader",
            Page::Query => "query language",
            Page::Marks => "marks",
            Page::Mouse => "mouse",
            Page::Config => "config file",
        }
    }

    /// What typing looks through.
    pub fn asks(self) -> &'static str {
        match self {
            Page::Keys(_) => "type to search all keys",
            _ => "type to search this page",
        }
    }

    /// What stands on a page that has no keys.
    pub fn entries(self, app: &App) -> Vec<Entry> {
        match self {
            Page::Keys(_) => Vec::new(),
            Page::Query => query(),
            Page::Marks => marks(app),
            Page::Mouse => mouse(app),
            Page::Config => config(app),
        }
    }
}

/// A sentence as a line of a table.
fn inside(text: &str) -> String {
    let (first, rest) = text.split_at_checked(1).unwrap_or(("", text));
    format!("{}{rest}", first.to_lowercase())
}

fn heading(text: &str) -> Entry {
    Entry {
        label: Clean::line(text),
        ..Entry::default()
    }
}

/// A line that is only read.
fn told(lead: &str, text: &str) -> Entry {
    Entry {
        lead: Clean::of(lead),
        label: Clean::line(text),
        does: Does::Tell,
        ..Entry::default()
    }
}

/// Every form, and every field. Choosing one tries it.
fn query() -> Vec<Entry> {
    let mut out = Vec::new();
    let shape = |shape: &Shape| {
        let first = shape.forms.first().copied().unwrap_or_default();
        let form = Entry {
            does: Does::Try(first.to_owned()),
            ..told(&shape.typed(), shape.help)
        };
        // The words that can stand there are many.
        let name = first.split_once(':').map_or("", |(name, _)| name);
        let words = told(&format!("{name}:..."), &shape.words.join(" "));
        let words = (!shape.words.is_empty()).then_some(words);
        std::iter::once(form).chain(words)
    };
    let about = |about: About| {
        let shapes = SHAPES.iter().filter(move |shape| shape.about == about);
        let shapes = shapes.flat_map(shape);
        std::iter::once(heading(about.word())).chain(shapes)
    };
    out.extend([About::Words, About::Together].into_iter().flat_map(about));
    out.push(heading("Fields"));
    out.extend(FIELDS.iter().map(|field| {
        let names = std::iter::once(field.name).chain(field.aliases.iter().copied());
        let names: Vec<&str> = names.collect();
        Entry {
            note: field.example.into(),
            does: Does::Try(field.example.to_owned()),
            ..told(&names.join(" "), field.help)
        }
    }));
    let rest = [About::Values, About::Dates, About::Shown];
    out.extend(rest.into_iter().flat_map(about));
    out
}

/// Every sign as it is drawn, and as it is where the terminal shows nothing else.
fn marks(app: &App) -> Vec<Entry> {
    let mut out = Vec::new();
    for place in Place::ALL {
        out.push(heading(place.word()));
        let here = SIGNS.iter().filter(|sign| sign.place == place);
        out.extend(here.map(|sign| {
            let (drawn, ascii) = (sign.drawn.trim(), sign.ascii.trim());
            let both = match app.look.ascii || drawn == ascii {
                true => ascii.to_owned(),
                false => format!("{drawn}   {ascii}"),
            };
            told(&both, sign.help)
        }));
    }
    out.push(heading("In words, in the column state"));
    out.extend(
        super::columns::BADGES
            .iter()
            .map(|badge| told(badge.word, badge.help)),
    );
    out
}

fn mouse(app: &App) -> Vec<Entry> {
    let mut out = Vec::new();
    let gestures = [
        Gesture::Click,
        Gesture::Double,
        Gesture::Right,
        Gesture::Wheel,
        Gesture::Drag,
    ];
    for gesture in gestures {
        out.push(heading(gesture.word()));
        let here = TOUCHES.iter().filter(|touch| touch.gesture == gesture);
        out.extend(here.map(|touch| told(touch.spot.word(), touch.help)));
    }
    out.push(heading("Not ours"));
    out.push(told(
        "drag with Shift",
        "the terminal's own selection, where the terminal has one",
    ));
    let state = match app.mouse {
        true => "mouse off: all of it is the terminal's; ui.mouse = false for good",
        false => "mouse on: it is off now, and all of it is the terminal's",
    };
    out.push(Entry {
        does: Does::Act(Scope::Any, Action::ToggleMouse, 0),
        ..told(&app.key(Scope::Any, Action::ToggleMouse), state)
    });
    out
}

/// Where the settings are, and what tells of them.
fn config(app: &App) -> Vec<Entry> {
    let settings = &app.manner.settings;
    let path = short_dir(&settings.path, &app.home);
    let state = match settings.is_there {
        true => "it is there, and read again whenever it changes",
        false => "not there, and need not be; the first change on the screen makes it",
    };
    let folder = settings.path.parent();
    let beside = |name: &str| {
        let path = folder.map(|folder| folder.join(name));
        path.map_or_else(String::new, |path| short_dir(&path, &app.home))
    };
    let mut out = vec![heading("The file of settings"), told(&path, state)];
    let wrong = settings.mistakes.len();
    if wrong > 0 {
        let s = if wrong == 1 { "" } else { "s" };
        out.push(told(
            &format!("{wrong} mistake{s}"),
            "backscroll config check names each with its place",
        ));
    }
    out.push(Entry {
        does: Does::Act(Scope::Any, Action::Settings, 0),
        ..told(
            &app.key(Scope::Any, Action::Settings),
            "changes settings here, and writes them there with all else left as it is",
        )
    });
    out.push(heading("Beside it"));
    for (name, text) in [
        ("views.toml", "queries that were saved as views"),
        ("themes/", "themes of your own, each a file"),
        ("sources/", "agents that you declare, each a file"),
    ] {
        out.push(told(&beside(name), text));
    }
    out.push(heading("In a shell"));
    out.extend(
        COMMANDS
            .iter()
            .map(|(name, help)| told(&format!("backscroll config {name}"), &inside(help))),
    );
    out.push(told(
        "BACKSCROLL_UI_THEME=...",
        "a variable of such a name sets any setting, over the file",
    ));
    out.push(told("--config FILE", "another file, which must be there"));
    out
}
