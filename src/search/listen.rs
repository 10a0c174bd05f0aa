//! What a query looks for in a conversation, found by reading all of it: slow, and the measure for whatever is faster.

use std::io;
use std::ops::ControlFlow;
use std::sync::Arc;

use jiff::Timestamp;

use super::lines::by_line;
use super::places::{find, gather, is_aside, listens_to, put_in_order};
use super::rank;
use super::said::each_text;
use super::standing::{self, Fit, Fitting, Standing};
use super::through;
use crate::env::Env;
use crate::evidence;
use crate::model::{Conversation, Gist, Message, Role, Session};
use crate::query::{Query, Scope, Sought, Word};
use crate::redact::Mask;
use crate::text::Clean;

/// A line of a conversation with something that was looked for. It may have several hits: see [`crate::search::places`].
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
    /// How many hits begin in that line.
    pub count: usize,
    /// How much of the query stands there.
    pub fit: Fit,
}

/// The hit that is meant most likely: the first line that has most of what is looked for, and what somebody said before what
/// a program put in. A conversation is opened there.
pub fn meant(hits: &[Hit]) -> Option<usize> {
    let worth = |hit: &Hit| (hit.scope != Scope::System, hit.fit);
    let last_first = hits.iter().enumerate().rev();
    let best = last_first.max_by_key(|(_, hit)| worth(hit));
    best.map(|(n, _)| n)
}

/// What a conversation has of a query, for [`Query::judge`].
pub struct Listened<'q> {
    found: Vec<Found<'q>>,
    pub hits: Vec<Hit>,
    /// When the newest of what was found was said; known where more than that it is there was asked.
    pub newest: Option<Timestamp>,
    /// How well anything fits is asked too.
    pub is_weighed: bool,
    /// How the words stand in the best of the texts that have them all, but for what a program put in.
    pub standing: Option<Standing>,
}

/// What became of one thing.
#[derive(Clone, Copy)]
pub struct Found<'q> {
    sought: Sought<'q>,
    /// Whether it is there.
    pub is_there: bool,
    /// What the best place of a word is worth; 0 where that was not asked.
    pub points: i64,
    /// Somebody said it: it does not stand in what a program put in alone. Known where points are.
    pub is_said: bool,
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

/// Whether its answer is worked out from the conversation as a whole.
fn is_of_gist(sought: Sought<'_>) -> bool {
    matches!(sought, Sought::Field(test) if test.asks_gist())
}

