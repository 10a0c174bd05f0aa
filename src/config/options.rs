//! Every setting, declared once. The file of settings is judged by this table; `config print`, the schema and the README
//! are written from it.
//!
//! A new setting is one row here, and a line where it is read: [`super::Settings`] gives it by its name.

use jiff::tz::TimeZone;

use super::file::Node;
use super::{Said, Value};
use crate::text::Locale;

/// One setting.
#[derive(Clone, Copy, Debug)]
pub struct Opt {
    /// Its section and its name. A part in angle brackets stands for names of one's own, such as `sources.roots.<source>`.
    pub name: &'static str,
    pub kind: Kind,
    /// As it would be written in the file; empty where there is nothing by itself.
    pub default: &'static str,
    pub help: &'static str,
    /// It is read when the screen opens; a change holds from the next start.
    pub at_start: bool,
}

/// What a setting takes.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    Bool,
    /// One of these words.
    One(&'static [&'static str]),
    /// A whole number from 0 to this.
    Number(u64),
    /// Bytes, at least so many: `256M`, `1G`, or a number.
    Size(u64),
    Text,
    /// A theme that comes with the program, one in the folder of themes, or a file.
    Theme,
    /// A name of a time zone; empty for the machine's.
    Zone,
    /// A tag of a language; empty for the usual form.
    Locale,
    /// A text, or a list of them.
    Texts,
}

const fn opt(name: &'static str, kind: Kind, default: &'static str, help: &'static str) -> Opt {
    Opt {
        name,
        kind,
        default,
        help,
        at_start: false,
    }
}

impl Opt {
    const fn at_start(self) -> Opt {
        Opt {
            at_start: true,
            ..self
        }
    }
}

/// Themes that come with the program, as they are named in settings.
pub const THEMES: &[&str] = &[
    "auto",
    "dark",
    "light",
    "high-contrast-dark",
    "high-contrast-light",
    "colour-blind",
    "16",
    "mono",
];

/// The columns of every list, until somebody chooses others.
const COLUMNS: &str =
    "[\"source\", \"title\", \"project\", \"messages\", \"tokens\", \"cost\", \"updated\"]";

#[rustfmt::skip]
pub static OPTIONS: &[Opt] = &[
    opt("ui.theme", Kind::Theme, "\"auto\"", "Colours: one of the program's, the name of a file in themes/, or a path to one"),
    opt("ui.chrome", Kind::One(&["full", "slim", "bare"]), "\"full\"", "Lines around the panes: all, without title and hints, or without clauses too"),
    opt("ui.glyphs", Kind::One(&["auto", "ascii", "unicode"]), "\"auto\"", "Signs of our own: by what the terminal can show, or one of the two"),
    opt("ui.mouse", Kind::Bool, "true", "The mouse is ours; off leaves it to the terminal"),
    opt("ui.mask", Kind::Bool, "false", "For demos, the screen and --linear hide secrets and your names; other commands do not"),
    opt("ui.menu_delay_ms", Kind::Number(60_000), "300", "Milliseconds until the first of two keys shows its menu"),
    opt("ui.start_in", Kind::One(&["list", "search"]), "\"list\"", "Where the screen opens: in the list, or typing a query").at_start(),
    opt("ui.motion", Kind::One(&["on", "off"]), "\"on\"", "Off stops what moves by itself: the clock and our memory in the status line"),
    opt("ui.locale", Kind::Locale, "\"\"", "Numbers and dates in tables as this language writes them, such as de-DE").at_start(),
    opt("ui.timezone", Kind::Zone, "\"\"", "Days are those of this zone, such as Europe/Berlin; empty for the machine's").at_start(),
    opt("ui.print_resume_on_exit", Kind::Bool, "true", "Leaving a conversation prints the command that resumes it"),
    opt("ui.max_memory", Kind::Size(64 << 20), "\"256M\"", "What may be held in memory besides sessions and spends").at_start(),
    opt("ui.columns.rows", Kind::Texts, COLUMNS, "Columns where rows take two lines: names, each with :cells behind it where it has others"),
    opt("ui.columns.table", Kind::Texts, COLUMNS, "Columns of the table below 160 cells"),
    opt("ui.columns.wide", Kind::Texts, COLUMNS, "Columns of the table from 160 cells on, where the list has eighty"),
    opt("sources.off", Kind::Texts, "[]", "Agents that are not read, unless --source names them").at_start(),
    opt("sources.roots.<source>", Kind::Texts, "", "More folders of an agent: a home, the agent's folder in it, or its logs").at_start(),
    opt("keys.preset", Kind::One(&["vim+arrows", "arrows-only", "emacs"]), "\"vim+arrows\"", "The keys to begin with"),
    opt("keys.<place>.<action>", Kind::Texts, "", "Keys of an action, by its name in backscroll keys; an empty list takes them away"),
    opt("delete.enabled", Kind::Bool, "false", "Logs can be moved to the trash"),
    opt("share.mode", Kind::One(&["manual", "auto", "disabled"]), "\"manual\"", "Sharing: when asked, without a second yes, or never"),
    opt("launch.tab", Kind::Texts, "[]", "Program and arguments that open a new tab; {dir} and {argv} stand for what to run"),
    opt("launch.<source>.resume", Kind::Texts, "", "Program and arguments that resume a session; {id} stands for its id"),
    opt("launch.<source>.new", Kind::Texts, "", "Program and arguments that start a session; {dir} stands for its directory"),
    opt("launch.<source>.fork", Kind::Texts, "", "Program and arguments that fork a session; {id} stands for its id"),
    opt("redact.allow", Kind::Texts, "[]", "What looks like a secret and is none: a text, its number in a review, or a shape with *"),
];

