//! What a response cost: exact integers, rounded once.

use super::lookup::Match;
use super::table::{Factor, PerMillion, Rates, Tariff};
use crate::model::{Rate, Usage, Usd};

/// A kind of token that has a price of its own.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Token {
    Input,
    CacheRead,
    /// Written to the cache for minutes.
    CacheWrite,
    CacheWrite1h,
    /// Without thinking where thinking costs differently.
    Output,
    Reasoning,
}

impl Token {
    pub fn word(self) -> &'static str {
        match self {
            Token::Input => "input",
            Token::CacheRead => "cache read",
            Token::CacheWrite => "cache write",
            Token::CacheWrite1h => "cache write 1h",
            Token::Output => "output",
            Token::Reasoning => "reasoning",
        }
    }
}

/// How a response is billed: the rates that hold for it, complete.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Terms {
    /// The tariff that was found. A tariff that the table does not list is billed as standard.
    pub tariff: Tariff,
    /// The limit which the prompt passed; 0 where it passed none.
    pub above: u64,
    /// All rates are times this.
    pub factor: Factor,
    pub rates: Rates,
}

/// One line of a bill.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Line {
    pub token: Token,
    pub tokens: u64,
    /// Before the factor.
    pub unit: PerMillion,
    /// With the factor, rounded for itself: lines may miss their total by a nano-dollar or two.
    pub amount: Usd,
}

/// A response's cost taken apart.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Bill {
    pub terms: Terms,
    /// Kinds of which there were any.
    pub lines: Vec<Line>,
    pub total: Usd,
}

impl Match {
    /// What these tokens of one response cost. Never of sums: the length of each prompt decides its rates.
    pub fn cost(&self, usage: &Usage, rate: Rate) -> Usd {
        let terms = self.terms(usage.prompt(), rate);
        let sum = split(usage, &terms.rates)
            .iter()
            .fold(0_i128, |sum, (_, tokens, unit)| {
                sum.saturating_add(product(*tokens, *unit, terms.factor))
            });
        rounded(sum)
    }

    pub fn bill(&self, usage: &Usage, rate: Rate) -> Bill {
        let terms = self.terms(usage.prompt(), rate);
        let split = split(usage, &terms.rates);
        let lines = split.iter().filter(|(_, tokens, _)| *tokens > 0);
        Bill {
            terms,
            lines: lines
                .map(|&(token, tokens, unit)| Line {
                    token,
                    tokens,
                    unit,
                    amount: rounded(product(tokens, unit, terms.factor)),
                })
                .collect(),
            total: self.cost(usage, rate),
        }
    }

    /// The rates for a prompt of this length.
    pub fn terms(&self, prompt: u64, rate: Rate) -> Terms {
        let rate = match rate {
            Rate::Standard if self.is_fast => Rate::Fast,
            rate => rate,
        };
        let wanted = match rate {
            Rate::Standard => Tariff::Standard,
            Rate::Priority => Tariff::Priority,
            Rate::Batch => Tariff::Batch,
            Rate::Fast => Tariff::Fast,
        };
        if let (Tariff::Fast, Some(factor)) = (wanted, self.fast) {
            return Terms {
                tariff: Tariff::Fast,
                factor,
                ..self.listed(Tariff::Standard, prompt)
            };
        }
        let lists = |tariff| self.price.tiers.iter().any(|tier| tier.tariff == tariff);
        let tariff = match wanted {
            // What one maker calls fast another sells as priority.
            Tariff::Fast if !lists(Tariff::Fast) => Tariff::Priority,
            wanted => wanted,
        };
        if lists(tariff) {
            self.listed(tariff, prompt)
        } else {
            self.listed(Tariff::Standard, prompt)
        }
    }

