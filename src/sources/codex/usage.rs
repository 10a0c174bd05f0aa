//! Tokens, and which lines of them are this thread's own.

use super::super::json::Obj;
use crate::model::Usage;

/// Raw counts as logged, by which repeated and restarted counters are told.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Counts {
    pub input: u64,
    pub cached: u64,
    pub written: u64,
    pub output: u64,
    pub reasoning: u64,
}

impl Counts {
    pub fn read(usage: &Obj<'_>) -> Counts {
        let n = |key| usage.u64(key).unwrap_or(0);
        Counts {
            input: n("input_tokens"),
            cached: n("cached_input_tokens"),
            written: n("cache_write_input_tokens"),
            output: n("output_tokens"),
            reasoning: n("reasoning_output_tokens"),
        }
    }

    /// `input` includes what was cached and what was written to the cache; ours does not.
    pub fn usage(self) -> Usage {
        let cached = self.cached.min(self.input);
        let written = self.written.min(self.input - cached);
        Usage {
            input: self.input - cached - written,
            cache_read: cached,
            cache_write: written,
            cache_write_1h: 0,
            output: self.output,
            reasoning: self.reasoning.min(self.output),
        }
    }

    pub fn total(self) -> u64 {
        self.input.saturating_add(self.output)
    }

    pub fn since(self, before: Counts) -> Counts {
        Counts {
            input: self.input.saturating_sub(before.input),
            cached: self.cached.saturating_sub(before.cached),
            written: self.written.saturating_sub(before.written),
            output: self.output.saturating_sub(before.output),
            reasoning: self.reasoning.saturating_sub(before.reasoning),
        }
    }

    pub fn words(self) -> [u64; 5] {
        [
            self.input,
            self.cached,
            self.written,
            self.output,
            self.reasoning,
        ]
    }

    pub fn from_words(words: [u64; 5]) -> Counts {
        let [input, cached, written, output, reasoning] = words;
        Counts {
            input,
            cached,
            written,
            output,
            reasoning,
        }
    }
}
