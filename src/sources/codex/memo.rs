//! What a rollout's reader must know to read on where it stopped.

use super::items::Outcome;

/// What must be known to read on.
#[derive(Clone, Default, Debug, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Memo {
    /// `token_usage_record` lines are in the file: they count, `token_count` lines do not.
    pub records: bool,
    pub has_meta: bool,
    pub model: Option<String>,
    pub provider: Option<String>,
    pub fast: bool,
    pub last_total: Option<[u64; 5]>,
    /// `token_count` lines counted so far.
    pub counted: u64,
    /// `token_count` lines met so far, counted or not.
    pub met: usize,
    /// When the copied history began, in milliseconds, and whose it is.
    pub copied_at: Option<i64>,
    pub copied_from: Option<String>,
    /// That log was not there, so what was copied was told apart by its time alone.
    pub alone: bool,
    /// Lines below this ordinal are the parent's.
    pub own_from: u64,
    /// Where this agent stands in its team, as messages between agents name it.
    pub agent_path: Option<String>,
    /// The last step of a response that has no tokens yet.
    pub last_reply: Option<u64>,
    /// Whether the tokens of a response stand before its steps (0.45 to 0.63), and those that wait for their step.
    pub usage_first: Option<bool>,
    pub waiting: Option<[u64; 5]>,
    /// What is known of calls whose output is still to come.
    pub outcomes: Vec<Outcome>,
    /// The call of the script that runs, where that stands for the one thing that the script does.
    pub script: Option<Box<str>>,
}

impl Memo {
    /// For a look at the end of a log: what came before is not known, and nothing may be counted.
    pub fn in_the_middle() -> Memo {
        Memo {
            records: true,
            has_meta: true,
            ..Memo::default()
        }
    }

    pub fn bytes(&self) -> Box<[u8]> {
        serde_json::to_vec(self).unwrap_or_default().into()
    }

    /// At the start of a log of which it is known whether response records are in it.
    pub fn starting(records: bool) -> Memo {
        Memo {
            records,
            ..Memo::default()
        }
    }

    pub fn read(bytes: &[u8]) -> Memo {
        serde_json::from_slice(bytes).unwrap_or_default()
    }
}
