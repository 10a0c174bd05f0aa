//! Scenes: keys typed over the sample home. Each writes the picture that stands in `screenshots/`; a picture that is no
//! longer true fails. `BACKSCROLL_WRITE=1 cargo test --test scenes` writes them anew.

mod masked;
mod page;
mod promises;
mod said;
mod svg;

use std::path::Path;
use std::sync::Arc;

use backscroll::cli;
use backscroll::demo;
use backscroll::env::Env;
use backscroll::render::theme::ThemeKind;
use backscroll::tui::msg::Msg;
use backscroll::tui::stage::Stage;

fn stage(kind: ThemeKind, ascii: bool, size: (u16, u16)) -> (tempfile::TempDir, Stage) {
    let cache = tempfile::tempdir().unwrap();
    let mut env = Env::bare(cache.path(), demo::LAST.parse().unwrap());
    env.vars
        .insert("BACKSCROLL_CACHE".into(), cache.path().into());
    let env = demo::open(&env).unwrap();
    let context = cli::context(&env);
    let mut stage = Stage::open(env, context, kind, ascii, size);
    stage.app.demo = true;
    (cache, stage)
}

/// From the answer with a table and code to the end of what follows.
const READER: &str = "enter Z J J J J z R";

fn scene(name: &str, kind: ThemeKind, size: (u16, u16), keys: &str) {
    let (_cache, mut stage) = stage(kind, false, size);
    if !keys.is_empty() {
        stage.keys(keys);
    }
    kept(name, &stage, kind);
}

/// The picture is the one that is kept.
fn kept(name: &str, stage: &Stage, kind: ThemeKind) {
    let picture = svg::draw(&stage.picture().unwrap(), kind == ThemeKind::Light);
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("screenshots")
        .join(format!("{name}.svg"));
    if std::env::var_os("BACKSCROLL_WRITE").is_some() {
        std::fs::write(&path, picture).unwrap();
        return;
    }
    let known = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        known == picture,
        "{name}.svg is stale: BACKSCROLL_WRITE=1 cargo test --test scenes"
    );
}

#[test]
fn two_panes() {
    scene("two-panes", ThemeKind::Dark, (120, 36), "tab G { j j");
    scene(
        "two-panes-light",
        ThemeKind::Light,
        (120, 36),
        "tab G { j j",
    );
}

#[test]
fn search() {
    scene("search", ThemeKind::Dark, (120, 36), "/ \"the\" enter");
    scene("search-wide", ThemeKind::Dark, (200, 50), "/ \"the\" enter");
}

#[test]
fn preview() {
    scene("preview", ThemeKind::Dark, (80, 24), "j j");
    scene("preview-light", ThemeKind::Light, (80, 24), "j j");
}

#[test]
fn reading() {
    scene("reading", ThemeKind::Dark, (80, 24), "enter }");
}

/// Tool calls in their forms, code, a table and a list, in both grounds.
#[test]
fn reader() {
    scene("reader", ThemeKind::Dark, (120, 50), READER);
    scene("reader-light", ThemeKind::Light, (120, 50), READER);
}

/// An edit as lines that go and come, and with before and after beside each other.
#[test]
fn diffs() {
    scene("diff", ThemeKind::Dark, (120, 40), "j enter Z a a");
    scene(
        "diff-sides",
        ThemeKind::Dark,
        (160, 40),
        "j enter Z z d a a",
    );
}

#[test]
fn palette() {
    scene("palette", ThemeKind::Dark, (120, 36), ": \"copy\"");
}

#[test]
fn help() {
    scene("help", ThemeKind::Dark, (120, 40), "?");
}

#[test]
fn settings() {
    scene("settings", ThemeKind::Dark, (120, 36), ",");
}

/// A question before a session goes to the trash, as it is asked where settings allow it.
#[test]
fn deleting() {
    let (_cache, mut stage) = stage(ThemeKind::Dark, false, (120, 36));
    let id = stage.app.list.entries[3].row.id().clone();
    stage.keys("j j j");
    stage.tell(Msg::Deletable(vec![id], 23_098, Vec::new()));
    kept("delete", &stage, ThemeKind::Dark);
}

