//! Finds secrets: all keywords at once in one pass over the text, then the rule's own expression where one stands.

mod traces;

use std::cmp::Reverse;
use std::collections::HashSet;
use std::hash::{BuildHasher as _, RandomState};
use std::ops::Range;
use std::sync::{Arc, LazyLock};

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use super::rules::{Given, Rule, TABLE};
use super::sight::{Sight, of_word};
use super::{Hit, block, fingerprint, judge, marks};
use crate::digest::sha256;
use crate::text::{Clean, floor_boundary};

/// Keywords inside what a rule has refused are looked at so often: a text of keywords only must not take long.
const REFUSALS: u32 = 8;
/// A shape with fewer letters than this is too wide to be meant.
const SHAPE: usize = 4;

/// What counts as a secret here, and the key of this run's marks. Made once and shared.
pub struct Scanner {
    finder: Arc<Finder>,
    /// Fingerprints of values that are none.
    allowed: HashSet<String>,
    /// Shapes of such values, with `*` for any letters.
    shapes: Vec<String>,
    key: String,
}

/// All keywords in one search.
struct Finder {
    search: Option<AhoCorasick>,
    /// In the order of the search's patterns.
    keywords: Vec<Keyword>,
    /// Rules that have none.
    sweeping: Vec<&'static Rule>,
}

struct Keyword {
    rule: &'static Rule,
    /// The rule's place in the table.
    at: usize,
    text: String,
    /// It must stand there in just these letters.
    exact: bool,
}

/// What a rule says at a keyword.
enum Verdict {
    Secret(Range<usize>),
    /// It has the form, up to here, but is none.
    Refused(usize),
    Nothing,
}

/// How far one rule came.
#[derive(Clone, Default)]
struct Progress {
    /// The end of what it found last: a keyword inside says nothing new.
    found: usize,
    /// The end of what it refused last, and how often it did inside.
    refused: usize,
    times: u32,
}

/// Where a rule found something, in a text without what hides.
struct Find {
    rule: &'static Rule,
    /// Length of the keyword that led to it.
    keyword: usize,
    range: Range<usize>,
}

/// Tiers 1 and 2, which every scanner starts with.
static USUAL: LazyLock<Arc<Finder>> = LazyLock::new(|| Arc::new(Finder::new(2, &[])));

impl Default for Scanner {
    fn default() -> Scanner {
        Scanner::new()
    }
}

impl Scanner {
    /// Looks for what is a secret by its shape or by what stands beside it. The rules are made ready when the first
    /// text comes.
    pub fn new() -> Scanner {
        // The standard library draws these keys from the system.
        let random = |salt: u8| RandomState::new().hash_one(salt);
        Scanner {
            finder: USUAL.clone(),
            allowed: HashSet::new(),
            shapes: Vec::new(),
            key: format!("{:016x}{:016x}", random(0), random(1)),
        }
    }

    /// One with the same marks that allows nothing.
    pub fn like(&self) -> Scanner {
        Scanner {
            finder: self.finder.clone(),
            allowed: HashSet::new(),
            shapes: Vec::new(),
            key: self.key.clone(),
        }
    }

    /// Passes over values that the user says are no secrets: by their [`fingerprint`], as they are, or by their shape with
    /// `*` for any letters.
    pub fn allowing<T: AsRef<str>>(mut self, values: &[T]) -> Scanner {
        for value in values.iter().map(|value| value.as_ref().trim()) {
            let is_print = value.len() == 16 && value.bytes().all(|b| b.is_ascii_hexdigit());
            if is_print {
                self.allowed.insert(value.to_ascii_lowercase());
            } else if value.contains('*') {
                // One that everything has would let everything out.
                let letters = value.bytes().filter(u8::is_ascii_alphanumeric).count();
                self.shapes
                    .extend((letters >= SHAPE).then(|| value.to_owned()));
            } else if !value.is_empty() {
                self.allowed.insert(fingerprint(value));
            }
        }
        self
    }

    fn allows(&self, value: &str) -> bool {
        let is_known = !self.allowed.is_empty() && self.allowed.contains(&fingerprint(value));
        is_known || self.shapes.iter().any(|shape| fits(shape, value))
    }

    /// The same marks in every run, for pages that are compared. The tags of such a page can be guessed.
    pub fn repeatable(mut self) -> Scanner {
        self.key = String::new();
        self
    }

