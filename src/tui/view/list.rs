//! The list: a table where it is wide, rows of two lines where it is not.

use ratatui::Frame;
use ratatui::text::{Line, Span};

use super::super::app::{App, Entry, Pane};
use super::super::columns::{self, Class, GUTTER, bare, cell, fit};
use super::layout::Panes;
use super::{frame_of, lines, states};
use crate::index::Direction;
use crate::model::Kind;
use crate::render::signs::{self, Sign};
use crate::render::span::{blank, clip, made, measure, rule, span, spread, word};
use crate::render::theme::{Role, selected};
use crate::text::{Clean, count};

pub fn draw(app: &App, frame: &mut Frame<'_>, panes: &Panes) {
    let (Some(area), Some(text)) = (panes.list, panes.list_text()) else {
        return;
    };
    let hue = |role| app.look.theme.style(role);
    if panes.framed {
        let focused = app.focus == Pane::List;
        let order = app.order();
        let name = if focused {
            "[ Sessions ]"
        } else {
            "  Sessions  "
        };
        let title = vec![
            word(name, hue(if focused { Role::Accent } else { Role::Dim })),
            made(
                format!(" {} {} ", order.key.word(), arrow(app)),
                hue(Role::Dim),
            ),
        ];
        let block = frame_of(app, focused)
            .title(Line::from(title))
            .title_bottom(Line::from(sums(app, usize::from(area.width))));
        frame.render_widget(block, area);
    }
    if let Some(header) = panes.header() {
        let line = table_header(app, panes, header.width);
        let sign = if app.look.ascii { "-" } else { "─" };
        let under = rule(sign, usize::from(header.width), hue(Role::Border));
        let both = ratatui::layout::Rect {
            height: 2.min(panes.inside(area).height),
            ..header
        };
        lines(frame, both, vec![Line::from(line), Line::from(vec![under])]);
    }
    if app.list.entries.is_empty() {
        return lines(
            frame,
            text,
            states::empty_list(app, usize::from(text.width)),
        );
    }
    let width = usize::from(text.width);
    let mut drawn = Vec::new();
    for (i, entry) in app
        .list
        .entries
        .iter()
        .enumerate()
        .skip(app.list.top)
        .take(usize::from(panes.list_rows()))
    {
        let here = i == app.list.cursor;
        if let Some(name) = &entry.heading {
            // As tall as a row, so that all are found by counting.
            let tall = usize::from(panes.row_height);
            drawn.extend((1..tall).map(|_| Line::default()));
            drawn.push(Line::from(heading(app, name, width)));
            continue;
        }
        let mut rows = if panes.table {
            vec![table_row(app, panes, entry, here, width)]
        } else {
            two_lines(app, entry, here, width)
        };
        if entry.context {
            // Nothing is done to it where something is done to what matches.
            let dim = app.look.theme.style(Role::Dim);
            let spans = rows.iter_mut().flatten();
            spans.for_each(|span| span.style = span.style.patch(dim));
        }
        if app.shows_hits() {
            // Under the title, before the numbers that help less now.
            let mut line = gutter(app, entry, here);
            line.truncate(1);
            line.extend(super::hits::snippet(app, i, width.saturating_sub(1)));
            rows.insert(1, line);
        }
        for spans in rows {
            let line = Line::from(clip(spans, width));
            drawn.push(if here {
                selected(pad(line, width), &app.look.theme)
            } else {
                line
            });
        }
    }
    lines(frame, text, drawn);
}

fn heading(app: &App, name: &Clean, width: usize) -> Vec<Span<'static>> {
    let hue = |role| app.look.theme.style(role);
    let sign = if app.look.ascii { "-" } else { "─" };
    let name = app.look.shown_title(name).cut(width.saturating_sub(8));
    let rest = width.saturating_sub(name.width() + 6);
    vec![
        blank(1),
        rule(sign, 2, hue(Role::Border)),
        blank(1),
        span(&name, hue(Role::Accent)),
        blank(1),
        rule(sign, rest, hue(Role::Border)),
    ]
}

fn pad(mut line: Line<'static>, width: usize) -> Line<'static> {
    line.spans
        .push(blank(width.saturating_sub(measure(&line.spans))));
    line
}

fn arrow(app: &App) -> &'static str {
    match app.order().direction {
        Direction::Down => signs::DOWN.of(app.look.ascii),
        Direction::Up => signs::UP.of(app.look.ascii),
    }
}

