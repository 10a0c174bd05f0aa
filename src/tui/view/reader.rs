//! The reader: a head, and the lines of the document.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::super::app::{App, Input, Pane, Reader};
use super::super::keys::{Action, Scope};
use super::super::update;
use super::layout::Panes;
use super::{frame_of, lines};
use crate::model::Kind;
use crate::render::signs;
use crate::render::span::{blank, made, measure, rule, span, spread, word};
use crate::render::theme::{Role, selected};
use crate::text::{Clean, count, counted, short_count};

pub fn draw(app: &App, frame: &mut Frame<'_>, panes: &Panes) {
    let (Some(area), Some(text)) = (panes.reader, panes.reader_text()) else {
        return;
    };
    let hue = |role| app.look.theme.style(role);
    let focused = app.focus == Pane::Reader;
    let reader = app.reader.as_ref();
    let title = reader.map(|r| title(app, r)).unwrap_or_default();
    let place = reader.map(|r| place(app, panes, r)).unwrap_or_default();
    if panes.framed {
        let room = usize::from(area.width).saturating_sub(6);
        let name = match (reader.is_some(), focused) {
            (false, _) => String::new(),
            (true, true) => format!("[ {} ]", title.cut(room.saturating_sub(4))),
            (true, false) => format!(" {} ", title.cut(room)),
        };
        let head = vec![made(
            name,
            hue(if focused { Role::Accent } else { Role::Dim }),
        )];
        let place = reader.map(|_| format!(" {place} ")).unwrap_or_default();
        let foot = vec![made(place, hue(Role::Dim))];
        let block = frame_of(app, focused)
            .title(Line::from(head))
            .title_bottom(Line::from(foot).right_aligned());
        frame.render_widget(block, area);
    } else {
        head(app, frame, panes, area, &title, &place);
    }
    let Some(reader) = reader else { return };
    if let Some(document) = &reader.document {
        let cursor = document.cursor_row().filter(|_| focused);
        let mut drawn = document.lines();
        if let Some(line) = cursor.and_then(|row| drawn.get_mut(row)) {
            let mut spans = std::mem::take(&mut line.spans);
            let used: usize = crate::render::span::measure(&spans);
            spans.push(blank(usize::from(text.width).saturating_sub(used)));
            *line = selected(Line::from(spans), &app.look.theme);
        }
        if document.conversation().messages.is_empty() && !reader.loading {
            let key = app.key(Scope::Reader, Action::RawRecord);
            let line =
                format!("nothing was said in this session; {key} shows the records of its log");
            drawn = vec![Line::from(vec![made(line, hue(Role::Dim))])];
        }
        lines(frame, text, drawn);
        let pin = signs::PIN.of(app.look.ascii);
        for row in document.pinned_rows() {
            let mark = gutter(text, row);
            lines(
                frame,
                mark,
                vec![Line::from(vec![word(pin, hue(Role::Warn))])],
            );
        }
        if let Some(row) = cursor.filter(|row| *row < usize::from(text.height)) {
            let is_plain = app.look.ascii || app.look.theme.is_mono();
            let sign = signs::LINE.of(is_plain);
            lines(
                frame,
                gutter(text, row),
                vec![Line::from(vec![word(sign, hue(Role::Accent))])],
            );
        }
    }
    let is_wordless = !reader.loading && !reader.is_made && update::is_wordless(app);
    let has_records = reader
        .document
        .as_ref()
        .is_some_and(|d| !d.conversation().messages.is_empty());
    if is_wordless && has_records && reader.trouble.is_none() {
        let key = app.key(Scope::Reader, Action::RawRecord);
        let line = format!("nobody said anything here; {key} shows a record as its log has it");
        let last = Rect {
            y: text.y + text.height.saturating_sub(1),
            height: 1.min(text.height),
            ..text
        };
        let line = Clean::from(line).cut(usize::from(text.width));
        lines(
            frame,
            last,
            vec![Line::from(vec![span(&line, hue(Role::Dim))])],
        );
    }
    if let Some(trouble) = &reader.trouble {
        let line = Line::from(vec![span(
            &app.look.shown(trouble).cut(usize::from(text.width)),
            hue(Role::Error),
        )]);
        let last = Rect {
            y: text.y + text.height.saturating_sub(1),
            height: 1.min(text.height),
            ..text
        };
        lines(frame, last, vec![line]);
    } else if reader.document.is_none() {
        lines(
            frame,
            text,
            vec![Line::from(vec![word("reading ...", hue(Role::Dim))])],
        );
    }
}

