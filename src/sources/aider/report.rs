//! What the program says of itself among the chat, in words for people.

use crate::model::{Usage, Usd};

/// What one of its lines tells.
#[derive(PartialEq, Debug)]
pub enum Report<'a> {
    Version(&'a str),
    Model(&'a str),
    /// Tokens of one response, and what it says they cost.
    Tokens(Usage, Option<Usd>),
    /// Nothing that we count.
    Words,
}

/// Reads a line without its mark.
pub fn read(line: &str) -> Report<'_> {
    let line = line.trim();
    if let Some(version) = line.strip_prefix("Aider v") {
        let version = version.split_whitespace().next().unwrap_or_default();
        return Report::Version(version);
    }
    let names = ["Model: ", "Main model: ", "Models: "];
    if let Some(rest) = names.iter().find_map(|name| line.strip_prefix(name)) {
        let name = rest.split_whitespace().next().unwrap_or_default();
        return match name.trim_end_matches(',') {
            "" => Report::Words,
            name => Report::Model(name),
        };
    }
    line.strip_prefix("Tokens: ")
        .and_then(tokens)
        .unwrap_or(Report::Words)
}

/// `4.2k sent, 1.1k cache hit, 310 received. Cost: $0.02 message, $0.05 session.`
fn tokens(line: &str) -> Option<Report<'static>> {
    let (counts, cost) = line
        .split_once(" received")
        .map_or((line, ""), |(a, b)| (a, b));
    // The last count has lost its word, which was cut off.
    let (mut sent, mut hit, mut write, mut received) = (None, 0, 0, None);
    for item in counts.split(", ") {
        match item.trim().split_once(' ') {
            Some((n, "sent")) => sent = number(n),
            Some((n, "cache hit")) => hit = number(n)?,
            Some((n, "cache write")) => write = number(n)?,
            None => received = number(item.trim()),
            Some(_) => {}
        }
    }
    let (sent, output) = (sent?, received?);
    // What was sent is all that the model was given, cached or not.
    let cache_read = hit.min(sent);
    let cache_write = write.min(sent - cache_read);
    let usage = Usage {
        input: sent - cache_read - cache_write,
        cache_read,
        cache_write,
        output,
        ..Usage::default()
    };
    let cost = cost.split_once("Cost: $").and_then(|(_, rest)| {
        let amount = rest.split_once(" message")?.0;
        let dollars: f64 = amount.replace(',', "").parse().ok()?;
        Usd::from_dollars(dollars)
    });
    // It says nothing of money where it knows no price.
    Some(Report::Tokens(usage, cost.filter(|usd| usd.nanos() > 0)))
}

/// `310`, `4.2k`, `12k`, `1.5M`: what is logged is the rounded number.
fn number(text: &str) -> Option<u64> {
    let text = text.replace(',', "");
    let (digits, scale) = match text.strip_suffix(['k', 'K']) {
        Some(digits) => (digits, 3),
        None => text.strip_suffix('M').map_or((&*text, 0), |d| (d, 6)),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let plain = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !plain(whole) || !plain(part) || part.len() > scale {
        return None;
    }
    format!("{whole}{part:0<scale$}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_what_the_text_says() {
        let counts = [
            ("310", Some(310)),
            ("4.2k", Some(4_200)),
            ("12k", Some(12_000)),
            ("1,234", Some(1_234)),
            ("1.25M", Some(1_250_000)),
            ("1.5", None),
            ("k", None),
            ("-4", None),
            ("99999999999999999999", None),
        ];
        for (text, count) in counts {
            assert_eq!(number(text), count, "{text}");
        }
    }

    #[test]
    fn a_report_has_tokens_and_the_cost_of_the_message() {
        let usage = |input, cache_read, cache_write, output| Usage {
            input,
            cache_read,
            cache_write,
            output,
            ..Usage::default()
        };
        let line = "Tokens: 4.2k sent, 310 received. Cost: $0.02 message, $0.05 session.";
        let usd = Usd::from_dollars(0.02);
        assert_eq!(read(line), Report::Tokens(usage(4_200, 0, 0, 310), usd));
        let line = "Tokens: 9k sent, 2k cache write, 5k cache hit, 1.1k received.";
        let told = Report::Tokens(usage(2_000, 5_000, 2_000, 1_100), None);
        assert_eq!(read(line), told);
        // More cached than sent cannot be: then all of it was cached.
        let line = "Tokens: 2k sent, 5k cache hit, 10 received.";
        assert_eq!(read(line), Report::Tokens(usage(0, 2_000, 0, 10), None));
        for words in [
            "Tokens: none",
            "Tokens: many sent, 3 received.",
            "Commit a1",
        ] {
            assert_eq!(read(words), Report::Words, "{words}");
        }
    }

    #[test]
    fn models_and_versions() {
        assert_eq!(read("Aider v0.86.1"), Report::Version("0.86.1"));
        let model = "Main model: openrouter/x/y-1 with diff edit format, 8k think tokens";
        assert_eq!(read(model), Report::Model("openrouter/x/y-1"));
        assert_eq!(
            read("Model: gpt-4o with diff edit format"),
            Report::Model("gpt-4o")
        );
        assert_eq!(read("Weak model: gpt-4o-mini"), Report::Words);
    }
}
