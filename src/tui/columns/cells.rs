//! What stands in each column. What is not read yet is `..`, what the log does not have is `-`.

use jiff::Timestamp;
use ratatui::text::Span;

use crate::model::{Kind, Row, Stage, State, Usage};
use crate::render::signs;
use crate::render::span::{blank, made, span, word};
use crate::render::theme::Role;
use crate::sources::{self, SOURCES};
use crate::text::{Clean, age, short_count, short_dir};
use crate::tui::app::App;

/// From so many cells on a source has its name, and a time its day, or its day and clock.
const NAME: usize = 11;
const DAY: usize = 10;
const CLOCK: usize = 16;
/// From so many on a share has its link.
const LINK: usize = 16;
/// What a tag begins with that says how a session was judged.
const EVAL: &str = "eval:";

const MINUTE: i64 = 60;
const HOUR: i64 = 3_600;
const DAYS: i64 = 86_400;

fn known(app: &App, row: &Row, text: Option<String>, role: Role) -> Span<'static> {
    let missing = match row.session.stage {
        Stage::Whole => signs::NONE.of(app.look.ascii),
        Stage::Found => signs::NOT_YET.of(app.look.ascii),
    };
    let role = if text.is_some() { role } else { Role::Dim };
    made(
        text.unwrap_or_else(|| missing.to_owned()),
        app.look.theme.style(role),
    )
}

/// Text of a log, or of a person.
fn said(app: &App, row: &Row, text: Option<&str>) -> Span<'static> {
    match text.filter(|text| !text.is_empty()) {
        Some(text) => shown(app, text, Role::Text),
        None => known(app, row, None, Role::Dim),
    }
}

/// What a person gave it, or did not.
fn given(app: &App, text: Option<&str>) -> Span<'static> {
    match text.filter(|text| !text.is_empty()) {
        Some(text) => shown(app, text, Role::Text),
        None => blank(0),
    }
}

fn shown(app: &App, text: &str, role: Role) -> Span<'static> {
    span(
        &app.look.shown(&Clean::line(text)),
        app.look.theme.style(role),
    )
}

fn many(app: &App, row: &Row, n: u32) -> Span<'static> {
    known(app, row, Some(n.to_string()), Role::Text)
}

fn hue(row: &Row) -> Role {
    let at = SOURCES
        .iter()
        .position(|s| s.card().id == row.id().source)
        .unwrap_or(0);
    Role::Source(u8::try_from(at).unwrap_or(0))
}

pub fn source(app: &App, row: &Row, width: usize) -> Span<'static> {
    let card = sources::source(row.id().source).map(|s| s.card());
    let name = card.map_or("", |c| if width < NAME { c.code } else { c.label });
    span(&name.into(), app.look.theme.style(hue(row)))
}

pub(super) fn title_in(app: &App, row: &Row, _: usize) -> Span<'static> {
    title(app, row)
}

pub fn title(app: &App, row: &Row) -> Span<'static> {
    match &row.session.title {
        Some(title) => span(
            &app.look.shown_title(&Clean::line(title.shown().as_str())),
            app.look.theme.style(Role::Bright),
        ),
        None => {
            let id = format!(
                "{} (no title)",
                row.id().native.chars().take(12).collect::<String>()
            );
            made(id, app.look.theme.style(Role::Dim))
        }
    }
}

pub(super) fn project_in(app: &App, row: &Row, _: usize) -> Span<'static> {
    project(app, row)
}

pub fn project(app: &App, row: &Row) -> Span<'static> {
    let none = || signs::NONE.of(app.look.ascii).into();
    let name = app.list.projects.name(row).unwrap_or_else(none);
    span(
        &app.look.shown_title(&name),
        app.look.theme.style(Role::Text),
    )
}

pub(super) fn dir(app: &App, row: &Row, _: usize) -> Span<'static> {
    let dir = row.session.dir.as_deref();
    let dir = dir.map(|dir| short_dir(dir, &app.home));
    said(app, row, dir.as_deref())
}

pub(super) fn branch(app: &App, row: &Row, _: usize) -> Span<'static> {
    said(app, row, row.session.branch.as_ref().map(Clean::as_str))
}

pub(super) fn repo(app: &App, row: &Row, _: usize) -> Span<'static> {
    said(app, row, row.session.repository.as_ref().map(Clean::as_str))
}

