//! Messages in, app and wishes out, at a clock that the tests move.

mod ahead;
mod asking;
mod columns;
mod counting;
mod doing;
mod failing;
mod filtering;
mod finding;
mod found;
mod helping;
mod kin;
mod leaving;
mod living;
mod manner;
mod mouse;
mod nearby;
mod reading;
mod settings;
mod sharing;
mod showing;
mod visits;

use std::path::Path;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp, tz::TimeZone};

use super::super::app::{OverlayKind, Pane};
use super::super::late::QUIET;
use super::super::msg::What;
use super::super::prefs::Prefs;
use super::*;
use crate::ingest::{Delta, Progress, Retired, SourceProgress, SourceState, Told};
use crate::model::{
    Conversation, Flags, Kind, Message, Part, Role, Session, SessionId, SourceId, Spends, Stage,
    Title, TitleRank, Unit,
};
use crate::query::Context;
use crate::render::document::Look;
use crate::render::theme::{Theme, ThemeKind};

const SOURCE: SourceId = SourceId("test");

fn start() -> Timestamp {
    "2026-11-20T12:00:00Z".parse().unwrap()
}

fn unit(id: &str) -> Arc<Unit> {
    Arc::new(Unit {
        source: SOURCE,
        root: Path::new("/logs").into(),
        path: Path::new("/logs").join(id).into(),
        rank: 0,
        form: 0,
    })
}

/// A session last active so many minutes before the start.
fn session(id: &str, minutes_ago: i64) -> Session {
    Session {
        id: SessionId::new(SOURCE, id),
        parent: None,
        kind: Kind::Main,
        call: None,
        title: Some(Title {
            rank: TitleRank::User,
            text: Clean::line(id),
        }),
        dir: None,
        branch: None,
        repository: None,
        share: None,
        started: None,
        updated: Some(start() - SignedDuration::from_mins(minutes_ago)),
        prompts: 1,
        turns: Arc::from([]),
        replies: 1,
        tools: 0,
        errors: 0,
        unit: unit(id),
        changed: None,
        size: None,
        odd: 0,
        state: 0,
        stage: Stage::Whole,
        flags: Flags::default(),
        model: None,
        version: None,
    }
}

fn told(sessions: impl IntoIterator<Item = Session>) -> Delta {
    let told = sessions.into_iter().map(|session| Told {
        session: Arc::new(session),
        spends: Spends::default(),
        leaves: [].into(),
    });
    Delta {
        told: told.collect(),
        ..Delta::default()
    }
}

fn progress(read: usize, found: usize) -> Progress {
    Progress {
        sources: vec![SourceProgress {
            source: SOURCE,
            state: SourceState::Reading,
            found,
            read,
            looked: Vec::new(),
        }],
        done: read == found,
        ..Progress::default()
    }
}

/// An app with sessions `a` to `z`, `a` the newest, all read.
fn app() -> App {
    let now = start();
    let context = Context {
        now,
        zone: TimeZone::UTC,
        home: "/home/ada".into(),
        sources: Vec::new(),
    };
    let look = Look {
        theme: Theme::built_in(ThemeKind::Mono),
        ascii: true,
        zone: TimeZone::UTC,
        mask: None,
    };
    let mut app = App::new(context, look, Prefs::default(), (100, 30));
    let sessions = ('a'..='z')
        .zip(0..)
        .map(|(c, n)| session(&c.to_string(), n));
    let mut delta = told(sessions);
    delta.progress = Some(progress(26, 26));
    update(&mut app, Msg::Delta(delta));
    app
}

/// Draws what there is, and waits until it listens.
fn look(app: &mut App) {
    if app.late == Late::Unseen {
        let (now, elapsed) = (app.now, app.elapsed);
        update(app, Msg::Drawn(elapsed));
        update(app, Msg::Tick(now, elapsed + QUIET));
    }
}

/// Keys of somebody who looks before every one of them at what opened by itself.
fn press(app: &mut App, keys: &str) -> Effects {
    look(app);
    let mut effects = Effects::new();
    for key in keys.split(' ') {
        effects.extend(update(app, Msg::Key(keys::event(key).unwrap())));
    }
    answer(app, &effects);
    effects
}

/// Sessions in which nothing was said but their titles.
fn answer(app: &mut App, effects: &Effects) {
    for effect in effects {
        if let Effect::Search(ticket, query, _, rows) = effect {
            let found = rows.iter().map(|row| (row.clone(), query.rank(row)));
            update(app, Msg::Found(*ticket, found.collect(), 0));
        }
    }
}

fn type_text(app: &mut App, text: &str) {
    for c in text.chars() {
        match c {
            ' ' => press(app, "space"),
            c => press(app, &c.to_string()),
        };
    }
}

