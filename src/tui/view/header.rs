//! The first lines: title and counters, and the query. What stands under it is in `chips`.

use std::borrow::Cow;

use ratatui::Frame;
use ratatui::text::{Line, Span};

use super::super::app::{App, Ask, Input};
use super::super::keys::{Action, Scope};
use super::super::update::marks;
use super::layout::Panes;
use super::{chips, lines};
use crate::ingest::Watching;
use crate::model::State;
use crate::render::signs;
use crate::render::span::{blank, made, span, spread, word};
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
        // Whoever types needs to see what is made of it; how far reading is stands above.
        let is_typing = matches!(app.input, Some(Input::Query));
        let chips = if app.is_loading() && !is_typing {
            super::states::loading_bar(app, width)
        } else {
            chips::line(app, width)
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
        let sign = signs::of_state(state);
        out.push(word(sign.of(app.look.ascii), hue(sign.role)));
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
    } else if app.is_searching() && app.search.is_stale {
        // The list stands as it was, and what it holds was not found by this query.
        format!("searching {} ", count(list.total as u64))
    } else {
        // Conversations that were not asked yet may be more of them.
        let more = app.is_searching() && app.search.left > 0;
        let so_far = if more || !app.loaded { "so far " } else { "" };
        let found = count(list.matching as u64);
        match list.beyond {
            0 => format!("{found} of {} {so_far}", count(list.total as u64)),
            // They are none of those that are listed without a query.
            n => format!("{found} found, {} usually hidden {so_far}", count(n as u64)),
        }
    };
    let (sign, input) = match &app.input {
        Some(Input::Find(input)) => (" find ".into(), input),
        Some(Input::Line(ask, input)) if app.settings.is_none() => (ask.label(), input),
        _ => (" / ".into(), &app.query.input),
    };
    let sign: Cow<'static, str> = sign;
    let finding = matches!(app.input, Some(Input::Find(_)));
    // What is typed for the settings stands in their dialog.
    let typing = app.input.is_some() && app.settings.is_none();
    // As much of the text as shows its cursor.
    let room = width.saturating_sub(crate::text::width(&sign) + 20).max(8);
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
    let mut left = vec![
        made(sign.to_string(), hue(Role::Key)),
        span(&text, hue(Role::Text)),
    ];
    if text.is_empty() && !typing {
        left.push(word(
            "words, or fields: source:cc cost:>1 date:<2d",
            hue(Role::Dim),
        ));
    }
    if text.is_empty()
        && let Some(Input::Line(Ask::ViewName, _)) = &app.input
    {
        let key = app.key(Scope::Name, Action::Complete);
        let said = app.query.query.describe();
        let said = if said.is_empty() {
            "a name, or a number from 1 to 9".to_owned()
        } else {
            format!("{said}   ({key} edits it, 1-9 is a number)")
        };
        left.push(made(said, hue(Role::Dim)));
    }
    if let Some(Input::Line(Ask::Tags(..), _)) = &app.input
        && text.is_empty()
    {
        let known: Vec<&str> = marks::known(app).into_iter().take(TAGS).collect();
        if !known.is_empty() {
            let known = Clean::line(&format!("known: {}", known.join(" ")));
            left.push(span(&known.cut(room), hue(Role::Dim)));
        }
    }
    if text.is_empty() && finding {
        left.extend(found_last(app));
    }
    let document = app.reader.as_ref().and_then(|r| r.document.as_ref());
    let hits = document.and_then(|document| document.hits());
    let right = match hits.filter(|_| finding) {
        Some((at, of)) => {
            let is_sought = app.reader.as_ref().is_some_and(|reader| reader.is_sought());
            let so_far = if is_sought { " so far" } else { "" };
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
        let cursor = crate::text::width(&sign) + input.visual_cursor().saturating_sub(scroll);
        let x = u16::try_from(cursor)
            .unwrap_or(u16::MAX)
            .min(app.size.0.saturating_sub(1));
        frame.set_cursor_position((x, panes.query.y));
    }
}

/// What was found last, where nothing else is typed yet.
pub fn found_last(app: &App) -> Option<Span<'static>> {
    let last = app.finds.last()?;
    let key = app.key(Scope::Find, Action::Keep);
    let text = Clean::line(last).cut(24);
    let hue = app.look.theme.style(Role::Dim);
    Some(made(format!("{key} finds {text} again"), hue))
}

/// So many tags that are known are offered before anything is typed.
const TAGS: usize = 12;
/// From so many cells on, states are words.
const WORDS: usize = 100;

/// `1 fork`, `2 forks`.
pub fn several(n: usize, what: &str) -> String {
    let one = match what {
        "copies" => "copy",
        _ => what.strip_suffix('s').unwrap_or(what),
    };
    format!("{} {}", count(n as u64), if n == 1 { one } else { what })
}
