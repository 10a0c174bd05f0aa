//! A made log that is opened, grows, goes and comes back, within a small bound.

use std::fs;
use std::sync::mpsc::{self, Sender};
use std::thread;

use serde_json::json;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::*;
use crate::ingest::tests::{Place, place};
use crate::model::Logged;

fn lines(numbers: Range<usize>, bytes: usize) -> String {
    let line = |n: usize| {
        let role = if n.is_multiple_of(2) {
            "user"
        } else {
            "assistant"
        };
        let text = format!("tide {n} {}", "x".repeat(bytes));
        let at = format!("2026-11-01T10:{:02}:{:02}Z", n / 60 % 60, n % 60);
        let line = json!({"type": role, "uuid": format!("u{n}"), "sessionId": "s", "timestamp": at, "cwd": "/w",
            "message": {"role": role, "content": [{"type": "text", "text": text}]}});
        format!("{line}\n")
    };
    numbers.map(line).collect()
}

/// The worker by itself. It ends when nothing more can be wished for.
fn worker(place: &Place) -> (Sender<Job>, UnboundedReceiver<Msg>, thread::JoinHandle<()>) {
    let (wish, jobs) = mpsc::channel();
    let (news, told) = unbounded_channel();
    let env = place.env.clone();
    let tariff: Arc<dyn Tariff> = Arc::new(Logged);
    let work = thread::spawn(move || read(&env, &tariff, &jobs, &news));
    (wish, told, work)
}

/// An open conversation within a small bound.
fn open(place: &Place, most: usize) -> Open {
    let mut open = Open::new(7, Reading::new(&place.session).within(most));
    open.reading.read(&place.env).unwrap();
    open.is_read = true;
    open
}

/// What was told so far, in short: how many messages are open, whether more comes; what failed; what was found.
fn told(news: &mut UnboundedReceiver<Msg>) -> Vec<String> {
    let mut all = Vec::new();
    while let Ok(msg) = news.try_recv() {
        all.push(short(msg));
    }
    all
}

fn short(msg: Msg) -> String {
    match msg {
        Msg::Opened(ticket, all, more) => format!("{ticket} {} {more}", all.messages.len()),
        Msg::NotOpened(ticket, _) => format!("{ticket} failed"),
        Msg::Sought(ticket, number, found, more) => {
            format!("{ticket} {number} found {} {more}", found.len())
        }
        _ => panic!("a conversation"),
    }
}

/// The end that was asked for before all was read does not take the place of a page that is open when its log grows.
#[test]
fn a_stale_wish_for_the_end_replaces_nothing() {
    let place = place(&lines(0..100, 50_000));
    let (wish, mut news, work) = worker(&place);
    wish.send(Job::Open(Of(1, place.session.clone()))).unwrap();
    assert_eq!(short(news.blocking_recv().unwrap()), "1 100 false");
    wish.send(Job::End(1)).unwrap();
    let log = lines(0..102, 50_000);
    fs::write(&place.session.unit.path, log).unwrap();
    wish.send(Job::Refresh(1)).unwrap();
    assert_eq!(short(news.blocking_recv().unwrap()), "1 102 false");
    drop(wish);
    work.join().unwrap();
    assert_eq!(told(&mut news), Vec::<String>::new());
}

/// The end is shown first where a long log is being opened, and then all of it.
#[test]
fn the_end_of_what_is_being_opened_is_shown_first() {
    let place = place(&lines(0..100, 50_000));
    let (wish, jobs) = mpsc::channel();
    let (news, mut heard) = unbounded_channel();
    wish.send(Job::End(7)).unwrap();
    let mut open = Open::new(7, Reading::new(&place.session));
    let mut wishes = Wishes::default();
    open.read(&place.env, Why::Opened, &jobs, &mut wishes, &news)
        .unwrap();
    let all = told(&mut heard);
    assert!(all.len() == 2 && all[0].ends_with(" true"), "{all:?}");
    assert_eq!(all[1], "7 100 false");
    wish.send(Job::End(7)).unwrap();
    let mut back = Open::new(7, Reading::new(&place.session));
    back.read(&place.env, Why::Back, &jobs, &mut wishes, &news)
        .unwrap();
    assert_eq!(told(&mut heard), ["7 100 false"]);
}

