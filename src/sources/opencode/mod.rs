//! OpenCode. Written down from stores of 0.5.29, 1.0.185, 1.1.65, 1.2.27 and 1.18.33, run against a scripted server, and
//! from a store of 1.1.65 that 1.2.27 took over.
//!
//! Three stores: JSON files for each project (0.x), JSON files for all (to 1.1), SQLite (from 1.2). An upgrade leaves the
//! files beside the database with the same ids; the database tells then. `output` leaves reasoning out, ours does not.
//! Not known: the git branch, which is not stored.

pub(super) mod database;
mod json_store;
mod message;
mod sharing;
mod tables;
#[cfg(test)]
mod tests;
mod whole;

use std::io;
use std::path::{Path, PathBuf};

use super::holding;
use super::json::Obj;
use super::{Card, Cursor, Launch, Reach, Root, Say, Source, Want, sqlite};
use crate::env::Env;
use crate::model::{Session, SourceId, Unit};

pub struct OpenCode;

pub static CARD: Card = Card {
    id: SourceId("opencode"),
    label: "OpenCode",
    code: "OC",
    aliases: &[],
    revision: 2,
    variables: &["OPENCODE_DB", "OPENCODE_DATA_DIR", "XDG_DATA_HOME"],
    versions: "0.5 to 1.18",
    usual: &["~/.local/share/opencode"],
    proved: true,
    assumed_model: None,
    note: "A cost of 0 for tokens is a price it did not know, and is shown as unknown",
};

/// A session of the store for each project.
const PROJECT: u8 = 0;
/// A session of the store for all.
pub(super) const GLOBAL: u8 = 1;
const DATABASE: u8 = 2;

impl Source for OpenCode {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn roots(&self, env: &Env) -> Vec<Root> {
        let root = |path: PathBuf, why| Root {
            source: CARD.id,
            path: path.into(),
            why,
        };
        let mut roots = match (env.var("OPENCODE_DATA_DIR"), env.path_var("XDG_DATA_HOME")) {
            (Some(list), _) => {
                let dirs = list.split(',').map(str::trim).filter(|d| !d.is_empty());
                dirs.map(|d| root(env.expand(Path::new(d)), "OPENCODE_DATA_DIR"))
                    .collect()
            }
            (None, Some(data)) => vec![root(data.join("opencode"), "XDG_DATA_HOME")],
            (None, None) => vec![root(env.home.join(".local/share/opencode"), "default")],
        };
        let named = env
            .var("OPENCODE_DB")
            .map(Path::new)
            .filter(|p| p.is_absolute());
        if let Some(dir) = named
            .and_then(Path::parent)
            .filter(|dir| roots.iter().all(|r| *r.path != **dir))
        {
            roots.push(root(dir.into(), "OPENCODE_DB"));
        }
        roots
    }

    fn enters(&self, root: &Root, dir: &Path) -> bool {
        let Ok(below) = dir.strip_prefix(&root.path) else {
            return false;
        };
        let parts: Vec<&str> = below.iter().filter_map(|p| p.to_str()).collect();
        match parts.as_slice() {
            ["storage"] | ["storage", "session", ..] | ["project"] | ["project", _] => true,
            ["project", _, "storage", rest @ ..] => {
                matches!(rest, [] | ["session"] | ["session", "info"])
            }
            _ => false,
        }
    }

    /// Where there is a database, nothing more is written into the tree beside it, which may have tens of thousands of
    /// folders: a session that is taken out of it goes with the file that names it.
    fn watches(&self, env: &Env, root: &Root) -> Vec<(PathBuf, Reach)> {
        let is_database = |path: &Path| {
            let name = path.file_name().and_then(|name| name.to_str());
            name.is_some_and(|name| name.starts_with("opencode") && name.ends_with(".db"))
        };
        let entries = env.files.list(&root.path).unwrap_or_default();
        match entries.iter().any(|entry| is_database(&entry.path)) {
            true => vec![
                (root.path.to_path_buf(), Reach::Alone),
                (root.path.join("storage/session"), Reach::Below),
            ],
            false => vec![(root.path.to_path_buf(), Reach::Below)],
        }
    }

