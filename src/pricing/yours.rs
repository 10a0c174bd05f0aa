//! Your own prices: a small file that wins over every table.
//!
//! ```toml
//! # US dollars for a million tokens.
//! [[price]]
//! model = "house-model"      # as logged; letters may be large or small
//! provider = "house"         # only where the log names this seller; may be left out
//! input = 1.5
//! output = 6
//! cache_read = 0.15          # the rest may be left out
//! cache_write = 1.875
//! cache_write_1h = 3
//! reasoning = 6
//! fast = 2                   # the fast mode costs so many times as much
//! from = 2026-01-01          # the first day it holds (UTC)
//! until = 2026-07-01         # the first day it no longer holds
//!
//! [[price.tier]]             # as often as needed
//! tariff = "standard"        # standard, priority, batch, flex or fast
//! above = 200_000            # for prompts of more tokens than this
//! input = 3
//! output = 9
//!
//! [[price]]
//! model = "nickname"
//! same_as = "gpt-5.5"        # priced as this model
//! ```

use jiff::{Timestamp, civil::Date};
use serde::Deserialize;

use super::table::{Entry, Factor, PerMillion, Price, Rates, Tariff, Tier};

/// The prices of your file, in its order.
#[derive(Clone, Default, Debug)]
pub struct Yours {
    entries: Vec<Own>,
}

/// One price of yours.
#[derive(Clone, Debug)]
pub struct Own {
    pub entry: Entry,
    /// The model whose price this one has.
    pub same_as: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    price: Vec<Line>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    model: String,
    provider: Option<String>,
    same_as: Option<String>,
    input: Option<f64>,
    output: Option<f64>,
    cache_read: Option<f64>,
    cache_write: Option<f64>,
    cache_write_1h: Option<f64>,
    reasoning: Option<f64>,
    fast: Option<f64>,
    from: Option<toml::value::Datetime>,
    until: Option<toml::value::Datetime>,
    #[serde(default)]
    tier: Vec<TierLine>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TierLine {
    #[serde(default)]
    tariff: TariffWord,
    #[serde(default)]
    above: u64,
    input: f64,
    output: f64,
    cache_read: Option<f64>,
    cache_write: Option<f64>,
    cache_write_1h: Option<f64>,
    reasoning: Option<f64>,
}

#[derive(Deserialize, Default, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum TariffWord {
    #[default]
    Standard,
    Priority,
    Batch,
    Flex,
    Fast,
}

impl Yours {
    /// Reads the file; what is wrong with it is said in one line.
    pub fn read(text: &str) -> Result<Yours, String> {
        let file: File = toml::from_str(text).map_err(|error| {
            let at = error.span().and_then(|span| text.get(..span.start));
            let line = at.map_or(1, |before| before.matches('\n').count() + 1);
            format!("line {line}: {}", error.message())
        })?;
        let entries = file.price.into_iter().map(own);
        Ok(Yours {
            entries: entries.collect::<Result<_, _>>()?,
        })
    }

    /// The first price for this name that holds then.
    pub(super) fn find(
        &self,
        name: &str,
        seller: Option<&str>,
        at: Option<Timestamp>,
    ) -> Option<&Own> {
        self.entries.iter().find(|own| {
            *own.entry.key == *name
                && (own.entry.provider.is_empty() || Some(&*own.entry.provider) == seller)
                && own.entry.price.holds(at)
        })
    }

    pub fn entries(&self) -> &[Own] {
        &self.entries
    }

    pub(super) fn days(&self) -> impl Iterator<Item = Date> {
        let days = self.entries.iter();
        days.flat_map(|own| [own.entry.price.from, own.entry.price.until])
            .flatten()
    }
}

fn own(line: Line) -> Result<Own, String> {
    let key = line.model.trim().to_lowercase();
    let bad = |what: &str| format!("the price of \"{key}\": {what}");
    if key.is_empty() {
        return Err(bad("model is empty"));
    }
    let priced = line.input.is_some() || line.output.is_some();
    let base = match (line.input, line.output, &line.same_as) {
        (Some(input), Some(output), None) => Prices6 {
            input,
            output,
            cache_read: line.cache_read,
            cache_write: line.cache_write,
            cache_write_1h: line.cache_write_1h,
            reasoning: line.reasoning,
        }
        .rates()
        .ok_or_else(|| bad("a price is below 0 or too high"))?,
        (None, None, Some(_)) => Rates::default(),
        _ if priced && line.same_as.is_some() => {
            return Err(bad("either same_as or input and output"));
        }
        _ => return Err(bad("input and output are needed")),
    };
    let mut tiers = Vec::new();
    for tier in line.tier {
        tiers.push(read_tier(&tier).ok_or_else(|| bad("a tier is no price"))?);
    }
    tiers.sort_by_key(|tier| (tier.tariff, tier.above));
    let day = |day: Option<toml::value::Datetime>| match day {
        Some(day) => match day.to_string().parse::<Date>() {
            Ok(day) => Ok(Some(day)),
            Err(_) => Err(bad("from and until are days, such as 2026-01-31")),
        },
        None => Ok(None),
    };
    let fast = match line.fast {
        Some(times) => Some(Factor::new(times).ok_or_else(|| bad("fast is no factor"))?),
        None => None,
    };
    let (from, until) = (day(line.from)?, day(line.until)?);
    if from.zip(until).is_some_and(|(from, until)| until <= from) {
        return Err(bad("it ends before it begins"));
    }
    Ok(Own {
        same_as: line.same_as.map(|other| other.trim().to_lowercase()),
        entry: Entry {
            provider: line
                .provider
                .unwrap_or_default()
                .trim()
                .to_lowercase()
                .into(),
            price: Price {
                base,
                tiers,
                fast,
                from,
                until,
            },
            key: key.into(),
        },
    })
}

/// Figures as they stand in the file.
struct Prices6 {
    input: f64,
    output: f64,
    cache_read: Option<f64>,
    cache_write: Option<f64>,
    cache_write_1h: Option<f64>,
    reasoning: Option<f64>,
}

impl Prices6 {
    /// Absent when one of them is no price.
    fn rates(&self) -> Option<Rates> {
        let maybe = |dollars: Option<f64>| match dollars {
            Some(dollars) => PerMillion::from_dollars(dollars).map(Some),
            None => Some(None),
        };
        Some(Rates {
            input: PerMillion::from_dollars(self.input)?,
            output: PerMillion::from_dollars(self.output)?,
            cache_read: maybe(self.cache_read)?,
            cache_write: maybe(self.cache_write)?,
            cache_write_1h: maybe(self.cache_write_1h)?,
            reasoning: maybe(self.reasoning)?,
        })
    }
}

fn read_tier(tier: &TierLine) -> Option<Tier> {
    let figures = Prices6 {
        input: tier.input,
        output: tier.output,
        cache_read: tier.cache_read,
        cache_write: tier.cache_write,
        cache_write_1h: tier.cache_write_1h,
        reasoning: tier.reasoning,
    };
    Some(Tier {
        tariff: match tier.tariff {
            TariffWord::Standard => Tariff::Standard,
            TariffWord::Priority => Tariff::Priority,
            TariffWord::Batch => Tariff::Batch,
            TariffWord::Flex => Tariff::Flex,
            TariffWord::Fast => Tariff::Fast,
        },
        above: tier.above,
        rates: figures.rates()?,
    })
}
