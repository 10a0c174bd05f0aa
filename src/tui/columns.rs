//! Columns of the list, each declared once: its name in settings, title, width, side, cell and sort key. Which of them
//! are shown, in which order and how wide, is a setting for each kind of list.

mod cells;
mod chosen;
#[cfg(test)]
mod tests;

pub use cells::{BADGES, project, source, title, updated};
pub use chosen::{Columns, Laid, Placed, edge_at, laid, read, sort_at, written};

use ratatui::text::Span;

use super::app::App;
use crate::index::SortKey;
use crate::model::Row;
use crate::render::span::{blank, clip, measure};

/// One column of the list.
#[derive(Debug)]
pub struct Column {
    /// As it is written in settings.
    pub name: &'static str,
    pub title: &'static str,
    /// Cells; 0 takes what the others leave.
    pub width: u16,
    /// Cells in the table of wide screens.
    pub wide: u16,
    pub right: bool,
    /// Behind the value where no title stands above it.
    pub unit: &'static str,
    /// What a click on its title sorts by.
    pub sort: Option<SortKey>,
    /// What it shows, in a few words.
    pub help: &'static str,
    cell: fn(&App, &Row, usize) -> Span<'static>,
}

macro_rules! column {
    ($name:literal, $title:literal, $width:literal $(/ $wide:literal)?, $side:ident, $unit:literal, $sort:expr, $cell:expr, $help:literal) => {
        Column {
            name: $name,
            title: $title,
            width: $width,
            wide: column!(@wide $width $(/ $wide)?),
            right: column!(@$side),
            unit: $unit,
            sort: $sort,
            help: $help,
            cell: $cell,
        }
    };
    (@wide $width:literal) => { $width };
    (@wide $width:literal / $wide:literal) => { $wide };
    (@left) => { false };
    (@right) => { true };
}

/// Every column there is. The title is the one that takes what the others leave.
#[rustfmt::skip]
pub static COLUMNS: &[Column] = &[
    column!("source", "Source", 2 / 11, left, "", Some(SortKey::Source), cells::source, "The agent: two letters, or its name from eleven cells on"),
    column!("title", "Title", 0, left, "", Some(SortKey::Title), cells::title_in, "Its title; takes what the others leave"),
    column!("project", "Project", 12 / 9, left, "", Some(SortKey::Project), cells::project_in, "The name of its directory"),
    column!("dir", "Directory", 24, left, "", Some(SortKey::Project), cells::dir, "Its whole directory"),
    column!("branch", "Branch", 12, left, "", Some(SortKey::Branch), cells::branch, "The git branch it worked on"),
    column!("repo", "Repository", 16, left, "", None, cells::repo, "The git repository it worked in, where the log says it"),
    column!("model", "Model", 14, left, "", Some(SortKey::Model), cells::model, "The model that answered most"),
    column!("provider", "Provider", 10, left, "", None, cells::provider, "Who served that model, where the log says it"),
    column!("tags", "Tags", 14, left, "", None, cells::tags, "Tags you gave it"),
    column!("eval", "Eval", 8, left, "", None, cells::eval, "What your tag eval:... says of it"),
    column!("note", "Note", 20, left, "", None, cells::note, "Your note on it"),
    column!("starred", "Star", 4, left, "", Some(SortKey::Starred), cells::starred, "Whether you starred it"),
    column!("state", "State", 10, left, "", None, cells::state, "Working, waiting, stopped, idle; new, hidden, archived, auto, gone"),
    column!("kind", "Kind", 8, left, "", None, cells::kind, "Main, sub-agent, fork or copy"),
    column!("shared", "Shared", 6, left, "", Some(SortKey::Shared), cells::shared, "Whether others can read it; its link from sixteen cells on"),
    column!("id", "Id", 12, left, "", None, cells::id, "The short form of its id"),
    column!("version", "Version", 9, left, "", None, cells::version, "The version of the agent that wrote it"),
    column!("messages", "Msgs", 5, right, " msg", Some(SortKey::Messages), cells::messages, "Prompts and responses"),
    column!("prompts", "Asks", 5, right, " asks", Some(SortKey::Prompts), cells::prompts, "Messages of a person"),
    column!("tools", "Tools", 6, right, " tools", Some(SortKey::Tools), cells::tools, "Tool calls"),
    column!("errors", "Errs", 5, right, " err", Some(SortKey::Errors), cells::errors, "Tool calls that failed"),
    column!("subs", "Subs", 5, right, " subs", Some(SortKey::Children), cells::children, "Sub-agents, forks and copies of it"),
    column!("tokens", "Tokens", 6, right, "", Some(SortKey::Tokens), cells::tokens, "All tokens, sub-agents included"),
    column!("input", "Input", 6, right, " in", Some(SortKey::Input), cells::input, "Input tokens, cached ones not counted"),
    column!("output", "Output", 6, right, " out", Some(SortKey::Output), cells::output, "Output tokens, thinking included"),
    column!("cache", "Cache", 5, right, " cached", Some(SortKey::Cache), cells::cache, "How much of what was sent came from the cache"),
    column!("cost", "Cost", 8, right, "", Some(SortKey::Cost), cells::cost, "US dollars, sub-agents included"),
    column!("duration", "Time", 6, right, "", Some(SortKey::Duration), cells::duration, "From its first record to its last"),
    column!("size", "Size", 6, right, "", Some(SortKey::Size), cells::size, "Bytes of its log on disk, where it has one of its own"),
    column!("expires", "Keeps", 5, right, " left", Some(SortKey::Expires), cells::expires, "How long until its agent deletes it; the day from ten cells on"),
    column!("created", "Begun", 5, right, "", Some(SortKey::Created), cells::created, "Its start: the day from ten cells on, the time from sixteen"),
    column!("updated", "Age", 4, right, "", Some(SortKey::Updated), cells::updated_in, "Its last activity: the day from ten cells on, the time from sixteen"),
];

