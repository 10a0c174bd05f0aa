//! What an agent does with a session now.

/// Found out from the table of processes and the end of the log. A session without one has no agent that is known of:
/// unknown is no state.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum State {
    /// It asks something, or wants leave to do something.
    Waiting,
    /// It ended inside a tool call.
    Stopped,
    /// It answers, or runs a tool.
    Working,
    /// It is open and has nothing to do.
    Idle,
}

impl State {
    /// In the order of titles and counts.
    pub const ALL: [State; 4] = [State::Working, State::Waiting, State::Stopped, State::Idle];

    pub fn word(self) -> &'static str {
        match self {
            State::Waiting => "waiting",
            State::Stopped => "stopped",
            State::Working => "working",
            State::Idle => "idle",
        }
    }

    /// Its mark on rows, in Unicode and in ASCII.
    pub const fn marks(self) -> [&'static str; 2] {
        match self {
            State::Waiting => ["◆", "?"],
            State::Stopped => ["✗", "!"],
            State::Working => ["●", ">"],
            State::Idle => ["○", "."],
        }
    }

    /// Whether somebody should look into it.
    pub fn needs_you(self) -> bool {
        matches!(self, State::Waiting | State::Stopped)
    }
}
