//! Commands as scripts use them: real processes with an environment of their own.

mod config;
mod copy;
mod declared;
mod evidence;
mod expires;
mod export;
mod files;
mod launch;
mod linear;
mod list;
mod marks;
mod plain;
mod prices;
mod promises;
mod readme;
mod redaction;
mod reports;
mod search;
mod share;
mod states;
mod trash;

use backscroll::sources::SOURCES;
use serde_json::Value;

/// The sample sessions, in a home where nothing else is.
fn backscroll(args: &[&str]) -> (i32, String, String) {
    backscroll_with(&[], args)
}

/// The same with more in its environment.
fn backscroll_with(vars: &[(&str, &str)], args: &[&str]) -> (i32, String, String) {
    let cache = tempfile::tempdir().unwrap();
    let mut command = assert_cmd::cargo::cargo_bin_cmd!("backscroll");
    command
        .env_clear()
        .env("HOME", cache.path())
        .env("BACKSCROLL_CACHE", cache.path())
        .env("LANG", "C.UTF-8")
        .env("TZ", "UTC")
        .envs(vars.iter().copied());
    let output = command.args(args).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (
        output.status.code().unwrap(),
        text(&output.stdout),
        text(&output.stderr),
    )
}

fn json(args: &[&str]) -> Value {
    let (code, out, err) = backscroll(args);
    assert_eq!((code, err.as_str()), (0, ""));
    serde_json::from_str(&out).unwrap()
}

#[test]
fn the_table_has_its_heading_columns_and_count() {
    let (code, out, err) = backscroll(&["list", "--demo", "--limit", "2"]);
    assert_eq!((code, err.as_str()), (0, ""));
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!(&lines[..2], ["📋 Sessions", "═══════════"]);
    assert!(lines[3].starts_with("│ Session ID   │ Date       │ Provider "));
    assert!(
        out.contains("Showing 2 of 11 sessions (left out: 2 sub-agents; --all shows them)"),
        "{out}"
    );
    let (_, plain, _) = backscroll(&["list", "--demo", "--limit", "1", "--ascii"]);
    assert!(plain.lines().next().unwrap().is_ascii());
}

#[test]
fn a_table_is_no_wider_than_the_terminal() {
    for width in [56, 60, 75, 76, 80, 99, 100, 107, 114, 115, 130, 200] {
        let wide = width.to_string();
        let (code, out, _) = backscroll_with(&[("COLUMNS", &wide)], &["list", "--demo"]);
        assert_eq!(code, 0);
        let table = out
            .lines()
            .filter(|line| line.starts_with(['│', '┌', '├', '└']));
        let widest = table.map(|line| line.chars().count()).max().unwrap();
        assert!(widest <= width, "{widest} in {width}:\n{out}");
        // What is left out is named.
        assert_eq!(
            out.contains("Narrow: left out"),
            !out.contains("│ Project"),
            "{width}"
        );
    }
}

#[test]
fn what_is_off_is_named_and_what_nobody_knows_is_a_note() {
    let home = tempfile::tempdir().unwrap();
    let config = home.path().join("config.toml");
    std::fs::write(&config, "[sources]\noff = [\"aider\", \"nobody\"]\n").unwrap();
    let config = config.to_str().unwrap();
    let (code, out, err) = backscroll(&["doctor", "--config", config]);
    assert_eq!((code, err.lines().count()), (0, 1), "{err}");
    assert!(
        err.contains("config.toml, line 2, column 17: nobody: no such source"),
        "{err}"
    );
    assert!(out.contains("Aider          off, by the settings"), "{out}");
    assert!(out.contains("column 17: nobody: no such source"), "{out}");
    let (_, out, _) = backscroll(&["doctor", "--config", config, "--json"]);
    let all: Value = serde_json::from_str(&out).unwrap();
    let off = all["sources"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|s| s["off"] == true);
    let off: Vec<&str> = off.map(|s| s["source"].as_str().unwrap()).collect();
    assert_eq!(off, ["aider"]);
}

