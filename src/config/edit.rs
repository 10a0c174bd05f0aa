//! One setting changed: gone by at once, and written into the file, with everything else in it left as its owner wrote it.

use std::path::Path;

use toml_edit::{DocumentMut, Item, Table, TableLike, Value};

use super::options::{Kind, OPTIONS};
use super::{Held, Origin, Said, Settings, names};
use crate::own;

/// What a setting becomes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum New {
    /// A value as a person types it.
    Text(String),
    /// Each of a list.
    Items(Vec<String>),
    /// What it is by itself: nothing stands in the file.
    Nothing,
}

impl Settings {
    /// Goes by what a setting becomes before it is read of the file; where a variable or a flag stands over the file,
    /// nothing changes. A text is what the table takes for that name, and items are taken as they stand, with commas.
    pub fn put(&mut self, name: &str, new: &New) {
        let mut all = OPTIONS.iter().enumerate();
        let Some((nth, opt)) = all.find(|(_, opt)| opt.name == name) else {
            return;
        };
        let value = match new {
            New::Text(text) => opt.kind.spelt(text).ok(),
            New::Items(items) => {
                let items = items.iter().map(|item| Said::of(item));
                Some(super::Value::Texts(items.collect()))
            }
            New::Nothing => {
                let usual = Settings::default().held.into_iter().nth(nth);
                usual.flatten().map(|held| held.value)
            }
        };
        let held = self.held(name);
        let from = held.map_or(Origin::Default, |held| held.from.clone());
        if let Some(value) = value
            && !matches!(from, Origin::Variable(_) | Origin::Flag(_))
        {
            self.hold(nth, Held { value, from });
        }
    }
}

/// Puts a value into the file of settings, which is made where it is not there yet. The name is one of the table of
/// settings, with names of one's own in it.
///
/// # Errors
/// One line: there is no such setting, or the file is no TOML or cannot be written; it is then as it was.
pub fn set(path: &Path, name: &str, new: &New) -> Result<(), String> {
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
    let parts: Vec<String> = name.split('.').map(str::to_owned).collect();
    let opt = OPTIONS.iter().find(|opt| names(opt, &parts).is_some());
    let kind = opt.map(|opt| opt.kind);
    let kind = kind.ok_or_else(|| format!("no setting {name}"))?;
    let value = match new {
        New::Text(text) => Some(value_of(kind, text)),
        New::Items(items) => Some(Value::from_iter(items)),
        New::Nothing => None,
    };
    let Some((section, key)) = place(&mut document, name, value.is_some()) else {
        return match value {
            None => Ok(()),
            Some(_) => Err(format!("{}: {name} is in no section there", shown())),
        };
    };
    let Some(value) = value else {
        section.remove(&key);
        return kept(path, &document);
    };
    match section.get_mut(&key).and_then(Item::as_value_mut) {
        // What is written beside it stays.
        Some(known) => {
            let decor = known.decor().clone();
            *known = value;
            *known.decor_mut() = decor;
        }
        None => {
            section.insert(&key, Item::Value(value));
        }
    }
    kept(path, &document)
}

fn kept(path: &Path, document: &DocumentMut) -> Result<(), String> {
    let written = own::write(path, document.to_string().as_bytes());
    written.map_err(|error| format!("{}: {error}", path.display()))
}

/// The section that a setting stands in, and its key there; sections that are not there yet are made where that is wanted.
/// A key may hold several parts of the name, in quotes.
fn place<'d>(
    document: &'d mut DocumentMut,
    name: &str,
    makes: bool,
) -> Option<(&'d mut dyn TableLike, String)> {
    let mut section: &mut dyn TableLike = document.as_table_mut();
    let mut rest = name;
    while !section.contains_key(rest)
        && let Some((first, behind)) = rest.split_once('.')
    {
        if !section.contains_key(first) {
            if !makes {
                return None;
            }
            let mut table = Table::new();
            // What holds only other sections needs no line of its own.
            table.set_implicit(behind.contains('.'));
            section.insert(first, Item::Table(table));
        }
        section = section.get_mut(first)?.as_table_like_mut()?;
        rest = behind;
    }
    Some((section, rest.to_owned()))
}

fn value_of(kind: Kind, text: &str) -> Value {
    match kind {
        Kind::Bool => Value::from(matches!(text, "true" | "on" | "1")),
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
        let text = |text: &str| New::Text(text.to_owned());
        set(&path, "ui.theme", &text("light")).unwrap();
        set(&path, "ui.mouse", &text("false")).unwrap();
        set(&path, "keys.preset", &text("emacs")).unwrap();
        let want = "# mine\n[ui]\ntheme = \"light\" # at night\nmouse = false\n\n[sources]\noff = [\"pi\"]\n\n[keys]\npreset = \"emacs\"\n";
        assert_eq!(std::fs::read_to_string(&path).unwrap(), want);
    }

    /// UX 6, 4: lists, sections below sections, keys in quotes, and taking a value back.
    #[test]
    fn lists_and_names_of_ones_own_are_written_and_taken_back() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("config.toml");
        let items = |items: &[&str]| New::Items(items.iter().map(|i| (*i).to_owned()).collect());
        std::fs::write(&path, "[keys]\n\"list.read\" = \"W\" # mine\n").unwrap();
        set(&path, "ui.columns.table", &items(&["title", "cost:10"])).unwrap();
        set(&path, "keys.list.read", &items(&["enter", "g g"])).unwrap();
        let want = "[keys]\n\"list.read\" = [\"enter\", \"g g\"] # mine\n\n[ui.columns]\ntable = [\"title\", \"cost:10\"]\n";
        assert_eq!(std::fs::read_to_string(&path).unwrap(), want);
        set(&path, "keys.list.read", &New::Nothing).unwrap();
        set(&path, "ui.columns.table", &New::Nothing).unwrap();
        set(&path, "ui.columns.wide", &New::Nothing).unwrap();
        let left = std::fs::read_to_string(&path).unwrap();
        assert!(
            !left.contains("list.read") && !left.contains("table"),
            "{left}"
        );
        set(&path, "keys.read.find", &items(&["ctrl-f"])).unwrap();
        let left = std::fs::read_to_string(&path).unwrap();
        assert!(
            left.contains("[keys.read]\nfind = [\"ctrl-f\"]\n"),
            "{left}"
        );
        assert!(set(&path, "keys.read.find.more", &New::Nothing).is_err());
    }

    #[test]
    fn a_file_that_is_no_settings_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("config.toml");
        std::fs::write(&path, "[ui\n").unwrap();
        assert!(
            set(&path, "ui.theme", &New::Text("light".into()))
                .unwrap_err()
                .contains("not TOML")
        );
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "[ui\n");
        assert!(set(&path, "ui.thme", &New::Nothing).is_err());
        let new = dir.path().join("new/config.toml");
        set(&new, "ui.menu_delay_ms", &New::Text("0".into())).unwrap();
        assert_eq!(
            std::fs::read_to_string(&new).unwrap(),
            "[ui]\nmenu_delay_ms = 0\n"
        );
    }
}
