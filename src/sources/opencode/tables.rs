//! The questions asked of the tables. Bodies are asked for message by message, so that a writer's checkpoint never waits
//! for a long reading.

use std::collections::HashSet;

use rusqlite::{Params, Row};

use super::super::sqlite::{self, Database};

/// Which tables there are. Versions with the second engine keep messages whole in `session_message`.
pub struct Tables {
    first: bool,
    second: bool,
}

/// How a session's messages are kept.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// In `message`, their parts in `part`.
    Parts,
    /// Whole in `session_message`.
    Whole,
}

/// One message as it is stored.
pub struct MessageRow {
    pub data: String,
    /// Of the second form only.
    pub kind: String,
    pub created: Option<i64>,
}

/// Text of whatever type a row holds; numbers and blobs are read as text would be.
pub fn text(row: &Row<'_>, i: usize) -> Option<String> {
    match row.get_ref(i).ok()? {
        rusqlite::types::ValueRef::Text(bytes) | rusqlite::types::ValueRef::Blob(bytes) => {
            // Looking for what is broken is slower than finding that nothing is.
            let sound = std::str::from_utf8(bytes).map(str::to_owned);
            Some(sound.unwrap_or_else(|_| String::from_utf8_lossy(bytes).into_owned()))
        }
        rusqlite::types::ValueRef::Integer(n) => Some(n.to_string()),
        _ => None,
    }
}

pub fn number(row: &Row<'_>, i: usize) -> Option<i64> {
    match row.get_ref(i).ok()? {
        rusqlite::types::ValueRef::Integer(n) => Some(n),
        // A float cast saturates.
        rusqlite::types::ValueRef::Real(n) => Some(n as i64),
        _ => None,
    }
}

fn texts(db: &Database, sql: &str, with: impl Params) -> rusqlite::Result<Vec<String>> {
    db.next_query();
    let mut statement = db.connection.prepare_cached(sql)?;
    let rows = statement.query_map(with, |row| Ok(text(row, 0)))?;
    rows.filter_map(Result::transpose).collect()
}

fn most(db: &Database, sql: &str, with: impl Params) -> rusqlite::Result<Option<i64>> {
    db.next_query();
    let mut statement = db.connection.prepare_cached(sql)?;
    statement.query_row(with, |row| Ok(number(row, 0)))
}

impl Tables {
    pub fn of(db: &Database) -> rusqlite::Result<Tables> {
        let has = |table| sqlite::columns(&db.connection, table).map(|c| !c.is_empty());
        Ok(Tables {
            first: has("message")? && has("part")?,
            second: has("session_message")?,
        })
    }

    /// The last row numbers of the messages: later rows have larger ones.
    pub fn last_rows(&self, db: &Database) -> (i64, i64) {
        // A version without row numbers is one whose sessions are compared by time alone.
        let last = |there: bool, sql| {
            let last = there.then(|| most(db, sql, []).ok().flatten());
            last.flatten().unwrap_or(0)
        };
        (
            last(self.first, "SELECT max(rowid) FROM message"),
            last(self.second, "SELECT max(rowid) FROM session_message"),
        )
    }

    /// Sessions to which messages were added behind those rows.
    pub fn sessions_past(
        &self,
        db: &Database,
        (first, second): (i64, i64),
    ) -> rusqlite::Result<Vec<String>> {
        let mut found = Vec::new();
        if self.first {
            let sql = "SELECT DISTINCT session_id FROM message WHERE rowid > ?1";
            found.extend(texts(db, sql, [first])?);
        }
        if self.second {
            let sql = "SELECT DISTINCT session_id FROM session_message WHERE rowid > ?1";
            found.extend(texts(db, sql, [second])?);
        }
        Ok(found)
    }

    /// When anything in a session last changed, in milliseconds since 1970; 0 where nothing says.
    pub fn last_change(&self, db: &Database, session: &str) -> rusqlite::Result<i64> {
        let mut last = 0;
        let mut ask = |sql| -> rusqlite::Result<()> {
            last = last.max(most(db, sql, [session])?.unwrap_or(0));
            Ok(())
        };
        if self.first {
            ask("SELECT max(time_updated) FROM message WHERE session_id = ?1")?;
            // While a tool runs, its part is written and its message is not. Only the last message has such parts, and
            // looking at no others keeps this from reading the whole database.
            ask("SELECT max(time_updated) FROM part WHERE message_id =
                (SELECT id FROM message WHERE session_id = ?1 ORDER BY time_created DESC, id DESC LIMIT 1)")?;
        }
        if self.second {
            ask("SELECT max(time_updated) FROM session_message WHERE session_id = ?1")?;
        }
        Ok(last)
    }

    /// The ids of a session's messages in their order. Where both forms hold it, the first tells: both say the same.
    pub fn ids(&self, db: &Database, session: &str) -> rusqlite::Result<(Form, Vec<String>)> {
        if self.first {
            let sql = "SELECT id FROM message WHERE session_id = ?1 ORDER BY time_created, id";
            let ids = texts(db, sql, [session])?;
            if !ids.is_empty() || !self.second {
                return Ok((Form::Parts, ids));
            }
        }
        if !self.second {
            return Ok((Form::Parts, Vec::new()));
        }
        let sql = "SELECT id FROM session_message WHERE session_id = ?1 ORDER BY seq, id";
        Ok((Form::Whole, texts(db, sql, [session])?))
    }

    /// Messages of a session that changed at or after a time, themselves or a part of them.
    pub fn changed(
        &self,
        db: &Database,
        session: &str,
        since: i64,
    ) -> rusqlite::Result<HashSet<String>> {
        let mut found = HashSet::new();
        if self.first {
            let sql = "SELECT id FROM message WHERE session_id = ?1 AND time_updated >= ?2
                UNION SELECT message_id FROM part WHERE session_id = ?1 AND time_updated >= ?2";
            found.extend(texts(db, sql, (session, since))?);
        }
        if self.second {
            let sql = "SELECT id FROM session_message WHERE session_id = ?1 AND time_updated >= ?2";
            found.extend(texts(db, sql, (session, since))?);
        }
        Ok(found)
    }

    /// One message; none where it went meanwhile.
    pub fn message(
        &self,
        db: &Database,
        form: Form,
        id: &str,
    ) -> rusqlite::Result<Option<MessageRow>> {
        db.next_query();
        let sql = match form {
            Form::Parts => "SELECT data, time_created, '' FROM message WHERE id = ?1",
            Form::Whole => "SELECT data, time_created, type FROM session_message WHERE id = ?1",
        };
        let mut statement = db.connection.prepare_cached(sql)?;
        let mut rows = statement.query([id])?;
        let Some(row) = rows.next()? else {
            return Ok(None);
        };
        Ok(Some(MessageRow {
            data: text(row, 0).unwrap_or_default(),
            created: number(row, 1),
            kind: text(row, 2).unwrap_or_default(),
        }))
    }

    /// The parts of a message, in the order of their making.
    pub fn parts(&self, db: &Database, message: &str) -> rusqlite::Result<Vec<String>> {
        texts(
            db,
            "SELECT data FROM part WHERE message_id = ?1 ORDER BY id",
            [message],
        )
    }
}
