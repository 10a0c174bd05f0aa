//! Totals of the sources that this file is named after and of its neighbour, against counts made by short independent
//! scripts over the same real logs, and against what peers print for them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use backscroll::env::Env;
use backscroll::index::Index;
use backscroll::ingest::{self, Choice};
use backscroll::model::{Row, Usage};
use serde_json::Value;

use super::shared;

struct Home {
    fixtures: PathBuf,
    index: Index,
    expected: Value,
}

fn load(set: &str) -> Home {
    let fixtures = shared().join("fixtures");
    let cache = tempfile::tempdir().unwrap();
    let mut env = Env::bare(&fixtures.join(set), "2026-11-21T00:00:00Z".parse().unwrap());
    env.vars
        .insert("BACKSCROLL_CACHE".into(), cache.path().into());
    let mut index = Index::default();
    index.apply(ingest::load(&env, &Choice::default()));
    assert_eq!(index.odd().len(), 0, "{set}");
    let text = std::fs::read_to_string(fixtures.join("expected-b.json")).unwrap();
    let all: Value = serde_json::from_str(&text).unwrap();
    let expected = all["sets"][set].clone();
    assert!(expected.is_object(), "{set} is not among what is expected");
    Home {
        fixtures,
        index,
        expected,
    }
}

impl Home {
    fn rows(&self) -> Vec<&Arc<Row>> {
        self.index.rows().collect()
    }

    fn row(&self, native: &str) -> &Arc<Row> {
        let mut rows = self.rows().into_iter();
        let found = rows.find(|row| *row.id().native == *native);
        found.unwrap_or_else(|| panic!("{native} is listed"))
    }

    /// The sums of all sessions in one file.
    fn in_file(&self, file: &Value) -> (Usage, Vec<&Arc<Row>>) {
        let path = self.fixtures.join(file.as_str().unwrap());
        let rows = self.rows().into_iter();
        let rows: Vec<&Arc<Row>> = rows.filter(|row| *row.session.unit.path == *path).collect();
        assert!(!rows.is_empty(), "{} is read", path.display());
        let mut usage = Usage::default();
        rows.iter().for_each(|row| usage.add(&row.own.usage));
        (usage, rows)
    }

    fn independent(&self) -> &Vec<Value> {
        self.expected["independent"].as_array().unwrap()
    }

    /// Each session of a peer that counts as we do, and its totals.
    fn agrees_with_ccusage(&self) {
        let theirs = &self.expected["ccusage"];
        for session in theirs["sessions"].as_array().unwrap() {
            let row = self.row(session["sessionId"].as_str().unwrap());
            assert_eq!(ours(&row.all.usage), peer(session), "{}", row.id());
        }
        let sums = self.index.sums(self.rows());
        assert_eq!(ours(&sums.usage), peer(&theirs["totals"]));
    }
}

fn number(value: &Value, key: &str) -> u64 {
    value[key].as_u64().unwrap_or(0)
}

fn ours(u: &Usage) -> [u64; 4] {
    [u.input, u.output, u.cache_read, u.cache_write]
}

fn peer(value: &Value) -> [u64; 4] {
    [
        "inputTokens",
        "outputTokens",
        "cacheReadTokens",
        "cacheCreationTokens",
    ]
    .map(|key| number(value, key))
}

/// As the log counts them: input includes what was cached.
fn logged(sums: &Value) -> [u64; 5] {
    [
        "inputTokens",
        "outputTokens",
        "cacheReadTokens",
        "cacheWriteTokens",
        "reasoningTokens",
    ]
    .map(|key| number(sums, key))
}

fn as_logged(u: &Usage) -> [u64; 5] {
    [
        u.prompt(),
        u.output,
        u.cache_read,
        u.cache_write,
        u.reasoning,
    ]
}

