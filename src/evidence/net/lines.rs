//! Two texts compared line by line.

use similar::{Algorithm, DiffOp};

use crate::model::{Change, Edit};

/// Texts whose numbers of lines multiplied are more than this stand as taken away and added.
const COMPARED: usize = 4_000_000;

/// Lines with their line feeds, each with its sign: `-` of the old text, `+` of the new one, ` ` of both.
pub fn compare<'a>(old: &'a str, new: &'a str) -> Vec<(char, &'a str)> {
    let old: Vec<&str> = old.split_inclusive('\n').collect();
    let new: Vec<&str> = new.split_inclusive('\n').collect();
    let head = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let (same, old) = old.split_at_checked(head).unwrap_or_default();
    let (_, new) = new.split_at_checked(head).unwrap_or_default();
    let tail = old.iter().rev().zip(new.iter().rev());
    let tail = tail.take_while(|(a, b)| a == b).count();
    let (old, end) = old.split_at_checked(old.len() - tail).unwrap_or_default();
    let (new, _) = new.split_at_checked(new.len() - tail).unwrap_or_default();
    let signed = |sign: char| move |line: &&'a str| (sign, *line);
    let mut all: Vec<(char, &str)> = same.iter().map(signed(' ')).collect();
    if old.len().saturating_mul(new.len()) > COMPARED {
        all.extend(old.iter().map(signed('-')));
        all.extend(new.iter().map(signed('+')));
    } else {
        for op in similar::capture_diff_slices(Algorithm::Myers, old, new) {
            let left = old.get(op.old_range()).unwrap_or_default();
            let right = new.get(op.new_range()).unwrap_or_default();
            if matches!(op, DiffOp::Equal { .. }) {
                all.extend(left.iter().map(signed(' ')));
            } else {
                all.extend(left.iter().map(signed('-')));
                all.extend(right.iter().map(signed('+')));
            }
        }
    }
    all.extend(end.iter().map(signed(' ')));
    all
}

/// Lines added and taken away between two texts.
pub fn changed(old: &str, new: &str) -> (usize, usize) {
    let lines = compare(old, new);
    let count = |sign| lines.iter().filter(|(s, _)| *s == sign).count();
    (count('+'), count('-'))
}

/// Lines that an edit adds and takes away.
pub fn counts(edit: &Edit) -> (usize, usize) {
    match &edit.change {
        Change::Write(text) => (text.lines(), 0),
        Change::Delete => (0, 0),
        Change::Replace { old, new } => {
            let [old, new] = Change::whole_lines(old.untrusted(), new.untrusted());
            changed(&old, &new)
        }
        Change::Patch(patch) => {
            let patch = patch.untrusted();
            // Above its first heading a patch names the file behind the same signs.
            let head = patch
                .find("\n@@")
                .or_else(|| patch.starts_with("@@").then_some(0));
            let body = patch.get(head.unwrap_or(0)..).unwrap_or_default();
            let starts = |sign| body.lines().filter(|line| line.starts_with(sign)).count();
            (starts('+'), starts('-'))
        }
    }
}
