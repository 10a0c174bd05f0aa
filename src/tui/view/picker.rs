//! The list to choose from that lies over the panes.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::Clear;

use super::super::app::App;
use super::super::picker::Picker;
use super::{frame_of, lines};
use crate::render::signs;
use crate::render::span::{blank, clip, made, span, spread, word};
use crate::render::theme::Role;
use crate::text::{Clean, count};

/// Cells across, and choices seen at once; of places in a conversation as many as there is room for.
const WIDTH: u16 = 56;
/// What somebody said needs more of them, commands and paths too …
const WIDE: u16 = 112;
/// … with so many of what is below still seen at both sides.
const SIDES: u16 = 4;
const MOST: usize = 16;
/// Lines above the choices: the frame and what is typed.
const ABOVE: u16 = 2;

/// Cells across for what is long, on a screen so wide.
pub fn wide(width: u16) -> u16 {
    let most = width.saturating_sub(2 * SIDES).min(WIDE);
    most.max(width * 3 / 4).max(WIDTH)
}

/// Where it lies, and the choice that stands first in it.
fn place(app: &App, picker: &Picker) -> (Rect, usize) {
    let (width, height) = app.size;
    let room = usize::from(height.saturating_sub(6));
    let most = match picker.is_of_places() {
        true => room.max(1),
        false => room.clamp(1, MOST),
    };
    let seen = picker.choices.len().clamp(1, most);
    let across = if picker.is_of_places() {
        wide(width)
    } else {
        WIDTH
    };
    let wide = across.min(width.saturating_sub(2));
    let tall = u16::try_from(seen).unwrap_or(u16::MAX) + ABOVE + 1;
    let place = Rect {
        x: width.saturating_sub(wide) / 2,
        y: height.saturating_sub(tall) / 3,
        width: wide,
        height: tall.min(height),
    };
    (place, (picker.cursor + 1).saturating_sub(seen))
}

/// Which of the choices that are left stands at a place of the screen; absent outside of them.
pub fn at(app: &App, picker: &Picker, x: u16, y: u16) -> Option<usize> {
    let (place, top) = place(app, picker);
    let inside = place.contains((x, y).into()) && y + 1 < place.bottom();
    let row = usize::from(y.checked_sub(place.y + ABOVE)?);
    Some(top + row).filter(|row| inside && *row < picker.left().len())
}

/// As other titles are written.
fn capital(name: &str) -> String {
    let mut chars = name.chars();
    let first = chars.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(chars).collect()
}

pub fn draw(app: &App, frame: &mut Frame<'_>) -> Option<Rect> {
    let picker = app.picker.as_ref()?;
    let hue = |role| app.look.theme.style(role);
    let (place, top) = place(app, picker);
    frame.render_widget(Clear, place);
    super::overlay::whole_to_the_left(frame, place);
    let name = match picker.field {
        "date" => "Last activity".to_owned(),
        "created" => "Start".to_owned(),
        "source" => "Agent".to_owned(),
        field => capital(field),
    };
    let tab = picker.tab().map(|what| format!("Tab {what}   "));
    let (enter, tab) = (picker.verb(), tab.unwrap_or_default());
    let at = format!(
        "{}/{}",
        picker.left().len().min(picker.cursor + 1),
        picker.left().len()
    );
    let keys = format!(" {at}   Enter {enter}   {tab}Esc leave ");
    let block = frame_of(app, true)
        .title(Line::from(vec![made(
            format!(" {name} "),
            hue(Role::Accent),
        )]))
        .title_bottom(Line::from(vec![made(keys, hue(Role::Dim))]));
    frame.render_widget(block, place);
    let width = usize::from(place.width.saturating_sub(2));
    let typed = Clean::line(picker.input.value());
    let mut out = vec![Line::from(clip(
        vec![word(" / ", hue(Role::Key)), span(&typed, hue(Role::Text))],
        width,
    ))];
    let seen = usize::from(place.height.saturating_sub(ABOVE + 1));
    let left = picker.left();
    for (i, at) in left.iter().enumerate().skip(top).take(seen) {
        let Some(choice) = picker.choices.get(*at) else {
            continue;
        };
        let here = i == picker.cursor;
        let mark = match choice.marked {
            true => signs::CHOSEN.of(app.look.ascii),
            false => " ",
        };
        let role = if here { Role::Bright } else { Role::Text };
        let line = vec![
            word(if here { " > " } else { "   " }, hue(Role::Accent)),
            word(mark, hue(Role::Accent)),
            word(" ", hue(Role::Accent)),
            span(&choice.lead, hue(Role::Dim)),
            span(&app.look.shown_title(&choice.label), hue(role)),
        ];
        let number = choice.count.map(|n| count(n as u64));
        let number = number.unwrap_or_else(|| choice.note.to_string());
        let right = vec![made(format!(" {number} "), hue(Role::Dim))];
        out.push(Line::from(spread(line, right, width)));
    }
    if left.is_empty() {
        out.push(Line::from(vec![
            blank(3),
            word("none of these", hue(Role::Dim)),
        ]));
    }
    let text = Rect {
        x: place.x + 1,
        y: place.y + 1,
        width: place.width.saturating_sub(2),
        height: place.height.saturating_sub(2),
    };
    lines(frame, text, out);
    let cursor = u16::try_from(3 + picker.input.visual_cursor()).unwrap_or(u16::MAX);
    let x = text
        .x
        .saturating_add(cursor)
        .min(text.right().saturating_sub(1));
    frame.set_cursor_position((x, text.y));
    Some(place)
}
