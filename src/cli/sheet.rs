//! A report before it has a shape: named columns, typed cells, notes. From it come the table, the plain lines and the
//! CSV, so that all three say the same.

use jiff::civil::Date;
use jiff::{Timestamp, tz::TimeZone};

use super::Failure;
use super::grid::{self, Lines, Track};
use crate::export::csv::harmless;
use crate::model::{Cost, Usd};
use crate::text::{Clean, Locale, short_count, width};

/// One value of a row.
#[derive(Clone, Debug)]
pub enum Cell {
    /// Nothing belongs here.
    Blank,
    Text(Clean),
    /// One under the other.
    List(Vec<Clean>),
    /// Absent where it is unknown.
    Count(Option<u64>),
    Money(Cost),
    Day(Option<Date>),
    Moment(Option<Timestamp>),
}

impl Cell {
    pub fn text(text: impl Into<Clean>) -> Cell {
        Cell::Text(text.into())
    }
}

/// A column by its heading.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    pub title: &'static str,
    /// Its name in CSV.
    pub name: &'static str,
    /// Least width between two borders, padding included.
    pub least: usize,
    pub right: bool,
    /// Stays in the compact table.
    pub compact: bool,
}

/// A column of text.
pub const fn words(title: &'static str, name: &'static str, least: usize) -> Column {
    Column {
        title,
        name,
        least,
        right: false,
        compact: true,
    }
}

/// A column of numbers.
pub const fn numbers(title: &'static str, name: &'static str, least: usize) -> Column {
    Column {
        title,
        name,
        least,
        right: true,
        compact: true,
    }
}

impl Column {
    /// Left out of the compact table.
    pub const fn wide(mut self) -> Column {
        self.compact = false;
        self
    }
}

#[derive(Clone, Debug)]
pub struct Row {
    pub cells: Vec<Cell>,
    /// A rule stands above it.
    pub ruled: bool,
    /// It sums up others: it stands in the table only, so that nothing is counted twice elsewhere.
    pub sums: bool,
}

impl Row {
    pub fn new(cells: Vec<Cell>) -> Row {
        Row {
            cells,
            ruled: false,
            sums: false,
        }
    }
}

#[derive(Clone, Default, Debug)]
pub struct Sheet {
    pub columns: Vec<Column>,
    pub rows: Vec<Row>,
}

/// How a table is to look.
#[derive(Clone, Debug)]
pub struct Face {
    pub ascii: bool,
    pub locale: Locale,
    pub zone: TimeZone,
    /// Cells in a line; absent where there is no terminal.
    pub width: Option<usize>,
    pub compact: bool,
    /// Money without the marks of its basis; a note under the table says it.
    pub bare: bool,
}

/// From this width on a table has all its columns.
pub const WIDE: usize = 100;
/// Text is cut to no fewer cells than these: first, and where even short numbers do not fit.
const LEAST_TEXT: [usize; 2] = [16, 8];

impl Face {
    pub fn is_compact(&self) -> bool {
        self.compact || self.width.is_some_and(|width| width < WIDE)
    }

    fn lines(&self, cell: &Cell, short: bool) -> Vec<Clean> {
        let one = |text: String| vec![Clean::from(text)];
        match cell {
            Cell::Blank => Vec::new(),
            Cell::Text(text) => vec![text.clone()],
            Cell::List(texts) => texts.iter().map(|text| self.bullet(text)).collect(),
            Cell::Count(None) | Cell::Day(None) | Cell::Moment(None) => one("-".into()),
            Cell::Count(Some(n)) if short => one(short_count(*n)),
            Cell::Count(Some(n)) => one(self.locale.count(*n)),
            Cell::Money(cost) => one(self.money(*cost)),
            Cell::Day(Some(day)) => one(self.locale.day(*day)),
            Cell::Moment(Some(at)) => one(self.moment(*at)),
        }
    }

    fn bullet(&self, text: &Clean) -> Clean {
        let mark = if self.ascii { "-" } else { "•" };
        Clean::from(format!("{mark} {text}"))
    }

    /// A cost as the table's cells show it.
    fn money(&self, cost: Cost) -> String {
        match cost.known().filter(|_| self.bare) {
            Some(usd) => usd.cents_in(&self.locale),
            None => cost.written(&self.locale),
        }
    }

    fn moment(&self, at: Timestamp) -> String {
        self.locale.minute(&at.to_zoned(self.zone.clone()))
    }
}

impl Sheet {
    /// The table, and what its reader should know of its shape.
    pub fn table(&self, face: &Face) -> (String, Vec<&'static str>) {
        let compact = face.is_compact();
        let kept: Vec<(usize, &Column)> = self
            .columns
            .iter()
            .enumerate()
            .filter(|(_, column)| column.compact || !compact)
            .collect();
        let mut notes = Vec::new();
        if kept.len() < self.columns.len() {
            notes.push("Compact: wider terminals, --json and --csv show all columns");
        }
        let [good, poor] = LEAST_TEXT;
        let mut drawn = String::new();
        for (short, least) in [(false, good), (true, good), (true, poor)] {
            let cell = |row: &Row, at: usize| {
                let cell = row.cells.get(at);
                cell.map_or_else(Vec::new, |cell| face.lines(cell, short))
            };
            let lines = |row: &Row| Lines {
                cells: kept.iter().map(|(at, _)| cell(row, *at)).collect(),
                ruled: row.ruled,
            };
            let body: Vec<Lines> = self.rows.iter().map(lines).collect();
            let (tracks, header, fits) = fit(&kept, &body, face.width, least);
            drawn = grid::draw(&tracks, &header, &body, face.ascii);
            if fits || least == poor {
                if short {
                    notes.push("Numbers are shortened to fit; --json and --csv have them whole");
                }
                break;
            }
        }
        (drawn, notes)
    }

