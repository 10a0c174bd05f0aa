//! What was just said, above the status line at the right; and all that was said, as a list.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::Clear;

use super::super::app::App;
use super::super::toasts::{Toast, Weight};
use super::layout::Panes;
use super::lines;
use crate::render::span::{blank, clip, made, measure};
use crate::render::theme::{Role, selected};
use crate::render::wrap::{self, Run};
use crate::text::Clean;

/// Bad news and refusals may take so many lines, and other news so many.
const MOST: usize = 4;
const FEW: usize = 2;

fn role(weight: Weight) -> Role {
    match weight {
        Weight::Progress | Weight::Done | Weight::Info => Role::Accent,
        Weight::Warning => Role::Warn,
        Weight::Error => Role::Error,
    }
}

/// A toast in so many lines of at most so many cells.
fn laid(app: &App, toast: &Toast, most: usize, width: usize) -> Vec<Line<'static>> {
    let style = app.look.theme.style(role(toast.weight));
    let times = match toast.times {
        1 => String::new(),
        n => format!(" (x{n})"),
    };
    let said = app.look.shown(&toast.text);
    let text = format!("{said}{times}");
    let runs = [Run::new(text.into(), style)];
    let mut wrapped = wrap::words(&runs, width);
    if wrapped.len() > most {
        wrapped.truncate(most.saturating_sub(1));
        let shown: usize = wrapped.iter().map(|line| measure(line)).sum();
        let rest = said.as_str().chars().skip(shown).collect::<String>();
        let rest = format!("{}{times}", rest.trim_start());
        wrapped.push(clip(vec![made(rest, style)], width));
    }
    wrapped.into_iter().map(Line::from).collect()
}

/// Draws them above the status line, or above the menu that stands there, or the lower edge of a pane, where it says where
/// one is. Whatever else is open keeps its place: where it has that of the toasts, the newest is said in the status line.
pub fn draw(app: &App, frame: &mut Frame<'_>, panes: &Panes, over: &[Rect]) {
    let status = panes.status;
    let width = app.size.0;
    let inner = usize::from(width.saturating_sub(4));
    let shown = app.toasts.shown();
    let most = |toast: &Toast| match toast.weight {
        Weight::Warning | Weight::Error => MOST,
        _ => FEW,
    };
    let all = shown.iter();
    let all: Vec<Line<'static>> = all
        .flat_map(|toast| laid(app, toast, most(toast), inner))
        .collect();
    let last = shown.last().map(|toast| laid(app, toast, 1, inner));
    let is_menu = |over: &&Rect| over.width == width && over.bottom() == status.y;
    let edge = status.y.saturating_sub(u16::from(panes.framed));
    let above = over.iter().find(is_menu).map_or(edge, |menu| menu.y);
    let places = [(all, above), (last.unwrap_or_default(), status.bottom())];
    let mut places = places.into_iter().filter_map(|(lines, above)| {
        let place = place(&lines, width, above)?;
        let is_free = !over.iter().any(|over| over.intersects(place));
        is_free.then_some((lines, place))
    });
    let Some((laid, place)) = places.next() else {
        return;
    };
    // The status line gives way as it does on a narrow screen, so that none of its words is cut.
    let is_free = !over.iter().any(|over| over.intersects(status));
    if place.intersects(status) && is_free && !app.is_first_run() {
        super::footer::beside(app, frame, panes, place.width);
    }
    frame.render_widget(Clear, place);
    super::overlay::whole_to_the_left(frame, place);
    let widest = usize::from(place.width.saturating_sub(2));
    let right = |line: Line<'static>| {
        let gap = blank(widest.saturating_sub(measure(&line.spans)) + 1);
        let line = Line::from([vec![gap], line.spans, vec![blank(1)]].concat());
        // Or it would read as part of what it covers.
        selected(line, &app.look.theme)
    };
    lines(frame, place, laid.into_iter().map(right).collect());
}

/// Where lines stand at the right, above a line of the screen.
fn place(lines: &[Line<'_>], width: u16, above: u16) -> Option<Rect> {
    let widest = lines.iter().map(|line| measure(&line.spans)).max()?;
    let height = u16::try_from(lines.len()).unwrap_or(u16::MAX).min(above);
    let across = u16::try_from(widest + 2).unwrap_or(u16::MAX).min(width);
    Some(Rect {
        x: width - across,
        y: above - height,
        width: across,
        height,
    })
}

/// All that was said, the newest first.
pub fn told(app: &App, width: usize) -> Vec<Line<'static>> {
    let hue = |role| app.look.theme.style(role);
    let told = app.toasts.told().iter().rev();
    let each = |toast: &Toast| {
        let clock = toast.at.to_zoned(app.look.zone.clone()).strftime("%H:%M");
        let head = made(format!(" {clock}  "), hue(Role::Dim));
        let indent = head.width();
        let text = app.look.shown(&toast.text).into_owned();
        let mut runs = vec![Run::new(text, hue(role(toast.weight)))];
        if toast.times > 1 {
            let times = Clean::from(format!("  x{}", toast.times));
            runs.push(Run::new(times, hue(Role::Dim)));
        }
        let wrapped = wrap::words(&runs, width.saturating_sub(indent).max(1)).into_iter();
        let lines = wrapped.enumerate().map(|(n, spans)| {
            let head = if n == 0 { head.clone() } else { blank(indent) };
            Line::from([vec![head], spans].concat())
        });
        lines.collect::<Vec<_>>()
    };
    let told: Vec<Line<'static>> = told.flat_map(each).collect();
    if told.is_empty() {
        let none = made(" nothing was said yet".to_owned(), hue(Role::Dim));
        return vec![Line::from(vec![none])];
    }
    told
}
