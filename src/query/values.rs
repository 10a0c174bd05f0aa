//! What stands behind a field's colon: values read once, then held against every row.

use super::dates;
use super::fields::{FLAGS, Field, FieldKind, Flag, Get, LATER_FLAGS};
use super::glob::Glob;
use super::needle::Needle;
use super::{Context, dates::Span};
use crate::model::{Row, SourceId};

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
    any: Vec<Check>,
    none: Vec<Check>,
    /// Something of it is part of the language but not built yet.
    pub later: Option<&'static str>,
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
struct Check {
    what: What,
    said: String,
}

#[derive(Clone, PartialEq, Debug)]
enum What {
    /// `?`: the value is unknown.
    Unknown,
    Source(Vec<SourceId>),
    Has(Needle),
    Is(Needle),
    /// `=` before a path, whatever the field shows.
    InDir(Needle),
    Glob(Glob),
    /// In billionths, from and up to but not including.
    Number(Option<i128>, Option<i128>),
    Time(Span),
    Flag(&'static str),
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
            later: None,
        };
        let mut quoted = false;
        let values = values.split(|c| {
            quoted ^= c == '"';
            c == ',' && !quoted
        });
        for value in values {
            let (list, value) = match value.strip_prefix('!') {
                Some(rest) => (&mut test.none, rest),
                None => (&mut test.any, value),
            };
            // The empty end of a list being typed takes nothing from the values before it.
            if !unquoted(value).is_empty() {
                list.push(check(field, value, context, &mut test.later)?);
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

    /// The flags it asks for by name.
    pub fn flags(&self) -> impl Iterator<Item = &'static str> {
        self.any.iter().filter_map(|check| match check.what {
            What::Flag(name) => Some(name),
            _ => None,
        })
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
    fn holds(&self, field: &Field, row: &Row) -> bool {
        let number = |n: Option<i128>, from: &Option<i128>, to: &Option<i128>| {
            n.is_some_and(|n| from.is_none_or(|from| n >= from) && to.is_none_or(|to| n < to))
        };
        match (&self.what, field.get) {
            (What::Flag(name), _) => FLAGS.iter().any(|f| f.name == *name && (f.holds)(row)),
            (What::Source(ids), _) => ids.contains(&row.id().source),
            (What::InDir(path), _) => {
                let dir = row.session.dir.as_deref();
                dir.is_some_and(|dir| path.is(&dir.to_string_lossy()))
            }
            (What::Unknown, get) => is_unknown(get, row),
            (What::Number(from, to), Get::Number(get)) => number(get(row), from, to),
            (What::Time(span), Get::Time(get)) => get(row).is_some_and(|at| span.holds(at)),
            (what, Get::Texts(get)) => {
                let mut found = false;
                get(row, &mut |text| {
                    found = found
                        || match what {
                            What::Has(needle) => needle.is_in(text),
                            What::Is(needle) => needle.is(text),
                            What::Glob(glob) => glob.fits(text),
                            _ => false,
                        };
                });
                found
            }
            _ => false,
        }
    }
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
        Get::Source | Get::Flag => false,
    }
}

fn check(
    field: &Field,
    value: &str,
    context: &Context,
    later: &mut Option<&'static str>,
) -> Result<Check, Wrong> {
    let made = |what: What, said: String| Ok(Check { what, said });
    if value == "?" && !matches!(field.get, Get::Source | Get::Flag) {
        return made(What::Unknown, "unknown".into());
    }
    match field.kind {
        FieldKind::Source => source(value, context),
        FieldKind::Flag => flag(unquoted(value)),
        FieldKind::Text | FieldKind::Path => text(field, value, context, later),
        FieldKind::Count | FieldKind::Money => number(field.kind, value),
        FieldKind::Date => {
            let (span, said) = dates::read(value, context)?;
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

fn flag(value: &str) -> Result<Check, Wrong> {
    let value = value.to_lowercase();
    let known = |flag: &&Flag| flag.name == value;
    if let Some(flag) = FLAGS.iter().find(known) {
        return Ok(Check {
            what: What::Flag(flag.name),
            said: flag.said.into(),
        });
    }
    if LATER_FLAGS.contains(&value.as_str()) {
        return Err(Wrong::Value(format!("`is:{value}` is not here yet")));
    }
    let mut names = FLAGS.iter().map(|f| f.name);
    if names.clone().any(|name| name.starts_with(&value)) {
        return Err(Wrong::Incomplete);
    }
    let known = names.by_ref().collect::<Vec<_>>().join(", ");
    Err(Wrong::Value(format!("`{value}` is none of {known}")))
}

fn text(
    field: &Field,
    value: &str,
    context: &Context,
    later: &mut Option<&'static str>,
) -> Result<Check, Wrong> {
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
    let inner = plain.strip_prefix('/').and_then(|p| p.strip_suffix('/'));
    let plain = match inner.filter(|inner| !is_path && !quoted && !inner.is_empty()) {
        Some(inner) => {
            *later = Some(super::parse::NO_REGEX);
            inner
        }
        None => plain,
    };
    let looked_for = if is_path { path(plain) } else { plain.into() };
    made(
        What::Has(Needle::with_case(&looked_for, exact)),
        plain.to_owned(),
    )
}

/// One thing in the unit that numbers are compared in.
pub const ONE: i128 = 1_000_000_000;

/// A number with the smallest step its spelling can tell, both in billionths.
fn amount(kind: FieldKind, text: &str) -> Option<(i128, i128)> {
    let text = match kind {
        FieldKind::Money => text.strip_prefix('$').unwrap_or(text),
        _ => text,
    };
    let (digits, scale) = match text.char_indices().next_back()? {
        (at, 'k' | 'K') => (text.get(..at)?, 1_000),
        (at, 'm' | 'M') => (text.get(..at)?, 1_000_000),
        (at, 'g' | 'G') => (text.get(..at)?, 1_000_000_000),
        (at, 't' | 'T') => (text.get(..at)?, 1_000_000_000_000),
        _ => (text, 1),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let figures = |text: &str, most: usize| {
        text.len() <= most && text.bytes().all(|b| b.is_ascii_digit() || b == b'_')
    };
    let some = digits.bytes().any(|b| b.is_ascii_digit());
    if !some || !figures(whole, 18) || !figures(part, 9) {
        return None;
    }
    let number = |text: &str| match text.replace('_', "").as_str() {
        "" => Some(0),
        text => text.parse::<i128>().ok(),
    };
    let step = ONE / 10i128.checked_pow(u32::try_from(part.len()).ok()?)?;
    let n = (number(whole)? * ONE + number(part)? * step).checked_mul(scale)?;
    let step = match kind {
        FieldKind::Money => ONE / 100,
        _ => step.checked_mul(scale)?.max(ONE),
    };
    Some((n, step))
}

fn number(kind: FieldKind, value: &str) -> Result<Check, Wrong> {
    let read = |text: &str| {
        let text = unquoted(text);
        amount(kind, text).ok_or_else(|| match text {
            "" | "$" | "." => Wrong::Incomplete,
            _ => Wrong::Value(format!("`{text}` is no number")),
        })
    };
    let show = |text: &str| {
        let text = unquoted(text);
        match kind {
            FieldKind::Money => format!("${}", text.strip_prefix('$').unwrap_or(text)),
            _ => text.to_owned(),
        }
    };
    let made = |from: Option<i128>, to: Option<i128>, said: String| {
        Ok(Check {
            what: What::Number(from, to),
            said,
        })
    };
    let (sign, rest) = split_sign(value);
    if sign.is_empty()
        && let Some((from, to)) = rest.split_once("..")
    {
        return match (from, to) {
            ("", "") => Err(Wrong::Incomplete),
            ("", to) => made(None, Some(read(to)?.0 + 1), format!("at most {}", show(to))),
            (from, "") => made(
                Some(read(from)?.0),
                None,
                format!("at least {}", show(from)),
            ),
            (from, to) => {
                let (least, most) = (read(from)?.0, read(to)?.0);
                if least > most {
                    return Err(Wrong::Value("the range ends before it starts".into()));
                }
                let said = format!("from {} to {}", show(from), show(to));
                made(Some(least), Some(most + 1), said)
            }
        };
    }
    let (n, step) = read(rest)?;
    let said = show(rest);
    match sign {
        "<" => made(None, Some(n), format!("below {said}")),
        "<=" => made(None, Some(n + 1), format!("at most {said}")),
        ">" => made(Some(n + 1), None, format!("above {said}")),
        ">=" => made(Some(n), None, format!("at least {said}")),
        // Equal is what reads the same: nobody types a sum to the last token.
        _ => made(Some(n - step / 2), Some(n + step / 2), said),
    }
}
