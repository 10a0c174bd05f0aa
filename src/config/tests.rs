//! Settings are read in layers, and mistakes have places (R19).

use super::*;
use crate::ingest::Choice;

fn env(home: &Path) -> Env {
    Env::bare(home, "2026-01-01T00:00:00Z".parse().unwrap())
}

fn read(text: &str) -> Settings {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("set.toml");
    std::fs::write(&file, text).unwrap();
    load(&env(dir.path()), Some(&file), Vec::new()).unwrap()
}

fn lines(settings: &Settings) -> Vec<String> {
    let home = settings.path.parent().unwrap();
    settings.mistakes.iter().map(|m| m.line(home)).collect()
}

#[test]
fn the_table_is_sound() {
    let settings = Settings::default();
    let mut names: Vec<&str> = OPTIONS.iter().map(|opt| opt.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), OPTIONS.len());
    for (opt, held) in OPTIONS.iter().zip(&settings.held) {
        assert_eq!(held.is_none(), opt.is_open(), "{}: its default", opt.name);
        assert!(
            opt.help.len() <= 90 && !opt.help.ends_with('.'),
            "{}",
            opt.name
        );
    }
}

/// R19: what is right in the file holds, and each mistake is one line with its place and the nearest valid name.
#[test]
fn a_mistake_is_one_line_with_its_place() {
    for (text, what) in [
        (
            "[sources]\noff = 3",
            "set.toml, line 2, column 7: sources.off: must be a text or a list",
        ),
        (
            "[sources]\nof = []",
            "line 2, column 1: no setting sources.of; the nearest is sources.off",
        ),
        ("\n\n[colours]", "line 3, column 2: no setting colours"),
        (
            "[sorces]\noff = []",
            "line 1, column 2: no setting sorces; the nearest is sources",
        ),
        ("ui = 3", "line 1, column 1: ui is a section: write [ui]"),
        (
            "[ui]\nchrome = \"slom\"",
            "line 2, column 10: ui.chrome: slom is not one of full, slim, bare; the nearest is slim",
        ),
        (
            "[ui]\nmouse = \"no\"",
            "line 2, column 9: ui.mouse: must be true or false",
        ),
        (
            "[ui]\nmenu_delay_ms = -1",
            "ui.menu_delay_ms: -1 is not a number up to 60000",
        ),
        (
            "[ui]\nmax_memory = \"10M\"",
            "ui.max_memory: 10M is not a size of at least 64M",
        ),
        ("[ui]\ntimezone = \"Mars\"", "Mars is no time zone"),
        ("[ui]\nlocale = \"de-DX\"", "the nearest is de-DE"),
        ("[ui]\ntheme = 3", "ui.theme: must be auto, dark,"),
        (
            "[redact]\nallow = [1]",
            "every item must be a text in quotes",
        ),
    ] {
        let settings = read(text);
        let lines = lines(&settings);
        assert_eq!(lines.len(), 1, "{text}: {lines:?}");
        assert!(
            lines[0].contains(what) && !lines[0].contains('\n'),
            "{}",
            lines[0]
        );
        assert_eq!(settings.held, Settings::default().held, "{text}");
    }
}

/// R19: a line that is no TOML costs itself only.
#[test]
fn what_is_right_holds_beside_what_is_broken() {
    let settings = read("[ui]\nchrome = \nmouse = false\n[sources\noff = [\"a\"]\n");
    let lines = lines(&settings);
    assert!(lines[0].contains("line 2, column "), "{lines:?}");
    assert!(
        lines.iter().any(|line| line.contains("line 4, column ")),
        "{lines:?}"
    );
    assert!(!settings.is_on("ui.mouse"));
    assert_eq!(settings.text("ui.chrome"), "full");
    for text in [
        "",
        "[",
        "\u{feff}",
        "= = =",
        "\"",
        "a.b.c.d = {",
        "[[ui]]\nx=1",
        "[ui]\nmouse = [[[[",
    ] {
        let _ = read(text).lines();
    }
    let empty = read("\u{feff}[ui]\nmouse = false\n");
    assert!(!empty.is_on("ui.mouse"));
}

