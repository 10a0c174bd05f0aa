//! Breaking styled text into lines by display cells.

#[cfg(test)]
mod tests;

use std::ops::Range;

use ratatui::style::Style;
use ratatui::text::Span;

use super::span::{rule, span};
use super::strip::{Strip, shift};
use crate::text::{Clean, clusters};

/// A tab is this wide in prose, and at most this wide in code, where it ends at a stop.
pub const TAB: usize = 4;
/// What goes on below its beginning is set in by at most one of so many parts of a row.
pub const INDENT: usize = 3;

/// Text in one style, before it is broken.
#[derive(Clone, Debug)]
pub struct Run {
    pub text: Clean,
    pub style: Style,
    /// The bytes of the source that it stands for; absent where it is ours.
    pub from: Option<Range<usize>>,
}

impl Run {
    pub fn new(text: Clean, style: Style) -> Run {
        Run {
            text,
            style,
            from: None,
        }
    }

    /// Text that was cleaned from these bytes of a source.
    pub fn of(text: Clean, style: Style, from: Range<usize>) -> Run {
        Run {
            text,
            style,
            from: Some(from),
        }
    }

    /// The bytes of the source behind a piece of the text: exact where cleaning changed nothing, else all of them.
    fn place(&self, at: usize, bytes: usize) -> Option<Range<usize>> {
        let from = self.from.as_ref()?;
        if from.len() == self.text.as_str().len() {
            let start = from.start + at;
            Some(start..start + bytes)
        } else {
            Some(from.clone())
        }
    }
}

/// How a line follows from the one before it.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Joint {
    /// It begins a line of the text.
    #[default]
    Begins,
    /// It goes on in the line before it.
    GoesOn,
    /// The same, behind a space that had no room.
    BehindSpace,
}

/// A line that was broken off, and the bytes of the source it shows.
#[derive(Clone, PartialEq, Default, Debug)]
pub struct Row {
    pub spans: Vec<Span<'static>>,
    pub from: Option<Range<usize>>,
    /// Cells at its left that are ours, and at its right.
    pub margin: usize,
    pub tail: usize,
    pub joint: Joint,
    /// Pieces that stand beside each other; none where it is one text.
    pub strips: Vec<Strip>,
}

impl Row {
    /// With more of ours at its left.
    pub fn behind(mut self, margin: Span<'static>) -> Row {
        let wide = crate::text::width(&margin.content);
        self.margin += wide;
        shift(&mut self.strips, wide);
        self.spans.insert(0, margin);
        self
    }
}

impl From<Vec<Span<'static>>> for Row {
    fn from(spans: Vec<Span<'static>>) -> Row {
        Row {
            spans,
            ..Row::default()
        }
    }
}

/// Both ranges and what is between them.
pub fn both(a: Option<Range<usize>>, b: Option<Range<usize>>) -> Option<Range<usize>> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.start.min(b.start)..a.end.max(b.end)),
        (a, b) => a.or(b),
    }
}

/// Breaks at spaces where it can, and between wide characters, as their scripts have no spaces; inside a word only where
/// it must. A word may go through several runs. Lines are at most `width` wide.
pub fn words(runs: &[Run], width: usize) -> Vec<Vec<Span<'static>>> {
    word_rows(runs, width)
        .into_iter()
        .map(|r| r.spans)
        .collect()
}

/// The same, with where each line is from.
pub fn word_rows(runs: &[Run], width: usize) -> Vec<Row> {
    let mut page = Words {
        width: width.max(1),
        lines: Vec::new(),
        line: Builder::default(),
        word: Vec::new(),
        cells: 0,
        joint: Joint::Begins,
        is_lost: false,
    };
    for run in runs {
        let mut at = 0;
        for piece in run.text.as_str().split_inclusive([' ', '\t', '\n']) {
            let text = piece.trim_end_matches([' ', '\t', '\n']);
            page.letters(text, run, at);
            for (i, gap) in piece.get(text.len()..).unwrap_or_default().char_indices() {
                page.place();
                match gap {
                    '\n' => page.end(Joint::Begins),
                    '\t' => (0..TAB).for_each(|_| page.space(run, at + text.len() + i)),
                    _ => page.space(run, at + text.len() + i),
                }
            }
            at += piece.len();
        }
    }
    page.place();
    if !page.line.is_empty() || page.lines.is_empty() {
        page.end(Joint::Begins);
    }
    page.lines
}

