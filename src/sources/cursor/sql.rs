//! The questions asked of `state.vscdb`. That database also holds what signs its owner in, so every question names its
//! keys: whole, or by the start of a composer's or a bubble's. Each is a short transaction of its own.

use rusqlite::types::ValueRef;
use rusqlite::{Params, Row};

use super::super::jsonl::LINE_MAX;
use super::super::sqlite::{self, Database};

/// The only keys of `ItemTable` that are ever asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Item {
    /// The list of composers, in versions between those that keep it nowhere and those that keep it in a table.
    Heads,
    /// Which composers are of a workspace.
    OfWorkspace,
    /// Chats of the oldest versions.
    Chats,
}

impl Item {
    pub fn key(self) -> &'static str {
        match self {
            Item::Heads => "composer.composerHeaders",
            Item::OfWorkspace => "composer.composerData",
            Item::Chats => "workbench.panel.aichat.view.aichat.chatdata",
        }
    }
}

pub const ITEM: &str =
    "SELECT octet_length(value), CASE WHEN octet_length(value) <= ?2 THEN value END
    FROM ItemTable WHERE key = ?1";
pub const VALUE: &str =
    "SELECT octet_length(value), CASE WHEN octet_length(value) <= ?2 THEN value END
    FROM cursorDiskKV WHERE key = ?1";
/// Rows are replaced, not changed, so their numbers tell that something was written; no value is read for this.
pub const COMPOSERS: &str = "SELECT substr(key, 14), rowid, octet_length(value) FROM cursorDiskKV
    WHERE key > 'composerData:' AND key < 'composerData;' ORDER BY key";
pub const COMPOSER: &str =
    "SELECT substr(key, 14), rowid, octet_length(value) FROM cursorDiskKV WHERE key = ?1";
pub const BUBBLES_MARK: &str =
    "SELECT count(*), total(rowid), max(rowid) FROM cursorDiskKV WHERE key >= ?1 AND key < ?2";
pub const BUBBLES: &str = "SELECT key, value FROM cursorDiskKV
    WHERE key >= ?1 AND key < ?2 AND octet_length(value) <= ?3 ORDER BY key LIMIT 20000";

/// A value that was asked for by its key.
pub enum Value {
    /// No row, or one without a value.
    Missing,
    TooLong,
    Bytes(Vec<u8>),
}

/// A composer's row, before its value is read.
pub struct ComposerRow {
    pub id: String,
    row: i64,
    /// Length of its value; none where it has none.
    pub len: Option<i64>,
}

impl ComposerRow {
    /// What changes when the row is written.
    pub fn mark(&self) -> [u8; 16] {
        let mut mark = [0; 16];
        let bytes = self.row.to_le_bytes().into_iter();
        let bytes = bytes.chain(self.len.unwrap_or(-1).to_le_bytes());
        mark.iter_mut().zip(bytes).for_each(|(to, from)| *to = from);
        mark
    }
}

/// Which tables there are.
#[derive(Clone, Copy)]
pub struct Tables {
    pub values: bool,
    pub items: bool,
    /// The table of heads, and whether it names their workspaces.
    pub heads: Option<bool>,
}

impl Tables {
    pub fn of(db: &Database) -> rusqlite::Result<Tables> {
        db.next_query();
        let columns = |table| sqlite::columns(&db.connection, table);
        let has = |columns: &[String], name: &str| columns.iter().any(|c| c == name);
        let keyed = |table| columns(table).map(|c| has(&c, "key") && has(&c, "value"));
        let heads = columns("composerHeaders")?;
        let is_known = has(&heads, "composerId") && has(&heads, "value");
        Ok(Tables {
            values: keyed("cursorDiskKV")?,
            items: keyed("ItemTable")?,
            heads: is_known.then(|| has(&heads, "workspaceId")),
        })
    }
}

/// Bytes of whatever type a row holds.
fn bytes(row: &Row<'_>, i: usize) -> Option<Vec<u8>> {
    match row.get_ref(i).ok()? {
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => Some(bytes.to_vec()),
        ValueRef::Integer(n) => Some(n.to_string().into_bytes()),
        ValueRef::Real(n) => Some(n.to_string().into_bytes()),
        ValueRef::Null => None,
    }
}

fn text(row: &Row<'_>, i: usize) -> Option<String> {
    bytes(row, i).map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}

fn number(row: &Row<'_>, i: usize) -> Option<i64> {
    match row.get_ref(i).ok()? {
        ValueRef::Integer(n) => Some(n),
        _ => None,
    }
}

