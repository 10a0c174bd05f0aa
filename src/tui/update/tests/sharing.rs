//! Sharing: what is shown before, what is said behind, of one session and of several.

use super::super::super::tasks::{Bundle, Loose, Outcome, Share, ShareNews, Task, Unasked};
use super::*;

/// S2-45, X6: nothing leaves before a yes; the link is copied, shown on its row, and can be taken back.
#[test]
fn sharing_shows_first_and_asks() {
    use crate::share::{Made, Shared};
    let mut app = app();
    let step = |effects: &Effects| match &effects[..] {
        [Effect::Do(Task::Share(step))] => step.clone(),
        other => panic!("{other:?}"),
    };
    let Share::Make(_, rows, making, _) = step(&press(&mut app, "x s")) else {
        panic!("the file is made first");
    };
    let row = rows[0].clone();
    let made = Made {
        name: "a.html".into(),
        bytes: b"page".to_vec(),
        format: "html",
        messages: 2,
        secrets: Vec::new(),
        seen: Vec::new(),
        is_redacted: true,
        is_anonymous: false,
    };
    let ready = |app: &mut App| {
        let lines = vec!["a.html: 2 messages".into()];
        let files = vec![(row.clone(), made.clone())];
        made_is(app, Bundle { files, making }, lines);
    };
    ready(&mut app);
    assert_eq!(press(&mut app, "enter"), [], "the safe answer comes first");
    press(&mut app, "x s");
    ready(&mut app);
    let other = step(&press(&mut app, "right right enter"));
    assert!(matches!(other, Share::Make(_, _, again, _) if again.format != making.format));
    ready(&mut app);
    let other = step(&press(&mut app, "right right right enter"));
    assert!(matches!(other, Share::Make(_, _, again, _) if again.is_anonymous));
    ready(&mut app);
    assert!(matches!(step(&press(&mut app, "y")), Share::Send(..)));
    assert_eq!(press(&mut app, "q"), [], "leaving while it is sent asks");
    press(&mut app, "enter");
    let id = row.id().clone();
    let url = "https://gist.github.com/ada/0123456789abcdef0123456789abcdef";
    let shared = Shared {
        session: id.to_string(),
        url: url.to_owned(),
        at: start(),
        format: "html".to_owned(),
    };
    let sent = Msg::Share(ShareNews::Sent(Outcome {
        sent: vec![(id.clone(), shared.clone())],
        ..Outcome::default()
    }));
    let effects = update(&mut app, sent);
    assert!(matches!(&effects[..], [Effect::Copy(link, _)] if link.as_str() == url));
    let link = |app: &App| {
        app.index
            .row(&id)
            .unwrap()
            .share
            .as_ref()
            .map(Clean::to_string)
    };
    assert_eq!(link(&app).as_deref(), Some(url));
    assert!(matches!(step(&press(&mut app, "x S")), Share::Find(_)));
    update(
        &mut app,
        Msg::Share(ShareNews::Found(id.clone(), vec![shared])),
    );
    assert!(matches!(step(&press(&mut app, "y")), Share::Take(..)));
    let taken = ShareNews::Taken(id.clone(), 1, None, None);
    update(&mut app, Msg::Share(taken));
    assert_eq!(link(&app), None);
    assert_eq!(press(&mut app, "q"), [Effect::Quit]);
}

