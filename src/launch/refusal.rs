//! Why something is not run, and what to do next: one line each.

use std::path::{Path, PathBuf};

use super::Act;
use crate::text::{Clean, short_dir};

/// Why a plan is not made. Its text may hold names from logs; [`Refusal::said`] is what may be shown.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Refusal {
    #[error("its log names no directory; give one with --dir PATH")]
    NoDirectory,
    #[error("{}: this directory is gone; give another with --dir PATH", .0.display())]
    Gone(PathBuf),
    #[error("{}: {why}; give a directory with --dir PATH", dir.display())]
    NotADirectory { dir: PathBuf, why: String },
    #[error("it is a sub-agent's, which lives in the session that started it{}", resume(.parent.as_deref()))]
    SubAgent { parent: Option<Box<str>> },
    #[error(
        "its id is not one that a program can safely be given: {id}; open {agent} there and pick it by its title"
    )]
    OddId { agent: &'static str, id: Box<str> },
    #[error("no way is known to {} {agent}; the settings can name one: [launch.{source_name}] {} = [\"program\", \"{{id}}\"]", act.does(), act.word())]
    Unknown {
        agent: &'static str,
        source_name: &'static str,
        act: Act,
    },
    #[error("[launch.{source_name}] {}: {why}", act.word())]
    Setting {
        source_name: &'static str,
        act: Act,
        why: &'static str,
    },
    #[error("{program} is not on PATH; install it, or name it in the settings: {setting}")]
    NotFound { program: String, setting: String },
    #[error("neither {0} says which program to use; set one of them")]
    NoProgram(&'static str),
    #[error("{variable}: {why}")]
    OddVariable {
        variable: &'static str,
        why: &'static str,
    },
    #[error(
        "no multiplexer or terminal here can be asked for a new tab; the settings can name a program that opens one: [launch] tab = [\"program\", \"{{dir}}\", \"{{argv}}\"]"
    )]
    NoTab,
    #[error("[launch] tab: {0}")]
    TabSetting(&'static str),
    #[error("{program} opened no tab: {why}")]
    TabFailed { program: String, why: String },
    #[error(
        "the command has a character that cannot be shown or typed as it is; run it from here instead, without --print"
    )]
    Unprintable,
    #[error("not opened, since only addresses of the web are: {0}")]
    NoAddress(String),
    #[error(
        "not opened: its bytes are no picture that a viewer is given (PNG, JPEG, GIF, WebP, BMP)"
    )]
    NoPicture,
    #[error("{}: {why}; read it with: backscroll show {id} --format md", path.display())]
    NoText {
        path: PathBuf,
        why: String,
        id: String,
    },
    #[error("{}: {why}", path.display())]
    Unreadable { path: PathBuf, why: String },
    #[error("{program}: {why}")]
    Failed { program: String, why: String },
}

fn resume(parent: Option<&str>) -> String {
    let line = |parent| format!("; resume that: backscroll resume {parent}");
    parent.map(line).unwrap_or_default()
}

impl Refusal {
    /// The line, fit to be shown.
    pub fn said(&self) -> Clean {
        Clean::line(&self.to_string())
    }

    /// The same for the screen, where a directory is chosen from a list and not given by an option.
    pub fn said_here(&self, home: &Path) -> Clean {
        match self {
            Refusal::NoDirectory => "its log names no directory".into(),
            Refusal::Gone(dir) => Clean::line(&format!("{} is gone", short_dir(dir, home))),
            Refusal::NotADirectory { dir, why } => {
                Clean::line(&format!("{}: {why}", short_dir(dir, home)))
            }
            other => other.said(),
        }
    }
}
