//! What tokens cost: tables of public prices, your own, and how a model is found in them.
//!
//! Everything works offline: the tables are in the program, with the day they were taken. A younger copy is fetched only
//! when asked for. Money is integer all the way; a response is rounded once.

pub mod accounting;
pub mod compile;
pub mod cost;
pub mod fetch;
mod listed;
pub mod lookup;
pub mod prune;
pub mod rules;
pub mod store;
pub mod table;
pub mod text;
pub mod yours;

pub use accounting::{Accounting, Mode};
pub use cost::{Bill, Line, Terms, Token};
pub use lookup::{Found, Match, Prices, Rule};
pub use table::{Entry, Factor, Origin, PerMillion, Price, Rates, Table, Tariff, Tier};
pub use yours::Yours;
