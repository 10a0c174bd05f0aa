//! How well a session fits the words of a query: where they stand, how, and how long ago that was said.

use jiff::Timestamp;

use super::standing::Standing;
use crate::query::{Form, Scope, Word, is_end, is_start};

/// What a whole id or its start is worth: more than any words, whatever their age.
pub const ID: i64 = 100_000;
/// How a word stands in a text.
pub const WHOLE: i64 = 200;
pub const START: i64 = 180;
pub const PART: i64 = 140;
/// With a slip of the fingers; each costs a step. A slip in a word is worth more than letters with others between them.
pub const SLIP: i64 = 136;
pub const SLIPS: i64 = 4;
/// The most that letters of one or a few words are worth, and those that stand anywhere in their order.
pub const SCATTERED: i64 = 120;
pub const STREWN: i64 = 20;

/// What a place is worth, by the same measure as [`worth`].
pub const TITLE: i64 = 24;
pub const PROJECT: i64 = 16;
pub const BRANCH: i64 = 8;

/// After so long a session is half as good.
const HALF_LIFE: f64 = 7.0 * 24.0 * 60.0 * 60.0;
/// Steps of a rank for each halving.
const STEPS: f64 = 1000.0;
/// No age and no points make up for where the words stand.
const STANDING: i64 = 1 << 32;

/// What a part of a conversation is worth, in quarters of what tools did: prompts are remembered best, and nobody remembers
/// what a program put in.
pub fn worth(scope: Scope) -> i64 {
    match scope {
        Scope::User => 12,
        Scope::Assistant => 8,
        Scope::System => 1,
        _ => 4,
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

/// Where all words stand, their points, and when the newest of them was said, as one number: a larger one stands first. It
/// does not change with time, since all sessions age alike.
pub fn rank(standing: Standing, points: i64, newest: Option<Timestamp>) -> i64 {
    let at = newest.map_or(0, |at| at.as_second()) as f64;
    let named = points >= ID;
    let points = (points % ID).max(1) as f64;
    let rank = STEPS * (points.log2() + at / HALF_LIFE);
    let named = if named { i64::MAX / 2 } else { 0 };
    named + standing as i64 * STANDING + rank as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Option<Timestamp> {
        Some(text.parse().unwrap())
    }

    fn said(points: i64, at: Option<Timestamp>) -> i64 {
        rank(Standing::Said, points, at)
    }

    #[test]
    fn a_week_halves() {
        let (now, week) = (at("2026-06-08T00:00:00Z"), at("2026-06-01T00:00:00Z"));
        assert!((said(200, now) - said(400, week)).abs() <= 1);
        assert!(said(200, now) > said(390, week));
        assert!(said(200, now) < said(410, week));
        assert!(said(200, week) > said(200, None));
        // Who names a session wants that one, however old.
        assert!(said(ID, None) > rank(Standing::TitleRow, 90_000, now));
        assert!(said(ID + 200, week) > said(ID, week));
        // Where the words stand counts for more than any age.
        let [first, last] = ["-009999-01-02T01:59:59Z", "9999-12-30T22:00:00Z"].map(at);
        assert!(rank(Standing::Title, 1, first) > said(90_000, last));
        assert!(rank(Standing::PutIn, 90_000, last) < said(1, first));
    }
}
