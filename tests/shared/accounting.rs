//! Our totals against counts made by an independent script over the same real logs.
//!
//! The reference gives a response that stands in several files to the file first by name, we give it to its owner, so
//! sessions are compared only where each of their responses stands in one file. Totals are compared everywhere. Where a
//! directory's totals must differ, the reason stands beside the number in [`COPIES`].

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

use backscroll::env::Env;
use backscroll::index::Index;
use backscroll::ingest::{self, Choice, Delta};
use backscroll::model::{Row, Usage};
use serde_json::Value;

use super::shared;

/// What forks repeat, in nano-dollars: the reference counts it again, and so do the peers; nobody paid for it twice.
const COPIES: &[(&str, i64)] = &[
    ("opencode/firsthand-1.0.185", 330_685_000),
    ("opencode/firsthand-1.1.65", 349_585_000),
    ("opencode/firsthand-1.18.33", 612_535_000),
    ("opencode/firsthand-1.2.27", 349_585_000),
    // The same store as 1.1.65, read from the database it was copied into.
    ("opencode/firsthand-migrated-1.1.65-to-1.2.27", 349_585_000),
];

struct Home {
    delta: Delta,
    index: Index,
}

fn load(dir: &str) -> Home {
    let home = shared().join("fixtures").join(dir);
    let cache = tempfile::tempdir().unwrap();
    let mut env = Env::bare(&home, "2026-11-21T00:00:00Z".parse().unwrap());
    env.vars
        .insert("BACKSCROLL_CACHE".into(), cache.path().into());
    let delta = ingest::load(&env, &Choice::default());
    let mut index = Index::default();
    index.apply(delta.clone());
    Home { delta, index }
}

fn expected(source: &str) -> Vec<(String, Value)> {
    let text = std::fs::read_to_string(shared().join("fixtures/expected-a.json")).unwrap();
    let all: Value = serde_json::from_str(&text).unwrap();
    let results = all["results"].as_object().unwrap();
    let ours = results
        .iter()
        .filter(|(dir, _)| dir.starts_with(&format!("{source}/")));
    ours.map(|(dir, result)| (dir.clone(), result["reference"].clone()))
        .collect()
}

fn number(value: &Value, key: &str) -> u64 {
    value[key].as_u64().unwrap_or(0)
}

/// Sums by the name that the reference uses for a file.
fn by_file(home: &Home, name: impl Fn(&Row) -> String) -> BTreeMap<String, Usage> {
    let mut sums: BTreeMap<String, Usage> = BTreeMap::new();
    for row in home.index.rows() {
        sums.entry(name(row)).or_default().add(&row.own.usage);
    }
    sums
}

/// Files of which every response stands in no other file.
fn sole(home: &Home, name: impl Fn(&Path) -> String) -> HashSet<String> {
    let mut files: HashMap<u64, HashSet<String>> = HashMap::new();
    for told in &home.delta.told {
        for same in told.spends.iter().filter_map(|spend| spend.same) {
            files
                .entry(same.reply)
                .or_default()
                .insert(name(&told.session.unit.path));
        }
    }
    let mixed: HashSet<&String> = files.values().filter(|f| f.len() > 1).flatten().collect();
    let all = home
        .delta
        .told
        .iter()
        .map(|told| name(&told.session.unit.path));
    all.filter(|file| !mixed.contains(file)).collect()
}

fn compare(
    dir: &str,
    reference: &Value,
    ours: &BTreeMap<String, Usage>,
    sole: &HashSet<String>,
    theirs: impl Fn(&Value) -> [u64; 4],
    quad: impl Fn(&Usage) -> [u64; 4],
    wrong: &mut Vec<String>,
) {
    let reference = reference.as_object().unwrap();
    let mut want = [0; 4];
    for (file, value) in reference {
        let one = theirs(value);
        want.iter_mut().zip(one).for_each(|(sum, n)| *sum += n);
        let got = ours.get(file).map(&quad).unwrap_or_default();
        if got != one && sole.contains(file) {
            wrong.push(format!(
                "{dir}: {file}: we have {got:?}, the reference {one:?}"
            ));
        }
    }
    let mut got = [0; 4];
    for usage in ours.values() {
        got.iter_mut()
            .zip(quad(usage))
            .for_each(|(sum, n)| *sum += n);
    }
    if got != want {
        wrong.push(format!(
            "{dir}: in all we have {got:?}, the reference {want:?}"
        ));
    }
}

