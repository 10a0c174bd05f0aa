//! What stands in the list when there is nothing to list: first load, no match.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;

use super::super::app::App;
use super::super::keys::{Action, Scope};
use super::super::listing;
use super::header::several;
use super::lines;
use crate::ingest::SourceState;
use crate::render::span::{blank, clip, made, rule, span, word};
use crate::render::theme::Role;
use crate::sources;
use crate::text::{Clean, count, short_dir, width as cells};

/// An empty list says why, and the one key that helps.
pub fn empty_list(app: &App, width: usize) -> Vec<Line<'static>> {
    let hue = |role| app.look.theme.style(role);
    if !app.loaded && app.query.query.is_empty() {
        let lines = loading(app).into_iter();
        return lines
            .map(|line| Line::from(clip(line.spans, width)))
            .collect();
    }
    let query = &app.query.query;
    let said = match (app.is_seeking(), app.loaded) {
        (true, true) => "   nothing found yet: looking",
        (true, false) => "   nothing found yet: logs are still read",
        (false, false) => "   no session matches yet: logs are still read",
        (false, true) if query.is_empty() => "   nothing to list",
        (false, true) => "   no session matches",
    };
    let mut out = vec![
        Line::default(),
        Line::from(vec![word(said, hue(Role::Text))]),
    ];
    if !app.list.hidden.is_empty() {
        let key = app.key(Scope::NoMatch, Action::AllKinds);
        let parts = app.list.hidden.iter().map(|(what, n)| several(*n, what));
        let mut text = "hidden:".to_owned();
        for (i, part) in parts.enumerate() {
            let comma = if i == 0 { "" } else { "," };
            // What does not fit goes on below.
            if cells(&text) + cells(&part) + 2 > width.saturating_sub(4) {
                let line = std::mem::take(&mut text) + comma;
                out.push(Line::from(vec![blank(3), made(line, hue(Role::Dim))]));
                text.push_str("       ");
            } else {
                text.push_str(comma);
            }
            text = format!("{text} {part}");
        }
        let mut line = vec![blank(3), made(text.clone(), hue(Role::Dim))];
        if cells(&text) + cells(&key) + 17 > width {
            out.push(Line::from(std::mem::take(&mut line)));
        }
        line.extend([
            blank(3),
            made(key, hue(Role::Key)),
            word(" shows them", hue(Role::Dim)),
        ]);
        out.push(Line::from(line));
    }
    let families = listing::families(app);
    for (i, (clause, without)) in query.without_each(&app.context).iter().enumerate() {
        // Whoever searches conversations counts them too.
        let searched = || app.search.without.as_ref()?.get(i).copied();
        let n = listing::shown_now(app, &families, without).or_else(searched);
        let n = n.map_or_else(|| "..".to_owned(), |n| count(n as u64));
        out.push(Line::from(vec![
            blank(3),
            made(
                app.nth_key(Scope::NoMatch, Action::DropClause, i),
                hue(Role::Key),
            ),
            word("  without ", hue(Role::Dim)),
            made(clause.text.clone(), hue(Role::Accent)),
            made(format!("  {n}"), hue(Role::Text)),
        ]));
    }
    out.push(Line::default());
    let mut line = vec![blank(3)];
    if !query.is_empty() {
        line.extend([
            made(app.key(Scope::NoMatch, Action::ClearQuery), hue(Role::Key)),
            word(" clears the query   ", hue(Role::Dim)),
        ]);
    }
    line.extend([
        made(app.key(Scope::NoMatch, Action::Undo), hue(Role::Key)),
        word(" undoes", hue(Role::Dim)),
    ]);
    out.push(Line::from(line));
    if query.forgiving().is_some() {
        out.push(Line::from(vec![
            blank(3),
            made(app.key(Scope::NoMatch, Action::Forgive), hue(Role::Key)),
            word(" forgives slips in words", hue(Role::Dim)),
        ]));
    }
    if let Some(asked) = query.in_output() {
        out.push(Line::from(vec![
            blank(3),
            span(&Clean::line(&asked), hue(Role::Accent)),
            word(" looks in what tools answered", hue(Role::Dim)),
        ]));
    }
    if app.input.is_some() {
        out.push(Line::from(vec![
            blank(3),
            made(app.key(Scope::Input, Action::Keep), hue(Role::Key)),
            word(" ends typing: then these keys work", hue(Role::Dim)),
        ]));
    }
    out
}

