//! Small conversations and what happened in them.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::*;
use crate::model::{
    Change, Edit, Holding, NoticeKind, Role, SessionId, SourceId, Tool, ToolCall, ToolResult,
};
use crate::text::Raw;

/// A conversation of these messages, numbered from 1, a minute apart.
pub fn conversation(messages: Vec<(Role, Vec<Part>)>) -> Conversation {
    let start: jiff::Timestamp = "2026-11-20T10:00:00Z".parse().unwrap();
    let made = messages.into_iter().enumerate().map(|(i, (role, parts))| {
        let at = start + jiff::Span::new().minutes(i as i64);
        let mut message = Message::new(i as u64, role, Some(at));
        message.number = i as u32 + 1;
        message.parts = parts;
        Arc::new(message)
    });
    Conversation {
        id: SessionId::new(SourceId("alpha"), "1"),
        messages: made.collect(),
        odd: 0,
    }
}

pub fn call(id: &str, name: &str, kind: ToolKind, target: &str, input: &str) -> ToolCall {
    ToolCall {
        call: id.into(),
        tool: Tool {
            name: name.into(),
            kind,
        },
        target: Some(target.into()).filter(|target: &Raw| !target.is_empty()),
        input: input.into(),
        edits: Vec::new(),
        child: None,
    }
}

pub fn edit(id: &str, name: &str, input: &str, edits: Vec<(&str, Change)>) -> ToolCall {
    let target = edits.first().map_or("", |(path, _)| path).to_owned();
    ToolCall {
        edits: edits
            .into_iter()
            .map(|(path, change)| Edit {
                path: Some(path.into()),
                change,
            })
            .collect(),
        ..call(id, name, ToolKind::Edit, &target, input)
    }
}

pub fn result(id: &str, output: &str, ok: Option<bool>) -> Part {
    Part::ToolResult(Box::new(ToolResult {
        ok,
        ..ToolResult::new(id, output)
    }))
}

pub fn part(call: ToolCall) -> Part {
    Part::ToolCall(Box::new(call))
}

fn shell(id: &str, command: &str) -> Part {
    let input = serde_json::json!({ "command": command }).to_string();
    part(call(id, "Bash", ToolKind::Shell, command, &input))
}

fn exited(id: &str, code: i32, took: u64) -> Part {
    Part::ToolResult(Box::new(ToolResult {
        exit: Some(code),
        took: Some(Duration::from_millis(took)),
        ..ToolResult::new(id, "out")
    }))
}

