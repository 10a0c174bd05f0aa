//! Bills by hand: the figures of vendors' pages and of peers' runs.

use super::*;
use crate::model::ModelId;
use crate::pricing::{Prices, Table, text};
use proptest::prelude::*;
use std::sync::Arc;

fn usage(input: u64, read: u64, write: u64, hour: u64, output: u64) -> Usage {
    Usage {
        input,
        cache_read: read,
        cache_write: write,
        cache_write_1h: hour,
        output,
        reasoning: 0,
    }
}

/// Nano-dollars by the tables in the program.
fn cost(model: &str, usage: &Usage, rate: Rate) -> i64 {
    let found = Prices::embedded().find(&ModelId::new(None, model), None);
    found.unwrap().cost(usage, rate).nanos()
}

/// A match of one line in a table of its own.
fn of(line: &str) -> Match {
    let text = format!("# prices 1\n# current 2026-11-20 t\n{line}\n# end\n");
    let tables: Vec<Arc<Table>> = text::read(&text)
        .unwrap()
        .into_iter()
        .map(Arc::new)
        .collect();
    let name = line.split('\t').next().unwrap();
    let prices = Prices::new(crate::pricing::Yours::default(), tables);
    Match::clone(&prices.find(&ModelId::new(None, name), None).unwrap())
}

#[test]
fn costs_that_were_checked_by_running_peers() {
    let plain = usage(17_800, 102_700, 0, 0, 665);
    assert_eq!(cost("gpt-5.4", &plain, Rate::Standard), 80_150_000);
    // Writes have no listed price here: one and a quarter of the input's.
    let written = |write| usage(0, 0, write, 0, 0);
    assert_eq!(cost("gpt-5.5", &written(9_500), Rate::Standard), 59_375_000);
    let said = usage(14_200, 23_000, 9_500, 0, 310);
    assert_eq!(
        cost("claude-sonnet-4-5-20250929", &said, Rate::Standard),
        89_775_000
    );
}

#[test]
fn figures_of_the_price_pages() {
    let million = |input: u64, read: u64, write: u64, hour: u64, output: u64| {
        let m = 1_000_000_u64;
        usage(input * m, read * m, write * m, hour * m, output * m)
    };
    let dollars = |model, usage: Usage| cost(model, &usage, Rate::Standard) as f64 / 1e9;
    for model in [
        "claude-opus-4-5",
        "claude-opus-4-6",
        "claude-opus-4-7",
        "claude-opus-4-8",
    ] {
        assert_eq!(dollars(model, million(1, 0, 0, 0, 0)), 5.0, "{model}");
        assert_eq!(dollars(model, million(0, 0, 0, 0, 1)), 25.0, "{model}");
        assert_eq!(dollars(model, million(0, 1, 0, 0, 0)), 0.5, "{model}");
        assert_eq!(dollars(model, million(0, 0, 1, 0, 0)), 6.25, "{model}");
        assert_eq!(dollars(model, million(0, 0, 1, 1, 0)), 10.0, "{model}");
    }
    assert_eq!(dollars("claude-sonnet-5", million(1, 0, 0, 0, 1)), 12.0);
    assert_eq!(dollars("claude-haiku-4-5", million(1, 0, 0, 0, 1)), 6.0);
    assert_eq!(
        dollars("gpt-5", million(1, 1, 0, 0, 1)),
        1.25 + 0.125 + 10.0
    );
}

#[test]
fn a_long_prompt_is_dearer_as_a_whole_and_each_prompt_by_itself() {
    let price = |model, usage| cost(model, &usage, Rate::Standard);
    // At the limit, and one cached token past it.
    assert_eq!(price("gpt-5.4", usage(272_000, 0, 0, 0, 1000)), 695_000_000);
    assert_eq!(
        price("gpt-5.4", usage(272_000, 1, 0, 0, 1000)),
        1_382_500_500
    );
    let long = usage(200_000, 100_000, 10_000, 0, 1_000);
    // 200,000 x 6 + 100,000 x 0.6 + 10,000 x 7.5 + 1,000 x 22.5
    assert_eq!(price("claude-sonnet-4-20250514", long), 1_357_500_000);
    // What has no tier keeps its price.
    assert_eq!(
        price("claude-sonnet-4-5", usage(251_000, 0, 0, 0, 0)),
        753_000_000
    );
}

#[test]
fn fast_priority_and_batch() {
    let one = usage(1_000, 0, 0, 0, 100);
    assert_eq!(cost("claude-opus-4-6", &one, Rate::Standard), 7_500_000);
    assert_eq!(cost("claude-opus-4-6", &one, Rate::Fast), 45_000_000);
    assert_eq!(cost("claude-opus-4-8", &one, Rate::Fast), 15_000_000);
    assert_eq!(cost("claude-opus-4-8", &one, Rate::Batch), 3_750_000);
    assert_eq!(cost("gpt-5.5", &one, Rate::Standard), 8_000_000);
    assert_eq!(cost("gpt-5.5", &one, Rate::Priority), 20_000_000);
    // What one maker calls fast is another's priority.
    assert_eq!(cost("gpt-5.5", &one, Rate::Fast), 20_000_000);
    assert_eq!(
        cost("gpt-5.4", &one, Rate::Fast),
        2 * cost("gpt-5.4", &one, Rate::Standard)
    );
    assert_eq!(
        cost("gpt-5.3-codex", &one, Rate::Fast),
        2 * cost("gpt-5.3-codex", &one, Rate::Standard)
    );
    // Without such a tariff it is billed as any other.
    let found = of("m\t\t1 2");
    assert_eq!(
        found.cost(&one, Rate::Priority),
        found.cost(&one, Rate::Standard)
    );
    assert_eq!(found.terms(1_000, Rate::Priority).tariff, Tariff::Standard);
    // A name that asks for it is fast without a word in the log.
    let found = Prices::embedded().find(&ModelId::new(None, "claude-opus-4-6-fast"), None);
    assert_eq!(
        found.unwrap().cost(&one, Rate::Standard).nanos(),
        45_000_000
    );
}

