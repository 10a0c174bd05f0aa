//! GitHub Copilot CLI. Written down from sessions of 1.0.102, run against a scripted server, from public samples of
//! 0.0.420 to 1.0.80, and from the schema of its events.
//!
//! A session is a folder with a log of events and a `workspace.yaml` (1.0), one log (before), or one JSON object
//! (oldest). `inputTokens` includes what was cached, `outputTokens` includes reasoning. Sub-agents stand in the log of
//! their session. Not known: dollars; the program counts premium requests.

mod events;
mod history;
mod message;
mod tokens;
mod workspace;

use std::io;
use std::path::{Path, PathBuf};

use super::holding;
use super::object::{is_plain, is_uuid};
use super::{Card, Cursor, Launch, Root, Say, Source, Want, jsonl};
use crate::env::Env;
use crate::model::{Kind, Session, SourceId, Unit};

pub struct Copilot;

pub static CARD: Card = Card {
    id: SourceId("copilot-cli"),
    label: "Copilot CLI",
    code: "CP",
    aliases: &["copilot"],
    revision: 3,
    variables: &["COPILOT_HOME"],
    versions: "0.0.420 to 1.0.102",
    usual: &["~/.copilot/session-state"],
    proved: true,
    assumed_model: None,
    note: "Sessions of older versions that did not end hold only the tokens of answers, and none hold dollars",
};

/// Events, one a line.
const EVENTS: u8 = 0;
/// `workspace.yaml` beside the events.
const WORKSPACE: u8 = 1;
/// A session as one object.
const HISTORY: u8 = 2;

impl Source for Copilot {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn roots(&self, env: &Env) -> Vec<Root> {
        let (path, why) = match env.path_var("COPILOT_HOME") {
            Some(path) => (path, "COPILOT_HOME"),
            None => (env.home.join(".copilot"), "default"),
        };
        vec![Root {
            source: CARD.id,
            path: path.into(),
            why,
        }]
    }

    fn enters(&self, root: &Root, dir: &Path) -> bool {
        let below = below(root, dir);
        let parts: Vec<&str> = below.iter().map(String::as_str).collect();
        matches!(
            parts.as_slice(),
            ["session-state" | "history-session-state"] | ["session-state", _]
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
        // A session that was taken over by a newer version is told by its newest form.
        match parts.as_slice() {
            ["session-state", _, "events.jsonl"] => unit(EVENTS, 2),
            ["session-state", _, "workspace.yaml"] => unit(WORKSPACE, 0),
            ["session-state", name] if name.ends_with(".jsonl") => unit(EVENTS, 1),
            ["history-session-state", name] if name.ends_with(".json") => unit(HISTORY, 0),
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
            WORKSPACE => workspace::read(env, unit, from, say),
            HISTORY => history::read(env, unit, want, from, say),
            _ => events::read(env, unit, want, from, say),
        }
    }

    fn near_end(&self, env: &Env, unit: &Unit) -> Option<Cursor> {
        let at = (unit.form == EVENTS).then(|| jsonl::near_end(env, &unit.path));
        Some(Cursor {
            at: at?.ok().flatten()?,
            memo: Box::default(),
        })
    }

    fn holdings(&self, env: &Env, session: &Session) -> Result<Vec<PathBuf>, String> {
        match session.unit.path.ends_with("events.jsonl") {
            true => Ok(vec![holding::above(session, 1)?]),
            false => holding::own_file(&CARD, env, session),
        }
    }

    fn in_use(&self, env: &Env, session: &Session) -> Option<String> {
        let id = session_of(&session.unit);
        let locks = session.unit.root.join(".session-operation-locks");
        let mut entries = env.files.list(&locks).unwrap_or_default().into_iter();
        let is_its = |path: &Path| path.to_string_lossy().contains(&*id);
        let locked =
            entries.any(|entry| entry.path.file_name().is_some_and(|n| is_its(Path::new(n))));
        (locked && !id.is_empty()).then(|| "the agent has locked it".to_owned())
    }

    fn short_id(&self, native: &str) -> String {
        let short = |id: &str| -> String {
            let keep = if is_uuid(id) { 8 } else { 24 };
            id.chars().take(keep).collect()
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
            program: "copilot".into(),
            args: vec![format!("--resume={id}")],
            dir: session.dir.as_deref().map(Path::to_path_buf),
        })
    }

    fn new_session(&self, dir: &Path) -> Option<Launch> {
        Some(Launch::in_dir("copilot", dir))
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

/// The session of a unit, by its place: the name of its folder, or of its file.
fn session_of(unit: &Unit) -> Box<str> {
    let name = match unit.path.file_name() {
        Some(name) if name == "events.jsonl" || name == "workspace.yaml" => {
            unit.path.parent().and_then(Path::file_name)
        }
        _ => unit.path.file_stem(),
    };
    name.unwrap_or_default().to_string_lossy().into()
}

/// A sub-agent by a name that no other session has: its own where that is unique in the world.
fn agent_id(agent: &str, session: &str) -> Box<str> {
    if is_uuid(agent) {
        agent.into()
    } else {
        format!("{agent}@{session}").into()
    }
}
