//! What leaves the screen or changes more than it: exports, agents, the trash, settings.

use super::super::super::msg::Wish;
use super::super::super::tasks::{Export, Task, Written};
use super::*;
use crate::config::edit::New;
use crate::launch::Act;
use crate::redact::{Found, Secrets};

fn export(effects: &Effects) -> Option<&Export> {
    effects.iter().find_map(|effect| match effect {
        Effect::Do(Task::Export(export)) => Some(export),
        _ => None,
    })
}

/// S2-41, G23: a form says where to and what goes along; what was left out is remembered for its format.
#[test]
fn an_export_is_what_the_form_says() {
    let mut app = app();
    press(&mut app, "x m down space enter");
    let mut again = app;
    assert!(again.prefs.left_out["md"].contains(&"tools".to_owned()));
    let effects = press(&mut again, "space space x m enter");
    let export = export(&effects).unwrap();
    assert_eq!(export.rows.len(), 2);
    assert!(export.is_folder && !export.parts.tools && export.parts.thinking);
    assert_eq!(
        export.secrets, None,
        "nobody said what is to become of secrets"
    );
    assert!(export.target.starts_with("/home/ada"));
}

/// RELIABILITY 9, tier 3: the form can take traces of the person out too, and then nothing needs to be asked.
#[test]
fn an_export_can_be_anonymous() {
    let mut app = app();
    let effects = press(&mut app, "x m up space enter");
    let first = export(&effects).unwrap();
    assert!(!first.is_anonymous, "the first line is where to");
    let mut app = self::app();
    press(&mut app, "x c");
    let effects = press(&mut app, "down down space enter");
    let export = export(&effects).unwrap();
    assert!(export.is_anonymous);
    assert_eq!(export.secrets, Some(Secrets::Replace));
}

/// X5, G9: what was found is asked about; Enter replaces it, and leaving writes nothing.
#[test]
fn secrets_in_an_export_are_asked_about() {
    let mut app = app();
    let effects = press(&mut app, "x h enter");
    let wanted = export(&effects).unwrap().clone();
    let found = Msg::Secrets(Box::new(wanted.clone()), Found::default(), Vec::new());
    update(&mut app, found);
    assert_eq!(press(&mut app, "esc"), [], "nothing is written");
    let found = Msg::Secrets(Box::new(wanted), Found::default(), Vec::new());
    update(&mut app, found);
    let effects = press(&mut app, "enter");
    assert_eq!(export(&effects).unwrap().secrets, Some(Secrets::Replace));
    // While it is written, leaving asks.
    assert_eq!(press(&mut app, "q"), []);
    press(&mut app, "enter");
    let done = Written {
        path: "/home/ada/page.html".into(),
        files: 1,
        unchanged: 0,
        bytes: 2_100_000,
        found: Found::default(),
        secrets: Secrets::Replace,
        problems: Vec::new(),
    };
    let effects = update(&mut app, Msg::Exported(Ok(done)));
    assert_eq!(effects, [], "the clipboard stays as it is");
    let said = app.toasts.shown().last().unwrap().text.to_string();
    assert_eq!(said, "wrote 2.1 MB to ./page.html (y e copies the path)");
    let effects = press(&mut app, "y e");
    assert!(
        matches!(&effects[..], [Effect::Copy(text, _)] if text.as_str() == "/home/ada/page.html")
    );
    assert_eq!(press(&mut app, "q"), [Effect::Quit]);
}

/// S4-02, S4-04: two keys act on an agent, and what skips its questions is asked about first.
#[test]
fn agents_are_started_by_two_keys() {
    let mut app = app();
    let wish = |effects: &Effects| match &effects[..] {
        [Effect::Launch(wish)] => wish.clone(),
        other => panic!("{other:?}"),
    };
    for (keys, act, in_tab) in [
        ("o o", Act::Resume, false),
        ("R", Act::Resume, false),
        ("o t", Act::Resume, true),
        ("o n", Act::New, false),
        ("o f", Act::Fork, false),
        ("o s", Act::Shell, false),
        ("o e", Act::Editor, false),
        ("o d", Act::OpenDir, false),
    ] {
        let wish = wish(&press(&mut app, keys));
        assert_eq!(
            (wish.act, wish.in_tab, wish.is_sure),
            (act, in_tab, false),
            "{keys}"
        );
    }
    let asked = wish(&press(&mut app, "o o"));
    update(
        &mut app,
        Msg::Dangerous("agent --yolo".into(), asked.clone()),
    );
    assert_eq!(press(&mut app, "enter"), [], "the safe answer comes first");
    update(
        &mut app,
        Msg::Dangerous("agent --yolo".into(), asked.clone()),
    );
    let sure = Wish {
        is_sure: true,
        ..asked
    };
    assert_eq!(press(&mut app, "y"), [Effect::Launch(sure)]);
}

