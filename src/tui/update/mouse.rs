//! The mouse: wheel, click, double click, click on a header.

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::{Position, Rect};
use std::time::Duration;

use super::super::app::{App, Pane};
use super::super::keys::Action;
use super::super::msg::{Effect, Effects, What};
use super::super::palette::Palette;
use super::super::view::settings::Hit;
use super::super::view::{self, chips, details, dialog, layout, palette, picker};
use super::{action, divide, filter, list, places, reader, settings, sizing};
use crate::render::document::Document;
use crate::text::Clean;

/// Lines a turn of the wheel moves.
const WHEEL: i32 = 3;
/// Cells of a line that hold its fold mark.
const FOLD_MARK: u16 = 4;
/// The cell of a row that tells whether it is chosen.
const CHOSEN_MARK: u16 = 2;
/// What the right button offers for a session.
const IN_LIST: &[Action] = &[
    Action::Read,
    Action::CopyConversation,
    Action::CopyId,
    Action::CopyResume,
    Action::Star,
    Action::Tags,
    Action::Rename,
    Action::Note,
    Action::Hide,
    Action::Select,
    Action::Explain,
    Action::Unfold,
];
/// And for a place of a conversation.
const IN_READER: &[Action] = &[
    Action::CopyMessage,
    Action::CopyCode,
    Action::CopyConversation,
    Action::Open,
    Action::Explain,
];
/// Two clicks at one place within this time are a double click.
const DOUBLE: Duration = Duration::from_millis(400);

pub fn update(app: &mut App, event: MouseEvent, effects: &mut Effects) {
    if let Some(open) = &app.dialog {
        let pressed = matches!(event.kind, MouseEventKind::Down(_));
        let at = dialog::button_at(app, open, event.column, event.row);
        if let (true, Some(at), Some(open)) = (pressed, at, &mut app.dialog) {
            open.cursor = at;
            super::dialog::answer(app, effects);
        }
        return;
    }
    if app.form.is_some() {
        return;
    }
    if app.overlay.is_some() {
        match event.kind {
            MouseEventKind::Down(_) => app.overlay = None,
            MouseEventKind::ScrollDown => action::scroll_overlay(app, WHEEL),
            MouseEventKind::ScrollUp => action::scroll_overlay(app, -WHEEL),
            _ => {}
        }
        return;
    }
    if let Some(palette) = &mut app.palette {
        match event.kind {
            MouseEventKind::ScrollDown => palette.step(1),
            MouseEventKind::ScrollUp => palette.step(-1),
            MouseEventKind::Down(_) => click_palette(app, event.column, event.row, effects),
            _ => {}
        }
        return;
    }
    if let Some(picker) = &mut app.picker {
        match event.kind {
            MouseEventKind::ScrollDown => picker.step(1),
            MouseEventKind::ScrollUp => picker.step(-1),
            MouseEventKind::Down(_) => click_picker(app, event.column, event.row),
            _ => {}
        }
        return;
    }
    if app.settings.is_some() {
        return on_settings(app, event, effects);
    }
    let panes = layout::panes(app);
    let at = Position {
        x: event.column,
        y: event.row,
    };
    let inside = |area: Option<Rect>| area.filter(|a| a.contains(at));
    let (in_list, in_reader) = (inside(panes.list_text()), inside(panes.reader_text()));
    match event.kind {
        MouseEventKind::ScrollDown | MouseEventKind::ScrollUp => {
            let by = if event.kind == MouseEventKind::ScrollDown {
                WHEEL
            } else {
                -WHEEL
            };
            if in_reader.is_some() {
                if let Some(document) = app.document() {
                    document.scroll(by);
                }
            } else if in_list.is_some() {
                let rows = WHEEL / i32::from(panes.row_height.max(1));
                list::step(app, i64::from(by.signum() * rows.max(1)));
            }
        }
        MouseEventKind::Drag(MouseButton::Left) if app.dividing => divide::drag(app, at.x, at.y),
        MouseEventKind::Drag(MouseButton::Left) if app.sizing.is_some() => sizing::drag(app, at.x),
        MouseEventKind::Up(_) if app.sizing.is_some() => sizing::end(app, at.x, effects),
        MouseEventKind::Up(_) if app.dividing => {
            app.dividing = false;
            effects.push(Effect::Remember(app.prefs.clone()));
        }
        MouseEventKind::Down(MouseButton::Left) if panes.is_divider(at.x, at.y) => {
            app.dividing = true;
        }
        MouseEventKind::Down(MouseButton::Right) => {
            if let Some(area) = in_list {
                let row = usize::from((at.y - area.y) / panes.row_height.max(1));
                app.focus = Pane::List;
                if list::select(app, app.list.top + row) {
                    app.palette = Some(Palette::place(app, IN_LIST));
                }
            } else if let Some(area) = in_reader {
                app.focus = Pane::Reader;
                if let Some(document) = app.document() {
                    document.click(at.y - area.y);
                    app.palette = Some(Palette::place(app, IN_READER));
                }
            }
        }
        MouseEventKind::Down(MouseButton::Left) => {
            let twice = app.clicked.is_some_and(|(then, x, y)| {
                (x, y) == (at.x, at.y) && app.elapsed.saturating_sub(then) <= DOUBLE
            });
            app.clicked = Some((app.elapsed, at.x, at.y));
            if let Some(area) = in_list {
                let row = usize::from((at.y - area.y) / panes.row_height.max(1));
                let is_row = list::select(app, app.list.top + row);
                app.focus = Pane::List;
                // The mark acts, the rest of the row is where the cursor goes.
                if is_row && at.x == area.x + CHOSEN_MARK {
                    return super::select::turn(app);
                }
                if twice && is_row {
                    reader::go_to_selected(app, effects);
                }
            } else if let Some(area) = in_reader {
                app.focus = Pane::Reader;
                if let Some(document) = app.document() {
                    document.click(at.y - area.y);
                    document.select_from(at.y - area.y, at.x - area.x);
                }
                // The fold mark acts at once, the rest of the line at a double click.
                if twice
                    || at.x < area.x + FOLD_MARK && app.document().is_some_and(|d| d.is_foldable())
                {
                    reader::act(app, Action::Open, effects);
                }
            } else if let Some(number) = details::turn_at(app, &panes, at) {
                app.focus = Pane::Reader;
                places::go(app, &number.to_string());
            } else if let Some(area) = inside(panes.header()) {
                if !sizing::begin(app, area, panes.class, at.x) {
                    sizing::click(app, area, panes.class, at.x, effects);
                }
            } else if inside(panes.chips).is_some()
                && let Some(nth) = chips::dropped(app, at.x)
            {
                action::act(app, Action::DropClause, nth, effects);
            }
        }
        MouseEventKind::Drag(MouseButton::Left) if app.focus == Pane::Reader => {
            if let (Some(area), Some(document)) = (panes.reader_text(), app.document()) {
                drag(document, area, at);
            }
        }
        MouseEventKind::Up(MouseButton::Left) => select(app, effects),
        _ => {}
    }
}

