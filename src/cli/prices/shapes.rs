//! What `backscroll prices` says: for scripts as it stands, for people as rows and lines.

use serde::Serialize;

use super::{Clean, Date, Match, Origin, PerMillion, Rates, Rule, count};
use crate::pricing::{Entry, Factor, Price};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PricesOut {
    pub schema_version: u32,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tables: Vec<TableOut>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub models: Vec<ModelOut>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TableOut {
    /// `yours`, `current`, `retired` or `models.dev`.
    pub table: &'static str,
    pub title: String,
    pub prices: usize,
    /// The day it was taken; null for your own.
    pub date: Option<String>,
    pub age_days: Option<i64>,
    /// `program`, `refresh` or `file`.
    pub from: &'static str,
    pub path: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ModelOut {
    /// What was asked for.
    pub model: String,
    /// The name in the table.
    pub key: String,
    /// Who sells it at this price.
    pub provider: Option<String>,
    pub table: &'static str,
    pub title: String,
    /// The day the table was taken; null for your own.
    pub date: Option<String>,
    /// By which rule it was found; null in answers to a pattern.
    pub rule: Option<&'static str>,
    /// The first day of this price (UTC); null where it is the first.
    pub since: Option<String>,
    #[serde(flatten)]
    pub rates: RatesOut,
    pub tiers: Vec<TierOut>,
    /// How much dearer the fast mode is.
    pub fast_factor: Option<f64>,
}

/// Dollars for a million tokens; null where the table does not say.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RatesOut {
    input: f64,
    output: f64,
    cache_read: Option<f64>,
    cache_write: Option<f64>,
    cache_write_1h: Option<f64>,
    reasoning: Option<f64>,
    #[serde(skip)]
    exact: Rates,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TierOut {
    tariff: &'static str,
    /// For prompts of more tokens.
    above: u64,
    #[serde(flatten)]
    rates: RatesOut,
}

impl RatesOut {
    fn new(rates: &Rates) -> RatesOut {
        let dollars = |price: PerMillion| price.nanos() as f64 / 1e9;
        RatesOut {
            input: dollars(rates.input),
            output: dollars(rates.output),
            cache_read: rates.cache_read.map(dollars),
            cache_write: rates.cache_write.map(dollars),
            cache_write_1h: rates.cache_write_1h.map(dollars),
            reasoning: rates.reasoning.map(dollars),
            exact: *rates,
        }
    }

    fn cells(&self) -> [String; 6] {
        let exact = &self.exact;
        let maybe = |price: Option<PerMillion>| price.map_or("-".into(), |p| p.to_string());
        [
            exact.input.to_string(),
            exact.output.to_string(),
            maybe(exact.cache_read),
            maybe(exact.cache_write),
            maybe(exact.cache_write_1h),
            maybe(exact.reasoning),
        ]
    }
}

impl ModelOut {
    fn new(asked: &str, key: &str, provider: &str, price: &Price) -> ModelOut {
        let clean = |text: &str| Clean::line(text).to_string();
        let tiers = price.tiers.iter().map(|tier| TierOut {
            tariff: tier.tariff.word(),
            above: tier.above,
            rates: RatesOut::new(&tier.rates),
        });
        ModelOut {
            model: clean(asked),
            key: clean(key),
            provider: (!provider.is_empty()).then(|| clean(provider)),
            table: "",
            title: String::new(),
            date: None,
            rule: None,
            since: price.from.map(|day| day.to_string()),
            rates: RatesOut::new(&price.base),
            tiers: tiers.collect(),
            fast_factor: price.fast.map(times),
        }
    }

    /// A line of a table.
    pub fn listed(entry: &Entry, origin: Origin, date: Option<Date>, title: &str) -> ModelOut {
        ModelOut {
            table: origin.word(),
            title: Clean::line(title).to_string(),
            date: date.map(|day| day.to_string()),
            ..ModelOut::new(&entry.key, &entry.key, &entry.provider, &entry.price)
        }
    }

    /// What a name found.
    pub fn found(asked: &str, found: &Match) -> ModelOut {
        ModelOut {
            table: found.origin.word(),
            title: Clean::line(&found.title).to_string(),
            date: found.date.map(|day| day.to_string()),
            rule: Some(Rule::word(found.rule)),
            fast_factor: found.fast.map(times),
            ..ModelOut::new(asked, &found.key, &found.provider, &found.price)
        }
    }

    /// `standard`, `above 272,000`, `priority above 272,000`, each with its prices.
    fn named(&self) -> Vec<(String, [String; 6])> {
        let mut rows = vec![("standard".to_owned(), self.rates.cells())];
        for tier in &self.tiers {
            let above = (tier.above > 0).then(|| format!("above {}", count(tier.above)));
            let tariff = (tier.tariff != "standard").then(|| tier.tariff.to_owned());
            let words: Vec<String> = tariff.into_iter().chain(above).collect();
            rows.push((words.join(" "), tier.rates.cells()));
        }
        rows
    }

    /// Rows of the table for people.
    pub fn rows(&self) -> Vec<Vec<Clean>> {
        let mut rows = Vec::new();
        for (i, (name, cells)) in self.named().into_iter().enumerate() {
            let (first, last) = match i {
                0 => (self.key.clone(), self.place()),
                _ => (format!("  {name}"), String::new()),
            };
            let row = std::iter::once(first).chain(cells).chain([last]);
            rows.push(row.map(Clean::from).collect());
        }
        if let Some(times) = self.fast_factor {
            let mut row = vec![Clean::from("  fast"), format!("x {times}").into()];
            row.resize(8, "".into());
            rows.push(row);
        }
        rows
    }

    /// Lines of `name: value`.
    pub fn lines(&self) -> Vec<(String, String)> {
        let mut lines = vec![("model".to_owned(), self.key.clone())];
        let kinds = [
            "input",
            "output",
            "cache read",
            "cache write",
            "cache write 1h",
            "reasoning",
        ];
        for (name, cells) in self.named() {
            for (kind, cell) in kinds.iter().zip(cells).filter(|(_, cell)| cell != "-") {
                let name = match name.as_str() {
                    "standard" => (*kind).to_owned(),
                    name => format!("{name} {kind}"),
                };
                lines.push((name, cell));
            }
        }
        lines.extend(
            self.fast_factor
                .map(|times| ("fast".into(), format!("x {times}"))),
        );
        lines.push(("table".into(), self.place()));
        lines.extend(self.rule.map(|rule| ("found by".into(), rule.to_owned())));
        lines.extend(self.since.clone().map(|day| ("since".into(), day)));
        lines
    }

    fn place(&self) -> String {
        let seller = self
            .provider
            .as_ref()
            .filter(|_| self.table == "models.dev");
        let table = match seller {
            Some(seller) => format!("{} ({seller})", self.table),
            None => self.table.to_owned(),
        };
        match &self.date {
            Some(date) => format!("{table} {date}"),
            None => table,
        }
    }

    /// How a name came to this price, in a sentence.
    pub fn why(&self) -> Option<String> {
        let rule = self.rule?;
        let since = self.since.as_ref();
        let since = since.map(|day| format!(" since {day}")).unwrap_or_default();
        Some(format!(
            "{}{since}: {} as in {} ({rule})",
            self.model, self.key, self.title
        ))
    }
}

fn times(factor: Factor) -> f64 {
    f64::from(factor.milli()) / 1000.0
}
