//! What failed, where it is listed, and where one goes from it.

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::style::Color;

use super::counting::{at, lines};
use super::*;
use crate::model::{NoticeKind, ToolResult};
use crate::sources::tools;
use crate::tui::palette::Does;

fn message(number: u32, role: Role, parts: Vec<Part>) -> Arc<Message> {
    let mut message = Message::new(u64::from(number), role, Some(start()));
    message.number = number;
    message.parts = parts;
    Arc::new(message)
}

fn call(id: &str, name: &str, input: &str) -> Part {
    Part::ToolCall(Box::new(tools::call(id, name, input)))
}

fn talk(messages: Vec<Arc<Message>>) -> Arc<Conversation> {
    Arc::new(Conversation {
        id: SessionId::new(SOURCE, "a"),
        messages,
        odd: 0,
    })
}

/// The first session with these messages, open in the reader of a screen with colours.
fn reading(messages: Vec<Arc<Message>>, size: (u16, u16)) -> App {
    let mut app = at(app(), size.0, size.1);
    press(&mut app, "enter");
    let ticket = app.reader.as_ref().unwrap().ticket;
    update(&mut app, Msg::Opened(ticket, talk(messages), false));
    app
}

fn failing() -> Vec<Arc<Message>> {
    let mut bad = ToolResult::new("b", "no such thread");
    bad.ok = Some(false);
    let cut = Part::Notice {
        kind: NoticeKind::Interrupted,
        text: "interrupted".into(),
    };
    vec![
        message(1, Role::User, vec![Part::Text("Weave".into())]),
        message(
            2,
            Role::Assistant,
            vec![
                call("b", "Bash", r#"{"command":"thread it"}"#),
                Part::ToolResult(Box::new(bad)),
            ],
        ),
        message(3, Role::System, vec![cut]),
    ]
}

/// The colour in which a word stands first on the screen.
fn colour_of(app: &App, what: &str, nth: usize) -> Color {
    let (width, height) = app.size;
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    let draw = |frame: &mut ratatui::Frame<'_>| crate::tui::view::view(app, frame);
    terminal.draw(draw).unwrap();
    let lines = lines(app);
    let rows = lines.iter().enumerate();
    let places = rows.filter_map(|(y, line)| Some((line.rfind(what)?, y)));
    let (byte, y) = places.collect::<Vec<_>>()[nth];
    let x = lines[y][..byte].chars().count();
    let buffer = terminal.backend().buffer();
    buffer[(u16::try_from(x).unwrap(), u16::try_from(y).unwrap())].fg
}

/// UX 3.4: a failure is red and named, in lists too.
#[test]
fn lists_name_failures_in_red() {
    let mut app = reading(failing(), (80, 24));
    let mut look = (*app.look).clone();
    look.theme = Theme::built_in(ThemeKind::Dark);
    app.look = Arc::new(look);
    let hue = |role| app.look.theme.style(role).fg.unwrap();
    let (bad, warn) = (
        hue(crate::render::theme::Role::Error),
        hue(crate::render::theme::Role::Warn),
    );
    assert_ne!(bad, warn);
    for keys in ["g r", "g e"] {
        press(&mut app, keys);
        let list = lines(&app);
        let nth = list.iter().filter(|line| line.contains("failed")).count();
        assert!(nth > 0, "{list:#?}");
        let listed = (0..nth).any(|nth| colour_of(&app, "failed", nth) == bad);
        assert!(listed, "{keys}: {list:#?}");
        assert!(
            !list.iter().any(|line| line.contains(" tool ")),
            "{list:#?}"
        );
        press(&mut app, "esc");
    }
}

/// A list begins where one reads.
#[test]
fn lists_begin_where_one_is() {
    let begins = |keys: &str| {
        let mut app = reading(failing(), (80, 24));
        press(&mut app, keys);
        let number = app.document().unwrap().message().unwrap().number;
        press(&mut app, "g e");
        let palette = app.palette.as_ref().unwrap();
        let entries: Vec<_> = palette.left().flatten().map(|e| e.does.clone()).collect();
        let place = |does: &Does| match does {
            Does::Part(number, _) => *number,
            other => panic!("{other:?}"),
        };
        let places: Vec<u32> = entries.iter().map(place).collect();
        assert!(places.len() > 1 && places.is_sorted());
        let last = places.iter().rposition(|place| *place <= number);
        assert_eq!(palette.cursor, last.unwrap_or(0));
        palette.cursor
    };
    assert_eq!(begins("g g"), 0);
    assert!(begins("G") > 0);
}

/// What is listed as failed is what the details count: errors, and turns that were cut off beside them.
#[test]
fn details_count_what_was_cut_off() {
    let app = reading(failing(), (200, 60));
    let told = |app: &App| lines(app).iter().any(|line| line.contains("Interrupted 1"));
    assert!(told(&app), "{:#?}", lines(&app));
    assert!(!told(&reading(failing()[..2].to_vec(), (200, 60))));
}

/// G4: code that is not in sight is not copied, and where it stands is said.
#[test]
fn code_is_copied_from_what_is_seen() {
    let say = |number, text: &str| message(number, Role::Assistant, vec![Part::Text(text.into())]);
    let long = "word\n\n".repeat(60);
    let all = vec![
        say(1, "```sh\nls\n```"),
        say(2, &long),
        say(3, &long),
        say(4, "the end"),
    ];
    let mut app = reading(all, (80, 24));
    let copies = |effects: &Effects| {
        effects.iter().find_map(|effect| match effect {
            Effect::Copy(text, what) => Some((text.to_string(), what.said.to_string())),
            _ => None,
        })
    };
    let copied = copies(&press(&mut app, "y b")).unwrap();
    assert_eq!(
        copied,
        ("ls\n".into(), "1 line of sh from message 1, raw".into())
    );
    assert_eq!(copies(&press(&mut app, "G y b")), None);
    let toast = lines(&app).join("\n");
    assert!(
        toast.contains("no code block here; the nearest is in message 1"),
        "{toast}"
    );
}

/// G12: from a sub-agent to the call that started it, however it was entered, and with the same head.
#[test]
fn a_sub_agent_goes_to_the_call_that_started_it() {
    let mut app = at(app(), 100, 30);
    let mut child = session("child", 3);
    (child.kind, child.parent) = (Kind::SubAgent, Some("a".into()));
    child.call = Some("weave".into());
    update(&mut app, Msg::Delta(told([child])));
    let say = |n| message(n, Role::Assistant, vec![Part::Text("on".into())]);
    let quiet = |n: u32| {
        let id = format!("q{n}");
        let result = Part::ToolResult(Box::new(ToolResult::new(&*id, "ok")));
        message(n, Role::Assistant, vec![call(&id, "Read", "{}"), result])
    };
    let mut all: Vec<_> = (1..40).map(say).collect();
    all.extend((40..44).map(quiet));
    all.push(message(
        44,
        Role::Assistant,
        vec![call("weave", "Task", "{}")],
    ));
    all.extend((45..90).map(say));
    let head = |app: &App| lines(app)[..4].join("\n");
    press(&mut app, "g g + j");
    while app.selected().unwrap().id().native.as_ref() != "child" {
        press(&mut app, "+ j");
    }
    press(&mut app, "enter");
    assert!(
        app.outer.is_empty() && head(&app).contains("sub-agent: child"),
        "{}",
        head(&app)
    );
    press(&mut app, "g p");
    let ticket = app.reader.as_ref().unwrap().ticket;
    // The first part of what is read has not got it yet.
    update(
        &mut app,
        Msg::Opened(ticket, talk(all[..10].to_vec()), true),
    );
    update(&mut app, Msg::Opened(ticket, talk(all), false));
    let here = app.document().unwrap().call_here();
    assert_eq!(here, Some(("weave".into(), None)));
    press(&mut app, "enter");
    assert!(head(&app).contains("sub-agent: child"), "{}", head(&app));
}
