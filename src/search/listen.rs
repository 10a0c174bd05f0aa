//! What a query looks for in a conversation, found by reading all of it: slow, and the measure for whatever is faster.

use jiff::Timestamp;

use super::fuzzy;
use super::said::each_text;
use crate::model::{Conversation, Role, Row};
use crate::query::{Heard, Query, Scope, Sought, Test, Verdict, Word};
use crate::text::{Clean, floor_boundary};

/// Longer lines are cut around what was found, in bytes: some hold whole files.
const LINE: usize = 1_000;
/// So much of it is kept before what was found.
const BEFORE: usize = 200;

/// A line of a conversation with something that was looked for.
#[derive(Clone, PartialEq, Debug)]
pub struct Hit {
    /// The message's number.
    pub number: u32,
    pub role: Role,
    pub scope: Scope,
    pub at: Option<Timestamp>,
    /// The line, and those around it that were asked for. None is much longer than a screen is wide.
    pub lines: Vec<Clean>,
    /// Which of them it is.
    pub line: usize,
    /// Where in that line the first thing stands, in bytes.
    pub place: (usize, usize),
}

/// What a conversation has of a query, for [`Query::judge`].
pub struct Listened<'q> {
    found: Vec<(Sought<'q>, bool)>,
    pub hits: Vec<Hit>,
}

fn listens_to(sought: Sought<'_>, scope: Scope) -> bool {
    match sought {
        // What tools answer is half of all text and seldom what somebody remembers saying.
        Sought::Word(_) => scope != Scope::Output,
        Sought::Field(test) => test.scope().is_some_and(|asked| asked.holds(scope)),
    }
}

fn find(sought: Sought<'_>, text: &str, from: usize) -> Option<(usize, usize)> {
    match sought {
        Sought::Word(word) => word.find(text, from),
        Sought::Field(test) => test.find(text, from),
    }
}

/// What became of something that was looked for.
#[derive(Clone, Copy, Default)]
struct Outcome {
    found: bool,
    /// A text has what a field leaves out.
    barred: bool,
}

/// Reads a whole conversation for a query. With each hit come so many lines before and after it.
pub fn listen<'q>(query: &'q Query, conversation: &Conversation, around: usize) -> Listened<'q> {
    let mut all = Vec::new();
    query.each_sought(&mut |sought, negated| all.push((sought, negated)));
    let mut outcomes = vec![Outcome::default(); all.len()];
    let mut hits = Vec::new();
    let asked = |scope| all.iter().any(|(sought, _)| listens_to(*sought, scope));
    for message in &conversation.messages {
        each_text(message, &asked, &mut |scope, text| {
            let mut places = Vec::new();
            for ((sought, negated), outcome) in all.iter().zip(&mut outcomes) {
                if !listens_to(*sought, scope) {
                    continue;
                }
                if let Sought::Field(test) = sought {
                    outcome.barred |= test.bars(text.as_str());
                }
                let mut from = 0;
                while let Some((start, end)) = find(*sought, text.as_str(), from) {
                    outcome.found = true;
                    if *negated {
                        break;
                    }
                    places.push((start, end));
                    // A line stands once however often it has what is looked for.
                    let rest = text.as_str().get(start..).unwrap_or_default();
                    let Some(feed) = rest.find('\n') else { break };
                    from = end.max(start + feed + 1);
                }
            }
            places.sort_unstable();
            for lines in by_line(&text, &places, around) {
                hits.push(Hit {
                    number: message.number,
                    role: message.role,
                    scope,
                    at: message.at,
                    lines: lines.lines,
                    line: lines.line,
                    place: lines.place,
                });
            }
        });
    }
    let found = all.iter().zip(outcomes).map(|((sought, _), outcome)| {
        let found = match sought {
            Sought::Field(test) => (outcome.found || test.only_bars()) && !outcome.barred,
            Sought::Word(_) => outcome.found,
        };
        (*sought, found)
    });
    Listened {
        found: found.collect(),
        hits,
    }
}

struct Lines {
    lines: Vec<Clean>,
    line: usize,
    place: (usize, usize),
}

/// The lines in which places begin, each once.
fn by_line(text: &Clean, places: &[(usize, usize)], around: usize) -> Vec<Lines> {
    let mut found = Vec::new();
    let mut done = 0;
    for (start, end) in places {
        if *start < done {
            continue;
        }
        let all = text.as_str();
        let (before, after) = all.split_at_checked(*start).unwrap_or((all, ""));
        let from = before.rfind('\n').map_or(0, |at| at + 1);
        let to = after.find('\n').map_or(all.len(), |at| start + at);
        done = to + 1;
        let above = before.get(..from.saturating_sub(1)).filter(|_| from > 0);
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
        lines.push(text.piece(from..to));
        let below = all.get(done..).into_iter();
        lines.extend(below.flat_map(|b| b.lines().take(around)).map(short));
        found.push(Lines {
            lines,
            line,
            place: (start - from, end.min(&to) - from),
        });
    }
    found
}

fn short(line: &str) -> Clean {
    Clean::of(floor_boundary(line, LINE))
}

impl Heard for Listened<'_> {
    fn rate(&self, word: &Word, row: &Row) -> Option<i64> {
        let in_text = self.found.iter().any(|(sought, found)| {
            *found && matches!(sought, Sought::Word(sought) if std::ptr::eq(*sought, word))
        });
        let in_title = fuzzy::score(word, row);
        in_title.or(in_text.then_some(0))
    }

    fn said(&self, test: &Test, _row: &Row) -> Option<bool> {
        let known = self.found.iter().find(
            |(sought, _)| matches!(sought, Sought::Field(sought) if std::ptr::eq(*sought, test)),
        );
        known.map(|(_, found)| *found)
    }
}

/// Finds everything wherever it looks.
struct Hope;

impl Heard for Hope {
    fn rate(&self, _word: &Word, _row: &Row) -> Option<i64> {
        Some(0)
    }

    fn said(&self, _test: &Test, _row: &Row) -> Option<bool> {
        Some(true)
    }
}

/// Whether a row may match, whatever its conversation holds: those that cannot need not be read.
pub fn may_match(query: &Query, row: &Row) -> bool {
    let mut leaves_out = false;
    query.each_sought(&mut |_, negated| leaves_out |= negated);
    leaves_out || query.judge(row, &Hope) != Verdict::No
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str, places: &[(usize, usize)], around: usize) -> Vec<(String, usize, String)> {
        let found = by_line(&Clean::of(text), places, around);
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
