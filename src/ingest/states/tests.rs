//! G2: states follow from what runs and what the log says, and from nothing else.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::*;
use crate::env::{Recording, Seen};
use crate::ingest::load;

/// A home of one agent, and a table of processes.
struct World {
    home: tempfile::TempDir,
    table: Vec<(Running, Seen)>,
}

const A: &str = "5b1e9c2f-0000-4000-8000-00000000000a";
const B: &str = "5b1e9c2f-0000-4000-8000-00000000000b";

/// The ends of logs.
const PROMPT: &str = r#"{"role":"user","content":"weave"}"#;
const SHELL: &str = r#"{"role":"assistant","id":"m1","content":[{"type":"tool_use","id":"t1","name":"Bash","input":{"command":"weave"}}]}"#;
const ASKS: &str = r#"{"role":"assistant","id":"m1","content":[{"type":"tool_use","id":"t1","name":"AskUserQuestion","input":{}}]}"#;
const RESULT: &str =
    r#"{"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","content":"done"}]}"#;
const DONE: &str = r#"{"role":"assistant","id":"m2","content":[{"type":"text","text":"Woven."}]}"#;
const MAY_I: &str =
    r#"{"role":"assistant","id":"m2","content":[{"type":"text","text":"Shall I cut it?"}]}"#;

fn ago(seconds: i64) -> Timestamp {
    Timestamp::now() - SignedDuration::from_secs(seconds)
}

impl World {
    fn new() -> World {
        World {
            home: tempfile::tempdir().unwrap(),
            table: Vec::new(),
        }
    }

    /// A log that was written so many seconds ago.
    fn log(&self, id: &str, seconds: i64, said: &[&str]) -> PathBuf {
        let folder = self.home.path().join(".claude/projects/-loom");
        fs::create_dir_all(&folder).unwrap();
        let path = folder.join(format!("{id}.jsonl"));
        let line = |(nth, message): (usize, &&str)| {
            let kind = match message.contains(r#""role":"user""#) {
                true => "user",
                false => "assistant",
            };
            format!(
                r#"{{"type":"{kind}","uuid":"{id}-{nth}","sessionId":"{id}","cwd":"/loom","timestamp":"{}","version":"2.1.0","message":{message}}}"#,
                ago(seconds)
            ) + "\n"
        };
        let text: String = said.iter().enumerate().map(line).collect();
        fs::write(&path, text).unwrap();
        let then = SystemTime::now() - Duration::from_secs(u64::try_from(seconds).unwrap());
        let file = File::options().append(true).open(&path).unwrap();
        file.set_modified(then).unwrap();
        path
    }

