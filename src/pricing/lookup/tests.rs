//! Which price a name finds, and why.

use super::*;

fn model(name: &str) -> ModelId {
    match name.split_once('|') {
        Some((seller, name)) => ModelId::new(Some(seller), name),
        None => ModelId::new(None, name),
    }
}

fn tables(text: &str) -> Vec<Arc<Table>> {
    let tables = text::read(&format!("# prices 1\n{text}# end\n")).unwrap();
    tables.into_iter().map(Arc::new).collect()
}

/// Key, table, rule.
fn found(prices: &Prices, name: &str) -> Option<(String, &'static str, Rule)> {
    let found = prices.find(&model(name), None)?;
    Some((found.key.to_string(), found.origin.word(), found.rule))
}

#[test]
fn the_tables_in_the_program_are_read() {
    let text = include_str!("../../../assets/prices/prices.tsv");
    let tables = text::read(text).unwrap();
    let origins: Vec<Origin> = tables.iter().map(|t| t.origin).collect();
    assert_eq!(origins, Origin::TABLES);
    assert_eq!(text::write(&tables), text);
    assert_eq!(embedded().len(), 3);
}

#[test]
fn names_as_agents_log_them() {
    let prices = Prices::embedded();
    for (name, key, table, rule) in [
        ("claude-opus-4-8", "claude-opus-4-8", "current", Rule::Exact),
        ("Claude-Opus-4-8", "claude-opus-4-8", "current", Rule::Exact),
        (
            "claude-sonnet-4-5-20250929[1m]",
            "claude-sonnet-4-5",
            "current",
            Rule::Plainer,
        ),
        (
            "claude-sonnet-4-20250514",
            "claude-sonnet-4-20250514",
            "retired",
            Rule::Exact,
        ),
        (
            "anthropic|claude-sonnet-4",
            "claude-sonnet-4-20250514",
            "retired",
            Rule::Alias,
        ),
        (
            "openrouter|anthropic/claude-opus-4.8",
            "claude-opus-4-8",
            "current",
            Rule::Plainer,
        ),
        (
            "claude-4.5-sonnet-thinking",
            "claude-sonnet-4-5",
            "current",
            Rule::Alias,
        ),
        ("openai|gpt-5.5", "gpt-5.5", "current", Rule::Exact),
        ("gpt-5.5-2026-04-23", "gpt-5.5", "current", Rule::Plainer),
        (
            "gpt-5.3-spark",
            "gpt-5.3-codex-spark",
            "models.dev",
            Rule::Maker,
        ),
        ("codex-auto-review", "gpt-5.5", "current", Rule::Alias),
        (
            "kimi-k2.7-code",
            "kimi-k2.7-code",
            "models.dev",
            Rule::Maker,
        ),
        ("ollama|llama3", "ollama/llama3", "current", Rule::Seller),
    ] {
        let want = (key.to_owned(), table, rule);
        assert_eq!(found(&prices, name), Some(want), "{name}");
    }
    for unknown in [
        "",
        "fake-1",
        "<synthetic>",
        "unknown",
        "auto",
        "gpt",
        "gpt-",
        "claude",
        "claude-",
        "claude-opus-99",
        "gpt-5.5-nonesuch",
        "gpt-5.99",
        "default",
        "/",
        "]",
        "[",
        "a/b/c",
        "coder-model",
    ] {
        assert_eq!(found(&prices, unknown), None, "{unknown}");
    }
}

