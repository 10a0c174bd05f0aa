//! What a visit leaves behind: a place to go on at, and what is no news any more.

use super::reading::conversation;
use super::*;
use crate::marks::Seen;
use crate::model::Row;

fn open(app: &mut App, texts: &[&str]) {
    press(app, "enter");
    let ticket = app.reader.as_ref().unwrap().ticket;
    update(app, Msg::Opened(ticket, conversation("a", texts), false));
}

fn texts(count: usize) -> Vec<String> {
    (0..count).map(|n| format!("line {n} of a warp")).collect()
}

fn row(app: &App) -> Arc<Row> {
    let entry = app.list.entries.iter().find(|entry| {
        let id = entry.row.id();
        *id.native == *"a"
    });
    entry.unwrap().row.clone()
}

/// Somebody says more in session `a`, now.
fn grow(app: &mut App) {
    later(app, 60);
    let mut grown = session("a", 0);
    grown.updated = Some(app.now);
    update(app, Msg::Delta(told([grown])));
}

/// G14, UX 3.2: what was there at a visit is no news after it, wherever one left. The place is kept by itself.
#[test]
fn what_is_left_half_read_is_a_place_and_no_news() {
    let texts = texts(60);
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let mut app = app();
    later(&mut app, 60);
    open(&mut app, &texts);
    let number = |app: &mut App| app.document().unwrap().message().unwrap().number;
    press(&mut app, "J J J");
    let left = number(&mut app);
    assert!(left < 60);
    press(&mut app, "q");
    // The row knows at once.
    let seen = Seen {
        at: app.now,
        messages: 60,
    };
    assert_eq!(
        (row(&app).seen(), row(&app).is_unread()),
        (Some(seen), false)
    );
    assert!(app.list.held.is_empty(), "nothing moved");
    press(&mut app, "j k");
    open(&mut app, &texts);
    assert_eq!(number(&mut app), left);
    press(&mut app, "g u");
    assert_eq!(number(&mut app), left);
    let line = app.toasts.shown().last().unwrap().text.clone();
    assert_eq!(line.as_str(), "nothing is new since the last visit");
}

/// UX 7: opening does not clear what is new, passing it does, and the dot goes when the reader is left.
#[test]
fn what_is_said_since_is_news_until_it_is_passed() {
    let many = texts(90);
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let mut app = app();
    later(&mut app, 60);
    open(&mut app, &many[..60]);
    press(&mut app, "q j");
    assert!(!row(&app).is_unread());
    grow(&mut app);
    assert!(row(&app).is_unread());
    press(&mut app, "g g");
    open(&mut app, &many);
    press(&mut app, "q");
    assert!(row(&app).is_unread(), "opening passes nothing");
    press(&mut app, "enter g u");
    let document = app.document().unwrap();
    assert_eq!(document.message().unwrap().number, 61);
    press(&mut app, "q");
    assert!(row(&app).is_unread(), "not all of it");
    press(&mut app, "enter G q");
    assert!(!row(&app).is_unread());
    // It is not said twice.
    let effects = press(&mut app, "enter G q");
    assert!(!effects.iter().any(|e| matches!(e, Effect::Do(_))));
}

/// What is said while the list is looked at is under a rule, though the conversation stood beside it all the time.
#[test]
fn what_comes_after_one_went_back_to_the_list_is_new() {
    let mut app = app();
    later(&mut app, 60);
    open(&mut app, &["one", "two"]);
    press(&mut app, "q");
    grow(&mut app);
    let ticket = app.reader.as_ref().unwrap().ticket;
    let talk = conversation("a", &["one", "two", "three"]);
    update(&mut app, Msg::Opened(ticket, talk, false));
    assert!(row(&app).is_unread());
    press(&mut app, "enter g g g u");
    assert_eq!(app.document().unwrap().message().unwrap().number, 3);
}
