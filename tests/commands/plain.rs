//! `--plain` in every command that prints a table.

use super::backscroll_with;
use super::launch::{Home, ID};

/// UX 11: with `--plain` nothing is drawn and nothing stands in columns: what was a table is lines of `name: value`.
#[test]
fn every_table_becomes_lines() {
    let data = tempfile::tempdir().unwrap();
    let settings = data.path().join("config.toml");
    std::fs::write(&settings, "[delete]\nenabled = true\n").unwrap();
    let vars = [
        ("BACKSCROLL_DATA", data.path().to_str().unwrap()),
        ("COLUMNS", "200"),
    ];
    let run = |args: &str| backscroll_with(&vars, &args.split(' ').collect::<Vec<_>>());
    let config = settings.to_str().unwrap();
    let (code, _, err) = run(&format!("delete 578f5afe --demo --yes --config {config}"));
    assert_eq!(code, 0, "{err}");
    for args in [
        "list --demo",
        "show eee65f53 --demo",
        "show eee65f53 --demo --tokens",
        "show eee65f53 --demo --only commands",
        "show eee65f53 --demo --only failures",
        "show eee65f53 --demo --only files",
        "show eee65f53 --demo --only tools",
        "search tide --demo",
        "files hand.rs --demo",
        "top --demo",
        "session --demo",
        "session --demo --breakdown",
        "daily --demo",
        "weekly --demo",
        "monthly --demo",
        "blocks --demo",
        "explain eee65f53 --demo",
        "doctor --demo",
        "keys",
        "prices",
        "prices claude-opus-4-6",
        "config print",
        "trash list --demo",
        "resume",
    ] {
        let (code, out, err) = match args {
            "resume" => {
                let home = Home::new();
                home.fake("claude", 0);
                home.run(&["resume", ID, "--dry-run", "--plain"])
            }
            _ => run(&format!("{args} --plain")),
        };
        assert!(code < 2, "{args}: {code} {err}");
        let facts = out.lines().filter(|line| line.split_once(": ").is_some());
        assert!(facts.count() >= 2, "{args}:\n{out}");
        for line in out.lines() {
            let drawn = |c: char| ('\u{2500}'..='\u{257f}').contains(&c) || c == '|';
            // What a log says may hold anything; it stands behind its name.
            let ours = line.split_once(": ").map_or(line, |(name, _)| name);
            assert!(!ours.contains(drawn), "{args}: {line}");
            assert!(!ours.trim().contains("  "), "{args}: {line}");
        }
    }
}