#[test]
fn what_a_row_leaves_out_keeps_its_share() {
    let found = of("m\t\t10 20 r1 w12 h15;>1000 20 30;b 5 10;b>1000 10 15 r2;p 30 60");
    let rates = |prompt, rate| found.terms(prompt, rate).rates;
    let dollars = |price: Option<PerMillion>| price.unwrap().to_string();
    let long = rates(1001, Rate::Standard);
    assert_eq!(dollars(long.cache_read), "2");
    assert_eq!(dollars(long.cache_write), "24");
    assert_eq!(dollars(long.cache_write_1h), "30");
    assert_eq!(dollars(rates(1000, Rate::Batch).cache_read), "0.5");
    assert_eq!(dollars(rates(1001, Rate::Batch).cache_read), "2");
    // No row for long prompts at this tariff: three times the long row.
    let priority = found.terms(1001, Rate::Priority);
    assert_eq!((priority.tariff, priority.above), (Tariff::Priority, 1000));
    assert_eq!(priority.rates.input.to_string(), "60");
    assert_eq!(priority.rates.output.to_string(), "90");
}

#[test]
fn what_a_table_leaves_out_has_the_usual_share() {
    let usual = |name: &str| {
        of(&format!("{name}\t\t10 20"))
            .terms(0, Rate::Standard)
            .rates
    };
    let dollars = |price: Option<PerMillion>| price.unwrap().to_string();
    assert_eq!(dollars(usual("gpt-x").cache_read), "10");
    assert_eq!(dollars(usual("claude-x").cache_read), "1");
    assert_eq!(dollars(usual("gpt-x").cache_write), "12.5");
    assert_eq!(dollars(usual("gpt-x").cache_write_1h), "20");
}

#[test]
fn thinking_may_have_its_own_price() {
    let usage = Usage {
        output: 1_000,
        reasoning: 400,
        ..Usage::default()
    };
    assert_eq!(
        of("m\t\t1 2").cost(&usage, Rate::Standard).nanos(),
        2_000_000
    );
    let bill = of("m\t\t1 2 t5").bill(&usage, Rate::Standard);
    assert_eq!(bill.total.nanos(), 600 * 2_000 + 400 * 5_000);
    let kinds: Vec<Token> = bill.lines.iter().map(|line| line.token).collect();
    assert_eq!(kinds, [Token::Output, Token::Reasoning]);
}

#[test]
fn a_bill_says_what_it_is_made_of() {
    let found = Prices::embedded()
        .find(&ModelId::new(None, "gpt-5.4"), None)
        .unwrap();
    let bill = found.bill(&usage(300_000, 0, 0, 0, 1_000), Rate::Standard);
    assert_eq!(bill.terms.above, 272_000);
    let lines: Vec<(&str, u64, String, i64)> = bill
        .lines
        .iter()
        .map(|l| {
            (
                l.token.word(),
                l.tokens,
                l.unit.to_string(),
                l.amount.nanos(),
            )
        })
        .collect();
    assert_eq!(
        lines,
        [
            ("input", 300_000, "5".into(), 1_500_000_000),
            ("output", 1_000, "22.5".into(), 22_500_000)
        ]
    );
    assert_eq!(bill.total.nanos(), 1_522_500_000);
}

#[test]
fn a_half_goes_to_the_even_nano_dollar() {
    // A token at half a nano-dollar, then at one and a half.
    assert_eq!(
        of("m\t\t0.0005 0")
            .cost(&usage(1, 0, 0, 0, 0), Rate::Standard)
            .nanos(),
        0
    );
    assert_eq!(
        of("m\t\t0.0015 0")
            .cost(&usage(1, 0, 0, 0, 0), Rate::Standard)
            .nanos(),
        2
    );
    assert_eq!(
        of("m\t\t0.0025 0")
            .cost(&usage(1, 0, 0, 0, 0), Rate::Standard)
            .nanos(),
        2
    );
    // Two halves make one: the kinds are added before anything is rounded.
    assert_eq!(
        of("m\t\t0.0005 0.0005")
            .cost(&usage(1, 0, 0, 0, 1), Rate::Standard)
            .nanos(),
        1
    );
}

proptest! {
    #[test]
    fn no_count_breaks_it_and_lines_make_the_total(
        input in any::<u64>(), read in any::<u64>(), write in any::<u64>(), hour in any::<u64>(),
        output in any::<u64>(), reasoning in any::<u64>(), small in any::<bool>(),
    ) {
        let cap = |n: u64| if small { n % 10_000_000 } else { n };
        let usage = Usage {
            input: cap(input), cache_read: cap(read), cache_write: cap(write), cache_write_1h: cap(hour),
            output: cap(output), reasoning: cap(reasoning),
        };
        let found = of("claude-x\t\t5 25.123 r0.5;>200000 10 50;b 2.5 12 t1;x2.5");
        for rate in [Rate::Standard, Rate::Fast, Rate::Priority, Rate::Batch] {
            let bill = found.bill(&usage, rate);
            prop_assert!(bill.total >= Usd::ZERO);
            if small {
                let sum: i64 = bill.lines.iter().map(|line| line.amount.nanos()).sum();
                prop_assert!((sum - bill.total.nanos()).abs() <= 3);
                let tokens: u64 = bill.lines.iter().map(|line| line.tokens).sum();
                prop_assert_eq!(tokens, usage.total());
            }
        }
    }
}
