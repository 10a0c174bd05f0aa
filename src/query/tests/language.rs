//! Grammar, problems, printing and reading out.

use super::*;

#[test]
fn precedence_is_not_and_or() {
    // Of the plain row `api` and `main` are true, `x` words are false.
    fits(
        &plain(),
        &[
            "p:api OR p:xx p:xx",
            "p:xx p:xx OR p:api",
            "-p:xx p:api",
            "NOT p:xx AND p:api",
            "p:xx | p:api",
            "NOT (p:xx p:api)",
            "-(p:xx OR branch:xx)",
            "(p:xx OR p:api) branch:main",
            "NOT NOT p:api",
            "NOT -p:api",
            "NOT p:xx OR p:xx",
        ],
        &[
            "p:xx OR p:api p:xx",
            "(p:api OR p:xx) p:xx",
            "NOT p:api OR p:xx",
            "-(p:api branch:main)",
            "NOT (p:api)",
            "p:api AND p:xx",
            "-p:api",
            "NOT p:xx p:xx",
            "refactor and auth",
        ],
    );
}

#[test]
fn half_typed_clauses_ask_nothing() {
    for text in [
        "cost:>",
        "cost:",
        "cost:>=",
        "cost:..",
        "cost:$",
        "-",
        "NOT",
        "\"open",
        "\"",
        "\"\"",
        "=",
        "~",
        "source:",
        "source:,",
        "is:",
        "is:su",
        "is:!",
        "date:<",
        "date:20",
        "date:2026-",
        "date:2026-1",
        "date:yest",
        "date:last-",
        "date:thi",
        "date:..",
        "project:=",
        "project:\"a b",
        "-cost:>",
        "NOT cost:",
        "(cost:>)",
        "dir:\"\"",
        "-()",
        "date:2026-11-01.",
        "date:7",
    ] {
        let query = ask(text);
        assert!(query.matches(&plain()), "{text}");
        let kinds: Vec<_> = query.problems().iter().map(|p| p.kind).collect();
        assert_eq!(kinds, [ProblemKind::Incomplete], "{text}");
        assert!(query.problems()[0].is_wrong());
        // It leaves the rest in force, wherever it stands.
        for whole in [format!("p:xx {text}"), format!("p:xx OR {text}")] {
            assert!(!ask(&whole).matches(&plain()), "{whole}");
        }
    }
    for text in [
        "",
        "  ",
        "()",
        ")",
        "OR",
        "AND",
        "a OR",
        "source:alpha,",
        "cost:1.",
        "( ( ) )",
    ] {
        assert_eq!(ask(text).problems(), [], "{text}");
    }
    assert!(ask(" () OR ").is_empty() && !ask("-").is_empty());
    // What is open is asked all the same, and said.
    for text in ["(", "(a", "x (a OR b", "-(a b"] {
        let query = ask(text);
        let open = &query.problems()[0];
        assert!(open.is_open() && open.is_wrong(), "{text}");
        assert_eq!(open.line(), "(: a parenthesis is open");
    }
    assert_eq!(ask("date:").problems()[0].line(), "date: unfinished");
}

