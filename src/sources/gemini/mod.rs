//! Gemini CLI. Written down from a run of 0.61.0, its published source and older samples.
//!
//! A session is a file of lines that are played back (since 0.40), or one JSON object that is rewritten whole (before).
//! `tokens.input` includes `cached`, `output` leaves `thoughts` out, and `total` counts `tool` beside all of them. What
//! is shown and what was spent differ: a resume repeats the history without its tokens, so spends are taken from the
//! messages' own records, whatever the history became. Not known: costs, the git branch, the version.

mod lines;
mod message;
pub(super) mod parts;
mod project;
mod replay;
#[cfg(test)]
mod tests;
mod whole;

use std::io;
use std::path::{Path, PathBuf};

use jiff::SignedDuration;

use super::holding;
use super::object::is_uuid;
use super::retention::{Retention, Since, setting};
use super::{Card, Cursor, Launch, Root, Say, Source, Want};
use crate::env::Env;
use crate::model::{Kind, Session, SourceId, Unit};

pub struct Gemini;

pub static CARD: Card = Card {
    id: SourceId("gemini-cli"),
    label: "Gemini CLI",
    code: "GM",
    aliases: &["gemini"],
    revision: 1,
    variables: &["GEMINI_DATA_DIR", "GEMINI_CLI_HOME"],
    versions: "0.1 to 0.61",
    usual: &["~/.gemini/tmp"],
    proved: true,
    assumed_model: None,
    note: "Branches and costs are not logged, and what a rewind took back stays in the sums because it was spent",
};

/// One JSON object.
const WHOLE: u8 = 0;
/// One JSON object a line.
const LINES: u8 = 1;

impl Source for Gemini {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn roots(&self, env: &Env) -> Vec<Root> {
        let root = |path: &Path, why| Root {
            source: CARD.id,
            path: path.into(),
            why,
        };
        if let Some(list) = env.var("GEMINI_DATA_DIR") {
            let dirs = list.split(',').map(str::trim).filter(|d| !d.is_empty());
            let dirs = dirs.map(|d| {
                let dir = env.expand(Path::new(d));
                // It names the folder of the projects; people also name the one above.
                if dir.ends_with(".gemini") {
                    dir.join("tmp")
                } else {
                    dir
                }
            });
            return dirs.map(|d| root(&d, "GEMINI_DATA_DIR")).collect();
        }
        let (home, why) = match env.path_var("GEMINI_CLI_HOME") {
            Some(home) => (home, "GEMINI_CLI_HOME"),
            None => (env.home.clone(), "default"),
        };
        vec![root(&home.join(".gemini/tmp"), why)]
    }

    /// Deleted at its start in that project, by what the session says of itself. Settings of a project may say otherwise,
    /// and a limit to their number is not looked at.
    fn keeps(&self, env: &Env, root: &Root) -> Option<Retention> {
        const LASTS: SignedDuration = SignedDuration::from_hours(30 * 24);
        let file = root.path.parent()?.join("settings.json");
        let set = setting(env, &file, |settings| {
            let set = settings.obj("general")?.obj("sessionRetention")?;
            let is_off = set.bool("enabled") == Some(false);
            Some((is_off, set.str("maxAge").map(|age| span(&age))))
        })?;
        let (is_off, age) = set.unwrap_or((false, None));
        let is_default = age.is_none();
        let lasts = age.unwrap_or(Some(LASTS))?;
        (!is_off).then_some(Retention {
            lasts,
            since: Since::Log,
            setting: "general.sessionRetention.maxAge",
            file,
            is_default,
        })
    }

    fn enters(&self, root: &Root, dir: &Path) -> bool {
        let below = dir.strip_prefix(&root.path).unwrap_or(dir);
        let mut parts = below.iter();
        let (_project, chats) = (parts.next(), parts.next());
        chats.is_none_or(|name| name == "chats") && parts.count() <= 1
    }

    fn claim(&self, _env: &Env, root: &Root, path: &Path) -> Option<Unit> {
        claim(CARD.id, root, &root.path, path)
    }

    fn read(
        &self,
        env: &Env,
        unit: &Unit,
        want: Want<'_>,
        from: &Cursor,
        say: &mut Say<'_>,
    ) -> io::Result<Cursor> {
        read(env, unit, want, from, say)
    }

