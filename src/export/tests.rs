//! What all formats promise, whatever a conversation says.

use std::path::Path;
use std::sync::Arc;

use proptest::prelude::*;
use pulldown_cmark::{Event, HeadingLevel, Parser, Tag, TagEnd};
use serde_json::Value;

use super::*;
use crate::model::{
    Change, Edit, Flags, Kind, NoticeKind, Session, SourceId, Stage, Sums, Title, TitleRank, Tool,
    ToolCall, ToolKind, ToolResult, Unit,
};
use crate::redact::Secrets;
use crate::text::Clean;

pub fn row(native: &str, title: &str) -> Row {
    let unit = Unit {
        source: SourceId("pi"),
        root: Path::new("/logs").into(),
        path: Path::new("/logs/a").into(),
        rank: 0,
        form: 0,
    };
    let session = Session {
        id: SessionId::new(SourceId("pi"), native),
        parent: None,
        kind: Kind::Main,
        call: None,
        title: Some(Title {
            rank: TitleRank::Agent,
            text: Clean::of(title),
        }),
        dir: Some(Path::new("/home/mara/code/`odd`").into()),
        branch: Some(Clean::of("main")),
        started: "2026-03-14T23:30:00Z".parse().ok(),
        updated: "2026-03-15T00:10:00Z".parse().ok(),
        prompts: 1,
        turns: Arc::from([]),
        replies: 1,
        tools: 0,
        errors: 0,
        unit: Arc::new(unit),
        size: Some(10),
        odd: 0,
        state: 0,
        stage: Stage::Whole,
        flags: Flags::default(),
        model: None,
        version: None,
        repository: None,
        share: None,
    };
    Row {
        root: session.id.clone(),
        session: Arc::new(session),
        own: Sums::default(),
        all: Sums::default(),
        children: 0,
        mark: None,
        is_gone: false,
        share: None,
    }
}

fn message(role: Role, parts: Vec<Part>) -> Message {
    let mut message = Message::new(1, role, "2026-03-14T23:31:00Z".parse().ok());
    message.parts = parts;
    message
}

fn conversation(messages: Vec<Message>) -> Conversation {
    let numbered = messages.into_iter().zip(1..).map(|(mut message, number)| {
        message.number = number;
        Arc::new(message)
    });
    Conversation {
        id: SessionId::new(SourceId("pi"), "a1b2c3"),
        messages: numbered.collect(),
        odd: 0,
    }
}

fn call(name: &str, input: &str) -> Part {
    Part::ToolCall(Box::new(ToolCall {
        call: "c1".into(),
        tool: Tool {
            name: name.into(),
            kind: ToolKind::Shell,
        },
        target: None,
        input: input.into(),
        edits: Vec::new(),
        child: None,
    }))
}

/// Every kind of part, each saying this.
fn parts(text: &str) -> Vec<Part> {
    let mut edit = ToolCall {
        call: "c2".into(),
        tool: Tool {
            name: text.into(),
            kind: ToolKind::Edit,
        },
        target: Some(text.into()),
        input: text.into(),
        edits: Vec::new(),
        child: None,
    };
    let asked = edit.clone();
    let changes = [
        Change::Replace {
            old: text.into(),
            new: "x".into(),
        },
        Change::Write(text.into()),
        Change::Patch(text.into()),
        Change::Delete,
    ];
    edit.edits.extend(changes.map(|change| Edit {
        path: Some(text.into()),
        change,
    }));
    let mut failed = ToolResult::new("c2", text);
    failed.ok = Some(false);
    vec![
        Part::Text(text.into()),
        Part::Thinking(Some(text.into())),
        Part::ToolCall(Box::new(asked)),
        Part::ToolCall(Box::new(edit)),
        call(text, text),
        Part::ToolResult(Box::new(failed)),
        Part::Image {
            mime: text.into(),
            bytes: 5,
        },
        Part::Attachment { path: text.into() },
        Part::Notice {
            kind: NoticeKind::Other,
            text: text.into(),
        },
        Part::Unknown {
            kind: text.into(),
            json: text.into(),
        },
    ]
}