/// S2-16: what is listed comes whole or a page at a time, and says whether there is more.
#[test]
fn json_keeps_its_promises() {
    let all = json(&["list", "--demo", "--json"]);
    assert_eq!(all["schemaVersion"], 1);
    assert_eq!(all["state"], "complete");
    assert_eq!(all["nextOffset"], Value::Null);
    let sessions = all["sessions"].as_array().unwrap();
    assert_eq!(sessions.len(), 11);
    for session in sessions {
        for key in [
            "sessionId",
            "shortId",
            "source",
            "title",
            "projectPath",
            "projectName",
            "gitBranch",
            "model",
            "models",
            "provider",
            "parentId",
            "kind",
            "messageCount",
            "inputTokens",
            "outputTokens",
            "cacheCreationTokens",
            "cacheReadTokens",
            "reasoningTokens",
            "promptTokens",
            "completionTokens",
            "totalTokens",
            "totalCost",
            "costBasis",
            "createdAt",
            "updatedAt",
            "durationMs",
            "expires",
            "path",
            "sizeBytes",
            "badRecords",
        ] {
            assert!(session.get(key).is_some(), "{key} is missing");
        }
        let n = |key: &str| session[key].as_u64().unwrap();
        assert_eq!(
            n("totalTokens"),
            n("inputTokens") + n("outputTokens") + n("cacheCreationTokens") + n("cacheReadTokens")
        );
        let unknown = session["costBasis"] == "unknown";
        assert_eq!(unknown, session["totalCost"].is_null());
    }
    let page = json(&["list", "--demo", "--json", "--limit", "3", "--offset", "2"]);
    assert_eq!(
        (page["state"].as_str(), page["nextOffset"].as_u64()),
        (Some("more"), Some(5))
    );
    assert_eq!(
        json(&["list", "--demo", "--json", "--all"])["sessions"]
            .as_array()
            .unwrap()
            .len(),
        13
    );
}

#[test]
fn show_takes_any_part_of_an_id_and_refuses_to_guess() {
    let all = json(&["list", "--demo", "--json", "--source", "opencode"]);
    let id = all["sessions"][0]["sessionId"].as_str().unwrap().to_owned();
    let short = all["sessions"][0]["shortId"].as_str().unwrap().to_owned();
    for part in [
        id.as_str(),
        &format!("opencode:{id}"),
        &format!("oc:{id}"),
        &short,
    ] {
        let (code, out, err) = backscroll(&["show", "--demo", part]);
        assert_eq!((code, err.as_str()), (0, ""), "{part}");
        assert!(
            out.starts_with(&format!("Session: {short}\n══")) && out.contains("\nTitle        │ "),
            "{out}"
        );
    }
    let (code, _, err) = backscroll(&["sessions", "show", "--demo", "ses_"]);
    assert_eq!((code, err.lines().count()), (2, 1), "{err}");
    let (code, _, err) = backscroll(&["show", "--demo", "nothing-like-it"]);
    assert_eq!((code, err.lines().count()), (1, 1), "{err}");
    let whole = json(&["show", "--demo", "--json", &id]);
    let types: Vec<&str> = whole["messages"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|m| m["parts"].as_array().unwrap())
        .map(|p| p["type"].as_str().unwrap())
        .collect();
    assert!(
        types.contains(&"text") && types.contains(&"tool-call") && types.contains(&"tool-result")
    );
    let (_, markdown, _) = backscroll(&["show", "--demo", "--format", "md", &id]);
    assert!(markdown.starts_with("# ") && markdown.contains("\n## You\n"));
}

#[test]
fn bad_arguments_are_one_line_and_exit_2() {
    for bad in [
        vec!["list", "--demo", "--sort", "age"],
        vec!["list", "--demo", "--limit", "x"],
        vec!["show"],
        vec!["list", "--demo", "--source", "nobody"],
        vec!["list", "--demo", "cost:abc"],
        vec!["--nothing"],
    ] {
        let (code, out, err) = backscroll(&bad);
        assert_eq!(
            (code, out.as_str(), err.lines().count()),
            (2, "", 1),
            "{bad:?}: {err}"
        );
    }
}

#[test]
fn nothing_found_is_exit_1_and_says_where_it_looked() {
    let (code, out, _) = backscroll(&["list"]);
    assert_eq!(code, 1);
    assert!(
        out.contains("No sessions found") && out.contains("found logs of 0"),
        "{out}"
    );
    assert!(
        out.contains("~/.claude/projects") && out.contains("not there"),
        "{out}"
    );
    assert_eq!(backscroll(&["list", "--demo", "zebra-nowhere"]).0, 1);
}

#[test]
fn doctor_and_keys_describe_themselves() {
    let doctor = json(&["doctor", "--demo", "--json"]);
    assert_eq!(doctor["sources"].as_array().unwrap().len(), SOURCES.len());
    let keys = json(&["keys", "--json"]);
    assert!(keys["keys"].as_array().unwrap().len() > 40);
}

#[test]
fn a_pipe_that_closes_is_no_failure() {
    use std::io::Read;
    use std::process::{Command, Stdio};
    let cache = tempfile::tempdir().unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_backscroll"))
        .args(["list", "--demo", "--json"])
        .env_clear()
        .env("HOME", cache.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = [0; 1];
    child.stdout.take().unwrap().read_exact(&mut first).unwrap();
    let done = child.wait_with_output().unwrap();
    assert_eq!((done.status.code(), done.stderr.len()), (Some(0), 0));
}
