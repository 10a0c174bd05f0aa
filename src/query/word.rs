//! What people type to find text: how it is written, and where it stands.

use regex::{Regex, RegexBuilder};

use super::needle::{Needle, distance};

/// A compiled pattern is no larger than this, so a few letters cannot ask for all memory.
const PATTERN_MAX: usize = 1 << 20;
/// Of so many letters are words that hold sentences together.
const SLIGHT: usize = 2;

/// Letters to look for: in titles, projects, branches and ids, and in what was said.
#[derive(Clone, Debug)]
pub struct Word {
    pub(super) raw: Box<str>,
    /// What is looked for, without the marks of its form.
    pub text: Box<str>,
    pub needle: Needle,
    pub form: Form,
    /// It has hits only beside those of other words that are asked for with it: see [`crate::search::places`].
    pub is_aside: bool,
    /// Of the form of that name only.
    pattern: Option<Pattern>,
}

/// How a word matches.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// As people half remember it: the start of a word, a part, or most of its letters in order.
    Plain,
    /// Between quotes: as it stands.
    Phrase,
    /// After `=`: a whole word.
    Whole,
    /// After `~`: with slips of the fingers, or any letters in order.
    Loose,
    /// Between slashes: a regular expression.
    Pattern,
}

impl Form {
    /// What the mark before a word says, and the word.
    pub(super) fn of(text: &str) -> (Form, &str) {
        let marks = [('=', Form::Whole), ('~', Form::Loose)];
        let marked = marks.map(|(mark, form)| Some((form, text.strip_prefix(mark)?)));
        marked
            .into_iter()
            .flatten()
            .next()
            .unwrap_or((Form::Plain, text))
    }
}

/// The text decides what is asked; a pattern follows from it.
impl PartialEq for Word {
    fn eq(&self, other: &Word) -> bool {
        self.raw == other.raw && self.form == other.form && self.needle == other.needle
    }
}

impl Word {
    pub(super) fn new(raw: &str, text: &str, form: Form) -> Word {
        Word {
            raw: raw.into(),
            text: text.into(),
            needle: Needle::new(text),
            form,
            is_aside: false,
            pattern: None,
        }
    }

    /// Whether it is so short that it stands in almost every line.
    pub(super) fn is_slight(&self) -> bool {
        let is_short = self.needle.letters().len() <= SLIGHT;
        self.form == Form::Plain && is_short && self.text.chars().all(|c| c.is_ascii_alphanumeric())
    }

    /// These letters with slips of the fingers, or with others between them.
    pub fn loose(text: &str) -> Word {
        Word::new(text, text, Form::Loose)
    }

    /// These letters as they stand.
    pub fn phrase(text: &str) -> Word {
        Word::new(text, text, Form::Phrase)
    }

    /// What is typed where there is no query: a pattern between slashes, or letters as they stand.
    pub fn typed(text: &str) -> Word {
        match Pattern::between_slashes(text) {
            Some(Ok(pattern)) => Word::pattern(text, pattern),
            _ => Word::phrase(text),
        }
    }

    pub(super) fn pattern(raw: &str, pattern: Pattern) -> Word {
        Word {
            pattern: Some(pattern.clone()),
            ..Word::new(raw, pattern.0.as_str(), Form::Pattern)
        }
    }

    /// The value of a field: any form of a word.
    pub(super) fn of_value(value: &str) -> Result<Word, String> {
        let quoted = |text: &str| Some(text.strip_prefix('"')?.strip_suffix('"')?.to_owned());
        if let Some(read) = Pattern::between_slashes(value) {
            return Ok(Word::pattern(value, read?));
        }
        let (form, rest) = Form::of(value);
        Ok(match quoted(rest) {
            Some(inner) if form == Form::Plain => Word::new(value, &inner, Form::Phrase),
            Some(inner) => Word::new(value, &inner, form),
            None => Word::new(value, rest, form),
        })
    }

