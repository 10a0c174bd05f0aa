//! The columns that somebody chose: their order and width, as settings and views write them, and where they stand.

use ratatui::layout::Rect;

use super::{COLUMNS, Class, Column, GUTTER, named};
use crate::config::{self, Mistake, Said, Settings};
use crate::index::SortKey;
use crate::sources::SOURCES;

/// Cells that the title has at the least: columns at the end give way to it.
const LEAST_TITLE: u16 = 12;
/// From so many on names of sources are not cut for it.
const ROOMY_TITLE: u16 = 26;
/// Cells of a column at the least and at the most.
const LEAST: u16 = 2;
const MOST: u16 = 80;
/// The column that stands in every row of two lines.
const TITLE: &str = "title";
/// The column that has names of sources.
const SOURCE: &str = "source";

/// A column in its place.
#[derive(Clone, Copy, Debug)]
pub struct Placed {
    pub column: &'static Column,
    /// Cells that somebody gave it; absent for what the table of columns says.
    pub width: Option<u16>,
}

impl PartialEq for Placed {
    fn eq(&self, other: &Placed) -> bool {
        (self.column.name, self.width) == (other.column.name, other.width)
    }
}

impl Placed {
    /// Cells that it asks for; 0 for what the others leave.
    pub fn cells(&self, class: Class) -> u16 {
        let usual = match class {
            Class::Wide => self.column.wide,
            Class::Rows | Class::Table => self.column.width,
        };
        self.width.unwrap_or(usual)
    }

    /// The same column so wide, within reason.
    pub fn of_width(self, cells: i32) -> Placed {
        let cells = cells.clamp(i32::from(LEAST), i32::from(MOST));
        Placed {
            width: u16::try_from(cells).ok(),
            ..self
        }
    }

    /// `cost`, `cost:10`. An error says what it is not, and the nearest name.
    fn read(text: &str) -> Result<Placed, (String, Option<String>)> {
        let (name, width) = match text.trim().split_once(':') {
            Some((name, width)) => (name.trim(), Some(width.trim())),
            None => (text.trim(), None),
        };
        let Some(column) = named(name) else {
            let near = config::nearest(name, COLUMNS.iter().map(|column| column.name));
            return Err((format!("no column {name}"), near));
        };
        let cells = width.map(|width| width.parse::<u16>().ok());
        let cells = cells.map(|cells| cells.filter(|n| (LEAST..=MOST).contains(n)));
        match cells {
            Some(None) => {
                let width = width.unwrap_or_default();
                let what = format!("{name}: {width} is no width; give {LEAST} to {MOST} cells");
                Err((what, None))
            }
            cells => Ok(Placed {
                column,
                width: cells.flatten(),
            }),
        }
    }
}

/// The columns of each kind of list.
#[derive(Clone, PartialEq, Debug)]
pub struct Columns {
    rows: Vec<Placed>,
    table: Vec<Placed>,
    wide: Vec<Placed>,
}

impl Default for Columns {
    /// As the settings have them by themselves.
    fn default() -> Columns {
        Columns::of(&Settings::default()).0
    }
}

impl Columns {
    /// The columns that the settings ask for, and what is wrong with that.
    pub fn of(settings: &Settings) -> (Columns, Vec<Mistake>) {
        let mut told = settings.clone();
        told.mistakes.clear();
        let mut read = |class: Class| {
            let name = class.option();
            let (placed, wrong) = all(settings.texts(name));
            for (said, what, near) in wrong {
                let place = said.place.or_else(|| settings.place(name));
                told.mistake(place, format!("{name}: {what}"), near);
            }
            placed
        };
        let columns = Columns {
            rows: read(Class::Rows),
            table: read(Class::Table),
            wide: read(Class::Wide),
        };
        (columns, told.mistakes)
    }

    pub fn get(&self, class: Class) -> &[Placed] {
        match class {
            Class::Rows => &self.rows,
            Class::Table => &self.table,
            Class::Wide => &self.wide,
        }
    }

    pub fn set(&mut self, class: Class, placed: Vec<Placed>) {
        *match class {
            Class::Rows => &mut self.rows,
            Class::Table => &mut self.table,
            Class::Wide => &mut self.wide,
        } = placed;
    }
}

type Wrong<'a> = (&'a Said, String, Option<String>);

/// The columns that a list names, and what in it is none. Where nothing is left, the usual ones stand.
fn all(said: &[Said]) -> (Vec<Placed>, Vec<Wrong<'_>>) {
    let mut placed: Vec<Placed> = Vec::new();
    let mut wrong = Vec::new();
    for item in said {
        match Placed::read(&item.text) {
            Ok(one) if placed.iter().any(|p| p.column.name == one.column.name) => {
                let what = format!("{} stands there twice", one.column.name);
                wrong.push((item, what, None));
            }
            Ok(one) => placed.push(one),
            Err((what, near)) => wrong.push((item, what, near)),
        }
    }
    if placed.is_empty() {
        let title = named(TITLE).map(|column| Placed {
            column,
            width: None,
        });
        placed.extend(title);
    }
    (placed, wrong)
}

