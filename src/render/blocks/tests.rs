//! Messages as lines.

use std::collections::HashMap;

use super::said::{HEAD, TAIL, cut};
use super::*;
use crate::model::{Cost, Lane, ModelId, NoticeKind, Usage};
use crate::render::code::InkJob;
use crate::render::span::{MEASURE, plain};
use crate::render::theme::ThemeKind;

fn lay_with(
    message: &Message,
    width: usize,
    kind: ThemeKind,
    heads: bool,
) -> (Vec<Laid>, Vec<InkJob>) {
    let theme = Theme::built_in(kind);
    let setting = Setting {
        sought: &[],
        theme: &theme,
        ascii: true,
        zone: &TimeZone::UTC,
        started: Some("2026-11-20T09:00:00Z".parse().unwrap()),
        dir: None,
        width,
        showing: Showing::default(),
        heads,
        of_agent: false,
        asked: Some(1_234),
        spent: message.usage.map(|usage| Spent {
            usage,
            cost: message.cost.unwrap_or(Cost::UNKNOWN),
        }),
        agents: &[],
        tasks: &[],
        inline: &|_| None,
    };
    let ink = HashMap::new();
    let mut palette = Palette::new(&theme, &ink);
    let levels = Levels {
        found: &|_| None,
        of: &|_, part| default_level(part, Tools::Line),
        group: &|_| None,
        under: &|_| false,
    };
    let lines = lay(message, &setting, &levels, &mut palette);
    (lines, palette.wanted)
}

fn said(message: &Message, width: usize) -> Vec<String> {
    let (lines, _) = lay_with(message, width, ThemeKind::Mono, false);
    let text = |laid: &Laid| plain(&laid.line).trim_end().to_owned();
    lines.iter().map(text).collect()
}

fn message(role: Role, parts: Vec<Part>) -> Message {
    let mut message = Message::new(1, role, Some("2026-11-20T10:02:03Z".parse().unwrap()));
    message.parts = parts;
    message
}

fn head(message: &Message, width: usize) -> String {
    let (lines, _) = lay_with(message, width, ThemeKind::Mono, true);
    plain(&lines[0].line)
}

/// S2-32, S2-33: what went in stands at a prompt, what came out at an answer, and both times.
#[test]
fn headings_say_who_when_and_how_dear() {
    let prompt = message(Role::User, vec![]);
    assert_eq!(
        head(&prompt, 40),
        "+01:02:03  10:02  YOU        in 1.2k tok"
    );
    let mut answer = message(Role::Assistant, vec![]);
    answer.model = Some(ModelId::new(Some("anthropic"), "claude-opus-4-6"));
    answer.usage = Some(Usage {
        output: 600,
        ..Usage::default()
    });
    let line = head(&answer, 60);
    assert!(
        line.starts_with("+01:02:03  10:02  AGENT ") && line.ends_with("out 600 tok"),
        "{line}"
    );
    answer.at = None;
    assert!(head(&answer, 60).starts_with("AGENT "));
    answer.lane = Lane::Side("agent-1".into());
    assert!(head(&answer, 60).contains("  side"));
}

#[test]
fn images_and_files_are_told_by_what_they_are() {
    let parts = vec![
        Part::Image {
            mime: "image/png".into(),
            bytes: 34_816,
        },
        Part::Attachment {
            path: "/tmp/a file.md".into(),
        },
    ];
    let want = ["  [image png, 34 KB] [Enter]", "  [file /tmp/a file.md]"];
    assert_eq!(said(&message(Role::Assistant, parts), 60), want);
}

/// What was thought is in no log of some agents: that is told where nothing else is told, and where thoughts are read.
#[test]
fn a_thought_that_is_not_there_is_told_once() {
    let unknown = "  thinking (not in the log)";
    let alone = message(Role::Assistant, vec![Part::Thinking(None)]);
    assert_eq!(said(&alone, 60), [unknown]);
    let with_words = message(
        Role::Assistant,
        vec![Part::Thinking(None), Part::Text("Done.".into())],
    );
    assert_eq!(said(&with_words, 60), ["  Done."]);
}

