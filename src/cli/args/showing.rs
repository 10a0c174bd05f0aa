//! What `show` and `prices` take.

use clap::ValueEnum;

#[derive(clap::Args, Clone, Debug)]
pub struct Show {
    /// A session's id, its short form, or a part of 4 characters or more
    pub id: String,
    /// Also its tokens by kind and model
    #[arg(long)]
    pub tokens: bool,
    /// details, the conversation as md, or all of it as json
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub format: Option<Format>,
    /// With md: only the message of this number
    #[arg(long, value_name = "N")]
    pub at: Option<u32>,
    /// Only this of what happened
    #[arg(long, value_enum, value_name = "WHAT", conflicts_with_all = ["at", "format", "tokens"])]
    pub only: Option<Only>,
    /// The commands that were run, as a script
    #[arg(long, conflicts_with_all = ["only", "at", "format", "tokens", "json"])]
    pub script: bool,
}

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Only {
    /// Commands, with how they ended
    Commands,
    /// What failed
    Failures,
    /// Files that were read and changed
    Files,
    /// What was fetched from the web
    Fetches,
    /// Tools and how often they were called
    Tools,
    /// One difference for each file that was changed
    Changes,
}

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    Text,
    Md,
    Json,
}

#[derive(clap::Args, Clone, Default, Debug)]
pub struct Prices {
    /// A model, or a pattern such as '*opus*'
    pub model: Option<String>,
    /// Fetch the public tables, LiteLLM's and that of models.dev: the one use of the network
    #[arg(long)]
    pub refresh: bool,
    /// Fetch this table instead, in either's form
    #[arg(long, requires = "refresh")]
    pub url: Option<String>,
    /// Only the tables in the program, not the copy of a refresh
    #[arg(short = 'O', long, conflicts_with = "refresh")]
    pub offline: bool,
}