/// The stem of a session's log; sub-agents in a folder of their session count there.
fn stem(path: &Path) -> String {
    let mut parts = path
        .iter()
        .map(|p| p.to_string_lossy().into_owned())
        .collect::<Vec<_>>();
    if let Some(at) = parts.iter().position(|p| p == "subagents") {
        return parts.swap_remove(at - 1);
    }
    path.file_stem().unwrap().to_string_lossy().into_owned()
}

#[test]
fn claude_code_counts_equal_the_reference() {
    let mut wrong = Vec::new();
    for (dir, reference) in expected("claude-code") {
        let home = load(&dir);
        let ours = by_file(&home, |row| stem(&row.session.unit.path));
        compare(
            &dir,
            &reference,
            &ours,
            &sole(&home, stem),
            |v| {
                [
                    number(v, "in"),
                    number(v, "out"),
                    number(v, "cw"),
                    number(v, "cr"),
                ]
            },
            |u| [u.input, u.output, u.cache_write, u.cache_read],
            &mut wrong,
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn codex_counts_equal_the_reference() {
    let mut wrong = Vec::new();
    for (dir, reference) in expected("codex") {
        let home = load(&dir);
        let root = shared().join("fixtures").join(&dir).join(".codex");
        let name = |path: &Path| {
            path.strip_prefix(&root)
                .unwrap()
                .to_string_lossy()
                .into_owned()
        };
        let ours = by_file(&home, |row| name(&row.session.unit.path));
        compare(
            &dir,
            &reference,
            &ours,
            &sole(&home, name),
            // The reference's input includes what was cached.
            |v| {
                let (cached, written) = (number(v, "cached"), number(v, "cache_write"));
                [
                    number(v, "input") - cached - written,
                    number(v, "output"),
                    written,
                    cached,
                ]
            },
            |u| [u.input, u.output, u.cache_write, u.cache_read],
            &mut wrong,
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn opencode_counts_equal_the_reference() {
    let mut wrong = Vec::new();
    for (dir, reference) in expected("opencode") {
        let home = load(&dir);
        let mut reported = 0;
        for (session, want) in reference.as_object().unwrap() {
            let row = home.index.rows().find(|row| *row.id().native == **session);
            let Some(row) = row else {
                // Messages of a session that has no record of its own are nobody's conversation.
                if dir == "opencode/tokscale" {
                    continue;
                }
                wrong.push(format!("{dir}: {session} is not listed"));
                continue;
            };
            // As the reference does, every message of a session, copied or not.
            let told = home.delta.told.iter().filter(|t| t.session.id == *row.id());
            let told = told.max_by_key(|t| t.session.unit.rank).unwrap();
            let mut usage = Usage::default();
            let mut cost = 0;
            for spend in told.spends.iter() {
                usage.add(&spend.usage);
                cost += spend.logged.map_or(0, |usd| usd.nanos());
            }
            let got = [
                usage.input,
                usage.output - usage.reasoning,
                usage.reasoning,
                usage.cache_read,
                usage.cache_write,
            ];
            let want_tokens = ["input", "output", "reasoning", "cache_read", "cache_write"]
                .map(|k| number(want, k));
            let want_cost = (want["cost"].as_f64().unwrap() * 1e9).round() as i64;
            reported += want_cost;
            if got != want_tokens || cost != want_cost {
                wrong.push(format!("{dir}: {session}: {got:?} ${cost}n, the reference {want_tokens:?} ${want_cost}n"));
            }
        }
        let sums = home.index.sums(home.index.rows().collect::<Vec<_>>());
        let copies = COPIES
            .iter()
            .find(|(d, _)| *d == dir)
            .map_or(0, |(_, nanos)| *nanos);
        let ours = sums.cost.cost().usd.nanos();
        if dir != "opencode/tokscale" && ours != reported - copies {
            wrong.push(format!(
                "{dir}: in all {ours}, the reference {reported} less {copies} of copies"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