#[test]
fn three_panes() {
    scene("three-panes", ThemeKind::Dark, (160, 50), "+ tab");
    scene("three-panes-light", ThemeKind::Light, (160, 50), "+ tab");
}

#[test]
fn filtering() {
    scene("filter", ThemeKind::Dark, (120, 36), "/ \"cost:>0\"");
}

#[test]
fn explaining() {
    scene("explain", ThemeKind::Dark, (120, 36), "j j j j enter g c =");
}

#[test]
fn what_is_copied_is_what_was_written() {
    let (_cache, mut stage) = stage(ThemeKind::Dark, false, (120, 36));
    stage.keys("tab J J J J y b y c y i");
    let copied = stage.copied.lock().unwrap().clone();
    assert_eq!(copied.len(), 3);
    assert!(copied[1].as_str().starts_with("# ") && copied[1].as_str().contains("\n## You\n"));
    assert!(!copied[0].is_empty() && !copied[0].as_str().contains("```"));
}

#[test]
fn ascii_is_ascii() {
    for size in [(40, 12), (80, 24), (120, 40), (200, 60)] {
        let (_cache, mut stage) = stage(ThemeKind::Mono, true, size);
        for keys in ["", "?", "esc tab", "z R"] {
            stage.keys(keys);
            // Text of the sample sessions may be anything; the lines around it are ours.
            let first = stage.text().lines().next().unwrap_or_default().to_owned();
            assert!(first.is_ascii(), "{first}");
        }
    }
}

#[test]
fn no_size_breaks_a_view() {
    let (_cache, mut stage) = stage(ThemeKind::Dark, false, (120, 40));
    for keys in ["", "tab", "?", "esc /"] {
        if !keys.is_empty() {
            stage.keys(keys);
        }
        for width in (1..=200).step_by(7) {
            for height in (1..=60).step_by(5) {
                stage.tell(Msg::Resize(width, height));
                assert!(stage.picture().is_some());
            }
        }
    }
}

#[test]
fn keys_lead_where_they_say() {
    let (_cache, mut stage) = stage(ThemeKind::Dark, false, (120, 36));
    stage.keys("s c");
    assert!(stage.text().contains("sort: cost"));
    stage.keys("/ \"source:oc\" enter");
    let codes: Vec<_> = stage
        .app
        .list
        .entries
        .iter()
        .map(|e| e.row.id().source.0)
        .collect();
    assert!(
        !codes.is_empty() && codes.iter().all(|c| *c == "opencode"),
        "{codes:?}"
    );
    stage.keys("X");
    assert!(stage.app.query.query.is_empty());
    stage.keys("u");
    assert_eq!(stage.app.query.input.value(), "source:oc");
    stage.keys("q");
    assert!(stage.quit);
}

/// UX 8: the pages of the help behind its keys.
#[test]
fn help_pages() {
    let (_cache, mut stage) = stage(ThemeKind::Mono, false, (80, 24));
    let path = stage.app.home.join(".config/backscroll/config.toml");
    Arc::make_mut(&mut stage.app.manner.settings).path = path.into();
    stage.keys("?");
    for name in ["reader", "query", "marks", "mouse", "config"] {
        stage.keys("tab");
        insta::assert_snapshot!(format!("help-{name}-80x24"), stage.text());
    }
}

/// Plain pictures at the sizes that have layouts of their own.
#[test]
fn layouts() {
    let views = [
        ("list", ""),
        ("unfolded", "+ j j"),
        ("reader", "enter G {"),
        ("open", "enter z R g g J J"),
        ("find", "/ \"tide\" enter enter / \"the\""),
        ("nothing", "/ \"source:cx_project:nowhere_cost:>5\" enter"),
        ("help", "?"),
        ("details", "j i"),
        ("menu", "s ..."),
        ("explain", "="),
        ("dearest", "j j j j enter g c ="),
    ];
    for (width, height) in [(40, 12), (80, 24), (120, 40), (160, 50), (200, 60)] {
        for (name, keys) in views {
            let (_cache, mut stage) = stage(ThemeKind::Mono, false, (width, height));
            if !keys.is_empty() {
                stage.keys(keys);
            }
            insta::assert_snapshot!(format!("{name}-{width}x{height}"), stage.text());
        }
    }
}
