//! Walk-through 7: an agent dies inside a call.

use std::io::Write as _;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;

use super::{BARE, PATIENCE, RICH, Setting, assert_plain, homes, program};

/// A program of an agent's name that does nothing. A test that fails leaves none behind.
struct Agent(Child);

impl Drop for Agent {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn walk_7_it_crashed() {
    walk_7(&RICH, "1 working", "1 stopped", '\u{2717}');
}

#[test]
fn walk_9_and_7() {
    assert_plain(&walk_7(&BARE, "> 1", "! 1", '!'));
}

/// The agent is killed in mid-call: within a minute the row shows it, and the reader ends at the open call.
fn walk_7(setting: &Setting, working: &str, stopped: &str, mark: char) -> Vec<u8> {
    let home = tempfile::tempdir().unwrap();
    let project = home.path().canonicalize().unwrap().join("loom");
    std::fs::create_dir_all(&project).unwrap();
    // It runs its command as a program of its own, which ends with it.
    let script = "#!/bin/sh\nread -r line\n\"$0-tool\"\n";
    let path = program(&home.path().join("bin"), "claude", script);
    program(
        &home.path().join("bin"),
        "claude-tool",
        "#!/bin/sh\nread -r line\n",
    );
    let spawned = Command::new(&path)
        .current_dir(&project)
        .stdin(Stdio::piped())
        .spawn();
    let mut agent = Agent(spawned.unwrap());
    let now = |_| jiff::Timestamp::now().to_string();
    let input = json!({"command": "weave --all the-threads"});
    let said = [
        homes::prompt("Weave them all"),
        homes::call("t1", "Bash", input),
    ];
    homes::log(home.path(), homes::ID, &project, now, &said);
    // The call has begun: from now on its program runs.
    agent.0.stdin.as_mut().unwrap().write_all(b"\n").unwrap();

    let mut screen = super::open(setting, home, &[]);
    screen.see("Weave them all");
    screen.see(working);
    agent.0.kill().unwrap();
    agent.0.wait().unwrap();
    let killed = Instant::now();
    assert!(PATIENCE < Duration::from_secs(60));
    screen.see(stopped);
    assert!(killed.elapsed() < Duration::from_secs(60));
    screen.wait("the mark on the row", |terminal| {
        let said = terminal.screen().contents();
        let mut rows = said.lines().filter(|line| line.contains("Weave them all"));
        rows.any(|row| row.chars().take(4).any(|sign| sign == mark))
    });
    screen.press("fl");
    screen.see("[is:live x]");
    screen.see("LIST 1/1");
    screen.press("\rG");
    screen.see("2/2");
    screen.see("weave --all the-threads");
    screen.press("qq");
    assert_eq!(screen.ends(), 0);
    screen.sent.clone()
}
