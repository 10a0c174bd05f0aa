//! Tool calls as lines.

mod arguments;
mod edits;
mod failed;
mod plans;

use std::collections::HashMap;
use std::time::Duration;

use proptest::prelude::*;
use ratatui::text::Span;

use super::body::ROWS;
use super::*;
use crate::render::code::Palette;
use crate::render::showing::{Diffs, Showing};
use crate::render::span::measure;
use crate::render::theme::ThemeKind;
use crate::render::wrap::Row;
use crate::sources::tools;

fn place(theme: &Theme, width: usize) -> Place<'_> {
    Place {
        theme,
        ascii: true,
        width,
        dir: Some(Path::new("/home/ada/loom")),
        agent: None,
        tasks: &[],
        sought: &[],
    }
}

fn theme() -> Theme {
    Theme::built_in(ThemeKind::Mono)
}

fn text(spans: &[Span<'_>]) -> String {
    spans.iter().map(|s| s.content.as_ref()).collect()
}

fn face_of(call: &ToolCall, result: Option<&ToolResult>) -> String {
    text(&face(call, result, Level::Folded, &place(&theme(), 60)))
}

fn body_in(
    call: &ToolCall,
    result: Option<&ToolResult>,
    level: Level,
    width: usize,
    showing: Showing,
) -> Vec<Row> {
    let theme = theme();
    let ink = HashMap::new();
    let mut page = Page {
        theme: &theme,
        ascii: true,
        width,
        showing,
        palette: &mut Palette::new(&theme, &ink),
        given: false,
        target: false,
        answer: false,
    };
    body(call, result, level, &mut page)
}

fn body_of(call: &ToolCall, result: Option<&ToolResult>, level: Level) -> Vec<String> {
    let rows = body_in(call, result, level, 40, Showing::default());
    rows.iter()
        .map(|row| text(&row.spans).trim_end().to_owned())
        .collect()
}

fn bash(command: &str) -> ToolCall {
    tools::call(
        "b",
        "Bash",
        &serde_json::json!({ "command": command }).to_string(),
    )
}

fn output(text: &str) -> ToolResult {
    let mut result = ToolResult::new("b", text);
    result.ok = Some(true);
    result
}

#[test]
fn a_face_says_what_and_how_it_went() {
    let mut result = output("a\nb\n");
    result.exit = Some(0);
    result.took = Some(Duration::from_millis(8_449));
    let good = face_of(&bash("cargo test"), Some(&result));
    assert!(good.starts_with("> Bash cargo test  -> a "), "{good}");
    assert!(good.ends_with(" exit 0  2 lines  8.4s"), "{good}");
    assert_eq!(good.len(), 60);

    (result.ok, result.exit, result.took) = (Some(false), Some(101), None);
    assert!(face_of(&bash("x"), Some(&result)).ends_with(" exit 101  2 lines"));
    result.exit = None;
    assert!(face_of(&bash("x"), Some(&result)).ends_with(" failed  2 lines"));
    assert!(face_of(&bash("x"), None).ends_with(" no result"));

    result.child = Some("agent-7".into());
    assert!(face_of(&bash("x"), Some(&result)).ends_with(" sub-agent [Enter]"));
}

#[test]
fn a_face_has_one_line_of_a_long_command() {
    let long = face_of(
        &bash(&format!("\n  first {}\nsecond", "x".repeat(500))),
        Some(&output("")),
    );
    assert!(long.starts_with("> Bash first xxx"), "{long}");
    assert!(!long.contains("second") && long.contains(".."));
    assert_eq!(long.len(), 60);
}

#[test]
fn an_edit_counts_its_lines() {
    let input = r#"{"file_path":"src/a.rs","old_string":"a\nb","new_string":"a\nc\nd"}"#;
    let edit = tools::call("e", "Edit", input);
    let face = face_of(&edit, Some(&output("done")));
    assert!(
        face.starts_with("> Edit src/a.rs") && face.ends_with(" +2 -1"),
        "{face}"
    );
    // What the tool said of a change that went well says nothing new.
    assert_eq!(
        body_of(&edit, Some(&output("done")), Level::Short),
        ["  a", "- b", "+ c", "+ d"]
    );
    let mut failed = output("no such file");
    failed.ok = Some(false);
    assert_eq!(
        body_of(&edit, Some(&failed), Level::Short).last().unwrap(),
        "no such file"
    );
}

#[test]
fn a_body_is_short_or_full_and_says_what_is_missing() {
    let many: String = (1..=3_000).map(|n| format!("line {n}\n")).collect();
    let (call, result) = (bash("make"), output(&many));
    assert!(body_of(&call, Some(&result), Level::Folded).is_empty());
    let short = body_of(&call, Some(&result), Level::Short);
    let want = [
        "line 1",
        "line 2",
        "line 3",
        "... 2995 more lines (z o)",
        "line 2999",
        "line 3000",
    ];
    assert_eq!(short, want);
    let full = body_of(&call, Some(&result), Level::Full);
    assert_eq!(full.len(), FULL + 1);
    assert_eq!(full[FULL], "... 1000 more lines (z o)");
    let more = body_of(&call, Some(&result), Level::Short.more());
    assert_eq!((more.len(), &*more[59]), (61, "line 60"));
    let all = body_of(&call, Some(&result), Level::Full.more());
    assert_eq!(all.len(), 3_000);
    let six: String = (1..=6).map(|n| format!("line {n}\n")).collect();
    assert_eq!(
        body_of(&call, Some(&output(&six)), Level::Short).len(),
        SHORT
    );
}

/// T1 and UX 7: the colours of a program are kept as style, and what else acts on a terminal is shown.
#[test]
fn output_keeps_its_colours_as_style() {
    let theme = Theme::built_in(ThemeKind::Dark);
    let ink = HashMap::new();
    let mut page = Page {
        theme: &theme,
        ascii: true,
        width: 40,
        showing: Showing::default(),
        palette: &mut Palette::new(&theme, &ink),
        given: false,
        target: false,
        answer: false,
    };
    let result = output("\x1b[31mred\nstill red\x1b[0m\nplain");
    let rows = body(&bash("x"), Some(&result), Level::Short, &mut page);
    let hue = |row: &Row| row.spans[0].style.fg;
    assert_eq!(hue(&rows[0]), Some(ratatui::style::Color::Indexed(1)));
    assert_eq!(hue(&rows[1]), hue(&rows[0]));
    assert_ne!(hue(&rows[2]), hue(&rows[0]));
    assert_eq!(rows[1].from, Some(9..18), "the bytes it shows");
}

#[test]
fn what_was_written_over_in_place_is_not_shown() {
    let result = output("10%\r50%\r100%\r\ndone");
    let short = body_of(&bash("x"), Some(&result), Level::Short);
    assert_eq!(short, ["100%", "done"]);
}

/// UX 7: each kind has a line with what matters of it.
#[test]
fn each_kind_has_its_line() {
    let read = tools::call(
        "r",
        "Read",
        r#"{"file_path":"/home/ada/loom/a.rs","offset":100,"limit":51}"#,
    );
    let face = face_of(&read, Some(&output("x\ny\n")));
    assert!(
        face.starts_with("> Read a.rs:100-150 ") && face.ends_with("2 lines"),
        "{face}"
    );

    let grep = tools::call(
        "g",
        "Grep",
        r#"{"pattern":"warp","path":"/home/ada/loom/src"}"#,
    );
    let face = face_of(&grep, Some(&output("Found 3 files\na\nb\nc")));
    assert!(
        face.starts_with("> Grep warp in src ") && face.ends_with("3 hits"),
        "{face}"
    );
    assert!(face_of(&grep, Some(&output("No files found"))).ends_with("no hits"));

    let fetch = tools::call("w", "WebFetch", r#"{"url":"https://a.b/c"}"#);
    let face = face_of(&fetch, Some(&output("HTTP/1.1 404 Not Found\n")));
    assert!(
        face.starts_with("> WebFetch https://a.b/c") && face.ends_with("status 404"),
        "{face}"
    );

    let mcp = tools::call("m", "mcp__github__create_issue", r#"{"name":"x"}"#);
    let face = face_of(&mcp, Some(&output("made #4")));
    assert!(
        face.starts_with("> github/create_issue x  -> made #4"),
        "{face}"
    );

    let task = tools::call("t", "Task", r#"{"description":"who reads it?"}"#);
    let agent = Agent {
        native: "agent-7".into(),
        call: Some("t".into()),
        messages: 23,
        cost: crate::model::Cost::UNKNOWN,
    };
    let theme = theme();
    let place = Place {
        agent: Some(&agent),
        ..place(&theme, 60)
    };
    let face = text(&super::face(
        &task,
        Some(&output("three")),
        Level::Folded,
        &place,
    ));
    assert!(face.starts_with("> Task who reads it?"), "{face}");
    assert!(face.ends_with("sub-agent, 23 msgs [Enter]"), "{face}");

    let script = face_of(&bash("first\nsecond\nthird"), Some(&output("")));
    assert!(script.starts_with("> Bash first +2 lines"), "{script}");
    let mut bad = output("\nerror: no such file\n");
    bad.ok = Some(false);
    assert!(face_of(&read, Some(&bad)).contains("-> error: no such file"));
}

/// S2-37, S2-38: what was given and what came back is set out to be read.
#[test]
fn json_is_set_out_and_colours_no_letter() {
    let mcp = tools::call("m", "mcp__a__b", r#"{"q":{"deep":[1,{"x":2}]},"n":1}"#);
    let lines = body_of(&mcp, Some(&output(r#"{"ok":true}"#)), Level::Full);
    for inside in ["\"deep\": [", "\"ok\": true"] {
        let has = lines.iter().any(|line| line.trim() == inside);
        assert!(has, "{inside}: {lines:?}");
    }
}

/// UX 4.3 `z d` and `w`.
#[test]
fn diffs_can_be_off_and_long_lines_cut() {
    let input = r#"{"file_path":"a.rs","old_string":"a","new_string":"b"}"#;
    let edit = tools::call("e", "Edit", input);
    let showing = Showing {
        diffs: Diffs::Off,
        cut: true,
        ..Showing::default()
    };
    let rows = |call: &ToolCall, text: &str, level| {
        body_in(call, Some(&output(text)), level, 40, showing).len()
    };
    assert_eq!(rows(&edit, "ok", Level::Short), 0);
    assert_eq!(rows(&edit, "ok", Level::Full), 2, "asked for by hand");
    assert_eq!(rows(&bash("x"), &"y".repeat(200), Level::Full), 1);
}

#[test]
fn output_is_shown_without_its_colours_and_line_ends() {
    let result = output("\x1b[1;32mok\x1b[0m\r\nnext\r\n\x1b[2Jcleared");
    assert_eq!(
        body_of(&bash("x"), Some(&result), Level::Short),
        ["ok", "next", "␛[2Jcleared"]
    );
}

#[test]
fn a_line_without_end_is_cut_at_the_edge_and_goes_on_when_unfolded() {
    let endless = output(&"日本語 ".repeat(100_000));
    let lines = body_of(&bash("x"), Some(&endless), Level::Short);
    assert_eq!(lines, [format!("{}日..", "日本語 ".repeat(5))]);
    let lines = body_of(&bash("x"), Some(&endless), Level::Full);
    assert_eq!(lines.len(), ROWS + 1);
    assert_eq!(lines.last().map(String::as_str), Some("..."));
    let coloured = output(&"\x1b[38;5;123mx".repeat(100));
    let lines = body_of(&bash("x"), Some(&coloured), Level::Full);
    assert_eq!(lines, ["x".repeat(40), "x".repeat(40), "x".repeat(20)]);
}

/// S2-37: a call says its tool and, opened, all it was given.
#[test]
fn arguments_are_shown_in_full_only() {
    let call = tools::call("g", "Grep", r#"{"pattern":"x","path":"src","n":3}"#);
    let found = output("src/x.rs");
    assert_eq!(body_of(&call, Some(&found), Level::Short), ["src/x.rs"]);
    // But where there is nothing else, or where they are what is said to somebody.
    assert_eq!(body_of(&call, None, Level::Short).len(), 2);
    let input = r#"{"to":"alice","message":"The warp is ready."}"#;
    let send = tools::call("s", "SendMessage", input);
    let sent = body_of(&send, Some(&output("sent")), Level::Short);
    assert!(
        sent.contains(&"message  The warp is ready.".to_owned()),
        "{sent:?}"
    );
    assert_eq!(sent.last().unwrap(), "sent");
    let mut full = body_of(&call, None, Level::Full);
    full.sort();
    // The pattern stands in the line of the call.
    assert_eq!(full, ["n     3", "path  src"]);
    let script = bash("first\nsecond");
    assert_eq!(body_of(&script, None, Level::Full), ["$ first", "  second"]);
}

#[test]
fn images_of_a_result_are_told_by_kind_and_size() {
    let mut result = output("");
    result.images.push(("image/png".into(), 34_816));
    assert_eq!(
        body_of(&bash("x"), Some(&result), Level::Short),
        ["[image png, 34 KB] [Enter]"]
    );
}

#[test]
fn arguments_break_between_words() {
    let input = serde_json::json!({ "description": "x", "prompt": "let us look at collaboration between the hands of it" });
    let rows = body_of(
        &tools::call("t", "Task", &input.to_string()),
        None,
        Level::Full,
    );
    assert_eq!(rows[0], "prompt  let us look at collaboration");
    assert_eq!(rows[1], "        between the hands of it");
}

/// UX 7: why something failed, and what went well, is read by words where it does not fit. Lines that fit keep their
/// columns, and what has stops or no spaces breaks where the row ends.
#[test]
fn output_breaks_between_words() {
    let said = "error[E0277]: the trait bound `Weft: Clone` is not satisfied here";
    let columns = "NAME      READY   STATUS    AGE";
    let stops = "a\tb\tc\td\te\tf\tg\th\ti\tj\tkkkkkkkkkk";
    let token = "x".repeat(50);
    let text = [said, columns, stops, &token].join("\n");
    for ok in [true, false] {
        let result = ToolResult {
            ok: Some(ok),
            ..output(&text)
        };
        let rows = body_of(&bash("x"), Some(&result), Level::Full);
        let want = [
            "error[E0277]: the trait bound `Weft:",
            "Clone` is not satisfied here",
            columns,
            "a   b   c   d   e   f   g   h   i   j",
            "kkkkkkkkkk",
            &"x".repeat(40),
            &"x".repeat(10),
        ];
        assert_eq!(rows, want, "{ok}");
        let short = ToolResult {
            ok: Some(ok),
            ..output(said)
        };
        let rows = body_of(&bash("x"), Some(&short), Level::Short);
        // What tells of an error is read to its end, however its command ended.
        assert_eq!(rows.len(), 2);
        let quiet = output("all of the looms in the weaving hall are at work again");
        let rows = body_of(&bash("x"), Some(&quiet), Level::Short);
        assert_eq!(rows.len(), 1);
    }
}

/// A size that no log tells is not invented, and a small one is no 0 KB.
#[test]
fn pictures_of_any_size() {
    let line = |bytes| text(&picture("image/png", bytes, Style::new(), true));
    assert_eq!(line(0), "[image png] [Enter]");
    assert_eq!(line(96), "[image png, 96 bytes] [Enter]");
    assert_eq!(line(2_048), "[image png, 2 KB] [Enter]");
}

proptest! {
    #[test]
    fn everything_fits(input in any::<String>(), text in any::<String>(), width in 1usize..80, full in any::<bool>()) {
        let level = if full { Level::Full } else { Level::Short };
        for call in [bash(&input), tools::call("x", &input, &text)] {
            let result = output(&text);
            prop_assert!(measure(&face(&call, Some(&result), level, &place(&theme(), width))) <= width);
            for row in body_in(&call, Some(&result), level, width, Showing::default()) {
                prop_assert!(measure(&row.spans) <= width.max(30), "{row:?}");
            }
        }
    }
}

#[test]
fn a_path_is_shown_from_where_the_session_works() {
    let dir = Some(Path::new("/home/ada/loom"));
    assert_eq!(below("/home/ada/loom/src/warp.rs", dir), "src/warp.rs");
    assert_eq!(below("/home/ada/loom", dir), "/home/ada/loom");
    assert_eq!(below("/home/ada/loomery/a", dir), "/home/ada/loomery/a");
    assert_eq!(below("cargo test", None), "cargo test");
}
