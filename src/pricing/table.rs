//! Prices as integers, and tables of them by the name of a model.

use std::fmt;
use std::str::FromStr;

use jiff::{Timestamp, civil::Date, tz::TimeZone};

/// The price of a million tokens in billionths of a US dollar, which is 1e-15 dollars a token. Of all listed prices none
/// needs more digits; what does is rounded to the nearest.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Debug)]
pub struct PerMillion(i64);

impl PerMillion {
    /// A million dollars: whatever costs more is a slip of the pen.
    const MOST: i64 = 1_000_000_000_000_000;

    /// From dollars for a million tokens; absent when that is no price.
    pub fn from_dollars(dollars: f64) -> Option<PerMillion> {
        let nanos = (dollars * 1e9).round();
        // Below 1e15 every integer is exact in an f64.
        (dollars >= 0.0 && nanos <= PerMillion::MOST as f64).then_some(PerMillion(nanos as i64))
    }

    /// From dollars for one token, as some tables have it.
    pub fn from_dollars_each(dollars: f64) -> Option<PerMillion> {
        let nanos = (dollars * 1e15).round();
        (dollars >= 0.0 && nanos <= PerMillion::MOST as f64).then_some(PerMillion(nanos as i64))
    }

    /// Nano-dollars for a million tokens.
    pub fn nanos(self) -> i64 {
        self.0
    }

    /// This price times `by` over `of`, rounded to the nearest; of nothing it is itself.
    pub(super) fn share(self, by: i64, of: i64) -> PerMillion {
        if of <= 0 {
            return self;
        }
        let product = i128::from(self.0) * i128::from(by.max(0));
        let nanos = (product + i128::from(of) / 2) / i128::from(of);
        PerMillion(i64::try_from(nanos).map_or(PerMillion::MOST, |n| n.min(PerMillion::MOST)))
    }
}

/// Dollars without idle zeros: `2.5`, `0.075`.
impl fmt::Display for PerMillion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, part) = (self.0 / 1_000_000_000, self.0 % 1_000_000_000);
        if part == 0 {
            return f.pad(&whole.to_string());
        }
        f.pad(format!("{whole}.{part:09}").trim_end_matches('0'))
    }
}

/// Reads what `Display` writes, and no more.
impl FromStr for PerMillion {
    type Err = ();

    fn from_str(text: &str) -> Result<PerMillion, ()> {
        let (whole, part) = text.split_once('.').unwrap_or((text, ""));
        let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        let is_plain = (1..=7).contains(&whole.len()) && part.len() <= 9;
        if !is_plain || !digits(whole) || !digits(part) {
            return Err(());
        }
        let mut nanos: i64 = whole.parse().map_err(|_| ())?;
        for i in 0..9 {
            let digit = part.as_bytes().get(i).map_or(0, |b| i64::from(b - b'0'));
            nanos = nanos * 10 + digit;
        }
        (nanos <= PerMillion::MOST)
            .then_some(PerMillion(nanos))
            .ok_or(())
    }
}

/// What a million tokens of each kind cost. What a table does not say is absent.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Rates {
    pub input: PerMillion,
    pub output: PerMillion,
    pub cache_read: Option<PerMillion>,
    pub cache_write: Option<PerMillion>,
    /// Writing to the cache for an hour.
    pub cache_write_1h: Option<PerMillion>,
    /// Thinking, where it costs other than the rest of the output.
    pub reasoning: Option<PerMillion>,
}

/// What a response was billed by. Tables know more of these than logs tell.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Debug)]
pub enum Tariff {
    #[default]
    Standard,
    Priority,
    Batch,
    Flex,
    Fast,
}

impl Tariff {
    pub const ALL: [Tariff; 5] = [
        Tariff::Standard,
        Tariff::Priority,
        Tariff::Batch,
        Tariff::Flex,
        Tariff::Fast,
    ];

    pub fn word(self) -> &'static str {
        match self {
            Tariff::Standard => "standard",
            Tariff::Priority => "priority",
            Tariff::Batch => "batch",
            Tariff::Flex => "flex",
            Tariff::Fast => "fast",
        }
    }
}

/// The rates of one tariff for prompts of more than so many tokens.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Tier {
    pub tariff: Tariff,
    /// A prompt of more tokens than this, cached or not, is billed by these rates, all of it.
    pub above: u64,
    pub rates: Rates,
}

/// A factor in thousandths: 2500 is two and a half times.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Factor(u32);

impl Factor {
    pub const ONE: Factor = Factor(1000);

    /// Absent unless it lies between a thousandth and a hundred.
    pub fn new(times: f64) -> Option<Factor> {
        let milli = (times * 1000.0).round();
        (1.0..=100_000.0)
            .contains(&milli)
            .then_some(Factor(milli as u32))
    }

    pub fn milli(self) -> u32 {
        self.0
    }
}

impl fmt::Display for Factor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = format!("{}.{:03}", self.0 / 1000, self.0 % 1000);
        f.pad(text.trim_end_matches('0').trim_end_matches('.'))
    }
}

