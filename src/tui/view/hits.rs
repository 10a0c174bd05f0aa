//! Lines of conversations with what is searched: one under each session of the list, and all of the selected one where
//! there is room.

use std::collections::BTreeMap;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::super::app::App;
use super::super::columns::GUTTER;
use super::super::update::list::class_of;
use super::header::several;
use super::lines;
use crate::query::Scope;
use crate::render::span::{blank, clip, made, measure, rule, span, spread, word};
use crate::render::theme::Role;
use crate::search::{Hit, meant};
use crate::text::{Clean, count};

/// At most so many cells stand before what was found.
const BEFORE: usize = 20;
/// Cells of who says it.
const WHO: usize = 7;

/// Who says it, or what it is, in a word.
fn who(scope: Scope) -> (&'static str, Role) {
    match scope {
        Scope::User => ("you", Role::User),
        Scope::Assistant => ("agent", Role::Assistant),
        Scope::Thinking => ("think", Role::Dim),
        Scope::System => ("system", Role::Dim),
        Scope::Command => ("cmd", Role::Tool),
        Scope::Wrote => ("wrote", Role::Tool),
        Scope::Read | Scope::Touched => ("read", Role::Tool),
        Scope::Tool | Scope::Input => ("tool", Role::Tool),
        Scope::Output => ("out", Role::Tool),
    }
}

/// The line of a hit around what was found, which is marked.
fn around(app: &App, hit: &Hit, width: usize) -> Vec<Span<'static>> {
    let hue = |role| app.look.theme.style(role);
    let nothing = Clean::default();
    let line = hit.lines.get(hit.line).unwrap_or(&nothing);
    let (from, to) = hit.place;
    let indent = line.as_str().len() - line.as_str().trim_start().len();
    let before = line.piece(indent.min(from)..from).flat();
    let found = line.piece(from..to).flat();
    let after = line.piece(to..line.as_str().len()).flat();
    let most = BEFORE.min(width / 3);
    let mut spans = Vec::new();
    if before.width() > most {
        let mut rest = before.as_str();
        while crate::text::width(rest) > most.saturating_sub(2) {
            let mut letters = rest.chars();
            letters.next();
            rest = letters.as_str();
        }
        spans.push(word("..", hue(Role::Dim)));
        spans.push(span(&Clean::of(rest), hue(Role::Text)));
    } else {
        spans.push(span(&before, hue(Role::Text)));
    }
    let is_mono = app.look.theme.is_mono();
    spans.extend(is_mono.then(|| word("[", hue(Role::Hit))));
    spans.push(span(&found, hue(Role::Hit)));
    spans.extend(is_mono.then(|| word("]", hue(Role::Hit))));
    spans.push(span(&after, hue(Role::Text)));
    clip(spans, width)
}

/// How many hits there are, where it is more than one.
fn many(app: &App, all: usize) -> Vec<Span<'static>> {
    let dim = app.look.theme.style(Role::Dim);
    match all {
        0 | 1 => Vec::new(),
        all => vec![made(format!(" {} hits", count(all as u64)), dim), blank(1)],
    }
}

/// Of an entry that has none itself: in which rows under it they are, and how many where that is known of each.
fn under(app: &App, at: usize) -> (String, usize) {
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    let mut all = Some(0);
    for entry in app.list.under(at) {
        *kinds.entry(class_of(&entry.row)).or_default() += 1;
        let hits = app.search.hits.get(entry.row.id()).map(|(_, n)| *n);
        all = all.zip(hits).map(|(all, n)| all + n);
    }
    let parts = kinds.into_iter().map(|(what, n)| several(n, what));
    let parts: Vec<String> = parts.collect();
    (parts.join(", "), all.unwrap_or(0))
}

/// The first hit of an entry, and how many there are, behind the cell of the cursor.
pub fn snippet(app: &App, at: usize, width: usize) -> Vec<Span<'static>> {
    let hue = |role| app.look.theme.style(role);
    let indent = usize::from(GUTTER) - 1;
    let mut left = vec![blank(indent)];
    if app.is_stand_in(at) {
        let (place, all) = under(app, at);
        left.push(made(format!("in {place} below"), hue(Role::Dim)));
        return spread(left, many(app, all), width);
    }
    let row = app.list.entries.get(at).map(|entry| &entry.row);
    let Some((hits, all)) = row.and_then(|row| app.search.hits.get(row.id())) else {
        return left;
    };
    // Where one lands: what was put in by a program is gone to only if nobody else says it.
    let Some(hit) = meant(hits).and_then(|n| hits.get(n)) else {
        left.push(word("by title, project, branch or id", hue(Role::Dim)));
        return left;
    };
    let right = many(app, *all);
    let (name, role) = who(hit.scope);
    left.push(made(format!("{name:<WHO$}"), hue(role)));
    let room = width.saturating_sub(indent + WHO + measure(&right));
    left.extend(around(app, hit, room));
    spread(left, right, width)
}

/// The hits of the selected session, or of the one that is read for it.
pub fn draw(app: &App, frame: &mut Frame<'_>, area: Rect) {
    let hue = |role| app.look.theme.style(role);
    let Some((hits, all)) = app.to_read().and_then(|row| app.search.hits.get(row.id())) else {
        return;
    };
    let of = match app.is_stand_in(app.list.cursor) {
        true => "first row under the selected one",
        false => "selected session",
    };
    let width = usize::from(area.width);
    let sign = if app.look.ascii { "-" } else { "─" };
    let head = vec![
        blank(usize::from(GUTTER)),
        made(
            format!("{} hits in the {of}", count(*all as u64)),
            hue(Role::Dim),
        ),
    ];
    let mut out = vec![
        Line::from(vec![rule(sign, width, hue(Role::Border))]),
        Line::from(clip(head, width)),
    ];
    for hit in hits.iter().take(usize::from(area.height)) {
        let at = hit.at.map(|at| {
            let at = at.to_zoned(app.look.zone.clone());
            at.strftime("%H:%M").to_string()
        });
        let (name, role) = who(hit.scope);
        let mut spans = vec![
            blank(usize::from(GUTTER)),
            made(format!("{:<6}", at.unwrap_or_default()), hue(Role::Dim)),
            made(format!("{name:<WHO$}"), hue(role)),
        ];
        let right = match hit.count {
            0 | 1 => Vec::new(),
            count => vec![made(format!(" x{count}"), hue(Role::Dim)), blank(1)],
        };
        let room = width.saturating_sub(measure(&spans) + measure(&right));
        spans.extend(around(app, hit, room));
        out.push(Line::from(spread(spans, right, width)));
    }
    lines(frame, area, out);
}
