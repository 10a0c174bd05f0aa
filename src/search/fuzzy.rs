//! Half-remembered words against titles, projects, branches and ids. The only user of the matching library.
//!
//! Letters in order fit almost any long title, so they count only where they stand close: in one word, or in a few long
//! runs that each begin a word. `~` asks for less.

use std::sync::LazyLock;

use fuzzy_matcher::FuzzyMatcher;
use fuzzy_matcher::skim::SkimMatcherV2;

use super::rank::{self, BRANCH, ID, PART, PROJECT, SCATTERED, SLIP, SLIPS, STREWN, TITLE, WHOLE};
use crate::model::Row;
use crate::query::{Form, Word, distance, is_start, most_slips};
use crate::text::floor_boundary;

/// At most so many bytes of a title, a name or a word are compared.
const LENGTH: usize = 512;
/// Beyond this many cells of its table the matcher takes a simpler way, so a long text costs no more than a short one.
const EFFORT: usize = 1 << 14;
/// Fewer letters than this are looked for as they stand.
const LETTERS: usize = 4;

static ANY_CASE: LazyLock<SkimMatcherV2> =
    LazyLock::new(|| SkimMatcherV2::default().ignore_case().element_limit(EFFORT));
static EXACT: LazyLock<SkimMatcherV2> = LazyLock::new(|| {
    SkimMatcherV2::default()
        .respect_case()
        .element_limit(EFFORT)
});

/// How well a word fits a row; absent when it does not.
pub fn score(word: &Word, row: &Row) -> Option<i64> {
    if is_id(word, row) {
        return Some(ID);
    }
    let session = &row.session;
    let title = session.title.as_ref().map(|t| t.text.as_str());
    let project = session.dir.as_deref().and_then(|dir| dir.file_name());
    let project = project.map(|name| name.to_string_lossy());
    let branch = session.branch.as_ref().map(|b| b.as_str());
    let fields = [
        (title, TITLE),
        (project.as_deref(), PROJECT),
        (branch, BRANCH),
    ];
    let scores = fields
        .into_iter()
        .filter_map(|(text, weight)| Some(fit(word, text?)? * weight));
    scores.max()
}

/// Whether the word is the id of the session or its start, alone or behind the source. The letters after the first `_`
/// or `-` of an id will do where they are what people see.
fn is_id(word: &Word, row: &Row) -> bool {
    let id = row.id();
    let (text, least) = match word.text.split_once(':') {
        Some((source, native)) if source.eq_ignore_ascii_case(id.source.0) => (native, 1),
        _ => (&*word.text, LETTERS),
    };
    let starts = |id: &str| {
        let start = id.as_bytes().get(..text.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(text.as_bytes()))
    };
    let behind = id.native.split_once('_').map(|(_, rest)| rest);
    text.len() >= least && (starts(&id.native) || behind.is_some_and(starts))
}

/// How well a word fits a text.
pub fn fit(word: &Word, text: &str) -> Option<i64> {
    let text = floor_boundary(text, LENGTH);
    if word.form == Form::Pattern {
        return word.find(text, 0).map(|_| PART);
    }
    match (standing(word, text), word.form) {
        (Some(score), Form::Whole) => (score == WHOLE).then_some(score),
        (Some(score), _) => Some(score),
        (None, Form::Plain) => scattered(word, text, false),
        (None, Form::Loose) => misspelt(word, text).or_else(|| scattered(word, text, true)),
        (None, _) => None,
    }
}

/// Whether a word stands in a text as a word of it, if with a slip where that is asked for: not by letters with others
/// between them.
pub fn stands(word: &Word, text: &str) -> bool {
    let text = floor_boundary(text, LENGTH);
    match word.form {
        Form::Pattern => word.find(text, 0).is_some(),
        Form::Whole => standing(word, text) == Some(WHOLE),
        Form::Loose => standing(word, text).is_some() || misspelt(word, text).is_some(),
        _ => standing(word, text).is_some(),
    }
}

/// The best place where the letters stand together.
fn standing(word: &Word, text: &str) -> Option<i64> {
    let letters = word.needle.letters();
    // One or two letters inside a word say nothing, except in scripts that have no spaces.
    let parts = letters.len() > 2 || word.form == Form::Phrase || !word.text.is_ascii();
    let whole = word.form == Form::Whole;
    let (mut best, mut from) = (None, 0);
    while let Some((start, end)) = word.needle.find(text, from) {
        let score = rank::kind(word, text, (start, end));
        if score == WHOLE {
            return Some(WHOLE);
        }
        if score != PART || parts || whole {
            best = best.max(Some(score));
        }
        from = start + text.get(start..)?.chars().next()?.len_utf8();
    }
    best
}

