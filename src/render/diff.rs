//! What an edit changes: lines taken away and added, and which words of them.

mod drawn;
#[cfg(test)]
mod tests;

pub use drawn::{SIDE, Sheet, lines};

use std::borrow::Cow;

use similar::{ChangeTag, DiffOp, DiffTag, TextDiff};

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

/// A line of a diff: its sign and its pieces, changed or not.
struct DiffLine {
    sign: Sign,
    pieces: Vec<(bool, Clean)>,
    /// Its place in the text before and in the text after, from 0: for the colours of these texts.
    old: Option<usize>,
    new: Option<usize>,
    /// Its number in the file, where that is known.
    number: Option<usize>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Sign {
    Same,
    Add,
    Remove,
    /// A word of ours, or of the patch, about what follows.
    Note,
}

/// The lines of a change, and the texts before and after that they are of.
struct Compared<'a> {
    lines: Vec<DiffLine>,
    old: Cow<'a, str>,
    new: Cow<'a, str>,
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

/// What changed, line by line.
fn compared(edit: &Edit) -> Compared<'_> {
    match &edit.change {
        Change::Replace { old, new } => Compared {
            lines: replaced(old.untrusted(), new.untrusted()),
            old: old.untrusted().into(),
            new: new.untrusted().into(),
        },
        Change::Write(text) => {
            let all = text.untrusted().lines().enumerate();
            let line = |(i, text): (usize, &str)| DiffLine {
                new: Some(i),
                number: Some(i + 1),
                ..DiffLine::new(Sign::Add, text)
            };
            Compared {
                lines: shortened(all.map(line)),
                old: "".into(),
                new: text.untrusted().into(),
            }
        }
        Change::Patch(patch) => patched(patch.untrusted()),
        Change::Delete => Compared {
            lines: vec![DiffLine::new(Sign::Remove, "(deleted)")],
            old: "".into(),
            new: "".into(),
        },
    }
}

impl DiffLine {
    fn new(sign: Sign, text: &str) -> DiffLine {
        DiffLine {
            sign,
            pieces: vec![(false, Clean::of(floor_boundary(text, LONGEST)))],
            old: None,
            new: None,
            number: None,
        }
    }
}

/// The lines of a patch. Each side's lines together are as much of the file as is known.
fn patched(patch: &str) -> Compared<'_> {
    let (mut old, mut new) = (String::new(), String::new());
    let (mut olds, mut news) = (0, 0);
    // The next numbers of both sides, from a heading that tells them.
    let mut numbers: Option<(usize, usize)> = None;
    let mut lines = Vec::new();
    for line in patch.lines().take(LINES + 1) {
        let (sign, text) = match line.chars().next() {
            Some('+') if !line.starts_with("+++ ") => (Sign::Add, line.get(1..)),
            Some('-') if !line.starts_with("--- ") => (Sign::Remove, line.get(1..)),
            Some('@' | '+' | '-') => (Sign::Note, Some(line)),
            Some(' ') => (Sign::Same, line.get(1..)),
            _ => (Sign::Same, Some(line)),
        };
        let text = text.unwrap_or_default();
        let mut one = DiffLine::new(sign, text);
        if sign == Sign::Note {
            numbers = heading(line).or(numbers.filter(|_| !line.starts_with('@')));
            lines.push(one);
            continue;
        }
        let (before, after) = numbers.unzip();
        one.number = if sign == Sign::Remove { before } else { after };
        if sign != Sign::Add {
            one.old = Some(olds);
            olds += 1;
            old.push_str(text);
            old.push('\n');
        }
        if sign != Sign::Remove {
            one.new = Some(news);
            news += 1;
            new.push_str(text);
            new.push('\n');
        }
        let step = |is: bool| usize::from(is);
        numbers =
            numbers.map(|(a, b)| (a + step(sign != Sign::Add), b + step(sign != Sign::Remove)));
        lines.push(one);
    }
    Compared {
        lines: shortened(lines.into_iter()),
        old: old.into(),
        new: new.into(),
    }
}

/// The first numbers of both sides in `@@ -41,3 +41,4 @@`.
fn heading(line: &str) -> Option<(usize, usize)> {
    let mut words = line.strip_prefix("@@ ")?.split(' ');
    let mut number = |sign| {
        let word = words.next()?.strip_prefix(sign)?;
        word.split(',').next()?.parse().ok()
    };
    Some((number('-')?, number('+')?))
}

fn replaced(old: &str, new: &str) -> Vec<DiffLine> {
    let [same, left, right] = apart(old, new);
    if !is_compared(left, right) {
        let known = same.lines().count().saturating_sub(CONTEXT);
        let same = same.lines().skip(known);
        let same = same.map(|l| DiffLine::new(Sign::Same, l));
        let old = left.lines().map(|l| DiffLine::new(Sign::Remove, l));
        let new = right.lines().map(|l| DiffLine::new(Sign::Add, l));
        return shortened(same.chain(old).chain(new));
    }
    let diff = TextDiff::from_lines(old, new);
    let groups = diff.grouped_ops(CONTEXT);
    let lines = groups.iter().enumerate().flat_map(|(i, group)| {
        let gap = (i > 0).then(|| DiffLine::new(Sign::Note, "..."));
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
        lines.push(DiffLine::new(Sign::Note, "... more lines are not shown"));
    }
    lines
}

/// The lines of one change, its words compared where they are few.
fn changed(diff: &TextDiff<'_, '_, str>, op: &DiffOp) -> Vec<DiffLine> {
    let sign = |tag| match tag {
        ChangeTag::Insert => Sign::Add,
        ChangeTag::Delete => Sign::Remove,
        ChangeTag::Equal => Sign::Same,
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
            old: change.old_index(),
            new: change.new_index(),
            number: None,
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
            old: change.old_index(),
            new: change.new_index(),
            number: None,
        })
        .collect()
}
