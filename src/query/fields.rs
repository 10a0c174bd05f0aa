//! Every field of the query language, declared once: parsing, help, completion and README follow from this table.

use jiff::Timestamp;

use super::numbers::ONE;
use crate::model::{Kind, Row};

/// A field: what stands before the colon.
#[derive(Debug)]
pub struct Field {
    pub name: &'static str,
    pub aliases: &'static [&'static str],
    pub kind: FieldKind,
    /// What is compared, in a few words.
    pub help: &'static str,
    /// A clause that uses it.
    pub example: &'static str,
    /// What stands before a value when a query is read out; empty where the values say it.
    pub(super) label: &'static str,
    pub(super) get: Get,
}

/// What a field's values are, and so how they are written and compared.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FieldKind {
    /// A source by slug, alias, name or code.
    Source,
    /// A part of a name; `=` before a whole one.
    Text,
    /// A part of a path, or a pattern with stars.
    Path,
    /// A number, with `k`, `M`, `G` or `T`.
    Count,
    /// US dollars.
    Money,
    Date,
    /// One of [`FLAGS`].
    Flag,
    /// Words in what was said.
    Said,
}

/// A part of what was said, by who said it or what it is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Scope {
    User,
    Assistant,
    Thinking,
    System,
    /// The name of a tool.
    Tool,
    Command,
    /// A file that was read or written.
    Touched,
    Wrote,
    Read,
    /// What a tool was given besides.
    Input,
    Output,
}

impl Scope {
    /// Those that texts have.
    pub const ALL: [Scope; 10] = [
        Scope::User,
        Scope::Assistant,
        Scope::Thinking,
        Scope::System,
        Scope::Tool,
        Scope::Command,
        Scope::Wrote,
        Scope::Read,
        Scope::Input,
        Scope::Output,
    ];

    pub fn is_path(self) -> bool {
        matches!(self, Scope::Touched | Scope::Wrote | Scope::Read)
    }

    /// Whether what stands in `other` is asked for by this.
    pub fn holds(self, other: Scope) -> bool {
        self == other || self == Scope::Touched && other.is_path()
    }

    /// The name of the field that asks for it; arguments have none.
    pub fn word(self) -> &'static str {
        let asks = |field: &&Field| matches!(field.get, Get::Said(scope) if scope == self);
        FIELDS
            .iter()
            .find(asks)
            .map_or("argument", |field| field.name)
    }
}

/// Tells each text of a row that a field compares.
type Texts = fn(&Row, &mut dyn FnMut(&str));

/// Where a row has the value. Absent is unknown.
#[derive(Clone, Copy, Debug)]
pub(super) enum Get {
    Source,
    Flag,
    Texts(Texts),
    /// In billionths, so that counts and money are compared alike.
    Number(fn(&Row) -> Option<i128>),
    Time(fn(&Row) -> Option<Timestamp>),
    /// Not in the row: in the conversation.
    Said(Scope),
}

