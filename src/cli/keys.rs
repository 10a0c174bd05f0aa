//! `backscroll keys`: the keys in force, and which of them the settings changed.

use serde::Serialize;

use super::args::Shared;
use super::json::{self, SCHEMA};
use super::{Failure, Streams};
use crate::env::Env;
use crate::exit;
use crate::tui::keys::{Bound, KeyMap};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct KeysOut {
    schema_version: u32,
    /// The keys to begin with, by the settings.
    preset: String,
    keys: Vec<KeyOut>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct KeyOut {
    scope: String,
    keys: Vec<String>,
    action: String,
    /// As settings name it: `list.sort-cost`.
    name: String,
    /// The keys are not those of the table.
    changed: bool,
    /// Those of the table.
    default: &'static [&'static str],
    help: &'static str,
}

pub fn run(env: &Env, shared: &Shared, streams: &mut Streams<'_>) -> Result<i32, Failure> {
    let (map, mistakes) = KeyMap::of(&shared.settings);
    for mistake in shared.settings.mistakes.iter().chain(&mistakes) {
        super::warn(streams, &mistake.line(&env.home))?;
    }
    if shared.json {
        let out = |bound: &Bound| KeyOut {
            scope: bound.row.scope.word().to_owned(),
            keys: bound.keys.clone(),
            action: bound.row.action.name(),
            name: bound.name(),
            changed: bound.is_changed(),
            default: bound.row.keys,
            help: bound.row.help,
        };
        let out = KeysOut {
            schema_version: SCHEMA,
            preset: shared.settings.text("keys.preset").to_owned(),
            keys: map.rows().map(out).collect(),
        };
        json::write(streams.out, &out)?;
        return Ok(exit::DONE);
    }
    if shared.plain {
        for bound in map.rows() {
            let keys = bound.listed().join(", ");
            writeln!(streams.out, "{}: {keys} ({})", bound.name(), bound.row.help)?;
        }
        return Ok(exit::DONE);
    }
    let mut scope = None;
    for bound in map.rows() {
        let row = bound.row;
        if scope != Some(row.scope) {
            let gap = if scope.is_none() { "" } else { "\n" };
            writeln!(
                streams.out,
                "{gap}{} ({})",
                row.scope.word(),
                row.scope.name()
            )?;
            scope = Some(row.scope);
        }
        let keys = match bound.keys.is_empty() {
            true => "none".to_owned(),
            false => bound.listed().join("  "),
        };
        let was = row.listed().join("  ");
        let was = match bound.is_changed() {
            true => format!(" (changed; was {was})"),
            false => String::new(),
        };
        let (action, help) = (row.action.name(), row.help);
        writeln!(streams.out, "  {keys:<22} {action:<24} {help}{was}")?;
    }
    Ok(exit::DONE)
}
