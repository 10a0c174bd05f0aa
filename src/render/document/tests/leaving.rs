//! Coming back to a conversation.

use super::sample::{call, conversation, document, message, result, said, say};
use crate::model::Role;
use crate::query::Query;
use crate::query::tests::context;

/// Several hits may stand on one line, behind what is left out, and what is found opens folds: the place, the hit and the
/// folds are those that one left.
#[test]
fn it_is_seen_as_it_was_left() {
    let lines = |word: &str| {
        let lines = (1..=40).map(|n| format!("{word} {n}\n"));
        lines.collect::<String>()
    };
    let calls = || {
        let asked = call("a", "Bash", r#"{"command":"echo warp; echo warp"}"#);
        let again = call("b", "Bash", r#"{"command":"cat weft.txt"}"#);
        let parts = vec![
            asked,
            result("a", &lines("warp")),
            again,
            result("b", &lines("weft")),
        ];
        message(2, Role::Assistant, parts)
    };
    let talk = || {
        let more = (4..30).map(|n| say(n, Role::User, &format!("weft {n}")));
        let first = [
            say(1, Role::User, "no such thing"),
            calls(),
            say(3, Role::Assistant, "a warp"),
        ];
        conversation(first.into_iter().chain(more).collect())
    };
    let query = Query::parse("warp", &context());
    let open = || {
        let mut document = document(talk(), 60, 12);
        document.find_query(&query);
        document
    };
    let mut first = open();
    first.land_on_said();
    first.next_hit(-1);
    first.next_hit(-1);
    first.step(3);
    let line = said(&first);
    let left = first.left().unwrap();
    let mut again = open();
    assert!(again.come_back(&left));
    again.count_from_here();
    assert_eq!(said(&again), line);
    // At a hit, its number is that of before, and the next one is the next.
    first.next_hit(1);
    let left = first.left().unwrap();
    let mut again = open();
    assert!(again.come_back(&left));
    again.count_from_here();
    assert_eq!((said(&again), again.hits()), (said(&first), first.hits()));
    first.next_hit(1);
    again.next_hit(1);
    assert_eq!((said(&again), again.hits()), (said(&first), first.hits()));
    // What was opened by hand is open.
    let mut first = document(talk(), 60, 12);
    first.go_to_part(2, 2);
    first.show_more();
    first.show_more();
    first.step(20);
    let left = first.left().unwrap();
    let mut again = document(talk(), 60, 12);
    assert!(again.come_back(&left));
    assert_eq!((said(&again), again.line()), (said(&first), first.line()));
}

/// What was gone to beside the list has as much before it as what is gone to on the page; who scrolled keeps his lines.
#[test]
fn a_hit_stands_on_the_page_as_if_found_there() {
    let talk = || {
        let said = (1..40).map(|n| say(n, Role::User, if n == 20 { "warp" } else { "weft" }));
        conversation(said.collect())
    };
    let query = Query::parse("warp", &context());
    let row = |heights: &[u16], scrolled: i32| {
        let mut document = document(talk(), 60, heights[0]);
        document.find_query(&query);
        document.land_on_said();
        document.scroll(scrolled);
        for height in heights {
            document.set_size(60, *height);
            document.show_hit();
        }
        document.cursor_row()
    };
    assert_eq!(row(&[24], 0), Some(6));
    assert_eq!(row(&[8, 24], 0), Some(6));
    assert_eq!(row(&[24, 8, 24], 0), Some(6));
    assert_eq!(row(&[8, 24], 1), row(&[8], 1));
}
