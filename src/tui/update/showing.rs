//! Keys that choose how conversations are shown.

use super::super::app::App;
use super::super::keys::Action;
use super::super::msg::{Effect, Effects};
use super::super::toasts::{About, Weight};
use super::super::view::reader;
use crate::render::showing::{Choice, Diffs, SHOWN};
use crate::text::Clean;

/// Shows all conversations so, by the table of what can be said by name.
pub fn show(app: &mut App, nth: usize, at: usize, effects: &mut Effects) {
    let Some(shown) = SHOWN.get(nth) else { return };
    (shown.set)(&mut app.prefs.reader, at);
    let showing = app.prefs.reader;
    for reader in app.reader.iter_mut().chain(&mut app.outer) {
        if let Some(document) = &mut reader.document {
            document.show_so(showing);
        }
    }
    effects.push(Effect::Remember(app.prefs.clone()));
    let value = shown.values.get(at).copied().unwrap_or_default();
    let line = Clean::from(format!("{}: {value}", shown.name));
    app.tell_of(About::Showing, line, Weight::Info);
}

/// Changes how conversations are shown, which is remembered for all of them. Tells whether the action does.
pub fn choose(app: &mut App, action: Action, effects: &mut Effects) -> bool {
    let before = app.prefs.reader;
    let Some(document) = app.document() else {
        return false;
    };
    let mut kept = before;
    let word = match action {
        Action::FoldTools => {
            document.cycle_tools();
            kept.tools = document.showing().tools;
            format!("tools: {}", kept.tools.word())
        }
        Action::FoldThinking => {
            document.toggle_thinking();
            kept.thinking = document.showing().thinking;
            format!(
                "thinking: {}",
                if kept.thinking { "open" } else { "folded" }
            )
        }
        Action::FoldSystem => {
            document.toggle_system();
            kept.system = document.showing().system;
            format!("system: {}", if kept.system { "open" } else { "folded" })
        }
        Action::FoldCode => {
            document.toggle_code();
            kept.short_code = document.showing().short_code;
            format!("code: {}", if kept.short_code { "short" } else { "long" })
        }
        Action::FoldDiffs => {
            document.cycle_diffs();
            kept.diffs = document.showing().diffs;
            let room = match document.has_room_for_sides() {
                true => "",
                false if kept.diffs == Diffs::Side => ", where the reader is 110 cells wide",
                false => "",
            };
            format!("diffs: {}{room}", kept.diffs.word())
        }
        Action::Times => {
            document.cycle_times();
            kept.times = document.showing().times;
            format!("times: {}", kept.times.word())
        }
        Action::CutLines => {
            document.toggle_cut();
            kept.cut = document.showing().cut;
            format!("long lines: {}", if kept.cut { "cut" } else { "wrapped" })
        }
        _ => return false,
    };
    app.prefs.reader = kept;
    effects.push(Effect::Remember(app.prefs.clone()));
    let is_in_head = action == Action::FoldTools && reader::tells_tools(app);
    if !is_in_head {
        app.tell_of(About::Showing, Clean::from(word), Weight::Info);
    }
    true
}
