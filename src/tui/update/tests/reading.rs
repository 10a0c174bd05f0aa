//! The reader: what is opened, read on, found and copied.

use super::*;
use crate::tui::msg::Ticket;

pub(super) fn conversation(id: &str, texts: &[&str]) -> Arc<Conversation> {
    let message = |(n, text): (usize, &&str)| {
        let mut message = Message::new(n as u64, Role::User, None);
        message.number = n as u32 + 1;
        message.parts.push(Part::Text((**text).into()));
        Arc::new(message)
    };
    Arc::new(Conversation {
        id: SessionId::new(SOURCE, id),
        messages: texts.iter().enumerate().map(message).collect(),
        odd: 0,
    })
}

pub(super) fn opened(effects: &Effects) -> Vec<(u64, String)> {
    let open = effects.iter().filter_map(|effect| match effect {
        Effect::Open(ticket, session) => Some((*ticket, session.id.native.to_string())),
        _ => None,
    });
    open.collect()
}

#[test]
fn a_late_answer_to_an_old_wish_is_dropped() {
    let mut app = app();
    let first = opened(&press(&mut app, "j"));
    let second = opened(&press(&mut app, "j"));
    assert_eq!((&*first[0].1, &*second[0].1), ("b", "c"));
    let late = Msg::Opened(first[0].0, conversation("b", &["late"]), false);
    update(&mut app, late);
    assert!(app.reader.as_ref().unwrap().document.is_none());
    let answer = Msg::Opened(second[0].0, conversation("c", &["yes"]), false);
    update(&mut app, answer);
    assert!(app.reader.as_ref().unwrap().document.is_some());
}

#[test]
fn the_end_can_be_asked_for_before_anything_is_there() {
    let mut app = app();
    let effects = press(&mut app, "enter G");
    let ticket = app.tickets;
    assert!(effects.contains(&Effect::End(ticket)), "{effects:?}");
    let part = Msg::Opened(ticket, conversation("a", &["one", "two"]), true);
    update(&mut app, part);
    assert!(app.document().unwrap().following());
}

/// Opens the first session, which says one thing.
fn open_one(app: &mut App) -> Ticket {
    let open = opened(&press(app, "enter"));
    let ticket = open.first().map_or(app.tickets, |o| o.0);
    let told = Msg::Opened(ticket, conversation("a", &["one"]), false);
    update(app, told);
    ticket
}

#[test]
fn an_open_conversation_is_read_on_when_its_log_grows_and_kept_when_it_goes() {
    let mut app = app();
    let ticket = open_one(&mut app);
    let effects = update(&mut app, Msg::Delta(told([session("a", -1)])));
    assert!(effects.contains(&Effect::Refresh(ticket)), "{effects:?}");
    let effects = update(&mut app, Msg::Delta(told([session("b", -1)])));
    assert!(!effects.contains(&Effect::Refresh(ticket)), "not its log");
    let mut gone = Delta::default();
    gone.retired.push(Retired::Unit(unit("a")));
    update(&mut app, Msg::Delta(gone));
    let reader = app.reader.as_ref().unwrap();
    assert!(reader.document.is_some());
    let banner = reader.trouble.as_ref().unwrap().to_string();
    assert_eq!(
        banner,
        "log deleted at 12:00 - y c copies, x exports what is here"
    );
    // UX 9: what is exported is what is on the screen, and no other session.
    let effects = press(&mut app, "x m enter");
    let export = effects.iter().find_map(|effect| match effect {
        Effect::Do(crate::tui::tasks::Task::Export(export)) => Some(export),
        _ => None,
    });
    let export = export.unwrap();
    assert_eq!(export.rows.len(), 1);
    assert_eq!(&*export.rows[0].id().native, "a");
    assert_eq!(export.talk.as_ref().unwrap().messages.len(), 1);
}

fn copied(effects: &Effects) -> Vec<String> {
    let copy = effects.iter().filter_map(|effect| match effect {
        Effect::Copy(text, _) => Some(text.as_str().to_owned()),
        _ => None,
    });
    copy.collect()
}

