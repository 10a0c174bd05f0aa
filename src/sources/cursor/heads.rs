//! What is noted of composers outside their own rows: in a table, in versions before it in one list.

use std::collections::HashMap;
use std::path::PathBuf;

use super::super::hash;
use super::super::json::{self, Json, Obj, Parsed};
use super::super::sqlite::Database;
use super::sql::{self, Item, Tables, Value};
use super::workspace::Place;
use crate::text::Raw;

/// A composer's head.
#[derive(Clone, Default)]
pub struct Head {
    pub name: Option<Raw>,
    pub subtitle: Option<Raw>,
    pub archived: Option<bool>,
    pub sub_agent: bool,
    pub place: Place,
    pub created: Option<jiff::Timestamp>,
    pub updated: Option<jiff::Timestamp>,
    /// Changes when the head does.
    pub mark: u64,
}

/// All heads by their composers' ids.
#[derive(Default)]
pub struct Heads(HashMap<String, Head>);

impl Heads {
    pub fn of(db: &Database, tables: Tables) -> rusqlite::Result<Heads> {
        let mut heads = Heads::default();
        if let Value::Bytes(bytes) = sql::item(db, tables, Item::Heads)? {
            heads.list(&bytes);
        }
        // The table is of newer versions, so its word is the later one.
        sql::heads(db, tables, &mut |id, workspace, value| {
            let mut store = json::Store::default();
            if let Parsed::Object(head) | Parsed::Repaired(head) = json::record(&value, &mut store)
            {
                let mut read = Head::read(&head, &value);
                if read.place == Place::Unknown {
                    read.place = Place::named(workspace.as_deref());
                }
                heads.0.insert(id, read);
            }
        })?;
        Ok(heads)
    }

    fn list(&mut self, bytes: &[u8]) {
        let mut store = json::Store::default();
        let (Parsed::Object(all) | Parsed::Repaired(all)) = json::record(bytes, &mut store) else {
            return;
        };
        for json in all.list("allComposers") {
            if let Some(head) = json.obj()
                && let Some(id) = head.text("composerId")
            {
                let read = Head::read(&head, json.raw().as_bytes());
                self.0.insert(id.into_owned(), read);
            }
        }
    }

    pub fn get(&self, id: &str) -> Option<&Head> {
        self.0.get(id)
    }
}

impl Head {
    /// A head, or a composer's own row, which has the same fields.
    pub fn read(head: &Obj<'_>, bytes: &[u8]) -> Head {
        let raw = |key| head.text(key).map(|text| Raw::from(&*text));
        Head {
            name: raw("name"),
            subtitle: raw("subtitle"),
            archived: head.bool("isArchived"),
            sub_agent: head.is_true("isSubagent") || head.is_true("isBestOfNSubcomposer"),
            place: Place::of(head.get("workspaceIdentifier").and_then(Json::obj).as_ref()),
            created: head.time("createdAt"),
            updated: head.time("lastUpdatedAt"),
            mark: hash(&[bytes]),
        }
    }

    /// The folder itself, where the head says it.
    pub fn dir(&self) -> Option<PathBuf> {
        match &self.place {
            Place::Dir(dir, _) => Some(dir.clone()),
            _ => None,
        }
    }
}
