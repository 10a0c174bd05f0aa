//! Where something that is looked for stands in a text, and what a hit is.
//!
//! A hit is one place in a text of a conversation, and the texts are those that [`each_text`](super::said::each_text)
//! tells: what was said, thought and noted, what tools were given, and what they answered where that is asked for. Each
//! place counts, also several on one line; places that overlap are one. The row of a session, the list of its hits and the
//! reader all count so, in the text as it was written. What is drawn may show a place twice, as a diff shows a line that
//! stays, or not at all, where a text is too long.

use crate::query::{Query, Scope, Sought};

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
pub fn apart(places: &mut Vec<(usize, usize)>) {
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
    let mut places = Vec::new();
    query.each_sought(&mut |sought, negated| {
        if !negated && listens_to(sought, scope) {
            gather(text, |text, from| find(sought, text, from), &mut places);
        }
    });
    apart(&mut places);
    places
}
