//! The line under the query: what is wrong with it, what it can become, its clauses, and what is left out.

use std::ops::Range;

use ratatui::text::Span;

use super::super::app::{App, Input, Pane};
use super::super::keys::{Action, Scope};
use super::header::several;
use crate::query::{Clause, FIELDS, Field, Offer, Problem, ProblemKind, piece};
use crate::render::span::{blank, clip, made, measure, span, spread, word};
use crate::render::theme::Role;
use crate::text::{Clean, count};

/// Behind a clause: a click there drops it.
const DROP: &str = " x]";
/// Cells of a view's name, and between two views.
const VIEW: usize = 24;
const VIEWS: usize = 3;
/// Cells before the first clause, and between two.
const LEFT: usize = 1;
const GAP: usize = 1;
/// Cells between two offers.
const OFFERS: usize = 2;

/// The whole line.
pub fn line(app: &App, width: usize) -> Vec<Span<'static>> {
    let (left, right) = parts(app, width);
    spread(left, right, width)
}

/// Which clause a click on the line drops.
pub fn dropped(app: &App, x: u16) -> Option<usize> {
    if app.is_loading() {
        return None;
    }
    let width = usize::from(app.size.0);
    // What is said to the right may cover the last of them.
    let covered = width.saturating_sub(measure(&parts(app, width).1));
    let x = usize::from(x);
    let mut chips = clauses(app).into_iter();
    chips.position(|chip| x < covered && chip.cross.contains(&x))
}

/// What stands at the left and at the right. What is typed matters more than what is counted: first what is wrong with it,
/// then what it can become, then its clauses; counters have the room that is left.
fn parts(app: &App, width: usize) -> (Vec<Span<'static>>, Vec<Span<'static>>) {
    let hue = |role| app.look.theme.style(role);
    let typing = matches!(app.input, Some(Input::Query));
    let query = &app.query.query;
    let said = query.describe();
    let mut left = vec![blank(LEFT)];
    // What is open holds all that is typed behind it.
    let open = query.problems().iter().find(|problem| problem.is_open());
    let open = open.filter(|_| typing);
    let open = open.map(|open| made(format!("{} ", open.reason), hue(Role::Warn)));
    let open: Vec<Span<'static>> = open.into_iter().collect();
    if let Some((at, _)) = app.query.recalled.as_ref().filter(|_| typing) {
        left.extend(recalled(app, *at));
        return (left, open);
    }
    if let Some(problem) = problem(app) {
        left.push(made(problem.line(), hue(Role::Warn)));
        if typing {
            let room = width.saturating_sub(measure(&left) + VIEWS);
            left.push(blank(VIEWS));
            left.extend(offers(app, room));
            return (left, Vec::new());
        }
    } else if typing && !app.query.offers.is_empty() {
        left.extend(offers(app, width.saturating_sub(LEFT + measure(&open))));
        return (left, open);
    } else if let Some(field) = asked_for(app).filter(|_| typing) {
        let line = format!("{}, such as {}", field.help, field.example);
        left.push(made(line, hue(Role::Dim)));
        return (left, open);
    } else if typing && !said.is_empty() {
        left.push(made(format!("shows {said}"), hue(Role::Dim)));
        if !open.is_empty() {
            return (left, open);
        }
    } else if let Some(problem) = query.problems().first() {
        // Half typed: nothing is wrong yet.
        left.push(made(problem.line(), hue(Role::Dim)));
    } else {
        for chip in clauses(app) {
            left.extend(chip.spans);
            left.push(blank(GAP));
        }
    }
    let views: Vec<Vec<Span<'static>>> = match query.is_empty() && !typing {
        true => app.views.iter().map(|view| named(app, view)).collect(),
        false => Vec::new(),
    };
    let wanted = measure(&left) + views.iter().map(|view| measure(view)).sum::<usize>();
    let right = beside(app, width.saturating_sub(wanted + GAP));
    let room = width.saturating_sub(measure(&right) + GAP);
    for view in views {
        // Half a name is none, but for the first.
        let is_first = measure(&left) == LEFT;
        if !is_first && measure(&left) + measure(&view) > room {
            break;
        }
        left.extend(view);
    }
    (left, right)
}

/// Which of the earlier queries stands in the line, and the keys to others.
fn recalled(app: &App, at: usize) -> Vec<Span<'static>> {
    let hue = |role| app.look.theme.style(role);
    let all = app.prefs.queries.len();
    // The newest is the first that is met.
    let place = match all.saturating_sub(at) {
        0 if all == 0 => "no earlier query".to_owned(),
        0 => "what was typed".to_owned(),
        n => format!("earlier query {n} of {all}"),
    };
    let key = |action| app.key(Scope::Input, action);
    vec![
        made(place, hue(Role::Accent)),
        blank(VIEWS),
        made(key(Action::OlderQuery), hue(Role::Key)),
        word(" older   ", hue(Role::Dim)),
        made(key(Action::NewerQuery), hue(Role::Key)),
        word(" newer", hue(Role::Dim)),
    ]
}

/// The field before the cursor that waits for its value.
fn asked_for(app: &App) -> Option<&'static Field> {
    let input = &app.query.input;
    let name = input.value().get(piece(input.value(), input.cursor()))?;
    let name = name.strip_suffix(':')?;
    let is_it = |field: &&Field| field.names().any(|n| n.eq_ignore_ascii_case(name));
    FIELDS.iter().find(is_it)
}