/// Before the first rows: how far each source is.
fn loading(app: &App) -> Vec<Line<'static>> {
    let mut out = vec![Line::default()];
    out.extend(loading_rows(app));
    if out.len() == 1 {
        out.push(Line::from(vec![word(
            "   looking for sessions ...",
            app.look.theme.style(Role::Dim),
        )]));
    }
    out
}

/// Lines of the panel of the first load without its head: one for each source that is here, one for the others.
pub fn loading_height(app: &App) -> u16 {
    let sources = &app.index.progress().sources;
    let here = sources.iter().filter(|s| s.state != SourceState::NotThere);
    let here = here.count();
    u16::try_from(here + usize::from(here < sources.len())).unwrap_or(u16::MAX)
}

/// A line for each source that is here: how far its logs are read. The others are named in one line; where they were
/// looked for is told where nothing is found, and by `backscroll doctor`.
fn loading_rows(app: &App) -> Vec<Line<'static>> {
    let hue = |role| app.look.theme.style(role);
    let row = |source: &crate::ingest::SourceProgress| {
        let label = sources::source(source.source).map_or("", |s| s.card().label);
        let percent = (source.read * 100).checked_div(source.found).unwrap_or(0);
        let (state, counts) = match source.state {
            SourceState::Reading => (
                format!("{percent}%"),
                format!(
                    "{} of {} logs",
                    count(source.read as u64),
                    count(source.found as u64)
                ),
            ),
            SourceState::Done => (
                "done".into(),
                format!("{} logs", count(source.found as u64)),
            ),
            state => {
                let looked = source.looked.first();
                let place = looked.map_or(String::new(), |(path, _, _)| {
                    format!("(looked in {})", short_dir(path, &app.home))
                });
                (state.word().to_owned(), place)
            }
        };
        let odd = app
            .index
            .odd()
            .filter(|odd| odd.unit.source == source.source);
        let odd = match odd.count() {
            0 => String::new(),
            n => format!(
                "   {n} with problems ({})",
                app.key(Scope::List, Action::Problems)
            ),
        };
        Line::from(vec![
            made(format!("   {label:<14} "), hue(Role::Text)),
            made(format!("{state:<10} "), hue(Role::Accent)),
            made(counts, hue(Role::Dim)),
            made(odd, hue(Role::Warn)),
        ])
    };
    let sources = &app.index.progress().sources;
    let is_here = |source: &&crate::ingest::SourceProgress| source.state != SourceState::NotThere;
    let mut out: Vec<Line<'static>> = sources.iter().filter(is_here).map(row).collect();
    let others = sources.iter().filter(|source| !is_here(source));
    let others = others.filter_map(|source| Some(sources::source(source.source)?.card().label));
    let others: Vec<&str> = others.collect();
    if !others.is_empty() {
        out.push(Line::from(vec![
            word("   not there      ", hue(Role::Dim)),
            made(others.join(", "), hue(Role::Dim)),
        ]));
    }
    out
}

/// Under the list while the first load runs; everything above works.
pub fn loading_panel(app: &App, frame: &mut Frame<'_>, area: Rect) {
    let hue = |role| app.look.theme.style(role);
    let sign = if app.look.ascii { "-" } else { "─" };
    let title = " loading ";
    let hint = format!(
        " {} hides this ",
        app.key(Scope::List, Action::TogglePreview)
    );
    let width = usize::from(area.width).saturating_sub(2 + cells(title) + cells(&hint));
    let mut out = vec![Line::from(vec![
        rule(sign, 2, hue(Role::Border)),
        word(title, hue(Role::Accent)),
        rule(sign, width, hue(Role::Border)),
        made(hint, hue(Role::Dim)),
    ])];
    let across = usize::from(area.width);
    let rows = loading_rows(app).into_iter();
    out.extend(rows.map(|line| Line::from(clip(line.spans, across))));
    lines(frame, area, out);
}

/// How far all of it is, as a bar.
pub fn loading_bar(app: &App, width: usize) -> Vec<ratatui::text::Span<'static>> {
    let hue = |role| app.look.theme.style(role);
    let (read, found) = app.index.progress().totals();
    let room = (width / 2).clamp(10, 40);
    let full = (read * room).checked_div(found).unwrap_or(0).min(room);
    let (done, rest) = if app.look.ascii {
        ("#", ".")
    } else {
        ("━", "─")
    };
    let counts = format!("  {} of {} logs", count(read as u64), count(found as u64));
    let spans = vec![
        blank(1),
        made(done.repeat(full), hue(Role::Accent)),
        made(rest.repeat(room - full), hue(Role::Border)),
        made(counts, hue(Role::Text)),
        word("   newest first", hue(Role::Dim)),
    ];
    clip(spans, width)
}
