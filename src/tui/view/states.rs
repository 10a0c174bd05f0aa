//! Screens for when there is nothing to list: first run, first load, no match.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;

use super::super::app::App;
use super::lines;
use crate::ingest::SourceState;
use crate::render::span::{blank, clip, made, rule, spread, word};
use crate::render::theme::Role;
use crate::sources;
use crate::text::{short_dir, width as cells};

fn state_word(state: SourceState) -> &'static str {
    match state {
        SourceState::Waiting => "waiting",
        SourceState::NotThere => "not there",
        SourceState::Empty => "there, but empty",
        SourceState::NoPermission => "no permission to read",
        SourceState::Reading => "reading",
        SourceState::Done => "read",
    }
}

/// Nothing found anywhere: where we looked, and what can be done.
pub fn first_run(app: &App, frame: &mut Frame<'_>, area: Rect) {
    let hue = |role| app.look.theme.style(role);
    let width = usize::from(area.width);
    let sign = if app.look.ascii { "-" } else { "─" };
    let mut out = vec![
        Line::from(spread(
            vec![word(" backscroll", hue(Role::Bright))],
            vec![word("no sessions found ", hue(Role::Dim))],
            width,
        )),
        Line::from(vec![rule(sign, width, hue(Role::Border))]),
        Line::default(),
        Line::from(vec![word(
            "   I looked for coding agents on this computer and found no sessions yet.",
            hue(Role::Text),
        )]),
        Line::default(),
    ];
    let row = |a: String, b: String, c: &'static str, role| {
        let gap = |text: &str, to: usize| blank(to.saturating_sub(cells(text)).max(1));
        let spans = vec![
            blank(5),
            made(a.clone(), hue(role)),
            gap(&a, 15),
            made(b.clone(), hue(Role::Dim)),
            gap(&b, 34),
            word(c, hue(role)),
        ];
        Line::from(clip(spans, width))
    };
    out.push(row("Agent".into(), "Looked in".into(), "Result", Role::Dim));
    for source in &app.index.progress().sources {
        let label = sources::source(source.source).map_or("", |s| s.card().label);
        for (path, _, state) in &source.looked {
            out.push(row(
                label.to_owned(),
                short_dir(path, &app.home),
                state_word(*state),
                Role::Text,
            ));
        }
    }
    out.push(Line::default());
    out.push(Line::from(vec![word(
        "   What you can do",
        hue(Role::Text),
    )]));
    let mut key = |key: &'static str, text: &'static str| {
        out.push(Line::from(clip(
            vec![
                blank(5),
                word(key, hue(Role::Key)),
                blank(3),
                word(text, hue(Role::Text)),
            ],
            width,
        )));
    };
    key(
        "r",
        "look again (I also keep watching: new sessions appear by themselves)",
    );
    key("d", "open with sample data, to look around");
    key("?", "help");
    key("q", "quit");
    out.push(Line::default());
    out.push(Line::from(clip(
        vec![word(
            "   In a shell:  backscroll doctor    shows the same with every path and reason",
            hue(Role::Dim),
        )],
        width,
    )));
    lines(frame, area, out);
}

/// An empty list says why, and the one key that helps.
pub fn empty_list(app: &App) -> Vec<Line<'static>> {
    let hue = |role| app.look.theme.style(role);
    if !app.index.progress().done && app.query.query.is_empty() {
        return loading(app);
    }
    let mut out = vec![
        Line::default(),
        Line::from(vec![word("   no session matches", hue(Role::Text))]),
    ];
    let query = &app.query.query;
    for (i, clause) in query.clauses().iter().enumerate().take(6) {
        let without = crate::query::Query::parse(&query.without(i), &app.context);
        let n = app.index.rows().filter(|row| without.matches(row)).count();
        out.push(Line::from(vec![
            blank(3),
            word("without ", hue(Role::Dim)),
            made(clause.text.clone(), hue(Role::Accent)),
            made(format!("  {n}"), hue(Role::Text)),
        ]));
    }
    out.push(Line::default());
    out.push(Line::from(vec![
        blank(3),
        word("X", hue(Role::Key)),
        word(" clears the query   ", hue(Role::Dim)),
        word("u", hue(Role::Key)),
        word(" undoes", hue(Role::Dim)),
    ]));
    out
}

/// Before the first rows: how far each source is.
fn loading(app: &App) -> Vec<Line<'static>> {
    let hue = |role| app.look.theme.style(role);
    let mut out = vec![Line::default()];
    for source in &app.index.progress().sources {
        let label = sources::source(source.source).map_or("", |s| s.card().label);
        let text = format!(
            "{label:<14} {:<12} {} of {} logs",
            state_word(source.state),
            source.read,
            source.found
        );
        out.push(Line::from(vec![blank(3), made(text, hue(Role::Dim))]));
    }
    if out.len() == 1 {
        out.push(Line::from(vec![word(
            "   looking for sessions ...",
            hue(Role::Dim),
        )]));
    }
    out
}
