//! Public lists as they are, and as they should not be.

use super::*;
use crate::pricing::text;

fn written(json: &str) -> String {
    let date = "2026-11-20".parse().unwrap();
    let table = compile(json.as_bytes(), date, "t").unwrap();
    let text = text::write(&[table]);
    let lines = text.lines().skip(2).filter(|line| *line != "# end");
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn the_map_of_models() {
    let json = r##"{
        "sample_spec": {"mode": "chat", "input_cost_per_token": 1.0, "output_cost_per_token": 1.0},
        "Plain/Model": {"mode": "chat", "input_cost_per_token": 2.5e-06, "output_cost_per_token": 1.5e-05, "litellm_provider": "p"},
        "tiers": {"mode": "responses", "input_cost_per_token": 1e-06, "output_cost_per_token": 2e-06,
            "cache_read_input_token_cost": 1e-07, "cache_creation_input_token_cost": 1.25e-06,
            "cache_creation_input_token_cost_above_1hr": 2e-06, "output_cost_per_reasoning_token": 3e-06,
            "input_cost_per_token_above_200k_tokens": 2e-06, "output_cost_per_token_above_200k_tokens": 4e-06,
            "cache_creation_input_token_cost_above_1hr_above_200k_tokens": 4e-06,
            "input_cost_per_token_priority": 3e-06, "output_cost_per_token_priority": 6e-06,
            "input_cost_per_token_above_200k_tokens_priority": 5e-06,
            "input_cost_per_token_batches": 5e-07, "input_cost_per_token_ultrafast": 9e-06,
            "cache_read_input_token_cost_flex": 9e-06,
            "provider_specific_entry": {"fast": 2.5, "us": 1.1}},
        "ranges": {"mode": "chat", "tiered_pricing": [
            {"range": [0, 32000.0], "input_cost_per_token": 1e-06, "output_cost_per_token": 2e-06},
            {"range": [32000.0, 128000.0], "input_cost_per_token": 2e-06, "output_cost_per_token": 4e-06, "output_cost_per_reasoning_token": 5e-06}]},
        "hit": {"mode": "chat", "input_cost_per_token": 1e-06, "output_cost_per_token": 1e-06, "input_cost_per_token_cache_hit": 1e-08},
        "free": {"mode": "completion", "input_cost_per_token": 0, "output_cost_per_token": 0.0},
        "same-thinking": {"mode": "chat", "input_cost_per_token": 0, "output_cost_per_token": 1e-6, "output_cost_per_reasoning_token": 1e-6},
        "embedding": {"mode": "embedding", "input_cost_per_token": 1e-06, "output_cost_per_token": 0},
        "no price": {"mode": "chat", "input_cost_per_token": 1e-06, "output_cost_per_token": 1e-06},
        "words": {"mode": "chat", "input_cost_per_token": "1e-06", "output_cost_per_token": 1e-06},
        "negative": {"mode": "chat", "input_cost_per_token": -1, "output_cost_per_token": 1e-06},
        "no-output": {"mode": "chat", "input_cost_per_token": 1e-06},
        "a\tb": {"mode": "chat", "input_cost_per_token": 1e-06, "output_cost_per_token": 1e-06},
        "# current": {"mode": "chat", "input_cost_per_token": 1e-06, "output_cost_per_token": 1e-06},
        "#x": {"mode": "chat", "input_cost_per_token": 1e-06, "output_cost_per_token": 1e-06},
        "list": [], "null": null
    }"##;
    assert_eq!(
        written(json),
        "free\t\t0 0\n\
         hit\t\t1 1 r0.01\n\
         plain/model\tp\t2.5 15\n\
         ranges\t\t1 2;>32000 2 4 t5\n\
         same-thinking\t\t0 1\n\
         tiers\t\t1 2 r0.1 w1.25 h2 t3;>200000 2 4 h4;p 3 6;p>200000 5 2;b 0.5 2;x2.5"
    );
}

#[test]
fn the_catalogue_of_sellers() {
    let json = r#"{
        "maker": {"id": "maker", "models": {
            "Model-1": {"cost": {"input": 5, "output": 30, "cache_read": 0.5, "reasoning": 30,
                "tiers": [{"input": 10, "output": 45, "cache_read": 1, "tier": {"type": "context", "size": 272000}},
                          {"input": 1, "output": 1, "tier": {"type": "moon", "size": 9}}],
                "context_over_200k": {"input": 9, "output": 9}},
                "experimental": {"modes": {"fast": {"cost": {"input": 10, "output": 60}}}}},
            "long": {"cost": {"input": 1, "output": 2, "context_over_200k": {"input": 2, "output": 3}}},
            "half": {"cost": {"input": 1}}, "none": {}, "asked": {"cost": {"input": -1, "output": -1}}}},
        "empty": {"models": {}}, "odd": 7
    }"#;
    assert_eq!(
        written(json),
        "long\tmaker\t1 2;>200000 2 3\n\
         model-1\tmaker\t5 30 r0.5;>272000 10 45 r1;q 10 60"
    );
}

#[test]
fn other_things_are_no_list() {
    let date = "2026-11-20".parse().unwrap();
    for (json, why) in [
        ("", "not JSON"),
        ("[1]", "no price list"),
        ("{}", "no price list"),
        ("{\"a\": {\"b\": 1}}", "no price list"),
        ("{\"a\":", "not JSON"),
    ] {
        let said = compile(json.as_bytes(), date, "t").unwrap_err();
        assert!(said.starts_with(why), "{said}");
    }
}
