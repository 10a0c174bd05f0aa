//! The dialog of settings: tabs, the lines of one of them, and what the line under the cursor is for.

use std::ops::Range;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Clear;

use super::super::app::{App, Ask, Input};
use super::super::keys::{Action, Scope};
use super::super::settings::{self, SettingsDialog, Tab};
use super::{frame_of, lines};
use crate::render::signs;
use crate::render::span::{blank, clip, made, measure, span, spread, word};
use crate::render::theme::Role;
use crate::text::Clean;

/// Cells across, at the most.
const WIDTH: u16 = 100;
/// Lines that are left to the screen above and below it.
const ABOVE: u16 = 3;
const BELOW: u16 = 2;
/// Lines of it above and below those of the tab: frame, tabs and head; help and frame.
const HEAD: u16 = 4;
const FOOT: u16 = 2;

/// What stands at a place of the screen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Hit {
    Tab(Tab),
    /// A line, and whether it was hit on its box.
    Line(usize, bool),
    Inside,
    Outside,
}

/// Where it lies: as tall as its screen, so that it does not jump from tab to tab.
fn place(app: &App) -> Rect {
    let (width, height) = app.size;
    // A cell of air beside the frames below it, where there are any.
    let wide = WIDTH.min(width.saturating_sub(4));
    let above = ABOVE.min(height.saturating_sub(HEAD + FOOT + 1) / 2);
    Rect {
        x: width.saturating_sub(wide) / 2,
        y: above,
        width: wide,
        height: height.saturating_sub(above + BELOW.min(above)),
    }
}

/// Lines of the tab that are seen, and the first of them.
fn seen(place: Rect, dialog: &SettingsDialog, all: usize) -> Range<usize> {
    let most = usize::from(place.height.saturating_sub(HEAD + FOOT)).max(1);
    let cursor = dialog.cursor.min(all.saturating_sub(1));
    let from = (cursor + 1 + most / 4).min(all).saturating_sub(most);
    from..(from + most).min(all)
}

/// The names of the tabs with the cells that each takes, the open one in brackets.
fn tabs(dialog: &SettingsDialog) -> Vec<(Tab, String, Range<usize>)> {
    let mut at = 1;
    let name = |tab: Tab| {
        let text = match tab == dialog.tab {
            true => format!("[ {} ]", tab.word()),
            false => format!("  {}  ", tab.word()),
        };
        let cells = at..at + text.len();
        at = cells.end;
        (tab, text, cells)
    };
    Tab::ALL.into_iter().map(name).collect()
}

/// What a click at a place of the screen is on.
pub fn at(app: &App, dialog: &SettingsDialog, x: u16, y: u16) -> Hit {
    let place = place(app);
    if !place.contains((x, y).into()) {
        return Hit::Outside;
    }
    let column = usize::from(x.saturating_sub(place.x + 1));
    if y == place.y + 1 {
        let mut tabs = tabs(dialog).into_iter();
        let hit = tabs.find(|(_, _, cells)| cells.contains(&column));
        return hit.map_or(Hit::Inside, |(tab, ..)| Hit::Tab(tab));
    }
    let all = settings::lines(app, dialog).len();
    let row = y.checked_sub(place.y + HEAD).map(usize::from);
    let mut seen = seen(place, dialog, all);
    match row.and_then(|row| seen.nth(row)) {
        Some(line) => Hit::Line(line, (3..6).contains(&column)),
        None => Hit::Inside,
    }
}

pub fn draw(app: &App, frame: &mut Frame<'_>) -> Option<Rect> {
    let dialog = app.settings.as_ref()?;
    let hue = |role| app.look.theme.style(role);
    let place = place(app);
    frame.render_widget(Clear, place);
    super::overlay::whole_to_the_left(frame, place);
    let title = vec![word(" Settings ", hue(Role::Accent))];
    let foot = foot(app, dialog, usize::from(place.width.saturating_sub(2)));
    let block = frame_of(app, true)
        .title(Line::from(title))
        .title_bottom(Line::from(foot));
    frame.render_widget(block, place);
    let inside = Rect {
        x: place.x + 1,
        y: place.y + 1,
        width: place.width.saturating_sub(2),
        height: place.height.saturating_sub(2),
    };
    let width = usize::from(inside.width);
    let name = |(tab, text, _): (Tab, String, Range<usize>)| {
        let role = if tab == dialog.tab {
            Role::Accent
        } else {
            Role::Dim
        };
        made(text, hue(role))
    };
    let mut names = vec![blank(1)];
    names.extend(tabs(dialog).into_iter().map(name));
    let head = vec![blank(3), span(&settings::head(app, dialog), hue(Role::Dim))];
    let mut out = vec![
        Line::from(clip(names, width)),
        Line::from(clip(head, width)),
        Line::default(),
    ];
    let all = settings::lines(app, dialog);
    let shown = seen(place, dialog, all.len());
    let cursor = dialog.cursor.min(all.len().saturating_sub(1));
    let boxed = all.iter().any(|line| line.mark.is_some());
    for (i, line) in all.iter().enumerate().skip(shown.start).take(shown.len()) {
        out.push(Line::from(drawn(app, line, (i == cursor, boxed), width)));
    }
    if all.is_empty() {
        let none = vec![blank(3), word("nothing is known of these", hue(Role::Dim))];
        out.push(Line::from(none));
    }
    lines(frame, inside, out);
    let last = Rect {
        y: inside.bottom().saturating_sub(1),
        height: 1.min(inside.height),
        ..inside
    };
    match typed(app) {
        Some((label, input)) => ask(app, frame, last, &label, input),
        None => {
            let help = all.get(cursor).map(|line| line.help.clone());
            let help = help.unwrap_or_default();
            let help = vec![blank(3), span(&app.look.shown(&help), hue(Role::Dim))];
            lines(frame, last, vec![Line::from(clip(help, width))]);
        }
    }
    Some(place)
}

