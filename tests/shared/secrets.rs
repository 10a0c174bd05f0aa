//! Secrets in every shape that leaks, and what only looks like one: X5 over inputs made for it. All that a session
//! holds goes through the way out, as an export hands it over.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use backscroll::env::Env;
use backscroll::export::facts;
use backscroll::index::Index;
use backscroll::ingest::{self, Choice, Reading};
use backscroll::model::{Conversation, Part, Session};
use backscroll::redact::{Outlet, Scanner, Secrets};
use backscroll::text::Clean;
use serde_json::Value;

use super::hostile;

/// What stands around each secret in the manifest.
struct Canary {
    value: String,
    context: String,
}

fn canaries(manifest: &Value) -> BTreeMap<&str, Canary> {
    let all = manifest["canaries"]["secrets"].as_object().unwrap();
    let text = |canary: &Value, key: &str| canary[key].as_str().unwrap().to_owned();
    let canary = |canary| Canary {
        value: text(canary, "value"),
        context: text(canary, "context"),
    };
    all.iter()
        .map(|(name, c)| (name.as_str(), canary(c)))
        .collect()
}

fn redact(text: &str) -> String {
    let scanner = Scanner::new();
    let mut outlet = Outlet::new(&scanner, Secrets::Replace);
    outlet.text(text).as_str().to_owned()
}

/// Whether enough of a secret is left to be of use: a piece of 16 characters of one line of it. The start of one that a
/// title was cut in is shorter.
fn left_of(secret: &str, text: &str) -> Option<String> {
    let body = secret.lines().filter(|line| !line.starts_with("-----"));
    let mut pieces = body.flat_map(|line| {
        let letters: Vec<char> = line.chars().collect();
        let windows = letters.windows(16.min(letters.len()));
        windows
            .map(|piece| piece.iter().collect::<String>())
            .collect::<Vec<_>>()
    });
    pieces.find(|piece| text.contains(piece.as_str()))
}

/// Title, folder and branch, then each part as a whole.
fn leaves(session: &Session, conversation: &Conversation, outlet: &mut Outlet<'_>) -> String {
    let mut out = String::new();
    let mut push = |text: &str| {
        out.push_str(text);
        out.push('\n');
    };
    push(facts::title(session, outlet).as_str());
    if let Some(dir) = &session.dir {
        push(outlet.text(&dir.to_string_lossy()).as_str());
    }
    if let Some(branch) = &session.branch {
        push(outlet.clean(branch).as_str());
    }
    for part in conversation
        .messages
        .iter()
        .flat_map(|message| &message.parts)
    {
        let text = match part {
            Part::Text(raw) | Part::Thinking(Some(raw)) | Part::Notice { text: raw, .. } => {
                outlet.raw(raw)
            }
            Part::ToolCall(call) => outlet.raw(&call.input),
            Part::ToolResult(result) => outlet.output(&result.output),
            Part::Unknown { json, .. } => outlet.raw(json),
            _ => continue,
        };
        push(text.as_str());
    }
    out
}

struct Left {
    text: String,
    found: usize,
    took: Duration,
}

/// What leaves of each session below a home, by its id.
fn all_that_leaves(home: &Path, cache: &Path) -> BTreeMap<String, Left> {
    let mut env = Env::bare(home, "2026-11-21T00:00:00Z".parse().unwrap());
    env.vars.insert("BACKSCROLL_CACHE".into(), cache.into());
    let mut index = Index::default();
    index.apply(ingest::load(&env, &Choice::default()));
    let scanner = Scanner::new();
    let mut all = BTreeMap::new();
    for row in index.rows() {
        let mut reading = Reading::new(&row.session);
        if reading.read(&env).is_err() {
            continue;
        }
        let mut outlet = Outlet::new(&scanner, Secrets::Replace);
        let conversation = reading.conversation();
        let start = Instant::now();
        let text = leaves(&row.session, &conversation, &mut outlet);
        let left = Left {
            text,
            found: outlet.found().total(),
            took: start.elapsed(),
        };
        all.insert(row.id().native.to_string(), left);
    }
    all
}

