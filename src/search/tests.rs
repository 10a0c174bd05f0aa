//! What words find and what they leave, and how fast.

use std::path::Path;
use std::sync::Arc;

use proptest::prelude::*;

use super::find;
use crate::model::{Row, Title, TitleRank};
use crate::query::Query;
use crate::query::tests::{context, row, session};
use crate::text::Clean;

fn titled(title: &str) -> Row {
    row(session(|s| {
        let text = Clean::of(title);
        let rank = TitleRank::Agent;
        s.title = Some(Title { rank, text });
        s.dir = None;
        s.branch = None;
    }))
}

fn hit(query: &str, title: &str) -> bool {
    Query::parse(query, &context()).matches(&titled(title))
}

#[test]
fn words_find_what_people_mean() {
    let table = [
        ("refact", "Refactor auth middleware"),
        ("REFACT", "REFACTOR all"),
        ("auth refact", "Refactor auth middleware"),
        ("ware", "Refactor auth middleware"),
        ("rfctr", "Refactor auth"),
        ("refauth", "Refactor auth middleware"),
        ("refactr", "Refactor auth"),
        ("layer", "Fix authLayer.rs"),
        ("fi", "Fix authLayer.rs"),
        ("überg", "Die Übergabe"),
        ("語", "日本語です"),
        ("\"plan b\"", "The Plan B for it"),
        ("=plan", "A plan, at last"),
        ("~midleware", "Refactor auth middleware"),
        ("~mdlwr", "Refactor auth middleware"),
        ("~tets", "Flaky test harness"),
        ("/plan b/", "plan b"),
        ("/plan b/i", "PLAN B"),
        ("/PLAN b/i", "plan b"),
        ("f(x", "what is f(x)"),
        ("--force", "push --force again"),
        ("costs:5", "about costs:5 here"),
        ("tool:\"git push\"", "the tool:git push thing"),
    ];
    for (query, title) in table {
        assert!(hit(query, title), "{query} in {title}");
    }
}

#[test]
fn words_are_not_silly() {
    let table = [
        ("cost", "Code style"),
        ("test", "The estate of things"),
        ("test", "Install a thermostat"),
        ("auth", "A unified theory"),
        ("plan", "Improve latency analysis now"),
        ("refactor", "Rename crates, fix a colour"),
        ("a", "Rename crates"),
        ("=plan", "planning"),
        ("Plan", "the plan"),
        ("\"plan b\"", "plan for b"),
        ("auth nothing", "Refactor auth"),
        ("~zebra", "Refactor auth"),
        ("deploy", "Debug the plotly display"),
    ];
    for (query, title) in table {
        assert!(!hit(query, title), "{query} in {title}");
    }
}

#[test]
fn better_matches_score_higher() {
    let context = context();
    let query = Query::parse("auth", &context);
    let score = |title: &str| query.rank(&titled(title)).unwrap();
    let order = ["fix auth", "fix authors", "reauthorise"].map(score);
    assert!(order.is_sorted_by(|a, b| a > b), "{order:?}");
    assert!(
        score("reauthorise")
            > Query::parse("athr", &context)
                .rank(&titled("author"))
                .unwrap()
    );
    // A slip in a word beats letters with others between them.
    let slip = Query::parse("~midleware", &context);
    let rank = |title: &str| slip.rank(&titled(title)).unwrap();
    assert!(rank("the middleware") > rank("mind dizzy lemon we are eager"));
    assert_eq!(Query::parse("cost:?", &context).rank(&titled("x")), None);
    let any = Query::parse("is:sub OR -is:sub", &context);
    assert!(any.rank(&titled("x")).is_some());
}

#[test]
fn ids_are_found_whole_or_by_their_start() {
    let context = context();
    let row = row(session(|s| {
        s.id.native = "ses_5b1e9c2f-77aa".into();
        s.title = None;
    }));
    let found = |q: &str| {
        Query::parse(q, &context)
            .rank(&row)
            .is_some_and(|s| s >= i64::MAX / 2)
    };
    for query in [
        "ses_5b1e9c2f-77aa",
        "ses_5b",
        "5b1e",
        "5B1E9",
        "alpha:ses_5",
        "alpha:5b1e9c2f",
    ] {
        assert!(found(query), "{query}");
    }
    for query in ["9c2f", "5b1", "beta:ses_5b1e", "alpha:9c2f"] {
        assert!(!found(query), "{query}");
    }
    assert!(Query::parse("alpha:ses_5", &context).problems().is_empty());
}

#[test]
fn projects_and_branches_count_too() {
    let context = context();
    let row = row(session(|s| {
        s.title = None;
        s.dir = Some(Path::new("/home/me/billing-exports").into());
        s.branch = Some(Clean::of("feature/webhooks"));
    }));
    for query in [
        "billing",
        "exports",
        "webhooks",
        "feature webh",
        "billing webhooks",
    ] {
        assert!(Query::parse(query, &context).matches(&row), "{query}");
    }
    assert!(!Query::parse("home", &context).matches(&row));
}

#[test]
fn rows_keep_their_order() {
    let rows = ["one auth", "two", "auth"].map(|t| Arc::new(titled(t)));
    assert_eq!(find(&Query::parse("auth", &context()), &rows), [0, 2]);
    assert_eq!(find(&Query::default(), &rows), [0, 1, 2]);
}

/// Ten thousand rows within a frame or two, even built without optimisation, and hostile texts not much more.
#[test]
fn a_large_archive_is_searched_at_once() {
    let words = [
        "refactor",
        "auth",
        "middleware",
        "layers",
        "billing",
        "query",
        "planner",
        "flaky",
    ];
    let rows: Vec<Arc<Row>> = (0..10_000usize)
        .map(|i| {
            let title: Vec<&str> = (0..7).map(|k| words[(i * 7 + k * k + i / 9) % 8]).collect();
            Arc::new(row(session(|s| {
                let text = Clean::of(&title.join(" "));
                let rank = TitleRank::Agent;
                s.title = Some(Title { rank, text });
                s.dir = Some(Path::new("/home/me/banana/alabama/caravan-atlanta-panama").into());
            })))
        })
        .collect();
    let hostile = "a*".repeat(120);
    for query in [
        "midware",
        "refactr auth",
        "zzzz cost:>1",
        "~qury -project:x",
        &format!("dir:{hostile}"),
    ] {
        let query = Query::parse(query, &context());
        let start = std::time::Instant::now();
        let found = find(&query, &rows).len();
        let took = start.elapsed();
        assert!(
            found <= rows.len() && took.as_millis() < 2_000,
            "{query} took {took:?}"
        );
    }
}

proptest! {
    #[test]
    fn no_word_and_no_title_breaks_it(query in any::<String>(), title in any::<String>()) {
        let _ = hit(&query, &title);
        let _ = hit(&format!("~{query}"), &title);
    }

    #[test]
    fn long_texts_of_few_letters_neither(query in "[abA ]{0,200}", title in "[abÄ_ ]{0,700}") {
        let word = query.replace(' ', "");
        for query in [word.clone(), format!("~{word}"), format!("={word}"), query] {
            let query = Query::parse(&query, &context());
            prop_assert_eq!(query.matches(&titled(&title)), query.rank(&titled(&title)).is_some());
        }
    }

    #[test]
    fn a_word_of_the_title_finds_it(words in proptest::collection::vec("[a-zA-Z]{1,12}", 1..6), pick in any::<prop::sample::Index>()) {
        let word = pick.get(&words);
        prop_assume!(!["OR", "AND", "NOT"].contains(&word.as_str()));
        prop_assert!(hit(word, &words.join(" ")));
    }
}