pub static FIELDS: &[Field] = &[
    Field {
        name: "source",
        aliases: &["agent", "s"],
        kind: FieldKind::Source,
        help: "the agent that wrote it, by name or code",
        example: "source:cc,cx",
        label: "source",
        get: Get::Source,
    },
    Field {
        name: "project",
        aliases: &["p"],
        kind: FieldKind::Text,
        help: "the name of its directory; `=` before a whole name or path",
        example: "project:api",
        label: "project",
        get: Get::Texts(|row, tell| {
            if let Some(name) = row.session.dir.as_deref().and_then(|dir| dir.file_name()) {
                tell(&name.to_string_lossy());
            }
        }),
    },
    Field {
        name: "dir",
        aliases: &["path", "cwd"],
        kind: FieldKind::Path,
        help: "its directory: a part of the path, or a pattern with `*` and `**`",
        example: "dir:~/work/**",
        label: "directory",
        get: Get::Texts(|row, tell| {
            if let Some(dir) = row.session.dir.as_deref() {
                tell(&dir.to_string_lossy());
            }
        }),
    },
    Field {
        name: "branch",
        aliases: &[],
        kind: FieldKind::Text,
        help: "the git branch it worked on",
        example: "branch:main",
        label: "branch",
        get: Get::Texts(|row, tell| {
            if let Some(branch) = &row.session.branch {
                tell(branch.as_str());
            }
        }),
    },
    Field {
        name: "model",
        aliases: &[],
        kind: FieldKind::Text,
        help: "any model that answered, sub-agents included",
        example: "model:opus",
        label: "model",
        get: Get::Texts(|row, tell| {
            let models = row.all.named().map(|(model, _)| model);
            let models = models.chain(&row.session.model);
            models.for_each(|model| tell(&model.name));
        }),
    },
    Field {
        name: "provider",
        aliases: &[],
        kind: FieldKind::Text,
        help: "who served a model, where the log says it",
        example: "provider:openai",
        label: "provider",
        get: Get::Texts(|row, tell| {
            let models = row.all.named().map(|(model, _)| model);
            let models = models.chain(&row.session.model);
            let providers = models.filter_map(|model| model.provider.as_deref());
            providers.for_each(tell);
        }),
    },
    Field {
        name: "date",
        aliases: &["updated"],
        kind: FieldKind::Date,
        help: "its last activity",
        example: "date:<2d",
        label: "updated",
        get: Get::Time(|row| row.session.updated),
    },
    Field {
        name: "created",
        aliases: &[],
        kind: FieldKind::Date,
        help: "its start",
        example: "created:2026-11",
        label: "created",
        get: Get::Time(|row| row.session.started),
    },
    Field {
        name: "cost",
        aliases: &[],
        kind: FieldKind::Money,
        help: "US dollars, sub-agents included; `?` for unknown",
        example: "cost:>1",
        label: "cost",
        get: Get::Number(|row| row.cost().known().map(|usd| i128::from(usd.nanos()))),
    },
    Field {
        name: "tokens",
        aliases: &[],
        kind: FieldKind::Count,
        help: "all tokens, sub-agents included",
        example: "tokens:>2M",
        label: "tokens",
        get: Get::Number(|row| row.tokens().map(|n| i128::from(n) * ONE)),
    },
    Field {
        name: "messages",
        aliases: &["msgs"],
        kind: FieldKind::Count,
        help: "prompts and responses",
        example: "messages:>=100",
        label: "messages",
        get: Get::Number(|row| {
            // Before it is read whole, nobody knows how many there are.
            let read = row.session.stage == crate::model::Stage::Whole;
            read.then(|| i128::from(row.session.messages()) * ONE)
        }),
    },
    Field {
        name: "is",
        aliases: &[],
        kind: FieldKind::Flag,
        help: "what it is: sub fork copy empty archived auto",
        example: "is:fork",
        label: "",
        get: Get::Flag,
    },
    Field {
        name: "user",
        aliases: &[],
        kind: FieldKind::Said,
        help: "what people asked: words, \"phrases\", `=whole`, `~typo`, `/patterns/`",
        example: "user:\"use tokio\"",
        label: "a prompt has",
        get: Get::Said(Scope::User),
    },
    Field {
        name: "assistant",
        aliases: &[],
        kind: FieldKind::Said,
        help: "what the model answered",
        example: "assistant:sorry",
        label: "an answer has",
        get: Get::Said(Scope::Assistant),
    },
    Field {
        name: "thinking",
        aliases: &[],
        kind: FieldKind::Said,
        help: "what the model thought",
        example: "thinking:deadlock",
        label: "the thinking has",
        get: Get::Said(Scope::Thinking),
    },
    Field {
        name: "system",
        aliases: &[],
        kind: FieldKind::Said,
        help: "what the agent's program put in",
        example: "system:compact",
        label: "a note of the program has",
        get: Get::Said(Scope::System),
    },
    Field {
        name: "tool",
        aliases: &[],
        kind: FieldKind::Said,
        help: "the name of a tool that was called",
        example: "tool:bash",
        label: "it used the tool",
        get: Get::Said(Scope::Tool),
    },
    Field {
        name: "cmd",
        aliases: &[],
        kind: FieldKind::Said,
        help: "a command that was run",
        example: "cmd:\"git push\"",
        label: "it ran",
        get: Get::Said(Scope::Command),
    },
    Field {
        name: "file",
        aliases: &[],
        kind: FieldKind::Said,
        help: "a file that was read or written: a part of its path, or a pattern with stars",
        example: "file:auth/layer.rs",
        label: "it touched",
        get: Get::Said(Scope::Touched),
    },
    Field {
        name: "wrote",
        aliases: &[],
        kind: FieldKind::Said,
        help: "a file that was written",
        example: "wrote:*.rs",
        label: "it wrote",
        get: Get::Said(Scope::Wrote),
    },
    Field {
        name: "read",
        aliases: &[],
        kind: FieldKind::Said,
        help: "a file that was read",
        example: "read:Cargo.toml",
        label: "it read",
        get: Get::Said(Scope::Read),
    },
    Field {
        name: "out",
        aliases: &[],
        kind: FieldKind::Said,
        help: "what tools answered",
        example: "out:panicked",
        label: "a tool answered",
        get: Get::Said(Scope::Output),
    },
];

