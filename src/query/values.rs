//! What stands behind a field's colon: values read once, then held against every row.

use super::Scope;
use super::dates::{self, Tense};
use super::fields::{Field, FieldKind, Get};
use super::flags::{FLAGS, flag};
use super::gist::holding;
use super::glob::Glob;
use super::needle::Needle;
use super::numbers::number;
use super::word::{Form, Pattern, Word};
use super::{Context, dates::Span};
use crate::model::mark::NONE;
use crate::model::{Holding, Row, SourceId};

/// Why a value makes no test.
#[derive(Debug)]
pub enum Wrong {
    /// It cannot be; the reason for people.
    Value(String),
    /// It may become one with the next keys.
    Incomplete,
}

/// A field and its values: any of some, none of others.
#[derive(Clone, Debug)]
pub struct Test {
    pub field: &'static Field,
    /// The whole clause as typed.
    pub raw: Box<str>,
    pub(super) any: Vec<Check>,
    pub(super) none: Vec<Check>,
}

/// Fields are told apart by name; the text decides what is asked of one, and the reading how it was understood.
impl PartialEq for Test {
    fn eq(&self, other: &Test) -> bool {
        self.field.name == other.field.name
            && self.raw == other.raw
            && self.any == other.any
            && self.none == other.none
    }
}

/// One value and its reading in words.
#[derive(Clone, PartialEq, Debug)]
pub struct Check {
    pub what: What,
    pub said: String,
}

#[derive(Clone, PartialEq, Debug)]
pub enum What {
    /// `?`: the value is unknown.
    Unknown,
    Source(Vec<SourceId>),
    Has(Needle),
    Is(Needle),
    /// `=` before a path, whatever the field shows.
    InDir(Needle),
    Glob(Glob),
    Pattern(Pattern),
    /// Somewhere in what was said.
    Said(Word),
    /// In billionths, from and up to but not including.
    Number(Option<i128>, Option<i128>),
    Time(Span),
    Flag(&'static str),
    Holding(Holding),
}

/// The values behind a colon, each as it is written: a comma between quotes is part of one.
pub fn listed(values: &str) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    values.split(move |c| {
        quoted ^= c == '"';
        c == ',' && !quoted
    })
}

impl Test {
    /// Reads everything behind the colon.
    pub fn parse(
        field: &'static Field,
        raw: &str,
        values: &str,
        context: &Context,
    ) -> Result<Test, Wrong> {
        let mut test = Test {
            field,
            raw: raw.into(),
            any: Vec::new(),
            none: Vec::new(),
        };
        for value in listed(values) {
            let (list, value) = match value.strip_prefix('!') {
                Some(rest) => (&mut test.none, rest),
                None => (&mut test.any, value),
            };
            // The empty end of a list being typed takes nothing from the values before it.
            if !unquoted(value).is_empty() {
                list.push(check(field, value, context)?);
            }
        }
        if test.any.is_empty() && test.none.is_empty() {
            return Err(Wrong::Incomplete);
        }
        Ok(test)
    }

    pub fn matches(&self, row: &Row) -> bool {
        let holds = |check: &Check| check.holds(self.field, row);
        (self.any.is_empty() || self.any.iter().any(holds)) && !self.none.iter().any(holds)
    }

    /// Where it looks, if that is in what was said and not in the row.
    pub fn scope(&self) -> Option<Scope> {
        match self.field.get {
            Get::Said(scope) => Some(scope),
            _ => None,
        }
    }

    /// Where one of its words stands first in a text of its scope, at or after byte `from`.
    pub fn find(&self, text: &str, from: usize) -> Option<(usize, usize)> {
        let places = self.any.iter().filter_map(|check| check.find(text, from));
        places.min()
    }

    /// Whether a text of its scope has something that it leaves out.
    pub fn bars(&self, text: &str) -> bool {
        self.none.iter().any(|check| check.find(text, 0).is_some())
    }

    /// Words of which a text that it finds holds one. Absent where that cannot be said before reading.
    pub fn needles(&self) -> Option<Vec<&Needle>> {
        let needles = self.any.iter().map(|check| match &check.what {
            What::Said(word) => word.plain_needle(),
            _ => None,
        });
        let needles: Option<Vec<&Needle>> = needles.collect();
        needles.filter(|all| !all.is_empty() && self.none.is_empty())
    }

    /// The words that it looks for in what was said.
    pub fn words(&self) -> impl Iterator<Item = &Word> {
        self.any.iter().filter_map(|check| match &check.what {
            What::Said(word) => Some(word),
            _ => None,
        })
    }

    /// Whether it leaves out anything.
    pub fn bars_anything(&self) -> bool {
        !self.none.is_empty()
    }

    /// Whether it only leaves out.
    pub fn only_bars(&self) -> bool {
        self.any.is_empty()
    }

