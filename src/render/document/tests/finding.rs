//! Finding: what is found, what opens for it, what is marked.

use proptest::prelude::*;

use super::sample::*;
use super::*;

#[test]
fn what_holds_a_hit_opens_and_closes_again() {
    let mut document = document(story(), 80, 200);
    let closed = said(&document);
    for (needle, inside) in [
        ("lock goes", "the lock goes away"),
        ("brief", "Be brief."),
        ("case_60", "case_60 ... ok"),
        ("cube", "cube"),
        ("without its", "without its call"),
    ] {
        assert!(!has(&document, inside), "{inside}");
        document.find(needle);
        assert_eq!(document.hits(), Some((1, 1)), "{needle}");
        assert!(has(&document, inside), "{inside}");
        document.find("");
        assert_eq!(document.hits(), None);
        assert_eq!(said(&document), closed);
    }
}

#[test]
fn what_was_folded_by_hand_stays_as_it_was_put() {
    let mut document = document(story(), 80, 200);
    document.click(row_of(&document, "thinking, 2 lines"));
    document.toggle_fold();
    document.toggle_fold();
    document.find("lock goes");
    assert!(!has(&document, "the lock goes away"));
    assert_eq!(document.hits(), Some((1, 1)));
}

#[test]
fn hits_are_gone_through_round_the_ends() {
    let mut document = document(long(40), 60, 10);
    document.find("prompt");
    document.next_hit(0);
    let mut seen = Vec::new();
    for _ in 0..5 {
        seen.push((
            document.hits().unwrap().0,
            document.message().unwrap().number,
        ));
        document.next_hit(1);
    }
    assert_eq!(seen, [(1, 1), (2, 11), (3, 21), (4, 31), (1, 1)]);
    document.next_hit(-1);
    assert_eq!(document.message().unwrap().number, 1);
    document.next_hit(-1);
    assert_eq!(document.hits(), Some((4, 4)));
    assert!(has(&document, "prompt31"));
}

#[test]
fn a_capital_asks_for_itself() {
    let mut document = document(story(), 80, 40);
    document.find("LAYER");
    assert_eq!(document.hits(), Some((0, 0)));
    document.find("Layer");
    let exact = document.hits().unwrap().1;
    document.find("layer");
    assert!(exact > 0 && document.hits().unwrap().1 > exact);
}

#[test]
fn every_place_is_marked_across_styles_and_cases() {
    let text = "the İstanbul **ca**se of a CASE in `some case`";
    let mut document = document(conversation(vec![say(1, Role::User, text)]), 80, 10);
    document.find("case");
    let hit = look(ThemeKind::Dark, false).theme.style(Hue::Hit);
    let marked: String = document
        .lines()
        .iter()
        .flat_map(|line| line.spans.clone())
        .filter(|span| span.style.bg == hit.bg)
        .map(|span| span.content.into_owned())
        .collect();
    assert_eq!(marked, "caseCASEcase");
}

#[test]
fn a_result_belongs_to_its_call_and_to_no_other_part() {
    let parts = vec![
        Part::Text("first".into()),
        result("lost", "a needle without its call"),
        call("c", "Bash", r#"{"command":"ls"}"#),
        result("c", "a needle with its call"),
    ];
    let mut document = document(
        conversation(vec![message(1, Role::Assistant, parts)]),
        80,
        40,
    );
    document.find("needle");
    assert_eq!(document.hits, [(0, 1), (0, 2)]);
    assert!(has(&document, "needle without") && has(&document, "needle with its"));
}

#[test]
fn ending_a_search_keeps_the_text_under_the_cursor() {
    let mut document = document(story(), 80, 12);
    document.find("case_40");
    document.next_hit(0);
    assert!(has(&document, "case_40"));
    document.find("");
    assert_eq!(document.message().unwrap().number, 4);
    assert!(has(&document, "cargo test auth"));
}

proptest! {
    /// Letters typed one by one find what the whole text finds.
    #[test]
    fn typing_finds_what_pasting_finds(needle in "(case_[0-9]|[LlCc][a-z]{0,3}|[a-z ]{1,4})") {
        let mut typed = document(story(), 80, 20);
        for end in needle.char_indices().map(|(at, c)| at + c.len_utf8()) {
            typed.find(&needle[..end]);
        }
        let mut pasted = document(story(), 80, 20);
        pasted.find(&needle);
        prop_assert_eq!(typed.hits, pasted.hits);
    }
}
