//! Qwen Code. Written down from a run of 0.24.4 and samples of 0.14, 0.15 and 0.21; before 0.5 it wrote the files of the
//! agent it was forked from.
//!
//! One JSON object a line, in a tree. `promptTokenCount` includes `cachedContentTokenCount`; whether
//! `candidatesTokenCount` includes `thoughtsTokenCount` depends on the server, and `totalTokenCount` tells. Telemetry in
//! the log repeats tokens and calls and is never counted. Not known: costs.

mod lines;
mod message;
mod meta;
#[cfg(test)]
mod tests;
mod totals;

use std::io;
use std::path::{Path, PathBuf};

use super::holding;
use super::object::is_uuid;
use super::{Card, Cursor, Launch, Root, Say, Source, Want, gemini};
use crate::env::Env;
use crate::model::{Kind, Session, SourceId, Unit};

pub struct Qwen;

pub static CARD: Card = Card {
    id: SourceId("qwen-code"),
    label: "Qwen Code",
    code: "QW",
    aliases: &["qwen"],
    revision: 1,
    variables: &["QWEN_HOME", "QWEN_RUNTIME_DIR"],
    versions: "0.1 to 0.24",
    usual: &["~/.qwen"],
    proved: true,
    assumed_model: None,
    note: "Costs are not logged; a server that reports no tokens leaves its sessions without any",
};

/// A session's log, or a sub-agent's. The forms below are those of older versions.
const LOG: u8 = 16;

impl Source for Qwen {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn roots(&self, env: &Env) -> Vec<Root> {
        let root = |path: PathBuf, why| Root {
            source: CARD.id,
            path: path.into(),
            why,
        };
        let home = match env.path_var("QWEN_HOME") {
            Some(home) => root(home, "QWEN_HOME"),
            None => root(env.home.join(".qwen"), "default"),
        };
        // What was written before it was moved is still at home.
        match env.path_var("QWEN_RUNTIME_DIR") {
            Some(dir) if *dir != *home.path => vec![root(dir, "QWEN_RUNTIME_DIR"), home],
            _ => vec![home],
        }
    }

    fn enters(&self, root: &Root, dir: &Path) -> bool {
        let below = dir.strip_prefix(&root.path).unwrap_or(dir);
        let parts: Vec<&str> = below.iter().filter_map(|p| p.to_str()).collect();
        matches!(
            parts.as_slice(),
            ["projects" | "tmp"]
                | ["projects" | "tmp", _]
                | ["projects" | "tmp", _, "chats"]
                | ["tmp", _, "chats", _]
                | ["projects", _, "chats", "archive"]
                | ["projects", _, "subagents"]
                | ["projects", _, "subagents", _]
        )
    }

    fn claim(&self, env: &Env, root: &Root, path: &Path) -> Option<Unit> {
        let log = |path: PathBuf| {
            Some(Unit {
                source: CARD.id,
                root: root.path.clone(),
                path: path.into(),
                rank: LOG,
                form: LOG,
            })
        };
        let below = path.strip_prefix(&root.path).ok()?;
        let parts: Vec<&str> = below.iter().filter_map(|p| p.to_str()).collect();
        let is_log = path.extension().is_some_and(|e| e == "jsonl");
        match parts.as_slice() {
            // Written when the program ends, for the session it was in.
            [totals::FILE] => log(totals::last_log(env, root)?),
            ["projects", _, "chats", _] | ["projects", _, "chats", "archive", _] if is_log => {
                log(path.into())
            }
            ["projects", _, "subagents", _, name] if name.starts_with("agent-") => {
                let stem = name
                    .strip_suffix(".jsonl")
                    .or_else(|| name.strip_suffix(".meta.json"))?;
                log(path.with_file_name(format!("{stem}.jsonl")))
            }
            ["tmp", ..] => gemini::claim(CARD.id, root, &root.path.join("tmp"), path),
            _ => None,
        }
    }

    fn read(
        &self,
        env: &Env,
        unit: &Unit,
        want: Want<'_>,
        from: &Cursor,
        say: &mut Say<'_>,
    ) -> io::Result<Cursor> {
        match unit.form {
            LOG => lines::read(env, unit, want, from, say),
            _ => gemini::read(env, unit, want, from, say),
        }
    }

    fn holdings(&self, env: &Env, session: &Session) -> Result<Vec<PathBuf>, String> {
        let unit = &session.unit;
        if unit.form != LOG {
            return gemini::holdings(&CARD, env, session);
        }
        let mut all = holding::own_file(&CARD, env, session)?;
        if parent_by_path(&unit.path).is_some() {
            all.push(unit.path.with_extension("meta.json"));
            return Ok(all);
        }
        // Its sub-agents lie in the project, wherever the session itself was put.
        let chats = unit.path.ancestors().find(|dir| dir.ends_with("chats"));
        let stem = unit.path.file_stem().and_then(|stem| stem.to_str());
        if let (Some(project), Some(id)) = (
            chats.and_then(Path::parent),
            stem.filter(|id| holding::is_name(id)),
        ) {
            all.push(project.join("subagents").join(id));
        }
        Ok(all)
    }

    fn short_id(&self, native: &str) -> String {
        match native.split_once('@') {
            // A sub-agent's id says what it is and which call started it.
            Some((agent, _)) => agent.chars().take(40).collect(),
            None => gemini::short(native),
        }
    }

    fn resume(&self, session: &Session) -> Option<Launch> {
        let native = &*session.id.native;
        let id = native.split_once('#').map_or(native, |(id, _)| id);
        let is_live = session.unit.form == LOG && !session.flags.archived;
        let is_live = is_live && session.kind == Kind::Main;
        (is_live && is_uuid(id)).then(|| Launch {
            program: "qwen".into(),
            args: vec![format!("--resume={id}")],
            dir: session.dir.as_deref().map(Path::to_path_buf),
        })
    }

    fn new_session(&self, dir: &Path) -> Option<Launch> {
        Some(Launch::in_dir("qwen", dir))
    }

    fn is_bound_to_place(&self) -> bool {
        true
    }
}

/// A log's session: the file's name. Agents of two sessions can have one name, so theirs say which session's they are.
fn native(path: &Path) -> Box<str> {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    match parent_by_path(path) {
        Some(parent) => agent_id(&stem, &parent),
        None => stem.into(),
    }
}

/// The id of a sub-agent by its file's name and the session it worked in.
fn agent_id(stem: &str, session: &str) -> Box<str> {
    let session: String = session.chars().take(8).collect();
    format!("{stem}@{session}").into()
}

/// The session that a sub-agent's log belongs to: its folder, below `subagents`.
fn parent_by_path(path: &Path) -> Option<Box<str>> {
    let folder = path.parent()?;
    let above = folder.parent()?.file_name()?;
    (above == "subagents").then(|| folder.file_name().map(|n| n.to_string_lossy().into()))?
}
