//! Cline's totals against counts made by an independent script over the same real log. No peer counts it.

use backscroll::env::Env;
use backscroll::index::Index;
use backscroll::ingest::{self, Choice, Reading};
use backscroll::model::{Part, Role};
use serde_json::Value;

use super::shared;

#[test]
fn cline_counts_equal_the_independent_ones() {
    let text = std::fs::read_to_string(shared().join("fixtures/expected-b.json")).unwrap();
    let all: Value = serde_json::from_str(&text).unwrap();
    let sets = all["sets"].as_object().unwrap();
    let sets: Vec<_> = sets
        .iter()
        .filter(|(dir, _)| dir.starts_with("cline/"))
        .collect();
    assert!(!sets.is_empty());
    for (dir, set) in sets {
        let home = shared().join("fixtures").join(dir);
        let cache = tempfile::tempdir().unwrap();
        let mut env = Env::bare(&home, "2026-11-21T00:00:00Z".parse().unwrap());
        env.vars
            .insert("BACKSCROLL_CACHE".into(), cache.path().into());
        let mut index = Index::default();
        index.apply(ingest::load(&env, &Choice::default()));
        assert_eq!(index.odd().count(), 0, "{dir}");
        let counted = set["independent"].as_array().unwrap();
        assert_eq!(index.rows().len(), counted.len(), "{dir}");
        for one in counted {
            let file = shared()
                .join("fixtures")
                .join(one["file"].as_str().unwrap());
            let row = index.rows().find(|row| *row.session.unit.path == *file);
            let row = row.unwrap_or_else(|| panic!("{} is not told", file.display()));
            let n = |key: &str| one["metricsSum"][key].as_u64().unwrap();
            let usage = row.own.usage;
            // Theirs counts what was cached into the input.
            assert_eq!(usage.prompt(), n("inputTokens"), "{dir}");
            assert_eq!(usage.cache_read, n("cacheReadTokens"), "{dir}");
            assert_eq!(usage.cache_write, n("cacheWriteTokens"), "{dir}");
            assert_eq!(usage.output, n("outputTokens"), "{dir}");
            // A total of 0 dollars for tokens is a price it did not know.
            assert_eq!(one["metadataUsage"]["totalCost"], 0);
            assert_eq!(row.cost().known(), None, "{dir}");
            let title = row.session.title.as_ref().unwrap();
            assert_eq!(title.text.as_str(), one["title"], "{dir}");
            let mut reading = Reading::new(&row.session);
            reading.read(&env).unwrap();
            let talk = reading.conversation();
            // A message that holds results only stands with its calls.
            let mut results = 0;
            for message in &talk.messages {
                let parts = message.parts.iter();
                results += parts.filter(|p| matches!(p, Part::ToolResult(_))).count();
                assert_ne!(message.role, Role::System, "{dir}");
            }
            let messages = (talk.messages.len() + results) as u64;
            assert_eq!(messages, one["messages"].as_u64().unwrap(), "{dir}");
        }
    }
}
