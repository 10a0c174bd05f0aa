//! Codex CLI. Written down from files of 0.20.0, 0.45.0, 0.63.0, 0.98.0, 0.125.0, 0.145.0 and 0.169.0, run against a
//! scripted server.
//!
//! Three generations of lines: bare items (A), enveloped (B), paginated with an ordinal on every line (C). Before them,
//! its forerunner wrote one JSON object a session.
//! `input_tokens` includes cached tokens and cache writes, `output_tokens` includes reasoning. Not known: tokens of
//! generation A, which logged none.

mod events;
mod forms;
mod history;
mod items;
mod lines;
mod memo;
mod output;
mod script;
mod tokens;
mod usage;

use std::io;
use std::path::{Path, PathBuf};

use super::{Both, Card, Cursor, Launch, Root, Say, Source, Want, jsonl};
use crate::env::Env;
use crate::model::{Session, SourceId, Unit};
use memo::Memo;

pub struct Codex;

pub static CARD: Card = Card {
    id: SourceId("codex-cli"),
    label: "Codex CLI",
    code: "CX",
    aliases: &["codex"],
    revision: 5,
    variables: &["CODEX_HOME"],
    versions: "0.20 to 0.169",
    usual: &["~/.codex/sessions", "~/.codex/archived_sessions"],
    proved: true,
    assumed_model: Some("gpt-5"),
    note: "Logs before 0.45 hold no tokens, so theirs are unknown",
};

const ROLLOUT: u8 = 0;
const PACKED: u8 = 1;
const NAMES: u8 = 2;
/// One object with all items, before there were lines.
const OBJECT: u8 = 3;

impl Source for Codex {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn roots(&self, env: &Env) -> Vec<Root> {
        let root = |path: PathBuf, why| Root {
            source: CARD.id,
            path: path.into(),
            why,
        };
        match env.var("CODEX_HOME") {
            Some(list) => {
                let homes = list.split(',').map(str::trim).filter(|p| !p.is_empty());
                homes
                    .map(|p| root(env.expand(Path::new(p)), "CODEX_HOME"))
                    .collect()
            }
            None => vec![root(env.home.join(".codex"), "default")],
        }
    }

    fn enters(&self, root: &Root, dir: &Path) -> bool {
        let below = dir
            .strip_prefix(&root.path)
            .ok()
            .and_then(|p| p.iter().next());
        below.is_some_and(|first| first == "sessions" || first == "archived_sessions")
    }

    fn claim(&self, _env: &Env, root: &Root, path: &Path) -> Option<Unit> {
        let name = path.file_name()?.to_str()?;
        let unit = |form, rank| {
            Some(Unit {
                source: CARD.id,
                root: root.path.clone(),
                path: path.into(),
                rank,
                form,
            })
        };
        if name == "session_index.jsonl" && path.parent() == Some(&root.path) {
            return unit(NAMES, 0);
        }
        if !name.starts_with("rollout-") || !self.enters(root, path) {
            return None;
        }
        // A plain file tells before its packed sibling, a live one before an archived one.
        let live = 2 * u8::from(!is_archived(root, path));
        match name.rsplit_once('.')? {
            (_, "jsonl") => unit(ROLLOUT, live + 1),
            (stem, "zst") if stem.ends_with(".jsonl") => unit(PACKED, live),
            (_, "json") => unit(OBJECT, live),
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
            NAMES => forms::names(env, unit, from, say),
            OBJECT => forms::object(env, unit, want, from, say),
            PACKED => forms::packed(env, unit, want, from, say),
            _ => forms::rollout(env, unit, want, from, say),
        }
    }

    fn read_both(&self, env: &Env, unit: &Unit, both: &mut Both<'_>) -> Option<io::Result<Cursor>> {
        (unit.form == ROLLOUT).then(|| forms::rollout_both(env, unit, both))
    }

    fn holds(&self, cursor: &Cursor) -> bool {
        !Memo::read(&cursor.memo).alone
    }

