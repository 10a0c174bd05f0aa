//! The mask of the screen, for demos: what an export would replace is shown as the same marks.
//!
//! It acts on whole texts, before anything is cut or wrapped, and knows the way back, so that what is copied from under it
//! is what was written.

use std::fmt;
use std::ops::Range;
use std::sync::OnceLock;

use super::Scanner;
use crate::text::{Clean, TITLE_CHARS};

/// So often a text is looked at again after something was hidden, as on the way out.
const ROUNDS: usize = 8;

/// Hides secrets, and what names the person and the machine.
pub struct Mask {
    made: OnceLock<Scanner>,
    make: Box<dyn Fn() -> Scanner + Send + Sync>,
}

impl Mask {
    /// The scanner is made when the first text comes: most runs never need it.
    pub fn new(make: impl Fn() -> Scanner + Send + Sync + 'static) -> Mask {
        Mask {
            made: OnceLock::new(),
            make: Box::new(make),
        }
    }

    pub(super) fn scanner(&self) -> &Scanner {
        self.made.get_or_init(&self.make)
    }

    /// A text with marks in place of what is hidden; absent where nothing is.
    pub fn hide(&self, text: &Clean) -> Option<Masked> {
        let mut masked = Masked {
            text: text.as_str().to_owned(),
            edits: Vec::new(),
        };
        let is_hidden = (0..ROUNDS)
            .take_while(|_| masked.hide(self.scanner()))
            .count()
            > 0;
        is_hidden.then_some(masked)
    }

    /// A short text as it may be shown.
    pub fn clean(&self, text: &Clean) -> Clean {
        let masked = self.hide(text);
        masked.map_or_else(|| text.clone(), |masked| Clean::of(&masked.text))
    }

    /// A title, which was cut before anybody looked: what may be half a word of it is left out.
    pub fn title(&self, text: &Clean) -> Clean {
        let whole = text.as_str();
        if whole.chars().count() < TITLE_CHARS && !whole.ends_with("..") {
            return self.clean(text);
        }
        // What has no spaces between words is not written in letters of secrets either.
        let ends = |c: char| c == ' ' || !c.is_ascii();
        let last = whole.char_indices().rfind(|(_, c)| ends(*c));
        let kept = last.map_or(0, |(at, c)| at + c.len_utf8());
        let kept = self.clean(&text.piece(0..kept));
        Clean::join([&kept, &"..".into()])
    }

    /// The same of a text that is not cut yet.
    pub fn title_of(&self, text: &str) -> Clean {
        // More than a title shows, so that a secret in it is whole.
        let head = crate::text::floor_boundary(text, 16 << 10);
        let folded: String = head
            .split_whitespace()
            .fold(String::new(), |mut all, word| {
                if all.len() < 64 * TITLE_CHARS {
                    all.push_str(word);
                    all.push(' ');
                }
                all
            });
        Clean::title(self.clean(&Clean::of(&folded)).as_str())
    }
}

impl fmt::Debug for Mask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Mask")
    }
}

/// There is one for each state of the settings.
impl PartialEq for Mask {
    fn eq(&self, other: &Mask) -> bool {
        std::ptr::eq(self, other)
    }
}

/// A text with marks in it, and the way back.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Masked {
    pub text: String,
    /// Where each mark stands, and what stood there before, in order.
    edits: Vec<(Range<usize>, Range<usize>)>,
}

impl Masked {
    /// One round; whether anything was found in it.
    fn hide(&mut self, scanner: &Scanner) -> bool {
        let hits = scanner.scan(&Clean::of(&self.text));
        let mut text = String::with_capacity(self.text.len());
        let mut edits: Vec<(Range<usize>, Range<usize>)> = Vec::new();
        let mut old = self.edits.iter().peekable();
        let mut from = 0;
        for hit in &hits {
            let start = self.before(hit.range.start);
            let end = self.behind(hit.range.end);
            // Marks that stay move by what grew before them.
            let moved = text.len() + hit.range.start - from;
            while let Some((mark, was)) = old.next_if(|(mark, _)| mark.end <= hit.range.start) {
                let at = text.len() + mark.start - from;
                edits.push((at..at + mark.len(), was.clone()));
            }
            while old
                .next_if(|(mark, _)| mark.start < hit.range.end)
                .is_some()
            {}
            text.push_str(self.text.get(from..hit.range.start).unwrap_or_default());
            let value = self.text.get(hit.range.clone()).unwrap_or_default();
            text.push_str(&scanner.mark(hit.rule, value));
            edits.push((moved..text.len(), start..end));
            from = hit.range.end;
        }
        if hits.is_empty() {
            return false;
        }
        for (mark, was) in old {
            let at = text.len() + mark.start - from;
            edits.push((at..at + mark.len(), was.clone()));
        }
        text.push_str(self.text.get(from..).unwrap_or_default());
        (self.text, self.edits) = (text, edits);
        true
    }

    /// The bytes of the text before that a range of this one stands for; of a mark always all that it hides.
    pub fn origin(&self, range: Range<usize>) -> Range<usize> {
        let start = self.before(range.start);
        start..self.behind(range.end).max(start)
    }

    /// Where a range of the text before stands in this one; all of a mark where any of it is hidden.
    pub fn place(&self, range: Range<usize>) -> Range<usize> {
        let at = |at: usize, is_end: bool| {
            let mut moved = at;
            for (mark, was) in &self.edits {
                if was.end <= at {
                    moved = mark.end + (at - was.end);
                } else if was.start < at || was.start == at && !is_end {
                    return if is_end { mark.end } else { mark.start };
                } else {
                    break;
                }
            }
            moved
        };
        let start = at(range.start, false);
        start..at(range.end, true).max(start)
    }

    /// Where what begins here began.
    fn before(&self, at: usize) -> usize {
        match self.edits.iter().rfind(|(mark, _)| mark.start <= at) {
            Some((mark, was)) if at < mark.end => was.start,
            Some((mark, was)) => was.end + (at - mark.end),
            None => at,
        }
    }

    /// Where what ends here ended.
    fn behind(&self, at: usize) -> usize {
        match self.edits.iter().rfind(|(mark, _)| mark.start < at) {
            Some((mark, was)) if at <= mark.end => was.end,
            Some((mark, was)) => was.end + (at - mark.end),
            None => at,
        }
    }
}
