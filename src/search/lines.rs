//! The lines of a text around what was found in it.

use std::ops::Range;

use crate::text::{Clean, floor_boundary};

/// Longer lines are cut around what was found, in bytes: some hold whole files.
const LINE: usize = 1_000;
/// So much of it is kept before what was found.
const BEFORE: usize = 200;

/// A line with something that was found, and those around it.
pub struct Lines {
    pub lines: Vec<Clean>,
    /// Which of them has it.
    pub line: usize,
    /// Where it stands in that line, from and up to but not including.
    pub place: (usize, usize),
    /// How many places begin in it.
    pub count: usize,
    /// All of it, in the bytes of the text: it may be longer than what is kept.
    pub whole: Range<usize>,
}

/// The line that a byte of a text stands in, without its end.
pub fn line_at(text: &str, at: usize) -> Range<usize> {
    let (before, after) = text.split_at_checked(at).unwrap_or((text, ""));
    let from = before.rfind('\n').map_or(0, |at| at + 1);
    from..after.find('\n').map_or(text.len(), |end| at + end)
}

/// The lines in which places begin, each once.
pub fn by_line(all: &str, places: &[(usize, usize)], around: usize) -> Vec<Lines> {
    let mut found: Vec<Lines> = Vec::new();
    let mut done = 0;
    for (start, end) in places {
        if *start < done
            && let Some(last) = found.last_mut()
        {
            last.count += 1;
            continue;
        }
        let whole = line_at(all, *start);
        let Range {
            start: from,
            end: to,
        } = whole;
        done = to + 1;
        let above = all.get(..from.saturating_sub(1)).filter(|_| from > 0);
        let mut lines: Vec<Clean> = above
            .into_iter()
            .flat_map(|above| above.rsplit('\n').take(around))
            .map(short)
            .collect();
        lines.reverse();
        let line = lines.len();
        let from = match start - from {
            0..=BEFORE => from,
            _ => floor_boundary(all, start - BEFORE).len(),
        };
        let to = match to - from {
            0..=LINE => to,
            _ => floor_boundary(all, from + LINE).len(),
        };
        lines.push(Clean::of(all.get(from..to).unwrap_or_default()));
        let below = all.get(done..).into_iter();
        lines.extend(below.flat_map(|b| b.lines().take(around)).map(short));
        found.push(Lines {
            lines,
            line,
            place: (start - from, end.min(&to) - from),
            count: 1,
            whole,
        });
    }
    found
}

fn short(line: &str) -> Clean {
    Clean::of(floor_boundary(line, LINE))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str, places: &[(usize, usize)], around: usize) -> Vec<(String, usize, String)> {
        let found = by_line(text, places, around);
        let told = found.iter().map(|found| {
            let here = found.lines[found.line].as_str();
            let all: Vec<&str> = found.lines.iter().map(Clean::as_str).collect();
            let place = here[found.place.0..found.place.1].to_owned();
            (all.join("|"), found.line, place)
        });
        told.collect()
    }

    #[test]
    fn a_line_stands_once_with_those_around_it() {
        let text = "one\ntwo two\nthree\n\nfour";
        assert_eq!(
            lines(text, &[(4, 7), (8, 11), (12, 17)], 0),
            [
                ("two two".into(), 0, "two".into()),
                ("three".into(), 0, "three".into())
            ]
        );
        assert_eq!(
            lines(text, &[(0, 3)], 2),
            [("one|two two|three".into(), 0, "one".into())]
        );
        assert_eq!(
            lines(text, &[(19, 23)], 2),
            [("three||four".into(), 2, "four".into())]
        );
        // What goes on over the end of its line is shown to there.
        assert_eq!(
            lines(text, &[(8, 15)], 0),
            [("two two".into(), 0, "two".into())]
        );
    }

    #[test]
    fn a_long_line_is_cut_around_what_was_found() {
        let text = format!("{}needle{}", "ä".repeat(5_000), "ö".repeat(5_000));
        let found = lines(&text, &[(10_000, 10_006)], 0);
        assert_eq!(found[0].2, "needle");
        assert!(found[0].0.len() <= LINE && found[0].0.starts_with('ä'));
    }
}
