//! The last lines: where we are, what just happened, which keys help.

use ratatui::Frame;
use ratatui::text::Line;

use super::super::app::{App, Pane};
use super::super::keys::{self, Action, Scope};
use super::super::settings::{self, Turns};
use super::super::update::scope;
use super::layout::Panes;
use super::lines;
use crate::ingest::Watching;
use crate::render::span::{blank, clip, made, measure, spread, word};
use crate::render::theme::Role;

pub fn draw(app: &App, frame: &mut Frame<'_>, panes: &Panes) {
    let width = usize::from(app.size.0);
    lines(
        frame,
        panes.status,
        vec![Line::from(status(app, panes, width))],
    );
    if let Some(area) = panes.hint {
        lines(frame, area, vec![Line::from(hints(app, width))]);
    }
}

/// The status line anew, with so many cells at its right for something else.
pub fn beside(app: &App, frame: &mut Frame<'_>, panes: &Panes, taken: u16) {
    let mut area = panes.status;
    frame.render_widget(ratatui::widgets::Clear, area);
    area.width = area.width.saturating_sub(taken);
    let line = Line::from(status(app, panes, usize::from(area.width)));
    lines(frame, area, vec![line]);
}

fn status(app: &App, panes: &Panes, width: usize) -> Vec<ratatui::text::Span<'static>> {
    let hue = |role| app.look.theme.style(role);
    let order = app.order();
    let (at, of) = app.list.place();
    let mode = if app.focus == Pane::Reader {
        " READ "
    } else {
        " LIST "
    };
    // The line of hints has the open prefix, where there is one.
    let mode = match &app.prefix {
        Some(prefix) if panes.hint.is_none() => made(format!(" {prefix:<4} "), hue(Role::Key)),
        _ => word(mode, hue(Role::Accent)),
    };
    let mut left = vec![mode, made(format!("{at}/{of}"), hue(Role::Text))];
    // Where the line is short, the place says more than the name of the pane.
    if measure(&left) > width {
        left.remove(0);
        left.insert(0, blank(1));
    }
    if app.masked {
        left.push(word("   masked", hue(Role::Warn)));
    }
    if !app.list.chosen.is_empty() {
        let mut text = format!("   {} chosen", app.list.chosen.len());
        let out = app.out_of_view();
        if out > 0 {
            text.push_str(&format!(", {out} out of view"));
        }
        left.push(made(text, hue(Role::Accent)));
    }
    // Without a line of clauses it is told here what is wrong with the query. Everything else can wait.
    if panes.chips.is_none()
        && !panes.is_reader_alone()
        && let Some(problem) = super::chips::problem(app)
    {
        let told = |text: String| made(format!("   {text}"), hue(Role::Warn));
        let whole = told(format!("{}: {}", problem.clause, problem.reason));
        let short = told(problem.reason.clone());
        let fits =
            |left: &[_], line: &_| measure(left) + measure(std::slice::from_ref(line)) <= width;
        // The clause is seen above; where it is not enough that it is left out, so is the name of the pane.
        if fits(&left, &whole) {
            left.push(whole);
        } else {
            if !fits(&left, &short) {
                left.remove(0);
                left.insert(0, blank(1));
            }
            left.push(short);
        }
        return clip(left, width);
    }
    let mut right = Vec::new();
    let progress = app.index.progress();
    if let Watching::Polling(why) = &progress.watching {
        right.push(made(format!("polling: {why}   "), hue(Role::Warn)));
    }
    let odd = app.index.odd().len();
    if odd > 0 {
        right.push(made(
            format!(
                "{odd} logs with problems ({})   ",
                app.key(Scope::List, Action::Problems)
            ),
            hue(Role::Warn),
        ));
    }
    if app.search.unknown > 0 {
        let all = app.index.rows().len().max(1);
        let known = all.saturating_sub(app.search.unknown) * 100 / all;
        right.push(made(format!("search covers {known}%   "), hue(Role::Dim)));
    }
    if !app.loaded {
        right.push(word("totals still growing   ", hue(Role::Dim)));
    }
    let on_disk = app.reader.as_ref().map_or(0, |reader| reader.on_disk);
    if on_disk > 0 {
        let text = format!("{} MB of it on disk only   ", on_disk.div_ceil(1 << 20));
        right.push(made(text, hue(Role::Warn)));
    }
    if let Some(bytes) = app.memory.filter(|_| !app.manner.is_still) {
        right.push(made(format!("{} MB   ", bytes >> 20), hue(Role::Dim)));
    }
    let clock = app.now.to_zoned(app.look.zone.clone());
    if !app.manner.is_still {
        right.push(made(clock.strftime("%H:%M").to_string(), hue(Role::Dim)));
    }
    // Half of a thing is none: those at the right give way, and the last has one cell behind it.
    let room = width.saturating_sub(measure(&left) + 2);
    let all = std::mem::take(&mut right).into_iter();
    for part in all.filter(|part| !part.content.is_empty()) {
        let gap = if right.is_empty() { 0 } else { 3 };
        let part = made(part.content.trim_end().to_owned(), part.style);
        if measure(&right) + gap + measure(std::slice::from_ref(&part)) > room {
            break;
        }
        right.extend([blank(gap), part]);
    }
    right.push(blank(1));
    let mut less = vec![format!("   sort: {}", order.key.word())];
    // Where the list has no frame, its sum stands here.
    if !panes.framed && app.list.cost.known().is_some() {
        less.push(format!("   total {}", app.list.cost));
    }
    // What is being said matters more, and half a sum is none.
    for text in less {
        let text = made(text, hue(Role::Dim));
        let cells = measure(&left) + measure(std::slice::from_ref(&text)) + measure(&right);
        if cells < width {
            left.push(text);
        }
    }
    spread(left, right, width)
}

