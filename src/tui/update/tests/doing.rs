//! The palette, the help, and what lies over the panes.

use super::super::super::tasks::Task;
use super::*;

#[test]
fn the_palette_does_what_is_chosen_by_name_and_remembers_it() {
    let mut app = app();
    press(&mut app, ":");
    type_text(&mut app, "cost sort");
    let here = app.palette.as_ref().and_then(|p| p.here()).unwrap();
    assert_eq!(here.label.as_str(), "Sort by cost");
    assert_eq!(here.keys, ["s c"]);
    let effects = press(&mut app, "enter");
    assert!(app.palette.is_none());
    assert_eq!(app.order().key, crate::index::SortKey::Cost);
    assert!(effects.iter().any(|e| matches!(e, Effect::Remember(_))));
    press(&mut app, ":");
    let first = app.palette.as_ref().and_then(|p| p.here()).unwrap();
    assert_eq!(first.name, "sort-cost", "what was used last stands first");
    press(&mut app, "esc");
    assert!(app.palette.is_none());
}

#[test]
fn the_palette_says_why_something_cannot_be_done_here() {
    let mut app = app();
    press(&mut app, ":");
    type_text(&mut app, "next error");
    press(&mut app, "enter");
    let said = app.toasts.shown().last().unwrap().text.to_string();
    assert_eq!(said, "Next error: in a conversation");
    assert!(app.palette.is_some(), "another can be chosen");
}

#[test]
fn the_palette_takes_a_query_and_an_id() {
    let mut app = app();
    update(&mut app, Msg::Delta(told([session("5b1e9c2f-77", 3)])));
    press(&mut app, ":");
    type_text(&mut app, "5b1e9c2f");
    press(&mut app, "enter");
    assert_eq!(&*app.selected().unwrap().id().native, "5b1e9c2f-77");
    press(&mut app, ":");
    type_text(&mut app, "filter title:b");
    press(&mut app, "enter");
    assert_eq!(app.query.input.value(), "title:b");
}

#[test]
fn the_help_is_searched_by_typing_and_what_it_finds_can_be_done() {
    let mut app = app();
    press(&mut app, "?");
    let all = app.palette.as_ref().unwrap().left().len();
    type_text(&mut app, "group day");
    assert!(app.palette.as_ref().unwrap().left().len() < all);
    press(&mut app, "esc");
    press(&mut app, "?");
    type_text(&mut app, "s t");
    let here = app.palette.as_ref().and_then(|p| p.here()).unwrap();
    assert_eq!(here.label.as_str(), "Sort by tokens", "keys are found too");
}

/// UX 8: the first page of the help is what is asked for most, of the pane that is seen, by the keys in force; Enter does
/// what the cursor is on, and typing searches all keys, each once.
#[test]
fn the_first_page_of_the_help_can_be_done_too() {
    let mut app = app();
    press(&mut app, "?");
    let help = app.palette.as_ref().unwrap();
    assert!(help.is_first_page());
    let many: usize = help.groups().map(|(_, many)| many).sum();
    assert!(many > 40 && help.groups().all(|(_, many)| many > 0));
    let first = help.left().next().flatten().unwrap();
    assert_eq!(
        (first.label.as_str(), &first.keys[..]),
        ("session", &["j".to_owned(), "k".to_owned()][..])
    );
    let total = help.total();
    type_text(&mut app, "sort");
    let help = app.palette.as_ref().unwrap();
    assert!(!help.is_first_page() && help.total() == total);
    let labels: Vec<&str> = help
        .left()
        .flatten()
        .map(|entry| entry.label.as_str())
        .collect();
    assert!(
        labels.contains(&"Sort by cost") && !labels.contains(&"cost"),
        "{labels:?}"
    );
    press(&mut app, "esc ?");
    while app.palette.as_ref().unwrap().here().unwrap().label.as_str() != "cost" {
        press(&mut app, "down");
    }
    press(&mut app, "enter");
    assert_eq!(app.order().key, crate::index::SortKey::Cost);
}

#[test]
fn the_help_scrolls_to_its_end_and_back() {
    let mut app = app();
    press(&mut app, "?");
    for _ in 0..600 {
        press(&mut app, "down");
    }
    let last = app.palette.as_ref().unwrap().left().len() - 1;
    assert_eq!(app.palette.as_ref().unwrap().cursor, last);
    press(&mut app, "up");
    assert!(app.palette.as_ref().unwrap().cursor < last);
}

