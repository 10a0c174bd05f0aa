//! The list: a table where it is wide, rows of two lines where it is not.

use ratatui::Frame;
use ratatui::text::{Line, Span};

use super::super::app::{App, Entry, Pane};
use super::super::columns::{self, GUTTER, cell, fit, widths};
use super::layout::Panes;
use super::{frame_of, lines, states};
use crate::index::Direction;
use crate::model::Kind;
use crate::render::span::{blank, clip, made, measure, rule, span, spread, under, word};
use crate::render::theme::Role;
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
        return lines(frame, text, states::empty_list(app));
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
        if app.shows_hits() {
            // Under the title, before the numbers that help less now.
            let mut line = gutter(app, entry, here);
            line.truncate(1);
            line.extend(super::hits::snippet(
                app,
                &entry.row,
                width.saturating_sub(1),
            ));
            rows.insert(1, line);
        }
        for spans in rows {
            let line = Line::from(clip(spans, width));
            drawn.push(if here {
                under(pad(line, width), hue(Role::Select))
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
    let name = name.cut(width.saturating_sub(8));
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
    match (app.order().direction, app.look.ascii) {
        (Direction::Down, false) => "↓",
        (Direction::Up, false) => "↑",
        (Direction::Down, true) => "v",
        (Direction::Up, true) => "^",
    }
}

fn table_header(app: &App, panes: &Panes, width: u16) -> Vec<Span<'static>> {
    let hue = |role| app.look.theme.style(role);
    let columns = columns::table(panes.wide);
    let sorted = app.order().key;
    let mut spans = vec![blank(usize::from(GUTTER))];
    for (column, width) in columns.iter().zip(widths(columns, width)) {
        let here = column.sort == sorted && !column.title.is_empty();
        let title = if here {
            // The order is not final while rows still come.
            let mark = if app.loaded { arrow(app) } else { "~" };
            format!("{} {mark}", column.title)
        } else {
            column.title.to_owned()
        };
        // A narrow column drops the gap before it would cut its title.
        let title = if crate::text::width(&title) > usize::from(width) {
            title.replace(' ', "")
        } else {
            title
        };
        spans.extend(fit(
            made(title, hue(if here { Role::Accent } else { Role::Dim })),
            usize::from(width),
            column.right,
        ));
        spans.push(blank(1));
    }
    spans
}

/// The cursor, then whether it is chosen, then whether it folds.
fn gutter(app: &App, entry: &Entry, here: bool) -> Vec<Span<'static>> {
    let hue = |role| app.look.theme.style(role);
    let focused = app.focus == Pane::List;
    let cursor = match (here, app.look.ascii || app.look.theme.is_mono()) {
        (true, true) => ">",
        (true, false) => "▌",
        (false, _) => " ",
    };
    let fold = match (
        entry.row.children > 0 && !entry.child,
        app.list.unfolded.contains(entry.row.id()),
    ) {
        (true, false) => "+",
        (true, true) => "-",
        _ => " ",
    };
    // What was chosen counts for most; the star for more than what is new, which is seen by its age too.
    let row = &entry.row;
    let is_chosen = app.list.chosen.contains(row.id());
    let mark = match (is_chosen, row.is_starred(), row.is_unread()) {
        (true, ..) => ["✓", "x"],
        (_, true, _) => ["★", "*"],
        (.., true) => ["•", "o"],
        _ => [" ", " "],
    };
    let [drawn, ascii] = mark;
    vec![
        word(cursor, hue(if focused { Role::Accent } else { Role::Dim })),
        word(
            if app.look.ascii { ascii } else { drawn },
            hue(Role::Accent),
        ),
        word(fold, hue(Role::Dim)),
        blank(1),
    ]
}

fn branch(app: &App, entry: &Entry) -> Vec<Span<'static>> {
    if !entry.child {
        return Vec::new();
    }
    let sign = match (entry.last, app.look.ascii) {
        (false, false) => "├ ",
        (true, false) => "└ ",
        (false, true) => "|- ",
        (true, true) => "`- ",
    };
    vec![word(sign, app.look.theme.style(Role::Dim))]
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
    let columns = columns::table(panes.wide);
    let mut spans = gutter(app, entry, here);
    let width = u16::try_from(width).unwrap_or(u16::MAX);
    for (column, width) in columns.iter().zip(widths(columns, width)) {
        let width = usize::from(width);
        if column.title == "Title" {
            let mut title = branch(app, entry);
            title.push(columns::title(app, &entry.row));
            let title = clip(title, width);
            let free = width.saturating_sub(measure(&title));
            spans.extend(title);
            spans.push(blank(free));
        } else if column.title == "Project" && entry.child {
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

/// Title and age, then source, project and numbers.
fn two_lines(app: &App, entry: &Entry, here: bool, width: usize) -> Vec<Vec<Span<'static>>> {
    let row = &entry.row;
    let dim = app.look.theme.style(Role::Dim);
    let mut left = gutter(app, entry, here);
    left.extend(branch(app, entry));
    left.push(columns::title(app, row));
    let first = spread(left, vec![columns::when(app, row), blank(1)], width);
    let mut second = gutter(app, entry, here);
    second.truncate(1);
    second.push(blank(3));
    if entry.child {
        second.push(blank(2));
    }
    second.push(columns::code(app, row));
    second.push(blank(1));
    match kind(app, entry) {
        Some(kind) => second.push(kind),
        None => second.push(columns::project(app, row)),
    }
    let narrow = width < 48;
    let (messages, tokens, cost) = if narrow { (4, 6, 8) } else { (5, 8, 10) };
    let mut numbers = fit(columns::messages(app, row), messages, true);
    numbers.push(word(" msg", dim));
    numbers.extend(fit(columns::tokens(app, row), tokens, true));
    numbers.extend(fit(columns::cost(app, row), cost, true));
    numbers.push(blank(1));
    // The model stands where there is room for all of its name.
    if let Some(model) = row.model().map(|model| made(model.short().to_owned(), dim)) {
        let taken = measure(&second) + measure(&numbers) + 2;
        if taken + measure(std::slice::from_ref(&model)) <= width {
            second.extend([blank(1), model]);
        }
    }
    vec![first, spread(second, numbers, width)]
}

/// What all shown rows come to.
fn sums(app: &App, width: usize) -> Vec<Span<'static>> {
    let dim = app.look.theme.style(Role::Dim);
    let roots = app
        .list
        .entries
        .iter()
        .filter(|e| e.is_root() && !e.context)
        .count();
    let (at, _) = app.list.place();
    let mut text = format!(" {} of {} ", count(at as u64), count(roots as u64));
    if app.list.cost.known().is_some() {
        text.push_str(&format!("  total {} ", app.list.cost));
    }
    vec![span(&Clean::from(text).cut(width.saturating_sub(4)), dim)]
}
