//! How the list is arranged: by the text of the query, else by what was chosen before.

use super::app::App;
use crate::index::{Grouping, Order, SortKey};

impl App {
    /// The order in force: what the query says, else what was chosen. How well words fit means nothing without any.
    pub fn order(&self) -> Order {
        let said = self.query.query.arrangement().sort;
        let order = said.and_then(|(word, up)| Order::by_word(word, up));
        order.map_or_else(|| self.chosen_order(), |order| self.meant(order))
    }

    /// The order that was chosen, as it is meant beside this query.
    pub fn chosen_order(&self) -> Order {
        self.meant(self.choice())
    }

    fn meant(&self, order: Order) -> Order {
        match order.key {
            SortKey::Relevance if !self.query.query.has_words() => Order::default(),
            _ => order,
        }
    }

    /// The order that was chosen last. Words rank what they find, unless it was chosen beside these very words.
    pub fn choice(&self) -> Order {
        let order = self.prefs.order();
        let query = &self.query.query;
        let is_for_others = query.has_words() && query.words() != self.sorted_words;
        match order.key {
            SortKey::Relevance => order,
            _ if is_for_others => Order::by(SortKey::Relevance),
            _ => order,
        }
    }

    /// Chooses an order, and beside which words. That words rank again is no other order for lists without any.
    pub fn choose_order(&mut self, order: Order) {
        let query = &self.query.query;
        if query.has_words() && order == Order::by(SortKey::Relevance) {
            self.sorted_words.clear();
            return;
        }
        self.sorted_words = query.words();
        self.prefs.set_order(order);
    }

    /// What the list is in groups by: what the query says, else what was chosen last.
    pub fn grouping(&self) -> Grouping {
        let said = self.query.query.arrangement().group;
        let word = said.unwrap_or(&self.prefs.group);
        Grouping::by_word(word).unwrap_or_default()
    }
}
