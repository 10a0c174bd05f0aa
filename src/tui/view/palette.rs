//! The palette, the help and the menu of a place: one list that lies over the panes.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Clear;

use super::super::app::App;
use super::super::help::Page;
use super::super::keys::printed;
use super::super::late::Late;
use super::super::palette::{Does, Entry, HERE, Palette, PaletteKind};
use super::{frame_of, help, lines, picker};
use crate::render::span::{blank, clip, made, measure, rule, span, spread, word};
use crate::render::theme::Role;
use crate::text::Clean;

/// Cells across.
const WIDTH: u16 = 68;
/// Entries of the palette that are seen at once; the help, and lists of what happened, take what there is.
const MOST: usize = 14;
/// Lines above the entries: the frame and what is typed.
const ABOVE: u16 = 2;
/// The help of a wide screen shows more side by side, and that of a narrow one takes what there is.
const WIDE: u16 = 106;
const HELP: u16 = 78;
/// From this height on a rule stands above the names of its pages.
const RULED: u16 = 18;

/// Lines below the entries, within the frame: of the help the names of its pages.
fn below(app: &App, palette: &Palette) -> u16 {
    match palette.page() {
        Some(_) if app.size.1 >= RULED => 2,
        Some(_) => 1,
        None => 0,
    }
}

/// Where it lies, and the entry that stands first in it.
fn place(app: &App, palette: &Palette) -> (Rect, usize) {
    let (width, height) = app.size;
    let most = match palette.kind {
        PaletteKind::Help(_) => usize::from(height.saturating_sub(4 + below(app, palette))),
        PaletteKind::List(name) if name != HERE => usize::from(height.saturating_sub(6)),
        _ => usize::from(height.saturating_sub(6)).min(MOST),
    };
    let entries = palette.left().len().max(1);
    // The frame of the help stays as it is while its entries become fewer.
    let seen = match palette.kind {
        PaletteKind::Help(_) => most.max(1),
        _ => entries.clamp(1, most.max(1)),
    };
    // Commands and paths are long.
    let across = match palette.kind {
        PaletteKind::List(name) if name != HERE => picker::wide(width),
        PaletteKind::Help(_) if width > WIDE + 8 => WIDE,
        PaletteKind::Help(_) => HELP,
        _ => WIDTH,
    };
    let wide = across.min(width.saturating_sub(2));
    let around = ABOVE + 1 + below(app, palette);
    let tall = (u16::try_from(seen).unwrap_or(u16::MAX) + around).min(height);
    let top = match palette.kind {
        PaletteKind::Help(_) => height.saturating_sub(tall) / 2,
        _ => height.saturating_sub(tall) / 4,
    };
    let place = Rect {
        x: width.saturating_sub(wide) / 2,
        y: top,
        width: wide,
        height: tall,
    };
    // Half of the list is seen before the cursor, so that headings above it are too.
    let cursor = match palette.kind {
        PaletteKind::Help(_) => help::cursor(palette, usize::from(wide.saturating_sub(2))),
        _ => palette.cursor,
    };
    let first = (cursor + 1).saturating_sub(seen);
    (place, if cursor < seen { 0 } else { first })
}

/// Which of the entries that are left stands at a place of the screen; absent outside of them.
pub fn at(app: &App, palette: &Palette, x: u16, y: u16) -> Option<usize> {
    let (place, top) = place(app, palette);
    let last = 1 + below(app, palette);
    let inside = place.contains((x, y).into()) && y + last < place.bottom();
    let row = usize::from(y.checked_sub(place.y + ABOVE)?);
    if palette.page().is_some() {
        let column = usize::from(x.checked_sub(place.x + 1)?);
        let width = usize::from(place.width.saturating_sub(2));
        return help::at(palette, top + row, column, width).filter(|_| inside);
    }
    Some(top + row).filter(|row| inside && *row < palette.left().len())
}

/// The page of the help whose name stands at a place of the screen.
pub fn page_at(app: &App, palette: &Palette, x: u16, y: u16) -> Option<Page> {
    let (place, _) = place(app, palette);
    let column = usize::from(x.checked_sub(place.x + 1)?);
    let is_here = y + 2 == place.bottom();
    let width = usize::from(place.width.saturating_sub(2));
    let mut names = help::names(app, palette.page()?, width).into_iter();
    let named = names.find(|(.., cells)| is_here && cells.contains(&column));
    named.map(|(page, ..)| page)
}

/// Whether a place of the screen is on the list, its frame included.
pub fn is_on(app: &App, palette: &Palette, x: u16, y: u16) -> bool {
    place(app, palette).0.contains((x, y).into())
}

