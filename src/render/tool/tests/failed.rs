//! Calls that failed, and calls that nobody let run.

use super::*;
use crate::render::theme::Role;

/// Why a call failed is said in so many words that they tell something, or not at all; what a person declined is no
/// failure.
#[test]
fn a_failed_call_tells_its_reason_or_nothing() {
    let mut result = output("fatal: not a git repository");
    result.ok = Some(false);
    let commit = bash("git commit -m \"$(cat <<'EOF'\nand\nmore");
    assert_eq!(
        face_of(&commit, Some(&result)),
        "> Bash git commit -m \"..  -> fatal: not a g.. failed  1 line"
    );
    let face = |width| {
        text(&face(
            &commit,
            Some(&result),
            Level::Folded,
            &place(&theme(), width),
        ))
    };
    assert!(!face(50).contains("->"), "{}", face(50));
    assert!(face(100).contains("-> fatal: not a git repository "));

    result.declined = true;
    result.output = "use pnpm".into();
    let face = face_of(&bash("npm install"), Some(&result));
    assert!(
        face.starts_with("> Bash npm install  -> use pnpm "),
        "{face}"
    );
    assert!(face.ends_with(" declined"), "{face}");
    let warn = theme().style(Role::Warn);
    let said = body_in(
        &bash("npm i"),
        Some(&result),
        Level::Short,
        40,
        Showing::default(),
    );
    assert_eq!(said[0].spans[0].style, warn);
}

/// The lines that tell why it failed are shown before others, and read on in a second row.
#[test]
fn a_failed_call_shows_the_lines_that_tell() {
    let noise: String = (0..30).map(|n| format!("checked {n}\n")).collect();
    let why = "src/warp.py:184:17 - error: Type of text_value is partly unknown and goes on for very long, much more than two rows have room for it";
    let mut result = output(&format!(
        "{noise}{why}\n{noise}1 error\nthere is a new version of the checker"
    ));
    result.exit = Some(1);
    let rows = |showing| body_in(&bash("check"), Some(&result), Level::Short, 50, showing);
    let said: Vec<String> = rows(Showing::default())
        .iter()
        .map(|row| text(&row.spans))
        .collect();
    let want = [
        "... 30 lines",
        "src/warp.py:184:17 - error: Type of text_value is",
        "partly unknown and goes on for very long, much ..",
        "... 30 lines (z o)",
        "1 error",
        "there is a new version of the checker",
    ];
    assert_eq!(
        said.iter().map(|row| row.trim_end()).collect::<Vec<_>>(),
        want
    );
    // Rows know what they show.
    let from = rows(Showing::default())[1].from.clone().unwrap();
    assert!(result.output.untrusted()[from].starts_with("src/warp.py"));
    // Whoever cuts long lines has them cut.
    let cut = Showing {
        cut: true,
        ..Showing::default()
    };
    assert_eq!(rows(cut).len(), 5);
    // What went well is shown as before.
    result.exit = Some(0);
    let rows = body_in(
        &bash("check"),
        Some(&result),
        Level::Short,
        50,
        Showing::default(),
    );
    assert_eq!(text(&rows[1].spans), "checked 1");
}
