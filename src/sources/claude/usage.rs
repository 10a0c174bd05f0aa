//! What a response used, as its record tells it.

use super::super::json::Obj;
use crate::model::{ModelId, Rate, Usage};

/// The maker is not logged; a model of this family has one.
pub fn model_id(name: &str) -> ModelId {
    ModelId::new(name.starts_with("claude").then_some("anthropic"), name)
}

pub fn tokens(usage: &Obj<'_>) -> Usage {
    let n = |key| usage.u64(key).unwrap_or(0);
    let split = usage.obj("cache_creation").unwrap_or_default();
    let (short, long) = (
        split.u64("ephemeral_5m_input_tokens").unwrap_or(0),
        split.u64("ephemeral_1h_input_tokens").unwrap_or(0),
    );
    let written = usage
        .u64("cache_creation_input_tokens")
        .unwrap_or(short.saturating_add(long));
    let output = n("output_tokens");
    let thinking = usage
        .obj("output_tokens_details")
        .and_then(|d| d.u64("thinking_tokens"));
    Usage {
        input: n("input_tokens"),
        cache_read: n("cache_read_input_tokens"),
        cache_write: written,
        cache_write_1h: long.min(written),
        output,
        reasoning: thinking.unwrap_or(0).min(output),
    }
}

pub fn rate(usage: &Obj<'_>) -> Rate {
    match (
        usage.str("speed").as_deref(),
        usage.str("service_tier").as_deref(),
    ) {
        (Some("fast"), _) => Rate::Fast,
        (_, Some("priority")) => Rate::Priority,
        (_, Some("batch")) => Rate::Batch,
        _ => Rate::Standard,
    }
}
