//! Totals of agents that log parts of the same shape, against counts made by an independent script over the same real
//! logs, and against what peers print for them. Where a peer differs, the reason stands beside its number.

use std::collections::BTreeMap;

use backscroll::env::Env;
use backscroll::index::Index;
use backscroll::ingest::{self, Choice};
use backscroll::model::{Role, Row, Usage};
use serde_json::Value;

use super::shared;

fn load(dir: &str) -> (Index, Env, tempfile::TempDir) {
    let home = shared().join("fixtures").join(dir);
    let cache = tempfile::tempdir().unwrap();
    let mut env = Env::bare(&home, "2026-11-21T00:00:00Z".parse().unwrap());
    env.vars
        .insert("BACKSCROLL_CACHE".into(), cache.path().into());
    let mut index = Index::default();
    index.apply(ingest::load(&env, &Choice::default()));
    (index, env, cache)
}

fn expected(dir: &str) -> Value {
    let text = std::fs::read_to_string(shared().join("fixtures/expected-b.json")).unwrap();
    let all: Value = serde_json::from_str(&text).unwrap();
    all["sets"][dir].clone()
}

/// Rows by their logs, named as the reference names them.
fn by_file(index: &Index) -> BTreeMap<String, Row> {
    let root = shared().join("fixtures");
    let rows = index.rows().map(|row| {
        let path = row.session.unit.path.strip_prefix(&root).unwrap();
        (path.to_string_lossy().into_owned(), (**row).clone())
    });
    rows.collect()
}

/// Input with what was cached, cached, output with thoughts, thoughts, all.
fn counts(u: &Usage) -> [u64; 5] {
    [
        u.input + u.cache_read,
        u.cache_read,
        u.output,
        u.reasoning,
        u.total(),
    ]
}

fn number(value: &Value, key: &str) -> u64 {
    value[key].as_u64().unwrap_or(0)
}

#[test]
fn gemini_counts_equal_the_reference() {
    let mut files = 0;
    for dir in ["real-0.61.0", "agent-sessions", "agentsview"] {
        let dir = format!("gemini/{dir}");
        let (index, _, _cache) = load(&dir);
        let rows = by_file(&index);
        for want in expected(&dir)["independent"].as_array().unwrap() {
            let file = want["file"].as_str().unwrap();
            let row = &rows[file];
            let spent = &want["tokensSpent_allRecordsById"];
            let n = |key| number(spent, key);
            let output = n("output") + n("thoughts");
            // One sample's own total counts cached tokens beside the input that includes them.
            let total = n("input") + output + n("tool");
            assert_eq!(
                counts(&row.own.usage),
                [n("input"), n("cached"), output, n("thoughts"), total],
                "{file}"
            );
            if !dir.ends_with("agentsview") {
                assert_eq!(total, n("total"), "{file}");
            }
            let told = row.tokens().is_some();
            assert_eq!(told, total > 0 || row.session.replies == 0, "{file}");
            files += 1;
        }
    }
    assert_eq!(files, 8);
}

#[test]
fn a_resumed_gemini_session_is_shown_once_and_counted_in_full() {
    let (index, env, _cache) = load("gemini/real-0.61.0");
    let row = index
        .rows()
        .find(|row| row.session.id.native.starts_with("8aceb8d0"))
        .unwrap();
    // The played-back history has lost the tokens of what came before the resume: 2148 where 4136 were spent.
    assert_eq!(row.own.usage.total(), 4136);
    let session = &row.session;
    // The reference also counts what the program put in and the results given back as a user's: six.
    assert_eq!((session.prompts, session.replies), (2, 4));
    assert_eq!((session.tools, session.errors), (2, 1));
    assert_eq!(
        session.dir.as_deref().and_then(|d| d.to_str()),
        Some("/home/dev/code/demo-app")
    );
    let mut reading = ingest::Reading::new(session);
    reading.read(&env).unwrap();
    let talk = reading.conversation();
    let roles: Vec<Role> = talk.messages.iter().map(|m| m.role).collect();
    use Role::{Assistant, System, User};
    assert_eq!(
        roles,
        [
            System, User, Assistant, Assistant, User, Assistant, Assistant
        ]
    );
}

#[test]
fn peers_count_gemini_alike_but_for_known_reasons() {
    let want = expected("gemini/real-0.61.0");
    let (index, _, _cache) = load("gemini/real-0.61.0");
    for theirs in want["ccusage"]["sessions"].as_array().unwrap() {
        let id = theirs["sessionId"].as_str().unwrap();
        let row = index.rows().find(|r| *r.id().native == *id).unwrap();
        let ours = &row.own.usage;
        assert_eq!(ours.input, number(theirs, "inputTokens"));
        assert_eq!(ours.cache_read, number(theirs, "cacheReadTokens"));
        // ccusage shows output without thoughts, and adds them to its total only.
        let bare = ours.output - ours.reasoning;
        assert_eq!(bare, number(theirs, "outputTokens"));
        assert_eq!(ours.total(), number(theirs, "totalTokens"));
    }
    // splitrail drops the resumed session: 974 tokens in all, where 5110 were spent.
    let theirs = &want["splitrail"][0];
    let output = number(theirs, "outputTokens") + number(theirs, "reasoningTokens");
    assert_eq!(number(theirs, "inputTokens") + output, 974);
    let all: u64 = index.rows().map(|row| row.own.usage.total()).sum();
    assert_eq!(all, 5110);
}

