//! Dates as people write them. An age is compared as an age (`<2d` is younger), a day as a day (`<2026-11-01` is before).

use jiff::civil::{Date, Weekday};
use jiff::{Span as Length, Timestamp, ToSpan as _, Zoned};

use super::Context;

/// From, up to but not including. Open where absent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Span {
    from: Option<Timestamp>,
    to: Option<Timestamp>,
}

impl Span {
    pub fn holds(&self, at: Timestamp) -> bool {
        self.from.is_none_or(|from| at >= from) && self.to.is_none_or(|to| at < to)
    }
}

/// What became of a text.
pub enum Reading {
    Span(Span),
    Incomplete,
    Wrong,
}

pub fn parse(value: &str, context: &Context) -> Reading {
    let text = value.replace('"', "").trim().to_lowercase();
    let now = context.now.to_zoned(context.zone.clone());
    match read(&text, &now) {
        Some(span) => Reading::Span(span),
        None if is_unfinished(&text) => Reading::Incomplete,
        None => Reading::Wrong,
    }
}

fn read(text: &str, now: &Zoned) -> Option<Span> {
    if let Some((from, to)) = text.split_once("..") {
        let end = |text: &str| {
            if text.is_empty() {
                Some(None)
            } else {
                calendar(text, now).map(Some)
            }
        };
        let (from, to) = (end(from)?, end(to)?);
        (from.is_some() || to.is_some()).then_some(())?;
        return Some(Span {
            from: from.and_then(|s| s.from),
            to: to.and_then(|s| s.to),
        });
    }
    let (sign, rest) = ["<=", ">=", "<", ">", "="]
        .iter()
        .find_map(|sign| Some((*sign, text.strip_prefix(sign)?)))
        .unwrap_or(("", text));
    if let Some(then) = age(rest, now) {
        let then = Some(then);
        return Some(match sign {
            ">" | ">=" => Span {
                from: None,
                to: then,
            },
            _ => Span {
                from: then,
                to: None,
            },
        });
    }
    let day = calendar(rest, now)?;
    Some(match sign {
        "<" => Span {
            from: None,
            to: day.from,
        },
        "<=" => Span {
            from: None,
            to: day.to,
        },
        ">" => Span {
            from: day.to,
            to: None,
        },
        ">=" => Span {
            from: day.from,
            to: None,
        },
        _ => day,
    })
}

/// `7d`, `3 hours ago`: a time that long before now.
fn age(text: &str, now: &Zoned) -> Option<Timestamp> {
    let text = text.strip_suffix("ago").unwrap_or(text).trim();
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let n: i64 = number.parse().ok().filter(|n| *n <= 100_000)?;
    let span = match unit.trim() {
        "m" | "min" | "minute" | "minutes" => Length::new().try_minutes(n),
        "h" | "hour" | "hours" => Length::new().try_hours(n),
        "d" | "day" | "days" => Length::new().try_days(n),
        "w" | "week" | "weeks" => Length::new().try_weeks(n),
        "mo" | "month" | "months" => Length::new().try_months(n),
        "y" | "year" | "years" => {
            Length::new().try_years(i16::try_from(n).ok().filter(|n| *n < 9999)?)
        }
        _ => return None,
    };
    now.checked_sub(span.ok()?).ok().map(|z| z.timestamp())
}

/// A day, a week, a month or a year, in the zone of `now`.
fn calendar(text: &str, now: &Zoned) -> Option<Span> {
    let today = now.date();
    let days = |from: Date, to: Date| {
        let start = |d: Date| {
            d.to_zoned(now.time_zone().clone())
                .ok()
                .map(|z| z.timestamp())
        };
        Some(Span {
            from: Some(start(from)?),
            to: Some(start(to)?),
        })
    };
    let day = |d: Date| days(d, d.tomorrow().ok()?);
    let week = |back: i64| {
        let monday = today
            .checked_sub(i64::from(today.weekday().to_monday_zero_offset()).days())
            .ok()?;
        let from = monday.checked_sub(back.weeks()).ok()?;
        days(from, from.checked_add(1.weeks()).ok()?)
    };
    let months = |first: Date, n: i64| days(first, first.checked_add(n.months()).ok()?);
    let text = text.replace(' ', "-");
    match text.as_str() {
        "today" => return day(today),
        "yesterday" => return day(today.yesterday().ok()?),
        "this-week" => return week(0),
        "last-week" => return week(1),
        "this-month" => return months(today.first_of_month(), 1),
        "last-month" => return months(today.first_of_month().checked_sub(1.months()).ok()?, 1),
        "this-year" => return months(today.first_of_year(), 12),
        "last-year" => return months(today.first_of_year().checked_sub(1.years()).ok()?, 12),
        _ => {}
    }
    if let Some(weekday) = weekday(text.strip_prefix("last-").unwrap_or(&text)) {
        let ago = (today.weekday().to_monday_zero_offset() - weekday.to_monday_zero_offset())
            .rem_euclid(7);
        // A weekday that is today means a week ago when it says so.
        let ago = if ago == 0 && text.starts_with("last-") {
            7
        } else {
            ago
        };
        return day(today.checked_sub(i64::from(ago).days()).ok()?);
    }
    let digits: String = text.chars().filter(|c| *c != '-').collect();
    let plain = digits.bytes().all(|b| b.is_ascii_digit());
    let shape: Vec<usize> = text.split('-').map(str::len).collect();
    let known = matches!(shape.as_slice(), [8 | 4] | [4, 2] | [4, 2, 2]);
    if !plain || !known {
        return None;
    }
    let part = |from: usize, to: usize| digits.get(from..to)?.parse::<i16>().ok();
    let (year, month, date) = (part(0, 4)?, part(4, 6), part(6, 8));
    let small = |n: i16| i8::try_from(n).ok();
    match (month, date) {
        (Some(m), Some(d)) => day(Date::new(year, small(m)?, small(d)?).ok()?),
        (Some(m), None) => months(Date::new(year, small(m)?, 1).ok()?, 1),
        _ => months(Date::new(year, 1, 1).ok()?, 12),
    }
}

fn weekday(text: &str) -> Option<Weekday> {
    let names = [
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
    ];
    let at = names.iter().position(|name| *name == text)?;
    Weekday::from_monday_zero_offset(i8::try_from(at).ok()?).ok()
}

/// Whether more keys could make it a date.
fn is_unfinished(text: &str) -> bool {
    let rest = text.trim_start_matches(['<', '>', '=']);
    let words = [
        "today",
        "yesterday",
        "this-week",
        "this-month",
        "this-year",
        "last-week",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
    ];
    rest.is_empty()
        || rest.bytes().all(|b| b.is_ascii_digit() || b == b'-') && rest.len() < 10
        || words.iter().any(|w| w.starts_with(rest))
}
