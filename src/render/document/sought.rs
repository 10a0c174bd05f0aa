//! What is looked for in a conversation, and how often a message has it.
//!
//! A hit is what [`crate::search::places`] says it is. Of the words of a query each part of a message has as many as the
//! search counts in it; a text that was typed in the reader is looked for in all texts, also in what tools answered and
//! in records that are new in their format.

use super::super::blocks::{Whose, result_of};
use super::marking::Drawn;
use crate::model::{Message, Part, ToolResult};
use crate::query::{Form, Query, Scope, Word};
use crate::search::standing::Fitting;
use crate::search::{Fit, each_text_of, line_at, places};

/// Hits of a message by its key: its parts that have some, and how many each has.
pub type Told = (u64, Vec<(usize, usize)>);

/// Something to look for; nothing by default.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct Sought {
    /// Any of these is marked where it is drawn.
    pub(super) words: Vec<Word>,
    /// What is counted; absent where it is the text that was typed.
    query: Option<Query>,
    /// In texts of these scopes.
    scopes: Vec<Scope>,
}

/// A place in a text of a part.
pub(super) struct Place {
    /// Which text, where its lines know the bytes that they show.
    pub whose: Option<Whose>,
    pub start: usize,
    pub end: usize,
    /// The line it stands on: which of its text, how far in it, and what is around the place there.
    pub line: usize,
    pub column: usize,
    pub near: Box<str>,
    /// Bytes of that before the place.
    pub in_near: usize,
}

impl Place {
    /// Whether the same stands around a place on the page.
    pub fn is_like(&self, drawn: &Drawn) -> bool {
        let from = drawn.at.checked_sub(self.in_near);
        let rest = from.and_then(|from| drawn.text.get(from..));
        rest.is_some_and(|rest| rest.starts_with(&*self.near))
    }
}

/// So many bytes before a place and behind it tell it from others.
const NEAR: usize = 24;

impl Sought {
    /// A text as it stands, or a pattern between slashes; nothing where that is empty.
    pub fn typed(text: &str) -> Sought {
        let word = (!text.is_empty()).then(|| Word::typed(text));
        Sought {
            scopes: word.iter().flat_map(|_| Scope::ALL).collect(),
            words: word.into_iter().collect(),
            query: None,
        }
    }

    /// What a query looks for, as the search through conversations does.
    pub fn query(query: &Query) -> Sought {
        let listens = |scope: &Scope| {
            let mut listens = false;
            query.each_sought(&mut |sought, negated| {
                listens |= !negated && places::listens_to(sought, *scope);
            });
            listens
        };
        Sought {
            words: query.words(),
            query: Some(query.clone()),
            scopes: Scope::ALL.into_iter().filter(listens).collect(),
        }
    }

    /// Whether all of it stands in a text as it was typed.
    pub(super) fn is_plain(&self) -> bool {
        self.words.iter().all(|word| word.form == Form::Phrase)
    }

    pub(super) fn is_nothing(&self) -> bool {
        self.scopes.is_empty()
    }

    /// How many hits each part of a message has, where it has any.
    pub fn places(&self, message: &Message) -> Vec<(usize, usize)> {
        let parts = 0..message.parts.len();
        let counts = parts.map(|n| (n, self.count_of(message, n)));
        counts.filter(|(_, count)| *count > 0).collect()
    }

    /// How many hits one part has, with all that is drawn under it. A result is drawn with the call before it and has no
    /// place of its own.
    fn count_of(&self, message: &Message, n: usize) -> usize {
        if n > 0 && result_of(message, n - 1).is_some() {
            return 0;
        }
        let mut count = 0;
        self.each_text(message, n, &mut |scope, _, text| {
            count += self.places_in(scope, text).len();
        });
        count
    }

    /// How many of the hits of a call stand in what it was given.
    pub(super) fn given(&self, message: &Message, n: usize) -> usize {
        let mut count = 0;
        self.each_text(message, n, &mut |scope, whose, text| {
            if whose != Some(Whose::Output) {
                count += self.places_in(scope, text).len();
            }
        });
        count
    }

    /// The hits of a part in their order, with the place of each.
    pub(super) fn places_of(&self, message: &Message, n: usize) -> Vec<Place> {
        let mut all = Vec::new();
        self.each_text(message, n, &mut |scope, whose, text| {
            let (mut line, mut counted) = (0, 0);
            for (start, end) in self.places_in(scope, text) {
                let before = text.get(counted..start).unwrap_or_default();
                line += memchr::memchr_iter(b'\n', before.as_bytes()).count();
                counted = start;
                let (near, in_near) = near(text, start, end);
                let head = text.get(..start).unwrap_or_default().as_bytes();
                let feed = memchr::memrchr(b'\n', head);
                all.push(Place {
                    whose,
                    start,
                    end,
                    line,
                    column: start - feed.map_or(0, |feed| feed + 1),
                    near: near.into(),
                    in_near,
                });
            }
        });
        all
    }

