//! Everything the screen knows. Changed by `update` only, drawn by `view` only.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

pub use super::ask::Ask;
use super::columns::{self, Class, Laid, Placed};
use super::dialog::Dialog;
use super::form::Form;
use super::history::History;
use super::keys::{self, Action, Scope};
use super::late::Late;
pub use super::list::{Entry, List};
use super::manner::Manner;
use super::msg::Ticket;
pub use super::open::{Goal, Reader, Stood, Toward};
use super::palette::Palette;
use super::picker::Picker;
use super::prefs::Prefs;
use super::settings::{Known, SettingsDialog};
use super::toasts::Toasts;
use super::view::layout;
use super::views::View;
use crate::index::Index;
use crate::model::{Row, Session, SessionId};
use crate::query::{Context, Offer, Query, Word};
use crate::render::document::{Document, Look, Visit};
use crate::search::Hit;

/// So many logs are read in a blink.
const LONG_LOAD: usize = 500;

pub struct App {
    pub index: Index,
    pub context: Context,
    pub home: PathBuf,
    /// Where the program was started.
    pub folder: PathBuf,
    pub now: Timestamp,
    /// How long the screen has been open: whatever goes away by itself is measured by this.
    pub elapsed: Duration,
    pub size: (u16, u16),
    /// Bytes of memory that we hold, where the system tells.
    pub memory: Option<u64>,
    pub look: Arc<Look>,
    pub manner: Manner,
    pub prefs: Prefs,
    pub demo: bool,
    /// Everything found at the start was read. From then on new logs are news, not loading.
    pub loaded: bool,
    /// The panel of the first load was sent away.
    pub loading_hidden: bool,
    pub mouse: bool,
    /// Secrets are hidden on the screen.
    pub masked: bool,
    pub list: List,
    pub query: QueryLine,
    pub search: Search,
    pub reader: Option<Reader>,
    /// How far conversations were read, for the rule at what is new.
    pub visits: HashMap<SessionId, Visit>,
    /// Where conversations were left in this run.
    pub stood: HashMap<SessionId, Stood>,
    /// Conversations from which a sub-agent was entered.
    pub outer: Vec<Reader>,
    pub focus: Pane,
    pub maximised: bool,
    pub details: bool,
    pub input: Option<Input>,
    pub overlay: Option<Overlay>,
    /// The first of the places that are seen where no sessions are.
    pub looked_top: usize,
    /// A question that waits for an answer.
    pub dialog: Option<Dialog>,
    /// Whether what lies over the panes listens to keys.
    pub late: Late,
    pub form: Option<Form>,
    pub palette: Option<Palette>,
    pub picker: Option<Picker>,
    /// Queries under a number.
    pub views: Vec<View>,
    /// The words that were looked for when an order was chosen.
    pub sorted_words: Vec<Word>,
    /// The first of two keys.
    pub prefix: Option<String>,
    /// The first line that is seen of its menu.
    pub menu_top: usize,
    pub toasts: Toasts,
    /// What was exported last.
    pub exported: Option<PathBuf>,
    /// So many exports are being written.
    pub exporting: usize,
    /// The files that are being made to be shared; an answer of another number is not waited for any more.
    pub making: Option<Ticket>,
    /// So many changes of marks are on their way to our file.
    pub marking: usize,
    /// What can be undone.
    pub history: History,
    /// Texts that were found in conversations, the newest last.
    pub finds: Vec<String>,
    /// What is copied as soon as it is read.
    pub copying: Option<(Action, usize)>,
    pub tickets: Ticket,
    /// Something else was typed already: what is looked for because of this key may wait for it.
    pub more_keys: bool,
    /// When a key was pressed last.
    pub pressed: Option<Duration>,
    /// The line between the panes is being dragged.
    pub dividing: bool,
    /// The edge of a column is being dragged.
    pub sizing: Option<Sizing>,
    /// Columns of the view that was opened last; absent for those of the settings.
    pub view_columns: Option<Vec<Placed>>,
    /// The dialog of settings.
    pub settings: Option<SettingsDialog>,
    /// So many settings are on their way to their file: what is read of it meanwhile is not the last word.
    pub setting: usize,
    /// The settings changed by our own hand, which needs no telling.
    pub set_here: bool,
    /// What there is to know of sources and prices, since the dialog of settings was opened.
    pub known: Known,
    /// The last click, to tell a double one.
    pub clicked: Option<(Duration, u16, u16)>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Pane {
    List,
    Reader,
}

/// Which line is being typed.
#[derive(Clone, Debug)]
pub enum Input {
    Query,
    Find(tui_input::Input),
    /// One line, and what it is for.
    Line(Ask, tui_input::Input),
}

/// The edge of a column under the mouse.
#[derive(Clone, Copy, Debug)]
pub struct Sizing {
    pub class: Class,
    /// Which of the columns it widens, and the edge of that column that stays where it is.
    pub nth: usize,
    pub from_right: bool,
    pub fixed: u16,
    /// Nothing was moved yet: letting go is a click.
    pub is_click: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OverlayKind {
    Details,
    /// All that was said in passing.
    Messages,
    Problems,
    /// Where a session's tokens and cost come from.
    Explain,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Overlay {
    pub kind: OverlayKind,
    pub top: usize,
}

#[derive(Default)]
pub struct QueryLine {
    pub input: tui_input::Input,
    pub query: Query,
    /// It was changed since somebody began to type in it.
    pub visited: bool,
    /// It was left to read a session, and is typed on from there.
    pub is_left: bool,
    /// The text that is being completed, where its cursor stood, and which offer stands there now.
    pub completing: Option<(tui_input::Input, usize)>,
    /// Which remembered query stands there, and what was typed before.
    pub recalled: Option<(usize, String)>,
    /// What the piece before the cursor can become, as whole pieces.
    pub offers: Vec<Offer>,
}

/// What is known of what was said.
#[derive(Default)]
pub struct Search {
    pub ticket: Ticket,
    /// What is answered, or being answered.
    pub query: Query,
    /// How well they fit is asked too.
    pub is_ranked: bool,
    /// Which sessions are wanted, of those that were answered, each with its rank, and the state they had then.
    pub answers: foldhash::HashMap<SessionId, (u64, Option<i64>)>,
    /// Which of all sessions fit by their titles and places, and how well, for those that are not answered yet; with the
    /// ticket of the question. Working it out takes longer than all else that makes a list.
    pub fits: (Ticket, foldhash::HashMap<SessionId, i64>),
    /// Answers to an earlier query stand until the first to this one.
    pub is_stale: bool,
    /// Sessions that are yet to be answered.
    pub left: usize,
    /// Somebody wants to read what is found, and nothing is yet: the first that comes is opened.
    pub is_awaited: bool,
    /// The first hits of sessions that were on screen, and how many there are.
    pub hits: HashMap<SessionId, (Vec<Hit>, usize)>,
    /// Those that were asked for.
    pub asked_hits: HashSet<SessionId>,
    /// Where nothing is wanted: how many sessions would be without each of the clauses.
    pub without: Option<Vec<usize>>,
    /// Conversations that the search does not know yet.
    pub unknown: usize,
    /// When it last began to learn.
    pub learnt: Option<Duration>,
}

impl Search {
    /// Which sessions fit by what is known of them without reading, where that was told of this question.
    fn fits(&self) -> Option<&foldhash::HashMap<SessionId, i64>> {
        let (ticket, fits) = &self.fits;
        (*ticket == self.ticket && *ticket > 0).then_some(fits)
    }
}

impl App {
    pub fn new(context: Context, look: Look, prefs: Prefs, size: (u16, u16)) -> App {
        App {
            index: Index::default(),
            home: context.home.clone(),
            folder: context.home.clone(),
            now: context.now,
            elapsed: Duration::ZERO,
            context,
            size,
            memory: None,
            look: Arc::new(look),
            manner: Manner::default(),
            prefs,
            demo: false,
            loaded: false,
            loading_hidden: false,
            mouse: true,
            masked: false,
            list: List::default(),
            query: QueryLine::default(),
            search: Search::default(),
            reader: None,
            visits: HashMap::new(),
            stood: HashMap::new(),
            outer: Vec::new(),
            focus: Pane::List,
            maximised: false,
            details: true,
            input: None,
            overlay: None,
            looked_top: 0,
            dialog: None,
            late: Late::default(),
            form: None,
            palette: None,
            picker: None,
            views: Vec::new(),
            sorted_words: Vec::new(),
            prefix: None,
            menu_top: 0,
            toasts: Toasts::default(),
            exported: None,
            exporting: 0,
            making: None,
            marking: 0,
            history: History::default(),
            finds: Vec::new(),
            copying: None,
            tickets: 0,
            more_keys: false,
            pressed: None,
            dividing: false,
            sizing: None,
            view_columns: None,
            settings: None,
            setting: 0,
            set_here: false,
            known: Known::default(),
            clicked: None,
        }
    }

    /// The columns that a kind of list has: those of the view that is open, else those of the settings.
    pub fn columns(&self, class: Class) -> &[Placed] {
        let of_view = self.view_columns.as_deref();
        of_view.unwrap_or_else(|| self.manner.columns.get(class))
    }

    /// The kind of list that is seen.
    pub fn class(&self) -> Class {
        layout::panes(self).class
    }

    /// Where they stand in a table of so many cells.
    pub fn laid(&self, class: Class, width: u16) -> Vec<Laid> {
        columns::laid(self.columns(class), class, width)
    }

    /// How well a row fits the words of the query, as far as it is known.
    pub fn rank(&self, row: &Row) -> Option<i64> {
        match self.search.answers.get(row.id()) {
            Some((_, rank)) => *rank,
            None => match self.search.fits() {
                Some(fits) => fits.get(row.id()).copied(),
                None => self.query.query.rank(row),
            },
        }
    }

    /// Whether the query asks for words that may stand in conversations.
    pub fn is_searching(&self) -> bool {
        self.query.query.asks_of_said()
    }

    /// Whether the list shows lines of conversations.
    pub fn shows_hits(&self) -> bool {
        self.query.query.has_places()
    }

    /// Whether the query wants a row, as far as it is known: what was not asked yet can only be wanted for its title.
    pub fn wants(&self, row: &Row) -> bool {
        let query = &self.query.query;
        if !self.is_searching() {
            return query.matches(row);
        }
        match self.search.answers.get(row.id()) {
            Some((_, rank)) => rank.is_some(),
            None if !query.words_only() || query.leaves_out() => false,
            None => match self.search.fits() {
                Some(fits) => fits.contains_key(row.id()),
                None => query.matches(row),
            },
        }
    }

    pub fn selected(&self) -> Option<&Arc<Row>> {
        self.list
            .entries
            .get(self.list.cursor)
            .map(|entry| &entry.row)
    }

    /// The session that keys are about: the open one in the reader, the selected one in the list.
    pub fn subject(&self) -> Option<Arc<Session>> {
        let reader = self.reader.as_ref().filter(|_| self.focus == Pane::Reader);
        let open = reader.map(|reader| reader.session.clone());
        open.or_else(|| self.selected().map(|row| row.session.clone()))
    }

    /// Its row, with the sums.
    pub fn subject_row(&self) -> Option<&Arc<Row>> {
        match self.reader.as_ref().filter(|_| self.focus == Pane::Reader) {
            // Of one whose log is gone, what was known last: never the row of another.
            Some(reader) => {
                let known = self.index.row(&reader.session.id);
                known.or(reader.row.as_ref())
            }
            None => self.selected(),
        }
    }

    pub fn document(&mut self) -> Option<&mut Document> {
        self.reader.as_mut()?.document.as_mut()
    }

    /// The first key of an action, as it is printed on it; a dash where it has none.
    pub fn key(&self, scope: Scope, action: Action) -> String {
        self.nth_key(scope, action, 0)
    }

    /// One of several keys of an action that does something else with each.
    pub fn nth_key(&self, scope: Scope, action: Action, nth: usize) -> String {
        let key = self.manner.keys.key(scope, action, nth);
        key.map_or_else(|| "-".to_owned(), keys::printed)
    }

    /// The first load takes long enough to be watched.
    pub fn is_loading(&self) -> bool {
        !self.loaded && self.index.progress().totals().1 >= LONG_LOAD
    }

    /// Whether that is told at length: who looks for something wants the room for what is found.
    pub fn shows_loading(&self) -> bool {
        self.is_loading() && !self.loading_hidden && self.query.query.is_empty()
    }

    /// The menu of an open prefix: not for those who know the second key.
    pub fn menu(&self) -> Option<&str> {
        let pressed = self.pressed.unwrap_or_default();
        let prefix = self.prefix.as_deref();
        prefix.filter(|_| self.elapsed.saturating_sub(pressed) >= self.manner.menu_delay)
    }

    /// Whether something on the screen goes or comes by itself soon.
    pub fn is_restless(&self) -> bool {
        self.toasts.is_restless()
            || !self.list.held.is_empty()
            || self.prefix.is_some() && self.menu().is_none()
            || self.late != Late::Listens
    }

    /// Whether more may be found yet of what is looked for in conversations.
    pub fn is_seeking(&self) -> bool {
        let is_asked = self.search.is_stale || self.search.left > 0;
        self.is_searching() && (is_asked || !self.loaded)
    }

    /// A query leaves nothing of what there is.
    pub fn is_without_match(&self) -> bool {
        let asks = !self.query.query.is_empty();
        asks && self.list.entries.is_empty() && self.index.rows().len() > 0
    }

    /// Nothing was found anywhere, and nothing more is to come.
    pub fn is_first_run(&self) -> bool {
        // What is being read stays, even if the last log of all is gone.
        let reading = self.reader.as_ref().is_some_and(|reader| reader.gone);
        self.index.progress().done && self.index.rows().len() == 0 && !reading
    }
}
