//! Going from hit to hit: on which line each is drawn.
//!
//! Hits are counted in the text as it was written. A line of what is said or answered knows the bytes that it shows; in
//! what tools were given the places that are drawn are told apart by what stands around them.

use std::collections::HashMap;
use std::ops::Range;

use super::finding::{Hit, Hits, Landing};
use super::sought::Place;
use super::{Document, Laid, Whose, marking};
use crate::model::Message;
use crate::text::Raw;

/// With more comparisons than this, places that are drawn are taken in their order.
const COMPARED: usize = 200_000;

impl Document {
    /// The first hit in a direction from a block on, where one is at another: more was found since.
    pub fn first_hit(&mut self, direction: i32, from: usize) {
        let hits = &self.finding.hits;
        let first = match direction < 0 {
            true => hits.iter().rfind(|one| one.block < from).or(hits.last()),
            false => hits.iter().find(|one| one.block >= from).or(hits.first()),
        };
        let Some(first) = first.copied() else {
            return;
        };
        let here = self.finding.at.block;
        if first.block != here || here != self.cursor.block {
            self.land(end_of(&first, direction));
        }
    }

    /// Goes to the next hit in a direction, from the cursor, round the ends. With 0, to the first from the cursor on.
    pub fn next_hit(&mut self, direction: i32) {
        let is_at = |landing: Landing| landing.at == self.cursor;
        let stays = direction != 0 && self.finding.landing.is_some_and(is_at);
        let next = match stays {
            true => self.behind_hit(direction),
            false => None,
        };
        if let Some(next) = next.or_else(|| self.behind_cursor(direction)) {
            self.land(next);
        }
    }

    /// The hit before the one that one is at, or behind it: several may stand on one line.
    fn behind_hit(&self, direction: i32) -> Option<Hit> {
        let (hits, at) = (&self.finding.hits, self.finding.at);
        let n = hits.binary_search_by_key(&(at.block, at.part), Hits::place);
        let n = n.ok()?;
        let nth = match direction < 0 {
            true => at.nth.checked_sub(1),
            false => Some(at.nth + 1).filter(|nth| *nth < hits.get(n).map_or(0, |one| one.count)),
        };
        if let Some(nth) = nth {
            return Some(Hit { nth, ..at });
        }
        let next = match direction < 0 {
            true => n.checked_sub(1).and_then(|n| hits.get(n)).or(hits.last()),
            false => hits.get(n + 1).or(hits.first()),
        };
        next.map(|one| end_of(one, direction))
    }

    fn behind_cursor(&mut self, direction: i32) -> Option<Hit> {
        let (block, line) = (self.cursor.block, self.cursor.line);
        let hits = &self.finding.hits;
        let from = hits.partition_point(|one| one.block < block);
        let to = hits.partition_point(|one| one.block <= block);
        let here: Vec<Hits> = hits.get(from..to).unwrap_or_default().to_vec();
        let before = from.checked_sub(1).and_then(|n| hits.get(n)).copied();
        let before = before.or(hits.last().copied());
        let behind = hits.get(to).or(hits.first()).copied();
        let mut found = None;
        for one in here {
            let rows = self.rows_of(one.block, one.part, one.count);
            for (nth, row) in rows.into_iter().enumerate() {
                let fits = match direction {
                    0 => row >= line,
                    1.. => row > line,
                    _ => row < line,
                };
                if fits && (found.is_none() || direction < 0) {
                    found = Some(Hit {
                        block,
                        part: one.part,
                        nth,
                    });
                }
            }
        }
        let other = if direction < 0 { before } else { behind };
        found.or(other.map(|one| end_of(&one, direction)))
    }

    fn land(&mut self, hit: Hit) {
        self.finding.at = hit;
        let count = hit.nth + 1;
        let rows = self.rows_of(hit.block, hit.part, count);
        let row = rows.get(hit.nth).copied().unwrap_or(0);
        self.go_to(hit.block, row);
        self.finding.landing = self.message().map(|message| Landing {
            key: message.key,
            part: hit.part,
            nth: hit.nth,
            at: self.cursor,
        });
    }

    /// More of the message that one went to is here now: to the place itself.
    pub(super) fn land_again(&mut self, landing: Landing) {
        let block = self.cursor.block;
        let messages = &self.conversation.messages;
        if messages.get(block).is_some_and(|m| m.key == landing.key) {
            self.land(Hit {
                block,
                part: landing.part,
                nth: landing.nth,
            });
        }
    }

