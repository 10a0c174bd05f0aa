//! A question over the panes, and a form to fill in.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Clear;

use super::super::app::App;
use super::super::dialog::Dialog;
use super::super::form::{Field, Form, Value};
use super::super::late::Late;
use super::{frame_of, lines};
use crate::render::span::{blank, clip, made, measure, span, word};
use crate::render::theme::Role;
use crate::render::wrap::{self, Run};
use crate::text::Clean;

/// Cells across.
const WIDTH: u16 = 68;
/// Cells for the names of a form's lines.
const LABEL: usize = 16;

/// In the middle of the screen, as tall as its lines.
fn place(app: &App, tall: usize) -> Rect {
    let (width, height) = app.size;
    let wide = WIDTH.min(width.saturating_sub(2));
    let tall = u16::try_from(tall + 2).unwrap_or(u16::MAX).min(height);
    Rect {
        x: width.saturating_sub(wide) / 2,
        y: height.saturating_sub(tall) / 3,
        width: wide,
        height: tall,
    }
}

fn inside(place: Rect) -> Rect {
    Rect {
        x: place.x + 1,
        y: place.y + 1,
        width: place.width.saturating_sub(2),
        height: place.height.saturating_sub(2),
    }
}

fn open(app: &App, frame: &mut Frame<'_>, place: Rect, title: String, foot: &'static str) {
    let hue = |role| app.look.theme.style(role);
    frame.render_widget(Clear, place);
    super::overlay::whole_to_the_left(frame, place);
    let block = frame_of(app, true)
        .title(Line::from(vec![made(
            format!(" {title} "),
            hue(Role::Accent),
        )]))
        .title_bottom(Line::from(vec![word(foot, hue(Role::Dim))]));
    frame.render_widget(block, place);
}

/// The lines of a question, wrapped, with a cell of air at each side.
fn asked(app: &App, dialog: &Dialog, width: usize) -> Vec<Line<'static>> {
    let style = app.look.theme.style(Role::Text);
    let room = width.saturating_sub(2);
    let mut out = vec![Line::default()];
    for line in &dialog.lines {
        let runs = [Run::new(app.look.shown(line).into_owned(), style)];
        let wrapped = wrap::words(&runs, room);
        out.extend(
            wrapped
                .into_iter()
                .map(|line| Line::from([vec![blank(1)], line].concat())),
        );
    }
    out.push(Line::default());
    out
}

/// The buttons, the chosen one in brackets, and where each of them is in its line.
fn buttons(app: &App, dialog: &Dialog) -> (Vec<Span<'static>>, Vec<(usize, usize)>) {
    let hue = |role| app.look.theme.style(role);
    let mut spans = vec![blank(2)];
    let mut places = Vec::new();
    for (i, button) in dialog.buttons.iter().enumerate() {
        let here = i == dialog.cursor;
        let text = match here {
            true => format!("[ {} ]", button.label),
            false => format!("  {}  ", button.label),
        };
        let from = measure(&spans);
        let role = if here { Role::Accent } else { Role::Text };
        spans.push(made(text, hue(role)));
        places.push((from, measure(&spans)));
        spans.push(blank(2));
    }
    (spans, places)
}

pub fn draw(app: &App, frame: &mut Frame<'_>) -> Option<Rect> {
    let dialog = app.dialog.as_ref()?;
    let hue = |role| app.look.theme.style(role);
    let wide = usize::from(WIDTH.min(app.size.0.saturating_sub(2)).saturating_sub(2));
    let mut out = asked(app, dialog, wide);
    let typed = dialog.number.as_ref().map(|(many, input)| {
        let text = Clean::line(input.value());
        out.push(Line::from(vec![
            made(format!("  Type {many} to go on: "), hue(Role::Warn)),
            span(&text, hue(Role::Bright)),
        ]));
        out.push(Line::default());
        (
            out.len() - 2,
            format!("  Type {many} to go on: ").len() + text.width(),
        )
    });
    out.push(Line::from(buttons(app, dialog).0));
    let place = place(app, out.len());
    // What does not listen yet names no keys.
    let foot = match app.late {
        Late::Listens => " arrows, Enter   y does it   n Esc do not ",
        Late::Unseen | Late::From(_) => "",
    };
    open(app, frame, place, dialog.title.to_owned(), foot);
    let text = inside(place);
    lines(frame, text, out);
    if let Some((row, column)) = typed {
        let at = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
        let x = text.x.saturating_add(at(column));
        frame.set_cursor_position((
            x.min(text.right().saturating_sub(1)),
            text.y
                .saturating_add(at(row))
                .min(text.bottom().saturating_sub(1)),
        ));
    }
    Some(place)
}

/// The button at a place of the screen.
pub fn button_at(app: &App, dialog: &Dialog, x: u16, y: u16) -> Option<usize> {
    let wide = usize::from(WIDTH.min(app.size.0.saturating_sub(2)).saturating_sub(2));
    let number = if dialog.number.is_some() { 2 } else { 0 };
    let tall = asked(app, dialog, wide).len() + number + 1;
    let text = inside(place(app, tall));
    let row = text.y + u16::try_from(tall).unwrap_or(u16::MAX).saturating_sub(1);
    let column = usize::from(x.checked_sub(text.x)?);
    let (_, places) = buttons(app, dialog);
    let at = places
        .iter()
        .position(|(from, to)| (*from..*to).contains(&column));
    at.filter(|_| y == row)
}

pub fn draw_form(app: &App, frame: &mut Frame<'_>) -> Option<Rect> {
    let form = app.form.as_ref()?;
    let place = place(app, form.fields.len() + 2);
    let foot = " Tab next   Space turns   Enter does it   Esc leave ";
    open(app, frame, place, form.title.clone(), foot);
    let text = inside(place);
    let width = usize::from(text.width);
    let mut out = vec![Line::default()];
    out.extend(
        form.fields
            .iter()
            .enumerate()
            .map(|(i, field)| Line::from(clip(field_line(app, field, i == form.cursor), width))),
    );
    lines(frame, text, out);
    put_cursor(form, frame, text);
    Some(place)
}

fn field_line(app: &App, field: &Field, here: bool) -> Vec<Span<'static>> {
    let hue = |role| app.look.theme.style(role);
    let mark = word(if here { " > " } else { "   " }, hue(Role::Accent));
    let label = Clean::from(field.label.to_owned());
    let gap = blank(LABEL.saturating_sub(label.width()).max(1));
    let role = if here { Role::Bright } else { Role::Text };
    let value = match &field.value {
        Value::Text(input) => span(&Clean::line(input.value()), hue(role)),
        Value::On(true) => word("[x]", hue(role)),
        Value::On(false) => word("[ ]", hue(role)),
        Value::OneOf(options, at) => {
            let option = options.get(*at).copied().unwrap_or_default();
            made(format!("< {option} >"), hue(role))
        }
    };
    vec![mark, span(&label, hue(Role::Dim)), gap, value]
}

fn put_cursor(form: &Form, frame: &mut Frame<'_>, text: Rect) {
    let here = form.fields.get(form.cursor);
    let Some(Value::Text(input)) = here.map(|field| &field.value) else {
        return;
    };
    let at = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
    let x = text.x.saturating_add(at(3 + LABEL + input.visual_cursor()));
    let y = text.y.saturating_add(at(1 + form.cursor));
    frame.set_cursor_position((x.min(text.right().saturating_sub(1)), y));
}
