//! Pi, and Oh My Pi, which writes the same lines elsewhere. Written down from files of 0.73.1 and 0.87.1, run against a
//! scripted server, and from two long public logs of version 1 of the format.
//!
//! One JSON object a line: a header, then entries that name their parent, so that one file is a tree. Version 1 had no
//! ids and was a plain list; such a file is written anew, whole, when a later program opens it. `input` is uncached
//! input only, `cacheWrite` all cache writes, `output` includes reasoning, and every response says what it cost.

mod lines;
mod memo;
mod message;
mod spends;
#[cfg(test)]
mod tests;

use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use super::json::{self, Obj, Parsed};
use super::jsonl::{self, Line};
use super::log::{self, ANY};
use super::skip::Skip;
use super::{At, Both, Card, Cursor, Launch, Root, Say, Source, Want};
use crate::env::{EntryKind, Env};
use crate::model::{Session, SourceId, Unit};
use lines::Log;
use memo::Memo;

pub struct Pi;

pub static CARD: Card = Card {
    id: SourceId("pi"),
    label: "Pi",
    code: "PI",
    aliases: &["omp", "oh-my-pi"],
    revision: 2,
    variables: &[
        "PI_CODING_AGENT_DIR",
        "PI_CODING_AGENT_SESSION_DIR",
        "PI_AGENT_DIR",
    ],
    versions: "logs of version 1 to 3, of 0.73 and 0.87",
    usual: &["~/.pi/agent/sessions", "~/.omp/agent/sessions"],
    proved: true,
    assumed_model: None,
    note: "Versions of the agent and git branches are not logged",
};

const LOG: u8 = 0;
/// A store that no version seen here writes.
const UNKNOWN: u8 = 1;

const SESSION_DIR: &str = "PI_CODING_AGENT_SESSION_DIR";
const SETTING: &str = "sessionDir in settings.json";
const EARLY: &str = "sessions of 0.30.0";
/// Settings and headers are never longer.
const SMALL: u64 = 256 << 10;

