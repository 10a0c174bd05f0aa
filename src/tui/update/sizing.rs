//! The titles of columns: a click sorts, and dragging the gap between two makes a column wider or narrower.

use ratatui::layout::Rect;

use super::super::app::{App, Sizing};
use super::super::columns::{self, Class};
use super::super::msg::Effects;
use super::super::view::layout;
use super::{action, settings};

/// Sorts by the column whose title was clicked.
pub fn click(app: &mut App, header: Rect, class: Class, x: u16, effects: &mut Effects) {
    let laid = app.laid(class, header.width);
    let on = laid.iter().find(|laid| {
        let from = header.x + laid.at;
        (from..=from + laid.cells).contains(&x)
    });
    match on.map(|laid| laid.placed.column) {
        Some(column) if column.sort.is_none() => {
            let line = format!("no order goes by the column {}", column.name);
            app.say(line.into(), false);
        }
        _ => {
            if let Some(key) = columns::sort_at(header, &laid, x) {
                action::sort_by(app, Some(key), effects);
            }
        }
    }
}

/// Takes hold of the gap at a place. False where there is none.
pub fn begin(app: &mut App, header: Rect, class: Class, x: u16) -> bool {
    let laid = app.laid(class, header.width);
    let edge = columns::edge_at(header, &laid, class, x);
    let sizing = edge.and_then(|(nth, from_right)| {
        let column = laid.get(nth)?;
        let left = header.x + column.at;
        Some(Sizing {
            class,
            nth,
            from_right,
            fixed: if from_right {
                left + column.cells
            } else {
                left
            },
            is_click: true,
        })
    });
    app.sizing = sizing;
    sizing.is_some()
}

/// Follows the mouse: the other edge of the column stays where it is.
pub fn drag(app: &mut App, x: u16) {
    let Some(mut sizing) = app.sizing else { return };
    let (x, fixed) = (i32::from(x), i32::from(sizing.fixed));
    // The gap itself is one cell.
    let cells = match sizing.from_right {
        true => fixed - x - 1,
        false => x - fixed,
    };
    sizing.is_click = false;
    app.sizing = Some(sizing);
    let mut placed = app.columns(sizing.class).to_vec();
    if let Some(one) = placed.get_mut(sizing.nth) {
        *one = one.of_width(cells);
        match &mut app.view_columns {
            Some(of_view) => *of_view = placed,
            None => app.manner.columns.set(sizing.class, placed),
        }
    }
}

/// Lets go: what was dragged is kept, what was not was a click.
pub fn end(app: &mut App, x: u16, effects: &mut Effects) {
    let Some(sizing) = app.sizing.take() else {
        return;
    };
    if sizing.is_click {
        let header = layout::panes(app).header();
        return header.map_or((), |header| click(app, header, sizing.class, x, effects));
    }
    // The columns of a view are kept when it is saved again.
    if app.view_columns.is_none() {
        let placed = app.columns(sizing.class).to_vec();
        settings::keep_columns(app, sizing.class, placed, effects);
    }
}
