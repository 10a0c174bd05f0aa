//! Tokens of one response, and what makes it the same response elsewhere.

use jiff::Timestamp;

use super::{ModelId, Usd};

/// Token counts. `input` excludes cached tokens; `cache_write` includes its `cache_write_1h`, `output` its `reasoning`.
/// Every source converts to this.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug)]
pub struct Usage {
    pub input: u64,
    pub cache_read: u64,
    pub cache_write: u64,
    /// The part of `cache_write` kept for an hour, which costs more.
    pub cache_write_1h: u64,
    pub output: u64,
    /// The part of `output` spent on thinking, where the log tells it.
    pub reasoning: u64,
}

impl Usage {
    /// The four-way sum that peers call total tokens.
    pub fn total(&self) -> u64 {
        self.prompt().saturating_add(self.output)
    }

    /// What the model was given to read: input, cached or not.
    pub fn prompt(&self) -> u64 {
        self.input
            .saturating_add(self.cache_read)
            .saturating_add(self.cache_write)
    }

    pub fn is_zero(&self) -> bool {
        self.total() == 0
    }

    pub fn add(&mut self, other: &Usage) {
        self.input = self.input.saturating_add(other.input);
        self.cache_read = self.cache_read.saturating_add(other.cache_read);
        self.cache_write = self.cache_write.saturating_add(other.cache_write);
        self.cache_write_1h = self.cache_write_1h.saturating_add(other.cache_write_1h);
        self.output = self.output.saturating_add(other.output);
        self.reasoning = self.reasoning.saturating_add(other.reasoning);
    }
}

/// One response's tokens. All totals and all money come from these.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Spend {
    /// Identifies the log line within its session: a line said again replaces.
    pub key: u64,
    /// When the response was logged; absent where the log has no time.
    pub at: Option<Timestamp>,
    pub model: Option<ModelId>,
    pub rate: Rate,
    pub usage: Usage,
    /// What the agent itself says the response cost; absent where it says nothing or knows no price.
    pub logged: Option<Usd>,
    pub same: Option<Same>,
}

/// What makes a spend the same response as another. Hashes are within the source.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Same {
    pub reply: u64,
    /// Two spends that both name one and differ in it are two responses.
    pub variant: Option<u64>,
    pub mark: Mark,
}

/// How a line came into its log; the first kind owns the response.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Mark {
    /// Written when the response came.
    Own,
    /// Repeated from another session.
    Copied,
    /// Repeated in a side conversation; its tokens count only if nobody else has any.
    Side,
}

/// The tariff a response was billed by.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug)]
pub enum Rate {
    #[default]
    Standard,
    Fast,
    Priority,
    Batch,
}
