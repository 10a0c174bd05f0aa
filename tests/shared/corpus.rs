//! A generated home against its truth: every session, every figure.
//!
//! `BACKSCROLL_CORPUS` names a home made before (`make_corpus.py --profile large`); without it a medium one is made.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use backscroll::env::Env;
use backscroll::index::Index;
use backscroll::ingest::{self, Choice, Reading};
use backscroll::model::{Kind, Row, SessionId};
use backscroll::query::{Context, Query, Verdict};
use backscroll::search::{Depth, Seeking, Words, listen};
use backscroll::sources::{self, Want};
use rayon::prelude::*;
use serde_json::Value;

use super::{at_once, shared};

/// At most so many differences are worth reading.
const SHOWN: usize = 20;

/// Each phrase that was hidden in some conversations is found in those and in no others.
fn every_needle_is_found(env: &Env, index: &Index, truth: &Value) {
    let context = Context {
        now: env.now(),
        zone: env.zone.clone(),
        home: env.home.clone(),
        sources: Vec::new(),
    };
    let needles: Vec<(Query, BTreeSet<&str>)> = truth["needles"]
        .as_array()
        .unwrap()
        .iter()
        .map(|needle| {
            let phrase = needle["phrase"].as_str().unwrap();
            let text = match needle["kind"].as_str().unwrap() {
                "tool_result" => format!("out:\"{phrase}\""),
                _ if phrase.contains('"') => format!("/{}/", phrase.replace('\\', r"\\")),
                _ => format!("\"{phrase}\""),
            };
            let holders = needle["sessions"].as_array().unwrap().iter();
            let holders = holders.map(|id| id.as_str().unwrap()).collect();
            (Query::parse(&text, &context), holders)
        })
        .collect();
    let rows: Vec<Arc<Row>> = index.rows().cloned().collect();
    let mut words = Words::default();
    words.learn(env, &rows).unwrap();
    assert!(rows.iter().all(|row| words.knows(row)));
    let found: Vec<(usize, &str)> = rows
        .par_iter()
        .flat_map_iter(|row| {
            let mut reading = Reading::new(&row.session);
            reading.read(env).unwrap();
            let conversation = reading.conversation();
            let mut here = Vec::new();
            for (n, (query, _)) in needles.iter().enumerate() {
                let listened = listen(query, &conversation, Depth::Hits(0));
                let fits = query.judge(row, &listened) != Verdict::No;
                // What is looked up is what is read, hit by hit.
                let asked = Seeking::new(env, query, &words, Depth::Hits(0))
                    .ask(row)
                    .unwrap();
                assert_eq!(asked.is_some(), fits, "{query} in {}", row.id());
                if fits {
                    assert_eq!(asked.unwrap().listened.hits, listened.hits);
                    here.push((n, &*row.id().native));
                }
            }
            here
        })
        .collect();
    for (n, (query, holders)) in needles.iter().enumerate() {
        // The generator names a few holders whose logs it then wrote without the phrase: the bytes decide.
        let word = query
            .text()
            .split(|c: char| !c.is_alphanumeric() && c != '_');
        let word = word.max_by_key(|word| word.len()).unwrap();
        let holds = |id: &str| {
            let row = index.rows().find(|row| &*row.id().native == id).unwrap();
            let log = std::fs::read(&row.session.unit.path).unwrap();
            word.is_ascii()
                .then(|| memchr::memmem::find(&log, word.as_bytes()).is_some())
        };
        let holders: BTreeSet<&str> = holders
            .iter()
            .copied()
            .filter(|id| holds(id) != Some(false))
            .collect();
        assert!(!holders.is_empty());
        let found = found.iter().filter(|(of, _)| *of == n);
        let found: BTreeSet<&str> = found.map(|(_, id)| *id).collect();
        assert_eq!(found, holders, "{query}");
    }
}

#[test]
fn every_session_of_a_corpus_is_told_as_it_is() {
    let made = tempfile::tempdir().unwrap();
    let dir = match std::env::var_os("BACKSCROLL_CORPUS") {
        Some(dir) => PathBuf::from(dir),
        None => make(made.path()),
    };
    let truth: Value =
        serde_json::from_slice(&std::fs::read(dir.join("truth.json")).unwrap()).unwrap();
    let mut env = Env::bare(&dir.join("home"), "2026-11-21T00:00:00Z".parse().unwrap());
    let cache = tempfile::tempdir().unwrap();
    env.vars
        .insert("BACKSCROLL_CACHE".into(), cache.path().into());
    let mut index = Index::default();
    index.apply(ingest::load(&env, &Choice::default()));
    // Who wants sums only is told less, and nothing else.
    let mut sums = Index::default();
    sums.apply(ingest::load_for(&env, &Choice::default(), Want::Spends));
    for (row, short) in index.rows().zip(sums.rows()) {
        assert_eq!(
            (&row.own, &row.all, &row.root),
            (&short.own, &short.all, &short.root)
        );
        let same = |row: &Row| {
            let s = &row.session;
            (
                s.id.clone(),
                s.prompts,
                s.replies,
                s.started,
                s.updated,
                s.dir.clone(),
            )
        };
        assert_eq!(same(row), same(short));
    }
    assert_eq!(index.rows().len(), sums.rows().len());
    assert_eq!(at_once::is_the_same(&env).len(), 4);
    every_needle_is_found(&env, &index, &truth);
    let mut wrong = Vec::new();
    let mut compared = 0;
    let mut check = |told: &Value, is_child: bool| {
        compared += 1;
        let source = sources::named(told["source"].as_str().unwrap()).unwrap();
        let id = SessionId::new(source.card().id, told["id"].as_str().unwrap());
        match index.row(&id) {
            Some(row) => differences(row, told, is_child, &mut wrong),
            None => wrong.push(format!("{id} is not listed")),
        }
    };
    for session in truth["sessions"].as_array().unwrap() {
        check(session, false);
        for child in session["subagents"].as_array().into_iter().flatten() {
            let mut child = child.clone();
            child["source"] = session["source"].clone();
            check(&child, true);
        }
    }
    assert_eq!(index.rows().len(), compared, "more sessions than there are");
    let shown = &wrong[..wrong.len().min(SHOWN)];
    assert!(
        wrong.is_empty(),
        "{} differences:\n{}",
        wrong.len(),
        shown.join("\n")
    );
}