    /// What an agent wrote down about itself.
    fn word(&self, pid: i32, id: &str, status: &str) {
        let folder = self.home.path().join(".claude/sessions");
        fs::create_dir_all(&folder).unwrap();
        let at = ago(600).as_millisecond();
        let text =
            format!(r#"{{"pid":{pid},"sessionId":"{id}","status":"{status}","startedAt":{at}}}"#);
        fs::write(folder.join(format!("{pid}.json")), text).unwrap();
    }

    fn runs(&mut self, pid: i32, parent: i32, name: &str, seconds: i64, dir: &str, args: &[&str]) {
        let running = Running {
            pid,
            parent,
            name: name.into(),
            started: ago(seconds),
        };
        let seen = Seen {
            args: args.iter().map(Into::into).collect(),
            dir: Some(dir.into()),
            files: Vec::new(),
        };
        self.table.push((running, seen));
    }

    fn env(&self) -> Env {
        let mut env = Env::bare(self.home.path(), Timestamp::now());
        env.fixed_now = None;
        env.processes = Arc::new(Recording {
            table: Some(self.table.clone()),
            ..Recording::default()
        });
        env
    }

    fn look_with(&self, states: &mut States) -> Look {
        let env = self.env();
        let told = load(&env, &Choice::default()).told;
        told.iter().for_each(|told| states.hear(&told.session));
        states.look(&env, &Choice::default())
    }

    /// The state of a session, and whether it has to be looked at again.
    fn state(&self, id: &str) -> (Option<State>, bool) {
        let look = self.look_with(&mut States::default());
        let mut states = look.states.iter();
        let state = states.find(|(known, _)| *known.native == *id);
        (state.map(|(_, state)| *state), look.again.is_some())
    }
}

/// With an agent that runs in the session's directory.
#[test]
fn an_open_agent_is_working_waiting_or_idle() {
    let table = [
        (10, &[PROMPT][..], State::Working, "it has its turn"),
        (
            10,
            &[PROMPT, SHELL, RESULT],
            State::Working,
            "it reads a result",
        ),
        (2, &[PROMPT, SHELL], State::Working, "a call began just now"),
        (
            10,
            &[PROMPT, SHELL],
            State::Waiting,
            "it wants leave to run it",
        ),
        (0, &[PROMPT, ASKS], State::Waiting, "it asks by a tool"),
        (10, &[PROMPT, MAY_I], State::Waiting, "it asks in words"),
        (
            10,
            &[PROMPT, DONE],
            State::Idle,
            "it said all it had to say",
        ),
        (2, &[PROMPT, DONE], State::Working, "more may come at once"),
    ];
    for (seconds, said, state, why) in table {
        let mut world = World::new();
        world.log(A, seconds, said);
        world.runs(7, 1, "claude", 600, "/loom", &["claude"]);
        assert_eq!(world.state(A), (Some(state), true), "{why}");
    }
}

#[test]
fn a_command_that_runs_is_a_program_below_the_agent() {
    let mut world = World::new();
    world.log(A, 40, &[PROMPT, SHELL]);
    world.runs(7, 1, "claude", 600, "/loom", &["claude"]);
    // One of its servers, which was there before the call.
    world.runs(8, 7, "node", 500, "/loom", &["node", "server.js"]);
    assert_eq!(world.state(A).0, Some(State::Waiting));
    world.runs(9, 8, "weave", 39, "/loom", &["weave"]);
    assert_eq!(world.state(A).0, Some(State::Working));
}

/// UX 13, 7: an agent that is gone with a call open was stopped, and nothing else says so.
#[test]
fn stopped_is_who_is_gone_inside_a_call() {
    let mut world = World::new();
    world.log(A, 40, &[PROMPT, SHELL]);
    assert_eq!(world.state(A), (Some(State::Stopped), false));
    // Somebody whom we do not see may write it: it is looked at again when it was quiet for long enough.
    world.log(A, 10, &[PROMPT, SHELL]);
    assert_eq!(world.state(A), (None, true));
    // Its own word outlived its program.
    world.word(7, A, "busy");
    assert_eq!(world.state(A), (Some(State::Stopped), false));
    // Another program that got the number later is not it.
    world.runs(7, 1, "weave", 3, "/", &["weave"]);
    assert_eq!(world.state(A), (Some(State::Stopped), false));
    for said in [&[PROMPT][..], &[PROMPT, SHELL, RESULT], &[PROMPT, DONE]] {
        world.log(A, 40, said);
        assert_eq!(world.state(A), (None, false), "it ended between two calls");
    }
    world.log(A, 25 * 3600, &[PROMPT, SHELL]);
    assert_eq!(world.state(A), (None, false), "history");
}

#[test]
fn who_was_seen_and_is_gone_was_stopped_at_once() {
    let mut world = World::new();
    world.log(A, 3, &[PROMPT, SHELL]);
    world.runs(7, 1, "claude", 600, "/loom", &["claude"]);
    let mut states = States::default();
    let look = world.look_with(&mut states);
    assert_eq!(look.states.values().next(), Some(&State::Working));
    assert_eq!(look.again, Some(LIVE));
    world.table.clear();
    let look = world.look_with(&mut states);
    assert_eq!(look.states.values().next(), Some(&State::Stopped));
    assert_eq!(look.again, None, "nothing wakes for what is over");
}

#[test]
fn an_agent_has_the_session_it_names_or_the_newest_of_its_place() {
    let mut world = World::new();
    world.log(A, 50, &[PROMPT, DONE]);
    world.log(B, 40, &[PROMPT, DONE]);
    world.runs(7, 1, "claude", 600, "/loom", &["claude"]);
    assert_eq!(
        (world.state(A).0, world.state(B).0),
        (None, Some(State::Idle))
    );
    world.table.clear();
    let resume = format!("--resume={A}");
    world.runs(
        7,
        1,
        "node",
        600,
        "/loom",
        &["node", "--x", "/bin/claude", &resume],
    );
    assert_eq!(
        (world.state(A).0, world.state(B).0),
        (Some(State::Idle), None)
    );
    world.runs(8, 1, "claude", 30, "/loom", &["claude"]);
    assert_eq!(
        world.state(B).0,
        None,
        "it said nothing since this one began"
    );
    world.runs(9, 1, "claude", 300, "/loom", &["claude"]);
    assert_eq!(world.state(B).0, Some(State::Idle));
    // Its own word counts for more than its place.
    world.table.clear();
    world.runs(7, 1, "claude", 600, "/loom", &["claude"]);
    world.word(7, A, "busy");
    assert_eq!(
        (world.state(A).0, world.state(B).0),
        (Some(State::Working), None)
    );
}

#[test]
fn an_agent_that_nobody_knows_what_it_has_makes_nobody_stopped() {
    let mut world = World::new();
    world.log(A, 40, &[PROMPT, SHELL]);
    world.runs(7, 1, "claude", 20, "/loom", &["claude"]);
    assert_eq!(world.state(A).0, None);
    world.table.clear();
    world.runs(7, 1, "claude", 20, "/elsewhere", &["claude"]);
    assert_eq!(world.state(A).0, Some(State::Stopped));
}

/// Where no table can be seen, and where the clock is not the machine's, nothing is said.
#[test]
fn who_cannot_look_says_nothing() {
    let world = World::new();
    world.log(A, 40, &[PROMPT, SHELL]);
    let told = load(&world.env(), &Choice::default()).told;
    let look = |env: Env| {
        let mut states = States::default();
        told.iter().for_each(|told| states.hear(&told.session));
        states.look(&env, &Choice::default())
    };
    assert!(!look(world.env()).states.is_empty());
    let blind = Env {
        processes: Arc::new(Recording::default()),
        ..world.env()
    };
    assert_eq!(look(blind), Look::default());
    let elsewhere = Env {
        fixed_now: Some(Timestamp::now()),
        ..world.env()
    };
    assert_eq!(look(elsewhere), Look::default());
}

/// A file that is held open tells more than where a program works.
#[test]
fn a_log_that_is_held_open_is_at_work() {
    let mut world = World::new();
    let path = world.log(A, 50, &[PROMPT, DONE]);
    world.log(B, 40, &[PROMPT, DONE]);
    world.runs(7, 1, "claude", 600, "/loom", &["claude"]);
    world.table[0].1.files = vec![Path::new("/dev/null").into(), path];
    assert_eq!(
        (world.state(A).0, world.state(B).0),
        (Some(State::Idle), None)
    );
}
