//! Breaking styled text into lines by display cells.

use std::ops::Range;

use ratatui::style::Style;
use ratatui::text::Span;

use super::span::span;
use super::strip::{Strip, shift};
use crate::text::{Clean, clusters};

/// A tab is this wide in prose, and at most this wide in code, where it ends at a stop.
const TAB: usize = 4;

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
        for (text, cells, style, from) in std::mem::take(&mut self.word) {
            if fits {
                self.line.push(text, cells, style, from);
                continue;
            }
            let is_exact = from.as_ref().is_some_and(|from| from.len() == text.len());
            let mut at = 0;
            for (cluster, wide) in clusters(text) {
                if self.line.cells > 0 && self.line.cells + wide > self.width {
                    self.break_off();
                }
                let piece = match (&from, is_exact) {
                    (Some(from), true) => Some(from.start + at..from.start + at + cluster.len()),
                    _ => from.clone(),
                };
                self.line.push(cluster, wide, style, piece);
                at += cluster.len();
            }
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

/// Breaks only where the width ends, as code wants it.
pub fn hard_rows(runs: &[Run], width: usize) -> Vec<Row> {
    let width = width.max(1);
    let mut lines = Vec::new();
    let mut line = Builder::default();
    let mut joint = Joint::Begins;
    for run in runs {
        let mut at = 0;
        for (cluster, wide) in clusters(run.text.as_str()) {
            let from = run.place(at, cluster.len());
            at += cluster.len();
            if cluster == "\t" {
                let stop = TAB - line.cells % TAB;
                for _ in 0..stop.min(width - line.cells.min(width)) {
                    line.push(" ", 1, run.style, from.clone());
                }
                continue;
            }
            if line.cells > 0 && line.cells + wide > width {
                let row = line.finish();
                lines.push(Row { joint, ..row });
                joint = Joint::GoesOn;
            }
            line.push(cluster, wide, run.style, from);
        }
    }
    let row = line.finish();
    lines.push(Row { joint, ..row });
    lines
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn run(text: &str) -> Run {
        Run::new(Clean::of(text), Style::new())
    }

    fn hard(runs: &[Run], width: usize) -> Vec<Vec<Span<'static>>> {
        let rows = hard_rows(runs, width);
        rows.into_iter().map(|row| row.spans).collect()
    }

    fn text(lines: Vec<Vec<Span<'static>>>) -> Vec<String> {
        let text = |line: Vec<Span<'static>>| line.iter().map(|s| s.content.to_string()).collect();
        lines.into_iter().map(text).collect()
    }

    fn wrap(source: &str, width: usize) -> Vec<String> {
        text(words(&[run(source)], width))
    }

    fn cells(source: &str, width: usize) -> Vec<String> {
        text(hard(&[run(source)], width))
    }

    #[test]
    fn words_stay_whole_where_they_fit() {
        assert_eq!(wrap("one two three", 8), ["one two ", "three"]);
        assert_eq!(wrap("one   two", 4), ["one ", "two"]);
        assert_eq!(wrap("abcdefgh ij", 3), ["abc", "def", "gh ", "ij"]);
        assert_eq!(wrap("a abcdefgh", 3), ["a ", "abc", "def", "gh"]);
        assert_eq!(wrap("a\nb\n\nc\n", 4), ["a", "b", "", "c"]);
        assert_eq!(wrap("", 4), [""]);
    }

    #[test]
    fn a_word_in_two_styles_is_one_word() {
        let bold = Style::new().bold();
        let code = Run::new(Clean::of("code"), bold);
        let lines = words(&[run("see "), code, run("s, now")], 8);
        assert_eq!(text(lines.clone()), ["see ", "codes, ", "now"]);
        assert_eq!(lines[1][0].style, bold);
        assert_eq!(lines[1][1].style, Style::new());
    }

    #[test]
    fn wide_characters_break_anywhere_and_never_in_half() {
        assert_eq!(wrap("日本語", 4), ["日本", "語"]);
        assert_eq!(wrap("the 日本語", 8), ["the 日本", "語"]);
        assert_eq!(wrap("日本", 1), ["日", "本"]);
        assert_eq!(cells("a👩‍💻b", 2), ["a", "👩‍💻", "b"]);
        assert_eq!(cells("日", 1), ["日"]);
        assert_eq!(wrap("e\u{301}e\u{301}", 1), ["e\u{301}", "e\u{301}"]);
    }

    #[test]
    fn code_keeps_its_spaces_and_its_stops() {
        assert_eq!(cells("a  b  c", 3), ["a  ", "b  ", "c"]);
        assert_eq!(cells("a\tb\t\tc", 20), ["a   b       c"]);
        assert_eq!(wrap("a\tb", 9), ["a    b"]);
    }

    proptest! {
        #[test]
        fn no_line_is_wider(source in any::<String>(), width in 2usize..60) {
            for line in wrap(&source, width).into_iter().chain(cells(&source, width)) {
                prop_assert!(crate::text::width(&line) <= width);
            }
        }

        /// Words lose nothing but the spaces they break at, code loses nothing at all.
        #[test]
        fn the_lines_together_are_the_source(source in "([a-z,. é日本👍-]|e\u{301}|👩\u{200d}💻){0,80}", width in 1usize..30) {
            let source = Clean::of(&source).as_str().to_owned();
            let letters = |text: &str| text.replace(' ', "");
            prop_assert_eq!(letters(&wrap(&source, width).concat()), letters(&source));
            prop_assert_eq!(cells(&source, width).concat(), source);
        }

        /// A line knows the bytes it shows, and the lines stand in the order of their source.
        #[test]
        fn lines_know_where_they_are_from(source in "[a-z é日]{1,60}", width in 2usize..20) {
            let run = Run::of(Clean::of(&source), Style::new(), 7..7 + source.len());
            for rows in [word_rows(std::slice::from_ref(&run), width), hard_rows(&[run], width)] {
                let mut done = 7;
                for row in rows {
                    let text: String = row.spans.iter().map(|s| s.content.as_ref()).collect();
                    let Some(from) = row.from else {
                        prop_assert!(text.is_empty());
                        continue;
                    };
                    prop_assert!(from.start >= done);
                    prop_assert_eq!(&source[from.start - 7..from.end - 7], text);
                    done = from.end;
                }
            }
        }

        /// Runs change colours, never places.
        #[test]
        fn styles_break_nothing(source in "[a-z 日-]{0,60}", cuts in proptest::collection::vec(0usize..60, 0..5), width in 2usize..30) {
            let mut cuts: Vec<usize> = cuts.into_iter().filter(|at| source.is_char_boundary(*at)).collect();
            cuts.extend([0, source.len()]);
            cuts.sort_unstable();
            let bold = |i: usize| if i.is_multiple_of(2) { Style::new().bold() } else { Style::new() };
            let runs: Vec<Run> = cuts
                .windows(2)
                .enumerate()
                .map(|(i, w)| Run::new(Clean::of(&source[w[0]..w[1]]), bold(i)))
                .collect();
            prop_assert_eq!(text(words(&runs, width)), wrap(&source, width));
            prop_assert_eq!(text(hard(&runs, width)), cells(&source, width));
        }
    }
}
