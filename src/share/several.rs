//! Several sessions at once: one question for all of them, then a gist for each.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::{Leave, Made, found, several, size};
use crate::model::SessionId;
use crate::text::{Clean, count};

/// Sessions that stay behind are named up to so many.
const NAMED: usize = 3;

/// What a person sees before several files leave: `shared` of them are shared already, and those that are left out stand
/// with why.
pub fn preview_all(
    all: &[&Made],
    leaves: &[Leave],
    shared: usize,
    left: &[(SessionId, String)],
) -> Vec<Clean> {
    let Some(first) = all.first() else {
        return Vec::new();
    };
    let messages: usize = all.iter().map(|made| made.messages).sum();
    let bytes: usize = all.iter().map(|made| made.bytes.len()).sum();
    let mut lines = vec![format!(
        "{}, {} messages, {} as {}",
        several(all.len(), "session"),
        count(messages as u64),
        size(bytes),
        first.format,
    )];
    let mut rules: BTreeMap<&str, usize> = BTreeMap::new();
    for (rule, n) in all.iter().flat_map(|made| &made.secrets) {
        *rules.entry(rule).or_default() += n;
    }
    let mut rules: Vec<(&str, usize)> = rules.into_iter().collect();
    rules.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
    lines.push(found(&rules, first));
    lines.push(
        "Each goes to a secret gist of its own: not listed, but whoever has the link can read it"
            .to_owned(),
    );
    match shared {
        0 => {}
        1 => lines.push("1 of them is shared already".to_owned()),
        n => lines.push(format!("{n} of them are shared already")),
    }
    let files: BTreeSet<&PathBuf> = leaves.iter().filter_map(|l| l.by_itself.as_ref()).collect();
    lines.extend(files.iter().map(|path| {
        let path = path.display();
        format!("The agent shares sessions of a project by itself: {path}")
    }));
    let named = left.iter().take(NAMED);
    lines.extend(named.map(|(id, why)| format!("Left out: {id}: {why}")));
    let more = left.len().saturating_sub(NAMED);
    if more > 0 {
        lines.push(format!("and {more} more"));
    }
    lines.iter().map(|line| Clean::line(line)).collect()
}