    /// `name: value` lines, a blank line between two rows.
    pub fn plain(&self, face: &Face) -> String {
        let row = |row: &Row| {
            let pairs = self.columns.iter().zip(&row.cells);
            let line = |(column, cell): (&Column, &Cell)| {
                let lines = face.lines(cell, false);
                let texts: Vec<&str> = lines.iter().map(Clean::as_str).collect();
                (!texts.is_empty()).then(|| format!("{}: {}\n", column.title, texts.join(", ")))
            };
            pairs.filter_map(line).collect::<String>()
        };
        self.rows.iter().map(row).collect::<Vec<_>>().join("\n")
    }

    /// Comma-separated values as RFC 4180 has them: a header, then rows without the totals. Unknown is empty.
    pub fn csv(&self) -> Result<String, Failure> {
        let mut out = csv::WriterBuilder::new()
            .terminator(csv::Terminator::Any(b'\n'))
            .from_writer(Vec::new());
        let wrong = |e: csv::Error| Failure::Other(e.into());
        out.write_record(self.columns.iter().map(|c| c.name))
            .map_err(wrong)?;
        for row in self.rows.iter().filter(|row| !row.sums) {
            let cells = row.cells.iter().map(value);
            out.write_record(cells).map_err(wrong)?;
        }
        let bytes = out
            .into_inner()
            .map_err(|e| Failure::Other(anyhow::Error::msg(e.to_string())))?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}

/// A cell for a spreadsheet: no grouping, no currency, dates as ISO 8601 has them.
fn value(cell: &Cell) -> String {
    match cell {
        Cell::Blank => String::new(),
        Cell::Text(text) => harmless(text.as_str()),
        Cell::List(texts) => {
            let texts: Vec<&str> = texts.iter().map(Clean::as_str).collect();
            harmless(&texts.join(" "))
        }
        Cell::Count(n) => n.map(|n| n.to_string()).unwrap_or_default(),
        Cell::Money(cost) => cost.known().map(dollars).unwrap_or_default(),
        Cell::Day(day) => day.map(|day| day.to_string()).unwrap_or_default(),
        Cell::Moment(at) => at.map(|at| format!("{at:.0}")).unwrap_or_default(),
    }
}

/// Dollars with all nine places, which no sum of them rounds.
fn dollars(usd: Usd) -> String {
    let nanos = usd.nanos();
    let sign = if nanos < 0 { "-" } else { "" };
    let nanos = nanos.unsigned_abs();
    format!(
        "{sign}{}.{:09}",
        nanos / 1_000_000_000,
        nanos % 1_000_000_000
    )
}

/// Widths that fit the line: first as declared, then as wide as the values, then with headings on two lines, then with
/// text cut.
fn fit(
    columns: &[(usize, &Column)],
    body: &[Lines],
    width_of_line: Option<usize>,
    least_text: usize,
) -> (Vec<Track>, Vec<Vec<Clean>>, bool) {
    let content = |at: usize| {
        let cells = body.iter().filter_map(|row| row.cells.get(at));
        cells.flatten().map(Clean::width).max().unwrap_or(0)
    };
    let content: Vec<usize> = (0..columns.len()).map(content).collect();
    let whole = |column: &Column| vec![Clean::from(column.title)];
    let folded = |column: &Column| match column.title.rsplit_once(' ') {
        Some((above, below)) => vec![Clean::from(above), Clean::from(below)],
        None => whole(column),
    };
    let widest = |lines: &[Clean]| lines.iter().map(|l| width(l.as_str())).max().unwrap_or(0);
    let total = |widths: &[usize]| widths.iter().map(|w| w + 3).sum::<usize>() + 1;
    let fits = |widths: &[usize]| width_of_line.is_none_or(|room| total(widths) <= room);
    let with = |heads: &[Vec<Clean>], least: bool| -> Vec<usize> {
        let columns = columns.iter().zip(heads).zip(&content);
        columns
            .map(|(((_, column), head), content)| {
                let declared = if least {
                    column.least.saturating_sub(2)
                } else {
                    0
                };
                (*content).max(widest(head)).max(declared)
            })
            .collect()
    };
    let heads: Vec<Vec<Clean>> = columns.iter().map(|(_, c)| whole(c)).collect();
    let tall: Vec<Vec<Clean>> = columns.iter().map(|(_, c)| folded(c)).collect();
    let mut done = None;
    for (heads, least) in [(&heads, true), (&heads, false), (&tall, false)] {
        let widths = with(heads, least);
        if fits(&widths) {
            done = Some((widths, heads.clone()));
            break;
        }
    }
    let (widths, heads) = done.unwrap_or_else(|| {
        let mut widths = with(&tall, false);
        // Cell by cell from the widest text, so that no column loses all of its room.
        while !fits(&widths) {
            let texts = columns
                .iter()
                .zip(&mut widths)
                .filter(|((_, c), _)| !c.right);
            let widest = texts.map(|(_, w)| w).max_by_key(|w| **w);
            match widest {
                Some(w) if *w > least_text => *w -= 1,
                _ => break,
            }
        }
        (widths, tall)
    });
    let ok = fits(&widths);
    let tracks = columns
        .iter()
        .zip(widths)
        .map(|((_, column), width)| Track {
            width,
            right: column.right,
        });
    (tracks.collect(), heads, ok)
}
