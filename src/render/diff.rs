//! What an edit changes, as lines with `+` and `-`, the changed words strongest.

use ratatui::style::Style;
use ratatui::text::Span;
use similar::{ChangeTag, DiffOp, DiffTag, TextDiff};

use super::span::{blank, clip, span, word};
use super::theme::{Role, Theme};
use super::wrap::{self, Run};
use crate::model::{Change, Edit};
use crate::text::{Clean, floor_boundary};

/// More lines of one edit are not compared.
const LINES: usize = 400;
/// Texts whose numbers of lines multiplied are more than this stand as taken away and added.
const COMPARED: usize = 4_000_000;
/// Longer changes are not compared word by word.
const WORDS: usize = 8 << 10;
/// More bytes of a line never reach the screen's edge.
const LONGEST: usize = 8 << 10;
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
            let [_, old, new] = apart(old.untrusted(), new.untrusted());
            if !is_compared(old, new) {
                return (lines(new), lines(old));
            }
            let diff = TextDiff::from_lines(old, new);
            diff.iter_all_changes()
                .fold((0, 0), |(add, remove), change| match change.tag() {
                    ChangeTag::Insert => (add + 1, remove),
                    ChangeTag::Delete => (add, remove + 1),
                    ChangeTag::Equal => (add, remove),
                })
        }
    }
}

/// The lines that both texts begin with, and what is left of each.
fn apart<'a>(old: &'a str, new: &'a str) -> [&'a str; 3] {
    let same: usize = old
        .split_inclusive('\n')
        .zip(new.split_inclusive('\n'))
        .take_while(|(a, b)| a == b)
        .map(|(a, _)| a.len())
        .sum();
    let rest = |text: &'a str| text.get(same..).unwrap_or_default();
    [old.get(..same).unwrap_or_default(), rest(old), rest(new)]
}

/// Whether two texts are short enough to be compared line by line: the time is their lengths multiplied.
fn is_compared(old: &str, new: &str) -> bool {
    old.lines().count() * new.lines().count() <= COMPARED
}

/// The edit as styled lines of at most `width` cells. Longer lines are cut, or go on below with `wrapped`.
pub fn lines(edit: &Edit, theme: &Theme, width: usize, wrapped: bool) -> Vec<Vec<Span<'static>>> {
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
        .flat_map(|line| line.spans(theme, width, wrapped))
        .collect()
}

impl DiffLine {
    fn new(sign: char, text: &str) -> DiffLine {
        DiffLine {
            sign,
            pieces: vec![(false, Clean::of(floor_boundary(text, LONGEST)))],
        }
    }

    fn spans(&self, theme: &Theme, width: usize, wrapped: bool) -> Vec<Vec<Span<'static>>> {
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
        let style = |is_strong: bool| if is_strong { strong } else { plain };
        if wrapped {
            let run = |(is_strong, text): &(bool, Clean)| Run {
                text: text.clone(),
                style: style(*is_strong),
            };
            let runs: Vec<Run> = self.pieces.iter().map(run).collect();
            let mut rows = wrap::hard(&runs, width.saturating_sub(2));
            for (row, spans) in rows.iter_mut().enumerate() {
                spans.insert(0, word(if row == 0 { sign } else { "  " }, plain));
            }
            return rows;
        }
        let pieces = self.pieces.iter();
        let pieces = pieces.map(|(is_strong, text)| span(text, style(*is_strong)));
        let mut spans = clip(
            std::iter::once(word(sign, plain)).chain(pieces).collect(),
            width,
        );
        if spans.is_empty() {
            spans.push(blank(0));
        }
        vec![spans]
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
    let [same, left, right] = apart(old, new);
    if !is_compared(left, right) {
        let known = same.lines().count().saturating_sub(CONTEXT);
        let same = same.lines().skip(known).map(|l| DiffLine::new(' ', l));
        let old = left.lines().map(|l| DiffLine::new('-', l));
        let new = right.lines().map(|l| DiffLine::new('+', l));
        return shortened(same.chain(old).chain(new));
    }
    let diff = TextDiff::from_lines(old, new);
    let groups = diff.grouped_ops(CONTEXT);
    let lines = groups.iter().enumerate().flat_map(|(i, group)| {
        let gap = (i > 0).then(|| DiffLine::new('@', "..."));
        gap.into_iter()
            .chain(group.iter().flat_map(|op| changed(&diff, op)))
    });
    shortened(lines)
}

/// The first lines, and a word about the others.
fn shortened(lines: impl Iterator<Item = DiffLine>) -> Vec<DiffLine> {
    let mut lines: Vec<DiffLine> = lines.take(LINES + 1).collect();
    if lines.len() > LINES {
        lines.truncate(LINES);
        lines.push(DiffLine::new('@', "... more lines are not shown"));
    }
    lines
}