/// The cell before a row of the text.
fn gutter(text: Rect, row: usize) -> Rect {
    Rect {
        x: text.x.saturating_sub(1),
        y: text.y + u16::try_from(row).unwrap_or(0),
        width: 1,
        height: 1,
    }
}

fn title(app: &App, reader: &Reader) -> Clean {
    // A name that was given meanwhile stands in the row.
    let row = app.index.row(&reader.session.id);
    let row = row.filter(|_| !reader.is_made);
    let session = row.map_or(&reader.session, |row| &row.session);
    let title = session.title.as_ref().map_or_else(
        || Clean::from("(no title)"),
        |t| app.look.shown_title(&t.shown()).into_owned(),
    );
    match reader.session.kind {
        _ if reader.is_made => title,
        Kind::SubAgent => Clean::from(format!("sub-agent: {title}")),
        _ if app.outer.is_empty() => title,
        _ => Clean::from(format!("parent: {title}")),
    }
}

fn has_room(app: &App) -> bool {
    app.size.0 >= 60
}

/// Whether the head says how tools are shown.
pub fn tells_tools(app: &App) -> bool {
    let document = app.reader.as_ref().and_then(|r| r.document.as_ref());
    has_room(app) && document.is_some_and(|document| !document.is_focused())
}

/// Where the reader is, and what it is doing.
fn place(app: &App, panes: &Panes, reader: &Reader) -> String {
    let Some(document) = &reader.document else {
        return String::new();
    };
    // The number that other places name it by, and that one goes to: the head counts prompts and answers only.
    let at = document.position();
    let mut parts = vec![match reader.loading {
        true => "reading ...".to_owned(),
        false => format!("#{}/{}", at.message, at.of),
    }];
    if tells_tools(app) {
        parts.push(format!("tools: {}", document.tools_word()));
    } else if has_room(app) {
        parts.push("focus".to_owned());
    }
    let on_disk = document.message().map_or(0, |message| message.on_disk);
    if on_disk > 0 {
        let key = app.key(Scope::Reader, Action::Open);
        let bytes = crate::text::short_count(on_disk);
        parts.push(format!("{bytes} bytes of this on disk ({key})"));
    }
    // Of a session that was found by its title there is nothing to walk.
    let is_walked = |(_, of): &(usize, usize)| *of > 0 || !reader.needle.is_empty();
    if let Some((hit, of)) = document.hits().filter(is_walked) {
        let so_far = if reader.is_sought() { " so far" } else { "" };
        let [hit, of] = [hit, of].map(|n| count(n as u64));
        parts.push(format!("hit {hit}/{of}{so_far}"));
    }
    // Alone on the screen, there is no query line that says it.
    let needle = match reader.needle.as_str() {
        "" if reader.searched => app.query.query.text(),
        needle => needle,
    };
    if !needle.is_empty() && panes.is_reader_alone() {
        parts.push(format!("/ {}", Clean::line(needle).cut(24)));
    }
    if reader.session.odd > 0 {
        parts.push(format!(
            "{} unreadable ({})",
            reader.session.odd,
            app.key(Scope::Reader, Action::Problems)
        ));
    }
    // Nothing more comes to one that was finished long ago.
    if document.following() && reader.is_live(app.now) {
        parts.push("FOLLOW".into());
    } else if document.below() > 0 {
        parts.push(format!("{} new below (G)", document.below()));
    }
    parts.join("  ")
}

