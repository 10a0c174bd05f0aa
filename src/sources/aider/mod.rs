//! Aider. Written down from its published format, not from logs of its own making.
//!
//! One text file in each project, to which every run adds its own chat. It lies among people's work, so it is looked for
//! only in directories where sessions of other agents were at work, and where its variable says.

mod chat;
mod report;
#[cfg(test)]
mod tests;

use std::io;
use std::path::{Path, PathBuf};

use super::{Card, Cursor, Launch, NAMED, Root, Say, Source, Want};
use crate::env::Env;
use crate::model::{Session, SourceId, Unit};

pub struct Aider;

pub static CARD: Card = Card {
    id: SourceId("aider"),
    label: "Aider",
    code: "AI",
    aliases: &[],
    revision: 1,
    variables: &["AIDER_CHAT_HISTORY_FILE"],
    versions: "none: read from its published format",
    usual: &[".aider.chat.history.md in directories where other agents were at work"],
    proved: false,
    assumed_model: None,
    note: "Tokens are rounded as its text rounds them, and only the start of a run has a time",
};

const NAME: &str = ".aider.chat.history.md";
const VARIABLE: &str = "AIDER_CHAT_HISTORY_FILE";

/// The file that the variable names.
fn moved(env: &Env) -> Option<PathBuf> {
    let named = env.var(VARIABLE).map(Path::new)?;
    Some(match named.strip_prefix("~") {
        Ok(rest) => env.home.join(rest),
        Err(_) => named.into(),
    })
}

impl Source for Aider {
    fn card(&self) -> &'static Card {
        &CARD
    }

    /// A file named from the root on is one for all projects; another name is one in each.
    fn roots(&self, env: &Env) -> Vec<Root> {
        let named = moved(env).filter(|file| file.is_absolute());
        let folder = named.as_deref().and_then(Path::parent);
        let root = folder.map(|folder| Root {
            source: CARD.id,
            path: folder.into(),
            why: VARIABLE,
        });
        root.into_iter().collect()
    }

    fn in_project(&self, env: &Env, dir: &Path) -> Option<Root> {
        let named = moved(env).filter(|file| file.is_relative());
        let file = dir.join(named.as_deref().unwrap_or(Path::new(NAME)));
        Some(Root {
            source: CARD.id,
            path: file.parent()?.into(),
            why: NAMED,
        })
    }

    fn is_flat(&self) -> bool {
        true
    }

    fn claim(&self, env: &Env, root: &Root, path: &Path) -> Option<Unit> {
        if path.parent() != Some(&*root.path) {
            return None;
        }
        let moved = moved(env);
        let ours = match &moved {
            Some(file) if file.is_absolute() && *file == path => true,
            Some(file) if file.is_relative() => path.file_name() == file.file_name(),
            _ => root.why == NAMED && path.ends_with(NAME),
        };
        ours.then(|| Unit {
            source: CARD.id,
            root: root.path.clone(),
            path: path.into(),
            rank: 0,
            // Only a file in a project tells where its runs were.
            form: u8::from(root.why == NAMED),
        })
    }

    fn read(
        &self,
        env: &Env,
        unit: &Unit,
        want: Want<'_>,
        from: &Cursor,
        say: &mut Say<'_>,
    ) -> io::Result<Cursor> {
        chat::read(env, unit, want, from, say)
    }

    /// When it was begun: that is all that tells runs of one file apart.
    fn holdings(&self, _env: &Env, _session: &Session) -> Result<Vec<PathBuf>, String> {
        Err("one file holds every run in its folder, and it lies among your own files".to_owned())
    }

    fn short_id(&self, native: &str) -> String {
        let start = native.rsplit_once('@').map(|(_, start)| start);
        start.unwrap_or(NAME).replace(['-', ':'], "")
    }

    fn resume(&self, session: &Session) -> Option<Launch> {
        let dir = session.dir.as_deref()?;
        Some(Launch {
            program: "aider".into(),
            args: vec!["--restore-chat-history".into()],
            dir: Some(dir.to_path_buf()),
        })
    }

    fn new_session(&self, dir: &Path) -> Option<Launch> {
        Some(Launch::in_dir("aider", dir))
    }
}
