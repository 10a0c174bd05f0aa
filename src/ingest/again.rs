//! Messages of an open conversation read again, for texts that were left on disk.
//!
//! A log of lines is marked every so often, so that only what lies around a message is read for it. What comes out is
//! compared with what is known of the message: where it is not the same to the byte, all of the log is read.

#[cfg(test)]
mod tests;
mod through;

use std::collections::HashMap;
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

    /// Whether the log was looked through, and has no place where reading can begin but its start.
    fn are_none(&self) -> bool {
        self.done && self.all.is_empty()
    }

    /// Where to begin for a message.
    fn before(&self, at: usize) -> Cursor {
        let count = self.all.partition_point(|mark| mark.upto < at);
        let mark = count.checked_sub(1).and_then(|last| self.all.get(last));
        mark.map(|mark| mark.cursor.clone()).unwrap_or_default()
    }
}

/// Asked after every record whether to go on.
pub type GoOn<'a> = dyn FnMut() -> ControlFlow<()> + 'a;

/// Messages that are read again, by their keys: the place of each, and up to which length its texts are left.
type Wanted = HashMap<u64, (usize, usize)>;

/// What came of reading around some messages.
#[derive(Default)]
pub struct Again {
    /// Messages with all their texts, by their places.
    pub found: Vec<(usize, Message)>,
    /// The keys of those that were not the same as before: they are only found in all of the log.
    pub unfit: Vec<u64>,
}

impl Reading {
    /// Has the texts of the messages that are seen, of as many around them as there is room for, and all of one message.
    pub fn look_at(
        &mut self,
        env: &Env,
        seen: Range<usize>,
        asked: Option<u64>,
        go_on: &mut GoOn<'_>,
    ) -> io::Result<()> {
        let near = self.around(seen);
        // There may be room for fewer messages than are seen, and what is asked for may be none of them.
        let asked = asked.and_then(|key| self.fold.by_key.get(&key).copied());
        let bodies = &self.fold.bodies;
        // What is too long for being looked at is not read every time.
        let is_new = |at: &usize| {
            let message = self.fold.messages.get(*at);
            asked != Some(*at) && message.is_some_and(|m| bodies.spared(m.key).is_none())
        };
        let places = near.clone().filter(is_new).map(|at| (at, LONG));
        let places = places.chain(asked.map(|at| (at, usize::MAX)));
        let mut wanted = self.wanted(places);
        let mut found = self.replayed(env, &mut wanted, go_on)?;
        found.extend(self.in_all(env, &wanted, go_on)?);
        let messages = &mut self.fold.messages;
        for (at, message) in found {
            if let Some(held) = messages.get_mut(at) {
                let own = Arc::make_mut(held);
                (own.parts, own.on_disk) = (message.parts, message.on_disk);
                if asked != Some(at) {
                    bodies::cut(held);
                }
            }
        }
        let is_asked_left = asked.is_some_and(|at| self.is_left(at));
        let spared = near.chain(asked).filter_map(|at| {
            // What did not come is not there to be left.
            let longest = match asked == Some(at) && !is_asked_left {
                true => usize::MAX,
                false => LONG,
            };
            Some((self.fold.messages.get(at)?.key, longest))
        });
        let spared = spared.collect();
        self.fold.bodies.spare(spared);
        self.fold.bodies.shed(&mut self.fold.messages);
        match is_asked_left {
            true => Err(io::Error::other(
                "what was left on disk is not there any more",
            )),
            false => Ok(()),
        }
    }

