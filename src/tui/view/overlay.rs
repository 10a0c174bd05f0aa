//! What lies over the panes: details, problems, what was said, where numbers come from.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::Clear;

use super::super::app::{App, Overlay, OverlayKind};
use super::super::keys::{self, Action, Scope};
use super::super::update;
use super::{details, explain, frame_of, lines, toasts};
use crate::render::span::{blank, clip, made, measure, span, word};
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

/// Cells between a key of a menu and what it does, behind that where another column stands, and where columns are as wide
/// as each other.
const KEY_GAP: usize = 2;
const COLUMN_GAP: usize = 2;
const AIR: usize = 3;

/// The cells of the columns that a menu has: as many as are needed and none of them cut, all as wide as each other where
/// there is room.
fn columns(entries: &[(String, Clean)], room: usize, tall: usize) -> Vec<usize> {
    let wide = |(key, help): &(String, Clean)| cells(key) + KEY_GAP + help.width();
    let longest = entries.iter().map(wide).max().unwrap_or(0) + AIR;
    let even = (room / longest).max(1);
    let mut best = vec![longest; even];
    for many in even + 1..=entries.len() {
        let rows = entries.len().div_ceil(best.len());
        if rows <= tall {
            break;
        }
        let each = entries.chunks(entries.len().div_ceil(many));
        let widest = |column: &[(String, Clean)]| column.iter().map(wide).max().unwrap_or(0);
        let widths: Vec<usize> = each.map(|column| widest(column) + COLUMN_GAP).collect();
        // A cell of air stands before the first, and none is needed behind the last.
        if widths.iter().sum::<usize>() < room + COLUMN_GAP {
            best = widths;
        }
    }
    best
}

/// Lines of the open menu that are seen at once, and the last that can be its first.
pub fn menu_extent(app: &App) -> (usize, usize) {
    let above = usize::from(super::layout::panes(app).status.y);
    app.prefix.as_deref().map_or((0, 0), |prefix| {
        let laid = menu_laid(app, prefix, above);
        (laid.seen, laid.rows.saturating_sub(laid.seen))
    })
}

/// What stands in a menu, and where.
struct MenuLaid {
    entries: Vec<(String, Clean)>,
    /// The cells of each column.
    columns: Vec<usize>,
    rows: usize,
    /// So many of them at once; where there are more, a line below says so.
    seen: usize,
}

fn menu_laid(app: &App, prefix: &str, above: usize) -> MenuLaid {
    let bound = app.manner.keys.menu(update::scope(app), prefix).into_iter();
    let mut entries: Vec<(String, Clean)> = bound
        .map(|(key, help)| (keys::printed(&key), help.into()))
        .collect();
    if prefix == "f" {
        let views = app.views.iter();
        entries.extend(views.map(|view| (view.slot.to_string(), Clean::line(&view.name))));
    }
    let room = usize::from(app.size.0.saturating_sub(2));
    let tall = above.saturating_sub(2).max(1);
    let longest = entries
        .iter()
        .map(|(key, help)| cells(key) + KEY_GAP + help.width() + AIR);
    let longest = longest.max().unwrap_or(1);
    if (room / longest).max(1) * tall < entries.len() || longest > room {
        // What nearly all of them begin with helps least.
        for (_, help) in &mut entries {
            if let Some(rest) = help.as_str().strip_prefix(SORT_BY) {
                *help = Clean::line(rest);
            }
        }
    }
    let columns = columns(&entries, room, tall);
    let rows = entries.len().div_ceil(columns.len().max(1));
    let seen = if rows > tall { (tall - 1).max(1) } else { rows };
    MenuLaid {
        entries,
        columns,
        rows,
        seen,
    }
}

/// How the menu of sorting begins its lines.
const SORT_BY: &str = "Sort by ";

/// The second keys of an open prefix, in columns above the status line. Where all of them have no room it scrolls.
pub fn menu(app: &App, frame: &mut Frame<'_>, above: u16) -> Option<Rect> {
    let prefix = app.menu()?;
    let hue = |role| app.look.theme.style(role);
    let laid = menu_laid(app, prefix, usize::from(above));
    // The first of two keys that are none here.
    if laid.entries.is_empty() {
        return None;
    }
    let room = usize::from(app.size.0.saturating_sub(2));
    let cell = |(key, help): &(String, Clean), column: usize| {
        let text = vec![
            made(key.clone(), hue(Role::Key)),
            blank(KEY_GAP),
            span(help, hue(Role::Text)),
        ];
        let mut text = clip(text, column);
        let used = measure(&text);
        text.push(blank(column.saturating_sub(used)));
        text
    };
    // Down the first column, then down the next.
    let line = |row: usize| {
        let mut spans = vec![blank(1)];
        for (nth, column) in laid.columns.iter().enumerate() {
            let left = room.saturating_sub(measure(&spans));
            if let Some(entry) = laid.entries.get(nth * laid.rows + row) {
                spans.extend(cell(entry, (*column).min(left)));
            }
        }
        Line::from(spans)
    };
    let last = laid.rows.saturating_sub(laid.seen);
    let top = app.menu_top.min(last);
    let mut all: Vec<Line<'static>> = (top..top + laid.seen).map(line).collect();
    if last > 0 {
        let text = match last - top {
            0 => format!(" {top} above ({})", app.key(Scope::Picker, Action::Up)),
            below => format!(" {below} more ({})", app.key(Scope::Picker, Action::Down)),
        };
        all.push(Line::from(made(text, hue(Role::Dim))));
    }
    let height = u16::try_from(all.len() + 2).unwrap_or(u16::MAX).min(above);
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
    lines(frame, text, all);
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
