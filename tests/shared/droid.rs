//! Factory Droid's logs of real runs: our totals against counts made by an independent script, and against a peer's.
//!
//! Every session is compared. Where a peer counts otherwise, the reason stands beside the comparison.

use std::collections::BTreeMap;

use backscroll::env::Env;
use backscroll::index::Index;
use backscroll::ingest::{self, Choice, Reading};
use backscroll::model::{Kind, Message, Part, Role, Row, Usage};
use serde_json::Value;

use super::shared;

const REAL: &str = "factory-droid/real-0.215.0";

struct Home {
    env: Env,
    rows: BTreeMap<String, Row>,
}

fn load(dir: &str) -> Home {
    let home = shared().join("fixtures").join(dir);
    let env = Env::bare(&home, "2026-11-21T00:00:00Z".parse().unwrap());
    let mut index = Index::default();
    index.apply(ingest::load(&env, &Choice::default()));
    assert_eq!(index.odd().len(), 0, "nothing in {dir} is broken");
    let rows = index
        .rows()
        .map(|row| (row.id().native.to_string(), (**row).clone()));
    Home {
        rows: rows.collect(),
        env,
    }
}

impl Home {
    fn messages(&self, id: &str) -> Vec<Message> {
        let mut reading = Reading::new(&self.rows[id].session);
        reading.read(&self.env).unwrap();
        let messages = reading.conversation().messages;
        messages.iter().map(|m| (**m).clone()).collect()
    }
}

fn expected() -> Value {
    let text = std::fs::read_to_string(shared().join("fixtures/expected-b.json")).unwrap();
    let all: Value = serde_json::from_str(&text).unwrap();
    all["sets"][REAL].clone()
}

fn usage(of: &Value) -> [u64; 5] {
    [
        "inputTokens",
        "outputTokens",
        "thinkingTokens",
        "cacheCreationTokens",
        "cacheReadTokens",
    ]
    .map(|key| of[key].as_u64().unwrap_or(0))
}

/// As the settings have them: thinking apart from output.
fn as_logged(u: &Usage) -> [u64; 5] {
    let output = u.output - u.reasoning;
    [u.input, output, u.reasoning, u.cache_write, u.cache_read]
}

#[test]
fn every_session_equals_the_independent_count() {
    let home = load(REAL);
    let expected = expected();
    let independent = expected["independent"].as_array().unwrap();
    assert_eq!(home.rows.len(), independent.len());
    for want in independent {
        let file = want["file"].as_str().unwrap().rsplit('/').next().unwrap();
        let id = file.strip_suffix(".settings.json").unwrap();
        let row = &home.rows[id];
        assert_eq!(
            as_logged(&row.own.usage),
            usage(&want["tokenUsage"]),
            "{id}"
        );
        let session = &row.session;
        let title = session.title.as_ref().map(|t| t.text.as_str());
        assert_eq!(title, want["title"].as_str(), "{id}");
        assert_eq!(session.parent.as_deref(), want["parent"].as_str(), "{id}");
        let model = format!("custom:{}", row.model().unwrap().name);
        assert_eq!(Some(&*model), want["model"].as_str(), "{id}");
        assert!(session.flags.automated, "{id} was run by `droid exec`");
        assert_eq!(
            session.dir.as_deref().unwrap().to_str(),
            Some("/home/dev/code/demo-app")
        );
        // The count has results as messages of their own.
        let messages = home.messages(id);
        let results = messages.iter().flat_map(|m| &m.parts);
        let results = results.filter(|p| matches!(p, Part::ToolResult(_))).count();
        let said = messages.iter().filter(|m| m.role != Role::System).count();
        let all = want["messagesWithoutContext"].as_u64().unwrap();
        assert_eq!((said + results) as u64, all, "{id}");
        // What a fork copied is shown and not counted again.
        let copied = if session.kind == Kind::Fork { 3 } else { 0 };
        assert_eq!(session.messages() as usize, said - copied, "{id}");
    }
}

#[test]
fn ccusage_counts_the_same() {
    let home = load(REAL);
    let expected = expected();
    let sessions = expected["ccusage"]["sessions"].as_array().unwrap();
    assert_eq!(home.rows.len(), sessions.len());
    for want in sessions {
        let id = want["sessionId"].as_str().unwrap();
        let row = &home.rows[id];
        // It keeps thinking out of the output and adds it to the total: the totals are equal, and where nothing was
        // thought, as here, so are the outputs.
        let [input, output, _, cache_write, cache_read] = as_logged(&row.own.usage);
        let [want_in, want_out, _, want_write, want_read] = usage(want);
        assert_eq!(
            [input, output, cache_write, cache_read],
            [want_in, want_out, want_write, want_read],
            "{id}"
        );
        assert_eq!(
            row.own.usage.total(),
            want["totalTokens"].as_u64().unwrap(),
            "{id}"
        );
        // It writes the names of models small.
        let model = row.model().unwrap().name.to_lowercase().to_string();
        assert_eq!(want["modelsUsed"], serde_json::json!([model]), "{id}");
    }
    let total: u64 = home.rows.values().map(|row| row.own.usage.total()).sum();
    let want = &expected["ccusage"]["totals"];
    assert_eq!(total, want["totalTokens"].as_u64().unwrap());
}

#[test]
fn the_calls_of_a_real_run_have_their_ends() {
    let home = load(REAL);
    let ends = |id: &str| -> Vec<(Option<bool>, Option<i32>)> {
        let messages = home.messages(id);
        let parts = messages.iter().flat_map(|m| &m.parts);
        parts
            .filter_map(|part| match part {
                Part::ToolResult(result) => Some((result.ok, result.exit)),
                _ => None,
            })
            .collect()
    };
    let plain = "a756e391-6896-4d50-8f5a-0906a4d8cc72";
    assert_eq!(ends(plain), [(Some(true), Some(0))]);
    let refused = "39678f80-ac44-4fde-918e-cf0e04a9c1f0";
    assert_eq!(ends(refused), [(Some(false), None), (Some(false), None)]);
    assert_eq!(home.rows[refused].session.errors, 2);
    let fork = &home.rows["5fcbe0cf-4946-4eb6-a9a1-cc796b75a1b5"].session;
    assert_eq!((fork.prompts, fork.replies, fork.tools), (1, 1, 0));
    let started = fork.started.unwrap().to_string();
    assert_eq!(
        started, "2026-11-20T23:36:48.305Z",
        "when it left its parent"
    );
}

#[test]
fn older_samples_are_sessions_and_captures_are_not() {
    let home = load("factory-droid/agent-sessions");
    // What `droid exec -o stream-json` printed lies under `projects`; it is no store.
    let ids: Vec<&str> = home.rows.keys().map(String::as_str).collect();
    assert_eq!(ids, ["droid_drift", "droid_s1"]);
    let title = |id: &str| {
        home.rows[id]
            .session
            .title
            .as_ref()
            .unwrap()
            .text
            .to_string()
    };
    assert_eq!(title("droid_drift"), "Stage0 Droid Drift");
    assert_eq!(title("droid_s1"), "Stage0 Droid Small");
    let small = &home.rows["droid_s1"].session;
    assert_eq!(
        (small.prompts, small.replies, small.tools, small.errors),
        (1, 1, 1, 1)
    );
    assert_eq!(small.version.as_ref().unwrap().as_str(), "0.81.0");
    let tokens: Vec<Option<u64>> = home.rows.values().map(Row::tokens).collect();
    assert_eq!(tokens, [None, None], "they have no settings");
    let prompt = &home.messages("droid_drift")[0];
    assert_eq!(prompt.parts, [Part::Text("Do the thing".into())]);
}
