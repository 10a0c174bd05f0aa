//! What a fork has from its parent: messages, told once more and not counted, and sometimes the parent's token counts.

use std::path::{Path, PathBuf};

use super::super::json::{self, Parsed};
use super::super::jsonl::{self, Line};
use super::super::{At, Facts, Stop};
use super::lines::header_facts;
use super::settings::{self, COUNTS};
use crate::env::{EntryKind, Env};
use crate::model::Unit;

/// The header is the first line; where it is not, it is one of the first.
const HEADER_WITHIN: usize = 64;

/// What the header of a log says, read once more.
pub fn header(env: &Env, log: &Path) -> Result<Facts, Stop> {
    let mut lines = jsonl::open(env, log, &At::Start)?.lines;
    let mut store = json::Store::default();
    for _ in 0..HEADER_WITHIN {
        let Some(line) = lines.next_line()? else {
            break;
        };
        if let Line::Whole { bytes, .. } = line
            && let Parsed::Object(record) | Parsed::Repaired(record) =
                json::record(bytes, &mut store)
            && record.str("type").as_deref() == Some("session_start")
        {
            return Ok(header_facts(&record));
        }
    }
    Ok(Facts::default())
}

/// The counts that a fork seems to have begun with: its parent's, where none of its own is less. Forks mostly begin with
/// none, and then what is left is still the least they spent.
pub fn inherited(
    env: &Env,
    unit: &Unit,
    parent: &str,
    own: &[u64; COUNTS],
) -> Option<[u64; COUNTS]> {
    if !super::is_plain(parent) {
        return None;
    }
    let log = log_of(env, unit, parent)?;
    let counts = settings::read(env, &log, None).0?.usage?;
    let is_within = own.iter().zip(&counts).all(|(own, parent)| own >= parent);
    is_within.then_some(counts)
}

/// The log of another session: beside this one, or, from the folder of side chats, in one of the projects'.
fn log_of(env: &Env, unit: &Unit, id: &str) -> Option<PathBuf> {
    let name = format!("{id}.jsonl");
    let is_there = |log: &PathBuf| env.files.stamp(log).is_ok();
    let beside = unit.path.with_file_name(&name);
    if is_there(&beside) {
        return Some(beside);
    }
    let folder = unit.path.parent().filter(|dir| dir.ends_with("btw"))?;
    let mut folders = env.files.list(folder.parent()?).ok()?;
    folders.retain(|entry| entry.kind == EntryKind::Folder);
    folders.sort();
    let mut logs = folders.into_iter().map(|entry| entry.path.join(&name));
    logs.find(is_there)
}
