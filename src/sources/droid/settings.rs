//! What stands beside a log: the session's tokens so far, its model, and how it was started.
//!
//! The file is replaced several times in a turn, so it may be met empty or half; its twin is asked then, and what it
//! last said stays.

use std::io::Read;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::super::json::{self, Json, Obj, Parsed};
use super::super::{Facts, hash};
use super::lines::model_id;
use crate::env::Env;
use crate::model::{Kind, Mark, ModelId, Rate, Same, Spend, Usage};
use crate::text::{Raw, floor_boundary};

/// A longer file is no settings file.
const MAX: u64 = 4 << 20;

/// Kinds of tokens that are counted.
pub const COUNTS: usize = 5;

/// What counts of the file; small, since a cursor keeps it.
#[derive(Clone, PartialEq, Default, Debug, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    model: Option<String>,
    provider: Option<String>,
    branch: Option<String>,
    archived: bool,
    /// Started by a program.
    automated: bool,
    /// Started by another session's agent.
    child: bool,
    /// A question asked beside a session, in a copy of it.
    side: bool,
    /// Input, output, thinking, cache writes, cache reads; absent where nothing was counted.
    pub usage: Option<[u64; COUNTS]>,
    /// When the first answer was asked for, in the log's own words.
    locked: Option<String>,
}

/// What a log knows of the tokens that stand beside it.
pub struct Spent<'a> {
    pub session: &'a str,
    /// The last time in the log.
    pub at: Option<Timestamp>,
    /// The last model in the log, for settings that name none.
    pub model: Option<ModelId>,
    /// What the counts began with.
    pub inherited: [u64; COUNTS],
}

/// The settings of a log, whether or not they are there.
pub fn path(log: &Path) -> PathBuf {
    log.with_extension("settings.json")
}

/// What is to be told now, and what to keep for when the file is met half: its own last good words. The twin comes
/// before those, so that who reads now for the first time is told the same.
pub fn read(
    env: &Env,
    log: &Path,
    before: Option<&Settings>,
) -> (Option<Settings>, Option<Settings>) {
    let path = path(log);
    if let Some(now) = good(env, &path) {
        return (Some(now.clone()), Some(now));
    }
    let twin = good(env, &path.with_extension("json.bak"));
    // A file that is gone says nothing any more.
    let kept = before.filter(|_| env.files.stamp(&path).is_ok()).cloned();
    (twin.or_else(|| kept.clone()), kept)
}

fn good(env: &Env, path: &Path) -> Option<Settings> {
    let mut bytes = Vec::new();
    let file = env.files.open(path).ok()?;
    file.take(MAX).read_to_end(&mut bytes).ok()?;
    let mut store = json::Store::default();
    match json::record(&bytes, &mut store) {
        Parsed::Object(all) | Parsed::Repaired(all) => Some(Settings::of(&all)),
        Parsed::Malformed | Parsed::Blank => None,
    }
}

impl Settings {
    fn of(all: &Obj<'_>) -> Settings {
        let short = |text: &str| floor_boundary(text, 128).to_owned();
        let tags = all.list("tags").into_iter().filter_map(|tag| {
            let name = tag.obj().and_then(|tag| tag.text("name"));
            name.or_else(|| tag.str())
        });
        let tags: Vec<_> = tags.collect();
        let tagged = |names: &[&str]| tags.iter().any(|tag| names.contains(&&**tag));
        // A kind of service, such as `generic-chat-completion-api`, is no provider.
        let provider = all
            .text("providerLock")
            .filter(|p| !p.starts_with("generic-"));
        let usage = all.obj("tokenUsage").map(|u| {
            [
                "inputTokens",
                "outputTokens",
                "thinkingTokens",
                "cacheCreationTokens",
                "cacheReadTokens",
            ]
            .map(|key| u.u64(key).unwrap_or(0))
        });
        Settings {
            model: all.text("model").map(|m| short(&m)),
            provider: provider.map(|p| short(&p)),
            branch: all
                .obj("worktree")
                .and_then(|w| w.text("branch").map(|b| short(&b))),
            archived: all.get("archivedAt").and_then(Json::time).is_some(),
            automated: tagged(&["exec", "automation"]),
            child: tagged(&["subagent", "mission-worker"]),
            side: tagged(&["btw-fork"]),
            // Zeros are written before anything was answered, and where a service counts nothing.
            usage: usage.filter(|u| u.iter().any(|n| *n > 0)),
            locked: all.text("providerLockTimestamp").map(|t| short(&t)),
        }
    }

    /// Whether something said before is not said any more.
    pub fn lost_by(&self, now: Option<&Settings>) -> bool {
        let Some(now) = now else { return true };
        let gone = |was: bool, is: bool| was && !is;
        gone(self.model.is_some(), now.model.is_some())
            || gone(self.branch.is_some(), now.branch.is_some())
            || gone(self.usage.is_some(), now.usage.is_some())
            || gone(self.child, now.child)
            || gone(self.side, now.side)
    }

    pub fn model(&self) -> Option<ModelId> {
        let name = self.model.as_deref()?;
        Some(model_id(self.provider.as_deref(), name))
    }

    /// The session's facts; `is_child` where its header says who started it.
    pub fn facts(&self, is_child: bool) -> Facts {
        let kind = match (self.child, self.side && !is_child) {
            (true, _) => Some(Kind::SubAgent),
            (false, true) => Some(Kind::Fork),
            (false, false) => None,
        };
        Facts {
            kind,
            model: self.model(),
            branch: self.branch.as_deref().map(Raw::from),
            archived: Some(self.archived),
            automated: Some(self.automated),
            ..Facts::default()
        }
    }

    /// All the session spent so far, as one line: a later reading replaces it, whatever model is chosen then.
    pub fn spend(&self, spent: Spent<'_>) -> Option<Spend> {
        let mut own = self.usage?;
        for (own, inherited) in own.iter_mut().zip(spent.inherited) {
            *own = own.saturating_sub(inherited);
        }
        let [input, output, thinking, cache_write, cache_read] = own;
        let asked = || self.locked.as_deref()?.parse().ok();
        let usage = Usage {
            input,
            cache_read,
            cache_write,
            cache_write_1h: 0,
            output: output.saturating_add(thinking),
            reasoning: thinking,
        };
        let spend = Spend {
            key: hash(&[b"usage"]),
            at: spent.at.or_else(asked),
            model: self.model().or(spent.model),
            rate: Rate::Standard,
            usage,
            logged: None,
            // The same session met in two folders was paid for once.
            same: Some(Same {
                reply: hash(&[spent.session.as_bytes(), b"usage"]),
                variant: None,
                mark: Mark::Own,
            }),
        };
        Some(spend).filter(|s| !s.usage.is_zero())
    }
}
