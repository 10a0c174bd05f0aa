//! Things half remembered, typed as people do, among all real logs: the conversation that was meant stands near the top.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use backscroll::env::Env;
use backscroll::index::Index;
use backscroll::ingest::{self, Choice};
use backscroll::model::Row;
use backscroll::query::{Context, Query};
use backscroll::search::{Depth, Seeking, Words};

use super::{at_once, shared};

/// Where nobody needs to move the cursor more than twice.
const NEAR: usize = 3;

/// What is remembered, what is typed, and the start of the id of the conversation that is meant.
const MEMORIES: &[(&str, &str, &str)] = &[
    (
        "the sound recorder that slept for a decade",
        "decad recorder",
        "7acd37a8",
    ),
    (
        "builds broke on links in angle brackets",
        "mdx angle brack",
        "5ed31c36",
    ),
    (
        "something with ruby tags, in HTML",
        "html ruby token",
        "b25638d7",
    ),
    (
        "the margin of a details element",
        "css detail margin",
        "4379d1bf",
    ),
    (
        "pretend there is a list of tasks; misspelt",
        "~experimnt pretend",
        "ef958aa1",
    ),
    (
        "a lot of tokens, in some worktree",
        "tokens:>2M project:worktree",
        "ef958aa1",
    ),
    (
        "tests of an expanding screen were written",
        "wrote:test_tui_expansion",
        "937c6e6b",
    ),
    (
        "an action that lints, tried with act",
        "github action lint",
        "fe869ecb",
    ),
    (
        "the compiler missed QueueMode",
        "out:\"no exported member 'QueueMode'\"",
        "ffae836b",
    ),
    (
        "the renderer of the terminal, with npm check",
        "cmd:\"npm run check\" tui-renderer",
        "ffae836b",
    ),
    ("soldiers in a matrix", "soldier matr", "rollout-test"),
    ("a title in Japanese", "日本語", "c0de0001"),
    (
        "a parser test that fails now and then",
        "flaky pars",
        "c0de0001",
    ),
    // Words that every log of some agents has in what its program put in.
    (
        "the session page that a terminal launches",
        "session HTML",
        "89488521",
    ),
    ("an action, tried with act", "act github action", "fe869ecb"),
    ("errors of a linter", "lint errors", "937c6e6b"),
    ("numbers of usage on a page", "usage numbers", "07f2e15c"),
    ("tokens added up on a page", "add up token", "07f2e15c"),
    ("the tokenizer; misspelt", "~tokniser", "9e953218"),
];

/// Every home of real logs.
fn homes() -> Vec<PathBuf> {
    let folders = |path: &Path| {
        let entries = std::fs::read_dir(path).unwrap().flatten();
        let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
        paths.retain(|path| path.is_dir());
        paths.sort();
        paths
    };
    let agents = folders(&shared().join("fixtures"));
    agents.iter().flat_map(|agent| folders(agent)).collect()
}

/// Logs that are read once for both, among all that real programs wrote.
#[test]
fn real_logs_tell_the_same_when_they_are_read_at_once() {
    let mut sources = BTreeSet::new();
    for home in homes() {
        let cache = tempfile::tempdir().unwrap();
        let mut env = Env::bare(&home, "2026-11-21T12:00:00Z".parse().unwrap());
        env.vars
            .insert("BACKSCROLL_CACHE".into(), cache.path().into());
        sources.extend(at_once::is_the_same(&env));
    }
    assert_eq!(sources.len(), 4, "{sources:?}");
}

#[test]
fn what_is_half_remembered_is_found() {
    let now = "2026-11-21T12:00:00Z".parse().unwrap();
    let cache = tempfile::tempdir().unwrap();
    let worlds: Vec<(Env, Vec<Arc<Row>>)> = homes()
        .iter()
        .map(|home| {
            let mut env = Env::bare(home, now);
            // These homes are read and not written into.
            env.vars
                .insert("BACKSCROLL_CACHE".into(), cache.path().into());
            let mut index = Index::default();
            index.apply(ingest::load(&env, &Choice::default()));
            (env, index.newest_first())
        })
        .collect();
    let all: usize = worlds.iter().map(|(_, rows)| rows.len()).sum();
    assert!(all > 100, "{all} sessions");
    let words = Words::default();
    let mut lost = Vec::new();
    for (memory, typed, meant) in MEMORIES {
        let mut found: Vec<(i64, Arc<Row>)> = Vec::new();
        for (env, rows) in &worlds {
            let context = Context {
                now,
                zone: env.zone.clone(),
                home: env.home.clone(),
                sources: Vec::new(),
            };
            let query = Query::parse(typed, &context);
            assert_eq!(query.problems(), [], "{typed}");
            let seeking = Seeking::new(env, &query, &words, Depth::Rank);
            let asked = rows.iter().filter_map(|row| {
                let answer = seeking.ask(row).unwrap()?;
                Some((answer.rank, row.clone()))
            });
            found.extend(asked);
        }
        found.sort_by_key(|(rank, row)| (Reverse(*rank), row.id().clone()));
        let is_it = |(_, row): &(i64, Arc<Row>)| row.id().native.starts_with(meant);
        let place = found.iter().position(is_it);
        if place.is_none_or(|place| place >= NEAR) {
            lost.push(format!(
                "{memory}: {typed} stands at {place:?} of {}",
                found.len()
            ));
        }
    }
    assert!(lost.is_empty(), "{lost:#?}");
}