pub fn draw(app: &App, frame: &mut Frame<'_>) -> Option<Rect> {
    let palette = app.palette.as_ref()?;
    let hue = |role| app.look.theme.style(role);
    let (place, top) = place(app, palette);
    frame.render_widget(Clear, place);
    super::overlay::whole_to_the_left(frame, place);
    let title = match palette.kind {
        PaletteKind::Commands => " Do ".to_owned(),
        PaletteKind::Help(page) => format!(" Help: {} ", page.word()),
        PaletteKind::List(name) => format!(" {name} "),
    };
    let block = frame_of(app, true)
        .title(Line::from(vec![made(title, hue(Role::Accent))]))
        .title_bottom(Line::from(foot(app, palette, usize::from(place.width))));
    frame.render_widget(block, place);
    let width = usize::from(place.width.saturating_sub(2));
    let typed = Clean::line(palette.input.value());
    let asks = palette.page().filter(|_| typed.is_empty());
    let sign = match palette.kind {
        PaletteKind::Commands => " : ",
        _ => " / ",
    };
    let mut out = vec![Line::from(clip(
        vec![
            word(sign, hue(Role::Key)),
            span(&typed, hue(Role::Text)),
            word(asks.map_or("", Page::asks), hue(Role::Dim)),
        ],
        width,
    ))];
    let foot = below(app, palette);
    let seen = usize::from(place.height.saturating_sub(ABOVE + 1 + foot));
    if palette.page().is_some() {
        let rows = help::rows(palette, width);
        let rows = rows.iter().skip(top).take(seen);
        out.extend(rows.map(|row| Line::from(help::line(app, palette, row, width))));
    } else {
        let entries = palette.left().enumerate().skip(top).take(seen);
        out.extend(entries.filter_map(|(i, entry)| {
            let here = i == palette.cursor;
            Some(Line::from(command_line(app, entry?, here, width)))
        }));
    }
    if palette.left().len() == 0 {
        out.push(Line::from(vec![
            blank(3),
            word("nothing is called so", hue(Role::Dim)),
        ]));
    }
    let text = Rect {
        x: place.x + 1,
        y: place.y + 1,
        width: place.width.saturating_sub(2),
        height: place.height.saturating_sub(2),
    };
    lines(frame, text, out);
    if let Some(page) = palette.page() {
        let sign = if app.look.ascii { "-" } else { "─" };
        let mut last = vec![Line::from(help::names_line(app, page, width))];
        if foot > 1 {
            last.insert(0, Line::from(rule(sign, width, hue(Role::Border))));
        }
        let area = Rect {
            y: text.bottom().saturating_sub(foot),
            height: foot.min(text.height),
            ..text
        };
        lines(frame, area, last);
    }
    let cursor = u16::try_from(3 + palette.input.visual_cursor()).unwrap_or(u16::MAX);
    let x = text
        .x
        .saturating_add(cursor)
        .min(text.right().saturating_sub(1));
    frame.set_cursor_position((x, text.y));
    Some(place)
}

/// How many are left, why the one under the cursor cannot be done, and the keys.
fn foot(app: &App, palette: &Palette, width: usize) -> Vec<Span<'static>> {
    let hue = |role| app.look.theme.style(role);
    let real = |entry: &Option<&Entry>| entry.is_some_and(|e| e.does != Does::Heading);
    // What stands on the first page stands among all once more.
    let left = match palette.is_first_page() {
        true => palette.total(),
        false => palette.left().filter(real).count(),
    };
    let total = palette.total();
    let count = match palette.kind {
        // Where one is, of those that are left.
        PaletteKind::List(name) if name != HERE => {
            let at = (palette.cursor + 1).min(left);
            let of = match left < total {
                true => format!(", {left} of {total}"),
                false => String::new(),
            };
            format!(" {at}/{left}{of} ")
        }
        _ => format!(" {left} of {total} "),
    };
    let mut out = vec![made(count, hue(Role::Dim))];
    let here = palette.here();
    if let Some(why) = here.and_then(|entry| entry.why_not.as_ref()) {
        out.push(made(format!("  {why} "), hue(Role::Warn)));
    }
    // What opened by itself does not listen at once.
    let enter = match app.late {
        Late::Listens => {
            let verb = palette.verb().filter(|_| palette.here().is_some());
            verb.map_or_else(String::new, |verb| format!("  Enter {verb}"))
        }
        Late::Unseen | Late::From(_) => String::new(),
    };
    out.push(made(format!("{enter}   Esc leave "), hue(Role::Dim)));
    // Of what has no room the count gives way first.
    let room = width.saturating_sub(2);
    if measure(&out) > room {
        out.remove(0);
    }
    clip(out, room)
}

pub(super) fn joined(entry: &Entry) -> String {
    let keys = entry.keys.iter().map(|key| printed(key));
    keys.collect::<Vec<_>>().join("  ")
}

/// The first of its keys alone.
pub(super) fn first_key(entry: &Entry) -> String {
    let key = entry.keys.first();
    key.map(|key| printed(key)).unwrap_or_default()
}

pub(super) fn mark(app: &App, here: bool) -> Span<'static> {
    let sign = if here { " > " } else { "   " };
    word(sign, app.look.theme.style(Role::Accent))
}

/// What it does, and at the right the key that does the same.
fn command_line(app: &App, entry: &Entry, here: bool, width: usize) -> Vec<Span<'static>> {
    let hue = |role| app.look.theme.style(role);
    let label = app.look.shown_title(&entry.label);
    if entry.does == Does::Heading {
        let label = label.cut_start(width.saturating_sub(2));
        return vec![blank(1), span(&label, hue(Role::Heading))];
    }
    let role = match (entry.why_not.is_some(), here) {
        (true, _) => Role::Dim,
        (false, true) => Role::Bright,
        (false, false) => Role::Text,
    };
    let right = match entry.keys.is_empty() {
        true => vec![
            blank(1),
            span(
                &app.look.shown(&entry.note),
                hue(entry.tells.unwrap_or(Role::Dim)),
            ),
            blank(1),
        ],
        false => vec![made(format!(" {} ", joined(entry)), hue(Role::Key))],
    };
    let mut left = vec![mark(app, here), span(&entry.lead, hue(role))];
    let room = width.saturating_sub(measure(&left) + measure(&right) + 1);
    left.push(match entry.keeps_end {
        true => span(&label.cut_start(room), hue(role)),
        false => span(&label, hue(role)),
    });
    spread(left, right, width)
}
