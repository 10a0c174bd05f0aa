//! The tables as a tariff: what index and conversations count by.

use std::sync::Arc;

use super::{Found, Prices};
use crate::model::{Bill, Cost, Logged, Quote, QuoteLine, Tariff};

/// Which costs are taken: those that agents logged, or those made from tokens.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum Mode {
    /// Logged where there are any, else made.
    #[default]
    Auto,
    /// Always made.
    Calculate,
    /// Only logged ones.
    Display,
}

/// Costs by a mode and by tables.
pub struct Accounting {
    prices: Arc<Prices>,
    mode: Mode,
}

impl Accounting {
    pub fn new(prices: Arc<Prices>, mode: Mode) -> Accounting {
        Accounting { prices, mode }
    }

    fn found(&self, bill: &Bill<'_>) -> Option<Arc<Found>> {
        bill.model.map(|model| self.prices.lookup(model))
    }
}

impl Tariff for Accounting {
    fn prepare(&self) {
        self.prices.tables();
    }

    fn charge(&self, bill: &Bill<'_>) -> Cost {
        let known = match self.mode {
            Mode::Calculate => None,
            Mode::Auto | Mode::Display => bill.logged,
        };
        let logged = Logged.charge(&Bill {
            logged: known,
            ..*bill
        });
        if logged.known().is_some() || self.mode == Mode::Display {
            return logged;
        }
        let found = self.found(bill);
        match found.as_ref().and_then(|found| found.at(bill.at)) {
            Some(price) => Cost::estimated(price.cost(&bill.usage, bill.rate)),
            None => Cost::UNKNOWN,
        }
    }

    fn quote(&self, bill: &Bill<'_>) -> Option<Quote> {
        let found = self.found(bill)?;
        let price = found.at(bill.at)?;
        let made = price.bill(&bill.usage, bill.rate);
        let milli = i64::from(made.terms.factor.milli());
        let mut notes = Vec::new();
        if made.terms.tariff != super::Tariff::Standard {
            notes.push(made.terms.tariff.word().to_owned());
        }
        if made.terms.above > 0 {
            notes.push(format!(
                "prompt above {}",
                crate::text::count(made.terms.above)
            ));
        }
        let note = match notes.is_empty() {
            true => String::new(),
            false => format!(" ({})", notes.join(", ")),
        };
        let lines = made.lines.iter().map(|line| QuoteLine {
            place: line.token as u8,
            kind: format!("{}{note}", line.token.word()),
            tokens: line.tokens,
            per_million: line.unit.nanos().saturating_mul(milli) / 1000,
        });
        let date = price
            .date
            .map_or_else(String::new, |date| format!(" of {date}"));
        Some(Quote {
            from: format!(
                "{}, {}{date}, by {}",
                price.key,
                price.title,
                price.rule.word()
            ),
            lines: lines.collect(),
        })
    }

    fn about(&self) -> String {
        let tables = self.prices.tables().iter();
        let mut said: Vec<String> = Vec::new();
        let yours = self.prices.yours().entries().len();
        if yours > 0 {
            said.push(format!("your own for {yours} models"));
        }
        said.extend(tables.map(|table| format!("{} of {}", table.title, table.date)));
        said.dedup();
        let mode = match self.mode {
            Mode::Auto => "",
            Mode::Calculate => "; logged costs are not used",
            Mode::Display => "; not used, only logged costs are",
        };
        format!("{}{mode}", said.join(", "))
    }
}