/// Titles from the top of the list, the cursor's in brackets.
fn shown(app: &App) -> String {
    let rows = app.list.entries.iter().enumerate().map(|(i, entry)| {
        let title = entry.row.session.title.as_ref().unwrap().text.as_str();
        if i == app.list.cursor {
            format!("[{title}]")
        } else {
            title.to_owned()
        }
    });
    rows.collect()
}

fn later(app: &mut App, seconds: i64) {
    let now = app.now + SignedDuration::from_secs(seconds);
    let elapsed = app.elapsed + Duration::from_secs(seconds.unsigned_abs());
    update(app, Msg::Tick(now, elapsed));
}

#[test]
fn the_cursor_stays_on_its_session_when_others_come_and_go() {
    let mut app = app();
    press(&mut app, "j j j j j j j j j j");
    later(&mut app, 10);
    assert!(shown(&app).starts_with("abcdefghij[k]l"));
    let top = app.list.top;
    update(&mut app, Msg::Delta(told([session("new", -1)])));
    assert!(shown(&app).starts_with("newabcdefghij[k]l"));
    assert_eq!(
        (app.list.top, app.list.above),
        (top + 1, 1),
        "announced, not forced"
    );
    let mut gone = Delta::default();
    gone.retired.push(Retired::Unit(unit("b")));
    update(&mut app, Msg::Delta(gone));
    assert!(shown(&app).starts_with("newacdefghij[k]l"));
    press(&mut app, "g g");
    assert_eq!((app.list.cursor, app.list.above), (0, 0));
}

#[test]
fn whoever_did_not_move_sees_what_comes_and_reads_on() {
    let mut app = app();
    update(&mut app, Msg::Delta(told([session("new", -1)])));
    assert!(shown(&app).starts_with("new[a]b"), "{}", shown(&app));
    assert_eq!((app.list.top, app.list.above), (0, 0));
}

#[test]
fn rows_near_the_cursor_wait_until_the_keys_rest() {
    let mut app = app();
    press(&mut app, "j j j j j");
    update(&mut app, Msg::Delta(told([session("g", -1)])));
    assert!(shown(&app).starts_with("abcde[f]gh"), "{}", shown(&app));
    assert_eq!(app.list.held.len(), 1, "and that is said");
    // One that is far from the cursor moves at once.
    update(&mut app, Msg::Delta(told([session("t", -2)])));
    assert!(shown(&app).starts_with("tabcde[f]gh"), "{}", shown(&app));
    later(&mut app, 1);
    assert!(shown(&app).starts_with("tabcde[f]gh"));
    later(&mut app, 2);
    assert!(shown(&app).starts_with("tgabcde[f]h"), "{}", shown(&app));
    assert!(app.list.held.is_empty());
}

/// Several that stood behind each other stay so, also where the first of them is now elsewhere.
#[test]
fn rows_that_wait_keep_their_order() {
    let mut app = app();
    press(&mut app, "j j j j j");
    let news = [session("h", -3), session("f", -2), session("e", -1)];
    update(&mut app, Msg::Delta(told(news)));
    assert!(shown(&app).starts_with("abcde[f]ghi"), "{}", shown(&app));
    let mut gone = Delta::default();
    gone.retired.push(Retired::Unit(unit("d")));
    update(&mut app, Msg::Delta(gone));
    assert!(shown(&app).starts_with("abce[f]ghi"), "{}", shown(&app));
    later(&mut app, 3);
    assert!(shown(&app).starts_with("h[f]eabcg"), "{}", shown(&app));
}

#[test]
fn sorting_flips_and_is_remembered() {
    let mut app = app();
    let effects = press(&mut app, "s n");
    assert!(matches!(&effects[..], [.., Effect::Remember(prefs)] if prefs.sort == "title"));
    assert!(
        shown(&app).starts_with("[a]bc"),
        "text from its first letter"
    );
    press(&mut app, "s n");
    assert!(
        shown(&app).starts_with("[z]yx"),
        "the same key turns it round"
    );
    press(&mut app, "s s");
    assert!(shown(&app).starts_with("[a]bc"), "and so does this");
}

#[test]
fn typing_filters_and_escape_keeps_the_text() {
    let mut app = app();
    press(&mut app, "/");
    type_text(&mut app, "jq");
    assert_eq!(shown(&app), "", "no letter is a key here");
    press(&mut app, "backspace");
    assert_eq!(shown(&app), "[j]");
    assert!(press(&mut app, "esc").is_empty() || app.input.is_none());
    assert_eq!(app.query.input.value(), "j", "escape never clears");
    press(&mut app, "X");
    assert_eq!(app.list.entries.len(), 26);
    press(&mut app, "u");
    assert_eq!(shown(&app), "[j]", "undone");
}

