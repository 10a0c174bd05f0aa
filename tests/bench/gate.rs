//! The hot paths, for counting their instructions: `tests/bench/gate` runs each under callgrind and compares.
//!
//! A count is the same on a busy machine and on an idle one, as long as nothing but the work is in it: a home of few
//! sample sessions at a path of always the same length, a fixed clock, one thread, and everything that is only made
//! ready kept out.

use std::ops::ControlFlow;
use std::sync::Arc;

use backscroll::cli;
use backscroll::env::Env;
use backscroll::index::{Direction, Index, Order, SORTS};
use backscroll::ingest::{self, Choice, Delta, UnitFold};
use backscroll::model::{Conversation, Row, Unit};
use backscroll::query::Query;
use backscroll::render::document::{Document, Look};
use backscroll::render::theme::{Theme, ThemeKind};
use backscroll::search::{Depth, Seeking, Words, listen};
use backscroll::sources::{Cursor, Record, SOURCES, Want, source};

use super::screen::{Screen, read};
use super::world;

/// What makes a path ready and then does it.
type Path = fn(&Env);

/// Every path that is counted.
const PATHS: [(&str, Path); 8] = [
    ("parse", parse),
    ("fold", fold),
    ("open", open),
    ("search-listening", search_listening),
    ("search-look-up", search_look_up),
    ("search-words", search_words),
    ("sort", sort),
    ("layout", layout),
];

/// A word in a title, words of the talk, a name of code by its part, words that none has; a phrase, alternatives, a
/// pattern, a misspelt word; what was run.
const QUERIES: [&str; 9] = [
    "harbour",
    "the file",
    "err",
    "qqzzxx jumboltrix",
    "\"the file\"",
    "berth OR tide -fog",
    "/fail(ed|ure)/",
    "~refcator",
    "cmd:cargo",
];
/// What tools answered, which no index keeps.
const ANSWERED: &str = "out:error";

/// The path that the command line asks for; an empty name asks for all names.
pub fn asked() -> Option<String> {
    let mut words = std::env::args().skip(1);
    (words.next()? == "--gate").then(|| words.next().unwrap_or_default())
}

pub fn run(name: &str) {
    // What would go to other threads stays on this one.
    rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .use_current_thread()
        .build_global()
        .unwrap();
    match PATHS.iter().find(|(known, _)| *known == name) {
        Some((_, path)) => {
            // Not in the build folder, whose name is longer here and shorter there.
            let dir = tempfile::Builder::new()
                .prefix("backscroll-gate-")
                .tempdir_in("/tmp")
                .unwrap();
            path(&world::sample_in(dir.path()));
        }
        None => PATHS.iter().for_each(|(name, _)| println!("{name}")),
    }
}

/// Everything that is counted happens in here. The runner knows this name.
#[inline(never)]
fn counted_by_the_gate(work: &mut dyn FnMut()) {
    work();
}

/// Work whose outcome is looked at, and dropped, outside of what is counted.
fn counted<T>(mut work: impl FnMut() -> T) -> T {
    let mut outcome = None;
    counted_by_the_gate(&mut || outcome = Some(work()));
    outcome.unwrap()
}

/// All units of the home, in one order.
fn units(env: &Env) -> Vec<Arc<Unit>> {
    let mut units = Vec::new();
    for source in SOURCES {
        source.discover(env, &mut |unit| units.push(Arc::new(unit)));
    }
    units.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(units.len() > 10, "the sample sessions are there");
    units
}

fn records(env: &Env, unit: &Unit, want: Want<'_>, say: &mut dyn FnMut(Record)) {
    let source = source(unit.source).unwrap();
    let mut say = |record| {
        say(record);
        ControlFlow::Continue(())
    };
    source
        .read(env, unit, want, &Cursor::default(), &mut say)
        .unwrap();
}

/// Bytes of logs to records, as a list and as a report want them.
fn parse(env: &Env) {
    let units = units(env);
    let said = counted(|| {
        let mut said = 0;
        for _ in 0..4 {
            for unit in &units {
                for want in [Want::Summary, Want::Spends] {
                    records(env, unit, want, &mut |_| said += 1);
                }
            }
        }
        said
    });
    assert!(said > 1_000, "{said} records");
}

/// Records to sessions and their sums, and these to rows.
fn fold(env: &Env) {
    const ROUNDS: usize = 20;
    world::repeat(env, 3);
    let heard: Vec<(Arc<Unit>, Vec<Record>)> = units(env)
        .into_iter()
        .map(|unit| {
            let mut all = vec![Record::Reset];
            records(env, &unit, Want::Summary, &mut |record| all.push(record));
            (unit, all)
        })
        .collect();
    let mut heard: Vec<_> = (0..ROUNDS).flat_map(|_| heard.clone()).collect();
    let rows = counted(|| {
        let mut index = Index::default();
        for (n, (unit, records)) in std::mem::take(&mut heard).into_iter().enumerate() {
            let mut fold = UnitFold::new(unit);
            records.into_iter().for_each(|record| fold.hear(record));
            index.apply(Delta {
                told: fold.told(Some(1_000), n as u64),
                about: fold.about().into_iter().collect(),
                ..Delta::default()
            });
        }
        index.rows().len()
    });
    assert!(rows > 10, "{rows} rows");
}

