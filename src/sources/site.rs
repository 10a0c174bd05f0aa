//! Where a message stands in a log that does not consist of lines: a value in a file of JSON, a file of its own, rows of a
//! database. Sources say it while they read; what stands there is fetched when somebody asks to see it.

use std::fmt;
use std::io::{self, BufRead as _, BufReader, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use rusqlite::limits::Limit;
use rusqlite::types::ValueRef;
use rusqlite::{Row, Statement};
use ruzstd::decoding::StreamingDecoder;

use super::json::Json;
use super::jsonl::LINE_MAX;
use super::sqlite::{self, Database};
use crate::env::Env;
use crate::model::Unit;

/// More bytes than this are not gathered for one message.
pub const BYTES: u64 = 64 << 20;
/// So many rows belong to no message.
const ROWS: usize = 500;
/// A longer value of a database is not fetched.
const LONGEST: i32 = 64 << 20;
/// How a file compressed by Zstandard begins.
const PACKED: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// One place of a log.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Site {
    /// In the unit's own file of JSON.
    Item {
        /// The field with the list; empty where the file is the list.
        list: &'static str,
        /// Its place among the objects of the list, from 0.
        nth: usize,
    },
    /// A file of its own.
    File(PathBuf),
    /// A line that was told later than it was read, or out of another log, or out of one that is compressed.
    Line {
        path: PathBuf,
        /// Where it begins, in bytes of the text.
        at: u64,
    },
    /// Several lines of a log of words.
    Lines { path: PathBuf, at: u64, bytes: u64 },
    /// In the unit's own database.
    Rows {
        table: &'static str,
        column: &'static str,
        key: Key,
    },
    /// In a value of the unit's own database that holds many others.
    Within {
        table: &'static str,
        column: &'static str,
        key: Box<str>,
        /// The column with the value.
        value: &'static str,
        steps: Box<[Step]>,
    },
}

/// A step into JSON.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Step {
    /// To a field of an object.
    Field(Box<str>),
    /// To an object of a list, by its place among the objects, from 0.
    Nth(usize),
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Step::Field(name) => write!(f, ".{name}"),
            Step::Nth(n) => write!(f, "[{n}]"),
        }
    }
}

/// What a row is known by.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Key {
    Text(Box<str>),
    Number(i64),
}

impl Site {
    /// Rows by a text in one of their columns.
    pub fn rows(table: &'static str, column: &'static str, key: &str) -> Site {
        Site::Rows {
            table,
            column,
            key: Key::Text(key.into()),
        }
    }
}

/// As people are told it, behind the name of the unit's file. Keys are a log's own text.
impl fmt::Display for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Site::Item { list, nth } => write!(f, "{list}[{nth}]"),
            Site::File(path) => write!(f, "file {}", path.display()),
            Site::Line { path, at } | Site::Lines { path, at, .. } => {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                write!(f, "byte {at} of {name}")
            }
            Site::Rows { table, column, key } => match key {
                Key::Text(text) => write!(f, "row of {table} with {column} {text}"),
                Key::Number(n) => write!(f, "row of {table} with {column} {n}"),
            },
            Site::Within {
                table,
                column,
                key,
                value,
                steps,
            } => {
                let steps: String = steps.iter().map(Step::to_string).collect();
                write!(
                    f,
                    "{value}{steps} in the row of {table} with {column} {key}"
                )
            }
        }
    }
}

/// What stands at a site.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Found {
    pub site: Site,
    pub bytes: Vec<u8>,
}

/// What stands at some sites of a unit, in their order, up to a bound. What stood in a file of its own that went meanwhile
/// is left out.
pub fn fetch(env: &Env, unit: &Unit, sites: &[Site]) -> io::Result<Vec<Found>> {
    let (mut found, mut text, mut database) = (Vec::new(), None, None);
    let mut sum = 0;
    for site in sites {
        let mut add = |bytes: Vec<u8>| {
            sum += bytes.len() as u64;
            let site = site.clone();
            found.push(Found { site, bytes });
            sum < BYTES
        };
        let one = match site {
            Site::Item { list, nth } => {
                let text = match &mut text {
                    Some(text) => text,
                    none => none.insert(whole(env, &unit.path)?),
                };
                item(text, list, *nth).map(Into::into)
            }
            Site::File(path) => still(whole(env, path))?.map(String::into_bytes),
            Site::Line { path, at } => still(line(env, path, *at))?,
            Site::Lines { path, at, bytes } => still(lines(env, path, *at, *bytes))?,
            Site::Rows { .. } | Site::Within { .. } => {
                let database = match &mut database {
                    Some(database) => database,
                    none => none.insert(sqlite::open(env, &unit.path)?),
                };
                of_database(database, site, &mut add).map_err(sqlite::failure)?;
                None
            }
        };
        one.map(&mut add);
        if sum >= BYTES {
            break;
        }
    }
    Ok(found)
}

