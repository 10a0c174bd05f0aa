//! Marks what is found on the lines in view.
//!
//! A line of the text may be broken into several rows. What is found is looked for in the line as it was before, so that
//! a word of which one half stands at the end of a row is marked on both. Cells of a table and sides of a diff stand
//! beside each other, and each of them is a text of its own.

use std::ops::Range;
use std::rc::Rc;

use ratatui::text::Line;

use super::super::strip::Strip;
use super::super::wrap::Joint;
use super::{Document, Hue, Laid, Spot, span};
use crate::query::Word;
use crate::search::places;
use crate::text::clusters;

/// So many rows above the view and below it are looked at for what begins or ends there.
const AROUND: usize = 8;

/// Where something that is found begins on the page: the row of its block, and the byte of that row's text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Begin {
    pub row: usize,
    pub byte: usize,
}

/// A place of a word on the page.
pub(super) struct Drawn {
    pub begin: Begin,
    /// The whole line that it stands on, and where in it.
    pub text: Rc<str>,
    pub at: usize,
}

/// A line of the text, put together again from its rows.
struct Whole {
    text: String,
    pieces: Vec<Piece>,
}

/// What a row has of it.
struct Piece {
    row: usize,
    /// Where it stands in the text, and where in its row.
    at: Range<usize>,
    skip: usize,
}

impl Whole {
    /// From neighbours among the rows of a block: one, or as many as stand beside each other there.
    fn all(block: &[Laid], rows: Range<usize>) -> Vec<Whole> {
        let neighbours = block.get(rows.clone()).unwrap_or_default();
        let beside = neighbours.iter().map(|laid| laid.strips.len()).max();
        match beside.unwrap_or(0) {
            0 => vec![Whole::of(block, rows, None)],
            strips => (0..strips)
                .map(|nth| Whole::of(block, rows.clone(), Some(nth)))
                .collect(),
        }
    }

    /// The text of these rows, or of one piece of each.
    fn of(block: &[Laid], rows: Range<usize>, nth: Option<usize>) -> Whole {
        let mut whole = Whole {
            text: String::new(),
            pieces: Vec::new(),
        };
        let rows_of_text = block.iter().enumerate().take(rows.end).skip(rows.start);
        for (row, laid) in rows_of_text.filter(|(_, laid)| !laid.label) {
            let drawn = span::plain(&laid.line);
            let (skip, end, joint) = match nth.map(|nth| laid.strips.get(nth)) {
                None => {
                    let (skip, end) = shown(laid, &drawn, row + 1 < rows.end);
                    (skip, end, laid.joint)
                }
                Some(Some(strip)) if !strip.cells.is_empty() => {
                    let Range { start, end } = bytes_of_strip(strip, &drawn);
                    (start, end, strip.joint)
                }
                Some(_) => continue,
            };
            match joint {
                _ if whole.pieces.is_empty() => {}
                Joint::BehindSpace => whole.text.push(' '),
                Joint::GoesOn => {}
                Joint::Begins => whole.text.push('\n'),
            }
            let from = whole.text.len();
            whole
                .text
                .push_str(drawn.get(skip..end).unwrap_or_default());
            whole.pieces.push(Piece {
                row,
                at: from..whole.text.len(),
                skip,
            });
        }
        whole
    }

    /// Where the words stand in it.
    fn places(&self, words: &[Word]) -> Vec<(usize, usize)> {
        places::of_words(words, &self.text)
    }

    /// Where a place begins on the page.
    fn begin(&self, start: usize) -> Option<Begin> {
        let piece = self.pieces.iter().find(|piece| start < piece.at.end)?;
        Some(Begin {
            row: piece.row,
            // The space at which it was broken is on no row.
            byte: start.saturating_sub(piece.at.start) + piece.skip,
        })
    }
}

/// The bytes of a row that are of its text. Those at the left are ours, but for the first row: a name or a number is
/// looked at with what it stands before. At the right there are only spaces.
fn shown(laid: &Laid, drawn: &str, goes_on: bool) -> (usize, usize) {
    let skip = match laid.joint {
        Joint::Begins => 0,
        _ => bytes_of(drawn, laid.margin),
    };
    let tail = if goes_on { laid.tail } else { 0 };
    (skip, drawn.len().saturating_sub(tail).max(skip))
}

/// The bytes of a row that a piece of it has.
pub(super) fn bytes_of_strip(strip: &Strip, drawn: &str) -> Range<usize> {
    bytes_of(drawn, strip.cells.start)..bytes_of(drawn, strip.cells.end)
}

