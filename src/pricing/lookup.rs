//! Which price a model has. The order is fixed, and no step takes one version for another:
//!
//! 1. your own file;
//! 2. the name as logged, with and without its seller, in today's public table, then in the retired one;
//! 3. the same with the name made plainer step by step: sellers, regions, days and ways of serving are left out;
//! 4. the catalogue, by the seller that the log names, then by the model's maker, then by anyone;
//! 5. else nothing: the model is unpriced.

use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use foldhash::HashMap;
use jiff::{Timestamp, civil::Date};

use super::listed::Listed;
use super::rules::Rules;
use super::table::{Entry, Factor, Origin, Price, Table, start};
use super::text;
use super::yours::Yours;
use crate::model::ModelId;

/// So many models are remembered; a log that names more is looked up anew each time.
const REMEMBERED: usize = 10_000;

/// All prices that are known, and how to find one. Shared between threads as it is.
pub struct Prices {
    yours: Yours,
    /// Its tables, without those in the program.
    given: Vec<Arc<Table>>,
    /// Those in the program are among its tables.
    has_ours: bool,
    /// Made when the first price is asked for: most commands know all costs from an earlier run.
    listed: OnceLock<Listed>,
    known: RwLock<HashMap<ModelId, Arc<Found>>>,
}

/// Why a price was taken for a model.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Rule {
    /// The table has the very name.
    Exact,
    /// The table has the name behind its seller's.
    Seller,
    /// The table has the name without its seller, region, day or way of serving.
    Plainer,
    /// The name stands for another one.
    Alias,
    /// The catalogue has it at the seller that the log names.
    SoldBy,
    /// The catalogue has it at its maker.
    Maker,
    /// The catalogue has it at some seller.
    Anyone,
    /// The name says that it costs nothing.
    SaysFree,
}

impl Rule {
    pub fn word(self) -> &'static str {
        match self {
            Rule::Exact => "exact name",
            Rule::Seller => "name with its seller",
            Rule::Plainer => "plainer name",
            Rule::Alias => "stands for another name",
            Rule::SoldBy => "same seller",
            Rule::Maker => "its maker",
            Rule::Anyone => "another seller",
            Rule::SaysFree => "the name says free",
        }
    }
}

/// A price for a model, and where it comes from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Match {
    /// The name under which the price stands.
    pub key: Box<str>,
    /// Who sells at that price; empty where the table does not say.
    pub provider: Box<str>,
    pub origin: Origin,
    /// The day the table was taken; absent for prices of your own.
    pub date: Option<Date>,
    /// Whose table it is, in words.
    pub title: Box<str>,
    pub rule: Rule,
    pub price: Price,
    /// How much dearer its fast mode is, where that is told by a factor.
    pub fast: Option<Factor>,
    /// The name asks for the fast mode, so all of it is billed so.
    pub is_fast: bool,
    /// Where no price of a cached token is listed, it is a tenth of the input's.
    pub reads_cheaply: bool,
}

/// What was found for one model, for every time.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Found {
    /// From each moment on; the first begins before all time.
    parts: Vec<(Timestamp, Option<Arc<Match>>)>,
    /// Where the time is unknown.
    timeless: Option<Arc<Match>>,
}

impl Found {
    pub fn at(&self, at: Option<Timestamp>) -> Option<&Arc<Match>> {
        let Some(at) = at else {
            return self.timeless.as_ref();
        };
        let part = self.parts.iter().rfind(|(from, _)| *from <= at)?;
        part.1.as_ref()
    }

    /// The prices of all times, oldest first, each with the moment it begins.
    pub fn parts(&self) -> &[(Timestamp, Option<Arc<Match>>)] {
        &self.parts
    }
}

/// A way to write the model's name, and what it would mean to find it so.
struct Form {
    name: String,
    rule: Rule,
}

impl Prices {
    /// The tables in the program, and nothing else.
    pub fn embedded() -> Prices {
        Prices::with_ours(Yours::default(), Vec::new())
    }

    /// The tables in the program and more of them.
    pub fn with_ours(yours: Yours, more: Vec<Arc<Table>>) -> Prices {
        Prices {
            has_ours: true,
            ..Prices::new(yours, more)
        }
    }

    pub fn new(yours: Yours, tables: Vec<Arc<Table>>) -> Prices {
        Prices {
            yours,
            given: tables,
            has_ours: false,
            listed: OnceLock::new(),
            known: RwLock::default(),
        }
    }

    fn listed(&self) -> &Listed {
        let ours = || self.has_ours.then(embedded).unwrap_or_default().iter();
        let all = || ours().chain(&self.given).cloned().collect();
        self.listed.get_or_init(|| Listed::of(&self.yours, all()))
    }

