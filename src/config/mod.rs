//! Your settings: what is built in, one small file over it, variables over the file and flags over all. A mistake in them
//! never keeps the program from starting; it is told in one line with its place, and what is right holds.

pub mod edit;
mod file;
mod launching;
mod options;
mod sharing;
mod sources;
#[cfg(test)]
mod tests;
pub mod write;

use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use file::Entry;
pub use file::Place;
pub use launching::{Commands, Launching};
pub use options::{Kind, OPTIONS, Opt, THEMES};
pub use sharing::{Share, ShareMode};
pub use sources::roots_at;

use crate::env::{Env, OwnDir};

/// What `backscroll config` does, by the words behind it.
pub const COMMANDS: &[(&str, &str)] = &[
    (
        "print",
        "Every setting in force and where it comes from, as a file of settings",
    ),
    ("path", "Where the file of settings is"),
    (
        "check",
        "Mistakes in settings, keys and themes, each with its place; exit 2 where there are any",
    ),
    ("schema", "A JSON schema of the file, for editors"),
];

/// A file of settings larger than this is none.
const LARGEST: u64 = 1 << 20;

/// A text in the file, and where.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Said {
    pub text: String,
    /// Absent where it does not come from the file.
    pub place: Option<Place>,
}

impl Said {
    fn of(text: &str) -> Said {
        Said {
            text: text.to_owned(),
            place: None,
        }
    }
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Value {
    Bool(bool),
    Number(u64),
    Text(String),
    Texts(Vec<Said>),
}

/// Which layer a value comes from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Origin {
    Default,
    File(Place),
    Variable(String),
    Flag(&'static str),
}

/// A setting in force.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Held {
    pub value: Value,
    pub from: Origin,
}

/// A setting under a name of one's own: `sources.roots.<source>`, with the names that stand for what is in brackets.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Open {
    /// As in the table.
    pub name: &'static str,
    pub names: Vec<String>,
    pub items: Vec<Said>,
    pub place: Place,
}

/// Something in the settings that cannot be used.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mistake {
    pub at: At,
    pub what: String,
    /// The valid name that may have been meant.
    pub nearest: Option<String>,
    /// It holds all the same: only somebody should know.
    pub warns: bool,
}

/// Where a mistake is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum At {
    /// In a file; without a place, the whole of it.
    File(Arc<Path>, Option<Place>),
    Variable(String),
}

impl Mistake {
    /// One line of what and where, paths below the home folder with `~`.
    pub fn line(&self, home: &Path) -> String {
        let at = match &self.at {
            At::File(path, place) => {
                let path = crate::text::short_dir(path, home);
                let place = place.map(|p| format!(", line {}, column {}", p.line, p.column));
                format!("{path}{}", place.unwrap_or_default())
            }
            At::Variable(name) => name.clone(),
        };
        format!("{at}: {}", self.told())
    }

    /// The same with the bare name of the file and without the column, where room is short.
    pub fn short(&self) -> String {
        let at = match &self.at {
            At::File(path, place) => {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                let place = place.map(|p| format!(", line {}", p.line));
                format!("{name}{}", place.unwrap_or_default())
            }
            At::Variable(name) => name.clone(),
        };
        format!("{at}: {}", self.told())
    }

    fn told(&self) -> String {
        let nearest = self.nearest.as_ref();
        let nearest = nearest.map(|name| format!("; the nearest is {name}"));
        format!("{}{}", self.what, nearest.unwrap_or_default())
    }
}

/// The settings in force, by the names of [`OPTIONS`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Settings {
    /// The file they are read from, whether it is there or not.
    pub path: Arc<Path>,
    /// It was there when they were read.
    pub is_there: bool,
    /// In the order of the table, one for each; none where there is nothing by itself.
    held: Vec<Option<Held>>,
    open: Vec<Open>,
    pub mistakes: Vec<Mistake>,
}

impl Default for Settings {
    /// What is built in.
    fn default() -> Settings {
        let built_in = |opt: &Opt| {
            let value = toml::de::DeValue::parse(opt.default).ok()?;
            let value = opt.kind.read(&file::node("", &value)).ok()?;
            Some(Held {
                value,
                from: Origin::Default,
            })
        };
        Settings {
            path: Path::new("").into(),
            is_there: false,
            held: OPTIONS.iter().map(built_in).collect(),
            open: Vec::new(),
            mistakes: Vec::new(),
        }
    }
}