/// All prices of one model, in force between two days.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Price {
    /// The standard tariff for prompts of any length.
    pub base: Rates,
    /// Other tariffs and longer prompts, sorted by tariff and length.
    pub tiers: Vec<Tier>,
    /// How much dearer the fast mode is, where it is told by a factor.
    pub fast: Option<Factor>,
    /// The first day it holds (UTC); always where absent.
    pub from: Option<Date>,
    /// The first day it no longer holds (UTC); never where absent.
    pub until: Option<Date>,
}

impl Price {
    pub fn is_free(&self) -> bool {
        let free = |r: &Rates| r.input.0 == 0 && r.output.0 == 0;
        free(&self.base) && self.tiers.iter().all(|tier| free(&tier.rates))
    }

    /// Whether it holds then; of an unknown time, whether it holds now that it is not over.
    pub fn holds(&self, at: Option<Timestamp>) -> bool {
        match at {
            Some(at) => {
                self.from.is_none_or(|day| start(day) <= at)
                    && self.until.is_none_or(|day| at < start(day))
            }
            None => self.until.is_none(),
        }
    }
}

/// The first moment of a day, UTC.
pub fn start(day: Date) -> Timestamp {
    day.to_zoned(TimeZone::UTC)
        .map_or(Timestamp::MIN, |zoned| zoned.timestamp())
}

/// Where a price comes from.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Origin {
    /// Your own file.
    Yours,
    /// The public table of today's models.
    Current,
    /// Models that older editions of that table had.
    Retired,
    /// The catalogue of providers and what each asks.
    Catalogue,
    /// The name itself says it.
    Name,
}

impl Origin {
    pub const TABLES: [Origin; 3] = [Origin::Current, Origin::Retired, Origin::Catalogue];

    pub fn word(self) -> &'static str {
        match self {
            Origin::Yours => "yours",
            Origin::Current => "current",
            Origin::Retired => "retired",
            Origin::Catalogue => "models.dev",
            Origin::Name => "name",
        }
    }
}

/// One line of a table.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// The model's name in that table, in lower case.
    pub key: Box<str>,
    /// Who sells it, as the table says; empty where it does not.
    pub provider: Box<str>,
    pub price: Price,
}

/// Prices of one origin, sorted by name, then seller, then the day from which they hold.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Table {
    pub origin: Origin,
    /// The day it was taken.
    pub date: Date,
    /// Whose table it is, in words.
    pub title: Box<str>,
    entries: Vec<Entry>,
}

impl Table {
    pub fn new(origin: Origin, date: Date, title: &str, mut entries: Vec<Entry>) -> Table {
        entries.sort_by(|a, b| {
            (&a.key, &a.provider, a.price.from).cmp(&(&b.key, &b.provider, b.price.from))
        });
        Table {
            origin,
            date,
            title: title.into(),
            entries,
        }
    }

    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// All lines with this name.
    pub fn of(&self, key: &str) -> &[Entry] {
        let from = self.entries.partition_point(|e| *e.key < *key);
        let rest = self.entries.get(from..).unwrap_or_default();
        let len = rest.partition_point(|e| *e.key == *key);
        rest.get(..len).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_read_as_they_print() {
        for text in ["0", "5", "2.5", "0.075", "0.000000001", "1000000"] {
            let price: PerMillion = text.parse().unwrap();
            assert_eq!(price.to_string(), text);
        }
        for bad in [
            "",
            ".",
            "-1",
            "1e3",
            "1.0000000001",
            "+1",
            "1,5",
            "9999999",
            "1000000.1",
        ] {
            assert!(bad.parse::<PerMillion>().is_err(), "{bad}");
        }
    }

    #[test]
    fn prices_of_a_token_are_exact() {
        for (each, million) in [
            (2.5e-6, "2.5"),
            (1.419_531_25e-7, "0.141953125"),
            (4.6875e-9, "0.0046875"),
            (0.0, "0"),
        ] {
            let price = PerMillion::from_dollars_each(each).unwrap();
            assert_eq!(price.to_string(), million);
        }
        for odd in [-1.0, f64::NAN, f64::INFINITY, 2.0] {
            assert_eq!(PerMillion::from_dollars_each(odd), None);
        }
        assert_eq!(PerMillion::from_dollars(-1.0), None);
    }

    #[test]
    fn a_price_holds_from_its_first_day_until_the_day_it_ends() {
        let price = Price {
            from: Some("2026-01-01".parse().unwrap()),
            until: Some("2026-02-01".parse().unwrap()),
            ..Price::default()
        };
        for (at, holds) in [
            ("2025-12-31T23:59:59Z", false),
            ("2026-01-01T00:00:00Z", true),
            ("2026-01-31T23:59:59Z", true),
            ("2026-02-01T00:00:00Z", false),
        ] {
            assert_eq!(price.holds(Some(at.parse().unwrap())), holds, "{at}");
        }
        assert!(!price.holds(None) && Price::default().holds(None));
    }
}
