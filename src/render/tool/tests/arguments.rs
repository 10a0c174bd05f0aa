//! Arguments of calls: beside their names, or below them.

use super::*;

/// A page of prose has the width of the page, below its name.
#[test]
fn long_arguments_stand_below_their_names() {
    let prompt = "Read the log.\n\nThen weave.\n- one\n- two";
    let input = serde_json::json!({ "description": "weave", "prompt": prompt, "kind": "quick" });
    let call = tools::call("t", "Agent", &input.to_string());
    let rows = body_of(&call, None, Level::Full);
    let at = rows
        .iter()
        .position(|row| row.trim_end() == "prompt")
        .unwrap();
    let below: Vec<&str> = rows[at + 1..at + 6].iter().map(String::as_str).collect();
    assert_eq!(
        below,
        ["  Read the log.", "", "  Then weave.", "  - one", "  - two"]
    );
    assert!(rows.contains(&"kind    quick".to_owned()), "{rows:?}");
}
