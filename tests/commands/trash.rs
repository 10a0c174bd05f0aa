//! `delete` and `trash` (S2-46, S2-49, D2, D4, D6) as scripts use them, in a home of logs of ours.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use serde_json::Value;

use super::backscroll_with;

/// A home with logs that nobody wrote to for long.
struct Home(tempfile::TempDir);

impl Home {
    fn new(fixture: &str) -> Home {
        let home = Home(tempfile::tempdir().unwrap());
        let from = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/fixtures")
            .join(fixture);
        for path in files(&from) {
            home.put(
                path.strip_prefix(&from).unwrap(),
                &std::fs::read(&path).unwrap(),
            );
        }
        home
    }

    fn put(&self, path: &Path, bytes: &[u8]) {
        let path = self.0.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        let file = std::fs::File::options().append(true).open(&path).unwrap();
        file.set_modified(SystemTime::UNIX_EPOCH + Duration::new(1_700_000_000, 5))
            .unwrap();
    }

    /// The settings that allow deleting.
    fn enable(&self) {
        let path = self.0.path().join(".config/backscroll/config.toml");
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, "[delete]\nenabled = true\n").unwrap();
    }

    fn run_with(&self, vars: &[(&str, &str)], args: &[&str]) -> (i32, String, String) {
        let home = self.0.path().to_str().unwrap();
        let now = [("HOME", home), ("BACKSCROLL_NOW", "2026-11-20T11:00:00Z")];
        backscroll_with(&[&now, vars].concat(), args)
    }

    fn run(&self, args: &[&str]) -> (i32, String, String) {
        self.run_with(&[], args)
    }

    fn done(&self, args: &[&str]) -> String {
        let (code, out, err) = self.run(args);
        assert_eq!((code, err.as_str()), (0, ""), "{args:?}: {out}");
        out
    }

    fn json(&self, args: &[&str]) -> Value {
        serde_json::from_str(&self.done(&[args, &["--json"]].concat())).unwrap()
    }

    fn ids(&self) -> Vec<String> {
        let (_, out, _) = self.run(&["list", "--json"]);
        let all: Value = serde_json::from_str(&out).unwrap();
        let sessions = all["sessions"].as_array().unwrap().iter();
        sessions
            .map(|s| s["sessionId"].as_str().unwrap().to_owned())
            .collect()
    }

    /// Every log with its bytes and time.
    fn logs(&self) -> Vec<(PathBuf, Vec<u8>, SystemTime)> {
        let ours = [".config", ".local"].map(|dir| self.0.path().join(dir));
        let logs = files(self.0.path()).into_iter();
        let logs = logs.filter(|path| !ours.iter().any(|dir| path.starts_with(dir)));
        let told = |path: PathBuf| {
            let time = std::fs::metadata(&path).unwrap().modified().unwrap();
            (path.clone(), std::fs::read(path).unwrap(), time)
        };
        logs.map(told).collect()
    }
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let (mut files, mut todo) = (Vec::new(), vec![dir.to_path_buf()]);
    while let Some(dir) = todo.pop() {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => todo.push(path),
                false => files.push(path),
            }
        }
    }
    files.sort();
    files
}

#[test]
fn deleting_is_off_until_the_settings_turn_it_on() {
    let home = Home::new("factory-droid/0.215/home");
    let before = home.logs();
    let id = &home.ids()[0];
    let (code, out, err) = home.run(&["delete", id, "--yes"]);
    assert_eq!((code, out.as_str(), err.lines().count()), (2, "", 1));
    assert!(
        err.contains("deleting is off") && err.contains("~/.config/backscroll/config.toml"),
        "{err}"
    );
    // Looking is allowed.
    assert!(
        home.done(&["delete", id, "--dry-run"])
            .starts_with("Would move 1 session to the trash: ")
    );
    home.enable();
    let (code, out, err) = home.run(&["delete", id]);
    assert_eq!((code, out.as_str(), err.lines().count()), (2, "", 1));
    assert!(
        err.contains("this would move 1 session to the trash") && err.contains("--yes"),
        "{err}"
    );
    assert_eq!(home.logs(), before);
}