    /// The flags it asks for by name.
    pub fn flags(&self) -> impl Iterator<Item = &'static str> {
        self.any.iter().filter_map(|check| match check.what {
            What::Flag(name) => Some(name),
            _ => None,
        })
    }

    /// Whether it asks for a flag, or for its absence.
    pub fn mentions(&self, flag: &str) -> bool {
        let is_it = |check: &Check| matches!(check.what, What::Flag(name) if name == flag);
        self.any.iter().chain(&self.none).any(is_it)
    }

    /// Its reading in words: `cost above $1`.
    pub fn describe(&self) -> String {
        let said = |checks: &[Check]| {
            let said: Vec<&str> = checks.iter().map(|c| c.said.as_str()).collect();
            said.join(" or ")
        };
        let label = match self.field.label {
            "" => String::new(),
            label => format!("{label} "),
        };
        match (self.any.is_empty(), self.none.is_empty()) {
            (false, true) => format!("{label}{}", said(&self.any)),
            (true, _) => format!("not {label}{}", said(&self.none)),
            (false, false) => format!("{label}{} but not {}", said(&self.any), said(&self.none)),
        }
    }
}

impl Check {
    fn find(&self, text: &str, from: usize) -> Option<(usize, usize)> {
        match &self.what {
            What::Said(word) => word.find(text, from),
            What::Glob(glob) => (from == 0 && glob.fits(text)).then_some((0, text.len())),
            _ => None,
        }
    }

    fn holds(&self, field: &Field, row: &Row) -> bool {
        match (&self.what, field.get) {
            (What::Flag(name), _) => FLAGS.iter().any(|f| f.name == *name && (f.holds)(row)),
            (What::Source(ids), _) => ids.contains(&row.id().source),
            (What::InDir(path), _) => {
                let dir = row.session.dir.as_deref();
                dir.is_some_and(|dir| path.is(&dir.to_string_lossy()))
            }
            (What::Unknown, get) => is_unknown(get, row),
            (What::Number(from, to), Get::Number(get)) => is_within(get(row), from, to),
            (What::Time(span), Get::Time(get)) => get(row).is_some_and(|at| span.holds(at)),
            // As a list writes it where several are called the same.
            (What::Has(needle), _)
                if field.name == "project" && needle.letters().contains(&'/') =>
            {
                let dir = row.session.dir.as_deref();
                let parts = needle.letters().iter().filter(|c| **c == '/').count() + 1;
                dir.is_some_and(|dir| needle.is_in(&last_parts(&dir.to_string_lossy(), parts)))
            }
            (what, Get::Texts(get)) => {
                let mut found = false;
                get(row, &mut |text| {
                    found = found
                        || match what {
                            What::Has(needle) => needle.is_in(text),
                            What::Is(needle) => needle.is(text),
                            What::Glob(glob) => glob.fits(text),
                            What::Pattern(pattern) => pattern.is_in(text),
                            _ => false,
                        };
                });
                found
            }
            _ => false,
        }
    }
}

/// The last parts of a path.
fn last_parts(path: &str, parts: usize) -> String {
    let mut last: Vec<&str> = path.rsplit('/').take(parts).collect();
    last.reverse();
    last.join("/")
}

/// Whether a number is known and lies between two others.
pub(super) fn is_within(n: Option<i128>, from: &Option<i128>, to: &Option<i128>) -> bool {
    n.is_some_and(|n| from.is_none_or(|from| n >= from) && to.is_none_or(|to| n < to))
}

fn is_unknown(get: Get, row: &Row) -> bool {
    match get {
        Get::Texts(get) => {
            let mut known = false;
            get(row, &mut |_| known = true);
            !known
        }
        Get::Number(get) => get(row).is_none(),
        Get::Time(get) => get(row).is_none(),
        Get::Source | Get::Flag | Get::Said(_) | Get::Gist(_) | Get::Holds => false,
    }
}

fn check(field: &Field, value: &str, context: &Context) -> Result<Check, Wrong> {
    let made = |what: What, said: String| Ok(Check { what, said });
    let is_listed = matches!(
        field.get,
        Get::Source | Get::Flag | Get::Said(_) | Get::Holds
    );
    if value == "?" && !is_listed {
        return made(What::Unknown, "unknown".into());
    }
    // What people note is never unknown, it is there or not.
    if matches!(field.name, "tag" | "note") && value.eq_ignore_ascii_case(NONE) {
        return made(What::Unknown, NONE.into());
    }
    match field.kind {
        FieldKind::Source => source(value, context),
        FieldKind::Flag => flag(unquoted(value)),
        FieldKind::Holding => holding(unquoted(value)),
        FieldKind::Text | FieldKind::Path => text(field, value, context),
        FieldKind::Said => said(field, value),
        FieldKind::Count | FieldKind::Money | FieldKind::Duration | FieldKind::Size => {
            number(field.kind, value)
        }
        FieldKind::Date => {
            let (span, said) = dates::read(value, context, Tense::Past)?;
            made(What::Time(span), said)
        }
        FieldKind::Ahead => {
            let (span, said) = dates::read(value, context, Tense::Ahead)?;
            made(What::Time(span), said)
        }
    }
}

