//! Cursor. Written down from public notes and samples; no copy of the program was run.
//!
//! One conversation can lie in three places. The editor keeps composers in `state.vscdb`, the command line keeps chats in
//! a `store.db` each, and both write plain transcripts that leave out results, ids and times. Ids are the same
//! everywhere, so the fullest place tells. Tokens stand on some answers of the editor only, and nowhere else. Not known:
//! what most responses used, and the times of transcripts.

mod blocks;
mod bubble;
mod composer;
mod database;
mod heads;
mod places;
mod plain;
mod sql;
mod store;
mod teller;
#[cfg(test)]
mod tests;
mod tool;
mod transcript;
mod tree;
mod words;
mod workspace;

use std::io;
use std::path::{Path, PathBuf};

use super::holding;
use super::object::is_uuid;
use super::{Card, Cursor, Launch, Root, Say, Source, Want, sqlite};
use crate::env::Env;
use crate::model::{Kind, Session, SourceId, Unit};

pub struct CursorAgent;

pub static CARD: Card = Card {
    id: SourceId("cursor"),
    label: "Cursor",
    code: "CU",
    aliases: &["cursor-agent"],
    revision: 1,
    variables: &[
        "XDG_CONFIG_HOME",
        "CURSOR_CONFIG_DIR",
        "CURSOR_PROJECTS_DIR",
        "CURSOR_STATE_DB",
    ],
    versions: "0.50 to 3.14, command line of 2026",
    usual: &[
        "~/.config/Cursor/User",
        "~/.cursor/chats",
        "~/.cursor/projects",
    ],
    proved: false,
    assumed_model: None,
    note: "Tokens stand on some answers of the editor only, and on none of the command line",
};

/// The editor's database with the composers of all workspaces.
pub(super) const GLOBAL: u8 = 0;
/// A workspace's own database: which composers are its, and the oldest chats.
pub(super) const WORKSPACE: u8 = 1;
/// The folder of a workspace whose database is not there.
pub(super) const FOLDER: u8 = 2;
/// A chat of the command line.
pub(super) const STORE: u8 = 3;
/// What is noted beside a chat of the command line that is not there.
pub(super) const META: u8 = 4;
/// A transcript of one JSON object a line.
pub(super) const LINES: u8 = 5;
/// A transcript as plain text.
pub(super) const PLAIN: u8 = 6;

impl Source for CursorAgent {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn roots(&self, env: &Env) -> Vec<Root> {
        places::roots(env)
    }

    fn enters(&self, root: &Root, dir: &Path) -> bool {
        places::enters(root, dir)
    }

    fn claim(&self, env: &Env, root: &Root, path: &Path) -> Option<Unit> {
        places::claim(env, root, path)
    }

    fn beside(&self, unit: &Unit) -> Vec<PathBuf> {
        match unit.form {
            GLOBAL | WORKSPACE | STORE => sqlite::logs(&unit.path),
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
            GLOBAL | WORKSPACE => database::read(env, unit, want, from, say),
            FOLDER => workspace::read(env, unit, from, say),
            STORE => store::read(env, unit, want, from, say),
            META => store::read_meta(env, unit, from, say),
            PLAIN => plain::read(env, unit, want, from, say),
            _ => transcript::read(env, unit, want, from, say),
        }
    }

    fn near_end(&self, env: &Env, unit: &Unit) -> Option<Cursor> {
        if unit.form != LINES {
            return None;
        }
        let at = super::jsonl::near_end(env, &unit.path).ok().flatten()?;
        Some(Cursor {
            at,
            memo: Box::default(),
        })
    }

    fn holdings(&self, env: &Env, session: &Session) -> Result<Vec<PathBuf>, String> {
        let path = &session.unit.path;
        let dir = |dir: &Path| dir.file_name().map(std::ffi::OsStr::to_owned);
        match session.unit.form {
            // A chat of the command line has a folder, and a database, of its own.
            STORE | META => Ok(vec![holding::above(session, 1)?]),
            LINES if path.parent().and_then(dir).as_deref() == path.file_stem() => {
                Ok(vec![holding::above(session, 1)?])
            }
            LINES | PLAIN => holding::own_file(&CARD, env, session),
            _ => Err(holding::in_database(&CARD, None)),
        }
    }

    fn short_id(&self, native: &str) -> String {
        native.chars().take(8).collect()
    }

    /// Only chats of the command line can be continued from a shell, and only by who started them.
    fn resume(&self, session: &Session) -> Option<Launch> {
        let id = &*session.id.native;
        let own = session.unit.form == STORE && session.kind == Kind::Main;
        (own && session.parent.is_none() && is_uuid(id)).then(|| Launch {
            program: "cursor-agent".into(),
            args: vec!["--resume".into(), id.into()],
            dir: session.dir.as_deref().map(Path::to_path_buf),
        })
    }

    fn new_session(&self, dir: &Path) -> Option<Launch> {
        Some(Launch::in_dir("cursor-agent", dir))
    }

    fn is_bound_to_place(&self) -> bool {
        true
    }
}

/// A model's name; none for the words that leave the choice to the program.
fn model_named(name: &str) -> Option<crate::model::ModelId> {
    let chosen_later = ["default", "auto", "unknown"]
        .iter()
        .any(|word| name.eq_ignore_ascii_case(word));
    (!name.trim().is_empty() && !chosen_later).then(|| crate::model::ModelId::new(None, name))
}

/// A title that somebody gave; none for what the program writes before there is one.
fn title_given(name: &str) -> Option<&str> {
    let placeholder = ["new chat", "new agent", "new composer", "untitled"]
        .iter()
        .any(|word| name.trim().eq_ignore_ascii_case(word));
    (!name.trim().is_empty() && !placeholder).then_some(name)
}