    pub fn tables(&self) -> &[Arc<Table>] {
        &self.listed().tables
    }

    pub fn yours(&self) -> &Yours {
        &self.yours
    }

    /// The price of a model at a time; today's where the time is unknown.
    pub fn find(&self, model: &ModelId, at: Option<Timestamp>) -> Option<Arc<Match>> {
        self.lookup(model).at(at).cloned()
    }

    /// The price of a model at all times, remembered.
    pub fn lookup(&self, model: &ModelId) -> Arc<Found> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = known.get(model) {
            return Arc::clone(found);
        }
        drop(known);
        let found = Arc::new(self.resolve_always(model));
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() < REMEMBERED {
            known.insert(model.clone(), Arc::clone(&found));
        }
        found
    }

    fn resolve_always(&self, model: &ModelId) -> Found {
        let shared = |found: Option<Match>| found.map(Arc::new);
        let first = (
            Timestamp::MIN,
            shared(self.resolve(model, Some(Timestamp::MIN))),
        );
        let mut parts = vec![first];
        for day in &self.listed().days {
            let from = start(*day);
            let next = shared(self.resolve(model, Some(from)));
            if parts.last().is_none_or(|(_, last)| *last != next) {
                parts.push((from, next));
            }
        }
        Found {
            parts,
            timeless: shared(self.resolve(model, None)),
        }
    }

    /// The price then, not remembered.
    pub(super) fn resolve(&self, model: &ModelId, at: Option<Timestamp>) -> Option<Match> {
        let name = model.name.trim().to_lowercase();
        let seller = model.provider.as_ref().map(|p| p.trim().to_lowercase());
        let forms = forms(&name, seller.as_deref(), at);
        let found = self
            .in_yours(&forms, seller.as_deref(), at)
            .or_else(|| self.in_tables(&forms, at))
            .or_else(|| self.in_catalogue(&forms, seller.as_deref(), &name, at))
            .or_else(|| Rules::known().is_free(&name).then(|| says_free(&name)))?;
        Some(self.with_rules(found, &name))
    }

    fn in_yours(
        &self,
        forms: &[Form],
        seller: Option<&str>,
        at: Option<Timestamp>,
    ) -> Option<Match> {
        let (form, own) = forms
            .iter()
            .find_map(|form| Some((form, self.yours.find(&form.name, seller, at)?)))?;
        let found = match &own.same_as {
            // One step only: what it is the same as is looked up where everyone else's prices are.
            Some(other) => {
                let forms = self::forms(other, None, at);
                let other = self
                    .in_tables(&forms, at)
                    .or_else(|| self.in_catalogue(&forms, None, other, at))?;
                Match {
                    rule: Rule::Alias,
                    ..other
                }
            }
            None => Match {
                rule: form.rule,
                ..taken(&own.entry, Origin::Yours, None, "your prices file")
            },
        };
        Some(found)
    }

    fn in_tables(&self, forms: &[Form], at: Option<Timestamp>) -> Option<Match> {
        for form in forms {
            for origin in [Origin::Current, Origin::Retired] {
                for table in self.by_age(origin, at) {
                    let mut entries = table.of(&form.name).iter();
                    if let Some(entry) = entries.find(|e| e.price.holds(at)) {
                        return Some(Match {
                            rule: form.rule,
                            ..of_table(table, entry)
                        });
                    }
                }
            }
        }
        None
    }

    /// Tables of an origin, the best for that time first: the oldest that was not yet there, or was taken on that day;
    /// then younger ones, then older ones.
    fn by_age(&self, origin: Origin, at: Option<Timestamp>) -> impl Iterator<Item = &Arc<Table>> {
        let is_over = move |table: &&Arc<Table>| {
            let end = table.date.tomorrow().map(start);
            at.is_none_or(|at| end.is_ok_and(|end| end <= at))
        };
        let of = move || self.tables().iter().filter(move |t| t.origin == origin);
        let to_come = of().filter(move |t| !is_over(t));
        to_come.chain(of().rev().filter(is_over))
    }

    fn in_catalogue(
        &self,
        forms: &[Form],
        seller: Option<&str>,
        name: &str,
        at: Option<Timestamp>,
    ) -> Option<Match> {
        let sellers = [seller, name.split_once('/').map(|(seller, _)| seller)];
        for seller in sellers.into_iter().flatten() {
            let seller = seller.replace('_', "-");
            let sold = forms.iter().find_map(|form| {
                self.by_age(Origin::Catalogue, at).find_map(|table| {
                    let mut entries = table.of(&form.name).iter();
                    let entry = entries.find(|e| *e.provider == *seller && e.price.holds(at))?;
                    Some(of_table(table, entry))
                })
            });
            if let Some(sold) = sold {
                return Some(Match {
                    rule: Rule::SoldBy,
                    ..sold
                });
            }
        }
        forms.iter().find_map(|form| self.by_anyone(&form.name, at))
    }

    /// Without a seller: the maker's price, else what most sellers ask.
    fn by_anyone(&self, name: &str, at: Option<Timestamp>) -> Option<Match> {
        let places = self.listed().sold.get(name)?;
        let lines: Vec<(&Arc<Table>, &Entry)> = places
            .iter()
            .filter_map(|(t, n)| {
                let table = self.tables().get(*t)?;
                Some((table, table.entries().get(*n)?))
            })
            .filter(|(_, entry)| entry.price.holds(at))
            .collect();
        for maker in &Rules::known().makers {
            let mut own = lines.iter().rev().filter(|(_, e)| *e.provider == **maker);
            if let Some((table, entry)) = own.next() {
                return Some(Match {
                    rule: Rule::Maker,
                    ..of_table(table, entry)
                });
            }
        }
        // A name without a version, such as a seller's own for choosing a model, means something else elsewhere.
        if !name.contains(|c: char| c.is_ascii_digit()) {
            return None;
        }
        // That someone gives it away does not make it free.
        let asked = || lines.iter().filter(|(_, entry)| !entry.price.is_free());
        let times = |price: &Price| asked().filter(|(_, e)| e.price == *price).count();
        let best = asked().min_by_key(|(table, e)| {
            let rare = usize::MAX - times(&e.price);
            (rare, &e.provider, std::cmp::Reverse(table.date))
        });
        best.map(|(table, entry)| Match {
            rule: Rule::Anyone,
            ..of_table(table, entry)
        })
    }

    /// Adds what no table says.
    fn with_rules(&self, mut found: Match, name: &str) -> Match {
        let rules = Rules::known();
        let plain = plain(&found.key);
        found.fast = found.price.fast.or_else(|| rules.fast(&plain));
        found.reads_cheaply = rules.reads_cheaply(&plain);
        // A seller's own line for the fast mode has its price already.
        found.is_fast = rules.says_fast(name) && !rules.says_fast(&found.key);
        found
    }
}