/// A log to the conversation that is read.
fn open(env: &Env) {
    let session = world::one_session_in(&env.home.join("long"), env, 1_000_000).1;
    let messages = counted(|| read(env, &session).messages.len());
    assert!(messages > 100, "{messages} messages");
}

fn query(env: &Env, text: &str) -> Query {
    Query::parse(text, &cli::context(env))
}

/// The rows of a home with every session so many times.
fn rows(env: &Env, rounds: usize) -> Vec<Arc<Row>> {
    world::repeat(env, rounds);
    let index = world::indexed(ingest::load(env, &Choice::default()).told);
    let mut rows: Vec<Arc<Row>> = index.rows().cloned().collect();
    Order::default().sort(&mut rows, |row| row);
    rows
}

/// What queries find in conversations that are listened to from start to end.
fn search_listening(env: &Env) {
    let texts = QUERIES.iter().chain([&ANSWERED]);
    let queries: Vec<Query> = texts.map(|text| query(env, text)).collect();
    let rows = rows(env, 2);
    let conversations: Vec<Arc<Conversation>> =
        rows.iter().map(|row| read(env, &row.session)).collect();
    let hits = counted(|| {
        let mut hits = 0;
        for query in &queries {
            for conversation in &conversations {
                hits += listen(query, conversation, Depth::Hits(1)).hits.len();
            }
        }
        hits
    });
    assert!(hits > 10, "{hits} hits");
}

fn learnt(env: &Env, rows: &[Arc<Row>]) -> Words {
    let mut words = Words::open(env);
    words.learn(env, rows).unwrap();
    assert!(rows.iter().all(|row| words.knows(row)));
    words
}

/// Which sessions may have it, by the tables of the index alone.
fn search_look_up(env: &Env) {
    let rows = rows(env, 5);
    let words = learnt(env, &rows);
    let texts = QUERIES.iter().chain([&ANSWERED]);
    let queries: Vec<Query> = texts.map(|text| query(env, text)).collect();
    let wanted = counted(|| {
        let mut wanted = 0;
        for query in queries.iter().cycle().take(40 * queries.len()) {
            let seeking = Seeking::new(env, query, &words, Depth::Any);
            wanted += rows.iter().filter(|row| seeking.may_want(row)).count();
        }
        wanted
    });
    assert!(wanted > 10, "{wanted} sessions");
}

/// What is found by the index of words: which sessions, and which lines of them.
fn search_words(env: &Env) {
    let rows = rows(env, 5);
    let words = learnt(env, &rows);
    let queries = QUERIES.map(|text| query(env, text));
    let found = counted(|| {
        let mut found = 0;
        for query in &queries {
            for depth in [Depth::Any, Depth::Rank, Depth::Hits(0)] {
                let seeking = Seeking::new(env, query, &words, depth);
                let asked = rows.iter().map(|row| seeking.ask(row).unwrap());
                found += asked.flatten().count();
            }
        }
        found
    });
    assert!(found > 10, "{found} sessions");
}

/// A few thousand rows by every order, both ways.
fn sort(env: &Env) {
    let index = world::indexed(world::made_in(env, 2_000));
    let rows: Vec<Arc<Row>> = index.rows().cloned().collect();
    let sorted = counted(|| {
        let mut sorted = Vec::new();
        // The orders of the menu, so that the limit means the same from one version to the next.
        for name in SORTS.iter().filter(|name| name.letter.is_some()) {
            for direction in [Direction::Up, Direction::Down] {
                let mut rows = rows.clone();
                let order = Order {
                    key: name.key,
                    direction,
                };
                order.sort(&mut rows, |row| row);
                sorted.push(rows);
            }
        }
        sorted
    });
    assert!(sorted.iter().any(|rows| *rows != sorted[0]));
}

/// A long conversation laid out to its end with everything open, and frames of it drawn.
fn layout(env: &Env) {
    let (_, session) = world::one_session_in(&env.home.join("long"), env, 500_000);
    let conversation = read(env, &session);
    let mut screen = Screen::reading(env, &session, &conversation);
    let look = Arc::new(Look {
        theme: Theme::built_in(ThemeKind::Dark),
        ascii: false,
        zone: env.zone.clone(),
        mask: None,
    });
    let lines = counted(|| {
        let mut document = Document::new(conversation.clone(), look.clone());
        document.fold_all(true);
        document.set_size(90, 50);
        for _ in 0..conversation.messages.len() {
            document.next_message(1);
        }
        for key in ["j", "ctrl-d", "G"] {
            screen.press(key);
            screen.draw();
        }
        document.lines().len()
    });
    assert!(lines > 10, "{lines} lines");
}
