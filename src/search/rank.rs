//! How well a session fits the words of a query: where they stand, how, and how long ago that was said.

use jiff::Timestamp;

use crate::query::{Form, Scope, Word, is_end, is_start};

/// What a whole id or its start is worth: more than any words, whatever their age.
pub const ID: i64 = 100_000;
/// How a word stands in a text.
pub const WHOLE: i64 = 200;
pub const START: i64 = 180;
pub const PART: i64 = 140;

/// What a place is worth, in halves of what a branch is.
pub const TITLE: i64 = 6;
pub const PROJECT: i64 = 4;
pub const BRANCH: i64 = 2;

/// After so long a session is half as good.
const HALF_LIFE: f64 = 7.0 * 24.0 * 60.0 * 60.0;
/// Steps of a rank for each halving.
const STEPS: f64 = 1000.0;

/// What a part of a conversation is worth: prompts are remembered best, and what tools did least.
pub fn worth(scope: Scope) -> i64 {
    match scope {
        Scope::User => 3,
        Scope::Assistant => 2,
        _ => 1,
    }
}

/// How a word stands where it was found in a text.
pub fn kind(word: &Word, text: &str, (start, end): (usize, usize)) -> i64 {
    match (is_start(text, start), is_end(text, end)) {
        _ if matches!(word.form, Form::Loose | Form::Pattern) => PART,
        (true, true) => WHOLE,
        (true, false) => START,
        (false, _) => PART,
    }
}

/// The points of all words, and when the newest of them was said, as one number: a larger one stands first. It does not
/// change with time, since all sessions age alike.
pub fn rank(points: i64, newest: Option<Timestamp>) -> i64 {
    let at = newest.map_or(0, |at| at.as_second()) as f64;
    let named = points >= ID;
    let points = (points % ID).max(1) as f64;
    let rank = STEPS * (points.log2() + at / HALF_LIFE);
    rank as i64 + if named { i64::MAX / 2 } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Option<Timestamp> {
        Some(text.parse().unwrap())
    }

    #[test]
    fn a_week_halves() {
        let (now, week) = (at("2026-06-08T00:00:00Z"), at("2026-06-01T00:00:00Z"));
        assert!((rank(200, now) - rank(400, week)).abs() <= 1);
        assert!(rank(200, now) > rank(390, week));
        assert!(rank(200, now) < rank(410, week));
        assert!(rank(200, week) > rank(200, None));
        // Who names a session wants that one, however old.
        assert!(rank(ID, None) > rank(90_000, now));
        assert!(rank(ID + 200, week) > rank(ID, week));
    }
}