#[test]
fn no_version_stands_for_another() {
    let prices = Prices::embedded();
    let input = |name: &str| {
        let found = prices.find(&model(name), None);
        found.map(|found| found.price.base.input.to_string())
    };
    assert_eq!(input("gpt-5.5").as_deref(), Some("5"));
    assert_eq!(input("gpt-5.5-pro").as_deref(), Some("30"));
    assert_ne!(input("claude-opus-4-1"), input("claude-opus-4-5"));
    let prices = Prices::new(
        Yours::default(),
        tables(
            "# current 2026-11-20 t\nm-5\t\t1 1\nm-5.5\t\t2 2\n# models.dev 2026-11-20 t\nm-5-20250101\topenai\t3 3\n",
        ),
    );
    assert_eq!(found(&prices, "m-5.5-pro"), None);
    assert_eq!(found(&prices, "m-5.6"), None);
    assert_eq!(found(&prices, "m"), None);
    // Nor an undated name for a dated one that only some seller has.
    let prices = Prices::new(
        Yours::default(),
        tables("# models.dev 2026-11-20 t\nm-5-20250101\topenai\t3 3\n"),
    );
    assert_eq!(found(&prices, "m-5"), None);
}

#[test]
fn a_price_of_nothing_is_a_price_where_it_is_asked() {
    let prices = Prices::new(
        Yours::default(),
        tables(
            "# current 2026-11-20 t\nfree\t\t0 0\n# models.dev 2026-11-20 t\nm1\tgiver\t0 0\nm1\tz\t3 3\nn1\tgiver\t0 0\n",
        ),
    );
    let price = prices.find(&model("free"), None).unwrap();
    assert!(price.price.is_free());
    assert_eq!(
        found(&prices, "giver|m1"),
        Some(("m1".into(), "models.dev", Rule::SoldBy))
    );
    assert!(
        prices
            .find(&model("giver|m1"), None)
            .unwrap()
            .price
            .is_free()
    );
    // That one seller gives it away says nothing of another's.
    assert_eq!(
        found(&prices, "m1"),
        Some(("m1".into(), "models.dev", Rule::Anyone))
    );
    assert!(!prices.find(&model("m1"), None).unwrap().price.is_free());
    assert_eq!(found(&prices, "n1"), None);
    // And a name that says free is not billed as the model that is sold.
    assert_eq!(
        found(&prices, "x/free:free"),
        Some(("x/free:free".into(), "name", Rule::SaysFree))
    );
}

#[test]
fn the_catalogue_by_seller_then_maker_then_anyone() {
    let prices = Prices::new(
        Yours::default(),
        tables(
            "# models.dev 2026-11-20 t\nv/m\tshop\t1 1\nm\topenai\t2 2\nm\tmall\t3 3\nk2\ta\t5 5\nk2\tb\t4 4\nv/k2\tc\t4 4\nauto\ta\t4 4\n",
        ),
    );
    let input = |name: &str| {
        let found = prices.find(&model(name), None).unwrap();
        (found.price.base.input.to_string(), found.rule)
    };
    assert_eq!(input("shop|v/m"), ("1".into(), Rule::SoldBy));
    assert_eq!(input("shop/v/m"), ("1".into(), Rule::SoldBy));
    assert_eq!(input("mall|m"), ("3".into(), Rule::SoldBy));
    assert_eq!(input("nobody|m"), ("2".into(), Rule::Maker));
    assert_eq!(input("m"), ("2".into(), Rule::Maker));
    // Two of three ask 4.
    assert_eq!(input("k2"), ("4".into(), Rule::Anyone));
    // A name without a version is its seller's own word.
    assert_eq!(input("a|auto"), ("4".into(), Rule::SoldBy));
    assert_eq!(found(&prices, "auto"), None);
}

#[test]
fn a_spend_has_the_price_that_was_listed_on_its_day() {
    let prices = Prices::new(
        Yours::default(),
        tables(
            "# current 2026-06-01 old\nm\t\t4 4\ngone\t\t7 7\n# current 2026-11-20 new\nm\t\t3 3\nnew\t\t1 1\n",
        ),
    );
    let input = |name: &str, at: &str| {
        let at = (!at.is_empty()).then(|| at.parse().unwrap());
        let found = prices.find(&model(name), at);
        found
            .map(|found| found.price.base.input.to_string())
            .unwrap_or_default()
    };
    assert_eq!(input("m", "2026-01-01T00:00:00Z"), "4");
    assert_eq!(input("m", "2026-06-01T23:59:59Z"), "4");
    assert_eq!(input("m", "2026-06-02T00:00:00Z"), "3");
    assert_eq!(input("m", "2026-12-24T00:00:00Z"), "3");
    assert_eq!(input("m", ""), "3");
    assert_eq!(input("gone", "2026-12-24T00:00:00Z"), "7");
    assert_eq!(input("new", "2026-01-01T00:00:00Z"), "1");
    assert_eq!(prices.lookup(&model("m")).parts().len(), 2);
}

