//! Going through a long conversation with all of its texts, of which no more is held than the bound.

use std::collections::HashSet;
use std::io;
use std::ops::ControlFlow;

use super::whole;
use crate::env::Env;
use crate::ingest::Reading;
use crate::model::Message;

/// A log is read from its start so often at the most. Where more would be needed it is better read once and held …
const READINGS: u64 = 8;
/// … unless it has fewer bytes of texts than this.
const SMALL: u64 = 8 << 20;

/// Told each message with all its texts, and asked whether to go on.
pub type Tell<'t> = dyn FnMut(&Message) -> ControlFlow<()> + 't;

impl Reading {
    /// Tells all messages of a conversation that was read within a bound: one after the other, and at the end those that
    /// are only found in all of the log, in their order too. False where it has to be read without a bound: some of them
    /// may have been told by then.
    pub fn go_through(&mut self, env: &Env, tell: &mut Tell<'_>) -> io::Result<bool> {
        let (mut from, mut unfit, mut readings) = (0, Vec::new(), 0);
        let most = self.fold.bodies.most() as u64 / 2;
        let all: u64 = self.fold.messages.iter().map(|one| whole(one)).sum();
        let bytes_left = |reading: &Reading, keys: &[u64]| -> u64 {
            let places = keys.iter().filter_map(|key| reading.fold.by_key.get(key));
            let messages = places.filter_map(|at| reading.fold.messages.get(*at));
            messages.map(|message| whole(message)).sum()
        };
        while let Some(range) = self.left_out(from) {
            let again = self.again(env, range.clone(), &mut || ControlFlow::Continue(()))?;
            // Each time it was read from its start up to there.
            readings += u64::from(self.marks.are_none());
            // What was said twice may be as long as it was before, and yet another text.
            let said_again = &self.fold.said_again;
            let (twice, found): (Vec<_>, Vec<_>) = again
                .found
                .into_iter()
                .partition(|(at, _)| said_again.contains(at));
            let twice = twice.into_iter().map(|(_, message)| message.key);
            let mut late: Vec<u64> = again.unfit.into_iter().chain(twice).collect();
            late.sort_unstable_by_key(|key| self.fold.by_key.get(key));
            unfit.extend(late);
            let needed = readings + bytes_left(self, &unfit) / most.max(1);
            if needed * all > READINGS * all.max(SMALL) {
                return Ok(false);
            }
            let mut found = found.into_iter().peekable();
            for at in from..range.end {
                let Some(held) = self.fold.messages.get(at) else {
                    break;
                };
                let flow = match found.next_if(|(place, _)| *place == at) {
                    Some((_, mut message)) => {
                        message.number = held.number;
                        tell(&message)
                    }
                    None if held.on_disk == 0 => tell(held),
                    None => ControlFlow::Continue(()),
                };
                if flow.is_break() {
                    return Ok(true);
                }
            }
            from = range.end;
        }
        for message in self.fold.messages.iter().skip(from) {
            if tell(message).is_break() {
                return Ok(true);
            }
        }
        let mut missing: HashSet<u64> = unfit.iter().copied().collect();
        while !unfit.is_empty() {
            for (at, mut message) in
                self.take_unfit(env, &mut unfit, &mut || ControlFlow::Continue(()))?
            {
                missing.remove(&message.key);
                let held = self.fold.messages.get(at);
                message.number = held.map_or(message.number, |held| held.number);
                if tell(&message).is_break() {
                    return Ok(true);
                }
            }
        }
        Ok(missing.is_empty())
    }
}
