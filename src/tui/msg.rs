//! What comes in and what goes out: news as messages, wishes as effects.

use std::sync::Arc;
use std::time::Duration;

use crossterm::event::{KeyEvent, MouseEvent};
use jiff::Timestamp;

use crate::ingest::Delta;
use crate::model::{Conversation, Session, Unit};
use crate::render::code::{Ink, InkJob};
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
    Delta(Delta),
    /// A conversation, first in part and then whole; whether more of it comes.
    Opened(Ticket, Arc<Conversation>, bool),
    /// It could not be read, and why.
    NotOpened(Ticket, String),
    Inked(Ink),
    /// What was copied, and the route that took it or why none did.
    Copied(Clean, Result<&'static str, String>),
}

/// Everything that can be wished for.
#[derive(Clone, PartialEq, Debug)]
pub enum Effect {
    /// Read a conversation.
    Open(Ticket, Arc<Session>),
    /// Read on in the open conversation.
    Refresh(Ticket),
    /// Show the end of a conversation that is still being read.
    End(Ticket),
    Ink(InkJob),
    /// Text for the clipboard, and what it is.
    Copy(Clean, Clean),
    /// Units that should be read first.
    Hot(Vec<Arc<Unit>>),
    LookAgain,
    /// Go on with the sample sessions.
    Demo,
    Remember(super::prefs::Prefs),
    Mouse(bool),
    Redraw,
    Suspend,
    Quit,
}

pub type Effects = Vec<Effect>;