/// A sign of comparison, or nothing, and the rest.
pub fn split_sign(value: &str) -> (&str, &str) {
    ["<=", ">=", "<", ">", "="]
        .iter()
        .find_map(|sign| Some((*sign, value.strip_prefix(sign)?)))
        .unwrap_or(("", value))
}

/// A value without the quotes around it.
pub fn unquoted(value: &str) -> &str {
    value
        .strip_prefix('"')
        .and_then(|v| v.strip_suffix('"'))
        .unwrap_or(value)
}

fn source(value: &str, context: &Context) -> Result<Check, Wrong> {
    let typed = Needle::with_case(unquoted(split_sign(value).1), false);
    if typed.letters().is_empty() {
        return Err(Wrong::Incomplete);
    }
    let named = |fits: &dyn Fn(&str) -> bool| -> Vec<SourceId> {
        let sources = context.sources.iter();
        let fitting = sources.filter(|s| fits(s.id.0) || s.names.iter().any(|n| fits(n)));
        fitting.map(|s| s.id).collect()
    };
    let mut ids = named(&|name| typed.is(name));
    if ids.is_empty() {
        ids = named(&|name| typed.at_start(name).is_some());
    }
    let said: Vec<&str> = ids.iter().map(|id| id.0).collect();
    let said = said.join(" or ");
    if ids.is_empty() {
        let known: Vec<&str> = context.sources.iter().map(|s| s.id.0).collect();
        let known = known.join(", ");
        return Err(Wrong::Value(format!(
            "no source `{}`, there are {known}",
            unquoted(value)
        )));
    }
    Ok(Check {
        what: What::Source(ids),
        said,
    })
}

/// Words in what was said. Of paths any part will do, or a pattern with stars.
fn said(field: &Field, value: &str) -> Result<Check, Wrong> {
    let is_path = matches!(field.get, Get::Said(scope) if scope.is_path());
    let plain = unquoted(value);
    if is_path && plain.contains('*') {
        // Paths are logged whole or from the project on.
        let anywhere = match plain.starts_with('/') {
            true => plain.to_owned(),
            false => format!("**/{plain}"),
        };
        let glob = Glob::path(&anywhere, plain.chars().any(char::is_uppercase));
        return Ok(Check {
            what: What::Glob(glob),
            said: plain.to_owned(),
        });
    }
    let mut word = Word::of_value(value).map_err(Wrong::Value)?;
    if word.text.is_empty() {
        return Err(Wrong::Incomplete);
    }
    if is_path && word.form == Form::Plain {
        word.form = Form::Phrase;
    }
    Ok(Check {
        said: word.describe(),
        what: What::Said(word),
    })
}

fn text(field: &Field, value: &str, context: &Context) -> Result<Check, Wrong> {
    let (sign, rest) = split_sign(value);
    let plain = unquoted(rest);
    if plain.is_empty() {
        return Err(Wrong::Incomplete);
    }
    if !matches!(sign, "" | "=") {
        let reason = format!("`{}` has no order, so `{sign}` asks nothing", field.name);
        return Err(Wrong::Value(reason));
    }
    let made = |what: What, said: String| Ok(Check { what, said });
    let is_path = field.kind == FieldKind::Path;
    let path = |text: &str| match text.strip_prefix('~') {
        Some(rest) if rest.is_empty() || rest.starts_with('/') => {
            format!("{}{rest}", context.home.display())
        }
        _ => text.to_owned(),
    };
    if sign == "=" {
        let said = format!("exactly {plain}");
        let whole = path(plain);
        let whole = match whole.strip_suffix('/') {
            Some(cut) if !cut.is_empty() => cut,
            _ => &whole,
        };
        return if is_path || field.name == "project" && whole.contains('/') {
            made(What::InDir(Needle::with_case(whole, true)), said)
        } else {
            made(What::Is(Needle::new(plain)), said)
        };
    }
    let quoted = plain.len() != rest.len();
    // Only what was typed decides: the home of a person may have capitals.
    let exact = plain.chars().any(char::is_uppercase);
    if !quoted && plain.contains('*') {
        let glob = if is_path {
            Glob::path(&path(plain), exact)
        } else {
            Glob::name(plain, exact)
        };
        return made(What::Glob(glob), plain.to_owned());
    }
    if !is_path
        && !quoted
        && let Some(pattern) = Pattern::between_slashes(rest)
    {
        let pattern = pattern.map_err(Wrong::Value)?;
        let said = format!("like {}", pattern.as_str());
        return made(What::Pattern(pattern), said);
    }
    let looked_for = if is_path { path(plain) } else { plain.into() };
    made(
        What::Has(Needle::with_case(&looked_for, exact)),
        plain.to_owned(),
    )
}