#[test]
fn one_session_goes_and_comes_back() {
    let home = Home::new("factory-droid/0.215/home");
    home.enable();
    let (before, ids) = (home.logs(), home.ids());
    let out = home.done(&["delete", &ids[0], "--yes"]);
    assert!(
        out.starts_with("Moved 1 session to the trash: ")
            && out.contains("backscroll trash restore"),
        "{out}"
    );
    assert!(!home.ids().contains(&ids[0]) && home.logs().len() < before.len());
    let listed = home.json(&["trash", "list"]);
    let item = &listed["items"][0];
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    assert_eq!(item["session"], format!("factory-droid:{}", ids[0]));
    assert_eq!(item["deletedAt"], "2026-11-20T11:00:00.000Z");
    assert!(item["bytes"].as_u64().unwrap() > 0 && item["files"].as_u64().unwrap() > 1);
    let name = item["item"].as_str().unwrap();
    let table = home.done(&["trash", "list"]);
    assert!(
        table.contains(name) && table.contains("2026-11-20 11:00"),
        "{table}"
    );
    let (code, _, err) = home.run(&["show", &ids[0]]);
    let back = format!("to put it back: backscroll trash restore {name}\n");
    assert!(code == 1 && err.ends_with(&back), "{err}");
    for wrong in ["nothing-like-it", "x"] {
        assert_eq!(home.run(&["trash", "restore", wrong]).0, 1);
    }
    assert!(
        home.done(&["trash", "restore", &ids[0]])
            .starts_with("Put back ")
    );
    assert_eq!((home.logs(), home.ids()), (before.clone(), ids.clone()));
    assert_eq!(home.run(&["trash", "list"]).0, 1, "nothing is there");
    // By the name in the list as well; and gone for good only by command, and only what is old.
    home.done(&["delete", &ids[0], "--yes"]);
    let item = home.json(&["trash", "list"])["items"][0]["item"]
        .as_str()
        .unwrap()
        .to_owned();
    home.done(&["trash", "restore", &item]);
    assert_eq!(home.logs(), before);
    home.done(&["delete", &ids[0], "--yes"]);
    let (code, _, err) = home.run(&["trash", "purge", "--yes"]);
    assert_eq!((code, err.lines().count()), (1, 1), "{err}");
    let (code, _, err) = home.run(&["trash", "purge", "--older-than", "0d"]);
    assert!(
        code == 2 && err.contains("for good; to do it add --yes"),
        "{err}"
    );
    let later = [("BACKSCROLL_NOW", "2026-12-21T11:00:00Z")];
    let (code, out, _) = home.run_with(&later, &["trash", "purge", "--yes"]);
    assert!(
        code == 0 && out.starts_with("Removed for good: 1 session deleted 30d ago or earlier"),
        "{out}"
    );
    assert_eq!(home.run(&["trash", "restore", &ids[0]]).0, 1);
}

