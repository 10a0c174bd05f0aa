//! What an edit changes, as lines with `+` and `-`, the changed words strongest.

use ratatui::style::Style;
use ratatui::text::Span;
use similar::{ChangeTag, TextDiff};

use super::span::{blank, clip, span, word};
use super::theme::{Role, Theme};
use crate::model::{Change, Edit};
use crate::text::Clean;

/// More lines of one edit are not compared.
const LINES: usize = 400;
/// Unchanged lines kept around a change.
const CONTEXT: usize = 2;

/// A line of a diff: its sign and its pieces, strong or not.
struct DiffLine {
    sign: char,
    pieces: Vec<(bool, Clean)>,
}

/// Lines added and lines taken away.
pub fn counts(edit: &Edit) -> (usize, usize) {
    let lines = |text: &str| text.lines().count();
    match &edit.change {
        Change::Write(text) => (lines(text.untrusted()), 0),
        Change::Delete => (0, 0),
        Change::Patch(patch) => patch
            .untrusted()
            .lines()
            .fold((0, 0), |(add, remove), line| {
                match line.as_bytes().first() {
                    Some(b'+') if !line.starts_with("+++") => (add + 1, remove),
                    Some(b'-') if !line.starts_with("---") => (add, remove + 1),
                    _ => (add, remove),
                }
            }),
        Change::Replace { old, new } => {
            let diff = TextDiff::from_lines(old.untrusted(), new.untrusted());
            diff.iter_all_changes()
                .fold((0, 0), |(add, remove), change| match change.tag() {
                    ChangeTag::Insert => (add + 1, remove),
                    ChangeTag::Delete => (add, remove + 1),
                    ChangeTag::Equal => (add, remove),
                })
        }
    }
}

/// The edit as styled lines of at most `width` cells.
pub fn lines(edit: &Edit, theme: &Theme, width: usize) -> Vec<Vec<Span<'static>>> {
    let lines = match &edit.change {
        Change::Replace { old, new } => replaced(old.untrusted(), new.untrusted()),
        Change::Write(text) => text
            .untrusted()
            .lines()
            .take(LINES)
            .map(|l| DiffLine::new('+', l))
            .collect(),
        Change::Patch(patch) => patched(patch.untrusted()),
        Change::Delete => vec![DiffLine::new('-', "(deleted)")],
    };
    lines
        .into_iter()
        .map(|line| line.spans(theme, width))
        .collect()
}

impl DiffLine {
    fn new(sign: char, text: &str) -> DiffLine {
        DiffLine {
            sign,
            pieces: vec![(false, Clean::of(text))],
        }
    }

    fn spans(&self, theme: &Theme, width: usize) -> Vec<Span<'static>> {
        let (sign, plain, strong): (_, Style, Style) = match self.sign {
            '+' => ("+ ", theme.style(Role::Add), theme.style(Role::AddStrong)),
            '-' => (
                "- ",
                theme.style(Role::Remove),
                theme.style(Role::RemoveStrong),
            ),
            '@' => ("  ", theme.style(Role::Dim), theme.style(Role::Dim)),
            _ => ("  ", theme.style(Role::Tool), theme.style(Role::Tool)),
        };
        let mut spans = vec![word(sign, plain)];
        spans.extend(
            self.pieces
                .iter()
                .map(|(is_strong, text)| span(text, if *is_strong { strong } else { plain })),
        );
        let mut spans = clip(spans, width);
        if spans.is_empty() {
            spans.push(blank(0));
        }
        spans
    }
}

fn patched(patch: &str) -> Vec<DiffLine> {
    let line = |line: &str| match line.chars().next() {
        Some(sign @ ('+' | '-' | ' ')) => DiffLine::new(sign, line.get(1..).unwrap_or_default()),
        Some('@') => DiffLine::new('@', line),
        _ => DiffLine::new(' ', line),
    };
    patch.lines().take(LINES).map(line).collect()
}

fn replaced(old: &str, new: &str) -> Vec<DiffLine> {
    let diff = TextDiff::from_lines(old, new);
    let mut lines = Vec::new();
    for (i, group) in diff.grouped_ops(CONTEXT).iter().enumerate() {
        if i > 0 {
            lines.push(DiffLine::new('@', "..."));
        }
        for op in group {
            for change in diff.iter_inline_changes(op) {
                let sign = match change.tag() {
                    ChangeTag::Insert => '+',
                    ChangeTag::Delete => '-',
                    ChangeTag::Equal => ' ',
                };
                let pieces = change
                    .iter_strings_lossy()
                    .map(|(strong, text)| (strong, Clean::of(text.trim_end_matches(['\n', '\r']))));
                lines.push(DiffLine {
                    sign,
                    pieces: pieces.collect(),
                });
                if lines.len() >= LINES {
                    lines.push(DiffLine::new('@', "... more lines are not shown"));
                    return lines;
                }
            }
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_and_signs() {
        let edit = Edit {
            path: None,
            change: Change::Replace {
                old: "a\nb\nc".into(),
                new: "a\nB\nc\nd".into(),
            },
        };
        assert_eq!(counts(&edit), (3, 2));
        let text: Vec<String> = lines(
            &edit,
            &Theme::built_in(crate::render::theme::ThemeKind::Mono),
            20,
        )
        .iter()
        .map(|line| line.iter().map(|s| s.content.to_string()).collect())
        .collect();
        assert_eq!(text, ["  a", "- b", "- c", "+ B", "+ c", "+ d"]);
        let patch = Edit {
            path: None,
            change: Change::Patch("@@ x\n-a\n+b\n c".into()),
        };
        assert_eq!(counts(&patch), (1, 1));
    }
}
