//! The file that declares a source, and what can be wrong with it: always one line of what, where and what next.

use std::collections::BTreeMap;
use std::fmt;
use std::io::Read;
use std::path::Path;

use serde::Deserialize;
use serde::de::{Deserializer, SeqAccess, Visitor};

use super::globs::Glob;
use super::place::{Place, Places};
use crate::env::Env;
use crate::model::Role;
use crate::text::Clean;

/// No declaration is longer than this.
const MAX: u64 = 64 << 10;
/// Where people read how it is done.
const NEXT: &str = "see \"Any other agent\" in the README";

/// What a file declares.
#[derive(Clone, PartialEq, Debug)]
pub struct Declaration {
    pub id: String,
    pub label: String,
    pub code: String,
    pub files: Vec<Glob>,
    /// The command that goes on with a session; `{id}` stands for its id.
    pub resume: Vec<String>,
    pub line: LineFields,
    pub usage: UsageFields,
    roles: BTreeMap<String, Role>,
    /// Tells one text of the file from another.
    pub hash: u64,
}

/// What stands where in a line.
#[derive(Clone, PartialEq, Default, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LineFields {
    #[serde(default)]
    pub session: Places,
    /// Names the message: a line with the same id says it again.
    #[serde(default)]
    pub id: Places,
    pub role: Places,
    #[serde(default)]
    pub text: Places,
    #[serde(default)]
    pub time: Places,
    #[serde(default)]
    pub model: Places,
    #[serde(default)]
    pub title: Places,
    #[serde(default)]
    pub directory: Places,
    #[serde(default)]
    pub branch: Places,
}

/// Where tokens stand in a line, and how they are counted.
#[derive(Clone, PartialEq, Default, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UsageFields {
    #[serde(default)]
    pub input: Places,
    #[serde(default)]
    pub output: Places,
    #[serde(default)]
    pub cache_read: Places,
    #[serde(default)]
    pub cache_write: Places,
    #[serde(default)]
    pub reasoning: Places,
    /// US dollars.
    #[serde(default)]
    pub cost: Places,
    /// The input counts what was cached, too.
    #[serde(default)]
    pub input_includes_cached: bool,
    /// The output leaves reasoning out.
    #[serde(default)]
    pub output_excludes_reasoning: bool,
    /// Each line tells the sum since the session's start.
    #[serde(default)]
    pub cumulative: bool,
}

