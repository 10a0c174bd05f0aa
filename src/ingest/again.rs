//! Messages of an open conversation read again, for texts that were left on disk.
//!
//! A log of lines is marked every so often, so that only what lies around a message is read for it. What comes out is
//! compared with what is known of the message: where it is not the same to the byte, all of the log is read.

#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};
use std::io;
use std::mem::discriminant;
use std::ops::{ControlFlow, Range};
use std::sync::Arc;

use super::bodies::{self, Bodies, LONG, whole};
use super::conversation::Reading;
use crate::env::Env;
use crate::model::Message;
use crate::sources::{self, At, Cursor, Record, Want};

/// A log is marked after so many bytes of texts.
const MARKED: usize = 1 << 20;
/// Results stand near their calls: so many other messages behind them are read too.
const BEHIND: usize = 64;
/// So many messages are told from their texts at once.
const AT_ONCE: usize = 4096;

/// Places in a log where reading can begin.
#[derive(Default)]
pub(super) struct Marks {
    all: Vec<Mark>,
    /// They go to the end of what was read.
    done: bool,
}

/// A place in a log, and the last of the messages that began before it.
struct Mark {
    upto: usize,
    cursor: Cursor,
}

impl Marks {
    /// The log grew.
    pub fn go_on(&mut self) {
        self.done = false;
    }

    /// Where to begin for a message.
    fn before(&self, at: usize) -> Cursor {
        let count = self.all.partition_point(|mark| mark.upto < at);
        let mark = count.checked_sub(1).and_then(|last| self.all.get(last));
        mark.map(|mark| mark.cursor.clone()).unwrap_or_default()
    }
}

impl Reading {
    /// Has the texts of the messages that are seen, of as many around them as there is room for, and all of one message.
    pub fn look_at(&mut self, env: &Env, seen: Range<usize>, asked: Option<u64>) -> io::Result<()> {
        let near = self.around(seen);
        let bodies = &self.fold.bodies;
        let places = near.clone().filter(|at| {
            let message = self.fold.messages.get(*at);
            message.is_some_and(|message| match asked == Some(message.key) {
                true => bodies.spared(message.key) != Some(usize::MAX),
                // What is too long for being looked at is not read every time.
                false => bodies.spared(message.key).is_none(),
            })
        });
        let again = self.again(env, places.collect())?;
        let messages = &mut self.fold.messages;
        for (at, message) in again {
            if let Some(held) = messages.get_mut(at) {
                let own = Arc::make_mut(held);
                (own.parts, own.on_disk) = (message.parts, 0);
                if asked != Some(own.key) {
                    bodies::cut(held);
                }
            }
        }
        let keys = messages.get(near).unwrap_or_default().iter();
        let spared = keys.map(|message| match asked == Some(message.key) {
            true => (message.key, usize::MAX),
            false => (message.key, LONG),
        });
        self.fold.bodies.spare(spared.collect());
        self.fold.bodies.shed(&mut self.fold.messages);
        let asked = self
            .fold
            .messages
            .iter()
            .find(|message| asked == Some(message.key));
        match asked.is_some_and(|message| message.on_disk > 0) {
            true => Err(io::Error::other(
                "what was left on disk is not there any more",
            )),
            false => Ok(()),
        }
    }

    /// The messages around some that there is room for.
    fn around(&self, seen: Range<usize>) -> Range<usize> {
        let messages = &self.fold.messages;
        let cost = |at: usize| {
            let message = messages.get(at)?;
            Some(usize::try_from(whole(message)).map_or(LONG, |bytes| bytes.min(LONG)))
        };
        let mut room = self.fold.bodies.most() / 4;
        // What is folded into few lines may be more than can be held: from the middle on.
        let middle = (seen.start + seen.end) / 2;
        let middle = middle.min(messages.len().saturating_sub(1));
        room = room.saturating_sub(cost(middle).unwrap_or(0));
        let mut near = middle..(middle + 1).min(messages.len());
        loop {
            let next = [Some(near.end), near.start.checked_sub(1)];
            let mut grew = false;
            for at in next.into_iter().flatten() {
                if let Some(left) = cost(at).and_then(|cost| room.checked_sub(cost)) {
                    room = left;
                    near = near.start.min(at)..near.end.max(at + 1);
                    grew = true;
                }
            }
            if !grew || near.len() >= AT_ONCE {
                return near;
            }
        }
    }

    /// The next messages, from one on, that have texts on disk: as many as can be held at once.
    pub fn left_out(&self, from: usize) -> Option<Range<usize>> {
        let messages = self.fold.messages.get(from..)?;
        let first = messages.iter().position(|message| message.on_disk > 0)?;
        let mut room = self.fold.bodies.most() as u64 / 2;
        let rest = messages.iter().skip(first).take(AT_ONCE);
        let fits = |message: &&Arc<Message>| {
            let left = room.checked_sub(whole(message));
            room = left.unwrap_or(0);
            left.is_some()
        };
        let count = rest.take_while(fits).count().max(1);
        Some(from + first..from + first + count)
    }

