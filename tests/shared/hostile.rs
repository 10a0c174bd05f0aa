//! Inputs made to break readers: nothing may panic or hang, no good session may be missing, nothing may be changed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use backscroll::env::Env;
use backscroll::index::Index;
use backscroll::ingest::{self, Choice, Reading};
use backscroll::model::{Conversation, Part};
use backscroll::query::{Context, Query};
use backscroll::search::{Depth, listen};
use backscroll::text::Clean;
use jiff::tz::TimeZone;
use serde_json::Value;

use super::shared;

/// Where we differ from the manifest, and why. A case that no longer differs must leave this list.
const DIFFER: &[(&str, &str)] = &[];

/// Sources that do not exist yet.
const LATER: &[&str] = &[];

pub fn make(dir: &Path) -> Value {
    run(&["--out", &dir.to_string_lossy(), "--force"]);
    serde_json::from_slice(&std::fs::read(dir.join("manifest.json")).unwrap()).unwrap()
}

fn run(args: &[&str]) {
    let script = shared().join("hostile/make_hostile.py");
    let output = Command::new("python3")
        .arg(script)
        .args(args)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stdout)
    );
}

/// Everything said in a conversation, as one text.
fn words(conversation: &Conversation) -> String {
    let mut text = String::new();
    for part in conversation.messages.iter().flat_map(|m| &m.parts) {
        let said = match part {
            Part::Text(raw) | Part::Thinking(Some(raw)) | Part::Notice { text: raw, .. } => raw,
            Part::ToolCall(call) => &call.input,
            Part::ToolResult(result) => &result.output,
            Part::Unknown { json, .. } => json,
            _ => continue,
        };
        text.push_str(said.untrusted());
        text.push('\n');
    }
    text
}

struct Read {
    index: Index,
    said: BTreeMap<String, String>,
    conversations: Vec<Conversation>,
}

impl Read {
    /// Whether a person who types what they saw finds it.
    fn finds(&self, needle: &str) -> bool {
        let context = Context {
            now: "2026-11-21T00:00:00Z".parse().unwrap(),
            zone: TimeZone::UTC,
            home: PathBuf::from("/home/nobody"),
            sources: Vec::new(),
        };
        let seen = Clean::of(needle);
        let query = Query::parse(&format!("\"{seen}\" OR out:\"{seen}\""), &context);
        let said = self.conversations.iter();
        said.map(|conversation| listen(&query, conversation, Depth::Hits(0)))
            .any(|listened| !listened.hits.is_empty())
    }
}

fn read(home: &Path, cache: &Path) -> Read {
    let mut env = Env::bare(home, "2026-11-21T00:00:00Z".parse().unwrap());
    env.vars.insert("BACKSCROLL_CACHE".into(), cache.into());
    let mut index = Index::default();
    index.apply(ingest::load(&env, &Choice::default()));
    let mut said = BTreeMap::new();
    let mut conversations = Vec::new();
    for row in index.rows() {
        let mut reading = Reading::new(&row.session);
        if reading.read(&env).is_ok() {
            let conversation = reading.conversation();
            said.insert(row.id().native.to_string(), words(&conversation));
            conversations.push(conversation);
        }
    }
    Read {
        index,
        said,
        conversations,
    }
}

