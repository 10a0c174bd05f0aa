//! What keys are said to do, and what is said in passing, seen on the screen.

use backscroll::render::theme::ThemeKind;
use backscroll::tui::app::OverlayKind;
use backscroll::tui::stage::Stage;

use super::stage;

/// A session with tool calls and edits.
const LANTERNS: &str = "/ \"id:3135c39e\" enter enter";

fn at(size: (u16, u16), keys: &str) -> (tempfile::TempDir, Stage) {
    let (cache, mut stage) = stage(ThemeKind::Mono, false, size);
    stage.keys(keys);
    (cache, stage)
}

fn hints(stage: &Stage) -> String {
    stage.text().lines().last().unwrap_or_default().to_owned()
}

/// What stands on the screen as a toast does.
fn said(stage: &Stage) -> Vec<String> {
    let shown = stage.app.toasts.shown().iter();
    shown.map(|toast| toast.text.to_string()).collect()
}

/// UX 8: the foot and the hints say what Enter and Tab do there. A list of commands that were run runs none of them.
#[test]
fn keys_do_what_they_are_said_to_do() {
    for (keys, there, not) in [
        (format!("{LANTERNS} g r"), "Enter go there", "Enter run"),
        (
            format!("{LANTERNS} g l"),
            "Enter list its edits",
            "Enter run",
        ),
        (":".to_owned(), "Enter run", "go there"),
        (format!("{LANTERNS} g o"), "Enter go there", "Tab"),
        ("f s".to_owned(), "Tab mark", "Tab by"),
        ("f d".to_owned(), "Tab by start", "Tab mark"),
        ("f d tab".to_owned(), "Tab by last activity", "Tab mark"),
        (", tab tab".to_owned(), "Tab tab", "Space"),
        (", tab tab".to_owned(), "Esc close", "Enter"),
    ] {
        let (_cache, stage) = at((80, 24), &keys);
        let hints = hints(&stage);
        assert!(hints.contains(there), "{keys}: {hints}");
        assert!(!hints.contains(not), "{keys}: {hints}");
    }
    let (_cache, stage) = at((80, 24), &format!("{LANTERNS} g r"));
    assert!(!stage.text().contains("Enter run"), "{}", stage.text());
}

/// UX 8: a number, a share or a time stands in the palette as what Enter will do with it.
#[test]
fn places_are_shown_before_they_are_gone_to() {
    for (typed, shown) in [
        ("2", "Go to message 2 of this conversation"),
        ("50%", "Go to 50% of this conversation"),
        ("14:02", "Go to 14:02 of this conversation"),
    ] {
        let (_cache, mut stage) = at((80, 24), &format!("{LANTERNS} : \"{typed}\""));
        let text = stage.text();
        assert!(text.contains(shown), "{text}");
        assert!(
            text.contains("Enter go there") && !text.contains(" 0 of "),
            "{text}"
        );
        stage.keys("enter");
        assert!(stage.app.palette.is_none());
    }
    let (_cache, stage) = at((80, 24), ": \"50%\"");
    assert!(stage.text().contains("Go to 50%"), "{}", stage.text());
}

/// UX 8: whoever types all of a command's name gets that command.
#[test]
fn a_whole_name_wins() {
    let (_cache, mut stage) = at((80, 24), ": \"messages\" enter");
    let kind = stage.app.overlay.map(|overlay| overlay.kind);
    assert_eq!(kind, Some(OverlayKind::Messages), "{}", stage.text());
    stage.keys("esc : \"sort_messages\" enter");
    assert!(stage.text().contains("sort: messages"), "{}", stage.text());
}