/// What was read, unless its file went.
fn still<T>(read: io::Result<T>) -> io::Result<Option<T>> {
    match read {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        read => read.map(Some),
    }
}

/// A file as text, with what is broken in it replaced.
fn whole(env: &Env, path: &Path) -> io::Result<String> {
    let mut bytes = Vec::new();
    let file = env.files.open(path)?;
    file.take(LINE_MAX as u64).read_to_end(&mut bytes)?;
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    Ok(String::from_utf8_lossy(bytes).into_owned())
}

fn line(env: &Env, path: &Path, at: u64) -> io::Result<Vec<u8>> {
    let mut file = env.files.open(path)?;
    let mut bytes = Vec::new();
    let until_its_end = |text: &mut dyn io::Read, bytes: &mut Vec<u8>| {
        BufReader::new(text.take(LINE_MAX as u64)).read_until(b'\n', bytes)
    };
    let mut start = [0; PACKED.len()];
    if file.read(&mut start)? == PACKED.len() && start == PACKED {
        file.rewind()?;
        let mut text = StreamingDecoder::new(file).map_err(io::Error::other)?;
        io::copy(&mut text.by_ref().take(at), &mut io::sink())?;
        until_its_end(&mut text, &mut bytes)?;
    } else {
        file.seek(SeekFrom::Start(at))?;
        until_its_end(&mut file, &mut bytes)?;
    }
    Ok(bytes)
}

fn lines(env: &Env, path: &Path, at: u64, bytes: u64) -> io::Result<Vec<u8>> {
    let mut lines = Vec::new();
    let mut text = env.files.open(path)?;
    text.seek(SeekFrom::Start(at))?;
    text.take(bytes.min(BYTES)).read_to_end(&mut lines)?;
    Ok(lines)
}

/// An object of a list in a file, letter by letter as it stands there.
fn item<'a>(text: &'a str, list: &str, nth: usize) -> Option<&'a str> {
    let all = Json::parse(text)?;
    let items = match list {
        "" => all.list(),
        name => all.obj()?.list(name),
    };
    let mut objects = items.into_iter().filter(|item| item.obj().is_some());
    objects.nth(nth).map(Json::raw)
}

