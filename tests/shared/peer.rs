//! Every set of real logs beside what ccusage 20.0.24 prints of it, as a table of the README. A set that differs needs a
//! reason here; a reason whose set is equal must go.

use std::fmt::Write as _;
use std::sync::Arc;

use backscroll::env::Env;
use backscroll::index::Index;
use backscroll::ingest::{self, Choice};
use backscroll::model::{Row, Sums};
use backscroll::pricing::{Accounting, Mode, Prices};
use backscroll::query::Hidden;
use backscroll::sources;
use serde_json::Value;

use super::shared;

const COPIES: &str = "A fork's copies of its parent's messages are in it twice";
const SECONDS: &str = "Both count the same tokens; it leaves thinking out of output";
/// Why a set differs, by its start.
const WHY: &[(&str, &str)] = &[
    (
        "claude-code/ccusage",
        "Its lines have no `type`, which no version of the agent wrote; we take them for no messages",
    ),
    (
        "claude-code/claude-code-log-cases",
        "It finds only lines with the bytes `\"usage\":{`; these have a space before the brace",
    ),
    (
        "claude-code/firsthand-1.0",
        "Each resume repeats the history without its request ids, and it counts part of that again",
    ),
    (
        "codex/ccusage",
        "Its file is not named as the agent names its logs, and names no session",
    ),
    ("codex/firsthand-0.125.0", "It drops the sub-agent's file"),
    (
        "codex/firsthand-0.169.0",
        "It drops the fork and the sub-agent",
    ),
    ("opencode/firsthand-1.18.33-long", SECONDS),
    ("opencode/firsthand", COPIES),
    (
        "opencode/tokscale",
        "Messages of a session that has no record of its own are nobody's conversation",
    ),
    (
        "pi/real-0.87.1",
        "A fork's copies count twice, summaries and other calls not at all",
    ),
    (
        "gemini/agentsview",
        "It does not read the whole-file logs before 0.40",
    ),
    ("gemini", "It shows output without thinking"),
    (
        "copilot",
        "It reads the last shutdown only: what came after it, and sessions without one, are missing",
    ),
    (
        "qwen",
        "It adds cached tokens to a prompt that holds them, and skips sub-agents",
    ),
];

fn slug(dir: &str) -> &str {
    dir.split('/').next().unwrap_or_default()
}

fn ours(dir: &str) -> Sums {
    let home = shared().join("fixtures").join(dir);
    let cache = tempfile::tempdir().unwrap();
    let mut env = Env::bare(&home, "2026-11-21T00:00:00Z".parse().unwrap());
    env.vars
        .insert("BACKSCROLL_CACHE".into(), cache.path().into());
    let choice = Choice {
        only: vec![sources::named(slug(dir)).unwrap().card().id],
        ..Choice::default()
    };
    let prices = Arc::new(Prices::embedded());
    let mut index = Index::with(Arc::new(Accounting::new(prices, Mode::Auto)));
    index.apply(ingest::load(&env, &choice));
    let rows: Vec<&Arc<Row>> = index
        .rows()
        .filter(|row| Hidden::default().counts(row))
        .collect();
    index.sums(rows)
}

/// What the peer prints: tokens by kind, all of them, and billionths of a dollar.
fn theirs(totals: &Value) -> ([u64; 5], i64) {
    let n = |key: &str| totals[key].as_u64().unwrap_or(0);
    let cost = totals["totalCost"]
        .as_f64()
        .or(totals["costUSD"].as_f64())
        .unwrap_or(0.0);
    let keys = [
        "inputTokens",
        "outputTokens",
        "cacheCreationTokens",
        "cacheReadTokens",
        "totalTokens",
    ];
    (keys.map(n), (cost * 1e9).round() as i64)
}

fn sets() -> Vec<(String, Value)> {
    let read = |name: &str| -> Value {
        let path = shared().join("fixtures").join(name);
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
    };
    let (a, b) = (read("expected-a.json"), read("expected-b.json"));
    let mut sets = Vec::new();
    for (dir, set) in a["results"].as_object().unwrap() {
        let peers = set["peers"].as_object().unwrap();
        let peer = peers
            .iter()
            .find(|(command, _)| command.starts_with("ccusage ") && !command.contains("calculate"));
        if let Some((_, printed)) = peer {
            sets.push((dir.clone(), printed["totals"].clone()));
        }
    }
    for (dir, set) in b["sets"].as_object().unwrap() {
        sets.push((dir.clone(), set["ccusage"]["totals"].clone()));
    }
    sets.retain(|(_, totals)| totals.is_object());
    sets
}

fn table() -> (String, Vec<String>) {
    let mut out = String::from(
        "| Real logs | Tokens | ccusage | Cost | ccusage | Who is right where they differ |\n|---|--:|--:|--:|--:|---|\n",
    );
    let mut wrong = Vec::new();
    let (mut equal, mut nothing) = (0, 0);
    let mut used = std::collections::BTreeSet::new();
    for (dir, totals) in sets() {
        let sums = ours(&dir);
        let u = &sums.usage;
        let mine = [u.input, u.output, u.cache_write, u.cache_read, u.total()];
        let cost = sums.cost.cost();
        let nanos = cost.usd.nanos();
        let (quad, peer_nanos) = theirs(&totals);
        let same = mine == quad && (nanos - peer_nanos).abs() <= 1;
        let why = WHY
            .iter()
            .find(|(start, _)| dir.starts_with(start))
            .map(|(_, why)| *why);
        if mine == [0; 5] && quad == [0; 5] {
            nothing += 1;
            continue;
        }
        if same {
            equal += 1;
        } else if let Some(why) = why {
            used.insert(why);
        } else {
            wrong.push(format!(
                "{dir}: {mine:?} {nanos}, ccusage {quad:?} {peer_nanos}"
            ));
        }
        let said = if same { "equal" } else { why.unwrap_or("?") };
        let usd = |nanos: i64| format!("${:.6}", nanos as f64 / 1e9);
        let own = cost.known().map_or("-".into(), |usd_| usd(usd_.nanos()));
        let count = backscroll::text::count;
        writeln!(
            out,
            "| {dir} | {} | {} | {own} | {} | {said} |",
            count(mine[4]),
            count(quad[4]),
            usd(peer_nanos),
        )
        .unwrap();
    }
    writeln!(out, "\n{equal} sets are equal in every kind of token and to the billionth of a dollar; {nothing} hold no tokens for either.").unwrap();
    let old = WHY.iter().filter(|(_, why)| !used.contains(why));
    wrong.extend(old.map(|(start, _)| format!("{start}: equal now; its reason must go")));
    (out, wrong)
}

#[test]
fn the_side_by_side_stands_in_the_readme() {
    let (table, wrong) = table();
    assert!(wrong.is_empty(), "no reason for:\n{}", wrong.join("\n"));
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = std::fs::read_to_string(&path).unwrap();
    let (start, end) = ("<!-- peer -->\n", "<!-- /peer -->");
    let from = readme.find(start).expect("a place for the table") + start.len();
    let to = from + readme[from..].find(end).unwrap();
    let new = format!("{}{}{}", &readme[..from], table, &readme[to..]);
    if std::env::var_os("BACKSCROLL_WRITE").is_some() {
        std::fs::write(&path, &new).unwrap();
    } else {
        assert!(
            new == readme,
            "the README's table is old; write it with BACKSCROLL_WRITE=1"
        );
    }
}