    fn near_end(&self, env: &Env, unit: &Unit) -> Option<Cursor> {
        let at = (unit.form == ROLLOUT).then(|| jsonl::near_end(env, &unit.path));
        Some(Cursor {
            at: at?.ok().flatten()?,
            memo: Memo::in_the_middle().bytes(),
        })
    }

    fn forks_read_on(&self) -> bool {
        true
    }

    fn short_id(&self, native: &str) -> String {
        // The first digits of these ids are the time: sessions of one day differ only behind the first dash.
        native.chars().take(13).collect()
    }

    fn directory(&self, session: &Session) -> Option<String> {
        let unit = &session.unit;
        let below = unit.path.parent()?.strip_prefix(&*unit.root).ok()?;
        // `sessions/2026/03/14`: the folder above the dates is the root's own.
        let dates: Vec<&str> = below.iter().filter_map(|part| part.to_str()).collect();
        let from = dates
            .iter()
            .position(|part| part.bytes().all(|b| b.is_ascii_digit()))?;
        Some(dates.get(from..)?.join("/"))
    }

    /// The last eight characters of the log's name.
    fn report_id(&self, session: &Session) -> String {
        let name = session
            .unit
            .path
            .file_name()
            .map(|n| n.to_string_lossy().into_owned());
        let name = name.unwrap_or_default();
        let stem = name.split('.').next().unwrap_or_default();
        let skip = stem.chars().count().saturating_sub(8);
        stem.chars().skip(skip).collect()
    }

    fn resume(&self, session: &Session) -> Option<Launch> {
        let args = ["resume", plain_id(session)?];
        Some(Launch::new("codex", args, session.dir.as_deref()))
    }

    fn fork(&self, session: &Session) -> Option<Launch> {
        let args = ["fork", plain_id(session)?];
        Some(Launch::new("codex", args, session.dir.as_deref()))
    }

    fn new_session(&self, dir: &Path) -> Option<Launch> {
        Some(Launch::in_dir("codex", dir))
    }
}

/// The id as the agent knows it.
fn plain_id(session: &Session) -> Option<&str> {
    let id = &*session.id.native;
    super::object::is_uuid(id).then_some(id)
}

fn is_archived(root: &Root, path: &Path) -> bool {
    path.strip_prefix(&root.path)
        .is_ok_and(|p| p.starts_with("archived_sessions"))
}

/// The thread's id, which ends the file's name behind the time; the whole stem where the name has another shape.
pub(super) fn thread_id(path: &Path) -> Box<str> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let stem = name.trim_end_matches(".zst").trim_end_matches(".jsonl");
    let stem = stem.trim_end_matches(".json");
    let rest = stem.strip_prefix("rollout-").unwrap_or(stem);
    // `YYYY-MM-DDThh-mm-ss-` is 20 bytes, the day alone with its `-` is 11.
    let id = match rest.as_bytes().get(10) {
        Some(b'T') => rest.get(20..),
        Some(b'-') => rest.get(11..),
        _ => None,
    };
    id.filter(|id| !id.is_empty()).unwrap_or(stem).into()
}

/// Another thread's log, by its id in the names below the same root.
pub(super) fn find_thread(env: &Env, root: &Path, id: &str) -> Option<PathBuf> {
    let mut todo = vec![
        (root.join("sessions"), 0),
        (root.join("archived_sessions"), 0),
    ];
    while let Some((dir, depth)) = todo.pop() {
        for entry in env.files.list(&dir).unwrap_or_default() {
            match entry.kind {
                crate::env::EntryKind::Folder if depth < 4 => todo.push((entry.path, depth + 1)),
                crate::env::EntryKind::File
                    if *thread_id(&entry.path) == *id
                        && entry.path.extension().is_some_and(|e| e == "jsonl") =>
                {
                    return Some(entry.path);
                }
                _ => {}
            }
        }
    }
    None
}
