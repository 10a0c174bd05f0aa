//! Dates as people write them. An age is compared as an age (`<2d` is younger), a day as a day (`<2026-11-01` is before).

use jiff::civil::{Date, Weekday};
use jiff::{Span as Length, Timestamp, ToSpan as _, Zoned};

use super::Context;
use super::values::{Wrong, split_sign, unquoted};

/// From, up to but not including. Open where absent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Span {
    pub from: Option<Timestamp>,
    pub to: Option<Timestamp>,
}

impl Span {
    pub fn holds(&self, at: Timestamp) -> bool {
        self.from.is_none_or(|from| at >= from) && self.to.is_none_or(|to| at < to)
    }
}

/// Whether lengths of time count back from now or on from it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tense {
    Past,
    Ahead,
}

/// A date somebody wrote, before any comparison.
enum Literal {
    /// So long ago or ahead, and how that is said.
    Age(Timestamp, String),
    /// A day, week, month or year: from, up to but not including, and how it is said.
    Days(Timestamp, Timestamp, String),
}

/// Words that mean days, as they are typed; the `-` may be a space between quotes.
pub const WORDS: &[&str] = &[
    "today",
    "yesterday",
    "this-week",
    "last-week",
    "this-month",
    "last-month",
    "this-year",
    "last-year",
    "tomorrow",
];

const WEEKDAYS: &[(&str, Weekday)] = &[
    ("monday", Weekday::Monday),
    ("tuesday", Weekday::Tuesday),
    ("wednesday", Weekday::Wednesday),
    ("thursday", Weekday::Thursday),
    ("friday", Weekday::Friday),
    ("saturday", Weekday::Saturday),
    ("sunday", Weekday::Sunday),
];

/// Reads one value of a date field: the time it means, and its reading in words.
pub fn read(value: &str, context: &Context, tense: Tense) -> Result<(Span, String), Wrong> {
    let now = context.now.to_zoned(context.zone.clone());
    let (sign, rest) = split_sign(value);
    if sign.is_empty()
        && let Some((from, to)) = rest.split_once("..")
    {
        return range(from, to, &now, tense);
    }
    let literal = literal(rest, &now, tense)?;
    let open = |from: Option<Timestamp>, to: Option<Timestamp>| Span { from, to };
    Ok(match literal {
        // What is due is no further off than what comes next.
        Literal::Age(then, said) if tense == Tense::Ahead => match sign {
            ">" => (
                open(Some(after(then)), None),
                format!("in more than {said}"),
            ),
            ">=" => (open(Some(then), None), format!("in at least {said}")),
            "<" => (open(None, Some(then)), format!("within {said}")),
            _ => (open(None, Some(after(then))), format!("within {said}")),
        },
        Literal::Age(then, said) => match sign {
            ">" => (open(None, Some(then)), format!("more than {said} ago")),
            ">=" => (
                open(None, Some(after(then))),
                format!("at least {said} ago"),
            ),
            "<" => (open(Some(after(then)), None), format!("in the last {said}")),
            _ => (open(Some(then), None), format!("in the last {said}")),
        },
        Literal::Days(from, to, said) => match sign {
            "<" => (open(None, Some(from)), format!("before {said}")),
            "<=" => (open(None, Some(to)), format!("up to {said}")),
            ">" => (open(Some(to), None), format!("after {said}")),
            ">=" => (open(Some(from), None), format!("from {said} on")),
            _ => (open(Some(from), Some(to)), placed(&said)),
        },
    })
}

