//! The help: its first page in groups side by side, and under it every key, line by line.

use std::ops::Range;

use ratatui::text::Span;

use super::super::app::App;
use super::super::keys::printed;
use super::super::palette::{Does, Entry, Palette};
use crate::render::span::{blank, clip, made, measure, span, spread, word};
use crate::render::theme::Role;

/// A help of fewer cells than this has its keys line by line.
const LEAST: usize = 60;
/// Cells for the names of groups.
const GROUP: usize = 9;
/// Cells of a key of the first page with its word.
const CELL: usize = 19;
/// Cells for the keys there.
const CELL_KEYS: usize = 6;
/// Cells for the keys of a line, and where room is short.
const KEYS: usize = 18;
const FEW_KEYS: usize = 11;

/// A line of the help: which of the entries that are left stand in it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Row {
    /// Side by side, the first of them behind the name of their group.
    Cells(Option<&'static str>, Range<usize>),
    One(usize),
}

impl Row {
    fn holds(&self, at: usize) -> bool {
        match self {
            Row::Cells(_, cells) => cells.contains(&at),
            Row::One(one) => *one == at,
        }
    }
}

/// How many keys of the first page stand side by side.
fn across(width: usize) -> usize {
    (width.saturating_sub(GROUP) / CELL).max(1)
}

/// The lines of the help in so many cells.
pub fn rows(palette: &Palette, width: usize) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut done = 0;
    if palette.is_first_page() && width >= LEAST {
        for (name, many) in palette.groups() {
            let end = done + many;
            let starts = (done..end).step_by(across(width));
            rows.extend(starts.map(|start| {
                let name = (start == done).then_some(name);
                Row::Cells(name, start..(start + across(width)).min(end))
            }));
            done = end;
        }
    }
    rows.extend((done..palette.left().len()).map(Row::One));
    rows
}

/// The line that the cursor is in.
pub fn cursor(palette: &Palette, width: usize) -> usize {
    let rows = rows(palette, width);
    let here = rows.iter().position(|row| row.holds(palette.cursor));
    here.unwrap_or(0)
}

/// The entry at a cell of a line.
pub fn at(palette: &Palette, row: usize, column: usize, width: usize) -> Option<usize> {
    match rows(palette, width).into_iter().nth(row)? {
        Row::One(one) => Some(one),
        Row::Cells(_, cells) => {
            let nth = column.checked_sub(GROUP)? / CELL;
            cells.into_iter().nth(nth)
        }
    }
}

/// One line.
pub fn line(app: &App, palette: &Palette, row: &Row, width: usize) -> Vec<Span<'static>> {
    let hue = |role| app.look.theme.style(role);
    match row {
        Row::One(at) => {
            let entry = palette.left().nth(*at).flatten();
            entry.map_or_else(Vec::new, |entry| {
                let is_searched = !palette.input.value().trim().is_empty();
                key_line(app, entry, (*at == palette.cursor, is_searched), width)
            })
        }
        Row::Cells(name, cells) => {
            let mut line = vec![blank(1)];
            line.extend(name.map(|name| word(name, hue(Role::Heading))));
            line.push(blank(GROUP.saturating_sub(measure(&line))));
            for at in cells.clone() {
                let Some(entry) = palette.left().nth(at).flatten() else {
                    continue;
                };
                let here = at == palette.cursor;
                let role = if here { Role::Bright } else { Role::Text };
                let keys = made(beside(entry), hue(Role::Key));
                let sign = if here { ">" } else { " " };
                let gap = CELL_KEYS.saturating_sub(measure(std::slice::from_ref(&keys)));
                let cell = vec![
                    word(sign, hue(Role::Accent)),
                    keys,
                    blank(gap.max(1)),
                    span(&entry.label, hue(role)),
                ];
                let cell = clip(cell, CELL - 1);
                let rest = CELL.saturating_sub(measure(&cell));
                line.extend(cell);
                line.push(blank(rest));
            }
            clip(line, width)
        }
    }
}

/// Keys of a cell: one that is two apart from the next by more.
fn beside(entry: &Entry) -> String {
    let is_long = entry.keys.iter().any(|key| key.contains(' '));
    let keys: Vec<String> = entry.keys.iter().map(|key| printed(key)).collect();
    keys.join(if is_long { "  " } else { " " })
}

/// The keys, and what they do.
fn key_line(
    app: &App,
    entry: &Entry,
    (here, is_searched): (bool, bool),
    width: usize,
) -> Vec<Span<'static>> {
    let hue = |role| app.look.theme.style(role);
    if entry.does == Does::Heading {
        return vec![blank(1), span(&entry.label, hue(Role::Heading))];
    }
    let role = if here { Role::Bright } else { Role::Text };
    // Where room is short, one key for each is enough.
    let keys = match width < LEAST {
        true => super::palette::first_key(entry),
        false => super::palette::joined(entry),
    };
    let keys = made(keys, hue(Role::Key));
    let column = if width < LEAST { FEW_KEYS } else { KEYS };
    let gap = column
        .saturating_sub(measure(std::slice::from_ref(&keys)))
        .max(1);
    let line = vec![
        super::palette::mark(app, here),
        keys,
        blank(gap),
        span(&entry.label, hue(role)),
    ];
    // Among what was searched for no heading tells where a key holds.
    let place = match (&entry.does, is_searched) {
        (Does::Act(scope, ..), true) => vec![word(scope.word(), hue(Role::Dim)), blank(1)],
        _ => Vec::new(),
    };
    spread(line, place, width)
}
