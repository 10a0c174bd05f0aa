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

mod formats;

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
        changed: None,
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
        expires: None,
        state: None,
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
    assert_eq!(keys, ['m', 'h', 'j', 't', 'd', 'o', 'c', 'p']);
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