/// Where the settings are: the file that was named, else ours.
pub fn path(env: &Env, named: Option<&Path>) -> PathBuf {
    match named {
        Some(path) => env.expand(path),
        None => env.own_dir(OwnDir::Config).join("config.toml"),
    }
}

/// A value that a flag gives: the setting, the value as one would type it, and the flag.
pub type Flag = (&'static str, String, &'static str);

/// The settings of this world. A file that was named must be there; ours need not. An error is one line.
pub fn load(env: &Env, named: Option<&Path>, flags: Vec<Flag>) -> Result<Settings, String> {
    let path = path(env, named);
    let mut settings = Settings {
        path: path.as_path().into(),
        ..Settings::default()
    };
    match text_of(env, &path) {
        Ok(text) => {
            settings.is_there = true;
            settings.take_file(&text);
        }
        Err(error) if named.is_some() => return Err(format!("{}: {error}", path.display())),
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => settings.mistake(None, error.to_string(), None),
    }
    settings.take_variables(env);
    for (name, text, flag) in flags {
        // Flags are judged where they are taken in.
        settings.take(name, &text, Origin::Flag(flag));
    }
    Ok(settings)
}

fn text_of(env: &Env, path: &Path) -> std::io::Result<String> {
    let mut text = String::new();
    env.files
        .open(path)?
        .take(LARGEST)
        .read_to_string(&mut text)?;
    Ok(text)
}

/// Whether a name of the table is this path, and the names that stand for its parts in brackets.
fn names(opt: &Opt, path: &[String]) -> Option<Vec<String>> {
    let parts: Vec<&str> = opt.name.split('.').collect();
    let fits = |(part, name): (&&str, &String)| part.starts_with('<') || *part == name;
    let is_it = parts.len() == path.len() && parts.iter().zip(path).all(fits);
    let own = parts
        .iter()
        .zip(path)
        .filter(|(part, _)| part.starts_with('<'));
    is_it.then(|| own.map(|(_, name)| name.clone()).collect())
}

/// Whether settings stand below this path.
fn is_section(path: &[String]) -> bool {
    OPTIONS.iter().any(|opt| {
        let parts: Vec<&str> = opt.name.split('.').collect();
        let fits = |(part, name): (&&str, &String)| part.starts_with('<') || *part == name;
        parts.len() > path.len() && parts.iter().zip(path).all(fits)
    })
}

/// The name that was most likely meant.
pub fn nearest<'a>(typed: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    let letters = |word: &str| word.to_lowercase().chars().collect::<Vec<char>>();
    let meant = letters(typed);
    let most = (meant.len() / 3).clamp(1, 4);
    let far = |name: &str| crate::query::distance(&meant, &letters(name), most);
    let near = known.filter_map(|name| Some((far(name)?, name)));
    near.min().map(|(_, name)| name.to_owned())
}

impl Settings {
    pub fn mistake(&mut self, place: Option<Place>, what: String, nearest: Option<String>) {
        let at = At::File(self.path.clone(), place);
        self.mistakes.push(Mistake {
            at,
            what,
            nearest,
            warns: false,
        });
    }

    fn take_file(&mut self, text: &str) {
        let (entries, torn) = file::read(text, is_section);
        for (place, what) in torn {
            self.mistake(Some(place), what, None);
        }
        for entry in entries {
            self.take_entry(entry);
        }
        self.mistakes.sort_by_key(|mistake| match mistake.at {
            At::File(_, place) => place,
            At::Variable(_) => None,
        });
    }

