//! What the screen was promised to show and to do, seen on the screen: keys and clicks over the sample sessions.

use backscroll::render::theme::ThemeKind;
use backscroll::tui::msg::Msg;
use backscroll::tui::stage::Stage;
use ratatui::crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};

use super::stage;

/// A session with thinking, tool calls, code and sub-agents.
const LANTERNS: &str = "/ \"id:3135c39e\" enter";
/// A line of a block of code in the answer that is looked for.
const CODE: &str = "let phase = phase.clamp(0.0, 1.0);";

fn at(size: (u16, u16)) -> (tempfile::TempDir, Stage) {
    stage(ThemeKind::Mono, false, size)
}

/// The place of a text on the screen, in cells.
fn place(stage: &Stage, text: &str) -> (u16, u16) {
    let picture = stage.picture().unwrap();
    let want: Vec<String> = text.chars().map(|c| c.to_string()).collect();
    let (width, height) = (picture.area.width, picture.area.height);
    for y in 0..height {
        let row: Vec<&str> = (0..width).map(|x| picture[(x, y)].symbol()).collect();
        if let Some(x) = row.windows(want.len()).position(|cells| cells == want) {
            return (u16::try_from(x).unwrap(), y);
        }
    }
    panic!("no {text:?} on\n{}", stage.text());
}

fn click(stage: &mut Stage, (column, row): (u16, u16)) {
    let modifiers = KeyModifiers::NONE;
    for kind in [
        MouseEventKind::Down(MouseButton::Left),
        MouseEventKind::Up(MouseButton::Left),
    ] {
        stage.tell(Msg::Mouse(MouseEvent {
            kind,
            column,
            row,
            modifiers,
        }));
    }
}

/// The part of each line that starts at the column of `text`.
fn pane(stage: &Stage, text: &str) -> String {
    let (x, _) = place(stage, text);
    let lines = stage.text();
    let cut = |line: &str| line.chars().skip(usize::from(x) - 1).collect::<String>();
    lines.lines().map(cut).collect::<Vec<_>>().join("\n")
}

/// S2-15, S2-17: the filter stands above the list; a row has title, source, model, messages, tokens, cost and age.
#[test]
fn a_row_says_what_a_session_is() {
    let (_cache, mut stage) = at((159, 40));
    stage.keys(LANTERNS);
    let text = stage.text();
    let (_, query) = place(&stage, "id:3135c39e");
    let (_, title) = place(&stage, ">  + Lanterns that drift without a stutter");
    assert!(query < title);
    let lines: Vec<&str> = text.lines().collect();
    let row = [lines[usize::from(title)], lines[usize::from(title) + 1]];
    let own = row.map(|line| line.split("││").next().unwrap());
    assert!(own[0].trim_end().ends_with("4m"), "{text}");
    for fact in ["OC", "lanterns", "opus-4-6", "14 msg", "1.0M", "$3.10"] {
        assert!(own[1].contains(fact), "{fact}\n{text}");
    }
}

/// S2-18, S2-19: agents are chosen from a list that holds those with sessions only, and more than one.
#[test]
fn agents_are_chosen_from_those_that_have_sessions() {
    let (_cache, mut stage) = at((120, 40));
    stage.keys("f s");
    let picker = stage.app.picker.as_ref().unwrap();
    let offered: Vec<&str> = picker.choices.iter().map(|c| c.label.as_str()).collect();
    let mut sorted = offered.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, ["Claude Code", "Codex CLI", "OpenCode"]);
    let kept = [
        picker.choices[0].value.clone(),
        picker.choices[1].value.clone(),
    ];
    stage.keys("tab tab enter");
    let shown = stage.app.list.entries.iter();
    let mut shown: Vec<&str> = shown.map(|e| e.row.id().source.0).collect();
    shown.sort_unstable();
    shown.dedup();
    let mut kept: Vec<&str> = kept.iter().map(String::as_str).collect();
    kept.sort_unstable();
    assert_eq!(shown, kept, "{}", stage.app.query.input.value());
}

/// S2-23 to S2-27: a click on a header sorts by it, the largest first, and a second one turns it round; so do keys.
#[test]
fn headers_are_clicked_and_keys_pressed_to_sort() {
    let (_cache, mut stage) = at((200, 50));
    let values = |stage: &Stage, of: fn(&backscroll::model::Row) -> i64| -> Vec<i64> {
        let entries = stage.app.list.entries.iter();
        entries.map(|entry| of(&entry.row)).collect()
    };
    type Of = fn(&backscroll::model::Row) -> i64;
    let messages: Of = |row| i64::from(row.session.messages());
    let tokens: Of = |row| row.tokens().unwrap() as i64;
    let cost: Of = |row| (row.cost().known().unwrap().dollars() * 1e6) as i64;
    let start: Of = |row| row.session.started.unwrap().as_second();
    let down = |values: &[i64]| values.is_sorted_by(|a, b| a >= b) && values[0] > values[9];
    let up = |values: &[i64]| values.is_sorted() && values[0] < values[9];
    for (title, key, of) in [
        ("Msgs", "s m", messages),
        ("Tokens", "s t", tokens),
        ("Cost", "s c", cost),
    ] {
        let header = place(&stage, title);
        click(&mut stage, header);
        assert!(down(&values(&stage, of)), "{title}\n{}", stage.text());
        click(&mut stage, header);
        assert!(up(&values(&stage, of)), "{title}\n{}", stage.text());
        stage.keys("s d");
        stage.keys(key);
        assert!(down(&values(&stage, of)), "{key}\n{}", stage.text());
        stage.keys(key);
        assert!(up(&values(&stage, of)), "{key}\n{}", stage.text());
    }
    stage.keys("s D");
    assert!(down(&values(&stage, start)), "{}", stage.text());
}