/// What became of something that was looked for.
#[derive(Clone, Copy, Default)]
struct Outcome {
    found: bool,
    /// A text has what a field leaves out.
    barred: bool,
    /// What the best place is worth.
    points: i64,
    is_said: bool,
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
    query: &'q Query,
    all: Vec<(Sought<'q>, bool)>,
    outcomes: Vec<Outcome>,
    depth: Depth,
    hits: Vec<Hit>,
    newest: Option<Timestamp>,
    standing: Option<Standing>,
    /// Several words are looked for, which may stand one behind the other.
    has_row: bool,
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
            query,
            standing: None,
            has_row: query
                .words_in_order()
                .is_some_and(|(_, rest)| !rest.is_empty()),
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
        let (mut places, mut aside) = (Vec::new(), Vec::new());
        let (depth, worth) = (self.depth, rank::worth(piece.scope));
        let wants_hits = self.wants_hits();
        let (mut has_word, mut has_all) = (false, true);
        // Where each word stands first tells it of most of what is short.
        let (mut is_row, mut behind) = (true, None);
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
            let (mut from, mut is_here, mut first) = (0, false, None);
            while let Some((start, end)) = find(*sought, piece.text, from) {
                (outcome.found, is_here) = (true, true);
                first = first.or(word.map(|_| end));
                if let Some(word) = word {
                    if let Some(end) = behind.filter(|_| from == 0) {
                        is_row &= standing::is_next(piece.text, end, start);
                    }
                    let points = worth * rank::kind(word, piece.text, (start, end));
                    outcome.points = outcome.points.max(points);
                    outcome.is_said |= piece.scope != Scope::System;
                    has_word = true;
                    self.newest = self.newest.max(piece.at);
                }
                let is_best = outcome.points >= worth * rank::WHOLE;
                if word.is_none() || is_best {
                    break;
                }
                // A line has one weight however often it has what is looked for.
                let rest = piece.text.get(start..).unwrap_or_default();
                let Some(feed) = rest.find('\n') else { break };
                from = end.max(start + feed + 1);
            }
            has_all &= is_here || word.is_none();
            behind = first.or(behind);
            if want_places && is_here && is_aside(*sought) {
                aside.push(*sought);
            } else if want_places && is_here {
                gather(
                    piece.text,
                    |text, from| find(*sought, text, from),
                    &mut places,
                );
            }
        }
        if has_word && piece.scope == Scope::User && self.standing < Some(Standing::PromptRow) {
            let standing = standing::of_prompt(self.query, piece.text);
            self.standing = self.standing.max(standing);
        }
        let may_be_row = has_all && self.has_row && piece.scope != Scope::System;
        let is_better = self.standing < Some(Standing::Row);
        if may_be_row
            && (is_row || (is_better && standing::row_at(self.query, piece.text).is_some()))
        {
            self.standing = self.standing.max(Some(Standing::Row));
        }
        put_in_order(piece.text, &mut places, aside.into_iter());
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
        let fitting = places
            .first()
            .map(|_| Fitting::new(self.query, piece.scope, piece.text));
        for lines in by_line(text, &places, around) {
            let line = text.get(lines.whole.clone());
            let both = fitting.as_ref().zip(line);
            self.hits.push(Hit {
                fit: both.map_or(Fit::default(), |(fitting, line)| fitting.of(line)),
                number: piece.number,
                role: piece.role,
                scope: piece.scope,
                at: piece.at,
                lines: lines.lines,
                line: lines.line,
                place: lines.place,
                count: lines.count,
            });
        }
    }

    /// In which kinds of texts anything is looked for.
    fn asked(&self) -> Vec<Scope> {
        let all = Scope::ALL.into_iter();
        all.filter(|scope| self.listens_to(*scope)).collect()
    }

    /// Hears those texts of a message, until nothing more could be news.
    fn hear_message(&mut self, message: &Message, asked: &[Scope]) -> ControlFlow<()> {
        each_text(
            message,
            &|scope| asked.contains(&scope),
            &mut |scope, text| {
                self.hear(Piece {
                    number: message.number,
                    role: message.role,
                    scope,
                    at: message.at,
                    text,
                });
            },
        );
        match self.is_sure() {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
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
                    is_said: outcome.is_said,
                }
            });
        Listened {
            found: found.collect(),
            hits: self.hits,
            newest: self.newest,
            is_weighed: true,
            standing: self.standing,
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
    let asked = listening.asked();
    for message in &conversation.messages {
        if listening.hear_message(message, &asked).is_break() {
            break;
        }
    }
    listening.done()
}

/// Reads the conversation of a session for a query, with no more of its texts held than this.
pub fn listen_through<'q>(
    env: &Env,
    session: &Session,
    most: usize,
    begin: impl Fn() -> Listening<'q>,
) -> io::Result<Listened<'q>> {
    let asked = begin().asked();
    let hear =
        |listening: &mut Listening<'q>, message: &Message| listening.hear_message(message, &asked);
    let (mut listening, rest) = through::go_through(env, session, most, begin, hear)?;
    if listening.asks_gist() {
        listening.learn(&evidence::gist(&rest));
    }
    // Some messages come late.
    listening.hits.sort_by_key(|hit| hit.number);
    Ok(listening.done())
}

impl<'q> Listened<'q> {
    /// What is known without listening.
    pub fn known(found: impl Iterator<Item = (Sought<'q>, bool)>) -> Listened<'q> {
        let found = found.map(|(sought, is_there)| Found {
            sought,
            is_there,
            points: 0,
            is_said: false,
        });
        Listened {
            found: found.collect(),
            hits: Vec::new(),
            newest: None,
            is_weighed: false,
            standing: None,
        }
    }

    /// What became of something that was looked for.
    pub fn found(&self, is_it: impl Fn(Sought<'q>) -> bool) -> Option<Found<'q>> {
        let mut known = self.found.iter();
        known.find(|one| is_it(one.sought)).copied()
    }

    /// What became of a word.
    pub fn of_word(&self, word: &Word) -> Option<Found<'q>> {
        self.found(|sought| matches!(sought, Sought::Word(one) if std::ptr::eq(one, word)))
    }
}
