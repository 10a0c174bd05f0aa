//! What no home shows: files that break for a moment, and whose words a text is.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use crate::env::Env;
use crate::ingest::UnitFold;
use crate::model::{Change, Message, Part, Role};
use crate::sources::json::Obj;
use crate::sources::{Cursor, Source, Want};

use super::message::Entry;

fn messages(body: &str) -> Vec<Message> {
    let body = Obj::parse(body).unwrap();
    let (at, model, usage) = (None, None, None);
    let entry = Entry {
        key: 1,
        body: &body,
        at,
        model,
        usage,
    };
    entry.messages(true)
}

/// Who says what, of texts that stand in one message.
fn said(texts: &[&str]) -> Vec<String> {
    let blocks: Vec<String> = texts
        .iter()
        .map(|text| {
            format!(
                r#"{{"type":"text","text":{}}}"#,
                serde_json::to_string(text).unwrap()
            )
        })
        .collect();
    let body = format!(r#"{{"role":"user","content":[{}]}}"#, blocks.join(","));
    let told = messages(&body).into_iter().flat_map(|message| {
        let who = if message.role == Role::User {
            "person"
        } else {
            "program"
        };
        let texts = message.parts.into_iter().map(move |part| match part {
            Part::Text(text) => format!("{who}: {}", text.untrusted()),
            other => panic!("{other:?}"),
        });
        texts.collect::<Vec<_>>()
    });
    told.collect()
}

#[test]
fn a_persons_words_are_told_from_the_programs() {
    assert_eq!(said(&["<task>\nSpin\n</task>"]), ["person: Spin"]);
    assert_eq!(said(&["Spin <task>"]), ["person: Spin <task>"]);
    assert_eq!(
        said(&["<tasks>Spin</tasks>"]),
        ["person: <tasks>Spin</tasks>"]
    );
    assert_eq!(
        said(&[
            "<user_input mode=\"plan\">a</user_input>",
            "<user_input mode=\"act\">b"
        ]),
        ["person: a", "person: b"]
    );
    assert_eq!(
        said(&["[TASK RESUMPTION] Again.\n<user_message>\nGo on\n</user_message>"]),
        ["person: Go on"]
    );
    assert_eq!(
        said(&[
            "[ask_followup_question for 'x'] Result:",
            "<answer>\nRed\n</answer>"
        ]),
        [
            "program: [ask_followup_question for 'x'] Result:",
            "person: Red"
        ]
    );
    assert_eq!(
        said(&["[read_file for 'x'] Result:", "<answer>\nnobody\n</answer>"]),
        [
            "program: [read_file for 'x'] Result:",
            "program: <answer>\nnobody\n</answer>"
        ]
    );
    assert!(said(&["<environment_details>\nall of it\n</environment_details>"]).is_empty());
    let many = "<task>x</task>".repeat(10_000) + &"<environment_details>".repeat(10_000);
    assert_eq!(said(&[&many]).len(), 1);
}

#[test]
fn marked_replacements_are_edits() {
    let body = |diff: &str| {
        let diff = serde_json::to_string(diff).unwrap();
        format!(
            r#"{{"role":"assistant","content":[{{"type":"tool_use","id":"c","name":"replace_in_file","input":{{"path":"a","diff":{diff}}}}}]}}"#
        )
    };
    let edits = |diff: &str| match messages(&body(diff)).remove(0).parts.remove(0) {
        Part::ToolCall(call) => call.edits.into_iter().map(|e| e.change).collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    let replace = |old: &str, new: &str| Change::Replace {
        old: old.into(),
        new: new.into(),
    };
    let two = "<<<<<<< SEARCH\na\n=======\nb\n>>>>>>> REPLACE\n\n<<<<<<< SEARCH>\n:start_line:7\n-------\nc\n=======\n>>>>>>> REPLACE";
    assert_eq!(edits(two), [replace("a\n", "b\n"), replace("c\n", "")]);
    assert_eq!(
        edits("@@\n-a\n+b\n"),
        [Change::Patch("@@\n-a\n+b\n".into())]
    );
}

#[test]
fn what_is_being_written_is_waited_for() {
    let home = tempfile::tempdir().unwrap();
    let env = Env::bare(home.path(), "2026-03-31T00:00:00Z".parse().unwrap());
    let place = ".config/Code/User/globalStorage/saoudrizwan.claude-dev/tasks/1772445600000";
    let folder = home.path().join(place);
    std::fs::create_dir_all(&folder).unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.join(name), text).unwrap();
    let talk = r#"[{"role":"user","content":"<task>Spin</task>"}"#;
    let request = r#"[{"ts":1772445600100,"say":"api_req_started","text":"{\"tokensIn\":7,\"tokensOut\":2}"}]"#;
    write("api_conversation_history.json", &format!("{talk}]"));
    write("ui_messages.json", request);
    let mut units = Vec::new();
    super::CLINE.discover(&env, &mut |unit| units.push(unit));
    let unit = units.remove(0);
    let mut fold = UnitFold::new(Arc::new(unit.clone()));
    let (mut cursor, mut told) = (Cursor::default(), Vec::new());
    let mut seen = || {
        let mut hear = |record| {
            fold.hear(record);
            ControlFlow::Continue(())
        };
        let read = super::CLINE.read(&env, &unit, Want::Summary, &cursor, &mut hear);
        cursor = read.unwrap();
        let now = fold.told(None, 0);
        if !now.is_empty() {
            told = now;
        }
        assert!(fold.gone().is_empty());
        let tokens = told[0].spends.iter().map(|s| s.usage.total()).sum::<u64>();
        let odd = fold.odd_now().counts.values().sum::<u32>();
        (told[0].session.replies, tokens, odd)
    };
    assert_eq!(seen(), (0, 9, 0));
    write("ui_messages.json", "[{\"ts\"");
    assert_eq!(seen(), (0, 9, 1), "what it said stays");
    write("ui_messages.json", request);
    assert_eq!(seen(), (0, 9, 0));
    let longer = format!(r#"{talk},{{"role":"assistant","content":"Spun"}}"#);
    write("api_conversation_history.json", &longer);
    assert_eq!(seen(), (0, 9, 1));
    write("api_conversation_history.json", "");
    assert_eq!(seen(), (0, 9, 1));
    write("api_conversation_history.json", &format!("{longer}]"));
    assert_eq!(seen(), (1, 9, 0));
    // What stays broken is as if it had never been read.
    write("ui_messages.json", "[");
    assert_eq!(seen(), (1, 9, 1));
    write("ui_messages.json", "[ ");
    assert_eq!(seen(), (1, 0, 1));
    std::fs::remove_file(folder.join("ui_messages.json")).unwrap();
    assert_eq!(seen(), (1, 0, 0));
}

#[test]
fn a_setting_is_found_among_comments() {
    let home = tempfile::tempdir().unwrap();
    let env = Env::bare(home.path(), "2026-03-31T00:00:00Z".parse().unwrap());
    let path = home.path().join("settings.json");
    let named = |text: &str| {
        std::fs::write(&path, text).unwrap();
        super::files::setting(&env, &path, "a.b")
    };
    assert_eq!(
        named("{ // all\n  \"a.b\" : \"/x y\",\n}"),
        Some(Path::new("/x y").into())
    );
    for none in [
        "{\"a.bc\": \"/x\"}",
        "// \"a.b\": \"/x\"",
        "\"a.b\": 7",
        "\"a.b\": \"\"",
        "",
    ] {
        assert_eq!(named(none), None, "{none}");
    }
}
