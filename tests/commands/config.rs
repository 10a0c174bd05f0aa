//! `backscroll config` and what settings do to the commands.

use serde_json::Value;

/// A home with this file of settings.
fn run(text: &str, vars: &[(&str, &str)], args: &[&str]) -> (i32, String, String) {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join(".config/backscroll");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("config.toml"), text).unwrap();
    let home = home.path().to_str().unwrap();
    let vars: Vec<_> = vars.iter().copied().chain([("HOME", home)]).collect();
    super::backscroll_with(&vars, args)
}

/// R19: each mistake is one line with file, line, column and the nearest valid name; any of them is exit 2.
#[test]
fn check_tells_every_mistake_with_its_place() {
    let text = "[ui]\nchrom = \"full\"\ntheme = \"drak\"\n[keys.list]\nsort-cost = \"j\"\nread = \"hyper-q\"\n\
                [sources]\noff = [\"nobody\"]\n[share\n";
    let (code, out, err) = run(
        text,
        &[("BACKSCROLL_UI_MOUSE", "maybe")],
        &["config", "check"],
    );
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!((code, err.as_str(), lines.len()), (2, "", 7), "{out}");
    let at = "~/.config/backscroll/config.toml, line";
    for (line, start) in lines.iter().zip([
        format!("{at} 2, column 1: no setting ui.chrom; the nearest is ui.chrome"),
        format!("{at} 3, column 1: ui.theme: no theme drak comes with the program or is in"),
        format!("{at} 5, column 1: list.sort-cost: j also is list.down"),
        format!("{at} 6, column 8: list.read: hyper-q is no key"),
        format!("{at} 8, column 8: nobody: no such source"),
        format!("{at} 9, column "),
        "BACKSCROLL_UI_MOUSE: must be true or false".to_owned(),
    ]) {
        assert!(line.starts_with(&start), "{line}\n{start}");
    }
    let (code, out, _) = run(text, &[], &["config", "check", "--json"]);
    let all: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, all["schemaVersion"].clone()), (2, Value::from(1)));
    let first = &all["mistakes"][0];
    assert_eq!(
        (first["line"].clone(), first["column"].clone()),
        (2.into(), 1.into())
    );
    assert_eq!(first["nearest"], "ui.chrome");
    // What stands below a heading that is torn has lost its section: that is no second mistake.
    let (_, out, _) = run(
        "[ui\ntheme = \"dark\"\nmouse = false\n",
        &[],
        &["config", "check"],
    );
    assert_eq!(out.lines().count(), 1, "{out}");
    let (code, out, err) = run("[ui]\nmouse = false\n", &[], &["config", "check"]);
    assert_eq!((code, err.as_str()), (0, ""));
    assert!(
        out.ends_with("/.config/backscroll/config.toml: no mistakes\n"),
        "{out}"
    );
}

#[test]
fn print_says_what_is_in_force_and_where_it_comes_from() {
    let text = "[ui]\ntheme = \"light\"\nmouse = true\n";
    let vars = [("BACKSCROLL_UI_CHROME", "slim")];
    let (code, out, err) = run(text, &vars, &["config", "print", "--no-mouse"]);
    assert_eq!((code, err.as_str()), (0, ""));
    let has = |line: &str| {
        let squeezed = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(out.lines().any(|l| squeezed(l) == line), "{line}\n{out}");
    };
    has("theme = \"light\" # ~/.config/backscroll/config.toml, line 2");
    has("chrome = \"slim\" # BACKSCROLL_UI_CHROME");
    has("mouse = false # --no-mouse");
    has("menu_delay_ms = 300 # default");
    let (_, out, _) = run(text, &[], &["config", "print", "--json"]);
    let all: Value = serde_json::from_str(&out).unwrap();
    let settings = all["settings"].as_array().unwrap();
    let theme = settings.iter().find(|s| s["name"] == "ui.theme").unwrap();
    assert_eq!(theme["value"], "light");
    let (_, plain, _) = run(text, &[], &["config", "print", "--plain"]);
    assert!(plain.contains("ui.theme: \"light\" (~/.config"), "{plain}");
    let (_, out, _) = run(text, &[], &["config", "path"]);
    assert!(out.ends_with("/.config/backscroll/config.toml\n"), "{out}");
    let (_, out, _) = run(text, &[], &["config", "schema"]);
    let schema: Value = serde_json::from_str(&out).unwrap();
    assert!(
        schema
            .pointer("/properties/keys/properties/list/properties/sort-cost")
            .is_some()
    );
}

#[test]
fn settings_hold_in_commands() {
    let (_, out, _) = run(
        "ui.glyphs = \"ascii\"\n",
        &[],
        &["list", "--demo", "--limit", "1"],
    );
    assert!(out.lines().next().unwrap().is_ascii(), "{out}");
    let (_, out, _) = run(
        "ui.glyphs = \"unicode\"\n",
        &[("LANG", "C")],
        &["list", "--demo", "--limit", "1"],
    );
    assert!(!out.lines().next().unwrap().is_ascii(), "{out}");
    let german = "ui.locale = \"de-DE\"\nui.timezone = \"Asia/Tokyo\"\n";
    let (_, set, _) = run(german, &[], &["daily", "--demo"]);
    let (_, asked, _) = run(
        "",
        &[],
        &[
            "daily",
            "--demo",
            "--locale",
            "de-DE",
            "--timezone",
            "Asia/Tokyo",
        ],
    );
    let (_, over, _) = run(german, &[], &["daily", "--demo", "--locale", "en-US"]);
    assert_eq!(set, asked);
    assert_ne!(set, over, "a flag counts more than the file");
}

/// UX 4: the table in force, and what of it is changed.
#[test]
fn keys_are_those_in_force() {
    let text = "[keys.list]\nsort-cost = [\"f5\", \"s c\"]\nsort-coast = \"x\"\n";
    let (code, out, err) = run(text, &[], &["keys"]);
    assert_eq!(code, 0);
    assert!(
        err.contains("line 3, column 1: no action list.sort-coast"),
        "{err}"
    );
    assert!(
        out.contains(
            "  f5  s c                sort-cost                Sort by cost (changed; was s c)\n"
        ),
        "{out}"
    );
    let (_, out, _) = run(text, &[], &["keys", "--json"]);
    let all: Value = serde_json::from_str(&out).unwrap();
    let keys = all["keys"].as_array().unwrap();
    let changed: Vec<_> = keys.iter().filter(|key| key["changed"] == true).collect();
    assert_eq!(changed.len(), 1);
    assert_eq!(changed[0]["name"], "list.sort-cost");
    assert_eq!(changed[0]["default"], serde_json::json!(["s c"]));
}