#[test]
fn queries_come_back() {
    let mut app = app();
    for query in ["abc", "cost", "abc"] {
        press(&mut app, "X /");
        type_text(&mut app, query);
        press(&mut app, "enter");
    }
    assert_eq!(app.prefs.queries, ["cost", "abc"]);
    press(&mut app, "X /");
    type_text(&mut app, "x");
    let mut line = |key: &str| {
        press(&mut app, key);
        app.query.input.value().to_owned()
    };
    assert_eq!(line("ctrl-r"), "abc");
    assert_eq!(line("alt-up"), "cost");
    assert_eq!(line("alt-up"), "cost");
    assert_eq!(line("alt-down"), "abc");
    assert_eq!(line("alt-down"), "x", "what was typed is not lost");
    // What stands there already is no step, and the line below tells where one is.
    press(&mut app, "esc X /");
    type_text(&mut app, "abc");
    press(&mut app, "ctrl-r");
    assert_eq!(app.query.input.value(), "cost");
    let below = counting::lines(&app)[2].clone();
    assert!(below.starts_with(" earlier query 2 of 2 "), "{below}");
}

#[test]
fn completing_offers_fields_and_then_flags() {
    let mut app = app();
    press(&mut app, "/");
    type_text(&mut app, "-mod");
    press(&mut app, "tab");
    assert_eq!(app.query.input.value(), "-model:");
    assert!(app.query.completing.is_none(), "its values come next");
    press(&mut app, "ctrl-u");
    type_text(&mut app, "is:su");
    press(&mut app, "tab");
    assert_eq!(app.query.input.value(), "is:sub");
    press(&mut app, "tab");
    assert_eq!(app.query.input.value(), "is:su", "round to what was typed");
    press(&mut app, "backtab");
    assert_eq!(app.query.input.value(), "is:sub");
}

#[test]
fn a_paste_is_text_and_never_a_key() {
    let mut app = app();
    assert!(
        update(&mut app, Msg::Paste("qqq\n".into()))
            .iter()
            .all(|e| *e != Effect::Quit)
    );
    press(&mut app, "/");
    update(&mut app, Msg::Paste("two\nlines".into()));
    assert_eq!(app.query.input.value(), "two lines");
}

#[test]
fn a_prefix_waits_and_is_left_by_escape() {
    let mut app = app();
    press(&mut app, "s");
    assert_eq!(app.prefix.as_deref(), Some("s"));
    later(&mut app, 3600);
    press(&mut app, "esc");
    assert_eq!(app.prefix, None);
    press(&mut app, "s j");
    assert!(
        shown(&app).starts_with("[a]"),
        "an unknown second key does nothing"
    );
}

#[test]
fn escape_goes_one_step_back_and_never_quits() {
    let mut app = app();
    let effects = press(&mut app, "enter esc esc esc");
    assert!(!effects.contains(&Effect::Quit));
    assert_eq!(app.focus, Pane::List);
    assert_eq!(press(&mut app, "q"), [Effect::Quit]);
}

#[test]
fn overlays_close_by_the_key_that_opened_them() {
    let mut app = app();
    for (key, kind) in [("i", OverlayKind::Details), ("!", OverlayKind::Problems)] {
        press(&mut app, key);
        assert_eq!(app.overlay.map(|o| o.kind), Some(kind));
        press(&mut app, key);
        assert_eq!(app.overlay, None);
    }
    press(&mut app, "?");
    assert!(app.palette.is_some());
    press(&mut app, "?");
    assert!(app.palette.is_none());
}

#[test]
fn toasts_go_by_themselves_unless_they_are_bad_news() {
    let mut app = app();
    update(&mut app, Msg::Copied(What::raw("the id"), Ok("OSC 52")));
    assert_eq!(
        app.toasts.shown().last().unwrap().text.as_str(),
        "Copied the id (OSC 52)"
    );
    later(&mut app, 5);
    assert!(app.toasts.shown().is_empty());
    update(
        &mut app,
        Msg::Copied(What::raw("the id"), Err("no display".into())),
    );
    later(&mut app, 3600);
    assert_eq!(app.toasts.shown().len(), 1);
    press(&mut app, "esc");
    assert!(app.toasts.shown().is_empty());
}

#[test]
fn the_first_load_is_shown_once() {
    let mut app = app();
    app.loaded = false;
    let mut delta = told([]);
    delta.progress = Some(progress(10, 2_000));
    update(&mut app, Msg::Delta(delta));
    assert!(app.is_loading() && layout::panes(&app).loading.is_some());
    press(&mut app, "p");
    assert!(layout::panes(&app).loading.is_none(), "sent away");
    let mut delta = told([]);
    delta.progress = Some(progress(2_000, 2_000));
    update(&mut app, Msg::Delta(delta));
    let mut delta = told([]);
    delta.progress = Some(progress(2_000, 2_001));
    update(&mut app, Msg::Delta(delta));
    assert!(!app.is_loading(), "a new log is no loading");
}
