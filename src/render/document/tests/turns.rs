//! Headings of turns: who stands above what is said, and what went in.

use super::sample::*;
use super::*;
use crate::model::NoticeKind;

/// S2-32: a prompt says what its first response read, also where notes and steps stand between them; behind the next
/// prompt stands the next one's.
#[test]
fn what_went_in_is_told_by_the_first_response_with_tokens() {
    let quiet = |mut message: Message| {
        message.usage = None;
        message
    };
    let messages = vec![
        say(1, Role::User, "please continue"),
        say(2, Role::System, "a note"),
        quiet(say(3, Role::Assistant, "I look.")),
        say(4, Role::Assistant, "Done."),
        say(5, Role::User, "stop"),
        say(6, Role::User, "go on"),
        say(7, Role::Assistant, "Yes."),
    ];
    let messages: Vec<_> = messages.into_iter().map(Arc::new).collect();
    let asked = |n| super::super::turns::asked(&messages, n).map(|usage| usage.prompt());
    assert_eq!(
        (asked(0), asked(4), asked(5)),
        (Some(1_200), None, Some(1_200))
    );
    assert_eq!(asked(1), None);
    let document = document(
        conversation(messages.iter().map(|m| (**m).clone()).collect()),
        80,
        40,
    );
    let rows: Vec<String> = said(&document)
        .into_iter()
        .filter(|row| row.contains("YOU"))
        .collect();
    let told = |row: &String| row.trim_end().ends_with("in 1.2k tok");
    assert_eq!(
        rows.iter().map(told).collect::<Vec<_>>(),
        [true, false, true]
    );
}

/// A command is its person's, and not the end of what the agent said before it.
#[test]
fn commands_stand_under_whoever_typed_them() {
    let command = |n, text: &str| {
        let kind = NoticeKind::Command;
        message(
            n,
            Role::System,
            vec![Part::Notice {
                kind,
                text: text.into(),
            }],
        )
    };
    let messages = vec![
        say(1, Role::Assistant, "Done."),
        command(2, "/clear"),
        command(3, "/model"),
        say(4, Role::Assistant, "Hello."),
    ];
    let document = document(conversation(messages), 80, 40);
    let rows: Vec<String> = said(&document);
    let at = |what: &str| rows.iter().position(|row| row.contains(what)).unwrap();
    assert!(
        at("Done.") < at("YOU") && at("YOU") + 1 == at("/clear"),
        "{rows:?}"
    );
    assert_eq!(at("/clear") + 1, at("/model"));
    assert_eq!(rows.iter().filter(|row| row.contains("AGENT")).count(), 2);
    let run = call("!1", "!", r#"{"command":"ls"}"#);
    let messages = vec![
        say(1, Role::Assistant, "Done."),
        message(2, Role::System, vec![run]),
    ];
    let rows = said(&super::document(conversation(messages), 80, 40));
    let last = rows.iter().position(|row| row.contains("YOU")).unwrap();
    assert!(rows[last + 1].contains("! ls"), "{rows:?}");
}

/// Of the plans of a turn the last is read, the others are lines; the next turn has its own.
#[test]
fn one_plan_a_turn_is_open() {
    let plan = |n: u32, state: &str| {
        let input = format!(r#"{{"todos":[{{"content":"wind the warp","status":"{state}"}}]}}"#);
        let mut plan = call(&n.to_string(), "TodoWrite", &input);
        if let Part::ToolCall(call) = &mut plan {
            call.tool.kind = ToolKind::Plan;
        }
        message(n, Role::Assistant, vec![plan])
    };
    let messages = vec![
        say(1, Role::User, "go on"),
        plan(2, "pending"),
        plan(3, "in_progress"),
        plan(4, "completed"),
        say(5, Role::User, "more"),
        plan(6, "pending"),
    ];
    let mut document = document(conversation(messages), 80, 40);
    document.show_so(Showing {
        tools: Tools::Short,
        ..Showing::default()
    });
    let steps = |document: &Document| {
        let rows = said(document);
        rows.iter()
            .filter(|row| row.ends_with(" wind the warp"))
            .count()
    };
    assert_eq!(steps(&document), 2, "{:#?}", said(&document));
    document.fold_all(true);
    assert_eq!(steps(&document), 4, "{:#?}", said(&document));
}