    /// Which hit of a part is meant most likely, and how much of the query stands there: the first where all words stand
    /// one behind the other, or on the line that has most of them.
    pub(super) fn best_of(&self, message: &Message, n: usize) -> Option<(Fit, usize)> {
        let query = self.query.as_ref()?;
        let (mut best, mut before) = (None, 0);
        self.each_text(message, n, &mut |scope, _, text| {
            let places = self.places_in(scope, text);
            let Some((first, _)) = places.first() else {
                return;
            };
            let mut tell = |fit: Fit, nth: usize| {
                if best.is_none_or(|(known, _)| fit > known) {
                    best = Some((fit, before + nth));
                }
            };
            let fitting = Fitting::new(query, scope, text);
            // They may go on over the end of a line.
            if let Some(at) = fitting.row() {
                tell(Fit::Row, places.partition_point(|(start, _)| *start < at));
            }
            let mut line = line_at(text, *first);
            tell(fitting.of(text.get(line.clone()).unwrap_or_default()), 0);
            for (nth, (start, _)) in places.iter().enumerate() {
                if *start > line.end {
                    line = line_at(text, *start);
                    tell(fitting.of(text.get(line.clone()).unwrap_or_default()), nth);
                }
            }
            before += places.len();
        });
        best
    }

    fn places_in(&self, scope: Scope, text: &str) -> Vec<(usize, usize)> {
        if let Some(query) = &self.query {
            return places::of_query(query, scope, text);
        }
        places::of_words(&self.words, text)
    }

    /// Whether texts of a scope are looked through.
    fn listens_to(&self, scope: Scope) -> bool {
        self.scopes.contains(&scope)
    }

    /// Tells the texts of a part that are looked through, with all that is drawn under it.
    fn each_text(
        &self,
        message: &Message,
        n: usize,
        tell: &mut dyn FnMut(Scope, Option<Whose>, &str),
    ) {
        let Some(part) = message.parts.get(n) else {
            return;
        };
        let asked = |scope| self.listens_to(scope);
        let whose = match part {
            Part::ToolCall(_) | Part::Attachment { .. } => None,
            _ => Some(Whose::Said),
        };
        match part {
            // To read arguments costs more than to see that they have nothing of it.
            Part::ToolCall(_) if !self.may_be_given(part) => {}
            Part::Unknown { kind, json } if self.query.is_none() => {
                tell(Scope::System, None, kind);
                tell(Scope::System, None, json.untrusted());
            }
            // What is typed is looked for as it was written: to clean all of a long session would take longer than to type.
            Part::Text(text) | Part::Thinking(Some(text)) | Part::Notice { text, .. }
                if self.query.is_none() =>
            {
                tell(Scope::System, whose, text.untrusted());
            }
            Part::ToolResult(result) if self.takes_as_written(result) => {
                tell(Scope::Output, whose, result.output.untrusted());
            }
            part => each_text_of(message.role, part, &asked, &mut |scope, text| {
                tell(scope, whose, text);
            }),
        }
        let Some(result) = result_of(message, n) else {
            return;
        };
        if self.takes_as_written(result) {
            tell(
                Scope::Output,
                Some(Whose::Output),
                result.output.untrusted(),
            );
        } else if let Some(result) = message.parts.get(n + 1) {
            each_text_of(message.role, result, &asked, &mut |scope, text| {
                tell(scope, Some(Whose::Output), text);
            });
        }
    }

    /// Whether what a tool answered is looked through as it was written: colours stand between letters.
    fn takes_as_written(&self, result: &ToolResult) -> bool {
        self.query.is_none()
            && memchr::memchr(b'\x1b', result.output.untrusted().as_bytes()).is_none()
    }

    /// Whether a call may have been given it: not where no word stands in what was written, unless that hides letters.
    fn may_be_given(&self, part: &Part) -> bool {
        let Part::ToolCall(call) = part else {
            return true;
        };
        let has_fields = || {
            let mut has = false;
            if let Some(query) = &self.query {
                query.each_sought(&mut |sought, _| {
                    has |= matches!(sought, crate::query::Sought::Field(_));
                });
            }
            has
        };
        let input = call.input.untrusted();
        let is_in = |word: &Word| {
            let Some(needle) = word.plain_needle() else {
                return true;
            };
            let is_hidden = |c: &char| matches!(c, '"' | '\\' | '/') || c.is_control();
            needle.letters().iter().any(is_hidden)
                || needle.is_in(&call.tool.name)
                || needle.is_in(input)
                || call
                    .target
                    .iter()
                    .any(|text| needle.is_in(text.untrusted()))
                || (call.edits.iter().filter_map(|edit| edit.path.as_ref()))
                    .any(|path| needle.is_in(path.untrusted()))
        };
        self.words.iter().any(is_in)
            || memchr::memmem::find(input.as_bytes(), b"\\u").is_some()
            || has_fields()
    }
}

/// What stands around a place on its line, by which it is found again where it is drawn, and the bytes of that before it.
fn near(text: &str, start: usize, end: usize) -> (&str, usize) {
    let floor = |mut at: usize| {
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let from = floor(start.saturating_sub(NEAR));
    let to = floor((end + NEAR).min(text.len())).max(end);
    let before = text.get(from..start).unwrap_or_default();
    let behind = text.get(end..to).unwrap_or_default();
    let from = before.rfind('\n').map_or(from, |feed| from + feed + 1);
    let to = behind.find('\n').map_or(to, |feed| end + feed);
    let near = text.get(from..to).unwrap_or_default();
    let trimmed = near.trim_start();
    let from = from + near.len() - trimmed.len();
    (trimmed.trim_end(), start.saturating_sub(from))
}
