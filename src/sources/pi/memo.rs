//! What reading on must know of what was read before.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::json::Obj;
use crate::model::TitleRank;
use crate::text::floor_boundary;

/// A title that waits for its session is kept to this length; it is cut for display anyway.
const TITLE: usize = 500;

/// Of one log, from its start to where reading stopped.
#[derive(Default)]
pub struct Memo {
    /// Decided at the first record: the id in the header, else the one in the file's name.
    pub id: Option<Box<str>>,
    /// When the header says that the session was created.
    pub created: Option<Timestamp>,
    pub has_header: bool,
    /// A title that stood before the header.
    pub title: Option<(TitleRank, String)>,
    /// The last entry's place in the tree: entries without ids follow one another.
    pub last: Option<u64>,
}

impl Memo {
    pub fn read(bytes: &[u8]) -> Memo {
        let text = std::str::from_utf8(bytes).unwrap_or_default();
        let Some(memo) = Obj::parse(text) else {
            return Memo::default();
        };
        let rank = if memo.is_true("user") {
            TitleRank::User
        } else {
            TitleRank::Agent
        };
        Memo {
            id: memo.text("id").map(|id| (*id).into()),
            created: memo.time("created"),
            has_header: memo.is_true("header"),
            title: memo.str("title").map(|title| (rank, title.into_owned())),
            last: memo.u64("last"),
        }
    }

    pub fn bytes(&self) -> Box<[u8]> {
        let title = self.title.as_ref();
        let memo = json!({
            "id": self.id.as_deref(),
            "created": self.created.map(|time| time.to_string()),
            "header": self.has_header,
            "user": title.is_some_and(|(rank, _)| *rank == TitleRank::User),
            "title": title.map_or(Value::Null, |(_, text)| floor_boundary(text, TITLE).into()),
            "last": self.last,
        });
        memo.to_string().into_bytes().into()
    }
}
