//! The table of what the mouse does, against what it does on the sample sessions.

use crossterm::event::{KeyModifiers, MouseButton, MouseEvent};
use ratatui::layout::Position;

use super::super::super::gestures::{Gesture, Spot, TOUCHES, spot};
use super::super::super::stage::Stage;
use super::*;
use crate::env::Env;
use crate::{cli, demo};

/// The sample sessions with a query that has clauses, wide enough for all panes.
fn stage() -> (tempfile::TempDir, Stage) {
    let cache = tempfile::tempdir().unwrap();
    let mut env = Env::bare(cache.path(), demo::LAST.parse().unwrap());
    let folder = cache.path().into();
    env.vars.insert("BACKSCROLL_CACHE".into(), folder);
    let env = demo::open(&env).unwrap();
    let context = cli::context(&env);
    let mut stage = Stage::open(env, context, ThemeKind::Mono, true, (200, 60));
    stage.keys("/ \"cost:>0\" enter j");
    (cache, stage)
}

fn events(gesture: Gesture) -> Vec<(MouseEventKind, u16)> {
    let left = MouseButton::Left;
    let click = [
        (MouseEventKind::Down(left), 0),
        (MouseEventKind::Up(left), 0),
    ];
    match gesture {
        Gesture::Click => click.to_vec(),
        Gesture::Double => [click, click].concat(),
        Gesture::Right => vec![(MouseEventKind::Down(MouseButton::Right), 0)],
        Gesture::Wheel => vec![(MouseEventKind::ScrollDown, 0)],
        Gesture::Drag => vec![
            click[0],
            (MouseEventKind::Drag(left), 3),
            (MouseEventKind::Up(left), 3),
        ],
    }
}

/// Whether a gesture at a place changes the screen or is wished for further.
fn does(gesture: Gesture, at: Position, open: Option<&str>) -> bool {
    let (_cache, mut stage) = stage();
    if let Some(keys) = open {
        stage.keys(keys);
    }
    let before = (stage.text(), stage.app.list.chosen.len(), stage.app.focus);
    for (kind, by) in events(gesture) {
        stage.tell(Msg::Mouse(MouseEvent {
            kind,
            column: at.x + by,
            row: at.y,
            modifiers: KeyModifiers::NONE,
        }));
    }
    let copied = !stage.copied.lock().unwrap().is_empty();
    copied || before != (stage.text(), stage.app.list.chosen.len(), stage.app.focus)
}

/// Some places of a kind, spread over the screen.
fn places(wanted: Spot) -> Vec<Position> {
    let (_cache, stage) = stage();
    let panes = layout::panes(&stage.app);
    let all = (0..60).flat_map(|y| (0..200).map(move |x| Position { x, y }));
    let is_it = |at: &Position| spot(&stage.app, &panes, *at) == Some(wanted);
    let all: Vec<Position> = all.filter(is_it).collect();
    let step = (all.len() / 24).max(1);
    all.into_iter().step_by(step).collect()
}

/// UX 4.6: what the help says of the mouse, it does.
#[test]
fn what_the_table_says_the_mouse_does() {
    for touch in TOUCHES {
        let is_over = matches!(touch.spot, Spot::Entry | Spot::Beside);
        let done = match touch.spot {
            // Of the palette, in the middle of the screen and beside it.
            Spot::Entry => does(touch.gesture, Position { x: 100, y: 20 }, Some(":")),
            Spot::Beside => does(touch.gesture, Position { x: 2, y: 30 }, Some(":")),
            spot => places(spot)
                .into_iter()
                .any(|at| does(touch.gesture, at, None)),
        };
        assert!(done, "{:?} {:?} {is_over}", touch.gesture, touch.spot);
    }
}

/// And what it does not say, it does not.
#[test]
fn what_the_table_does_not_say_the_mouse_does_not() {
    // A mark is a part of its line, and an edge one of its title.
    let part = |spot| match spot {
        Spot::Mark => Spot::Row,
        Spot::Margin => Spot::Text,
        Spot::Edge => Spot::Header,
        other => other,
    };
    for wanted in Spot::ALL {
        if matches!(wanted, Spot::Entry | Spot::Beside) {
            continue;
        }
        for gesture in [Gesture::Right, Gesture::Wheel] {
            let is_told = |touch: &&super::super::super::gestures::Touch| {
                touch.gesture == gesture && (touch.spot == wanted || touch.spot == part(wanted))
            };
            if TOUCHES.iter().any(|touch| is_told(&touch)) {
                continue;
            }
            for at in places(wanted).into_iter().take(3) {
                assert!(!does(gesture, at, None), "{gesture:?} {wanted:?} {at}");
            }
        }
    }
}
