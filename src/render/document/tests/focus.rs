//! What is left out of the page, and what stands there without a fold.

use ratatui::style::Style;

use super::sample::*;
use super::*;
use crate::model::NoticeKind;

fn shown(talk: Arc<Conversation>) -> Document {
    let mut document = Document::new(talk, look(ThemeKind::Dark, false));
    document.set_size(80, 60);
    document
}

fn count(document: &Document, what: &str) -> usize {
    let lines = said(document);
    lines.iter().filter(|line| line.contains(what)).count()
}

fn thinking(n: u32, text: &str) -> Message {
    message(n, Role::Assistant, vec![Part::Thinking(Some(text.into()))])
}

/// What a fold would hide in one line stands there; nothing folds then, and what is found in it is marked.
#[test]
fn a_thought_of_one_line_has_no_fold() {
    let wide = "word ".repeat(30);
    let mut document = shown(conversation(vec![
        say(1, Role::System, "Be brief.\n"),
        say(2, Role::User, "go on"),
        thinking(3, "\n  Taken by value.\n"),
        thinking(4, "First this,\nthen that."),
        thinking(5, wide.trim()),
    ]));
    let lines = said(&document);
    assert!(
        lines.contains(&"    thinking: Taken by value.".to_owned()),
        "{lines:#?}"
    );
    assert!(
        lines.contains(&"    system: Be brief.".to_owned()),
        "{lines:#?}"
    );
    assert_eq!(
        (
            count(&document, "thinking, 2 lines"),
            count(&document, "thinking, 1 line")
        ),
        (1, 1)
    );
    // A title stands without its marks.
    let titled = shown(conversation(vec![thinking(1, "**Taking it by value**")]));
    let title = "    thinking: Taking it by value".to_owned();
    assert!(said(&titled).contains(&title), "{:#?}", said(&titled));
    document.click(row_of(&document, "Taken by value."));
    assert!(!document.is_foldable());
    let row = usize::from(row_of(&document, "Taken by value."));
    let dim = document.look.theme.style(Hue::Dim);
    assert_eq!(document.lines()[row].spans[1].style, dim);
    document.find("by value");
    let (row, hit) = (
        usize::from(row_of(&document, "Taken by value.")),
        document.look.theme.style(Hue::HitHere),
    );
    document.next_hit(1);
    let marked =
        |span: &&ratatui::text::Span<'_>| span.style != dim && span.style != Style::default();
    let spans = &document.lines()[row].spans;
    let marked = spans.iter().find(marked).unwrap();
    assert_eq!(
        (marked.content.as_ref(), marked.style.bg),
        ("by value", hit.bg)
    );
    // Where there is less room it folds.
    document.set_size(16, 60);
    document.find("");
    assert_eq!(count(&document, "thinking,"), 3, "{:#?}", said(&document));
}

/// Two calls, an answer between them, and one at the end.
fn talk() -> Arc<Conversation> {
    let run = |n: u32, output: &str| {
        let id = format!("c{n}");
        let input = r#"{"command":"make"}"#;
        message(
            n,
            Role::Assistant,
            vec![call(&id, "Bash", input), result(&id, output)],
        )
    };
    let left = Part::Notice {
        kind: NoticeKind::Command,
        text: "/exit".into(),
    };
    conversation(vec![
        say(1, Role::User, "Build the loom"),
        run(2, "a warp of wool\nand more"),
        say(3, Role::Assistant, "Half of it."),
        run(4, "a weft\nand a warp"),
        say(5, Role::Assistant, "The warp is ready."),
        message(6, Role::System, vec![left]),
    ])
}

/// UX 4.3 `z f`: also while something is looked for; hits are counted, and only one that is gone to is opened.
#[test]
fn focus_wins_over_what_is_found() {
    let mut document = shown(talk());
    document.toggle_focus();
    document.find("warp");
    assert_eq!(document.hits(), Some((1, 3)));
    assert!(
        !has(&document, "wool") && !has(&document, "a weft"),
        "{:#?}",
        said(&document)
    );
    assert_eq!(count(&document, "AGENT"), 1);
    let mut seen = Vec::new();
    for _ in 0..3 {
        document.next_hit(1);
        assert_eq!(count(&document, "AGENT"), 1, "{:#?}", said(&document));
        let cursor = document.cursor_row().unwrap();
        assert!(
            said(&document)[cursor].contains("warp"),
            "{:#?}",
            said(&document)
        );
        seen.push((has(&document, "wool"), has(&document, "a weft")));
    }
    seen.sort_unstable();
    assert_eq!(seen, [(false, false), (false, true), (true, false)]);
    document.find("");
    assert!(!has(&document, "wool") && !has(&document, "a weft"));
}

/// What was typed for the agent's program is no prompt, and leaves no heading behind.
#[test]
fn focus_leaves_no_empty_turn() {
    let mut document = shown(talk());
    assert_eq!(
        (count(&document, "YOU"), has(&document, "/exit")),
        (2, true)
    );
    document.toggle_focus();
    assert_eq!(
        (count(&document, "YOU"), has(&document, "/exit")),
        (1, false)
    );
    let lines = said(&document);
    assert!(
        lines.last().unwrap().contains("The warp is ready."),
        "{lines:#?}"
    );
}

/// How often somebody cut a turn off is known beside the errors.
#[test]
fn interruptions_are_counted() {
    let cut = |n| {
        let part = Part::Notice {
            kind: NoticeKind::Interrupted,
            text: "interrupted".into(),
        };
        message(n, Role::System, vec![part])
    };
    let mut document = shown(talk());
    assert_eq!(document.interruptions(), 0);
    document.replace(conversation(vec![say(1, Role::User, "go"), cut(2), cut(3)]));
    assert_eq!(document.interruptions(), 2);
}

/// A command that the agent answers is a prompt; what an agent says to one that it started is none, and ends no turn.
#[test]
fn a_prompt_is_what_a_person_asks_the_agent() {
    let command = |n, text: &str| {
        let kind = NoticeKind::Command;
        let text = text.into();
        message(n, Role::System, vec![Part::Notice { kind, text }])
    };
    let side = |mut message: Message| {
        message.lane = crate::model::Lane::Side("side".into());
        message
    };
    let mut document = shown(conversation(vec![
        command(1, "/clear"),
        command(2, "/plan a loom"),
        say(3, Role::System, "Plan what was asked."),
        say(4, Role::Assistant, "I ask around."),
        side(say(5, Role::User, "Find the warp")),
        side(say(6, Role::Assistant, "It is in the attic.")),
        say(7, Role::Assistant, "Here is the plan."),
        say(8, Role::User, "Thanks"),
    ]));
    let titles: Vec<&str> = document
        .outline()
        .iter()
        .map(|t| t.title.as_str())
        .collect();
    assert_eq!(titles, ["/plan a loom", "Thanks"]);
    assert!(has(&document, "PARENT") && count(&document, "YOU") == 2);
    document.to_start();
    let mut seen = Vec::new();
    while document.next_prompt(1) == Went::There {
        seen.push(document.message().unwrap().number);
    }
    assert_eq!(seen, [2, 8]);
    document.toggle_focus();
    let lines = said(&document);
    let shown: Vec<&str> = lines
        .iter()
        .map(|line| line.trim())
        .filter(|line| !line.is_empty())
        .collect();
    assert_eq!(shown.len(), 6, "{shown:#?}");
    assert!(
        shown[1].contains("/plan a loom") && shown[3].contains("Here is the plan."),
        "{shown:#?}"
    );
}
