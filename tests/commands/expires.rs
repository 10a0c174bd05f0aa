//! What agents are about to delete, as people and scripts see it (G7).

use std::fs::File;

use serde_json::Value;

use super::reports::Home;

/// Two sessions, one about to go: it is the first of July.
fn home() -> Home {
    let home = Home::new();
    let said = ("2025-06-01T10:00:00Z", "haiku-4", [10, 10, 0, 0], None);
    for (id, changed) in [
        ("old", "2025-06-05T10:00:00Z"),
        ("new", "2025-06-30T10:00:00Z"),
    ] {
        home.session(id, &[said]);
        let log = home.path().join(".claude/projects/-home-ada-loom");
        let log = File::options()
            .append(true)
            .open(log.join(format!("{id}.jsonl")));
        let changed: jiff::Timestamp = changed.parse().unwrap();
        log.unwrap().set_modified(changed.into()).unwrap();
    }
    home
}

fn json(home: &Home, args: &[&str]) -> Value {
    let (code, out, err) = home.run(args);
    // A list of nothing is an answer too.
    assert!(matches!(code, 0 | 1) && err.is_empty(), "{args:?}: {err}");
    serde_json::from_str(&out).unwrap()
}

/// Ids and when they go.
fn due(home: &Home, query: &str) -> Vec<(String, String)> {
    let list = json(home, &["list", query, "--json"]);
    let text = |session: &Value, key: &str| session[key].as_str().unwrap_or_default().to_owned();
    let sessions = list["sessions"].as_array().unwrap().iter();
    let mut due: Vec<_> = sessions
        .map(|session| (text(session, "sessionId"), text(session, "expires")))
        .collect();
    due.sort();
    due
}

