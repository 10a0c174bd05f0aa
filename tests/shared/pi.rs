//! Pi's logs against counts made by an independent script and by peers over the same real files.
//!
//! The reference counts every entry of every file. We give an entry that forks repeat to the session it came from, so
//! sessions are compared by all that stands in their logs, and the set by what is left of it. The peers count responses
//! only and every fork anew; what that comes to stands beside each set in [`PEERS`].

use backscroll::env::Env;
use backscroll::index::Index;
use backscroll::ingest::{self, Choice, Reading, Told};
use backscroll::model::{Conversation, Lane, Part, Role, SessionId, SourceId, Usage};
use serde_json::Value;

use super::shared;

/// Input, output, cache reads, cache writes, nano-dollars.
type Five = [u64; 5];

/// Why ccusage and splitrail print other totals than ours: what a fork repeats, which they count again, and what is
/// spent outside of responses (a cache kept warm, two summaries), which they leave out.
const PEERS: &[(&str, Five, Five)] = &[
    ("pi/agent-sessions", [0; 5], [0; 5]),
    ("pi/pi-mono", [0; 5], [0; 5]),
    ("pi/real-0.73.1", [0; 5], [0; 5]),
    (
        "pi/real-0.87.1",
        [1520, 276, 3024, 640, 8_603_500],
        [124, 204, 5000, 620, 7_257_000],
    ),
    ("pi/real-0.87.1-errors", [0; 5], [0; 5]),
];

struct Home {
    env: Env,
    told: Vec<Told>,
    index: Index,
    _cache: tempfile::TempDir,
}

fn load(set: &str) -> Home {
    let home = shared().join("fixtures").join(set);
    let cache = tempfile::tempdir().unwrap();
    let mut env = Env::bare(&home, "2026-11-21T00:00:00Z".parse().unwrap());
    env.vars
        .insert("BACKSCROLL_CACHE".into(), cache.path().into());
    let delta = ingest::load(&env, &Choice::default());
    let told = delta.told.clone();
    let mut index = Index::default();
    index.apply(delta);
    assert_eq!(index.odd().len(), 0, "{set}");
    Home {
        env,
        told,
        index,
        _cache: cache,
    }
}

/// The sets with logs of this source, and what is expected of each.
fn expected() -> Vec<(String, Value)> {
    let text = std::fs::read_to_string(shared().join("fixtures/expected-b.json")).unwrap();
    let all: Value = serde_json::from_str(&text).unwrap();
    let sets = all["sets"].as_object().unwrap();
    let ours = sets.iter().filter(|(set, _)| set.starts_with("pi/"));
    ours.map(|(set, value)| (set.clone(), value.clone()))
        .collect()
}

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap_or(0)
}

fn nanos(value: &Value) -> u64 {
    (value.as_f64().unwrap() * 1e9).round() as u64
}

fn five(usage: &Usage, nanos: u64) -> Five {
    let u = usage;
    [u.input, u.output, u.cache_read, u.cache_write, nanos]
}

fn plus(a: Five, b: Five) -> Five {
    std::array::from_fn(|i| a[i] + b[i])
}

fn reference(sums: &Value) -> Five {
    [
        number(&sums["input"]),
        number(&sums["output"]),
        number(&sums["cacheRead"]),
        number(&sums["cacheWrite"]),
        nanos(&sums["cost"]),
    ]
}

/// A session's log as the reference counts it: every entry, copied or not.
fn all_lines(told: &Told) -> (Five, u64, u64) {
    let mut usage = Usage::default();
    let mut cost = 0;
    for spend in told.spends.iter() {
        usage.add(&spend.usage);
        cost += spend.logged.map_or(0, |usd| usd.nanos().unsigned_abs());
    }
    let records = told.spends.len() as u64;
    (five(&usage, cost), usage.reasoning, records)
}

#[test]
fn every_log_holds_what_the_reference_counts() {
    let mut files = 0;
    for (set, want) in expected() {
        let home = load(&set);
        for log in want["independent"].as_array().unwrap() {
            let what = log["file"].as_str().unwrap();
            let native = log["sessionId"].as_str().unwrap();
            let told = home.told.iter().find(|t| *t.session.id.native == *native);
            let told = told.unwrap_or_else(|| panic!("{what} is not told"));
            assert!(
                what.ends_with(
                    &*told
                        .session
                        .unit
                        .path
                        .file_name()
                        .unwrap()
                        .to_string_lossy()
                )
            );
            let all = &log["allUsage"];
            let (sums, reasoning, records) = all_lines(told);
            assert_eq!(sums, reference(all), "{what}");
            assert_eq!(reasoning, number(&all["reasoning"]), "{what}");
            assert_eq!(records, number(&all["usageRecords"]), "{what}");
            let roles = &log["messageRoles"];
            let said = [told.session.prompts, told.session.replies].map(u64::from);
            assert_eq!(
                said,
                ["user", "assistant"].map(|role| number(&roles[role])),
                "{what}"
            );
            if let Some(name) = log["name"].as_str() {
                let title = told.session.title.as_ref().unwrap();
                assert_eq!(title.text.as_str(), name, "{what}");
            }
            files += 1;
        }
        assert_eq!(
            home.index.rows().len(),
            want["independent"].as_array().unwrap().len()
        );
    }
    assert_eq!(files, 11);
}

