//! `backscroll export`: what leaves, where to, and what stays as it is.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use backscroll::demo;
use serde_json::Value;

/// A session of the sample home, and another.
const ONE: &str = "eee65f53";
const OTHER: &str = "3d0a67fd";

/// A working directory and a home with nothing of ours in them.
pub struct Place {
    pub dir: tempfile::TempDir,
}

impl Place {
    pub fn new() -> Place {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("work")).unwrap();
        fs::create_dir(dir.path().join("home")).unwrap();
        Place { dir }
    }

    fn work(&self) -> PathBuf {
        self.dir.path().join("work")
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_backscroll"));
        let home = self.dir.path().join("home");
        command
            .env_clear()
            .env("HOME", &home)
            .env("LANG", "C.UTF-8")
            .env("TZ", "UTC")
            .env("BACKSCROLL_NOW", demo::LAST)
            .current_dir(self.work())
            .args(args);
        command
    }

    pub fn run(&self, args: &[&str]) -> (i32, String, String) {
        let output = self.command(args).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (
            output.status.code().unwrap(),
            text(output.stdout),
            text(output.stderr),
        )
    }

    /// Names in a folder below the working directory, sorted.
    fn names(&self, folder: &str) -> Vec<String> {
        let Ok(files) = fs::read_dir(self.work().join(folder)) else {
            return Vec::new();
        };
        let name =
            |file: std::io::Result<fs::DirEntry>| file.unwrap().file_name().into_string().unwrap();
        let mut names: Vec<String> = files.map(name).collect();
        names.sort();
        names
    }

    /// A session in which a secret was said.
    fn with_secret(&self, secret: &str) {
        let folder = self.dir.path().join("home/.claude/projects/-work-demo");
        fs::create_dir_all(&folder).unwrap();
        let line = |role: &str, id: &str, text: &str| {
            serde_json::json!({
                "type": role, "uuid": id, "sessionId": "5b1e9c2f-0000-4000-8000-000000000001",
                "timestamp": "2026-03-14T10:00:00.000Z", "cwd": "/work/demo",
                "message": { "role": role, "content": [{ "type": "text", "text": text }] },
            })
        };
        let lines = [
            line("user", "u1", &format!("push it with {secret} please")),
            line("assistant", "a1", "Done."),
        ];
        let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
        fs::write(
            folder.join("5b1e9c2f-0000-4000-8000-000000000001.jsonl"),
            text,
        )
        .unwrap();
    }
}

/// Made when it is needed, so that nobody takes this file for a leak.
fn secret() -> String {
    ["ghp_", "x7Kq2LmW9bTzR4vN8cJd5HsPfY3gXa1eQuEi"].concat()
}

/// X4: one session is a file with a name that is always the same, and nothing is written over.
#[test]
fn one_session_is_a_file_that_is_never_written_over() {
    let place = Place::new();
    let name = format!("backscroll-2026-03-14-{ONE}.md");
    let (code, out, err) = place.run(&["export", "--demo", ONE]);
    assert_eq!((code, err.as_str()), (0, ""));
    let path = place.work().join(&name);
    assert_eq!(out.trim_end(), path.to_str().unwrap());
    let text = fs::read_to_string(&path).unwrap();
    assert!(
        text.starts_with("# ") && text.contains("\n## You\n"),
        "{text}"
    );
    assert_eq!(
        fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o600
    );
    // The same again is no news.
    let (code, _, err) = place.run(&["export", "--demo", ONE]);
    assert_eq!((code, err.as_str()), (0, ""));
    fs::write(&path, "mine").unwrap();
    let (code, out, err) = place.run(&["export", "--demo", ONE]);
    assert_eq!(
        (code, out.as_str(), err.lines().count()),
        (2, "", 1),
        "{err}"
    );
    assert!(err.contains("is there already"), "{err}");
    assert_eq!(fs::read_to_string(&path).unwrap(), "mine");
    assert_eq!(place.names("."), [name]);
    // Nor through a link.
    std::os::unix::fs::symlink(place.work().join("nowhere"), place.work().join("link.md")).unwrap();
    assert_eq!(place.run(&["export", "--demo", ONE, "-o", "link.md"]).0, 2);
    assert!(!place.work().join("nowhere").exists());
}

