//! `backscroll keys`: the binding table in force.

use serde::Serialize;

use super::args::Shared;
use super::json::{self, SCHEMA};
use super::{Failure, Streams};
use crate::env::Env;
use crate::exit;
use crate::tui::keys::BINDINGS;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct KeysOut {
    schema_version: u32,
    keys: Vec<KeyOut>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct KeyOut {
    scope: String,
    keys: Vec<String>,
    action: String,
    help: &'static str,
}

pub fn run(_env: &Env, shared: &Shared, streams: &mut Streams<'_>) -> Result<i32, Failure> {
    let keys: Vec<KeyOut> = BINDINGS
        .iter()
        .map(|b| KeyOut {
            scope: b.scope.word().to_owned(),
            keys: match shared.json {
                true => b.keys.iter().map(|k| (*k).to_owned()).collect(),
                false => b.listed(),
            },
            action: b.action.name(),
            help: b.help,
        })
        .collect();
    if shared.json {
        json::write(
            streams.out,
            &KeysOut {
                schema_version: SCHEMA,
                keys,
            },
        )?;
        return Ok(exit::DONE);
    }
    let mut scope = String::new();
    for key in &keys {
        if key.scope != scope {
            let gap = if scope.is_empty() { "" } else { "\n" };
            writeln!(streams.out, "{gap}{}", key.scope)?;
            scope.clone_from(&key.scope);
        }
        writeln!(
            streams.out,
            "  {:<22} {:<24} {}",
            key.keys.join("  "),
            key.action,
            key.help
        )?;
    }
    Ok(exit::DONE)
}
