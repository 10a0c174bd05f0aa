//! What a report's figures do not say of themselves: guesses, gaps, and what was left out.

use std::collections::BTreeMap;

use super::Face;
use crate::model::{Basis, ModelId, Sums};
use crate::text::Clean;

/// At most so many names stand in one note.
const NAMES: usize = 6;

/// Collected while a report is made.
#[derive(Default, Debug)]
pub struct Notes {
    pub(super) estimated: bool,
    pub(super) partial: bool,
    pub(super) unknown: bool,
    /// Responses whose log names no model, by the model they are taken for.
    pub(super) assumed: BTreeMap<String, u64>,
    /// Tokens of models without a price.
    pub(super) unpriced: BTreeMap<String, u64>,
    /// Costs are those that were logged, and no others.
    pub logged_only: bool,
    /// Sessions whose logs hold no tokens.
    pub silent: u64,
    /// Responses whose log has no time.
    pub untimed: u64,
    /// Responses of which not even their session has a time.
    pub timeless: u64,
}

impl Notes {
    pub fn hear(&mut self, sums: &Sums) {
        let cost = sums.cost;
        self.estimated |= cost.estimated() > 0;
        self.partial |= cost.cost().basis == Basis::Partial;
        self.unknown |= cost.cost().basis == Basis::Unknown && sums.responses > 0;
        for (model, one) in sums.models.iter() {
            let name = || model.as_ref().map_or("unknown", |m| &m.name).to_owned();
            if one.assumed > 0 {
                *self.assumed.entry(name()).or_default() += one.assumed;
            }
        }
        // Who asks for logged costs only asks for no prices.
        for (model, one) in sums.unpriced().filter(|_| !self.logged_only) {
            *self.unpriced.entry(full_name(model)).or_default() += one.unpriced.total();
        }
    }

    /// One line each, for under the table.
    pub fn lines(&self, face: &Face) -> Vec<Clean> {
        let mut lines = Vec::new();
        if self.estimated && face.bare {
            lines.push("Costs are made from tokens and prices where the logs hold none; see: backscroll explain ID".to_owned());
        } else if self.estimated {
            lines.push("~ : made from tokens and prices; see: backscroll explain ID".to_owned());
        }
        if self.partial && face.bare {
            lines.push(
                "Some costs are at least what is shown: some tokens have no price or are not in the log"
                    .to_owned(),
            );
        } else if self.partial {
            lines.push(
                ">= : at least so much: some tokens have no price or are not in the log".to_owned(),
            );
        }
        if self.unknown {
            lines.push("- : no price is known for any of it".to_owned());
        }
        if !self.unpriced.is_empty() {
            let names = self
                .unpriced
                .iter()
                .map(|(name, tokens)| format!("{name} ({} tokens)", face.locale.count(*tokens)));
            lines.push(format!("Without a price: {}", some(names)));
        }
        for (name, n) in &self.assumed {
            lines.push(format!(
                "{name} is assumed for {} whose logs name no model",
                counted(*n, "response")
            ));
        }
        if self.untimed > 0 {
            lines.push(format!(
                "{} without a time of their own: they stand where their session ended",
                counted(self.untimed, "response")
            ));
        }
        if self.timeless > 0 {
            lines.push(format!(
                "Left out: {} without any time",
                counted(self.timeless, "response")
            ));
        }
        if self.silent > 0 {
            lines.push(format!(
                "Left out: {} whose logs hold no tokens",
                counted(self.silent, "session")
            ));
        }
        lines.iter().map(|line| Clean::line(line)).collect()
    }
}

/// A model as its log names it.
pub fn full_name(model: Option<&ModelId>) -> String {
    model.map_or("unknown", |model| &model.name).to_owned()
}

fn counted(n: u64, what: &str) -> String {
    crate::text::counted(usize::try_from(n).unwrap_or(usize::MAX), what)
}

fn some(names: impl ExactSizeIterator<Item = String>) -> String {
    let all = names.len();
    let mut shown: Vec<String> = names.take(NAMES).collect();
    if all > NAMES {
        shown.push(format!("{} more", all - NAMES));
    }
    shown.join(", ")
}
