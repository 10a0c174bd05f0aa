//! Counts, money, durations and sizes as people write them: `>2M`, `0.5..2`, `$1`, `>2h`, `<20MB`.

use super::fields::FieldKind;
use super::values::{Check, What, Wrong, split_sign, unquoted};
use crate::model::{Row, Stage, Usage};

/// One thing in the unit that numbers are compared in.
pub const ONE: i128 = 1_000_000_000;

/// A number with the smallest step its spelling can tell, both in billionths.
fn amount(kind: FieldKind, text: &str) -> Option<(i128, i128)> {
    let text = match kind {
        FieldKind::Money => text.strip_prefix('$').unwrap_or(text),
        _ => text,
    };
    let at = text
        .trim_end_matches(|c: char| c.is_ascii_alphabetic())
        .len();
    let (digits, unit) = text.split_at_checked(at)?;
    let scale = scale(kind, unit)?;
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let figures = |text: &str, most: usize| {
        text.len() <= most && text.bytes().all(|b| b.is_ascii_digit() || b == b'_')
    };
    let some = digits.bytes().any(|b| b.is_ascii_digit());
    if !some || !figures(whole, 18) || !figures(part, 9) {
        return None;
    }
    let number = |text: &str| match text.replace('_', "").as_str() {
        "" => Some(0),
        text => text.parse::<i128>().ok(),
    };
    let step = ONE / 10i128.checked_pow(u32::try_from(part.len()).ok()?)?;
    let n = (number(whole)? * ONE + number(part)? * step).checked_mul(scale)?;
    let step = match kind {
        FieldKind::Money => ONE / 100,
        _ => step.checked_mul(scale)?.max(ONE),
    };
    Some((n, step))
}

/// How many of one thing a unit stands for: seconds of a duration, bytes of a size, a power of ten elsewhere.
fn scale(kind: FieldKind, unit: &str) -> Option<i128> {
    let units: &[(&str, i128)] = match kind {
        FieldKind::Duration => &[
            ("", 1),
            ("s", 1),
            ("m", 60),
            ("h", 3_600),
            ("d", 86_400),
            ("w", 604_800),
        ],
        FieldKind::Size => &[
            ("", 1),
            ("b", 1),
            ("kb", 1_000),
            ("k", 1_000),
            ("mb", 1_000_000),
            ("m", 1_000_000),
            ("gb", 1_000_000_000),
            ("g", 1_000_000_000),
        ],
        _ => &[
            ("", 1),
            ("k", 1_000),
            ("m", 1_000_000),
            ("g", 1_000_000_000),
            ("t", 1_000_000_000_000),
        ],
    };
    let unit = unit.to_ascii_lowercase();
    units
        .iter()
        .find(|(name, _)| *name == unit)
        .map(|(_, n)| *n)
}

pub fn number(kind: FieldKind, value: &str) -> Result<Check, Wrong> {
    let read = |text: &str| {
        let text = unquoted(text);
        amount(kind, text).ok_or_else(|| match text {
            "" | "$" | "." => Wrong::Incomplete,
            _ => Wrong::Value(format!("`{text}` is no number")),
        })
    };
    let show = |text: &str| {
        let text = unquoted(text);
        match kind {
            FieldKind::Money => format!("${}", text.strip_prefix('$').unwrap_or(text)),
            _ => text.to_owned(),
        }
    };
    let made = |from: Option<i128>, to: Option<i128>, said: String| {
        Ok(Check {
            what: What::Number(from, to),
            said,
        })
    };
    let (sign, rest) = split_sign(value);
    if sign.is_empty()
        && let Some((from, to)) = rest.split_once("..")
    {
        return match (from, to) {
            ("", "") => Err(Wrong::Incomplete),
            ("", to) => made(None, Some(read(to)?.0 + 1), format!("at most {}", show(to))),
            (from, "") => made(
                Some(read(from)?.0),
                None,
                format!("at least {}", show(from)),
            ),
            (from, to) => {
                let (least, most) = (read(from)?.0, read(to)?.0);
                if least > most {
                    return Err(Wrong::Value("the range ends before it starts".into()));
                }
                let said = format!("from {} to {}", show(from), show(to));
                made(Some(least), Some(most + 1), said)
            }
        };
    }
    let (n, step) = read(rest)?;
    let said = show(rest);
    match sign {
        "<" => made(None, Some(n), format!("below {said}")),
        "<=" => made(None, Some(n + 1), format!("at most {said}")),
        ">" => made(Some(n + 1), None, format!("above {said}")),
        ">=" => made(Some(n), None, format!("at least {said}")),
        // Equal is what reads the same: nobody types a sum to the last token.
        _ => made(Some(n - step / 2), Some(n + step / 2), said),
    }
}

/// A count of a session. Before it is read whole, nobody knows how many there are.
pub(super) fn read(row: &Row, count: u32) -> Option<i128> {
    (row.session.stage == Stage::Whole).then(|| i128::from(count) * ONE)
}

/// Tokens of a kind, sub-agents included.
pub(super) fn tokens_of(row: &Row, kind: impl Fn(&Usage) -> u64) -> Option<i128> {
    row.tokens().map(|_| i128::from(kind(&row.all.usage)) * ONE)
}