/// S2-47: sessions are chosen by key, by range and all at once.
#[test]
fn sessions_are_chosen_by_key_by_range_and_all_at_once() {
    let mut app = app();
    let chosen = |app: &App| {
        let ids = app
            .targets()
            .into_iter()
            .map(|row| row.id().native.to_string());
        ids.collect::<String>()
    };
    assert_eq!(
        chosen(&app),
        "a",
        "without a choice, the one under the cursor"
    );
    press(&mut app, "space j space");
    assert_eq!(chosen(&app), "ac");
    press(&mut app, "v j j v j");
    assert_eq!(chosen(&app), "acdef", "a range ends where it was ended");
    press(&mut app, "esc");
    assert_eq!(chosen(&app), "g");
    press(&mut app, "ctrl-a");
    assert_eq!(chosen(&app).len(), 26);
    press(&mut app, "ctrl-a");
    assert_eq!(chosen(&app).len(), 1);
}

#[test]
fn what_is_chosen_stays_so_when_the_query_hides_it() {
    let mut app = app();
    press(&mut app, "space space /");
    type_text(&mut app, "title:b");
    press(&mut app, "enter");
    assert_eq!((app.targets().len(), app.out_of_view()), (2, 1));
}

#[test]
fn changes_of_the_query_are_undone_and_done_again() {
    let mut app = app();
    press(&mut app, "/");
    type_text(&mut app, "title:b");
    press(&mut app, "enter X u");
    assert_eq!(app.query.input.value(), "title:b");
    press(&mut app, "U");
    assert_eq!(app.query.input.value(), "");
    press(&mut app, "u u");
    assert_eq!(app.query.input.value(), "");
    press(&mut app, "U");
    assert_eq!(app.query.input.value(), "title:b");
}

#[test]
fn the_line_between_the_panes_moves_by_key_and_by_mouse() {
    let mut app = app();
    let width = |app: &App| layout::panes(app).list.unwrap().width;
    assert_eq!(width(&app), 42);
    press(&mut app, "< <");
    assert_eq!(width(&app), 34);
    let mouse = |kind, column| {
        Msg::Mouse(crossterm::event::MouseEvent {
            kind,
            column,
            row: 10,
            modifiers: crossterm::event::KeyModifiers::NONE,
        })
    };
    use crossterm::event::{MouseButton::Left, MouseEventKind as Kind};
    update(&mut app, mouse(Kind::Down(Left), 34));
    update(&mut app, mouse(Kind::Drag(Left), 60));
    let effects = update(&mut app, mouse(Kind::Up(Left), 60));
    assert_eq!(width(&app), 60);
    assert!(effects.iter().any(|e| matches!(e, Effect::Remember(_))));
}

#[test]
fn the_right_button_offers_what_can_be_done_there() {
    let mut app = app();
    let press_right = crossterm::event::MouseEvent {
        kind: crossterm::event::MouseEventKind::Down(crossterm::event::MouseButton::Right),
        column: 10,
        row: 8,
        modifiers: crossterm::event::KeyModifiers::NONE,
    };
    update(&mut app, Msg::Mouse(press_right));
    let first = app.palette.as_ref().and_then(|p| p.here()).unwrap();
    assert_eq!(first.label.as_str(), "Read the session");
    assert_ne!(&*app.selected().unwrap().id().native, "a");
}

#[test]
fn a_question_does_nothing_until_it_is_answered_on_purpose() {
    use super::super::super::dialog::{Answer, Dialog};
    let mut app = app();
    let ask = || Dialog::new("Quit", vec!["Really quit?".into()], "Stay").or("Quit", Answer::Quit);
    app.dialog = Some(ask());
    assert_eq!(press(&mut app, "enter"), []);
    assert!(app.dialog.is_none());
    app.dialog = Some(ask());
    assert_eq!(press(&mut app, "y"), [Effect::Quit]);
    app.dialog = Some(ask().counted(12));
    assert_eq!(press(&mut app, "y 1 enter"), []);
    assert!(app.dialog.is_some(), "the number is not whole yet");
    assert_eq!(press(&mut app, "2 enter"), [Effect::Quit]);
    // The number alone is on purpose too.
    app.dialog = Some(ask().counted(12));
    assert_eq!(press(&mut app, "1 2 enter"), [Effect::Quit]);
    app.dialog = Some(ask().counted(12));
    assert_eq!(press(&mut app, "1 enter"), []);
    assert!(app.dialog.is_none(), "nothing is done, as without a number");
}

fn kept(effects: &Effects) -> usize {
    let is_kept = |effect: &&Effect| matches!(effect, Effect::Do(Task::Mark(_)));
    effects.iter().filter(is_kept).count()
}