#[test]
fn the_list_copies_what_its_cursor_is_on() {
    let mut app = app();
    // One pane: the reader keeps what was read last.
    update(&mut app, Msg::Resize(60, 20));
    press(&mut app, "enter");
    let ticket = app.tickets;
    let answer = Msg::Opened(ticket, conversation("a", &["one"]), false);
    update(&mut app, answer);
    press(&mut app, "q j");
    assert_eq!(copied(&press(&mut app, "y i")), ["b"]);
    // What is not read yet is read first.
    let effects = press(&mut app, "y c");
    assert_eq!(copied(&effects), [""; 0]);
    let open = opened(&effects);
    assert_eq!(open[0].1, "b");
    let answer = Msg::Opened(open[0].0, conversation("b", &["two"]), false);
    let copied = copied(&update(&mut app, answer));
    assert!(copied[0].contains("two") && !copied[0].contains("one"));
}

#[test]
fn another_session_leaves_the_sub_agent_behind() {
    let mut app = app();
    let mut child = session("child", 3);
    child.kind = Kind::SubAgent;
    child.parent = Some("a".into());
    child.call = Some("call".into());
    update(&mut app, Msg::Delta(told([child])));
    let open = opened(&press(&mut app, "enter"));
    let ticket = open.last().map_or(app.tickets, |o| o.0);
    let mut talk = (*conversation("a", &["go"])).clone();
    let call = crate::sources::tools::call("call", "Task", "{}");
    let message = Arc::make_mut(&mut talk.messages[0]);
    message.parts = vec![Part::ToolCall(Box::new(call))];
    update(&mut app, Msg::Opened(ticket, Arc::new(talk), false));
    let inside = opened(&press(&mut app, "j enter"));
    assert_eq!(inside[0].1, "child");
    assert_eq!(app.subject().unwrap().id.native.as_ref(), "child");
    press(&mut app, "tab");
    assert_eq!(app.outer.len(), 1, "it stays while its session is selected");
    let next = opened(&press(&mut app, "j"));
    assert_eq!(next[0].1, "b");
    assert!(app.outer.is_empty());
}

/// Beside a sub-agent stand the others of its session, and one step back is that, on a whole screen too.
#[test]
fn sub_agents_are_read_one_after_the_other() {
    let mut app = app();
    let children = ["one", "two"].map(|id| {
        let mut child = session(id, 3);
        child.kind = Kind::SubAgent;
        child.parent = Some("a".into());
        child.call = Some(format!("call {id}").into());
        child
    });
    update(&mut app, Msg::Delta(told(children)));
    let open = opened(&press(&mut app, "enter Z"));
    let ticket = open.last().map_or(app.tickets, |o| o.0);
    let mut talk = (*conversation("a", &["go"])).clone();
    let call = crate::sources::tools::call("call one", "Task", "{}");
    Arc::make_mut(&mut talk.messages[0]).parts = vec![Part::ToolCall(Box::new(call))];
    update(&mut app, Msg::Opened(ticket, Arc::new(talk), false));
    assert_eq!(opened(&press(&mut app, "j enter"))[0].1, "one");
    assert_eq!(opened(&press(&mut app, "]"))[0].1, "two");
    assert_eq!(opened(&press(&mut app, "]")), []);
    assert_eq!(opened(&press(&mut app, "["))[0].1, "one");
    assert_eq!(opened(&press(&mut app, "esc esc"))[0].1, "a");
    assert!(app.outer.is_empty() && app.maximised);
}

#[test]
fn finding_walks_hits_and_not_sessions() {
    let mut app = app();
    let open = opened(&press(&mut app, "enter"));
    let ticket = open.last().map_or(app.tickets, |o| o.0);
    let talk = conversation("a", &["warp and weft", "more warp"]);
    update(&mut app, Msg::Opened(ticket, talk, false));
    press(&mut app, "/");
    type_text(&mut app, "warp");
    let hit = |app: &mut App| app.document().and_then(|d| d.hits());
    assert_eq!(hit(&mut app), Some((1, 2)));
    press(&mut app, "down");
    assert_eq!(hit(&mut app), Some((2, 2)));
    assert!(shown(&app).starts_with("[a]"));
}

