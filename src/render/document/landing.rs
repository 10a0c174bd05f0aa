//! Going from hit to hit: on which line each is drawn.
//!
//! Hits are counted in the text as it was written. A line of what is said or answered knows the bytes that it shows; in
//! what tools were given the places that are drawn are told apart by what stands around them.

use std::cmp::Ordering;
use std::collections::HashMap;

use super::finding::{Finding, Hit, Hits, Landing, Meant};
use super::marking::Drawn;
use super::sought::Place;
use super::standing::{Before, Shows, Stand, Text};
use super::{Document, Laid, Whose, marking};
use crate::model::{Message, Part, Role};

/// With more comparisons than this, places that are drawn are taken in their order.
const COMPARED: usize = 200_000;

impl Document {
    /// The first hit in a direction from a block on, where one is at another: more was found since.
    pub fn first_hit(&mut self, direction: i32, from: usize) {
        let hits = &self.finding.hits;
        // Nobody is taken back while the next one ahead may still be found.
        let is_ahead = || hits.last().is_some_and(|one| one.block >= from);
        if direction >= 0 && !is_ahead() && self.may_come(from) {
            return;
        }
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
        if direction != 0 {
            self.count_to(direction, |document| document.hit_from_here(direction));
        }
        let next = self.hit_from_here(direction);
        let is_back = |next: &Hit| direction == 0 && next.block < self.cursor.block;
        if let Some(next) = next
            && !(is_back(&next) && self.may_come(self.cursor.block))
        {
            self.land(next);
        }
    }

    /// Whether one stands at the first hit of all that are known.
    pub fn is_at_first_hit(&self) -> bool {
        self.is_at_hit() && self.hits().is_some_and(|(number, _)| number == 1)
    }

    /// To the last hit that is known.
    pub fn to_last_hit(&mut self) {
        let last = self.finding.hits.last().map(|one| end_of(one, -1));
        if let Some(last) = last {
            self.land(last);
        }
    }

    /// To the hit that is meant most likely, of what was found so far: where all words stand one behind the other, or in
    /// one line that a person typed, else to the first on a line that has most of them. What a program put in comes behind
    /// all that: false where there is nothing else.
    pub fn land_on_said(&mut self) -> bool {
        self.weigh();
        let Some(meant) = self.finding.meant else {
            return false;
        };
        let place = (meant.key, meant.part, meant.nth);
        let is_there = |landing: Landing| (landing.key, landing.part, landing.nth) == place;
        if self.is_at_hit() && self.finding.landing.is_some_and(is_there) {
            return true;
        }
        let mut messages = self.conversation.messages.iter();
        let block = messages.position(|message| message.key == meant.key);
        let hit = block.map(|block| Hit {
            block,
            part: meant.part,
            nth: meant.nth,
        });
        hit.map(|hit| self.land(hit)).is_some()
    }

    /// Looks at what was found since for a hit that is meant more likely.
    fn weigh(&mut self) {
        let Finding {
            hits,
            sought,
            meant,
            weighed,
            ..
        } = &mut self.finding;
        for one in hits.iter() {
            let Some(message) = self.conversation.messages.get(one.block) else {
                continue;
            };
            let is_put_in = matches!(message.parts.get(one.part), Some(Part::Notice { .. }));
            let is_said = message.role != Role::System && !is_put_in;
            if !is_said || !weighed.insert((message.key, one.part)) {
                continue;
            }
            let (fit, nth) = sought.best_of(message, one.part).unwrap_or_default();
            // What is told late may stand before it.
            let is_better = |known: Meant| match fit.cmp(&known.fit) {
                Ordering::Equal => one.block < known.block,
                order => order.is_gt(),
            };
            if meant.is_none_or(is_better) {
                *meant = Some(Meant {
                    fit,
                    block: one.block,
                    key: message.key,
                    part: one.part,
                    nth: nth.min(one.count.saturating_sub(1)),
                });
            }
        }
    }

    /// Takes the hit that is next from the cursor on, or the last one before it, as the one that one is at, unless it is
    /// known at which. Nobody is moved.
    pub fn count_from_here(&mut self) {
        if self.is_at_hit() {
            return;
        }
        let here = self.cursor.block;
        let hit = match self.behind_cursor(0).filter(|hit| hit.block >= here) {
            Some(hit) => Some(hit),
            None => self.behind_cursor(-1),
        };
        if let Some(hit) = hit {
            self.finding.at = hit;
        }
    }

    /// Whether one stands where a hit was gone to.
    fn is_at_hit(&self) -> bool {
        let landing = self.finding.landing;
        landing.is_some_and(|landing| landing.at == self.cursor)
    }

    fn hit_from_here(&mut self, direction: i32) -> Option<Hit> {
        let stays = direction != 0 && self.is_at_hit();
        let next = match stays {
            true => self.behind_hit(direction),
            false => None,
        };
        next.or_else(|| self.behind_cursor(direction))
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
        let message = self.conversation.messages.get(hit.block);
        let opened = message.map(|message| (message.key, hit.part));
        if self.focus && self.finding.opened != opened {
            // What stands under one heading with it may lose its own.
            self.finding.opened = opened;
            self.forget();
        }
        let stand = self.stand_of(hit);
        self.go_to(hit.block, stand.row);
        self.finding.landing = self.message().map(|message| Landing {
            key: message.key,
            part: hit.part,
            nth: hit.nth,
            at: self.cursor,
            page: Some((self.top, self.height)),
        });
        self.finding.here = stand.begin.map(|begin| (hit.block, begin));
    }

