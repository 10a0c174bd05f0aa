//! What the app looks like. Borrows the app and draws it; drawing twice gives the same screen.

pub mod chips;
pub mod details;
pub mod dialog;
mod explain;
pub mod first_run;
mod footer;
mod header;
mod help;
mod hits;
pub mod layout;
mod list;
pub mod overlay;
pub mod palette;
pub mod picker;
pub mod reader;
pub mod settings;
mod states;
mod toasts;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Color;
use ratatui::symbols::border;
use ratatui::text::Line;
use ratatui::widgets::{Block, BorderType, Paragraph, Wrap};

use super::app::App;
use crate::render::span::made;
use crate::render::theme::Role;

pub fn view(app: &App, frame: &mut Frame<'_>) {
    let area = frame.area();
    if area.width < layout::LEAST.0 || area.height < layout::LEAST.1 {
        let (width, height) = layout::LEAST;
        let text = format!("terminal too small: need {width} x {height}");
        let line = Line::from(made(text, app.look.theme.style(Role::Text)));
        frame.render_widget(Paragraph::new(line).wrap(Wrap { trim: true }), area);
        return;
    }
    let panes = layout::panes(app);
    let mut over = Vec::new();
    if app.is_first_run() {
        first_run::draw(app, frame, area);
    } else {
        header::draw(app, frame, &panes);
        list::draw(app, frame, &panes);
        if let Some(area) = panes.hits {
            hits::draw(app, frame, area);
        }
        if let Some(area) = panes.loading {
            states::loading_panel(app, frame, area);
        }
        reader::draw(app, frame, &panes);
        details::draw(app, frame, &panes);
        footer::draw(app, frame, &panes);
        over.extend(overlay::menu(app, frame, panes.status.y));
    }
    over.extend(settings::draw(app, frame));
    over.extend(picker::draw(app, frame));
    over.extend(palette::draw(app, frame));
    over.extend(dialog::draw_form(app, frame));
    over.extend(dialog::draw(app, frame));
    over.extend(overlay::draw(app, frame, area));
    toasts::draw(app, frame, &panes, &over);
    paint(app, frame);
}

/// Where the theme says so the ground is its own, and not the terminal's.
fn paint(app: &App, frame: &mut Frame<'_>) {
    let Some((ground, text)) = app.look.theme.painted() else {
        return;
    };
    for cell in &mut frame.buffer_mut().content {
        if cell.bg == Color::Reset {
            cell.bg = ground;
        }
        if cell.fg == Color::Reset {
            cell.fg = text;
        }
    }
}

/// A frame in the look of its state.
fn frame_of(app: &App, focused: bool) -> Block<'static> {
    let style = app.look.theme.style(if focused {
        Role::BorderFocus
    } else {
        Role::Border
    });
    let block = Block::bordered().border_style(style);
    if app.look.ascii {
        block.border_set(border::Set {
            top_left: "+",
            top_right: "+",
            bottom_left: "+",
            bottom_right: "+",
            vertical_left: "|",
            vertical_right: "|",
            horizontal_top: "-",
            horizontal_bottom: "-",
        })
    } else {
        block.border_type(BorderType::Rounded)
    }
}

/// Lines from the top of an area.
fn lines(frame: &mut Frame<'_>, area: Rect, lines: Vec<Line<'static>>) {
    frame.render_widget(Paragraph::new(lines), area);
}