#[test]
fn notices_are_one_line_whatever_they_say() {
    let notice = |kind, text: &str| {
        let text = text.into();
        said(
            &message(Role::System, vec![Part::Notice { kind, text }]),
            40,
        )
    };
    assert_eq!(
        notice(NoticeKind::Error, "API Error:\n  529"),
        ["  API Error: 529"]
    );
    let ruled = notice(NoticeKind::Compaction, "compacted by hand");
    assert_eq!(ruled, [" --------- compacted by hand ---------"]);
    let named = notice(NoticeKind::ModelSwitch, "opus to haiku");
    assert_eq!(named, [" -------- model: opus to haiku --------"]);
    let errors = notice(NoticeKind::Error, &"word ".repeat(20));
    assert_eq!(errors.len(), 3, "an error is read to its end");
    let long = notice(NoticeKind::Interrupted, &"word ".repeat(5_000));
    assert_eq!(long.len(), 1);
    assert!(long[0].ends_with("..") && long[0].len() <= 40, "{long:?}");
}

#[test]
fn a_person_is_told_by_a_bar_and_an_agent_by_none() {
    let text = || vec![Part::Text("one two three".into())];
    assert_eq!(
        said(&message(Role::User, text()), 12),
        ["| one two", "| three"]
    );
    assert_eq!(
        said(&message(Role::Assistant, text()), 12),
        ["  one two", "  three"]
    );
}

#[test]
fn prose_is_no_wider_than_can_be_read() {
    let text = "word ".repeat(200);
    let lines = said(
        &message(Role::Assistant, vec![Part::Text(text.as_str().into())]),
        200,
    );
    assert!(lines.iter().all(|line| line.len() <= 2 + MEASURE));
    assert!(lines.len() > 1 && lines[0].len() > MEASURE - 5);
}

#[test]
fn a_very_long_text_keeps_its_ends() {
    let text = format!("start {} end", "日 ".repeat(HEAD));
    let kept = cut(&text);
    assert!(kept.len() < HEAD + TAIL + 200);
    assert!(kept.starts_with("start ") && kept.ends_with(" end"));
    let left: usize = kept
        .split_once("\n\n... ")
        .unwrap()
        .1
        .split_once(' ')
        .unwrap()
        .0
        .parse()
        .unwrap();
    let said = kept.len()
        - kept
            .find("\n\n... ")
            .map_or(0, |at| kept[at..].find("...\n\n").unwrap() + 5);
    assert_eq!(left + said, text.len());
    assert_eq!(cut("short"), "short");
}

/// S2-31: code gets its colours, where the terminal has any and it is not too long.
#[test]
fn code_asks_for_colours_where_there_are_any() {
    let code = |lines: usize| {
        let text = format!("```rust\n{}```\n", "let x = 1;\n".repeat(lines));
        message(Role::Assistant, vec![Part::Text(text.into())])
    };
    let wanted = |message: &Message, kind| lay_with(message, 80, kind, false).1.len();
    assert_eq!(wanted(&code(3), ThemeKind::Dark), 1);
    assert_eq!(wanted(&code(3), ThemeKind::Light), 1);
    assert_eq!(wanted(&code(3), ThemeKind::Mono), 0);
    assert_eq!(wanted(&code(3), ThemeKind::Sixteen), 0);
    assert_eq!(
        wanted(&code(801), ThemeKind::Dark),
        1,
        "the last line ends none"
    );
    assert_eq!(wanted(&code(802), ThemeKind::Dark), 0);
    assert_eq!(wanted(&code(6_000), ThemeKind::Dark), 0);
}

/// S2-38: what came back stands with its call.
#[test]
fn a_result_stands_with_its_call_only() {
    let call = |id: &str| Part::ToolCall(Box::new(crate::sources::tools::call(id, "Bash", "{}")));
    let result = |id: &str| Part::ToolResult(Box::new(ToolResult::new(id, "text")));
    let lines = said(
        &message(
            Role::Assistant,
            vec![call("a"), result("a"), call("b"), result("c")],
        ),
        40,
    );
    assert_eq!(lines.len(), 3);
    assert!(
        lines[0].ends_with("1 line") && lines[1].ends_with("no result"),
        "{lines:?}"
    );
    assert_eq!(lines[2], "  > result, 1 line");
}
