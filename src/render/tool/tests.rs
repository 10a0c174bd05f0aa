//! Tool calls as lines.

use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::render::span::measure;
use crate::render::theme::ThemeKind;
use crate::sources::tools;

fn place(theme: &Theme, width: usize) -> Place<'_> {
    Place {
        theme,
        ascii: true,
        width,
        dir: Some(Path::new("/home/ada/loom")),
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

fn body_of(call: &ToolCall, result: Option<&ToolResult>, level: Level) -> Vec<String> {
    let lines = body(call, result, level, &theme(), 40);
    lines.iter().map(|line| text(line)).collect()
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
    assert!(good.starts_with("> Bash cargo test "), "{good}");
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
    assert!(
        long.starts_with("> Bash   first xxx") || long.starts_with("> Bash first xxx"),
        "{long}"
    );
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
    assert_eq!(short.len(), SHORT + 1);
    assert_eq!(
        (short[0].as_str(), short[SHORT].as_str()),
        ("line 1", "... 2994 more lines")
    );
    let full = body_of(&call, Some(&result), Level::Full);
    assert_eq!(full.len(), FULL + 1);
    assert_eq!(full[FULL], "... 1000 more lines");
    let six: String = (1..=6).map(|n| format!("line {n}\n")).collect();
    assert_eq!(
        body_of(&call, Some(&output(&six)), Level::Short).len(),
        SHORT
    );
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

#[test]
fn arguments_are_shown_in_full_only() {
    let call = tools::call("g", "Grep", r#"{"pattern":"x","path":"src","n":3}"#);
    assert_eq!(body_of(&call, None, Level::Short), Vec::<String>::new());
    let mut full = body_of(&call, None, Level::Full);
    full.sort();
    assert_eq!(full, ["n: 3", "path: src", "pattern: x"]);
    let script = bash("first\nsecond");
    assert_eq!(body_of(&script, None, Level::Full), ["first", "second"]);
}

#[test]
fn images_of_a_result_are_told_by_kind_and_size() {
    let mut result = output("");
    result.images.push(("image/png".into(), 34_816));
    assert_eq!(
        body_of(&bash("x"), Some(&result), Level::Short),
        ["[image image/png, 34 KB]"]
    );
}

proptest! {
    #[test]
    fn everything_fits(input in any::<String>(), text in any::<String>(), width in 1usize..80, full in any::<bool>()) {
        let level = if full { Level::Full } else { Level::Short };
        for call in [bash(&input), tools::call("x", &input, &text)] {
            let result = output(&text);
            prop_assert!(measure(&face(&call, Some(&result), level, &place(&theme(), width))) <= width);
            for line in body(&call, Some(&result), level, &theme(), width) {
                prop_assert!(measure(&line) <= width.max(30), "{line:?}");
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