/// The columns that a text names, as a setting or a view has them. An error is the first thing that is none.
pub fn read<'a>(items: impl Iterator<Item = &'a str>) -> Result<Vec<Placed>, String> {
    let said: Vec<Said> = items
        .map(|text| Said {
            text: text.to_owned(),
            place: None,
        })
        .collect();
    let (placed, wrong) = all(&said);
    match wrong.into_iter().next() {
        None => Ok(placed),
        Some((_, what, Some(near))) => Err(format!("{what}; the nearest is {near}")),
        Some((_, what, None)) => Err(what),
    }
}

/// As settings and views write them.
pub fn written(placed: &[Placed]) -> Vec<String> {
    let one = |placed: &Placed| match placed.width {
        Some(cells) => format!("{}:{cells}", placed.column.name),
        None => placed.column.name.to_owned(),
    };
    placed.iter().map(one).collect()
}

/// A column of a table on the screen.
#[derive(Clone, Copy, Debug)]
pub struct Laid {
    pub placed: Placed,
    /// Cells from the left edge of the table, and how many it has.
    pub at: u16,
    pub cells: u16,
}

/// The columns that have room in a table of so many cells. Those at the end give way where there is too little.
pub fn laid(placed: &[Placed], class: Class, width: u16) -> Vec<Laid> {
    let room = width.saturating_sub(GUTTER + 1);
    let least = |p: &Placed| match p.cells(class) {
        0 => LEAST_TITLE,
        cells => cells,
    };
    let mut kept: Vec<Placed> = placed.to_vec();
    let sum = |kept: &[Placed]| {
        let gaps = kept.len().saturating_sub(1);
        kept.iter().map(|p| usize::from(least(p))).sum::<usize>() + gaps
    };
    while kept.len() > 1 && sum(&kept) > usize::from(room) {
        // What takes the rest is what the others are about.
        let last = kept.iter().rposition(|p| p.cells(class) > 0);
        kept.remove(last.unwrap_or(0));
    }
    let gaps = u16::try_from(kept.len()).unwrap_or(1).saturating_sub(1);
    let fixed: u16 = kept.iter().map(|p| p.cells(class)).sum();
    let mut rest = room.saturating_sub(fixed + gaps);
    // Names of sources are whole where titles have room enough.
    let is_named = |p: &&Placed| p.column.name == SOURCE && p.width.is_none();
    let named = kept.iter().find(is_named).map_or(0, |p| p.cells(class));
    let more = longest_name().saturating_sub(named);
    let is_roomy = class == Class::Wide && named > 0 && rest >= ROOMY_TITLE + more;
    let more = if is_roomy { more } else { 0 };
    rest -= more;
    let mut at = GUTTER;
    let place = |placed: Placed| {
        let cells = match placed.cells(class) {
            0 => rest,
            cells if is_named(&&placed) => (cells + more).min(room),
            cells => cells.min(room),
        };
        let laid = Laid { placed, at, cells };
        at += cells + 1;
        laid
    };
    kept.into_iter().map(place).collect()
}

/// Cells of the longest name of a source.
fn longest_name() -> u16 {
    let names = SOURCES.iter().map(|source| source.card().label);
    let longest = names.map(crate::text::width).max().unwrap_or(0);
    u16::try_from(longest).unwrap_or(0)
}

/// The sort key of the title that was clicked.
pub fn sort_at(header: Rect, columns: &[Laid], x: u16) -> Option<SortKey> {
    let x = x.checked_sub(header.x)?;
    let mut columns = columns.iter();
    let hit = columns.find(|laid| x >= laid.at && x <= laid.at + laid.cells)?;
    hit.placed.column.sort
}

/// The column whose width follows the mouse when the gap at a place is dragged, and whether it is the one behind it: what
/// stands behind the column that takes the rest is held by its right edge.
pub fn edge_at(header: Rect, columns: &[Laid], class: Class, x: u16) -> Option<(usize, bool)> {
    let x = x.checked_sub(header.x)?;
    let before = columns.iter().position(|laid| x == laid.at + laid.cells)?;
    let rest = columns.iter().position(|l| l.placed.cells(class) == 0);
    match rest {
        Some(rest) if before >= rest => (before + 1 < columns.len()).then_some((before + 1, true)),
        _ => Some((before, false)),
    }
}
