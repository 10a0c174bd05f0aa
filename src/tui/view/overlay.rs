//! What lies over the panes: details, problems, what was said, where numbers come from.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Clear;

use super::super::app::{App, Overlay, OverlayKind};
use super::super::keys;
use super::super::update;
use super::{details, explain, frame_of, lines, toasts};
use crate::render::span::{blank, clip, made, span, word};
use crate::render::theme::Role;
use crate::text::{Clean, short_dir, width as cells};

/// Lines of an overlay that are seen at once, and the last line that can be its first.
pub fn extent(app: &App) -> (usize, usize) {
    let (width, height) = app.size;
    let area = Rect::new(0, 0, width, height);
    app.overlay.map_or((0, 0), |overlay| {
        let (place, _, content) = laid(app, overlay, area);
        let seen = usize::from(place.height.saturating_sub(2));
        (seen, content.len().saturating_sub(seen))
    })
}

pub fn draw(app: &App, frame: &mut Frame<'_>, area: Rect) -> Option<Rect> {
    let overlay = app.overlay?;
    let (place, title, content) = laid(app, overlay, area);
    frame.render_widget(Clear, place);
    whole_to_the_left(frame, place);
    let title = word(title, app.look.theme.style(Role::Accent));
    let foot = word(" j k scroll   Esc close ", app.look.theme.style(Role::Dim));
    let block = frame_of(app, true)
        .title(Line::from(vec![title]))
        .title_bottom(Line::from(vec![foot]));
    frame.render_widget(block, place);
    let text = Rect {
        x: place.x + 1,
        y: place.y + 1,
        width: place.width.saturating_sub(2),
        height: place.height.saturating_sub(2),
    };
    let top = overlay
        .top
        .min(content.len().saturating_sub(usize::from(text.height)));
    lines(frame, text, content.into_iter().skip(top).collect());
    Some(place)
}

/// A wide character that the overlay's edge cuts in half would take the edge with it.
pub fn whole_to_the_left(frame: &mut Frame<'_>, place: Rect) {
    let Some(x) = place.x.checked_sub(1) else {
        return;
    };
    for y in place.top()..place.bottom() {
        if let Some(cell) = frame.buffer_mut().cell_mut((x, y))
            && crate::text::width(cell.symbol()) > 1
        {
            cell.set_symbol(" ");
        }
    }
}

/// Where an overlay is, its title and its lines.
fn laid(app: &App, overlay: Overlay, area: Rect) -> (Rect, &'static str, Vec<Line<'static>>) {
    let width = area.width.saturating_sub(4).min(match overlay.kind {
        OverlayKind::Problems | OverlayKind::Explain | OverlayKind::Messages => 110,
        OverlayKind::Details => 78,
    });
    let inner = usize::from(width.saturating_sub(2));
    let (title, content) = match overlay.kind {
        OverlayKind::Details => (
            " Details ",
            app.subject_row()
                .map(|row| details::facts(app, row, inner))
                .unwrap_or_default(),
        ),
        OverlayKind::Explain => (
            " Where the numbers come from ",
            explain::content(app, inner),
        ),
        OverlayKind::Messages => (" What was said ", toasts::told(app, inner)),
        OverlayKind::Problems => (" What could not be read ", problems(app, inner)),
    };
    let wanted = u16::try_from(content.len() + 2).unwrap_or(u16::MAX);
    let height = wanted.min(area.height.saturating_sub(2)).max(3);
    let place = Rect {
        x: area.width.saturating_sub(width) / 2,
        y: area.height.saturating_sub(height) / 2,
        width,
        height,
    };
    (place, title, content)
}

/// How the menu of sorting begins its lines.
const SORT_BY: &str = "Sort by ";

