//! The first lines: title and counters, the query, its clauses and what is hidden.

use std::ops::Range;

use ratatui::Frame;
use ratatui::text::{Line, Span};

use super::super::app::{App, Input, Pane};
use super::super::keys::{Action, Scope};
use super::layout::Panes;
use super::{lines, list};
use crate::ingest::Watching;
use crate::model::State;
use crate::query::Clause;
use crate::render::span::{blank, made, measure, span, spread, word};
use crate::render::theme::Role;
use crate::text::{Clean, count};

pub fn draw(app: &App, frame: &mut Frame<'_>, panes: &Panes) {
    // The reader alone has a head of its own.
    if panes.is_reader_alone() {
        return;
    }
    let width = usize::from(app.size.0);
    let hue = |role| app.look.theme.style(role);
    let progress = app.index.progress();
    let mut right = Vec::new();
    if app.demo {
        right.push(word("demo  ", hue(Role::Warn)));
    }
    right.extend(counters(app, width));
    if app.loaded {
        let live = matches!(progress.watching, Watching::Events | Watching::Polling(_));
        right.push(if live {
            word("live ", hue(Role::Accent))
        } else {
            word("not watching ", hue(Role::Dim))
        });
    } else {
        let (read, found) = progress.totals();
        let percent = (read * 100).checked_div(found).unwrap_or(0);
        right.push(made(format!("reading {percent}% "), hue(Role::Accent)));
    }
    let mut left = vec![blank(1), word("backscroll", hue(Role::Bright))];
    if width >= 60 {
        left.push(blank(3));
        left.push(word("Sessions", hue(Role::Accent)));
    }
    lines(
        frame,
        panes.title,
        vec![Line::from(spread(left, right, width))],
    );
    query(app, frame, panes, width);
    if let Some(area) = panes.chips {
        let chips = if app.is_loading() {
            super::states::loading_bar(app, width)
        } else {
            chips(app, width)
        };
        lines(frame, area, vec![Line::from(chips)]);
    }
}

/// How many sessions are in each state, in words where there is room for them. What is idle needs nobody.
fn counters(app: &App, width: usize) -> Vec<Span<'static>> {
    let hue = |role| app.look.theme.style(role);
    let known = app.index.states();
    let mut out = Vec::new();
    for state in State::ALL {
        let Some(n) = known.get(&state).filter(|_| state != State::Idle) else {
            continue;
        };
        let [drawn, ascii] = state.marks();
        let sign = if app.look.ascii { ascii } else { drawn };
        out.push(word(sign, hue(list::hue_of(state))));
        let text = match width >= WORDS {
            true => format!(" {n} {}   ", state.word()),
            false => format!(" {n}  "),
        };
        out.push(made(text, hue(Role::Text)));
    }
    out
}

fn query(app: &App, frame: &mut Frame<'_>, panes: &Panes, width: usize) {
    let hue = |role| app.look.theme.style(role);
    let list = &app.list;
    let counts = if app.query.query.is_empty() && app.query.input.value().is_empty() {
        let so_far = if app.loaded { "" } else { "so far " };
        format!("{} {so_far}", several(list.total, "sessions"))
    } else {
        // Conversations that were not asked yet may be more of them.
        let more = app.is_searching() && app.search.left > 0;
        format!(
            "{} of {} {}",
            count(list.matching as u64),
            count(list.total as u64),
            if more || !app.loaded { "so far " } else { "" }
        )
    };
    let (sign, input) = match &app.input {
        Some(Input::Find(input)) => (" find ", input),
        Some(Input::Line(ask, input)) if app.settings.is_none() => (ask.label(), input),
        _ => (" / ", &app.query.input),
    };
    let finding = matches!(app.input, Some(Input::Find(_)));
    // What is typed for the settings stands in their dialog.
    let typing = app.input.is_some() && app.settings.is_none();
    // As much of the text as shows its cursor.
    let room = width.saturating_sub(crate::text::width(sign) + 20).max(8);
    let scroll = input.visual_scroll(room);
    let mut gone = 0;
    let seen = input.value().char_indices().find(|(_, c)| {
        let here = gone >= scroll;
        gone += crate::text::width(c.encode_utf8(&mut [0; 4]));
        here
    });
    let seen = seen
        .and_then(|(at, _)| input.value().get(at..))
        .unwrap_or_default();
    let text = Clean::line(seen);
    let mut left = vec![word(sign, hue(Role::Key)), span(&text, hue(Role::Text))];
    if text.is_empty() && !typing {
        left.push(word(
            "words, or fields: source:cc cost:>1 date:<2d",
            hue(Role::Dim),
        ));
    }
    let hits = app
        .reader
        .as_ref()
        .and_then(|r| r.document.as_ref())
        .and_then(|d| d.hits());
    let right = match hits.filter(|_| finding) {
        Some((at, of)) => {
            let seek = app.reader.as_ref().and_then(|reader| reader.seek);
            let so_far = if seek.is_some() { " so far" } else { "" };
            format!("{at} of {of} hits{so_far} ")
        }
        None => counts,
    };
    let right = vec![made(right, hue(Role::Dim))];
    lines(
        frame,
        panes.query,
        vec![Line::from(spread(left, right, width))],
    );
    if typing {
        let cursor = crate::text::width(sign) + input.visual_cursor().saturating_sub(scroll);
        let x = u16::try_from(cursor)
            .unwrap_or(u16::MAX)
            .min(app.size.0.saturating_sub(1));
        frame.set_cursor_position((x, panes.query.y));
    }
}