fn range(from: &str, to: &str, now: &Zoned, tense: Tense) -> Result<(Span, String), Wrong> {
    if from.is_empty() && to.is_empty() {
        return Err(Wrong::Incomplete);
    }
    let end = |text: &str| match text {
        "" => Ok(None),
        text => literal(text, now, tense).map(Some),
    };
    let (mut from, mut to) = (end(from)?, end(to)?);
    // Of two ages the longer one is the earlier time, in whichever order they are written.
    if let (Some(Literal::Age(a, _)), Some(Literal::Age(b, _))) = (&from, &to)
        && a > b
    {
        std::mem::swap(&mut from, &mut to);
    }
    let placed = |said: String| match tense {
        Tense::Past => format!("{said} ago"),
        Tense::Ahead => format!("{said} ahead"),
    };
    let (start, start_said) = match from {
        None => (None, None),
        Some(Literal::Age(then, said)) => (Some(then), Some(placed(said))),
        Some(Literal::Days(from, _, said)) => (Some(from), Some(said)),
    };
    let (stop, stop_said) = match to {
        None => (None, None),
        Some(Literal::Age(then, said)) => (Some(after(then)), Some(placed(said))),
        Some(Literal::Days(_, to, said)) => (Some(to), Some(said)),
    };
    if start.is_some() && stop.is_some() && start >= stop {
        return Err(Wrong::Value("the range ends before it starts".into()));
    }
    let said = match (start_said, stop_said) {
        (Some(a), Some(b)) => format!("from {a} to {b}"),
        (Some(a), None) => format!("from {a} on"),
        (None, Some(b)) => format!("until {b}"),
        (None, None) => String::new(),
    };
    let span = Span {
        from: start,
        to: stop,
    };
    Ok((span, said))
}

/// The next instant, to include one that a span would leave out.
fn after(at: Timestamp) -> Timestamp {
    at.checked_add(1.nanosecond()).unwrap_or(at)
}

/// `on 2026-11-01`, `in 2026-11`, `this week`.
fn placed(said: &str) -> String {
    match said.as_bytes() {
        [b'0'..=b'9', ..] if said.len() < 10 => format!("in {said}"),
        [b'0'..=b'9' | b'A'..=b'Z', ..] => format!("on {said}"),
        _ => said.to_owned(),
    }
}

fn literal(text: &str, now: &Zoned, tense: Tense) -> Result<Literal, Wrong> {
    // Plain words between quotes and the same words joined by `-` are one language.
    let words = unquoted(text).to_lowercase();
    let words = words.split_whitespace().collect::<Vec<_>>().join("-");
    if words.is_empty() {
        return Err(Wrong::Incomplete);
    }
    if let Some((length, said)) = age(&words) {
        let then = length.and_then(|length| match tense {
            Tense::Past => now.checked_sub(length).ok(),
            Tense::Ahead => now.checked_add(length).ok(),
        });
        return match (then, tense) {
            (Some(then), _) => Ok(Literal::Age(then.timestamp(), said)),
            (None, Tense::Past) => Err(Wrong::Value(format!("`{words}` is too long ago"))),
            (None, Tense::Ahead) => Err(Wrong::Value(format!("`{words}` is too far ahead"))),
        };
    }
    if let Some((from, to, said)) = days(&words, now.date()) {
        let start = |date: Date| date.to_zoned(now.time_zone().clone()).ok();
        if let (Some(from), Some(to)) = (start(from), start(to)) {
            return Ok(Literal::Days(from.timestamp(), to.timestamp(), said));
        }
    } else if is_unfinished(&words) {
        return Err(Wrong::Incomplete);
    }
    Err(Wrong::Value(format!(
        "`{words}` is no date, try 2d, today, 2026-11 or >=2026-11-01"
    )))
}

/// `7d`, `3-hours-ago`, `a-week`: a length of time and how it is said. The length is absent when it is out of reach.
fn age(words: &str) -> Option<(Option<Length>, String)> {
    let words = words.strip_suffix("-ago").unwrap_or(words);
    let (number, unit) = match words.strip_prefix("an-").or(words.strip_prefix("a-")) {
        Some(unit) => ("1", unit),
        None => words.split_at_checked(words.bytes().take_while(u8::is_ascii_digit).count())?,
    };
    if number.is_empty() {
        return None;
    }
    let n = number.parse::<i64>().ok().filter(|n| *n <= 1_000_000);
    let length = |make: fn(Length, i64) -> Result<Length, jiff::Error>| {
        n.and_then(|n| make(Length::new(), n).ok())
    };
    let (length, name) = match unit.strip_prefix('-').unwrap_or(unit) {
        "m" | "min" | "mins" | "minute" | "minutes" => (length(|s, n| s.try_minutes(n)), "minute"),
        "h" | "hour" | "hours" => (length(|s, n| s.try_hours(n)), "hour"),
        "d" | "day" | "days" => (length(|s, n| s.try_days(n)), "day"),
        "w" | "week" | "weeks" => (length(|s, n| s.try_weeks(n)), "week"),
        "mo" | "month" | "months" => (length(|s, n| s.try_months(n)), "month"),
        "y" | "year" | "years" => (length(|s, n| s.try_years(n)), "year"),
        _ => return None,
    };
    let many = if n == Some(1) { "" } else { "s" };
    Some((length, format!("{} {name}{many}", n.unwrap_or(0))))
}

