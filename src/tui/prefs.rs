//! What the screen remembers from one run to the next.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::index::{Direction, Grouping, Order, SortKey};
use crate::render::showing::Showing;

/// Kept as `prefs.toml` in our state folder.
#[derive(Serialize, Deserialize, Clone, PartialEq, Debug)]
#[serde(default)]
pub struct Prefs {
    // Under another name than before words could rank, when everybody's was written without being chosen.
    #[serde(rename = "order")]
    pub sort: String,
    pub descending: bool,
    pub preview: bool,
    /// What the list is in groups by.
    pub group: String,
    /// Sub-agents, copies and empty sessions are listed too.
    pub all_kinds: bool,
    /// What the terminal said of its ground the last time it was asked.
    pub light: bool,
    /// Per cent of the width that the list has beside the reader, and of the height above it, where they were moved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub list_width: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub list_height: Option<u16>,
    /// Queries that were kept, the newest last.
    pub queries: Vec<String>,
    /// Parts that exports go without, by the name of their format.
    pub left_out: BTreeMap<String, Vec<String>>,
    /// Actions that were chosen from the palette, the newest last.
    pub recent: Vec<String>,
    /// How conversations are shown.
    pub reader: Showing,
}

/// More queries are not remembered.
const QUERIES: usize = 100;

impl Default for Prefs {
    fn default() -> Prefs {
        Prefs {
            sort: SortKey::Relevance.word().to_owned(),
            descending: true,
            preview: true,
            group: Grouping::None.word().to_owned(),
            all_kinds: false,
            light: false,
            list_width: None,
            list_height: None,
            queries: Vec::new(),
            left_out: BTreeMap::new(),
            recent: Vec::new(),
            reader: Showing::default(),
        }
    }
}

impl Prefs {
    /// Remembers a query as the newest. Tells whether that is news.
    pub fn keep_query(&mut self, text: &str) -> bool {
        let text = text.trim();
        if text.is_empty() || self.queries.last().is_some_and(|last| last == text) {
            return false;
        }
        self.queries.retain(|known| known != text);
        self.queries.push(text.to_owned());
        let over = self.queries.len().saturating_sub(QUERIES);
        self.queries.drain(..over);
        true
    }

    pub fn order(&self) -> Order {
        let key = SortKey::by_word(&self.sort).unwrap_or(SortKey::Relevance);
        let direction = if self.descending {
            Direction::Down
        } else {
            Direction::Up
        };
        Order { key, direction }
    }

    pub fn set_order(&mut self, order: Order) {
        self.sort = order.key.word().to_owned();
        self.descending = order.direction == Direction::Down;
    }
}
