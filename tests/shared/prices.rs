//! The prices in the program are those of the public lists: made anew from them they are the same bytes, and every name
//! the lists have finds its own price.

use std::path::Path;

use backscroll::model::{ModelId, Rate, Usage};
use backscroll::pricing::compile::{catalogue, map};
use backscroll::pricing::{Origin, Prices, Table, prune, text};
use serde_json::Value;

use super::shared;

fn list(name: &str) -> Value {
    let bytes = std::fs::read(shared().join("pricing").join(name)).unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

/// As `assets/prices/make.rs` makes them.
fn tables() -> Vec<Table> {
    let date = "2026-11-20".parse().unwrap();
    vec![
        map(
            &list("litellm_model_prices.json"),
            Origin::Current,
            date,
            "LiteLLM",
        ),
        map(
            &list("litellm_retired_models.json"),
            Origin::Retired,
            date,
            "LiteLLM, earlier editions",
        ),
        catalogue(&list("models_dev_api.json"), date, "models.dev"),
    ]
}

#[test]
fn the_tables_in_the_program_are_made_from_the_lists() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/prices/prices.tsv");
    let ours = std::fs::read_to_string(path).unwrap();
    assert!(
        text::write(&prune::pruned(tables())) == ours,
        "make them anew: cargo run --example prices -- FOLDER 2026-11-20"
    );
    assert!(ours.len() < 600 * 1024);
}

/// Straight from the JSON, not through our reading of it.
#[test]
fn every_listed_price_is_found_by_its_name() {
    let prices = Prices::embedded();
    let million = |input, output| Usage {
        input,
        output,
        ..Usage::default()
    };
    let mut seen = 0;
    for (name, model) in list("litellm_model_prices.json").as_object().unwrap() {
        let dollars = |field: &str| model.get(field).and_then(Value::as_f64);
        let mode = model["mode"].as_str().unwrap_or_default();
        let both = dollars("input_cost_per_token").zip(dollars("output_cost_per_token"));
        let Some((input, output)) = both else {
            continue;
        };
        let tiered = model.get("tiered_pricing").is_some();
        let free = name.ends_with(":free");
        if !matches!(mode, "chat" | "responses" | "completion")
            || name == "sample_spec"
            || tiered
            || free
        {
            continue;
        }
        let found = prices.find(&ModelId::new(None, name), None).expect(name);
        // A thousand tokens: below every limit. A price for one token times 1e12 is nano-dollars for a thousand.
        let near = |usage, each: f64| {
            let got = found.cost(&usage, Rate::Standard).nanos() as f64;
            assert!((got - each * 1e12).abs() <= 1.0, "{name}: {got} for {each}");
        };
        near(million(1000, 0), input);
        near(million(0, 1000), output);
        seen += 1;
    }
    assert!(seen > 3000, "{seen}");
}

#[test]
fn every_seller_of_the_catalogue_has_its_price_where_the_map_has_none() {
    let prices = Prices::embedded();
    let list = list("models_dev_api.json");
    let mut seen = 0;
    for (seller, card) in list.as_object().unwrap() {
        for (name, model) in card["models"].as_object().unwrap() {
            let cost = &model["cost"];
            let Some((input, _)) = cost["input"].as_f64().zip(cost["output"].as_f64()) else {
                continue;
            };
            let found = prices
                .find(&ModelId::new(Some(seller), name), None)
                .expect(name);
            if found.origin == Origin::Catalogue {
                let got = found.price.base.input.nanos() as f64 / 1e9;
                assert!(
                    (got - input).abs() < 1e-9,
                    "{seller} {name}: {got} for {input}"
                );
                seen += 1;
            }
        }
    }
    assert!(seen > 3000, "{seen}");
}
