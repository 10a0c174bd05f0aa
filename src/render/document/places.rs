//! Places in a conversation by their name: a number, a share, a time, an address under the cursor.

use std::path::PathBuf;

use jiff::civil::{Date, DateTime, Time};

use super::{Document, Part, Whose, blocks, span, tool};
use crate::model::ToolKind;

impl Document {
    /// Goes to `120` (a message), `50%`, `14:02` (a time) or `12-09 14:02` (of a day), with or without a colon before it.
    /// Says what is wrong where there is no such place.
    pub fn go_to_place(&mut self, place: &str) -> Result<(), String> {
        let place = place.trim();
        let place = place.strip_prefix(':').unwrap_or(place);
        let count = self.laid.len();
        if count == 0 {
            return Err("nothing was said here".to_owned());
        }
        if let Some(percent) = place.strip_suffix('%') {
            let percent: usize = percent
                .trim()
                .parse()
                .ok()
                .filter(|percent| *percent <= 100)
                .ok_or_else(|| format!("{place} is no share; 0% to 100% are"))?;
            self.go_to(((count * percent).div_ceil(100)).saturating_sub(1), 0);
            return Ok(());
        }
        if place.contains(':') {
            return self.go_to_clock(place);
        }
        let number: u32 = place.parse().map_err(|_| {
            format!("no place `{place}`; a message is :120, a share :50%, a time :14:02")
        })?;
        match self.go_to_number(number) {
            true => Ok(()),
            false => {
                let last = self.conversation.messages.last().map_or(0, |m| m.number);
                Err(format!("no message {number}; the last is {last}"))
            }
        }
    }

    /// To a message by its number.
    pub fn go_to_number(&mut self, number: u32) -> bool {
        let messages = &self.conversation.messages;
        let found = messages.iter().position(|message| message.number == number);
        if let Some(block) = found {
            self.go_to(block, 0);
        }
        found.is_some()
    }

    /// To a part of a message by its number. A group that it is in is opened.
    pub fn go_to_part(&mut self, number: u32, part: usize) -> bool {
        if !self.go_to_number(number) {
            return false;
        }
        let block = self.cursor.block;
        let group = self
            .group_of(block, part)
            .map(|(g, open)| (g.clone(), open));
        if let Some((group, false)) = group {
            self.toggle_group(&group);
        }
        let lines = self.block(block);
        if let Some(line) = lines.iter().position(|laid| laid.part == Some(part)) {
            self.go_to(block, line);
        }
        true
    }

    /// To the call that started a session, by the agent's own id of that, or by the call that its log names. Tells
    /// whether there is one.
    pub fn to_child(&mut self, native: &str, call: Option<&str>) -> bool {
        let messages = &self.conversation.messages;
        let place = messages.iter().find_map(|message| {
            let is_it = |(n, part): (usize, &Part)| match part {
                Part::ToolCall(one) => {
                    let child = tool::child(one, blocks::result_of(message, n));
                    child == Some(native) || call == Some(&*one.call)
                }
                _ => false,
            };
            let part = message.parts.iter().enumerate().position(is_it)?;
            Some((message.number, part))
        });
        place.is_some_and(|(number, part)| self.go_to_part(number, part))
    }

    /// To a message by its key.
    pub fn go_to_key(&mut self, key: u64) -> bool {
        let messages = &self.conversation.messages;
        let found = messages.iter().position(|message| message.key == key);
        if let Some(block) = found {
            self.go_to(block, 0);
        }
        found.is_some()
    }