fn table_header(app: &App, panes: &Panes, width: u16) -> Vec<Span<'static>> {
    let hue = |role| app.look.theme.style(role);
    let sorted = app.order().key;
    let columns = app.laid(panes.class, width);
    let of_order = |laid: &columns::Laid| laid.placed.column.sort == Some(sorted);
    let here = columns.iter().position(of_order);
    let mut spans = vec![blank(usize::from(GUTTER))];
    for (i, laid) in columns.iter().enumerate() {
        let (column, width) = (laid.placed.column, usize::from(laid.cells));
        let is_here = here == Some(i);
        let title = match is_here {
            // The order is not final while rows still come.
            true if app.loaded => format!("{} {}", column.title, arrow(app)),
            true => format!("{} {}", column.title, signs::GROWING.of(app.look.ascii)),
            false => column.title.to_owned(),
        };
        let cells = crate::text::width(&title);
        // Behind the last column a cell is free. A narrow column drops the gap before it would cut its title, and two
        // letters need none; a letter for an arrow would be read as one of the title's, so it gives way.
        let is_last = i + 1 == columns.len() && cells == width + 1;
        let title = match cells > width && !is_last {
            true if width < NO_TITLE => String::new(),
            true if app.look.ascii => squeezed(column.title, width),
            true => squeezed(&title, width),
            false => title,
        };
        let width = width + usize::from(is_last);
        let role = if is_here { Role::Accent } else { Role::Dim };
        spans.extend(fit(made(title, hue(role)), width, column.right));
        spans.push(blank(usize::from(!is_last)));
    }
    spans
}

/// A title with the arrow behind it, without the gap, and with fewer letters where that is not enough.
fn squeezed(title: &str, width: usize) -> String {
    let (word, arrow) = title.split_once(' ').unwrap_or((title, ""));
    let letters = width.saturating_sub(crate::text::width(arrow));
    let word: String = word.chars().take(letters).collect();
    format!("{word}{arrow}")
}

/// Columns of fewer cells say what they are by themselves.
const NO_TITLE: usize = 3;

/// The cursor, then what its agent does, then whether it is chosen, then whether it folds.
fn gutter(app: &App, entry: &Entry, here: bool) -> Vec<Span<'static>> {
    let hue = |role| app.look.theme.style(role);
    let focused = app.focus == Pane::List;
    let ascii = app.look.ascii;
    let is_plain = ascii || app.look.theme.is_mono();
    let cursor = if here {
        signs::CURSOR.of(is_plain)
    } else {
        " "
    };
    let fold = match (
        entry.row.children > 0 && !entry.child,
        app.list.is_open(entry.row.id(), app.prefs.all_kinds),
    ) {
        (true, false) => signs::FOLDED.of(ascii),
        (true, true) => signs::UNFOLDED.of(ascii),
        _ => " ",
    };
    // What was chosen counts for most; the star for more than what is new, which is seen by its age too.
    let row = &entry.row;
    let is_chosen = app.list.chosen.contains(row.id());
    let mark = match (is_chosen, row.is_starred(), row.is_unread()) {
        (true, ..) => Some(&signs::CHOSEN),
        (_, true, _) => Some(&signs::STARRED),
        (.., true) => Some(&signs::UNREAD),
        _ => None,
    };
    let drawn = |sign: &'static Sign| word(sign.of(ascii), hue(sign.role));
    let state = row.state.map(|state| drawn(signs::of_state(state)));
    vec![
        word(cursor, hue(if focused { Role::Accent } else { Role::Dim })),
        state.unwrap_or_else(|| blank(1)),
        mark.map_or_else(|| word(" ", hue(Role::Accent)), drawn),
        word(fold, hue(Role::Dim)),
        blank(1),
    ]
}

fn branch(app: &App, entry: &Entry) -> Vec<Span<'static>> {
    if !entry.child {
        return Vec::new();
    }
    let sign = match entry.last {
        false => &signs::CHILD,
        true => &signs::LAST_CHILD,
    };
    vec![word(
        sign.of(app.look.ascii),
        app.look.theme.style(sign.role),
    )]
}

/// What a row under a root is, in a word.
fn kind(app: &App, entry: &Entry) -> Option<Span<'static>> {
    let name = match entry.row.session.kind {
        Kind::SubAgent => "sub",
        Kind::Fork => "fork",
        Kind::Copy => "copy",
        Kind::Main => return None,
    };
    Some(word(name, app.look.theme.style(Role::Dim)))
}