/// What tools said, unless they asked models of their own.
const RESULTS: Skip = Skip {
    mark: r#""message":{"role":""#,
    then: &[r#"toolResult""#],
    behind: None,
    unless: Some(r#""usage":"#),
};

impl Source for Pi {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn roots(&self, env: &Env) -> Vec<Root> {
        let (agent, why) = match env.path_var("PI_CODING_AGENT_DIR") {
            Some(dir) => (dir, "PI_CODING_AGENT_DIR"),
            None => (env.home.join(".pi/agent"), "default"),
        };
        let omp = env.home.join(".omp/agent/sessions");
        let mut places = vec![(agent.join("sessions"), why), (omp, "default")];
        // Both name where new sessions go; older ones stay where they are.
        places.extend(env.path_var(SESSION_DIR).map(|dir| (dir, SESSION_DIR)));
        places.extend(session_dir(env, &agent).map(|dir| (dir, SETTING)));
        let list = env.var("PI_AGENT_DIR").unwrap_or_default();
        let list = list.split(',').map(str::trim).filter(|p| !p.is_empty());
        places.extend(list.map(|dir| (env.expand(Path::new(dir)), "PI_AGENT_DIR")));
        if holds_sessions(env, &agent) {
            places.push((agent, EARLY));
        }
        let mut roots: Vec<Root> = Vec::new();
        for (path, why) in places {
            if !roots.iter().any(|root| *root.path == *path) {
                roots.push(Root {
                    source: CARD.id,
                    path: path.into(),
                    why,
                });
            }
        }
        roots
    }

    fn enters(&self, root: &Root, dir: &Path) -> bool {
        // These hold their files directly, and may be any folder of the user's.
        !matches!(root.why, SESSION_DIR | SETTING | EARLY) || *dir == *root.path
    }

    fn claim(&self, _env: &Env, root: &Root, path: &Path) -> Option<Unit> {
        let name = path.file_name()?.to_string_lossy();
        let (stem, ending) = name.rsplit_once('.')?;
        let form = match ending {
            "jsonl" => LOG,
            "sqlite" | "v2" => UNKNOWN,
            _ => return None,
        };
        let in_place = self.enters(root, path.parent()?);
        let any_name = form == LOG && root.why != EARLY || stem == "session" && form == UNKNOWN;
        let named = any_name || split_name(stem).is_some();
        (in_place && named && !stem.is_empty()).then(|| Unit {
            source: CARD.id,
            root: root.path.clone(),
            path: path.into(),
            rank: 0,
            form,
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
        if unit.form == UNKNOWN {
            return Err(io::Error::other("unsupported store"));
        }
        let mut opened = jsonl::open(env, &unit.path, &from.at)?;
        let memo = if opened.rewritten {
            Memo::default()
        } else {
            Memo::read(&from.memo)
        };
        if want == Want::Spends {
            opened.lines.leave_out(&RESULTS);
        }
        let mut log = Log::new(env, unit, want, memo);
        log::read(&mut opened, from.at == At::Start, &mut log, say)
    }

    fn read_both(&self, env: &Env, unit: &Unit, both: &mut Both<'_>) -> Option<io::Result<Cursor>> {
        (unit.form != UNKNOWN).then(|| {
            let mut opened = jsonl::open(env, &unit.path, &At::Start)?;
            let mut facts = Log::new(env, unit, Want::Summary, Memo::default());
            let mut said = Log::new(env, unit, ANY, Memo::default());
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

    fn short_id(&self, native: &str) -> String {
        // The first digits of these ids are the time: sessions of one day differ only behind the first dash.
        let is_uuid = native.len() == 36 && native.bytes().filter(|b| *b == b'-').count() == 4;
        native.chars().take(if is_uuid { 13 } else { 20 }).collect()
    }

    fn resume(&self, session: &Session) -> Option<Launch> {
        // Where the session worked it asks, if it does not know.
        let dir = session.dir.as_deref()?;
        Some(Launch::new("pi", ["--session", named(session)?], Some(dir)))
    }

    fn fork(&self, session: &Session) -> Option<Launch> {
        let dir = session.dir.as_deref()?;
        Some(Launch::new("pi", ["--fork", named(session)?], Some(dir)))
    }

    fn new_session(&self, dir: &Path) -> Option<Launch> {
        Some(Launch::in_dir("pi", dir))
    }
}

/// What the agent is told to mean a session: it finds an id by the name of a file, and of two sessions with one id it takes
/// the first; a path always works.
fn named(session: &Session) -> Option<&str> {
    let unit = &session.unit;
    // How the other program that writes these logs is told is not known.
    if unit.root.ends_with(".omp/agent/sessions") || session.kind == crate::model::Kind::SubAgent {
        return None;
    }
    let native = &*session.id.native;
    let stem = unit.path.file_stem()?.to_str()?;
    if split_name(stem).is_some_and(|(_, id)| id == native) && is_plain(native) {
        Some(native)
    } else {
        unit.path.to_str().filter(|path| path.starts_with('/'))
    }
}

/// An id as the agent makes and accepts them, so that it can never be read as an option or a path.
fn is_plain(id: &str) -> bool {
    let ends = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    let inside = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    id.len() <= 128
        && ends(id.chars().next())
        && ends(id.chars().next_back())
        && id.chars().all(inside)
}

/// The time and the id in a name such as `2026-11-20T23-35-00-055Z_my-id_1`.
fn split_name(stem: &str) -> Option<(&str, &str)> {
    let (time, id) = stem.split_once('_')?;
    let is_time = time.len() >= 19
        && time.bytes().enumerate().all(|(i, b)| match i {
            10 => b == b'T',
            4 | 7 | 13 | 16 => b == b'-',
            0..=18 => b.is_ascii_digit(),
            _ => b.is_ascii_digit() || matches!(b, b'-' | b'Z'),
        });
    (is_time && !id.is_empty()).then_some((time, id))
}

/// The id in a file's name; the whole stem where the name has another shape.
fn id_by_name(stem: &str) -> &str {
    split_name(stem).map_or(stem, |(_, id)| id)
}

/// Where the user told the agent to keep new sessions, for all projects.
fn session_dir(env: &Env, agent: &Path) -> Option<PathBuf> {
    let mut text = String::new();
    let file = env.files.open(&agent.join("settings.json")).ok()?;
    file.take(SMALL).read_to_string(&mut text).ok()?;
    let dir = Obj::parse(text.trim())?.text("sessionDir")?;
    Some(env.expand(Path::new(&*dir)))
}

/// Whether sessions lie directly in the agent's own folder, which one version did by mistake. Only then is it a root:
/// extensions with all their code lie there too.
fn holds_sessions(env: &Env, agent: &Path) -> bool {
    let is_one = |path: &Path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let stem = name.strip_suffix(".jsonl");
        stem.is_some_and(|stem| split_name(stem).is_some())
    };
    let mut entries = env.files.list(agent).unwrap_or_default().into_iter();
    entries.any(|entry| entry.kind == EntryKind::File && is_one(&entry.path))
}

/// The id in the header of another session's log.
fn header_id(env: &Env, path: &Path) -> Option<Box<str>> {
    let file = env.files.open(path).ok()?;
    let mut lines = jsonl::Lines::new(file.take(SMALL), crate::env::Stamp::default());
    let mut store = json::Store::default();
    // A title may stand before the header.
    for _ in 0..2 {
        if let Line::Whole { bytes, .. } = lines.next_line().ok()??
            && let Parsed::Object(record) = json::record(bytes, &mut store)
            && record.str("type").as_deref() == Some("session")
        {
            return record
                .text("id")
                .filter(|id| is_plain(id))
                .map(|id| (*id).into());
        }
    }
    None
}
