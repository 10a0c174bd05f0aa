//! Antigravity, the editor and the command line program. Written down from samples of 1.0 and 1.1; nothing was run.
//!
//! A conversation is a database of records that only the program can read, and beside it a transcript of one step a
//! line, which is read here. A transcript tells no tokens, no costs, no directory, and the model only where a person
//! chose one. The short transcript leaves out what is long; the full one tells where both are there.

mod lines;
mod steps;
#[cfg(test)]
mod tests;

use std::io;
use std::path::{Path, PathBuf};

use super::object::is_uuid;
use super::{Card, Cursor, Launch, Root, Say, Source, Want, gemini};
use crate::env::Env;
use crate::model::{Session, SourceId, Unit};

pub struct Antigravity;

pub static CARD: Card = Card {
    id: SourceId("antigravity"),
    label: "Antigravity",
    code: "AG",
    aliases: &[],
    revision: 1,
    variables: &[],
    versions: "1.0 to 1.1",
    usual: &["~/.gemini/antigravity-cli", "~/.gemini/antigravity"],
    proved: true,
    assumed_model: None,
    note: "Only transcripts are read: tokens, models and directories stand in a database whose records are not known",
};

/// What long results leave of a step.
const SHORT: u8 = 1;
const FULL: u8 = 2;

/// Ends the ids of the editor's conversations, which can be those of the other program.
const EDITOR: &str = "-ide";

impl Source for Antigravity {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn roots(&self, env: &Env) -> Vec<Root> {
        let root = |name| Root {
            source: CARD.id,
            path: env.home.join(".gemini").join(name).into(),
            why: "default",
        };
        vec![root("antigravity-cli"), root("antigravity")]
    }

    fn enters(&self, root: &Root, dir: &Path) -> bool {
        let below = dir.strip_prefix(&root.path).unwrap_or(dir);
        let parts: Vec<&str> = below.iter().filter_map(|p| p.to_str()).collect();
        matches!(
            parts.as_slice(),
            ["brain"]
                | ["brain", _]
                | ["brain", _, ".system_generated"]
                | ["brain", _, ".system_generated", "logs"]
        )
    }

    fn claim(&self, _env: &Env, root: &Root, path: &Path) -> Option<Unit> {
        let below = path.strip_prefix(&root.path).ok()?;
        let parts: Vec<&str> = below.iter().filter_map(|p| p.to_str()).collect();
        let ["brain", _, ".system_generated", "logs", name] = parts.as_slice() else {
            return None;
        };
        let rank = match *name {
            "transcript.jsonl" => SHORT,
            "transcript_full.jsonl" => FULL,
            _ => return None,
        };
        Some(Unit {
            source: CARD.id,
            root: root.path.clone(),
            path: path.into(),
            rank,
            form: rank,
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
        lines::read(env, unit, want, from, say)
    }

    fn holdings(&self, _env: &Env, _session: &Session) -> Result<Vec<PathBuf>, String> {
        let label = CARD.label;
        Err(format!(
            "what is read is a transcript; {label} keeps the conversation itself in a database"
        ))
    }

    fn short_id(&self, native: &str) -> String {
        gemini::short(native.strip_suffix(EDITOR).unwrap_or(native))
    }

    fn resume(&self, session: &Session) -> Option<Launch> {
        let id = &*session.id.native;
        // The editor's are opened in the editor.
        is_uuid(id).then(|| Launch {
            program: "agy".into(),
            args: vec![format!("--conversation={id}")],
            dir: session.dir.as_deref().map(Path::to_path_buf),
        })
    }

    fn new_session(&self, dir: &Path) -> Option<Launch> {
        Some(Launch::in_dir("agy", dir))
    }
}

/// A conversation's id: its folder's name, marked where it is the editor's.
fn native(unit: &Unit) -> Box<str> {
    let folder = unit.path.ancestors().nth(3);
    let name = folder.and_then(Path::file_name).unwrap_or_default();
    let name = name.to_string_lossy();
    if unit.root.ends_with("antigravity") {
        format!("{name}{EDITOR}").into()
    } else {
        name.into()
    }
}
