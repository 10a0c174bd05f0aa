//! What is opened: all of it is told, and a key that changes nothing is not spent.

use super::finding::marked;
use super::sample::*;
use crate::model::{Part, Role, ToolResult};
use crate::query::Query;
use crate::query::tests::context;
use crate::render::showing::{Showing, Tools};

/// UX 7: whoever opens a call reads all of what was asked, and no key seems to do nothing.
#[test]
fn an_open_call_tells_all_of_what_was_asked() {
    let command = format!("cd /home/ada/loom && {} && make warp", "weft ".repeat(20));
    let given = serde_json::json!({ "command": command }).to_string();
    let parts = vec![call("b", "Bash", &given), result("b", "done\nand done")];
    let talk = conversation(vec![message(1, Role::Assistant, parts)]);
    let mut document = document(talk, 60, 40);
    let face = row_of(&document, "cd /home/ada");
    document.click(face);
    assert!(!has(&document, "make warp"));
    document.toggle_fold();
    assert!(has(&document, "and done") && !has(&document, "make warp"));
    document.toggle_fold();
    assert!(has(&document, "make warp"));
    document.find("make warp");
    assert_eq!(document.hits(), Some((1, 1)));
    let words: String = marked(&document)
        .into_iter()
        .map(|(_, word)| word)
        .collect();
    assert!(words.replace(' ', "").contains("makewarp"));
    // Where the whole of it is told, the first step tells all there is.
    let parts = vec![
        call("b", "Bash", r#"{"command":"ls"}"#),
        result("b", "a\nb"),
    ];
    let talk = conversation(vec![message(1, Role::Assistant, parts)]);
    let mut document = super::sample::document(talk, 60, 40);
    let folded = said(&document);
    let face = row_of(&document, "Bash ls");
    document.click(face);
    document.toggle_fold();
    assert_ne!(said(&document), folded);
    document.toggle_fold();
    assert_eq!(said(&document), folded);
}

/// UX 5.4: what is ours is no hit.
/// What a sub-agent gives is for the agent, but why it failed is for everybody.
#[test]
fn a_call_that_failed_tells_why() {
    let talk = |ok: bool| {
        let mut answer = ToolResult::new("a", "no such worker\nthere are none");
        answer.ok = Some(ok);
        let parts = vec![
            call("a", "Task", r#"{"description":"Count items"}"#),
            Part::ToolResult(Box::new(answer)),
        ];
        conversation(vec![message(1, Role::Assistant, parts)])
    };
    let tells = |ok: bool, tools: Tools| {
        let showing = Showing {
            tools,
            ..Showing::default()
        };
        let mut document = document(talk(ok), 60, 12);
        document.show_so(showing);
        said(&document)
            .iter()
            .any(|line| line.trim() == "there are none")
    };
    assert!(tells(false, Tools::Short) && !tells(true, Tools::Short));
    assert!(!tells(false, Tools::Line));
}

#[test]
fn no_label_is_marked() {
    let talk = conversation(vec![say(1, Role::Assistant, "an agent of looms")]);
    let mut document = document(talk, 60, 20);
    document.find("agent");
    assert_eq!(marked(&document).len(), 1);
}

/// UX 4.3: what is listed is gone to at its very line, also where it is one of several calls on a line.
#[test]
fn a_part_is_gone_to_within_its_group() {
    let run = |n: usize| {
        let id = format!("c{n}");
        let given = format!(r#"{{"command":"run {n}"}}"#);
        [call(&id, "Bash", &given), result(&id, "done")]
    };
    let parts = (1..=6).flat_map(run).collect();
    let talk = conversation(vec![
        say(1, Role::User, "go on"),
        message(2, Role::Assistant, parts),
    ]);
    let mut document = document(talk, 60, 40);
    document.show_so(Showing {
        tools: Tools::Line,
        ..document.showing
    });
    assert!(!has(&document, "run 4"));
    assert!(document.go_to_part(2, 6));
    let row = document.cursor_row().unwrap();
    assert_eq!(row, usize::from(row_of(&document, "run 4")));
    assert!(!document.go_to_part(3, 0));
}

/// UX 4.3 `J`: a message whose calls all stand on the line of a group before it is passed.
#[test]
fn the_next_message_lies_behind_a_group() {
    let run = |n: usize| {
        let id = format!("c{n}");
        let given = format!(r#"{{"command":"run {n}"}}"#);
        [call(&id, "Bash", &given), result(&id, "done")]
    };
    let mut first = vec![Part::Text("let me see".into())];
    first.extend(run(1));
    let talk = conversation(vec![
        say(1, Role::User, "go on"),
        message(2, Role::Assistant, first),
        message(3, Role::Assistant, run(2).into()),
        message(4, Role::Assistant, run(3).into()),
        say(5, Role::Assistant, "that is all"),
    ]);
    let mut document = document(talk, 60, 40);
    document.show_so(Showing {
        tools: Tools::Line,
        ..document.showing
    });
    let mut seen = Vec::new();
    for _ in 0..6 {
        document.next_message(1);
        seen.push(document.position().message);
    }
    assert_eq!(seen, [2, 5, 5, 5, 5, 5]);
    document.next_message(-1);
    assert_eq!(document.position().message, 2);
}

/// What a program put in is gone to only where nobody else says it.
#[test]
fn one_lands_on_what_somebody_said() {
    let talk = conversation(vec![
        say(1, Role::System, "skills: weft"),
        say(2, Role::User, "mend the weft"),
    ]);
    let mut document = document(talk, 60, 40);
    document.find("weft");
    assert!(document.land_on_said());
    assert_eq!(
        (document.position().message, document.hits()),
        (2, Some((2, 2)))
    );
    document.find("skills");
    assert!(!document.land_on_said());
}

/// UX 5.5: where all words stand as they were typed is what is meant, then where a person typed all of them.
#[test]
fn one_lands_where_the_words_stand_together() {
    let land = |query: &str| {
        let talk = conversation(vec![
            say(1, Role::User, "a weft, or a loom\nand a shuttle"),
            say(2, Role::Assistant, "I shall mend a loom"),
            say(3, Role::User, "the loom; and mend the weft"),
            say(4, Role::Assistant, "weft, then: mend the weft of it"),
        ]);
        let mut document = document(talk, 60, 40);
        document.find_query(&Query::parse(query, &context()));
        assert!(document.land_on_said());
        (document.position().message, document.hits().unwrap().0)
    };
    assert_eq!(land("loom"), (1, 1));
    // More of them in one line than in others.
    assert_eq!(land("mend of weft"), (4, 5));
    assert_eq!(land("shall weft mend"), (2, 2));
    // The words in their order, whoever says it; and the second of the hits there.
    assert_eq!(land("weft of it"), (4, 4));
    assert_eq!(land("shuttle a"), (1, 1));
    // In no order, but in one line that a person typed.
    assert_eq!(land("weft loom").0, 1);
    assert_eq!(land("mend loom"), (3, 4));
}