/// A click on a tab opens it, one on a line goes there, and one on what it is already on changes it.
fn on_settings(app: &mut App, event: MouseEvent, effects: &mut Effects) {
    let Some(mut dialog) = app.settings else {
        return;
    };
    match event.kind {
        MouseEventKind::ScrollDown => settings::act(app, Action::Down, effects),
        MouseEventKind::ScrollUp => settings::act(app, Action::Up, effects),
        MouseEventKind::Down(MouseButton::Left) => {
            match view::settings::at(app, &dialog, event.column, event.row) {
                Hit::Tab(tab) => settings::go(app, tab),
                Hit::Line(line, on_box) => {
                    let is_there = dialog.cursor == line;
                    dialog.cursor = line;
                    app.settings = Some(dialog);
                    settings::try_theme(app);
                    if on_box || is_there {
                        settings::act(app, Action::Keep, effects);
                    }
                }
                Hit::Inside => {}
                Hit::Outside => settings::close(app),
            }
        }
        _ => {}
    }
}

/// A click on an entry does it, and one outside leaves.
fn click_palette(app: &mut App, x: u16, y: u16, effects: &mut Effects) {
    let open = app.palette.as_ref();
    let at = open.and_then(|open| palette::at(app, open, x, y));
    match (at, &mut app.palette) {
        (Some(at), Some(open)) => {
            if open.point(at) {
                super::palette::choose(app, effects);
            }
        }
        _ => app.palette = None,
    }
}

/// Selects up to a cell; beyond the edge the text moves.
fn drag(document: &mut Document, area: Rect, at: Position) {
    if at.y < area.y {
        document.scroll(-1);
    } else if at.y >= area.bottom() {
        document.scroll(1);
    }
    let row =
        at.y.saturating_sub(area.y)
            .min(area.height.saturating_sub(1));
    let column =
        at.x.saturating_sub(area.x)
            .min(area.width.saturating_sub(1));
    document.select_to(row, column);
}

/// Copies what was dragged over, as it was written.
fn select(app: &mut App, effects: &mut Effects) {
    let Some(document) = app.document() else {
        return;
    };
    let Some(text) = document.selected() else {
        return document.drop_selection();
    };
    let lines = text.lines().count();
    let what = format!("{lines} {}, raw", if lines == 1 { "line" } else { "lines" });
    effects.push(Effect::Copy(Clean::of(&text), What::raw(what)));
}

/// A click on a choice chooses it, and one outside leaves.
fn click_picker(app: &mut App, x: u16, y: u16) {
    let at = app
        .picker
        .as_ref()
        .and_then(|open| picker::at(app, open, x, y));
    match (at, &mut app.picker) {
        (Some(at), Some(open)) => {
            open.cursor = at;
            filter::choose(app);
        }
        _ => app.picker = None,
    }
}
