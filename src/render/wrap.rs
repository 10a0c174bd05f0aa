//! Breaking styled text into lines by display cells.

use ratatui::style::Style;
use ratatui::text::Span;
use unicode_segmentation::UnicodeSegmentation;

use super::span::span;
use crate::text::{Clean, cluster_width};

/// Text in one style, before it is broken.
#[derive(Clone, Debug)]
pub struct Run {
    pub text: Clean,
    pub style: Style,
}

/// Breaks at spaces where it can, inside words where it must. Lines are at most `width` wide.
pub fn words(runs: &[Run], width: usize) -> Vec<Vec<Span<'static>>> {
    let width = width.max(1);
    let mut lines = Vec::new();
    let mut line = Builder::default();
    for run in runs {
        for piece in run.text.as_str().split_inclusive(['\n', ' ']) {
            let ends = piece.ends_with('\n');
            let text = piece.trim_end_matches('\n').replace('\t', "    ");
            let wide = crate::text::width(text.trim_end());
            if line.cells > 0 && line.cells + wide > width {
                lines.push(line.finish());
            }
            for cluster in text.graphemes(true) {
                let wide = cluster_width(cluster);
                if line.cells + wide > width {
                    if cluster == " " {
                        continue;
                    }
                    lines.push(line.finish());
                }
                line.push(cluster, wide, run.style);
            }
            if ends {
                lines.push(line.finish());
            }
        }
    }
    if line.cells > 0 || lines.is_empty() {
        lines.push(line.finish());
    }
    lines
}

/// Breaks only where the width ends, as code wants it.
pub fn hard(runs: &[Run], width: usize) -> Vec<Vec<Span<'static>>> {
    let width = width.max(1);
    let mut lines = Vec::new();
    let mut line = Builder::default();
    for run in runs {
        for cluster in run.text.as_str().graphemes(true) {
            if cluster == "\t" {
                let stop = 4 - line.cells % 4;
                for _ in 0..stop.min(width - line.cells.min(width)) {
                    line.push(" ", 1, run.style);
                }
                continue;
            }
            let wide = cluster_width(cluster);
            if line.cells + wide > width {
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

    fn wrap(text: &str, width: usize) -> Vec<String> {
        let runs = [Run {
            text: Clean::of(text),
            style: Style::new(),
        }];
        let text = |line: Vec<Span<'static>>| {
            line.iter()
                .map(|s| s.content.to_string())
                .collect::<String>()
        };
        words(&runs, width).into_iter().map(text).collect()
    }

    #[test]
    fn words_stay_whole_where_they_fit() {
        assert_eq!(wrap("one two three", 8), ["one two ", "three"]);
        assert_eq!(wrap("abcdefgh", 3), ["abc", "def", "gh"]);
        assert_eq!(wrap("日本語", 4), ["日本", "語"]);
        assert_eq!(wrap("", 4), [""]);
    }

    proptest! {
        #[test]
        fn no_line_is_wider(text in any::<String>(), width in 2usize..60) {
            let runs = [Run { text: Clean::of(&text), style: Style::new() }];
            for line in words(&runs, width).into_iter().chain(hard(&runs, width)) {
                prop_assert!(super::super::span::measure(&line) <= width);
            }
        }
    }
}