/// X5, G9: 29 of 29 shapes go, the words around them stay, 0 of 29 look-alikes change.
#[test]
fn every_shape_goes_and_no_look_alike_does() {
    let dir = tempfile::tempdir().unwrap();
    let manifest = hostile::make(dir.path());
    let secrets = canaries(&manifest);
    assert_eq!(secrets.len(), 29);
    let mut wrong = Vec::new();
    for (name, canary) in &secrets {
        let said = format!("before\n{}\nafter", canary.context);
        let escaped = serde_json::to_string(&said).unwrap();
        for text in [
            said,
            escaped.clone(),
            serde_json::to_string(&escaped).unwrap(),
        ] {
            let out = redact(&text);
            if let Some(piece) = left_of(&canary.value, &out) {
                wrong.push(format!("{name}: {piece} is left in {out}"));
            }
            let around = canary.context.split(&canary.value);
            for words in around
                .flat_map(str::lines)
                .filter(|words| !words.contains(['\'', '"']))
            {
                if !out.contains(words) {
                    wrong.push(format!("{name}: '{words}' is gone from {out}"));
                }
            }
            if !out.contains("before") || !out.contains("after") {
                wrong.push(format!("{name}: what stands around is gone from {out}"));
            }
        }
    }
    let alike = manifest["canaries"]["not_secrets"].as_array().unwrap();
    assert_eq!(alike.len(), 29);
    let scanner = Scanner::new();
    for text in alike.iter().map(|text| text.as_str().unwrap()) {
        for text in [text.to_owned(), serde_json::to_string(text).unwrap()] {
            let hits = scanner.scan(&Clean::of(&text));
            if let Some(hit) = hits.first() {
                wrong.push(format!("{text} is changed by {}", hit.rule));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// X5, G9: the same out of whole sessions: titles, folders, branches, answers, tool output, cut, coloured or split.
#[test]
fn nothing_leaves_a_session_with_secrets() {
    let dir = tempfile::tempdir().unwrap();
    let cache = tempfile::tempdir().unwrap();
    let manifest = hostile::make(dir.path());
    let secrets = canaries(&manifest);
    let mut homes: BTreeMap<PathBuf, BTreeMap<String, Left>> = BTreeMap::new();
    let mut wrong = Vec::new();
    let mut judged = 0;
    for case in manifest["cases"].as_array().unwrap() {
        if case["category"] != "secrets" {
            continue;
        }
        judged += 1;
        let id = case["id"].as_str().unwrap();
        let home = dir.path().join(case["home"].as_str().unwrap());
        let left = homes
            .entry(home.clone())
            .or_insert_with(|| all_that_leaves(&home, cache.path()));
        let session = case["expect"]["session_ids"][0].as_str().unwrap();
        let Some(left) = left.get(session) else {
            wrong.push(format!("{id}: session {session} is not read"));
            continue;
        };
        for canary in case["canaries"].as_array().into_iter().flatten() {
            match canary.as_str().unwrap().split_once(':') {
                Some((_, name)) => {
                    if let Some(piece) = left_of(&secrets[name].value, &left.text) {
                        wrong.push(format!("{id}: {piece} of {name} leaves"));
                    }
                    if left.found == 0 {
                        wrong.push(format!("{id}: nothing is counted"));
                    }
                }
                None => {
                    for alike in manifest["canaries"]["not_secrets"].as_array().unwrap() {
                        let alike = alike.as_str().unwrap();
                        if !left.text.contains(alike) {
                            wrong.push(format!("{id}: {alike} is changed"));
                        }
                    }
                    if left.found > 0 {
                        wrong.push(format!("{id}: {} are found", left.found));
                    }
                }
            }
        }
        if id == "secret-10k-tokens" {
            assert_eq!(left.found, 10_000);
            // The goal is 100 ms in a release build; what is quadratic takes minutes.
            assert!(left.took < Duration::from_secs(20), "{:?}", left.took);
        }
    }
    assert_eq!(judged, manifest["counts"]["by_category"]["secrets"]);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// X5: what real agents logged is full of code and ids, and loses none of it.
#[test]
fn ordinary_sessions_lose_nothing() {
    let below = |dir: &Path| -> Vec<PathBuf> {
        let entries = std::fs::read_dir(dir).unwrap();
        let paths = entries.map(|entry| entry.unwrap().path());
        paths.filter(|path| path.is_dir()).collect()
    };
    let agents = below(&super::shared().join("fixtures"));
    let homes: Vec<PathBuf> = agents.iter().flat_map(|agent| below(agent)).collect();
    let cache = tempfile::tempdir().unwrap();
    let (mut bytes, mut found, mut sessions) = (0, 0, 0);
    for home in &homes {
        let left = all_that_leaves(home, cache.path());
        sessions += left.len();
        bytes += left.values().map(|left| left.text.len()).sum::<usize>();
        found += left.values().map(|left| left.found).sum::<usize>();
    }
    assert!(sessions > 50, "{sessions} sessions");
    assert!(
        found <= 1 + bytes / (1 << 20),
        "{found} in {bytes} bytes of {sessions} sessions"
    );
}
