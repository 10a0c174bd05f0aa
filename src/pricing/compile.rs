//! Public price lists into tables: LiteLLM's map of models and the models.dev catalogue, both JSON.
//!
//! Taken are models that answer in text and have a price for input and output. A price of 0 is a price.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde_json::{Map, Value};

use super::table::{Entry, Factor, Origin, PerMillion, Price, Rates, Table, Tariff, Tier};

/// What a list turned out to be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum List {
    /// LiteLLM's map: model to prices of one token.
    Map,
    /// The models.dev catalogue: seller to models to prices of a million tokens.
    Catalogue,
}

/// The prices in a list, whichever of the two it is.
pub fn compile(json: &[u8], date: Date, title: &str) -> Result<Table, String> {
    let list: Value = serde_json::from_slice(json).map_err(|e| format!("not JSON: {e}"))?;
    let kind = kind(&list).ok_or("no price list that is known here")?;
    Ok(match kind {
        List::Map => map(&list, Origin::Current, date, title),
        List::Catalogue => catalogue(&list, date, title),
    })
}

fn kind(list: &Value) -> Option<List> {
    let list = list.as_object()?;
    let has = |name: &str| list.values().any(|v| v.get(name).is_some());
    if has("models") {
        Some(List::Catalogue)
    } else {
        has("input_cost_per_token").then_some(List::Map)
    }
}

/// LiteLLM's map.
pub fn map(list: &Value, origin: Origin, date: Date, title: &str) -> Table {
    let mut entries: BTreeMap<String, Entry> = BTreeMap::new();
    for (key, model) in list.as_object().into_iter().flatten() {
        let Some(model) = model.as_object() else {
            continue;
        };
        let mode = model.get("mode").and_then(Value::as_str);
        if key == "sample_spec" || !matches!(mode, Some("chat" | "responses" | "completion")) {
            continue;
        }
        let Some((key, price)) = name(key).zip(map_price(model)) else {
            continue;
        };
        let provider = model.get("litellm_provider").and_then(Value::as_str);
        let entry = Entry {
            key: key.as_str().into(),
            provider: provider.and_then(name).unwrap_or_default().into(),
            price,
        };
        entries.entry(key).or_insert(entry);
    }
    Table::new(origin, date, title, entries.into_values().collect())
}

/// A name as tables have it; absent when it could not stand in a line.
fn name(name: &str) -> Option<String> {
    let plain = name.len() <= 128 && name.bytes().all(|b| b.is_ascii_graphic());
    (plain && !name.is_empty() && !name.starts_with('#')).then(|| name.to_lowercase())
}

/// Prices of one tariff and length, as far as they are listed.
#[derive(Clone, Copy, Default)]
struct Row {
    input: Option<PerMillion>,
    output: Option<PerMillion>,
    /// The other four.
    rest: Rates,
}

impl Row {
    fn set(&mut self, field: Field, price: PerMillion) {
        match field {
            Field::Input => self.input = Some(price),
            Field::Output => self.output = Some(price),
            Field::CacheRead => self.rest.cache_read = Some(price),
            // Another spelling, for lists that have no other.
            Field::CacheHit => {
                self.rest.cache_read.get_or_insert(price);
            }
            Field::CacheWrite => self.rest.cache_write = Some(price),
            Field::CacheWrite1h => self.rest.cache_write_1h = Some(price),
            Field::Reasoning => self.rest.reasoning = Some(price),
        }
    }

    /// Complete when input and output are there.
    fn rates(&self, output: Option<PerMillion>) -> Option<Rates> {
        let output = self.output.or(output)?;
        Some(Rates {
            input: self.input?,
            output,
            reasoning: self.rest.reasoning.filter(|r| *r != output),
            ..self.rest
        })
    }
}

#[derive(Clone, Copy)]
enum Field {
    Input,
    Output,
    CacheRead,
    CacheHit,
    CacheWrite,
    CacheWrite1h,
    Reasoning,
}

/// Longer names first, where one begins another.
const FIELDS: &[(&str, Field)] = &[
    ("input_cost_per_token_cache_hit", Field::CacheHit),
    ("input_cost_per_token", Field::Input),
    ("output_cost_per_token", Field::Output),
    ("output_cost_per_reasoning_token", Field::Reasoning),
    ("cache_read_input_token_cost", Field::CacheRead),
    (
        "cache_creation_input_token_cost_above_1hr",
        Field::CacheWrite1h,
    ),
    ("cache_creation_input_token_cost", Field::CacheWrite),
];