#[test]
fn wrong_values_are_named_and_ignored() {
    let table = [
        ("cost:abc", "`abc` is no number"),
        ("tokens:1x", "`1x` is no number"),
        ("tokens:-1", "`-1` is no number"),
        ("tokens:99999999999999999999", "is no number"),
        ("tokens:999999999999999999T", "is no number"),
        ("cost:2..1", "ends before it starts"),
        ("cost:_", "is no number"),
        (
            "source:nobody",
            "no source `nobody`, there are alpha, beta-cli, gamma",
        ),
        ("is:nice", "`nice` is none of sub, fork, copy"),
        ("has:share", "`has:share` is asked by is:shared"),
        ("has:summary", "`has:summary` is not here yet"),
        ("has:errors", "no `errors`, did you mean `error`?"),
        ("sort:costs", "no `costs`, did you mean `cost`?"),
        ("has:nothing", "`nothing` is none of thinking"),
        ("date:2026-13", "`2026-13` is no date"),
        ("date:2026-02-30", "is no date"),
        ("date:soon", "is no date"),
        ("date:2026-11-02..2026-11-01", "ends before it starts"),
        ("date:900000y", "too long ago"),
        ("date:99999999999999999999d", "too long ago"),
        ("date:>>2d", "is no date"),
        ("project:>a", "has no order"),
    ];
    for (text, reason) in table {
        let query = ask(&format!("{text} p:api"));
        let [problem] = query.problems() else {
            panic!("{text}")
        };
        assert_eq!(
            (problem.kind, problem.clause.as_str()),
            (ProblemKind::Wrong, text)
        );
        assert!(
            problem.reason.contains(reason),
            "{text}: {}",
            problem.reason
        );
        assert!(problem.is_wrong() && query.matches(&plain()));
        assert!(ask(&format!("-{text}")).matches(&plain()));
    }
}

#[test]
fn strange_fields_are_words_with_a_hint() {
    let hint = |text: &str| {
        ask(text)
            .problems()
            .first()
            .map(|p| (p.kind, p.reason.clone()))
    };
    let unknown = |reason: &str| Some((ProblemKind::UnknownField, reason.to_owned()));
    assert_eq!(
        hint("costs:5"),
        unknown("no field `costs`, did you mean `cost`?")
    );
    assert_eq!(
        hint("porject:a"),
        unknown("no field `porject`, did you mean `project`?")
    );
    assert_eq!(
        hint("dura:>1h"),
        unknown("no field `dura`, did you mean `duration`?")
    );
    assert_eq!(
        hint("banana:5"),
        unknown("no field `banana`, searched as words")
    );
    for fine in ["tool:bash", "/a|b/", "project:/a|b/", "/A/i"] {
        assert_eq!(hint(fine), None);
    }
    for wrong in ["/a(b/", "project:/a(b/"] {
        assert_eq!(hint(wrong).map(|(kind, _)| kind), Some(ProblemKind::Wrong));
    }
    for text in [
        "https://a.b/c",
        "std::fs",
        "C:\\x",
        "alpha:0000",
        "12:30",
        "/usr/local",
        "a/b",
    ] {
        assert_eq!(hint(text), None, "{text}");
        assert!(ask(text).has_words());
    }
    assert!(ask("costs:5").problems().iter().all(|p| !p.is_wrong()));
}

#[test]
fn too_much_is_cut() {
    let long = format!("p:api {}", "x ".repeat(400));
    let query = ask(&long);
    assert_eq!(query.text().chars().count(), LENGTH);
    assert_eq!(query.problems()[0].kind, ProblemKind::Cut);
    let deep = format!("{}p:api{} p:xx", "(".repeat(100), ")".repeat(100));
    assert!(!ask(&deep).matches(&plain()));
    assert_eq!(ask(&deep).problems()[0].kind, ProblemKind::Cut);
    assert!(ask(&"(".repeat(256)).is_empty());
    assert!(ask(&"NOT ".repeat(64)).matches(&plain()));
}

#[test]
fn clauses_and_what_is_left_without_them() {
    let query = ask("  refact  cost:>1 -project:infra (a OR b) cost:> tool:x");
    let clauses = query.clauses();
    let texts: Vec<&str> = clauses.iter().map(|c| c.text.as_str()).collect();
    assert_eq!(
        texts,
        [
            "refact",
            "cost:>1",
            "-project:infra",
            "(a OR b)",
            "cost:>",
            "tool:x"
        ]
    );
    let problems: Vec<_> = clauses.iter().map(|c| c.problem).collect();
    let odd = [Some(ProblemKind::Incomplete), None];
    assert_eq!(problems, [[None; 4].as_slice(), &odd].concat());
    assert_eq!(
        query.without(1),
        "refact -project:infra (a OR b) cost:> tool:x"
    );
    assert_eq!(query.without(9), query.to_string());
    assert_eq!(ask("a OR b").clauses().len(), 1);
    assert_eq!(ask("a OR b").without(0), "");
    assert_eq!(ask("").clauses(), []);
    assert_eq!(ask("a AND \"b c").without(0), "\"b c");
}

