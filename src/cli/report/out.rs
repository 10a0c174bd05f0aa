//! The shapes of the reports' JSON. Names are those that scripts for older tools know; fields are only ever added.

use serde::Serialize;

use super::notes::full_name;
use crate::model::{ModelId, ModelSums, Sums};
use crate::text::Clean;

/// Tokens and money of anything. Unknown is null.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SpendOut {
    pub input_tokens: u64,
    pub output_tokens: u64,
    pub cache_creation_tokens: u64,
    pub cache_read_tokens: u64,
    pub total_tokens: u64,
    pub total_cost: Option<f64>,
    /// Part of the output tokens, where logs tell it.
    pub reasoning_tokens: u64,
    /// `reported`, `estimated`, `partial` or `unknown`.
    pub cost_basis: &'static str,
}

impl SpendOut {
    pub fn new(sums: &Sums) -> SpendOut {
        SpendOut::of(&sums.usage, sums.cost)
    }

    fn of(usage: &crate::model::Usage, cost: crate::model::CostSum) -> SpendOut {
        let cost = cost.cost();
        SpendOut {
            input_tokens: usage.input,
            output_tokens: usage.output,
            cache_creation_tokens: usage.cache_write,
            cache_read_tokens: usage.cache_read,
            total_tokens: usage.total(),
            total_cost: cost.known().map(|usd| usd.dollars()),
            reasoning_tokens: usage.reasoning,
            cost_basis: cost.basis.word(),
        }
    }
}

/// One model's part.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ModelOut {
    model: Option<String>,
    #[serde(flatten)]
    spend: SpendOut,
    /// The log names no model; this one's price was used.
    is_fallback: bool,
}

impl ModelOut {
    fn new((model, one): (&Option<ModelId>, &ModelSums)) -> ModelOut {
        ModelOut {
            model: model.as_ref().map(|m| Clean::of(&m.name).to_string()),
            spend: SpendOut::of(&one.usage, one.cost),
            is_fallback: one.assumed > 0,
        }
    }
}

/// The models of a sum.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ModelsOut {
    models_used: Vec<String>,
    model_breakdowns: Vec<ModelOut>,
    is_fallback: bool,
    /// Models without a price; their tokens are counted and their cost is not.
    unpriced_models: Vec<String>,
}

impl ModelsOut {
    pub fn new(sums: &Sums, logged_only: bool) -> ModelsOut {
        ModelsOut {
            models_used: sums
                .named()
                .map(|(model, _)| Clean::of(&model.name).to_string())
                .collect(),
            model_breakdowns: sums.models.iter().map(ModelOut::new).collect(),
            is_fallback: sums.models.values().any(|one| one.assumed > 0),
            unpriced_models: sums
                .unpriced()
                .filter(|_| !logged_only)
                .map(|(model, _)| Clean::of(&full_name(model)).to_string())
                .collect(),
        }
    }
}
