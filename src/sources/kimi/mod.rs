//! Kimi Code and its forerunner Kimi CLI. Written down from sessions of 2.1.0, run against a scripted server, from public
//! samples of 0.29 to 0.38, and for the forerunner from its published source.
//!
//! A session is a folder: `state.json`, and a log of the wire for each agent. `inputOther` leaves out what was cached.
//! The forerunner kept one wire and one context a session. Not known: costs; and the forerunner's models and
//! directories, which it kept elsewhere.

mod content;
mod context;
mod forerunner;
mod state;
mod wire;

use std::io;
use std::path::{Path, PathBuf};

use super::holding;
use super::object::{is_plain, is_uuid};
use super::{Card, Cursor, Launch, Root, Say, Source, Want, jsonl};
use crate::env::Env;
use crate::model::{Kind, Session, SourceId, Unit};

pub struct Kimi;

pub static CARD: Card = Card {
    id: SourceId("kimi-cli"),
    label: "Kimi CLI",
    code: "KI",
    aliases: &["kimi"],
    revision: 1,
    variables: &["KIMI_CODE_HOME", "KIMI_SHARE_DIR"],
    versions: "0.29 to 2.1",
    usual: &["~/.kimi-code/sessions", "~/.kimi/sessions"],
    proved: true,
    assumed_model: None,
    note: "Logs hold no costs, and those below ~/.kimi neither models nor directories",
};

/// What an agent and its model said, one event a line.
const WIRE: u8 = 0;
/// `state.json`: names and places of a session.
const STATE: u8 = 1;
/// What a model of the forerunner was given, one message a line, without times or tokens.
const CONTEXT: u8 = 2;

impl Source for Kimi {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn roots(&self, env: &Env) -> Vec<Root> {
        let root = |variable, usual| {
            let (path, why) = match env.path_var(variable) {
                Some(path) => (path, variable),
                None => (env.home.join(usual), "default"),
            };
            Root {
                source: CARD.id,
                path: path.into(),
                why,
            }
        };
        // Both programs may be at work on one machine.
        vec![
            root("KIMI_CODE_HOME", ".kimi-code"),
            root("KIMI_SHARE_DIR", ".kimi"),
        ]
    }

    fn enters(&self, root: &Root, dir: &Path) -> bool {
        let below = below(root, dir);
        let parts: Vec<&str> = below.iter().map(String::as_str).collect();
        matches!(
            parts.as_slice(),
            ["sessions"] | ["sessions", _] | ["sessions", _, _]
        ) || matches!(
            parts.as_slice(),
            ["sessions", _, _, "agents"] | ["sessions", _, _, "agents", _]
        )
    }

    fn claim(&self, _env: &Env, root: &Root, path: &Path) -> Option<Unit> {
        let unit = |form, rank| {
            Some(Unit {
                source: CARD.id,
                root: root.path.clone(),
                path: path.into(),
                rank,
                form,
            })
        };
        let below = below(root, path);
        let parts: Vec<&str> = below.iter().map(String::as_str).collect();
        match parts.as_slice() {
            ["sessions", _, _, "agents", _, "wire.jsonl"] => unit(WIRE, 3),
            ["sessions", _, _, "state.json"] => unit(STATE, 0),
            // Of the forerunner's two logs the wire knows more.
            ["sessions", _, _, "wire.jsonl"] => unit(WIRE, 2),
            ["sessions", _, _, "context.jsonl"] => unit(CONTEXT, 1),
            ["sessions", _, name] if name.ends_with(".jsonl") => unit(CONTEXT, 0),
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
            STATE => state::read(env, unit, from, say),
            CONTEXT => context::read(env, unit, want, from, say),
            _ => wire::read(env, unit, want, from, say),
        }
    }

    fn near_end(&self, env: &Env, unit: &Unit) -> Option<Cursor> {
        let at = (unit.form != STATE).then(|| jsonl::near_end(env, &unit.path));
        Some(Cursor {
            at: at?.ok().flatten()?,
            memo: Box::default(),
        })
    }

    fn holdings(&self, env: &Env, session: &Session) -> Result<Vec<PathBuf>, String> {
        let path = &session.unit.path;
        let is_log = path.ends_with("wire.jsonl") || path.ends_with("context.jsonl");
        let agents = path
            .ancestors()
            .nth(2)
            .is_some_and(|dir| dir.ends_with("agents"));
        match (agents, place(&session.unit).1) {
            // The first agent is the session.
            (true, None) => Ok(vec![holding::above(session, 3)?]),
            (true, Some(_)) => Ok(vec![holding::above(session, 1)?]),
            (false, _) if is_log => Ok(vec![holding::above(session, 1)?]),
            (false, _) => holding::own_file(&CARD, env, session),
        }
    }

    fn short_id(&self, native: &str) -> String {
        let short = |id: &str| -> String {
            let bare = id.strip_prefix("session_").unwrap_or(id);
            let keep = if is_uuid(bare) { 8 } else { 24 };
            bare.chars().take(keep).collect()
        };
        match native.split_once('@') {
            Some((agent, session)) => format!("{}@{}", short(agent), short(session)),
            None => short(native),
        }
    }

    fn resume(&self, session: &Session) -> Option<Launch> {
        let native = &*session.id.native;
        let id = native.split_once('#').map_or(native, |(id, _)| id);
        (is_plain(id) && session.kind != Kind::SubAgent).then(|| Launch {
            program: "kimi".into(),
            args: vec!["-S".into(), id.into()],
            dir: session.dir.as_deref().map(Path::to_path_buf),
        })
    }

    fn new_session(&self, dir: &Path) -> Option<Launch> {
        Some(Launch::in_dir("kimi", dir))
    }

    fn is_bound_to_place(&self) -> bool {
        true
    }
}

/// The names below the root; names that are no text keep their shape.
fn below(root: &Root, path: &Path) -> Vec<String> {
    let below = path.strip_prefix(&root.path).map(PathBuf::from);
    let below = below.unwrap_or_default();
    below
        .iter()
        .map(|part| part.to_string_lossy().into_owned())
        .collect()
}

/// A sub-agent's id: agents are numbered within their session.
fn agent_id(agent: &str, session: &str) -> Box<str> {
    format!("{agent}@{session}").into()
}

/// The session a log belongs to, and the agent where it is not the first.
fn place(unit: &Unit) -> (Box<str>, Option<Box<str>>) {
    let name = |path: Option<&Path>| -> Box<str> {
        let name = path.and_then(Path::file_name).unwrap_or_default();
        name.to_string_lossy().into()
    };
    let folder = unit.path.parent();
    let above = folder.and_then(Path::parent);
    if unit.form == CONTEXT && unit.path.file_name().is_none_or(|n| n != "context.jsonl") {
        let stem = unit.path.file_stem().unwrap_or_default();
        return (stem.to_string_lossy().into(), None);
    }
    if unit.form == WIRE && above.is_some_and(|dir| dir.ends_with("agents")) && unit.rank == 3 {
        let agent = name(folder);
        let session = name(above.and_then(Path::parent));
        return (session, Some(agent).filter(|agent| **agent != *"main"));
    }
    (name(folder), None)
}
