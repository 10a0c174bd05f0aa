//! The mouse: wheel, click, double click, click on a header.

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::{Position, Rect};
use std::time::Duration;

use super::super::app::{App, Pane};
use super::super::gestures::{self, Spot};
use super::super::keys::Action;
use super::super::msg::{Effect, Effects};
use super::super::palette::Palette;
use super::super::view::settings::Hit;
use super::super::view::{self, chips, details, dialog, layout, palette, picker};
use super::{action, divide, filter, list, places, reader, settings, sizing};
use crate::render::document::Document;

/// Lines a turn of the wheel moves.
const WHEEL: i32 = 3;
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
        match event.kind {
            MouseEventKind::ScrollDown => return super::dialog::scroll(app, Action::Down),
            MouseEventKind::ScrollUp => return super::dialog::scroll(app, Action::Up),
            _ => {}
        }
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
    let (list, reader) = (panes.list_text(), panes.reader_text());
    let spot = gestures::spot(app, &panes, at);
    // A mark is a part of its line.
    let line = spot.map(|spot| match spot {
        Spot::Mark => Spot::Row,
        Spot::Margin => Spot::Text,
        other => other,
    });
    match (event.kind, line) {
        (MouseEventKind::Drag(MouseButton::Left), _) if app.dividing => {
            divide::drag(app, at.x, at.y)
        }
        (MouseEventKind::Drag(MouseButton::Left), _) if app.sizing.is_some() => {
            sizing::drag(app, at.x)
        }
        (MouseEventKind::Up(_), _) if app.sizing.is_some() => sizing::end(app, at.x, effects),
        (MouseEventKind::Up(_), _) if app.dividing => {
            app.dividing = false;
            effects.push(Effect::Remember(app.prefs.clone()));
        }
        (MouseEventKind::Drag(MouseButton::Left), _) if app.focus == Pane::Reader => {
            if let (Some(area), Some(document)) = (reader, app.document()) {
                drag(document, area, at);
            }
        }
        (MouseEventKind::Up(MouseButton::Left), _) => select(app, effects),
        (MouseEventKind::ScrollDown | MouseEventKind::ScrollUp, Some(spot)) => {
            let is_down = event.kind == MouseEventKind::ScrollDown;
            let by = if is_down { WHEEL } else { -WHEEL };
            match spot {
                Spot::Text => {
                    if let Some(document) = app.document() {
                        document.scroll(by);
                    }
                }
                Spot::Row => {
                    let rows = WHEEL / i32::from(panes.row_height.max(1));
                    list::step(app, i64::from(by.signum() * rows.max(1)));
                }
                _ => {}
            }
        }
        (MouseEventKind::Down(MouseButton::Right), Some(Spot::Row)) => {
            app.focus = Pane::List;
            if list::select(app, row(app, &panes, at)) {
                app.palette = Some(Palette::place(app, IN_LIST));
            }
        }
        (MouseEventKind::Down(MouseButton::Right), Some(Spot::Text)) => {
            app.focus = Pane::Reader;
            if let (Some(area), Some(document)) = (reader, app.document()) {
                document.click(at.y - area.y);
                app.palette = Some(Palette::place(app, IN_READER));
            }
        }
        (MouseEventKind::Down(MouseButton::Left), _) => {
            let twice = app.clicked.is_some_and(|(then, x, y)| {
                (x, y) == (at.x, at.y) && app.elapsed.saturating_sub(then) <= DOUBLE
            });
            app.clicked = Some((app.elapsed, at.x, at.y));
            match (spot, list, reader) {
                (Some(spot @ (Spot::Row | Spot::Mark)), Some(_), _) => {
                    let is_row = list::select(app, row(app, &panes, at));
                    app.focus = Pane::List;
                    // The mark acts, the rest of the row is where the cursor goes.
                    if is_row && spot == Spot::Mark {
                        return super::select::turn(app);
                    }
                    if twice && is_row {
                        reader::go_to_selected(app, effects);
                    }
                }
                (Some(spot @ (Spot::Text | Spot::Margin)), _, Some(area)) => {
                    app.focus = Pane::Reader;
                    if let Some(document) = app.document() {
                        document.click(at.y - area.y);
                        document.select_from(at.y - area.y, at.x - area.x);
                    }
                    // The fold mark acts at once, the rest of the line at a double click.
                    let is_mark =
                        spot == Spot::Margin && app.document().is_some_and(|d| d.is_foldable());
                    if twice || is_mark {
                        reader::act(app, Action::Open, effects);
                    }
                }
                (Some(spot), ..) => press(app, spot, &panes, at, effects),
                (None, ..) => {}
            }
        }
        _ => {}
    }
}

/// Which of the rows of the list is at a place.
fn row(app: &App, panes: &layout::Panes, at: Position) -> usize {
    let top = panes.list_text().map_or(0, |area| area.y);
    app.list.top + usize::from(at.y.saturating_sub(top) / panes.row_height.max(1))
}

/// A button goes down on what is neither a row nor a line that is read.
fn press(app: &mut App, spot: Spot, panes: &layout::Panes, at: Position, effects: &mut Effects) {
    match spot {
        Spot::Divider => app.dividing = true,
        Spot::Turn => {
            if let Some(number) = details::turn_at(app, panes, at) {
                app.focus = Pane::Reader;
                places::go(app, &number.to_string());
            }
        }
        Spot::Header | Spot::Edge => {
            if let Some(area) = panes.header()
                && !sizing::begin(app, area, panes.class, at.x)
            {
                sizing::click(app, area, panes.class, at.x, effects);
            }
        }
        Spot::Cross => {
            if let Some(nth) = chips::dropped(app, at.x) {
                action::act(app, Action::DropClause, nth, effects);
            }
        }
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
    if let Some(page) = open.and_then(|open| palette::page_at(app, open, x, y)) {
        return super::palette::turn(app, page);
    }
    // On the frame, and on what only names others, nothing is meant.
    if at.is_none() && open.is_some_and(|open| palette::is_on(app, open, x, y)) {
        return;
    }
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
    super::copy::give((text, what), effects);
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