/// Bytes of the first cells of a row.
fn bytes_of(drawn: &str, cells: usize) -> usize {
    let (mut at, mut bytes) = (0, 0);
    for (cluster, wide) in clusters(drawn) {
        if at >= cells {
            break;
        }
        at += wide;
        bytes += cluster.len();
    }
    bytes
}

/// Whether a row of a block goes on in the line of the one before it.
fn goes_on(block: &[Laid], row: usize) -> bool {
    block
        .get(row)
        .is_some_and(|laid| laid.joint != Joint::Begins)
}

/// The rows that a row stands among in the line of the text.
pub(super) fn line_around(block: &[Laid], row: usize) -> Range<usize> {
    let (mut from, mut to) = (row, row + 1);
    while from > 0 && goes_on(block, from) {
        from -= 1;
    }
    while goes_on(block, to) {
        to += 1;
    }
    from..to
}

/// The places of words that are drawn on some rows of a block: line by line, and piece by piece in each.
pub(super) fn drawn(
    block: &[Laid],
    is_asked: impl Fn(&Laid) -> bool,
    words: &[Word],
) -> Vec<Drawn> {
    let mut found = Vec::new();
    let mut row = 0;
    while let Some(laid) = block.get(row) {
        let line = line_around(block, row);
        row = line.end;
        if is_asked(laid) {
            found.extend(drawn_on(block, line, words));
        }
    }
    found
}

/// The same of the rows of one line.
pub(super) fn drawn_on(block: &[Laid], line: Range<usize>, words: &[Word]) -> Vec<Drawn> {
    let mut found = Vec::new();
    for whole in Whole::all(block, line) {
        let places = whole.places(words);
        if places.is_empty() {
            continue;
        }
        let text: Rc<str> = whole.text.as_str().into();
        found.extend(places.iter().filter_map(|(start, _)| {
            Some(Drawn {
                begin: whole.begin(*start)?,
                text: text.clone(),
                at: *start,
            })
        }));
    }
    found
}

/// Pieces of a row that are marked; whether each is of the hit that one is at.
type Marks = Vec<(Range<usize>, bool)>;

impl Document {
    /// The visible lines.
    pub fn lines(&self) -> Vec<Line<'static>> {
        let style = |hue| self.look.theme.style(hue);
        let (hit, here) = (style(Hue::Hit), style(Hue::HitHere));
        let visible: Vec<(Spot, &Laid)> = self.visible().collect();
        let marks = match self.is_finding() {
            true => self.marks(&visible),
            false => Vec::new(),
        };
        let mut lines = Vec::with_capacity(visible.len());
        for (n, (spot, laid)) in visible.into_iter().enumerate() {
            let line = match marks.get(n).filter(|pieces| !pieces.is_empty()) {
                Some(pieces) => span::mark(&laid.line, pieces, |is_here| match is_here {
                    true => here,
                    false => hit,
                }),
                None => laid.line.clone(),
            };
            lines.push(self.selected_line(spot, line));
        }
        lines
    }

    /// What is marked on each of these rows.
    fn marks(&self, visible: &[(Spot, &Laid)]) -> Vec<Marks> {
        let words = self.words_sought();
        let mut marks = vec![Vec::new(); visible.len()];
        let mut n = 0;
        while let Some((spot, _)) = visible.get(n) {
            let block = self.laid.get(spot.block).and_then(Option::as_deref);
            let block = block.unwrap_or_default();
            let mut from = spot.line;
            while from > 0 && spot.line - from < AROUND && goes_on(block, from) {
                from -= 1;
            }
            let mut to = spot.line + 1;
            while goes_on(block, to) && to - spot.line < self.height + AROUND {
                to += 1;
            }
            let here = self.finding.here(spot.block);
            for whole in Whole::all(block, from..to) {
                for (start, end) in whole.places(words) {
                    let is_here = here.is_some() && whole.begin(start) == here;
                    for piece in &whole.pieces {
                        let (start, end) = (start.max(piece.at.start), end.min(piece.at.end));
                        let row = piece.row.checked_sub(spot.line);
                        let mark = row.and_then(|row| marks.get_mut(n + row));
                        if start < end
                            && let Some(mark) = mark
                        {
                            let at = |place: usize| place - piece.at.start + piece.skip;
                            mark.push((at(start)..at(end), is_here));
                        }
                    }
                }
            }
            n += to - spot.line;
        }
        marks
    }
}
