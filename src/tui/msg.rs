//! What comes in and what goes out: news as messages, wishes as effects.

use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crossterm::event::{KeyEvent, MouseEvent};
use jiff::Timestamp;

use super::listing::Family;
use super::manner::Manner;
use super::settings::Known;
use super::tasks::{Export, ShareNews, Task, Unwritten, Written};
use super::update::{Kept, Lines};
use crate::ingest::Delta;
use crate::launch::{Act, Moved};
use crate::marks::Marks;
use crate::model::{Conversation, Row, Session, SessionId, SourceId, Unit};
use crate::query::Query;
use crate::redact::{Found, Mask, Secrets, Seen};
use crate::render::code::{Ink, InkJob};
use crate::render::document::{Sought, Told};
use crate::search::{Depth, Hit};
use crate::text::Clean;

/// Numbers a request; an answer with an old number is dropped.
pub type Ticket = u64;

/// Everything that can happen.
pub enum Msg {
    Key(KeyEvent),
    Mouse(MouseEvent),
    Paste(String),
    Resize(u16, u16),
    /// Whether the terminal's ground is light, if it told.
    Ground(Option<bool>),
    /// The time of day, and how long the screen has been open. A clock that is fixed still lets time pass.
    Tick(Timestamp, Duration),
    /// What there is was drawn, so long after the screen opened. Told where something waits to be seen.
    Drawn(Duration),
    /// Bytes of memory that we hold.
    Memory(u64),
    Delta(Delta),
    /// A conversation, first in part and then whole; whether more of it comes.
    Opened(Ticket, Arc<Conversation>, bool),
    /// Where something stands in messages whose texts are on disk, by their keys: the parts of each, and how often. With the number of the
    /// wish, and whether more comes.
    Sought(Ticket, Ticket, Vec<Told>, bool),
    /// What is known is drawn, and there is time to look through more of what is in memory.
    CountOn,
    /// It could not be read, and why.
    NotOpened(Ticket, String),
    Inked(Ink),
    /// What was said in a sub-agent, for the call that started it, or why it could not be read.
    Inside(Ticket, Box<str>, Result<Arc<Conversation>, String>),
    /// Which of all sessions fit a query by their titles and places, and how well.
    Fits(Ticket, foldhash::HashMap<SessionId, i64>),
    /// Which sessions a query wants, each with its rank, and which not, and how many are yet to be answered.
    Found(Ticket, Vec<(Arc<Row>, Option<i64>)>, usize),
    /// The first hits of a session, and how many there are.
    Hits(Ticket, SessionId, Vec<Hit>, usize),
    /// How many rows the list would show for each of some other queries.
    Counted(Ticket, Vec<usize>),
    /// So many conversations are not known to the search yet.
    Learning(usize),
    /// All marks, as they stand in our file now; or why they could not be kept.
    Marked(Result<Marks, String>),
    /// All that a session changed, like a conversation with a message for each file.
    Changes(SessionId, Arc<Conversation>),
    /// Secrets were found in what would be exported, and nobody said what is to become of them.
    Secrets(Box<Export>, Found, Vec<(SessionId, Seen)>),
    Exported(Result<Written, Unwritten>),
    /// What became of a share, or of taking one back.
    Share(ShareNews),
    /// Copies that are kept now, and what was not copied.
    Kept(Kept),
    /// Lines of a log, for the conversation of that number.
    Lines(Ticket, Lines),
    /// An agent would act without asking: the command, and what was wished for.
    Dangerous(Clean, Wish),
    /// What would be run in another directory than the log names, whether it is dangerous, and what was wished for.
    Rehearsed(Clean, bool, Wish),
    /// A directory is gone: why, and other places it may be at.
    Gone(Wish, Clean, Vec<Moved>),
    /// What could be moved to the trash: which sessions, their bytes, and why others cannot be.
    Deletable(Vec<SessionId>, u64, Vec<(SessionId, Clean)>),
    /// What was moved there, by its names, and what went wrong.
    Deleted(Vec<String>, Option<Clean>),
    /// What was done, in a sentence.
    Done(Clean),
    /// Something could not be done, and why.
    Failed(String),
    /// Something is not done, and why: nothing went wrong.
    Refused(Clean),
    /// Commands that continue sessions, each with whether its directory is gone, or why there is none.
    Commands(Vec<Result<(String, bool), Clean>>),
    /// What was copied, and the route that took it or why none did.
    Copied(What, Result<&'static str, String>),
    /// What there is to know of sources and prices.
    Known(Box<Known>),
    /// A setting that was changed here is in its file, and what there is to say of that; or why it is not.
    SettingKept(Result<Option<Clean>, String>),
    /// Something happened where the settings and the marks are.
    OursTouched,
    /// The file of marks is another one.
    OtherMarks,
    /// What the settings say now.
    Manner(Box<Manner>),
}

/// What a text for the clipboard is.
#[derive(Clone, PartialEq, Debug)]
pub struct What {
    pub said: Clean,
    /// Whether secrets in it were replaced.
    pub secrets: Secrets,
    /// What a person should know before it is used; absent where there is nothing. It is said with the rest.
    pub warns: Option<Warns>,
}

/// What is the matter with a text for the clipboard.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Warns {
    /// There are secrets in it.
    Secrets,
    /// The directory that it names is gone.
    Gone,
}