    fn claim(&self, env: &Env, root: &Root, path: &Path) -> Option<Unit> {
        let unit = |path: PathBuf, form, rank| {
            Some(Unit {
                source: CARD.id,
                root: root.path.clone(),
                path: path.into(),
                rank,
                form,
            })
        };
        let below = path.strip_prefix(&root.path).ok()?;
        let parts: Vec<&str> = below.iter().filter_map(|p| p.to_str()).collect();
        let json = path.extension().is_some_and(|e| e == "json");
        match parts.as_slice() {
            [name] => {
                let db = sqlite::database_name(name);
                let asked = env
                    .var("OPENCODE_DB")
                    .map(Path::new)
                    .is_some_and(|p| p.file_name().is_some_and(|n| n == db));
                let other = root.why == "OPENCODE_DB";
                let known = db.starts_with("opencode") && db.ends_with(".db") && !other;
                (known || asked)
                    .then(|| unit(path.with_file_name(db), DATABASE, 2))
                    .flatten()
            }
            ["storage", "session", project, _]
                if json && !matches!(*project, "message" | "part" | "info") =>
            {
                unit(path.into(), GLOBAL, 1)
            }
            ["storage", "message", session, _] if json => {
                unit(info_of(env, root, session)?, GLOBAL, 1)
            }
            ["storage", "part", _, _] if json => {
                unit(info_of(env, root, &session_in(env, path)?)?, GLOBAL, 1)
            }
            ["project", _, "storage", "session", "info", _] if json => {
                unit(path.into(), PROJECT, 0)
            }
            [
                "project",
                slug,
                "storage",
                "session",
                "message" | "part",
                session,
                ..,
            ] if json => {
                let info = root
                    .path
                    .join("project")
                    .join(slug)
                    .join("storage/session/info");
                unit(info.join(format!("{session}.json")), PROJECT, 0)
            }
            _ => None,
        }
    }

    fn beside(&self, unit: &Unit) -> Vec<PathBuf> {
        match unit.form {
            DATABASE => sqlite::logs(&unit.path),
            _ => Vec::new(),
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
            DATABASE => database::read(env, unit, want, from, say),
            _ => json_store::read(env, unit, want, from, say),
        }
    }

    fn holdings(&self, env: &Env, session: &Session) -> Result<Vec<PathBuf>, String> {
        match session.unit.form {
            DATABASE => {
                let id = holding::id(session);
                let command = holding::is_name(id).then(|| format!("opencode session delete {id}"));
                Err(holding::in_database(&CARD, command))
            }
            _ => json_store::holdings(env, session),
        }
    }

    fn short_id(&self, native: &str) -> String {
        native.chars().take(12).collect()
    }

    fn report_id(&self, session: &Session) -> String {
        self.short_id(&session.id.native)
    }

    fn resume(&self, session: &Session) -> Option<Launch> {
        let id = &*session.id.native;
        let plain = id.strip_prefix("ses_").is_some_and(|rest| {
            !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_alphanumeric())
        });
        let args = [format!("--session={id}")];
        (plain && id.len() <= 128).then(|| Launch::new("opencode", args, session.dir.as_deref()))
    }

    fn sharing(&self, env: &Env, dir: &Path) -> Option<super::sharing::Policy> {
        sharing::sharing(env, dir)
    }

    /// Its manual: `--fork` with `--session` goes on in a copy.
    fn fork(&self, session: &Session) -> Option<Launch> {
        let mut launch = self.resume(session)?;
        launch.args.push("--fork".into());
        Some(launch)
    }

    fn new_session(&self, dir: &Path) -> Option<Launch> {
        Some(Launch::in_dir("opencode", dir))
    }
}

/// The databases in a unit's root.
fn databases(env: &Env, unit: &Unit) -> impl Iterator<Item = PathBuf> {
    let root = Root {
        source: CARD.id,
        path: unit.root.clone(),
        why: "",
    };
    let entries = env.files.list(&root.path).unwrap_or_default();
    entries.into_iter().map(|e| e.path).filter(move |path| {
        let claimed = OpenCode.claim(env, &root, path);
        claimed.is_some_and(|unit| unit.form == DATABASE && *unit.path == **path)
    })
}

/// A file's name without its ending, which is an id.
fn thread(path: &Path) -> Box<str> {
    path.file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into()
}

/// Where a session's own record lies: below a project whose name its messages do not tell.
fn info_of(env: &Env, root: &Root, session: &str) -> Option<PathBuf> {
    let projects = env.files.list(&root.path.join("storage/session")).ok()?;
    let name = format!("{session}.json");
    projects
        .into_iter()
        .map(|p| p.path.join(&name))
        .find(|path| env.files.stamp(path).is_ok())
}

/// A part names its session only inside.
fn session_in(env: &Env, path: &Path) -> Option<String> {
    use std::io::Read;
    let mut text = String::new();
    env.files
        .open(path)
        .ok()?
        .take(super::jsonl::LINE_MAX as u64)
        .read_to_string(&mut text)
        .ok()?;
    Some(Obj::parse(&text)?.text("sessionID")?.into_owned())
}
