//! `backscroll search` over the sample sessions.

use super::{backscroll, json};

/// Message numbers and snippets of all hits of a query.
fn hits(query: &str) -> Vec<(u64, String)> {
    let out = json(&["search", "--demo", "--json", "--", query]);
    let hits = out["hits"].as_array().unwrap().iter();
    let hit = |hit: &serde_json::Value| {
        let snippet = hit["snippet"].as_str().unwrap_or_default().to_owned();
        (hit["message"].as_u64().unwrap_or(0), snippet)
    };
    hits.map(hit).collect()
}

#[test]
fn a_hit_names_its_place_and_the_command_that_shows_it() {
    let out = json(&["search", "--demo", "--json", "--context", "1", "rafted"]);
    assert_eq!(out["schemaVersion"], 1);
    assert_eq!(out["sessions"], 1);
    let hits = out["hits"].as_array().unwrap();
    assert!(hits.len() > 2);
    for hit in hits {
        let snippet = hit["snippet"].as_str().unwrap();
        let place = hit["match"].as_array().unwrap();
        let [from, to] = [&place[0], &place[1]].map(|n| n.as_u64().unwrap() as usize);
        assert_eq!(snippet[from..to].to_lowercase(), "rafted");
        assert_eq!(hit["source"], "claude-code");
        // What it names is a message with that line.
        let show: Vec<&str> = hit["show"].as_str().unwrap().split(' ').skip(1).collect();
        let shown = json(&[&show[..], &["--demo", "--json"]].concat());
        let messages = shown["messages"].as_array().unwrap();
        assert_eq!(messages.len(), 1);
        assert_eq!(messages[0]["number"], hit["message"]);
        assert_eq!(messages[0]["role"], hit["role"]);
    }
    assert!(
        hits.iter()
            .any(|hit| hit["before"] != serde_json::json!([]))
    );
}

#[test]
fn fields_look_where_they_say() {
    assert!(
        hits("cmd:cargo")
            .iter()
            .all(|(_, line)| line.contains("cargo"))
    );
    assert!(
        hits("wrote:*.rs")
            .iter()
            .all(|(_, line)| line.ends_with(".rs"))
    );
    // What tools answer is searched when it is asked for.
    assert!(
        hits("out:rafted")
            .iter()
            .any(|(_, line)| line.contains("ERROR: column"))
    );
    let all = hits("rafted");
    assert!(!all.is_empty() && all.iter().all(|(_, line)| !line.contains("ERROR: column")));
    // Words are joined over a whole session, and fields narrow it.
    let both = hits("rafted source:claude dinghy");
    assert!(both.iter().any(|(_, line)| line.contains("dinghy")));
    // Fields of the row alone name sessions without a line.
    assert!(hits("source:codex").iter().all(|(number, _)| *number == 0));
    let (code, out, _) = backscroll(&["search", "--demo", "rafted", "source:codex"]);
    assert_eq!((code, out.as_str()), (1, ""));
}

#[test]
fn patterns_slips_and_what_is_left_out() {
    assert!(!hits("/raft(ed|ing)/").is_empty());
    assert!(
        hits("~raffted")
            .iter()
            .any(|(_, line)| line.contains("rafted"))
    );
    let with = hits("tool:bash");
    let without = hits("tool:bash -rafted");
    assert!(!without.is_empty() && without.len() < with.len());
}

#[test]
fn what_asks_nothing_is_refused() {
    for (args, line) in [
        (
            &["search", "--demo", "/a(b/"][..],
            "backscroll: /a(b/: unclosed group\n",
        ),
        (
            &["search", "--demo"],
            "backscroll: search: nothing to look for; try: backscroll search parser\n",
        ),
    ] {
        let (code, out, err) = backscroll(args);
        assert_eq!((code, out.as_str(), err.as_str()), (2, "", line));
    }
}
