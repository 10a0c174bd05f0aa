//! What a query looks for in a conversation, found by reading all of it: slow, and the measure for whatever is faster.

use std::sync::Arc;

use jiff::Timestamp;

use super::rank;
use super::said::each_text;
use crate::evidence;
use crate::model::{Conversation, Gist, Role};
use crate::query::{Query, Scope, Sought};
use crate::redact::Mask;
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
    found: Vec<Found<'q>>,
    pub hits: Vec<Hit>,
    /// When the newest of what was found was said; known where more than that it is there was asked.
    pub newest: Option<Timestamp>,
    /// How well anything fits is asked too.
    pub is_weighed: bool,
}

/// What became of one thing.
#[derive(Clone, Copy)]
pub struct Found<'q> {
    sought: Sought<'q>,
    /// Whether it is there.
    pub is_there: bool,
    /// What the best place of a word is worth; 0 where that was not asked.
    pub points: i64,
}

/// How much of what is sought is to be known.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Depth {
    /// Whether it is there.
    Any,
    /// Also how well it fits.
    Rank,
    /// All lines that have it besides, each with so many lines before and after it.
    Hits(usize),
}

fn listens_to(sought: Sought<'_>, scope: Scope) -> bool {
    match sought {
        // What tools answer is half of all text and seldom what somebody remembers saying.
        Sought::Word(_) => scope != Scope::Output,
        Sought::Field(test) => test.scope().is_some_and(|asked| asked.holds(scope)),
    }
}

/// Whether its answer is worked out from the conversation as a whole.
fn is_of_gist(sought: Sought<'_>) -> bool {
    matches!(sought, Sought::Field(test) if test.asks_gist())
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
    /// What the best place is worth.
    points: i64,
}

/// A text of a conversation.
#[derive(Clone, Copy)]
pub struct Piece<'t> {
    /// The message's number.
    pub number: u32,
    pub role: Role,
    pub scope: Scope,
    pub at: Option<Timestamp>,
    /// As it is shown.
    pub text: &'t str,
}

/// Hears a conversation piece by piece for a query.
pub struct Listening<'q> {
    all: Vec<(Sought<'q>, bool)>,
    outcomes: Vec<Outcome>,
    depth: Depth,
    hits: Vec<Hit>,
    newest: Option<Timestamp>,
    /// What the conversation holds is known, and what asks for that is answered.
    knows_gist: bool,
    /// What hides secrets in lines with hits.
    mask: Option<Arc<Mask>>,
}

impl<'q> Listening<'q> {
    pub fn new(query: &'q Query, depth: Depth) -> Listening<'q> {
        let mut all = Vec::new();
        query.each_sought(&mut |sought, negated| all.push((sought, negated)));
        Listening {
            outcomes: vec![Outcome::default(); all.len()],
            all,
            depth,
            hits: Vec::new(),
            newest: None,
            knows_gist: false,
            mask: None,
        }
    }

    /// The same, with secrets hidden in what is told. They are found all the same.
    pub fn under(self, mask: Option<Arc<Mask>>) -> Listening<'q> {
        Listening { mask, ..self }
    }

    /// Takes in what the conversation holds.
    pub fn learn(&mut self, gist: &Gist) {
        for ((sought, _), outcome) in self.all.iter().zip(&mut self.outcomes) {
            if let Sought::Field(test) = sought
                && test.asks_gist()
            {
                outcome.found = test.fits(gist);
            }
        }
        self.knows_gist = true;
    }

