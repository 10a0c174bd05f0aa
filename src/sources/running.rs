//! Words that agents leave about themselves while they run.

use jiff::Timestamp;

/// What an agent's own file says of one running program of it. Such a file may outlive its program.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AtWork {
    /// The session that it has open, by the agent's own id.
    pub session: Box<str>,
    pub pid: i32,
    /// When the program was started, by its own word: another one that got its number later is not it.
    pub started: Option<Timestamp>,
    /// Whether it has something to do now; absent where it does not say, or in a word we do not know.
    pub is_busy: Option<bool>,
}