    /// All secrets of a text, in order; those that overlap are one.
    pub fn scan(&self, text: &Clean) -> Vec<Hit> {
        let sight = Sight::of(text.as_str());
        let mut finds = self.finder.find(&sight);
        if !self.allowed.is_empty() || !self.shapes.is_empty() {
            let value = |find: &Find| sight.text().get(find.range.clone()).unwrap_or_default();
            finds.retain(|find| !self.allows(value(find)));
        }
        let hits = merge(finds).into_iter();
        let hits = hits.map(|find| Hit {
            rule: &find.rule.id,
            range: sight.whole(find.range),
        });
        hits.collect()
    }

    /// Every rule that finds something, before overlaps are joined.
    #[cfg(test)]
    pub fn rules_of(&self, text: &str) -> Vec<&'static str> {
        let finds = self.finder.find(&Sight::of(text)).into_iter();
        finds.map(|find| find.rule.id.as_str()).collect()
    }

    /// What stands where a value stood.
    pub(super) fn mark(&self, rule: &str, value: &str) -> String {
        let value = Sight::of(value);
        // The key on both sides: the hash of a prefix is of no use.
        let keyed = format!("{}{}{}", self.key, value.text(), self.key);
        marks::mark(rule, &sha256(keyed.as_bytes()))
    }
}

/// Whether a value has a shape: what stands between its stars, in that order, and nothing before or behind.
fn fits(shape: &str, value: &str) -> bool {
    let mut pieces = shape.split('*');
    let first = pieces.next().unwrap_or_default();
    let Some(mut rest) = value.strip_prefix(first) else {
        return false;
    };
    let mut pieces = pieces.peekable();
    while let Some(piece) = pieces.next() {
        if pieces.peek().is_none() {
            return rest.ends_with(piece);
        }
        match rest.split_once(piece) {
            Some((_, behind)) => rest = behind,
            None => return false,
        }
    }
    rest.is_empty()
}

/// Overlapping finds as one, under the rule of the longest.
fn merge(mut finds: Vec<Find>) -> Vec<Find> {
    // Where two say the same, the one that is surer of it speaks.
    finds.sort_by_key(|find| {
        let surer = (find.rule.tier, Reverse(find.keyword));
        (find.range.start, find.range.end, surer)
    });
    let mut merged: Vec<(Find, usize)> = Vec::new();
    for find in finds {
        let length = find.range.len();
        match merged.last_mut() {
            Some((last, longest)) if find.range.start < last.range.end => {
                if length > *longest {
                    *longest = length;
                    last.rule = find.rule;
                }
                last.range.end = last.range.end.max(find.range.end);
            }
            _ => merged.push((find, length)),
        }
    }
    merged.into_iter().map(|(find, _)| find).collect()
}

impl Finder {
    fn new(tier: u8, given: &[(Given, String)]) -> Finder {
        let mut keywords = Vec::new();
        let mut sweeping = Vec::new();
        for (at, rule) in TABLE.rules.iter().enumerate() {
            if rule.tier > tier {
                continue;
            }
            let own = rule.keywords.iter();
            let given = given.iter().filter(|(kind, _)| Some(*kind) == rule.given);
            let texts = own.chain(given.map(|(_, text)| text));
            keywords.extend(texts.map(|text| Keyword {
                rule,
                at,
                text: text.clone(),
                exact: !rule.any_case && rule.given != Some(Given::Host),
            }));
            if rule.keywords.is_empty() && rule.given.is_none() {
                sweeping.push(rule);
            }
        }
        let search = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::Standard)
            .kind(Some(AhoCorasickKind::DFA))
            .build(keywords.iter().map(|keyword| &keyword.text));
        Finder {
            search: search.ok(),
            keywords,
            sweeping,
        }
    }

    fn find(&self, sight: &Sight<'_>) -> Vec<Find> {
        let text = sight.text();
        let marks = marks::marks(text);
        let mut finds: Vec<Find> = Vec::new();
        let mut progress = vec![Progress::default(); TABLE.rules.len()];
        let search = self.search.iter();
        for place in search.flat_map(|search| search.find_overlapping_iter(text)) {
            let keyword = self.keywords.get(place.pattern().as_usize());
            let Some((keyword, progress)) =
                keyword.and_then(|keyword| Some((keyword, progress.get_mut(keyword.at)?)))
            else {
                continue;
            };
            let (start, end) = (place.start(), place.end());
            if progress.passes_over(start)
                || keyword.exact && text.get(start..end) != Some(&keyword.text)
                || !keyword.rule.joined && !sight.opens(start, keyword.rule.apart)
            {
                continue;
            }
            let Some(until) = open_until(&marks, start..end, text.len()) else {
                continue;
            };
            match keyword.verdict(sight, start, until) {
                Verdict::Secret(range) => {
                    progress.found = range.end;
                    finds.push(Find {
                        rule: keyword.rule,
                        keyword: keyword.text.len(),
                        range,
                    });
                }
                Verdict::Refused(end) => progress.refuse(start, end),
                Verdict::Nothing => {}
            }
        }
        for rule in &self.sweeping {
            sweep(rule, sight, &marks, &mut finds);
        }
        finds
    }
}

