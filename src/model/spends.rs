//! The spends of a session as they are held for as long as the program runs: there are hundreds of thousands of them, and
//! most have small numbers.

use std::fmt;
use std::num::NonZeroU64;
use std::sync::Arc;

use jiff::Timestamp;

use super::{Mark, ModelId, Rate, Same, Spend, Usage, Usd};

/// All spends of a session, in the order of its log. Cheap to clone.
#[derive(Clone, PartialEq, Default)]
pub struct Spends(Arc<[Held]>);

impl Spends {
    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn get(&self, at: usize) -> Option<Spend> {
        self.0.get(at).map(Held::spend)
    }

    pub fn iter(&self) -> impl ExactSizeIterator<Item = Spend> {
        self.0.iter().map(Held::spend)
    }

    /// What each of them calls its response, without the rest.
    pub fn replies(&self) -> impl ExactSizeIterator<Item = Option<u64>> {
        self.0.iter().map(|held| match held {
            Held::Small(small) => small.mark.map(|_| small.reply),
            Held::Whole(spend) => spend.same.map(|same| same.reply),
        })
    }

    /// How many at the start are the same in both.
    pub fn shared(&self, other: &Spends) -> usize {
        let pairs = self.0.iter().zip(other.0.iter());
        pairs.take_while(|(a, b)| a == b).count()
    }
}

impl FromIterator<Spend> for Spends {
    fn from_iter<I: IntoIterator<Item = Spend>>(spends: I) -> Spends {
        Spends(spends.into_iter().map(Held::of).collect())
    }
}

impl fmt::Debug for Spends {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// One of them. The same spend is always held in the same way, so that they can be compared as they are.
#[derive(Clone, PartialEq)]
enum Held {
    Small(Small),
    /// With a number that fits nowhere in [`Small`].
    Whole(Box<Spend>),
}

#[derive(Clone, PartialEq)]
struct Small {
    key: u64,
    /// Of [`Same`], where there is a mark.
    reply: u64,
    variant: Option<NonZeroU64>,
    /// The second, and its billionths. What is absent is [`NONE`].
    at: i64,
    nano: i32,
    /// In billionths of a dollar. What is absent is [`NONE`].
    logged: i64,
    usage: [u32; 6],
    model: Option<ModelId>,
    rate: Rate,
    mark: Option<Mark>,
}

const NONE: i64 = i64::MIN;

impl Held {
    fn of(spend: Spend) -> Held {
        match Small::of(&spend) {
            Some(small) => Held::Small(small),
            None => Held::Whole(Box::new(spend)),
        }
    }

    #[inline]
    fn spend(&self) -> Spend {
        match self {
            Held::Small(small) => small.spend(),
            Held::Whole(spend) => (**spend).clone(),
        }
    }
}

impl Small {
    fn of(spend: &Spend) -> Option<Small> {
        let variant = match spend.same.and_then(|same| same.variant) {
            Some(variant) => Some(NonZeroU64::new(variant)?),
            None => None,
        };
        let logged = match spend.logged.map(Usd::nanos) {
            Some(NONE) => return None,
            logged => logged.unwrap_or(NONE),
        };
        let usage = &spend.usage;
        let usage = [
            usage.input,
            usage.cache_read,
            usage.cache_write,
            usage.cache_write_1h,
            usage.output,
            usage.reasoning,
        ];
        let mut small = [0; 6];
        for (small, tokens) in small.iter_mut().zip(usage) {
            *small = u32::try_from(tokens).ok()?;
        }
        Some(Small {
            key: spend.key,
            reply: spend.same.map_or(0, |same| same.reply),
            variant,
            at: spend.at.map_or(NONE, Timestamp::as_second),
            nano: spend.at.map_or(0, Timestamp::subsec_nanosecond),
            logged,
            usage: small,
            model: spend.model.clone(),
            rate: spend.rate,
            mark: spend.same.map(|same| same.mark),
        })
    }