/// S2-45: what is chosen is shared together; links are copied one a line, what failed is named, and of many the number is
/// typed first.
#[test]
fn several_are_shared_at_once() {
    use crate::share::{Made, Shared};
    let mut app = app();
    let effects = press(&mut app, "space space space x s");
    let (rows, making) = wanted(&effects);
    assert_eq!(rows.len(), 3);
    let made = |n: usize| Made {
        name: format!("{n}.html"),
        bytes: Vec::new(),
        format: "html",
        messages: 1,
        secrets: Vec::new(),
        seen: Vec::new(),
        is_redacted: true,
        is_anonymous: false,
    };
    let files = rows.iter().cloned().zip((0..).map(made)).collect();
    made_is(
        &mut app,
        Bundle { files, making },
        vec!["3 sessions".into()],
    );
    let effects = press(&mut app, "y");
    assert!(
        matches!(&effects[..], [Effect::Do(Task::Share(Share::Send(all, _)))] if all.files.len() == 3)
    );
    update(&mut app, Msg::Share(ShareNews::Sending(2, 3)));
    let said = app.toasts.shown().last().unwrap().text.to_string();
    assert_eq!(said, "sharing 2 of 3");
    assert_eq!(press(&mut app, "q"), [], "leaving while they are sent asks");
    press(&mut app, "enter");
    let shared = |n: usize| Shared {
        session: rows[n].id().to_string(),
        url: format!("https://gist.github.com/ada/{n:032}"),
        at: start(),
        format: "html".to_owned(),
    };
    let sent = (0..2).map(|n| (rows[n].id().clone(), shared(n))).collect();
    let failed = vec![(rows[2].id().clone(), "gh shared nothing: no".to_owned())];
    let outcome = Outcome {
        sent,
        failed,
        ..Outcome::default()
    };
    let effects = update(&mut app, Msg::Share(ShareNews::Sent(outcome)));
    let copied = effects.iter().find_map(|effect| match effect {
        Effect::Copy(links, _) => Some(links.to_string()),
        _ => None,
    });
    assert_eq!(copied.unwrap().lines().count(), 2);
    let said: Vec<String> = app
        .toasts
        .shown()
        .iter()
        .map(|t| t.text.to_string())
        .collect();
    assert_eq!(said[0], "shared 2 of 3, a gist for each");
    assert!(
        said[1].starts_with("not shared: ") && said[1].ends_with("nothing: no"),
        "{said:?}"
    );
    assert_eq!(press(&mut app, "q"), [Effect::Quit]);
    let mut app = self::app();
    let effects = press(&mut app, "ctrl-a x s");
    let (rows, making) = wanted(&effects);
    let files = rows.iter().cloned().zip((0..).map(made)).collect();
    made_is(&mut app, Bundle { files, making }, Vec::new());
    assert_eq!(press(&mut app, "y"), [], "the number comes first");
    let effects = press(&mut app, "2 6 enter");
    assert!(matches!(
        &effects[..],
        [Effect::Do(Task::Share(Share::Send(..)))]
    ));
}

/// X6: what left and is not remembered is never said not to be shared, stands on the screen whatever else failed, and its
/// link is copied with the others.
#[test]
fn what_left_and_is_not_remembered_is_told_first() {
    use crate::share::Shared;
    let mut app = app();
    let (rows, _) = wanted(&press(&mut app, "ctrl-a x s"));
    let url = |n: usize| format!("https://gist.github.com/ada/{n:032}");
    let id = |n: usize| rows[n].id().clone();
    let sent = |n: usize| {
        let shared = Shared {
            session: id(n).to_string(),
            url: url(n),
            at: start(),
            format: "html".to_owned(),
        };
        (id(n), shared)
    };
    let loose = |n: usize, url: Option<String>, why: &str| {
        Some(Loose {
            id: id(n),
            url,
            why: why.to_owned(),
        })
    };
    let told = |app: &mut App, outcome: Outcome| {
        let effects = update(app, Msg::Share(ShareNews::Sent(outcome)));
        let copied = effects.iter().find_map(|effect| match effect {
            Effect::Copy(links, _) => Some(links.to_string()),
            _ => None,
        });
        let shown = app.toasts.shown().iter();
        let said: Vec<String> = shown.map(|toast| toast.text.to_string()).collect();
        (copied, said)
    };
    let failed = (3..9).map(|n| (id(n), "not tried".to_owned())).collect();
    let (copied, said) = told(
        &mut app,
        Outcome {
            sent: vec![sent(0), sent(1)],
            loose: loose(
                2,
                Some(url(2)),
                "shared at U, but that could not be remembered",
            ),
            failed,
            unasked: None,
        },
    );
    assert_eq!(copied.unwrap(), [url(0), url(1), url(2)].join("\n"));
    assert_eq!(said[0], "shared 3 of 9, a gist for each");
    assert!(said[1].ends_with(": shared at U, but that could not be remembered"));
    assert!(!said[1].contains("not shared"), "{said:?}");
    assert_eq!(said[2..], ["not shared: 6 more"]);
    assert_eq!(app.index.row(&id(2)).unwrap().share, None);
    // What left without being shown is told of where it went.
    let unasked = |secrets| {
        let what = Unasked {
            bytes: 12_300,
            secrets,
            is_redacted: true,
        };
        Outcome {
            sent: vec![sent(0)],
            unasked: Some(what),
            ..Outcome::default()
        }
    };
    let (_, said) = told(&mut app, unasked(2));
    let line = format!(
        "shared at {}, 13 kB, 2 secrets replaced (x S takes it back)",
        url(0)
    );
    assert_eq!(said, [line]);
    let (_, said) = told(&mut app, unasked(0));
    assert!(said[0].contains(", 13 kB, no secret found ("), "{said:?}");
    // One alone is told by its own line.
    let alone = |url, why| Outcome {
        loose: loose(0, url, why),
        ..Outcome::default()
    };
    let (copied, said) = told(&mut app, alone(Some(url(0)), "shared at U, but"));
    assert_eq!(copied, Some(url(0)));
    assert_eq!(said, ["shared at U, but"]);
    let (copied, said) = told(&mut app, alone(None, "gh gave no link"));
    assert_eq!((copied, said), (None, vec!["gh gave no link".to_owned()]));
}

