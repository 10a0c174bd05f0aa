//! Keys where no sessions are: the table of places scrolls.

use super::super::app::App;
use super::super::keys::Action;
use super::super::view::first_run;

/// Scrolls, where that is what a key says.
pub fn act(app: &mut App, action: Action) {
    let (seen, last) = first_run::extent(app);
    let page = isize::try_from(seen).unwrap_or(1).max(1);
    let by = match action {
        Action::Down => 1,
        Action::Up => -1,
        Action::PageDown => page,
        Action::PageUp => -page,
        Action::First => -(1 << 16),
        Action::Last => 1 << 16,
        _ => return,
    };
    app.looked_top = app.looked_top.min(last).saturating_add_signed(by).min(last);
}
