//! Where a session's tokens and cost come from: what was counted, what was not and why, and at which prices.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Index;
use super::entries::Counting;
use crate::model::{Basis, Bill, Cost, ModelId, ModelSums, Quote, QuoteLine, Row, Usd};
use crate::text::Clean;

/// A session taken apart: itself first, then each sub-agent and copy that is billed with it.
#[derive(Clone, Debug)]
pub struct Explained {
    pub parts: Vec<Part>,
}

impl Explained {
    /// Has titles shown in another way.
    pub fn retitle(&mut self, shown: impl Fn(&Clean) -> Clean) {
        for part in &mut self.parts {
            if let Some(title) = &part.row.session.title {
                let title = shown(&title.text);
                part.row = Arc::new(part.row.titled(title));
            }
        }
    }
}

/// One session of a family.
#[derive(Clone, Debug)]
pub struct Part {
    pub row: Arc<Row>,
    pub counting: Counting,
    pub models: Vec<ModelPart>,
}

impl Part {
    pub fn cost(&self) -> Cost {
        self.row.own.cost.cost()
    }
}

/// One model's part of a session.
#[derive(Clone, Debug)]
pub struct ModelPart {
    /// Absent where the log names none.
    pub model: Option<ModelId>,
    pub sums: ModelSums,
    /// What the agent itself logged, and for how many responses.
    pub reported: (Usd, u64),
    /// What was made from prices, and for how many responses.
    pub estimated: (Usd, u64),
    /// Tokens by kind and price, of the responses that were estimated.
    pub lines: Vec<QuoteLine>,
    /// Whose prices these are; several where prices changed over time.
    pub from: Vec<String>,
}

#[derive(Default)]
struct Tally {
    reported: (Usd, u64),
    estimated: (Usd, u64),
    lines: BTreeMap<(u8, String, i64), u64>,
    from: Vec<String>,
}

impl Index {
    /// Takes a session's cost apart.
    pub fn explain(&self, row: &Arc<Row>) -> Explained {
        let part = |row: &Arc<Row>| Part {
            counting: self.counting(row),
            models: self.models_of(row),
            row: row.clone(),
        };
        Explained {
            parts: self.family(row.id()).into_iter().map(part).collect(),
        }
    }

    fn models_of(&self, row: &Arc<Row>) -> Vec<ModelPart> {
        let mut tallies: BTreeMap<Option<ModelId>, Tally> = BTreeMap::new();
        let Some(slot) = self.ledger.known_slot(row.id()) else {
            return Vec::new();
        };
        self.ledger.each_own(slot, &mut |response| {
            let model = response.model.as_ref();
            let tally = tallies.entry(model.cloned()).or_default();
            let usd = response.cost.usd;
            match response.cost.basis {
                Basis::Reported if response.logged.is_some() => {
                    tally.reported = (tally.reported.0 + usd, tally.reported.1 + 1);
                }
                Basis::Estimated => {
                    tally.estimated = (tally.estimated.0 + usd, tally.estimated.1 + 1);
                    let quote = self.tariff().quote(&Bill {
                        model,
                        rate: response.rate,
                        usage: response.usage,
                        logged: None,
                        at: response.at,
                    });
                    tally.hear(quote);
                }
                _ => {}
            }
        });
        let part = |(model, tally): (Option<ModelId>, Tally)| ModelPart {
            sums: row
                .own
                .models
                .get(model.as_ref())
                .copied()
                .unwrap_or_default(),
            model,
            reported: tally.reported,
            estimated: tally.estimated,
            lines: tally
                .lines
                .into_iter()
                .map(|((place, kind, per_million), tokens)| QuoteLine {
                    place,
                    kind,
                    tokens,
                    per_million,
                })
                .collect(),
            from: tally.from,
        };
        let mut parts: Vec<ModelPart> = tallies.into_iter().map(part).collect();
        parts.sort_by_key(|part| std::cmp::Reverse(part.sums.usage.total()));
        parts
    }
}

impl Tally {
    fn hear(&mut self, quote: Option<Quote>) {
        let Some(quote) = quote else { return };
        for line in quote.lines {
            let sum = self
                .lines
                .entry((line.place, line.kind, line.per_million))
                .or_default();
            *sum = sum.saturating_add(line.tokens);
        }
        if !self.from.contains(&quote.from) {
            self.from.push(quote.from);
        }
    }
}