/// The second keys of an open prefix, in columns above the status line.
pub fn menu(app: &App, frame: &mut Frame<'_>, above: u16) -> Option<Rect> {
    let prefix = app.menu()?;
    let hue = |role| app.look.theme.style(role);
    let bound = app.manner.keys.menu(update::scope(app), prefix).into_iter();
    let mut entries: Vec<(String, Clean)> = bound.map(|(key, help)| (key, help.into())).collect();
    if prefix == "f" {
        let views = app.views.iter();
        entries.extend(views.map(|view| (view.slot.to_string(), Clean::line(&view.name))));
    }
    let room = usize::from(app.size.0.saturating_sub(2));
    let least = entries
        .len()
        .div_ceil(usize::from(above.saturating_sub(2)).max(1));
    let is_tight = |(key, help): &(String, Clean)| (cells(key) + help.width() + 5) * least > room;
    if entries.iter().any(is_tight) {
        // What nearly all of them begin with helps least.
        for (_, help) in &mut entries {
            if let Some(rest) = help.as_str().strip_prefix(SORT_BY) {
                *help = Clean::line(rest);
            }
        }
    }
    let longest = entries
        .iter()
        .map(|(key, help)| cells(key) + help.width() + 5)
        .max();
    let longest = longest.unwrap_or(1);
    // Where the height does not do, the words are cut rather than the keys left out.
    let columns = (room / longest).max(least).max(1);
    let column = (room / columns).min(longest);
    let rows = entries.len().div_ceil(columns);
    let cell = |entry: &(String, Clean)| {
        let text = vec![
            blank(1),
            made(keys::printed(&entry.0), hue(Role::Key)),
            blank(2),
            span(&entry.1, hue(Role::Text)),
        ];
        let text = clip(text, column);
        let used = crate::render::span::measure(&text);
        text.into_iter().chain([blank(column - used)]).collect()
    };
    let all: Vec<Vec<Span<'static>>> = entries.iter().map(cell).collect();
    // Down the first column, then down the next.
    let line = |row: usize| {
        let across = (0..columns).filter_map(|column| all.get(column * rows + row));
        Line::from(across.flatten().cloned().collect::<Vec<_>>())
    };
    let height = u16::try_from(rows + 2).unwrap_or(u16::MAX).min(above);
    let place = Rect {
        x: 0,
        y: above - height,
        width: app.size.0,
        height,
    };
    frame.render_widget(Clear, place);
    let title = made(format!(" {prefix} "), hue(Role::Accent));
    frame.render_widget(frame_of(app, true).title(Line::from(vec![title])), place);
    let text = Rect {
        x: place.x + 1,
        y: place.y + 1,
        width: place.width.saturating_sub(2),
        height: place.height.saturating_sub(2),
    };
    lines(frame, text, (0..rows).map(line).collect());
    Some(place)
}

fn problems(app: &App, width: usize) -> Vec<Line<'static>> {
    let hue = |role| app.look.theme.style(role);
    let mut out = Vec::new();
    for odd in app.index.odd() {
        let path = Clean::line(&short_dir(&odd.unit.path, &app.home));
        out.push(Line::from(clip(
            vec![blank(1), span(&app.look.shown(&path), hue(Role::Text))],
            width,
        )));
        let mut what: Vec<String> = odd
            .counts
            .iter()
            .map(|(what, n)| format!("{n} x {}", what.word()))
            .collect();
        what.extend(odd.error.iter().cloned());
        let places: Vec<String> = odd
            .first
            .iter()
            .take(4)
            .map(|(at, _)| at.to_string())
            .collect();
        let at = if places.is_empty() {
            String::new()
        } else {
            format!(", at byte {}", places.join(", "))
        };
        out.push(Line::from(clip(
            vec![
                blank(4),
                span(
                    &app.look
                        .shown(&Clean::line(&format!("{}{at}", what.join(", ")))),
                    hue(Role::Warn),
                ),
            ],
            width,
        )));
    }
    if out.is_empty() {
        out.push(Line::from(vec![word(
            " everything found was read",
            hue(Role::Dim),
        )]));
    }
    out
}
