//! The screen where no sessions are: where we looked, and what can be done. It fits every size; the table scrolls.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::super::app::{App, Ask, Input};
use super::super::keys::{Action, Scope};
use super::lines;
use crate::ingest::SourceState;
use crate::model::SourceId;
use crate::render::span::{blank, clip, later, made, measure, rule, span, spread, word};
use crate::render::theme::Role;
use crate::sources;
use crate::text::{Clean, cut, short_dir, width as cells};

/// From this height on there are blank lines, and what can be done is told in sentences.
const TALL: usize = 22;
/// From this width on the table stands in from the edge, and sentences are whole.
const WIDE: usize = 78;
/// Between two columns.
const GAP: usize = 2;

/// One place that was looked at.
struct Looked {
    agent: &'static str,
    place: String,
    result: String,
    /// Something is there.
    is_there: bool,
}

/// Lines above the table with its head, and below it.
fn around(height: usize) -> (usize, usize) {
    if height >= TALL { (6, 11) } else { (3, 1) }
}

/// Rows of the table that are seen at once, and the last that can be the first of them. Where there are more, a line is
/// left to say so.
pub fn extent(app: &App) -> (usize, usize) {
    let height = usize::from(app.size.1);
    let (above, below) = around(height);
    let room = height.saturating_sub(above + below).max(1);
    let sources = &app.index.progress().sources;
    let all: usize = sources.iter().map(|source| source.looked.len()).sum();
    let seen = if all > room { (room - 1).max(1) } else { room };
    (seen, all.saturating_sub(seen))
}

/// What is there comes first: that is where something can be mended.
fn looked(app: &App) -> Vec<Looked> {
    let mut all = Vec::new();
    for source in &app.index.progress().sources {
        let agent = sources::source(source.source).map_or("", |s| s.card().label);
        for (path, _, state) in &source.looked {
            let odd = app.index.odd();
            let odd = odd.filter(|odd| odd.unit.path.starts_with(path)).count();
            let result = match odd {
                0 if *state == SourceState::Done => "no session in its logs".to_owned(),
                0 => state.word().to_owned(),
                n => {
                    let key = app.key(Scope::List, Action::Problems);
                    format!("{n} with problems ({key})")
                }
            };
            all.push(Looked {
                agent,
                place: short_dir(path, &app.home),
                result,
                is_there: *state != SourceState::NotThere,
            });
        }
    }
    all.sort_by_key(|looked| !looked.is_there);
    all
}

/// A path of which the end is seen, where not all of it is: it tells more than the start.
fn ending(path: &str, room: usize) -> String {
    if cells(path) <= room {
        return path.to_owned();
    }
    let mut rest = path;
    while cells(rest) + 2 > room {
        let mut letters = rest.chars();
        if letters.next().is_none() {
            break;
        }
        rest = letters.as_str();
    }
    cut(&format!("..{rest}"), room)
}

pub fn draw(app: &App, frame: &mut Frame<'_>, area: Rect) {
    let hue = |role| app.look.theme.style(role);
    let (width, height) = (usize::from(area.width), usize::from(area.height));
    let (is_wide, is_tall) = (width >= WIDE, height >= TALL);
    let sign = if app.look.ascii { "-" } else { "─" };
    let indent = if is_wide { 5 } else { 1 };
    let mut out = vec![
        Line::from(spread(
            vec![word(" backscroll", hue(Role::Bright))],
            vec![word("no sessions found ", hue(Role::Dim))],
            width,
        )),
        Line::from(vec![rule(sign, width, hue(Role::Border))]),
    ];
    if is_tall {
        let sentence = match is_wide {
            true => "   I looked for coding agents on this computer and found no sessions yet.",
            false => " No sessions on this computer yet.",
        };
        out.push(Line::default());
        out.push(Line::from(word(sentence, hue(Role::Text))));
        out.push(Line::default());
    }
    out.extend(table(app, width, indent));
    if is_tall {
        out.extend(doing(app, width, indent));
    }
    out.truncate(height.saturating_sub(1));
    out.resize(height.saturating_sub(1), Line::default());
    let typed = match &app.input {
        Some(Input::Line(Ask::Folder(id), input)) => Some((*id, input)),
        _ => None,
    };
    out.push(Line::from(match typed {
        Some((id, input)) => folder(app, frame, id, input, area),
        None => hints(app, width),
    }));
    lines(frame, area, out);
}