/// S2-28, S2-29, S2-30, S2-34: a session that is selected stands beside the list with all that was said, by whom, and
/// its tools by name with what they answered.
#[test]
fn the_conversation_stands_beside_the_list() {
    let (_cache, mut stage) = at((200, 60));
    stage.keys(LANTERNS);
    let id = stage.app.list.entries[0].row.id().clone();
    let document = stage
        .app
        .reader
        .as_ref()
        .unwrap()
        .document
        .as_ref()
        .unwrap();
    let whole = document.conversation();
    assert_eq!(whole.id, id);
    assert!(whole.messages.len() >= 14, "the whole history");
    let text = stage.text();
    for said in [
        "YOU",
        "AGENT opus-4-6",
        "todowrite",
        "bash npm run measure",
        "median frame  38.4 ms",
    ] {
        assert!(text.contains(said), "{said}\n{text}");
    }
}

/// S2-31: a block of code is in more than one colour, and its words are those of the log.
#[test]
fn code_is_in_colours() {
    let (_cache, mut stage) = stage(ThemeKind::Dark, false, (160, 60));
    stage.keys("/ \"title:Let_the_tide\" enter tab z R g g / \"hurries_through\" enter esc");
    let colours = |stage: &Stage| {
        let picture = stage.picture().unwrap();
        let (x, y) = place(stage, CODE);
        let cells = (x..x + u16::try_from(CODE.len()).unwrap()).map(|x| picture[(x, y)].fg);
        cells.collect::<std::collections::HashSet<_>>().len()
    };
    assert!(colours(&stage) > 2, "{}", stage.text());
}

/// S2-32, S2-33: each turn says what it was given or gave in tokens, and when, since the start and by the clock.
#[test]
fn a_turn_has_its_tokens_and_its_time() {
    let (_cache, mut stage) = at((160, 50));
    stage.keys(LANTERNS);
    let text = stage.text();
    let line = |who: &str| text.lines().find(|line| line.contains(who)).unwrap();
    assert!(
        line("+00:00:00  13:58  YOU").contains("in 44.1k tok"),
        "{text}"
    );
    assert!(
        line("+00:00:00  13:58  AGENT").contains("out 464 tok"),
        "{text}"
    );
    assert!(text.contains("+00:13:48  14:11  YOU"), "{text}");
}

/// S2-40: the sidebar has source and model, project and path, tokens with what went in and what came out, cost, duration,
/// both times, and the tags that stand for how an evaluation went.
#[test]
fn the_sidebar_has_the_facts() {
    let (_cache, mut stage) = at((200, 60));
    stage.keys(LANTERNS);
    stage.keys("t \"eval-passed\" enter");
    let side = pane(&stage, "Details (i)");
    for (name, value) in [
        ("Source", "OpenCode"),
        ("Model", "opus-4-6"),
        ("Project", "lanterns"),
        ("Tokens", "1,036,985"),
        (" prompt", "1.0M"),
        (" completion", "2.2k"),
        ("Cost", "$3.10"),
        ("Duration", "1h 07m"),
        ("Created", "2026-03-14 13:58"),
        ("Updated", "2026-03-14 15:05"),
        ("Tags", "eval-passed"),
    ] {
        let has = |line: &str| line.contains(name) && line.contains(value);
        assert!(side.lines().any(has), "{name} {value}\n{side}");
    }
    // A path goes on below itself.
    let joined: String = side
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '│')
        .collect();
    assert!(joined.contains("Path/home/mara/code/lanterns"), "{joined}");
}

/// S2-47: a click at the left of a row chooses it, and another lets it go.
#[test]
fn rows_are_chosen_at_their_left() {
    let (_cache, mut stage) = at((120, 40));
    let (x, y) = place(&stage, "+ Lanterns that drift");
    let mark = (x - 1, y);
    click(&mut stage, mark);
    let (second_x, second_y) = place(&stage, "Quay clock and the missing hour");
    click(&mut stage, (second_x - 3, second_y));
    let chosen = |stage: &Stage| stage.app.list.chosen.len();
    assert_eq!(chosen(&stage), 2, "{}", stage.text());
    assert!(stage.text().contains("2 chosen"), "{}", stage.text());
    click(&mut stage, mark);
    assert_eq!(chosen(&stage), 1);
}