/// What is to be made, and how.
fn wanted(effects: &Effects) -> (Vec<Arc<crate::model::Row>>, crate::share::Making) {
    let found = effects.iter().find_map(|effect| match effect {
        Effect::Do(Task::Share(Share::Make(_, rows, making, _))) => Some((rows.clone(), *making)),
        _ => None,
    });
    found.unwrap()
}

/// What is being made is made.
fn made_is(app: &mut App, bundle: Bundle, lines: Vec<Clean>) {
    let ticket = app.making.unwrap();
    let news = ShareNews::Made(ticket, Arc::new(bundle), lines);
    update(app, Msg::Share(news));
}

/// A question that opens by itself takes no key as its answer that was pressed before it was seen, and none of somebody who
/// goes on typing.
#[test]
fn keys_from_before_a_question_are_no_answer() {
    let mut app = app();
    let key = |app: &mut App, key: &str| update(app, Msg::Key(keys::event(key).unwrap()));
    let pass = |app: &mut App, time: Duration| {
        let (now, elapsed) = (app.now, app.elapsed);
        update(app, Msg::Tick(now, elapsed + time))
    };
    let (rows, making) = wanted(&press(&mut app, "x s"));
    let bundle = Bundle {
        files: Vec::new(),
        making,
    };
    made_is(&mut app, bundle, vec!["a.html".into()]);
    assert_eq!(key(&mut app, "y"), [], "it was not drawn");
    let elapsed = app.elapsed;
    update(&mut app, Msg::Drawn(elapsed));
    pass(&mut app, QUIET / 2);
    assert_eq!(key(&mut app, "y"), [], "nobody reads so fast");
    pass(&mut app, QUIET * 2 / 3);
    assert_eq!(key(&mut app, "y"), [], "somebody is typing");
    assert!(app.dialog.is_some());
    pass(&mut app, QUIET);
    let effects = key(&mut app, "y");
    assert!(matches!(
        &effects[..],
        [Effect::Do(Task::Share(Share::Send(..)))]
    ));
    // The same of a question about deleting; the way out is open at once.
    let id = rows[0].id().clone();
    update(&mut app, Msg::Deletable(vec![id], 10, Vec::new()));
    assert_eq!(key(&mut app, "y"), []);
    key(&mut app, "esc");
    assert!(app.dialog.is_none());
    key(&mut app, "j");
    assert_eq!(app.list.cursor, 1, "keys are heard again");
}

/// Esc stops what is being made to be shared: its answer is dropped, and the program may be left.
#[test]
fn esc_stops_what_is_being_made() {
    let mut app = app();
    let (_, making) = wanted(&press(&mut app, "x s"));
    let ticket = app.making.unwrap();
    let said = |app: &App| {
        let shown = app.toasts.shown().iter();
        shown.map(|t| t.text.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(said(&app).len(), 1);
    assert_eq!(press(&mut app, "esc"), [Effect::LetGo(ticket)]);
    assert_eq!(said(&app), ["not shared: it was stopped"]);
    let bundle = Arc::new(Bundle {
        files: Vec::new(),
        making,
    });
    update(
        &mut app,
        Msg::Share(ShareNews::Made(ticket, bundle, Vec::new())),
    );
    assert!(app.dialog.is_none());
    update(
        &mut app,
        Msg::Share(ShareNews::Unmade(ticket, "it was stopped".to_owned())),
    );
    assert_eq!(said(&app), ["not shared: it was stopped"]);
    assert_eq!(press(&mut app, "q"), [Effect::Quit]);
    // One that was begun meanwhile, since the settings allow all, is told and waited for.
    let mut app = self::app();
    press(&mut app, "x s");
    let ticket = app.making.unwrap();
    press(&mut app, "esc");
    update(&mut app, Msg::Share(ShareNews::Begun(ticket)));
    assert_eq!(press(&mut app, "q"), [], "it is on its way");
    press(&mut app, "enter");
    update(&mut app, Msg::Share(ShareNews::Sent(Outcome::default())));
    assert_eq!(press(&mut app, "q"), [Effect::Quit]);
}