/// Whoever looks for something in a conversation that cannot be read any more is told that nothing comes.
#[test]
fn what_is_looked_for_in_what_is_gone_ends() {
    let place = place(&lines(0..10, 100));
    let (wish, mut news, work) = worker(&place);
    let of = |ticket| Of(ticket, place.session.clone());
    fs::rename(&place.session.unit.path, place.env.home.join("away")).unwrap();
    for number in [3, 4] {
        let sought = Sought::typed("tide");
        wish.send(Job::Seek(of(2), number, sought)).unwrap();
        assert_eq!(short(news.blocking_recv().unwrap()), "2 failed");
        let last = format!("2 {number} found 0 false");
        assert_eq!(short(news.blocking_recv().unwrap()), last);
    }
    // Nor is a page that is open replaced by nothing.
    wish.send(Job::Near(of(2), 0..5, None)).unwrap();
    assert_eq!(short(news.blocking_recv().unwrap()), "2 failed");
    drop(wish);
    work.join().unwrap();
    assert_eq!(told(&mut news), Vec::<String>::new());
}

/// What was asked for in vain is said once for each time that somebody asks, not when one only goes on.
#[test]
fn what_nobody_asked_for_fails_in_silence() {
    let place = place(&lines(0..100, 6_000));
    let mut open = open(&place, 40_000);
    let key = Some(open.reading.conversation().messages[10].key);
    let (_wish, jobs) = mpsc::channel();
    let (news, mut heard) = unbounded_channel();
    let path = &place.session.unit.path;
    let mut near = |seen, whole| {
        open.near(
            &place.env,
            seen,
            whole,
            &jobs,
            &mut Wishes::default(),
            &news,
        );
        told(&mut heard)
    };
    fs::write(path, lines(0..5, 6_000)).unwrap();
    let failed = ["7 100 true", "7 failed"];
    assert_eq!(near(5..15, key), failed);
    assert_eq!(near(5..15, key), failed);
    assert_eq!(near(6..16, key), ["7 100 false"]);
    assert_eq!(near(7..17, key), ["7 100 false"]);
    assert_eq!(near(7..17, key), failed);
    fs::remove_file(path).unwrap();
    assert_eq!(near(8..18, key), ["7 100 false"]);
    assert_eq!(near(8..18, key), failed);
    fs::write(path, lines(0..100, 6_000)).unwrap();
    assert_eq!(near(8..18, key), ["7 100 false"]);
    assert!(!open.reading.is_left(10));
}

/// Another conversation that is opened does not wait for what is looked at or looked for in this one.
#[test]
fn what_is_read_again_is_left_for_another_conversation() {
    let place = place(&lines(0..100, 6_000));
    let mut open = open(&place, 40_000);
    let (wish, jobs) = mpsc::channel();
    let (news, mut heard) = unbounded_channel();
    let other = || Job::Open(Of(8, place.session.clone()));
    wish.send(other()).unwrap();
    let mut wishes = Wishes::default();
    open.near(&place.env, 5..15, None, &jobs, &mut wishes, &news);
    assert!(wishes.open.take().is_some());
    let seek = || {
        let mut wishes = Wishes::default();
        let of = Of(7, place.session.clone());
        wishes.take(Job::Seek(of, 1, Sought::typed("tide")));
        wishes.seek.unwrap()
    };
    wish.send(other()).unwrap();
    let rest = open.seek(&place.env, seek(), &jobs, &mut wishes, &news);
    assert!(rest.is_none() && wishes.open.take().is_some());
    assert_eq!(told(&mut heard), Vec::<String>::new());
    let rest = open.seek(&place.env, seek(), &jobs, &mut wishes, &news);
    assert!(rest.is_some() && !told(&mut heard).is_empty());
}