fn plain(name: &str) -> String {
    let mut name = name.to_owned();
    while let Some(plainer) = Rules::known().plainer(&name) {
        name = plainer;
    }
    name
}

/// The name as logged, behind its seller, ever plainer, and what each of these stands for.
fn forms(name: &str, seller: Option<&str>, at: Option<Timestamp>) -> Vec<Form> {
    let rules = Rules::known();
    let mut forms: Vec<Form> = Vec::new();
    let mut add = |name: String, rule| {
        if forms.iter().all(|form: &Form| form.name != name) {
            forms.push(Form { name, rule });
        }
    };
    // The seller's own price is nearer than the name alone, which may be someone else's.
    if let Some(seller) = seller {
        add(format!("{seller}/{name}"), Rule::Seller);
        add(format!("{}/{name}", seller.replace('-', "_")), Rule::Seller);
    }
    add(name.to_owned(), Rule::Exact);
    let mut next = Some(name.to_owned());
    while let Some(now) = next {
        next = rules.plainer(&now);
        let mut other = rules.alias(&now, at).map(str::to_owned);
        add(now, Rule::Plainer);
        while let Some(now) = other {
            other = rules.plainer(&now);
            add(now, Rule::Alias);
        }
    }
    forms
}

fn taken(entry: &Entry, origin: Origin, date: Option<Date>, title: &str) -> Match {
    Match {
        key: entry.key.clone(),
        provider: entry.provider.clone(),
        origin,
        date,
        title: title.into(),
        rule: Rule::Exact,
        price: entry.price.clone(),
        fast: None,
        is_fast: false,
        reads_cheaply: false,
    }
}

fn of_table(table: &Table, entry: &Entry) -> Match {
    taken(entry, table.origin, Some(table.date), &table.title)
}

fn says_free(name: &str) -> Match {
    let entry = Entry {
        key: name.into(),
        provider: "".into(),
        price: Price::default(),
    };
    Match {
        rule: Rule::SaysFree,
        ..taken(&entry, Origin::Name, None, "the name itself")
    }
}

/// The tables in the program, read once.
pub fn embedded() -> &'static [Arc<Table>] {
    static TABLES: OnceLock<Vec<Arc<Table>>> = OnceLock::new();
    TABLES.get_or_init(|| {
        let text = include_str!("../../assets/prices/prices.tsv");
        // A test reads it; without it, every model is unpriced.
        let tables = text::read(text).unwrap_or_default();
        tables.into_iter().map(Arc::new).collect()
    })
}

#[cfg(test)]
mod tests;
