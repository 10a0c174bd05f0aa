//! Which running program has which session open.

use std::collections::{HashMap, HashSet};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use crate::env::{Env, Running, Seen};
use crate::ingest::Choice;
use crate::model::{Session, SessionId};
use crate::sources::{AtWork, Source};

/// Programs that run other programs: which one, their first argument says.
const INTERPRETERS: &[&str] = &["node", "bun", "deno", "python", "python3", "MainThread"];
/// Times in the table of processes and in logs may differ by so much.
const SLACK: SignedDuration = SignedDuration::from_secs(2);
/// A program writes down its own start a little later.
const WRITTEN: SignedDuration = SignedDuration::from_secs(60);

/// A running agent.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Agent {
    pub pid: i32,
    /// Whether it has something to do now, by its own word.
    pub is_busy: Option<bool>,
}

/// What the table of processes says about one source.
#[derive(Default)]
pub struct Agents {
    /// The sessions that are open.
    pub open: HashMap<SessionId, Agent>,
    /// Sessions whose own agent left word of itself and does not run any more.
    pub dead: HashSet<SessionId>,
    /// Agents of which nobody knows what they have open, by where they work.
    loose: Vec<Option<PathBuf>>,
    /// Every process that is one.
    pub pids: Vec<i32>,
}

impl Agents {
    /// Whether one of those that have nobody knows what open may have this one.
    pub fn may_have(&self, session: &Session) -> bool {
        let here = |dir: &PathBuf| session.dir.as_deref() == Some(dir);
        self.loose.iter().any(|dir| dir.as_ref().is_none_or(here))
    }
}

/// Finds the agents of one source, and what each has open: by its own word, by its arguments, by the files it holds, and
/// of the others by where they work, since that is where their newest session is.
pub fn of(
    env: &Env,
    choice: &Choice,
    source: &dyn Source,
    table: &[Running],
    sessions: &[&Arc<Session>],
) -> Option<Agents> {
    let program = source.program()?;
    let program = Path::new(&program).file_name()?.to_str()?;
    let found: Vec<(&Running, Seen)> = table
        .iter()
        .filter_map(|one| Some((one, agent(env, program, one)?)))
        .collect();
    // Some are started by a program of the same name that waits for them.
    let waits = |one: &Running| {
        let is_interpreter = INTERPRETERS.contains(&&*one.name);
        is_interpreter && found.iter().any(|(other, _)| other.parent == one.pid)
    };
    let mut agents = Agents {
        pids: found.iter().map(|(one, _)| one.pid).collect(),
        ..Agents::default()
    };
    let mut known: HashSet<i32> = HashSet::new();
    let roots = choice.roots(source, env);
    for told in roots.iter().flat_map(|root| source.at_work(env, root)) {
        let Some(session) = sessions.iter().find(|s| is_called(s, &told.session)) else {
            known.insert(told.pid);
            continue;
        };
        match table.iter().find(|one| is_it(one, &told)) {
            Some(one) => {
                known.insert(one.pid);
                let agent = Agent {
                    pid: one.pid,
                    is_busy: told.is_busy,
                };
                agents.open.insert(session.id.clone(), agent);
            }
            None => drop(agents.dead.insert(session.id.clone())),
        }
    }
    let mut by_place = Vec::new();
    for (one, seen) in found.iter().filter(|(one, _)| !waits(one)) {
        if known.contains(&one.pid) {
            continue;
        }
        match sessions.iter().find(|session| is_named(session, seen)) {
            Some(session) => {
                let agent = Agent {
                    pid: one.pid,
                    is_busy: None,
                };
                agents.open.entry(session.id.clone()).or_insert(agent);
            }
            None => by_place.push((*one, seen)),
        }
    }
    // The newest session of a place belongs to the agent that was started last.
    by_place.sort_by_key(|(one, _)| std::cmp::Reverse(one.started));
    for (one, seen) in by_place {
        let fits = |session: &&&Arc<Session>| {
            let is_free = !agents.open.contains_key(&session.id);
            is_free && seen.dir.is_some() && session.dir.as_deref() == seen.dir.as_deref()
        };
        let since = |session: &&&Arc<Session>| {
            let updated = session.updated;
            updated.is_some_and(|at| at >= before(one.started, SLACK))
        };
        let newest = sessions.iter().filter(fits).filter(since);
        match newest.max_by_key(|session| session.updated) {
            Some(session) => {
                let agent = Agent {
                    pid: one.pid,
                    is_busy: None,
                };
                agents.open.insert(session.id.clone(), agent);
            }
            None => agents.loose.push(seen.dir.clone()),
        }
    }
    agents.dead.retain(|id| !agents.open.contains_key(id));
    Some(agents)
}

/// What can be seen of a process, if it is an agent's.
fn agent(env: &Env, program: &str, one: &Running) -> Option<Seen> {
    let is_interpreter = INTERPRETERS.contains(&&*one.name);
    // The table keeps fifteen bytes of a name.
    let is_called = program.get(..15).unwrap_or(program) == one.name;
    if !is_called && !is_interpreter {
        return None;
    }
    let seen = env.processes.seen(one.pid)?;
    let is_it = |arg: &OsStr| {
        Path::new(arg)
            .file_stem()
            .is_some_and(|stem| stem == program)
    };
    // Options of the interpreter stand before the program.
    let mut args = seen.args.iter().skip(1);
    let first = args.find(|arg| !arg.as_encoded_bytes().starts_with(b"-"));
    let is_run =
        first.is_some_and(|arg| is_it(arg)) || seen.args.first().is_some_and(|arg| is_it(arg));
    (is_called || is_run).then_some(seen)
}

fn is_it(one: &Running, told: &AtWork) -> bool {
    let is_older = |at: Timestamp| before(one.started, WRITTEN) <= at;
    one.pid == told.pid && told.started.is_none_or(is_older)
}

fn before(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.checked_sub(by).unwrap_or(at)
}

fn is_called(session: &Session, id: &str) -> bool {
    *session.id.native == *id
}

/// Whether a program was told this session's id, or holds its log open.
fn is_named(session: &Session, seen: &Seen) -> bool {
    let id = session.id.native.as_bytes();
    let says = |arg: &OsStr| {
        let arg = arg.as_encoded_bytes();
        let value = arg.rsplit(|byte| *byte == b'=').next();
        arg == id || value == Some(id)
    };
    let is_long = id.len() >= 8;
    let by_word = is_long && seen.args.iter().skip(1).any(|arg| says(arg));
    // A database holds the sessions of all agents, so it says nothing of one.
    let own = session.size.is_some() && session.changed.is_some();
    by_word || own && seen.files.iter().any(|file| **file == *session.unit.path)
}

/// Whether one of these programs, or one that they started, started another since then.
pub fn has_child_since(table: &[Running], pids: &[i32], at: Timestamp) -> bool {
    let parents: HashMap<i32, i32> = table.iter().map(|one| (one.pid, one.parent)).collect();
    let is_below = |pid: i32| {
        let mut here = pid;
        // A table that was read while it changed may run in a circle.
        for _ in 0..64 {
            match parents.get(&here) {
                Some(parent) if pids.contains(parent) => return true,
                Some(parent) => here = *parent,
                None => return false,
            }
        }
        false
    };
    let mut late = table
        .iter()
        .filter(|one| one.started >= before(at, SLACK) && !pids.contains(&one.pid));
    late.any(|one| is_below(one.pid))
}
