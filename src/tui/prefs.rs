//! What the screen remembers from one run to the next.

use serde::{Deserialize, Serialize};

use crate::index::{Direction, Order, SortKey};

/// Kept as `prefs.toml` in our state folder.
#[derive(Serialize, Deserialize, Clone, PartialEq, Debug)]
#[serde(default)]
pub struct Prefs {
    pub sort: String,
    pub descending: bool,
    pub preview: bool,
    /// What the terminal said of its ground the last time it was asked.
    pub light: bool,
}

impl Default for Prefs {
    fn default() -> Prefs {
        Prefs {
            sort: SortKey::Updated.word().to_owned(),
            descending: true,
            preview: true,
            light: false,
        }
    }
}

impl Prefs {
    pub fn order(&self) -> Order {
        let key = SortKey::by_word(&self.sort).unwrap_or(SortKey::Updated);
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
