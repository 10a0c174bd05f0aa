//! What each format holds, as its readers take it.

use serde_json::Value;

use super::*;
use crate::redact::Secrets;

/// G23: parts are chosen, and a message of which nothing is left is left out.
#[test]
fn what_is_left_out_is_left_out() {
    let said = conversation(vec![
        message(Role::User, vec![Part::Text("ask".into())]),
        message(
            Role::Assistant,
            vec![
                call("Bash", "{\"command\":\"ls\"}"),
                Part::Thinking(Some("hm".into())),
            ],
        ),
        message(Role::System, vec![Part::Text("reminder".into())]),
        message(Role::Assistant, vec![Part::Text("done".into())]),
        message(Role::Assistant, Vec::new()),
    ]);
    let row = row("a1b2c3", "t");
    for format in [Format::Markdown, Format::Text, Format::Html, Format::Json] {
        let all = export(format, &row, &said, &Parts::ALL);
        let words = export(format, &row, &said, &Parts::WORDS);
        for gone in ["Bash", "hm", "reminder"] {
            assert!(all.contains(gone), "{format:?}: {gone}\n{all}");
            assert!(
                !words.contains(gone) || (gone == "hm" && format == Format::Html),
                "{format:?}: {gone}\n{words}"
            );
        }
        assert!(words.contains("ask") && words.contains("done"));
        assert!(all.contains("23:31"), "{format:?}");
        assert!(!words.contains("23:31"), "{format:?}");
    }
    let md = export(Format::Markdown, &row, &said, &Parts::WORDS);
    assert_eq!(turns(&md), ["t", "You", "Agent", "Agent"]);
}

/// S2-42: the names that DeepEval's loader takes; a pair for each prompt that was answered, with what came before.
#[test]
fn deepeval_has_a_case_for_each_answered_prompt() {
    let text = |role, text: &str| message(role, vec![Part::Text(text.into())]);
    let mut left = text(Role::User, "taken back");
    left.lane = Lane::Left;
    let said = conversation(vec![
        text(Role::System, "reminder"),
        text(Role::User, "first"),
        message(Role::Assistant, vec![call("Bash", "{\"command\":\"ls\"}")]),
        text(Role::Assistant, "one"),
        text(Role::Assistant, "two"),
        text(Role::User, "unanswered"),
        left,
        text(Role::User, "second"),
        text(Role::Assistant, "three"),
    ]);
    let row = row("a1b2c3", "t");
    let cases: Value =
        serde_json::from_str(&export(Format::DeepEval, &row, &said, &Parts::WORDS)).unwrap();
    let cases = cases.as_array().unwrap();
    assert_eq!(cases.len(), 2);
    assert_eq!(cases[0]["input"], "first");
    assert_eq!(cases[0]["actual_output"], "one\n\ntwo");
    assert_eq!(cases[0]["context"], serde_json::json!([]));
    assert_eq!(cases[1]["input"], "second");
    let context = [
        "user: first",
        "assistant: ",
        "assistant: one",
        "assistant: two",
        "user: unanswered",
    ];
    assert_eq!(
        cases[1]["context"],
        serde_json::json!(
            context
                .iter()
                .filter(|c| **c != "assistant: ")
                .collect::<Vec<_>>()
        )
    );
    for case in cases {
        assert!(case["expected_output"].is_null() && case["retrieval_context"].is_array());
        assert_eq!(case["additional_metadata"]["session_id"], "a1b2c3");
        assert!(case.get("tools_called").is_none());
    }
    let with = Parts {
        tools: true,
        ..Parts::WORDS
    };
    let cases: Value = serde_json::from_str(&export(Format::DeepEval, &row, &said, &with)).unwrap();
    assert_eq!(cases[0]["tools_called"][0]["name"], "Bash");
    assert_eq!(
        cases[0]["tools_called"][0]["input_parameters"]["command"],
        "ls"
    );
    let none = export(
        Format::DeepEval,
        &row,
        &conversation(Vec::new()),
        &Parts::WORDS,
    );
    assert_eq!(none, "[]\n");
}

/// S2-42: what came before a prompt is bounded, so that a long conversation is as long as an export and not its square.
#[test]
fn deepeval_keeps_what_was_said_last() {
    let long = "x".repeat(10_000);
    let turns = (0..200).flat_map(|n| {
        let text = |role, text: String| message(role, vec![Part::Text(text.as_str().into())]);
        [
            text(Role::User, format!("prompt {n}")),
            text(Role::Assistant, format!("answer {n} {long}")),
        ]
    });
    let said = conversation(turns.collect());
    let text = export(Format::DeepEval, &row("a1b2c3", "t"), &said, &Parts::WORDS);
    assert!(text.len() < 200 * 100_000, "{} bytes", text.len());
    let cases: Value = serde_json::from_str(&text).unwrap();
    let last = &cases[199];
    let context = last["context"].as_array().unwrap();
    let left_out = last["additional_metadata"]["context_left_out"].as_u64();
    assert_eq!(left_out.unwrap() as usize + context.len(), 398);
    let nearest = context.last().unwrap().as_str().unwrap();
    assert!(nearest.starts_with("assistant: answer 198 "));
    assert_eq!(context.len(), 12);
    let first = &cases[1]["additional_metadata"];
    assert!(first.get("context_left_out").is_none(), "{first}");
}