impl Progress {
    fn passes_over(&self, start: usize) -> bool {
        start < self.found || start < self.refused && self.times >= REFUSALS
    }

    fn refuse(&mut self, start: usize, end: usize) {
        self.times = if start < self.refused {
            self.times + 1
        } else {
            1
        };
        self.refused = self.refused.max(end);
    }
}

impl Keyword {
    /// What its rule says from here on, of a text that goes on until a mark.
    fn verdict(&self, sight: &Sight<'_>, start: usize, until: usize) -> Verdict {
        let (rule, text) = (self.rule, sight.text());
        if let Some(given) = rule.given {
            let end = start + self.text.len();
            let opened = given == Given::Home || sight.opens(start, false);
            return if opened && sight.closes(end) {
                Verdict::Secret(start..end)
            } else {
                Verdict::Nothing
            };
        }
        let open = text.get(start..until).unwrap_or_default();
        let rest = floor_boundary(open, rule.longest);
        let Some(found) = rule.at_start(rest) else {
            let behind = open.get(self.text.len()..).unwrap_or_default();
            let is_cut = until == text.len() && judge::is_start(rule, behind);
            return match is_cut {
                true => Verdict::Secret(start..until),
                false => Verdict::Nothing,
            };
        };
        let range = start + found.range.start..start + found.range.end;
        let behind = text.get(range.end..until).unwrap_or_default();
        if rule.block {
            return match block::length(behind) {
                Some(length) => Verdict::Secret(start..range.end + length),
                None => Verdict::Nothing,
            };
        }
        let named = text.get(..start).unwrap_or_default();
        if !is_secret(rule, sight, &range, found.loose) || judge::is_named_otherwise(rule, named) {
            return Verdict::Refused(range.end);
        }
        if rule.closed {
            return Verdict::Secret(range);
        }
        // A token may be longer than its rule knows or than was looked at; its rest must not stay.
        let is_cut = found.range.end == rest.len() && rest.len() < open.len();
        let more = behind.bytes().take_while(|b| of_token(*b, is_cut)).count();
        Verdict::Secret(range.start..range.end + more)
    }
}

fn of_token(byte: u8, is_cut: bool) -> bool {
    of_word(byte) || byte == b'-' || is_cut && matches!(byte, b'+' | b'/' | b'=' | b'.' | b'%')
}

fn is_secret(rule: &Rule, sight: &Sight<'_>, range: &Range<usize>, loose: bool) -> bool {
    let Some(value) = sight.text().get(range.clone()) else {
        return false;
    };
    let called = || sight.text().as_bytes().get(range.end) == Some(&b'(');
    (!rule.closed || sight.closes(range.end))
        && judge::is_secret(rule, value)
        && !(loose && (called() || judge::reads_like_words(value)))
}

/// For rules without a keyword: all of the text between the marks is searched.
fn sweep(rule: &'static Rule, sight: &Sight<'_>, marks: &[Range<usize>], finds: &mut Vec<Find>) {
    let text = sight.text();
    let ends = marks.iter().map(|mark| mark.start).chain([text.len()]);
    let starts = [0].into_iter().chain(marks.iter().map(|mark| mark.end));
    for (start, end) in starts.zip(ends) {
        let Some(open) = text.get(start..end) else {
            continue;
        };
        let mut from = 0;
        while let Some((found, next)) = open.get(from..).and_then(|_| rule.next(open, from)) {
            let range = start + found.range.start..start + found.range.end;
            let before = text.get(..range.start).unwrap_or_default();
            if !of_something_public(before) && is_secret(rule, sight, &range, found.loose) {
                finds.push(Find {
                    rule,
                    keyword: 0,
                    range,
                });
            }
            from = next;
        }
    }
}

/// Whether what stands before says that this is data or a public key.
fn of_something_public(before: &str) -> bool {
    ["ssh-rsa ", "ssh-ed25519 ", ";base64,", "sha256:", "sha512:"]
        .iter()
        .any(|opening| before.ends_with(opening))
}

/// Where the text from a keyword on ends at a mark; nothing where the keyword is part of one.
fn open_until(marks: &[Range<usize>], keyword: Range<usize>, end: usize) -> Option<usize> {
    let next = marks.partition_point(|mark| mark.end <= keyword.start);
    match marks.get(next) {
        Some(mark) if mark.start < keyword.end => None,
        Some(mark) => Some(mark.start),
        None => Some(end),
    }
}
