//! Where something that is looked for stands in a text, and what a hit is.
//!
//! A hit is one place in a text of a conversation, and the texts are those that [`each_text`](super::said::each_text)
//! tells: what was said, thought and noted, what tools were given, and what they answered where that is asked for. Each
//! place counts, also several on one line; places that overlap are one. The row of a session, the list of its hits and the
//! reader all count so, in the text as it was written. What is drawn may show a place twice, as a diff shows a line that
//! stays, or not at all, where a text is too long.
//!
//! Somebody who types `make a little experiment` does not look for each `a`. A word of one or two letters beside longer
//! ones is a hit only as a whole word next to a hit of another. What is found does not change: it has to be there.

use super::standing::is_gap;
use crate::query::{Query, Scope, Sought, Word, is_end, is_start};

/// Whether something is looked for in texts of a scope.
pub fn listens_to(sought: Sought<'_>, scope: Scope) -> bool {
    match sought {
        // What tools answer is half of all text and seldom what somebody remembers saying.
        Sought::Word(_) => scope != Scope::Output,
        Sought::Field(test) => test.scope().is_some_and(|asked| asked.holds(scope)),
    }
}

/// Where it stands first in a text at or after byte `from`: start and end.
pub fn find(sought: Sought<'_>, text: &str, from: usize) -> Option<(usize, usize)> {
    match sought {
        Sought::Word(word) => word.find(text, from),
        Sought::Field(test) => test.find(text, from),
    }
}

/// Where to go on behind a place: a pattern may find nothing at all somewhere.
fn behind(text: &str, (start, end): (usize, usize)) -> Option<usize> {
    match end > start {
        true => Some(end),
        false => Some(start + text.get(start..)?.chars().next()?.len_utf8()),
    }
}

/// Adds all places in a text.
pub fn gather(
    text: &str,
    find: impl Fn(&str, usize) -> Option<(usize, usize)>,
    places: &mut Vec<(usize, usize)>,
) {
    let mut from = Some(0);
    while let Some(place) = from.and_then(|from| find(text, from)) {
        if place.0 < place.1 {
            places.push(place);
        }
        from = behind(text, place);
    }
}

/// Puts places in order, and leaves out those that overlap one before them.
fn apart(places: &mut Vec<(usize, usize)>) {
    places.sort_unstable();
    let mut done = 0;
    places.retain(|(start, end)| {
        let is_free = *start >= done;
        done = done.max(*end);
        is_free
    });
}

/// The hits of a query in a text of a scope.
pub fn of_query(query: &Query, scope: Scope, text: &str) -> Vec<(usize, usize)> {
    let mut all = Vec::new();
    query.each_sought(&mut |sought, negated| {
        if !negated && listens_to(sought, scope) {
            all.push(sought);
        }
    });
    of_all(text, all.iter().copied())
}

/// The hits of words in a text.
pub fn of_words(words: &[Word], text: &str) -> Vec<(usize, usize)> {
    of_all(text, words.iter().map(Sought::Word))
}

/// The hits of these in a text, in order.
fn of_all<'q>(text: &str, all: impl Iterator<Item = Sought<'q>> + Clone) -> Vec<(usize, usize)> {
    let mut places = Vec::new();
    for sought in all.clone().filter(|sought| !is_aside(*sought)) {
        gather(text, |text, from| find(sought, text, from), &mut places);
    }
    put_in_order(text, &mut places, all.filter(|sought| is_aside(*sought)));
    places
}

/// Whether its hits depend on those of others.
pub fn is_aside(sought: Sought<'_>) -> bool {
    matches!(sought, Sought::Word(word) if word.is_aside)
}

/// Puts the places of others in order, with those of short words that stand beside them.
pub fn put_in_order<'q>(
    text: &str,
    places: &mut Vec<(usize, usize)>,
    aside: impl Iterator<Item = Sought<'q>>,
) {
    if !places.is_empty() {
        let mut beside = Vec::new();
        for sought in aside {
            gather(text, |text, from| find(sought, text, from), &mut beside);
        }
        add_beside(text, places, beside);
    }
    apart(places);
}

/// Adds those of some places that are whole words and stand next to others.
fn add_beside(text: &str, places: &mut Vec<(usize, usize)>, aside: Vec<(usize, usize)>) {
    let is_whole = |(start, end): &(usize, usize)| is_start(text, *start) && is_end(text, *end);
    let aside = aside.into_iter().filter(is_whole);
    let mut all: Vec<((usize, usize), bool)> = aside.map(|place| (place, false)).collect();
    if all.is_empty() {
        return;
    }
    all.extend(places.drain(..).map(|place| (place, true)));
    all.sort_unstable();
    // Whoever is next to one that counts counts too, and then whoever is next to that.
    let is_next = |before: usize, after: usize| {
        let between = text.get(before..after).unwrap_or_default();
        after <= before || is_gap(between) && !between.contains('\n')
    };
    let mut end = None;
    for ((start, to), counts) in &mut all {
        *counts |= end.is_some_and(|end| is_next(end, *start));
        end = if *counts { end.max(Some(*to)) } else { end };
    }
    let mut start = None;
    for ((from, end), counts) in all.iter_mut().rev() {
        *counts |= start.is_some_and(|start| is_next(*end, start));
        start = if *counts { Some(*from) } else { start };
    }
    places.extend(
        all.iter()
            .filter(|(_, counts)| *counts)
            .map(|(place, _)| *place),
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::tests::context;

    fn hits<'t>(query: &str, text: &'t str) -> Vec<&'t str> {
        let query = Query::parse(query, &context());
        let places = of_query(&query, Scope::User, text);
        let words = query.words();
        assert_eq!(places, of_words(&words, text));
        let texts = places.iter().map(|(start, end)| &text[*start..*end]);
        texts.collect()
    }

    #[test]
    fn short_words_are_hits_beside_longer_ones() {
        let text = "a plan: make a little experiment, and at a time make it. As a\nlittle a";
        let found = ["make", "a", "little", "experiment", "make", "little", "a"];
        assert_eq!(hits("make a little experiment", text), found);
        assert_eq!(
            hits("up to a file", "a list up to a file; then to a man"),
            ["up", "to", "a", "file"]
        );
        // Alone, between quotes, or as one of several choices they are what is looked for.
        assert_eq!(hits("a", "a bee").len(), 1);
        assert_eq!(hits("up ci", "ci is up, so is ci").len(), 3);
        assert_eq!(hits("\"ci\" build", "ci here\na build"), ["ci", "build"]);
        assert_eq!(hits("ci OR build", "ci here\na build"), ["ci", "build"]);
        assert_eq!(hits("c build", "a cat builds"), ["build"]);
        // What has spaces between no words has meaning in every sign.
        assert_eq!(hits("\u{4f60} build", "\u{4f60}\u{597d}, a build").len(), 2);
    }
}