impl Opt {
    /// The variable that sets it, as `BACKSCROLL_UI_THEME`; none for names of one's own.
    pub fn variable(&self) -> Option<String> {
        let name = self.name.replace('.', "_").to_uppercase();
        (!self.is_open()).then(|| format!("BACKSCROLL_{name}"))
    }

    /// Its name holds names of one's own.
    pub fn is_open(&self) -> bool {
        self.name.contains('<')
    }

    /// What stands before its name in the file: `ui`, `sources.roots`.
    pub fn section(&self) -> &'static str {
        self.name
            .rsplit_once('.')
            .map_or("", |(section, _)| section)
    }

    /// What it takes, in words.
    pub fn takes(&self) -> String {
        match self.kind {
            Kind::Bool => "true or false".to_owned(),
            Kind::One(words) => words.join(", "),
            Kind::Number(most) => format!("a number up to {most}"),
            Kind::Size(least) => format!("a size of at least {}M, such as 256M", least >> 20),
            Kind::Text => "a text".to_owned(),
            Kind::Theme => format!("{}, a name, or a path", THEMES.join(", ")),
            Kind::Zone => "the name of a zone".to_owned(),
            Kind::Locale => "the tag of a language".to_owned(),
            Kind::Texts => "a text or a list of texts".to_owned(),
        }
    }
}

/// Why a value is none: what it should be, and what may have been meant.
#[derive(Debug)]
pub struct Wrong {
    pub what: String,
    pub nearest: Option<String>,
}

fn wrong(what: impl Into<String>) -> Wrong {
    Wrong {
        what: what.into(),
        nearest: None,
    }
}

impl Kind {
    /// A value as the file has it.
    pub fn read(self, node: &Node) -> Result<Value, Wrong> {
        match (self, node) {
            (Kind::Bool, Node::Bool(on)) => Ok(Value::Bool(*on)),
            (Kind::Number(_), Node::Number(n)) => {
                self.number(u64::try_from(*n).ok(), &n.to_string())
            }
            (Kind::Size(_), Node::Number(n)) => self.number(u64::try_from(*n).ok(), &n.to_string()),
            (Kind::Texts, Node::Text(text)) => Ok(Value::Texts(vec![Said::of(text)])),
            (Kind::Texts, Node::List(items)) => items
                .iter()
                .map(|(item, place)| match item {
                    Node::Text(text) => Ok(Said {
                        text: text.clone(),
                        place: Some(*place),
                    }),
                    _ => Err(wrong("every item must be a text in quotes")),
                })
                .collect::<Result<_, _>>()
                .map(Value::Texts),
            (Kind::Bool | Kind::Number(_) | Kind::Texts, _) => {
                Err(wrong(format!("must be {}", self.words())))
            }
            (_, Node::Text(text)) => self.spelt(text),
            (_, _) => Err(wrong(format!("must be {}, in quotes", self.words()))),
        }
    }

    /// A value as a variable or a flag has it.
    pub fn spelt(self, text: &str) -> Result<Value, Wrong> {
        match self {
            Kind::Bool => match text {
                "true" | "on" | "1" => Ok(Value::Bool(true)),
                "false" | "off" | "0" => Ok(Value::Bool(false)),
                _ => Err(wrong("must be true or false")),
            },
            Kind::One(words) if words.contains(&text) => Ok(Value::Text(text.to_owned())),
            Kind::One(words) => Err(Wrong {
                what: format!("{text} is not one of {}", words.join(", ")),
                nearest: super::nearest(text, words.iter().copied()),
            }),
            Kind::Number(_) => self.number(text.parse().ok(), text),
            Kind::Size(_) => self.number(bytes(text), text),
            Kind::Text | Kind::Theme => Ok(Value::Text(text.to_owned())),
            Kind::Zone if text.is_empty() || TimeZone::get(text).is_ok() => {
                Ok(Value::Text(text.to_owned()))
            }
            Kind::Zone => Err(wrong(format!(
                "{text} is no time zone; give a name such as Europe/Berlin or UTC"
            ))),
            Kind::Locale if text.is_empty() || Locale::named(text).is_some() => {
                Ok(Value::Text(text.to_owned()))
            }
            Kind::Locale => Err(Wrong {
                what: format!("{text} is no language known here"),
                nearest: super::nearest(text, Locale::tags()),
            }),
            Kind::Texts => {
                let items = text.split(',').map(str::trim).filter(|t| !t.is_empty());
                Ok(Value::Texts(items.map(Said::of).collect()))
            }
        }
    }

    fn number(self, n: Option<u64>, text: &str) -> Result<Value, Wrong> {
        match (self, n) {
            (Kind::Number(most), Some(n)) if n <= most => Ok(Value::Number(n)),
            (Kind::Size(least), Some(n)) if n >= least => Ok(Value::Number(n)),
            _ => Err(wrong(format!("{text} is not {}", self.words()))),
        }
    }

    fn words(self) -> String {
        opt("", self, "", "").takes()
    }
}

/// `256M`, `1 GiB`, `64000000`.
fn bytes(text: &str) -> Option<u64> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at_checked(digits)?;
    let unit = unit.trim().to_ascii_lowercase();
    let shift = match unit.trim_end_matches('b').trim_end_matches('i') {
        "" => 0,
        "k" => 10,
        "m" => 20,
        "g" => 30,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(1 << shift)
}
