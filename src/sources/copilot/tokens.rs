//! What an agent's program says of tokens, and how much of it can be believed at once.

use super::super::json::Obj;
use crate::model::Usage;

/// Which lines of a log tell its tokens. A log that has better ones is told by these alone.
#[derive(
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Default,
    Debug,
    serde::Serialize,
    serde::Deserialize,
)]
pub enum Level {
    /// Each answer says how long it was, and nothing says what was read.
    #[default]
    Answers,
    /// The end of each run sums up all runs so far, by model.
    Shutdowns,
    /// Each call of a model has its record.
    Records,
}

/// `usage` of a record or of a model's sums. Absent where it holds no counts.
pub fn usage(counts: &Obj<'_>) -> Option<Usage> {
    let n = |key| counts.u64(key);
    let (input, output) = (n("inputTokens"), n("outputTokens"));
    input.or(output)?;
    let (read, write) = (
        n("cacheReadTokens").unwrap_or(0),
        n("cacheWriteTokens").unwrap_or(0),
    );
    let output = output.unwrap_or(0);
    Some(Usage {
        // Theirs includes what was cached.
        input: input
            .unwrap_or(0)
            .saturating_sub(read)
            .saturating_sub(write),
        cache_read: read,
        cache_write: write,
        cache_write_1h: 0,
        output,
        reasoning: n("reasoningTokens").unwrap_or(0).min(output),
    })
}