#[test]
fn what_is_wanted_before_it_is_found_opens_when_it_comes() {
    let wanted = |between: &[&str]| {
        let mut app = app();
        press(&mut app, "/");
        let mut asked = None;
        for key in ["u", "s", "e", "r", ":", "k"] {
            let effects = update(&mut app, Msg::Key(keys::event(key).unwrap()));
            asked = effects.into_iter().find_map(|effect| match effect {
                Effect::Search(ticket, _, _, rows) => Some((ticket, rows)),
                _ => None,
            });
        }
        let (ticket, rows) = asked.unwrap();
        update(&mut app, Msg::Key(keys::event("enter").unwrap()));
        // Nothing of the first sessions fits, and the list is empty for a moment.
        let none = vec![(rows[0].clone(), None)];
        update(&mut app, Msg::Found(ticket, none, rows.len() - 1));
        assert!(app.selected().is_none());
        update(&mut app, Msg::Key(keys::event("enter").unwrap()));
        for key in between {
            update(&mut app, Msg::Key(keys::event(key).unwrap()));
        }
        let found = vec![(rows[7].clone(), Some(1))];
        let effects = update(&mut app, Msg::Found(ticket, found, 0));
        let opens = effects
            .iter()
            .any(|effect| matches!(effect, Effect::Open(..)));
        (app.focus == Pane::Reader, opens)
    };
    assert_eq!(wanted(&[]), (true, true));
    assert!(!wanted(&["j"]).0);
}

/// What stands in the list before the first answer is not what was asked for: it is not opened.
#[test]
fn nothing_is_opened_before_the_first_answer() {
    let mut app = app();
    press(&mut app, "/");
    // Nobody answers yet.
    let key = |app: &mut App, key| update(app, Msg::Key(keys::event(key).unwrap()));
    for letter in ["u", "s", "e", "r", ":", "k", "enter"] {
        key(&mut app, letter);
    }
    assert!(app.selected().is_some() && app.search.is_stale);
    assert_eq!(opened(&key(&mut app, "enter")).len(), 0);
    assert!(app.focus == Pane::List);
    let (ticket, rows) = (app.search.ticket, app.index.newest_first());
    let found = vec![(rows[7].clone(), Some(1))];
    let effects = update(&mut app, Msg::Found(ticket, found, 0));
    assert!(app.focus == Pane::Reader);
    assert_eq!(opened(&effects)[0].1, *rows[7].id().native);
}

fn seen(effects: &Effects) -> usize {
    let is = |effect: &&Effect| {
        matches!(effect, Effect::Do(crate::tui::tasks::Task::Mark(changes))
            if changes.iter().any(|(_, change)| matches!(change, crate::marks::Change::Seen(_))))
    };
    effects.iter().filter(is).count()
}

/// G14: what a search shows beside the list is not read; who goes into it reads on from there.
#[test]
fn only_who_goes_into_a_conversation_reads_it() {
    let texts: Vec<String> = (0..60).map(|n| format!("line {n} of a warp")).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let mut app = app();
    let effects = press(&mut app, "j");
    let ticket = opened(&effects)[0].0;
    update(
        &mut app,
        Msg::Opened(ticket, conversation("b", &texts), false),
    );
    // The wheel moves it too.
    app.document().unwrap().scroll(30);
    assert_eq!(seen(&press(&mut app, "j")), 0);
    assert!(app.visits.is_empty());
    let effects = press(&mut app, "k");
    let ticket = opened(&effects)[0].0;
    update(
        &mut app,
        Msg::Opened(ticket, conversation("b", &texts), false),
    );
    assert_eq!(seen(&press(&mut app, "enter G q")), 1);
    assert_eq!(seen(&press(&mut app, "j")), 0);
    assert_eq!(
        app.visits
            .values()
            .map(|visit| visit.upto)
            .collect::<Vec<_>>(),
        [60]
    );
}