/// UX 8: of one kind the newest toast stands there, none says what the head says, and what is undone is named.
#[test]
fn toasts_make_way() {
    let (_cache, mut stage) = at((80, 24), &format!("{LANTERNS} z t z t"));
    assert!(stage.text().contains("tools: "), "{}", stage.text());
    assert_eq!(said(&stage), [""; 0], "the head says it");
    stage.keys("z s z k z s");
    assert_eq!(said(&stage), ["system: folded"]);
    let (_cache, mut stage) = at((80, 24), "d");
    let what = "hidden: Let the tide hand linger at low water";
    assert_eq!(said(&stage), [format!("{what} (u undoes)")]);
    stage.keys("u");
    assert_eq!(said(&stage), [format!("undone: {what} (U does it again)")]);
    stage.keys("U");
    assert_eq!(said(&stage), [format!("done again: {what} (u undoes it)")]);
}

/// UX 8: menus and dialogs are above what is said in passing, which goes where there is room.
#[test]
fn menus_are_above_toasts() {
    let corners = |text: &str| text.matches(['╭', '╮', '╰', '╯']).count();
    for size in [(40, 12), (80, 24)] {
        for keys in ["s ...", ",", "?", ":", "f s", "x m", "="] {
            let (_cache, bare) = at(size, keys);
            let (_cache, mut stage) = at(size, "j k");
            stage.app.say("SAID IN PASSING".into(), true);
            stage.keys(keys);
            let (bare, text) = (bare.text(), stage.text());
            assert!(corners(&bare) >= 4, "{bare}");
            assert_eq!(corners(&bare), corners(&text), "{keys}\n{bare}\n{text}");
        }
    }
    // A menu has it above itself, and a tall dialog in the status line.
    for keys in ["s ...", ","] {
        let (_cache, mut stage) = at((80, 24), "j k");
        stage.app.say("SAID IN PASSING".into(), true);
        stage.keys(keys);
        assert!(stage.text().contains("SAID IN PASSING"), "{}", stage.text());
    }
}

/// UX 8: while the second of two keys is waited for, the status line stays as it is.
#[test]
fn an_open_prefix_stands_among_the_hints() {
    let (_cache, mut stage) = at((80, 24), "j");
    let status = |stage: &Stage| stage.text().lines().rev().nth(1).map(str::to_owned);
    let before = status(&stage);
    stage.keys("s");
    assert_eq!(status(&stage), before);
    assert!(hints(&stage).starts_with(" s ..."), "{}", stage.text());
    let (_cache, stage) = at((80, 16), "s");
    assert!(hints(&stage).starts_with(" s "), "{}", stage.text());
}

/// UX 4: a key that has nowhere to go says so.
#[test]
fn keys_without_a_goal_say_so() {
    let (_cache, mut stage) = at((80, 24), &format!("{LANTERNS} X n"));
    assert_eq!(said(&stage), ["nothing is looked for here; / finds"]);
    stage.keys("g g E");
    let last = said(&stage);
    assert!(last[0].contains("error"), "{last:?}");
    stage.keys("A");
    assert_eq!(said(&stage), ["no further edit that way"]);
}

/// UX 7: lists name files from the session's directory, and the end of a path is what is seen of it.
#[test]
fn lists_tell_their_entries_apart() {
    let (_cache, mut stage) = at((80, 24), &format!("{LANTERNS} g l"));
    let dir = stage
        .app
        .reader
        .as_ref()
        .unwrap()
        .session
        .dir
        .clone()
        .unwrap();
    let dir = dir.to_string_lossy().into_owned();
    assert!(!stage.text().contains(&dir), "{}", stage.text());
    stage.keys("esc g r");
    assert!(
        !stage.text().contains(&format!("cd {dir}")),
        "{}",
        stage.text()
    );
}

/// UX 8: what is found in the help says where it holds, so that no two lines of it are the same.
#[test]
fn what_is_found_in_the_help_says_where_it_holds() {
    let (_cache, stage) = at((80, 24), &format!("{LANTERNS} ? \"half\""));
    let text = stage.text();
    let lines = text
        .lines()
        .filter(|line| line.contains("Half a page down"));
    let lines: Vec<&str> = lines.collect();
    assert_eq!(lines.len(), 2, "{text}");
    assert!(lines.iter().any(|line| line.contains("Reader")), "{text}");
    assert!(lines.iter().any(|line| line.contains("List")), "{text}");
}