fn one(db: &Database, sql: &str, key: &str) -> rusqlite::Result<Value> {
    db.next_query();
    let mut statement = db.connection.prepare_cached(sql)?;
    let mut rows = statement.query((key, LINE_MAX as i64))?;
    let Some(row) = rows.next()? else {
        return Ok(Value::Missing);
    };
    Ok(match (number(row, 0), bytes(row, 1)) {
        (None, _) => Value::Missing,
        (Some(_), None) => Value::TooLong,
        (Some(_), Some(bytes)) => Value::Bytes(bytes),
    })
}

/// A value of `ItemTable`.
pub fn item(db: &Database, tables: Tables, item: Item) -> rusqlite::Result<Value> {
    if tables.items {
        one(db, ITEM, item.key())
    } else {
        Ok(Value::Missing)
    }
}

/// A composer's own value.
pub fn composer(db: &Database, id: &str) -> rusqlite::Result<Value> {
    one(db, VALUE, &composer_key(id))
}

pub fn composer_key(id: &str) -> String {
    format!("composerData:{id}")
}

/// A bubble's value.
pub fn bubble(db: &Database, composer: &str, id: &str) -> rusqlite::Result<Value> {
    one(db, VALUE, &bubble_key(composer, id))
}

pub fn bubble_key(composer: &str, id: &str) -> String {
    format!("bubbleId:{composer}:{id}")
}

fn composer_rows(
    db: &Database,
    sql: &str,
    with: impl Params,
) -> rusqlite::Result<Vec<ComposerRow>> {
    db.next_query();
    let mut statement = db.connection.prepare_cached(sql)?;
    let rows = statement.query_map(with, |row| {
        Ok(ComposerRow {
            id: text(row, 0).unwrap_or_default(),
            row: number(row, 1).unwrap_or_default(),
            len: number(row, 2),
        })
    })?;
    rows.collect()
}

/// All composers, without their values.
pub fn composers(db: &Database) -> rusqlite::Result<Vec<ComposerRow>> {
    composer_rows(db, COMPOSERS, [])
}

/// One composer, without its value.
pub fn composer_row(db: &Database, id: &str) -> rusqlite::Result<Option<ComposerRow>> {
    let rows = composer_rows(db, COMPOSER, [composer_key(id)]);
    rows.map(|rows| rows.into_iter().next())
}

/// The keys of a composer's bubbles: from the first on, before the second.
fn bounds(composer: &str) -> (String, String) {
    // `;` is the character after `:`.
    (
        format!("bubbleId:{composer}:"),
        format!("bubbleId:{composer};"),
    )
}

/// What changes when any of a composer's bubbles is written; answered from the index alone.
pub fn bubbles_mark(db: &Database, composer: &str) -> rusqlite::Result<Vec<u8>> {
    db.next_query();
    let mut statement = db.connection.prepare_cached(BUBBLES_MARK)?;
    statement.query_row(bounds(composer), |row| {
        let total: f64 = row.get(1)?;
        let words = [number(row, 0), number(row, 2)].map(Option::unwrap_or_default);
        let words = words.iter().flat_map(|n| n.to_le_bytes());
        Ok(words.chain(total.to_bits().to_le_bytes()).collect())
    })
}

/// Bubbles of a composer by their keys, whether or not its conversation names them.
pub fn bubbles(
    db: &Database,
    composer: &str,
    each: &mut dyn FnMut(&str, Vec<u8>),
) -> rusqlite::Result<()> {
    let (from, to) = bounds(composer);
    db.next_query();
    let mut statement = db.connection.prepare_cached(BUBBLES)?;
    let mut rows = statement.query((&from, to, LINE_MAX as i64))?;
    while let Some(row) = rows.next()? {
        let key = text(row, 0).unwrap_or_default();
        if let (Some(id), Some(value)) = (key.strip_prefix(&from), bytes(row, 1)) {
            each(id, value);
        }
    }
    Ok(())
}

/// The rows of the table of heads: composer, workspace, and the head itself.
pub fn heads(
    db: &Database,
    tables: Tables,
    each: &mut dyn FnMut(String, Option<String>, Vec<u8>),
) -> rusqlite::Result<()> {
    let Some(names_workspace) = tables.heads else {
        return Ok(());
    };
    let workspace = if names_workspace {
        "workspaceId"
    } else {
        "NULL"
    };
    db.next_query();
    let mut statement = db.connection.prepare_cached(&format!(
        "SELECT composerId, {workspace}, value FROM composerHeaders WHERE octet_length(value) <= ?1"
    ))?;
    let mut rows = statement.query([LINE_MAX as i64])?;
    while let Some(row) = rows.next()? {
        if let (Some(id), Some(value)) = (text(row, 0), bytes(row, 2)) {
            each(id, text(row, 1), value);
        }
    }
    Ok(())
}