/// G23: any query into a folder with an index, made again without harm.
#[test]
fn many_sessions_are_a_folder_with_an_index() {
    let place = Place::new();
    let run = || place.run(&["export", "--demo", "source:claude", "-o", "kept"]);
    let (code, out, err) = run();
    assert_eq!(code, 0, "{err}");
    let list = place.run(&["list", "--demo", "--json", "source:claude"]).1;
    let list: Value = serde_json::from_str(&list).unwrap();
    let sessions = list["sessions"].as_array().unwrap().len();
    assert_eq!(out.lines().count(), sessions + 1);
    assert!(err.contains(&format!("{} written", sessions + 1)), "{err}");
    let index = fs::read_to_string(place.work().join("kept/index.md")).unwrap();
    for path in out.lines().filter(|path| !path.ends_with("index.md")) {
        let name = Path::new(path).file_name().unwrap().to_str().unwrap();
        assert!(index.contains(&format!("]({name})")), "{name}\n{index}");
    }
    let before = place.names("kept");
    let (code, _, err) = run();
    assert_eq!(code, 0);
    assert!(
        err.contains(&format!("{} unchanged", sessions + 1)) && !err.contains("written"),
        "{err}"
    );
    assert_eq!(place.names("kept"), before);
    // What somebody changed stays, is named, and the rest goes on.
    let path = out.lines().next().unwrap();
    fs::write(path, "mine").unwrap();
    let (code, out, err) = run();
    assert_eq!(code, 3, "{err}");
    assert!(
        !out.contains(path) && err.contains("left as it is"),
        "{err}"
    );
    assert_eq!(fs::read_to_string(path).unwrap(), "mine");
    // Another query adds to the index.
    let (code, _, _) = place.run(&[
        "export",
        "--demo",
        "source:opencode",
        "-o",
        "kept",
        "--without",
        "tools,thinking",
    ]);
    assert_eq!(code, 0);
    let wider = fs::read_to_string(place.work().join("kept/index.md")).unwrap();
    assert!(wider.lines().count() > index.lines().count());
    let page = place.run(&[
        "export",
        "--demo",
        "source:claude",
        "-f",
        "html",
        "-o",
        "pages/",
    ]);
    assert_eq!(page.0, 0);
    assert!(place.names("pages").contains(&"index.html".to_owned()));
}

/// S2-42 to S2-44, S4-12, S2-48: each format from the shell, and many sessions in one file where a format has them.
#[test]
fn every_format_goes_to_standard_output() {
    let place = Place::new();
    let out = |format: &str| {
        let (code, out, err) = place.run(&["export", "--demo", ONE, "-f", format, "-o", "-"]);
        assert_eq!((code, err.as_str()), (0, ""), "{format}");
        out
    };
    let json: Value = serde_json::from_str(&out("json")).unwrap();
    let shown = place.run(&["show", "--demo", "--json", ONE]).1;
    let shown: Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(json["sessionId"], shown["sessionId"]);
    assert_eq!(
        json["messages"].as_array().unwrap().len(),
        shown["messages"].as_array().unwrap().len()
    );
    assert!(out("html").starts_with("<!DOCTYPE html>"));
    assert!(
        out("text")
            .lines()
            .last()
            .unwrap()
            .starts_with("=== Tokens: ")
    );
    let cases: Value = serde_json::from_str(&out("deepeval")).unwrap();
    assert!(!cases.as_array().unwrap().is_empty());
    assert_eq!(out("openai-evals").lines().count(), 1);
    assert_eq!(out("csv").lines().count(), 2);
    let (code, many, _) = place.run(&["export", "--demo", "-f", "openai-evals", "-o", "-"]);
    assert_eq!((code, many.lines().count()), (0, 11));
    let (code, rows, _) = place.run(&[
        "export",
        "--demo",
        "source:codex",
        "--format",
        "csv",
        "-o",
        "-",
    ]);
    assert_eq!((code, rows.lines().count()), (0, 4));
    let (code, _, _) = place.run(&["export", "--demo", ONE, OTHER, "-o", "two.csv"]);
    assert_eq!(code, 0);
    assert_eq!(
        fs::read_to_string(place.work().join("two.csv"))
            .unwrap()
            .lines()
            .count(),
        3
    );
    assert!(place.names(".").iter().all(|name| name == "two.csv"));
}

#[test]
fn what_makes_no_sense_is_one_line() {
    let place = Place::new();
    for (args, word) in [
        (
            &["export", "--demo", ONE, "-f", "pdf"][..],
            "md, html, json",
        ),
        (
            &["export", "--demo", ONE, "--without", "jokes"],
            "tools, thinking",
        ),
        (&["export", "--demo", "-o", "-"], "give a folder"),
        (&["export", "--demo", "-o", "one.md"], "need a folder"),
        (
            &["export", "--demo", ONE, "--redact", "--no-redact"],
            "cannot be used with",
        ),
        (&["export", "--demo", "cost:abc"], "cost:abc"),
        (
            &["export", "--demo", ONE, "-o", "no/such/folder/x.md"],
            "cannot write",
        ),
    ] {
        let (code, out, err) = place.run(args);
        assert_eq!(
            (code, out.as_str(), err.lines().count()),
            (2, "", 1),
            "{args:?}: {err}"
        );
        assert!(err.contains(word), "{args:?}: {err}");
    }
    assert_eq!(place.run(&["export", "--demo", "zebra-nowhere"]).0, 1);
    assert_eq!(place.names("."), [""; 0]);
}

