//! Fields: name, spellings, kind, help and getter, each declared once.

use std::fmt;

use jiff::Timestamp;

use super::dates::{self, Span};
use super::{Context, dates::Reading};
use crate::model::{Kind, Row, SourceId};

/// One field of the query language.
pub struct Field {
    pub name: &'static str,
    pub aliases: &'static [&'static str],
    pub kind: FieldKind,
    pub help: &'static str,
    pub example: &'static str,
}

/// What a field's values are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FieldKind {
    Source,
    Text,
    Count,
    Money,
    Time,
    Flag,
}

macro_rules! field {
    ($name:literal, $aliases:expr, $kind:ident, $help:literal, $example:literal) => {
        Field {
            name: $name,
            aliases: &$aliases,
            kind: FieldKind::$kind,
            help: $help,
            example: $example,
        }
    };
}

/// Every field there is.
pub static FIELDS: &[Field] = &[
    field!(
        "source",
        ["agent", "s"],
        Source,
        "the agent that wrote it",
        "source:cc,cx"
    ),
    field!(
        "project",
        ["p"],
        Text,
        "name of its directory",
        "project:api"
    ),
    field!(
        "dir",
        ["path", "cwd"],
        Text,
        "its directory, with * for anything",
        "dir:~/work/*"
    ),
    field!("branch", [], Text, "git branch", "branch:main"),
    field!("model", [], Text, "a model that answered", "model:opus"),
    field!(
        "provider",
        [],
        Text,
        "who served the model",
        "provider:openai"
    ),
    field!("date", ["updated"], Time, "last activity", "date:<2d"),
    field!("created", [], Time, "start", "created:2026-11"),
    field!("cost", [], Money, "dollars, sub-agents included", "cost:>1"),
    field!(
        "tokens",
        [],
        Count,
        "tokens, sub-agents included",
        "tokens:>2M"
    ),
    field!(
        "messages",
        ["msgs"],
        Count,
        "prompts and responses",
        "messages:>=100"
    ),
    field!(
        "is",
        [],
        Flag,
        "what it is: sub fork copy empty archived auto",
        "is:fork"
    ),
];

/// Words that `is:` knows.
pub const FLAGS: &[&str] = &["sub", "fork", "copy", "empty", "archived", "auto"];

pub fn named(name: &str) -> Option<&'static Field> {
    FIELDS
        .iter()
        .find(|f| f.name == name || f.aliases.contains(&name))
}

/// Why a value makes no test.
pub enum Wrong {
    Value(String),
    /// It may become one with the next key.
    Incomplete,
}

/// A field and the values of which any will do.
#[derive(Clone)]
pub struct Test {
    field: &'static Field,
    /// The value as typed.
    text: String,
    any: Vec<Check>,
    none: Vec<Check>,
}

impl PartialEq for Test {
    fn eq(&self, other: &Test) -> bool {
        self.field.name == other.field.name && self.text == other.text
    }
}

impl fmt::Debug for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.field.name, self.text)
    }
}

#[derive(Clone, PartialEq, Debug)]
enum Check {
    /// `?`: the value is unknown.
    Unknown,
    Source(SourceId),
    Has(String),
    /// `=`: the whole value.
    Exactly(String),
    Glob(Vec<String>),
    /// Least and most, both included, in the unit the getter has.
    Range(Option<i128>, Option<i128>),
    Time(Span),
    Flag(&'static str),
}

impl Test {
    pub fn parse(field: &'static Field, value: &str, context: &Context) -> Result<Test, Wrong> {
        let mut test = Test {
            field,
            text: value.to_owned(),
            any: Vec::new(),
            none: Vec::new(),
        };
        for part in split(value) {
            let (part, not) = match part.strip_prefix('!') {
                Some(rest) => (rest, true),
                None => (part, false),
            };
            if part.trim_matches('"').is_empty() || part.matches('"').count() == 1 {
                continue;
            }
            let check = check(field, part, context)?;
            if not {
                test.none.push(check)
            } else {
                test.any.push(check)
            }
        }
        if test.any.is_empty() && test.none.is_empty() {
            Err(Wrong::Incomplete)
        } else {
            Ok(test)
        }
    }

    pub fn matches(&self, row: &Row) -> bool {
        let holds = |check: &Check| check.holds(self.field, row);
        (self.any.is_empty() || self.any.iter().any(holds)) && !self.none.iter().any(holds)
    }

