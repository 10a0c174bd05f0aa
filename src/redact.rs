//! What leaves the program: an export, a share, a copy that was asked to be safe. Agents read keys out of files and print
//! them, so a transcript holds secrets that nobody typed. [`Redacted`] is the only text that an export or a share
//! accepts, and an [`Outlet`] is the only way to it: each secret was replaced, or kept because the user said so, and in
//! both cases counted.
//!
//! What counts as a secret is declared in `assets/secrets.toml`. A secret becomes `[redacted:github-token k3fa]`: the
//! rule, and four letters that are the same for the same value as long as the program runs. They come from a hash with a
//! key of this run, so two places of one secret can be matched and no value can be guessed from them.
//!
//! Whole texts are to be handed over, and cut afterwards: a key that spans lines is not found line by line, nor half of one
//! in the middle of a text.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

mod block;
mod judge;
mod marks;
mod mask;
mod rules;
mod scanner;
mod sight;

pub use mask::{Mask, Masked};
pub use scanner::Scanner;

use crate::text::{Clean, Raw};

/// Text that was scanned for secrets: each replaced, or kept because the user said so.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Redacted(Box<str>);

impl Redacted {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Redacted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Redacted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// What to do with what is found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Secrets {
    Replace,
    Keep,
}

/// A secret in a text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hit {
    /// The rule's id. Of several that say so, the one that says it of most.
    pub rule: &'static str,
    /// Bytes in the cleaned text.
    pub range: Range<usize>,
}

/// How many secrets were found, by rule.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Found(BTreeMap<&'static str, usize>);

impl Found {
    pub fn total(&self) -> usize {
        self.0.values().sum()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The most frequent first.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, usize)> {
        let mut rules: Vec<_> = self.0.iter().map(|(rule, n)| (*rule, *n)).collect();
        rules.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
        rules.into_iter()
    }

    /// What several texts held, in one.
    pub fn add(&mut self, other: &Found) {
        for (rule, n) in &other.0 {
            *self.0.entry(rule).or_default() += n;
        }
    }
}

/// `2 github-token, 1 aws-key-id`, or `nothing`.
impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("nothing");
        }
        for (i, (rule, n)) in self.iter().enumerate() {
            let between = if i == 0 { "" } else { ", " };
            write!(f, "{between}{n} {rule}")?;
        }
        Ok(())
    }
}

/// A secret as a review shows it: enough to be known again, too little to be used.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Seen {
    pub rule: &'static str,
    /// The first letters and the length: `ghp_.. (40 characters)`.
    pub preview: Clean,
    /// What stands before it, on one line. Other secrets in it are replaced.
    pub before: Clean,
    /// What stands behind it, in the same way.
    pub after: Clean,
    /// What [`Scanner::allowing`] takes where this is no secret.
    pub fingerprint: String,
}

/// At most so many places are kept for a review; all are counted.
pub const SEEN: usize = 1_000;
/// Letters of context on each side of a secret in a review.
const CONTEXT: usize = 60;
/// So often a text is looked at again after something was replaced: what is gone may show a secret beside it.
const ROUNDS: usize = 8;

/// The way out of the program: everything that leaves passes it.
pub struct Outlet<'a> {
    scanner: &'a Scanner,
    secrets: Secrets,
    found: Found,
    seen: Vec<Seen>,
}

impl<'a> Outlet<'a> {
    pub fn new(scanner: &'a Scanner, secrets: Secrets) -> Outlet<'a> {
        Outlet {
            scanner,
            secrets,
            found: Found::default(),
            seen: Vec::new(),
        }
    }

    /// Text of a log. Line feeds and tabs stay.
    pub fn raw(&mut self, text: &Raw) -> Redacted {
        self.clean(&text.clean())
    }

    /// What a tool printed: its colours are dropped first.
    pub fn output(&mut self, text: &Raw) -> Redacted {
        self.clean(&text.clean_output())
    }

    /// Any other text that we did not write.
    pub fn text(&mut self, text: &str) -> Redacted {
        self.clean(&Clean::of(text))
    }

    pub fn clean(&mut self, text: &Clean) -> Redacted {
        let mut replaced = self.replace(text);
        // Each round leaves fewer letters that are not of a mark, so this ends; the bound is for texts made to be slow.
        for _ in 0..ROUNDS {
            let Some(last) = &replaced else { break };
            match self.replace(last) {
                Some(next) => replaced = Some(next),
                None => break,
            }
        }
        let text = match (&replaced, self.secrets) {
            (Some(replaced), Secrets::Replace) => replaced,
            _ => text,
        };
        Redacted(text.as_str().into())
    }

    /// What was found so far, kept or replaced.
    pub fn found(&self) -> &Found {
        &self.found
    }

    /// The first places of what was found, in order.
    pub fn seen(&self) -> &[Seen] {
        &self.seen
    }

    /// The text with a mark in place of each secret; nothing where there is none.
    fn replace(&mut self, text: &Clean) -> Option<Clean> {
        let hits = self.scanner.scan(text);
        if hits.is_empty() {
            return None;
        }
        let piece = |range: Range<usize>| text.as_str().get(range).unwrap_or_default();
        let mut out = String::with_capacity(text.as_str().len());
        let mut marks = Vec::new();
        let mut from = 0;
        for hit in &hits {
            let value = piece(hit.range.clone());
            out.push_str(piece(from..hit.range.start));
            let start = out.len();
            out.push_str(&self.scanner.mark(hit.rule, value));
            marks.push(start..out.len());
            from = hit.range.end;
            *self.found.0.entry(hit.rule).or_default() += 1;
        }
        out.push_str(piece(from..text.as_str().len()));
        let out = Clean::from(out);
        let left = SEEN.saturating_sub(self.seen.len());
        for (hit, mark) in hits.iter().zip(marks).take(left) {
            let value = piece(hit.range.clone());
            self.seen.push(Seen {
                rule: hit.rule,
                preview: preview(value),
                before: before(&out, mark.start),
                after: after(&out, mark.end),
                fingerprint: fingerprint(value),
            });
        }
        Some(out)
    }
}

/// What stands for a value in the user's list of what is no secret: the first 16 hexadecimal digits of its SHA-256, as
/// `printf %s VALUE | sha256sum` prints them. Characters that hide do not count.
pub fn fingerprint(value: &str) -> String {
    let value = sight::Sight::of(value);
    let mut digits = crate::digest::sha256(value.text().as_bytes());
    digits.truncate(16);
    digits
}

/// Short secrets show less of themselves.
fn preview(value: &str) -> Clean {
    let letters = value.chars().count();
    let shown = (letters / 4).min(4);
    let start: String = value.chars().take(shown).collect();
    Clean::from(format!("{start}.. ({letters} characters)")).flat()
}

fn before(text: &Clean, at: usize) -> Clean {
    let whole = text.as_str().get(..at).unwrap_or_default();
    let start = whole.char_indices().rev().take(CONTEXT).last();
    text.piece(start.map_or(at, |(start, _)| start)..at).flat()
}

fn after(text: &Clean, at: usize) -> Clean {
    let whole = text.as_str().get(at..).unwrap_or_default();
    let end = whole.char_indices().nth(CONTEXT);
    let end = at + end.map_or(whole.len(), |(end, _)| end);
    text.piece(at..end).flat()
}

#[cfg(test)]
mod tests;
