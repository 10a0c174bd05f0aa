//! Edits under their calls: how many of their lines are shown, and in how many rows.

use super::*;
use crate::model::{Change, Edit};

/// UX 7: all of an edit can be read, and what is left is counted in its lines, however many rows they need.
#[test]
fn a_long_edit_is_read_in_steps() {
    let write = |lines: usize| {
        let text: String = (0..lines)
            .map(|n| format!("{n} {}\n", "word ".repeat(12)))
            .collect();
        let input = serde_json::json!({ "file_path": "a.txt", "content": text });
        tools::call("w", "Write", &input.to_string())
    };
    let last = |lines: usize, level: Level| body_of(&write(lines), None, level).pop().unwrap();
    assert_eq!(last(1_668, Level::Short), "... 1656 more lines (z o)");
    assert_eq!(last(1_668, Level::Upto(60)), "... 1608 more lines (z o)");
    assert_eq!(
        last(1_668, Level::Upto(1_667)),
        body_of(&write(1_668), None, Level::Full).pop().unwrap()
    );
    assert!(!last(1_668, Level::Full).contains("more lines"));
    assert_eq!(last(2_500, Level::Full), "... 500 more lines (z o)");
    assert!(!last(2_500, Level::Full.more()).contains("more lines"));
}

#[test]
fn several_edits_share_the_lines_of_a_call() {
    let mut call = tools::call("e", "Edit", "{}");
    let edit = |n: usize| crate::model::Edit {
        path: Some(format!("{n}.txt").as_str().into()),
        change: crate::model::Change::Write("a\nb\nc\nd\ne\n".into()),
    };
    call.edits = (0..4).map(edit).collect();
    let rows = body_of(&call, None, Level::Short);
    assert_eq!(rows.iter().filter(|row| row.ends_with(".txt")).count(), 3);
    assert_eq!(rows.last().unwrap(), "... 8 more lines (z o)");
}

/// Short edits go on below, unless somebody wants lines cut; a very long line is cut anyway.
#[test]
fn lines_of_a_short_edit_are_wrapped() {
    let write = |text: &str| {
        let input = serde_json::json!({ "file_path": "a.txt", "content": text });
        tools::call("w", "Write", &input.to_string())
    };
    assert_eq!(
        body_of(&write(&"x".repeat(80)), None, Level::Short).len(),
        3
    );
    assert_eq!(
        body_of(&write(&"x".repeat(400)), None, Level::Short).len(),
        1
    );
    let cut = Showing {
        cut: true,
        ..Showing::default()
    };
    assert_eq!(
        body_in(&write(&"x".repeat(80)), None, Level::Short, 40, cut).len(),
        1
    );
}

/// The line of a call names the file once; of several files each is named where its changes begin.
#[test]
fn a_file_is_named_once() {
    let edit = |path: &str, new: &str| Edit {
        path: Some(path.into()),
        change: Change::Replace {
            old: "x".into(),
            new: new.into(),
        },
    };
    let mut call = tools::call("e", "MultiEdit", r#"{"file_path":"/loom/weft.rs"}"#);
    call.edits = vec![edit("/loom/weft.rs", "y"), edit("/loom/weft.rs", "z")];
    let named = |call: &ToolCall| {
        let lines = body_of(call, None, Level::Full);
        lines.iter().filter(|line| line.contains("/loom/")).count()
    };
    assert_eq!(named(&call), 0);
    call.edits.push(edit("/loom/warp.rs", "w"));
    assert_eq!(named(&call), 2);
}

/// A file that was written whole a second time is told by what is new in it, unless something is looked for in the rest.
#[test]
fn a_file_written_again_is_told_by_what_changed() {
    let input = serde_json::json!({ "file_path": "a.txt", "content": "one\ntwo\n3\nfour\n" });
    let call = tools::call("w", "Write", &input.to_string());
    let result = ToolResult {
        patch: Some("@@ -1,4 +1,4 @@\n one\n two\n-three\n+3\n four\n".into()),
        ..output("done")
    };
    let rows = body_of(&call, Some(&result), Level::Short);
    let want = [
        "    @@ -1,4 +1,4 @@",
        "1   one",
        "2   two",
        "3 - three",
        "3 + 3",
        "4   four",
    ];
    assert_eq!(rows, want);
    assert!(face_of(&call, Some(&result)).contains("+1 -1"));
    assert_eq!(body_of(&call, None, Level::Short).len(), 4);
}
