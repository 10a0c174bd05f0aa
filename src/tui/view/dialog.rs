//! A question over the panes, and a form to fill in.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Clear;

use super::super::app::App;
use super::super::dialog::{Button, Dialog, Item};
use super::super::form::{Field, Form, Value};
use super::super::keys::{Action, Scope};
use super::super::late::Late;
use super::{frame_of, lines};
use crate::render::span::{blank, clip, made, measure, span, word};
use crate::render::theme::Role;
use crate::render::wrap::{self, Run};
use crate::text::Clean;

/// Cells across; of what shows more than it asks, and of a form.
const WIDTH: u16 = 68;
const WIDER: u16 = 100;
const FORM: u16 = 78;
/// Of what a question is about at least so many are seen while what is asked stays.
const FEW: usize = 4;
/// Cells for the names of a form's lines.
const LABEL: usize = 16;

/// In the middle of the screen, as wide as this where there is room, and as tall as its lines.
fn place(app: &App, wide: u16, tall: usize) -> Rect {
    let (width, height) = app.size;
    let wide = wide.min(width.saturating_sub(2));
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

/// Where a button is: which of the lines, and from which cell to which.
type At = (usize, usize, usize);

/// The buttons, each with its key, the chosen one in brackets; in more lines than one where they need them.
fn buttons(app: &App, dialog: &Dialog, width: usize) -> (Vec<Line<'static>>, Vec<At>) {
    let hue = |role| app.look.theme.style(role);
    let keys = dialog.keys(&app.manner.keys);
    let cells = |nth: usize, button: &Button| {
        let key = keys.get(nth).map_or(0, |key| key.len() + 1);
        button.label.len() + key
    };
    let all = dialog.buttons.iter().enumerate();
    let together: usize = all.clone().map(|(nth, button)| cells(nth, button)).sum();
    // As much air as there is room for.
    let air = |pad: usize, gap: usize| together + all.len() * (2 * pad + 2 + gap);
    let (pad, gap) = if air(1, 2) <= width { (1, 2) } else { (0, 1) };
    let mut rows: Vec<Vec<Span<'static>>> = Vec::new();
    let mut row = vec![blank(gap)];
    let mut places = Vec::new();
    for (nth, button) in all {
        if measure(&row) + cells(nth, button) + 2 * pad + 2 > width && row.len() > 1 {
            rows.push(std::mem::replace(&mut row, vec![blank(gap)]));
        }
        let from = measure(&row);
        let here = nth == dialog.cursor;
        let role = if here { Role::Accent } else { Role::Text };
        let (open, close) = if here { ("[", "]") } else { (" ", " ") };
        row.extend([word(open, hue(role)), blank(pad)]);
        if let Some(key) = keys.get(nth).filter(|key| !key.is_empty()) {
            // What does not listen yet names no keys.
            let shown = match app.late {
                Late::Listens => made(key.clone(), hue(Role::Key)),
                Late::Unseen | Late::From(_) => blank(key.len()),
            };
            row.extend([shown, blank(1)]);
        }
        row.push(word(button.label, hue(role)));
        row.extend([blank(pad), word(close, hue(role))]);
        places.push((rows.len(), from, measure(&row)));
        row.push(blank(gap));
    }
    rows.push(row);
    (rows.into_iter().map(Line::from).collect(), places)
}

/// A question laid out.
struct Laid {
    place: Rect,
    lines: Vec<Line<'static>>,
    /// Where the number is typed: which line, and which cell.
    typed: Option<(usize, usize)>,
    /// Where each button is.
    buttons: Vec<At>,
    /// So many of the things that it is about are seen at once, and the last that can be the first of them.
    extent: (usize, usize),
}

fn laid(app: &App, dialog: &Dialog) -> Laid {
    let hue = |role| app.look.theme.style(role);
    let most = if dialog.items.is_empty() {
        WIDTH
    } else {
        WIDER
    };
    let wide = most.min(app.size.0.saturating_sub(2));
    let width = usize::from(wide.saturating_sub(2));
    let mut asked = asked(app, dialog, width);
    let (rows, mut buttons) = buttons(app, dialog, width);
    let number = if dialog.number.is_some() { 2 } else { 0 };
    let tall = usize::from(app.size.1).saturating_sub(rows.len() + number + 2);
    // What is asked stays while the rest moves; where it is too much for that all of it moves. The buttons always stay.
    let few = dialog.items.len().min(FEW);
    let stays = match few {
        0 => asked.len() <= tall,
        few => asked.len() + few + 2 <= tall,
    };
    let mut lines: Vec<Line<'static>> = match stays {
        true => std::mem::take(&mut asked),
        false => Vec::new(),
    };
    let total = asked.len() + dialog.items.len();
    // The count of what is seen, and a blank line behind it.
    let room = tall.saturating_sub(lines.len() + 2).max(1);
    let seen = total.min(room);
    let last = total - seen;
    let top = dialog.top.min(last);
    let item = |item: &Item| {
        let (role, indent) = match item.is_heading {
            true => (Role::Accent, 1),
            false => (Role::Text, 3),
        };
        let text = span(&app.look.shown(&item.text), hue(role));
        Line::from(clip(vec![blank(indent), text], width.saturating_sub(1)))
    };
    let before = asked.len();
    lines.extend(asked.into_iter().skip(top).take(seen));
    let left = seen.saturating_sub(before.saturating_sub(top));
    let items = dialog.items.iter().skip(top.saturating_sub(before));
    lines.extend(items.take(left).map(item));
    if last > 0 {
        let down = app.key(Scope::Dialog, Action::PageDown);
        let text = format!(" {}-{} of {total}   {down} reads on", top + 1, top + seen);
        lines.push(Line::from(made(text, hue(Role::Dim))));
    }
    if seen > 0 && lines.len() < tall {
        lines.push(Line::default());
    }
    let typed = dialog.number.as_ref().map(|(many, input)| {
        let text = Clean::line(input.value());
        let before = format!("  Type {many} to go on: ");
        let cell = before.len() + text.width();
        lines.push(Line::from(vec![
            made(before, hue(Role::Warn)),
            span(&text, hue(Role::Bright)),
        ]));
        lines.push(Line::default());
        (lines.len() - 2, cell)
    });
    for at in &mut buttons {
        at.0 += lines.len();
    }
    lines.extend(rows);
    Laid {
        place: place(app, wide, lines.len()),
        lines,
        typed,
        buttons,
        extent: (seen, last),
    }
}

