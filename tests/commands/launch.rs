//! Acting on agents, with fakes in their place that write down how they were started.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use serde_json::Value;

pub const ID: &str = "5b1e9c2f-0000-4000-8000-000000000001";
const SUB: &str = "agent-a1b2c3d";

/// A home with one session, a directory it worked in, and a folder of fakes that is all of PATH.
pub struct Home {
    dir: tempfile::TempDir,
}

impl Home {
    pub fn new() -> Home {
        let home = Home {
            dir: tempfile::tempdir().unwrap(),
        };
        std::fs::create_dir_all(home.path("bin")).unwrap();
        std::fs::create_dir_all(home.path("work/a b's")).unwrap();
        home.log("work/a b's", ID);
        home
    }

    pub fn path(&self, below: &str) -> PathBuf {
        self.dir.path().canonicalize().unwrap().join(below)
    }

    /// A session that worked in a directory.
    pub fn log(&self, cwd: &str, id: &str) {
        let folder = self.path(".claude/projects/-work");
        std::fs::create_dir_all(&folder).unwrap();
        let cwd = self.path(cwd).display().to_string();
        let line = serde_json::json!({
            "type": "user", "uuid": format!("u-{id}"), "sessionId": id, "cwd": cwd,
            "timestamp": "2026-03-01T10:00:00.000Z", "version": "2.1.0",
            "message": {"role": "user", "content": "plan the shelves"},
        });
        std::fs::write(folder.join(format!("{id}.jsonl")), format!("{line}\n")).unwrap();
    }

