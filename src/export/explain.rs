//! A cost taken apart, in plain lines: the same on the screen and in the shell.

use std::sync::Arc;

use crate::index::{Explained, ModelPart, Part};
use crate::model::{Basis, Cost, CostSum, Kind, Message, QuoteLine, Tariff, Usd};
use crate::text::{Clean, Locale};

/// A line and how far it is set in.
#[derive(Clone, PartialEq, Debug)]
pub struct Line {
    pub depth: usize,
    pub text: Clean,
}

/// What the session's figures are made of, itself first.
pub fn lines(explained: &Explained, prices: &str, locale: &Locale) -> Vec<Line> {
    let mut out = Vec::new();
    let mut say = |depth: usize, text: String| {
        out.push(Line {
            depth,
            text: Clean::line(&text),
        });
    };
    let Some(first) = explained.parts.first() else {
        return out;
    };
    let all = &first.row.all;
    say(
        0,
        format!(
            "Cost {}: {}",
            first.row.cost().written(locale),
            basis(first.row.cost().basis)
        ),
    );
    say(
        0,
        format!(
            "Tokens {}: {} {}",
            locale.count(all.usage.total()),
            locale.count(all.responses),
            if all.responses == 1 {
                "response"
            } else {
                "responses"
            }
        ),
    );
    if !prices.is_empty() {
        say(0, format!("Prices: {prices}"));
    }
    if explained
        .parts
        .iter()
        .any(|part| part.row.session.flags.uncounted)
    {
        say(0, "The logs leave out the tokens of some responses".into());
    }
    for (at, part) in explained.parts.iter().enumerate() {
        say(0, String::new());
        say(0, heading(at, part, locale));
        say(1, counting(part, locale));
        for model in &part.models {
            say(1, model_line(model, locale));
            for text in model_details(model, locale) {
                say(2, text);
            }
        }
    }
    out
}

/// What one turn spent, by kind and price. Nothing where its log tells no tokens.
pub fn turn(messages: &[Arc<Message>], tariff: &dyn Tariff, locale: &Locale) -> Vec<Line> {
    let mut out = Vec::new();
    let mut say = |depth: usize, text: String| {
        out.push(Line {
            depth,
            text: Clean::line(&text),
        });
    };
    let mut sum = CostSum::default();
    let costs = messages.iter().filter_map(|m| m.cost);
    costs.for_each(|cost| sum.add(cost));
    let counted: Vec<&Arc<Message>> = messages.iter().filter(|m| m.usage.is_some()).collect();
    let Some(first) = counted.first() else {
        return out;
    };
    let last = counted.last().unwrap_or(first);
    let numbers = match (first.number, last.number) {
        (a, b) if a == b => format!("message {a}"),
        (a, b) => format!("messages {a} to {b}"),
    };
    say(
        0,
        format!("This turn, {numbers}: {}", sum.cost().written(locale)),
    );
    for message in counted {
        let Some(bill) = message.bill(None) else {
            continue;
        };
        let name = message.model.as_ref().map_or("unknown model", |m| &m.name);
        let cost = message.cost.unwrap_or(Cost::UNKNOWN);
        say(
            1,
            format!("{}: {name}, {}", message.number, cost.written(locale)),
        );
        let u = &bill.usage;
        let logged = cost.basis == Basis::Reported && bill.logged.is_some();
        match tariff.quote(&bill).filter(|_| !logged) {
            Some(quote) => {
                for line in quote.lines.iter().filter(|line| line.tokens > 0) {
                    say(2, priced(line, locale));
                }
                say(2, format!("price: {}", quote.from));
            }
            None => {
                let kinds = [
                    ("input", u.input),
                    ("cache write", u.cache_write),
                    ("cache read", u.cache_read),
                    ("output", u.output),
                ];
                let kinds = kinds.iter().filter(|(_, n)| *n > 0);
                let kinds = kinds.map(|(kind, n)| format!("{kind} {}", locale.count(*n)));
                let why = if logged {
                    "logged by the agent"
                } else {
                    "no price"
                };
                say(
                    2,
                    format!("{}; {why}", kinds.collect::<Vec<_>>().join(", ")),
                );
            }
        }
    }
    say(0, String::new());
    out
}

fn basis(basis: Basis) -> &'static str {
    match basis {
        Basis::Reported => "as the agent logged it",
        Basis::Estimated => "made from tokens and prices",
        Basis::Partial => "at least; some of it has no price or is not logged",
        Basis::Unknown => "no price is known for any of it",
    }
}

