//! What each action does.

use super::super::app::{App, Input, Overlay, OverlayKind, Pane};
use super::super::dialog::{Answer, Dialog};
use super::super::history::Step;
use super::super::keys::Action;
use super::super::msg::{Effect, Effects};
use super::super::tasks::Task;
use super::super::toasts::{About, Weight};
use super::{
    agents, ahead, copy, delete, dialog, divide, evidence, export, filter, finding, input, keep,
    launch, list, looked, marks, nearby, opening, palette, reader, select, settings, share,
};
use crate::index::{Grouping, Order, SortKey};
use crate::render::document::Document;
use crate::text::Clean;
use crate::tui::help::Page;
use crate::tui::palette::PaletteKind;
use crate::tui::view::{layout, overlay};

/// Does what a key is bound to; `nth` tells which of several keys of one binding it was.
pub fn act(app: &mut App, action: Action, nth: usize, effects: &mut Effects) {
    if app.dialog.is_some() {
        return dialog::act(app, action, effects);
    }
    if app.form.is_some() {
        return dialog::fill(app, action, effects);
    }
    if app.overlay.is_some() {
        return over(app, action, effects);
    }
    if app.palette.is_some() {
        return palette::act(app, action, effects);
    }
    if app.picker.is_some() {
        return filter::pick(app, action);
    }
    if app.input.is_some() {
        return input::act(app, action, effects);
    }
    if app.settings.is_some() {
        return settings::act(app, action, effects);
    }
    if app.is_first_run() && action.is_about_sessions() {
        return looked::act(app, action);
    }
    if ahead::is_kept(app, action, nth) {
        return;
    }
    match action {
        Action::Quit => quit(app, effects),
        Action::Cancel => leave(app, effects),
        Action::Escape => escape(app, effects),
        Action::Back => agents::back(app, effects),
        Action::Redraw => effects.push(Effect::Redraw),
        Action::Suspend => effects.push(Effect::Suspend),
        Action::Help => palette::open(app, PaletteKind::Help(Page::Keys(app.focus))),
        Action::Palette => palette::open(app, PaletteKind::Commands),
        Action::Messages => {
            app.overlay = Some(Overlay {
                kind: OverlayKind::Messages,
                top: 0,
            })
        }
        Action::Problems => {
            app.overlay = Some(Overlay {
                kind: OverlayKind::Problems,
                top: 0,
            })
        }
        Action::Explain if app.subject_row().is_some() => {
            app.overlay = Some(Overlay {
                kind: OverlayKind::Explain,
                top: 0,
            })
        }
        Action::Details => details(app),
        Action::NextPane => match app.focus {
            Pane::List if app.reader.is_some() || app.selected().is_some() => {
                reader::go_to_selected(app, effects)
            }
            _ => app.focus = Pane::List,
        },
        Action::Narrower | Action::Wider => divide::act(app, action, effects),
        Action::Maximise => app.maximised = !app.maximised,
        Action::ToggleMouse => {
            app.mouse = !app.mouse;
            effects.push(Effect::Mouse(app.mouse));
            let text = if app.mouse {
                "mouse on"
            } else {
                "mouse off: the terminal selects"
            };
            app.tell_of(About::Mouse, text.into(), Weight::Info);
        }
        Action::ToggleMask => super::mask(app, !app.masked, effects),
        Action::EditQuery => {
            input::edit_query(app);
            app.query.visited = false;
        }
        Action::ClearQuery => input::set_query(app, ""),
        Action::Undo => undo(app, effects),
        Action::Redo => redo(app, effects),
        Action::Select | Action::SelectRange | Action::SelectAll => select::act(app, action),
        Action::FindInPage => find(app, effects),
        Action::Star | Action::Hide | Action::Rename | Action::Tags | Action::Note => {
            marks::act(app, action, effects)
        }
        Action::Group => group(app, nth, effects),
        Action::PickSource
        | Action::PickProject
        | Action::PickModel
        | Action::PickDate
        | Action::ThisFolder
        | Action::OnlyErrors
        | Action::PickTag
        | Action::OnlyLive
        | Action::OnlyUnread
        | Action::OnlyStarred
        | Action::OnlyExpiring
        | Action::AllKinds
        | Action::OpenView
        | Action::SaveView
        | Action::DropClause
        | Action::Forgive => filter::act(app, action, nth, effects),
        Action::TogglePreview if app.shows_loading() => app.loading_hidden = true,
        Action::TogglePreview => {
            app.prefs.preview = !app.prefs.preview;
            effects.push(Effect::Remember(app.prefs.clone()));
        }
        Action::NextSession => agents::read_on(app, 1, effects),
        Action::PreviousSession => agents::read_on(app, -1, effects),
        Action::LookAgain => {
            effects.push(Effect::LookAgain);
            app.say("looking again".into(), false);
        }
        Action::AddFolder => looked::add(app),
        Action::Demo => effects.push(Effect::Demo),
        Action::Commands
        | Action::Failures
        | Action::Files
        | Action::Fetches
        | Action::Changes
        | Action::Lineage => evidence::act(app, action, effects),
        Action::Export => export::open(app, nth),
        Action::ExportPatch => {
            if let Some(session) = select::one(app, "a patch is written of one session") {
                app.exporting += 1;
                let folder = app.folder.clone();
                effects.push(Effect::Do(Task::Patch(session, folder)));
            }
        }
        Action::KeepCopy => keep::act(app, effects),
        Action::RawRecord | Action::OpenPicture | Action::OpenLink | Action::OpenFile => {
            opening::act(app, action, effects)
        }
        Action::Share => share::act(app, effects),
        Action::Unshare => share::back(app, effects),
        Action::Resume
        | Action::ResumeInTab
        | Action::NewSession
        | Action::Fork
        | Action::Shell
        | Action::OpenLog
        | Action::OpenDir => launch::act(app, action, effects),
        Action::Delete => delete::act(app, effects),
        Action::Settings => settings::open(app, effects),
        Action::CopyNth => copy::copy(app, Action::CopyCode, nth + 1, effects),
        action if action.is_copy() => copy::copy(app, action, 0, effects),
        action if sort_key(action).is_some() || action == Action::SortFlip => {
            sort(app, action, effects)
        }
        action if app.focus == Pane::Reader => {
            if action == Action::Open && opening::picture_line(app, effects) {
                return;
            }
            if matches!(action, Action::Open | Action::FoldBlock) {
                nearby::whole(app, effects);
            }
            reader::act(app, action, effects)
        }
        action => in_list(app, action, effects),
    }
}

