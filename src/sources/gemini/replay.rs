//! A session's history as its log changes it: messages come, are said again, are listed anew, and are taken back.
//!
//! What was taken out of the history stays in the conversation, on a branch that was left.

use std::collections::{HashMap, HashSet};

use super::message::Said;
use crate::model::{Lane, Message, Part, Role};

#[derive(Default)]
pub struct Replay {
    /// Every message there ever was, in the log's order.
    entries: Vec<Entry>,
    by_key: HashMap<u64, usize>,
    /// Other names of entries: a list can repeat a message under a new id.
    names: HashMap<u64, usize>,
    by_words: HashMap<u64, Vec<usize>>,
    /// The history as it stands.
    now: Vec<usize>,
    /// Calls that only a list tells of, so that their results are shown from there too.
    listed_calls: HashSet<Box<str>>,
}

struct Entry {
    message: Option<Message>,
    /// Where the line begins that it was read from.
    at: u64,
    /// Its place in the history, if it still stands there.
    place: usize,
    /// A rewind took it out of the history.
    is_taken_back: bool,
}

impl Replay {
    /// A message with a record of its own, in the line that begins there.
    pub fn record(&mut self, said: Said, line: u64) {
        match self.by_key.get(&said.key).copied() {
            Some(at) => {
                if let Some(entry) = self.entries.get_mut(at)
                    && let Some(message) = said.message
                {
                    (entry.message, entry.at) = (Some(message), line);
                }
                self.stand(at);
            }
            None => self.add(without_results(said), line),
        }
    }

    /// The history is this list from now on.
    pub fn list(&mut self, list: impl IntoIterator<Item = Said>, line: u64) {
        self.now.clear();
        let mut tried: HashMap<u64, usize> = HashMap::new();
        for mut said in list {
            let named = self.by_key.get(&said.key).or(self.names.get(&said.key));
            let known = named.copied().or_else(|| {
                let alike = self.by_words.get(&said.words)?.iter();
                let from = tried.entry(said.words).or_default();
                let next = alike.skip(*from).find(|at| {
                    *from += 1;
                    !self.stands(**at)
                });
                next.copied()
            });
            if let Some(at) = known {
                self.names.insert(said.key, at);
                self.stand(at);
                continue;
            }
            let parts = said.message.iter().flat_map(|m| &m.parts);
            let calls = parts.filter_map(|part| match part {
                Part::ToolCall(call) => Some(call.call.clone()),
                _ => None,
            });
            self.listed_calls.extend(calls);
            if let Some(message) = &mut said.message {
                let listed = &self.listed_calls;
                message.parts.retain(|part| match part {
                    Part::ToolResult(result) => listed.contains(&result.call),
                    _ => true,
                });
                let is_empty = message.role == Role::System && message.parts.is_empty();
                said.message = said.message.filter(|_| !is_empty);
            }
            self.add(said, line);
        }
    }

    /// Takes back a message and all behind it; everything where it is unknown.
    pub fn rewind(&mut self, key: u64) {
        let at = self.by_key.get(&key).or(self.names.get(&key)).copied();
        let place = at
            .filter(|at| self.stands(*at))
            .and_then(|at| self.entries.get(at))
            .map_or(0, |entry| entry.place);
        for at in self.now.drain(place.min(self.now.len())..) {
            if let Some(entry) = self.entries.get_mut(at) {
                entry.is_taken_back = true;
            }
        }
    }

    /// All messages and where their lines begin; those that do not stand in the history any more were left.
    pub fn messages(self) -> impl Iterator<Item = (u64, Message)> {
        let now: HashSet<usize> = self.now.into_iter().collect();
        let all = self.entries.into_iter().enumerate();
        all.filter_map(move |(at, entry)| {
            let mut message = entry.message?;
            // A list holds what the model is given; notes of the program were never part of that.
            let is_note = message.role == Role::System && !entry.is_taken_back;
            if !now.contains(&at) && !is_note {
                message.lane = Lane::Left;
            }
            Some((entry.at, message))
        })
    }

    fn add(&mut self, said: Said, line: u64) {
        let at = self.entries.len();
        self.entries.push(Entry {
            message: said.message,
            at: line,
            place: 0,
            is_taken_back: false,
        });
        self.by_key.insert(said.key, at);
        self.by_words.entry(said.words).or_default().push(at);
        self.stand(at);
    }

    fn stands(&self, at: usize) -> bool {
        let place = self.entries.get(at).map(|entry| entry.place);
        place.and_then(|place| self.now.get(place)) == Some(&at)
    }

    fn stand(&mut self, at: usize) {
        if !self.stands(at) {
            if let Some(entry) = self.entries.get_mut(at) {
                entry.place = self.now.len();
                entry.is_taken_back = false;
            }
            self.now.push(at);
        }
    }
}

/// Results of calls stand inside the calls' own records; what the model was given of them is no message.
pub fn without_results(mut said: Said) -> Said {
    if let Some(message) = said.message.as_mut().filter(|m| m.role != Role::Assistant) {
        message
            .parts
            .retain(|part| !matches!(part, Part::ToolResult(_)));
        let is_empty = message.role == Role::System && message.parts.is_empty();
        said.message = said.message.filter(|_| !is_empty);
    }
    said
}
