//! Marks what is found on the lines in view.
//!
//! A line of the text may be broken into several rows. What is found is looked for in the line as it was before, so that
//! a word of which one half stands at the end of a row is marked on both.

use std::ops::Range;

use ratatui::text::Line;

use super::super::wrap::Joint;
use super::{Document, Hue, Laid, Spot, span};
use crate::query::Word;
use crate::search::places;
use crate::text::clusters;

/// So many rows above the view and below it are looked at for what begins or ends there.
const AROUND: usize = 8;

/// A line of the text, put together again from its rows.
pub(super) struct Whole {
    pub text: String,
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
    /// From neighbours among the rows of a block.
    fn of(block: &[Laid], rows: Range<usize>) -> Whole {
        let mut whole = Whole {
            text: String::new(),
            pieces: Vec::new(),
        };
        for (row, laid) in block.iter().enumerate().take(rows.end).skip(rows.start) {
            let drawn = span::plain(&laid.line);
            let goes_on = row + 1 < rows.end;
            // The first one keeps what is ours: a name or a number is looked at with what it stands before.
            let skip = match laid.joint {
                Joint::Begins => 0,
                _ => bytes_of(&drawn, laid.margin),
            };
            // At the right there are only spaces.
            let tail = if goes_on { laid.tail } else { 0 };
            let end = drawn.len().saturating_sub(tail).max(skip);
            if laid.joint == Joint::BehindSpace && !whole.pieces.is_empty() {
                whole.text.push(' ');
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
        let mut found = Vec::new();
        for word in words {
            places::gather(&self.text, |text, from| word.find(text, from), &mut found);
        }
        places::apart(&mut found);
        found
    }

    /// The row in which a place begins.
    fn row_of(&self, start: usize) -> Option<usize> {
        let piece = self.pieces.iter().find(|piece| start < piece.at.end);
        piece.map(|piece| piece.row)
    }
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

/// The rows in which words stand that are drawn on some rows of a block, in order, each with its whole line.
pub(super) fn drawn(
    block: &[Laid],
    is_asked: impl Fn(&Laid) -> bool,
    words: &[Word],
) -> Vec<(usize, std::rc::Rc<str>)> {
    let mut found = Vec::new();
    let mut row = 0;
    while let Some(laid) = block.get(row) {
        let from = row;
        row += 1;
        while goes_on(block, row) {
            row += 1;
        }
        if !is_asked(laid) {
            continue;
        }
        let whole = Whole::of(block, from..row);
        let places = whole.places(words);
        if places.is_empty() {
            continue;
        }
        let text: std::rc::Rc<str> = whole.text.as_str().into();
        let rows = places.iter().filter_map(|(start, _)| whole.row_of(*start));
        found.extend(rows.map(|row| (row, text.clone())));
    }
    found
}

impl Document {
    /// The visible lines.
    pub fn lines(&self) -> Vec<Line<'static>> {
        let hit = self.look.theme.style(Hue::Hit);
        let visible: Vec<(Spot, &Laid)> = self.visible().collect();
        let marks = match self.is_finding() {
            true => self.marks(&visible),
            false => Vec::new(),
        };
        let mut lines = Vec::with_capacity(visible.len());
        for (n, (spot, laid)) in visible.into_iter().enumerate() {
            let line = match marks.get(n).filter(|pieces| !pieces.is_empty()) {
                Some(pieces) => span::mark(&laid.line, pieces, hit),
                None => laid.line.clone(),
            };
            lines.push(self.selected_line(spot, line));
        }
        lines
    }

    /// What is marked on each of these rows.
    fn marks(&self, visible: &[(Spot, &Laid)]) -> Vec<Vec<Range<usize>>> {
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
            let whole = Whole::of(block, from..to);
            for (start, end) in whole.places(words) {
                for piece in &whole.pieces {
                    let (start, end) = (start.max(piece.at.start), end.min(piece.at.end));
                    let row = piece.row.checked_sub(spot.line);
                    let mark = row.and_then(|row| marks.get_mut(n + row));
                    if start < end
                        && let Some(mark) = mark
                    {
                        let at = |place: usize| place - piece.at.start + piece.skip;
                        mark.push(at(start)..at(end));
                    }
                }
            }
            n += to - spot.line;
        }
        marks
    }
}