impl What {
    /// Something that is copied as it was written.
    pub fn raw(said: impl Into<Clean>) -> What {
        What {
            said: said.into(),
            secrets: Secrets::Keep,
            warns: None,
        }
    }
}

/// What is to be done with a session outside of this program.
#[derive(Clone, PartialEq, Debug)]
pub struct Wish {
    pub session: Arc<Session>,
    pub act: Act,
    /// In a tab or pane of its own.
    pub in_tab: bool,
    /// A directory in place of the one that the log names.
    pub dir: Option<PathBuf>,
    /// Somebody said yes to what is dangerous in it.
    pub is_sure: bool,
}

/// Everything that can be wished for.
#[derive(Clone, PartialEq, Debug)]
pub enum Effect {
    /// Read a conversation.
    Open(Ticket, Arc<Session>),
    /// Read again the texts around these messages, where they were left on disk, and all of the message of that key.
    Near(Ticket, Arc<Session>, Range<usize>, Option<u64>),
    /// Look for something in what was left on disk, under a number.
    Seek(Ticket, Arc<Session>, Ticket, Sought),
    /// Read on in the open conversation.
    Refresh(Ticket),
    /// Show the end of a conversation that is still being read.
    End(Ticket),
    Ink(InkJob),
    /// Read what was said in the sub-agent that a call started.
    Inside(Ticket, Box<str>, Arc<Session>),
    /// Ask these sessions what was said, to this depth; more of them may follow with the same number.
    Search(Ticket, Query, Depth, Arc<[Arc<Row>]>),
    /// The hits of these sessions, with secrets in them hidden or not.
    Hits(Ticket, Vec<Arc<Row>>, Option<Arc<Mask>>),
    /// How many rows of these the list would show for each of these queries; of all kinds, where that is said.
    Count(Ticket, Vec<Query>, Arc<[Family]>, bool),
    /// Make what is said in these known to the search.
    Learn(Arc<[Arc<Row>]>),
    /// Text for the clipboard, and what it is.
    Copy(Clean, What),
    /// Units that should be read first.
    Hot(Vec<Arc<Unit>>),
    LookAgain,
    /// Go on with the sample sessions.
    Demo,
    /// Look for the logs of an agent in a folder too, from now on.
    AddFolder(SourceId, String),
    Remember(super::prefs::Prefs),
    SaveView(super::views::View),
    /// Take it out of the views that are kept.
    DropView(super::views::View),
    Do(Task),
    /// What is made to be shared under this number, or an earlier one, is not wanted any more.
    LetGo(Ticket),
    Launch(Wish),
    /// Copy the commands that continue these, as they would be run here.
    CopyResume(Vec<Arc<Session>>),
    /// Open an address of the web in whatever shows such.
    Browse(String),
    /// Open a file in the editor, at a line of it.
    Edit(PathBuf, Option<u64>),
    /// Move the logs of these to the trash, once somebody is sure.
    Delete(Vec<SessionId>, bool),
    /// Look whether the settings or the marks changed.
    ReadOurs,
    /// Gather what the dialog of settings tells of sources and prices.
    Know,
    Mouse(bool),
    Redraw,
    Suspend,
    Quit,
}

pub type Effects = Vec<Effect>;
