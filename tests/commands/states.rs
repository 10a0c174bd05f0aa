//! What agents do now, in the shell (G2): found out from what runs and what logs end with.

use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

const ID: &str = "5b1e9c2f-0000-4000-8000-00000000000e";

/// A home whose one session ends inside a call, quiet for so many seconds.
fn stopped(quiet: u64) -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    let logs = home.path().join(".claude/projects/-loom");
    std::fs::create_dir_all(&logs).unwrap();
    let at = jiff::Timestamp::now() - jiff::SignedDuration::from_secs(60);
    let call =
        json!([{"type": "tool_use", "id": "t1", "name": "Bash", "input": {"command": "weave"}}]);
    let said = [
        json!({"role": "user", "content": "Weave on"}),
        json!({"role": "assistant", "id": "m1", "content": call}),
    ];
    let line = |(nth, message): (usize, &Value)| {
        let line = json!({
            "type": message["role"], "uuid": format!("u{nth}"), "sessionId": ID, "cwd": "/no/loom",
            "timestamp": at.to_string(), "version": "2.1.0", "message": message,
        });
        format!("{line}\n")
    };
    let text: String = said.iter().enumerate().map(line).collect();
    let path = logs.join(format!("{ID}.jsonl"));
    std::fs::write(&path, text).unwrap();
    let then = SystemTime::now() - Duration::from_secs(quiet);
    let file = std::fs::File::options().append(true).open(&path).unwrap();
    file.set_modified(then).unwrap();
    home
}

fn run(home: &tempfile::TempDir, args: &[&str], lines: &str) -> (i32, String) {
    let mut command = assert_cmd::cargo::cargo_bin_cmd!("backscroll");
    command
        .env_clear()
        .env("HOME", home.path())
        .env("LANG", "C.UTF-8")
        .env("TZ", "UTC");
    let output = command.args(args).write_stdin(lines).output().unwrap();
    let out = String::from_utf8(output.stdout).unwrap();
    (output.status.code().unwrap(), out)
}

#[cfg(target_os = "linux")]
#[test]
fn a_session_that_was_stopped_says_so_everywhere() {
    let home = stopped(50);
    let (code, out) = run(&home, &["list", "--json"], "");
    assert_eq!(code, 0);
    let told: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(told["sessions"][0]["state"], "stopped");
    let (_, out) = run(&home, &["show", ID, "--json"], "");
    let told: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(told["state"], "stopped");
    let (_, out) = run(&home, &["show", ID, "--plain"], "");
    assert!(out.contains("State: stopped\n"), "{out}");
    for (query, code) in [
        ("is:stopped", 0),
        ("is:live", 0),
        ("is:working,waiting,idle", 1),
        ("-is:live", 1),
    ] {
        assert_eq!(run(&home, &["list", query], "").0, code, "{query}");
    }
    let (_, out) = run(&home, &["--linear"], "");
    assert!(out.contains(", stopped."), "{out}");
}

/// What nobody knows is null, and no session has it.
#[test]
fn an_unknown_state_is_null() {
    let home = stopped(0);
    let (_, out) = run(&home, &["list", "--json"], "");
    let told: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(told["sessions"][0]["state"], Value::Null);
    assert_eq!(run(&home, &["list", "is:live"], "").0, 1);
}