/// The line that is typed for the dialog.
fn typed(app: &App) -> Option<(String, &tui_input::Input)> {
    match &app.input {
        Some(Input::Line(Ask::Setting(name), input)) => Some(((*name).to_owned(), input)),
        Some(Input::Line(Ask::Keys(name), input)) => Some((format!("keys of {name}"), input)),
        _ => None,
    }
}

fn ask(app: &App, frame: &mut Frame<'_>, area: Rect, label: &str, input: &tui_input::Input) {
    let hue = |role| app.look.theme.style(role);
    let label = made(format!("   {label}: "), hue(Role::Key));
    let used = measure(std::slice::from_ref(&label));
    let room = usize::from(area.width).saturating_sub(used + 2).max(4);
    let scroll = input.visual_scroll(room);
    let text = Clean::line(input.value());
    let from = text.as_str().char_indices().nth(scroll);
    let from = from.map_or(text.as_str().len(), |(at, _)| at);
    let text = text.piece(from..text.as_str().len());
    let line = clip(
        vec![label, span(&text, hue(Role::Text))],
        usize::from(area.width),
    );
    lines(frame, area, vec![Line::from(line)]);
    let cursor = used + input.visual_cursor().saturating_sub(scroll);
    let x = u16::try_from(cursor).unwrap_or(u16::MAX);
    let x = area.x.saturating_add(x);
    frame.set_cursor_position((x.min(area.right().saturating_sub(1)), area.y));
}

/// A line, whether the cursor is on it, and whether others of its tab have a box.
fn drawn(
    app: &App,
    line: &settings::Line,
    (here, boxed): (bool, bool),
    width: usize,
) -> Vec<Span<'static>> {
    let hue = |role| app.look.theme.style(role);
    let sign = if here { " > " } else { "   " };
    let mark = match line.mark {
        Some(true) => format!("[{}] ", signs::CHOSEN.of(app.look.ascii)),
        Some(false) => "[ ] ".to_owned(),
        None if boxed => "    ".to_owned(),
        None => String::new(),
    };
    let role = match (line.mark, here) {
        (_, true) => Role::Bright,
        (Some(false), false) => Role::Dim,
        _ => Role::Text,
    };
    let left = vec![
        word(sign, hue(Role::Accent)),
        made(mark, hue(Role::Key)),
        span(&app.look.shown(&line.label), hue(role)),
    ];
    let right = match line.note.is_empty() {
        true => vec![blank(1)],
        false => vec![
            blank(1),
            span(&app.look.shown(&line.note), hue(Role::Dim)),
            blank(1),
        ],
    };
    spread(left, right, width)
}

/// The keys that do something in this tab.
fn foot(app: &App, dialog: &SettingsDialog, width: usize) -> Vec<Span<'static>> {
    let hue = |role| app.look.theme.style(role);
    let own: &[(&[Action], &str)] = match dialog.tab {
        Tab::Columns => &[
            (&[Action::Mark], "show"),
            (&[Action::Later, Action::Earlier], "move"),
            (&[Action::Narrower, Action::Wider], "width"),
            (&[Action::OtherList], "lists"),
            (&[Action::Reset], "reset"),
        ],
        Tab::Sources => &[(&[Action::Mark], "on or off"), (&[Action::Reset], "reset")],
        Tab::Prices => &[],
        Tab::Keys => &[(&[Action::Keep], "other keys"), (&[Action::Reset], "reset")],
        Tab::Theme => &[(&[Action::Keep], "keep"), (&[Action::Reset], "reset")],
        Tab::Others => &[(&[Action::Keep], "change"), (&[Action::Reset], "reset")],
    };
    let always: &[(&[Action], &str)] = &[(&[Action::Right], "tab"), (&[Action::Back], "close")];
    let mut out = vec![blank(1)];
    for (actions, what) in own.iter().chain(always) {
        let keys = actions.iter().map(|a| app.key(Scope::Settings, *a));
        let keys = keys.collect::<Vec<_>>().join(" ");
        let next = vec![
            made(keys, hue(Role::Key)),
            blank(1),
            word(what, hue(Role::Dim)),
            blank(2),
        ];
        if measure(&out) + measure(&next) > width {
            break;
        }
        out.extend(next);
    }
    out
}