    #[inline]
    fn spend(&self) -> Spend {
        let [
            input,
            cache_read,
            cache_write,
            cache_write_1h,
            output,
            reasoning,
        ] = self.usage.map(u64::from);
        let there = |number: i64| (number != NONE).then_some(number);
        Spend {
            key: self.key,
            at: there(self.at).and_then(|at| Timestamp::new(at, self.nano).ok()),
            model: self.model.clone(),
            rate: self.rate,
            usage: Usage {
                input,
                cache_read,
                cache_write,
                cache_write_1h,
                output,
                reasoning,
            },
            logged: there(self.logged).map(Usd::from_nanos),
            same: self.mark.map(|mark| Same {
                reply: self.reply,
                variant: self.variant.map(NonZeroU64::get),
                mark,
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::option;
    use proptest::prelude::*;

    /// Numbers of all sizes, the strangest ones among them.
    fn number() -> impl Strategy<Value = u64> {
        prop_oneof![
            Just(0),
            Just(u64::MAX),
            Just(1 << 32),
            any::<u32>().prop_map(u64::from),
            any::<u64>()
        ]
    }

    fn money() -> impl Strategy<Value = i64> {
        prop_oneof![Just(NONE), Just(0), any::<i64>()]
    }

    fn time() -> impl Strategy<Value = Timestamp> {
        let seconds = prop_oneof![
            Just(Timestamp::MIN.as_second()),
            Just(Timestamp::MAX.as_second()),
            Just(i64::MIN / 1_000_000_000),
            0i64..4_000_000_000,
        ];
        (seconds, 0..1_000_000_000i32).prop_filter_map("a time", |(s, n)| Timestamp::new(s, n).ok())
    }

    fn same() -> impl Strategy<Value = Same> {
        let mark = prop_oneof![Just(Mark::Own), Just(Mark::Copied), Just(Mark::Side)];
        (number(), option::of(number()), mark).prop_map(|(reply, variant, mark)| Same {
            reply,
            variant,
            mark,
        })
    }

    fn spend() -> impl Strategy<Value = Spend> {
        let rate = prop_oneof![Just(Rate::Standard), Just(Rate::Batch)];
        let model = prop_oneof![Just(None), Just(Some(ModelId::new(None, "a model")))];
        let rest = (
            number(),
            option::of(time()),
            model,
            rate,
            option::of(money()),
            option::of(same()),
        );
        (
            rest,
            any::<[bool; 6]>(),
            proptest::array::uniform6(number()),
        )
            .prop_map(|((key, at, model, rate, logged, same), large, numbers)| {
                let mut numbers = numbers
                    .into_iter()
                    .zip(large)
                    .map(|(n, large)| if large { n } else { n % 1000 });
                let mut next = || numbers.next().unwrap();
                Spend {
                    key,
                    at,
                    model,
                    rate,
                    usage: Usage {
                        input: next(),
                        cache_read: next(),
                        cache_write: next(),
                        cache_write_1h: next(),
                        output: next(),
                        reasoning: next(),
                    },
                    logged: logged.map(Usd::from_nanos),
                    same,
                }
            })
    }

    proptest! {
        #[test]
        fn what_is_held_is_what_was_said(all in proptest::collection::vec(spend(), 0..6)) {
            let held: Spends = all.iter().cloned().collect();
            prop_assert_eq!(held.len(), all.len());
            prop_assert_eq!(held.iter().collect::<Vec<_>>(), all.clone());
            prop_assert_eq!(held.get(0), all.first().cloned());
            let replies = all.iter().map(|spend| spend.same.map(|same| same.reply));
            prop_assert!(held.replies().eq(replies));
            prop_assert_eq!(held.shared(&all.iter().cloned().collect()), all.len());
        }
    }

    #[test]
    fn most_are_small() {
        assert!(size_of::<Held>() <= 80, "{}", size_of::<Held>());
    }
}