impl LineFields {
    /// Every field by its name.
    pub fn all(&self) -> [(&'static str, &Places); 9] {
        [
            ("session", &self.session),
            ("id", &self.id),
            ("role", &self.role),
            ("text", &self.text),
            ("time", &self.time),
            ("model", &self.model),
            ("title", &self.title),
            ("directory", &self.directory),
            ("branch", &self.branch),
        ]
    }
}

impl UsageFields {
    /// Every field by its name.
    pub fn all(&self) -> [(&'static str, &Places); 6] {
        [
            ("input", &self.input),
            ("output", &self.output),
            ("cache_read", &self.cache_read),
            ("cache_write", &self.cache_write),
            ("reasoning", &self.reasoning),
            ("cost", &self.cost),
        ]
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FileText {
    id: String,
    label: Option<String>,
    code: Option<String>,
    files: Words,
    #[serde(default)]
    resume: Vec<String>,
    line: LineFields,
    #[serde(default)]
    usage: UsageFields,
    #[serde(default)]
    roles: RoleWords,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RoleWords {
    #[serde(default)]
    user: Words,
    #[serde(default)]
    assistant: Words,
    #[serde(default)]
    system: Words,
}

/// One text or a list of them.
#[derive(Default)]
struct Words(Vec<String>);

impl<'de> Deserialize<'de> for Words {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Words, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Words;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text, or a list of texts")
            }

            fn visit_str<E>(self, text: &str) -> Result<Words, E> {
                Ok(Words(vec![text.to_owned()]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Words, A::Error> {
                let mut words = Vec::new();
                while let Some(word) = list.next_element()? {
                    words.push(word);
                }
                Ok(Words(words))
            }
        }
        reader.deserialize_any(Either)
    }
}

impl<'de> Deserialize<'de> for Places {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Places, D::Error> {
        let words = Words::deserialize(reader)?.0;
        let places: Result<Vec<Place>, String> = words.iter().map(|w| Place::parse(w)).collect();
        places.map(Places).map_err(serde::de::Error::custom)
    }
}

impl Declaration {
    /// Reads a file.
    ///
    /// # Errors
    /// One line of what is wrong, where, and what to do next.
    pub fn read(env: &Env, path: &Path) -> Result<Declaration, String> {
        let place = path.display();
        let wrong = |what: &dyn fmt::Display| format!("{place}: {what}; {NEXT}");
        let mut text = String::new();
        let file = env.files.open(path).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => {
                format!("{place}: not there; give the path of a TOML file")
            }
            _ => wrong(&error),
        })?;
        let read = file.take(MAX + 1).read_to_string(&mut text);
        read.map_err(|error| wrong(&error))?;
        if text.len() as u64 > MAX {
            return Err(wrong(&"longer than 64 KiB, which no declaration is"));
        }
        Declaration::parse(&text).map_err(|(line, what)| match line {
            Some(line) => format!("{place}, line {line}: {what}; {NEXT}"),
            None => wrong(&what),
        })
    }

    /// Reads the text of a file. An error tells its line, where it has one.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Declaration, (Option<usize>, String)> {
        let file: FileText = toml::from_str(text).map_err(|error| {
            let before = error.span().and_then(|span| text.get(..span.start));
            let line = before.map(|before| before.matches('\n').count() + 1);
            let what = error
                .message()
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" ");
            (line, what)
        })?;
        // A value that reads well and still cannot be meant stands where its name does.
        let wrong = |name: &str, what: String| {
            let stands = |line: &str| {
                line.trim_start()
                    .strip_prefix(name)
                    .is_some_and(|r| r.trim_start().starts_with('='))
            };
            let line = text.lines().position(stands).map(|n| n + 1);
            (line, what)
        };
        let slug = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let is_slug = file.id.starts_with(|c: char| c.is_ascii_lowercase())
            && file.id.len() <= 32
            && file.id.chars().all(slug);
        if !is_slug {
            let what = "an id is small letters, digits and dashes, starts with a letter and has at most 32";
            return Err(wrong("id", format!("`{}`: {what}", file.id)));
        }
        let label = file.label.unwrap_or_else(|| file.id.clone());
        let is_plain = Clean::line(&label).as_str() == label;
        if label.trim().is_empty() || label.chars().count() > 32 || !is_plain {
            let what = "a label has 1 to 32 characters that can be seen";
            return Err(wrong("label", format!("`{label}`: {what}")));
        }
        let usual: String = file
            .id
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .take(2)
            .collect();
        let code = file.code.unwrap_or_else(|| usual.to_uppercase());
        if code.is_empty() || code.len() > 2 || !code.bytes().all(|b| b.is_ascii_alphanumeric()) {
            return Err(wrong(
                "code",
                format!("`{code}`: a code is two letters, such as WV"),
            ));
        }
        if file.files.0.is_empty() {
            let what = "no file is named; such as files = \"~/.agent/logs/*.jsonl\"";
            return Err(wrong("files", what.to_owned()));
        }
        let globs: Result<Vec<Glob>, String> =
            file.files.0.iter().map(|g| Glob::parse(g)).collect();
        let globs = globs.map_err(|what| wrong("files", what))?;
        if file.line.role.0.is_empty() {
            return Err(wrong(
                "role",
                "no way to the role is named; such as role = \"role\"".to_owned(),
            ));
        }
        if file
            .resume
            .first()
            .is_some_and(|program| program.contains('{'))
        {
            return Err(wrong(
                "resume",
                "the program of resume must not be made of an id".to_owned(),
            ));
        }
        let words = [
            (Role::User, file.roles.user),
            (Role::Assistant, file.roles.assistant),
            (Role::System, file.roles.system),
        ];
        let words = words.into_iter().flat_map(|(role, words)| {
            words
                .0
                .into_iter()
                .map(move |word| (word.to_lowercase(), role))
        });
        Ok(Declaration {
            id: file.id,
            label,
            code,
            files: globs,
            resume: file.resume,
            line: file.line,
            usage: file.usage,
            roles: words.collect(),
            hash: super::super::hash(&[text.as_bytes()]),
        })
    }

    /// Who speaks, by the word of the log; none where the word is not known.
    pub fn role(&self, word: &str) -> Option<Role> {
        let word = word.to_lowercase();
        let usual = match &*word {
            "user" | "human" | "person" => Some(Role::User),
            "assistant" | "ai" | "agent" | "model" | "bot" => Some(Role::Assistant),
            "system" | "developer" | "tool" | "function" => Some(Role::System),
            _ => None,
        };
        self.roles.get(&word).copied().or(usual)
    }
}
