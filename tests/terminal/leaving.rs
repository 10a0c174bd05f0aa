//! What leaves the screen: exports, and the screen itself while an agent has it.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use super::Screen;

const ID: &str = "5b1e9c2f-0000-4000-8000-00000000000c";

/// A home with one session that says this, in a project that is there.
fn home(said: &str) -> (tempfile::TempDir, PathBuf) {
    let home = tempfile::tempdir().unwrap();
    let project = home.path().join("loom");
    std::fs::create_dir_all(&project).unwrap();
    let logs = home.path().join(".claude/projects/-loom");
    std::fs::create_dir_all(&logs).unwrap();
    let line = serde_json::json!({
        "type": "user", "uuid": "u1", "sessionId": ID, "cwd": project,
        "timestamp": "2026-11-20T10:00:00Z", "version": "2.1.0",
        "message": {"role": "user", "content": said},
    });
    std::fs::write(logs.join(format!("{ID}.jsonl")), format!("{line}\n")).unwrap();
    (home, project)
}

/// T10: the agent gets the terminal and every key that is typed into it; then the screen is as it was.
#[test]
fn an_agent_gets_the_screen_and_every_key() {
    let (home, project) = home("weave on");
    let bin = home.path().join("bin");
    std::fs::create_dir(&bin).unwrap();
    let agent = bin.join("claude");
    let script = "#!/bin/sh\nprintf 'agent in %s: %s\\n' \"$PWD\" \"$*\"\nread -r keys\nprintf '%s' \"$keys\" > \"$HOME/heard\"\n";
    std::fs::write(&agent, script).unwrap();
    std::fs::set_permissions(&agent, std::fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:/usr/bin:/bin", bin.display());
    let heard = home.path().join("heard");
    let mut screen = Screen::open_with(home, &[], &[("PATH", &path)]);
    screen.see("weave on");
    screen.press("oo");
    screen.see(&format!("--resume={ID}"));
    let place = std::fs::canonicalize(&project).unwrap();
    screen.see(&format!("agent in {}", place.display()));
    screen.press("jkGq0123456789\n");
    screen.see("claude ended");
    screen.see("LIST 1/1");
    assert_eq!(std::fs::read_to_string(heard).unwrap(), "jkGq0123456789");
    screen.press("q");
    assert_eq!(screen.ends(), 0);
    assert!(screen.is_given_back());
}

/// D2, D3: a deletion asks first, and `u` brings the log back as it was.
#[test]
fn a_deletion_asks_and_is_taken_back() {
    let (home, _) = home("weave off");
    let log = home
        .path()
        .join(format!(".claude/projects/-loom/{ID}.jsonl"));
    let text = std::fs::read(&log).unwrap();
    // What was written a moment ago may be at work.
    let past = std::time::SystemTime::now() - std::time::Duration::from_secs(3600);
    std::fs::File::options()
        .append(true)
        .open(&log)
        .unwrap()
        .set_modified(past)
        .unwrap();
    let config = home.path().join(".config/backscroll");
    std::fs::create_dir_all(&config).unwrap();
    std::fs::write(config.join("config.toml"), "[delete]\nenabled = true\n").unwrap();
    let mut screen = Screen::open_in(home, &[]);
    screen.see("weave off");
    screen.see("live");
    screen.press("D");
    screen.see("Move the logs of this session");
    screen.press("\r");
    screen.wait("the question", |t| {
        !t.screen().contents().contains("Move the logs")
    });
    assert!(log.exists(), "Enter keeps it");
    screen.press("D");
    screen.see("Move the logs of this session");
    screen.press("y");
    screen.see("1 session is in the trash");
    assert!(!log.exists());
    screen.press("u");
    screen.see("1 session is back");
    assert_eq!(std::fs::read(&log).unwrap(), text);
    screen.press("q");
    assert_eq!(screen.ends(), 0);
}