/// A piece of a word, its cells, its style, and where it is from.
type Piece<'r> = (&'r str, usize, Style, Option<Range<usize>>);

struct Words<'r> {
    width: usize,
    lines: Vec<Row>,
    line: Builder,
    /// What of a word is known so far.
    word: Vec<Piece<'r>>,
    cells: usize,
    /// How the line follows from the one before it, and whether a space at its end had no room.
    joint: Joint,
    is_lost: bool,
}

impl<'r> Words<'r> {
    /// More letters of the word, which stand at a place of their run.
    fn letters(&mut self, text: &'r str, run: &Run, at: usize) {
        if text.is_ascii() {
            if !text.is_empty() {
                let from = run.place(at, text.len());
                self.word.push((text, text.len(), run.style, from));
                self.cells += text.len();
            }
            return;
        }
        let mut at = at;
        for (cluster, wide) in clusters(text) {
            if wide > 1 {
                self.place();
            }
            let from = run.place(at, cluster.len());
            self.word.push((cluster, wide, run.style, from));
            self.cells += wide;
            at += cluster.len();
            if wide > 1 {
                self.place();
            }
        }
    }

    /// Ends the line. The next one follows from it so.
    fn end(&mut self, next: Joint) {
        let row = self.line.finish();
        self.lines.push(Row {
            joint: self.joint,
            ..row
        });
        (self.joint, self.is_lost) = (next, false);
    }

    fn break_off(&mut self) {
        self.end(match self.is_lost {
            true => Joint::BehindSpace,
            false => Joint::GoesOn,
        });
    }

    /// Puts the word on this line, or on the next where it does not fit.
    fn place(&mut self) {
        if self.line.cells > 0 && self.line.cells + self.cells > self.width {
            self.break_off();
        }
        let fits = self.cells <= self.width;
        self.cells = 0;
        let word = std::mem::take(&mut self.word);
        if !fits {
            return self.place_in_limbs(&word);
        }
        for (text, cells, style, from) in word {
            self.line.push(text, cells, style, from);
        }
    }

