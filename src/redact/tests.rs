//! What is found, what is left alone, and what the way out makes of both.

use std::path::Path;

use proptest::prelude::*;

use super::rules::TABLE;
use super::*;

mod masking;
mod numbers;

/// An example of the table without what keeps scanners of sources away from it.
fn example(text: &str) -> String {
    text.replace('~', "")
}

fn redact(text: &str) -> String {
    let scanner = Scanner::new();
    let mut outlet = Outlet::new(&scanner, Secrets::Replace);
    outlet.text(text).as_str().to_owned()
}

/// The text with every mark as `<rule>`.
fn plain(text: &str) -> String {
    let text = redact(text);
    let mut out = String::new();
    let mut from = 0;
    for mark in marks::marks(&text) {
        let rule = text[mark.clone()].split([':', ' ']).nth(1).unwrap();
        out.push_str(&text[from..mark.start]);
        out.push_str(&format!("<{rule}>"));
        from = mark.end;
    }
    out.push_str(&text[from..]);
    out
}

fn token() -> String {
    example("gh~p_16C7e42F292c6912E7710c838347Ae178B4a")
}

/// X5: each rule finds what it says it finds, and not what it says it does not.
#[test]
fn every_rule_keeps_its_word() {
    let scanner = Scanner::new().anonymizing(Path::new("/home/ada"), Some("wharf"), Some("ada"));
    let mut wrong = Vec::new();
    for rule in &TABLE.rules {
        let finds = |text: &str| {
            scanner
                .rules_of(Clean::of(text).as_str())
                .contains(&rule.id.as_str())
        };
        for text in rule.yes.iter().map(|text| example(text)) {
            if !finds(&text) {
                wrong.push(format!("{} misses {text}", rule.id));
            }
        }
        for text in rule.no.iter().map(|text| example(text)) {
            if finds(&text) {
                wrong.push(format!("{} takes {text}", rule.id));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// X5: what one rule leaves alone, the others do too, unless it holds another secret.
#[test]
fn what_is_no_secret_of_one_rule_is_none_of_another() {
    let scanner = Scanner::new();
    let mut wrong = Vec::new();
    for rule in TABLE.rules.iter().filter(|rule| rule.tier < 3) {
        for text in rule.no.iter().map(|text| example(text)) {
            let rules = scanner.rules_of(&text);
            if !rules.is_empty() {
                wrong.push(format!("{text}: {rules:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_words_around_a_secret_stay() {
    let token = token();
    for (text, want) in [
        (format!("use {token}, please"), "use <github-token>, please"),
        (
            format!("{token}\n{token}\n"),
            "<github-token>\n<github-token>\n",
        ),
        (
            format!(
                "git clone https:{}x-access-token:{token}@github.com/a/b.git",
                "//"
            ),
            "git clone https://x-access-token:<github-token>@github.com/a/b.git",
        ),
        (
            example("DATABASE_URL=postgres:~//app:Qx7tVb92LmWz@db.internal:5432/prod"),
            "DATABASE_URL=postgres://app:<url-password>@db.internal:5432/prod",
        ),
        (
            example("pass~word: \"Zx81QvTnB07r\" # the old one"),
            "password: \"<password>\" # the old one",
        ),
        (
            example("curl -H 'Authoriz~ation: Bea~rer Zx81QvTnB07rLmWcYh55' https://tide.invalid"),
            "curl -H 'Authorization: Bearer <bearer-token>' https://tide.invalid",
        ),
    ] {
        assert_eq!(plain(&text), want);
    }
}

/// A letter of an escape is not part of the word behind it.
#[test]
fn a_secret_in_a_string_of_json_or_an_address_is_found() {
    let token = token();
    for before in [
        "\\n",
        "\\t",
        "\\u001b[31m",
        "\\u000a",
        "%3D",
        "\\x0a",
        "\\r\\n",
        "=",
        "\u{241b}[0m",
    ] {
        let text = format!("x{before}{token}");
        assert_eq!(plain(&text), format!("x{before}<github-token>"), "{before}");
    }
    assert_eq!(
        redact(&format!("x{token}")),
        format!("x{token}"),
        "part of another word"
    );
}

#[test]
fn what_hides_and_what_colours_hide_no_secret() {
    let token = token();
    let (a, b) = token.split_at(20);
    for middle in [
        "\u{200b}",
        "\u{2060}\u{feff}",
        "\x1b[31m",
        "\u{200d}",
        "\\u200b",
        "\\u001b[1;32m",
        "\u{ad}",
    ] {
        let text = format!("tok {a}{middle}{b}\x1b[0m end");
        let out = plain(&text);
        assert!(
            out.starts_with("tok <github-token>") && out.ends_with(" end"),
            "{out}"
        );
    }
    let scanner = Scanner::new();
    let mut outlet = Outlet::new(&scanner, Secrets::Replace);
    let raw = Raw::from(format!("tok {a}\x1b[31m{b}\x1b[0m end"));
    assert!(outlet.output(&raw).as_str().ends_with("] end"));
    assert!(!outlet.raw(&raw).as_str().contains(b));
    assert_eq!(outlet.found().total(), 2);
}

/// Titles are cut before anybody looks for secrets in them.
#[test]
fn the_start_of_a_secret_at_the_end_of_a_text_goes() {
    for (text, want) in [
        (&token()[..14], "<github-token>"),
        (
            &example("export K=sk-~ant-api03-Qx7tVb92Lm"),
            "export K=<anthropic-key>",
        ),
        (
            &example("ey~JhbGciOiJIUzI1NiIsInR5cCI6.ey~JzdWIiOiIxMjM0"),
            "<jwt>",
        ),
    ] {
        assert_eq!(plain(text), want);
        let on = format!("{text} and on");
        assert_eq!(redact(&on), on, "nothing is cut here");
    }
    for text in [
        "install sk-learn-1.3",
        "npm_config_registry2",
        "set hf_hub_download",
        "ghp_short",
        "glpat-...",
        "xoxb-your-token",
    ] {
        assert_eq!(redact(text), text);
    }
}

/// Twelve lines of it, as files, JSON, listings with numbers and diffs hold it.
#[test]
fn a_private_key_goes_as_a_whole() {
    let body: Vec<String> = (0..12)
        .map(|i| format!("{i:02}Qx7tVb92LmWzKp4Rd8Ys3Hn6Jf1Gc5Xo0Ua+Ei/Bz{i:02}9Tq2Wv7Nk"))
        .collect();
    let (begin, end) = (
        example("-----BEGIN RSA PRIVATE ~KEY-----"),
        example("-----END RSA PRIVATE ~KEY-----"),
    );
    let whole = format!("{begin}\n{}\n{end}", body.join("\n"));
    assert_eq!(plain(&format!("a\n{whole}\nb")), "a\n<private-key>\nb");
    let json = format!("{{\"key\": \"{}\", \"n\": 1}}", whole.replace('\n', "\\n"));
    assert_eq!(plain(&json), "{\"key\": \"<private-key>\", \"n\": 1}");
    let twice = json.replace('\\', "\\\\").replace('"', "\\\"");
    assert_eq!(
        plain(&twice),
        "{\\\"key\\\": \\\"<private-key>\\\", \\\"n\\\": 1}"
    );
    let cut = format!("{begin}\n{}", body[..5].join("\n"));
    assert_eq!(
        plain(&format!("a\n{cut}\n\nb c")),
        "a\n<private-key>\n\nb c"
    );
    for between in ["\n+", "\n> ", "\n    12→", "\\n\" +\n  \"", "\r\n"] {
        let lines = format!("{begin}{between}{}{between}{end}", body.join(between));
        let out = plain(&lines);
        assert_eq!(out, "<private-key>", "{between:?}");
    }
}

#[test]
fn ways_of_writing_that_only_look_like_secrets_stay() {
    for text in [
        "-----BEGIN CERTIFICATE-----",
        "#a1b2c3d4 #ff00ff rgba(12,34,56,0.5)",
        "let token = self.lexer.next_token2();",
        "if password != confirmation_password2 {",
        "password: String,\nsecret: Option<SecretString16>,",
        "https://user:password@example.com/",
        "DB_PASSWORD=\"${DB_PASSWORD_2:-none}\"",
        "api_key = settings.API_KEY_V2",
        "\"integrity\": \"sha512-Qx7tVb92LmWzKp4Rd8Ys3Hn6Jf1Gc5Xo0UaEiBz01234Tq2Wv7NkQx7tVb92LmWzKp4Rd8Ys3Hn6Jf==\"",
        "\"session_token\": \"msg_01Qx7tVb92LmWzKp4Rd8Ys3Hn\"",
        "cacheKey: 'Qx7tVb92LmWzKp4Rd8Ys3Hn6'",
        "index 4f1c9a7..e2b3d5c 100644",
        "[redacted:github-token k3fa]",
    ] {
        assert_eq!(redact(text), text);
    }
}

/// Two places of one secret can be matched, and another run's marks say nothing about this one's.
#[test]
fn marks_are_stable_in_a_run_only() {
    let (token, other) = (
        token(),
        example("gh~p_99C7e42F292c6912E7710c838347Ae178B4a"),
    );
    let scanner = Scanner::new();
    let out = Outlet::new(&scanner, Secrets::Replace).text(&format!("{token} {other} {token}"));
    let marks: Vec<&str> = out.as_str().split("] ").collect();
    assert_eq!(marks[0], marks[2].trim_end_matches(']'));
    assert_ne!(marks[0], marks[1]);
    let in_another = (0..8).any(|_| !redact(&token).starts_with(marks[0]));
    assert!(in_another, "the key of a run is drawn");
    let again = || Scanner::new().repeatable();
    let page = |scanner: &Scanner| {
        Outlet::new(scanner, Secrets::Replace)
            .text(&token)
            .as_str()
            .to_owned()
    };
    assert_eq!(page(&again()), page(&again()));
}

#[test]
fn what_is_kept_is_counted_and_shown_masked() {
    let token = token();
    let text = format!(
        "first {token}\nthen\t{token} and {}",
        example("npm~_16C7e42F292c6912E7710c838347Ae178B4a.")
    );
    let scanner = Scanner::new();
    let mut outlet = Outlet::new(&scanner, Secrets::Keep);
    assert_eq!(outlet.text(&text).as_str(), text);
    assert_eq!(outlet.found().to_string(), "2 github-token, 1 npm-token");
    assert_eq!(outlet.found().total(), 3);
    let seen = outlet.seen();
    assert_eq!(seen.len(), 3);
    assert_eq!(seen[0].preview.as_str(), "ghp_.. (40 characters)");
    assert_eq!(seen[0].before.as_str(), "first ");
    assert!(
        seen[0]
            .after
            .as_str()
            .starts_with(" then [redacted:github-token ")
    );
    assert!(
        seen.iter()
            .all(|seen| !format!("{seen:?}").contains("C7e42F"))
    );
    assert_eq!(Found::default().to_string(), "nothing");
    let mut both = outlet.found().clone();
    both.add(outlet.found());
    assert_eq!(both.total(), 6);
}

#[test]
fn what_the_user_allows_stays() {
    let token = token();
    let known = fingerprint(&token);
    assert_eq!(known.len(), 16);
    let scanner = Scanner::new().allowing(&[known.to_uppercase()]);
    let text = format!(
        "{token} {}",
        example("gh~o_16C7e42F292c6912E7710c838347Ae178B4a")
    );
    let out = Outlet::new(&scanner, Secrets::Replace).text(&text);
    assert!(
        out.as_str()
            .starts_with(&format!("{token} [redacted:github-token "))
    );
}

/// `redact.allow`: the value itself, or its shape; one that fits everything is no shape.
#[test]
fn values_and_shapes_can_be_allowed() {
    let token = token();
    let other = example("gh~o_16C7e42F292c6912E7710c838347Ae178B4a");
    let text = format!("{token} {other}");
    let left = |allowed: &[&str]| {
        let scanner = Scanner::new().allowing(allowed);
        let mut outlet = Outlet::new(&scanner, Secrets::Replace);
        drop(outlet.text(&text));
        outlet.found().total()
    };
    assert_eq!(left(&[]), 2);
    assert_eq!(left(&[&token]), 1);
    let shape = format!("{}*{}", &other[..6], &other[other.len() - 2..]);
    assert_eq!(left(&[&shape]), 1);
    assert_eq!(left(&["gh*", "*"]), 2);
    assert_eq!(left(&[&shape, &token]), 0);
}

#[test]
fn traces_of_a_person_go_only_when_asked() {
    let text = "ada@wharf:/home/ada/loom$ mail ada.l@tide.invalid, ~/.claude/projects/-home-ada-loom/x, /home/adam";
    assert_eq!(redact(text), text);
    let scanner = Scanner::new().repeatable().anonymizing(
        Path::new("/home/ada/"),
        Some("wharf"),
        Some("ada"),
    );
    let mut outlet = Outlet::new(&scanner, Secrets::Replace);
    let out = outlet.text(text);
    let left = out.as_str();
    for gone in ["ada@", "wharf", "/home/ada/", "-home-ada-", "tide.invalid"] {
        assert!(!left.contains(gone), "{left}");
    }
    // Another machine's home too.
    assert!(left.contains("/home/[redacted:user-of-home"), "{left}");
    assert_eq!(
        outlet.found().to_string(),
        "2 home-path, 1 email-address, 1 host-name, 1 user-name, 1 user-of-home"
    );
    // A secret is one in any case.
    assert!(!outlet.text(&token()).as_str().contains("16C7"));
    let nobody = Scanner::new().anonymizing(Path::new("/"), Some("localhost"), Some("root"));
    assert!(nobody.scan(&Clean::of("root@localhost:/ #")).is_empty());
}

/// Pieces of which texts are made: secrets, their beginnings, what stands before and behind them.
fn piece() -> impl Strategy<Value = String> {
    let examples: Vec<String> = TABLE
        .rules
        .iter()
        .flat_map(|rule| rule.yes.iter().chain(&rule.no))
        .map(|text| example(text))
        .collect();
    let keywords: Vec<String> = TABLE
        .rules
        .iter()
        .flat_map(|rule| rule.keywords.clone())
        .collect();
    prop_oneof![
        4 => prop::sample::select(examples.clone()),
        2 => (prop::sample::select(examples), 0usize..200).prop_map(|(text, n)| text.chars().take(n).collect()),
        2 => prop::sample::select(keywords),
        2 => "[A-Za-z0-9+/_=-]{0,40}",
        2 => prop::sample::select(vec!["=", ": ", "\"", "'", "\n", "\\n", " ", "@", "://", "[", "]", "\u{200b}", "\x1b[31m", "-", "(", "é", "🧵", "\0"]).prop_map(str::to_owned),
        1 => Just("[redacted:github-token k3fa]".to_owned()),
        1 => any::<String>(),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// X5: nothing panics; hits are in order and apart; what is outside them is unchanged; what came out holds none.
    #[test]
    fn any_text_is_redacted_once_and_for_all(pieces in prop::collection::vec(piece(), 0..12)) {
        let text = Clean::of(&pieces.concat());
        let scanner = Scanner::new();
        let hits = scanner.scan(&text);
        let mut want = String::new();
        let mut from = 0;
        for hit in &hits {
            prop_assert!(from <= hit.range.start && hit.range.start < hit.range.end);
            want.push_str(&text.as_str()[from..hit.range.start]);
            want.push_str(&scanner.mark(hit.rule, &text.as_str()[hit.range.clone()]));
            from = hit.range.end;
        }
        want.push_str(&text.as_str()[from..]);
        let mut outlet = Outlet::new(&scanner, Secrets::Replace);
        let once = outlet.clean(&text);
        if outlet.found().total() == hits.len() {
            prop_assert_eq!(once.as_str(), want.as_str());
        }
        let found = outlet.found().total();
        let twice = outlet.text(once.as_str());
        prop_assert_eq!(&once, &twice);
        prop_assert_eq!(outlet.found().total(), found, "what came out holds no secret");
        let mut keeping = Outlet::new(&scanner, Secrets::Keep);
        let kept = keeping.clean(&text);
        prop_assert_eq!(kept.as_str(), text.as_str());
        prop_assert_eq!(keeping.found().total(), found);
    }
}
