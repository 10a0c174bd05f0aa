//! Factory Droid. Written down from runs of 0.215.0 against a scripted server, from the schema inside that program, and
//! from public samples of 2025 and 2026.
//!
//! One JSON object a line, the header first; the header is rewritten in place when a title changes. Tokens stand beside
//! the log in `<id>.settings.json`, as running totals of the whole session: own (`tokenUsage`) and with children
//! (`inclusiveTokenUsage`, never added). `thinkingTokens` stand apart from `outputTokens` there; ours include them. Not
//! known: tokens of one response, the cost, and the git branch outside of a worktree.

mod forks;
mod lines;
mod message;
mod settings;
mod tasks;
#[cfg(test)]
mod tests;

use std::io;
use std::path::{Path, PathBuf};

use super::holding;
use super::jsonl;
use super::log::{self, ANY};
use super::object::is_uuid;
use super::skip::Skip;
use super::{At, Both, Card, Cursor, Launch, Root, Say, Source, Want};
use crate::env::Env;
use crate::model::{Session, SourceId, Unit};

pub struct Droid;

pub static CARD: Card = Card {
    id: SourceId("factory-droid"),
    label: "Factory Droid",
    code: "FD",
    aliases: &["droid"],
    revision: 2,
    variables: &["FACTORY_HOME_OVERRIDE", "DROID_SESSIONS_DIR"],
    versions: "0.81 to 0.215",
    usual: &["~/.factory/sessions"],
    proved: true,
    assumed_model: None,
    note: "Tokens are totals of a session, so no response has its own, and a day's share of a long one is a guess",
};

const LOG: u8 = 0;
/// `task-invocations.json`: which session was started by which call.
const TASKS: u8 = 1;

/// Where the agent keeps everything, below a home.
const HOME: &str = ".factory";

impl Source for Droid {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn roots(&self, env: &Env) -> Vec<Root> {
        let root = |path: PathBuf, why| Root {
            source: CARD.id,
            path: path.into(),
            why,
        };
        let (home, why) = match env.path_var("FACTORY_HOME_OVERRIDE") {
            Some(home) => (home, "FACTORY_HOME_OVERRIDE"),
            None => (env.home.clone(), "default"),
        };
        let mut roots = vec![root(home.join(HOME), why)];
        let list = env.var("DROID_SESSIONS_DIR").unwrap_or_default();
        for dir in list.split(',').map(str::trim).filter(|d| !d.is_empty()) {
            let dir = env.expand(Path::new(dir));
            // The usual folder is often named again.
            if !roots.iter().any(|known| holds(known, &dir)) {
                roots.push(root(dir, "DROID_SESSIONS_DIR"));
            }
        }
        roots
    }

    fn enters(&self, root: &Root, dir: &Path) -> bool {
        holds(root, dir)
    }

    fn claim(&self, env: &Env, root: &Root, path: &Path) -> Option<Unit> {
        let unit = |path: &Path, form, rank| Unit {
            source: CARD.id,
            root: root.path.clone(),
            path: path.into(),
            rank,
            form,
        };
        // A name that is no text still ends in what it is.
        let name = path.file_name()?.to_string_lossy();
        let dir = path.parent()?;
        if is_home(root) && dir == &*root.path {
            return (name == "task-invocations.json").then(|| unit(path, TASKS, 0));
        }
        if !holds(root, dir) || name.starts_with('.') {
            return None;
        }
        // Older versions kept logs in one folder for all projects: a log that was sorted in later tells before them.
        let rank = u8::from(dir != sessions(root));
        if name.len() > ".jsonl".len() && name.ends_with(".jsonl") {
            return Some(unit(path, LOG, rank));
        }
        let side = name.strip_suffix(".bak").unwrap_or(&name);
        let stem = side.strip_suffix(".settings.json")?;
        let log = path.with_file_name(format!("{stem}.jsonl"));
        env.files.stamp(&log).ok()?;
        Some(unit(&log, LOG, rank))
    }

    fn beside(&self, unit: &Unit) -> Vec<PathBuf> {
        vec![settings::path(&unit.path)]
    }

