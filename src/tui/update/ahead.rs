//! Keys that are typed ahead: whoever opens a conversation and goes on in it does not wait for its first page.

use super::super::app::{App, Pane, Reader};
use super::super::keys::{Action, Scope};
use super::super::msg::Effects;
use super::action;

/// More than these are no keys somebody remembers.
const MOST: usize = 32;

/// Whether an action is kept until its page is there.
pub fn is_kept(app: &mut App, action: Action, nth: usize) -> bool {
    let focus = app.focus;
    let reader = app.reader.as_mut().filter(|reader| reader.is_awaited());
    let Some(reader) = reader.filter(|_| focus == Pane::Reader && is_of_page(action)) else {
        return false;
    };
    if reader.ahead.len() < MOST {
        reader.ahead.push((action, nth));
    }
    true
}

/// Does what was kept, once one is where the conversation was to be opened.
pub fn done(app: &mut App, effects: &mut Effects) {
    let is_none = app.reader.as_ref().is_none_or(|r| r.ahead.is_empty());
    if is_none || super::scope(app) != Scope::Reader {
        return;
    }
    let there = |reader: &&mut Reader| {
        let is_there = reader.document.is_some() && reader.goal.is_none() && !reader.landing;
        is_there || !reader.loading
    };
    let kept = app.reader.as_mut().filter(there);
    let kept = kept.map(|reader| std::mem::take(&mut reader.ahead));
    for (action, nth) in kept.unwrap_or_default() {
        action::act(app, action, nth, effects);
    }
}

/// Whether it is done on a page, and nowhere else. Its end is asked for by itself, since that is read first then; what is
/// looked for waits by itself too.
fn is_of_page(action: Action) -> bool {
    action.is_move()
        || matches!(
            action,
            Action::First
                | Action::NextMessage
                | Action::PreviousMessage
                | Action::NextPrompt
                | Action::PreviousPrompt
                | Action::NextError
                | Action::PreviousError
                | Action::NextEdit
                | Action::PreviousEdit
                | Action::FirstUnread
                | Action::NextCompaction
                | Action::Dearest
                | Action::Open
                | Action::Inside
                | Action::FoldBlock
                | Action::OpenAll
                | Action::CloseAll
                | Action::FoldTools
                | Action::FoldThinking
                | Action::FoldSystem
                | Action::FoldCode
                | Action::FoldDiffs
                | Action::ShowMore
                | Action::FocusMode
                | Action::Times
                | Action::CutLines
                | Action::Pin
                | Action::Outline
                | Action::RawRecord
                | Action::OpenPicture
                | Action::OpenLink
                | Action::OpenFile
                | Action::Commands
                | Action::Failures
                | Action::Files
                | Action::Fetches
        )
}