/// The lines of one change, its words compared where they are few.
fn changed(diff: &TextDiff<'_, '_, str>, op: &DiffOp) -> Vec<DiffLine> {
    let sign = |tag| match tag {
        ChangeTag::Insert => '+',
        ChangeTag::Delete => '-',
        ChangeTag::Equal => ' ',
    };
    let whole = |text: &str| {
        let text = text.trim_end_matches(['\n', '\r']);
        Clean::of(floor_boundary(text, LONGEST))
    };
    let bytes: usize = diff.iter_changes(op).map(|c| c.value().len()).sum();
    if op.tag() != DiffTag::Replace || bytes > WORDS {
        let line = |change: similar::Change<&str>| DiffLine {
            sign: sign(change.tag()),
            pieces: vec![(false, whole(change.value()))],
        };
        return diff.iter_changes(op).map(line).collect();
    }
    let changes = diff.iter_inline_changes(op);
    changes
        .map(|change| DiffLine {
            sign: sign(change.tag()),
            pieces: change
                .iter_strings_lossy()
                .map(|(strong, text)| (strong, whole(&text)))
                .collect(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::span::measure;
    use crate::render::theme::ThemeKind;
    use proptest::prelude::*;

    fn replace(old: &str, new: &str) -> Edit {
        Edit {
            path: None,
            change: Change::Replace {
                old: old.into(),
                new: new.into(),
            },
        }
    }

    fn drawn(edit: &Edit, width: usize) -> Vec<Vec<Span<'static>>> {
        lines(edit, &Theme::built_in(ThemeKind::Dark), width, false)
    }

    fn text(edit: &Edit, width: usize) -> Vec<String> {
        let text = |line: &Vec<Span<'static>>| line.iter().map(|s| s.content.as_ref()).collect();
        drawn(edit, width).iter().map(text).collect()
    }

    #[test]
    fn counts_and_signs() {
        let edit = replace("a\nb\nc", "a\nB\nc\nd");
        assert_eq!(counts(&edit), (3, 2));
        assert_eq!(text(&edit, 20), ["  a", "- b", "- c", "+ B", "+ c", "+ d"]);
        let patch = Edit {
            path: None,
            change: Change::Patch("--- x\n+++ x\n@@ x\n-a\n+b\n c".into()),
        };
        assert_eq!(counts(&patch), (1, 1));
        assert_eq!(text(&patch, 20).last().map(String::as_str), Some("  c"));
    }

    #[test]
    fn a_new_and_a_deleted_file() {
        let whole = |change| Edit { path: None, change };
        let new = whole(Change::Write("one\ntwo\n".into()));
        assert_eq!(counts(&new), (2, 0));
        assert_eq!(text(&new, 20), ["+ one", "+ two"]);
        assert_eq!(text(&whole(Change::Delete), 20), ["- (deleted)"]);
    }

    #[test]
    fn changed_words_are_the_strongest() {
        let edit = replace(
            "let layer = map + 1;\nrest\n",
            "let layer = context + 1;\nrest\n",
        );
        let theme = Theme::built_in(ThemeKind::Dark);
        let strong = |role| -> Vec<String> {
            let spans = drawn(&edit, 80).into_iter().flatten();
            spans
                .filter(|s| s.style == theme.style(role))
                .map(|s| s.content.into_owned())
                .collect()
        };
        assert_eq!(strong(Role::RemoveStrong), ["map"]);
        assert_eq!(strong(Role::AddStrong), ["context"]);
    }

    #[test]
    fn lines_far_from_a_change_are_left_out() {
        let numbers = |changed: &[usize]| -> String {
            let line = |n| format!("{}{n}\n", if changed.contains(&n) { "x" } else { "" });
            (0..40).map(line).collect()
        };
        let edit = replace(&numbers(&[]), &numbers(&[5, 30]));
        let want = [
            "  3", "  4", "- 5", "+ x5", "  6", "  7", "  ...", "  28", "  29", "- 30", "+ x30",
            "  31", "  32",
        ];
        assert_eq!(text(&edit, 20), want);
    }

    #[test]
    fn what_is_too_long_to_compare_is_taken_away_and_added() {
        let many = |word: &str| {
            (0..3_000)
                .map(|n| format!("{word}{n}\n"))
                .collect::<String>()
        };
        let edit = replace(
            &format!("same\n{}", many("a")),
            &format!("same\n{}", many("b")),
        );
        assert_eq!(counts(&edit), (3_000, 3_000));
        let text = text(&edit, 20);
        assert_eq!(text.len(), LINES + 1);
        assert_eq!(text[..2], ["  same", "- a0"]);
        assert_eq!(text[LINES], "  ... more lines a..");
    }

    proptest! {
        /// The lines that stand in the new text, in order, are the new text; the same for the old one.
        #[test]
        fn nothing_is_lost(old in "([ab]\n){0,12}", new in "([ab]\n){0,12}") {
            let edit = replace(&old, &new);
            let diff = TextDiff::from_lines(old.as_str(), new.as_str());
            let (mut left, mut right) = (String::new(), String::new());
            for line in diff.ops().iter().flat_map(|op| changed(&diff, op)) {
                let text: String = line.pieces.iter().map(|(_, t)| t.as_str()).collect();
                if line.sign != '+' {
                    left += &format!("{text}\n");
                }
                if line.sign != '-' {
                    right += &format!("{text}\n");
                }
            }
            prop_assert_eq!(left, old.clone());
            prop_assert_eq!(right, new.clone());
            let (added, removed) = counts(&edit);
            prop_assert_eq!(old.lines().count() + added, new.lines().count() + removed);
        }

        #[test]
        fn no_line_is_wider(old in any::<String>(), new in any::<String>(), width in 1usize..40) {
            for line in drawn(&replace(&old, &new), width) {
                prop_assert!(measure(&line) <= width);
            }
        }
    }
}