    /// The line of each of the first hits of a part. What is not drawn, or is on disk, has that of the part.
    fn rows_of(&mut self, block: usize, part: usize, count: usize) -> Vec<usize> {
        let Some(message) = self.conversation.messages.get(block).cloned() else {
            return vec![0; count];
        };
        self.block(block);
        let laid = self.laid.get(block).and_then(Option::as_deref);
        let laid = laid.unwrap_or_default();
        let first = laid.iter().position(|laid| laid.part == Some(part));
        let mut rows = vec![first.unwrap_or(0); count];
        if message.on_disk > 0 || first.is_none() {
            return rows;
        }
        let mut places = self.finding.sought.places_of(&message, part);
        places.truncate(count);
        let mut without = Vec::new();
        let mut texts: HashMap<bool, Option<Text<'_>>> = HashMap::new();
        for (nth, place) in places.iter().enumerate() {
            let row = place.whose.and_then(|whose| {
                let is_output = whose == Whose::Output;
                let text = texts.entry(is_output);
                let text = text.or_insert_with(|| self.text_in(laid, (block, part, whose)));
                text.as_ref()?.row_of(place)
            });
            match (row, rows.get_mut(nth)) {
                (Some(row), Some(slot)) => *slot = row,
                _ => without.push(nth),
            }
        }
        let found = self.drawn_rows(laid, &message, part, &places, &without);
        for (nth, row) in without.iter().zip(found) {
            if let Some(slot) = rows.get_mut(*nth) {
                *slot = row;
            }
        }
        rows
    }

    /// A text of a part, where lines show bytes of it.
    fn text_in<'l>(
        &'l self,
        laid: &'l [Laid],
        (block, part, whose): (usize, usize, Whose),
    ) -> Option<Text<'l>> {
        let is_of = |laid: &Laid| {
            let from = laid.from.as_ref();
            laid.part == Some(part) && from.is_some_and(|from| from.text == whose)
        };
        let rows = laid.iter().enumerate().filter(|(_, laid)| is_of(laid));
        let rows: Vec<(usize, &Laid)> = rows.collect();
        if rows.is_empty() {
            return None;
        }
        let source = self.source(block, Some(part), whose)?;
        Some(Text {
            shown: self.as_shown(source, (block, Some(part), whose)),
            is_same: source.is_seen_as_it_is(),
            source,
            rows,
        })
    }

    /// Lines for those places that have none by their bytes, of the ones where something like it is drawn.
    fn drawn_rows(
        &self,
        laid: &[Laid],
        message: &Message,
        part: usize,
        places: &[Place],
        without: &[usize],
    ) -> Vec<usize> {
        if without.is_empty() || self.raw.contains_key(&message.key) {
            return Vec::new();
        }
        let is_asked = |laid: &Laid| laid.part == Some(part) && laid.from.is_none();
        let drawn = marking::drawn(laid, is_asked, &self.finding.sought.words);
        let Some(last) = drawn.len().checked_sub(1) else {
            return Vec::new();
        };
        let compares = drawn.len() * without.len() <= COMPARED;
        let mut used: HashMap<&str, usize> = HashMap::new();
        let mut rows = Vec::with_capacity(without.len());
        for (at, nth) in without.iter().enumerate() {
            let near = places.get(*nth).map_or("", |place| &place.near);
            let like = drawn.iter().filter(|(_, line)| line.contains(near));
            let mut like = like
                .map(|(row, _)| *row)
                .take(if compares { usize::MAX } else { 0 });
            let before = used.entry(near).or_default();
            let mut row = None;
            for _ in 0..=*before {
                row = like.next().or(row);
            }
            *before += 1;
            let in_order = drawn.get(at.min(last)).map_or(0, |(row, _)| *row);
            rows.push(row.unwrap_or(in_order));
        }
        rows
    }
}

/// The first hit of a part, or the last.
fn end_of(one: &Hits, direction: i32) -> Hit {
    let nth = match direction < 0 {
        true => one.count.saturating_sub(1),
        false => 0,
    };
    Hit {
        block: one.block,
        part: one.part,
        nth,
    }
}

/// A text of a part, and the lines that show it.
struct Text<'l> {
    source: &'l Raw,
    shown: super::selecting::Shown,
    /// It is looked through as it was written.
    is_same: bool,
    rows: Vec<(usize, &'l Laid)>,
}

impl Text<'_> {
    /// The line that shows the begin of a place; where it is left out, the last one before.
    fn row_of(&self, place: &Place) -> Option<usize> {
        let text = self.source.untrusted();
        let (line, written) = match self.is_same {
            true => (place.start..place.start + 1, place.start),
            // Colours and signs are left out of what is looked through, but no line is.
            false => {
                let line = line_of(text, place.line);
                let written = (line.start + place.column).min(line.end);
                (line, written)
            }
        };
        let start = self.shown.place(place.start..place.end, written)?;
        let bytes = |(row, laid): &(usize, &Laid)| Some((*row, laid.from.clone()?.bytes));
        let rows: Vec<(usize, Range<usize>)> = self.rows.iter().filter_map(bytes).collect();
        let holds = rows.iter().find(|(_, bytes)| bytes.contains(&start));
        let is_line = start == written;
        let begins = rows
            .iter()
            .find(|(_, bytes)| is_line && line.contains(&bytes.start));
        let before = rows.iter().rfind(|(_, bytes)| bytes.start <= start);
        let found = holds.or(begins).or(before).or(rows.first());
        found.map(|(row, _)| *row)
    }
}

/// Where a line of a text stands.
fn line_of(text: &str, line: usize) -> Range<usize> {
    let feeds = memchr::memchr_iter(b'\n', text.as_bytes());
    let start = match line.checked_sub(1) {
        Some(before) => feeds.clone().nth(before).map_or(0, |feed| feed + 1),
        None => 0,
    };
    let mut feeds = feeds.skip(line);
    start..feeds.next().unwrap_or(text.len())
}