#[test]
fn bad_inputs_hide_no_good_session_and_nothing_is_changed() {
    let dir = tempfile::tempdir().unwrap();
    let cache = tempfile::tempdir().unwrap();
    let manifest = make(dir.path());
    let mut homes: BTreeMap<PathBuf, Read> = BTreeMap::new();
    let mut differ: BTreeMap<String, String> = BTreeMap::new();
    for case in manifest["cases"].as_array().unwrap() {
        let id = case["id"].as_str().unwrap();
        if LATER.contains(&case["source"].as_str().unwrap()) {
            continue;
        }
        let home = dir.path().join(case["home"].as_str().unwrap());
        let read = homes.entry(home.clone()).or_insert_with(|| {
            let start = Instant::now();
            let read = read(&home, cache.path());
            // A hang is a failure, slowness on a busy machine is not.
            assert!(
                start.elapsed() < Duration::from_secs(120),
                "{} took too long",
                home.display()
            );
            read
        });
        if let Some(why) = difference(case, read) {
            differ.insert(id.to_owned(), why);
        }
    }
    let known: Vec<&str> = DIFFER.iter().map(|(id, _)| *id).collect();
    let new: Vec<String> = differ
        .iter()
        .filter(|(id, _)| !known.contains(&id.as_str()))
        .map(|(id, why)| format!("{id}: {why}"))
        .collect();
    let mended: Vec<&&str> = known
        .iter()
        .filter(|id| !differ.contains_key(**id))
        .collect();
    run(&["--check", &dir.path().to_string_lossy()]);
    assert!(new.is_empty(), "{} differ:\n{}", new.len(), new.join("\n"));
    assert!(mended.is_empty(), "no longer differ: {mended:?}");
}

fn difference(case: &Value, read: &Read) -> Option<String> {
    let expect = &case["expect"];
    let strings = |key: &str| -> Vec<&str> {
        expect[key]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect()
    };
    if expect["outcome"] == "any_no_crash" {
        return None;
    }
    for id in strings("session_ids") {
        if !read.said.keys().any(|known| known == id) {
            return Some(format!("session {id} is not listed"));
        }
    }
    let all = |needle: &str| read.said.values().any(|text| text.contains(needle));
    for needle in strings("needles") {
        if !all(needle) {
            return Some(format!("'{needle}' is not shown"));
        }
        if !read.finds(needle) {
            return Some(format!("'{needle}' is not found"));
        }
    }
    for needle in strings("absent") {
        if all(needle) {
            return Some(format!("'{needle}' is shown"));
        }
    }
    let want = expect["bad_records"].as_u64()?;
    let also_fine = expect["also_ok"]
        .as_array()
        .is_some_and(|a| a.iter().any(|o| o == "load"));
    let paths: Vec<&str> = case["paths"]
        .as_array()?
        .iter()
        .filter_map(Value::as_str)
        .collect();
    let count = |path: &str| -> u64 {
        read.index
            .odd()
            .filter(|odd| odd.unit.path.to_string_lossy().ends_with(path))
            .flat_map(|odd| &odd.counts)
            .filter(|(what, _)| **what != backscroll::sources::Oddity::Repaired)
            .map(|(_, n)| u64::from(*n))
            .sum()
    };
    let [path] = paths.as_slice() else {
        return None;
    };
    if path.contains('%') {
        return None;
    }
    let got = count(path);
    (got != want && !(also_fine && got == 0))
        .then(|| format!("{got} bad records, the manifest says {want}"))
}

#[test]
fn a_storm_of_changes_ends_in_the_true_state() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(dir.path().join("home/.claude/projects")).unwrap();
    let env = Env::bare(
        &dir.path().join("home"),
        "2026-11-21T00:00:00Z".parse().unwrap(),
    );
    let (send, news) = std::sync::mpsc::channel();
    let send = Box::new(move |delta| send.send(delta).is_ok());
    let loader = ingest::Loader::spawn(env, Choice::default(), true, send);
    run(&["--storm", &dir.path().to_string_lossy(), "--seconds", "5"]);
    let text = std::fs::read(dir.path().join("storm.json")).unwrap();
    let storm: Value = serde_json::from_slice(&text).unwrap();
    let want: BTreeMap<String, u64> = storm["sessions"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(id, session)| (id.clone(), session["texts"].as_u64().unwrap()))
        .collect();
    let mut index = Index::default();
    let deadline = Instant::now() + Duration::from_secs(20);
    let mut have = BTreeMap::new();
    while have != want && Instant::now() < deadline {
        if let Ok(delta) = news.recv_timeout(Duration::from_millis(200)) {
            index.apply(delta);
        }
        let row = |row: &std::sync::Arc<backscroll::model::Row>| {
            (row.id().native.to_string(), u64::from(row.session.prompts))
        };
        have = index.rows().map(row).collect();
    }
    drop(loader);
    assert_eq!(have, want);
}
