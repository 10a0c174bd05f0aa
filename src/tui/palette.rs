//! A list of things to do or to go to, narrowed by typing: the command palette, the help, and the menu of a place.

mod lacking;

use std::collections::HashSet;

use tui_input::Input;

use super::app::{App, Pane};
use super::help::Page;
use super::keys::{self, Action, Bound, Scope};
use super::msg::Wish;
use super::tasks::Export;
use super::update::scope;
use crate::model::{SessionId, SourceId};
use crate::query::Word;
use crate::search::fuzzy::fit;
use crate::text::{Clean, Raw};
use lacking::why_not;

/// What a list is for, which decides what typing into it can mean.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PaletteKind {
    /// Every action, and what else can be said to it: a view, a query, a place, a session.
    Commands,
    /// A page of the help.
    Help(Page),
    /// What can be done at the place that was clicked, or what there is to go to.
    List(&'static str),
}

/// What choosing an entry does.
#[derive(Clone, PartialEq, Default, Debug)]
pub enum Does {
    /// An action, by which of its binding's keys, in the place where it holds.
    Act(Scope, Action, usize),
    /// Opens a saved view.
    View(u8),
    /// Puts a text into the query line.
    Query(String),
    /// Goes to a session in the list.
    Session(SessionId),
    /// Opens a session wherever it stands.
    Read(SessionId),
    /// Goes to a part of the message of that number.
    Part(u32, usize),
    /// Lists the edits of a file in the open conversation.
    Edits(Raw),
    /// Goes to a number, a part of a hundred or a time.
    Spot(String),
    /// Starts something in another directory.
    Launch(Wish),
    /// Asks for a directory to start something in.
    Place(Wish),
    /// Asks for a folder of logs of an agent.
    Folder(SourceId),
    /// Changes a setting.
    Setting(&'static str),
    /// Gives a setting this value.
    Set(&'static str, String),
    /// Shows conversations so: which line of the table of that, and which of its values.
    Show(usize, usize),
    /// Says that what has this number is no secret, and looks again at what is to be exported.
    Allow(Box<Export>, String),
    /// Puts a query into the line, to go on typing.
    Try(String),
    /// Nothing: it is there to be read.
    Tell,
    /// Nothing: the name of those below it.
    #[default]
    Heading,
}

#[derive(Clone, Default, Debug)]
pub struct Entry {
    /// What stands before its label and is never cut: a time.
    pub lead: Clean,
    pub label: Clean,
    /// Its end tells it apart, so that its start is cut where room is short.
    pub keeps_end: bool,
    /// What else it is found by.
    pub name: String,
    /// All that its label tells the beginning of, in small letters: found as it is typed.
    pub rest: String,
    /// The keys that do the same.
    pub keys: Vec<String>,
    /// What stands at the right where no keys do, and in which hue where that is not dim: of a failure.
    pub note: Clean,
    pub tells: Option<crate::render::theme::Role>,
    pub does: Does,
    /// Why it cannot be done here, where it cannot.
    pub why_not: Option<Clean>,
}

/// A list that is open.
#[derive(Clone, Debug)]
pub struct Palette {
    pub kind: PaletteKind,
    pub input: Input,
    entries: Vec<Entry>,
    /// So many of them are always there; what stands behind is what the typed text means besides.
    fixed: usize,
    /// Those that fit what is typed, the best first.
    left: Vec<usize>,
    /// Among those that are left.
    pub cursor: usize,
    /// The groups of the first page of the help, and how many of the first entries each has.
    groups: Vec<(&'static str, usize)>,
}

/// The menu of the place that was clicked.
pub const HERE: &str = "Here";

/// On a screen of fewer cells the help has no first page.
const BESIDE: u16 = 64;

/// Scopes in the order of the help, those of the pane it is about first.
fn scopes(pane: Pane) -> Vec<Scope> {
    let mut scopes = match pane {
        Pane::Reader => vec![Scope::Reader, Scope::Any, Scope::List],
        Pane::List => vec![Scope::List, Scope::Any, Scope::Reader],
    };
    let typing = [
        Scope::Input,
        Scope::Find,
        Scope::Picker,
        Scope::Palette,
        Scope::Name,
        Scope::Settings,
    ];
    scopes.extend(typing);
    scopes.extend([Scope::Dialog, Scope::Form, Scope::NoMatch, Scope::FirstRun]);
    scopes
}

impl Palette {
    /// Every action, the ones that were used last first, and the saved views.
    pub fn commands(app: &App) -> Palette {
        let panes = [Scope::List, Scope::Reader, Scope::Any];
        let is_named = |b: &&Bound| panes.contains(&b.row.scope) && !b.row.action.is_move();
        let bound = app.manner.keys.rows().filter(is_named);
        let mut entries: Vec<Entry> = bound.flat_map(|b| entries_of(app, b)).collect();
        // They stand there by their names.
        entries.retain(|entry| !matches!(entry.does, Does::Act(_, Action::OpenView, _)));
        // What can be done here is not offered a second time as something to be done elsewhere.
        let here = entries.iter().filter(|entry| entry.why_not.is_none());
        let here: HashSet<Clean> = here.map(|entry| entry.label.clone()).collect();
        entries.retain(|entry| entry.why_not.is_none() || !here.contains(&entry.label));
        entries.extend(app.views.iter().map(|view| Entry {
            label: Clean::line(&format!("View {}: {}", view.slot, view.name)),
            name: view.query.clone(),
            keys: vec![format!("f {}", view.slot)],
            does: Does::View(view.slot),
            ..Entry::default()
        }));
        // What holds here stands before what holds elsewhere.
        let recent = |entry: &Entry| {
            let at = app
                .prefs
                .recent
                .iter()
                .rposition(|name| *name == entry.name);
            at.map_or(usize::MAX, |at| app.prefs.recent.len() - at)
        };
        entries.sort_by_key(|entry| (recent(entry), entry.why_not.is_some()));
        Palette::of(PaletteKind::Commands, entries)
    }

    /// A page of the help.
    pub fn help(app: &App, page: Page) -> Palette {
        match page {
            Page::Keys(pane) => Palette::keys(app, pane),
            page => Palette::of(PaletteKind::Help(page), page.entries(app)),
        }
    }

    /// Every key, by where it holds.
    fn keys(app: &App, pane: Pane) -> Palette {
        let mut entries = Vec::new();
        let mut groups = Vec::new();
        let here = match pane {
            Pane::Reader => Scope::Reader,
            Pane::List => Scope::List,
        };
        // Where nothing stands side by side, all keys line by line are enough.
        let first = keys::first(here).iter().filter(|_| app.size.0 >= BESIDE);
        for group in first {
            let cells = group.cells.iter();
            let before = entries.len();
            entries.extend(cells.filter_map(|cell| cell_of(app, here, cell)));
            groups.push((group.name, entries.len() - before));
        }
        for scope in scopes(pane) {
            entries.push(Entry {
                label: scope.word().into(),
                ..Entry::default()
            });
            // What no key does is no help.
            let is_bound = |b: &&Bound| b.row.scope == scope && !b.keys.is_empty();
            let bound = app.manner.keys.rows().filter(is_bound);
            entries.extend(bound.flat_map(|binding| entries_of(app, binding)));
        }
        let mut palette = Palette::of(PaletteKind::Help(Page::Keys(pane)), entries);
        palette.groups = groups;
        palette
    }

    /// What can be done with what was clicked, of these actions.
    pub fn place(app: &App, actions: &[Action]) -> Palette {
        let held = |action: &Action| {
            let here = scope(app);
            let bound = app.manner.keys.rows();
            let is_heard = |b: &&Bound| b.row.action == *action && here.hears(b.row.scope);
            let mut bound: Vec<&Bound> = bound.filter(is_heard).collect();
            bound.sort_by_key(|b| b.row.scope != here);
            bound.into_iter().next()
        };
        let bound = actions.iter().filter_map(held);
        let entries = bound.flat_map(|b| entries_of(app, b)).collect();
        Palette::list(HERE, entries)
    }

    /// Entries under a name.
    pub fn list(name: &'static str, entries: Vec<Entry>) -> Palette {
        Palette::of(PaletteKind::List(name), entries)
    }

    /// Puts the cursor on the last place that is not behind a message, where places are in their order.
    pub fn begin_at(&mut self, number: u32) {
        let is_behind = |entry: &Entry| matches!(entry.does, Does::Part(n, _) if n > number);
        let first = self.entries.iter().position(is_behind);
        self.cursor = first.unwrap_or(self.entries.len()).saturating_sub(1);
    }

    fn of(kind: PaletteKind, entries: Vec<Entry>) -> Palette {
        let mut palette = Palette {
            kind,
            input: Input::default(),
            left: Vec::new(),
            fixed: entries.len(),
            entries,
            cursor: 0,
            groups: Vec::new(),
        };
        palette.narrow();
        palette
    }

    /// The entries that are left, in order.
    pub fn left(&self) -> impl ExactSizeIterator<Item = Option<&Entry>> {
        self.left.iter().map(|at| self.entries.get(*at))
    }

    /// How many there are in all.
    pub fn total(&self) -> usize {
        let real = |entry: &&Entry| entry.does != Does::Heading;
        let named = self.entries.iter().take(self.fixed).skip(self.cells());
        named.filter(real).count()
    }

    /// Entries of the first page, which stand once more among all.
    fn cells(&self) -> usize {
        self.groups.iter().map(|(_, many)| many).sum()
    }

    /// Nothing is typed, so the first page of the help is there.
    pub fn is_first_page(&self) -> bool {
        self.input.value().trim().is_empty() && !self.groups.is_empty()
    }

    /// Its groups, each with the number of its entries.
    pub fn groups(&self) -> impl Iterator<Item = (&'static str, usize)> {
        self.groups.iter().copied()
    }

    /// The one under the cursor.
    pub fn here(&self) -> Option<&Entry> {
        self.entries.get(*self.left.get(self.cursor)?)
    }

    /// What Enter does with the one under the cursor; absent where it does nothing.
    pub fn verb(&self) -> Option<&'static str> {
        let does = self.here().map(|entry| &entry.does);
        Some(match (self.kind, does) {
            (_, Some(Does::Part(..) | Does::Spot(_) | Does::Session(_) | Does::Read(_))) => {
                "go there"
            }
            (_, Some(Does::Edits(_))) => "list its edits",
            (_, Some(Does::Tell)) => return None,
            (_, Some(Does::Try(_))) => "try it",
            (PaletteKind::Commands | PaletteKind::Help(_), _) => "run",
            (_, Some(Does::Launch(_))) => "show what would run",
            (_, Some(Does::Place(_))) => "type it",
            (_, Some(Does::Allow(..))) => "allow it",
            (_, Some(Does::Act(..))) => "do it",
            _ => "choose",
        })
    }

    /// The page of the help that it is.
    pub fn page(&self) -> Option<Page> {
        match self.kind {
            PaletteKind::Help(page) => Some(page),
            _ => None,
        }
    }

    /// Puts first what the typed text means besides the names of what there is.
    pub fn offer(&mut self, offers: Vec<Entry>) {
        let many = offers.len();
        self.entries.truncate(self.fixed);
        self.entries.extend(offers);
        self.left.splice(0..0, self.fixed..self.fixed + many);
        if many > 0 {
            self.cursor = 0;
        }
    }

    /// Keeps those that fit what is typed; without anything typed, all in their order.
    pub fn narrow(&mut self) {
        self.entries.truncate(self.fixed);
        let words: Vec<Word> = self
            .input
            .value()
            .split_whitespace()
            .map(Word::loose)
            .collect();
        let name = self.input.value().split_whitespace().collect::<Vec<_>>();
        let typed = name.join(" ").to_lowercase();
        let name = typed.replace(' ', "-");
        let score = |entry: &Entry| -> Option<i64> {
            if entry.does == Does::Heading {
                return words.is_empty().then_some(0);
            }
            let is_lead = |lead: &str| lead.split_whitespace().any(|one| one == self.input.value());
            let keys = entry.keys.iter().any(|keys| keys == self.input.value())
                || entry.does == Does::Tell && is_lead(entry.lead.as_str());
            // Whoever types all of a name means that one.
            let is_it = !name.is_empty() && entry.name == name;
            let text = format!("{} {} {}", entry.lead, entry.label, entry.name);
            let in_rest = |word: &Word| entry.rest.contains(&word.text.to_lowercase()).then_some(0);
            let fits = |word: &Word| fit(word, &text).or_else(|| in_rest(word));
            let sum: Option<i64> = words.iter().map(fits).sum();
            let sum = sum.or((keys || is_it).then_some(0))?;
            let begins =
                !words.is_empty() && entry.label.as_str().to_lowercase().starts_with(&typed);
            let first = i64::from(is_it) + i64::from(begins);
            Some(sum + i64::from(keys) * 1_000 + first * 100_000)
        };
        let skipped = if words.is_empty() { 0 } else { self.cells() };
        let scored = self.entries.iter().enumerate().skip(skipped);
        let scored = scored.filter_map(|(at, entry)| Some((score(entry)?, at)));
        let mut scored: Vec<(i64, usize)> = scored.collect();
        // Of equal ones the order stands.
        scored.sort_by_key(|(score, at)| (std::cmp::Reverse(*score), *at));
        self.left = scored.into_iter().map(|(_, at)| at).collect();
        self.cursor = 0;
        self.land(1);
    }

    pub fn step(&mut self, by: isize) {
        let last = self.left.len().saturating_sub(1);
        self.cursor = self.cursor.saturating_add_signed(by).min(last);
        self.land(by.signum());
    }

    /// Puts the cursor on an entry that is left. False where none stands there.
    pub fn point(&mut self, at: usize) -> bool {
        let is_there = at < self.left.len();
        self.cursor = if is_there { at } else { self.cursor };
        is_there && !self.is_heading()
    }

    fn is_heading(&self) -> bool {
        self.here().is_some_and(|entry| entry.does == Does::Heading)
    }

    /// From the name of a group to what stands behind it, or before it.
    fn land(&mut self, by: isize) {
        if self.is_heading() {
            self.cursor = match self.cursor {
                at if by < 0 && at > 0 => at - 1,
                at => at + 1,
            };
        }
    }
}

/// A key of the first page, or two; nothing where an action has none.
fn cell_of(app: &App, here: Scope, cell: &keys::Cell) -> Option<Entry> {
    let bound = |action: &Action| {
        let rows = app.manner.keys.rows().filter(|b| b.row.action == *action);
        let mut rows: Vec<&Bound> = rows.filter(|b| here.hears(b.row.scope)).collect();
        rows.sort_by_key(|b| b.row.scope != here);
        rows.into_iter().find(|b| b.keys.len() > cell.nth)
    };
    let first = cell.actions.first()?;
    let row = bound(first)?.row;
    let all = cell.actions.iter().filter_map(bound);
    let keys = all.filter_map(|b| b.keys.get(cell.nth).cloned());
    Some(Entry {
        label: cell.word.into(),
        name: first.name(),
        keys: keys.collect(),
        does: Does::Act(row.scope, *first, cell.nth),
        why_not: why_not(app, row.scope, *first).map(Clean::from),
        ..Entry::default()
    })
}

/// A binding as entries: one for each of its keys where these mean different things.
fn entries_of(app: &App, bound: &Bound) -> Vec<Entry> {
    let row = bound.row;
    let entry = |label: &'static str, keys: Vec<String>, nth: usize| Entry {
        label: label.into(),
        name: row.action.name(),
        keys,
        does: Does::Act(row.scope, row.action, nth),
        why_not: why_not(app, row.scope, row.action).map(Clean::from),
        ..Entry::default()
    };
    match row.action.labels() {
        [] => vec![entry(row.help, bound.listed(), 0)],
        labels => {
            let each = bound.keys.iter().enumerate().filter_map(|(nth, key)| {
                let label = labels.get(nth)?;
                Some(entry(label, vec![key.clone()], nth))
            });
            each.collect()
        }
    }
}
