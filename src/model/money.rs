//! Money as integers, and sums that do not forget what they do not know.

use std::fmt;

use crate::pack::packs;
use crate::text::Locale;

/// US dollars in billionths.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Debug)]
pub struct Usd(i64);

impl Usd {
    pub const ZERO: Usd = Usd(0);

    pub fn from_nanos(nanos: i64) -> Usd {
        Usd(nanos)
    }

    /// A logged number of dollars; absent when it is negative, not finite or too large to be money.
    pub fn from_dollars(dollars: f64) -> Option<Usd> {
        let nanos = (dollars * 1e9).round();
        // The cast is exact enough: below 9e18 an f64 is within the range of i64.
        (dollars.is_finite() && (0.0..9e18).contains(&nanos)).then_some(Usd(nanos as i64))
    }

    pub fn nanos(self) -> i64 {
        self.0
    }

    pub fn dollars(self) -> f64 {
        self.0 as f64 / 1e9
    }

    /// `$1,234.56`, rounded half up to cents.
    pub fn cents(self) -> String {
        self.cents_in(&Locale::default())
    }

    /// As a language writes it.
    pub fn cents_in(self, locale: &Locale) -> String {
        let cents = (self.0.unsigned_abs() + 5_000_000) / 10_000_000;
        format!("${}", locale.cents(cents))
    }

    /// As in tables: cents below $1000, whole dollars above.
    pub fn short_in(self, locale: &Locale) -> String {
        if self.0 < 999_995_000_000 {
            self.cents_in(locale)
        } else {
            format!("${}", (self.0.unsigned_abs() + 500_000_000) / 1_000_000_000)
        }
    }

    /// More than nothing, but so little that in cents it would be nothing.
    fn is_below_a_cent(self) -> bool {
        (1..5_000_000).contains(&self.0)
    }
}

impl std::ops::Add for Usd {
    type Output = Usd;

    fn add(self, other: Usd) -> Usd {
        Usd(self.0.saturating_add(other.0))
    }
}

/// How far a sum of money can be trusted.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Basis {
    /// The agent logged it.
    Reported,
    /// Made from tokens and a price table.
    Estimated,
    /// Some of it is unknown: the true sum is at least this.
    Partial,
    /// Nothing of it is known.
    Unknown,
}

impl Basis {
    /// What stands before a cost of it.
    pub const fn mark(self) -> &'static str {
        match self {
            Basis::Estimated => "~",
            Basis::Partial => ">=",
            Basis::Reported | Basis::Unknown => "",
        }
    }

    pub fn word(self) -> &'static str {
        match self {
            Basis::Reported => "reported",
            Basis::Estimated => "estimated",
            Basis::Partial => "partial",
            Basis::Unknown => "unknown",
        }
    }
}

/// A sum of money and how far it can be trusted. Of no spend at all nothing is known.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Cost {
    pub usd: Usd,
    pub basis: Basis,
}

impl Cost {
    pub const ZERO: Cost = Cost {
        usd: Usd::ZERO,
        basis: Basis::Reported,
    };
    /// Something more, nobody knows how much.
    pub const LEAST: Cost = Cost {
        usd: Usd::ZERO,
        basis: Basis::Partial,
    };
    pub const UNKNOWN: Cost = Cost {
        usd: Usd::ZERO,
        basis: Basis::Unknown,
    };

    pub fn reported(usd: Usd) -> Cost {
        Cost {
            usd,
            basis: Basis::Reported,
        }
    }

    pub fn estimated(usd: Usd) -> Cost {
        Cost {
            usd,
            basis: Basis::Estimated,
        }
    }

    /// The known amount; absent when nothing is known.
    pub fn known(self) -> Option<Usd> {
        (self.basis != Basis::Unknown).then_some(self.usd)
    }
}

impl Cost {
    /// With its mark, in cents, as a language writes it.
    pub fn written(self, locale: &Locale) -> String {
        self.marked(locale, Usd::cents_in)
    }

    /// As in tables: with its mark, cents below $1000, whole dollars above.
    pub fn short_in(self, locale: &Locale) -> String {
        self.marked(locale, Usd::short_in)
    }

    fn marked(self, locale: &Locale, write: fn(Usd, &Locale) -> String) -> String {
        let mark = self.basis.mark();
        match self.known() {
            // Of a sum that is at least so much it would say the opposite.
            Some(usd) if usd.is_below_a_cent() && self.basis != Basis::Partial => {
                format!("{mark}<${}", locale.cents(1))
            }
            Some(usd) => format!("{mark}{}", write(usd, locale)),
            None => "-".into(),
        }
    }
}