#[test]
fn totals_differ_from_the_peers_for_known_reasons_only() {
    let sets = expected();
    assert_eq!(sets.len(), PEERS.len());
    for (set, want) in sets {
        let home = load(&set);
        let (_, repeated, beside) = PEERS.iter().find(|(name, ..)| *name == set).unwrap();
        let sums = home.index.sums(home.index.rows().collect::<Vec<_>>());
        let cost = sums.cost.cost().usd.nanos().unsigned_abs();
        let ours = plus(five(&sums.usage, cost), *repeated);
        let totals = &want["ccusage"]["totals"];
        let theirs = [
            number(&totals["inputTokens"]),
            number(&totals["outputTokens"]),
            number(&totals["cacheReadTokens"]),
            number(&totals["cacheCreationTokens"]),
            nanos(&totals["totalCost"]),
        ];
        assert_eq!(ours, plus(theirs, *beside), "{set}: ccusage");
        let Some(splitrail) = want["splitrail"].as_array().and_then(|list| list.first()) else {
            continue;
        };
        // It adds what was read from a cache to what was written.
        let [input, output, read, written, cost] = ours;
        let [b_input, b_output, b_read, b_written, b_cost] = *beside;
        let cached = number(&splitrail["cachedTokens"]);
        assert_eq!(input, number(&splitrail["inputTokens"]) + b_input, "{set}");
        assert_eq!(
            output,
            number(&splitrail["outputTokens"]) + b_output,
            "{set}"
        );
        assert_eq!(read + written, cached + b_read + b_written, "{set}");
        assert_eq!(cost, nanos(&splitrail["cost"]) + b_cost, "{set}");
        let count = |of: fn(&backscroll::model::Session) -> u32| -> u64 {
            home.index
                .rows()
                .map(|row| u64::from(of(&row.session)))
                .sum()
        };
        let said = [
            count(|s| s.prompts),
            count(|s| s.replies),
            count(|s| s.tools),
        ];
        // It counts the messages that a fork repeats in the fork again.
        let repeated = match set.as_str() {
            "pi/real-0.87.1" => [2, 4, 0],
            _ => [0; 3],
        };
        let keys = ["user_messages", "ai_messages", "toolCalls"];
        let theirs = keys.map(|key| number(&splitrail[key]));
        let ours: Vec<u64> = said
            .iter()
            .zip(repeated)
            .map(|(n, again)| n + again)
            .collect();
        assert_eq!(ours, theirs, "{set}");
    }
}

fn open(home: &Home, native: &str) -> Conversation {
    let id = SessionId::new(SourceId("pi"), native);
    let row = home.index.row(&id).unwrap();
    let mut reading = Reading::new(&row.session);
    reading.read(&home.env).unwrap();
    reading.conversation()
}

/// The set with a tree: what the responses on the path to the last entry spent is what the reference finds there.
#[test]
fn the_path_to_the_last_entry_is_the_references() {
    for (set, want) in expected() {
        let home = load(&set);
        for log in want["independent"].as_array().unwrap() {
            let native = log["sessionId"].as_str().unwrap();
            let conversation = open(&home, native);
            let mut usage = Usage::default();
            let stands = conversation
                .messages
                .iter()
                .filter(|m| m.lane == Lane::Main);
            for message in stands {
                usage.add(&message.usage.unwrap_or_default());
            }
            let mut want = reference(&log["currentBranchAllUsage"]);
            want[4] = 0;
            if native.starts_with("01a1fb59-97f4") {
                // A branch's summary stands on the path too, and is no response.
                usage.input += 100;
                usage.output += 50;
            }
            assert_eq!(five(&usage, 0), want, "{set} {native}");
        }
    }
}

#[test]
fn a_long_log_of_version_1_reads_as_it_went() {
    let home = load("pi/pi-mono");
    let conversation = open(&home, "ffae836b-9420-4060-ac13-7745215f90ff");
    let parts = || conversation.messages.iter().flat_map(|m| &m.parts);
    let calls = parts().filter(|part| matches!(part, Part::ToolCall(_)));
    let results = parts().filter(|part| matches!(part, Part::ToolResult(_)));
    // The calls of the user's own are answered each; 6 of the model's were not, as it was stopped.
    assert_eq!((calls.count(), results.count()), (454 + 3, 448 + 3));
    let paired = conversation
        .messages
        .iter()
        .filter(|m| m.role == Role::System);
    assert!(
        paired
            .flat_map(|m| &m.parts)
            .all(|part| !matches!(part, Part::ToolResult(result) if !result.call.starts_with('!'))),
        "every result stands with its call"
    );
    let edits = parts().filter_map(|part| match part {
        Part::ToolCall(call) => Some(call.edits.len()),
        _ => None,
    });
    assert_eq!(edits.sum::<usize>(), 125 + 16);
    assert!(conversation.messages.iter().all(|m| m.lane == Lane::Main));
}