pub fn export(format: Format, row: &Row, conversation: &Conversation, parts: &Parts) -> String {
    let scanner = Scanner::new();
    let mut outlet = Outlet::new(&scanner, Secrets::Keep);
    let mut out = Vec::new();
    write(format, row, conversation, parts, &mut outlet, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// The roles of the turns that a reader of the Markdown finds; a heading of the first two levels anywhere is one.
fn turns(markdown: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut open: Option<String> = None;
    for event in Parser::new(markdown) {
        match event {
            Event::Start(Tag::Heading { level, .. }) if level <= HeadingLevel::H2 => {
                open = Some(String::new());
            }
            Event::End(TagEnd::Heading(_)) => found.extend(open.take()),
            Event::Text(text) | Event::Code(text) => {
                if let Some(open) = &mut open {
                    open.push_str(&text);
                }
            }
            Event::Html(_) | Event::InlineHtml(_) => found.push("HTML".to_owned()),
            _ => {}
        }
    }
    found
}

const HOSTILE: &[&str] = &[
    "\n",
    "\n\n",
    "## You\n",
    "# One",
    "###### Six\n",
    "===",
    "---",
    "---\n",
    "+++\n",
    "***\n",
    "```",
    "```rust\n",
    "````",
    "~~~\n",
    "> ",
    "- ",
    "1. ",
    "    ",
    "\t",
    "<!-- ",
    "-->",
    "<script>",
    "</script>",
    "<details>\n",
    "<div>",
    "<?",
    "<![CDATA[",
    "<!X",
    "`",
    "``",
    "\\",
    "[a]: b\n",
    "[^1]: c\n",
    "| a |\n|---|\n",
    "$$",
    "text",
    " ",
    "&lt;",
    "<pre>\n",
    "</pre>",
    "*",
    "_",
    "!",
    "{#x}",
    ": d\n",
    "\u{2063}",
    "\r\n",
    "\u{2028}",
    "=\n",
    "-\n",
    "#\n",
    "```\n",
];

fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        8 => prop::sample::select(HOSTILE).prop_map(str::to_owned),
        1 => ".{0,6}",
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// X2: whatever is said, in whatever part, the turns that are read again are those that were written.
    #[test]
    fn markdown_has_the_turns_of_its_conversation(texts in prop::collection::vec(hostile(), 1..5)) {
        let roles = [Role::User, Role::Assistant, Role::System];
        let messages = texts.iter().zip(roles.iter().cycle()).map(|(text, role)| message(*role, parts(text)));
        let row = row("a1b2c3", &texts[0]);
        let written = export(Format::Markdown, &row, &conversation(messages.collect()), &Parts::ALL);
        let names = ["You", "Agent", "System"].iter().cycle().take(texts.len());
        let found = turns(&written);
        prop_assert_eq!(found.len(), texts.len() + 1, "{:?}\n{}", found, written);
        prop_assert!(found.iter().skip(1).eq(names), "{:?}\n{}", found, written);
    }

    /// X1: no tag but ours, whatever is said.
    #[test]
    fn a_page_has_no_tag_but_ours(text in hostile()) {
        let row = row("a1b2c3", &text);
        let said = conversation(vec![message(Role::Assistant, parts(&text))]);
        let written = export(Format::Html, &row, &said, &Parts::ALL);
        for tag in ["<script", "<!--", "<![CDATA[", "<?", "<!X"] {
            prop_assert_eq!(written.matches(tag).count(), 0, "{}\n{}", tag, written);
        }
    }

    /// X3: JSON stays JSON, a line a line.
    #[test]
    fn json_parses_back(text in hostile()) {
        let row = row("a1b2c3", &text);
        let all = [message(Role::User, parts(&text)), message(Role::Assistant, parts(&text))];
        let said = conversation(all.to_vec());
        let document: Value = serde_json::from_str(&export(Format::Json, &row, &said, &Parts::ALL)).unwrap();
        prop_assert_eq!(document["messages"].as_array().unwrap().len(), 2);
        prop_assert_eq!(document["messages"][0]["parts"].as_array().unwrap().len(), 10);
        let seen = Clean::of(&text);
        prop_assert_eq!(document["messages"][0]["parts"][0]["text"].as_str(), Some(seen.as_str()));
        let cases: Value = serde_json::from_str(&export(Format::DeepEval, &row, &said, &Parts::ALL)).unwrap();
        prop_assert!(cases.is_array());
        let lines = export(Format::Evals, &row, &said, &Parts::ALL);
        for line in lines.lines() {
            prop_assert!(serde_json::from_str::<Value>(line).unwrap()["messages"].is_array());
        }
    }

    /// No message of the plain text can pretend to be another.
    #[test]
    fn text_has_a_label_for_each_message(text in hostile()) {
        let said = conversation(vec![message(Role::User, parts(&text)), message(Role::Assistant, parts(&text))]);
        let written = export(Format::Text, &row("a1b2c3", "t"), &said, &Parts::ALL);
        let labels = written.lines().filter(|line| line.starts_with("=== "));
        prop_assert_eq!(labels.count(), 3, "{}", written);
    }
}

/// S2-42 to S2-44, S4-12, UX 4.4: the table that menus, help and commands read.
#[test]
fn every_format_is_declared_once() {
    let mut names: Vec<&str> = FORMATS.iter().map(|card| card.name).collect();
    let mut keys: Vec<char> = FORMATS.iter().map(|card| card.key).collect();
    assert_eq!(keys, ['m', 'h', 'j', 't', 'd', 'o', 'c']);
    names.sort_unstable();
    names.dedup();
    keys.sort_unstable();
    keys.dedup();
    assert_eq!((names.len(), keys.len()), (FORMATS.len(), FORMATS.len()));
    for card in &FORMATS {
        assert_eq!(card.format.card().name, card.name);
    }
    for part in PARTS {
        for on in [true, false] {
            let mut parts = Parts::ALL;
            (part.set)(&mut parts, on);
            assert_eq!((part.get)(&parts), on, "{}", part.name);
        }
    }
}

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
