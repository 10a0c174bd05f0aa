//! What a person is shown of many hits: the lines and messages that hold most of what was looked for.

use crate::query::Query;
use crate::search::Hit;
use crate::search::places::{find, listens_to};

/// So many lines of a message are shown.
const LINES: usize = 3;
/// So many messages of a session are shown.
const MESSAGES: usize = 10;

/// The hits of a session that are shown.
pub struct Best<'h> {
    pub messages: Vec<Message<'h>>,
    /// Messages that are left out.
    pub more: usize,
    /// Lines of those.
    pub lines: usize,
}

/// The hits of a message that are shown.
pub struct Message<'h> {
    pub hits: Vec<&'h Hit>,
    /// Lines that are left out.
    pub more: usize,
}

impl<'h> Best<'h> {
    /// All of them.
    pub fn all(hits: &'h [Hit]) -> Best<'h> {
        let messages = hits.chunk_by(|a, b| a.number == b.number);
        let whole = |hits: &'h [Hit]| Message {
            hits: hits.iter().collect(),
            more: 0,
        };
        Best {
            messages: messages.map(whole).collect(),
            more: 0,
            lines: 0,
        }
    }

    pub fn leaves_out(&self) -> bool {
        self.left_out() > 0
    }

    /// How many lines are left out.
    pub fn left_out(&self) -> usize {
        let here = self.messages.iter().map(|message| message.more);
        self.lines + here.sum::<usize>()
    }
}

/// The best of them, in the order of the conversation. Among equals the first count.
pub fn best<'h>(query: &Query, hits: &'h [Hit]) -> Best<'h> {
    let messages = hits.chunk_by(|a, b| a.number == b.number);
    let weighed = messages.map(|hits| {
        let held: Vec<u64> = hits.iter().map(|hit| held(query, hit)).collect();
        let all = held.iter().fold(0, |all, held| all | held);
        let kept = first(&held, LINES);
        let more = hits.len() - kept.len();
        let hits = kept.into_iter().filter_map(|at| hits.get(at)).collect();
        (all, Message { hits, more })
    });
    let (held, messages): (Vec<u64>, Vec<Message<'_>>) = weighed.unzip();
    let kept = first(&held, MESSAGES);
    let (mut shown, mut more, mut lines) = (Vec::new(), 0, 0);
    for (at, message) in messages.into_iter().enumerate() {
        if kept.contains(&at) {
            shown.push(message);
        } else {
            more += 1;
            lines += message.hits.len() + message.more;
        }
    }
    Best {
        messages: shown,
        more,
        lines,
    }
}

/// Which of the things that are looked for a line has, a bit for each.
fn held(query: &Query, hit: &Hit) -> u64 {
    let text = hit.lines.get(hit.line).map_or("", |line| line.as_str());
    let (mut held, mut bit) = (0, 1_u64);
    query.each_sought(&mut |sought, negated| {
        if !negated && listens_to(sought, hit.scope) && find(sought, text, 0).is_some() {
            held |= bit;
        }
        // A query of 256 characters may have more words than bits; those share the last.
        bit = bit.checked_mul(2).unwrap_or(bit);
    });
    held
}

/// The places of the so many that hold most, in their order.
fn first(held: &[u64], most: usize) -> Vec<usize> {
    let mut places: Vec<usize> = (0..held.len()).collect();
    places.sort_by_key(|at| {
        let held = held.get(*at).copied().unwrap_or(0);
        std::cmp::Reverse(held.count_ones())
    });
    places.truncate(most);
    places.sort_unstable();
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_stand_in_their_order() {
        assert_eq!(first(&[0b1, 0b111, 0b11, 0b11, 0b1], 3), [1, 2, 3]);
        // Among equals the first ones.
        assert_eq!(first(&[1; 12], 10), (0..10).collect::<Vec<_>>());
        assert_eq!(first(&[], 3), Vec::<usize>::new());
    }
}