/// S2-43: a line for each conversation, with messages that have a role and content.
#[test]
fn evals_have_a_line_for_each_conversation() {
    let text = |role, text: &str| message(role, vec![Part::Text(text.into())]);
    let said = conversation(vec![
        text(Role::User, "a\nb\u{2028}c"),
        message(
            Role::Assistant,
            vec![
                call("Bash", "{}"),
                Part::ToolResult(Box::new(ToolResult::new("c1", "out"))),
            ],
        ),
        text(Role::Assistant, "d"),
    ]);
    let (one, two) = (row("a1b2c3", "t"), row("d4e5f6", "u"));
    let scanner = Scanner::new();
    let mut outlet = Outlet::new(&scanner, Secrets::Keep);
    let mut out = Vec::new();
    let mut writer = Writer::new(Format::Evals, Parts::WORDS, &mut out);
    writer.session(&one, &said, &mut outlet).unwrap();
    writer
        .session(&two, &conversation(Vec::new()), &mut outlet)
        .unwrap();
    writer.session(&two, &said, &mut outlet).unwrap();
    writer.end().unwrap();
    let text = String::from_utf8(out).unwrap();
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[1]["metadata"]["session_id"], "d4e5f6");
    let roles = |line: &Value| -> Vec<String> {
        let all = line["messages"].as_array().unwrap().iter();
        all.map(|m| m["role"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(roles(&lines[0]), ["user", "assistant"]);
    let with = Parts {
        tools: true,
        ..Parts::WORDS
    };
    let line: Value = serde_json::from_str(&export(Format::Evals, &one, &said, &with)).unwrap();
    assert_eq!(roles(&line), ["user", "assistant", "tool", "assistant"]);
    assert_eq!(
        line["messages"][1]["tool_calls"][0]["id"],
        line["messages"][2]["tool_call_id"]
    );
}

/// S2-44: the closing line.
#[test]
fn text_closes_with_tokens_cost_and_model() {
    let said = conversation(vec![message(Role::User, vec![Part::Text("ask".into())])]);
    let text = export(Format::Text, &row("a1b2c3", "t"), &said, &Parts::ALL);
    let last = text.lines().last().unwrap();
    assert!(
        last.starts_with("=== Tokens: ")
            && last.contains("Cost: ")
            && last.ends_with("Model: unknown"),
        "{text}"
    );
    assert!(
        text.contains("\n=== You, 2026-03-14 23:31:00 UTC\n\nask\n"),
        "{text}"
    );
}

/// The columns are the fields of `list --json`, all of them.
#[test]
fn csv_has_every_field_of_a_session() {
    let row = row("a1b2c3", "=cmd|' /C calc'!A0");
    let session = serde_json::to_value(shapes::SessionOut::new(&row)).unwrap();
    let mut fields: Vec<&str> = session
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    fields.retain(|name| *name != "own");
    let mut columns = csv::COLUMNS.to_vec();
    columns.sort_unstable();
    assert_eq!(columns, fields);
    let text = export(Format::Csv, &row, &conversation(Vec::new()), &Parts::WORDS);
    let mut reader = ::csv::Reader::from_reader(text.as_bytes());
    let records: Vec<_> = reader.records().map(Result::unwrap).collect();
    assert_eq!(records.len(), 1);
    assert_eq!(&records[0][3], "'=cmd|' /C calc'!A0");
}

/// What is replaced is counted in the export itself.
#[test]
fn redactions_are_counted_where_they_were_made() {
    let secret = ["ghp_", "x7Kq2LmW9bTzR4vN8cJd5HsPfY3gXa1eQuEi"].concat();
    let said = conversation(vec![message(
        Role::User,
        vec![Part::Text(format!("use {secret} now").into())],
    )]);
    let parts = Parts {
        counts: true,
        ..Parts::ALL
    };
    for format in [Format::Markdown, Format::Text, Format::Html, Format::Json] {
        let scanner = Scanner::new();
        let mut outlet = Outlet::new(&scanner, Secrets::Replace);
        let mut out = Vec::new();
        write(
            format,
            &row("a1b2c3", "t"),
            &said,
            &parts,
            &mut outlet,
            &mut out,
        )
        .unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(!text.contains(&secret) && text.contains("redact"), "{text}");
        let is_counted =
            text.contains("Secrets replaced: ") || text.contains("\"redactions\": {\n");
        assert!(is_counted, "{format:?}\n{text}");
        assert_eq!(outlet.found().total(), 1);
    }
}