/// From so many cells on, states are words.
const WORDS: usize = 100;
/// Behind a clause: a click there drops it.
const DROP: &str = " x]";
/// Cells of a view's name.
const VIEW: usize = 24;

/// The clauses of the query side by side: drawn from these, and clicked on.
struct Chip {
    spans: Vec<Span<'static>>,
    /// The cells of the line that drop it.
    cross: Range<usize>,
}

/// Where the line is of clauses, each of them in its order; none where it says something else.
fn clauses(app: &App) -> Vec<Chip> {
    let query = &app.query.query;
    if matches!(app.input, Some(Input::Query)) || !query.problems().is_empty() {
        return Vec::new();
    }
    let hue = |role| app.look.theme.style(role);
    let mut at = LEFT;
    let chip = |clause: Clause| {
        let spans = vec![
            word("[", hue(Role::Dim)),
            made(clause.text, hue(Role::Accent)),
            word(DROP, hue(Role::Dim)),
        ];
        let end = at + measure(&spans);
        at = end + GAP;
        Chip {
            spans,
            cross: end - DROP.len()..end,
        }
    };
    query.clauses().into_iter().map(chip).collect()
}

/// Cells before the first clause, and between two.
const LEFT: usize = 1;
const GAP: usize = 1;

/// Which clause a click on the line of clauses drops.
pub fn dropped(app: &App, x: u16) -> Option<usize> {
    if app.is_loading() {
        return None;
    }
    // What is said to the right may cover the last of them.
    let covered = usize::from(app.size.0).saturating_sub(measure(&beside(app)));
    let x = usize::from(x);
    let mut chips = clauses(app).into_iter();
    chips.position(|chip| x < covered && chip.cross.contains(&x))
}

/// Clauses, problems, and every class of hidden rows with its count.
fn chips(app: &App, width: usize) -> Vec<ratatui::text::Span<'static>> {
    let hue = |role| app.look.theme.style(role);
    let mut left = vec![blank(LEFT)];
    let typing = matches!(app.input, Some(Input::Query));
    let offers = if typing { &app.query.offers[..] } else { &[] };
    let said = app.query.query.describe();
    if !offers.is_empty() {
        let chosen = app.query.completing.as_ref().map(|(_, at)| *at);
        left.push(word("Tab  ", hue(Role::Key)));
        for (i, offer) in offers.iter().enumerate() {
            let role = if chosen == Some(i) {
                Role::Accent
            } else {
                Role::Dim
            };
            let text = Clean::line(&offer.text);
            left.push(span(&app.look.shown(&text), hue(role)));
            let count = offer.count.map(|n| format!(" {n}")).unwrap_or_default();
            left.push(made(format!("{count}  "), hue(Role::Dim)));
        }
    } else if let Some(problem) = app.query.query.problems().first() {
        let line = format!("{}: {}", problem.clause, problem.reason);
        left.push(made(line, hue(Role::Warn)));
    } else if typing && !said.is_empty() {
        left.push(made(format!("shows {said}"), hue(Role::Dim)));
    } else {
        for chip in clauses(app) {
            left.extend(chip.spans);
            left.push(blank(GAP));
        }
        if app.query.query.is_empty() {
            for view in &app.views {
                left.push(made(format!("f {} ", view.slot), hue(Role::Key)));
                left.push(span(&Clean::line(&view.name).cut(VIEW), hue(Role::Dim)));
                left.push(blank(3));
            }
        }
    }
    spread(left, beside(app), width)
}

/// What stands to the right of the clauses.
fn beside(app: &App) -> Vec<Span<'static>> {
    let hue = |role| app.look.theme.style(role);
    let key = |action| app.key(Scope::List, action);
    let mut right = Vec::new();
    if app.list.above > 0 && app.focus == Pane::List {
        right.push(made(
            format!("{} new above ({})   ", app.list.above, key(Action::First)),
            hue(Role::Accent),
        ));
    }
    if !app.list.held.is_empty() {
        let moved = format!("{} moved   ", app.list.held.len());
        right.push(made(moved, hue(Role::Accent)));
    }
    let (expiring, kept) = app.list.expiring;
    let is_asked = app.query.query.values_of("expires").is_some();
    if expiring > kept && !is_asked {
        right.push(made(expires_soon(app, expiring, kept), hue(Role::Warn)));
    }
    if !app.list.hidden.is_empty() {
        let parts = app.list.hidden.iter().map(|(what, n)| several(*n, what));
        let parts: Vec<String> = parts.collect();
        let text = format!("hidden: {}  ({}) ", parts.join(", "), key(Action::AllKinds));
        right.push(made(text, hue(Role::Dim)));
    } else if app.prefs.all_kinds {
        let text = format!("all kinds shown  ({}) ", key(Action::AllKinds));
        right.push(made(text, hue(Role::Dim)));
    }
    right
}

/// How many of the rows their agents will delete before long, in the words that there is room for.
fn expires_soon(app: &App, expiring: usize, kept: usize) -> String {
    let key = app.key(Scope::List, Action::OnlyExpiring);
    let copies = match kept {
        0 => String::new(),
        n => format!(", {n} kept"),
    };
    match app.size.0 {
        ..100 => format!("{expiring} expire{copies} ({key})   "),
        _ => format!("{expiring} of these will be deleted within 9 days{copies} ({key})   "),
    }
}

/// `1 fork`, `2 forks`.
pub fn several(n: usize, what: &str) -> String {
    let one = match what {
        "copies" => "copy",
        _ => what.strip_suffix('s').unwrap_or(what),
    };
    format!("{n} {}", if n == 1 { one } else { what })
}
