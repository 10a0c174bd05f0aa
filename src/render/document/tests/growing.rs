//! Conversations that go on while they are read.

use super::sample::*;
use super::*;

/// A view in the middle of a conversation, on a line in the middle of a message.
fn in_the_middle(height: u16) -> Document {
    let mut document = document(long(60), 60, height);
    for _ in 0..3 {
        document.next_prompt(1);
    }
    document.scroll(9);
    document
}

#[test]
fn growing_moves_nothing_unless_the_end_is_followed() {
    let mut document = in_the_middle(10);
    let screen = said(&document);
    document.replace(long(80));
    assert_eq!(said(&document), screen);
    assert_eq!(document.below(), 20);
    document.set_following(true);
    document.replace(long(90));
    assert!(said(&document)[9].contains("word90x39"));
    assert_eq!(document.below(), 0);
    document.scroll(-1);
    assert!(!document.following());
    document.replace(long(95));
    assert_eq!(document.below(), 5);
    assert!(has(&document, "word90x3") && !has(&document, "word92"));
}

#[test]
fn following_may_be_asked_for_before_there_is_a_view() {
    let mut document = Document::new(long(60), look(ThemeKind::Dark, false));
    document.set_following(true);
    document.set_size(60, 10);
    assert_eq!(document.position().message, 60);
    document.set_size(60, 4);
    assert!(said(&document)[3].contains("word60x39"));
}

#[test]
fn the_message_that_is_read_may_grow() {
    let lines = |n: u32| (1..=n).map(|i| format!("line{i}\n\n")).collect::<String>();
    let grown = |n| {
        conversation(vec![
            say(1, Role::User, "go"),
            say(2, Role::Assistant, &lines(n)),
        ])
    };
    let mut document = document(grown(40), 60, 10);
    document.to_end();
    document.scroll(-12);
    let screen = said(&document);
    document.replace(grown(70));
    assert_eq!(said(&document), screen);
}

#[test]
fn what_is_put_in_above_moves_nothing() {
    let mut document = in_the_middle(10);
    let screen = said(&document);
    let mut grown: Conversation = (*long(60)).clone();
    grown
        .messages
        .insert(3, Arc::new(say(500, Role::User, "late")));
    document.replace(Arc::new(grown));
    assert_eq!(said(&document), screen);
}

#[test]
fn what_is_gone_is_not_waited_for() {
    let mut document = in_the_middle(10);
    document.replace(long(5));
    assert_eq!(document.position().of, 5);
    assert!(!said(&document).is_empty() && document.cursor_row().is_some());
    document.replace(conversation(vec![]));
    assert!(said(&document).is_empty());
}

#[test]
fn a_late_result_opens_nothing_else() {
    let calls = |results: bool| {
        let mut parts = Vec::new();
        for id in ["a", "b", "c"] {
            parts.push(call(id, "Bash", &format!(r#"{{"command":"run {id}"}}"#)));
            if results || id == "c" {
                parts.push(result(id, &format!("head\noutput of {id}")));
            }
        }
        conversation(vec![message(1, Role::Assistant, parts)])
    };
    let mut document = document(calls(false), 80, 40);
    document.click(row_of(&document, "run c"));
    document.toggle_fold();
    assert!(has(&document, "output of c"));
    document.replace(calls(true));
    assert!(has(&document, "output of c"));
    assert!(!has(&document, "output of a") && !has(&document, "output of b"));
    assert_eq!(
        document.cursor_row(),
        Some(usize::from(row_of(&document, "run c")))
    );
}

#[test]
fn what_is_looked_for_is_found_in_what_comes() {
    let mut document = document(long(30), 60, 10);
    document.find("prompt");
    assert_eq!(document.hits(), Some((1, 3)));
    document.replace(long(50));
    assert_eq!(document.hits(), Some((1, 5)));
    document.replace(long(15));
    assert_eq!(document.hits(), Some((1, 2)));
}

#[test]
fn a_heading_follows_the_message_behind_it() {
    let asked = |known: bool| {
        let mut answer = say(2, Role::Assistant, "yes");
        answer.usage = answer.usage.filter(|_| known);
        conversation(vec![say(1, Role::User, "well?"), answer])
    };
    let mut document = document(asked(false), 60, 10);
    assert!(!has(&document, "in 1.2k tok"));
    document.replace(asked(true));
    assert!(has(&document, "in 1.2k tok"));
}