#[test]
fn layers_lie_over_each_other() {
    let dir = tempfile::tempdir().unwrap();
    let mut env = env(dir.path());
    let file = env.own_dir(OwnDir::Config).join("config.toml");
    assert_eq!(load(&env, None, Vec::new()).unwrap().mistakes, []);
    assert!(
        load(&env, Some(Path::new("gone.toml")), Vec::new())
            .unwrap_err()
            .contains("gone.toml")
    );
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    let text =
        "ui.theme = \"light\"\nui.chrome = \"slim\"\nui.mouse = false\nui.max_memory = \"1 GiB\"\n";
    std::fs::write(&file, text).unwrap();
    env.vars
        .insert("BACKSCROLL_UI_CHROME".into(), "bare".into());
    env.vars
        .insert("BACKSCROLL_UI_MENU_DELAY_MS".into(), "soon".into());
    env.vars
        .insert("BACKSCROLL_SOURCES_OFF".into(), "one, two".into());
    let flags = [("ui.theme", "mono".to_owned(), "--theme")];
    let settings = load(&env, None, flags.to_vec()).unwrap();
    assert_eq!(settings.text("ui.theme"), "mono");
    assert_eq!(settings.text("ui.chrome"), "bare");
    assert_eq!(settings.number("ui.menu_delay_ms"), 300);
    assert_eq!(settings.number("ui.max_memory"), 1 << 30);
    assert_eq!(settings.texts("sources.off").len(), 2);
    let from = |name: &str| {
        settings
            .held(name)
            .unwrap()
            .from
            .words(&settings, &env.home)
    };
    assert_eq!(from("ui.theme"), "--theme");
    assert_eq!(from("ui.chrome"), "BACKSCROLL_UI_CHROME");
    assert_eq!(from("ui.mouse"), "~/.config/backscroll/config.toml, line 3");
    assert_eq!(from("ui.locale"), "default");
    let lines: Vec<String> = settings
        .mistakes
        .iter()
        .map(|m| m.line(&env.home))
        .collect();
    assert_eq!(
        lines,
        ["BACKSCROLL_UI_MENU_DELAY_MS: soon is not a number up to 60000"]
    );
}

/// What is printed can stand in the place of the file: it reads the same and has no mistake.
#[test]
fn what_is_printed_can_be_read() {
    let text = "[ui]\ntheme = \"my \\\"own\\\"\"\nmouse = false\n[sources.roots]\npi = \"~/old\"\n\
                [keys]\nquit = []\n\"list.sort-cost\" = [\"c\", \"s c\"]\n";
    let settings = read(text);
    assert_eq!(settings.mistakes, []);
    let again = read(&settings.written(Path::new("/")));
    assert_eq!(again.mistakes, []);
    let values = |settings: &Settings| {
        let lines = settings.lines().into_iter();
        lines
            .map(|line| (line.name, line.value.json()))
            .collect::<Vec<_>>()
    };
    assert_eq!(values(&settings), values(&again));
    assert!(
        values(&settings)
            .iter()
            .any(|(name, _)| name == "keys.list.sort-cost")
    );
}

#[test]
fn sources_are_named_by_any_of_their_names() {
    let dir = tempfile::tempdir().unwrap();
    let env = env(dir.path());
    let file = dir.path().join("set.toml");
    std::fs::write(
        &file,
        "[sources]\noff = [\"pi\", \"nobody\"]\nroots = { pi = [\"~/old\"] }",
    )
    .unwrap();
    let mut settings = load(&env, Some(&file), Vec::new()).unwrap();
    let mut choice = Choice::default();
    settings.choose(&env, &mut choice);
    assert_eq!(
        lines(&settings),
        [
            "~/set.toml, line 2, column 14: nobody: no such source; known ones are in: backscroll doctor"
        ]
    );
    assert_eq!(choice.off.len(), 1);
    assert_eq!(choice.added[0].path.as_ref(), dir.path().join("old"));
}

#[test]
fn the_schema_knows_every_setting() {
    let schema = write::schema([("list", vec!["sort-cost".to_owned()])].into_iter());
    for opt in OPTIONS.iter().filter(|opt| !opt.is_open()) {
        let pointer = format!("/properties/{}", opt.name.replace('.', "/properties/"));
        let found = schema
            .pointer(&pointer)
            .unwrap_or_else(|| panic!("{}", opt.name));
        assert_eq!(found["description"], opt.help);
    }
    assert!(
        schema
            .pointer("/properties/sources/properties/roots/additionalProperties/anyOf")
            .is_some()
    );
    assert!(
        schema
            .pointer("/properties/keys/properties/list/properties/sort-cost")
            .is_some()
    );
    assert_eq!(schema["properties"]["ui"]["additionalProperties"], false);
}