fn in_list(app: &mut App, action: Action, effects: &mut Effects) {
    let page = i64::from(layout::panes(app).list_rows()).max(2);
    match action {
        Action::Down => list::step(app, 1),
        Action::Up => list::step(app, -1),
        Action::HalfDown => list::step(app, page / 2),
        Action::HalfUp => list::step(app, -(page / 2)),
        Action::PageDown => list::step(app, page - 1),
        Action::PageUp => list::step(app, 1 - page),
        Action::NextNeedsYou => list::needy(app, true),
        Action::PreviousNeedsYou => list::needy(app, false),
        Action::First => list::step(app, i64::MIN / 2),
        Action::Last => list::step(app, i64::MAX / 2),
        // What stands there before the first answer is not what was asked for.
        Action::Read if app.selected().is_some() && !app.search.is_stale => {
            reader::go_to_selected(app, effects)
        }
        Action::Read => app.search.is_awaited = app.is_seeking(),
        Action::Unfold => list::unfold(app),
        Action::Fold => list::fold(app),
        _ => {}
    }
}

fn over(app: &mut App, action: Action, effects: &mut Effects) {
    let (seen, last) = overlay::extent(app);
    let Some(overlay) = &mut app.overlay else {
        return;
    };
    // The window may have grown since.
    let top = overlay.top.min(last);
    overlay.top = match action {
        Action::Down => top + 1,
        Action::Up => top.saturating_sub(1),
        Action::PageDown => top + seen,
        Action::PageUp => top.saturating_sub(seen),
        Action::First => 0,
        Action::Last => last,
        Action::Cancel => return effects.push(Effect::Quit),
        _ => {
            app.overlay = None;
            return;
        }
    }
    .min(last);
}

/// Moves what lies over the panes.
pub fn scroll_overlay(app: &mut App, by: i32) {
    let (_, last) = overlay::extent(app);
    if let Some(overlay) = &mut app.overlay {
        let top = i64::try_from(overlay.top).unwrap_or(0) + i64::from(by);
        overlay.top = usize::try_from(top).unwrap_or(0).min(last);
    }
}

/// Out of the sub-agent, to the list, out of the program.
fn quit(app: &mut App, effects: &mut Effects) {
    match app.focus {
        Pane::Reader => agents::back(app, effects),
        _ => leave(app, effects),
    }
}

/// Out of the program. What is being written is asked about first.
fn leave(app: &mut App, effects: &mut Effects) {
    reader::leave(app, effects);
    if app.exporting == 0 {
        return effects.push(Effect::Quit);
    }
    let lines =
        vec!["Something is still being written or shared; leaving now may leave it out.".into()];
    let dialog = Dialog::new("Quit", lines, "Stay").or("Quit", Answer::Quit);
    app.dialog = Some(dialog);
}

/// One step back: what is being made to be shared, the toast, what is found, what was put together here, the pane, what is
/// chosen. Never the query, never the program.
fn escape(app: &mut App, effects: &mut Effects) {
    if share::stop(app, effects) || app.toasts.dismiss() {
        return;
    }
    if let Some(document) = app.document()
        && document.is_selecting()
    {
        return document.drop_selection();
    }
    let finding = app
        .reader
        .as_ref()
        .is_some_and(|reader| !reader.needle.is_empty());
    if finding {
        finding::stop_finding(app);
    } else if app.focus == Pane::Reader && !app.outer.is_empty() {
        agents::out(app, effects);
    } else if app.maximised {
        app.maximised = false;
    } else if app.focus == Pane::Reader {
        app.focus = Pane::List;
    } else {
        select::drop_all(app);
    }
}

