//! Columns of the list: title, width, side, cell and sort key, each declared once.

use ratatui::layout::Rect;
use ratatui::text::Span;

use super::app::App;
use crate::index::SortKey;
use crate::model::{Row, Stage};
use crate::render::span::{blank, clip, made, measure, span};
use crate::render::theme::Role;
use crate::sources::SOURCES;
use crate::text::{Clean, age, short_count};

/// One column of the table.
pub struct Column {
    pub title: &'static str,
    /// Cells; 0 takes what the others leave.
    pub width: u16,
    pub right: bool,
    pub sort: SortKey,
    cell: fn(&App, &Row) -> Span<'static>,
}

macro_rules! column {
    ($title:literal, $width:literal, $right:literal, $sort:ident, $cell:expr) => {
        Column {
            title: $title,
            width: $width,
            right: $right,
            sort: SortKey::$sort,
            cell: $cell,
        }
    };
}

/// With two letters for the source, below 160 columns.
pub static NARROW: &[Column] = &[
    column!("", 2, false, Source, code),
    column!("Title", 0, false, Title, title),
    column!("Project", 12, false, Project, project),
    column!("Msgs", 5, true, Messages, messages),
    column!("Tokens", 6, true, Tokens, tokens),
    column!("Cost", 8, true, Cost, cost),
    column!("Age", 4, true, Updated, when),
];

/// With the source's name, from 160 columns on.
pub static WIDE: &[Column] = &[
    column!("Source", 11, false, Source, label),
    column!("Title", 0, false, Title, title),
    column!("Project", 12, false, Project, project),
    column!("Msgs", 5, true, Messages, messages),
    column!("Tokens", 6, true, Tokens, tokens),
    column!("Cost", 8, true, Cost, cost),
    column!("Age", 4, true, Updated, when),
];

/// Cells at the left for the cursor and marks.
pub const GUTTER: u16 = 5;

pub fn table(wide: bool) -> &'static [Column] {
    if wide { WIDE } else { NARROW }
}

/// The width of each column in a line of `width` cells.
pub fn widths(columns: &[Column], width: u16) -> Vec<u16> {
    let gaps = u16::try_from(columns.len()).unwrap_or(0).saturating_sub(1);
    let fixed: u16 = columns.iter().map(|c| c.width).sum();
    let rest = width.saturating_sub(GUTTER + fixed + gaps + 1);
    columns
        .iter()
        .map(|c| if c.width == 0 { rest } else { c.width })
        .collect()
}

/// The key of the header that was clicked.
pub fn sort_at(header: Rect, wide: bool, x: u16) -> Option<SortKey> {
    let columns = table(wide);
    let mut from = header.x + GUTTER;
    for (column, width) in columns.iter().zip(widths(columns, header.width)) {
        if x >= from && x <= from + width {
            return Some(column.sort);
        }
        from += width + 1;
    }
    None
}

/// One cell, exactly as wide as its column.
pub fn cell(app: &App, column: &Column, row: &Row, width: usize) -> Vec<Span<'static>> {
    fit((column.cell)(app, row), width, column.right)
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

fn hue(row: &Row) -> Role {
    let at = SOURCES
        .iter()
        .position(|s| s.card().id == row.id().source)
        .unwrap_or(0);
    Role::Source(u8::try_from(at).unwrap_or(0))
}

pub fn code(app: &App, row: &Row) -> Span<'static> {
    let code = crate::sources::source(row.id().source).map_or("", |s| s.card().code);
    span(&code.into(), app.look.theme.style(hue(row)))
}

pub fn label(app: &App, row: &Row) -> Span<'static> {
    let label = crate::sources::source(row.id().source).map_or("", |s| s.card().label);
    span(&label.into(), app.look.theme.style(hue(row)))
}

pub fn title(app: &App, row: &Row) -> Span<'static> {
    match &row.session.title {
        Some(title) => span(
            &Clean::line(title.text.as_str()),
            app.look.theme.style(Role::Bright),
        ),
        None => {
            let id = format!(
                "{} (no title)",
                row.id().native.chars().take(12).collect::<String>()
            );
            made(id, app.look.theme.style(Role::Dim))
        }
    }
}

pub fn project(app: &App, row: &Row) -> Span<'static> {
    let name = row.project().unwrap_or_else(|| "-".into());
    span(&name, app.look.theme.style(Role::Text))
}

/// What is not read yet is `..`, what the log does not have is `-`.
fn known(app: &App, row: &Row, text: Option<String>, role: Role) -> Span<'static> {
    let missing = if row.session.stage == Stage::Whole {
        "-"
    } else {
        ".."
    };
    let role = if text.is_some() { role } else { Role::Dim };
    made(
        text.unwrap_or_else(|| missing.to_owned()),
        app.look.theme.style(role),
    )
}

pub fn messages(app: &App, row: &Row) -> Span<'static> {
    known(
        app,
        row,
        Some(row.session.messages().to_string()),
        Role::Text,
    )
}

pub fn tokens(app: &App, row: &Row) -> Span<'static> {
    known(app, row, row.tokens().map(short_count), Role::Text)
}

/// Shaded by rank, so that the dear rows are seen before they are read.
pub fn cost(app: &App, row: &Row) -> Span<'static> {
    let cost = row.cost();
    let text = cost.known().map(|_| cost.to_string());
    let costs = &app.list.costs;
    let below = cost
        .known()
        .map_or(0, |usd| costs.partition_point(|c| *c < usd.nanos()));
    let rank = (below * 5)
        .checked_div(costs.len().max(1))
        .unwrap_or(0)
        .min(4);
    known(app, row, text, Role::Cost(u8::try_from(rank).unwrap_or(0)))
}

pub fn when(app: &App, row: &Row) -> Span<'static> {
    known(
        app,
        row,
        row.session.updated.map(|at| age(at, app.now)),
        Role::Dim,
    )
}