    /// There is another room than where the hit was gone to, and nobody scrolled there: it is shown as if it had been
    /// gone to here.
    pub fn show_hit(&mut self) {
        let Some(landing) = self.finding.landing.filter(|_| self.is_at_hit()) else {
            return;
        };
        let is_same_page = |(top, height)| top == self.top && height != self.height;
        if landing.page.is_some_and(is_same_page) {
            self.top = self.up(self.cursor, self.margin());
            self.settle();
            let page = Some((self.top, self.height));
            self.finding.landing = Some(Landing { page, ..landing });
        }
    }

    /// Lines are others than before: the hit that one went to may begin elsewhere on them.
    pub(super) fn place_hit(&mut self) {
        let hit = self.finding.at;
        let is_laid = self.laid.get(hit.block).is_some_and(Option::is_some);
        if !self.finding.is_moved || !is_laid {
            return;
        }
        self.finding.is_moved = false;
        let messages = &self.conversation.messages;
        let key = messages.get(hit.block).map(|message| message.key);
        let is_it = |landing: Landing| {
            (Some(landing.key), landing.part, landing.nth) == (key, hit.part, hit.nth)
        };
        self.finding.here = match self.finding.landing.is_some_and(is_it) {
            true => self.stand_of(hit).begin.map(|begin| (hit.block, begin)),
            false => None,
        };
    }

    fn stand_of(&mut self, hit: Hit) -> Stand {
        let all = self.stands(hit.block, hit.part, hit.nth + 1, true);
        all.last().copied().unwrap_or_default()
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

    /// The line of each of the first hits of a part.
    fn rows_of(&mut self, block: usize, part: usize, count: usize) -> Vec<usize> {
        let stands = self.stands(block, part, count, false);
        stands.iter().map(|stand| stand.row).collect()
    }

    /// Where the first hits of a part are drawn; of the last of them also where on its line, if that is asked. What is
    /// not drawn, or is on disk, has the line of the part.
    fn stands(&mut self, block: usize, part: usize, count: usize, is_exact: bool) -> Vec<Stand> {
        let Some(message) = self.conversation.messages.get(block).cloned() else {
            return vec![Stand::default(); count];
        };
        self.block(block);
        let laid = self.laid.get(block).and_then(Option::as_deref);
        let laid = laid.unwrap_or_default();
        let first = laid.iter().position(|laid| laid.part == Some(part));
        let mut stands = vec![Stand::at(first.unwrap_or(0)); count];
        if message.on_disk > 0 || first.is_none() {
            return stands;
        }
        let mut places = self.finding.sought.places_of(&message, part);
        places.truncate(count);
        let (mut without, mut known) = (Vec::new(), Vec::new());
        let mut texts: HashMap<bool, Option<Text<'_>>> = HashMap::new();
        for (nth, place) in places.iter().enumerate() {
            let is_last = is_exact && nth + 1 == count;
            let stand = place.whose.and_then(|whose| {
                let is_output = whose == Whose::Output;
                let text = texts.entry(is_output);
                let text = text.or_insert_with(|| self.text_in(laid, (block, part, whose)));
                let text = text.as_ref()?;
                let row = text.row_of(place)?;
                if !is_last {
                    return Some(Stand::at(row));
                }
                let same_line = |one: &&Place| one.line == place.line && one.whose == place.whose;
                let before = Before {
                    on_line: places.iter().take(nth).filter(same_line).count(),
                    on_row: known.iter().filter(|before| **before == row).count(),
                };
                let begin = text.begin(place, row, laid, (before, self.words_sought()));
                Some(Stand {
                    row: begin.map_or(row, |begin| begin.row),
                    begin,
                })
            });
            known.extend(stand.map(|stand| stand.row));
            match (stand, stands.get_mut(nth)) {
                (Some(stand), Some(slot)) => *slot = stand,
                _ => without.push(nth),
            }
        }
        let found = self.drawn_stands(laid, &message, part, &places, &without);
        for (nth, stand) in without.iter().zip(found) {
            if let Some(slot) = stands.get_mut(*nth) {
                *slot = stand;
            }
        }
        stands
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
        let rows: Vec<Shows> = rows.flat_map(|(row, laid)| Shows::of(row, laid)).collect();
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

    /// Where those places that have no line by their bytes are drawn: where something like it is.
    fn drawn_stands(
        &self,
        laid: &[Laid],
        message: &Message,
        part: usize,
        places: &[Place],
        without: &[usize],
    ) -> Vec<Stand> {
        if without.is_empty() || self.raw.contains_key(&message.key) {
            return Vec::new();
        }
        let is_asked = |laid: &Laid| laid.part == Some(part) && laid.from.is_none();
        let drawn = marking::drawn(laid, is_asked, self.words_sought());
        let Some(last) = drawn.len().checked_sub(1) else {
            return Vec::new();
        };
        let compares = drawn.len() * without.len() <= COMPARED;
        // Which of those that are like it were taken by places before.
        let mut used: HashMap<(&str, usize), usize> = HashMap::new();
        let mut stands = Vec::with_capacity(without.len());
        for (at, nth) in without.iter().enumerate() {
            let in_order = drawn.get(at.min(last)).map(Stand::on);
            let place = places.get(*nth).filter(|_| compares);
            let like = place.and_then(|place| {
                let like: Vec<&Drawn> = drawn.iter().filter(|one| place.is_like(one)).collect();
                let before = used.entry((&place.near, place.in_near)).or_default();
                // What is drawn once may stand in several texts, as a line that stays does.
                let one = like.get(*before).or(like.last());
                *before += 1;
                one.map(|one| Stand::on(one))
            });
            stands.push(like.or(in_order).unwrap_or_default());
        }
        stands
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
