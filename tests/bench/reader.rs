//! The longest conversation of the home: read, laid out, scrolled.

use std::sync::Arc;

use backscroll::render::document::{Document, Look};
use backscroll::render::theme::{Theme, ThemeKind};
use divan::Bencher;

use super::screen::{Screen, read};
use super::world::{longest, world};

fn look() -> Arc<Look> {
    Arc::new(Look {
        theme: Theme::built_in(ThemeKind::Dark),
        ascii: false,
        zone: world().env.zone.clone(),
        mask: None,
    })
}

/// Every message, from the log.
#[divan::bench(sample_count = 20, sample_size = 1)]
fn open_whole(bencher: Bencher) {
    let session = longest();
    bencher.bench_local(|| read(&world().env, &session));
}

/// From messages to the lines of the first screen.
#[divan::bench(sample_count = 100, sample_size = 1)]
fn layout_first_screen(bencher: Bencher) {
    let (conversation, look) = (read(&world().env, &longest()), look());
    bencher.bench_local(|| {
        let mut document = Document::new(conversation.clone(), look.clone());
        document.set_size(90, 50);
        document
    });
}

/// Two hundred messages gone through with everything open, which is as much as screens can hold.
#[divan::bench(sample_count = 20, sample_size = 1)]
fn layout_200_messages_unfolded(bencher: Bencher) {
    let (conversation, look) = (read(&world().env, &longest()), look());
    let fresh = || {
        let mut document = Document::new(conversation.clone(), look.clone());
        document.fold_all(true);
        document.set_size(90, 50);
        document
    };
    bencher
        .with_inputs(fresh)
        .bench_local_values(|mut document| {
            for _ in 0..200 {
                document.next_message(1);
            }
            document
        });
}

/// The whole conversation searched.
#[divan::bench(sample_count = 20, sample_size = 1)]
fn find(bencher: Bencher) {
    let mut document = Document::new(read(&world().env, &longest()), look());
    document.set_size(90, 50);
    let mut longer = false;
    bencher.bench_local(|| {
        longer = !longer;
        document.find(if longer { "error" } else { "erro" });
        document.next_hit(0);
    });
}

/// `j` in the reader, drawn.
#[divan::bench(sample_count = 200, sample_size = 1)]
fn frame_step(bencher: Bencher) {
    frame(bencher, "j");
}

/// Half a page, drawn.
#[divan::bench(sample_count = 200, sample_size = 1)]
fn frame_half_page(bencher: Bencher) {
    frame(bencher, "ctrl-d");
}

fn frame(bencher: Bencher, key: &str) {
    let session = longest();
    let mut screen = Screen::reading(&world().env, &session, &read(&world().env, &session));
    bencher.bench_local(|| {
        screen.press(key);
        screen.draw();
    });
}