pub(super) fn model(app: &App, row: &Row, _: usize) -> Span<'static> {
    said(app, row, row.model().map(|model| model.short()))
}

pub(super) fn provider(app: &App, row: &Row, _: usize) -> Span<'static> {
    said(app, row, row.model().and_then(|m| m.provider.as_deref()))
}

pub(super) fn tags(app: &App, row: &Row, _: usize) -> Span<'static> {
    let tags = row.mark.iter().flat_map(|mark| &mark.tags);
    let tags: Vec<&str> = tags.map(|tag| tag.as_str()).collect();
    given(app, Some(&tags.join(" ")))
}

pub(super) fn eval(app: &App, row: &Row, _: usize) -> Span<'static> {
    let mut tags = row.mark.iter().flat_map(|mark| &mark.tags);
    given(app, tags.find_map(|tag| tag.as_str().strip_prefix(EVAL)))
}

pub(super) fn note(app: &App, row: &Row, _: usize) -> Span<'static> {
    let note = row.mark.as_ref().and_then(|mark| mark.note.as_ref());
    given(app, note.map(Clean::as_str))
}

pub(super) fn starred(app: &App, row: &Row, _: usize) -> Span<'static> {
    let sign = signs::STARRED.of(app.look.ascii);
    match row.is_starred() {
        true => word(sign, app.look.theme.style(Role::Accent)),
        false => blank(0),
    }
}

/// A word for what a session is besides.
pub struct Badge {
    pub word: &'static str,
    pub help: &'static str,
    is_on: fn(&Row) -> bool,
}

const fn badge(word: &'static str, help: &'static str, is_on: fn(&Row) -> bool) -> Badge {
    Badge { word, help, is_on }
}

/// All of them, in the order in which they stand beside each other.
#[rustfmt::skip]
pub static BADGES: &[Badge] = &[
    badge("new", "something was said since your last visit", |row| row.is_unread()),
    badge("hidden", "hidden by hand", |row| row.is_hidden()),
    badge("gone", "its agent deleted it; this is the copy that was kept", |row| row.is_gone),
    badge("archived", "put away in its agent", |row| row.session.flags.archived),
    badge("auto", "started without a person", |row| row.session.flags.automated),
    badge("empty", "nobody asked anything in it", |row| row.session.is_empty()),
];

pub(super) fn state(app: &App, row: &Row, _: usize) -> Span<'static> {
    let badges = BADGES.iter().filter(|badge| (badge.is_on)(row));
    let marked = badges.map(|badge| badge.word);
    // What its agent does now comes first.
    let words: Vec<&str> = row
        .state
        .map(State::word)
        .into_iter()
        .chain(marked)
        .collect();
    given(app, Some(&words.join(" ")))
}

pub(super) fn kind(app: &App, row: &Row, _: usize) -> Span<'static> {
    let word_of = match row.session.kind {
        Kind::Main => "main",
        Kind::SubAgent => "sub",
        Kind::Fork => "fork",
        Kind::Copy => "copy",
    };
    word(word_of, app.look.theme.style(Role::Dim))
}

pub(super) fn shared(app: &App, row: &Row, width: usize) -> Span<'static> {
    let link = row.share.as_ref().map(Clean::as_str);
    given(
        app,
        link.map(|link| if width < LINK { "yes" } else { link }),
    )
}

pub(super) fn id(app: &App, row: &Row, _: usize) -> Span<'static> {
    let id = row.id();
    let short = sources::source(id.source).map(|s| s.short_id(&id.native));
    said(app, row, Some(short.as_deref().unwrap_or(&id.native)))
}

pub(super) fn version(app: &App, row: &Row, _: usize) -> Span<'static> {
    said(app, row, row.session.version.as_ref().map(Clean::as_str))
}

pub(super) fn messages(app: &App, row: &Row, _: usize) -> Span<'static> {
    many(app, row, row.session.messages())
}

pub(super) fn prompts(app: &App, row: &Row, _: usize) -> Span<'static> {
    many(app, row, row.session.prompts)
}

pub(super) fn tools(app: &App, row: &Row, _: usize) -> Span<'static> {
    many(app, row, row.session.tools)
}

pub(super) fn errors(app: &App, row: &Row, _: usize) -> Span<'static> {
    many(app, row, row.session.errors)
}

