//! Which sessions a query wants, by what they are and by all that was said in them.

use std::io;
use std::sync::{Arc, Mutex};

use super::fuzzy;
use super::listen::{Depth, Listened, Listening, Piece, listen_through, listen_with};
use super::rank;
use super::standing::{self, Standing};
use super::words::{Ear, Hints, Words};
use crate::env::Env;
use crate::ingest::{Reading, is_long};
use crate::model::Row;
use crate::query::{Heard, Query, Scope, Sought, Test, Verdict, Word};
use crate::redact::Mask;

/// A query on its way through sessions.
pub struct Seeking<'s> {
    env: &'s Env,
    query: &'s Query,
    words: &'s Words,
    sought: Vec<(Sought<'s>, bool)>,
    hints: Hints,
    depth: Depth,
    /// What hides secrets in lines with hits.
    mask: Option<Arc<Mask>>,
    /// Of long logs one at a time is read.
    turn: Mutex<()>,
}

/// What a session has of a query.
pub struct Answer<'s> {
    /// How well it fits, by the words of the query alone; a larger one stands first.
    pub rank: i64,
    pub listened: Listened<'s>,
}

impl<'s> Seeking<'s> {
    /// The same, with so much to be known, of an index that did not change.
    pub fn to(self, depth: Depth) -> Seeking<'s> {
        Seeking { depth, ..self }
    }

    /// The same, with secrets hidden in lines with hits.
    pub fn under(self, mask: Option<Arc<Mask>>) -> Seeking<'s> {
        Seeking { mask, ..self }
    }

    pub fn new(env: &'s Env, query: &'s Query, words: &'s Words, depth: Depth) -> Seeking<'s> {
        let mut sought = Vec::new();
        query.each_sought(&mut |one, negated| sought.push((one, negated)));
        let ones: Vec<Sought<'_>> = sought.iter().map(|(one, _)| *one).collect();
        Seeking {
            env,
            query,
            words,
            hints: words.look_up(&ones),
            sought,
            depth,
            mask: None,
            turn: Mutex::new(()),
        }
    }

    /// Whether a session may be wanted, for all that is known without reading.
    pub fn may_want(&self, row: &Row) -> bool {
        let may = self.words.may_have(row, &self.hints);
        self.query.judge(row, &self.hoped(may.as_deref())) != Verdict::No
    }

    /// The best that can become of a session: what is wanted is there, what is not wanted is not.
    fn hoped(&self, may: Option<&[bool]>) -> Listened<'s> {
        let hoped = self.sought.iter().enumerate().map(|(i, (one, negated))| {
            let may_be = may.is_none_or(|may| may.get(i) == Some(&true));
            (*one, may_be && !negated)
        });
        Listened::known(hoped)
    }

    /// What a session has of the query; none where it is not wanted. An error means that its log had to be read and
    /// could not be.
    pub fn ask(&self, row: &Row) -> io::Result<Option<Answer<'s>>> {
        let may = self.words.may_have(row, &self.hints);
        let hoped = self.hoped(may.as_deref());
        let best = self.query.judge(row, &hoped);
        if best == Verdict::No {
            return Ok(None);
        }
        let listened = match &may {
            Some(may) if !may.contains(&true) => hoped,
            Some(may) if !self.asks_for_answers(may) => match self.listen_to_words(row) {
                Some(listened) => listened,
                None => self.listen_to_log(row)?,
            },
            _ => self.listen_to_log(row)?,
        };
        let points = match self.query.judge(row, &listened) {
            Verdict::No => return Ok(None),
            Verdict::Quiet => 0,
            Verdict::Yes(points) => points,
        };
        let newest = listened.newest.or(row.session.updated);
        // Nobody sorts by it who did not ask for it.
        let standing = match self.depth {
            Depth::Any => Standing::default(),
            Depth::Rank | Depth::Hits(_) => self.standing(row, &listened),
        };
        Ok(Some(Answer {
            rank: rank::rank(standing, points, newest),
            listened,
        }))
    }

    /// The best place that has all words, of the row and of what was heard.
    fn standing(&self, row: &Row, listened: &Listened<'_>) -> Standing {
        let query = self.query;
        if let Some(standing) = standing::of_row(query, row).max(listened.standing) {
            return standing;
        }
        let heard = |word: &Word| listened.of_word(word).filter(|found| found.is_there);
        let is_called = |word: &Word| {
            let points = fuzzy::score(word, row);
            points.is_some_and(|points| points > rank::STREWN * rank::TITLE)
        };
        let is_said = |word: &Word| heard(word).is_some_and(|f| f.is_said) || is_called(word);
        if query.has_words_where(&mut |word| is_said(word)) != Some(false) {
            return Standing::Said;
        }
        let is_there = |word: &Word| heard(word).is_some() || is_called(word);
        if query.has_words_where(&mut |word| is_there(word)) == Some(true) {
            return Standing::PutIn;
        }
        // What fits by no word fits by something else that was asked for.
        match query
            .has_words_where(&mut |word| heard(word).is_some() || fuzzy::score(word, row).is_some())
        {
            Some(true) => Standing::Strewn,
            _ => Standing::Said,
        }
    }

    /// Whether what tools answered must be read.
    fn asks_for_answers(&self, may: &[bool]) -> bool {
        let is_answer = |sought: &Sought<'_>| match sought {
            Sought::Word(_) => false,
            Sought::Field(test) => test.scope() == Some(Scope::Output),
        };
        let mut both = self.sought.iter().zip(may);
        both.any(|((sought, _), may)| *may && is_answer(sought))
    }

    fn listen_to_words(&self, row: &Row) -> Option<Listened<'s>> {
        let mut listening = self.listening();
        listening.learn(&self.words.gist(row)?);
        self.words.each_text(row, &self.hints, &mut listening)?;
        Some(listening.done())
    }

    fn listen_to_log(&self, row: &Row) -> io::Result<Listened<'s>> {
        if is_long(&row.session) {
            let _alone = self.turn.lock();
            let (env, most) = (self.env, self.env.room.bodies());
            return listen_through(env, &row.session, most, || self.listening());
        }
        let mut reading = Reading::new(&row.session);
        reading.read(self.env)?;
        Ok(listen_with(self.listening(), &reading.conversation()))
    }

    fn listening(&self) -> Listening<'s> {
        Listening::new(self.query, self.depth).under(self.mask.clone())
    }
}

impl Ear for Listening<'_> {
    fn looks_for(&self, number: usize) -> bool {
        self.looks_for_more(number)
    }

    fn hear(&mut self, piece: Piece<'_>) -> bool {
        Listening::hear(self, piece);
        !self.is_sure()
    }
}

impl Heard for Listened<'_> {
    fn rate(&self, word: &Word, row: &Row) -> Option<i64> {
        let found = self.of_word(word);
        let in_text = found.filter(|f| f.is_there).map(|f| f.points);
        // Titles are dear to weigh.
        if !self.is_weighed && in_text.is_some() {
            return in_text;
        }
        fuzzy::score(word, row).max(in_text)
    }

    fn said(&self, test: &Test, _row: &Row) -> Option<bool> {
        self.found(|sought| matches!(sought, Sought::Field(one) if std::ptr::eq(one, test)))
            .map(|found| found.is_there)
    }
}