/// So many of the things that a question is about are seen at once, and the last that can be the first of them.
pub fn extent(app: &App) -> (usize, usize) {
    let laid = app.dialog.as_ref().map(|dialog| laid(app, dialog));
    laid.map_or((0, 0), |laid| laid.extent)
}

pub fn draw(app: &App, frame: &mut Frame<'_>) -> Option<Rect> {
    let dialog = app.dialog.as_ref()?;
    let laid = laid(app, dialog);
    let foot = match app.late {
        Late::Listens => " letters, Enter   Esc leaves ",
        Late::Unseen | Late::From(_) => "",
    };
    open(app, frame, laid.place, dialog.title.to_owned(), foot);
    let text = inside(laid.place);
    lines(frame, text, laid.lines);
    if let Some((row, column)) = laid.typed {
        let at = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
        let x = text.x.saturating_add(at(column));
        frame.set_cursor_position((
            x.min(text.right().saturating_sub(1)),
            text.y
                .saturating_add(at(row))
                .min(text.bottom().saturating_sub(1)),
        ));
    }
    Some(laid.place)
}

/// The button at a place of the screen.
pub fn button_at(app: &App, dialog: &Dialog, x: u16, y: u16) -> Option<usize> {
    let laid = laid(app, dialog);
    let text = inside(laid.place);
    if !text.contains(Position { x, y }) {
        return None;
    }
    let (column, row) = (usize::from(x - text.x), usize::from(y - text.y));
    let is_there = |(line, from, to): &At| *line == row && (*from..*to).contains(&column);
    laid.buttons.iter().position(is_there)
}

pub fn draw_form(app: &App, frame: &mut Frame<'_>) -> Option<Rect> {
    let form = app.form.as_ref()?;
    let wide = FORM.min(app.size.0.saturating_sub(2));
    let width = usize::from(wide.saturating_sub(2));
    let mut out = vec![Line::default()];
    if let Some(note) = &form.note {
        let style = app.look.theme.style(Role::Warn);
        let runs = [Run::new(app.look.shown(note).into_owned(), style)];
        let wrapped = wrap::words(&runs, width.saturating_sub(4)).into_iter();
        out.extend(wrapped.map(|line| Line::from([vec![blank(3)], line].concat())));
        out.push(Line::default());
    }
    let first = out.len();
    let place = place(app, wide, form.fields.len() + first + 1);
    let foot = " Tab next   Space on or off   Enter writes it   Esc leaves ";
    open(app, frame, place, form.title.clone(), foot);
    let text = inside(place);
    out.extend(
        form.fields
            .iter()
            .enumerate()
            .map(|(i, field)| Line::from(clip(field_line(app, field, i == form.cursor), width))),
    );
    // The field that is filled in is always seen.
    let here = first + form.cursor;
    let above = (here + 1).saturating_sub(usize::from(text.height));
    lines(frame, text, out.into_iter().skip(above).collect());
    put_cursor(form, here - above, frame, text);
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
    let mut all = vec![mark, span(&label, hue(Role::Dim)), gap, value];
    if !field.note.is_empty() {
        all.extend([blank(2), word(field.note, hue(Role::Dim))]);
    }
    all
}

fn put_cursor(form: &Form, row: usize, frame: &mut Frame<'_>, text: Rect) {
    let here = form.fields.get(form.cursor);
    let Some(Value::Text(input)) = here.map(|field| &field.value) else {
        return;
    };
    let at = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
    let x = text.x.saturating_add(at(3 + LABEL + input.visual_cursor()));
    let y = text.y.saturating_add(at(row));
    let y = y.min(text.bottom().saturating_sub(1));
    frame.set_cursor_position((x.min(text.right().saturating_sub(1)), y));
}
