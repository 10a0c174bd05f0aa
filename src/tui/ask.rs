//! What one line is typed for.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::msg::Wish;
use crate::marks::Tag;
use crate::model::SourceId;

/// What a line is typed for.
#[derive(Clone, PartialEq, Debug)]
pub enum Ask {
    /// What a view is to be called.
    ViewName,
    Rename,
    Note,
    /// The value of a setting.
    Setting(&'static str),
    /// The keys of an action, by its name in settings.
    Keys(String),
    /// A folder of logs of an agent.
    Folder(SourceId),
    /// A directory to do in what cannot be done in the one that is gone.
    Directory(Box<Wish>),
    /// Tags, of which these were there before, of so many sessions.
    Tags(BTreeSet<Tag>, usize),
}

impl Ask {
    /// What stands before the line.
    pub fn label(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Ask::ViewName => " save as ",
            Ask::Rename => " name ",
            Ask::Note => " note ",
            Ask::Setting(_) => " value ",
            Ask::Keys(_) => " keys ",
            Ask::Folder(_) => " folder ",
            Ask::Directory(_) => " directory ",
            Ask::Tags(_, many @ 2..) => return format!(" tags of {many} sessions ").into(),
            Ask::Tags(..) => " tags ",
        })
    }
}