/// G17: all commands of a session, each a jump, and as a script.
#[test]
fn commands_are_those_that_ran() {
    let look = r#"{"bash_id":"bash_1"}"#;
    let type_in = r#"{"session_id":3,"chars":"y\n"}"#;
    let all = conversation(vec![
        (Role::User, vec![Part::Text("go".into())]),
        (
            Role::Assistant,
            vec![
                shell("a", "cargo test\n"),
                exited("a", 101, 8400),
                shell("b", "for x in 1 2; do\n  echo $x\ndone"),
                result("b", "", Some(true)),
                part(call("c", "BashOutput", ToolKind::Shell, "bash_1", look)),
                part(call("d", "write_stdin", ToolKind::Shell, "y\n", type_in)),
                part(call("e", "exec", ToolKind::Shell, "ls", r#""ls -a""#)),
            ],
        ),
    ]);
    let commands = commands(&all);
    let told: Vec<_> = commands
        .iter()
        .map(|c| {
            (
                c.place.number,
                c.place.part,
                c.command.untrusted(),
                c.exit,
                c.ok,
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            (2, 0, "cargo test\n", Some(101), Some(false)),
            (2, 2, "for x in 1 2; do\n  echo $x\ndone", None, Some(true)),
            (2, 6, "ls -a", None, None),
        ]
    );
    assert_eq!(commands[0].took, Some(Duration::from_millis(8400)));
    assert_eq!(commands[1].label().as_str(), "for x in 1 2; do");
    assert_eq!(
        script(&commands).untrusted(),
        "#!/bin/sh\n\n# message 2, exit 101\ncargo test\n\n# message 2\nfor x in 1 2; do\n  echo $x\ndone\n\n# message 2\nls -a\n"
    );
}

/// G17: all failures of a session: tools, turns that were cut off, errors of the service.
#[test]
fn failures_are_tools_turns_and_errors() {
    let notice = |kind, text: &str| Part::Notice {
        kind,
        text: text.into(),
    };
    let all = conversation(vec![
        (
            Role::Assistant,
            vec![
                shell("a", "false"),
                exited("a", 1, 5),
                shell("b", "true"),
                exited("b", 0, 5),
                part(call("c", "Read", ToolKind::Read, "/x", "{}")),
                result("c", "no such file", Some(false)),
            ],
        ),
        (
            Role::System,
            vec![
                notice(NoticeKind::Interrupted, "stopped"),
                notice(NoticeKind::Compaction, "shorter"),
                notice(NoticeKind::Error, "529 overloaded\nlater"),
            ],
        ),
        (Role::User, vec![Part::Text("tidy up\nall of it".into())]),
        (
            Role::System,
            vec![notice(NoticeKind::Interrupted, "interrupted")],
        ),
    ]);
    let failures = failures(&all);
    let told: Vec<_> = failures
        .iter()
        .map(|f| {
            (
                f.place.number,
                f.place.part,
                f.kind.word(),
                f.label().to_string(),
            )
        })
        .collect();
    let told: Vec<_> = told
        .iter()
        .map(|(n, p, k, l)| (*n, *p, *k, l.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            (1, 0, "tool", "false: out"),
            (1, 4, "tool", "/x: no such file"),
            (2, 0, "interrupted", "stopped"),
            (2, 2, "error", "529 overloaded"),
            (4, 0, "interrupted", "interrupted: tidy up"),
        ]
    );
}

/// A result may stand in a later message, and some services give the same id to one call of every response.
#[test]
fn results_answer_the_call_before_them() {
    let all = conversation(vec![
        (
            Role::Assistant,
            vec![shell("1", "first"), exited("1", 0, 1)],
        ),
        (Role::Assistant, vec![shell("1", "second")]),
        (
            Role::System,
            vec![Part::Text("and".into()), exited("1", 7, 1)],
        ),
        (Role::Assistant, vec![shell("1", "third")]),
    ]);
    let exits: Vec<_> = commands(&all).iter().map(|c| c.exit).collect();
    assert_eq!(exits, [Some(0), Some(7), None]);
}

/// G5: a file's reads and writes, whatever a call names it; what failed did nothing.
#[test]
fn files_are_known_by_their_whole_paths() {
    let replace = |old: &str, new: &str| Change::Replace {
        old: old.into(),
        new: new.into(),
    };
    let all = conversation(vec![
        (
            Role::User,
            vec![Part::Attachment {
                path: "notes.md".into(),
            }],
        ),
        (
            Role::Assistant,
            vec![
                part(call("a", "Read", ToolKind::Read, "/p/src/a.rs", "{}")),
                result("a", "x", Some(true)),
                part(edit(
                    "b",
                    "Edit",
                    "{}",
                    vec![("src/a.rs", replace("x\ny\n", "x\nz\nw\n"))],
                )),
                result("b", "", Some(true)),
                part(edit(
                    "c",
                    "Edit",
                    "{}",
                    vec![("./src/a.rs", replace("q", "r"))],
                )),
                result("c", "not found", Some(false)),
                part(edit("d", "patch", "{}", vec![("b.rs", Change::Delete)])),
                result("d", "", None),
                part(edit(
                    "e",
                    "Write",
                    "{}",
                    vec![("c.rs", Change::Write("1\n2\n".into()))],
                )),
            ],
        ),
    ]);
    let told: Vec<_> = files(&all, Some(Path::new("/p")))
        .into_iter()
        .map(|f| {
            let path = f.full.untrusted().to_owned();
            (
                path,
                f.read,
                f.written,
                f.added,
                f.removed,
                f.is_gone,
                f.last.part,
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("/p/notes.md".to_owned(), 1, 0, 0, 0, false, 0),
            ("/p/src/a.rs".to_owned(), 1, 1, 2, 1, false, 2),
            ("/p/b.rs".to_owned(), 0, 1, 0, 0, true, 6),
        ]
    );
}

#[test]
fn fetches_and_tools() {
    let web = |id: &str, target: &str| part(call(id, "WebFetch", ToolKind::Web, target, "{}"));
    let mcp = r#"{"url":"https://b.example/x","depth":2}"#;
    let all = conversation(vec![(
        Role::Assistant,
        vec![
            web("a", "https://a.example"),
            result("a", "Request failed with status code 404", Some(false)),
            web("b", "how to splice"),
            result("b", "ok", Some(true)),
            part(call("c", "mcp__net__get", ToolKind::Mcp, "x", mcp)),
            part(call("d", "other", ToolKind::Other, "x", "{}")),
        ],
    )]);
    let told: Vec<_> = fetches(&all)
        .into_iter()
        .map(|f| (f.url.untrusted().to_owned(), f.is_search, f.status, f.ok))
        .collect();
    assert_eq!(
        told,
        [
            (
                "https://a.example".to_owned(),
                false,
                Some(404),
                Some(false)
            ),
            ("how to splice".to_owned(), true, None, Some(true)),
            ("https://b.example/x".to_owned(), false, None, None),
        ]
    );
    let told: Vec<_> = tools(&all)
        .into_iter()
        .map(|t| (t.name.to_string(), t.calls, t.failed))
        .collect();
    assert_eq!(told[0], ("WebFetch".to_owned(), 2, 1));
    assert_eq!(told.len(), 3);
}

#[test]
fn a_conversation_in_a_few_numbers() {
    let mut all = conversation(vec![
        (Role::User, vec![Part::Text("x".into())]),
        (
            Role::Assistant,
            vec![
                Part::Thinking(None),
                part(call("a", "Read", ToolKind::Read, "/p/src/a.rs", "{}")),
                result("a", "x", Some(true)),
                part(call("b", "Read", ToolKind::Read, "src/a.rs", "{}")),
                result("b", "x", Some(true)),
                part(call("c", "Read", ToolKind::Read, "rc/a.rs", "{}")),
                result("c", "x", Some(true)),
            ],
        ),
        (Role::User, vec![Part::Text("x".into())]),
    ]);
    // A long pause before the last message is no work.
    let last = Arc::make_mut(&mut all.messages[2]);
    last.at = last.at.map(|at| at + jiff::Span::new().hours(2));
    let gist = gist(&all);
    assert_eq!((gist.files, gist.active), (2, Some(60_000)));
    let held: Vec<_> = Holding::ALL
        .into_iter()
        .filter(|h| gist.holds.has(*h))
        .collect();
    assert_eq!(held, [Holding::Thinking]);
    assert_eq!(super::gist(&conversation(vec![])).active, None);
}

/// G12: the message in the parent at which a fork left it.
#[test]
fn a_fork_leaves_where_the_shared_messages_end() {
    let said = |text: &str| vec![Part::Text(text.into())];
    let mut parent = conversation(vec![
        (Role::User, said("one")),
        (Role::Assistant, said("two")),
        (Role::User, said("three")),
        (Role::Assistant, said("four")),
    ]);
    let fork = conversation(vec![
        (Role::User, said("one")),
        (Role::System, said("forked")),
        (Role::Assistant, said("two")),
        (Role::User, said("else")),
    ]);
    // Keys of their own: the texts tell.
    for (i, message) in parent.messages.iter_mut().enumerate() {
        Arc::make_mut(message).key = 100 + i as u64;
    }
    let point = fork_point(&parent, &fork).unwrap();
    assert_eq!((point.parent, point.own), (2, Some(4)));
    let whole = fork_point(&parent, &parent).unwrap();
    assert_eq!((whole.parent, whole.own), (4, None));
    let other = conversation(vec![(Role::User, said("nothing alike"))]);
    assert_eq!(fork_point(&parent, &other), None);
}

/// What is done in the session's own directory is said from there, and what lies elsewhere stays whole.
#[test]
fn lists_are_told_from_the_directory() {
    let dir = Some(Path::new("/work/loom"));
    for (command, label) in [
        ("cd /work/loom && cargo test", "cargo test"),
        ("cd '/work/loom/' ; cargo test", "cargo test"),
        ("cd /work/loom &&\n  cargo test", "cargo test"),
        ("cd /work/loom/src && ls", "cd src && ls"),
        ("cd . && ls", "cd . && ls"),
        ("# goes there\ncd /tmp\n\n# and looks\nls -a\npwd", "ls -a"),
        ("set -eu\ncd /tmp && ls", "cd /tmp && ls"),
        ("# says nothing\ncd /tmp", "# says nothing"),
        ("cd /work/loomed && ls", "cd /work/loomed && ls"),
        ("cd /work/loom", "cd /work/loom"),
        ("cd /work/loom || exit", "cd /work/loom || exit"),
        ("cd \"$HOME\" && ls", "cd \"$HOME\" && ls"),
        ("cdx /work/loom && ls", "cdx /work/loom && ls"),
    ] {
        let all = conversation(vec![(Role::Assistant, vec![shell("a", command)])]);
        let commands = commands(&all);
        assert_eq!(commands[0].label_in(dir).as_str(), label, "{command}");
    }
    let read = |path: &str| part(call("c", "Read", ToolKind::Read, path, "{}"));
    let paths = ["/work/loom/src/a.rs", "/home/ada/b.rs", "/tmp/c.rs"];
    let all = conversation(vec![(Role::Assistant, paths.map(read).into())]);
    let files = files(&all, dir);
    let home = Path::new("/home/ada");
    let labels = files
        .iter()
        .map(|file| file.label_in(dir, home).to_string());
    assert_eq!(
        labels.collect::<Vec<_>>(),
        ["src/a.rs", "~/b.rs", "/tmp/c.rs"]
    );
    let all = conversation(vec![(
        Role::Assistant,
        vec![
            read("/work/loom/src/a.rs"),
            result("c", "no such file", Some(false)),
        ],
    )]);
    let failures = failures(&all);
    assert_eq!(failures[0].label_in(dir).as_str(), "src/a.rs: no such file");
}