    fn holdings(&self, env: &Env, session: &Session) -> Result<Vec<PathBuf>, String> {
        holdings(&CARD, env, session)
    }

    fn short_id(&self, native: &str) -> String {
        short(native)
    }

    fn resume(&self, session: &Session) -> Option<Launch> {
        let id = &*session.id.native;
        (session.kind == Kind::Main && is_uuid(id)).then(|| Launch {
            program: "gemini".into(),
            args: vec![format!("--resume={id}")],
            dir: session.dir.as_deref().map(Path::to_path_buf),
        })
    }

    fn new_session(&self, dir: &Path) -> Option<Launch> {
        Some(Launch::in_dir("gemini", dir))
    }

    fn is_bound_to_place(&self) -> bool {
        true
    }
}

/// `24h`, `30d`, `2w`, `1m`: the agent's own spelling of a time, a month being 30 days.
fn span(text: &str) -> Option<SignedDuration> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let hours = match unit {
        "h" => 1,
        "d" => 24,
        "w" => 7 * 24,
        "m" => 30 * 24,
        _ => return None,
    };
    let number: u32 = number.parse().ok().filter(|n| *n > 0)?;
    Some(SignedDuration::from_hours(i64::from(number) * hours))
}

/// A session's file below the folder of all projects: `<project>/chats/session-*`, and those of its sub-agents.
pub(super) fn claim(source: SourceId, root: &Root, projects: &Path, path: &Path) -> Option<Unit> {
    let below = path.strip_prefix(projects).ok()?;
    let parts: Vec<&str> = below.iter().filter_map(|p| p.to_str()).collect();
    let is_ours = match parts.as_slice() {
        [_, "chats", name] => name.starts_with("session-"),
        [_, "chats", _, _] => true,
        _ => false,
    };
    let form = match path.extension()?.to_str()? {
        "json" => WHOLE,
        "jsonl" => LINES,
        _ => return None,
    };
    (is_ours && below.iter().count() == parts.len()).then(|| Unit {
        source,
        root: root.path.clone(),
        path: path.into(),
        // A file of lines that goes on where an old one ended has its id and all of it.
        rank: form,
        form,
    })
}

/// A session's file and the folder of its sub-agents.
pub(super) fn holdings(card: &Card, env: &Env, session: &Session) -> Result<Vec<PathBuf>, String> {
    let mut all = holding::own_file(card, env, session)?;
    if parent_by_path(&session.unit.path).is_none() {
        all.extend(holding::folder_beside(session, holding::id(session)));
    }
    Ok(all)
}

/// A session's file, of either form.
pub(super) fn read(
    env: &Env,
    unit: &Unit,
    want: Want<'_>,
    from: &Cursor,
    say: &mut Say<'_>,
) -> io::Result<Cursor> {
    match unit.form {
        LINES => lines::read(env, unit, want, from, say),
        _ => whole::read(env, unit, want, from, say),
    }
}

/// Random ids are told apart by their start; others begin alike.
pub(super) fn short(id: &str) -> String {
    id.chars().take(if is_uuid(id) { 8 } else { 40 }).collect()
}

/// The session that a sub-agent's file belongs to: the folder between `chats` and the file.
fn parent_by_path(path: &Path) -> Option<Box<str>> {
    let folder = path.parent()?;
    let chats = folder.parent()?.file_name()?;
    (chats == "chats").then(|| folder.file_name().map(|n| n.to_string_lossy().into()))?
}

/// A session's id: what its log says where that can be one, else the file's name.
fn native(path: &Path, said: Option<&str>) -> Box<str> {
    let is_plain = |id: &&str| {
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.@+".contains(&b);
        !id.is_empty() && id.len() <= 128 && id.bytes().all(plain)
    };
    // Were a sub-agent to log the id of the session it works for, there would be two of one id.
    let own = |id: &&str| parent_by_path(path).is_none_or(|parent| *parent != **id);
    let stem = || {
        path.file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into()
    };
    said.filter(is_plain)
        .filter(own)
        .map_or_else(stem, Into::into)
}
