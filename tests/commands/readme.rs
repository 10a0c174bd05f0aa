//! The README's tables are written from the tables that the program reads, so that they cannot drift.

use std::fmt::Write as _;
use std::path::Path;

use backscroll::config::OPTIONS;
use backscroll::export::{FORMATS, Holds, PARTS};
use backscroll::query::{FIELDS, SHAPES};
use backscroll::sources::SOURCES;
use backscroll::tui::columns::COLUMNS;
use backscroll::tui::keys::{BINDINGS, Scope};

fn sources() -> String {
    let mut out = String::from("| Agent | Versions seen | Where | Moved by |\n|---|---|---|---|\n");
    for source in SOURCES {
        let card = source.card();
        let code = |list: &[&str]| {
            let marked: Vec<String> = list.iter().map(|name| format!("`{name}`")).collect();
            marked.join(", ")
        };
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} |",
            card.label,
            card.versions,
            code(card.usual),
            code(card.variables)
        );
    }
    out
}

fn fields() -> String {
    let mut out = String::from("| Field | Compares | Such as |\n|---|---|---|\n");
    for field in FIELDS {
        let mut names = format!("`{}`", field.name);
        for alias in field.aliases {
            let _ = write!(names, " `{alias}`");
        }
        let example = field.example.replace('|', "\\|");
        let _ = writeln!(out, "| {names} | {} | `{example}` |", field.help);
    }
    out
}

fn keys() -> String {
    let mut out = String::new();
    let scopes = [
        Scope::Any,
        Scope::List,
        Scope::Reader,
        Scope::Input,
        Scope::Find,
        Scope::Picker,
        Scope::Name,
        Scope::NoMatch,
        Scope::Overlay,
    ];
    for scope in scopes {
        let _ = write!(
            out,
            "\n**{}**\n\n| Keys | What they do |\n|---|---|\n",
            scope.word()
        );
        for binding in BINDINGS.iter().filter(|b| b.scope == scope) {
            let keys: Vec<String> = binding
                .listed()
                .iter()
                .map(|key| format!("`{key}`"))
                .collect();
            let _ = writeln!(out, "| {} | {} |", keys.join(" "), binding.help);
        }
    }
    out.push('\n');
    out
}

fn settings() -> String {
    let mut out =
        String::from("| Setting | Takes | By itself | What it does |\n|---|---|---|---|\n");
    for opt in OPTIONS {
        let default = match opt.default {
            "" => String::new(),
            default => format!("`{default}`"),
        };
        let (name, takes, help) = (opt.name, opt.takes(), opt.help);
        let _ = writeln!(out, "| `{name}` | {takes} | {default} | {help} |");
    }
    out
}

fn formats() -> String {
    let mut out = String::from(
        "| Format | What it is | Keys | Many sessions | By itself with |\n|---|---|---|---|---|\n",
    );
    for card in &FORMATS {
        let many = match card.holds {
            Holds::Session => "a folder with an index",
            Holds::Conversations | Holds::Rows => "one file",
        };
        let chosen = PARTS.iter().filter(|part| (part.get)(&card.parts));
        let chosen: Vec<&str> = chosen.map(|part| part.name).collect();
        let parts = chosen.join(", ");
        let _ = writeln!(
            out,
            "| `{}` | {} | `x {}` | {many} | {parts} |",
            card.name, card.help, card.key
        );
    }
    out
}

fn parts() -> String {
    let mut out = String::from("| Part | What it is |\n|---|---|\n");
    for part in PARTS {
        let _ = writeln!(out, "| `{}` | {} |", part.name, part.help);
    }
    out
}

fn columns() -> String {
    let mut out = String::from("| Column | What it shows |\n|---|---|\n");
    for column in COLUMNS {
        let _ = writeln!(out, "| `{}` | {} |", column.name, column.help);
    }
    out
}

/// Every name that a table of the program declares stands in the manual, which `man` shows, and what can be typed behind
/// a flag is completed.
#[test]
fn the_manual_and_completions_are_those_of_the_program() {
    let (_, page, _) = super::backscroll(&["man"]);
    let page = page.replace("\\-", "-").replace("\\e", "\\");
    let fields = FIELDS.iter().flat_map(|field| [field.name, field.help]);
    let shapes = SHAPES.iter().flat_map(|shape| [shape.forms[0], shape.help]);
    let settings = OPTIONS.iter().flat_map(|opt| [opt.name, opt.help]);
    let keys = BINDINGS
        .iter()
        .filter(|binding| !binding.listed().is_empty());
    let keys = keys.map(|binding| binding.help);
    let sources = SOURCES.iter().map(|source| source.card());
    let sources = sources.flat_map(|card| [card.id.0, card.label]);
    let formats = FORMATS.iter().flat_map(|card| [card.name, card.help]);
    let parts = PARTS.iter().flat_map(|part| [part.name, part.help]);
    let columns = COLUMNS.iter().flat_map(|column| [column.name, column.help]);
    // Long help goes on in the next line.
    let flat: Vec<&str> = page.split_whitespace().collect();
    let flat = flat.join(" ");
    let all = fields
        .chain(shapes)
        .chain(settings)
        .chain(keys)
        .chain(sources)
        .chain(formats)
        .chain(parts)
        .chain(columns);
    for said in all {
        assert!(flat.contains(said), "the manual does not say: {said}");
    }
    for shell in ["bash", "zsh", "fish"] {
        let (_, script, _) = super::backscroll(&["completions", shell]);
        let formats = FORMATS.iter().map(|card| card.name);
        for name in formats.chain(PARTS.iter().map(|part| part.name)) {
            assert!(script.contains(name), "{shell} does not complete {name}");
        }
    }
}

/// Every command that the README's shell blocks name is one.
#[test]
fn the_commands_of_the_readme_are_commands() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let text = std::fs::read_to_string(path).unwrap();
    let known = super::prices::commands();
    // Between the fences; in prose the program has a name too.
    let blocks = text.split("```").skip(1).step_by(2);
    let lines = blocks
        .flat_map(str::lines)
        .filter_map(|line| line.strip_prefix("backscroll "));
    let mut seen = 0;
    for line in lines {
        let name = line.split_whitespace().next().unwrap();
        assert!(known.iter().any(|known| known == name), "{line}");
        seen += 1;
    }
    assert!(seen > 10, "{seen} commands");
}

#[test]
fn the_tables_are_those_of_the_program() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let old = std::fs::read_to_string(&path).unwrap();
    let mut new = old.clone();
    for (name, table) in [
        ("sources", sources()),
        ("fields", fields()),
        ("keys", keys()),
        ("settings", settings()),
        ("formats", formats()),
        ("parts", parts()),
        ("columns", columns()),
    ] {
        let (open, close) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"));
        let from = new
            .find(&open)
            .unwrap_or_else(|| panic!("no region {name}"))
            + open.len();
        let to = new
            .find(&close)
            .unwrap_or_else(|| panic!("{name} does not end"));
        new.replace_range(from..to, &table);
    }
    if std::env::var_os("BACKSCROLL_WRITE").is_some() {
        std::fs::write(&path, &new).unwrap();
        return;
    }
    assert!(
        new == old,
        "the README's tables have drifted; write them anew with BACKSCROLL_WRITE=1 cargo test"
    );
}