/// First day, the day after the last, and how it is said.
fn days(words: &str, today: Date) -> Option<(Date, Date, String)> {
    // `last-week` is said with a space; numbers are said as typed.
    let said = match words.as_bytes().first() {
        Some(b'0'..=b'9') => words.to_owned(),
        _ => words.replace('-', " "),
    };
    let one = |day: Date, said: String| Some((day, day.tomorrow().ok()?, said));
    let monday = |day: Date| {
        let past = i64::from(day.weekday().to_monday_zero_offset());
        day.checked_sub(past.days()).ok()
    };
    let month = |day: Date| {
        let first = day.first_of_month();
        Some((first, first.checked_add(1.month()).ok()?))
    };
    let year = |day: Date| {
        let first = day.first_of_year();
        Some((first, first.checked_add(1.year()).ok()?))
    };
    let with = |(from, to): (Date, Date)| Some((from, to, said.clone()));
    match words {
        "today" => return one(today, said),
        "tomorrow" => return one(today.tomorrow().ok()?, said),
        "yesterday" => return one(today.yesterday().ok()?, said),
        "this-week" => return with((monday(today)?, monday(today)?.checked_add(7.days()).ok()?)),
        "last-week" => return with((monday(today)?.checked_sub(7.days()).ok()?, monday(today)?)),
        "this-month" => return with(month(today)?),
        "last-month" => return with(month(today.first_of_month().yesterday().ok()?)?),
        "this-year" => return with(year(today)?),
        "last-year" => return with(year(today.first_of_year().yesterday().ok()?)?),
        _ => {}
    }
    let (last, name) = match words.strip_prefix("last-") {
        Some(name) => (true, name),
        None => (false, words),
    };
    let weekday = WEEKDAYS
        .iter()
        .find(|(full, _)| *full == name || full.get(..3) == Some(name));
    if let Some((full, weekday)) = weekday {
        let back = i64::from(today.weekday().since(*weekday));
        let back = if last && back == 0 { 7 } else { back };
        let mut named = full.to_string();
        if let Some(first) = named.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        let named = if last { format!("last {named}") } else { named };
        return one(today.checked_sub(back.days()).ok()?, named);
    }
    let part = |at: std::ops::Range<usize>| words.get(at)?.parse::<i16>().ok();
    let small = |at: std::ops::Range<usize>| i8::try_from(part(at)?).ok();
    let date =
        |year: Option<i16>, month: Option<i8>, day: Option<i8>| Date::new(year?, month?, day?).ok();
    match shape(words).as_str() {
        "dddd" => with(year(date(part(0..4), Some(1), Some(1))?)?),
        "dddd-dd" => with(month(date(part(0..4), small(5..7), Some(1))?)?),
        "dddddddd" => {
            let day = date(part(0..4), small(4..6), small(6..8))?;
            one(day, day.to_string())
        }
        "dddd-dd-dd" => one(
            date(part(0..4), small(5..7), small(8..10))?,
            words.to_owned(),
        ),
        _ => None,
    }
}

/// The text with `d` for each digit, to tell dates by their form.
fn shape(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_ascii_digit() { 'd' } else { c })
        .collect()
}

/// Whether the next keys may still make a date of it.
fn is_unfinished(words: &str) -> bool {
    let shape = shape(words.strip_suffix('.').unwrap_or(words));
    let number = shape.len() < 8 && shape.bytes().all(|b| b == b'd');
    let day = shape.len() < 10 && shape.len() != 7 && "dddd-dd-dd".starts_with(&shape);
    let weekday = words.strip_prefix("last-").unwrap_or(words);
    number
        || day
        || words.ends_with('.') && matches!(shape.len(), 7 | 8 | 10)
        || WORDS.iter().any(|word| word.starts_with(words))
        || WEEKDAYS.iter().any(|(name, _)| name.starts_with(weekday))
}