/// G7: rows that go soon are counted with the key that shows them, one key keeps a copy, and what is kept is looked for.
#[test]
fn what_expires_is_counted_and_kept() {
    let mut app = app();
    assert_eq!(app.list.expiring, (0, 0));
    let retention = crate::sources::Retention {
        lasts: SignedDuration::from_hours(5 * 24),
        since: crate::sources::Since::Log,
        setting: "days",
        file: "/settings".into(),
        is_default: true,
    };
    let retentions = [(Arc::from(Path::new("/logs")), retention)];
    app.index.keep_by(retentions.into_iter().collect());
    list::rebuild(&mut app);
    assert_eq!(app.list.expiring, (26, 0));
    press(&mut app, "f r");
    assert_eq!(app.query.input.value().trim(), "expires:<9d");
    assert_eq!(app.list.entries.len(), 26);
    press(&mut app, "space");
    let families = match &press(&mut app, "K")[..] {
        [Effect::Do(Task::Keep(families))] => families.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(families.len(), 1);
    assert_eq!(
        &*families[0][0].id.native, "a",
        "what is chosen, not what the cursor is on"
    );
    let mut copy = (*families[0][0]).clone();
    let kept = crate::tui::update::Kept {
        new: vec![families[0][0].id.clone()],
        bytes: 10,
        ..Default::default()
    };
    let effects = update(&mut app, Msg::Kept(kept));
    assert!(effects.contains(&Effect::LookAgain));
    // Taken back before the copy is found: later.
    assert_eq!(press(&mut app, "u"), []);
    let mut kept = (*copy.unit).clone();
    kept.root = Path::new("/ours/kept-sessions/test/0").into();
    kept.path = kept.root.join("a").into();
    copy.unit = Arc::new(kept);
    copy.title.as_mut().unwrap().text = "the copy".into();
    update(&mut app, Msg::Delta(told([copy])));
    list::rebuild(&mut app);
    assert_eq!(app.list.expiring, (26, 1));
    assert!(!shown(&app).contains("the copy"), "the original tells");
    match &press(&mut app, "u")[..] {
        [Effect::Do(Task::GiveUp(copies))] => assert!(copies[0][0].unit.is_kept()),
        other => panic!("{other:?}"),
    }
    let mut gone = Delta::default();
    gone.retired.push(Retired::Unit(unit("a")));
    update(&mut app, Msg::Delta(gone));
    list::rebuild(&mut app);
    press(&mut app, "X");
    assert!(shown(&app).contains("the copy"), "{}", shown(&app));
}

/// G16: where the directory is gone, other places, one to be typed, and the command alone are offered; what would be run
/// there is shown before it is.
#[test]
fn a_session_is_resumed_elsewhere_after_a_look() {
    use crate::launch::{Moved, Why};
    let mut app = app();
    let wish = |effects: &Effects| match &effects[..] {
        [Effect::Launch(wish)] => wish.clone(),
        other => panic!("{other:?}"),
    };
    let asked = wish(&press(&mut app, "o o"));
    let moved = Moved {
        dir: "/home/ada/new/loom".into(),
        why: Why::Repository,
    };
    update(
        &mut app,
        Msg::Gone(asked.clone(), "gone".into(), vec![moved]),
    );
    let palette = app.palette.as_ref().unwrap();
    assert_eq!(palette.total(), 3);
    let first = palette.left().next().flatten().unwrap();
    assert_eq!(first.label.as_str(), "gone", "what is gone stands first");
    let there = wish(&press(&mut app, "enter"));
    assert_eq!(there.dir.as_deref(), Some(Path::new("/home/ada/new/loom")));
    assert!(!there.is_sure);
    let look = |wish: Wish| Msg::Rehearsed("agent --resume=a".into(), false, wish);
    update(&mut app, look(there.clone()));
    assert_eq!(press(&mut app, "enter"), [], "the safe answer comes first");
    update(&mut app, look(there.clone()));
    assert!(wish(&press(&mut app, "y")).is_sure);
    // Nothing like it was found: a directory can be typed.
    update(&mut app, Msg::Gone(asked, "gone".into(), Vec::new()));
    press(&mut app, "enter");
    press(&mut app, "ctrl-u");
    type_text(&mut app, "~/old");
    let typed = wish(&press(&mut app, "enter"));
    assert_eq!(typed.dir.as_deref(), Some(Path::new("/home/ada/old")));
}

fn allowing_deletion(app: &mut App) {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("config.toml");
    std::fs::write(&file, "[delete]\nenabled = true\n").unwrap();
    let env = crate::env::Env::bare(dir.path(), start());
    let settings = crate::config::load(&env, Some(&file), Vec::new()).unwrap();
    app.manner.settings = Arc::new(settings);
}

/// S2-46, D2, D4: off until it is turned on; asked with its number; more than ten by typing it; taken back by one key.
#[test]
fn deleting_is_off_then_asked_then_taken_back() {
    let mut app = app();
    assert_eq!(press(&mut app, "D"), []);
    allowing_deletion(&mut app);
    let id = app.selected().unwrap().id().clone();
    assert_eq!(
        press(&mut app, "D"),
        [Effect::Delete(vec![id.clone()], false)]
    );
    update(
        &mut app,
        Msg::Deletable(vec![id.clone()], 41_000_000, Vec::new()),
    );
    assert_eq!(press(&mut app, "enter"), [], "it is kept");
    let many: Vec<SessionId> = app
        .index
        .rows()
        .take(11)
        .map(|row| row.id().clone())
        .collect();
    update(
        &mut app,
        Msg::Deletable(many.clone(), 41_000_000, Vec::new()),
    );
    assert_eq!(press(&mut app, "y"), [], "their number is to be typed");
    assert_eq!(press(&mut app, "1 1 enter"), [Effect::Delete(many, true)]);
    update(&mut app, Msg::Deleted(vec!["one".into()], None));
    let back = Effect::Do(Task::Restore(vec!["one".into()]));
    assert_eq!(press(&mut app, "u"), [back]);
    assert_eq!(
        press(&mut app, "U"),
        [],
        "nothing is deleted again without a question"
    );
}

#[test]
fn settings_are_changed_in_their_dialog() {
    let mut app = app();
    let at = |app: &mut App, name: &'static str| {
        press(app, ", backtab");
        let all = crate::tui::settings::lines(app, &app.settings.unwrap());
        let is_it = |line: &crate::tui::settings::Line| {
            line.turns == crate::tui::settings::Turns::Setting(name)
        };
        app.settings.as_mut().unwrap().cursor = all.iter().position(is_it).unwrap();
    };
    let set = |effects: &Effects| match &effects[..] {
        [Effect::Do(Task::Set(_, name, New::Text(text), _))] => (name.clone(), text.clone()),
        other => panic!("{other:?}"),
    };
    at(&mut app, "ui.mouse");
    let effects = press(&mut app, "enter");
    assert_eq!(set(&effects), ("ui.mouse".into(), "false".into()));
    press(&mut app, "esc");
    at(&mut app, "ui.chrome");
    press(&mut app, "enter");
    type_text(&mut app, "slim");
    let effects = press(&mut app, "enter");
    assert_eq!(set(&effects), ("ui.chrome".into(), "slim".into()));
    press(&mut app, "esc");
    at(&mut app, "ui.max_memory");
    press(&mut app, "enter ctrl-u");
    type_text(&mut app, "10M");
    assert_eq!(press(&mut app, "enter"), [], "too little");
    let said = app.toasts.shown().last().unwrap().text.to_string();
    assert!(said.contains("64M"), "{said}");
}

