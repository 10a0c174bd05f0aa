//! What a person typed or pasted: it stands as it was written, for a log or a listing is no Markdown. Only blocks between
//! fences are code.

use std::ops::Range;

use ratatui::style::Style;

use super::{Paper, lay};
use crate::render::wrap::{self, Row, Run};
use crate::text::Clean;

/// Lays out a text at most `width` cells wide, in a base style.
pub fn lay_typed(text: &str, width: usize, base: Style, paper: &mut Paper<'_, '_>) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut at = 0;
    for block in fenced(text) {
        rows.extend(plain(text, at..block.start, width, base));
        let code = text.get(block.clone()).unwrap_or_default();
        for mut row in lay(code, width, base, paper) {
            row.from = row
                .from
                .map(|from| from.start + block.start..from.end + block.start);
            rows.push(row);
        }
        at = block.end;
    }
    rows.extend(plain(text, at..text.len(), width, base));
    rows
}

fn plain(text: &str, piece: Range<usize>, width: usize, base: Style) -> Vec<Row> {
    let mut at = piece.start;
    let lines = text.get(piece).unwrap_or_default();
    // The line feed before a block, and the last one, begin no line.
    let lines = lines.strip_suffix('\n').unwrap_or(lines);
    if lines.is_empty() {
        return Vec::new();
    }
    // Line by line, so that one with something strange in it leaves the others in their places.
    let run = |line: &str| {
        let from = at..at + line.len();
        at += line.len();
        Run::of(Clean::of(line), base, from)
    };
    let runs: Vec<Run> = lines.split_inclusive('\n').map(run).collect();
    wrap::word_rows(&runs, width)
}

/// The blocks between fences, fences included. One that is never closed is none.
fn fenced(text: &str) -> Vec<Range<usize>> {
    let mut blocks = Vec::new();
    let mut open: Option<(usize, &str)> = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let (start, bare) = (at, line.trim_end());
        at += line.len();
        let Some(fence) = fence_of(bare) else {
            continue;
        };
        match open {
            Some((from, opened)) => {
                let rest = bare.trim_start().trim_start_matches(['`', '~']);
                if fence.starts_with(opened) && rest.is_empty() {
                    blocks.push(from..at);
                    open = None;
                }
            }
            None => open = Some((start, fence)),
        }
    }
    blocks
}

/// The fence that a line begins with, at the edge: what is indented is shown as it stands.
fn fence_of(line: &str) -> Option<&str> {
    let sign = line.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let len = line.len() - line.trim_start_matches(sign).len();
    line.get(..len).filter(|fence| fence.len() >= 3)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::code::Palette;
    use crate::render::markdown::Code;
    use crate::render::span::plain as text_of;
    use crate::render::theme::{Theme, ThemeKind};
    use ratatui::text::Line;

    fn shown(text: &str, width: usize) -> Vec<String> {
        let theme = Theme::built_in(ThemeKind::Dark);
        let ink = Default::default();
        let mut paper = Paper {
            theme: &theme,
            ascii: true,
            palette: &mut Palette::new(&theme, &ink),
            code: Code {
                most: usize::MAX,
                wrapped: true,
            },
        };
        let rows = lay_typed(text, width, Style::new(), &mut paper);
        let line = |row: Row| text_of(&Line::from(row.spans)).trim_end().to_owned();
        rows.into_iter().map(line).collect()
    }

    /// UX 7: what was pasted is not made into anything else.
    #[test]
    fn lines_stand_as_they_were_written() {
        let log = "It fails:\n\nFAILED a::b - left\nFAILED a::c - right\n\n    def weft():\n>       assert x\n____ warp ____\n* no list\n";
        let lines: Vec<&str> = log.trim_end().split('\n').collect();
        assert_eq!(shown(log, 60), lines);
        assert_eq!(
            shown("one two three four five", 12),
            ["one two", "three four", "five"]
        );
    }

    #[test]
    fn fences_are_code_and_open_ones_are_text() {
        let text = "see\n```rust\nlet a = 1;\n```\nthen";
        let rows = shown(text, 40);
        assert!(rows.iter().any(|row| row.contains("let a = 1;")));
        assert!(!rows.iter().any(|row| row.contains("```")));
        assert_eq!(rows.first().map(String::as_str), Some("see"));
        assert_eq!(rows.last().map(String::as_str), Some("then"));
        assert_eq!(shown("a\n```\nb", 40), ["a", "```", "b"]);
    }
}
