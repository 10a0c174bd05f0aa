//! How much of a conversation is shown, and where in it one goes.

use jiff::SignedDuration;

use super::sample::*;
use super::*;
use crate::model::{Cost, Kind, NoticeKind};
use crate::render::showing::Diffs;

fn shell(n: u32, command: &str) -> Message {
    let id = format!("c{n}");
    let input = serde_json::json!({ "command": command }).to_string();
    message(
        n,
        Role::Assistant,
        vec![call(&id, "Bash", &input), result(&id, "first\nsecond\n")],
    )
}

/// A prompt, five quiet calls, an edit and an answer.
fn work() -> Arc<Conversation> {
    let mut messages = vec![say(1, Role::User, "go on")];
    messages.extend((2..7).map(|n| shell(n, &format!("run {n}"))));
    let edit = r#"{"file_path":"a.rs","old_string":"one","new_string":"two"}"#;
    messages.push(message(
        7,
        Role::Assistant,
        vec![
            Part::Text("Now the edit.".into()),
            call("e", "Edit", edit),
            result("e", "ok"),
        ],
    ));
    messages.push(say(8, Role::Assistant, "It is done."));
    messages.push(say(9, Role::User, "thanks"));
    conversation(messages)
}

fn document_as(conversation: Arc<Conversation>, showing: Showing) -> Document {
    let mut document = Document::new(conversation, look(ThemeKind::Dark, false)).shown(showing);
    document.set_size(80, 60);
    document
}

fn at(document: &mut Document, what: &str) {
    let row = row_of(document, what);
    document.click(row);
}

/// UX 7: consecutive tool-only messages stand as one line, which opens and closes.
#[test]
fn quiet_calls_stand_as_one_line_and_open() {
    let mut document = document_as(work(), Showing::default());
    let face = "5 tool calls: Bash 5";
    assert!(has(&document, face) && !has(&document, "run 3"));
    assert!(has(&document, "+ two"), "an edit stands by itself");
    at(&mut document, face);
    assert!(document.is_foldable() && document.call_here().is_none());
    let row = document.cursor_row();
    document.toggle_fold();
    assert!(has(&document, "run 2") && has(&document, "run 6"));
    assert_eq!(document.cursor_row(), row);
    document.toggle_fold();
    assert!(!has(&document, "run 2"));
    // What is looked for is seen.
    document.find("run 4");
    assert!(has(&document, "run 4"));
    document.find("");
    assert!(!has(&document, "run 4"));
}

#[test]
fn who_opened_a_call_goes_on_seeing_it() {
    let all = work();
    let two = Conversation {
        messages: all.messages[..3].to_vec(),
        ..(*all).clone()
    };
    let mut document = document_as(Arc::new(two), Showing::default());
    at(&mut document, "run 2");
    document.show_more();
    assert!(has(&document, "second"));
    document.replace(all);
    assert!(has(&document, "5 tool calls") && has(&document, "run 2"));
}

/// UX 4.3 `z t`: off, one line, short, full; `z o`: more of this block.
#[test]
fn tools_have_four_levels_and_a_block_more() {
    let mut document = document_as(story(), Showing::default());
    assert_eq!(document.tools_word(), "short");
    assert!(has(&document, "case_59 ") && !has(&document, "case_30 "));
    at(&mut document, "more lines (z o)");
    let row = document.cursor_row();
    document.show_more();
    assert!(has(&document, "case_30 "));
    assert_eq!(document.cursor_row(), row, "who reads on stays where he is");
    document.cycle_tools();
    assert_eq!(document.tools_word(), "full");
    document.cycle_tools();
    assert_eq!(document.tools_word(), "off");
    assert!(!has(&document, "cargo") && has(&document, "That is all."));
}

/// UX 4.3 `z f`: prompts and final answers only.
#[test]
fn focus_leaves_prompts_and_final_answers() {
    let mut document = document_as(work(), Showing::default());
    document.toggle_focus();
    let lines = said(&document);
    assert!(has(&document, "go on") && has(&document, "It is done.") && has(&document, "thanks"));
    assert!(
        !has(&document, "Now the edit") && !has(&document, "tool calls"),
        "{lines:#?}"
    );
    let agents = lines.iter().filter(|line| line.contains("AGENT")).count();
    assert_eq!(agents, 1, "{lines:#?}");
    document.toggle_focus();
    assert!(has(&document, "Now the edit"));
}