/// G9: in the review one of what was found can be said to be none; it is written before the export is looked at again.
#[test]
fn what_is_no_secret_can_be_said_in_the_review() {
    let mut app = app();
    let before = "an old one, with a comma".to_owned();
    let old = New::Items(vec![before.clone()]);
    Arc::make_mut(&mut app.manner.settings).put("redact.allow", &old);
    let effects = press(&mut app, "x h enter");
    let wanted = export(&effects).unwrap().clone();
    let one = |number: &str| crate::redact::Seen {
        rule: "github-token",
        preview: "ghp_.. (40 characters)".into(),
        before: "use ".into(),
        after: " here".into(),
        fingerprint: number.to_owned(),
    };
    let seen = ["00000000000000aa", "00000000000000aa", "00000000000000bb"].map(one);
    let seen = seen.map(|one| (SessionId::new(SOURCE, "a"), one));
    let found = Msg::Secrets(Box::new(wanted), Found::default(), seen.to_vec());
    update(&mut app, found);
    assert_eq!(press(&mut app, "right right enter"), []);
    let palette = app.palette.as_ref().unwrap();
    assert_eq!(palette.total(), 2, "each once");
    let effects = press(&mut app, "down enter");
    let [
        Effect::Do(Task::Set(_, name, New::Items(items), line)),
        Effect::Do(Task::Export(again)),
    ] = &effects[..]
    else {
        panic!("{effects:?}");
    };
    assert_eq!(&**name, "redact.allow");
    assert_eq!(*items, [before, "00000000000000bb".to_owned()]);
    assert_eq!(app.manner.settings.allowed(), *items);
    assert_eq!(again.secrets, None, "what is left is asked about again");
    let said = |app: &App| app.toasts.shown().last().unwrap().text.to_string();
    assert!(!said(&app).contains("redact.allow"), "not before it is");
    update(&mut app, Msg::SettingKept(Ok(line.clone())));
    assert!(
        said(&app).starts_with("redact.allow has 00000000000000bb too"),
        "{}",
        said(&app)
    );
}