    /// Whether texts of the message at a place are on disk.
    pub fn is_left(&self, at: usize) -> bool {
        let message = self.fold.messages.get(at);
        message.is_some_and(|message| message.on_disk > 0)
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

    /// These messages with all their texts, as far as those were left on disk and can be read around them.
    pub fn again(
        &mut self,
        env: &Env,
        places: Range<usize>,
        go_on: &mut GoOn<'_>,
    ) -> io::Result<Again> {
        let mut wanted = self.wanted(places.map(|at| (at, usize::MAX)));
        let found = self.replayed(env, &mut wanted, go_on)?;
        let mut unfit: Vec<(usize, u64)> =
            wanted.iter().map(|(key, (at, _))| (*at, *key)).collect();
        unfit.sort_unstable();
        let unfit = unfit.into_iter().map(|(_, key)| key).collect();
        Ok(Again { found, unfit })
    }

    /// Takes as many messages off as can be held at once, and reads all of the log for them. What cannot be read again is
    /// left out.
    pub fn take_unfit(
        &mut self,
        env: &Env,
        unfit: &mut Vec<u64>,
        go_on: &mut GoOn<'_>,
    ) -> io::Result<Vec<(usize, Message)>> {
        let places = unfit.iter().map(|key| self.fold.by_key.get(key).copied());
        let mut room = self.fold.bodies.most() as u64 / 2;
        let fits = |at: &Option<usize>| {
            let message = at.and_then(|at| self.fold.messages.get(at));
            let left = room.checked_sub(message.map_or(0, |message| whole(message)));
            room = left.unwrap_or(0);
            left.is_some()
        };
        let count = places.clone().take_while(fits).count().max(1);
        let places = places.take(count).flatten();
        let wanted = self.wanted(places.map(|at| (at, usize::MAX)));
        unfit.drain(..count.min(unfit.len()));
        self.in_all(env, &wanted, go_on)
    }

    /// Those of some messages that have texts on disk.
    fn wanted(&self, places: impl Iterator<Item = (usize, usize)>) -> Wanted {
        let left = places.filter_map(|(at, longest)| {
            let message = self.fold.messages.get(at)?;
            (message.on_disk > 0).then_some((message.key, (at, longest)))
        });
        left.collect()
    }

    /// What is found of the messages by reading around them. They are not wanted any more then.
    fn replayed(
        &mut self,
        env: &Env,
        wanted: &mut Wanted,
        go_on: &mut GoOn<'_>,
    ) -> io::Result<Vec<(usize, Message)>> {
        let places = wanted.values().map(|(at, _)| *at);
        let (Some(first), Some(last)) = (places.clone().min(), places.max()) else {
            return Ok(Vec::new());
        };
        self.mark(env, first, go_on)?;
        let mut found = Vec::new();
        for message in self.replay(env, first, last, wanted, go_on)? {
            let held = wanted.get(&message.key).map(|(at, _)| *at);
            let held = held.and_then(|at| Some((at, self.fold.messages.get(at)?)));
            if let Some((at, held)) = held
                && has_shape(held, &message)
                && whole(held) == whole(&message)
            {
                wanted.remove(&message.key);
                found.push((at, Arc::unwrap_or_clone(message)));
            }
        }
        found.sort_unstable_by_key(|(at, _)| *at);
        Ok(found)
    }

    /// What is found of the messages by reading all of the log.
    fn in_all(
        &self,
        env: &Env,
        wanted: &Wanted,
        go_on: &mut GoOn<'_>,
    ) -> io::Result<Vec<(usize, Message)>> {
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        let mut all = self.anew();
        all.fold.bodies = sparing(self.fold.bodies.most(), wanted);
        let mut stopped = false;
        all.read_with(env, &mut |_, _| {
            stopped = go_on().is_break();
            flow(stopped)
        })?;
        if stopped {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let found = all.fold.messages.into_iter().filter_map(|message| {
            let at = wanted.get(&message.key)?.0;
            let held = self.fold.messages.get(at)?;
            has_shape(held, &message).then(|| (at, Arc::unwrap_or_clone(message)))
        });
        Ok(found.collect())
    }

    /// What a log tells around some messages, by itself.
    fn replay(
        &self,
        env: &Env,
        first: usize,
        last: usize,
        wanted: &Wanted,
        go_on: &mut GoOn<'_>,
    ) -> io::Result<Vec<Arc<Message>>> {
        let place = &self.place;
        let Some(source) = sources::source(place.unit.source) else {
            return Ok(Vec::new());
        };
        let from = self.marks.before(first);
        let bodies = sparing(self.fold.bodies.most(), wanted);
        let mut fold = self.fold.alike(bodies);
        let want = Want::Conversation {
            session: &place.native,
        };
        let is_marked = from != Cursor::default();
        let mut stopped = false;
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
            stopped = go_on().is_break();
            if is_over || stopped {
                return ControlFlow::Break(());
            }
            fold.hear(&place.native, record, &self.prices);
            ControlFlow::Continue(())
        })?;
        match stopped {
            true => Err(io::ErrorKind::Interrupted.into()),
            false => Ok(fold.messages),
        }
    }

    /// Marks the log up to a message, where that can be done.
    fn mark(&mut self, env: &Env, at: usize, go_on: &mut GoOn<'_>) -> io::Result<()> {
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
            let mut stopped = false;
            // What a line tells behind the message that ends the reading is not heard: a mark needs it for nothing.
            let cursor = source.read(env, &place.unit, want, &from, &mut |record| {
                if let Record::Message { message, .. } = &record {
                    bytes += message.bytes();
                    upto = by_key.get(&message.key).copied().unwrap_or(upto).max(upto);
                    broke = bytes >= MARKED;
                }
                stopped = go_on().is_break();
                flow(broke || stopped)
            })?;
            if stopped {
                return Err(io::ErrorKind::Interrupted.into());
            }
            let is_place = broke && matches!(cursor.at, At::Line { .. }) && cursor != from;
            match is_place {
                true => self.marks.all.push(Mark { upto, cursor }),
                false => self.marks.done = true,
            }
        }
        Ok(())
    }
}

fn flow(is_over: bool) -> ControlFlow<()> {
    match is_over {
        true => ControlFlow::Break(()),
        false => ControlFlow::Continue(()),
    }
}

/// A bound that leaves these messages as long as they are wanted.
fn sparing(most: usize, wanted: &Wanted) -> Bodies {
    let mut bodies = Bodies::within(most);
    let longest = wanted.iter().map(|(key, (_, longest))| (*key, *longest));
    bodies.spare(longest.collect());
    bodies
}

/// Whether a message has the parts of another, of the same kinds.
fn has_shape(held: &Message, message: &Message) -> bool {
    let same = |(a, b)| discriminant::<crate::model::Part>(a) == discriminant(b);
    held.parts.len() == message.parts.len() && held.parts.iter().zip(&message.parts).all(same)
}