/// What `is:` can ask.
pub(super) struct Flag {
    pub name: &'static str,
    pub said: &'static str,
    pub holds: fn(&Row) -> bool,
}

pub(super) static FLAGS: &[Flag] = &[
    Flag {
        name: "sub",
        said: "a sub-agent",
        holds: |row| row.session.kind == Kind::SubAgent,
    },
    Flag {
        name: "fork",
        said: "a fork",
        holds: |row| row.session.kind == Kind::Fork,
    },
    Flag {
        name: "copy",
        said: "a copy",
        holds: |row| row.session.kind == Kind::Copy,
    },
    Flag {
        name: "empty",
        said: "empty",
        holds: |row| row.session.is_empty(),
    },
    Flag {
        name: "archived",
        said: "archived",
        holds: |row| row.session.flags.archived,
    },
    Flag {
        name: "auto",
        said: "automated",
        holds: |row| row.session.flags.automated,
    },
];

/// Values of `is:` that are part of the language and not built yet.
pub(super) const LATER_FLAGS: &[&str] = &[
    "live", "working", "waiting", "stopped", "idle", "unread", "starred", "hidden", "orphan",
    "shared", "unpriced",
];

/// Fields that are part of the language and not built yet.
const LATER: &[&str] = &[
    "repo",
    "title",
    "id",
    "tag",
    "note",
    "input",
    "output",
    "cache",
    "reasoning",
    "prompts",
    "tools",
    "errors",
    "subs",
    "files",
    "duration",
    "active",
    "size",
    "expires",
    "has",
    "sort",
    "group",
    "limit",
];

impl Field {
    /// The name and its other spellings.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        std::iter::once(self.name).chain(self.aliases.iter().copied())
    }
}

/// The field with this name or alias, in any case.
pub(super) fn named(name: &str) -> Option<&'static Field> {
    let same = |field: &&Field| field.names().any(|n| n.eq_ignore_ascii_case(name));
    FIELDS.iter().find(same)
}

pub(super) fn is_later(name: &str) -> bool {
    LATER.iter().any(|n| n.eq_ignore_ascii_case(name))
}

/// The field that was probably meant.
pub(super) fn nearest(name: &str) -> Option<&'static str> {
    let letters = |text: &str| text.to_lowercase().chars().collect::<Vec<char>>();
    let typed = letters(name);
    let most = if typed.len() < 5 { 1 } else { 2 };
    let names = FIELDS.iter().flat_map(Field::names).filter(|n| n.len() > 1);
    names
        .filter_map(|n| Some((super::needle::distance(&typed, &letters(n), most)?, n)))
        .min_by_key(|(far, _)| *far)
        .map(|(_, n)| n)
}