    /// What a text that it finds holds as it stands, but for case and accents; none where it may hold something else.
    pub fn plain_needle(&self) -> Option<&Needle> {
        matches!(self.form, Form::Plain | Form::Phrase | Form::Whole).then_some(&self.needle)
    }

    pub(super) fn describe(&self) -> String {
        match self.form {
            Form::Plain => self.text.to_string(),
            Form::Phrase => format!("\"{}\"", self.text),
            Form::Whole => format!("the word {}", self.text),
            Form::Loose => format!("about {}", self.text),
            Form::Pattern => format!("the pattern {}", self.text),
        }
    }

    /// Where it stands first in a text at or after byte `from`: start and end. This is the strict reading, by which
    /// conversations are searched; what is half remembered is found in titles only, or after `~`.
    pub fn find(&self, text: &str, from: usize) -> Option<(usize, usize)> {
        if let Some(Pattern(pattern)) = &self.pattern {
            let found = pattern.find_at(text, from)?;
            return Some((found.start(), found.end()));
        }
        if self.form == Form::Loose {
            return self
                .standing(text, from, &|_, _| true)
                .or_else(|| self.misspelt(text, from));
        }
        // Only a word of one script with spaces has a start that people would miss; numbers, names of code and writing
        // without spaces are found wherever they stand.
        let is_plain = self.text.chars().all(|c| c.is_ascii_alphabetic());
        match self.form {
            Form::Plain if is_plain => self.standing(text, from, &|start, _| is_start(text, start)),
            Form::Whole => self.standing(text, from, &|start, end| {
                is_start(text, start) && is_end(text, end)
            }),
            _ => self.standing(text, from, &|_, _| true),
        }
    }

    fn standing(
        &self,
        text: &str,
        mut from: usize,
        fits: &dyn Fn(usize, usize) -> bool,
    ) -> Option<(usize, usize)> {
        if self.needle.letters().is_empty() {
            return None;
        }
        loop {
            let (start, end) = self.needle.find(text, from)?;
            if fits(start, end) {
                return Some((start, end));
            }
            from = start + text.get(start..)?.chars().next()?.len_utf8();
        }
    }

    /// A word of the text that differs by a slip of the fingers: one up to 7 letters, two above.
    fn misspelt(&self, text: &str, from: usize) -> Option<(usize, usize)> {
        let typed = self.needle.letters();
        let most = most_slips(typed.len())?;
        let rest = text.get(from..)?;
        let mut at = from;
        for piece in rest.split_inclusive(|c: char| !c.is_alphanumeric()) {
            let word = piece.trim_end_matches(|c: char| !c.is_alphanumeric());
            let letters: Vec<char> = word.chars().map(|c| self.needle.seen(c)).collect();
            if distance(typed, &letters, most).is_some() {
                return Some((at, at + word.len()));
            }
            at += piece.len();
        }
        None
    }
}

/// How many slips a word of so many letters may have; none for those too short to tell.
pub fn most_slips(letters: usize) -> Option<usize> {
    match letters {
        0..4 => None,
        4..8 => Some(1),
        _ => Some(2),
    }
}

/// A regular expression, in time that grows with the text alone.
#[derive(Clone, Debug)]
pub struct Pattern(Regex);

impl PartialEq for Pattern {
    fn eq(&self, other: &Pattern) -> bool {
        self.0.as_str() == other.0.as_str()
    }
}

impl Pattern {
    /// Smart case as for words, unless the case is said not to count. The error is one line for people.
    pub fn new(text: &str, any_case: bool) -> Result<Pattern, String> {
        let has_capital = || {
            // What follows a backslash is no letter that is looked for.
            let mut before = ' ';
            text.chars().any(|c| {
                let asked = c.is_uppercase() && before != '\\';
                before = if before == '\\' { ' ' } else { c };
                asked
            })
        };
        let built = RegexBuilder::new(text)
            .case_insensitive(any_case || !has_capital())
            .multi_line(true)
            .size_limit(PATTERN_MAX)
            .dfa_size_limit(PATTERN_MAX)
            .build();
        match built {
            Ok(pattern) => Ok(Pattern(pattern)),
            Err(regex::Error::CompiledTooBig(_)) => Err("the pattern asks for too much".into()),
            Err(error) => {
                let error = error.to_string();
                let last = error.lines().last().unwrap_or_default();
                Err(last.trim_start_matches("error: ").to_owned())
            }
        }
    }

