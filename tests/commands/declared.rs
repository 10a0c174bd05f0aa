//! Sources that a file declares, by the README's own example: what it says there is what happens.

use std::path::{Path, PathBuf};

use serde_json::Value;

/// The blocks of code under the heading, each with its language.
fn example() -> Vec<(String, String)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let text = std::fs::read_to_string(path).unwrap();
    let (_, behind) = text.split_once("\n## Any other agent\n").unwrap();
    let section = behind.split("\n## ").next().unwrap();
    let mut blocks = Vec::new();
    let mut rest = section;
    while let Some((_, open)) = rest.split_once("\n```") {
        let (language, body) = open.split_once('\n').unwrap();
        let (body, behind) = body.split_once("```").unwrap();
        blocks.push((language.to_owned(), body.to_owned()));
        rest = behind;
    }
    blocks
}

fn block(language: &str) -> String {
    let mut blocks = example().into_iter().filter(|(l, _)| l == language);
    let (_, body) = blocks.next().unwrap_or_else(|| panic!("no {language}"));
    assert_eq!(blocks.next(), None, "one block of {language}");
    body
}

/// A home with the example's log.
struct Home(tempfile::TempDir);

impl Home {
    fn new() -> Home {
        let home = Home(tempfile::tempdir().unwrap());
        home.write(".weaver/logs/monday.jsonl", &block("jsonl"));
        home
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    }

    fn run(&self, args: &[&str]) -> (i32, String, String) {
        let mut command = assert_cmd::cargo::cargo_bin_cmd!("backscroll");
        command
            .env_clear()
            .current_dir(self.0.path())
            .env("HOME", self.0.path())
            .env("LANG", "C.UTF-8")
            .env("TZ", "UTC");
        let output = command.args(args).output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        let code = output.status.code().unwrap();
        (code, text(&output.stdout), text(&output.stderr))
    }

    fn json(&self, args: &[&str]) -> Value {
        let (code, out, err) = self.run(args);
        assert_eq!((code, err.as_str()), (0, ""), "{args:?}");
        serde_json::from_str(&out).unwrap()
    }
}

/// Where our own folder keeps declarations.
const KEPT: &str = ".config/backscroll/sources/weaver.toml";

#[test]
fn doctor_says_of_the_example_what_the_readme_says() {
    let home = Home::new();
    home.write("weaver.toml", &block("toml"));
    let (code, out, err) = home.run(&["doctor", "--source", "weaver.toml"]);
    assert_eq!((code, err.as_str()), (0, ""));
    let from = out
        .find("What ~/weaver.toml matches\n")
        .unwrap_or_else(|| panic!("{out}"));
    let section = out[from..].split("\n\n").next().unwrap();
    assert_eq!(section.trim_end(), block("text").trim_end());
    assert!(
        out.contains("  Weaver         1 session in 1 log (unproved)\n"),
        "{out}"
    );
    let report = home.json(&["doctor", "--source", "weaver.toml", "--json"]);
    assert_eq!(report["sources"].as_array().unwrap().len(), 1);
    let declared = &report["declared"][0];
    assert_eq!(declared["source"], "weaver");
    assert_eq!(declared["files"][0]["files"], 1);
    assert_eq!(
        (&declared["lines"], &declared["linesWithoutRole"]),
        (&3.into(), &1.into())
    );
    let other = home.json(&["doctor", "--json"]);
    assert!(other.get("declared").is_none(), "only what was asked for");
}

#[test]
fn the_example_is_a_source_like_any_other() {
    let home = Home::new();
    assert_eq!(home.run(&["list"]).0, 1, "nothing is declared");
    home.write(KEPT, &block("toml"));
    for args in [
        vec!["list", "--json"],
        vec!["list", "--json", "--source", "weaver"],
        vec!["list", "--json", "--source", "wv"],
        vec!["list", "--json", "--source", KEPT],
        vec!["list", "--json", "source:weaver warp"],
    ] {
        let all = home.json(&args);
        let sessions = all["sessions"].as_array().unwrap();
        assert_eq!(sessions.len(), 1, "{args:?}");
        let one = &sessions[0];
        for (key, value) in [
            ("sessionId", Value::from("w1")),
            ("source", "weaver".into()),
            ("title", "Warp the loom".into()),
            ("projectPath", "/home/ada/loom".into()),
            ("model", "weave-2".into()),
            ("messageCount", 2.into()),
            ("inputTokens", 300.into()),
            ("cacheReadTokens", 600.into()),
            ("outputTokens", 40.into()),
            ("totalTokens", 940.into()),
        ] {
            assert_eq!(one[key], value, "{key}");
        }
        let time = |key: &str| {
            one[key]
                .as_str()
                .unwrap()
                .parse::<jiff::Timestamp>()
                .unwrap()
        };
        assert_eq!(time("createdAt").to_string(), "2026-03-02T10:00:00Z");
        assert_eq!(time("updatedAt").to_string(), "2026-03-02T10:00:09Z");
    }
    assert_eq!(home.run(&["list", "--source", "claude"]).0, 1);
    let (code, out, _) = home.run(&["show", "weaver:w1", "--format", "md"]);
    assert!(
        code == 0 && out.contains("Warp the loom") && out.contains("Warped."),
        "{out}"
    );
    let (code, out, err) = home.run(&["list", "--demo"]);
    assert_eq!((code, err.as_str()), (0, ""));
    assert!(
        !out.contains("Weaver"),
        "the sample sessions are a world of their own: {out}"
    );
}

