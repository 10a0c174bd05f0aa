//! Every field of the query language, declared once: parsing, help, completion and README follow from this table.

use super::Scope;
pub use super::kinds::FieldKind;
pub(super) use super::kinds::Get;
use super::numbers::{ONE, read, tokens_of};

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
        name: "repo",
        aliases: &["repository"],
        kind: FieldKind::Text,
        help: "the git repository it worked in, where the log says it",
        example: "repo:acme/api",
        label: "repository",
        get: Get::Texts(|row, tell| {
            if let Some(repository) = &row.session.repository {
                tell(repository.as_str());
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
        name: "title",
        aliases: &[],
        kind: FieldKind::Text,
        help: "its title",
        example: "title:\"plan b\"",
        label: "title",
        get: Get::Texts(|row, tell| {
            if let Some(title) = &row.session.title {
                tell(title.text.as_str());
            }
        }),
    },
    Field {
        name: "id",
        aliases: &[],
        kind: FieldKind::Text,
        help: "a part of its id",
        example: "id:5b1e9c2f",
        label: "id",
        get: Get::Texts(|row, tell| tell(&row.id().native)),
    },
    Field {
        name: "tag",
        aliases: &[],
        kind: FieldKind::Text,
        help: "a tag you gave it; `none` for sessions without any",
        example: "tag:q4",
        label: "tagged",
        get: Get::Texts(|row, tell| {
            let tags = row.mark.iter().flat_map(|mark| &mark.tags);
            tags.for_each(|tag| tell(tag.as_str()));
        }),
    },
    Field {
        name: "note",
        aliases: &[],
        kind: FieldKind::Text,
        help: "your note on it; `none` for sessions without one",
        example: "note:flaky",
        label: "the note has",
        get: Get::Texts(|row, tell| {
            let note = row.mark.as_ref().and_then(|mark| mark.note.as_ref());
            note.into_iter().for_each(|note| tell(note.as_str()));
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
        name: "expires",
        aliases: &[],
        kind: FieldKind::Ahead,
        help: "when its agent deletes it, by its own settings; `?` for never or unknown",
        example: "expires:<7d",
        label: "expires",
        get: Get::Time(|row| row.expires),
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
        get: Get::Number(|row| read(row, row.session.messages())),
    },
    Field {
        name: "input",
        aliases: &[],
        kind: FieldKind::Count,
        help: "input tokens, cached ones not counted",
        example: "input:>100k",
        label: "input tokens",
        get: Get::Number(|row| tokens_of(row, |usage| usage.input)),
    },
    Field {
        name: "output",
        aliases: &[],
        kind: FieldKind::Count,
        help: "output tokens, thinking included",
        example: "output:>50k",
        label: "output tokens",
        get: Get::Number(|row| tokens_of(row, |usage| usage.output)),
    },
    Field {
        name: "cache",
        aliases: &[],
        kind: FieldKind::Count,
        help: "tokens read from and written to the cache",
        example: "cache:>1M",
        label: "cached tokens",
        get: Get::Number(|row| tokens_of(row, |usage| usage.cache_read + usage.cache_write)),
    },
    Field {
        name: "reasoning",
        aliases: &[],
        kind: FieldKind::Count,
        help: "tokens spent on thinking, where the log tells",
        example: "reasoning:>10k",
        label: "tokens of thinking",
        get: Get::Number(|row| tokens_of(row, |usage| usage.reasoning)),
    },
    Field {
        name: "prompts",
        aliases: &[],
        kind: FieldKind::Count,
        help: "messages of a person",
        example: "prompts:>=10",
        label: "prompts",
        get: Get::Number(|row| read(row, row.session.prompts)),
    },
    Field {
        name: "tools",
        aliases: &[],
        kind: FieldKind::Count,
        help: "tool calls",
        example: "tools:>100",
        label: "tool calls",
        get: Get::Number(|row| read(row, row.session.tools)),
    },
    Field {
        name: "errors",
        aliases: &[],
        kind: FieldKind::Count,
        help: "tool calls that failed",
        example: "errors:0",
        label: "errors",
        get: Get::Number(|row| read(row, row.session.errors)),
    },
    Field {
        name: "files",
        aliases: &[],
        kind: FieldKind::Count,
        help: "files that were read or written",
        example: "files:>20",
        label: "files",
        get: Get::Gist(|gist| Some(i128::from(gist.files) * ONE)),
    },
    Field {
        name: "subs",
        aliases: &[],
        kind: FieldKind::Count,
        help: "sub-agents, forks and copies of it",
        example: "subs:>0",
        label: "children",
        get: Get::Number(|row| Some(i128::from(row.children) * ONE)),
    },
    Field {
        name: "duration",
        aliases: &[],
        kind: FieldKind::Duration,
        help: "from its first record to its last",
        example: "duration:>2h",
        label: "duration",
        get: Get::Number(|row| Some(row.session.duration()?.as_nanos())),
    },
    Field {
        name: "active",
        aliases: &[],
        kind: FieldKind::Duration,
        help: "time at work: pauses of five minutes or more left out",
        example: "active:>1h",
        label: "active",
        get: Get::Gist(|gist| gist.active.map(|ms| i128::from(ms) * ONE / 1000)),
    },
    Field {
        name: "size",
        aliases: &[],
        kind: FieldKind::Size,
        help: "bytes of its log, where it has one of its own",
        example: "size:>20MB",
        label: "size",
        get: Get::Number(|row| row.session.size.map(|n| i128::from(n) * ONE)),
    },
    Field {
        name: "is",
        aliases: &[],
        kind: FieldKind::Flag,
        help: "what it is: live working waiting stopped idle unread starred hidden sub fork copy empty archived auto unpriced orphan shared",
        example: "is:fork",
        label: "",
        get: Get::Flag,
    },
    Field {
        name: "has",
        aliases: &[],
        kind: FieldKind::Holding,
        help: "what it holds: thinking image diff error todo compaction",
        example: "has:image",
        label: "it has",
        get: Get::Holds,
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
