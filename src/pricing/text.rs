//! Tables as text: one line a model, the same bytes for the same table.
//!
//! ```text
//! # prices 1
//! # current 2026-11-20 whose table it is
//! gpt-5.5 <TAB> openai <TAB> 5 30 r0.5;>272000 10 45 r1;p 12.5 75 r1.25
//! # end
//! ```
//!
//! Figures are US dollars for a million tokens: input, output, then `r` cache read, `w` cache write, `h` cache write for
//! an hour, `t` thinking. Behind a semicolon stand other tariffs (`p` priority, `b` batch, `f` flex, `q` fast), longer
//! prompts (`>` and the limit in tokens), `x` with the factor of the fast mode, `@` with the first day and `!` with the
//! first day it no longer holds.

use std::fmt::Write as _;

use jiff::civil::Date;

use super::table::{Entry, Factor, Origin, PerMillion, Price, Rates, Table, Tariff, Tier};

/// The first line of any such text.
const HEAD: &str = "# prices 1";
/// The last line: without it the text was cut.
const END: &str = "# end";

/// Why a text is no table: the line and what is wrong there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Damage {
    pub line: usize,
    pub why: &'static str,
}

impl std::fmt::Display for Damage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}: {}", self.line, self.why)
    }
}

pub fn write(tables: &[Table]) -> String {
    let mut out = format!("{HEAD}\n");
    for table in tables {
        // Writing to a string cannot fail.
        let _ = writeln!(
            out,
            "# {} {} {}",
            table.origin.word(),
            table.date,
            line(&table.title)
        );
        for entry in table.entries() {
            let _ = write!(out, "{}\t{}\t", entry.key, entry.provider);
            price(&mut out, &entry.price);
            out.push('\n');
        }
    }
    out.push_str(END);
    out.push('\n');
    out
}

/// White space in a title must not end its line.
fn line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn price(out: &mut String, price: &Price) {
    rates(out, &price.base);
    for tier in &price.tiers {
        out.push(';');
        out.push_str(mark(tier.tariff));
        if tier.above > 0 {
            let _ = write!(out, ">{}", tier.above);
        }
        out.push(' ');
        rates(out, &tier.rates);
    }
    if let Some(factor) = price.fast {
        let _ = write!(out, ";x{factor}");
    }
    if let Some(day) = price.from {
        let _ = write!(out, ";@{day}");
    }
    if let Some(day) = price.until {
        let _ = write!(out, ";!{day}");
    }
}

fn rates(out: &mut String, rates: &Rates) {
    let _ = write!(out, "{} {}", rates.input, rates.output);
    for (mark, price) in [
        ('r', rates.cache_read),
        ('w', rates.cache_write),
        ('h', rates.cache_write_1h),
        ('t', rates.reasoning),
    ] {
        if let Some(price) = price {
            let _ = write!(out, " {mark}{price}");
        }
    }
}

fn mark(tariff: Tariff) -> &'static str {
    match tariff {
        Tariff::Standard => "",
        Tariff::Priority => "p",
        Tariff::Batch => "b",
        Tariff::Flex => "f",
        Tariff::Fast => "q",
    }
}

pub fn read(text: &str) -> Result<Vec<Table>, Damage> {
    let bad = |line, why| Damage { line, why };
    let Some(body) = text.strip_prefix(HEAD).and_then(|t| t.strip_prefix('\n')) else {
        return Err(bad(1, "this is no price table of ours"));
    };
    let end = body.strip_suffix('\n').and_then(|t| t.strip_suffix(END));
    let Some(body) = end.filter(|body| body.is_empty() || body.ends_with('\n')) else {
        return Err(bad(text.lines().count(), "its end is missing"));
    };
    let mut tables = Vec::new();
    let mut head: Option<(Origin, Date, &str)> = None;
    let mut entries = Vec::new();
    let mut close = |head: Option<(Origin, Date, &str)>, entries: &mut Vec<Entry>| {
        if let Some((origin, date, title)) = head {
            tables.push(Table::new(origin, date, title, std::mem::take(entries)));
        }
    };
    for (n, line) in (2..).zip(body.lines()) {
        if let Some(rest) = line.strip_prefix("# ") {
            close(head, &mut entries);
            head = Some(heading(rest).ok_or(bad(n, "a heading of no table"))?);
        } else if head.is_none() {
            return Err(bad(n, "a price before any heading"));
        } else {
            entries.push(entry(line).ok_or(bad(n, "not a price"))?);
        }
    }
    close(head, &mut entries);
    Ok(tables)
}