impl Default for Cost {
    fn default() -> Cost {
        Cost::ZERO
    }
}

/// `$1.20`, `~$1.20`, `>=$1.20` or `-`.
impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.short_in(&Locale::default()))
    }
}

/// Collects costs one by one; the order does not matter.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct CostSum {
    usd: Usd,
    known: u64,
    estimated: u64,
    partial: u64,
    unknown: u64,
}

packs!(CostSum {
    usd,
    known,
    estimated,
    partial,
    unknown
});

impl CostSum {
    pub fn of(cost: Cost) -> CostSum {
        let mut sum = CostSum::default();
        sum.add(cost);
        sum
    }

    /// Costs that the agents themselves logged.
    pub fn reported(&self) -> u64 {
        self.known
    }

    /// Costs made from tokens and prices.
    pub fn estimated(&self) -> u64 {
        self.estimated
    }

    /// Costs of which nothing is known.
    pub fn unknown(&self) -> u64 {
        self.unknown
    }

    pub fn add(&mut self, cost: Cost) {
        self.usd = self.usd + cost.usd;
        match cost.basis {
            Basis::Reported => self.known += 1,
            Basis::Estimated => self.estimated += 1,
            Basis::Partial => self.partial += 1,
            Basis::Unknown => self.unknown += 1,
        }
    }

    pub fn merge(&mut self, other: &CostSum) {
        self.usd = self.usd + other.usd;
        self.known += other.known;
        self.estimated += other.estimated;
        self.partial += other.partial;
        self.unknown += other.unknown;
    }

    pub fn cost(&self) -> Cost {
        let nothing = self.known + self.estimated + self.partial == 0;
        // At least nothing is no figure.
        let at_least_nothing = self.unknown + self.partial > 0 && self.usd == Usd::ZERO;
        let basis = if nothing || at_least_nothing {
            Basis::Unknown
        } else if self.unknown + self.partial > 0 {
            Basis::Partial
        } else if self.estimated > 0 {
            Basis::Estimated
        } else {
            Basis::Reported
        };
        Cost {
            usd: self.usd,
            basis,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn prints() {
        assert_eq!(
            Cost::reported(Usd::from_nanos(6_710_000_000)).to_string(),
            "$6.71"
        );
        assert_eq!(
            Cost::reported(Usd::from_nanos(1_234_560_000_000)).to_string(),
            "$1235"
        );
        assert_eq!(Usd::from_nanos(1_234_560_000_000).cents(), "$1,234.56");
        assert_eq!(Cost::UNKNOWN.to_string(), "-");
        let usual = &Locale::default();
        assert_eq!(Usd::from_nanos(999_994_999_999).short_in(usual), "$999.99");
        let little = Usd::from_nanos(4_999_999);
        assert_eq!(Cost::reported(little).to_string(), "<$0.01");
        assert_eq!(Cost::reported(Usd::from_nanos(0)).to_string(), "$0.00");
        let german = Locale::named("de-DE").unwrap();
        assert_eq!(Cost::estimated(little).written(&german), "~<$0,01");
        let some = Cost::estimated(Usd::from_nanos(1_500_000_000));
        assert_eq!(some.short_in(&german), "~$1,50");
    }

    #[test]
    fn odd_dollars_are_absent() {
        for odd in [f64::NAN, f64::INFINITY, -1.0, 1e300] {
            assert_eq!(Usd::from_dollars(odd), None);
        }
        assert_eq!(Usd::from_dollars(0.03825).map(Usd::nanos), Some(38_250_000));
    }

    proptest! {
        #[test]
        fn sums_commute(costs in proptest::collection::vec((0i64..1 << 40, 0usize..4), 0..20)) {
            let cost = |(n, b): &(i64, usize)| {
                let basis = [Basis::Reported, Basis::Estimated, Basis::Partial, Basis::Unknown][*b];
                Cost { usd: Usd(if basis == Basis::Unknown { 0 } else { *n }), basis }
            };
            let mut forward = CostSum::default();
            let mut backward = CostSum::default();
            costs.iter().for_each(|c| forward.add(cost(c)));
            costs.iter().rev().for_each(|c| backward.add(cost(c)));
            prop_assert_eq!(forward.cost(), backward.cost());
        }
    }
}
