//! What a large conversation left on disk: read again before it comes into view, and looked through.

use super::*;
use crate::tui::msg::Ticket;

/// So many messages; the texts of those from a number on are on disk.
fn talk(left_from: u32) -> Arc<Conversation> {
    let message = |n: u32| {
        let mut message = Message::new(u64::from(n), Role::User, None);
        message.number = n;
        let is_left = n >= left_from;
        message.on_disk = u64::from(is_left) * 500;
        let text = if is_left {
            "..."
        } else {
            "warp\n\nweft\n\nshed"
        };
        message.parts.push(Part::Text(text.into()));
        Arc::new(message)
    };
    Arc::new(Conversation {
        id: SessionId::new(SOURCE, "a"),
        messages: (1..=100).map(message).collect(),
        odd: 0,
    })
}

fn opened(app: &mut App, left_from: u32) -> (Ticket, Effects) {
    press(app, "enter");
    let ticket = app.reader.as_ref().unwrap().ticket;
    let effects = update(app, Msg::Opened(ticket, talk(left_from), false));
    (ticket, effects)
}

fn sought(effects: &Effects) -> Option<Ticket> {
    effects.iter().find_map(|effect| match effect {
        Effect::Seek(_, _, number, _) => Some(*number),
        _ => None,
    })
}

fn hits(app: &mut App) -> Option<(usize, usize)> {
    app.document().and_then(|document| document.hits())
}

#[test]
fn what_comes_into_view_is_read_again() {
    let mut app = app();
    let (ticket, effects) = opened(&mut app, 60);
    assert!(
        !effects.iter().any(|e| matches!(e, Effect::Near(..))),
        "{effects:?}"
    );
    press(&mut app, ":");
    type_text(&mut app, "70");
    let effects = press(&mut app, "enter");
    let session = app.subject().unwrap();
    assert!(
        effects
            .iter()
            .any(|effect| matches!(effect, Effect::Near(of, from, seen, None)
            if *of == ticket && *from == session && seen.contains(&69))),
        "{effects:?}"
    );
    let effects = press(&mut app, "j");
    assert!(
        !effects.iter().any(|e| matches!(e, Effect::Near(..))),
        "asked once"
    );
}

/// `/` looks through what is on disk; counts are so far, and late answers to an older text are dropped.
#[test]
fn what_is_on_disk_is_looked_through() {
    let mut app = app();
    let (ticket, _) = opened(&mut app, 11);
    let first = sought(&press(&mut app, "/ w")).unwrap();
    let second = sought(&press(&mut app, "e")).unwrap();
    assert!(second > first);
    assert_eq!(hits(&mut app), Some((1, 10)));
    update(
        &mut app,
        Msg::Sought(ticket, first, vec![(20, vec![(0, 1)])], true),
    );
    assert_eq!(
        hits(&mut app),
        Some((1, 10)),
        "an answer to what was typed before"
    );
    update(
        &mut app,
        Msg::Sought(ticket, second, vec![(20, vec![(0, 1)])], true),
    );
    assert_eq!(hits(&mut app), Some((1, 11)));
    press(&mut app, "enter");
    assert!(app.reader.as_ref().unwrap().seek.is_some());
    update(&mut app, Msg::Sought(ticket, second, vec![], false));
    assert!(app.reader.as_ref().unwrap().seek.is_none());
    let effects = press(&mut app, "N");
    assert_eq!(app.document().unwrap().message().unwrap().number, 20);
    assert!(
        effects
            .iter()
            .any(|e| matches!(e, Effect::Near(_, _, _, Some(20)))),
        "{effects:?}"
    );
    assert_eq!(sought(&effects), None);
}

fn wheel(app: &mut App) {
    let event = crossterm::event::MouseEvent {
        kind: crossterm::event::MouseEventKind::ScrollDown,
        column: 80,
        row: 10,
        modifiers: crossterm::event::KeyModifiers::NONE,
    };
    update(app, Msg::Mouse(event));
}

/// The first place of what is looked for may be one on disk: the view goes there unless somebody went on.
#[test]
fn a_first_hit_that_is_told_late_is_gone_to() {
    for goes_on in [None, Some("j"), Some("wheel")] {
        let mut app = app();
        let (ticket, _) = opened(&mut app, 11);
        press(&mut app, "/");
        let mut number = None;
        for key in ["t", "r", "e"] {
            number = sought(&press(&mut app, key)).or(number);
        }
        press(&mut app, "enter");
        match goes_on {
            Some("wheel") => wheel(&mut app),
            Some(key) => drop(press(&mut app, key)),
            None => {}
        }
        let before = app.document().unwrap().place();
        let found = Msg::Sought(ticket, number.unwrap(), vec![(50, vec![(0, 1)])], true);
        update(&mut app, found);
        let want = goes_on.map_or(49, |_| before);
        assert_eq!(app.document().unwrap().place(), want);
        assert_eq!(hits(&mut app), Some((1, 1)));
    }
}

/// A message that is not in its log any more is said to be so, and is not asked for without end.
#[test]
fn what_cannot_be_read_again_is_told_and_not_copied() {
    let mut app = app();
    let (ticket, _) = opened(&mut app, 1);
    let effects = press(&mut app, "y y");
    assert!(
        effects
            .iter()
            .any(|e| matches!(e, Effect::Near(_, _, _, Some(1)))),
        "{effects:?}"
    );
    let effects = update(&mut app, Msg::NotOpened(ticket, "gone".to_owned()));
    assert!(effects.is_empty() && app.copying.is_none());
    assert!(app.reader.as_ref().unwrap().trouble.is_some());
}
