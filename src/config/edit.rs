//! One setting written into the file, with everything else in it left as its owner wrote it.

use std::path::Path;

use toml_edit::{DocumentMut, Item, Table, Value};

use super::options::{Kind, OPTIONS};
use crate::own;

/// Puts a value into the file of settings, which is made where it is not there yet. The text is what the table of settings
/// takes for that name.
///
/// # Errors
/// One line: there is no such setting, or the file is no TOML or cannot be written; it is then as it was.
pub fn set(path: &Path, name: &str, text: &str) -> Result<(), String> {
    let shown = || path.display();
    let old = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(format!("{}: {error}", shown())),
    };
    let mut document: DocumentMut = old.parse().map_err(|_| {
        format!(
            "{}: not TOML; mend it first: backscroll config check",
            shown()
        )
    })?;
    let kind = OPTIONS
        .iter()
        .find(|opt| opt.name == name)
        .map(|opt| opt.kind);
    let kind = kind.ok_or_else(|| format!("no setting {name}"))?;
    let (section, key) = name.rsplit_once('.').unwrap_or(("", name));
    let table = document
        .entry(section)
        .or_insert_with(|| Item::Table(Table::new()));
    let table = table
        .as_table_like_mut()
        .ok_or_else(|| format!("{}: {section} is no section there", shown()))?;
    let value = value_of(kind, text);
    match table.get_mut(key).and_then(Item::as_value_mut) {
        // What is written beside it stays.
        Some(known) => {
            let decor = known.decor().clone();
            *known = value;
            *known.decor_mut() = decor;
        }
        None => {
            table.insert(key, Item::Value(value));
        }
    }
    own::write(path, document.to_string().as_bytes())
        .map_err(|error| format!("{}: {error}", shown()))
}

fn value_of(kind: Kind, text: &str) -> Value {
    match kind {
        Kind::Bool => Value::from(text == "true"),
        Kind::Number(_) => text
            .parse::<i64>()
            .map_or_else(|_| Value::from(text), Value::from),
        Kind::Texts => Value::from_iter(text.split(',').map(str::trim).filter(|t| !t.is_empty())),
        _ => Value::from(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_written_and_all_else_stays() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("config.toml");
        let text = "# mine\n[ui]\ntheme = \"dark\" # at night\n\n[sources]\noff = [\"pi\"]\n";
        std::fs::write(&path, text).unwrap();
        set(&path, "ui.theme", "light").unwrap();
        set(&path, "ui.mouse", "false").unwrap();
        set(&path, "keys.preset", "emacs").unwrap();
        let want = "# mine\n[ui]\ntheme = \"light\" # at night\nmouse = false\n\n[sources]\noff = [\"pi\"]\n\n[keys]\npreset = \"emacs\"\n";
        assert_eq!(std::fs::read_to_string(&path).unwrap(), want);
    }

    #[test]
    fn a_file_that_is_no_settings_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("config.toml");
        std::fs::write(&path, "[ui\n").unwrap();
        assert!(
            set(&path, "ui.theme", "light")
                .unwrap_err()
                .contains("not TOML")
        );
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "[ui\n");
        assert!(set(&path, "ui.thme", "light").is_err());
        let new = dir.path().join("new/config.toml");
        set(&new, "ui.menu_delay_ms", "0").unwrap();
        assert_eq!(
            std::fs::read_to_string(&new).unwrap(),
            "[ui]\nmenu_delay_ms = 0\n"
        );
    }
}