fn table_row(
    app: &App,
    panes: &Panes,
    entry: &Entry,
    here: bool,
    width: usize,
) -> Vec<Span<'static>> {
    let mut spans = gutter(app, entry, here);
    let width = u16::try_from(width).unwrap_or(u16::MAX);
    for laid in app.laid(panes.class, width) {
        let (column, width) = (laid.placed.column, usize::from(laid.cells));
        if column.name == "title" {
            let mut title = branch(app, entry);
            title.push(columns::title(app, &entry.row));
            let title = clip(title, width);
            let free = width.saturating_sub(measure(&title));
            spans.extend(title);
            spans.push(blank(free));
        } else if column.name == "project" && entry.child {
            spans.extend(fit(
                kind(app, entry).unwrap_or_else(|| blank(0)),
                width,
                false,
            ));
        } else {
            spans.extend(cell(app, column, &entry.row, width));
        }
        spans.push(blank(1));
    }
    spans
}

/// Rows of fewer cells have less air between numbers.
const AIRY: usize = 48;

/// Title and age, then what else was chosen: text at the left, numbers at the right.
fn two_lines(app: &App, entry: &Entry, here: bool, width: usize) -> Vec<Vec<Span<'static>>> {
    let row = &entry.row;
    let dim = app.look.theme.style(Role::Dim);
    let chosen = app.columns(Class::Rows);
    let mut left = gutter(app, entry, here);
    left.extend(branch(app, entry));
    left.push(columns::title(app, row));
    let age = chosen.iter().find(|p| p.column.name == "updated");
    let mut right = Vec::new();
    if let Some(placed) = age {
        let cells = usize::from(placed.cells(Class::Rows));
        right.extend(bare(app, placed.column, row, cells));
        right.push(blank(1));
    }
    let first = spread(left, right, width);
    let mut second = gutter(app, entry, here);
    second.truncate(1);
    second.push(blank(3));
    if entry.child {
        second.push(blank(2));
    }
    let below = |p: &&columns::Placed| !["title", "updated"].contains(&p.column.name);
    let air = if width < AIRY { 1 } else { 2 };
    let mut numbers = Vec::new();
    for placed in chosen.iter().filter(below).filter(|p| p.column.right) {
        let usual = usize::from(placed.cells(Class::Rows));
        let is_narrower = placed.width.is_none() && width < AIRY;
        let cells = usual - usize::from(is_narrower && usual > 0);
        let mut number = cell(app, placed.column, row, cells);
        number.push(word(placed.column.unit, dim));
        let gap = if numbers.is_empty() { 0 } else { air };
        // Those at the end give way where there is too little room.
        if measure(&numbers) + gap + measure(&number) + LEAST_TEXT > width {
            break;
        }
        numbers.push(blank(gap));
        numbers.extend(number);
    }
    numbers.push(blank(1));
    let texts = chosen.iter().filter(below).filter(|p| !p.column.right);
    let room = width.saturating_sub(measure(&numbers) + 1);
    // What stands last needs no room behind it.
    let mut owed = 0;
    for placed in texts {
        let cells = usize::from(placed.cells(Class::Rows));
        // A few letters of a word say nothing.
        if measure(&second) + owed + cells.min(LEAST_WORD) > room {
            break;
        }
        let is_kind = entry.child && placed.column.name == "project";
        let text = match kind(app, entry).filter(|_| is_kind) {
            Some(kind) => vec![kind],
            None => bare(app, placed.column, row, cells),
        };
        second.push(blank(owed));
        owed = (cells + 1).saturating_sub(measure(&text));
        second.extend(text);
    }
    // The model stands where there is room for all of its name.
    let is_chosen = chosen.iter().any(|p| p.column.name == "model");
    let model = row.model().filter(|_| !is_chosen);
    if let Some(model) = model.map(|model| made(model.short().to_owned(), dim)) {
        // One cell away it would be read as the end of the project's name.
        let taken = measure(&second) + measure(&numbers) + 3;
        if taken + measure(std::slice::from_ref(&model)) <= width {
            second.extend([blank(2), model]);
        }
    }
    vec![first, spread(second, numbers, width)]
}

/// Cells that a word has at the least.
const LEAST_WORD: usize = 5;

/// Cells that text has at the least beside numbers.
const LEAST_TEXT: usize = 10;

/// What all shown rows come to.
fn sums(app: &App, width: usize) -> Vec<Span<'static>> {
    let dim = app.look.theme.style(Role::Dim);
    if app.list.entries.is_empty() {
        return Vec::new();
    }
    let (at, of) = app.list.place();
    let mut text = format!(" {} of {} ", count(at as u64), count(of as u64));
    if app.list.cost.known().is_some() {
        text.push_str(&format!("  total {} ", app.list.cost));
    }
    vec![span(&Clean::from(text).cut(width.saturating_sub(4)), dim)]
}