    fn take_entry(&mut self, entry: Entry) {
        let mut path = entry.path;
        // An action alone, without the place it is in.
        if let [keys, _] = path.as_slice()
            && keys == "keys"
            && !OPTIONS.iter().any(|opt| names(opt, &path).is_some())
        {
            path.insert(1, String::new());
        }
        let found = OPTIONS.iter().enumerate();
        let mut found = found.filter_map(|(nth, opt)| Some((nth, opt, names(opt, &path)?)));
        let Some((nth, opt, names)) = found.next() else {
            let name = path.join(".");
            let (what, nearest) = match is_section(&path) {
                true => (format!("{name} is a section: write [{name}]"), None),
                false => {
                    let near = nearest(&name, OPTIONS.iter().map(|opt| opt.name));
                    // A section with another name takes all that is in it along.
                    let sections = || OPTIONS.iter().map(|opt| opt.section());
                    let near = near.or_else(|| nearest(&name, sections()));
                    (format!("no setting {name}"), near)
                }
            };
            return self.mistake(Some(entry.place), what, nearest);
        };
        match opt.kind.read(&entry.value) {
            Ok(Value::Texts(mut items)) => {
                // A text without a list around it stands where the value does.
                for item in &mut items {
                    item.place.get_or_insert(entry.value_place);
                }
                let (name, place) = (opt.name, entry.place);
                if opt.is_open() {
                    self.open.push(Open {
                        name,
                        names,
                        items,
                        place,
                    });
                } else {
                    let (value, from) = (Value::Texts(items), Origin::File(place));
                    self.hold(nth, Held { value, from });
                }
            }
            Ok(value) => {
                let from = Origin::File(entry.place);
                self.hold(nth, Held { value, from });
            }
            Err(wrong) => {
                let name = path.iter().filter(|part| !part.is_empty());
                let name = name.map(String::as_str).collect::<Vec<_>>().join(".");
                let what = format!("{name}: {}", wrong.what);
                self.mistake(Some(entry.value_place), what, wrong.nearest);
            }
        }
    }

    fn take_variables(&mut self, env: &Env) {
        for opt in OPTIONS {
            let Some(variable) = opt.variable() else {
                continue;
            };
            if let Some(text) = env.var(&variable) {
                self.take(opt.name, text, Origin::Variable(variable));
            }
        }
    }

    fn take(&mut self, name: &str, text: &str, from: Origin) {
        let Some(nth) = OPTIONS.iter().position(|opt| opt.name == name) else {
            return;
        };
        let Some(opt) = OPTIONS.get(nth) else { return };
        match (opt.kind.spelt(text), from) {
            (Ok(value), from) => self.hold(nth, Held { value, from }),
            (Err(wrong), Origin::Variable(name)) => self.mistakes.push(Mistake {
                at: At::Variable(name),
                what: wrong.what,
                nearest: wrong.nearest,
                warns: false,
            }),
            (Err(_), _) => {}
        }
    }

    fn hold(&mut self, nth: usize, held: Held) {
        if let Some(slot) = self.held.get_mut(nth) {
            *slot = Some(held);
        }
    }

    /// A setting and where it comes from. Its name must stand in the table.
    pub fn held(&self, name: &str) -> Option<&Held> {
        let nth = OPTIONS.iter().position(|opt| opt.name == name);
        debug_assert!(nth.is_some(), "{name} is not in the table of settings");
        self.held.get(nth?)?.as_ref()
    }

    pub fn is_on(&self, name: &str) -> bool {
        matches!(self.held(name), Some(held) if held.value == Value::Bool(true))
    }

    /// A number, or a size in bytes.
    pub fn number(&self, name: &str) -> u64 {
        match self.held(name) {
            Some(Held {
                value: Value::Number(n),
                ..
            }) => *n,
            _ => 0,
        }
    }

    /// A word or a text; empty where there is none.
    pub fn text(&self, name: &str) -> &str {
        match self.held(name) {
            Some(Held {
                value: Value::Text(text),
                ..
            }) => text,
            _ => "",
        }
    }

    pub fn texts(&self, name: &str) -> &[Said] {
        match self.held(name) {
            Some(Held {
                value: Value::Texts(items),
                ..
            }) => items,
            _ => &[],
        }
    }

    /// Everything under names of one's own, by the name in the table, in the order of the file.
    pub fn open<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Open> {
        debug_assert!(OPTIONS.iter().any(|opt| opt.name == name), "{name}");
        self.open.iter().filter(move |open| open.name == name)
    }

    /// Where a setting stands in the file, if it does.
    pub fn place(&self, name: &str) -> Option<Place> {
        match self.held(name)?.from {
            Origin::File(place) => Some(place),
            _ => None,
        }
    }

    /// The folder that themes of one's own are in.
    pub fn themes(&self) -> PathBuf {
        self.path.parent().unwrap_or(Path::new("")).join("themes")
    }
}