#[test]
fn it_is_read_out() {
    let table = [
        (
            "date:<2d cost:>1 -project:infra",
            "updated in the last 2 days, cost above $1, not project infra",
        ),
        (
            "refact \"a b\" =c ~d",
            "refact, \"a b\", the word c, about d",
        ),
        ("date:1d", "updated in the last 1 day"),
        ("created:>1w", "created more than 1 week ago"),
        ("created:today", "created today"),
        ("date:2026-11", "updated in 2026-11"),
        ("date:mon,last-tue", "updated on Monday or last Tuesday"),
        ("date:20261101", "updated on 2026-11-01"),
        ("date:>=2026-11-01", "updated from 2026-11-01 on"),
        (
            "date:2026-11-01..3d",
            "updated from 2026-11-01 to 3 days ago",
        ),
        ("cost:0.5..2", "cost from $0.5 to $2"),
        ("cost:?", "cost unknown"),
        ("tokens:>2M", "tokens above 2M"),
        (
            "source:al,beta,!gg",
            "source alpha or beta-cli but not gamma",
        ),
        (
            "is:sub OR (is:empty is:auto)",
            "a sub-agent or (empty, automated)",
        ),
        ("-is:fork", "not a fork"),
        ("project:!x", "not project x"),
        ("cost:> a", "a"),
        ("cost:>", ""),
    ];
    for (text, said) in table {
        assert_eq!(ask(text).describe(), said, "{text}");
    }
}

#[test]
fn words_are_told_from_fields() {
    for (text, has, only) in [
        ("a", true, true),
        ("a cost:>1", true, false),
        ("cost:>1", false, false),
        ("-a", false, false),
        ("NOT -a", true, true),
        ("", false, false),
    ] {
        assert_eq!(
            (ask(text).has_words(), ask(text).words_only()),
            (has, only),
            "{text}"
        );
    }
}

#[test]
fn fields_are_declared_well() {
    let mut names: Vec<&str> = FIELDS.iter().flat_map(Field::names).collect();
    names.sort_unstable();
    let count = names.len();
    names.dedup();
    assert_eq!(names.len(), count, "a name is taken twice");
    let mut context = context();
    context.sources[0].names.extend(["cc", "cx"]);
    for field in FIELDS {
        let query = Query::parse(field.example, &context);
        assert!(query.problems().is_empty(), "{}", field.example);
        assert!(!query.has_words() && !field.help.is_empty());
        assert!(lookup::named(field.name).is_some());
    }
}

