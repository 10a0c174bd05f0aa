//! Sorting, filtering and scrolling the list.

use std::sync::Arc;

use backscroll::cli;
use backscroll::index::{Order, SortKey};
use backscroll::ingest::Delta;
use backscroll::model::{Conversation, Row};
use backscroll::query::Query;
use backscroll::search;
use divan::Bencher;

use super::screen::{Screen, read};
use super::world::{self, world};

/// Made-up rows; the budget of a frame holds up to the larger.
const COUNTS: [usize; 2] = [10_000, 20_000];
const KEYS: [SortKey; 4] = [
    SortKey::Updated,
    SortKey::Cost,
    SortKey::Title,
    SortKey::Project,
];
const QUERIES: [&str; 6] = [
    "parser",
    "flaky tets",
    "~refcator ~schema",
    "\"fix the\" OR index",
    "source:cc cost:>1 updated:<90d",
    "rndr scrl -docs project:cache",
];

fn all(count: usize) -> Vec<Arc<Row>> {
    world::rows(count).rows().cloned().collect()
}

#[divan::bench(args = KEYS, consts = COUNTS, sample_count = 50, sample_size = 1)]
fn sort<const COUNT: usize>(bencher: Bencher, key: SortKey) {
    let rows = all(COUNT);
    let order = Order::by(key);
    bencher
        .with_inputs(|| rows.clone())
        .bench_values(|mut rows| {
            order.sort(&mut rows, |row| row);
            rows
        });
}

#[divan::bench(args = QUERIES, consts = COUNTS, sample_count = 50, sample_size = 1)]
fn filter<const COUNT: usize>(bencher: Bencher, query: &str) {
    let rows = all(COUNT);
    let context = cli::context(&world().env);
    bencher.bench_local(|| search::find(&Query::parse(query, &context), &rows));
}

/// A screen over made-up rows, and the longest conversation of the sample sessions to preview.
fn screen(count: usize) -> (Screen, Arc<Conversation>) {
    let told = world::made(count);
    let screen = Screen::new(
        &world().env,
        Delta {
            told,
            ..Delta::default()
        },
    );
    (screen, read(&world().env, &world::longest()))
}

/// `j` with its preview, drawn.
#[divan::bench(args = COUNTS, sample_count = 200, sample_size = 1)]
fn frame_step(bencher: Bencher, count: usize) {
    let (mut screen, preview) = screen(count);
    bencher.bench_local(|| screen.step("j", &preview));
}

/// Half a page and its preview, drawn.
#[divan::bench(args = COUNTS, sample_count = 200, sample_size = 1)]
fn frame_half_page(bencher: Bencher, count: usize) {
    let (mut screen, preview) = screen(count);
    let mut down = false;
    bencher.bench_local(|| {
        down = !down;
        screen.step(if down { "ctrl-d" } else { "ctrl-u" }, &preview);
    });
}

/// A letter typed into the query line, the rows it leaves and their frame; then the letter taken back.
#[divan::bench(args = COUNTS, sample_count = 100, sample_size = 1)]
fn frame_type(bencher: Bencher, count: usize) {
    let (mut screen, preview) = screen(count);
    for key in ["/", "r", "n", "d", "r", "space", "p", "a", "r", "s"] {
        screen.step(key, &preview);
    }
    let mut longer = false;
    bencher.bench_local(|| {
        longer = !longer;
        screen.step(if longer { "e" } else { "backspace" }, &preview);
    });
}

/// Another sort order from its key to its frame.
#[divan::bench(args = COUNTS, sample_count = 100, sample_size = 1)]
fn frame_sort(bencher: Bencher, count: usize) {
    let (mut screen, preview) = screen(count);
    let mut title = false;
    bencher.bench_local(|| {
        title = !title;
        screen.press("s");
        screen.step(if title { "n" } else { "c" }, &preview);
    });
}
