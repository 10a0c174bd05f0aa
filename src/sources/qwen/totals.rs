//! The agent's own list of what its sessions used, one line whenever the program ends, each with the session's sums so
//! far. It is asked only for sessions whose logs tell no tokens; where logs tell them, it would count them twice.

use std::collections::BTreeMap;
use std::io::{Read, Seek, SeekFrom};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use super::super::json::{Json, Obj};
use super::super::{Root, hash};
use super::message::model_id;
use crate::env::Env;
use crate::model::{Rate, Spend, Usage};

/// Its name in the agent's folder.
pub const FILE: &str = "usage_record.jsonl";
/// Its last lines are within so many bytes; older sessions are not looked up.
const TAIL: u64 = 4 << 20;

fn tail(env: &Env, base: &std::path::Path) -> Option<String> {
    let mut file = env.files.open(&base.join(FILE)).ok()?;
    let len = file.metadata().ok()?.len();
    file.seek(SeekFrom::Start(len.saturating_sub(TAIL))).ok()?;
    let mut bytes = Vec::new();
    file.take(TAIL).read_to_end(&mut bytes).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// The log of the session that was written down last: a new line is news of it.
pub fn last_log(env: &Env, root: &Root) -> Option<PathBuf> {
    // A list that is gone names nobody any more, and that is news of whom it named last.
    static NAMED: Mutex<BTreeMap<PathBuf, PathBuf>> = Mutex::new(BTreeMap::new());
    let mut named = NAMED.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(text) = tail(env, &root.path) else {
        return named.remove(&*root.path);
    };
    let log = last_of(env, root, &text)?;
    named.insert(root.path.to_path_buf(), log.clone());
    Some(log)
}

fn last_of(env: &Env, root: &Root, text: &str) -> Option<PathBuf> {
    let last = text.lines().rev().find_map(Obj::parse)?;
    let (id, project) = (last.text("sessionId")?, last.text("project")?);
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
    if !id.chars().all(plain) {
        return None;
    }
    let folder: String = project
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .collect();
    let chats = root.path.join("projects").join(folder).join("chats");
    let path = chats.join(format!("{id}.jsonl"));
    env.files.stamp(&path).is_ok().then_some(path)
}

/// What a session used by its last line: one spend a model, under a key of its own, so that a later line replaces it.
pub fn spends(env: &Env, base: &std::path::Path, session: &str) -> Vec<Spend> {
    let Some(text) = tail(env, base) else {
        return Vec::new();
    };
    let lines = text.lines().rev().filter(|line| line.contains(session));
    let mut records = lines.filter_map(Obj::parse);
    let is_it = |r: &Obj<'_>| r.str("sessionId").is_some_and(|id| id == session);
    let Some(record) = records.find(is_it) else {
        return Vec::new();
    };
    let models = record.obj("models").unwrap_or_default();
    let at = record.time("timestamp");
    let spends = models.fields().filter_map(|(name, sums)| {
        let usage = usage(sums)?;
        Some(Spend {
            key: hash(&[b"usage_record", name.as_bytes()]),
            at,
            model: Some(model_id(&name)),
            rate: Rate::Standard,
            usage,
            logged: None,
            same: None,
        })
    });
    spends.filter(|spend| !spend.usage.is_zero()).collect()
}

fn usage(sums: Json<'_>) -> Option<Usage> {
    let sums = sums.obj()?;
    let n = |key| sums.u64(key).unwrap_or(0);
    let all = sums.u64("totalTokens");
    Some(super::message::split(
        n("inputTokens"),
        n("cachedTokens"),
        n("outputTokens"),
        n("thoughtsTokens"),
        all,
    ))
}
