//! `backscroll files`: who touched a file.

use std::path::Path;

use backscroll::env::Env;
use backscroll::evidence;
use backscroll::index::Index;
use backscroll::ingest::{self, Choice, Reading};
use serde_json::{Value, json};

/// A home with a log for each of these sessions.
pub struct Home(tempfile::TempDir);

/// A call with its arguments and what it answered; an answer that begins with `!` is a failure.
type Call<'a> = (&'a str, Value, &'a str);

impl Home {
    fn new(sessions: &[(&str, &str, &[Call<'_>])]) -> Home {
        let home = Home(tempfile::tempdir().unwrap());
        for (n, (dir, title, calls)) in sessions.iter().enumerate() {
            home.add(n, dir, title, calls);
        }
        home
    }

    fn add(&self, n: usize, dir: &str, title: &str, calls: &[Call<'_>]) {
        let logs = self.path().join(format!(".claude/projects/-p{n}"));
        std::fs::create_dir_all(&logs).unwrap();
        let id = format!("{n}b1e9c2f-0000-4000-8000-000000000000");
        let text = log(&id, n, dir, title, calls);
        std::fs::write(logs.join(format!("{id}.jsonl")), text).unwrap();
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Runs a command there, in a folder below it.
    pub fn run(&self, dir: &str, args: &[&str]) -> (i32, String, String) {
        let cwd = self.path().join(dir);
        std::fs::create_dir_all(&cwd).unwrap();
        let mut command = assert_cmd::cargo::cargo_bin_cmd!("backscroll");
        command
            .env_clear()
            .env("HOME", self.path())
            .env("LANG", "C.UTF-8")
            .env("TZ", "UTC");
        let output = command.args(args).current_dir(cwd).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (
            output.status.code().unwrap(),
            text(output.stdout),
            text(output.stderr),
        )
    }

    pub fn json(&self, dir: &str, args: &[&str]) -> Value {
        let (code, out, err) = self.run(dir, &[args, &["--json"]].concat());
        assert_eq!((code, err.as_str()), (0, ""), "{args:?}");
        serde_json::from_str(&out).unwrap()
    }
}

fn log(id: &str, n: usize, dir: &str, title: &str, calls: &[Call<'_>]) -> String {
    let mut lines = Vec::new();
    let mut add = |kind: &str, message: Value| {
        let at = format!("2026-11-2{n}T10:{:02}:00.000Z", lines.len());
        lines.push(
            json!({"type": kind, "uuid": format!("u{}", lines.len()), "sessionId": id, "cwd": dir,
            "timestamp": at, "version": "2.1.0", "message": message})
            .to_string()
                + "\n",
        );
    };
    add("user", json!({"role": "user", "content": title}));
    for (i, (name, input, answer)) in calls.iter().enumerate() {
        let call = format!("toolu_{i}");
        add(
            "assistant",
            json!({"role": "assistant", "id": format!("msg_{i}"), "model": "claude-opus-4-6",
            "content": [{"type": "tool_use", "id": call, "name": name, "input": input}]}),
        );
        let failed = answer.starts_with('!');
        add(
            "user",
            json!({"role": "user", "content": [{"type": "tool_result", "tool_use_id": call,
            "content": answer.trim_start_matches('!'), "is_error": failed}]}),
        );
    }
    lines.concat()
}

pub fn sails() -> Home {
    let edit = |path: &str, old: &str, new: &str| json!({"file_path": path, "old_string": old, "new_string": new});
    Home::new(&[
        (
            "/p/sails",
            "Cut the mainsail",
            &[
                (
                    "Read",
                    json!({"file_path": "/p/sails/src/main.rs"}),
                    "     1→one\n     2→two\n     3→",
                ),
                ("Edit", edit("/p/sails/src/main.rs", "two", "2\n3"), "done"),
                (
                    "Edit",
                    edit("/p/sails/src/main.rs", "nine", "9"),
                    "!not found",
                ),
                (
                    "Bash",
                    json!({"command": "cargo test\ncargo fmt"}),
                    "!Exit code 3\nno",
                ),
                (
                    "WebFetch",
                    json!({"url": "https://sails.example/cut"}),
                    "fine",
                ),
            ],
        ),
        (
            "/p/rope",
            "Splice a rope",
            &[
                (
                    "Write",
                    json!({"file_path": "/p/rope/src/main.rs", "content": "a\nb\n"}),
                    "File created successfully",
                ),
                (
                    "Read",
                    json!({"file_path": "../sails/src/main.rs"}),
                    "     1→one",
                ),
                ("Bash", json!({"command": "echo done"}), "done"),
            ],
        ),
        (
            "/p/other",
            "Nothing here",
            &[("Read", json!({"file_path": "README.md"}), "x")],
        ),
    ])
}

/// Numbers and files of what was found, newest first.
fn found(out: &Value) -> Vec<(String, u64, String, Vec<String>)> {
    let touches = out["touches"].as_array().unwrap().iter();
    let touch = |touch: &Value| {
        let words = touch["did"].as_array().unwrap().iter();
        (
            touch["title"].as_str().unwrap().to_owned(),
            touch["message"].as_u64().unwrap(),
            touch["file"].as_str().unwrap().to_owned(),
            words
                .map(|word| word.as_str().unwrap().to_owned())
                .collect(),
        )
    };
    touches.map(touch).collect()
}

/// G5: who touched a file, by its whole path, and by a part of it where nobody touched that file itself.
#[test]
fn a_file_is_found_by_its_path_and_by_a_part_of_it() {
    let home = sails();
    let row = |title: &str, message: u64, file: &str, did: &str| {
        (
            title.to_owned(),
            message,
            file.to_owned(),
            vec![did.to_owned()],
        )
    };
    let whole = home.json("", &["files", "/p/sails/src/main.rs"]);
    assert_eq!(
        found(&whole),
        [
            row("Splice a rope", 3, "/p/sails/src/main.rs", "read"),
            row("Cut the mainsail", 3, "/p/sails/src/main.rs", "edited"),
            row("Cut the mainsail", 2, "/p/sails/src/main.rs", "read"),
        ]
    );
    assert_eq!(whole["match"], "file");
    let edited = &whole["touches"][1];
    assert_eq!(
        (&edited["addedLines"], &edited["removedLines"]),
        (&json!(2), &json!(1))
    );
    // What it names is the message that did it.
    let show: Vec<&str> = edited["show"]
        .as_str()
        .unwrap()
        .split(' ')
        .skip(1)
        .collect();
    let shown = home.json("", &show);
    assert_eq!(shown["messages"][0]["number"], 3);
    assert!(
        shown["messages"][0]["parts"][0]["input"]
            .as_str()
            .unwrap()
            .contains("two")
    );
    // A part of it, from wherever.
    let part = home.json("", &["files", "src/main.rs"]);
    assert_eq!((found(&part).len(), &part["match"]), (4, &json!("part")));
    let part = home.json("", &["files", "sails/src"]);
    assert_eq!(found(&part).len(), 3);
    let star = home.json("", &["files", "rope/**/*.rs"]);
    assert_eq!(
        found(&star),
        [row("Splice a rope", 2, "/p/rope/src/main.rs", "written")]
    );
    // The rest of the line is a query.
    let only = home.json(
        "",
        &["files", "src/main.rs", "project:rope", "--limit", "1"],
    );
    assert_eq!(
        found(&only),
        [row("Splice a rope", 3, "/p/sails/src/main.rs", "read")]
    );
    assert_eq!(
        (&only["total"], &only["state"]),
        (&json!(2), &json!("more"))
    );
    let (code, out, err) = home.run("", &["files", "nobody.rs"]);
    let none = "backscroll: no session touched a file like that\n";
    assert_eq!((code, out.as_str(), err.as_str()), (1, "", none));
    let (code, _, err) = home.run("", &["files", "x", "cost:>a"]);
    assert_eq!((code, err.lines().count()), (2, 1));
}

#[test]
fn the_table_names_the_command_that_shows_it() {
    let home = sails();
    let (code, out, err) = home.run("", &["files", "/p/sails/src/main.rs"]);
    assert_eq!((code, err.as_str()), (0, ""));
    let lines: Vec<&str> = out.lines().collect();
    assert!(
        lines[3].contains("claude-code   edited +2 -1        Cut the mainsail"),
        "{out}"
    );
    // Whoever asks who did it asks for whom.
    assert!(lines[4].starts_with("    you: "), "{out}");
    assert!(
        lines[5].starts_with("    backscroll show ") && lines[5].ends_with(" --at 3"),
        "{out}"
    );
    assert_eq!(lines.last(), Some(&"3 messages, 1 file, 2 sessions"));
    let (_, plain, _) = home.run("", &["files", "README.md", "--plain"]);
    assert!(
        plain.contains("Did: read\n") && plain.contains("File: /p/other/README.md\n"),
        "{plain}"
    );
}

/// A relative path is one of the folder where it is asked, and a folder is all that lies in it.
#[test]
fn a_relative_path_is_below_the_working_directory() {
    let home = Home::new(&[]);
    let work = home.path().canonicalize().unwrap().join("work");
    let work = work.to_str().unwrap();
    let write = |path: &str| {
        (
            "Write",
            json!({"file_path": path, "content": "x\n"}),
            "created",
        )
    };
    let whole = format!("{work}/src/a.rs");
    home.add(0, work, "Here", &[write(&whole), write("src/b.rs")]);
    home.add(1, "/else/work", "There", &[write("src/a.rs")]);
    let titles = |dir: &str, path: &str| {
        let found = found(&home.json(dir, &["files", path]));
        let told = found.into_iter().map(|(title, _, file, _)| (title, file));
        told.collect::<Vec<_>>()
    };
    let here = |file: &str| ("Here".to_owned(), format!("{work}/{file}"));
    assert_eq!(titles("work", "src/a.rs"), [here("src/a.rs")]);
    assert_eq!(titles("work/src", "./a.rs"), [here("src/a.rs")]);
    assert_eq!(titles("work/src", "../src/b.rs"), [here("src/b.rs")]);
    assert_eq!(titles("work", "."), [here("src/b.rs"), here("src/a.rs")]);
    // Elsewhere it is a part of any path.
    assert_eq!(titles("", "src/a.rs").len(), 2);
}

/// Whatever the index knows, what is told is what a reading of every log finds.
#[test]
fn what_is_told_is_what_all_logs_say() {
    let home = sails();
    let env = Env::bare(home.path(), "2026-11-28T12:00:00Z".parse().unwrap());
    let mut index = Index::default();
    index.apply(ingest::load(&env, &Choice::default()));
    for part in [
        "main.rs", "src", "README", "sails", "rope", "p", "e.m", "x.y.z",
    ] {
        let mut all = Vec::new();
        for row in index.rows() {
            let mut reading = Reading::new(&row.session);
            reading.read(&env).unwrap();
            let dir = row.session.dir.as_deref();
            for touch in evidence::touches(&reading.conversation(), dir) {
                let full = touch.full.untrusted().to_owned();
                if full.to_lowercase().contains(&part.to_lowercase()) {
                    all.push((full, touch.place.number));
                }
            }
        }
        all.sort();
        // Twice, so that the second one is asked of the index.
        for _ in 0..2 {
            let (code, out, err) = home.run("", &["files", part, "--json"]);
            let out: Value = serde_json::from_str(&out).unwrap_or_else(|_| panic!("{part}: {err}"));
            let mut told: Vec<(String, u32)> = found(&out)
                .into_iter()
                .map(|(_, number, file, _)| (file, number as u32))
                .collect();
            told.sort();
            assert_eq!(told, all, "{part}");
            assert_eq!(code, i32::from(all.is_empty()), "{part}");
        }
    }
}
