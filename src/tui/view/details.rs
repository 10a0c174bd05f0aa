//! Everything known about the selected session, in the third pane or over the others.

use std::ops::Range;

use ratatui::Frame;
use ratatui::layout::Position;
use ratatui::text::Line;

use super::super::app::App;
use super::layout::Panes;
use super::{frame_of, lines};
use crate::model::Row;
use crate::render::document::Document;
use crate::render::signs;
use crate::render::span::{blank, clip, made, span, spread, word};
use crate::render::theme::Role;
use crate::render::wrap::{self, Run};
use crate::sources;
use crate::text::{Clean, age, count, short_count, short_dir};

pub fn draw(app: &App, frame: &mut Frame<'_>, panes: &Panes) {
    let Some(area) = panes.details else { return };
    let title = word(" Details (i) ", app.look.theme.style(Role::Dim));
    frame.render_widget(frame_of(app, false).title(Line::from(vec![title])), area);
    if let Some(row) = app.subject_row() {
        let inside = panes.inside(area);
        let mut text = facts(app, row, usize::from(inside.width));
        let height = usize::from(inside.height);
        if let Some((first, shown)) = outline_rows(app, text.len(), height) {
            text.truncate(first.saturating_sub(2));
            text.push(Line::default());
            text.extend(outline(app, usize::from(inside.width), shown));
        }
        lines(frame, inside, text);
    }
}

/// At least so many turns are shown where there are as many: for them facts at the end give way.
const TURNS: usize = 5;

fn open_document(app: &App) -> Option<&Document> {
    app.reader.as_ref()?.document.as_ref()
}

/// The row of the first turn in the pane, and which turns are shown: those around the one that is read.
fn outline_rows(app: &App, facts: usize, height: usize) -> Option<(usize, Range<usize>)> {
    let document = open_document(app)?;
    let count = document.outline().len();
    if count == 0 {
        return None;
    }
    // A blank line and a heading stand above.
    let least = count.min(TURNS);
    let first = (facts + 2).min(height.checked_sub(least)?);
    let room = height - first;
    let here = document.outline_here().unwrap_or(0);
    let from = (here + 1 + room / 3).min(count).saturating_sub(room);
    Some((first, from..(from + room).min(count)))
}

/// The prompts of the open conversation, each with what came of it cost.
fn outline(app: &App, width: usize, shown: Range<usize>) -> Vec<Line<'static>> {
    let hue = |role| app.look.theme.style(role);
    let Some(document) = open_document(app) else {
        return Vec::new();
    };
    let dim = hue(Role::Dim);
    let count = document.outline().len();
    let more = match shown.len() < count {
        true => format!(" {} of {count}", shown.len()),
        false => String::new(),
    };
    let left = vec![blank(1), word("Outline", dim), made(more, dim)];
    let mut out = vec![Line::from(spread(left, vec![word("cost ", dim)], width))];
    let here = document.outline_here();
    let digits = count.to_string().len();
    let failed = signs::FAILED.of(app.look.ascii);
    let turns = document.outline().iter().enumerate();
    for (i, turn) in turns.skip(shown.start).take(shown.len()) {
        let is_here = here == Some(i);
        let title = hue(if is_here { Role::Bright } else { Role::Text });
        let left = vec![
            word(if is_here { "> " } else { "  " }, hue(Role::Accent)),
            made(format!("{:>digits$} ", i + 1), dim),
            word(
                if turn.failed > 0 { failed } else { "" },
                hue(signs::FAILED.role),
            ),
            span(&document.title(turn), title),
        ];
        let cost = turn.cost.known().map(|_| format!("{} ", turn.cost));
        let right = vec![made(cost.unwrap_or_default(), dim)];
        out.push(Line::from(spread(left, right, width)));
    }
    out
}

/// The number of the prompt that stands at a place of the screen in the outline.
pub fn turn_at(app: &App, panes: &Panes, at: Position) -> Option<u32> {
    let inside = panes.inside(panes.details?);
    if !inside.contains(at) {
        return None;
    }
    let row = app.subject_row()?;
    let facts = facts(app, row, usize::from(inside.width)).len();
    let (first, shown) = outline_rows(app, facts, usize::from(inside.height))?;
    let nth = usize::from(at.y - inside.y).checked_sub(first)?;
    let turn = shown.start + nth;
    let turns = open_document(app)?.outline();
    turns
        .get(turn)
        .filter(|_| turn < shown.end)
        .map(|turn| turn.number)
}

