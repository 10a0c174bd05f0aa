//! The table of what the mouse does, against what it does on the sample sessions.

use crossterm::event::{KeyModifiers, MouseButton, MouseEvent};
use ratatui::layout::Position;

use super::super::super::gestures::{Gesture, Spot, TOUCHES, Touch, spot};
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

/// Whether a gesture at a place changes the screen or copies anything. What it opened is closed again.
fn does(stage: &mut Stage, gesture: Gesture, at: Position) -> bool {
    let told = |stage: &Stage| {
        let app = &stage.app;
        let copied = stage.copied.lock().unwrap().len();
        (stage.text(), app.list.chosen.len(), app.focus, copied)
    };
    // No click belongs to the one before.
    stage.keys("...");
    let before = told(stage);
    for (kind, by) in events(gesture) {
        stage.tell(Msg::Mouse(MouseEvent {
            kind,
            column: at.x + by,
            row: at.y,
            modifiers: KeyModifiers::NONE,
        }));
    }
    let done = told(stage) != before;
    if stage.app.palette.is_some() {
        stage.keys("esc");
    }
    if stage.app.focus == Pane::Reader {
        stage.keys("tab");
    }
    done
}

/// Some places of a kind, spread over the screen.
fn places(stage: &Stage, wanted: Spot) -> Vec<Position> {
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
    let (_cache, mut stage) = stage();
    let mut touches: Vec<&Touch> = TOUCHES.iter().collect();
    // Without the clause it has none to drop any more.
    touches.sort_by_key(|touch| touch.spot == Spot::Cross);
    for touch in touches {
        let over = match touch.spot {
            // Of the palette, in the middle of the screen and beside it.
            Spot::Entry => Some(Position { x: 100, y: 20 }),
            Spot::Beside => Some(Position { x: 2, y: 30 }),
            _ => None,
        };
        let done = match over {
            Some(at) => {
                stage.keys(":");
                does(&mut stage, touch.gesture, at)
            }
            None => places(&stage, touch.spot)
                .into_iter()
                .any(|at| does(&mut stage, touch.gesture, at)),
        };
        assert!(done, "{:?} {:?}", touch.gesture, touch.spot);
    }
}

/// And what it does not say, it does not.
#[test]
fn what_the_table_does_not_say_the_mouse_does_not() {
    let (_cache, mut stage) = stage();
    // A mark is a part of its line, and an edge one of its title.
    let part = |spot| match spot {
        Spot::Mark => Spot::Row,
        Spot::Margin => Spot::Text,
        Spot::Edge => Spot::Header,
        other => other,
    };
    let mut tried = 0;
    for wanted in Spot::ALL {
        for gesture in [Gesture::Right, Gesture::Wheel] {
            let is_told = |touch: &Touch| {
                touch.gesture == gesture && (touch.spot == wanted || touch.spot == part(wanted))
            };
            if TOUCHES.iter().any(is_told) {
                continue;
            }
            for at in places(&stage, wanted).into_iter().take(5) {
                tried += 1;
                assert!(
                    !does(&mut stage, gesture, at),
                    "{gesture:?} {wanted:?} {at}"
                );
            }
        }
    }
    assert!(tried > 20, "{tried}");
}