/// S2-49: many at once, named by their number before anything moves.
#[test]
fn many_sessions_want_their_number() {
    let home = Home::new("factory-droid/0.215/home");
    home.enable();
    let log = |n: usize| {
        let id = format!("5b1e9c2f-{n:04}-4000-8000-000000000001");
        let line = format!(
            r#"{{"parentUuid":null,"isSidechain":false,"sessionId":"{id}","type":"user","uuid":"u{n}","timestamp":"2026-01-{:02}T10:00:00.000Z","cwd":"/home/ada/loom","message":{{"role":"user","content":"Wind {n}"}}}}"#,
            n + 1
        );
        let path = format!(".claude/projects/-home-ada-loom/{id}.jsonl");
        home.put(Path::new(&path), format!("{line}\n").as_bytes());
        home.0.path().join(path)
    };
    let paths: Vec<PathBuf> = (0..12).map(log).collect();
    let before = home.logs();
    let plan = home.json(&["delete", "source:claude", "--dry-run"]);
    assert_eq!(plan["sessions"].as_array().unwrap().len(), 12);
    assert_eq!(plan["dryRun"], true);
    assert_eq!(
        (&plan["oldest"], &plan["newest"]),
        (
            &"2026-01-01T10:00:00.000Z".into(),
            &"2026-01-12T10:00:00.000Z".into()
        )
    );
    let bytes: u64 = paths
        .iter()
        .map(|path| std::fs::metadata(path).unwrap().len())
        .sum();
    assert_eq!(plan["bytes"], bytes);
    for yes in ["--yes", "--yes=11", "--yes=13"] {
        let (code, _, err) = home.run(&["delete", "source:claude", yes]);
        assert_eq!((code, err.lines().count()), (2, 1), "{yes}");
        assert!(
            err.contains("12 sessions") && err.contains("2026-01-01 to 2026-01-12"),
            "{err}"
        );
    }
    assert_eq!(home.logs(), before);
    // One of them is being written to: the others go, and it is named.
    let held = std::fs::File::options()
        .append(true)
        .open(&paths[4])
        .unwrap();
    let out = home.done(&["delete", "source:claude", "--yes=11"]);
    assert!(out.starts_with("Moved 11 sessions to the trash: "), "{out}");
    assert!(
        out.contains("Left alone: 5b1e9c2f (Wind 4): a process has it open for writing"),
        "{out}"
    );
    assert!(paths[4].exists() && !paths[3].exists());
    drop(held);
    let items = home.json(&["trash", "list"]);
    let items: Vec<&str> = items["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|i| i["item"].as_str().unwrap())
        .collect();
    assert!(
        home.done(&[&["trash", "restore"], &items[..]].concat())
            .starts_with("Put back 11 sessions")
    );
    assert_eq!(home.logs(), before);
    // A query that asks nothing, or wrongly, deletes nothing.
    for (query, code) in [
        ("limit:5", 2),
        ("cost:abc", 2),
        ("source:claude cost:>", 2),
        ("projct:x", 2),
        ("zebra-nowhere", 1),
    ] {
        assert_eq!(home.run(&["delete", query, "--yes"]).0, code, "{query}");
    }
    assert_eq!(home.logs(), before);
}

/// The first that cannot be moved ends it, and what was done till then is said.
#[test]
fn it_stops_at_the_first_error_and_says_how_far_it_came() {
    let home = Home::new("factory-droid/0.215/home");
    home.enable();
    let ids = home.ids();
    let trash = home.0.path().join(".local/share/backscroll/trash");
    let (code, _, err) = home.run_with(
        &[("BACKSCROLL_FAULT", "trash-moved-1")],
        &["delete", &ids[0], "--yes"],
    );
    assert!(code >= 70, "a bug, as asked for: {err}");
    assert!(std::fs::read_dir(&trash).unwrap().count() > 1);
    // The next run takes it back and says so.
    let (code, _, err) = home.run(&["trash", "list"]);
    assert_eq!((code, err.lines().count()), (1, 1), "{err}");
    assert!(
        err.contains("its deletion was cut short, and it is back where it was"),
        "{err}"
    );
    assert_eq!(home.ids(), ids);
    // What cannot be written to stays, with a reason.
    let mut folder = std::fs::metadata(&trash).unwrap().permissions();
    use std::os::unix::fs::PermissionsExt;
    folder.set_mode(0o777);
    std::fs::set_permissions(&trash, folder).unwrap();
    let (code, _, err) = home.run(&["delete", &ids[0], "--yes"]);
    assert_eq!((code, err.lines().count()), (2, 1), "{err}");
    assert!(err.contains("others may write there"), "{err}");
    assert_eq!(home.ids(), ids);
}

#[test]
fn what_stands_in_a_database_is_left_to_its_agent() {
    let home = Home::new("factory-droid/0.215/home");
    home.enable();
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/crush");
    assert!(from.is_dir());
    let data = home.0.path().join(".local/share/opencode");
    std::fs::create_dir_all(&data).unwrap();
    let database = rusqlite::Connection::open(data.join("opencode.db")).unwrap();
    let schema = files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/opencode"));
    let schema = schema
        .iter()
        .find(|path| path.ends_with("opencode.db.sql"))
        .unwrap();
    database
        .execute_batch(&std::fs::read_to_string(schema).unwrap())
        .unwrap();
    drop(database);
    let before = std::fs::read(data.join("opencode.db")).unwrap();
    let all = home.json(&["list", "--source", "opencode", "--all"]);
    let id = all["sessions"][0]["sessionId"].as_str().unwrap();
    let (code, out, err) = home.run(&["delete", id, "--yes"]);
    assert_eq!(
        (code, out.as_str(), err.lines().count()),
        (2, "", 1),
        "{err}"
    );
    assert!(
        err.contains("only OpenCode changes") && err.contains("nothing was deleted"),
        "{err}"
    );
    assert_eq!(std::fs::read(data.join("opencode.db")).unwrap(), before);
}

/// D1: what fits several ids is none of them, and what words found is counted before it goes.
#[test]
fn what_is_meant_is_never_guessed() {
    let home = Home::new("factory-droid/0.215/home");
    home.enable();
    let log = |n: usize| {
        let id = format!("5b1e9c2f-{n:04}-4000-8000-000000000001");
        let line = format!(
            r#"{{"parentUuid":null,"isSidechain":false,"sessionId":"{id}","type":"user","uuid":"u{n}","timestamp":"2026-01-02T10:00:00.000Z","cwd":"/home/ada/loom","message":{{"role":"user","content":"The id was 5b1e9c2f and the warp {n}"}}}}"#
        );
        let path = format!(".claude/projects/-home-ada-loom/{id}.jsonl");
        home.put(Path::new(&path), format!("{line}\n").as_bytes());
    };
    (1..=2).for_each(log);
    let before = home.logs();
    for args in [
        vec!["delete", "5b1e9c2f", "--yes"],
        vec!["export", "5b1e9c2f", "-o", "x.md"],
        vec!["keep", "5b1e9c2f"],
    ] {
        let (code, out, err) = home.run(&args);
        assert_eq!((code, out.as_str()), (2, ""), "{args:?}");
        assert!(err.contains("could be any of 2 sessions"), "{err}");
    }
    for args in [
        vec!["delete", "warp", "--yes"],
        vec!["delete", "warp 2", "--yes"],
    ] {
        let (code, _, err) = home.run(&args);
        assert!(code == 2 && err.contains("to do it add --yes="), "{err}");
    }
    assert_eq!(home.logs(), before);
    assert!(
        home.done(&["delete", "warp", "--yes=2"])
            .starts_with("Moved 2 sessions")
    );
}

/// G7: who keeps a copy has it when the log is deleted, by whomever.
#[test]
fn a_kept_copy_stays() {
    let home = Home::new("factory-droid/0.215/home");
    home.enable();
    let id = home.ids()[0].clone();
    home.done(&["keep", &id]);
    let kept = || {
        files(&home.0.path().join(".local/share/backscroll"))
            .into_iter()
            .filter(|path| path.to_string_lossy().contains("/kept-sessions/"))
            .count()
    };
    let copies = kept();
    assert!(copies > 0);
    let out = home.done(&["delete", &id, "--yes"]);
    assert!(out.contains("A copy that is kept stays"), "{out}");
    assert_eq!(kept(), copies);
    assert!(home.ids().contains(&id));
    assert!(home.done(&["show", &id]).contains("Session"));
}