/// Names at the left, values beside them.
pub fn facts(app: &App, row: &Row, width: usize) -> Vec<Line<'static>> {
    let hue = |role| app.look.theme.style(role);
    let session = &row.session;
    let mut out: Vec<Line<'static>> = Vec::new();
    let mut fact = |name: &'static str, value: Option<Clean>| {
        let value = value.unwrap_or_else(|| "-".into());
        let role = if name.starts_with(' ') {
            Role::Dim
        } else {
            Role::Text
        };
        let room = width.saturating_sub(13);
        let gap = 11usize.saturating_sub(name.len());
        let text = Run::new(app.look.shown_title(&value).into_owned(), hue(role));
        // A value that is too long goes on below itself.
        for (row, value) in wrap::words(&[text], room).into_iter().enumerate() {
            let label = if row == 0 { name } else { "" };
            let gap = if row == 0 { gap } else { 11 };
            let mut spans = vec![blank(1), word(label, hue(Role::Dim)), blank(gap + 1)];
            spans.extend(value);
            out.push(Line::from(clip(spans, width)));
        }
    };
    let text = |s: String| Some(Clean::from(s));
    let when = |at: Option<jiff::Timestamp>| {
        at.map(|at| {
            let day = at
                .to_zoned(app.look.zone.clone())
                .strftime("%Y-%m-%d %H:%M")
                .to_string();
            Clean::from(format!("{day} ({})", age(at, app.now)))
        })
    };
    let label = sources::source(session.id.source).map(|s| Clean::from(s.card().label));
    fact(
        "Title",
        session.title.as_ref().map(|t| t.shown().into_owned()),
    );
    fact("Source", label);
    let total: u64 = row.all.usage.total().max(1);
    let mut models: Vec<_> = row.all.named().collect();
    models.sort_by_key(|(_, one)| std::cmp::Reverse(one.usage.total()));
    if models.is_empty() {
        fact("Model", row.model().map(|m| Clean::line(m.short())));
    }
    for (i, (model, one)) in models.iter().enumerate().take(4) {
        let share =
            (u128::from(one.usage.total()) * 100 + u128::from(total) / 2) / u128::from(total);
        let name = if i == 0 { "Model" } else { "" };
        fact(
            name,
            text(if models.len() > 1 {
                format!("{} {share}%", model.short())
            } else {
                model.short().to_owned()
            }),
        );
    }
    fact(
        "Provider",
        row.model()
            .and_then(|m| m.provider.as_deref())
            .map(Clean::line),
    );
    fact("Project", app.list.projects.name(row));
    fact(
        "Path",
        session
            .dir
            .as_deref()
            .map(|d| Clean::line(&short_dir(d, &app.home))),
    );
    fact("Branch", session.branch.clone());
    fact("Id", Some(Clean::line(&session.id.native)));
    fact("Kind", text(session.kind.word().to_owned()));
    if let Some(state) = row.state {
        fact("State", text(state.word().to_owned()));
    }
    if let Some(parent) = &session.parent {
        fact("Parent", Some(Clean::line(parent)));
    }
    if let Some(mark) = row.mark.as_deref() {
        let tags: Vec<&str> = mark.tags.iter().map(|tag| tag.as_str()).collect();
        if !tags.is_empty() {
            fact("Tags", Some(Clean::line(&tags.join(" "))));
        }
        if let Some(note) = &mark.note {
            fact("Note", Some(Clean::line(note.as_str())));
        }
    }
    fact("Created", when(session.started));
    fact("Updated", when(session.updated));
    let spent = session.duration();
    fact(
        "Duration",
        spent.map(|s| Clean::from(duration(s.as_secs()))),
    );
    fact("", Some(Clean::default()));
    fact("Tokens", row.tokens().map(|n| Clean::from(count(n))));
    if row.tokens().is_some() {
        let u = &row.all.usage;
        for (name, n) in [
            (" prompt", u.prompt()),
            ("  input", u.input),
            ("  cache w", u.cache_write),
            ("  cache r", u.cache_read),
            (" completion", u.output),
            ("  reasoning", u.reasoning),
        ] {
            fact(name, text(short_count(n)));
        }
    }
    fact(
        "Cost",
        row.cost()
            .known()
            .map(|_| Clean::from(row.cost().to_string())),
    );
    if row.own != row.all {
        fact(
            "  own",
            text(format!(
                "{}, {} tok",
                row.own.cost.cost(),
                short_count(row.own.usage.total())
            )),
        );
    }
    fact("", Some(Clean::default()));
    fact(
        "Messages",
        text(format!(
            "{} (prompts {})",
            session.messages(),
            session.prompts
        )),
    );
    fact("Tools", text(format!("{}", session.tools)));
    fact("Errors", text(format!("{}", session.errors)));
    // A turn that somebody cut off is no error, and stands among the failures that are listed.
    let open = app.reader.as_ref();
    let open = open.filter(|reader| reader.session.id == session.id);
    let document = open.and_then(|reader| reader.document.as_ref());
    if let Some(cut @ 1..) = document.map(Document::interruptions) {
        fact("Interrupted", text(format!("{cut}")));
    }
    fact("Children", text(format!("{}", row.children)));
    fact(
        "Size",
        session
            .size
            .map(|n| Clean::from(format!("{}B", short_count(n)))),
    );
    fact("Unreadable", text(format!("{}", session.odd)));
    fact(
        "Log",
        Some(Clean::line(&short_dir(&session.unit.path, &app.home))),
    );
    if width < 20 {
        out.push(Line::from(vec![made(String::new(), hue(Role::Dim))]));
    }
    out
}

fn duration(seconds: i64) -> String {
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    if hours > 0 {
        format!("{hours}h {minutes:02}m")
    } else if minutes > 0 {
        format!("{minutes}m {:02}s", seconds % 60)
    } else {
        format!("{seconds}s")
    }
}
