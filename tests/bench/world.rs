//! What is measured over: a home of logs, and sessions and rows made from the sample home where it must be large.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use backscroll::demo;
use backscroll::env::Env;
use backscroll::index::Index;
use backscroll::ingest::{self, Choice, Delta, Told};
use backscroll::model::{Session, SessionId, Spends, Title, TitleRank, Unit};
use backscroll::text::Clean;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

/// The home that is read.
pub struct World {
    pub env: Env,
    pub name: String,
}

/// Rounds of the sample sessions that make up a home when none is named.
const ROUNDS: usize = 200;
/// Where the clock stands, after every record of the sample sessions and of the generated corpus.
const NOW: &str = "2026-11-21T12:00:00Z";
const PROJECT: &str = ".claude/projects/-home-mara-code-harbour-api";

static WORLD: LazyLock<World> = LazyLock::new(|| match std::env::var_os("BACKSCROLL_BENCH_HOME") {
    Some(home) => {
        let home = PathBuf::from(home);
        assert!(
            home.is_dir(),
            "BACKSCROLL_BENCH_HOME: {} is no folder",
            home.display()
        );
        let mut env = Env::bare(&home, now());
        // The home that is measured is left as it is.
        let cache = tempfile::tempdir().unwrap().keep();
        env.vars.insert("BACKSCROLL_CACHE".into(), cache.into());
        World {
            name: home.display().to_string(),
            env,
        }
    }
    None => World {
        name: format!(
            "the sample sessions, {ROUNDS} times (BACKSCROLL_BENCH_HOME names another home)"
        ),
        env: repeated(),
    },
});

pub fn world() -> &'static World {
    &WORLD
}

pub fn now() -> Timestamp {
    NOW.parse().unwrap()
}

/// Takes away what earlier runs kept.
pub fn forget() {
    let cache = world().env.own_dir(backscroll::env::OwnDir::Cache);
    let _ = fs::remove_dir_all(cache);
}

/// Everything in the home, read once.
pub fn news() -> Delta {
    static NEWS: LazyLock<Delta> = LazyLock::new(|| ingest::load(&world().env, &Choice::default()));
    NEWS.clone()
}

/// The session with the longest log of its own; a database shared by many says nothing about one of them.
pub fn longest() -> Arc<Session> {
    longest_told().session
}

pub fn longest_told() -> Told {
    let told = news().told;
    let mut sharing: HashMap<Arc<Path>, usize> = HashMap::new();
    for told in &told {
        *sharing.entry(told.session.unit.path.clone()).or_default() += 1;
    }
    let alone = told
        .into_iter()
        .filter(|told| sharing.get(&told.session.unit.path) == Some(&1));
    alone
        .max_by_key(|told| told.session.size)
        .expect("a home with a session")
}

/// An empty folder of ours below the build folder.
fn fresh(name: &str) -> PathBuf {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("bench")
        .join(name);
    let _ = fs::remove_dir_all(&dir);
    fs::create_dir_all(&dir).unwrap();
    dir
}

fn sample() -> Env {
    sample_in(&fresh("cache"))
}

/// The sample home, unpacked below a folder that is our cache too.
pub fn sample_in(cache: &Path) -> Env {
    let mut env = Env::bare(cache, now());
    env.vars
        .insert("BACKSCROLL_CACHE".into(), env.home.clone().into());
    Env {
        fixed_now: Some(now()),
        ..demo::open(&env).unwrap()
    }
}

/// The logs of the sample home that are repeated: one format is enough to make many.
fn logs(env: &Env) -> Vec<Vec<Value>> {
    let mut paths: Vec<PathBuf> = Vec::new();
    for project in fs::read_dir(env.home.join(".claude/projects")).unwrap() {
        for log in fs::read_dir(project.unwrap().path()).unwrap() {
            paths.push(log.unwrap().path());
        }
    }
    paths.retain(|path| path.extension().is_some_and(|e| e == "jsonl"));
    paths.sort();
    let log = |path: &PathBuf| {
        let text = fs::read_to_string(path).unwrap();
        text.lines()
            .map(|l| serde_json::from_str(l).unwrap())
            .collect()
    };
    paths.iter().map(log).collect()
}

/// The sample home with each of its sessions many times, every id another one, a few hours apart.
fn repeated() -> Env {
    let env = sample();
    repeat(&env, ROUNDS);
    env
}

pub fn repeat(env: &Env, rounds: usize) {
    for (n, log) in logs(env).iter().enumerate() {
        for round in 1..rounds {
            let lines = renamed(log, round, None);
            let id = lines[0]["sessionId"].as_str().unwrap();
            let dir = env.home.join(format!("{PROJECT}-{}", (n + round) % 17));
            fs::create_dir_all(&dir).unwrap();
            write(&dir.join(format!("{id}.jsonl")), &lines);
        }
    }
}

/// A home with one session of so many bytes, its turns those of the sample sessions over and over.
pub fn one_session(bytes: usize) -> (Env, Arc<Session>) {
    one_session_in(&fresh("huge"), &sample(), bytes)
}

