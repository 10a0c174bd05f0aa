//! How a response becomes money. Index and conversations know no prices; whoever makes them says by which tariff they
//! count.

use jiff::Timestamp;

use super::{Cost, ModelId, Rate, Usage, Usd};

/// One response as it is billed.
#[derive(Clone, Copy, Debug)]
pub struct Bill<'a> {
    pub model: Option<&'a ModelId>,
    pub rate: Rate,
    pub usage: Usage,
    /// What the agent itself says it cost.
    pub logged: Option<Usd>,
    /// When the response came: prices change.
    pub at: Option<Timestamp>,
}

/// What responses cost.
pub trait Tariff: Send + Sync {
    fn charge(&self, bill: &Bill<'_>) -> Cost;

    /// Does what the first charge would wait for.
    fn prepare(&self) {}

    /// How an estimated cost was made; none where it was not, or where no price is known.
    fn quote(&self, _bill: &Bill<'_>) -> Option<Quote> {
        None
    }

    /// Which prices these are and how old, for people; empty where there are none.
    fn about(&self) -> String {
        String::new()
    }
}

/// The prices of one response.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Quote {
    /// Whose price it is, from which table and day, and by which rule it was found.
    pub from: String,
    pub lines: Vec<QuoteLine>,
}

/// Tokens of one kind at one price.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct QuoteLine {
    /// Where it stands among the kinds.
    pub place: u8,
    /// Such as `input` or `cache write 1h`, with the tariff where it is not the standard one.
    pub kind: String,
    pub tokens: u64,
    /// Billionths of a dollar for a million tokens.
    pub per_million: i64,
}

impl QuoteLine {
    /// What these tokens come to. Responses are rounded one by one, so lines may miss their total by a little.
    pub fn amount(&self) -> Usd {
        let nanos = i128::from(self.tokens) * i128::from(self.per_million) / 1_000_000;
        Usd::from_nanos(i64::try_from(nanos).unwrap_or(i64::MAX))
    }
}
/// Only what the agents themselves logged. A response that spent nothing costs nothing; one whose price nobody logged is
/// unknown.
pub struct Logged;

impl Tariff for Logged {
    fn charge(&self, bill: &Bill<'_>) -> Cost {
        match bill.logged {
            Some(usd) => Cost::reported(usd),
            None if bill.usage.is_zero() => Cost::ZERO,
            None => Cost::UNKNOWN,
        }
    }
}