/// What was put together here is left by Esc, as by `q`, for the conversation that it is about.
#[test]
fn escape_leaves_what_was_made_here() {
    let mut app = app();
    open_one(&mut app);
    for key in ["esc", "q", "backspace"] {
        let id = SessionId::new(SOURCE, "a");
        update(&mut app, Msg::Changes(id, conversation("a", &["a diff"])));
        assert!(app.reader.as_ref().unwrap().is_made);
        press(&mut app, key);
        assert!(!app.reader.as_ref().unwrap().is_made, "{key}");
        assert_eq!((app.focus, app.outer.len()), (Pane::Reader, 0), "{key}");
    }
    press(&mut app, "esc");
    assert_eq!(app.focus, Pane::List);
}

/// Whoever looks at what changed and comes back is where he was, also while his conversation is read again, whose first
/// messages come before the rest; and there is nothing to look at within what changed.
#[test]
fn what_changed_is_left_for_the_very_place() {
    let mut app = app();
    let open = opened(&press(&mut app, "enter"));
    let ticket = open.last().map_or(app.tickets, |o| o.0);
    let texts: Vec<String> = (0..40).map(|n| format!("said {n}")).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let whole = conversation("a", &texts);
    update(&mut app, Msg::Opened(ticket, whole.clone(), false));
    press(&mut app, ": 3 0 enter");
    let here = app.document().unwrap().position().message;
    let id = SessionId::new(SOURCE, "a");
    update(&mut app, Msg::Changes(id, conversation("a", &["a diff"])));
    let tasks = press(&mut app, "g d");
    assert!(
        !tasks
            .iter()
            .any(|effect| matches!(effect, Effect::Do(crate::tui::tasks::Task::Changes(..))))
    );
    let open = opened(&press(&mut app, "backspace"));
    let first = conversation("a", &texts[..10]);
    update(&mut app, Msg::Opened(open[0].0, first, true));
    assert_eq!(app.document().unwrap().position().message, here);
    update(&mut app, Msg::Opened(open[0].0, whole, false));
    assert_eq!(app.document().unwrap().position().message, here);
}

/// A session is left for another and read on where it was left.
#[test]
fn a_session_opens_where_it_was_left() {
    let mut app = app();
    let said: Vec<String> = (0..40).map(|n| format!("said {n}")).collect();
    let said: Vec<&str> = said.iter().map(String::as_str).collect();
    let open = |app: &mut App, keys: &str| {
        press(app, keys);
        let (ticket, id) = (app.tickets, app.subject().unwrap().id.native.clone());
        update(app, Msg::Opened(ticket, conversation(&id, &said), false));
        app.document().unwrap().position().message
    };
    assert_eq!(open(&mut app, "enter"), 1);
    press(&mut app, ": 3 0 enter");
    let here = app.document().unwrap().position().message;
    assert!(here > 1);
    assert_eq!(open(&mut app, "h j"), 1);
    assert_eq!(open(&mut app, "k"), here);
}

/// UX 4.3: the end of a live session is followed, and the screen says so; of one that is over there is nothing to say.
#[test]
fn only_a_live_session_says_that_it_is_followed() {
    let says = |minutes: i64, way: &str| {
        let mut app = app();
        update(&mut app, Msg::Delta(told([session("a", minutes)])));
        let open = opened(&press(&mut app, way));
        let ticket = open.last().map_or(app.tickets, |o| o.0);
        update(
            &mut app,
            Msg::Opened(ticket, conversation("a", &["one"]), false),
        );
        press(&mut app, "G");
        assert!(app.document().unwrap().following());
        app.reader.as_ref().unwrap().is_live(app.now)
    };
    assert!(says(0, "g g enter") && !says(600, "G enter"));
}