fn heading(text: &str) -> Option<(Origin, Date, &str)> {
    let (word, rest) = text.split_once(' ')?;
    let (day, title) = rest.split_once(' ').unwrap_or((rest, ""));
    let origin = Origin::TABLES.into_iter().find(|o| o.word() == word)?;
    Some((origin, day.parse().ok()?, title))
}

/// The pieces between bytes of ASCII. Most are a few letters long, for which the library's way takes twice as long as all
/// else that is done with them.
fn split(text: &str, at: u8) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let end = text.bytes().position(|byte| byte == at);
        rest = end.and_then(|end| text.get(end + 1..));
        text.get(..end.unwrap_or(text.len()))
    })
}

fn entry(line: &str) -> Option<Entry> {
    let mut columns = split(line, b'\t');
    let (key, provider, spec) = (columns.next()?, columns.next()?, columns.next()?);
    if key.is_empty() || columns.next().is_some() {
        return None;
    }
    let mut sections = split(spec, b';');
    let mut price = Price {
        base: read_rates(sections.next()?)?,
        ..Price::default()
    };
    for section in sections {
        if let Some(times) = section.strip_prefix('x') {
            price.fast = Some(Factor::new(times.parse().ok()?)?);
        } else if let Some(day) = section.strip_prefix('@') {
            price.from = Some(day.parse().ok()?);
        } else if let Some(day) = section.strip_prefix('!') {
            price.until = Some(day.parse().ok()?);
        } else {
            price.tiers.push(tier(section)?);
        }
    }
    price.tiers.sort_by_key(|tier| (tier.tariff, tier.above));
    Some(Entry {
        key: key.into(),
        provider: provider.into(),
        price,
    })
}

fn tier(section: &str) -> Option<Tier> {
    let (name, figures) = section.split_once(' ')?;
    let (marked, above) = match name.split_once('>') {
        Some((marked, above)) => (marked, above.parse().ok()?),
        None => (name, 0),
    };
    let tariff = Tariff::ALL.into_iter().find(|t| mark(*t) == marked)?;
    let rates = read_rates(figures)?;
    Some(Tier {
        tariff,
        above,
        rates,
    })
}

fn read_rates(text: &str) -> Option<Rates> {
    let mut words = split(text, b' ');
    let mut rates = Rates {
        input: words.next()?.parse().ok()?,
        output: words.next()?.parse().ok()?,
        ..Rates::default()
    };
    for word in words {
        let (mark, figure) = word.split_at_checked(1)?;
        let price: PerMillion = figure.parse().ok()?;
        *match mark {
            "r" => &mut rates.cache_read,
            "w" => &mut rates.cache_write,
            "h" => &mut rates.cache_write_1h,
            "t" => &mut rates.reasoning,
            _ => return None,
        } = Some(price);
    }
    Some(rates)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: &str = "\
# prices 1
# current 2026-11-20 A public table
a-model\tmaker\t5 30 r0.5;>272000 10 45 r1;p 12.5 75 r1.25;p>272000 20 90;x2.5
a-model\tmaker\t1 2 w1.25 h2 t3;@2026-01-01;!2026-02-01
# models.dev 2026-11-19
b\tseller\t0 0
# end
";

    #[test]
    fn tables_read_as_they_are_written() {
        let tables = read(SAMPLE).unwrap();
        assert_eq!(tables.len(), 2);
        assert_eq!(tables[0].of("a-model").len(), 2);
        assert_eq!(tables[0].of("a").len(), 0);
        let [_, price] = tables[0].of("a-model") else {
            panic!()
        };
        assert_eq!(price.price.from, Some("2026-01-01".parse().unwrap()));
        let text = write(&tables);
        assert_eq!(read(&text).unwrap(), tables);
        assert_eq!(write(&read(&text).unwrap()), text);
    }

    #[test]
    fn a_cut_text_is_no_table() {
        for end in 0..SAMPLE.len() {
            assert!(read(&SAMPLE[..end]).is_err(), "{end}");
        }
    }

    #[test]
    fn bad_lines_are_named() {
        for bad in [
            "m\tp",
            "m\tp\t1",
            "m\tp\t1 2 z3",
            "m\tp\t1 -2",
            "m\tp\t1 2;k 1 2",
            "\tp\t1 2",
            "m\tp\t1 2\tx",
            "m\tp\t1 2;x0",
            "m\tp\t1 2;@x",
            "# other 2026-01-01 t",
            "# current x t",
            "",
        ] {
            let text = format!("# prices 1\n# current 2026-11-20 t\n{bad}\n# end\n");
            assert_eq!(read(&text).unwrap_err().line, 3, "{bad}");
        }
        assert_eq!(read("{}\n").unwrap_err().line, 1);
        assert_eq!(read("# prices 1\nm\tp\t1 2\n# end\n").unwrap_err().line, 2);
    }
}
