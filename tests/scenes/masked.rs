//! The mask, G9: what an export would replace is a mark on the screen too, wherever it stands.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use backscroll::cli;
use backscroll::env::Env;
use backscroll::render::theme::ThemeKind;
use backscroll::tui::stage::Stage;

/// A home in which one conversation says these texts, one after the other: asked, answered, given to a tool and printed.
fn home(title: &str, texts: &[String]) -> (tempfile::TempDir, Env) {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join(".claude/projects/-home-ada-loom");
    fs::create_dir_all(&folder).unwrap();
    let id = "5b1e7a30-1111-4222-8333-0123456789ab";
    let mut log = String::new();
    let mut line = |n: usize, kind: &str, content: serde_json::Value| {
        let model = match kind {
            "assistant" => ",\"model\":\"claude-opus-4-6\"",
            _ => "",
        };
        let id_of = format!("msg_{n}");
        let _ = writeln!(
            log,
            "{{\"type\":\"{kind}\",\"uuid\":\"00000000-0000-4000-8000-{n:012}\",\"sessionId\":\"{id}\",\"cwd\":\"{}\",\
             \"timestamp\":\"2026-03-01T00:{:02}:{:02}Z\",\"message\":{{\"role\":\"{kind}\",\"id\":\"{id_of}\"{model},\"content\":{content}}}}}",
            home.path().join("loom").display(),
            n / 60 % 60,
            n % 60,
        );
    };
    line(0, "user", serde_json::json!(title));
    for (n, text) in texts.iter().enumerate() {
        let at = n * 4 + 1;
        let call = format!("toolu_{n}");
        line(at, "user", serde_json::json!(text));
        line(
            at + 1,
            "assistant",
            serde_json::json!([
                {"type": "thinking", "thinking": text},
                {"type": "text", "text": format!("so: `{text}`\n\n```\n{text}\n```")},
            ]),
        );
        line(
            at + 2,
            "assistant",
            serde_json::json!([{"type": "tool_use", "id": call, "name": "Bash", "input": {"command": format!("echo {text}")}}]),
        );
        line(
            at + 3,
            "user",
            serde_json::json!([{"type": "tool_result", "tool_use_id": call, "content": format!("\u{1b}[1mout\u{1b}[0m {text}")}]),
        );
    }
    fs::write(folder.join(format!("{id}.jsonl")), log).unwrap();
    let mut env = Env::bare(home.path(), "2026-03-02T00:00:00Z".parse().unwrap());
    env.vars.insert("USER".into(), "mara".into());
    (home, env)
}

fn stage(env: &Env, size: (u16, u16)) -> Stage {
    let context = cli::context(env);
    Stage::open(env.clone(), context, ThemeKind::Mono, true, size)
}

/// Every page of the open conversation.
fn pages(stage: &mut Stage) -> String {
    // What was said in passing is gone by then.
    stage.keys("g g ... ... ... ...");
    let mut all = String::new();
    loop {
        let page = stage.text();
        let before = all.len();
        all.push_str(&page);
        stage.keys("pagedown");
        if stage.text() == page {
            return all;
        }
        assert!(before < 64 << 20, "no end");
    }
}

/// What rules say of themselves: texts that hold a secret, and texts that only look so.
fn examples() -> (Vec<String>, Vec<String>) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/secrets.toml");
    let table: toml::Table = toml::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let rules = table["rule"].as_array().unwrap();
    let shapes = rules
        .iter()
        .filter(|rule| rule["tier"].as_integer() < Some(3));
    let texts = |name: &str, rule: &toml::Value| -> Vec<String> {
        let all = rule.get(name).and_then(toml::Value::as_array);
        let all = all.into_iter().flatten().filter_map(toml::Value::as_str);
        // One line: what has many is laid out as many, and looked for in one piece elsewhere.
        let all = all.filter(|text| !text.contains('\n') && text.len() < 150);
        all.map(|text| text.replace('~', "")).collect()
    };
    let (mut yes, mut no) = (Vec::new(), Vec::new());
    for rule in shapes {
        yes.extend(texts("yes", rule));
        no.extend(texts("no", rule));
    }
    (yes, no)
}

const ON: &str = ": \"hide_secrets\" enter";

