//! The file of marks as text: read leniently, changed in place.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::{self, ErrorKind, Read as _};
use std::path::PathBuf;

use toml_edit::{Document, DocumentMut, Item, Table, TableLike, Value};

use super::{Change, Mark, Marks, Seen, Tag};
use crate::env::Env;
use crate::model::SessionId;
use crate::text::{Clean, short_dir};

/// A file of marks larger than this is none.
const LARGEST: u64 = 64 << 20;
/// Raised when older programs would misunderstand the file.
const VERSION: i64 = 1;
const HEAD: &str = "# Stars, tags, names and notes on sessions, kept by backscroll. Made to be read, edited and synced.\nversion = 1\n";
/// What a table of a session can hold, in the order it is written; what else stands there comes behind.
const KEYS: &[&str] = &[
    "star",
    "hidden",
    "name",
    "tags",
    "note",
    "pins",
    "seen",
    "messages-seen",
];

/// The text of the file; none where there is no file. A link leads to where people keep it.
pub fn read(env: &Env) -> io::Result<Option<String>> {
    let path = super::path(env);
    let file = match env.files.open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => {
            return Err(io::Error::new(
                error.kind(),
                placed(env, &error.to_string()),
            ));
        }
    };
    let mut text = String::new();
    let read = file.take(LARGEST + 1).read_to_string(&mut text);
    read.map_err(|error| io::Error::new(error.kind(), placed(env, &error.to_string())))?;
    if text.len() as u64 > LARGEST {
        return Err(io::Error::new(
            ErrorKind::InvalidData,
            placed(env, "too large to be one"),
        ));
    }
    Ok(Some(text))
}

/// Where the file is written: where a link leads, if it is one.
pub fn target(env: &Env) -> PathBuf {
    let path = super::path(env);
    std::fs::canonicalize(&path).unwrap_or(path)
}

/// What is wrong with the file, with its place and what to do.
pub fn placed(env: &Env, line: &str) -> String {
    let path = short_dir(&super::path(env), &env.home);
    format!("{path}, {line}; it is left as it is, so mend it or move it away")
}

/// All marks in a text. An error is one line.
pub fn marks(text: &str) -> Result<Marks, String> {
    let file = Document::parse(text).map_err(|error| fault(text, &error))?;
    let mut marks = Marks::default();
    for (key, item) in file.iter() {
        if let (Some((slug, native)), Some(table)) = (key.split_once(':'), item.as_table_like()) {
            marks.put(slug, native, mark(table));
        }
    }
    Ok(marks)
}

fn fault(text: &str, error: &toml_edit::TomlError) -> String {
    let before = error.span().and_then(|span| text.get(..span.start));
    let line = before.map_or(1, |before| before.matches('\n').count() + 1);
    let what = error.message().lines().next().unwrap_or("not TOML");
    format!("line {line}: {what}")
}

/// The mark that a table holds. What is none of its values is passed over.
fn mark(table: &dyn TableLike) -> Mark {
    let text = |key: &str| table.get(key).and_then(Item::as_str);
    let flag = |key: &str| table.get(key).and_then(Item::as_bool) == Some(true);
    let number = |value: &Value| value.as_integer().and_then(|n| u32::try_from(n).ok());
    let full = |text: &Clean| !text.is_empty();
    let at = table.get("seen").and_then(Item::as_datetime);
    let at = at.and_then(|at| at.to_string().parse().ok());
    let messages = table.get("messages-seen").and_then(Item::as_value);
    Mark {
        star: flag("star"),
        hidden: flag("hidden"),
        name: text("name").map(Clean::title).filter(full),
        tags: listed(table, "tags").filter_map(tag).collect(),
        note: text("note").map(Clean::of).filter(full),
        pins: listed(table, "pins").filter_map(number).collect(),
        seen: at.map(|at| Seen {
            at,
            messages: messages.and_then(number).unwrap_or(0),
        }),
    }
}

fn tag(value: &Value) -> Option<Tag> {
    Tag::new(value.as_str()?).ok()
}

fn listed<'t>(table: &'t dyn TableLike, key: &str) -> impl Iterator<Item = &'t Value> {
    let array = table.get(key).and_then(Item::as_array);
    array.into_iter().flat_map(|array| array.iter())
}