pub(super) fn children(app: &App, row: &Row, _: usize) -> Span<'static> {
    many(app, row, row.children)
}

pub(super) fn tokens(app: &App, row: &Row, _: usize) -> Span<'static> {
    known(app, row, row.tokens().map(short_count), Role::Text)
}

fn tokens_of(app: &App, row: &Row, of: fn(&Usage) -> u64) -> Span<'static> {
    let counted = row.tokens().map(|_| short_count(of(&row.all.usage)));
    known(app, row, counted, Role::Text)
}

pub(super) fn input(app: &App, row: &Row, _: usize) -> Span<'static> {
    tokens_of(app, row, |usage| usage.input)
}

pub(super) fn output(app: &App, row: &Row, _: usize) -> Span<'static> {
    tokens_of(app, row, |usage| usage.output)
}

pub(super) fn cache(app: &App, row: &Row, _: usize) -> Span<'static> {
    let share = row.cache_share();
    let percent = share.map(|share| format!("{}%", (share + 5) / 10));
    known(app, row, percent, Role::Text)
}

/// Shaded by rank, so that the dear rows are seen before they are read.
pub(super) fn cost(app: &App, row: &Row, _: usize) -> Span<'static> {
    let cost = row.cost();
    let text = cost.known().map(|_| cost.to_string());
    let costs = &app.list.costs;
    let below = cost
        .known()
        .map_or(0, |usd| costs.partition_point(|c| *c < usd.nanos()));
    let rank = (below * 5)
        .checked_div(costs.len().max(1))
        .unwrap_or(0)
        .min(4);
    known(app, row, text, Role::Cost(u8::try_from(rank).unwrap_or(0)))
}

pub(super) fn duration(app: &App, row: &Row, _: usize) -> Span<'static> {
    let spent = row.session.duration();
    let spent = spent.map(|spent| short_time(spent.as_secs()));
    known(app, row, spent, Role::Text)
}

/// `12s`, `34m`, `5h02m`, `3d04h`.
pub(super) fn short_time(seconds: i64) -> String {
    match seconds {
        s if s < MINUTE => format!("{s}s"),
        s if s < HOUR => format!("{}m", s / MINUTE),
        s if s < DAYS => format!("{}h{:02}m", s / HOUR, s % HOUR / MINUTE),
        s => format!("{}d{:02}h", s / DAYS, s % DAYS / HOUR),
    }
}

pub(super) fn size(app: &App, row: &Row, _: usize) -> Span<'static> {
    let size = row.session.size.map(|n| format!("{}B", short_count(n)));
    known(app, row, size, Role::Text)
}

/// The day, or the day and the time, where the column has room for it.
fn dated(app: &App, at: Timestamp, width: usize) -> Option<String> {
    let form = match width {
        CLOCK.. => "%Y-%m-%d %H:%M",
        DAY.. => "%Y-%m-%d",
        _ => return None,
    };
    let at = at.to_zoned(app.look.zone.clone());
    Some(at.strftime(form).to_string())
}

fn when(app: &App, row: &Row, at: Option<Timestamp>, width: usize) -> Span<'static> {
    let text = at.map(|at| dated(app, at, width).unwrap_or_else(|| age(at, app.now)));
    known(app, row, text, Role::Dim)
}

pub(super) fn created(app: &App, row: &Row, width: usize) -> Span<'static> {
    when(app, row, row.session.started, width)
}

pub(super) fn updated_in(app: &App, row: &Row, width: usize) -> Span<'static> {
    when(app, row, row.session.updated, width)
}

/// How long ago something happened in it last.
pub fn updated(app: &App, row: &Row) -> Span<'static> {
    when(app, row, row.session.updated, 0)
}

/// Soon is said louder.
pub(super) fn expires(app: &App, row: &Row, width: usize) -> Span<'static> {
    let Some(at) = row.expires else {
        return word(
            signs::NONE.of(app.look.ascii),
            app.look.theme.style(Role::Dim),
        );
    };
    let left = at.as_second() - app.now.as_second();
    let text = dated(app, at, width).unwrap_or_else(|| match left {
        ..=0 => "now".to_owned(),
        s if s < DAYS => format!("{}h", s / HOUR),
        s => format!("{}d", s / DAYS),
    });
    let role = if left < 7 * DAYS {
        Role::Warn
    } else {
        Role::Dim
    };
    made(text, app.look.theme.style(role))
}