#[test]
fn what_is_wrong_with_a_declaration_is_one_line() {
    let home = Home::new();
    let good = block("toml");
    let cases = [
        (
            good.replace("id = \"weaver\"", "id = \"Weaver!\""),
            "line 1: `Weaver!`: an id is",
        ),
        (
            good.replace("id = \"weaver\"", "id = \"codex\""),
            "`codex` is a name of the source codex-cli",
        ),
        (
            good.replace("\"WV\"", "\"CC\""),
            "`CC` is a name of the source claude-code",
        ),
        (
            good.replace("\"WV\"", "\"WEAV\""),
            "line 3: `WEAV`: a code is two letters",
        ),
        (
            good.replace("time = \"at\"", "tme = \"at\""),
            "line 11: unknown field `tme`, expected one of `session`",
        ),
        (
            good.replace("role = \"role\"", ""),
            "line 7: missing field `role`",
        ),
        (
            good.replace("\"at\"", "\"at[\""),
            "line 11: `at[` has a bracket that does not close",
        ),
        (
            good.replace("\"at\"", "7"),
            "line 11: invalid type: integer `7`, expected a text, or a list of texts",
        ),
        (
            good.replace("~/.weaver/logs/*.jsonl", "~/*.jsonl"),
            "line 4: `~/*.jsonl` would watch the whole home",
        ),
        (
            good.replace("~/.weaver/logs/*.jsonl", "logs/*"),
            "line 4: `logs/*` must start with / or ~/",
        ),
        ("id = ".to_owned(), "line 1: "),
        ("#".repeat(70_000), "longer than 64 KiB"),
    ];
    for (text, want) in cases {
        assert_ne!(text, good, "{want}");
        home.write("other.toml", &text);
        let (code, out, err) = home.run(&["doctor", "--source", "other.toml"]);
        assert_eq!(
            (code, out.as_str(), err.lines().count()),
            (2, "", 1),
            "{err}"
        );
        assert!(
            err.contains("/other.toml") && err.contains(want),
            "{want}: {err}"
        );
    }
    let (code, _, err) = home.run(&["list", "--source", "nowhere.toml"]);
    assert_eq!((code, err.lines().count()), (2, 1));
    assert!(
        err.contains("nowhere.toml: not there; give the path"),
        "{err}"
    );
    // One that lies in our own folder hinders nobody else.
    home.write(KEPT, &good);
    home.write(".config/backscroll/sources/broken.toml", "id = 7");
    home.write(".config/backscroll/sources/twice.toml", &good);
    let (code, out, err) = home.run(&["list"]);
    assert_eq!((code, err.lines().count()), (3, 2), "{err}");
    assert!(out.contains("Warp the loom"));
    assert!(
        err.contains("broken.toml, line 1: ") && err.contains("weaver.toml: `weaver` is a name")
    );
}

#[test]
fn what_does_not_match_is_told() {
    let home = Home::new();
    let text = block("toml")
        .replace("\"at\"", "\"when\"")
        .replace("usage.out", "usage.output");
    let text = text
        .replace("files = ", "files = [\"~/.weaver/old/**/*.log\", ")
        .replace(".jsonl\"", ".jsonl\"]");
    home.write("weaver.toml", &text);
    let log = block("jsonl") + "no json\n{\"role\":\"loom\",\"content\":\"clack\"}\n";
    home.write(".weaver/logs/monday.jsonl", &log);
    let (_, out, _) = home.run(&["doctor", "--source", "weaver.toml"]);
    for want in [
        "~/.weaver/old/**/*.log             0 files",
        "5 lines, 1 session, 1 prompt, 1 answer, tokens in 1 line",
        "line.time          when                     no line\n",
        "usage.output       usage.output             no line\n",
        "no role in 1 line; the first holds type, session, cwd, at",
        "not a known role in 1 line: loom; add it under [roles]",
        "no JSON object in 1 line",
    ] {
        assert!(out.contains(want), "{want}\n{out}");
    }
}