/// The text with these changes made, all else as it was. An error is one line.
pub fn changed(text: &str, changes: &[(SessionId, Change)]) -> Result<String, String> {
    let text = if text.trim().is_empty() { HEAD } else { text };
    let mut file: DocumentMut = text.parse().map_err(|error| fault(text, &error))?;
    let version = file.get("version").and_then(Item::as_integer);
    if version.is_some_and(|version| version > VERSION) {
        return Err("version: written by a newer backscroll".to_owned());
    }
    for (id, change) in changes {
        let name = id.to_string();
        let item = file
            .entry(&name)
            .or_insert_with(|| Item::Table(Table::new()));
        let Some(table) = item.as_table_like_mut() else {
            return Err(format!("{}: no table of a session", Clean::line(&name)));
        };
        let mut mark = mark(table);
        change.make(&mut mark);
        write(table, &mark, change);
        let is_empty = table.is_empty();
        if let Item::Table(table) = item {
            let place = |key: &str| {
                KEYS.iter()
                    .position(|known| *known == key)
                    .unwrap_or(KEYS.len())
            };
            table.sort_values_by(|a, _, b, _| place(a.get()).cmp(&place(b.get())));
        }
        if is_empty {
            file.remove(&name);
        }
    }
    arrange(&mut file);
    Ok(file.to_string())
}

/// Writes what a change was about.
fn write(table: &mut dyn TableLike, mark: &Mark, change: &Change) {
    let flag = |on: bool| on.then(|| Value::from(true));
    let line = |text: &Option<Clean>| text.as_ref().and_then(|text| literal(text.as_str()));
    match change {
        Change::Star(_) => put(table, "star", flag(mark.star)),
        Change::Hide(_) => put(table, "hidden", flag(mark.hidden)),
        Change::Rename(_) => put(table, "name", line(&mark.name)),
        Change::Note(_) => put(table, "note", line(&mark.note)),
        Change::Tag { .. } => {
            let tags: BTreeSet<&str> = mark.tags.iter().map(Tag::as_str).collect();
            let tags = tags.into_iter().filter_map(literal).collect();
            put_list(table, "tags", tags, |value| tag(value).is_some());
        }
        Change::Pin(..) => {
            let pins = mark.pins.iter().map(|pin| Value::from(i64::from(*pin)));
            put_list(table, "pins", pins.collect(), Value::is_integer);
        }
        Change::Seen(_) => {
            let at = mark
                .seen
                .and_then(|seen| format!("{:.0}", seen.at).parse().ok());
            put(table, "seen", at);
            let messages = mark.seen.map(|seen| Value::from(i64::from(seen.messages)));
            put(table, "messages-seen", messages);
        }
    }
}

/// A text on one line, whatever is in it.
fn literal(text: &str) -> Option<Value> {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => {
                // Writing to a string cannot fail.
                let _ = write!(out, "\\u{:04X}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out.parse().ok()
}

/// Puts a value in the place of the one that was there; none takes it away.
fn put(table: &mut dyn TableLike, key: &str, value: Option<Value>) {
    let Some(mut value) = value else {
        table.remove(key);
        return;
    };
    match table.get_mut(key) {
        Some(item) => {
            // A remark behind the value stays.
            if let Some(old) = item.as_value() {
                *value.decor_mut() = old.decor().clone();
            }
            *item = Item::Value(value);
        }
        None => {
            table.insert(key, Item::Value(value));
        }
    }
}

/// The same for a list, one value a line. What somebody else wrote into it stays behind what is ours.
fn put_list(
    table: &mut dyn TableLike,
    key: &str,
    ours: Vec<Value>,
    is_ours: impl Fn(&Value) -> bool,
) {
    let others = listed(table, key).filter(|value| !is_ours(value)).cloned();
    let others: Vec<Value> = others.collect();
    let mut array = toml_edit::Array::new();
    for value in ours.into_iter().chain(others) {
        array.push_formatted(value.decorated("\n    ", ""));
    }
    array.set_trailing_comma(true);
    array.set_trailing("\n");
    put(
        table,
        key,
        (!array.is_empty()).then_some(Value::Array(array)),
    );
}

/// Puts the tables into the order of their names.
fn arrange(file: &mut DocumentMut) {
    let mut names: Vec<String> = file.iter().map(|(name, _)| name.to_owned()).collect();
    names.sort();
    for (at, name) in names.iter().enumerate() {
        if let Some(table) = file.get_mut(name).and_then(Item::as_table_mut) {
            table.set_position(isize::try_from(at).ok());
            loosen(table);
        }
    }
}

/// Tables within a table stay with it.
fn loosen(table: &mut Table) {
    for (_, item) in table.iter_mut() {
        if let Some(inner) = item.as_table_mut() {
            inner.set_position(None);
            loosen(inner);
        }
    }
}
