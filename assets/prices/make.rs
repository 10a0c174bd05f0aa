//! Makes `assets/prices/prices.tsv` from copies of the public price lists:
//!
//! ```text
//! cargo run --example prices -- FOLDER DATE
//! ```
//!
//! FOLDER holds `litellm_model_prices.json`, `litellm_retired_models.json` and `models_dev_api.json`; DATE is the day
//! they were taken. `README.md` beside this file says where each comes from. The same input gives the same bytes.

use std::path::Path;

use backscroll::pricing::compile::{catalogue, map};
use backscroll::pricing::{Origin, prune, text};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut words = std::env::args().skip(1);
    let (Some(folder), Some(date)) = (words.next(), words.next()) else {
        return Err("usage: cargo run --example prices -- FOLDER DATE".into());
    };
    let date = date.parse()?;
    let read = |name: &str| -> Result<serde_json::Value, Box<dyn std::error::Error>> {
        Ok(serde_json::from_slice(&std::fs::read(
            Path::new(&folder).join(name),
        )?)?)
    };
    let (current, retired) = (
        read("litellm_model_prices.json")?,
        read("litellm_retired_models.json")?,
    );
    let tables = vec![
        map(&current, Origin::Current, date, "LiteLLM"),
        map(&retired, Origin::Retired, date, "LiteLLM, earlier editions"),
        catalogue(&read("models_dev_api.json")?, date, "models.dev"),
    ];
    let out = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/prices/prices.tsv");
    std::fs::write(out, text::write(&prune::pruned(tables)))?;
    Ok(())
}