/// The places that were looked at, below each other whatever their length.
fn table(app: &App, width: usize, indent: usize) -> Vec<Line<'static>> {
    let hue = |role| app.look.theme.style(role);
    let all = looked(app);
    let most = |of: fn(&Looked) -> usize, least: usize| {
        let widest = all.iter().map(of).max().unwrap_or(0);
        widest.max(least)
    };
    let agents = most(|one| cells(one.agent), 5);
    let results = most(|one| cells(&one.result), 6);
    let room = width.saturating_sub(indent + agents + 2 * GAP + results + 1);
    let places = most(|one| cells(&one.place), 9).min(room);
    let row = |[agent, place, result]: [&str; 3], role| {
        let to = |text: &str, wide: usize| blank(wide.saturating_sub(cells(text)) + GAP);
        let place = ending(place, places);
        let spans = vec![
            blank(indent),
            made(agent.to_owned(), hue(role)),
            to(agent, agents),
            made(place.clone(), hue(Role::Dim)),
            to(&place, places),
            made(result.to_owned(), hue(role)),
        ];
        Line::from(clip(spans, width))
    };
    let (seen, last) = extent(app);
    let top = app.looked_top.min(last);
    let mut out = vec![row(["Agent", "Looked in", "Result"], Role::Dim)];
    let shown = all.iter().skip(top).take(seen);
    out.extend(shown.map(|one| row([one.agent, &one.place, &one.result], Role::Text)));
    if last > 0 {
        let below = all.len().saturating_sub(top + seen);
        let key = |action| app.nth_key(Scope::FirstRun, action, 1);
        let text = match below {
            0 => format!("... {top} above   ({} to see)", key(Action::Up)),
            n => format!("... {n} more   ({} to see)", key(Action::Down)),
        };
        out.push(Line::from(clip(
            vec![blank(indent), made(text, hue(Role::Dim))],
            width,
        )));
    }
    out
}

/// What can be done, in sentences.
fn doing(app: &App, width: usize, indent: usize) -> Vec<Line<'static>> {
    let hue = |role| app.look.theme.style(role);
    let mut out = vec![
        Line::default(),
        Line::from(word(
            if width >= WIDE {
                "   What you can do"
            } else {
                " What you can do"
            },
            hue(Role::Text),
        )),
    ];
    for (action, text) in [
        (
            Action::LookAgain,
            "look again (I also keep watching: new sessions appear by themselves)",
        ),
        (Action::AddFolder, "add a folder of logs"),
        (Action::Demo, "open with sample data, to look around"),
        (Action::Help, "help"),
        (Action::Quit, "quit"),
    ] {
        let spans = vec![
            blank(indent),
            made(app.key(Scope::FirstRun, action), hue(Role::Key)),
            blank(3),
            word(text, hue(Role::Text)),
        ];
        out.push(Line::from(clip(spans, width)));
    }
    out.push(Line::default());
    let shell = match width >= WIDE {
        true => "   In a shell:  backscroll doctor    shows the same with every path and reason",
        false => " backscroll doctor tells every path",
    };
    let shell = clip(vec![word(shell, hue(Role::Dim))], width);
    out.push(Line::from(shell));
    out
}

/// The last line while a folder is typed.
fn folder(
    app: &App,
    frame: &mut Frame<'_>,
    id: SourceId,
    input: &tui_input::Input,
    area: Rect,
) -> Vec<Span<'static>> {
    let hue = |role| app.look.theme.style(role);
    let width = usize::from(area.width);
    let agent = sources::source(id).map_or(id.0, |source| source.card().label);
    let label = format!(" folder of {agent}: ");
    let used = cells(&label);
    let room = width.saturating_sub(used + 1).max(4);
    let scroll = input.visual_scroll(room);
    let seen = later(
        &[span(&Clean::line(input.value()), hue(Role::Text))],
        scroll,
    );
    let cursor = used + input.visual_cursor().saturating_sub(scroll);
    let x = u16::try_from(cursor).unwrap_or(u16::MAX);
    let x = x.min(area.width.saturating_sub(1));
    frame.set_cursor_position((area.x + x, area.bottom().saturating_sub(1)));
    let mut line = vec![made(label, hue(Role::Key))];
    line.extend(seen);
    let mut right = Vec::new();
    for (action, text) in [(Action::Keep, "adds it"), (Action::Escape, "leaves")] {
        right.push(made(app.key(Scope::Name, action), hue(Role::Key)));
        right.push(made(format!(" {text}  "), hue(Role::Dim)));
    }
    if measure(&line) + measure(&right) + 2 > width {
        return clip(line, width);
    }
    spread(line, right, width)
}

/// The last line: what is waited for, and the keys.
fn hints(app: &App, width: usize) -> Vec<Span<'static>> {
    let hue = |role| app.look.theme.style(role);
    let mut keys = Vec::new();
    let again = if width < WIDE { "look" } else { "look again" };
    for (action, text) in [
        (Action::LookAgain, again),
        (Action::AddFolder, "add"),
        (Action::Demo, "sample"),
        (Action::Help, "help"),
        (Action::Quit, "quit"),
    ] {
        keys.push(blank(if keys.is_empty() { 0 } else { 2 }));
        keys.push(made(app.key(Scope::FirstRun, action), hue(Role::Key)));
        keys.push(made(format!(" {text}"), hue(Role::Dim)));
    }
    let waiting = word(" waiting for the first session", hue(Role::Dim));
    if width < WIDE {
        keys.insert(0, blank(1));
        return clip(keys, width);
    }
    keys.push(blank(1));
    spread(vec![waiting], keys, width)
}
