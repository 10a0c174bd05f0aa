//! What agents do, in the list: marks, counts, and the way to those that need somebody.

use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::*;
use crate::model::State;

fn states(all: &[(&str, State)]) -> Delta {
    let known = all
        .iter()
        .map(|(id, state)| (SessionId::new(SOURCE, *id), *state));
    Delta {
        states: Some(known.collect()),
        ..Delta::default()
    }
}

fn here(app: &App) -> String {
    app.selected().unwrap().id().native.to_string()
}

fn lines(app: &App) -> Vec<String> {
    let mut terminal = Terminal::new(TestBackend::new(app.size.0, app.size.1)).unwrap();
    terminal
        .draw(|frame| crate::tui::view::view(app, frame))
        .unwrap();
    let cells = terminal
        .backend()
        .buffer()
        .content()
        .chunks(app.size.0.into());
    cells
        .map(|row| row.iter().map(|cell| cell.symbol()).collect())
        .collect()
}

/// UX 4.2: `}` and `{` go to what waits and what was stopped, and past what only works.
#[test]
fn braces_walk_over_the_sessions_that_need_somebody() {
    let mut app = app();
    let all = [
        ("b", State::Working),
        ("d", State::Waiting),
        ("f", State::Idle),
        ("h", State::Stopped),
    ];
    update(&mut app, Msg::Delta(states(&all)));
    assert_eq!(here(&app), "a", "nothing moves under the fingers");
    press(&mut app, "}");
    assert_eq!(here(&app), "d");
    press(&mut app, "}");
    assert_eq!(here(&app), "h");
    press(&mut app, "}");
    assert_eq!(here(&app), "h");
    press(&mut app, "{ {");
    assert_eq!(here(&app), "d");
    press(&mut app, "f l");
    assert_eq!(app.query.input.value(), "is:live");
    let shown = app.list.entries.iter();
    let shown: Vec<String> = shown.map(|e| e.row.id().native.to_string()).collect();
    assert_eq!(shown, ["b", "d", "f", "h"]);
    press(&mut app, "f l");
    assert_eq!(app.query.input.value(), "");
}

/// UX 3.2: each state has a sign of its own, also without colours, and the title counts what is not idle.
#[test]
fn states_are_signs_on_rows_and_counts_in_the_title() {
    let mut app = app();
    let all = [
        ("a", State::Idle),
        ("b", State::Working),
        ("c", State::Working),
        ("d", State::Waiting),
        ("e", State::Stopped),
    ];
    update(&mut app, Msg::Delta(states(&all)));
    let drawn = lines(&app);
    assert!(
        drawn[0].contains("> 2 working   ? 1 waiting   ! 1 stopped   "),
        "{}",
        drawn[0]
    );
    let row = |id: &str| {
        let is_it = |line: &&String| {
            let words: Vec<&str> = line.split_whitespace().collect();
            words.contains(&id) && line.starts_with('|')
        };
        drawn.iter().find(is_it).unwrap().clone()
    };
    assert!(row("a").starts_with("|>."), "{}", row("a"));
    assert!(row("b").starts_with("| >"), "{}", row("b"));
    assert!(row("d").starts_with("| ?"), "{}", row("d"));
    assert!(row("e").starts_with("| !"), "{}", row("e"));
    assert!(row("f").starts_with("|  "), "unknown is no mark");
    app.size = (80, 24);
    assert!(lines(&app)[0].contains("> 2  ? 1  ! 1  "));
    // What is over is over.
    update(&mut app, Msg::Delta(states(&[])));
    assert!(!lines(&app)[0].contains("> 2"));
}
