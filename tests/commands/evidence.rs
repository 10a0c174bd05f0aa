//! What `show` tells of a session besides its words, and the fields that ask for it.

use serde_json::{Value, json};

use super::files::sails;
use super::{backscroll, json as json_of};

/// G17: what happened, in lists of which every entry names its message.
#[test]
fn show_tells_what_happened() {
    let home = sails();
    let list = home.json("", &["list"]);
    let sessions = list["sessions"].as_array().unwrap().iter();
    let mut cut = sessions.filter(|session| session["title"] == "Cut the mainsail");
    let id = cut.next().unwrap()["sessionId"]
        .as_str()
        .unwrap()
        .to_owned();
    let only = |what: &str| home.json("", &["show", &id, "--only", what]);
    let commands = only("commands");
    assert_eq!(commands["sessionId"], id.as_str());
    let command = &commands["commands"][0];
    assert_eq!(
        (
            &command["command"],
            &command["exitCode"],
            &command["message"],
            &command["ok"]
        ),
        (
            &json!("cargo test\ncargo fmt"),
            &json!(3),
            &json!(5),
            &json!(false)
        )
    );
    let failures = only("failures");
    let numbers: Vec<u64> = failures["failures"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| f["message"].as_u64().unwrap())
        .collect();
    assert_eq!(numbers, [4, 5]);
    let files = only("files");
    assert_eq!(files["files"].as_array().unwrap().len(), 1);
    assert_eq!(
        (&files["files"][0]["read"], &files["files"][0]["written"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(
        only("fetches")["fetches"][0]["url"],
        "https://sails.example/cut"
    );
    let tools: Vec<(String, u64)> = only("tools")["tools"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tool| {
            (
                tool["name"].as_str().unwrap().to_owned(),
                tool["calls"].as_u64().unwrap(),
            )
        })
        .collect();
    assert_eq!(tools[0], ("Edit".to_owned(), 2));
    // G13: one difference, and what became of the file.
    let change = &only("changes")["changes"][0];
    assert_eq!(change["diff"], "@@ -1,2 +1,3 @@\n one\n-two\n+2\n+3\n");
    assert_eq!(
        (&change["disk"], &change["unjoinedEdits"]),
        (&json!("gone"), &json!(0))
    );
    let (code, script, _) = home.run("", &["show", &id, "--script"]);
    assert_eq!(
        (code, script.as_str()),
        (
            0,
            "#!/bin/sh\n\n# message 5, exit 3\ncargo test\ncargo fmt\n"
        )
    );
    let (code, text, _) = home.run("", &["show", &id, "--only", "changes"]);
    assert_eq!(code, 0);
    assert!(
        text.contains("main.rs  1 edit, +2 -1, not on the disk any more\n"),
        "{text}"
    );
    let (code, _, err) = home.run("", &["show", &id, "--only", "dreams"]);
    assert_eq!((code, err.lines().count()), (2, 1), "{err}");
    // Nothing of the kind is nothing found.
    let (code, out, _) = backscroll(&["show", "--demo", "eee65f53", "--only", "fetches"]);
    assert!(code == 1 || !out.is_empty());
}

/// The same words find the same sessions, wherever they are asked.
#[test]
fn fields_of_what_happened_find_the_same_sessions_everywhere() {
    let ids = |out: &Value, key: &str| -> Vec<String> {
        let sessions = out[key].as_array().unwrap().iter();
        let mut ids: Vec<String> = sessions
            .map(|s| s["sessionId"].as_str().unwrap().to_owned())
            .collect();
        ids.sort();
        ids.dedup();
        ids
    };
    for query in [
        "file:src",
        "wrote:*.rs",
        "read:src",
        "cmd:cargo",
        "tool:bash",
        "out:error",
        "user:the",
        "assistant:the",
        "thinking:the",
        "system:the",
        "has:thinking",
        "has:error",
        "has:diff",
        "has:image",
        "has:todo",
        "files:>1",
        "files:0",
        "active:>1m",
        "active:<1s",
        "-has:diff files:>0",
    ] {
        let (code, out, err) = backscroll(&["list", "--demo", "--all", "--json", "--", query]);
        assert!(code < 2, "{query}: {err}");
        let listed = ids(&serde_json::from_str(&out).unwrap(), "sessions");
        let (_, out, _) = backscroll(&["search", "--demo", "--json", "--", query]);
        assert_eq!(
            ids(&serde_json::from_str(&out).unwrap(), "hits"),
            listed,
            "{query}"
        );
        // A report adds up the same ones: sub-agents stand in the row above them.
        let (code, out, err) = backscroll(&["session", "--demo", "--json", "--", query]);
        assert!(code < 2, "{query}: {err}");
        let report: Value = serde_json::from_str(&out).unwrap();
        let rows = report["sessions"].as_array().unwrap().iter();
        for id in rows.map(|row| row["fullSessionId"].as_str().unwrap()) {
            assert!(listed.iter().any(|one| one == id), "{query}: {id}");
        }
    }
    let with = json_of(&["list", "--demo", "--all", "--json", "has:diff"]);
    assert!(!ids(&with, "sessions").is_empty());
    let (code, _, err) = backscroll(&["list", "--demo", "has:share"]);
    assert_eq!(
        (code, err.as_str()),
        (
            2,
            "backscroll: has:share: `has:share` is asked by is:shared\n"
        )
    );
}