    /// What stands between two slashes, with an `i` behind them or not; absent where there are none.
    pub fn between_slashes(value: &str) -> Option<Result<Pattern, String>> {
        let body = value.strip_prefix('/')?;
        let (text, any_case) = match body.strip_suffix("/i") {
            Some(text) => (text, true),
            None => (body.strip_suffix('/')?, false),
        };
        (!text.is_empty()).then(|| Pattern::new(text, any_case))
    }

    pub fn is_in(&self, text: &str) -> bool {
        self.0.is_match(text)
    }

    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

/// Whether a word of prose or of code starts at `at`: `auth` in `userAuth`, `user_auth` and `user auth`.
pub fn is_start(text: &str, at: usize) -> bool {
    let before = text.get(..at).and_then(|t| t.chars().next_back());
    let here = text.get(at..).and_then(|t| t.chars().next());
    match (before, here) {
        (Some(a), Some(b)) => !a.is_alphanumeric() || is_seam(a, b),
        _ => true,
    }
}

pub fn is_end(text: &str, at: usize) -> bool {
    let before = text.get(..at).and_then(|t| t.chars().next_back());
    let here = text.get(at..).and_then(|t| t.chars().next());
    match (before, here) {
        (Some(a), Some(b)) => !b.is_alphanumeric() || is_seam(a, b),
        _ => true,
    }
}

/// Whether a name of code goes on with another word between these letters.
fn is_seam(a: char, b: char) -> bool {
    let numeric = a.is_alphanumeric() && b.is_alphanumeric() && a.is_numeric() != b.is_numeric();
    a.is_lowercase() && b.is_uppercase() || numeric
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(value: &str, text: &str) -> Vec<String> {
        let word = Word::of_value(value).unwrap();
        let (mut from, mut found) = (0, Vec::new());
        while let Some((start, end)) = word.find(text, from) {
            found.push(text[start..end].to_owned());
            from = end.max(start + 1);
        }
        found
    }

    #[test]
    fn words_are_found_where_they_begin() {
        let text = "Refactoring the userRefactor, pre_refactor and unrefactored REFACTOR2";
        assert_eq!(
            places("refact", text),
            ["Refact", "Refact", "refact", "REFACT"]
        );
        assert_eq!(
            places("=refactor", text),
            ["Refactor", "refactor", "REFACTOR"]
        );
        assert_eq!(places("REFACT", text), ["REFACT"]);
        assert_eq!(places("\"the user\"", text), ["the user"]);
    }

    #[test]
    fn names_of_code_and_other_scripts_are_found_anywhere() {
        assert_eq!(places("adfab1", "at 0xdeadfab1"), ["adfab1"]);
        assert_eq!(places("_case::", "a snake_case::b"), ["_case::"]);
        assert_eq!(places("検索", "全文検索と検索"), ["検索", "検索"]);
    }

    #[test]
    fn slips_are_found_when_asked_for() {
        assert_eq!(
            places("~midleware", "the middleware, a Midlewear"),
            ["middleware", "Midlewear"]
        );
        assert!(places("midleware", "the middleware").is_empty());
    }

    #[test]
    fn patterns_have_a_size() {
        assert_eq!(
            places("/fail(ed|ure)/", "Failed: a failure"),
            ["Failed", "failure"]
        );
        assert_eq!(places(r"/\S+ED/", "aED bed"), ["aED"]);
        assert_eq!(places("/AB/i", "ab"), ["ab"]);
        assert!(Word::of_value("/(/").unwrap_err().contains("unclosed"));
        assert!(Word::of_value("/((a{99}){99}){99}/").is_err());
    }
}