/// UX 4.3 `z r`: the record itself.
#[test]
fn a_message_is_shown_as_data() {
    let mut document = document_as(work(), Showing::default());
    at(&mut document, "Now the edit");
    document.toggle_raw();
    assert!(has(&document, "\"tool\": \"Edit\"") && has(&document, "\"resultOf\": \"e\""));
    document.toggle_raw();
    assert!(has(&document, "+ two") && !has(&document, "resultOf"));
}

/// UX 4.3 `z d`, `T`, `z c`.
#[test]
fn diffs_times_and_code_are_shown_as_chosen() {
    let showing = Showing {
        diffs: Diffs::Off,
        ..Showing::default()
    };
    let mut document = document_as(work(), showing);
    assert!(has(&document, "Edit a.rs") && !has(&document, "+ two"));
    document.cycle_diffs();
    assert!(has(&document, "+ two"));
    assert!(has(&document, "+00:00:00  09:12  YOU"));
    document.cycle_times();
    assert!(has(&document, "+00:00:00  YOU"));
    document.cycle_times();
    assert!(has(&document, "09:12  YOU"));
    document.cycle_times();
    assert!(said(&document)[0].starts_with("YOU"));
    let code = format!("```\n{}```", "line\n".repeat(30));
    let mut document = document_as(conversation(vec![say(1, Role::User, &code)]), showing);
    assert!(!has(&document, "more lines"));
    document.toggle_code();
    assert!(has(&document, "... 20 more lines (z c)"));
}

/// UX 4.3 `a` and `e`: to the call, not only to its message.
#[test]
fn edits_and_errors_are_gone_to() {
    let mut document = document_as(story(), Showing::default());
    document.next_edit(1);
    let here = |document: &Document| {
        let row = document.cursor_row().unwrap();
        said(document)[row].trim().to_owned()
    };
    assert!(
        here(&document).contains("Edit src/layer.rs"),
        "{}",
        here(&document)
    );
    document.next_error(1);
    assert!(here(&document).contains("exit 101"), "{}", here(&document));
    document.next_edit(1);
    assert!(here(&document).contains("exit 101"), "there is no other");
    document.next_edit(-1);
    assert!(here(&document).contains("Edit src/layer.rs"));
    assert!(document.next_compaction());
    assert!(here(&document).contains("so far"));
}

/// UX 4.3: `:120`, `:50%`, `:14:02`.
#[test]
fn places_have_names() {
    let mut document = document(long(200), 60, 20);
    let mut go = |place: &str| {
        let went = document.go_to_place(place);
        went.map(|()| document.message().unwrap().number)
    };
    assert_eq!(go(":120"), Ok(120));
    assert_eq!(go("50%"), Ok(100));
    assert_eq!(go("100%"), Ok(200));
    assert_eq!(go("0%"), Ok(1));
    // Message n is said n minutes after 9:11.
    assert_eq!(go(":10:11"), Ok(60));
    assert_eq!(go("09:12:30"), Ok(2));
    assert_eq!(go("201"), Err("no message 201; the last is 200".into()));
    for wrong in [
        "",
        "x",
        "101%",
        "25:00",
        "12:xx",
        "-1",
        "23:59",
        "13-09 09:30",
    ] {
        assert!(go(wrong).is_err(), "{wrong}");
    }
}

/// A time is one of the day that is read, else of the next on which something was said then.
#[test]
fn times_behind_midnight_are_found() {
    let mut all = long(200);
    let night = Arc::make_mut(&mut all);
    for message in &mut night.messages {
        let message = Arc::make_mut(message);
        message.at = message.at.map(|at| at + SignedDuration::from_hours(14));
    }
    let mut document = document(all, 60, 20);
    let mut go = |place: &str| {
        let went = document.go_to_place(place);
        went.map(|()| document.message().unwrap().number)
    };
    // Message n is said n minutes after 23:11.
    assert_eq!(go("00:30"), Ok(79));
    assert_eq!(go("23:30"), Ok(19));
    assert_eq!(go("11-21 00:30"), Ok(79));
    assert_eq!(go("2026-11-20 23:30"), Ok(19));
    assert_eq!(go("11-20 23:59"), Ok(48));
    assert!(go("11-22 00:10").is_err());
}

