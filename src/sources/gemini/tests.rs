//! What a history becomes, and what ids and tokens are taken for.

use std::path::Path;

use super::super::json::Obj;
use super::message;
use super::replay::Replay;
use super::{native, parts};
use crate::model::{Lane, Message, Part, Role};

fn said(json: &str) -> message::Said {
    message::read(&Obj::parse(json).unwrap(), 0, true)
}

fn prompt(id: &str, text: &str) -> message::Said {
    said(&format!(
        r#"{{"id":"{id}","type":"user","content":"{text}"}}"#
    ))
}

/// The words of a history, with those that were left in brackets.
fn story(replay: Replay) -> String {
    let words = |m: &Message| {
        let texts = m.parts.iter().filter_map(|part| match part {
            Part::Text(text) => Some(text.untrusted().to_owned()),
            _ => None,
        });
        texts.collect::<Vec<_>>().join("+")
    };
    let messages = replay.messages().map(|(_, m)| match m.lane {
        Lane::Left => format!("[{}]", words(&m)),
        _ => words(&m),
    });
    messages.collect::<Vec<_>>().join(" ")
}

fn abc() -> Replay {
    let mut replay = Replay::default();
    for (id, text) in [("1", "a"), ("2", "b"), ("3", "c")] {
        replay.record(prompt(id, text), 0);
    }
    replay
}

fn key(id: &str) -> u64 {
    prompt(id, "").key
}

#[test]
fn what_is_taken_back_is_left() {
    let mut replay = abc();
    replay.rewind(key("2"));
    replay.record(prompt("4", "d"), 0);
    assert_eq!(story(replay), "a [b] [c] d");
    let mut replay = abc();
    replay.rewind(key("nobody"));
    assert_eq!(story(replay), "[a] [b] [c]", "an unknown id clears all");
}

#[test]
fn a_repeated_history_is_known_by_ids_and_by_words() {
    let mut replay = abc();
    replay.record(prompt("4", "a"), 0);
    replay.list([prompt("1", "a"), prompt("8", "b"), prompt("9", "a")], 0);
    replay.record(prompt("5", "e"), 0);
    assert_eq!(story(replay), "a b [c] a e");
}

#[test]
fn a_list_brings_what_had_no_record() {
    let mut replay = abc();
    replay.list([prompt("3", "c"), prompt("7", "new")], 0);
    replay.rewind(key("7"));
    assert_eq!(story(replay), "[a] [b] c [new]");
}

#[test]
fn a_message_said_again_stays_in_its_place() {
    let mut replay = abc();
    replay.record(prompt("1", "A"), 0);
    assert_eq!(story(replay), "A b c");
}

#[test]
fn an_id_is_plain_or_the_files_name() {
    let path = Path::new("/tmp/x/chats/session-1.json");
    assert_eq!(&*native(path, Some("6e1f-1")), "6e1f-1");
    for odd in ["", "a/b", "--all me", "x#2"] {
        assert_eq!(&*native(path, Some(odd)), "session-1", "{odd}");
    }
    let agent = Path::new("/tmp/x/chats/6e1f-1/helper.jsonl");
    assert_eq!(&*native(agent, Some("6e1f-1")), "helper");
}

#[test]
fn tokens_add_up_to_the_total() {
    let record = r#"{"id":"g","type":"gemini","tokens":{"input":100,"cached":60,"output":7,"thoughts":5,"tool":3,"total":115}}"#;
    let usage = message::spend("s", &Obj::parse(record).unwrap(), 0)
        .unwrap()
        .usage;
    assert_eq!(usage.total(), 115);
    assert_eq!(
        (usage.input, usage.cache_read, usage.output, usage.reasoning),
        (43, 60, 12, 5)
    );
    let silent = r#"{"id":"g","type":"gemini","content":"x"}"#;
    assert!(message::spend("s", &Obj::parse(silent).unwrap(), 0).is_none());
}

#[test]
fn a_prompt_is_what_was_typed() {
    let message = said(
        r#"{"id":"u","type":"user","displayContent":"see @a","content":[{"text":"see"},{"text":"--- a ---"}]}"#,
    )
    .message
    .unwrap();
    assert_eq!(message.role, Role::User);
    assert_eq!(message.parts, [Part::Text("see @a".into())]);
}

#[test]
fn exit_codes_stand_in_the_last_lines() {
    let output = "Output: Exit Code: 9\nExit Code: 2\nProcess Group PGID: 4";
    assert_eq!(parts::exit_code(output), Some(2));
    assert_eq!(parts::exit_code("Output: fine"), None);
}
