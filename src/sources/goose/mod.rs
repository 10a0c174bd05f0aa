//! Goose. Written down from its published tables and files, not from logs of its own making.
//!
//! Since 1.10 one database for all sessions, whose columns differ between versions; before, a file of JSON lines for each,
//! which the first start of a newer version copies into the database under the same ids. `accumulated_*` is what was
//! spent and includes cached input, `total_tokens` the last context only.

mod content;
mod lines;
mod rows;

use std::io;
use std::path::{Path, PathBuf};

use super::{Card, Cursor, Launch, Root, Say, Source, Want, marks, sqlite};
use crate::env::Env;
use crate::model::{Session, SourceId, Unit};

pub struct Goose;

pub static CARD: Card = Card {
    id: SourceId("goose"),
    label: "Goose",
    code: "GO",
    aliases: &[],
    revision: 1,
    variables: &["GOOSE_PATH_ROOT", "XDG_DATA_HOME"],
    versions: "none: read from its published format",
    usual: &[
        "~/.local/share/goose/sessions",
        "~/.local/share/Block/goose/sessions",
    ],
    proved: false,
    assumed_model: None,
    note: "What was spent is stored for a session as a whole, not for each response",
};

const DATABASE: u8 = 0;
const LOG: u8 = 1;
const NAME: &str = "sessions.db";

impl Source for Goose {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn roots(&self, env: &Env) -> Vec<Root> {
        let root = |path: PathBuf, why| Root {
            source: CARD.id,
            path: path.join("sessions").into(),
            why,
        };
        if let Some(moved) = env.path_var("GOOSE_PATH_ROOT") {
            return vec![root(moved.join("data"), "GOOSE_PATH_ROOT")];
        }
        let (data, why) = match env.path_var("XDG_DATA_HOME") {
            Some(data) => (data, "XDG_DATA_HOME"),
            None => (env.home.join(".local/share"), "default"),
        };
        let mut roots = vec![
            root(data.join("goose"), why),
            root(data.join("Block/goose"), why),
        ];
        if cfg!(target_os = "macos") {
            let support = env.home.join("Library/Application Support");
            roots.push(root(support.join("goose"), "default"));
        }
        roots
    }

    fn is_flat(&self) -> bool {
        true
    }

    fn claim(&self, _env: &Env, root: &Root, path: &Path) -> Option<Unit> {
        let name = path.strip_prefix(&root.path).ok()?;
        let unit = |path: PathBuf, form, rank| Unit {
            source: CARD.id,
            root: root.path.clone(),
            path: path.into(),
            rank,
            form,
        };
        if name.parent() != Some(Path::new("")) {
            return None;
        }
        if name.extension().is_some_and(|end| end == "jsonl") {
            return Some(unit(path.into(), LOG, 0));
        }
        let name = name.to_str()?;
        (sqlite::database_name(name) == NAME).then(|| unit(path.with_file_name(NAME), DATABASE, 1))
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
            DATABASE => marks::read(env, unit, want, from, say, &rows::Rows),
            _ => lines::read(env, unit, want, from, say),
        }
    }

    fn short_id(&self, native: &str) -> String {
        native.chars().take(15).collect()
    }

    fn resume(&self, session: &Session) -> Option<Launch> {
        let id = format!("--session-id={}", plain_id(session)?);
        let args = ["session", "--resume", &id];
        Some(Launch::new("goose", args, session.dir.as_deref()))
    }

    /// Its manual: `--fork` with `--resume` copies the messages into a new session.
    fn fork(&self, session: &Session) -> Option<Launch> {
        let id = format!("--session-id={}", plain_id(session)?);
        let args = ["session", "--resume", "--fork", &id];
        Some(Launch::new("goose", args, session.dir.as_deref()))
    }

    fn new_session(&self, dir: &Path) -> Option<Launch> {
        Some(Launch::new("goose", ["session"], Some(dir)))
    }
}

/// The id as the agent knows it.
fn plain_id(session: &Session) -> Option<&str> {
    let id = &*session.id.native;
    super::object::is_plain(id).then_some(id)
}