/// G14: a rule at the first message since the last visit; opening does not pass it, reading does.
#[test]
fn what_is_new_begins_with_a_rule() {
    let visit = Visit {
        upto: 100,
        at: Some("2026-11-20T10:51:00Z".parse().unwrap()),
    };
    let mut document = document(long(200), 60, 20);
    let now = "2026-11-20T18:00:00Z".parse().unwrap();
    document.set_seen(Some(visit), now);
    assert_eq!(document.seen_upto(), Some(100), "opening passes nothing");
    assert!(document.to_new());
    assert_eq!(document.message().unwrap().number, 101);
    assert!(has(&document, " new since 10:51 "));
    assert!(document.seen_upto() > Some(100));
    document.to_end();
    assert_eq!(document.seen_upto(), Some(200));
    let all = Visit {
        upto: 200,
        at: Some("2026-11-20T12:31:30Z".parse().unwrap()),
    };
    document.set_seen(Some(all), now);
    assert!(!document.to_new());
    document.replace(long(202));
    assert!(document.to_new() && has(&document, " new since 12:31 "));
    // Where one only left, nothing is new: all of it was said before.
    let left = Visit {
        at: Some("2026-11-20T13:40:00Z".parse().unwrap()),
        ..visit
    };
    document.set_seen(Some(left), now);
    assert!(!document.to_new() && !has(&document, "new since"));
    // Of another day the clock alone says nothing.
    document.set_seen(Some(visit), "2026-11-21T00:10:00Z".parse().unwrap());
    assert!(document.to_new() && has(&document, " new since 2026-11-20 10:51 "));
}

/// Who is taken somewhere, by what is searched, has passed nothing.
#[test]
fn being_taken_to_a_place_reads_nothing() {
    let mut document = document(long(200), 60, 20);
    document.taken(|document| document.go_to(150, 0));
    assert_eq!(document.seen_upto(), None);
    assert_eq!(document.message().unwrap().number, 151);
    document.step(1);
    assert!(document.seen_upto() > Some(150));
}

/// G12: a fork says where its own part begins.
#[test]
fn a_fork_begins_where_it_left() {
    let started = long(60).messages[40].at;
    let mut document = Document::new(long(60), look(ThemeKind::Dark, false));
    (document.kind, document.started) = (Kind::Fork, started);
    document.survey();
    document.set_size(60, 20);
    assert!(document.to_fork());
    assert_eq!(document.message().unwrap().number, 41);
    assert!(has(&document, " forked here "));
    document.to_time(started.unwrap());
    assert_eq!(document.message().unwrap().number, 40);
}

/// G1: prompts with what came of each.
#[test]
fn the_outline_is_the_prompts_with_their_cost() {
    let mut talk = (*work()).clone();
    for message in &mut talk.messages {
        if message.role == Role::Assistant {
            Arc::make_mut(message).cost = Some(Cost::reported(crate::model::Usd::from_nanos(2)));
        }
    }
    let mut document = document_as(Arc::new(talk), Showing::default());
    let outline = document.outline();
    let titles: Vec<&str> = outline.iter().map(|turn| turn.title.as_str()).collect();
    assert_eq!(titles, ["go on", "thanks"]);
    assert_eq!(outline[0].cost.known().map(|usd| usd.nanos()), Some(14));
    assert_eq!(outline[1].cost.known(), None);
    document.go_to_number(8);
    assert_eq!(document.outline_here(), Some(0));
    document.to_end();
    assert_eq!(document.outline_here(), Some(1));
}