    /// These messages with all their texts, as far as those were left on disk. What cannot be read again is left out.
    pub fn again(&mut self, env: &Env, places: Vec<usize>) -> io::Result<Vec<(usize, Message)>> {
        let mut wanted = HashMap::new();
        for at in places {
            let message = self.fold.messages.get(at);
            wanted.extend(
                message
                    .filter(|message| message.on_disk > 0)
                    .map(|message| (message.key, at)),
            );
        }
        let (Some(first), Some(last)) = (
            wanted.values().min().copied(),
            wanted.values().max().copied(),
        ) else {
            return Ok(Vec::new());
        };
        self.mark(env, first)?;
        let messages = &self.fold.messages;
        let held = |at: &usize| messages.get(*at).cloned();
        let is_it = |at: &usize, message: &Message| {
            held(at).is_some_and(|held| {
                has_shape(&held, message) && whole(&held) == message.bytes() as u64
            })
        };
        let mut found: Vec<(usize, Message)> = Vec::new();
        let keys: HashSet<u64> = wanted.keys().copied().collect();
        for message in self.replay(env, first, last, &keys)? {
            if let Some(at) = wanted.get(&message.key).copied()
                && is_it(&at, &message)
            {
                wanted.remove(&message.key);
                found.push((at, Arc::unwrap_or_clone(message)));
            }
        }
        if !wanted.is_empty() {
            let mut all = self.anew();
            all.fold.bodies = sparing(self.fold.bodies.most(), wanted.keys().copied());
            all.read(env)?;
            for message in all.fold.messages {
                if let Some(at) = wanted.get(&message.key).copied()
                    && held(&at).is_some_and(|held| has_shape(&held, &message))
                {
                    found.push((at, Arc::unwrap_or_clone(message)));
                }
            }
        }
        found.sort_unstable_by_key(|(at, _)| *at);
        Ok(found)
    }

    /// What a log tells around some messages, by itself.
    fn replay(
        &self,
        env: &Env,
        first: usize,
        last: usize,
        wanted: &HashSet<u64>,
    ) -> io::Result<Vec<Arc<Message>>> {
        let place = &self.place;
        let Some(source) = sources::source(place.unit.source) else {
            return Ok(Vec::new());
        };
        let from = self.marks.before(first);
        let bodies = sparing(self.fold.bodies.most(), wanted.iter().copied());
        let mut fold = self.fold.alike(bodies);
        let want = Want::Conversation {
            session: &place.native,
        };
        let is_marked = from != Cursor::default();
        source.read(env, &place.unit, want, &from, &mut |record| {
            let is_over = match &record {
                Record::Message { message, .. } => {
                    let at = self.fold.by_key.get(&message.key);
                    at.is_some_and(|at| *at > last + BEHIND)
                }
                // Another file is in its place.
                Record::Reset => is_marked,
                _ => false,
            };
            if is_over {
                return ControlFlow::Break(());
            }
            fold.hear(&place.native, record, &self.prices);
            ControlFlow::Continue(())
        })?;
        Ok(fold.messages)
    }

    /// Marks the log up to a message, where that can be done.
    fn mark(&mut self, env: &Env, at: usize) -> io::Result<()> {
        let place = &self.place;
        let Some(source) = sources::source(place.unit.source) else {
            return Ok(());
        };
        let want = Want::Conversation {
            session: &place.native,
        };
        let by_key = &self.fold.by_key;
        while !self.marks.done && self.marks.all.last().is_none_or(|mark| mark.upto < at) {
            let last = self.marks.all.last();
            let from = last.map(|mark| mark.cursor.clone()).unwrap_or_default();
            let (mut upto, mut bytes, mut broke) = (last.map_or(0, |mark| mark.upto), 0, false);
            // What a line tells behind the message that ends the reading is not heard: a mark needs it for nothing.
            let cursor = source.read(env, &place.unit, want, &from, &mut |record| {
                if let Record::Message { message, .. } = &record {
                    bytes += message.bytes();
                    upto = by_key.get(&message.key).copied().unwrap_or(upto).max(upto);
                    broke = bytes >= MARKED;
                }
                match broke {
                    true => ControlFlow::Break(()),
                    false => ControlFlow::Continue(()),
                }
            })?;
            let is_place = broke && matches!(cursor.at, At::Line { .. }) && cursor != from;
            match is_place {
                true => self.marks.all.push(Mark { upto, cursor }),
                false => self.marks.done = true,
            }
        }
        Ok(())
    }
}

/// A bound that leaves these messages whole.
fn sparing(most: usize, keys: impl Iterator<Item = u64>) -> Bodies {
    let mut bodies = Bodies::within(most);
    bodies.spare(keys.map(|key| (key, usize::MAX)).collect());
    bodies
}

/// Whether a message has the parts of another, of the same kinds.
fn has_shape(held: &Message, message: &Message) -> bool {
    let same = |(a, b)| discriminant::<crate::model::Part>(a) == discriminant(b);
    held.parts.len() == message.parts.len() && held.parts.iter().zip(&message.parts).all(same)
}
