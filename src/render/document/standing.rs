//! Where the texts of a part stand on the page: lines know the bytes that they show, and a hit is a place among bytes.

use std::ops::Range;

use super::super::strip::Strip;
use super::marking::{Begin, Drawn};
use super::sought::Place;
use super::{Laid, marking, selecting, span};
use crate::query::Word;
use crate::text::Raw;

/// Where a hit is drawn: its line, and where it begins on the page, where that is known.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Stand {
    pub row: usize,
    pub begin: Option<Begin>,
}

impl Stand {
    pub fn at(row: usize) -> Stand {
        Stand { row, begin: None }
    }

    pub fn on(drawn: &Drawn) -> Stand {
        Stand {
            row: drawn.begin.row,
            begin: Some(drawn.begin),
        }
    }
}

/// How many hits stand before one on its line of the text, and on its row.
pub(super) struct Before {
    pub on_line: usize,
    pub on_row: usize,
}

/// Bytes of a text, and the row that shows them, or the piece of a row.
pub(super) struct Shows {
    row: usize,
    bytes: Range<usize>,
    strip: Option<Strip>,
}

impl Shows {
    pub fn of(row: usize, laid: &Laid) -> Vec<Shows> {
        let all = |bytes: Range<usize>| Shows {
            row,
            bytes,
            strip: None,
        };
        if laid.strips.is_empty() {
            let from = laid.from.iter();
            return from.map(|from| all(from.bytes.clone())).collect();
        }
        let strips = laid.strips.iter();
        let strips = strips.filter_map(|strip| {
            let strip = strip.clone();
            Some(Shows {
                strip: Some(strip.clone()),
                ..all(strip.from?)
            })
        });
        strips.collect()
    }
}

/// A text of a part, and the lines that show it.
pub(super) struct Text<'l> {
    pub source: &'l Raw,
    pub shown: super::selecting::Shown,
    /// It is looked through as it was written.
    pub is_same: bool,
    pub rows: Vec<Shows>,
}

impl Text<'_> {
    /// Where a place begins in what the lines show bytes of, and the line of the text that it stands on.
    fn start_of(&self, place: &Place) -> Option<(usize, Option<Range<usize>>)> {
        let text = self.source.untrusted();
        let (line, written) = match self.is_same {
            true => (place.start..place.start + 1, place.start),
            // Colours and signs are left out of what is looked through, but no line is.
            false => {
                let line = line_of(text, place.line);
                let written = (line.start + place.column).min(line.end);
                (line, written)
            }
        };
        let start = self.shown.place(place.start..place.end, written)?;
        Some((start, Some(line).filter(|_| start == written)))
    }

    /// The line that shows the begin of a place; where it is left out, the last one before.
    pub fn row_of(&self, place: &Place) -> Option<usize> {
        let (start, line) = self.start_of(place)?;
        let rows = &self.rows;
        let is_begun = |one: &&Shows| line.as_ref().is_some_and(|l| l.contains(&one.bytes.start));
        let holds = rows.iter().find(|one| one.bytes.contains(&start));
        let begins = || rows.iter().find(is_begun);
        // Cells of a table go on below themselves, so that what is lower may stand before.
        let before = || {
            let before = rows.iter().filter(|one| one.bytes.start <= start);
            before.max_by_key(|one| one.bytes.start)
        };
        let found = holds.or_else(begins).or_else(before).or(rows.first());
        found.map(|one| one.row)
    }

    /// Where on the page a place begins.
    pub fn begin(
        &self,
        place: &Place,
        row: usize,
        laid: &[Laid],
        (before, words): (Before, &[Word]),
    ) -> Option<Begin> {
        let drawn = marking::drawn_on(laid, marking::line_around(laid, row), words);
        let (start, _) = self.start_of(place)?;
        let is_it = |one: &&Drawn| self.source_of(one.begin, laid) == Some(start);
        // Signs and colours stand between the letters that are seen: there places are taken in their order.
        let nth = || match self.is_same {
            true => (drawn.iter().filter(|one| one.begin.row == row)).nth(before.on_row),
            false => drawn.get(before.on_line),
        };
        let found = drawn.iter().find(is_it).or_else(nth);
        found.map(|one| one.begin)
    }

    /// Which byte is shown at a place of the page.
    fn source_of(&self, begin: Begin, laid: &[Laid]) -> Option<usize> {
        let line = laid.get(begin.row)?;
        let drawn = span::plain(&line.line);
        let column = crate::text::width(drawn.get(..begin.byte)?);
        let is_here = |one: &&Shows| {
            let holds = |strip: &Strip| strip.cells.contains(&column);
            one.row == begin.row && one.strip.as_ref().is_none_or(holds)
        };
        let one = self.rows.iter().find(is_here)?;
        let bytes = self.shown.text()?.get(one.bytes.clone())?;
        let (margin, piece) = match &one.strip {
            Some(strip) => (0, drawn.get(marking::bytes_of_strip(strip, &drawn))?),
            None => (line.margin, &*drawn),
        };
        let first = one.strip.as_ref().map_or(0, |strip| strip.cells.start);
        let column = column - first;
        let (start, _) = selecting::found(bytes, piece, margin, column, column + 1);
        Some(one.bytes.start + start)
    }
}

/// Where a line of a text stands.
fn line_of(text: &str, line: usize) -> Range<usize> {
    let feeds = memchr::memchr_iter(b'\n', text.as_bytes());
    let start = match line.checked_sub(1) {
        Some(before) => feeds.clone().nth(before).map_or(0, |feed| feed + 1),
        None => 0,
    };
    let mut feeds = feeds.skip(line);
    start..feeds.next().unwrap_or(text.len())
}