fn heading(at: usize, part: &Part, locale: &Locale) -> String {
    let session = &part.row.session;
    let title = session
        .title
        .as_ref()
        .map_or("Untitled", |t| t.text.as_str());
    let what = match session.kind {
        _ if at == 0 => "Session",
        Kind::SubAgent => "Sub-agent",
        Kind::Fork => "Fork",
        Kind::Copy => "Copy",
        Kind::Main => "Session",
    };
    format!(
        "{what} {}: {title}, {}",
        session.id.native,
        part.cost().written(locale)
    )
}

fn counting(part: &Part, locale: &Locale) -> String {
    let counting = &part.counting;
    let count = |n| locale.count(n);
    if counting.lines == 0 {
        return "its log tells of no tokens".into();
    }
    let many =
        |n, one: &str, more: &str| format!("{} {}", count(n), if n == 1 { one } else { more });
    let responses = |n| many(n, "response", "responses");
    let mut text = format!(
        "{}: {} counted",
        many(
            counting.lines,
            "line tells of tokens",
            "lines tell of tokens"
        ),
        responses(counting.responses)
    );
    let counted = counting.responses + counting.elsewhere;
    let again = counting.lines.saturating_sub(counted);
    if again > 0 {
        let again = many(again, "line says", "lines say");
        text.push_str(&format!(", {again} the same again"));
    }
    if counting.elsewhere > 0 {
        text.push_str(&format!(
            ", {} to other sessions (replays, forks, copies) and {} not counted",
            many(counting.elsewhere, "response belongs", "responses belong"),
            if counting.elsewhere == 1 { "is" } else { "are" }
        ));
    }
    text
}

fn model_line(part: &ModelPart, locale: &Locale) -> String {
    let name = part.model.as_ref().map_or("unknown model", |m| &m.name);
    let assumed = if part.sums.assumed > 0 {
        " (assumed: the log names none)"
    } else {
        ""
    };
    format!(
        "{name}{assumed}: {} {}, {} tokens, {}",
        locale.count(part.sums.responses),
        if part.sums.responses == 1 {
            "response"
        } else {
            "responses"
        },
        locale.count(part.sums.usage.total()),
        part.sums.cost.cost().written(locale)
    )
}

fn model_details(part: &ModelPart, locale: &Locale) -> Vec<String> {
    let mut out = Vec::new();
    let money = |usd: Usd| precise(usd, locale);
    if part.reported.1 > 0 {
        out.push(format!(
            "{} logged by the agent for {} responses",
            money(part.reported.0),
            locale.count(part.reported.1)
        ));
    }
    for line in part.lines.iter().filter(|line| line.tokens > 0) {
        out.push(priced(line, locale));
    }
    for from in &part.from {
        out.push(format!("price: {from}"));
    }
    let unknown = part.sums.cost.unknown();
    if unknown > 0 {
        let u = &part.sums.unpriced;
        out.push(format!(
            "no price for {} responses: input {}, cache write {}, cache read {}, output {}",
            locale.count(unknown),
            locale.count(u.input),
            locale.count(u.cache_write),
            locale.count(u.cache_read),
            locale.count(u.output)
        ));
    }
    out
}

fn priced(line: &QuoteLine, locale: &Locale) -> String {
    format!(
        "{}: {} at {} a million = {}",
        line.kind,
        locale.count(line.tokens),
        precise(Usd::from_nanos(line.per_million), locale),
        precise(line.amount(), locale)
    )
}

/// Cents where they say enough, else as many places as there are.
fn precise(usd: Usd, locale: &Locale) -> String {
    let nanos = usd.nanos().unsigned_abs();
    if nanos.is_multiple_of(10_000_000) || nanos >= 100_000_000_000 {
        return usd.cents_in(locale);
    }
    let digits = format!("{:09}", nanos % 1_000_000_000);
    let cents = usd.cents_in(locale);
    let point = if cents.contains(',') && !cents.contains('.') {
        ','
    } else {
        '.'
    };
    let places = digits.trim_end_matches('0');
    format!("${}{point}{places}", locale.count(nanos / 1_000_000_000))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_amounts_keep_their_places() {
        let locale = Locale::default();
        let said = |nanos| precise(Usd::from_nanos(nanos), &locale);
        assert_eq!(said(1_250_000_000), "$1.25");
        assert_eq!(said(89_775_000), "$0.089775");
        assert_eq!(said(0), "$0.00");
        assert_eq!(said(125_000_500_000), "$125.00");
    }
}