#[test]
fn completion() {
    let rows = [
        row(session(|s| s.dir = Some(Path::new("/code/api").into()))),
        row(session(|s| s.dir = Some(Path::new("/code/api").into()))),
        row(session(|s| s.dir = Some(Path::new("/code/a page").into()))),
    ];
    let complete = |text: &str, cursor: usize| -> Vec<String> {
        let offers = complete(text, cursor, rows.iter());
        let told = offers.into_iter().map(|offer| match offer.count {
            Some(count) => format!("{} {count}", offer.text),
            None => offer.text,
        });
        told.collect()
    };
    assert_eq!(complete("co", 2), ["cost:"]);
    assert_eq!(complete("x -pr", 5), ["project:", "provider:", "prompts:"]);
    assert_eq!(complete("is:", 3).len(), 17);
    assert_eq!(
        complete("is:sub,!a", 9),
        ["is:sub,!archived 0", "is:sub,!auto 0"]
    );
    assert_eq!(complete("(da", 3), ["date:"]);
    assert_eq!(complete("cost", 2), ["cost:"]);
    assert_eq!(complete("", 0), [""; 0]);
    assert_eq!(complete("é co", 99), ["cost:"]);
    assert_eq!(complete("sort:cr", 7), ["sort:created"]);
    // Values come with the number of sessions that have them.
    assert_eq!(
        complete("-project:x,A", 12),
        ["project:x,api 2", "project:x,\"a page\" 1"]
    );
    assert_eq!(complete("source:", 7), ["source:alpha 3"]);
    assert_eq!(complete("title:", 6), [""; 0]);
    // What is typed whole comes before what begins like it.
    assert_eq!(complete("fil", 3), ["file:", "files:"]);
    assert_eq!(complete("too", 3), ["tool:", "tools:"]);
    // Days, money and sizes that are asked for most; what only conversations tell is not counted.
    assert_eq!(
        complete("date:la", 7),
        ["date:last-week 0", "date:last-month 0"]
    );
    assert_eq!(complete("cost:?", 6), ["cost:? 0"]);
    assert_eq!(complete("files:>100k", 11), ["files:>100k"]);
    assert_eq!(piece("a -pr b", 5), 3..5);
}

#[test]
fn printing_keeps_the_meaning() {
    let table = [
        ("  a   b ", "a b"),
        ("a|b", "a|b"),
        ("a | b OR c", "a OR b OR c"),
        ("((a) b", "((a) b)"),
        ("NOT   a AND b", "NOT a b"),
        ("(f(x) y", "(f(x) y)"),
        ("(f(x", "(f(x )"),
        ("(a \"b c", "(a \"b c"),
        ("NOT () a", "NOT a"),
        ("a ) b", "a b"),
        ("(a)(b)-c", "(a) (b) -c"),
    ];
    for (text, printed) in table {
        assert_eq!(ask(text).to_string(), printed);
        assert_eq!(ask(printed), ask(text));
    }
}

#[test]
fn settings_stand_in_the_text_and_ask_nothing() {
    let query = ask("cost:>1 sort:cost- limit:5 (sort:title)");
    let settings = query.arrangement();
    assert_eq!(
        (settings.sort, settings.limit),
        (Some(("title", None)), Some(5))
    );
    assert_eq!(
        query.describe(),
        "cost above 1, by cost, largest first, the first 5, by title"
            .replace("above 1", "above $1")
    );
    assert_eq!(
        ask("sort:updated+").arrangement().sort,
        Some(("updated", Some(true)))
    );
    let plain = ask("cost:>1");
    let both = [row(session(|_| {})), row(session(|s| s.prompts = 9))];
    assert!(
        both.iter()
            .all(|row| query.matches(row) == plain.matches(row))
    );
    for (text, kind) in [
        ("sort:co", ProblemKind::Incomplete),
        ("sort:banana", ProblemKind::Wrong),
        ("limit:", ProblemKind::Incomplete),
        ("limit:0", ProblemKind::Wrong),
    ] {
        assert_eq!(ask(text).problems()[0].kind, kind, "{text}");
    }
}

#[test]
fn spans_and_sizes_have_units() {
    let long = row(session(|s| {
        s.started = Some("2026-11-20T10:00:00Z".parse().unwrap());
        s.updated = Some("2026-11-20T12:30:00Z".parse().unwrap());
        s.size = Some(20_000_000);
        s.errors = 0;
    }));
    for fits in [
        "duration:>2h",
        "duration:90m..3h",
        "size:>=20MB",
        "size:<1gb",
        "errors:0",
        "id:a",
    ] {
        assert!(ask(fits).matches(&long), "{fits}");
    }
    for not in ["duration:<9000s", "size:>20MB", "errors:>0", "-title:?"] {
        assert!(!ask(not).matches(&long) || not == "-title:?", "{not}");
    }
    assert_eq!(ask("duration:5x").problems()[0].kind, ProblemKind::Wrong);
}