/// X5: a script that does not say what is to become of secrets writes none, and no file.
#[test]
fn secrets_are_asked_about() {
    let place = Place::new();
    let secret = secret();
    place.with_secret(&secret);
    for args in [
        &["export", "-o", "kept"][..],
        &["export", "5b1e9c2f"],
        &["export", "5b1e9c2f", "-o", "-"],
    ] {
        let (code, out, err) = place.run(args);
        assert_eq!(
            (code, out.as_str(), err.lines().count()),
            (2, "", 1),
            "{err}"
        );
        assert!(
            err.contains("--redact") && err.contains("--no-redact") && !err.contains(&secret),
            "{err}"
        );
        assert_eq!(place.names("."), [""; 0]);
    }
    for format in ["md", "html", "json", "text", "deepeval", "openai-evals"] {
        let (code, out, err) =
            place.run(&["export", "5b1e9c2f", "-f", format, "-o", "-", "--redact"]);
        assert_eq!(code, 0, "{err}");
        assert!(
            !out.contains(&secret) && out.contains("redacted"),
            "{format}: {out}"
        );
        assert!(err.contains("secrets replaced: "), "{err}");
        let (code, out, err) =
            place.run(&["export", "5b1e9c2f", "-f", format, "-o", "-", "--no-redact"]);
        assert_eq!(code, 0, "{err}");
        assert!(out.contains(&secret), "{format}: {out}");
        assert!(err.contains("secrets written: "), "{err}");
    }
}

#[test]
fn a_summary_for_scripts() {
    let place = Place::new();
    let (code, out, err) = place.run(&["export", "--demo", "--json", "source:codex", "-f", "text"]);
    assert_eq!((code, err.as_str()), (0, ""));
    let out: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(
        (out["schemaVersion"].as_u64(), out["format"].as_str()),
        (Some(1), Some("text"))
    );
    assert_eq!(out["sessions"], 3);
    let files = out["files"].as_array().unwrap();
    assert_eq!(files.len(), 4);
    for file in files {
        assert_eq!(file["state"], "written");
        let path = file["path"].as_str().unwrap();
        assert_eq!(
            fs::metadata(path).unwrap().len(),
            file["bytes"].as_u64().unwrap()
        );
    }
    assert!(files[3]["sessionId"].is_null() && files[0]["sessionId"].is_string());
}

/// X4: a disk that is full leaves no part of a file, and the error names the cause.
#[test]
fn a_full_disk_leaves_nothing_behind() {
    let place = Place::new();
    // Where a user may make no file system of their own there is no small disk to fill.
    let probe = Command::new("unshare").args(["-Urm", "true"]).output();
    if !probe.is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: no user namespaces here");
        return;
    }
    // The longest of the sample sessions is too large for what is left.
    let long = "578f5afe";
    let script = "mkdir small && mount -t tmpfs -o size=64k none small && head -c 57344 /dev/zero > small/other \
                  && \"$0\" \"$@\"; echo \"exit $?\"; ls small";
    for args in [
        &[long, "-o", "small/x.md"][..],
        &[long, "-f", "html", "-o", "small/"],
    ] {
        let made = place.command(&[]);
        let program = made.get_program().to_owned();
        let output = Command::new("unshare")
            .args(["-Urm", "sh", "-c", script])
            .arg(program)
            .args(["export", "--demo"])
            .args(args)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap())
            .env("HOME", place.dir.path().join("home"))
            .current_dir(place.work())
            .output()
            .unwrap();
        let out = String::from_utf8(output.stdout).unwrap();
        let err = String::from_utf8(output.stderr).unwrap();
        assert_eq!(out, "exit 2\nother\n", "{err}");
        assert!(
            err.contains("No space left on device") && err.lines().count() == 1,
            "{err}"
        );
        fs::remove_dir(place.work().join("small")).unwrap();
    }
}

/// UX 11, `x p`: what a session changed is a patch for `git apply`, and sessions that changed nothing are passed over.
#[test]
fn what_was_changed_is_a_patch() {
    let place = Place::new();
    let (code, patch, err) = place.run(&["export", "--demo", ONE, "-f", "patch", "-o", "-"]);
    assert_eq!((code, err.as_str()), (0, ""));
    assert!(
        patch.contains("\n--- a/") && patch.contains("\n@@ "),
        "{patch}"
    );
    let (code, _, _) = place.run(&["export", "--demo", ONE, "-o", "one.patch"]);
    assert_eq!(code, 0);
    assert_eq!(
        fs::read_to_string(place.work().join("one.patch")).unwrap(),
        patch
    );
    let (code, _, err) = place.run(&["export", "--demo", "-f", "patch", "-o", "all/"]);
    assert_eq!(code, 0, "{err}");
    let names = place.names("all");
    assert!(
        names.iter().any(|name| name.ends_with(".patch")),
        "{names:?}"
    );
    place.with_secret("nothing");
    for args in [&["5b1e9c2f", "-o", "-"][..], &["date:2026", "-o", "none/"]] {
        let (code, out, err) = place.run(&[&["export", "-f", "patch"], args].concat());
        assert_eq!((code, out.as_str()), (2, ""), "{err}");
        assert!(
            err.contains("changed no file that a patch can hold"),
            "{err}"
        );
    }
    let (code, out, _) = place.run(&["copy", "--demo", ONE, "--what", "changes", "--print"]);
    assert_eq!((code, out.as_str()), (0, patch.as_str()));
}