    fn read(
        &self,
        env: &Env,
        unit: &Unit,
        want: Want<'_>,
        from: &Cursor,
        say: &mut Say<'_>,
    ) -> io::Result<Cursor> {
        if unit.form == TASKS {
            return tasks::read(env, unit, from, say);
        }
        let mut opened = jsonl::open(env, &unit.path, &from.at)?;
        let before = lines::Memo::read(&from.memo);
        let is_summary = want.is_summary();
        let beside = is_summary.then(|| settings::read(env, &unit.path, before.kept.as_ref()));
        let beside = beside.unwrap_or_default();
        // What was said cannot be taken back one by one.
        let takes_back = before
            .told
            .as_ref()
            .is_some_and(|t| t.lost_by(beside.0.as_ref()));
        if is_summary && takes_back && !opened.rewritten {
            opened = jsonl::open(env, &unit.path, &At::Start)?;
            opened.rewritten = true;
        }
        let memo = if opened.rewritten {
            lines::Memo::default()
        } else {
            before
        };
        if want == Want::Spends {
            opened.lines.leave_out(&RESULTS);
        }
        let mut log = lines::Log::new(env, unit, want, memo, beside);
        log::read(&mut opened, from.at == At::Start, &mut log, say)
    }

    fn read_both(&self, env: &Env, unit: &Unit, both: &mut Both<'_>) -> Option<io::Result<Cursor>> {
        (unit.form == LOG).then(|| {
            let mut opened = jsonl::open(env, &unit.path, &At::Start)?;
            let beside = settings::read(env, &unit.path, None);
            let new = |want, beside| {
                let memo = lines::Memo::default();
                lines::Log::new(env, unit, want, memo, beside)
            };
            let mut facts = new(Want::Summary, beside);
            let mut said = new(ANY, Default::default());
            log::read_both(&mut opened, &mut facts, &mut said, both)
        })
    }

    fn near_end(&self, env: &Env, unit: &Unit) -> Option<Cursor> {
        let at = (unit.form == LOG).then(|| jsonl::near_end(env, &unit.path));
        Some(Cursor {
            at: at?.ok().flatten()?,
            memo: Box::default(),
        })
    }

    fn holdings(&self, env: &Env, session: &Session) -> Result<Vec<PathBuf>, String> {
        let unit = &session.unit;
        let mut all = holding::own_file(&CARD, env, session)?;
        let settings = settings::path(&unit.path);
        all.push(settings.with_extension("json.bak"));
        all.push(settings);
        // What was attached to it.
        let stem = unit.path.file_stem().and_then(|stem| stem.to_str());
        let named = stem.filter(|stem| is_uuid(stem));
        let home = unit.root.ends_with(HOME);
        all.extend(
            named
                .filter(|_| home)
                .map(|id| unit.root.join("sessions").join(id)),
        );
        Ok(all)
    }

    fn in_use(&self, env: &Env, session: &Session) -> Option<String> {
        let mut lock = session.unit.path.as_os_str().to_owned();
        lock.push(".events.lock");
        let there = env.files.stamp(Path::new(&lock)).is_ok();
        there.then(|| "the agent has locked it".to_owned())
    }

    fn short_id(&self, native: &str) -> String {
        native.chars().take(8).collect()
    }

    fn resume(&self, session: &Session) -> Option<Launch> {
        let args = ["--resume", plain_id(session)?];
        Some(Launch::new("droid", args, session.dir.as_deref()))
    }

    fn fork(&self, session: &Session) -> Option<Launch> {
        let args = ["--fork", plain_id(session)?];
        Some(Launch::new("droid", args, session.dir.as_deref()))
    }

    fn new_session(&self, dir: &Path) -> Option<Launch> {
        Some(Launch::in_dir("droid", dir))
    }

    fn is_bound_to_place(&self) -> bool {
        true
    }
}

/// The id as the agent knows it. Of two sessions with one id it finds the one of its own folder.
fn plain_id(session: &Session) -> Option<&str> {
    let native = &*session.id.native;
    let id = native.split_once('#').map_or(native, |(id, _)| id);
    is_plain(id).then_some(id)
}

/// What tools said; a prompt may stand behind it. Tokens stand in another file.
const RESULTS: Skip = Skip {
    mark: r#""message":{"role":""#,
    then: &[r#"user","content":[{"type":"tool_result""#],
    behind: None,
    unless: Some(r#"},{"type":"text""#),
};

/// Whether a root is the agent's own folder, of which only some is logs, or a folder of sessions.
fn is_home(root: &Root) -> bool {
    root.path.ends_with(HOME)
}

/// The folder of all sessions.
fn sessions(root: &Root) -> PathBuf {
    if is_home(root) {
        root.path.join("sessions")
    } else {
        root.path.to_path_buf()
    }
}

/// Whether logs of sessions may lie in a folder. Files given to a prompt are no logs.
fn holds(root: &Root, dir: &Path) -> bool {
    dir.strip_prefix(sessions(root))
        .is_ok_and(|below| below.iter().all(|part| part != "attachments"))
}

/// Nothing that could be read as an option or a path.
fn is_plain(id: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    id.len() <= 128
        && id.bytes().all(allowed)
        && id.bytes().next().is_some_and(|b| b.is_ascii_alphanumeric())
}
