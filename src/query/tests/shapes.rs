//! The table of forms against the parser.

use super::super::arrangement::{GROUPINGS, NAMES, SORTS};
use super::super::shapes::{About, SHAPES};
use super::super::{Form, dates};
use super::*;

/// With agents of the codes that the examples name.
fn world() -> Context {
    let names = |id, code| SourceNames {
        id: SourceId(id),
        names: vec![code],
    };
    Context {
        sources: vec![names("one", "cc"), names("two", "cx")],
        ..context()
    }
}

/// UX 5.1, 5.2: every form that the help tells is read as it stands, and asks for something or says how to show it.
#[test]
fn every_form_is_read_as_it_stands() {
    for shape in SHAPES {
        for form in shape.forms {
            let query = Query::parse(form, &world());
            assert!(
                query.problems().is_empty(),
                "{form}: {:?}",
                query.problems()
            );
            assert!(!query.describe().is_empty() || query.arrangement() != Default::default());
            let is_shown = shape.about == About::Shown;
            assert_eq!(query.asks(), !is_shown, "{form}");
            let has_words = matches!(shape.about, About::Words | About::Together);
            assert_eq!(
                !query.words().is_empty() || *form == "-refact" || *form == "NOT refact",
                has_words,
                "{form}"
            );
        }
        assert!(
            !shape.help.ends_with('.') && shape.help.len() <= 140,
            "{}",
            shape.help
        );
    }
    for about in About::ALL {
        assert!(SHAPES.iter().any(|shape| shape.about == about), "{about:?}");
    }
}

/// No form of a word, keyword, comparison or setting of the language is left out of the table.
#[test]
fn nothing_of_the_language_is_left_out() {
    let forms = || SHAPES.iter().flat_map(|shape| shape.forms);
    let read: Vec<Form> = forms()
        .flat_map(|form| Query::parse(form, &world()).words())
        .map(|word| word.form)
        .collect();
    for form in [
        Form::Plain,
        Form::Phrase,
        Form::Whole,
        Form::Loose,
        Form::Pattern,
    ] {
        assert!(read.contains(&form), "{form:?}");
    }
    for keyword in [" AND ", " OR ", " | ", "NOT ", "-", "(", ")"] {
        assert!(forms().any(|form| form.contains(keyword)), "{keyword}");
    }
    let told: Vec<String> = SHAPES.iter().map(|shape| shape.told()).collect();
    for sign in ["<", "<=", ">", ">=", "=", "..", ":?", ",!"] {
        let is_shown = forms().any(|form| form.contains(sign));
        assert!(
            is_shown || told.iter().any(|told| told.contains(&format!(" {sign} "))),
            "{sign}"
        );
    }
    for name in NAMES {
        assert!(
            forms().any(|form| form.starts_with(&format!("{name}:"))),
            "{name}"
        );
    }
    for (name, words) in [
        ("date", dates::WORDS),
        ("sort", SORTS),
        ("group", GROUPINGS),
    ] {
        let shape = SHAPES.iter().find(|shape| shape.words == words);
        let told = shape.map(|shape| shape.told()).unwrap_or_default();
        for word in words {
            assert!(told.contains(word), "{word}");
            let field = if *word == "tomorrow" { "expires" } else { name };
            let query = Query::parse(&format!("{field}:{word}"), &context());
            assert!(
                query.problems().is_empty(),
                "{word}: {:?}",
                query.problems()
            );
        }
    }
    // The fields stand in a table of their own; the examples of these are of it.
    for form in forms() {
        let name = form
            .split_once(':')
            .map(|(name, _)| name.trim_start_matches('-'));
        let is_field = |name: &&str| FIELDS.iter().any(|field| field.name == *name);
        assert!(
            name.is_none_or(|name| is_field(&name) || NAMES.contains(&name)),
            "{form}"
        );
    }
}