#[test]
fn copilot_equals_its_records_and_its_last_shutdown() {
    let home = load("copilot/real-1.0.102");
    for file in home.independent() {
        let (usage, rows) = home.in_file(&file["file"]);
        assert_eq!(as_logged(&usage), logged(&file["usageRecordSum"]));
        let shutdown = &file["lastShutdownModelMetrics"]["fake-gpt"];
        assert_eq!(
            as_logged(&usage),
            logged(shutdown),
            "records and sums agree"
        );
        let sum = |of: fn(&Row) -> u32| -> u64 { rows.iter().map(|row| u64::from(of(row))).sum() };
        assert_eq!(sum(|r| r.session.prompts), number(file, "userMessages"));
        assert_eq!(
            sum(|r| r.session.replies),
            number(file, "assistantMessages")
        );
        assert_eq!(sum(|r| r.session.tools), number(file, "toolCompletes"));
        assert!(rows.iter().all(|row| !row.session.flags.uncounted));
    }
    home.agrees_with_ccusage();
    // Splitrail adds up the sums of every shutdown, each of which holds those before it: 2,222 of the first are in the
    // 4,740 of the second.
    let sums = home.index.sums(home.rows());
    let theirs = number(&home.expected["splitrail"][0], "inputTokens");
    assert_eq!(theirs - sums.usage.prompt(), 2_222);
    // An agent in the same log is a session of its own, below the one that started it.
    let agent = home.row("526435bf-6540-4fab-83d5-71520cb8ea80");
    let parent = "59488208-0e51-4bf2-b7ba-a464382d68ac";
    assert_eq!(agent.session.parent.as_deref(), Some(parent));
    assert_eq!(agent.session.call.as_deref(), Some("call_5"));
    assert_eq!(agent.own.usage.total(), 1_135, "as its end says");
    // A command that ended with 2 failed, although its tool did not.
    assert_eq!(
        home.row("198f2058-9fa3-470e-a5b2-da229de9f0a3")
            .session
            .errors,
        1
    );
}

#[test]
fn older_copilot_logs_tell_what_they_know() {
    let home = load("copilot/agent-sessions");
    // Ccusage lists none of these: two lie as flat files, the third never ended. Splitrail prints 131 tokens in and 79
    // out, which no line of these logs holds.
    assert_eq!(
        home.expected["ccusage"]["sessions"],
        Value::Array(Vec::new())
    );
    assert_eq!(number(&home.expected["splitrail"][0], "inputTokens"), 131);
    for (id, at, uncounted) in [
        ("schema_drift", "schema_drift.jsonl", false),
        ("small", "small.jsonl", true),
        ("aaaabbbb-1111-2222-3333-ccccddddeeee", "events.jsonl", true),
    ] {
        let mut files = home.independent().iter();
        let file = files
            .find(|f| Path::new(f["file"].as_str().unwrap()).ends_with(at))
            .unwrap();
        let (usage, _) = home.in_file(&file["file"]);
        let row = home.row(id);
        assert_eq!(row.session.flags.uncounted, uncounted, "{id}");
        match &file["lastShutdownModelMetrics"]["gpt-4.1"] {
            // Without sums, the lengths of answers are all there is: 12 and 3, 12 and 14.
            Value::Null => {
                let output = if id == "small" { 15 } else { 26 };
                assert_eq!(as_logged(&usage), [0, output, 0, 0, 0], "{id}");
            }
            sums => assert_eq!(as_logged(&usage), logged(sums), "{id}"),
        }
    }
}

#[test]
fn kimi_equals_its_usage_records() {
    for set in ["kimi/real-2.1.0", "kimi/agent-sessions"] {
        let home = load(set);
        for file in home.independent() {
            let (usage, rows) = home.in_file(&file["file"]);
            let sums = &file["usageRecordSum"];
            let keys = [
                "inputOther",
                "output",
                "inputCacheRead",
                "inputCacheCreation",
            ];
            assert_eq!(ours(&usage), keys.map(|key| number(sums, key)), "{set}");
            let responses: u64 = rows.iter().map(|row| row.own.responses).sum();
            assert_eq!(responses, number(&file["records"], "usage.record"), "{set}");
        }
        home.agrees_with_ccusage();
    }
    // What was sent to watchers repeats what the context was given: nothing is told twice.
    let home = load("kimi/real-2.1.0");
    let row = home.row("session_ce48b1c3-8486-4db0-ba54-d3e62a5cedd5");
    let s = &row.session;
    assert_eq!((s.prompts, s.replies, s.tools, s.errors), (2, 4, 2, 0));
    let models = row.own.models.keys().flatten();
    let models: Vec<&str> = models.map(|m| m.name.as_str()).collect();
    assert_eq!(models, ["fake-gpt"], "the model behind the alias");
    let agent = load("kimi/agent-sessions");
    let agent = agent.row("agent-0@session_small");
    assert_eq!(agent.session.parent.as_deref(), Some("session_small"));
}
