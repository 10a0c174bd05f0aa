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