fn make(dir: &Path) -> PathBuf {
    let script = shared().join("corpus/make_corpus.py");
    let out = dir.join("medium");
    let status = Command::new("python3")
        .arg(script)
        .args(["--profile", "medium", "--out"])
        .arg(&out)
        .output();
    assert!(status.unwrap().status.success());
    out
}

fn differences(row: &Row, told: &Value, is_child: bool, wrong: &mut Vec<String>) {
    let session = &row.session;
    let source = session.id.source.0;
    let mut same = |what: &str, got: String, want: String| {
        if got != want {
            wrong.push(format!("{}: {what} is {got}, the truth {want}", session.id));
        }
    };
    let text = |key: &str| told[key].as_str().unwrap_or("-").to_owned();
    let time = |at: Option<jiff::Timestamp>| at.map_or("-".into(), |at| format!("{at:.3}"));
    if !told["first_timestamp"].is_null() {
        // The truth's start of these is when the generator began, which stands in no log of theirs.
        if source != "factory-droid" {
            same("start", time(session.started), text("first_timestamp"));
        }
        same("end", time(session.updated), text("last_timestamp"));
    }
    if !is_child {
        let dir = session
            .dir
            .as_deref()
            .map_or("-".into(), |d| d.display().to_string());
        same("project", dir, text("project"));
        let title = session
            .title
            .as_ref()
            .map_or("-".into(), |t| t.text.to_string());
        // The truth cuts at 100 characters, wherever that is; ours ends in the mark of the cut, behind a word if one is near.
        let truth = text("title");
        let start = title
            .strip_suffix("..")
            .filter(|_| truth.chars().count() == 100);
        let title = match start {
            Some(start) if start.len() > 70 && truth.starts_with(start) => truth.clone(),
            _ => title,
        };
        same(
            "title",
            title.trim_end().to_owned(),
            truth.trim_end().to_owned(),
        );
    }
    if !told["messages"].is_null() {
        let messages = &told["messages"];
        // A fork that repeats a prompt and no reply shares nothing that its logs would tell.
        if told["forked_from"].is_null() || session.kind == Kind::Fork {
            same(
                "prompts",
                session.prompts.to_string(),
                messages["user"].to_string(),
            );
        }
        same(
            "replies",
            session.replies.to_string(),
            messages["assistant"].to_string(),
        );
    }
    // These logs keep thinking apart from output, and so does the truth; our output has it.
    let apart = matches!(source, "opencode" | "factory-droid");
    let quad = |value: &Value| {
        let n = |key: &str| value[key].as_u64().unwrap_or(0);
        let output = n("output") + if apart { n("reasoning") } else { 0 };
        [
            n("input"),
            output,
            n("cache_write"),
            n("cache_read"),
            n("reasoning"),
        ]
    };
    let u = &row.own.usage;
    let ours = [u.input, u.output, u.cache_write, u.cache_read, u.reasoning];
    same(
        "tokens",
        format!("{ours:?}"),
        format!("{:?}", quad(&told["tokens"])),
    );
    let mut models: BTreeMap<String, String> = BTreeMap::new();
    for (model, one) in row.own.named() {
        let u = &one.usage;
        let tokens = [u.input, u.output, u.cache_write, u.cache_read, u.reasoning];
        let cost = match one.cost.reported() {
            0 => 0,
            _ => one.cost.cost().usd.nanos(),
        };
        // One settings file keeps one sum for all requests.
        let requests = if source == "factory-droid" {
            0
        } else {
            one.responses
        };
        models.insert(
            model.name.to_string(),
            format!("{tokens:?} {requests} {cost}"),
        );
    }
    let mut theirs: BTreeMap<String, String> = BTreeMap::new();
    for (model, one) in told["models"].as_object().into_iter().flatten() {
        let cost = one["recorded_cost_usd"].as_f64().unwrap_or(0.0);
        let nanos = (cost * 1e9).round() as i64;
        let requests = if source == "factory-droid" {
            0
        } else {
            one["requests"].as_u64().unwrap()
        };
        theirs.insert(model.clone(), format!("{:?} {requests} {nanos}", quad(one)));
    }
    same("models", format!("{models:?}"), format!("{theirs:?}"));
}