    pub fn names_flag(&self, word: &str) -> bool {
        self.any
            .iter()
            .any(|check| matches!(check, Check::Flag(flag) if *flag == word))
    }
}

/// Splits at commas outside quotes.
fn split(value: &str) -> Vec<&str> {
    let mut quoted = false;
    value
        .split(|c| {
            quoted ^= c == '"';
            c == ',' && !quoted
        })
        .collect()
}

fn check(field: &Field, value: &str, context: &Context) -> Result<Check, Wrong> {
    if value == "?" {
        return Ok(Check::Unknown);
    }
    match field.kind {
        FieldKind::Source => source(value, context),
        FieldKind::Text => Ok(text(field, value, context)),
        FieldKind::Count => range(value, &count, 1),
        FieldKind::Money => range(value, &money, 1),
        FieldKind::Time => match dates::parse(value, context) {
            Reading::Span(span) => Ok(Check::Time(span)),
            Reading::Incomplete => Err(Wrong::Incomplete),
            Reading::Wrong => Err(Wrong::Value(format!(
                "`{value}` is no date; try 2d, today, 2026-11 or >=2026-11-01"
            ))),
        },
        FieldKind::Flag => {
            let known = FLAGS.iter().find(|flag| **flag == value);
            if let Some(flag) = known {
                return Ok(Check::Flag(flag));
            }
            if FLAGS.iter().any(|flag| flag.starts_with(value)) {
                return Err(Wrong::Incomplete);
            }
            Err(Wrong::Value(format!(
                "`{value}` is none of {}",
                FLAGS.join(", ")
            )))
        }
    }
}

fn source(value: &str, context: &Context) -> Result<Check, Wrong> {
    let same = |name: &&str| name.eq_ignore_ascii_case(value);
    let exact = context.sources.iter().find(|s| s.names.iter().any(&same));
    let lower = value.to_lowercase();
    let starts =
        |s: &&super::SourceNames| s.names.iter().any(|n| n.to_lowercase().starts_with(&lower));
    match exact.or_else(|| context.sources.iter().find(starts)) {
        Some(source) => Ok(Check::Source(source.id)),
        None => {
            let names: Vec<&str> = context.sources.iter().map(|s| s.id.0).collect();
            Err(Wrong::Value(format!(
                "`{value}` is none of {}",
                names.join(", ")
            )))
        }
    }
}

fn text(field: &Field, value: &str, context: &Context) -> Check {
    let value = value.replace('"', "");
    let home = |text: &str| match text.strip_prefix('~') {
        Some(rest) => format!("{}{rest}", context.home.display()),
        None => text.to_owned(),
    };
    if let Some(exact) = value.strip_prefix('=') {
        return Check::Exactly(home(exact));
    }
    let path = field.name == "dir";
    let value = if path { home(&value) } else { value };
    if path && value.contains('*') {
        return Check::Glob(
            value
                .to_lowercase()
                .split('*')
                .filter(|p| !p.is_empty())
                .map(str::to_owned)
                .collect(),
        );
    }
    Check::Has(value.to_lowercase())
}

/// A comparison or a range of numbers. `grain` is the smallest step between two of them.
fn range(value: &str, number: &dyn Fn(&str) -> Option<i128>, grain: i128) -> Result<Check, Wrong> {
    let bad = |text: &str| {
        if text.is_empty() {
            Wrong::Incomplete
        } else {
            Wrong::Value(format!("`{text}` is no number"))
        }
    };
    let read = |text: &str| number(text).ok_or_else(|| bad(text));
    if let Some((from, to)) = value.split_once("..") {
        let end = |text: &str| {
            if text.is_empty() {
                Ok(None)
            } else {
                read(text).map(Some)
            }
        };
        if from.is_empty() && to.is_empty() {
            return Err(Wrong::Incomplete);
        }
        return Ok(Check::Range(end(from)?, end(to)?));
    }
    type Make = fn(i128, i128) -> Check;
    let signs: [(&str, Make); 5] = [
        ("<=", |n, _| Check::Range(None, Some(n))),
        (">=", |n, _| Check::Range(Some(n), None)),
        ("<", |n, g| Check::Range(None, Some(n - g))),
        (">", |n, g| Check::Range(Some(n + g), None)),
        ("=", |n, _| Check::Range(Some(n), Some(n))),
    ];
    for (sign, make) in signs {
        if let Some(rest) = value.strip_prefix(sign) {
            return Ok(make(read(rest)?, grain));
        }
    }
    let n = read(value)?;
    Ok(Check::Range(Some(n), Some(n)))
}

/// `2M`, `1.5k`, `100`.
fn count(text: &str) -> Option<i128> {
    let scale = match text.chars().last()?.to_ascii_lowercase() {
        'k' => 1e3,
        'm' => 1e6,
        'g' => 1e9,
        _ => return text.parse::<u64>().ok().map(i128::from),
    };
    let n: f64 = text.get(..text.len() - 1)?.parse().ok()?;
    (n.is_finite() && n >= 0.0).then_some((n * scale).round() as i128)
}

/// Dollars, in billionths.
fn money(text: &str) -> Option<i128> {
    let n: f64 = text.strip_prefix('$').unwrap_or(text).parse().ok()?;
    (n.is_finite() && n >= 0.0).then_some((n * 1e9).round() as i128)
}

/// What a field of a row is.
enum Value {
    Unknown,
    Texts(Vec<String>),
    Number(i128),
    Time(Timestamp),
}

fn value(field: &Field, row: &Row) -> Value {
    let session = &row.session;
    let text = |text: Option<String>| text.map_or(Value::Unknown, |t| Value::Texts(vec![t]));
    let number = |n: Option<i128>| n.map_or(Value::Unknown, Value::Number);
    match field.name {
        "project" => text(row.project().map(|p| p.to_string())),
        "dir" => text(
            session
                .dir
                .as_deref()
                .map(|d| d.to_string_lossy().into_owned()),
        ),
        "branch" => text(session.branch.as_ref().map(ToString::to_string)),
        "model" | "provider" => {
            let models = row.all.models.keys().chain(row.model());
            let names = models.filter_map(|m| {
                if field.name == "model" {
                    Some(m.name.to_string())
                } else {
                    m.provider.as_ref().map(ToString::to_string)
                }
            });
            let names: Vec<String> = names.collect();
            if names.is_empty() {
                Value::Unknown
            } else {
                Value::Texts(names)
            }
        }
        "date" => session.updated.map_or(Value::Unknown, Value::Time),
        "created" => session.started.map_or(Value::Unknown, Value::Time),
        "cost" => number(row.cost().known().map(|usd| i128::from(usd.nanos()))),
        "tokens" => number(row.tokens().map(i128::from)),
        "messages" => number(Some(i128::from(session.messages()))),
        _ => Value::Unknown,
    }
}

impl Check {
    fn holds(&self, field: &Field, row: &Row) -> bool {
        match (self, value(field, row)) {
            (Check::Source(source), _) => row.id().source == *source,
            (Check::Flag(flag), _) => is(flag, row),
            (Check::Unknown, found) => matches!(found, Value::Unknown),
            (Check::Has(part), Value::Texts(texts)) => {
                texts.iter().any(|t| t.to_lowercase().contains(part))
            }
            (Check::Exactly(whole), Value::Texts(texts)) => {
                // A project is named by its directory's path as well as by its name.
                let dir = row.session.dir.as_deref().map(|d| d.to_string_lossy());
                texts.iter().any(|t| t == whole)
                    || field.name == "project" && dir.is_some_and(|d| d == **whole)
            }
            (Check::Glob(parts), Value::Texts(texts)) => {
                texts.iter().any(|t| glob(parts, &t.to_lowercase()))
            }
            (Check::Range(from, to), Value::Number(n)) => {
                from.is_none_or(|from| n >= from) && to.is_none_or(|to| n <= to)
            }
            (Check::Time(span), Value::Time(at)) => span.holds(at),
            _ => false,
        }
    }
}

/// The parts in this order, the first at the start.
fn glob(parts: &[String], text: &str) -> bool {
    let mut rest = text;
    parts.iter().enumerate().all(|(i, part)| {
        let found = if i == 0 {
            rest.strip_prefix(part.as_str())
        } else {
            rest.split_once(part.as_str()).map(|(_, r)| r)
        };
        rest = found.unwrap_or(rest);
        found.is_some()
    })
}

fn is(flag: &str, row: &Row) -> bool {
    let session = &row.session;
    match flag {
        "sub" => session.kind == Kind::SubAgent,
        "fork" => session.kind == Kind::Fork,
        "copy" => session.kind == Kind::Copy,
        "empty" => session.is_empty(),
        "archived" => session.flags.archived,
        _ => session.flags.automated,
    }
}