/// The keys that help here, as many as fit whole.
fn hints(app: &App, width: usize) -> Vec<ratatui::text::Span<'static>> {
    let hue = |role| app.look.theme.style(role);
    // What no word of the query needs is no help.
    let forgives = app.manner.keys.key(Scope::NoMatch, Action::Forgive, 0);
    let is_idle = scope(app) == Scope::NoMatch && app.query.query.forgiving().is_none();
    let bound = app.manner.keys.hints(scope(app)).into_iter();
    let bound = bound.filter(|(key, ..)| !(is_idle && Some(*key) == forgives));
    let shown = bound.filter_map(|(key, hint, action)| {
        let hint = action.map_or(Some(hint), |action| here(app, action, hint))?;
        Some((keys::printed(key), hint.to_owned()))
    });
    if let Some(prefix) = &app.prefix {
        let open = vec![
            made(format!(" {prefix} ..."), hue(Role::Key)),
            word("   Esc takes it back", hue(Role::Dim)),
        ];
        return clip(open, width);
    }
    let mut spans = Vec::new();
    for (key, hint) in shown {
        let next = vec![
            blank(if spans.is_empty() { 1 } else { 3 }),
            made(key, hue(Role::Key)),
            blank(1),
            made(hint, hue(Role::Dim)),
        ];
        if measure(&spans) + measure(&next) > width {
            break;
        }
        spans.extend(next);
    }
    clip(spans, width)
}

/// What a key does just now, where that is not always the same; absent where it does nothing.
fn here(app: &App, action: Action, hint: &'static str) -> Option<&'static str> {
    match (scope(app), action) {
        (Scope::Dialog, action) => {
            let dialog = app.dialog.as_ref()?;
            let label = |nth: usize| dialog.buttons.get(nth).map(|button| button.label);
            match action {
                Action::Keep => label(dialog.cursor),
                Action::Yes => label(1),
                Action::Escape => label(0),
                _ => Some(hint),
            }
        }
        (Scope::Palette, Action::Keep) => app.palette.as_ref()?.verb(),
        // Only the help has pages.
        (Scope::Palette, Action::Right) => app.palette.as_ref()?.page().map(|_| hint),
        (Scope::Picker, action) => {
            let picker = app.picker.as_ref()?;
            match action {
                Action::Keep => Some(picker.verb()),
                Action::Mark => picker.tab(),
                _ => Some(hint),
            }
        }
        (Scope::Settings, Action::Mark | Action::Keep | Action::Reset) => {
            let dialog = app.settings.as_ref()?;
            let all = settings::lines(app, dialog);
            let line = all.get(dialog.cursor.min(all.len().saturating_sub(1)))?;
            match action {
                _ if line.turns == Turns::Nothing => None,
                Action::Mark if line.mark.is_none() => None,
                // What has a box is turned by either.
                Action::Keep if line.mark.is_some() => None,
                _ => Some(hint),
            }
        }
        _ => Some(hint),
    }
}
