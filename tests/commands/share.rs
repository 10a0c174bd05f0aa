//! What was shared, as commands show it and take it back, with a fake `gh`.

use serde_json::Value;

use super::launch::{Home, ID};

const URL: &str = "https://gist.github.com/ada/0123456789abcdef0123456789abcdef";

/// A home where that session was shared.
fn shared() -> Home {
    let home = Home::new();
    let folder = home.path(".local/share/backscroll");
    std::fs::create_dir_all(&folder).unwrap();
    let text = format!(
        "[[share]]\nsession = \"claude-code:{ID}\"\nurl = \"{URL}\"\nat = \"2026-03-02T00:00:00Z\"\nformat = \"html\"\n"
    );
    std::fs::write(folder.join("shares.toml"), text).unwrap();
    home
}

fn listed(home: &Home, query: &str) -> Vec<Value> {
    let (_, out, _) = home.run(&["list", query, "--json"]);
    let all: Value = serde_json::from_str(&out).unwrap();
    let urls = all["sessions"].as_array().unwrap().iter();
    urls.map(|s| s["shareUrl"].clone()).collect()
}

/// S2-12, S2-45: shared state is a filter, and shown.
#[test]
fn a_shared_session_is_marked() {
    let home = shared();
    assert_eq!(listed(&home, "is:shared"), [URL]);
    assert_eq!(listed(&home, "NOT is:shared"), [""; 0]);
    let (_, out, _) = home.run(&["show", ID, "--plain"]);
    assert!(out.contains(&format!("Share: {URL}")), "{out}");
    let bare = Home::new();
    assert_eq!(listed(&bare, "is:shared"), [""; 0]);
    assert_eq!(listed(&bare, ""), [Value::Null]);
}

/// S4-05: a link that the agent itself recorded is known too, and is not ours to take back.
#[test]
fn an_agents_own_link_is_shown() {
    let home = Home::new();
    let store = home.path(".local/share/opencode/storage");
    let session = store.join("session/global");
    std::fs::create_dir_all(&session).unwrap();
    let own = "https://opncd.ai/s/Weaving1";
    let put = |id: &str, share: &str| {
        let text = serde_json::json!({
            "id": id, "projectID": "global", "directory": home.cwd(), "title": "loom",
            "version": "1.1.0", "share": {"url": share},
            "time": {"created": 1_772_359_200_000_u64, "updated": 1_772_359_200_000_u64},
        });
        std::fs::write(session.join(format!("{id}.json")), text.to_string()).unwrap();
    };
    put("ses_347b5beffffeWeavingWeavin1", own);
    put("ses_347b5beffffeWeavingWeavin2", "javascript:alert(1)");
    put(
        "ses_347b5beffffeWeavingWeavin3",
        "https://opncd.ai/s/\u{1b}]0;x",
    );
    let (_, out, _) = home.run(&["list", "is:shared", "--all", "--json"]);
    let all: Value = serde_json::from_str(&out).unwrap();
    let urls: Vec<&Value> = all["sessions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| &s["shareUrl"])
        .collect();
    assert_eq!(urls, [own]);
    let (code, _, err) = home.run(&["unshare", "ses_347b5beffffeWeavingWeavin1"]);
    assert_eq!(code, 1);
    assert!(err.contains(own) && err.contains("agent itself"), "{err}");
}

/// S4-07, X6: argv exact, and then forgotten.
#[test]
fn a_share_is_taken_back() {
    let home = shared();
    let (code, _, err) = home.run(&["unshare", ID]);
    assert_eq!(code, 2);
    assert!(err.contains("gh is not on PATH"), "{err}");
    home.fake("gh", 1);
    let (code, _, err) = home.run(&["unshare", ID]);
    assert_eq!((code, err.lines().count()), (2, 1), "{err}");
    assert!(err.contains("--forget"), "{err}");
    assert_eq!(home.record()[..4], ["gist", "delete", URL, "--yes"]);
    assert_eq!(listed(&home, "is:shared"), [URL]);
    home.fake("gh", 0);
    let (code, out, _) = home.run(&["unshare", ID]);
    assert_eq!((code, out), (0, format!("Deleted: {URL}\n")));
    assert_eq!(home.record()[..4], ["gist", "delete", URL, "--yes"]);
    assert_eq!(listed(&home, "is:shared"), [""; 0]);
    let (code, _, err) = home.run(&["unshare", ID]);
    assert_eq!(code, 1);
    assert!(err.contains("it is not shared"), "{err}");
    assert_eq!(home.record(), [""; 0]);
    let again = shared();
    let (code, out, _) = again.run(&["unshare", ID, "--forget"]);
    assert_eq!((code, out), (0, format!("Forgotten: {URL}\n")));
}

/// S4-10: a team's file forbids it, whichever agent wrote the session.
#[test]
fn a_project_that_forbids_sharing_is_obeyed() {
    let home = Home::new();
    home.fake("gh", 0);
    let policy = "{\n  // never\n  \"share\": \"disabled\",\n}\n";
    std::fs::write(home.path("work/a b's/opencode.jsonc"), policy).unwrap();
    let (code, out, err) = home.run(&["share", ID, "--yes"]);
    assert_eq!((code, out.as_str(), err.lines().count()), (2, "", 1));
    assert!(err.contains("this project forbids sharing"), "{err}");
    assert_eq!(home.record(), [""; 0]);
}
