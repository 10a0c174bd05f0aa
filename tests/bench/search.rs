//! From words to sessions and lines.

use std::sync::{Arc, LazyLock};

use backscroll::cli;
use backscroll::index::Index;
use backscroll::model::Row;
use backscroll::query::Query;
use backscroll::search::{Depth, Seeking, Words};
use divan::Bencher;
use rayon::prelude::*;

use super::world::{self, world};

fn rows() -> Vec<Arc<Row>> {
    static ROWS: LazyLock<Vec<Arc<Row>>> = LazyLock::new(|| {
        let mut index = Index::default();
        index.apply(world::news());
        index.rows().cloned().collect()
    });
    ROWS.clone()
}

fn learnt() -> Words {
    let mut words = Words::open(&world().env);
    let new: Vec<Arc<Row>> = rows().into_iter().filter(|row| !words.knows(row)).collect();
    words.learn(&world().env, &new).unwrap();
    words
}

/// Every conversation read and made known, tool output and sub-agents too.
#[divan::bench(sample_count = 3, sample_size = 1)]
fn learn(bencher: Bencher) {
    let rows = rows();
    bencher.with_inputs(world::forget).bench_values(|()| {
        let mut words = Words::default();
        words.learn(&world().env, &rows).unwrap();
        words.len_on_disk()
    });
}

/// All sessions that a query wants, once all are known: a word that few have, that most have, that none has; two common
/// words; a phrase; a pattern.
#[divan::bench(sample_count = 20, sample_size = 1, args = ["jumboltrix", "the", "qqzzxx", "error file", "\"the file\"", "/fail(ed|ure)/"])]
fn seek(bencher: Bencher, text: &str) {
    let (words, rows) = (learnt(), rows());
    let query = Query::parse(text, &cli::context(&world().env));
    bencher.bench(|| {
        let seeking = Seeking::new(&world().env, &query, &words, Depth::Any);
        let wanted = |row: &&Arc<Row>| matches!(seeking.ask(row), Ok(Some(_)));
        rows.par_iter().filter(wanted).count()
    });
}

/// The same with every line that has it.
#[divan::bench(sample_count = 5, sample_size = 1, args = ["jumboltrix", "error"])]
fn hits(bencher: Bencher, text: &str) {
    let (words, rows) = (learnt(), rows());
    let query = Query::parse(text, &cli::context(&world().env));
    bencher.bench(|| {
        let seeking = Seeking::new(&world().env, &query, &words, Depth::Hits(0));
        let hits = rows.par_iter().map(|row| match seeking.ask(row) {
            Ok(Some(answer)) => answer.listened.hits.len(),
            _ => 0,
        });
        hits.sum::<usize>()
    });
}
