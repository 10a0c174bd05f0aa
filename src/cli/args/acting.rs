//! What commands take that act on a session elsewhere: in its agent, or in a gist.

use clap::ValueEnum;

#[derive(clap::Args, Clone, Debug)]
pub struct Share {
    /// A session's id, its short form, or a part of 4 characters or more
    pub id: String,
    /// A page for browsers, or Markdown
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    pub format: ShareFormat,
    /// Share without asking
    #[arg(long)]
    pub yes: bool,
    /// Leave secrets in it as they are, which is asked about again
    #[arg(long)]
    pub no_redact: bool,
    /// Replace traces of you too: mail addresses, the home folder, names of user and machine, and whatever looks drawn by
    /// chance
    #[arg(long, conflicts_with = "no_redact")]
    pub anonymize: bool,
}

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum ShareFormat {
    #[default]
    Html,
    Md,
}

#[derive(clap::Args, Clone, Debug)]
pub struct Unshare {
    /// A session's id, its short form, or a part of 4 characters or more
    pub id: String,
    /// Only forget the links, for gists that are gone already
    #[arg(long)]
    pub forget: bool,
}

#[derive(clap::Args, Clone, Debug)]
pub struct Acting {
    /// A session's id, its short form, or a part of 4 characters or more
    pub id: String,
    /// Only print the command, quoted for a shell
    #[arg(long, conflicts_with_all = ["new_tab", "dry_run"])]
    pub print: bool,
    /// In a new tab, window or pane of the terminal or multiplexer
    #[arg(long)]
    pub new_tab: bool,
    /// In this directory, not in the one that the log names
    #[arg(long, value_name = "PATH")]
    pub dir: Option<std::path::PathBuf>,
    /// Only show what would be run and where; for a directory that is gone, also where it may be now
    #[arg(long)]
    pub dry_run: bool,
    /// Do not ask before a command that skips permissions
    #[arg(long)]
    pub yes: bool,
}
