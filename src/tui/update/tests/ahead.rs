//! Keys that come before their page.

use super::reading::{conversation, opened};
use super::*;
use crate::tui::tasks::Task;

/// Who opens a conversation and goes on in it does not wait for its page; what is typed on the way back is lost with it.
#[test]
fn keys_of_the_page_are_typed_ahead() {
    let stands = |keys: &[&str]| {
        let mut app = app();
        let asked = opened(&press(&mut app, "j"));
        press(&mut app, "enter");
        for key in keys {
            press(&mut app, key);
        }
        let talk = conversation("b", &["one", "two", "three"]);
        let effects = update(&mut app, Msg::Opened(asked[0].0, talk, false));
        let lines = |effect: &Effect| matches!(effect, Effect::Do(Task::Lines(..)));
        let number = app.document().unwrap().message().map(|m| m.number);
        (number, effects.iter().any(lines))
    };
    assert_eq!(stands(&[]), (Some(1), false));
    assert_eq!(stands(&["}", "}"]), (Some(3), false));
    assert_eq!(stands(&["}", "z r"]), (Some(2), true));
    assert_eq!(stands(&["}", "h", "enter"]).0, Some(1));
    let mut app = app();
    let asked = opened(&press(&mut app, "j"));
    for key in ["enter", "}", ":"] {
        press(&mut app, key);
    }
    let talk = conversation("b", &["one", "two"]);
    update(&mut app, Msg::Opened(asked[0].0, talk, false));
    let number = |app: &mut App| app.document().unwrap().message().map(|m| m.number);
    assert_eq!(number(&mut app), Some(1), "the palette is open");
    press(&mut app, "esc");
    assert_eq!(number(&mut app), Some(2));
}
