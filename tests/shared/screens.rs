//! Hostile text on every screen and in every command: no control, no turner of text, nothing that is not drawn.

use std::path::Path;

use backscroll::cli;
use backscroll::env::Env;
use backscroll::render::theme::ThemeKind;
use backscroll::tui::msg::Msg;
use backscroll::tui::stage::Stage;

use super::hostile::make;

/// Controls, what turns the direction of text, separators and fillers that nobody sees. Joiners are right inside
/// pictures only, which the unit tests of the filter prove.
fn is_bad(c: char) -> bool {
    let turns = matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{61c}');
    let unseen = matches!(
        c,
        '\u{200b}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{ad}' | '\u{e0000}'..='\u{e007f}'
    );
    c.is_control() || turns || unseen
}

#[test]
fn no_screen_shows_what_controls_a_terminal() {
    let dir = tempfile::tempdir().unwrap();
    let cache = tempfile::tempdir().unwrap();
    make(dir.path());
    let mut env = Env::bare(
        &dir.path().join("home"),
        "2026-11-21T00:00:00Z".parse().unwrap(),
    );
    env.vars
        .insert("BACKSCROLL_CACHE".into(), cache.path().into());
    let context = cli::context(&env);
    let mut stage = Stage::open(env, context, ThemeKind::Dark, false, (200, 60));
    stage.keys("/ \"is:sub_OR_is:empty_OR_is:copy_OR_messages:>=0\" enter");
    let rows = stage.app.list.entries.len();
    assert!(rows > 150, "{rows} sessions of the hostile set");
    let mut seen = 0;
    for row in 0..rows {
        for (width, height) in [(200, 60), (120, 40), (80, 24)] {
            stage.tell(Msg::Resize(width, height));
            scan(&stage, row);
            seen += 1;
        }
        // Everything open, at the start and at the end.
        stage.keys("enter z R g g");
        scan(&stage, row);
        stage.keys("G");
        scan(&stage, row);
        stage.keys("i");
        scan(&stage, row);
        stage.keys("esc h j");
    }
    assert_eq!(seen, rows * 3);
}

fn scan(stage: &Stage, row: usize) {
    let picture = stage.picture().unwrap();
    for cell in picture.content() {
        let symbol = cell.symbol();
        assert!(!symbol.chars().any(is_bad), "row {row}: {symbol:?}");
        assert!(
            symbol.len() <= 32,
            "row {row}: a cell of {} bytes",
            symbol.len()
        );
    }
}

/// Each case alone in a home of its own, so that a command reads nothing else.
#[test]
fn no_command_prints_a_control() {
    let dir = tempfile::tempdir().unwrap();
    let manifest = make(dir.path());
    let mut shown = 0;
    for case in manifest["cases"].as_array().unwrap() {
        let hostile = matches!(case["category"].as_str(), Some("terminal" | "export"));
        let paths = case["paths"].as_array().unwrap();
        let path = paths
            .first()
            .and_then(|path| path.as_str())
            .unwrap_or_default();
        let Some(below) = path
            .strip_prefix("home/")
            .filter(|_| hostile && paths.len() == 1)
        else {
            continue;
        };
        let home = tempfile::tempdir().unwrap();
        let copy = home.path().join(below);
        std::fs::create_dir_all(copy.parent().unwrap()).unwrap();
        if std::fs::copy(dir.path().join(path), copy).is_err() {
            continue;
        }
        for args in [
            "list --all",
            "list --all --plain",
            "list --all --json",
            "doctor",
            "doctor --json",
        ] {
            run(home.path(), args);
        }
        for id in case["expect"]["session_ids"]
            .as_array()
            .into_iter()
            .flatten()
        {
            for format in ["text", "md", "json"] {
                run(
                    home.path(),
                    &format!("show {} --format {format}", id.as_str().unwrap()),
                );
                shown += 1;
            }
        }
    }
    assert!(shown > 150, "{shown} commands");
}

fn run(home: &Path, args: &str) {
    let mut env = Env::bare(home, "2026-11-21T00:00:00Z".parse().unwrap());
    let cache = home.join(".cache").into();
    env.vars.insert("BACKSCROLL_CACHE".into(), cache);
    let words = std::iter::once("backscroll").chain(args.split(' '));
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let streams = &mut cli::Streams {
        out: &mut out,
        err: &mut err,
    };
    let code = cli::run(env, words.map(Into::into).collect(), streams);
    assert!((0..=3).contains(&code), "{args} ends with {code}");
    let json = args.contains("json");
    for (name, bytes) in [("stdout", &out), ("stderr", &err)] {
        let text = std::str::from_utf8(bytes).unwrap();
        // Tabs are copied byte for byte in a conversation; a table has none.
        let tabs = args.contains("md");
        let bad = text
            .chars()
            .find(|c| *c != '\n' && (*c != '\t' || !tabs) && is_bad(*c));
        assert!(bad.is_none(), "{args} writes {bad:?} to {name}");
        let split = json && name == "stdout" && text.contains(['\u{2028}', '\u{2029}', '\u{85}']);
        assert!(!split, "{args} writes what some take for the end of a line");
    }
}
