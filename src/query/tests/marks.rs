//! G11: what people note on sessions can be asked for like everything else.

use super::*;
use crate::model::mark::{Mark, Seen, Tag};

fn marked(change: impl FnOnce(&mut Mark)) -> Row {
    let mut mark = Mark::default();
    change(&mut mark);
    Row {
        mark: Some(Arc::new(mark)),
        ..plain()
    }
}

fn tagged(tags: &[&str]) -> Row {
    marked(|mark| mark.tags = tags.iter().map(|tag| Tag::new(tag).unwrap()).collect())
}

#[test]
fn tags_and_notes() {
    fits(
        &tagged(&["auth", "area:q4"]),
        &[
            "tag:auth",
            "tag:au",
            "tag:=auth",
            "tag:q4",
            "tag:x,auth",
            "-tag:none",
            "tag:area:q4",
            "tag:!x",
        ],
        &[
            "tag:none",
            "tag:=au",
            "tag:?",
            "-tag:auth",
            "tag:!auth",
            "note:auth",
        ],
    );
    fits(
        &plain(),
        &["tag:none", "note:none", "tag:?", "-tag:x"],
        &["tag:auth", "-tag:none"],
    );
    fits(
        &marked(|mark| mark.note = Some(Clean::of("flaky\non Fridays"))),
        &[
            "note:flaky",
            "note:\"on fri\"",
            "-note:none",
            "note:/fr.days/i",
        ],
        &["note:none", "note:=flaky", "note:monday"],
    );
    assert_eq!(
        ask("tag:q4 -note:none").describe(),
        "tagged q4, not the note has none"
    );
}

#[test]
fn stars_what_is_hidden_and_what_is_new() {
    fits(
        &marked(|mark| mark.star = true),
        &["is:starred", "-is:hidden"],
        &["is:hidden", "is:unread"],
    );
    // The row's last activity is on the 19th at ten.
    let seen = |text: &str| {
        let seen = Seen {
            at: at(text),
            messages: 9,
        };
        marked(|mark| mark.seen = Some(seen))
    };
    fits(
        &seen("2026-11-19T09:59:59Z"),
        &["is:unread"],
        &["-is:unread"],
    );
    fits(
        &seen("2026-11-19T10:00:00Z"),
        &["-is:unread"],
        &["is:unread"],
    );
    fits(&plain(), &["-is:starred", "-is:unread"], &["is:starred"]);
    assert_eq!(
        ask("is:starred,unread").describe(),
        "starred or unread since the last visit"
    );
}

#[test]
fn what_is_hidden_by_hand_is_left_out_and_counted_until_it_is_asked_for() {
    let row = marked(|mark| mark.hidden = true);
    let class = |text: &str| ask(text).asks_for_hidden().class(&row);
    assert_eq!(class(""), Some("hidden"));
    assert_eq!(class("is:sub"), Some("hidden"));
    assert_eq!(class("-is:hidden"), Some("hidden"));
    assert_eq!((class("is:hidden"), Hidden::ALL.class(&row)), (None, None));
    assert!(Hidden::default().counts(&row), "its money was spent");
}

#[test]
fn completion_offers_the_tags_there_are() {
    let rows = [tagged(&["auth", "q4"]), tagged(&["auth"]), plain()];
    let offers = |text: &str| -> Vec<(String, Option<usize>)> {
        let offers = complete(text, 99, rows.iter()).into_iter();
        offers.map(|offer| (offer.text, offer.count)).collect()
    };
    assert_eq!(
        offers("tag:"),
        [("tag:auth".into(), Some(2)), ("tag:q4".into(), Some(1))]
    );
    assert_eq!(offers("tag:auth,q"), [("tag:auth,q4".into(), Some(1))]);
    assert_eq!(offers("is:star"), [("is:starred".into(), Some(0))]);
    assert_eq!(offers("note:f"), []);
}