/// The day it began, or the time where that is today.
fn started(app: &App, at: jiff::Timestamp) -> Span<'static> {
    let zoned = |at: jiff::Timestamp| at.to_zoned(app.look.zone.clone());
    let is_today = zoned(at).date() == zoned(app.now).date();
    let form = if is_today { "%H:%M" } else { "%Y-%m-%d" };
    let text = format!("  started {}", zoned(at).strftime(form));
    made(text, app.look.theme.style(Role::Dim))
}

/// Without a frame: a rule under the list, or two lines and a rule at the top.
fn head(app: &App, frame: &mut Frame<'_>, panes: &Panes, area: Rect, title: &Clean, place: &str) {
    let hue = |role| app.look.theme.style(role);
    let width = usize::from(area.width);
    let sign = if app.look.ascii { "-" } else { "─" };
    let dim = hue(Role::Border);
    if panes.below {
        let text = span(&title.cut(width.saturating_sub(8)), hue(Role::Dim));
        let rest =
            width.saturating_sub(5 + crate::render::span::measure(std::slice::from_ref(&text)));
        let line = vec![
            rule(sign, 2, dim),
            blank(1),
            text,
            blank(1),
            rule(sign, rest, dim),
        ];
        return lines(
            frame,
            Rect {
                height: 1.min(area.height),
                ..area
            },
            vec![Line::from(line)],
        );
    }
    let row = app
        .reader
        .as_ref()
        .and_then(|r| app.index.row(&r.session.id));
    let mut numbers: Vec<Span<'static>> = Vec::new();
    let mut facts = vec![blank(3)];
    let right = vec![made(format!("{place} "), hue(Role::Dim))];
    let room = width.saturating_sub(measure(&right) + 1);
    if let Some(row) = row {
        numbers.push(super::super::columns::source(app, row, usize::MAX));
        if let Some(n) = row.tokens() {
            numbers.push(made(format!("  {} tok", short_count(n)), hue(Role::Text)));
        }
        if row.cost().known().is_some() {
            numbers.push(made(format!("  {}", row.cost()), hue(Role::Text)));
        }
        numbers.push(blank(1));
        facts.push(super::super::columns::project(app, row));
        let said = counted(row.session.messages() as usize, "msg");
        let said = made(format!("  {said}"), hue(Role::Dim));
        let branch = row.session.branch.as_ref().map(|branch| {
            let branch = app.look.shown_title(branch);
            made(format!(" ({branch})"), hue(Role::Dim))
        });
        // What has no room is left out whole: half a number is another number.
        let mut left = room.saturating_sub(measure(&facts));
        let fits = |span: &Span<'static>, left: &mut usize| {
            let wide = measure(std::slice::from_ref(span));
            let fits = wide <= *left;
            *left -= if fits { wide } else { 0 };
            fits
        };
        let said = Some(said).filter(|said| fits(said, &mut left));
        let branch = branch.filter(|branch| fits(branch, &mut left));
        let started = row.session.started.map(|at| started(app, at));
        facts.extend(branch);
        facts.extend(started.filter(|started| fits(started, &mut left)));
        facts.extend(said);
    }
    let first = spread(
        vec![word(" < ", hue(Role::Key)), span(title, hue(Role::Bright))],
        numbers,
        width,
    );
    let mut second = spread(facts, right.clone(), width);
    if let Some(Input::Find(input)) = app.input.as_ref().filter(|_| panes.is_reader_alone()) {
        let sign = " find ";
        let text = span(&Clean::line(input.value()), hue(Role::Text));
        let mut left = vec![word(sign, hue(Role::Key)), text];
        if input.value().is_empty() {
            left.extend(super::header::found_last(app));
        }
        second = spread(left, right, width);
        let x = crate::text::width(sign) + input.visual_cursor();
        let x = u16::try_from(x).unwrap_or(u16::MAX);
        frame.set_cursor_position((x.min(area.width.saturating_sub(1)), area.y + 1));
    }
    let top = Rect {
        height: 3.min(area.height),
        ..area
    };
    lines(
        frame,
        top,
        vec![
            Line::from(first),
            Line::from(second),
            Line::from(vec![rule(sign, width, dim)]),
        ],
    );
}