/// `input_cost_per_token_above_272k_tokens_priority` taken apart; absent for what is no price of a token, or of a tariff
/// that no log tells.
fn field(name: &str) -> Option<(Field, Tariff, u64)> {
    let begins = |(base, field): &(&str, Field)| Some((name.strip_prefix(base)?, *field));
    let (mut rest, field) = FIELDS.iter().find_map(begins)?;
    let mut tariff = Tariff::Standard;
    let mut above = 0;
    if let Some(after) = rest.strip_prefix("_above_") {
        let (thousands, after) = after.split_once("k_tokens")?;
        above = thousands.parse::<u64>().ok()?.checked_mul(1000)?;
        rest = after;
    }
    if let Some(word) = rest.strip_prefix('_') {
        tariff = match word {
            "priority" => Tariff::Priority,
            "batches" => Tariff::Batch,
            "flex" => Tariff::Flex,
            _ => return None,
        };
        rest = "";
    }
    rest.is_empty().then_some((field, tariff, above))
}

fn map_price(model: &Map<String, Value>) -> Option<Price> {
    let mut rows: BTreeMap<(Tariff, u64), Row> = BTreeMap::new();
    let mut read = |prices: &Map<String, Value>, from: u64| {
        for (name, value) in prices {
            let price = value.as_f64().and_then(PerMillion::from_dollars_each);
            if let Some(((field, tariff, above), price)) = field(name).zip(price) {
                let row = rows.entry((tariff, above.max(from))).or_default();
                row.set(field, price);
            }
        }
    };
    // Where both stand, the tiers say it more exactly.
    read(model, 0);
    let tiers = model.get("tiered_pricing").and_then(Value::as_array);
    for tier in tiers.into_iter().flatten() {
        let range = tier.get("range").and_then(Value::as_array);
        let low = range.and_then(|r| r.first()).and_then(Value::as_f64);
        if let Some((tier, low)) = tier.as_object().zip(low) {
            // A number of tokens: far below what an f64 holds exactly.
            read(tier, low.clamp(0.0, 1e12) as u64);
        }
    }
    let mut price = price(&rows)?;
    let special = model.get("provider_specific_entry");
    let fast = special.and_then(|s| s.get("fast")).and_then(Value::as_f64);
    price.fast = fast.and_then(Factor::new);
    Some(price)
}

fn price(rows: &BTreeMap<(Tariff, u64), Row>) -> Option<Price> {
    let base = rows.get(&(Tariff::Standard, 0))?.rates(None)?;
    let others = rows.iter().filter(|(at, _)| **at != (Tariff::Standard, 0));
    let tiers = others.filter_map(|(&(tariff, above), row)| {
        let rates = row.rates(Some(base.output))?;
        Some(Tier {
            tariff,
            above,
            rates,
        })
    });
    Some(Price {
        base,
        tiers: tiers.collect(),
        ..Price::default()
    })
}

/// The models.dev catalogue.
pub fn catalogue(list: &Value, date: Date, title: &str) -> Table {
    let mut entries = Vec::new();
    for (provider, seller) in list.as_object().into_iter().flatten() {
        let Some(provider) = name(provider) else {
            continue;
        };
        let models = seller.get("models").and_then(Value::as_object);
        let mut sold: BTreeMap<String, Entry> = BTreeMap::new();
        for (key, model) in models.into_iter().flatten() {
            let Some((key, price)) = name(key).zip(catalogue_price(model)) else {
                continue;
            };
            let entry = Entry {
                key: key.as_str().into(),
                provider: provider.as_str().into(),
                price,
            };
            sold.entry(key).or_insert(entry);
        }
        entries.extend(sold.into_values());
    }
    Table::new(Origin::Catalogue, date, title, entries)
}

fn catalogue_price(model: &Value) -> Option<Price> {
    let cost = model.get("cost")?;
    let mut rows = BTreeMap::new();
    rows.insert((Tariff::Standard, 0), row(cost));
    let tiers = cost.get("tiers").and_then(Value::as_array);
    for tier in tiers.into_iter().flatten() {
        let shape = tier.get("tier");
        let is_context = shape.and_then(|s| s.get("type")?.as_str()) == Some("context");
        let size = shape.and_then(|s| s.get("size")?.as_u64());
        if let Some(size) = size.filter(|size| is_context && *size > 0) {
            rows.insert((Tariff::Standard, size), row(tier));
        }
    }
    if let Some(long) = cost.get("context_over_200k").filter(|_| tiers.is_none()) {
        rows.insert((Tariff::Standard, 200_000), row(long));
    }
    let fast = ["experimental", "modes", "fast", "cost"];
    if let Some(fast) = fast.iter().try_fold(model, |value, key| value.get(key)) {
        rows.insert((Tariff::Fast, 0), row(fast));
    }
    price(&rows)
}

fn row(cost: &Value) -> Row {
    let mut row = Row::default();
    for (name, field) in [
        ("input", Field::Input),
        ("output", Field::Output),
        ("cache_read", Field::CacheRead),
        ("cache_write", Field::CacheWrite),
        ("reasoning", Field::Reasoning),
    ] {
        let price = cost.get(name).and_then(Value::as_f64);
        if let Some(price) = price.and_then(PerMillion::from_dollars) {
            row.set(field, price);
        }
    }
    row
}

#[cfg(test)]
mod tests;