/// G9: what every rule finds is a mark in prompts, answers, thinking, code, commands and output; and none is found on the
/// pages themselves.
#[test]
fn every_shape_is_masked_on_the_screen() {
    let (yes, _) = examples();
    assert!(yes.len() > 50, "{}", yes.len());
    let (_home, env) = home("a plain title", &yes);
    let mut stage = stage(&env, (200, 60));
    stage.keys("enter Z z k z R");
    let scanner = backscroll::redact::Scanner::new();
    let found = |text: &str| {
        let text = backscroll::text::Clean::of(text);
        let hits = scanner.scan(&text).into_iter();
        let hits = hits.map(|hit| format!("{}: {}", hit.rule, &text.as_str()[hit.range]));
        hits.collect::<Vec<_>>()
    };
    let before = pages(&mut stage);
    assert!(
        found(&before).len() > yes.len(),
        "they are there without it"
    );
    stage.keys(ON);
    assert!(stage.text().contains("masked"), "{}", stage.text());
    let after = pages(&mut stage);
    let left: Vec<String> = after.lines().flat_map(found).collect();
    assert_eq!(left, [""; 0]);
    assert!(after.contains("[redacted:github-token "));
    // As its log has it, too.
    stage.keys("g g } z r");
    let raw = stage.text();
    assert_eq!(found(&raw), [""; 0], "{raw}");
    stage.keys("z r");
    stage.keys(ON);
    let again = pages(&mut stage);
    let (old, new): (Vec<&str>, Vec<&str>) = (before.lines().collect(), again.lines().collect());
    assert_eq!(old.len(), new.len());
    for (old, new) in old.iter().zip(new) {
        assert_eq!(*old, new, "all is as it was without the mask");
    }
}

/// G9: what only looks like a secret stays.
#[test]
fn no_look_alike_is_masked() {
    let (_, no) = examples();
    let (_home, env) = home("a plain title", &no);
    let mut stage = stage(&env, (200, 60));
    stage.keys("enter Z z k z R");
    let before = pages(&mut stage);
    stage.keys(ON);
    let after = pages(&mut stage);
    assert!(!after.contains("[redacted:"), "{after}");
    let (mut old, mut new) = (before.lines(), after.lines());
    loop {
        match (old.next(), new.next()) {
            (None, None) => break,
            (a, b) if a == b => {}
            // The status line says that the mask is on.
            (Some(a), Some(b)) if a.contains("READ ") && b.contains("masked") => {}
            (a, b) => panic!("{a:?} became {b:?}"),
        }
    }
}

/// G9: the list, its snippets, the details and the outline, and what is said, at every layout; a title loses what may be
/// half of a secret.
#[test]
fn nothing_around_the_reader_shows_a_secret() {
    let token = "gh~p_16C7e42F292c6912E7710c838347Ae178B4a".replace('~', "");
    let title = format!(
        "please put {token} into the settings of the pipeline, it is the one from yesterday"
    );
    let (home, env) = self::home(&title, &[format!("the tide again: {token}")]);
    let name = home.path().to_string_lossy().into_owned();
    for size in [(40, 12), (80, 24), (120, 40), (200, 60)] {
        for keys in [
            "tab tab",
            "i",
            "enter",
            "enter g o",
            "/ \"tide\" enter",
            "enter i",
            "r",
            "g t",
            "enter g r",
            "=",
            "y f : \"said_in_passing\" enter",
        ] {
            let mut stage = stage(&env, size);
            stage.keys(ON);
            stage.keys(keys);
            let text = stage.text();
            assert!(!text.contains("16C7"), "{size:?}, {keys}:\n{text}");
            assert!(!text.contains(&name), "{size:?}, {keys}:\n{text}");
        }
    }
    let mut stage = stage(&env, (120, 40));
    stage.keys(ON);
    stage.keys("/ \"tide\" enter");
    assert!(
        stage.text().contains("tide again: [redacted:github-token"),
        "{}",
        stage.text()
    );
}

/// G9: copying does what it did, and says that the mask is of the screen; so does dragging over marks.
#[test]
fn what_is_copied_from_under_the_mask_is_what_was_written() {
    let token = "gh~p_16C7e42F292c6912E7710c838347Ae178B4a".replace('~', "");
    let text = format!("first {token} and then");
    let (_home, env) = home("a plain title", std::slice::from_ref(&text));
    let mut stage = stage(&env, (120, 40));
    stage.keys(ON);
    stage.keys("enter }");
    stage.keys("y y");
    assert!(
        stage.text().contains("Copied unmasked: message 2"),
        "{}",
        stage.text()
    );
    let copied = stage.copied.lock().unwrap().last().unwrap().to_string();
    assert!(copied.contains(&token), "{copied}");
    let screen = stage.text();
    let row = screen
        .lines()
        .position(|line| line.contains("first [redacted:"))
        .unwrap();
    let line = screen.lines().nth(row).unwrap();
    let column = |text: &str| line[..line.find(text).unwrap()].chars().count();
    let (from, to) = (column("first"), column(" and then") + 8);
    let mouse = |kind, column: usize| {
        backscroll::tui::msg::Msg::Mouse(crossterm::event::MouseEvent {
            kind,
            column: u16::try_from(column).unwrap(),
            row: u16::try_from(row).unwrap(),
            modifiers: crossterm::event::KeyModifiers::NONE,
        })
    };
    use crossterm::event::{MouseButton, MouseEventKind};
    stage.tell(mouse(MouseEventKind::Down(MouseButton::Left), from));
    stage.tell(mouse(MouseEventKind::Drag(MouseButton::Left), to));
    stage.tell(mouse(MouseEventKind::Up(MouseButton::Left), to));
    let copied = stage.copied.lock().unwrap().last().unwrap().to_string();
    assert_eq!(copied, text);
}