fn of_database(
    db: &Database,
    site: &Site,
    add: &mut dyn FnMut(Vec<u8>) -> bool,
) -> rusqlite::Result<()> {
    let (Site::Rows { table, .. } | Site::Within { table, .. }) = site else {
        return Ok(());
    };
    db.next_query();
    // Of a view nobody knows what it does.
    if sqlite::columns(&db.connection, table)?.is_empty() {
        return Ok(());
    }
    db.connection
        .set_limit(Limit::SQLITE_LIMIT_LENGTH, LONGEST)?;
    match site {
        Site::Rows { table, column, key } => rows(db, (table, column), key, add),
        Site::Within {
            table,
            column,
            key,
            value,
            steps,
        } => {
            let sql = format!("SELECT {value} FROM {table} WHERE {column} = ?1 LIMIT 1");
            let mut statement = db.connection.prepare(&sql)?;
            let mut rows = statement.query([key])?;
            let Some(row) = rows.next()? else {
                return Ok(());
            };
            if let ValueRef::Text(bytes) | ValueRef::Blob(bytes) = row.get_ref(0)? {
                let text = String::from_utf8_lossy(bytes);
                within(&text, steps).map(|found| add(found.as_bytes().to_vec()));
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

/// What some steps lead to in JSON, letter by letter as it stands there.
fn within<'a>(text: &'a str, steps: &[Step]) -> Option<&'a str> {
    let found = steps
        .iter()
        .try_fold(Json::parse(text)?, |json, step| match step {
            Step::Field(name) => json.obj()?.get(name),
            Step::Nth(n) => {
                let mut objects = json.list().into_iter().filter(|item| item.obj().is_some());
                objects.nth(*n)
            }
        });
    found.map(Json::raw)
}

fn rows(
    db: &Database,
    (table, column): (&str, &str),
    key: &Key,
    add: &mut dyn FnMut(Vec<u8>) -> bool,
) -> rusqlite::Result<()> {
    let sql = format!("SELECT * FROM {table} WHERE {column} = ?1 ORDER BY 1 LIMIT {ROWS}");
    let mut statement = db.connection.prepare(&sql)?;
    let names = names(&statement);
    let mut rows = match key {
        Key::Text(text) => statement.query([text])?,
        Key::Number(n) => statement.query([n])?,
    };
    while let Some(row) = rows.next()? {
        if !add(object(row, &names).into_bytes()) {
            break;
        }
    }
    Ok(())
}

fn names(statement: &Statement<'_>) -> Vec<String> {
    let names = statement.column_names();
    names.map(str::to_owned).collect()
}

/// A row as one object of JSON: what is JSON in a column stands in it as it is, what has no value is left out.
fn object(row: &Row<'_>, names: &[String]) -> String {
    let fields = names.iter().enumerate().filter_map(|(at, name)| {
        let value = cell(row.get_ref(at).ok()?)?;
        Some(format!("{}:{value}", quoted(name)))
    });
    format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
}

fn cell(value: ValueRef<'_>) -> Option<String> {
    Some(match value {
        ValueRef::Null => return None,
        ValueRef::Integer(n) => n.to_string(),
        ValueRef::Real(n) => serde_json::to_string(&n).unwrap_or_default(),
        ValueRef::Text(bytes) => words(&String::from_utf8_lossy(bytes)),
        ValueRef::Blob(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => words(text),
            Err(_) => quoted(&format!("{} bytes that are no text", bytes.len())),
        },
    })
}

fn words(text: &str) -> String {
    let value = text.trim_ascii_start().starts_with(['{', '[']);
    match value.then(|| Json::parse(text)).flatten() {
        Some(json) => json.raw().to_owned(),
        None => quoted(text),
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::SourceId;

    /// What went by itself takes nothing along, and what is gathered is bounded.
    #[test]
    fn what_is_there_is_fetched_without_what_went() {
        let dir = tempfile::tempdir().unwrap();
        let env = Env::bare(dir.path(), "2026-11-20T12:00:00Z".parse().unwrap());
        let (log, gone) = (dir.path().join("log"), dir.path().join("gone"));
        std::fs::write(&log, "one\ntwo\n").unwrap();
        let unit = Unit {
            source: SourceId("x"),
            root: dir.path().into(),
            path: log.as_path().into(),
            rank: 0,
            form: 0,
        };
        let line = |path: &Path, at| Site::Line {
            path: path.to_owned(),
            at,
        };
        let lines = |path: &Path, bytes| Site::Lines {
            path: path.to_owned(),
            at: 0,
            bytes,
        };
        let sites = [
            line(&gone, 0),
            lines(&gone, 3),
            Site::File(gone),
            line(&log, 4),
            lines(&log, 3),
        ];
        let found = fetch(&env, &unit, &sites).unwrap();
        let texts: Vec<&[u8]> = found.iter().map(|found| &*found.bytes).collect();
        assert_eq!(texts, [&b"two\n"[..], b"one"]);
        // It is long, but takes no room on the disk.
        let file = std::fs::File::options().write(true).open(&log).unwrap();
        file.set_len(2 * BYTES).unwrap();
        let sites = [lines(&log, u64::MAX), lines(&log, 3)];
        let found = fetch(&env, &unit, &sites).unwrap();
        let lens: Vec<u64> = found.iter().map(|found| found.bytes.len() as u64).collect();
        assert_eq!(lens, [BYTES]);
    }

    #[test]
    fn an_object_of_a_list_is_cut_out_as_it_stands() {
        let text = r#"{"v":1,"messages":[ {"a": 1}, "odd", {"b" :"\u00e4"} ]}"#;
        assert_eq!(item(text, "messages", 1), Some(r#"{"b" :"\u00e4"}"#));
        assert_eq!(item(text, "messages", 2), None);
        assert_eq!(item("[{},{\"c\":2}]", "", 1), Some("{\"c\":2}"));
        assert_eq!(item("[{},", "", 0), None);
    }

    #[test]
    fn steps_lead_to_what_stands_deep() {
        let text =
            r#"{"tabs":[1,{"x":{}},{"bubbles":[{"a": 1},null,{"b":2 }]}],"map":{"k.1":{"c":3}}}"#;
        let (field, nth) = (|name: &str| Step::Field(name.into()), Step::Nth);
        let deep = [field("tabs"), nth(1), field("bubbles"), nth(1)];
        assert_eq!(within(text, &deep), Some("{\"b\":2 }"));
        assert_eq!(
            within(text, &[field("map"), field("k.1")]),
            Some("{\"c\":3}")
        );
        assert_eq!(within(text, &[field("map"), nth(0)]), None);
        assert_eq!(within("{", &[]), None);
        let printed: String = deep.iter().map(Step::to_string).collect();
        assert_eq!(printed, ".tabs[1].bubbles[1]");
    }

    #[test]
    fn a_row_is_one_object_whatever_its_columns_hold() {
        let db = rusqlite::Connection::open_in_memory().unwrap();
        let sql = "SELECT 'm\"1' AS id, '{\"a\": [1]}' AS data, 1.5 AS cost, NULL AS gone, '{half' AS torn, x'ff00' AS blob";
        let mut statement = db.prepare(sql).unwrap();
        let names = names(&statement);
        let text = statement
            .query_row([], |row| Ok(object(row, &names)))
            .unwrap();
        assert_eq!(
            text,
            r#"{"id":"m\"1","data":{"a": [1]},"cost":1.5,"torn":"{half","blob":"2 bytes that are no text"}"#
        );
    }
}
