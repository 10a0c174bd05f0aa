//! The help: of its keys the first in groups side by side, and under them every key, line by line; its other pages in two
//! columns, of which the right one goes on below itself.

use std::ops::Range;

use ratatui::style::Style;
use ratatui::text::Span;

use super::super::app::App;
use super::super::help::Page;
use super::super::keys::{Action, Scope, printed};
use super::super::palette::{Does, Entry, Palette};
use crate::render::span::{blank, clip, made, measure, span, spread, word};
use crate::render::theme::Role;
use crate::render::wrap::{self, Run};
use crate::text::Clean;

/// A help of fewer cells than this has its keys line by line.
const LEAST: usize = 60;
/// Cells for the names of groups.
const GROUP: usize = 9;
/// Cells of a key of the first page with its word, at the least.
const CELL: usize = 19;
/// Cells for the keys there.
const CELL_KEYS: usize = 6;
/// Cells for the keys of a line, and where room is short.
const KEYS: usize = 18;
const FEW_KEYS: usize = 11;
/// Cells before what is told on the other pages, and between its two columns.
const BEFORE: usize = 3;
const GAP: usize = 2;
/// At most so many cells are for the left one, and on a narrow screen only what needs no more than this many has one.
const LEFT: usize = 26;
const FEW_LEFT: usize = 10;

/// A line of the help: which of the entries that are left stand in it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Row {
    /// Side by side, the first of them behind the name of their group.
    Cells(Option<&'static str>, Range<usize>),
    One(usize),
    /// Of what is told in several lines this one.
    Told(usize, usize),
}

impl Row {
    fn holds(&self, at: usize) -> bool {
        match self {
            Row::Cells(_, cells) => cells.contains(&at),
            Row::One(one) | Row::Told(one, _) => *one == at,
        }
    }
}

/// How many keys of the first page stand side by side.
fn across(width: usize) -> usize {
    (width.saturating_sub(GROUP) / CELL).max(1)
}

/// Cells of each.
fn cell_width(width: usize) -> usize {
    (width.saturating_sub(GROUP) / across(width)).max(1)
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
    let is_told = |entry: &Entry| !entry.lead.is_empty();
    let lead = lead(palette, width);
    for (at, entry) in palette.left().enumerate().skip(done) {
        match entry.filter(|entry| is_told(entry)) {
            Some(entry) => {
                let tall = told(entry, lead, width).len();
                rows.extend((0..tall).map(|nth| Row::Told(at, nth)));
            }
            None => rows.push(Row::One(at)),
        }
    }
    rows
}

/// The line that the cursor is in, of several the last.
pub fn cursor(palette: &Palette, width: usize) -> usize {
    let rows = rows(palette, width);
    let here = rows.iter().rposition(|row| row.holds(palette.cursor));
    here.unwrap_or(0)
}

/// Cells of the left column of a page that has two.
fn lead(palette: &Palette, width: usize) -> usize {
    let leads = palette.left().flatten().map(|entry| entry.lead.width());
    match leads.max().unwrap_or(0) {
        wide if width < LEAST && wide > FEW_LEFT => 0,
        wide => wide.min(LEFT),
    }
}

/// A line of what is told: what stands at the left, in the middle and at the right.
#[derive(Default)]
struct Told {
    lead: Clean,
    text: Clean,
    note: Clean,
}