    /// To the first message from a time of the day on, of a day that is named or of the day the cursor is in; where nothing
    /// was said then that day, of the next day on which something was, or of any.
    fn go_to_clock(&mut self, place: &str) -> Result<(), String> {
        let (day, clock) = match place.rsplit_once(' ') {
            Some((day, clock)) => (Some(day.trim()), clock),
            None => (None, place),
        };
        let wrong = || format!("{place} is no time of the day");
        let mut parts = clock.split(':').map(|part| part.parse::<i8>());
        let mut part = || parts.next().unwrap_or(Ok(0)).map_err(|_| wrong());
        let (hour, minute, second) = (part()?, part()?, part()?);
        let time = Time::new(hour, minute, second, 0).map_err(|_| wrong())?;
        let messages = &self.conversation.messages;
        let zoned = |at: jiff::Timestamp| at.to_zoned(self.look.zone.clone()).datetime();
        let said: Vec<(usize, DateTime)> = messages
            .iter()
            .enumerate()
            .filter_map(|(block, message)| Some((block, zoned(message.at?))))
            .collect();
        let none = || format!("nothing was said at {place} or later");
        let mut upto_here = said.iter().filter(|(block, _)| *block <= self.cursor.block);
        let here = upto_here.next_back().or(said.first());
        let here = here.map(|(_, at)| at.date()).ok_or_else(none)?;
        let named = day.map(|day| date_of(day, here)).transpose()?;
        let from = |date: Date| {
            let wanted = date.to_datetime(time);
            let found = said.iter().position(|(_, at)| *at >= wanted)?;
            // What was said before it and what was said behind it stand around it; or it is the minute all began in.
            let (block, at) = said.get(found)?;
            let is_within = found > 0 || at.duration_since(wanted).as_secs() < 60;
            Some((*block, is_within))
        };
        let block = match named {
            Some(date) => from(date).map(|(block, _)| block),
            None => {
                let mut days: Vec<Date> = said.iter().map(|(_, at)| at.date()).collect();
                days.dedup();
                let ahead = days.iter().filter(|day| **day >= here);
                let all = ahead.chain(days.iter().filter(|day| **day < here));
                let within = |(block, is_within): (usize, bool)| is_within.then_some(block);
                let mut found = all.filter_map(|day| from(*day)).filter_map(within);
                found.next().or_else(|| Some(from(here)?.0))
            }
        };
        self.go_to(block.ok_or_else(none)?, 0);
        Ok(())
    }

    /// The address under the cursor, and whether its line shows it as it is: not behind other words, and with nothing in it
    /// that reads as another place than it leads to.
    pub fn link_here(&mut self) -> Option<(String, bool)> {
        let url = self.url_here()?;
        let cursor = self.cursor;
        let drawn = span::plain(&self.block(cursor.block).get(cursor.line)?.line);
        let place = url.split_once("://").map_or("", |(_, rest)| rest);
        let host = place.split(['/', '?', '#']).next().unwrap_or_default();
        let is_plain = url.is_ascii() && !host.contains('@');
        let is_shown = drawn.contains(&url) && is_plain;
        Some((url, is_shown))
    }

    /// The file under the cursor, and its line where one is named: what a call reads or changes, what is attached, else
    /// the first that the line names.
    pub fn file_here(&mut self) -> Option<(PathBuf, Option<u64>)> {
        let (message, n) = self.part_here()?;
        let named = match message.parts.get(n)? {
            Part::Attachment { path } => Some(path.clone()),
            Part::ToolCall(call) => {
                let edited = call.edits.iter().find_map(|edit| edit.path.as_ref());
                let read = call
                    .target
                    .as_ref()
                    .filter(|_| call.tool.kind == ToolKind::Read);
                let path = edited.or(read).map(|path| path.untrusted());
                path.map(PathBuf::from)
            }
            _ => None,
        };
        if let Some(path) = named {
            return Some((path, None));
        }
        let cursor = self.cursor;
        let drawn = span::plain(&self.block(cursor.block).get(cursor.line)?.line);
        let ends = |c: char| c.is_whitespace() || "`\"'()[]{}<>,;│|".contains(c);
        drawn.split(ends).find_map(file)
    }

    /// The address under the cursor: one that stands in its line, or what a call fetched.
    pub fn url_here(&mut self) -> Option<String> {
        let (message, n) = self.part_here()?;
        let part = message.parts.get(n)?;
        let cursor = self.cursor;
        let laid = self.block(cursor.block).get(cursor.line)?.clone();
        let source = laid.from.as_ref().and_then(|from| match (from.text, part) {
            (Whose::Said, Part::Text(text) | Part::Thinking(Some(text))) => {
                Some((text.untrusted(), from.bytes.clone()))
            }
            (Whose::Output, _) => {
                let result = blocks::result_of(&message, n)?;
                Some((result.output.untrusted(), from.bytes.clone()))
            }
            _ => None,
        });
        if let Some((text, bytes)) = source {
            // One that begins above may go on in this line.
            let is_here = |(at, url): &(usize, &str)| {
                let end = text.get(bytes.end..).and_then(|rest| rest.find('\n'));
                let end = end.map_or(text.len(), |end| bytes.end + end);
                *at < end && at + url.len() > bytes.start
            };
            let from = floor(text, bytes.start.saturating_sub(4_000));
            let near = text.get(from..).unwrap_or_default();
            let near = crate::text::floor_boundary(near, bytes.end - from + 8_000);
            let found = urls(near).map(|(at, url)| (at + from, url)).find(is_here);
            if let Some((_, url)) = found {
                return Some(url.to_owned());
            }
        }
        if let Part::ToolCall(call) = part
            && call.tool.kind == ToolKind::Web
            && let Some(target) = &call.target
            && let Some((_, url)) = urls(target.untrusted()).next()
        {
            return Some(url.to_owned());
        }
        let drawn = span::plain(&laid.line);
        urls(&drawn).next().map(|(_, url)| url.to_owned())
    }
}