/// A column by its name in settings.
pub fn named(name: &str) -> Option<&'static Column> {
    COLUMNS.iter().find(|column| column.name == name)
}

/// The kinds of list, each with columns of its own.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Class {
    /// Rows of two lines: beside a conversation, and on narrow screens.
    Rows,
    #[default]
    Table,
    /// A table of at least eighty cells on a screen of at least 160.
    Wide,
}

impl Class {
    pub const ALL: [Class; 3] = [Class::Rows, Class::Table, Class::Wide];

    /// Its line in the table of settings.
    pub fn option(self) -> &'static str {
        match self {
            Class::Rows => "ui.columns.rows",
            Class::Table => "ui.columns.table",
            Class::Wide => "ui.columns.wide",
        }
    }

    pub fn word(self) -> &'static str {
        match self {
            Class::Rows => "rows of two lines",
            Class::Table => "the table",
            Class::Wide => "the wide table",
        }
    }

    /// The one behind it, and behind the last the first.
    pub fn next(self) -> Class {
        match self {
            Class::Rows => Class::Table,
            Class::Table => Class::Wide,
            Class::Wide => Class::Rows,
        }
    }
}

/// Cells at the left for the cursor and marks.
pub const GUTTER: u16 = 5;

/// One cell, exactly as wide as its column.
pub fn cell(app: &App, column: &Column, row: &Row, width: usize) -> Vec<Span<'static>> {
    fit((column.cell)(app, row, width), width, column.right)
}

/// The same without room around it.
pub fn bare(app: &App, column: &Column, row: &Row, width: usize) -> Vec<Span<'static>> {
    clip(vec![(column.cell)(app, row, width)], width)
}

pub fn fit(text: Span<'static>, width: usize, right: bool) -> Vec<Span<'static>> {
    let spans = clip(vec![text], width);
    let free = width.saturating_sub(measure(&spans));
    let mut out = Vec::with_capacity(2);
    if right {
        out.push(blank(free));
    }
    out.extend(spans);
    if !right {
        out.push(blank(free));
    }
    out
}