#[test]
fn qwen_counts_equal_the_reference() {
    let mut files = 0;
    for dir in ["real-0.24.4", "agent-sessions"] {
        let dir = format!("qwen/{dir}");
        let (index, _, _cache) = load(&dir);
        let rows = by_file(&index);
        for want in expected(&dir)["independent"].as_array().unwrap() {
            let file = want["file"].as_str().unwrap();
            let row = &rows[file];
            let sum = &want["usageMetadataSum"];
            let n = |key| number(sum, key);
            // This server counts thoughts within its answers, as the totals show.
            assert_eq!(
                counts(&row.own.usage),
                [
                    n("promptTokenCount"),
                    n("cachedContentTokenCount"),
                    n("candidatesTokenCount"),
                    n("thoughtsTokenCount"),
                    n("totalTokenCount"),
                ],
                "{file}"
            );
            files += 1;
        }
    }
    assert_eq!(files, 7);
}

#[test]
fn a_qwen_session_has_its_sub_agent_and_the_lists_totals() {
    let dir = "qwen/real-0.24.4";
    let (index, _, _cache) = load(dir);
    let find = |id: &str| index.rows().find(|row| *row.id().native == *id).unwrap();
    let parent = find("16092d9b-130e-41d6-9ff1-c95b5dc50be7");
    assert_eq!(parent.own.usage.total(), 2344);
    // As the agent's own list has it, which is not asked where logs tell tokens.
    assert_eq!(parent.all.usage.total(), 3479);
    assert_eq!(parent.children, 1);
    let agent = find("agent-general-purpose-call_5@16092d9b");
    let session = &agent.session;
    assert_eq!(session.parent.as_deref(), Some(&*parent.id().native));
    assert_eq!(session.call.as_deref(), Some("call_5"));
    assert_eq!(agent.own.usage.total(), 1135);
    assert_eq!(agent.model().map(|m| &*m.name), Some("fake-gpt"));
    // ccusage adds what was cached on top of the prompt that includes it, and thoughts on top of the answer that
    // includes them; and it does not read sub-agents.
    let want = expected(dir);
    for theirs in want["ccusage"]["sessions"].as_array().unwrap() {
        let row = find(theirs["sessionId"].as_str().unwrap());
        let ours = row.own.usage;
        let twice = ours.cache_read + ours.reasoning;
        assert_eq!(ours.total() + twice, number(theirs, "totalTokens"));
        assert_eq!(
            ours.input + ours.cache_read,
            number(theirs, "inputTokens"),
            "theirs includes what was cached"
        );
        assert_eq!(ours.output, number(theirs, "outputTokens"));
    }
    // splitrail skips sub-agents too.
    let theirs = &want["splitrail"][0];
    let mains = index.rows().filter(|row| row.session.parent.is_none());
    let mut ours = Usage::default();
    mains.for_each(|row| ours.add(&row.own.usage));
    assert_eq!(ours.input, number(theirs, "inputTokens"));
    assert_eq!(ours.cache_read, number(theirs, "cachedTokens"));
    assert_eq!(ours.output, number(theirs, "outputTokens"));
}

#[test]
fn two_records_in_one_line_are_both_read() {
    let (index, _, _cache) = load("qwen/agent-sessions");
    let row = index
        .rows()
        .find(|row| row.id().native.ends_with("0000005"))
        .unwrap();
    assert_eq!((row.session.prompts, row.session.replies), (1, 1));
    assert_eq!(row.session.odd, 0);
    assert_eq!(row.tokens(), None, "no tokens are logged");
}

#[test]
fn an_antigravity_transcript_is_read() {
    let dir = "antigravity/agent-sessions";
    let (index, _, _cache) = load(dir);
    let rows: Vec<_> = index.rows().collect();
    assert_eq!(rows.len(), 1, "notes alone are no conversation");
    let session = &rows[0].session;
    assert_eq!(
        session.title.as_ref().map(|t| t.text.as_str()),
        Some("List the files.")
    );
    assert_eq!((session.prompts, session.replies, session.tools), (1, 3, 2));
    // No peer reads its tokens, which no transcript tells.
    assert_eq!(rows[0].tokens(), None);
    assert_eq!(
        number(&expected(dir)["ccusage"]["totals"], "totalTokens"),
        0
    );
}
