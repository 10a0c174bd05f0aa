//! Arguments of the commands by which something leaves: as a file, or by the clipboard.

use clap::ValueEnum;
use clap::builder::{PossibleValue, PossibleValuesParser};

use crate::export::{FORMATS, PARTS};

#[derive(clap::Args, Clone, Default, Debug)]
pub struct Export {
    /// Which sessions: their ids, or as in the query line; without any, --output and all that list shows, or --all
    pub query: Vec<String>,
    /// As what; else by the end of the output's name, else md
    #[arg(short, long, value_name = "FORMAT", value_parser = formats())]
    pub format: Option<String>,
    /// The file or the folder to write, or - for standard output
    #[arg(short, long, value_name = "PATH")]
    pub output: Option<std::path::PathBuf>,
    /// Replace what looks like a secret
    #[arg(long, conflicts_with = "no_redact")]
    pub redact: bool,
    /// Write secrets as they are
    #[arg(long)]
    pub no_redact: bool,
    /// Replace what looks like a secret, and traces of you too: mail addresses, the home folder, names of user and machine,
    /// and whatever looks drawn by chance
    #[arg(long, conflicts_with = "no_redact")]
    pub anonymize: bool,
    /// Also these parts, with commas between them
    #[arg(long, value_name = "PARTS", value_delimiter = ',', value_parser = parts())]
    pub include: Vec<String>,
    /// Not these parts
    #[arg(long, value_name = "PARTS", value_delimiter = ',', value_parser = parts())]
    pub without: Vec<String>,
    /// Also sub-agents, copies and empty sessions
    #[arg(short, long)]
    pub all: bool,
}

fn formats() -> PossibleValuesParser {
    FORMATS
        .iter()
        .map(|card| PossibleValue::new(card.name).help(card.help))
        .into()
}

fn parts() -> PossibleValuesParser {
    PARTS
        .iter()
        .map(|part| PossibleValue::new(part.name).help(part.help))
        .into()
}

#[derive(clap::Args, Clone, Debug)]
pub struct Copying {
    /// A session's id, its short form, or a part of 4 characters or more
    pub id: String,
    /// What of it
    #[arg(long, value_enum, default_value_t, value_name = "WHAT")]
    pub what: What,
    /// With message or link: the message of this number, else the last
    #[arg(long, value_name = "N")]
    pub at: Option<u32>,
    /// Print the text and leave the clipboard as it is
    #[arg(long, conflicts_with = "json")]
    pub print: bool,
    /// Replace what looks like a secret
    #[arg(long)]
    pub redact: bool,
    /// Replace what looks like a secret, and traces of you too: mail addresses, the home folder, names of user and machine,
    /// and whatever looks drawn by chance
    #[arg(long)]
    pub anonymize: bool,
}

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum What {
    /// All of it as Markdown
    #[default]
    Conversation,
    /// Its prompts and answers as Markdown
    Prompts,
    /// The last answer, as written
    Answer,
    /// The last prompt, as written
    Prompt,
    /// The last block of code in an answer, as written
    Code,
    /// One message, as written
    Message,
    /// What it changed, as a patch
    Changes,
    /// Its whole id
    Id,
    /// Its id as lists show it
    ShortId,
    /// The command that shows a message
    Link,
    /// The link of what was shared of it
    Share,
    /// The command that continues it
    Resume,
    /// The path of its log
    Path,
    /// The directory it worked in
    Dir,
}