    /// The row of a tariff for a prompt, its gaps filled.
    fn listed(&self, tariff: Tariff, prompt: u64) -> Terms {
        let base = &self.price.base;
        let row = |tariff: Tariff| {
            let tiers = self.price.tiers.iter();
            tiers
                .filter(|t| t.tariff == tariff && (t.above == 0 || t.above < prompt))
                .max_by_key(|t| t.above)
                .map(|t| (t.above, t.rates))
        };
        let standard = row(Tariff::Standard).unwrap_or((0, *base));
        let (above, rates) = match row(tariff) {
            // A tariff without a row for so long a prompt keeps its share of the longer row's price.
            Some((above, rates)) if above < standard.0 => {
                let (by, of) = (rates.input.nanos(), base.input.nanos());
                (standard.0, scaled(&standard.1, by, of))
            }
            Some(found) => found,
            None => standard,
        };
        Terms {
            tariff,
            above,
            factor: Factor::ONE,
            rates: self.filled(&rates),
        }
    }

    /// What a row leaves out has the share of the input price that it has in the base row; what that leaves out too has
    /// the usual share.
    fn filled(&self, rates: &Rates) -> Rates {
        let base = &self.price.base;
        let input = rates.input;
        let fill = |own: Option<PerMillion>, usual: Option<PerMillion>, by, of| {
            own.or_else(|| Some(usual?.share(input.nanos(), base.input.nanos())))
                .or(Some(input.share(by, of)))
        };
        let (by, of) = if self.reads_cheaply { (1, 10) } else { (1, 1) };
        Rates {
            cache_read: fill(rates.cache_read, base.cache_read, by, of),
            cache_write: fill(rates.cache_write, base.cache_write, 5, 4),
            cache_write_1h: fill(rates.cache_write_1h, base.cache_write_1h, 2, 1),
            reasoning: rates.reasoning.or_else(|| {
                let share =
                    |usual: PerMillion| usual.share(rates.output.nanos(), base.output.nanos());
                base.reasoning.map(share)
            }),
            ..*rates
        }
    }
}

fn scaled(rates: &Rates, by: i64, of: i64) -> Rates {
    let scale = |price: PerMillion| price.share(by, of);
    Rates {
        input: scale(rates.input),
        output: scale(rates.output),
        cache_read: rates.cache_read.map(scale),
        cache_write: rates.cache_write.map(scale),
        cache_write_1h: rates.cache_write_1h.map(scale),
        reasoning: rates.reasoning.map(scale),
    }
}

/// Tokens by the price they have.
fn split(usage: &Usage, rates: &Rates) -> [(Token, u64, PerMillion); 6] {
    let hour = usage.cache_write_1h.min(usage.cache_write);
    let apart = rates.reasoning.is_some_and(|r| r != rates.output);
    let thinking = if apart {
        usage.reasoning.min(usage.output)
    } else {
        0
    };
    let or_input = |price: Option<PerMillion>| price.unwrap_or(rates.input);
    [
        (Token::Input, usage.input, rates.input),
        (
            Token::CacheRead,
            usage.cache_read,
            or_input(rates.cache_read),
        ),
        (
            Token::CacheWrite,
            usage.cache_write - hour,
            or_input(rates.cache_write),
        ),
        (Token::CacheWrite1h, hour, or_input(rates.cache_write_1h)),
        (Token::Output, usage.output - thinking, rates.output),
        (
            Token::Reasoning,
            thinking,
            rates.reasoning.unwrap_or(rates.output),
        ),
    ]
}

/// Nano-dollars in billionths: a price is for a million tokens and a factor in thousandths.
fn product(tokens: u64, unit: PerMillion, factor: Factor) -> i128 {
    i128::from(tokens)
        .saturating_mul(i128::from(unit.nanos()))
        .saturating_mul(i128::from(factor.milli()))
}

/// To the nearest nano-dollar, a half to the even one.
fn rounded(billionths: i128) -> Usd {
    const ONE: i128 = 1_000_000_000;
    let (whole, rest) = (billionths / ONE, billionths % ONE);
    let up = rest * 2 > ONE || (rest * 2 == ONE && whole % 2 == 1);
    let nanos = whole + i128::from(up);
    Usd::from_nanos(i64::try_from(nanos).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests;