/// The same in an empty folder, of a sample home that is unpacked already.
pub fn one_session_in(home: &Path, sample: &Env, bytes: usize) -> (Env, Arc<Session>) {
    let logs = logs(sample);
    let id = "0badcafe-0000-4000-8000-000000000050";
    let (mut lines, mut len, mut last) = (Vec::new(), 0, Value::Null);
    for round in 0.. {
        for log in &logs {
            for mut line in renamed(log, round, Some(id)) {
                // One thread: the first record of each repeated log continues the last.
                if line.get("parentUuid").is_some_and(Value::is_null) {
                    line["parentUuid"] = last.clone();
                }
                if let Some(uuid) = line.get("uuid") {
                    last = uuid.clone();
                }
                len += line.to_string().len() + 1;
                lines.push(line);
            }
        }
        if len >= bytes {
            break;
        }
    }
    let dir = home.join(PROJECT);
    fs::create_dir_all(&dir).unwrap();
    write(&dir.join(format!("{id}.jsonl")), &lines);
    let env = Env::bare(home, now());
    let told = ingest::load(&env, &Choice::default()).told;
    let session = told
        .first()
        .expect("the session just written")
        .session
        .clone();
    (env, session)
}

fn write(path: &Path, lines: &[Value]) {
    let lines: Vec<String> = lines.iter().map(Value::to_string).collect();
    fs::write(path, lines.join("\n") + "\n").unwrap();
}

/// The records of a log under other ids, or each response would be known already; later by hours.
fn renamed(log: &[Value], round: usize, session: Option<&str>) -> Vec<Value> {
    let mut log = log.to_vec();
    for line in &mut log {
        rename(line, round);
        if let Some(id) = session {
            line["sessionId"] = id.into();
        }
    }
    log
}

fn rename(value: &mut Value, round: usize) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                match (key.as_str(), &value) {
                    ("timestamp", Value::String(at)) => *value = later(at, round).into(),
                    (
                        "uuid"
                        | "parentUuid"
                        | "sessionId"
                        | "promptId"
                        | "id"
                        | "requestId"
                        | "tool_use_id"
                        | "sourceToolAssistantUUID",
                        Value::String(id),
                    ) => *value = other(id, round).into(),
                    _ => rename(value, round),
                }
            }
        }
        Value::Array(list) => list.iter_mut().for_each(|value| rename(value, round)),
        _ => {}
    }
}

fn later(at: &str, round: usize) -> String {
    let at: Timestamp = at.parse().unwrap();
    (at + SignedDuration::from_hours(7 * round as i64)).to_string()
}

/// Another id of the same shape: an id that begins with eight hexadecimal digits keeps to them.
fn other(id: &str, round: usize) -> String {
    match id
        .split_once('-')
        .map(|(head, rest)| (u32::from_str_radix(head, 16), rest))
    {
        Some((Ok(head), rest)) => {
            let head = head.wrapping_add((round as u32).wrapping_mul(0x9e37_79b1));
            format!("{head:08x}-{rest}")
        }
        _ => format!("{id}{round}"),
    }
}

/// Words for titles, projects and branches of made-up rows.
const WORDS: [&str; 24] = [
    "fix",
    "the",
    "parser",
    "cache",
    "timeout",
    "login",
    "refactor",
    "migrate",
    "tests",
    "flaky",
    "search",
    "index",
    "render",
    "scroll",
    "update",
    "release",
    "notes",
    "Überlauf",
    "日本語",
    "async",
    "retry",
    "query",
    "schema",
    "docs",
];

/// So many rows, made from the sessions of the sample home: other ids, titles, projects and times.
pub fn rows(count: usize) -> Index {
    indexed(made(count))
}

pub fn indexed(told: Vec<Told>) -> Index {
    let mut index = Index::default();
    index.apply(Delta {
        told,
        ..Delta::default()
    });
    index
}

pub fn made(count: usize) -> Vec<Told> {
    made_in(&sample(), count)
}

/// The same, of a sample home that is unpacked already.
pub fn made_in(sample: &Env, count: usize) -> Vec<Told> {
    let some = ingest::load(sample, &Choice::default()).told;
    (0..count)
        .map(|n| made_one(&some[n % some.len()], n))
        .collect()
}

fn made_one(like: &Told, n: usize) -> Told {
    // A multiplier without a common factor with the counts spreads neighbours apart, the same way each run.
    let word = |i: usize| WORDS[(n.wrapping_mul(2_654_435_761) >> (i * 3)) % WORDS.len()];
    let words = 3 + n % 7;
    let title = (0..words).map(word).collect::<Vec<_>>().join(" ");
    let hours = SignedDuration::from_hours((n.wrapping_mul(7_919) % 9_000) as i64);
    let before = |at: Option<Timestamp>| at.map(|at| at - hours);
    let session = &*like.session;
    let path: Arc<Path> = session
        .unit
        .path
        .with_file_name(format!("{n}.jsonl"))
        .into();
    let session = Session {
        id: SessionId::new(session.id.source, format!("{n:08x}-made")),
        title: Some(Title {
            rank: TitleRank::Agent,
            text: Clean::title(&title),
        }),
        dir: Some(PathBuf::from(format!("/home/mara/code/{}-{}", word(1), n % 90)).into()),
        started: before(session.started),
        updated: before(session.updated),
        unit: Arc::new(Unit {
            path,
            ..(*session.unit).clone()
        }),
        size: Some((n.wrapping_mul(104_729) % 5_000_000) as u64),
        parent: None,
        call: None,
        ..session.clone()
    };
    let spends = like.spends.iter().map(|mut spend| {
        spend.key = spend.key.wrapping_add(n as u64);
        // Nobody else's response.
        spend.same = None;
        spend
    });
    Told {
        session: Arc::new(session),
        spends: spends.collect(),
        leaves: Arc::from([]),
    }
}

/// A session as its unit would tell it, without its spends.
pub fn told(session: &Arc<Session>) -> Told {
    Told {
        session: session.clone(),
        spends: Spends::default(),
        leaves: Arc::from([]),
    }
}