    /// A program that writes its arguments and its directory, each ended by a zero byte, and ends with this code.
    pub fn fake(&self, name: &str, code: i32) {
        let path = self.path("bin").join(name);
        let record = self.path("record");
        let text = format!(
            "#!/bin/sh\n{{ printf '%s\\0' \"$@\"; /bin/pwd | /usr/bin/tr '\\n' '\\0'; }} >>'{}'\nexit {code}\n",
            record.display()
        );
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// What fakes wrote since the last look.
    pub fn record(&self) -> Vec<String> {
        let bytes = std::fs::read(self.path("record")).unwrap_or_default();
        let _ = std::fs::remove_file(self.path("record"));
        let text = String::from_utf8(bytes).unwrap();
        text.split_terminator('\0').map(str::to_owned).collect()
    }

    pub fn run(&self, args: &[&str]) -> (i32, String, String) {
        self.run_with(&[], args)
    }

    pub fn run_with(&self, vars: &[(&str, &str)], args: &[&str]) -> (i32, String, String) {
        let mut command = assert_cmd::cargo::cargo_bin_cmd!("backscroll");
        command
            .env_clear()
            .env("HOME", self.path(""))
            .env("PATH", self.path("bin"))
            .env("LANG", "C.UTF-8")
            .env("TZ", "UTC")
            .envs(vars.iter().copied())
            .current_dir(self.path(""));
        let output = command.args(args).output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        (
            output.status.code().unwrap(),
            text(&output.stdout),
            text(&output.stderr),
        )
    }

    pub fn cwd(&self) -> String {
        self.path("work/a b's").display().to_string()
    }
}

/// S4-02, S4-04, C1: the agent's own command in the session's directory; its exit code is ours.
#[test]
fn an_agent_starts_where_its_session_was() {
    let home = Home::new();
    home.fake("claude", 7);
    let resume = format!("--resume={ID}");
    for (command, args) in [
        ("resume", vec![resume.as_str()]),
        ("new", vec![]),
        ("fork", vec![&resume, "--fork-session"]),
    ] {
        let (code, out, err) = home.run(&[command, "5b1e"]);
        assert_eq!((code, out.as_str(), err.as_str()), (7, "", ""), "{command}");
        let mut want: Vec<String> = args.iter().map(|a| (*a).to_owned()).collect();
        // A shell's printf says something even of nothing.
        if want.is_empty() {
            want.push(String::new());
        }
        want.push(home.cwd());
        assert_eq!(home.record(), want, "{command}");
    }
}

/// C2: what is printed does in a shell what we would do.
#[test]
fn a_printed_command_does_the_same() {
    let home = Home::new();
    home.fake("claude", 0);
    let (code, out, err) = home.run(&["resume", ID, "--print"]);
    assert_eq!((code, err.as_str()), (0, ""));
    assert_eq!(home.record(), [""; 0]);
    let shell = std::process::Command::new("/bin/sh")
        .args(["-c", out.trim_end()])
        .env("PATH", home.path("bin"))
        .status()
        .unwrap();
    assert!(shell.success(), "{out}");
    assert_eq!(home.record(), [format!("--resume={ID}"), home.cwd()]);
    // A line feed in a directory can be entered, but not copied.
    let odd = "work/new\nline\u{1b}]0;x\u{7}";
    std::fs::create_dir_all(home.path(odd)).unwrap();
    home.log(odd, ID);
    let (code, out, err) = home.run(&["resume", ID, "--print"]);
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(
        err.contains("cannot be shown or typed") && !err.contains('\u{1b}'),
        "{err}"
    );
    let (code, _, err) = home.run(&["resume", ID]);
    assert_eq!((code, err.as_str()), (0, ""));
    // The fake's shell ends a record at each line.
    let there = home.record()[1..].join("\n");
    assert_eq!(there, home.path(odd).display().to_string());
}

#[test]
fn a_dry_run_shows_and_runs_nothing() {
    let home = Home::new();
    home.fake("claude", 0);
    let (code, out, err) = home.run(&["fork", ID, "--dry-run"]);
    assert_eq!((code, err.as_str()), (0, ""));
    for want in [
        "Claude Code",
        &home.cwd(),
        "/bin/claude",
        "--fork-session",
        "Nothing was run",
    ] {
        assert!(out.contains(want), "{want}: {out}");
    }
    let (_, out, _) = home.run(&["resume", ID, "--dry-run", "--json"]);
    let plan: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(plan["schemaVersion"], 1);
    assert_eq!(plan["argv"][0], format!("--resume={ID}"));
    assert_eq!(plan["directory"], home.cwd());
    assert_eq!(plan["skipsPermissions"], false);
    assert_eq!(home.record(), [""; 0]);
}

/// G16: a directory that is gone is named with where it may be; nothing starts there until a person says so.
#[test]
fn a_session_whose_directory_moved_is_found_again() {
    let home = Home::new();
    home.fake("claude", 0);
    home.log("old/api", ID);
    let other = "5b1e9c2f-0000-4000-8000-000000000002";
    std::fs::create_dir_all(home.path("new/api")).unwrap();
    std::fs::create_dir_all(home.path("new/web")).unwrap();
    home.log("new/web", other);
    let (code, out, err) = home.run(&["resume", ID]);
    assert_eq!(
        (code, out.as_str(), err.lines().count()),
        (2, "", 1),
        "{err}"
    );
    let place = home.path("new/api").display().to_string();
    assert!(
        err.contains("is gone") && err.contains(&place) && err.contains("--dry-run"),
        "{err}"
    );
    let (code, out, _) = home.run(&["resume", ID, "--dry-run"]);
    assert_eq!(code, 0);
    for want in [
        "Gone",
        "May be now",
        &place,
        "the same name",
        "may not find this one there",
    ] {
        assert!(out.contains(want), "{want}: {out}");
    }
    assert_eq!(home.record(), [""; 0]);
    let (code, _, err) = home.run(&["resume", ID, "--dir", "new/api"]);
    assert_eq!((code, err.as_str()), (0, ""));
    assert_eq!(home.record(), [format!("--resume={ID}"), place]);
    // They are marked, wherever is asked.
    let listed = |query: &str| {
        let (_, out, _) = home.run(&["list", query, "--json"]);
        let all: Value = serde_json::from_str(&out).unwrap();
        let ids = all["sessions"].as_array().unwrap().iter();
        ids.map(|s| s["sessionId"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(listed("is:orphan"), [ID]);
    assert_eq!(listed("NOT is:orphan"), [other]);
    // It came back: nothing of that is remembered.
    std::fs::create_dir_all(home.path("old/api")).unwrap();
    assert_eq!(listed("is:orphan"), [""; 0]);
}

/// C1 and UX 11: refused in one line that says what, why and what next.
#[test]
fn what_cannot_be_done_is_one_line() {
    let home = Home::new();
    let (code, out, err) = home.run(&["resume", ID]);
    assert_eq!((code, out.as_str(), err.lines().count()), (2, "", 1));
    assert!(
        err.contains("claude is not on PATH") && err.contains("[launch.claude-code]"),
        "{err}"
    );
    let (code, _, err) = home.run(&["resume", "no-such-session"]);
    assert_eq!(code, 1, "{err}");
    home.fake("claude", 0);
    let (code, _, err) = home.run(&["resume", ID, "--new-tab"]);
    assert_eq!(code, 2);
    assert!(err.contains("[launch] tab ="), "{err}");
    let (code, _, err) = home.run(&["resume", ID, "--dir", "nowhere"]);
    assert_eq!(code, 2);
    assert!(err.contains("nowhere: this directory is gone"), "{err}");
    assert_eq!(home.record(), [""; 0]);
    // A program in the directory we are in is none.
    std::fs::rename(home.path("bin/claude"), home.path("claude")).unwrap();
    let (code, _, _) = home.run_with(&[("PATH", ".:")], &["resume", ID]);
    assert_eq!((code, home.record()), (2, vec![]));
}

#[test]
fn a_sub_agent_points_to_its_parent() {
    let home = Home::new();
    home.fake("claude", 0);
    let folder = home
        .path(".claude/projects/-work")
        .join(ID)
        .join("subagents");
    std::fs::create_dir_all(&folder).unwrap();
    let line = serde_json::json!({
        "type": "user", "uuid": "u-sub", "sessionId": ID, "isSidechain": true, "agentId": "a1b2c3d",
        "cwd": home.cwd(), "timestamp": "2026-03-01T10:00:01.000Z", "version": "2.1.0",
        "message": {"role": "user", "content": "look"},
    });
    std::fs::write(folder.join(format!("{SUB}.jsonl")), format!("{line}\n")).unwrap();
    let (code, _, err) = home.run(&["resume", SUB]);
    assert_eq!(code, 2);
    assert!(err.contains(&format!("backscroll resume {ID}")), "{err}");
    assert_eq!(home.record(), [""; 0]);
}

/// C1: a command that skips permissions comes from the settings alone, and is asked about.
#[test]
fn a_dangerous_command_is_not_run_unasked() {
    let home = Home::new();
    home.fake("claude", 0);
    let config = home.path("set.toml");
    let text = "[launch.claude]\nresume = [\"claude\", \"--dangerously-skip-permissions\", \"--resume={id}\"]\n";
    std::fs::write(&config, text).unwrap();
    let config = config.display().to_string();
    let (code, _, err) = home.run(&["resume", ID, "--config", &config]);
    assert_eq!(code, 2);
    assert!(
        err.contains("without asking") && err.contains("--yes"),
        "{err}"
    );
    assert_eq!(home.record(), [""; 0]);
    let (code, _, err) = home.run(&["resume", ID, "--config", &config, "--yes"]);
    assert_eq!((code, err.as_str()), (0, ""));
    let resume = format!("--resume={ID}");
    assert_eq!(
        home.record(),
        ["--dangerously-skip-permissions", &resume, &home.cwd()]
    );
}

/// UX 4.4 `o t`, by the user's own command and by a multiplexer.
#[test]
fn a_new_tab_is_opened() {
    let home = Home::new();
    home.fake("claude", 0);
    home.fake("tmux", 0);
    let (code, out, err) = home.run_with(&[("TMUX", "/tmp/x,1,0")], &["resume", ID, "--new-tab"]);
    assert_eq!((code, err.as_str()), (0, ""));
    assert!(out.contains("tmux window"), "{out}");
    let program = home.path("bin/claude").display().to_string();
    let resume = format!("--resume={ID}");
    let cwd = home.cwd();
    let want = ["new-window", "-c", &cwd, "--", &program, &resume, &cwd];
    assert_eq!(home.record(), want);
}

/// Fakes are not asked for by what a log says of the place of a program.
#[test]
fn a_program_in_the_sessions_directory_is_not_run() {
    let home = Home::new();
    home.fake("claude", 0);
    let inside = Path::new(&home.cwd()).join("claude");
    std::fs::rename(home.path("bin/claude"), inside).unwrap();
    let (code, _, _) = home.run(&["resume", ID]);
    assert_eq!((code, home.record()), (2, vec![]));
}
