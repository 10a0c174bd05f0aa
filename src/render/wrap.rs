//! Breaking styled text into lines by display cells.

use ratatui::style::Style;
use ratatui::text::Span;

use super::span::span;
use crate::text::{Clean, clusters};

/// A tab is this wide in prose, and at most this wide in code, where it ends at a stop.
const TAB: usize = 4;

/// Text in one style, before it is broken.
#[derive(Clone, Debug)]
pub struct Run {
    pub text: Clean,
    pub style: Style,
}

/// Breaks at spaces where it can, and between wide characters, as their scripts have no spaces; inside a word only where
/// it must. A word may go through several runs. Lines are at most `width` wide.
pub fn words(runs: &[Run], width: usize) -> Vec<Vec<Span<'static>>> {
    let mut page = Words {
        width: width.max(1),
        lines: Vec::new(),
        line: Builder::default(),
        word: Vec::new(),
        cells: 0,
    };
    for run in runs {
        for piece in run.text.as_str().split_inclusive([' ', '\t', '\n']) {
            let text = piece.trim_end_matches([' ', '\t', '\n']);
            page.letters(text, run.style);
            for gap in piece.get(text.len()..).unwrap_or_default().chars() {
                page.place();
                match gap {
                    '\n' => page.lines.push(page.line.finish()),
                    '\t' => (0..TAB).for_each(|_| page.space(run.style)),
                    _ => page.space(run.style),
                }
            }
        }
    }
    page.place();
    if !page.line.is_empty() || page.lines.is_empty() {
        page.lines.push(page.line.finish());
    }
    page.lines
}

struct Words<'r> {
    width: usize,
    lines: Vec<Vec<Span<'static>>>,
    line: Builder,
    /// What of a word is known so far: its pieces, their cells and their styles.
    word: Vec<(&'r str, usize, Style)>,
    cells: usize,
}

impl<'r> Words<'r> {
    /// More letters of the word.
    fn letters(&mut self, text: &'r str, style: Style) {
        if text.is_ascii() {
            if !text.is_empty() {
                self.word.push((text, text.len(), style));
                self.cells += text.len();
            }
            return;
        }
        for (cluster, wide) in clusters(text) {
            if wide > 1 {
                self.place();
            }
            self.word.push((cluster, wide, style));
            self.cells += wide;
            if wide > 1 {
                self.place();
            }
        }
    }

    /// Puts the word on this line, or on the next where it does not fit.
    fn place(&mut self) {
        if self.line.cells > 0 && self.line.cells + self.cells > self.width {
            self.lines.push(self.line.finish());
        }
        let fits = self.cells <= self.width;
        self.cells = 0;
        for (text, cells, style) in std::mem::take(&mut self.word) {
            if fits {
                self.line.push(text, cells, style);
                continue;
            }
            for (cluster, wide) in clusters(text) {
                if self.line.cells > 0 && self.line.cells + wide > self.width {
                    self.lines.push(self.line.finish());
                }
                self.line.push(cluster, wide, style);
            }
        }
    }

    /// A space; past the end of a line it is the break.
    fn space(&mut self, style: Style) {
        if self.line.cells < self.width {
            self.line.push(" ", 1, style);
        }
    }
}

/// Breaks only where the width ends, as code wants it.
pub fn hard(runs: &[Run], width: usize) -> Vec<Vec<Span<'static>>> {
    let width = width.max(1);
    let mut lines = Vec::new();
    let mut line = Builder::default();
    for run in runs {
        for (cluster, wide) in clusters(run.text.as_str()) {
            if cluster == "\t" {
                let stop = TAB - line.cells % TAB;
                for _ in 0..stop.min(width - line.cells.min(width)) {
                    line.push(" ", 1, run.style);
                }
                continue;
            }
            if line.cells > 0 && line.cells + wide > width {
                lines.push(line.finish());
            }
            line.push(cluster, wide, run.style);
        }
    }
    lines.push(line.finish());
    lines
}

#[derive(Default)]
struct Builder {
    spans: Vec<Span<'static>>,
    text: String,
    style: Style,
    cells: usize,
}

impl Builder {
    fn push(&mut self, cluster: &str, wide: usize, style: Style) {
        if style != self.style {
            self.flush();
            self.style = style;
        }
        self.text.push_str(cluster);
        self.cells += wide;
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

    fn finish(&mut self) -> Vec<Span<'static>> {
        self.flush();
        self.cells = 0;
        std::mem::take(&mut self.spans)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn run(text: &str) -> Run {
        Run {
            text: Clean::of(text),
            style: Style::new(),
        }
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
        let code = Run {
            text: Clean::of("code"),
            style: bold,
        };
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
                .map(|(i, w)| Run { text: Clean::of(&source[w[0]..w[1]]), style: bold(i) })
                .collect();
            prop_assert_eq!(text(words(&runs, width)), wrap(&source, width));
            prop_assert_eq!(text(hard(&runs, width)), cells(&source, width));
        }
    }
}