/// The worst of what is wrong with the query; while it is typed, what is only unfinished is not.
pub fn problem(app: &App) -> Option<&Problem> {
    let typing = matches!(app.input, Some(Input::Query));
    let all = app.query.query.problems().iter();
    let told = all.filter(|problem| !typing || problem.kind != ProblemKind::Incomplete);
    // Of two alike the first.
    told.rev().max_by_key(|problem| problem.kind)
}

/// What the piece before the cursor can become, as many as fit whole, and always the one that stands there now.
fn offers(app: &App, room: usize) -> Vec<Span<'static>> {
    let hue = |role| app.look.theme.style(role);
    let all = &app.query.offers;
    let chosen = app.query.completing.as_ref().map(|(_, at)| *at);
    let offer = |(i, offer): (usize, &Offer)| {
        let is_chosen = chosen == Some(i);
        let role = if is_chosen { Role::Accent } else { Role::Dim };
        let text = Clean::line(offer.value());
        let many = offer.count.map(|n| format!(" {}", count(n as u64)));
        vec![
            span(&app.look.shown(&text), hue(role)),
            made(many.unwrap_or_default(), hue(Role::Dim)),
            blank(OFFERS),
        ]
    };
    let drawn: Vec<Vec<Span<'static>>> = all.iter().enumerate().map(offer).collect();
    let key = app.key(Scope::Input, Action::Complete);
    let mut out = match drawn.is_empty() {
        true => Vec::new(),
        false => vec![made(key, hue(Role::Key)), blank(OFFERS)],
    };
    // Before the first of those that are seen, and behind the last.
    let more = |n: usize| made(format!("+{n}"), hue(Role::Dim));
    let room = room.saturating_sub(measure(&out) + 2 * (OFFERS + 2));
    let cells = |offers: &[Vec<Span<'static>>]| offers.iter().map(|o| measure(o)).sum::<usize>();
    let at = chosen.unwrap_or(0).min(drawn.len().saturating_sub(1));
    let upto = drawn.get(..=at).unwrap_or_default();
    let start = (0..at).find(|from| cells(upto.get(*from..).unwrap_or_default()) <= room);
    let start = start.unwrap_or(at);
    if start > 0 {
        out.extend([more(start), blank(OFFERS)]);
    }
    let mut taken = 0;
    let mut end = start;
    for offer in drawn.into_iter().skip(start) {
        taken += measure(&offer);
        if end > at && taken > room {
            break;
        }
        out.extend(offer);
        end += 1;
    }
    if end < all.len() {
        out.push(more(all.len() - end));
    }
    out
}

/// A view that was saved, with its key.
fn named(app: &App, view: &super::super::views::View) -> Vec<Span<'static>> {
    let hue = |role| app.look.theme.style(role);
    vec![
        made(format!("f {} ", view.slot), hue(Role::Key)),
        span(&Clean::line(&view.name).cut(VIEW), hue(Role::Dim)),
        blank(VIEWS),
    ]
}

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

/// How much is said at the right, the most first.
const LEVELS: [Level; 4] = [Level::Whole, Level::Brief, Level::Sums, Level::Least];

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Whole,
    /// What expires in fewer words.
    Brief,
    /// One number for all that is hidden.
    Sums,
    /// Nothing else beside it.
    Least,
}

/// What stands to the right of the clauses, in the words that there is room for. A counter never loses its key.
fn beside(app: &App, room: usize) -> Vec<Span<'static>> {
    let mut all = LEVELS.into_iter().map(|level| counters(app, level));
    let fitting = all.find(|spans| measure(spans) <= room);
    fitting.unwrap_or_else(|| counters(app, Level::Least))
}

fn counters(app: &App, level: Level) -> Vec<Span<'static>> {
    let hue = |role| app.look.theme.style(role);
    let key = |action| app.key(Scope::List, action);
    let mut right = Vec::new();
    if app.list.above > 0 && app.focus == Pane::List && level < Level::Least {
        right.push(made(
            format!("{} new above ({})   ", app.list.above, key(Action::First)),
            hue(Role::Accent),
        ));
    }
    if !app.list.held.is_empty() && level < Level::Least {
        let moved = format!("{} moved   ", app.list.held.len());
        right.push(made(moved, hue(Role::Accent)));
    }
    let (expiring, kept) = app.list.expiring;
    let is_asked = app.query.query.values_of("expires").is_some();
    if expiring > kept && !is_asked && level < Level::Least {
        let kept = match kept {
            0 => String::new(),
            n => format!(", {n} kept"),
        };
        let what = match level {
            Level::Whole => "of these will be deleted within 9 days",
            _ if expiring == 1 => "expires",
            _ => "expire",
        };
        let text = format!("{expiring} {what}{kept} ({})   ", key(Action::OnlyExpiring));
        right.push(made(text, hue(Role::Warn)));
    }
    let kinds = key(Action::AllKinds);
    let text = if app.list.hidden.is_empty() {
        app.prefs
            .all_kinds
            .then(|| format!("all kinds shown  ({kinds}) "))
    } else if level < Level::Sums {
        let parts = app.list.hidden.iter().map(|(what, n)| several(*n, what));
        let parts: Vec<String> = parts.collect();
        Some(format!("hidden: {}  ({kinds}) ", parts.join(", ")))
    } else {
        let all: usize = app.list.hidden.values().sum();
        Some(format!("{} hidden ({kinds}) ", count(all as u64)))
    };
    right.extend(text.map(|text| made(text, hue(Role::Dim))));
    clip(right, usize::from(app.size.0))
}