#[test]
fn a_session_says_when_its_agent_deletes_it() {
    let home = home();
    let old = ("old".to_owned(), "2025-07-05T10:00:00.000Z".to_owned());
    let new = ("new".to_owned(), "2025-07-30T10:00:00.000Z".to_owned());
    assert_eq!(due(&home, "expires:<7d"), std::slice::from_ref(&old));
    assert_eq!(due(&home, "expires:>7d"), std::slice::from_ref(&new));
    assert_eq!(due(&home, "expires:?"), []);
    let (code, shown, _) = home.run(&["show", "old"]);
    assert!(code == 0 && shown.contains("Expires"), "{shown}");
    let why = "(cleanupPeriodDays in ~/.claude/settings.json)";
    assert!(shown.contains(why), "{shown}");
    // A setting counts at once, though no log changed and rows are kept between runs.
    let settings = home.path().join(".claude/settings.json");
    std::fs::write(&settings, r#"{"cleanupPeriodDays": 365}"#).unwrap();
    assert_eq!(due(&home, "expires:<7d"), []);
    assert_eq!(
        json(&home, &["show", "old", "--json"])["expires"],
        "2026-06-05T10:00:00.000Z"
    );
    std::fs::write(&settings, "{").unwrap();
    assert_eq!(due(&home, "expires:?").len(), 2, "unknown is not guessed");
    let (_, shown, _) = home.run(&["show", "old"]);
    assert!(!shown.contains("Expires"), "{shown}");
}

#[test]
fn doctor_names_the_setting_and_what_goes_soon() {
    let home = home();
    let (_, out, _) = home.run(&["doctor"]);
    let line = "Claude Code deletes sessions 30 days after their last change (default; cleanupPeriodDays in \
        ~/.claude/settings.json); 1 within 9 days";
    assert!(out.contains(line), "{out}");
    // Folders that are not there keep nothing.
    assert_eq!(out.matches("deletes sessions").count(), 1, "{out}");
    let settings = home.path().join(".claude/settings.json");
    std::fs::write(&settings, r#"{"cleanupPeriodDays": 99}"#).unwrap();
    let (_, out, _) = home.run(&["doctor"]);
    let line = "99 days after their last change (cleanupPeriodDays in ~/.claude/settings.json); none within 9 days";
    assert!(out.contains(line), "{out}");
    let report = json(&home, &["doctor", "--json"]);
    let sources = report["sources"].as_array().unwrap();
    let claude = sources
        .iter()
        .find(|s| s["source"] == "claude-code")
        .unwrap();
    let keeps = &claude["roots"][0]["keeps"];
    assert_eq!(
        (&keeps["hours"], &keeps["default"], &keeps["soon"]),
        (&(99 * 24).into(), &false.into(), &0.into())
    );
}

/// G7: a copy is kept of what is about to go, and is listed as archived when it went. The original is not touched.
#[test]
fn a_copy_is_kept_of_what_goes_soon() {
    let home = home();
    let logs = home.path().join(".claude/projects/-home-ada-loom");
    let before = std::fs::read(logs.join("old.jsonl")).unwrap();
    let out = json(&home, &["keep", "expires:<7d", "--json"]);
    let kept = out["kept"].as_array().unwrap();
    assert_eq!(kept.len(), 1, "{out}");
    assert_eq!(kept[0]["sessionId"], "old");
    let copy = kept[0]["path"].as_str().unwrap();
    assert_eq!(std::fs::read(copy).unwrap(), before);
    assert_eq!(std::fs::read(logs.join("old.jsonl")).unwrap(), before);
    let ids =
        |query: &str| -> Vec<String> { due(&home, query).into_iter().map(|(id, _)| id).collect() };
    assert_eq!(
        ids(""),
        ["new", "old"],
        "one row, though there are two files"
    );
    assert_eq!(ids("is:archived"), [""; 0]);
    std::fs::remove_file(logs.join("old.jsonl")).unwrap();
    assert_eq!(
        due(&home, "is:archived"),
        [("old".to_owned(), String::new())]
    );
    let (code, shown, _) = home.run(&["show", "old", "--format", "text"]);
    assert!(code == 0 && !shown.is_empty());
    let (code, _, err) = home.run(&["keep", "old"]);
    assert!(
        code == 2 && err.contains("a copy that we keep already"),
        "{err}"
    );
    let (code, _, err) = home.run(&["keep", "cost:>9999"]);
    assert!(
        code == 1 && err.contains("no session is like that"),
        "{err}"
    );
}

/// G7: what is kept can be told: by id, title, day, size and place, whether its original is there or gone.
#[test]
fn what_is_kept_is_listed() {
    let home = home();
    let (code, out, _) = home.run(&["keep", "--list"]);
    assert_eq!((code, out.as_str()), (1, "No copies are kept\n"));
    let copied = json(&home, &["keep", "old", "--json"])["kept"][0].clone();
    let listed = || json(&home, &["keep", "--list", "--json"]);
    let one = |original: &str| {
        let out = listed();
        let all = out["kept"].as_array().unwrap();
        assert_eq!(all.len(), 1, "{out}");
        for name in ["sessionId", "source", "path", "files", "bytes"] {
            assert_eq!(all[0][name], copied[name], "{name}");
        }
        assert_eq!(all[0]["original"], original);
    };
    one("there");
    let (code, out, _) = home.run(&["keep", "--list"]);
    assert_eq!(code, 0);
    for part in ["old", "Original", "there", "/backscroll/kept-sessions"] {
        assert!(out.contains(part), "{part}: {out}");
    }
    let (_, plain, _) = home.run(&["keep", "--list", "--plain"]);
    assert!(plain.contains("/old.jsonl"), "{plain}");
    let (code, _, _) = home.run(&["keep", "--list", "new"]);
    assert_eq!(code, 1, "of that none is kept");
    let log = home
        .path()
        .join(".claude/projects/-home-ada-loom/old.jsonl");
    std::fs::remove_file(log).unwrap();
    one("gone");
    let (code, _, err) = home.run(&["keep"]);
    assert!(code == 2 && !err.is_empty(), "{err}");
}
