//! The file of settings as it was written: values with the places where they stand. Where its TOML is broken, what stands
//! on other lines is still read.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Where something stands in a file, both counted from 1.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Place {
    pub line: usize,
    /// In characters.
    pub column: usize,
}

impl Place {
    /// The place of a byte.
    pub fn of(text: &str, byte: usize) -> Place {
        let before = text.get(..byte).unwrap_or(text);
        let line = before.rsplit('\n').next().unwrap_or(before);
        Place {
            line: before.matches('\n').count() + 1,
            column: line.chars().count() + 1,
        }
    }
}

/// A value, as far as settings have such.
#[derive(Clone, PartialEq, Debug)]
pub enum Node {
    Bool(bool),
    Number(i64),
    Text(String),
    List(Vec<(Node, Place)>),
    /// A section, or a value that no setting takes.
    Other,
}

/// One value under its whole name, or a section that has nothing in it.
#[derive(Clone, PartialEq, Debug)]
pub struct Entry {
    pub path: Vec<String>,
    pub place: Place,
    pub value: Node,
    pub value_place: Place,
}

/// What a file holds, and where it is not TOML. Sections that `knows` none of are one entry without a value.
pub fn read(text: &str, knows: impl Fn(&[String]) -> bool) -> (Vec<Entry>, Vec<(Place, String)>) {
    let (table, errors) = DeTable::parse_recoverable(text);
    let mut torn: BTreeSet<usize> = BTreeSet::new();
    let mut wrong = Vec::new();
    // A heading that is torn leaves what stands below it without its section.
    let mut headless: Vec<RangeInclusive<usize>> = Vec::new();
    for error in errors {
        let place = Place::of(text, error.span().map_or(0, |span| span.start));
        let mut lines = text.lines().enumerate().skip(place.line - 1);
        if lines.next().is_some_and(|(_, line)| is_heading(line)) {
            let next = lines.find(|(_, line)| is_heading(line));
            let end = next.map_or(usize::MAX, |(nth, _)| nth);
            headless.push(place.line..=end);
        }
        // One mistake often makes the parser stumble again on the same line.
        if torn.insert(place.line) {
            let what = error.message().lines().next().unwrap_or("not TOML");
            wrong.push((place, what.to_owned()));
        }
    }
    let mut entries = Vec::new();
    flatten(text, table.get_ref(), &mut Vec::new(), &knows, &mut entries);
    entries.retain(|entry| {
        let lines = entry.place.line..=entry.value_place.line;
        let is_headless = headless.iter().any(|all| all.contains(&entry.place.line));
        !is_headless && !lines.into_iter().any(|line| torn.contains(&line))
    });
    entries.sort_by_key(|entry| entry.place);
    (entries, wrong)
}

/// Whether a line begins a section, closed or not.
fn is_heading(line: &str) -> bool {
    line.trim_start().starts_with('[')
}

fn flatten(
    text: &str,
    table: &DeTable<'_>,
    above: &mut Vec<String>,
    knows: &impl Fn(&[String]) -> bool,
    out: &mut Vec<Entry>,
) {
    for (key, value) in table {
        let depth = above.len();
        let name = key.get_ref().as_ref();
        // In quotes, `"list.sort-cost"` is one key of TOML and two names to us.
        match above.first().is_some_and(|first| first == "keys") {
            true => above.extend(name.split('.').map(str::to_owned)),
            false => above.push(name.to_owned()),
        }
        match value.get_ref() {
            DeValue::Table(inner) if knows(above) => flatten(text, inner, above, knows, out),
            _ => out.push(Entry {
                path: above.clone(),
                place: Place::of(text, key.span().start),
                value: node(text, value),
                value_place: Place::of(text, value.span().start),
            }),
        }
        above.truncate(depth);
    }
}

pub(super) fn node(text: &str, value: &Spanned<DeValue<'_>>) -> Node {
    match value.get_ref() {
        DeValue::String(text) => Node::Text(text.to_string()),
        DeValue::Boolean(on) => Node::Bool(*on),
        DeValue::Integer(n) => {
            i64::from_str_radix(n.as_str(), n.radix()).map_or(Node::Other, Node::Number)
        }
        DeValue::Array(items) => Node::List(
            items
                .iter()
                .map(|item| (node(text, item), Place::of(text, item.span().start)))
                .collect(),
        ),
        DeValue::Float(_) | DeValue::Datetime(_) | DeValue::Table(_) => Node::Other,
    }
}