#[test]
fn a_price_in_a_table_may_have_days() {
    let prices = Prices::new(
        Yours::default(),
        tables("# current 2026-11-20 t\nm\t\t4 4;!2026-03-01\nm\t\t3 3;@2026-03-01\n"),
    );
    let lookup = prices.lookup(&model("m"));
    let inputs: Vec<String> = lookup
        .parts()
        .iter()
        .map(|(_, found)| found.as_ref().unwrap().price.base.input.to_string())
        .collect();
    assert_eq!(inputs, ["4", "3"]);
    assert_eq!(lookup.at(None).unwrap().price.base.input.to_string(), "3");
}

#[test]
fn an_alias_follows_the_calendar() {
    let prices = Prices::embedded();
    let key = |at: &str| {
        let found = prices.find(&model("codex-auto-review"), Some(at.parse().unwrap()));
        found.unwrap().key.to_string()
    };
    assert_eq!(key("2026-04-22T12:00:00Z"), "gpt-5.4");
    assert_eq!(key("2026-04-23T00:00:00Z"), "gpt-5.5");
    assert_eq!(key("2025-10-01T00:00:00Z"), "gpt-5-codex");
    assert_eq!(key("2020-01-01T00:00:00Z"), "gpt-5");
}

#[test]
fn your_own_prices_win() {
    let yours = Yours::read(
        "[[price]]\nmodel = \"GPT-5.5\"\nprovider = \"House\"\ninput = 1\noutput = 2\n\
         [[price]]\nmodel = \"claude-opus-4-8\"\ninput = 1\noutput = 2\nuntil = 2026-01-01\n\
         [[price]]\nmodel = \"nick\"\nsame_as = \"claude-opus-4-8[1m]\"\n",
    )
    .unwrap();
    let prices = Prices::new(yours, embedded().to_vec());
    let at = |name: &str, at: &str| {
        let found = prices
            .find(&model(name), Some(at.parse().unwrap()))
            .unwrap();
        (found.origin, found.price.base.input.to_string(), found.rule)
    };
    let (old, new) = ("2025-12-31T00:00:00Z", "2026-01-01T00:00:00Z");
    assert_eq!(
        at("house|gpt-5.5", new),
        (Origin::Yours, "1".into(), Rule::Exact)
    );
    assert_eq!(at("openai|gpt-5.5", new).0, Origin::Current);
    assert_eq!(
        at("claude-opus-4-8", old),
        (Origin::Yours, "1".into(), Rule::Exact)
    );
    assert_eq!(
        at("us.anthropic.claude-opus-4-8-20260101-v1:0", old).0,
        Origin::Yours
    );
    assert_eq!(at("claude-opus-4-8", new).0, Origin::Current);
    assert_eq!(at("nick", old), (Origin::Current, "5".into(), Rule::Alias));
}

/// The program asks for the price of each of eighty thousand spends.
#[test]
fn a_price_found_once_is_remembered_and_shared() {
    fn shared(_: &(impl Send + Sync)) {}
    let prices = Prices::embedded();
    shared(&prices);
    let opus = model("claude-opus-4-8");
    let (first, second) = (
        prices.find(&opus, None),
        prices.find(&opus, Some(Timestamp::MAX)),
    );
    assert!(Arc::ptr_eq(&prices.lookup(&opus), &prices.lookup(&opus)));
    assert_eq!(first, second);
}
