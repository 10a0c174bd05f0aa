//! Lines of a failed call's output that tell why: most of such an output is what went well, or how to get help.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};

/// Words that stand on such lines, in small letters.
const WORDS: [&str; 12] = [
    "error",
    "fail",
    "panic",
    "fatal",
    "exception",
    "traceback",
    "denied",
    "cannot",
    "could not",
    "not found",
    "no such",
    "unable to",
];
/// What stands before a word on lines that say that nothing of it was there.
const NONE: [&str; 3] = ["0 ", "no ", "without "];
/// More of an output is not looked through for them.
const LOOKED: usize = 1 << 20;
/// So many lines fit a glance …
pub const GLANCE: usize = 6;
/// … of which so many tell; between them it is told what is left out, and its last line may stand behind them.
const MOST: usize = GLANCE - 2;

static FINDER: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .kind(Some(AhoCorasickKind::ContiguousNFA))
        .build(WORDS)
        .ok()
});

/// A line that is shown of a failed call's output.
#[derive(PartialEq, Eq, Debug)]
pub struct Told {
    /// Where it begins in the output, and where it ends.
    pub start: usize,
    pub end: usize,
    /// It has one of the words.
    pub tells: bool,
}

/// Whether a line tells of a failure.
pub fn is_telling(line: &str) -> bool {
    FINDER.as_ref().is_some_and(|finder| tells(line, finder))
}

/// Whether something stands on a line that tells of a failure.
fn tells(line: &str, finder: &AhoCorasick) -> bool {
    finder.find_iter(line).any(|found| {
        let before = line.get(..found.start()).unwrap_or_default();
        let lower = before.get(before.len().saturating_sub(8)..);
        let lower = lower.unwrap_or_default().to_ascii_lowercase();
        let is_none = |none: &str| {
            let rest = lower.strip_suffix(none);
            // `10 errors` are some.
            rest.is_some_and(|rest| !rest.ends_with(|c: char| c.is_alphanumeric()))
        };
        !NONE.iter().any(|none| is_none(none))
    })
}

/// The lines of an output that fit a glance, in their order, where some of them tell why it failed: those that tell, and
/// its last. All of them where they are few.
pub fn lines(output: &str) -> Option<Vec<Told>> {
    let finder = FINDER.as_ref()?;
    let line_at = |start: usize| {
        let rest = output.get(start..)?;
        let len = memchr::memchr(b'\n', rest.as_bytes()).unwrap_or(rest.len());
        let line = rest.get(..len)?;
        Some(Told {
            start,
            end: start + len,
            tells: tells(line, finder),
        })
    };
    let start_of = |at: usize| {
        let before = output.as_bytes().get(..at).unwrap_or_default();
        memchr::memrchr(b'\n', before).map_or(0, |feed| feed + 1)
    };
    let total = memchr::memchr_iter(b'\n', output.as_bytes()).count() + 1;
    if total <= GLANCE {
        let starts = memchr::memchr_iter(b'\n', output.as_bytes()).map(|feed| feed + 1);
        let all: Vec<Told> = std::iter::once(0)
            .chain(starts)
            .filter_map(line_at)
            .collect();
        return all.iter().any(|line| line.tells).then_some(all);
    }
    let mut telling: Vec<Told> = Vec::new();
    for found in finder.find_iter(crate::text::floor_boundary(output, LOOKED)) {
        let is_known = telling.last().is_some_and(|line| found.start() < line.end);
        let line = match is_known {
            true => None,
            false => line_at(start_of(found.start())).filter(|line| line.tells),
        };
        // The first ones name the cause, and the last one mostly sums up.
        if let Some(line) = line {
            let goes_on = output.get(line.start..line.end);
            let next = goes_on
                .is_some_and(|text| text.trim_end().ends_with(':'))
                .then(|| line_at(line.end + 1));
            telling.truncate(MOST - 1);
            telling.push(line);
            // What panicked is said below where it did.
            if let Some(next) = next.flatten().filter(|_| telling.len() < MOST) {
                telling.push(Told {
                    tells: true,
                    ..next
                });
            }
        }
    }
    if telling.is_empty() {
        return None;
    }
    let last = line_at(start_of(output.len())).filter(|_| telling.len() < MOST);
    let mut shown: Vec<Told> = telling.into_iter().chain(last).collect();
    shown.sort_by_key(|line| line.start);
    shown.dedup_by_key(|line| line.start);
    Some(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(output: &str) -> Option<Vec<(&str, bool)>> {
        let lines = lines(output)?;
        let told = lines
            .iter()
            .map(|line| (&output[line.start..line.end], line.tells));
        Some(told.collect())
    }

    #[test]
    fn lines_that_tell_are_preferred() {
        let noise: String = (0..40).map(|n| format!("ok {n}\n")).collect();
        let output =
            format!("checking\n{noise}a.py:1: Error: no\n{noise}1 failed, 3 passed\nsee --help");
        let want = [
            ("a.py:1: Error: no", true),
            ("1 failed, 3 passed", true),
            ("see --help", false),
        ];
        assert_eq!(told(&output).unwrap(), want);
        // The first ones, and the last.
        let many: String = (0..40).map(|n| format!("error {n}\n")).collect();
        let want = [0, 1, 2, 39].map(|n| format!("error {n}"));
        let many = many.trim_end();
        let lines: Vec<&str> = told(many)
            .unwrap()
            .into_iter()
            .map(|(line, _)| line)
            .collect();
        assert_eq!(lines, want);
    }

    #[test]
    fn what_is_said_below_goes_with_it() {
        let noise = "ok\n".repeat(20);
        let output = format!("{noise}thread 'a' panicked at a.rs:1:2:\nthe warp is torn\n{noise}");
        let lines = told(&output).unwrap();
        assert!(lines.contains(&("the warp is torn", true)), "{lines:?}");
    }

    #[test]
    fn a_word_that_says_there_was_none_tells_nothing() {
        let noise = "ok\n".repeat(20);
        for line in [
            "0 errors, 2 warnings",
            "No errors found",
            "0 failed; 0 errors",
            "fine",
        ] {
            assert_eq!(told(&format!("{noise}{line}\n{noise}")), None, "{line}");
        }
        for line in ["10 errors", "there is no such file", "PermissionError: x"] {
            assert!(told(&format!("{noise}{line}\n{noise}")).is_some(), "{line}");
        }
    }

    #[test]
    fn few_lines_are_all_told() {
        assert_eq!(
            told("a\nfatal: b"),
            Some(vec![("a", false), ("fatal: b", true)])
        );
        assert_eq!(told("a\nb"), None);
    }
}
