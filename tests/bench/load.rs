//! From logs to rows.

use backscroll::cli;
use backscroll::index::Index;
use backscroll::ingest::{self, Choice, Delta};
use divan::Bencher;

use super::screen::Screen;
use super::world::{self, world};

/// Every log read and every row made, as a command does it without a cache.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn cold(bencher: Bencher) {
    bencher.with_inputs(world::forget).bench_values(|()| {
        let mut index = Index::default();
        index.apply(ingest::load(&world().env, &Choice::default()));
        index.rows().len()
    });
}

/// The same when an earlier run kept what the logs say.
#[divan::bench(sample_count = 10, sample_size = 1)]
fn warm(bencher: Bencher) {
    ingest::load(&world().env, &Choice::default());
    bencher.bench(|| {
        let mut index = Index::default();
        index.apply(ingest::load(&world().env, &Choice::default()));
        index.rows().len()
    });
}

/// A command about sessions, from its words to its last line, when nothing changed since the one before.
#[divan::bench(sample_count = 20, sample_size = 1, args = ["list", "session"])]
fn warm_command(bencher: Bencher, command: &str) {
    let run = || {
        let words = ["backscroll", command, "--json"].map(Into::into);
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let mut streams = cli::Streams {
            out: &mut out,
            err: &mut err,
        };
        cli::run(world().env.clone(), words.into(), &mut streams);
        out.len()
    };
    run();
    bencher.bench(run);
}

/// The index alone: what the logs say is there already.
#[divan::bench(sample_count = 20, sample_size = 1)]
fn apply_all(bencher: Bencher) {
    bencher.with_inputs(world::news).bench_values(|news| {
        let mut index = Index::default();
        index.apply(news);
        index
    });
}

/// The session with the longest log told once more, a little longer, to an index that holds everything.
#[divan::bench(sample_count = 100)]
fn delta(bencher: Bencher) {
    let mut index = Index::default();
    index.apply(world::news());
    let mut news = grown();
    bencher.bench_local(|| index.apply(news()));
}

/// The same on the screen: index, list and frame.
#[divan::bench(sample_count = 100)]
fn delta_on_screen(bencher: Bencher) {
    let mut screen = Screen::new(&world().env, world::news());
    let mut news = grown();
    bencher.bench_local(|| {
        screen.tell(backscroll::tui::msg::Msg::Delta(news()));
        screen.draw();
    });
}

/// The longest session, with one more spend or one less each time, so that every telling changes something.
fn grown() -> impl FnMut() -> Delta {
    let told = world::longest_told();
    let mut short = told.clone();
    let fewer = told.spends.len().saturating_sub(1);
    short.spends = told.spends.iter().take(fewer).collect();
    let mut even = false;
    move || {
        even = !even;
        let told = if even { &short } else { &told };
        Delta {
            told: vec![told.clone()],
            ..Delta::default()
        }
    }
}