/// What an entry tells, in as many lines as it needs. What has no room at the left stands in a line of its own, and an
/// example behind the last word or below it.
fn told(entry: &Entry, lead: usize, width: usize) -> Vec<Told> {
    let room = width.saturating_sub(BEFORE + lead + GAP + 1).max(8);
    let run = Run::new(entry.label.clone(), Style::default());
    let rows = wrap::words(&[run], room).into_iter();
    let text = |spans: Vec<Span<'static>>| {
        let text: String = spans.iter().map(|span| span.content.as_ref()).collect();
        Clean::of(text.trim_end())
    };
    let mut lines: Vec<Told> = rows
        .map(|spans| Told {
            text: text(spans),
            ..Told::default()
        })
        .collect();
    if !entry.note.is_empty() {
        let last = lines.last().map_or(usize::MAX, |line| line.text.width());
        if last.saturating_add(GAP + entry.note.width()) > room {
            lines.push(Told::default());
        }
        if let Some(line) = lines.last_mut() {
            line.note = entry.note.clone();
        }
    }
    if entry.lead.width() <= lead {
        if let Some(line) = lines.first_mut() {
            line.lead = entry.lead.clone();
        }
        return lines;
    }
    let run = Run::new(entry.lead.clone(), Style::default());
    let above = wrap::words(&[run], width.saturating_sub(BEFORE + 1).max(8));
    let above = above.into_iter().map(|spans| Told {
        lead: text(spans),
        ..Told::default()
    });
    above.chain(lines).collect()
}

fn told_line(
    app: &App,
    entry: &Entry,
    (here, nth, lead): (bool, usize, usize),
    width: usize,
) -> Vec<Span<'static>> {
    let hue = |role| app.look.theme.style(role);
    let Some(told) = told(entry, lead, width).into_iter().nth(nth) else {
        return Vec::new();
    };
    let role = if here { Role::Bright } else { Role::Text };
    let gap = (lead + GAP).saturating_sub(told.lead.width());
    let left = vec![
        super::palette::mark(app, here && nth == 0),
        span(&told.lead, hue(Role::Key)),
        blank(gap),
        span(&told.text, hue(role)),
    ];
    match told.note.is_empty() {
        true => clip(left, width),
        false => spread(
            left,
            vec![span(&told.note, hue(Role::Dim)), blank(1)],
            width,
        ),
    }
}

/// The names of the pages and the cells they stand in: all where there is room, else those from this page on.
pub fn names(app: &App, page: Page, width: usize) -> Vec<(Page, String, Range<usize>)> {
    let all = Page::all(app.focus);
    let named = |from: usize| {
        let key = app.key(Scope::Palette, Action::Right);
        let mut at = crate::text::width(&key) + 2;
        let name = |one: &Page| {
            let text = match *one == page {
                true => format!("[{}]", one.word()),
                false => format!(" {} ", one.word()),
            };
            let cells = at..at + text.len();
            at = cells.end;
            (*one, text, cells)
        };
        all.iter().skip(from).map(name).collect::<Vec<_>>()
    };
    let whole = named(0);
    if whole.last().is_some_and(|(.., cells)| cells.end <= width) {
        return whole;
    }
    let here = all.iter().position(|one| *one == page);
    let mut rest = named(here.unwrap_or(0));
    rest.retain(|(.., cells)| cells.end <= width);
    rest
}

/// They in a line, behind the key that leads from one to the next.
pub fn names_line(app: &App, page: Page, width: usize) -> Vec<Span<'static>> {
    let hue = |role| app.look.theme.style(role);
    let mut line = vec![
        blank(1),
        made(app.key(Scope::Palette, Action::Right), hue(Role::Key)),
        blank(1),
    ];
    line.extend(names(app, page, width).into_iter().map(|(one, text, _)| {
        let role = if one == page { Role::Accent } else { Role::Dim };
        made(text, hue(role))
    }));
    clip(line, width)
}

/// The entry at a cell of a line.
pub fn at(palette: &Palette, row: usize, column: usize, width: usize) -> Option<usize> {
    match rows(palette, width).into_iter().nth(row)? {
        Row::One(one) | Row::Told(one, _) => Some(one),
        Row::Cells(_, cells) => {
            let nth = column.checked_sub(GROUP)? / cell_width(width);
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
        Row::Told(at, nth) => {
            let entry = palette.left().nth(*at).flatten();
            let place = (*at == palette.cursor, *nth, lead(palette, width));
            entry.map_or_else(Vec::new, |entry| told_line(app, entry, place, width))
        }
        Row::Cells(name, cells) => {
            let cell_width = cell_width(width);
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
                let cell = clip(cell, cell_width.saturating_sub(1));
                let rest = cell_width.saturating_sub(measure(&cell));
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