    /// Puts a word that is longer than a line. A path or an id goes on below itself behind what joins its limbs, where
    /// that leaves less than half a line empty.
    fn place_in_limbs(&mut self, word: &[Piece<'r>]) {
        let mut letters: Vec<Piece<'r>> = Vec::new();
        for (text, _, style, from) in word {
            let is_exact = from.as_ref().is_some_and(|from| from.len() == text.len());
            let mut at = 0;
            for (cluster, wide) in clusters(text) {
                let from = match (from, is_exact) {
                    (Some(from), true) => Some(from.start + at..from.start + at + cluster.len()),
                    _ => from.clone(),
                };
                letters.push((cluster, wide, *style, from));
                at += cluster.len();
            }
        }
        let mut rest = letters.as_slice();
        while !rest.is_empty() {
            let is_seam =
                |(text, ..): &Piece<'_>| matches!(*text, "/" | "-" | "_" | "," | "&" | "?" | "=");
            let limb = 1 + rest.iter().position(is_seam).unwrap_or(rest.len() - 1);
            let (limb, more) = rest.split_at(limb);
            let cells: usize = limb.iter().map(|(_, wide, ..)| wide).sum();
            let has_room = self.line.cells + cells <= self.width;
            if !has_room && cells <= self.width && self.line.cells > self.width / 2 {
                self.break_off();
            }
            for (text, wide, style, from) in limb {
                if self.line.cells > 0 && self.line.cells + wide > self.width {
                    self.break_off();
                }
                self.line.push(text, *wide, *style, from.clone());
            }
            rest = more;
        }
    }

    /// A space; past the end of a line it is the break.
    fn space(&mut self, run: &Run, at: usize) {
        if self.line.cells < self.width {
            self.line.push(" ", 1, run.style, run.place(at, 1));
        } else {
            self.is_lost = true;
        }
    }
}

/// Breaks only where the width ends.
pub fn hard_rows(runs: &[Run], width: usize) -> Vec<Row> {
    stepped(runs, width, 0)
}

/// Keeps columns as code wants it, and breaks behind a space where one stands in the second half of a row. What goes on
/// is set in as far as the line is.
pub fn code_rows(runs: &[Run], width: usize) -> Vec<Row> {
    stepped(runs, width, width / 2)
}

/// Breaks behind the last space among so many cells at the end of a row, else where the width ends.
fn stepped(runs: &[Run], width: usize, near: usize) -> Vec<Row> {
    let width = width.max(1);
    let mut pieces: Vec<Piece<'_>> = Vec::new();
    for run in runs {
        let mut at = 0;
        for (cluster, wide) in clusters(run.text.as_str()) {
            pieces.push((cluster, wide, run.style, run.place(at, cluster.len())));
            at += cluster.len();
        }
    }
    let hang = if near > 0 { indent(&pieces, width) } else { 0 };
    let ground = pieces
        .first()
        .map_or(Style::new(), |(_, _, style, _)| *style);
    let mut lines = Vec::new();
    let mut line = Builder::default();
    let (mut joint, mut next) = (Joint::Begins, 0);
    let mut width = width;
    while next < pieces.len() {
        let (end, then) = row_end(pieces.get(next..).unwrap_or_default(), width, near);
        for (cluster, wide, style, from) in pieces.iter().skip(next).take(end) {
            if *cluster != "\t" {
                line.push(cluster, *wide, *style, from.clone());
                continue;
            }
            for _ in 0..stop(line.cells).min(width.saturating_sub(line.cells)) {
                line.push(" ", 1, *style, from.clone());
            }
        }
        next += end + usize::from(then == Joint::BehindSpace);
        if next < pieces.len() {
            let row = line.finish();
            lines.push(Row { joint, ..row });
            joint = then;
            width -= if lines.len() == 1 { hang } else { 0 };
        }
    }
    let row = line.finish();
    lines.push(Row { joint, ..row });
    let mut rows = lines.into_iter();
    let first = rows.next();
    let set_in = rows.map(|row| match hang {
        0 => row,
        hang => row.behind(rule(" ", hang, ground)),
    });
    first.into_iter().chain(set_in).collect()
}

/// Cells that a line is set in, as far as that leaves room for it.
fn indent(pieces: &[Piece<'_>], width: usize) -> usize {
    let mut cells = 0;
    for (cluster, ..) in pieces {
        let wide = match *cluster {
            " " => 1,
            "\t" => stop(cells),
            _ => break,
        };
        if cells + wide > width / INDENT {
            break;
        }
        cells += wide;
    }
    cells
}

/// Cells from one place to the next stop of a tab.
fn stop(cells: usize) -> usize {
    TAB - cells % TAB
}

/// How many of the pieces stand on a row, and how the next row follows from it.
fn row_end(pieces: &[Piece<'_>], width: usize, near: usize) -> (usize, Joint) {
    let mut cells = 0;
    // Behind the last space that is near enough to the end.
    let mut space = None;
    for (n, (cluster, wide, ..)) in pieces.iter().enumerate() {
        if *cluster == "\t" {
            cells += stop(cells).min(width - cells.min(width));
        } else if cells > 0 && cells + wide > width {
            return match space {
                // It would be the first cell of the next row.
                _ if near > 0 && *cluster == " " => (n, Joint::BehindSpace),
                Some(space) => (space, Joint::GoesOn),
                None => (n, Joint::GoesOn),
            };
        } else {
            cells += wide;
        }
        if matches!(*cluster, " " | "\t") && cells + near > width {
            space = Some(n + 1);
        }
    }
    (pieces.len(), Joint::GoesOn)
}

#[derive(Default)]
struct Builder {
    spans: Vec<Span<'static>>,
    text: String,
    style: Style,
    cells: usize,
    from: Option<Range<usize>>,
}

impl Builder {
    fn push(&mut self, cluster: &str, wide: usize, style: Style, from: Option<Range<usize>>) {
        if style != self.style {
            self.flush();
            self.style = style;
        }
        self.text.push_str(cluster);
        self.cells += wide;
        self.from = both(self.from.take(), from);
    }

    fn is_empty(&self) -> bool {
        self.text.is_empty() && self.spans.is_empty()
    }

    fn flush(&mut self) {
        if !self.text.is_empty() {
            let text = std::mem::take(&mut self.text);
            // The pieces come from clean text; passing the filter again changes nothing.
            self.spans.push(span(&Clean::from(text), self.style));
        }
    }

    fn finish(&mut self) -> Row {
        self.flush();
        self.cells = 0;
        Row {
            spans: std::mem::take(&mut self.spans),
            from: self.from.take(),
            ..Row::default()
        }
    }
}
