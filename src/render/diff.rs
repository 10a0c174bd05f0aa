//! What an edit changes: lines taken away and added, and which words of them.

mod drawn;
#[cfg(test)]
mod tests;

pub use drawn::{SIDE, Sheet, lines};

use std::borrow::Cow;

use similar::{ChangeTag, DiffOp, DiffTag, TextDiff};

use crate::model::{Change, Edit};
use crate::text::{Clean, floor_boundary};

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
pub struct Compared<'a> {
    lines: Vec<DiffLine>,
    /// How many lines more there are.
    left: usize,
    old: Cow<'a, str>,
    new: Cow<'a, str>,
}

impl Compared<'_> {
    /// Lines that are here.
    pub fn shown(&self) -> usize {
        self.lines.len()
    }

    /// Lines that were left out, since more were not asked for.
    pub fn left(&self) -> usize {
        self.left
    }

    /// None of its lines is here, though it has some.
    pub fn shows_nothing(&self) -> bool {
        self.lines.is_empty() && self.left > 0
    }

    pub fn drop_last(&mut self) {
        self.left += usize::from(self.lines.pop().is_some());
    }
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
            let [old, new] = Change::whole_lines(old.untrusted(), new.untrusted());
            let [_, old, new] = apart(&old, &new);
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

/// What changed, line by line: as many lines as are asked for, from the first. `line` is the number in the file of the
/// first line that changed, where it is known and the edit does not tell it.
pub fn compared(edit: &Edit, line: Option<usize>, most: usize) -> Compared<'_> {
    match &edit.change {
        Change::Replace { old, new } => {
            let (old, new) = (old.untrusted(), new.untrusted());
            let [left, right] = Change::whole_lines(old, new);
            let (mut lines, all) = replaced(&left, &right, most);
            if let Some(line) = line {
                number_from(&mut lines, line);
            }
            Compared {
                left: all.saturating_sub(lines.len()),
                lines,
                old: old.into(),
                new: new.into(),
            }
        }
        Change::Write(text) => {
            let text = text.untrusted();
            let line = |(i, text): (usize, &str)| DiffLine {
                new: Some(i),
                number: Some(i + 1),
                ..DiffLine::new(Sign::Add, text)
            };
            let lines: Vec<DiffLine> = text.lines().enumerate().take(most).map(line).collect();
            Compared {
                left: text.lines().count().saturating_sub(lines.len()),
                lines,
                old: "".into(),
                new: text.into(),
            }
        }
        Change::Patch(patch) => patched(patch.untrusted(), most),
        Change::Delete => Compared {
            lines: vec![DiffLine::new(Sign::Remove, "(deleted)")],
            left: 0,
            old: "".into(),
            new: "".into(),
        },
    }
}

/// Numbers the lines of one change of a file, by the number of the first of them that is not the same.
fn number_from(lines: &mut [DiffLine], first: usize) {
    let at = |line: &DiffLine| line.new.or(line.old);
    let changed = lines.iter().find(|line| line.sign != Sign::Same);
    // Both sides are the same up to there, so that they count alike.
    let Some(changed) = changed.and_then(at) else {
        return;
    };
    for line in lines.iter_mut() {
        line.number = at(line).and_then(|at| (first + at).checked_sub(changed));
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
fn patched(patch: &str, most: usize) -> Compared<'_> {
    let (mut old, mut new) = (String::new(), String::new());
    let (mut olds, mut news) = (0, 0);
    // The next numbers of both sides, from a heading that tells them.
    let mut numbers: Option<(usize, usize)> = None;
    let mut lines = Vec::new();
    let mut left = 0;
    let mut add = |line: &dyn Fn() -> DiffLine| match lines.len() < most {
        true => lines.push(line()),
        false => left += 1,
    };
    for line in patch.lines() {
        let (sign, text) = match line.chars().next() {
            Some('+') if !line.starts_with("+++ ") => (Sign::Add, line.get(1..)),
            Some('-') if !line.starts_with("--- ") => (Sign::Remove, line.get(1..)),
            Some('@' | '+' | '-') => (Sign::Note, Some(line)),
            // It tells of the line above, and is none of the file.
            Some('\\') if line.starts_with("\\ No newline") => (Sign::Note, Some(line)),
            Some(' ') => (Sign::Same, line.get(1..)),
            _ => (Sign::Same, Some(line)),
        };
        let text = text.unwrap_or_default();
        if sign == Sign::Note {
            numbers = heading(line).or(numbers.filter(|_| !line.starts_with('@')));
            add(&|| DiffLine::new(sign, text));
            continue;
        }
        let (is_old, is_new) = (sign != Sign::Add, sign != Sign::Remove);
        let (before, after) = numbers.unzip();
        add(&|| DiffLine {
            number: if is_new { after } else { before },
            old: is_old.then_some(olds),
            new: is_new.then_some(news),
            ..DiffLine::new(sign, text)
        });
        let step = |is: bool| usize::from(is);
        for (is, side, count) in [(is_old, &mut old, &mut olds), (is_new, &mut new, &mut news)] {
            if is {
                *count += 1;
                side.push_str(text);
                side.push('\n');
            }
        }
        numbers = numbers.map(|(a, b)| (a + step(is_old), b + step(is_new)));
    }
    Compared {
        lines,
        left,
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

/// The first lines of what came instead of something, and how many there are in all.
fn replaced(old: &str, new: &str, most: usize) -> (Vec<DiffLine>, usize) {
    let [same, left, right] = apart(old, new);
    if !is_compared(left, right) {
        let known = same.lines().count().saturating_sub(CONTEXT);
        let same = same.lines().skip(known);
        let all = same.clone().count() + left.lines().count() + right.lines().count();
        let same = same.map(|l| DiffLine::new(Sign::Same, l));
        let old = left.lines().map(|l| DiffLine::new(Sign::Remove, l));
        let new = right.lines().map(|l| DiffLine::new(Sign::Add, l));
        return (same.chain(old).chain(new).take(most).collect(), all);
    }
    let diff = TextDiff::from_lines(old, new);
    let groups = diff.grouped_ops(CONTEXT);
    let size = |op: &DiffOp| match op.tag() {
        DiffTag::Equal => op.new_range().len(),
        _ => op.old_range().len() + op.new_range().len(),
    };
    let gaps = groups.len().saturating_sub(1);
    let all = groups.iter().flatten().map(size).sum::<usize>() + gaps;
    let lines = groups.iter().enumerate().flat_map(|(i, group)| {
        let gap = (i > 0).then(|| DiffLine::new(Sign::Note, "..."));
        gap.into_iter()
            .chain(group.iter().flat_map(|op| changed(&diff, op)))
    });
    (lines.take(most).collect(), all)
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
