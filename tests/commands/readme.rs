//! The README's tables are written from the tables that the program reads, so that they cannot drift.

use std::fmt::Write as _;
use std::path::Path;

use backscroll::config::OPTIONS;
use backscroll::query::FIELDS;
use backscroll::sources::SOURCES;
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
    for opt in OPTIONS.iter().filter(|opt| !opt.waits) {
        let default = match opt.default {
            "" => String::new(),
            default => format!("`{default}`"),
        };
        let (name, takes, help) = (opt.name, opt.takes(), opt.help);
        let _ = writeln!(out, "| `{name}` | {takes} | {default} | {help} |");
    }
    out
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
