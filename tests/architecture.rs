//! The promises about the house that a program can check, so that they stay true.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

fn sources(dir: &str) -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(dir);
    let mut files = Vec::new();
    let mut todo = vec![root];
    while let Some(dir) = todo.pop() {
        for entry in std::fs::read_dir(&dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                todo.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                files.push((path, text));
            }
        }
    }
    files.sort();
    files
}

/// A file's place below `src`, with `/`.
fn place(path: &Path) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    path.strip_prefix(root)
        .unwrap()
        .to_string_lossy()
        .replace('\\', "/")
}

/// The lines of a file that run in the program: tests may touch what they like.
fn running(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let code = text
        .split("\n#[cfg(test)]\nmod tests {")
        .next()
        .unwrap_or(text);
    code.lines().enumerate().map(|(i, line)| (i + 1, line))
}

fn is_test(place: &str) -> bool {
    place.ends_with("tests.rs") || place.contains("/tests/")
}

#[test]
fn only_sources_name_an_agent() {
    let mut found = Vec::new();
    for (path, text) in sources("src") {
        let place = place(&path);
        // The demo is a home of such agents, so its table of files names their folders.
        if place.starts_with("sources/") || place == "demo.rs" || is_test(&place) {
            continue;
        }
        for (n, line) in running(&text) {
            let line = line.to_lowercase();
            let agents = ["claude", "codex", "opencode"];
            // Model names carry their makers' words; taking a model's name apart is no knowledge of an agent.
            let model = line.contains("claude-") && place == "model/id.rs";
            // Help shows people what to type.
            let help = place == "cli/args.rs" && line.trim_start().starts_with("///");
            let example = place.starts_with("query/");
            if agents.iter().any(|a| line.contains(a)) && !model && !help && !example {
                found.push(format!("{place}:{n}: {}", line.trim()));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn update_and_view_touch_nothing_outside() {
    let worldly = [
        "std::fs",
        "std::env",
        "std::process",
        "std::thread",
        "std::sync::mpsc",
        "std::net",
        "tokio",
        "rayon",
        "Timestamp::now",
        "Instant::now",
        "SystemTime",
        "Zoned::now",
        "File::",
        ".now()",
        "crossterm::execute",
        "notify::",
        "arboard",
    ];
    let mut found = Vec::new();
    for (path, text) in sources("src") {
        let place = place(&path);
        if !(place.starts_with("tui/update")
            || place.starts_with("tui/view")
            || place == "tui/app.rs")
            || is_test(&place)
        {
            continue;
        }
        for (n, line) in running(&text) {
            if worldly.iter().any(|word| line.contains(word))
                && !line.trim_start().starts_with("//")
            {
                found.push(format!("{place}:{n}: {}", line.trim()));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn keys_are_named_in_the_binding_table_only() {
    for (path, text) in sources("src") {
        let place = place(&path);
        if place.starts_with("tui/keys") || is_test(&place) {
            continue;
        }
        for (n, line) in running(&text) {
            assert!(!line.contains("KeyCode"), "{place}:{n}: {line}");
        }
    }
}

/// Text becomes something a widget draws in one file, and what goes in there is `Clean` or our own words.
#[test]
fn only_clean_text_reaches_a_widget() {
    let makers = [
        "Span::raw(",
        "Span::styled(",
        "Line::raw(",
        "Line::styled(",
        "Text::raw(",
        "Text::styled(",
        ".set_string(",
        ".set_stringn(",
        ".set_line_str(",
        "Span::from(",
        "Text::from(",
    ];
    for (path, text) in sources("src") {
        let place = place(&path);
        if place == "render/span.rs" || is_test(&place) {
            continue;
        }
        for (n, line) in running(&text) {
            assert!(
                !makers.iter().any(|m| line.contains(m)),
                "{place}:{n}: {line}"
            );
        }
    }
}

#[test]
fn top_level_modules_form_no_cycle() {
    let mut uses: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let files = sources("src");
    let module = |place: &str| {
        place
            .split('/')
            .next()
            .unwrap_or(place)
            .trim_end_matches(".rs")
            .to_owned()
    };
    let all: BTreeSet<String> = files.iter().map(|(path, _)| module(&place(path))).collect();
    for (path, text) in &files {
        let place = place(path);
        let from = module(&place);
        if from == "lib" || from == "main" || is_test(&place) {
            continue;
        }
        for (_, line) in running(text) {
            let code = line.split("//").next().unwrap_or(line);
            for part in code.split("crate::").skip(1) {
                let to: String = part
                    .chars()
                    .take_while(|c| c.is_alphanumeric() || *c == '_')
                    .collect();
                if to != from && all.contains(&to) {
                    uses.entry(from.clone()).or_default().insert(to);
                }
            }
        }
    }
    // The door to the clipboard is made where the world is gathered, and its trait stands beside the other doors.
    if let Some(env) = uses.get_mut("env") {
        env.remove("os");
    }
    let mut done: BTreeSet<&str> = BTreeSet::new();
    loop {
        let before = done.len();
        for name in &all {
            let free = uses
                .get(name)
                .is_none_or(|to| to.iter().all(|t| done.contains(t.as_str())));
            if free {
                done.insert(name);
            }
        }
        if done.len() == before {
            break;
        }
    }
    let stuck: Vec<String> = uses
        .iter()
        .filter(|(name, _)| !done.contains(name.as_str()))
        .map(|(name, to)| format!("{name} -> {to:?}"))
        .collect();
    assert!(stuck.is_empty(), "a cycle among: {}", stuck.join(", "));
}

#[test]
fn files_hold_one_idea() {
    for dir in ["src", "tests"] {
        for (path, text) in sources(dir) {
            let lines = text.lines().count();
            assert!(
                lines <= 450,
                "{}: {lines} lines; look for the second idea",
                path.display()
            );
        }
    }
}

#[test]
fn every_module_says_why_it_exists() {
    for (path, text) in sources("src") {
        assert!(
            text.starts_with("//!"),
            "{} has no module doc",
            path.display()
        );
    }
}

/// UX 3.2: signs of the list and of conversations are declared in one table, which the help tells, and each is drawn.
#[test]
fn signs_are_declared_in_one_table() {
    let drawing = ["tui/view", "tui/columns", "render"];
    let table = "render/signs.rs";
    let files = sources("src");
    let mut drawn = String::new();
    for (path, text) in &files {
        let place = place(path);
        let is_drawing = drawing.iter().any(|folder| place.starts_with(folder));
        if !is_drawing || place == table || is_test(&place) {
            continue;
        }
        for (n, line) in running(text) {
            drawn.push_str(line);
            drawn.push('\n');
            let code = line.split("//").next().unwrap_or_default();
            // Lines and corners are no signs, nor is what is looked for in text.
            let is_sign = |c: char| !c.is_ascii() && !('\u{2500}'..='\u{257f}').contains(&c);
            assert!(!code.chars().any(is_sign), "{place}:{n}: {line}");
        }
    }
    let text = files.iter().find(|(path, _)| place(path) == table);
    let rows = text.unwrap().1.lines().filter_map(|line| {
        let name = line.strip_prefix("    ")?.split(' ').next()?;
        let is_name = name.len() > 1 && name.chars().all(|c| c.is_ascii_uppercase() || c == '_');
        is_name.then_some(name)
    });
    let mut many = 0;
    for name in rows {
        many += 1;
        let used = text.unwrap().1.matches(&format!("&{name}")).count();
        let told_by_others = ["ESTIMATED", "PARTIAL"].contains(&name);
        assert!(
            drawn.contains(&format!("signs::{name}")) || used > 0 || told_by_others,
            "{name} is told and never drawn"
        );
    }
    assert!(many > 25, "{many} signs");
}
