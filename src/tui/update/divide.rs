//! Moving the line between the list and what is read.

use super::super::app::App;
use super::super::keys::Action;
use super::super::msg::{Effect, Effects};
use super::super::view::layout;

/// Cells a key moves it.
const STEP: i32 = 4;

/// Moves it by a key.
pub fn act(app: &mut App, action: Action, effects: &mut Effects) {
    let panes = layout::panes(app);
    let Some(list) = panes.list.filter(|_| panes.reader.is_some()) else {
        return app.say("two panes are needed for that".into(), false);
    };
    let now = if panes.below { list.height } else { list.width };
    let by = if action == Action::Narrower {
        -STEP
    } else {
        STEP
    };
    let to = i32::from(now) + by;
    put(app, u16::try_from(to).unwrap_or(0));
    effects.push(Effect::Remember(app.prefs.clone()));
}

/// Gives the list so many cells, across or down.
fn put(app: &mut App, cells: u16) {
    let panes = layout::panes(app);
    let (Some(list), Some(reader)) = (panes.list, panes.reader) else {
        return;
    };
    let share = |of: u16| (u32::from(cells) * 100).div_ceil(u32::from(of.max(1)));
    let share = |of: u16| u16::try_from(share(of)).unwrap_or(100);
    if panes.below {
        app.prefs.list_height = Some(share(list.height + reader.height));
    } else {
        app.prefs.list_width = Some(share(app.size.0));
    }
}

/// Follows the mouse that drags it.
pub fn drag(app: &mut App, x: u16, y: u16) {
    let panes = layout::panes(app);
    if let Some(list) = panes.list {
        let cells = if panes.below { y } else { x };
        let from = if panes.below { list.y } else { list.x };
        put(app, cells.saturating_sub(from));
    }
}
