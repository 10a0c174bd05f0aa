//! `backscroll explain`: where a session's tokens and cost come from.

use serde::Serialize;

use super::args::{Explain, Shared};
use super::ids::Ids;
use super::json::{self, SCHEMA};
use super::table::heading;
use super::{Failure, Streams, resolve};
use crate::env::Env;
use crate::exit;
use crate::export::explain;
use crate::index::{Explained, ModelPart, Part};
use crate::model::Usd;
use crate::redact::Mask;
use crate::text::Clean;
use crate::tui::is_ascii;

pub fn run(
    env: &Env,
    shared: &Shared,
    args: &Explain,
    streams: &mut Streams<'_>,
) -> Result<i32, Failure> {
    run_under(env, shared, args, None, streams)
}

/// The same with titles as a mask shows them.
pub fn run_under(
    env: &Env,
    shared: &Shared,
    args: &Explain,
    mask: Option<&Mask>,
    streams: &mut Streams<'_>,
) -> Result<i32, Failure> {
    let loaded = super::load_for(env, shared, &args.pricing, super::Need::All, streams)?;
    let row = resolve::session(&loaded.index, &args.id)?;
    let mut explained = loaded.index.explain(&row);
    if let Some(mask) = mask {
        explained.retitle(|title| mask.title(title));
    }
    let prices = loaded.index.tariff().about();
    if shared.json {
        json::write(streams.out, &ExplainOut::new(&explained, &prices))?;
        return Ok(exit::DONE);
    }
    let out = &mut *streams.out;
    let title = Clean::from(format!("Explained: {}", Ids::of(&loaded.index).name(&row)));
    if !shared.plain {
        write!(out, "{}", heading("", &title, is_ascii(env, shared.ascii)))?;
    }
    for line in explain::lines(&explained, &prices, &env.locale) {
        writeln!(out, "{}{}", "  ".repeat(line.depth), line.text)?;
    }
    Ok(exit::DONE)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ExplainOut {
    schema_version: u32,
    session_id: String,
    source: &'static str,
    total_tokens: Option<u64>,
    total_cost: Option<f64>,
    cost_basis: &'static str,
    /// Which prices were used, and how old they are.
    prices: String,
    /// The session itself, then each sub-agent and copy.
    parts: Vec<PartOut>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PartOut {
    session_id: String,
    kind: &'static str,
    /// Lines of its log that tell of tokens.
    lines: u64,
    responses: u64,
    /// Responses it repeats that belong to other sessions.
    belong_elsewhere: u64,
    total_tokens: u64,
    total_cost: Option<f64>,
    cost_basis: &'static str,
    models: Vec<ModelOut>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ModelOut {
    model: Option<String>,
    is_fallback: bool,
    responses: u64,
    input_tokens: u64,
    output_tokens: u64,
    cache_creation_tokens: u64,
    cache_read_tokens: u64,
    reported_cost: f64,
    reported_responses: u64,
    estimated_cost: f64,
    estimated_responses: u64,
    unpriced_responses: u64,
    price_from: Vec<String>,
    prices: Vec<PriceOut>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PriceOut {
    kind: String,
    tokens: u64,
    /// Dollars.
    per_million: f64,
    cost: f64,
}

impl ExplainOut {
    fn new(explained: &Explained, prices: &str) -> ExplainOut {
        let first = explained.parts.first();
        let row = first.map(|part| &part.row);
        let cost = row.map(|row| row.cost());
        ExplainOut {
            schema_version: SCHEMA,
            session_id: row.map_or_else(String::new, |row| clean(&row.id().native)),
            source: row.map_or("", |row| row.id().source.0),
            total_tokens: row.and_then(|row| row.tokens()),
            total_cost: cost.and_then(|cost| cost.known()).map(Usd::dollars),
            cost_basis: cost.map_or("unknown", |cost| cost.basis.word()),
            prices: clean(prices),
            parts: explained.parts.iter().map(PartOut::new).collect(),
        }
    }
}

impl PartOut {
    fn new(part: &Part) -> PartOut {
        let cost = part.cost();
        PartOut {
            session_id: clean(&part.row.id().native),
            kind: part.row.session.kind.word(),
            lines: part.counting.lines,
            responses: part.counting.responses,
            belong_elsewhere: part.counting.elsewhere,
            total_tokens: part.row.own.usage.total(),
            total_cost: cost.known().map(Usd::dollars),
            cost_basis: cost.basis.word(),
            models: part.models.iter().map(ModelOut::new).collect(),
        }
    }
}

impl ModelOut {
    fn new(part: &ModelPart) -> ModelOut {
        let u = &part.sums.usage;
        ModelOut {
            model: part.model.as_ref().map(|m| clean(&m.name)),
            is_fallback: part.sums.assumed > 0,
            responses: part.sums.responses,
            input_tokens: u.input,
            output_tokens: u.output,
            cache_creation_tokens: u.cache_write,
            cache_read_tokens: u.cache_read,
            reported_cost: part.reported.0.dollars(),
            reported_responses: part.reported.1,
            estimated_cost: part.estimated.0.dollars(),
            estimated_responses: part.estimated.1,
            unpriced_responses: part.sums.cost.unknown(),
            price_from: part.from.iter().map(|from| clean(from)).collect(),
            prices: part
                .lines
                .iter()
                .map(|line| PriceOut {
                    kind: line.kind.clone(),
                    tokens: line.tokens,
                    per_million: Usd::from_nanos(line.per_million).dollars(),
                    cost: line.amount().dollars(),
                })
                .collect(),
        }
    }
}

fn clean(text: &str) -> String {
    Clean::of(text).to_string()
}