/// A word that names a file, such as `src/main.rs:12:5`.
fn file(word: &str) -> Option<(PathBuf, Option<u64>)> {
    let word = word.trim_matches(['.', ':', '*']);
    let mut parts = word.split(':');
    let path = parts.next()?;
    let line = parts.next().and_then(|line| line.parse().ok());
    let name = path.rsplit('/').next()?;
    let has_end = name.rsplit_once('.').is_some_and(|(stem, end)| {
        !stem.is_empty()
            && (1..=8).contains(&end.len())
            && end.bytes().all(|b| b.is_ascii_alphanumeric())
    });
    let is_number = path.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let is_path =
        !word.contains("//") && !is_number && (has_end || path.contains('/') && line.is_some());
    is_path.then(|| (PathBuf::from(path), line))
}

/// The last place at or before a byte where a character begins.
fn floor(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// Addresses of the web in a text, with where they stand.
fn urls(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.match_indices("http").filter_map(|(at, _)| {
        let rest = text.get(at..)?;
        let body = rest
            .strip_prefix("https://")
            .or_else(|| rest.strip_prefix("http://"))?;
        let open = rest.len() - body.len();
        let ends = |c: char| {
            c.is_whitespace()
                || c.is_control()
                || matches!(c, '<' | '>' | '"' | '`' | '|' | '\\' | '^' | '{' | '}')
        };
        let end = rest.find(ends).unwrap_or(rest.len());
        let url = trimmed(rest.get(..end)?);
        (url.len() > open).then_some((at, url))
    })
}

/// Without what belongs to the sentence around it.
fn trimmed(url: &str) -> &str {
    let mut url = url;
    loop {
        let count = |c| url.matches(c).count();
        let is_open = |open, close| count(open) < count(close);
        let end = match url.chars().last() {
            Some('.' | ',' | ';' | ':' | '!' | '?' | '\'' | '*' | '_') => true,
            Some(')') => is_open('(', ')'),
            Some(']') => is_open('[', ']'),
            _ => false,
        };
        if !end {
            // In `[name](address)` the address ends at its bracket, whatever stands behind.
            return match url.find(')') {
                Some(at) if !url.get(..at).unwrap_or_default().contains('(') => {
                    url.get(..at).unwrap_or(url)
                }
                _ => url,
            };
        }
        url = url.get(..url.len() - 1).unwrap_or_default();
    }
}

/// A day as it is shown, `12-09`, of the year of another one; or with its own year.
fn date_of(text: &str, near: Date) -> Result<Date, String> {
    let wrong = || format!("{text} is no day; one is 12-09 or 2026-12-09");
    let numbers: Result<Vec<i16>, _> = text.split('-').map(str::parse).collect();
    let small = |n: i16| i8::try_from(n).map_err(|_| wrong());
    match numbers.map_err(|_| wrong())?.as_slice() {
        [month, day] => Date::new(near.year(), small(*month)?, small(*day)?),
        [year, month, day] => Date::new(*year, small(*month)?, small(*day)?),
        _ => return Err(wrong()),
    }
    .map_err(|_| wrong())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_end_where_their_sentence_goes_on() {
        let found = |text| {
            urls(text)
                .map(|(_, url)| url.to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(
            found("see https://a.b/c_(d), (http://x.y/?q=1&r=[2]). and [n](https://e.f/g)h"),
            [
                "https://a.b/c_(d)",
                "http://x.y/?q=1&r=[2]",
                "https://e.f/g"
            ]
        );
        assert_eq!(found("https:// http://"), [""; 0]);
        assert_eq!(found("\u{1b}]8;;https://e.f\u{7}"), ["https://e.f"]);
    }
}
