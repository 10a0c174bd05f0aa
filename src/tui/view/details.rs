//! Everything known about the selected session, in the third pane or over the others.

use ratatui::Frame;
use ratatui::text::Line;

use super::super::app::App;
use super::layout::Panes;
use super::{frame_of, lines};
use crate::model::Row;
use crate::render::span::{blank, clip, made, word};
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
        lines(frame, inside, facts(app, row, usize::from(inside.width)));
    }
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
        let text = Run {
            text: value,
            style: hue(role),
        };
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
    fact("Title", session.title.as_ref().map(|t| t.text.clone()));
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
    fact("Project", row.project());
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
    let spent = session
        .started
        .zip(session.updated)
        .map(|(a, b)| (b.as_second() - a.as_second()).max(0));
    fact("Duration", spent.map(|s| Clean::from(duration(s))));
    fact("", Some(Clean::default()));
    fact("Tokens", row.tokens().map(|n| Clean::from(count(n))));
    if row.tokens().is_some() {
        let u = &row.all.usage;
        for (name, n) in [
            ("  input", u.input),
            ("  output", u.output),
            ("  reasoning", u.reasoning),
            ("  cache w", u.cache_write),
            ("  cache r", u.cache_read),
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