/// The letters in order with others between them.
fn scattered(word: &Word, text: &str, loose: bool) -> Option<i64> {
    let needle = &word.needle;
    let letters = needle.letters();
    if letters.len() < if loose { 2 } else { LETTERS } || letters.len() > LENGTH {
        return None;
    }
    // The matcher's table is dear, and most texts can be told to have nothing for it.
    let hopeless = if loose {
        !in_order(word, text.chars())
    } else {
        !may_be_close(word, text)
    };
    if hopeless {
        return None;
    }
    let matcher = if needle.is_exact() { &EXACT } else { &ANY_CASE };
    // The library knows the small letters of ASCII only. Folding one for one keeps positions.
    let folded: String;
    let text = if text.is_ascii() {
        text
    } else {
        folded = text.chars().map(|c| needle.seen(c)).collect();
        &folded
    };
    let pattern: String = letters.iter().collect();
    let n = i64::try_from(letters.len()).ok()?;
    if loose {
        let score = matcher.fuzzy_match(text, &pattern)?;
        return (score >= n * 11).then_some(score.clamp(1, STREWN));
    }
    let (score, places) = matcher.fuzzy_indices(text, &pattern)?;
    (score >= n * 15 && is_close(text, &places)).then_some(score.clamp(1, SCATTERED))
}

fn in_order(word: &Word, text: impl Iterator<Item = char>) -> bool {
    let mut left = word.needle.letters().iter().peekable();
    for c in text {
        left.next_if(|letter| **letter == word.needle.seen(c));
    }
    left.peek().is_none()
}

/// Whether somewhere a word begins that has all the letters, or that begins with a run of them.
fn may_be_close(word: &Word, text: &str) -> bool {
    let letters = word.needle.letters();
    let seen = |c| word.needle.seen(c);
    let close = |at: usize| {
        let rest = text.get(at..).unwrap_or_default();
        let run = || {
            rest.chars()
                .map(seen)
                .take(3)
                .eq(letters.iter().copied().take(3))
        };
        let one_word = || in_order(word, rest.chars().take_while(|c| c.is_alphanumeric()));
        is_start(text, at) && (run() || one_word())
    };
    // Most of a text is no start of the word, and skipping that is most of the work.
    match letters.first().map(|c| u8::try_from(*c)) {
        Some(Ok(byte)) if byte.is_ascii() => {
            let other = if word.needle.is_exact() {
                byte
            } else {
                byte.to_ascii_uppercase()
            };
            memchr::memchr2_iter(byte, other, text.as_bytes()).any(close)
        }
        first => {
            let mut starts = text.char_indices();
            first.is_some() && starts.any(|(at, c)| Some(&seen(c)) == letters.first() && close(at))
        }
    }
}

/// Whether letters at these places (counted in characters) are what somebody meant who typed them in a row.
fn is_close(text: &str, places: &[usize]) -> bool {
    let (Some(first), Some(last)) = (places.first(), places.last()) else {
        return false;
    };
    let chars: Vec<(usize, char)> = text.char_indices().take(last + 1).collect();
    let start = |place: &usize| chars.get(*place).is_some_and(|(at, _)| is_start(text, *at));
    let span = last - first + 1;
    let inside = chars.get(*first..).unwrap_or_default();
    let one_word = inside.iter().all(|(_, c)| c.is_alphanumeric());
    if one_word {
        return start(first) && span * 2 <= places.len() * 3 + 1;
    }
    let breaks = || {
        places
            .windows(2)
            .filter(|w| matches!(w, [a, b] if a + 1 != *b))
    };
    let runs_start = breaks().all(|w| w.last().is_some_and(start));
    start(first) && runs_start && (breaks().count() + 1) * 3 <= places.len()
}

/// A slip of the fingers: one up to 7 letters, two above.
fn misspelt(word: &Word, text: &str) -> Option<i64> {
    let typed = word.needle.letters();
    let most = most_slips(typed.len())?;
    let words = text.split(|c: char| !c.is_alphanumeric());
    let near = words.filter(|other| {
        let len = if other.is_ascii() {
            other.len()
        } else {
            other.chars().count()
        };
        len.abs_diff(typed.len()) <= most
    });
    let mut letters = Vec::new();
    let slips = near.filter_map(|other| {
        letters.clear();
        letters.extend(other.chars().map(|c| word.needle.seen(c)));
        distance(typed, &letters, most)
    });
    let slips = i64::try_from(slips.min()?).ok()?;
    Some(SLIP - SLIPS * slips)
}