    /// Whether anything asks what the conversation holds.
    fn asks_gist(&self) -> bool {
        let asks = |(sought, _): &(Sought<'_>, bool)| is_of_gist(*sought);
        self.all.iter().any(asks)
    }

    fn wants_hits(&self) -> bool {
        matches!(self.depth, Depth::Hits(_))
    }

    /// Whether more of what was found is news: it may stand in a better place, or be newer.
    fn ranks(&self, sought: Sought<'_>, negated: bool) -> bool {
        let is_word = matches!(sought, Sought::Word(_));
        !negated && (self.wants_hits() || is_word && self.depth == Depth::Rank)
    }

    /// Whether anything is looked for there.
    pub fn listens_to(&self, scope: Scope) -> bool {
        self.all
            .iter()
            .any(|(sought, _)| listens_to(*sought, scope))
    }

    /// Whether nothing that is yet to come could change what is known.
    pub fn is_sure(&self) -> bool {
        let sure = |((sought, negated), outcome): (&(Sought<'_>, bool), &Outcome)| match sought {
            _ if is_of_gist(*sought) => self.knows_gist,
            _ if self.ranks(*sought, *negated) => false,
            Sought::Word(_) => outcome.found,
            Sought::Field(test) => outcome.barred || outcome.found && !test.bars_anything(),
        };
        !self.wants_hits() && self.all.iter().zip(&self.outcomes).all(sure)
    }

    /// Whether more of one thing that is looked for would be news.
    pub fn looks_for_more(&self, number: usize) -> bool {
        let both = self.all.get(number).zip(self.outcomes.get(number));
        both.is_some_and(|((sought, negated), outcome)| {
            if is_of_gist(*sought) {
                return !self.knows_gist;
            }
            let bars = matches!(sought, Sought::Field(test) if test.bars_anything());
            self.ranks(*sought, *negated) || !outcome.found || bars && !outcome.barred
        })
    }

    pub fn hear(&mut self, piece: Piece<'_>) {
        let mut places = Vec::new();
        let (depth, worth) = (self.depth, rank::worth(piece.scope));
        let wants_hits = self.wants_hits();
        for ((sought, negated), outcome) in self.all.iter().zip(&mut self.outcomes) {
            if !listens_to(*sought, piece.scope) {
                continue;
            }
            if let Sought::Field(test) = sought {
                outcome.barred |= test.bars(piece.text);
            }
            let want_places = wants_hits && !*negated;
            // How well it fits is asked of words that are wanted.
            let word = match sought {
                Sought::Word(word) if depth != Depth::Any && !*negated => Some(*word),
                _ => None,
            };
            if outcome.found && !want_places && word.is_none() {
                continue;
            }
            let mut from = 0;
            while let Some((start, end)) = find(*sought, piece.text, from) {
                outcome.found = true;
                if let Some(word) = word {
                    let points = worth * rank::kind(word, piece.text, (start, end));
                    outcome.points = outcome.points.max(points);
                    self.newest = self.newest.max(piece.at);
                }
                let is_best = outcome.points >= worth * rank::WHOLE;
                if want_places {
                    places.push((start, end));
                } else if word.is_none() || is_best {
                    break;
                }
                // A line stands once however often it has what is looked for.
                let rest = piece.text.get(start..).unwrap_or_default();
                let Some(feed) = rest.find('\n') else { break };
                from = end.max(start + feed + 1);
            }
        }
        places.sort_unstable();
        let around = match depth {
            Depth::Hits(around) => around,
            Depth::Any | Depth::Rank => 0,
        };
        // Before lines are cut around what was found.
        let mask = self.mask.as_ref().filter(|_| !places.is_empty());
        let masked = mask.and_then(|mask| mask.hide(&Clean::of(piece.text)));
        for (start, end) in &mut places {
            if let Some(masked) = &masked {
                let place = masked.place(*start..*end);
                (*start, *end) = (place.start, place.end);
            }
        }
        let text = masked.as_ref().map_or(piece.text, |masked| &masked.text);
        for lines in by_line(text, &places, around) {
            self.hits.push(Hit {
                number: piece.number,
                role: piece.role,
                scope: piece.scope,
                at: piece.at,
                lines: lines.lines,
                line: lines.line,
                place: lines.place,
            });
        }
    }

    pub fn done(self) -> Listened<'q> {
        let found = self
            .all
            .iter()
            .zip(self.outcomes)
            .map(|((sought, _), outcome)| {
                let found = match sought {
                    Sought::Field(test) if test.asks_gist() => outcome.found,
                    Sought::Field(test) => (outcome.found || test.only_bars()) && !outcome.barred,
                    Sought::Word(_) => outcome.found,
                };
                Found {
                    sought: *sought,
                    is_there: found,
                    points: outcome.points,
                }
            });
        Listened {
            found: found.collect(),
            hits: self.hits,
            newest: self.newest,
            is_weighed: true,
        }
    }
}

/// Reads a whole conversation for a query.
pub fn listen<'q>(query: &'q Query, conversation: &Conversation, depth: Depth) -> Listened<'q> {
    listen_with(Listening::new(query, depth), conversation)
}

/// The same with something that was made ready to hear.
pub fn listen_with<'q>(mut listening: Listening<'q>, conversation: &Conversation) -> Listened<'q> {
    if listening.asks_gist() {
        listening.learn(&evidence::gist(conversation));
    }
    let all = Scope::ALL.into_iter();
    let asked: Vec<Scope> = all.filter(|s| listening.listens_to(*s)).collect();
    for message in &conversation.messages {
        each_text(
            message,
            &|scope| asked.contains(&scope),
            &mut |scope, text| {
                listening.hear(Piece {
                    number: message.number,
                    role: message.role,
                    scope,
                    at: message.at,
                    text,
                });
            },
        );
        if listening.is_sure() {
            break;
        }
    }
    listening.done()
}

struct Lines {
    lines: Vec<Clean>,
    line: usize,
    place: (usize, usize),
}

/// The lines in which places begin, each once.
fn by_line(all: &str, places: &[(usize, usize)], around: usize) -> Vec<Lines> {
    let mut found = Vec::new();
    let mut done = 0;
    for (start, end) in places {
        if *start < done {
            continue;
        }
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
        lines.push(Clean::of(all.get(from..to).unwrap_or_default()));
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

impl<'q> Listened<'q> {
    /// What is known without listening.
    pub fn known(found: impl Iterator<Item = (Sought<'q>, bool)>) -> Listened<'q> {
        let found = found.map(|(sought, is_there)| Found {
            sought,
            is_there,
            points: 0,
        });
        Listened {
            found: found.collect(),
            hits: Vec::new(),
            newest: None,
            is_weighed: false,
        }
    }

    /// What became of something that was looked for.
    pub fn found(&self, is_it: impl Fn(Sought<'q>) -> bool) -> Option<Found<'q>> {
        let mut known = self.found.iter();
        known.find(|one| is_it(one.sought)).copied()
    }
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
