//! `star`, `tag`, `rename`, `note` and `hide` (G11) over the sample sessions, with a data folder of its own.

use std::path::Path;

use serde_json::Value;

use super::backscroll_with;

/// Runs it with marks kept in `data`.
fn run(data: &Path, args: &[&str]) -> (i32, String, String) {
    let data = data.to_str().unwrap();
    let mut words = vec![args[0], "--demo"];
    words.extend(&args[1..]);
    backscroll_with(&[("BACKSCROLL_DATA", data)], &words)
}

fn done(data: &Path, args: &[&str]) -> String {
    let (code, out, err) = run(data, args);
    assert_eq!((code, err.as_str()), (0, ""), "{args:?}: {out}");
    out
}

fn json(data: &Path, args: &[&str]) -> Value {
    serde_json::from_str(&done(data, &[args, &["--json"]].concat())).unwrap()
}

/// Ids of a plain list.
fn listed(data: &Path, query: &[&str]) -> Vec<String> {
    let all = json(data, &[&["list"], query].concat());
    let sessions = all["sessions"].as_array().unwrap().iter();
    sessions
        .map(|s| s["sessionId"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn what_is_noted_is_said_listed_and_found() {
    let data = tempfile::tempdir().unwrap();
    let data = data.path();
    let ids = listed(data, &[]);
    let (a, b, c) = (ids[0].as_str(), ids[1].as_str(), ids[2].as_str());
    let line = done(data, &["star", a]);
    assert!(
        line.starts_with("Starred ") && line.lines().count() == 1,
        "{line}"
    );
    assert!(done(data, &["star", a]).ends_with(", as before\n"));
    assert_eq!(
        done(data, &["star", a, b]),
        "Starred 2 sessions, 1 of them as before\n"
    );
    assert_eq!(listed(data, &["is:starred"]).len(), 2);
    assert!(done(data, &["star", b, "--off"]).starts_with("Took the star from "));
    assert_eq!(listed(data, &["is:starred"]), [a]);
    // Tags in each of their forms.
    assert!(done(data, &["tag", a, "auth", "#q4"]).starts_with("Tagged auth q4 on "));
    assert_eq!(
        done(data, &["tag", b, c, "+auth"]),
        "Tagged auth on 2 sessions\n"
    );
    assert_eq!(
        done(data, &["tag", a, b, "--add", "x,y", "--remove", "auth"]),
        "Tagged x y, took auth from 2 sessions\n"
    );
    assert_eq!(listed(data, &["tag:auth"]), [c]);
    assert_eq!(listed(data, &["tag:none"]).len(), ids.len() - 3);
    // A name stands before the log's title wherever that is shown.
    assert!(done(data, &["rename", c, "the", "flaky", "one"]).contains("(the flaky one)"));
    assert_eq!(listed(data, &["title:=\"the flaky one\""]), [c]);
    assert_eq!(listed(data, &["flaky", "one"])[0], c);
    assert!(done(data, &["note", c, "ask Ada"]).starts_with("Noted on "));
    let shown = done(data, &["show", c]);
    for line in ["Title ", "the flaky one", "Tags ", "Note ", "ask Ada"] {
        assert!(shown.contains(line), "{line} is not in\n{shown}");
    }
    let row = json(data, &["show", c]);
    assert_eq!(row["title"], "the flaky one");
    assert_eq!(row["name"], "the flaky one");
    assert_eq!(row["note"], "ask Ada");
    assert_eq!(row["tags"], serde_json::json!(["auth"]));
    assert_eq!(
        (&row["starred"], &row["hidden"]),
        (&false.into(), &false.into())
    );
    assert_eq!(
        (&row["lastSeenAt"], &row["pins"]),
        (&Value::Null, &serde_json::json!([]))
    );
    done(data, &["rename", c, "--clear"]);
    done(data, &["note", c, "--clear"]);
    let row = json(data, &["show", c]);
    assert!(row["name"].is_null() && row["note"].is_null() && row["title"] != "the flaky one");
}

#[test]
fn what_is_hidden_is_counted_and_comes_back() {
    let data = tempfile::tempdir().unwrap();
    let data = data.path();
    let ids = listed(data, &[]);
    let cost = |all: Value| all["totals"]["totalCost"].as_f64().unwrap();
    let spent = cost(json(data, &["list"]));
    let out = json(data, &["hide", &ids[0], &ids[1]]);
    assert_eq!(
        (&out["action"], &out["schemaVersion"]),
        (&"hide".into(), &1.into())
    );
    let sessions = out["sessions"].as_array().unwrap();
    assert!(
        sessions
            .iter()
            .all(|s| s["hidden"] == true && s["changed"] == true)
    );
    assert_eq!(listed(data, &[]), ids[2..]);
    assert!(done(data, &["list"]).contains("(left out: 2 hidden, 2 sub-agents; --all shows them)"));
    assert_eq!(listed(data, &["is:hidden"]), ids[..2]);
    assert_eq!(listed(data, &["--all"]).len(), ids.len() + 2);
    assert!(
        (cost(json(data, &["list"])) - spent).abs() < 1e-9,
        "hiding saves no money"
    );
    assert!(done(data, &["hide", &ids[0], "--off"]).starts_with("Lists again "));
    assert_eq!(listed(data, &[]).len(), ids.len() - 1);
}

#[test]
fn nothing_is_done_where_anything_is_wrong() {
    let home = tempfile::tempdir().unwrap();
    let data = home.path();
    let ids = listed(data, &[]);
    let id = ids[0].as_str();
    for (args, code) in [
        (vec!["star", id, "nothing-like-it"], 1),
        (vec!["star"], 2),
        (vec!["tag", id], 2),
        (vec!["tag", id, "none"], 2),
        (vec!["tag", id, "a b"], 2),
        (vec!["tag", id, "+a", "--remove", "a"], 2),
        (vec!["rename", id], 2),
        (vec!["rename", id, " "], 2),
        (vec!["note", id, "x", "--clear"], 2),
    ] {
        let (got, out, err) = run(data, &args);
        assert_eq!(
            (got, out.as_str(), err.lines().count()),
            (code, "", 1),
            "{args:?}: {err}"
        );
    }
    assert!(!data.join("demo/marks.toml").exists());
    // A broken file is told in a line, and nothing else is lost by it.
    std::fs::create_dir_all(data.join("demo")).unwrap();
    std::fs::write(data.join("demo/marks.toml"), "[\"x\n").unwrap();
    let (code, _, err) = run(data, &["list"]);
    assert_eq!((code, err.lines().count()), (0, 1), "{err}");
    assert!(err.contains("marks.toml, line 1: "), "{err}");
    let (code, _, err) = run(data, &["star", id]);
    assert_eq!(code, 2);
    assert!(err.contains("left as it is"), "{err}");
    assert_eq!(
        std::fs::read_to_string(data.join("demo/marks.toml")).unwrap(),
        "[\"x\n"
    );
}

/// Rows come from the cache of an earlier run here, and marks made since are seen on them all the same.
#[test]
fn marks_do_not_wait_for_logs_to_change() {
    let home = tempfile::tempdir().unwrap();
    let cache = home.path().join("cache");
    let vars = [
        ("BACKSCROLL_CACHE", cache.to_str().unwrap()),
        ("BACKSCROLL_DATA", home.path().to_str().unwrap()),
    ];
    let list = || {
        let (code, out, err) = backscroll_with(&vars, &["list", "--demo", "--json"]);
        assert_eq!((code, err.as_str()), (0, ""));
        serde_json::from_str::<Value>(&out).unwrap()
    };
    let before = list();
    let id = before["sessions"][3]["sessionId"].as_str().unwrap();
    let named = |all: &Value| all["sessions"][3]["title"].as_str().unwrap().to_owned();
    assert_eq!(
        backscroll_with(&vars, &["rename", "--demo", id, "mine"]).0,
        0
    );
    assert_eq!(named(&list()), "mine");
    assert_eq!(
        backscroll_with(&vars, &["rename", "--demo", id, "--clear"]).0,
        0
    );
    assert_eq!(named(&list()), named(&before));
}
