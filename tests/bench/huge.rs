//! A session of 50 MB, opened and read to its end.

use std::ops::ControlFlow;
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, LazyLock};
use std::thread::JoinHandle;

use backscroll::env::Env;
use backscroll::ingest::{Delta, Reading};
use backscroll::model::{Conversation, Session};
use divan::Bencher;

use super::screen::{Screen, read};
use super::world;

const BYTES: usize = 50_000_000;
/// The reader's worker tells what it has when it knows so many messages.
const FIRST: usize = 200;

static HUGE: LazyLock<(Env, Arc<Session>)> = LazyLock::new(|| world::one_session(BYTES));

/// The reader's worker at work on the session.
struct Worker {
    news: Receiver<(Arc<Conversation>, bool)>,
    thread: Option<JoinHandle<()>>,
}

impl Worker {
    /// With `end`, whoever reads has asked for the end at once.
    fn start(mut end: bool) -> Worker {
        let (send, news) = channel();
        let thread = std::thread::spawn(move || {
            let (env, session) = &*HUGE;
            let mut reading = Reading::new(session);
            let tail = reading.tail();
            let mut shown = false;
            let mut each = |snapshot: &dyn Fn() -> Conversation, known: usize| {
                if !shown && known >= FIRST {
                    shown = true;
                    send.send((Arc::new(snapshot()), true)).unwrap();
                }
                if std::mem::take(&mut end) {
                    let tail = tail.read(env).unwrap();
                    send.send((Arc::new(tail), true)).unwrap();
                    shown = true;
                }
                ControlFlow::Continue(())
            };
            reading.read_with(env, &mut each).unwrap();
            send.send((Arc::new(reading.conversation()), false))
                .unwrap();
        });
        Worker {
            news,
            thread: Some(thread),
        }
    }
}

/// The next sample must not run beside what is left of the last.
impl Drop for Worker {
    fn drop(&mut self) {
        self.thread.take().unwrap().join().unwrap();
    }
}

fn screen() -> Screen {
    let (env, session) = &*HUGE;
    let told = vec![world::told(session)];
    Screen::new(
        env,
        Delta {
            told,
            ..Delta::default()
        },
    )
}

/// From `enter` to the first lines.
#[divan::bench(sample_count = 20, sample_size = 1)]
fn first_screen(bencher: Bencher) {
    LazyLock::force(&HUGE);
    bencher
        .with_inputs(screen)
        .bench_local_values(|mut screen| {
            screen.press("enter");
            let worker = Worker::start(false);
            let (conversation, more) = worker.news.recv().unwrap();
            screen.show(&conversation, more);
            screen.draw();
            (screen, worker)
        });
}

/// From `enter` and `G` to the last lines, which are read before the rest.
#[divan::bench(sample_count = 20, sample_size = 1)]
fn last_screen(bencher: Bencher) {
    LazyLock::force(&HUGE);
    bencher
        .with_inputs(screen)
        .bench_local_values(|mut screen| {
            screen.press("enter");
            let worker = Worker::start(true);
            let (conversation, more) = worker.news.recv().unwrap();
            screen.show(&conversation, more);
            screen.press("G");
            screen.draw();
            (screen, worker)
        });
}

/// The whole conversation arrives behind its first part.
#[divan::bench(sample_count = 20, sample_size = 1)]
fn whole_arrives(bencher: Bencher) {
    let (env, session) = &*HUGE;
    let whole = read(env, session);
    let mut part = (*whole).clone();
    part.messages.truncate(FIRST);
    let part = Arc::new(part);
    bencher
        .with_inputs(|| Screen::reading(env, session, &part))
        .bench_local_values(|mut screen| {
            screen.show(&whole, false);
            screen.draw();
            screen
        });
}

/// `G` in the whole conversation, and `g g` back.
#[divan::bench(sample_count = 50, sample_size = 1)]
fn jump_to_end(bencher: Bencher) {
    let (env, session) = &*HUGE;
    let whole = read(env, session);
    bencher
        .with_inputs(|| Screen::reading(env, session, &whole))
        .bench_local_values(|mut screen| {
            screen.press("G");
            screen.draw();
            screen
        });
}

/// A letter more of what to find, over all that was said and done.
#[divan::bench(sample_count = 20, sample_size = 1)]
fn find(bencher: Bencher) {
    let (env, session) = &*HUGE;
    let mut screen = Screen::reading(env, session, &read(env, session));
    screen.press("/");
    for key in ["b", "e", "r", "t"] {
        screen.press(key);
    }
    let mut longer = false;
    bencher.bench_local(|| {
        longer = !longer;
        screen.press(if longer { "h" } else { "backspace" });
        screen.draw();
    });
}