/// G11: stars, names, notes and tags, each one key and a line, for one session or for all that are chosen.
#[test]
fn sessions_are_starred_named_noted_and_tagged() {
    let mut app = app();
    assert_eq!(kept(&press(&mut app, "*")), 1);
    assert!(app.selected().unwrap().is_starred());
    press(&mut app, "r ctrl-u");
    type_text(&mut app, "my own");
    press(&mut app, "enter");
    let title = app.selected().unwrap().session.title.clone().unwrap();
    assert_eq!(
        (title.rank, title.text.as_str()),
        (TitleRank::Ours, "my own")
    );
    press(&mut app, "N");
    type_text(&mut app, "keep this");
    press(&mut app, "enter t");
    type_text(&mut app, "auth q4");
    press(&mut app, "enter");
    let mark = app.selected().unwrap().mark.clone().unwrap();
    assert_eq!(mark.note.as_ref().unwrap().as_str(), "keep this");
    let tags: Vec<&str> = mark.tags.iter().map(|tag| tag.as_str()).collect();
    assert_eq!(tags, ["auth", "q4"]);
    // A tag that is known is completed, and one that is taken out of the line is taken off.
    press(&mut app, "t ctrl-w ctrl-w enter");
    assert!(
        app.selected()
            .unwrap()
            .mark
            .as_ref()
            .unwrap()
            .tags
            .is_empty()
    );
    press(&mut app, "u j t");
    type_text(&mut app, "au");
    press(&mut app, "tab enter");
    let tags = &app.selected().unwrap().mark.as_ref().unwrap().tags;
    assert_eq!(tags.first().unwrap().as_str(), "auth");
}

#[test]
fn marks_are_undone_in_one_step_for_all_that_were_chosen() {
    let mut app = app();
    press(&mut app, "space space *");
    let starred = |app: &App| app.index.rows().filter(|row| row.is_starred()).count();
    assert_eq!(starred(&app), 2);
    press(&mut app, "u");
    assert_eq!(starred(&app), 0);
    press(&mut app, "U");
    assert_eq!(starred(&app), 2);
}

#[test]
fn what_is_hidden_leaves_the_list_and_is_counted() {
    let mut app = app();
    press(&mut app, "d");
    assert!(shown(&app).starts_with("[b]"));
    assert_eq!(app.list.hidden.values().sum::<usize>(), 1);
    press(&mut app, "u");
    assert!(shown(&app).contains('a'));
}

#[test]
fn the_screen_stays_ahead_of_the_file_while_it_is_written() {
    let mut app = app();
    press(&mut app, "* j *");
    update(&mut app, Msg::Marked(Ok(crate::marks::Marks::default())));
    assert_eq!(app.index.rows().filter(|row| row.is_starred()).count(), 2);
    update(&mut app, Msg::Marked(Err("no room".to_owned())));
    assert_eq!(app.toasts.shown().last().unwrap().text.as_str(), "no room");
}

/// What is too much for the bound of memory is on disk, and comes whole when it is opened or copied.
#[test]
fn texts_that_were_left_on_disk_are_read_when_they_are_wanted() {
    let mut app = app();
    press(&mut app, "enter");
    let ticket = app.tickets;
    let talk = |on_disk| {
        let mut message = Message::new(7, Role::User, None);
        message.number = 1;
        message.on_disk = on_disk;
        message.parts.push(Part::Text("a long text".into()));
        Arc::new(Conversation {
            id: SessionId::new(SOURCE, "a"),
            messages: vec![Arc::new(message)],
            odd: 0,
        })
    };
    update(&mut app, Msg::Opened(ticket, talk(1 << 20), false));
    assert_eq!(app.reader.as_ref().unwrap().on_disk, 1 << 20);
    let effects = press(&mut app, "y y");
    let session = app.subject().unwrap();
    let near = Effect::Near(ticket, session.clone(), 0..1, Some(7));
    assert_eq!(effects, [near]);
    let effects = update(&mut app, Msg::Opened(ticket, talk(0), false));
    assert!(matches!(&effects[..], [Effect::Copy(text, _)] if text.as_str() == "a long text"));
    // The conversation is copied from its log, without being held here.
    update(&mut app, Msg::Opened(ticket, talk(5), false));
    let effects = press(&mut app, "y c");
    assert!(
        matches!(&effects[..], [Effect::Do(Task::Copy(from, _, _))] if from[0].id == session.id)
    );
}

/// DESIGN 5: what is long is put together and scanned for secrets away from the screen.
#[test]
fn a_long_conversation_is_copied_away_from_the_screen() {
    let mut app = app();
    press(&mut app, "enter");
    let ticket = app.tickets;
    let mut message = Message::new(7, Role::User, None);
    message.number = 1;
    message
        .parts
        .push(Part::Text("word ".repeat(100_000).into()));
    let talk = Arc::new(Conversation {
        id: SessionId::new(SOURCE, "a"),
        messages: vec![Arc::new(message)],
        odd: 0,
    });
    update(&mut app, Msg::Opened(ticket, talk.clone(), false));
    let effects = press(&mut app, "y c");
    assert!(
        matches!(&effects[..], [Effect::Do(Task::CopyHeld(from, held, ..))]
            if from.id.native.as_ref() == "a" && Arc::ptr_eq(held, &talk)),
        "{effects:?}"
    );
}