#[test]
fn an_outline_tells_what_was_typed() {
    let texts = [
        "<ide_file>a.rs</ide_file>\nfix it",
        "<a>1</a> <b>2</b>both",
        "<note>only this</note>",
        "<br> is a tag",
    ];
    let prompts = (1..).zip(texts).map(|(n, text)| say(n, Role::User, text));
    let document = document(conversation(prompts.collect()), 60, 20);
    let titles: Vec<_> = document
        .outline()
        .iter()
        .map(|turn| turn.title.as_str())
        .collect();
    assert_eq!(
        titles,
        ["fix it", "both", "<note>only this</note>", "<br> is a tag"]
    );
}

/// UX 4.3 `z g`: what a sub-agent said, under the call that started it.
#[test]
fn a_sub_agent_is_shown_within() {
    let mut document = document_as(story(), Showing::default());
    let agent = Agent {
        native: "agent-7".into(),
        call: None,
        messages: 23,
        cost: Cost::UNKNOWN,
    };
    document.set_agents(vec![agent]);
    assert!(has(&document, "sub-agent, 23 msgs ⏎"));
    assert_eq!(document.calls(), [("t".into(), Some("agent-7".into()))]);
    document.set_inside("t".into(), Some(work()));
    assert!(has(&document, "│ ▌ go on") && has(&document, "│   It is done."));
    document.set_inside("t".into(), None);
    assert!(!has(&document, "It is done."));
}

/// G12, UX 7: compaction and model switches are marked.
#[test]
fn a_change_of_model_is_marked() {
    let notice = Part::Notice {
        kind: NoticeKind::ModelSwitch,
        text: "haiku".into(),
    };
    let talk = conversation(vec![message(1, Role::System, vec![notice])]);
    assert!(has(&document(talk, 60, 10), "── model: haiku ──"));
}

/// Only the blocks that wait for a colour are laid out again.
#[test]
fn colours_touch_no_other_block() {
    let code = |n: u32| say(n, Role::Assistant, &format!("```rust\nlet a{n} = 1;\n```"));
    let mut document = document(conversation((1..=4).map(code).collect()), 60, 40);
    let jobs = document.take_wanted();
    assert_eq!(jobs.len(), 4);
    let line = |document: &Document, block: usize| {
        document.laid[block]
            .as_ref()
            .unwrap()
            .last()
            .unwrap()
            .line
            .clone()
    };
    let before: Vec<_> = (0..4).map(|block| line(&document, block)).collect();
    // A mark that only laying out again would take away.
    for laid in document.laid.iter_mut().flatten().flatten() {
        laid.margin = 77;
    }
    document.set_ink(highlight(&jobs[2]));
    let is_old = |block: usize| document.laid[block].as_ref().unwrap()[0].margin == 77;
    assert_eq!([0, 1, 2, 3].map(is_old), [true, true, false, true]);
    assert_ne!(line(&document, 2), before[2]);
}

/// S2-36, S2-39: text is shown as it was said, and parts stand in the order in which they were said.
#[test]
fn parts_stand_in_their_order() {
    let parts = vec![
        Part::Text("First I look.".into()),
        call("a", "Bash", r#"{"command":"ls one"}"#),
        result("a", "x\n"),
        Part::Text("Then I write.".into()),
        call("b", "Bash", r#"{"command":"ls two"}"#),
        result("b", "x\n"),
        Part::Text("That is all.".into()),
    ];
    let said_of = |parts: Vec<Part>| {
        let document = document(
            conversation(vec![message(1, Role::Assistant, parts)]),
            80,
            200,
        );
        said(&document)
    };
    let lines = said_of(parts.clone());
    let wanted = [
        "First I look.",
        "ls one",
        "Then I write.",
        "ls two",
        "That is all.",
    ];
    let at = |lines: &[String], text: &str| {
        let found = lines.iter().position(|line| line.contains(text));
        found.unwrap_or_else(|| panic!("{text}: {lines:?}"))
    };
    let places = wanted.map(|text| at(&lines, text));
    assert!(places.is_sorted(), "{lines:?}");
    let mut turned = parts;
    turned.swap(0, 6);
    let lines = said_of(turned);
    assert!(
        at(&lines, "That is all.") < at(&lines, "First I look."),
        "{lines:?}"
    );
}
