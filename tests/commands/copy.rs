//! `backscroll copy` over the sample sessions, with a clipboard that remembers.

use std::sync::{Arc, Mutex};

use backscroll::cli::{self, Streams};
use backscroll::demo;
use backscroll::env::{Clipboard, Env};
use serde_json::Value;

/// A session of the sample home.
const ONE: &str = "eee65f53";

/// Takes what is copied.
#[derive(Default)]
struct Taken(Mutex<Vec<String>>);

impl Clipboard for Taken {
    fn copy(&self, text: &str) -> Result<&'static str, String> {
        self.0.lock().unwrap().push(text.to_owned());
        Ok("clipboard")
    }
}

/// Runs a command over the sample home and gives what it said and copied.
fn copied(args: &[&str]) -> (i32, String, Vec<String>) {
    let cache = tempfile::tempdir().unwrap();
    let mut env = Env::bare(cache.path(), demo::LAST.parse().unwrap());
    env.vars
        .insert("BACKSCROLL_CACHE".into(), cache.path().into());
    let taken = Arc::new(Taken::default());
    env.clipboard = taken.clone();
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let words = ["backscroll", "--demo", "copy"].iter().chain(args);
    let words = words.map(std::ffi::OsString::from).collect();
    let mut streams = Streams {
        out: &mut out,
        err: &mut err,
    };
    let code = cli::run(env, words, &mut streams);
    let said = String::from_utf8([out, err].concat()).unwrap();
    let taken = taken.0.lock().unwrap().clone();
    (code, said, taken)
}

/// S2-41 and G4: one thing, as its source has it, and a line that says what, how much and by which way.
#[test]
fn copy_takes_one_thing() {
    let (code, said, taken) = copied(&[ONE]);
    assert_eq!(code, 0, "{said}");
    assert!(
        said.starts_with("Copied the conversation, ") && said.contains(" messages, "),
        "{said}"
    );
    assert!(said.ends_with(" bytes (clipboard)\n"), "{said}");
    assert!(
        taken[0].starts_with("# Let the tide hand linger at low water\n")
            && taken[0].contains("\n**Bash** ")
    );
    let what = |what: &str| {
        let (code, said, taken) = copied(&[ONE, "--what", what]);
        assert_eq!((code, taken.len()), (0, 1), "{what}: {said}");
        taken[0].clone()
    };
    let words = what("prompts");
    assert!(
        words.contains("\n## You\n") && !words.contains("**Bash**") && !words.contains("Thinking")
    );
    assert!(what("prompt").lines().count() < words.lines().count());
    assert!(words.contains(what("answer").lines().next().unwrap()));
    assert!(!what("code").contains("```"));
    assert_eq!(what("id"), "eee65f53-e942-4ce5-b211-670eae679f02");
    assert!(what("path").ends_with("/eee65f53-e942-4ce5-b211-670eae679f02.jsonl"));
    assert_eq!(what("dir"), "/home/mara/code/tidepool");
    assert!(what("resume").contains("eee65f53-e942-4ce5-b211-670eae679f02"));
    let (code, said, _) = copied(&[ONE, "--what", "id", "--json"]);
    let said: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(
        (code, said["bytes"].as_u64(), said["route"].as_str()),
        (0, Some(36), Some("clipboard"))
    );
    assert_eq!(what("short-id"), "eee65f53");
    let (_, _, taken) = copied(&[ONE, "--what", "message", "--at", "1"]);
    assert!(words.contains(taken[0].lines().next().unwrap()));
    let (_, _, taken) = copied(&[ONE, "--what", "link", "--at", "2"]);
    assert_eq!(taken, ["backscroll show eee65f53 --at 2"]);
    assert_eq!(copied(&[ONE, "--what", "message", "--at", "9999"]).0, 1);
    assert_eq!(copied(&[ONE, "--what", "id", "--at", "1"]).0, 2);
    // A pipe gets the same, and the clipboard stays as it is.
    let (code, said, taken) = copied(&[ONE, "--what", "dir", "--print"]);
    assert_eq!((code, said.as_str()), (0, "/home/mara/code/tidepool\n"));
    assert!(taken.is_empty());
    assert_eq!(copied(&["nothing-like-it"]).0, 1);
    assert_eq!(copied(&[ONE, "--what", "soul"]).0, 2);
}

/// RELIABILITY 9, tier 3: a copy can be without traces of the person, and says what went.
#[test]
fn a_copy_can_be_anonymous() {
    let (code, said, taken) = copied(&[ONE, "--what", "path", "--anonymize"]);
    assert_eq!(code, 0, "{said}");
    assert!(taken[0].starts_with("[redacted:home-path "), "{}", taken[0]);
    assert!(said.contains("home-path"), "{said}");
    let (_, _, plain) = copied(&[ONE, "--what", "path"]);
    assert!(plain[0].starts_with('/'), "{}", plain[0]);
}
