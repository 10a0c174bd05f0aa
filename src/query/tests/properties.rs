//! What holds for every text.

use super::*;

/// Texts made of the pieces the language has, in any order.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "(",
        ")",
        " ",
        "  ",
        "-",
        "--",
        "NOT ",
        "OR ",
        " OR",
        "AND ",
        "|",
        "\"",
        "a",
        "B c",
        "=",
        "~",
        "/",
        "i",
        "cost:",
        ">",
        "<=",
        "1",
        "..",
        ",",
        "!",
        "?",
        "date:",
        "2d",
        "2026-11",
        "is:",
        "sub",
        "empty",
        "p:",
        "api",
        "*",
        "dir:~/",
        "tool:",
        "costs:",
        "é",
        "\u{202e}",
        "\n",
        "source:alpha",
        "branch:main",
        "NOT",
        ":",
    ]);
    proptest::collection::vec(piece, 0..60).prop_map(|parts| parts.concat())
}

fn sound(text: &str) -> Result<(), TestCaseError> {
    let query = ask(text);
    let printed = query.to_string();
    prop_assert_eq!(&ask(&printed), &query, "printed {:?}", printed);
    prop_assert_eq!(query.matches(&plain()), query.rank(&plain()).is_some());
    for n in 0..query.clauses().len() {
        let _ = ask(&query.without(n));
    }
    let _ = (query.describe(), query.asks_for_hidden(), query.has_words());
    for cursor in [0, 1, text.chars().count() / 2, text.len()] {
        let _ = complete(text, cursor, std::iter::empty());
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn any_text_is_a_query(text in any::<String>()) {
        sound(&text)?;
    }

    #[test]
    fn any_mixture_of_pieces_is_a_query(text in pieces()) {
        sound(&text)?;
    }

    #[test]
    fn not_inverts(clauses in proptest::collection::vec(prop::sample::select(vec![
        "p:api", "p:xx", "-is:sub", "cost:>1", "cost:?", "refactor", "zzzz", "date:<1y", "source:!alpha", "OR", "NOT",
    ]), 1..8)) {
        let text = format!("{} p:api", clauses.join(" "));
        let inverted = ask(&format!("NOT ({text})"));
        prop_assert_eq!(ask(&text).matches(&plain()), !inverted.matches(&plain()));
        prop_assert_eq!(ask(&text), ask(&ask(&text).to_string()));
    }

    #[test]
    fn a_clause_that_is_written_into_a_text_narrows_what_is_left_of_it(text in pieces()) {
        // A word that ends in a parenthesis loses it when it comes to stand between two.
        let text = match text.contains("OR") || text.contains('|') {
            true => text.replace(')', ""),
            false => text,
        };
        let query = ask(&text);
        for clause in ["source:alpha", "source:beta", "cost:>1", "is:sub"] {
            let field = clause.split_once(':').unwrap().0;
            let (with, rest) = (ask(&query.with(field, Some(clause))), ask(&query.with(field, None)));
            prop_assert_eq!(rest.values_of(field), None);
            if with.text().chars().count() < crate::query::LENGTH {
                prop_assert_eq!(with.values_of(field), clause.split_once(':').map(|(_, values)| values));
                let both = ask(clause).matches(&plain()) && rest.matches(&plain());
                prop_assert_eq!(with.matches(&plain()), both, "{} with {}", text, clause);
            }
        }
    }

    #[test]
    fn number_comparisons_agree(n in 0u32..40) {
        let holds = |sign: &str| ask(&format!("messages:{sign}{n}")).matches(&plain());
        prop_assert_eq!(holds("<"), 12 < n);
        prop_assert_eq!(holds("<="), 12 <= n);
        prop_assert_eq!(holds(">"), !holds("<="));
        prop_assert_eq!(holds(">="), !holds("<"));
        prop_assert_eq!(holds("="), holds("") && holds("<=") && holds(">="));
    }
}