/// Takes the newest change back.
fn undo(app: &mut App, effects: &mut Effects) {
    match app.history.undo() {
        Some(step) => {
            let said = step.said();
            if let Some(again) = take(app, step, effects) {
                app.history.undid(again);
            }
            tell_step(app, "undone", said, (Action::Redo, "does it again"));
        }
        None => app.say("nothing to undo".into(), false),
    }
}

/// Makes the change again that was taken back last.
fn redo(app: &mut App, effects: &mut Effects) {
    match app.history.redo() {
        Some(step) => {
            let said = step.said();
            if let Some(back) = take(app, step, effects) {
                app.history.redid(back);
            }
            tell_step(app, "done again", said, (Action::Undo, "undoes it"));
        }
        None => app.say("nothing to do again".into(), false),
    }
}

/// What was taken back or done again, in place of what was said of it before, and the key of the other way.
fn tell_step(app: &mut App, word: &str, said: Option<String>, (other, does): (Action, &str)) {
    if let Some(said) = said {
        let key = app.key(super::scope(app), other);
        let line = Clean::line(&format!("{word}: {said} ({key} {does})"));
        app.tell_of(About::Marks, line, Weight::Info);
    }
}

/// Goes one step in the history. Gives the step that goes the other way, where there is one: nothing is deleted again
/// without a question.
fn take(app: &mut App, step: Step, effects: &mut Effects) -> Option<Step> {
    match step {
        Step::Query(text) => Some(Step::Query(input::put_back(app, text))),
        Step::Marks(changes, said) => {
            let back = marks::make_again(app, changes, effects);
            Some(Step::Marks(back, said))
        }
        Step::Trash(names) => {
            effects.push(Effect::Do(Task::Restore(names)));
            None
        }
        Step::Copies(ids) => {
            if let Some(left) = keep::take_back(app, ids, effects) {
                app.history.redid(left);
            }
            None
        }
    }
}

fn details(app: &mut App) {
    if layout::has_details_pane(app.size.0) {
        app.details = !app.details;
    } else if app.selected().is_some() {
        app.overlay = Some(Overlay {
            kind: OverlayKind::Details,
            top: 0,
        });
    }
}

fn find(app: &mut App, effects: &mut Effects) {
    if app.selected().is_none() {
        return;
    }
    reader::go_to_selected(app, effects);
    if let Some(reader) = &mut app.reader {
        reader.found_from = reader.document.as_ref().map(Document::stand);
        reader.found_before = reader.needle.clone();
    }
    app.input = Some(Input::Find(tui_input::Input::default()));
}

fn sort_key(action: Action) -> Option<SortKey> {
    Some(match action {
        Action::SortUpdated => SortKey::Updated,
        Action::SortCreated => SortKey::Created,
        Action::SortCost => SortKey::Cost,
        Action::SortTokens => SortKey::Tokens,
        Action::SortMessages => SortKey::Messages,
        Action::SortDuration => SortKey::Duration,
        Action::SortTitle => SortKey::Title,
        Action::SortProject => SortKey::Project,
        Action::SortAgent => SortKey::Source,
        Action::SortSize => SortKey::Size,
        Action::SortRelevance => SortKey::Relevance,
        _ => return None,
    })
}

fn sort(app: &mut App, action: Action, effects: &mut Effects) {
    sort_by(app, sort_key(action), effects);
}

/// Sorts by a key, the other way round when it is the one in force. Without a key, turns the order round.
pub fn sort_by(app: &mut App, key: Option<SortKey>, effects: &mut Effects) {
    let now = app.order();
    // Where words rank and there are none, the order that stands in for it was not chosen yet.
    let is_stand_in = now.key != SortKey::Relevance && app.choice().key == SortKey::Relevance;
    let is_said = app.query.query.arrangement().sort.is_some();
    if key == Some(SortKey::Relevance) && !app.query.query.has_words() {
        app.say("words will rank what they find".into(), false);
    }
    let order = match key {
        Some(key) if key != now.key || is_stand_in && !is_said => Order::by(key),
        _ => Order {
            key: now.key,
            direction: now.direction.flipped(),
        },
    };
    app.choose_order(order);
    unsay(app, "sort:");
    list::rebuild(app);
    effects.push(Effect::Remember(app.prefs.clone()));
}

/// Groupings in the order of their keys.
const GROUPINGS: [Grouping; 4] = [
    Grouping::Day,
    Grouping::Project,
    Grouping::Agent,
    Grouping::None,
];

fn group(app: &mut App, nth: usize, effects: &mut Effects) {
    let Some(by) = GROUPINGS.get(nth) else { return };
    app.prefs.group = by.word().to_owned();
    unsay(app, "group:");
    list::rebuild(app);
    effects.push(Effect::Remember(app.prefs.clone()));
}

/// Takes back what the query says about showing: it would count more than the key.
fn unsay(app: &mut App, start: &str) {
    let query = &app.query.query;
    let clauses = query.clauses();
    if let Some(at) = clauses.iter().position(|c| c.text.starts_with(start)) {
        let text = query.without(at);
        input::set_query(app, &text);
    }
}
