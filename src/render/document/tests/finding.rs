//! Finding: what is found, what opens for it, what is marked.

use proptest::prelude::*;

use super::sample::*;
use super::*;

/// Blocks and parts with hits, and how many each has.
fn counted(document: &Document) -> Vec<(usize, usize, usize)> {
    let hits = document.finding.hits.iter();
    hits.map(|one| (one.block, one.part, one.count)).collect()
}

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

/// UX 7: only what holds a hit opens, and a hit is seen: a path is whole where the hit is in what it is shortened by, a
/// line is cut around it, and what has no room there stands among the arguments.
#[test]
fn a_hit_on_the_line_of_a_call_is_seen_and_opens_no_answer() {
    let path = "/home/ada/loom/packages/agent/src/deep/in/the/tree/main.ts";
    let command = format!("echo {} weft {} warp", "a".repeat(70), "b".repeat(70));
    let given = |name: &str, value: &str| serde_json::json!({ name: value }).to_string();
    let parts = vec![
        call("r", "Read", &given("file_path", path)),
        result("r", "one line of the file\nanother"),
        call("b", "Bash", &given("command", &command)),
        result("b", "said by the shell\nand more"),
        call(
            "e",
            "Edit",
            r#"{"file_path":"a.txt","old_string":"x","new_string":"y"}"#,
        ),
        result("e", "changed in the reef"),
    ];
    let talk = conversation(vec![message(1, Role::Assistant, parts)]);
    let mut document = document(talk, 60, 200);
    document.dir = Some(Path::new("/home/ada/loom").into());
    document.forget();
    document.set_size(60, 200);
    assert!(!has(&document, "loom"));
    let answers = ["one line of the file", "said by the shell\n", "reef"];
    for (needle, many) in [("loom", 1), ("weft", 1), ("main.ts", 1), ("echo a", 1)] {
        document.find(needle);
        document.next_hit(0);
        assert_eq!(document.hits(), Some((1, many)), "{needle}");
        assert_eq!(
            marked(&document).len(),
            1,
            "{needle}: {:#?}",
            said(&document)
        );
        assert!(!answers.iter().any(|text| has(&document, text)), "{needle}");
        assert!(
            !has(&document, "another") && !has(&document, "and more"),
            "{needle}"
        );
    }
    // Two that are far from each other are seen below the line.
    document.find("w");
    assert!(has(&document, "weft") && has(&document, "warp"));
    assert!(!has(&document, "and more"));
    document.find("reef");
    document.next_hit(0);
    assert!(has(&document, "changed in the reef"));
    assert_eq!(
        marked(&document),
        [(document.cursor_row().unwrap(), "reef".into())]
    );
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

/// UX 4.5: between slashes stands a pattern; one that is not whole yet, or none, stands for its letters.
#[test]
fn a_pattern_is_found_between_slashes() {
    let talk = vec![
        say(1, Role::User, "weft 12 and /weft"),
        say(2, Role::Assistant, "Weft 7"),
    ];
    let mut document = document(conversation(talk), 80, 20);
    let mut hits = |text: &str| {
        document.find(text);
        document.next_hit(0);
        let marks: Vec<String> = marked(&document)
            .into_iter()
            .map(|(_, text)| text)
            .collect();
        (document.hits(), marks)
    };
    let own = |marks: &[&str]| marks.iter().map(|m| (*m).to_owned()).collect::<Vec<_>>();
    assert_eq!(hits("/weft"), (Some((1, 1)), own(&["/weft"])));
    assert_eq!(hits("/weft [0-9]{2}/"), (Some((1, 1)), own(&["weft 12"])));
    assert_eq!(
        hits("/weft [0-9]+/i"),
        (Some((1, 2)), own(&["weft 12", "Weft 7"]))
    );
    assert_eq!(hits("/weft (/"), (Some((0, 0)), own(&[])));
    assert_eq!(hits("and /weft"), (Some((1, 1)), own(&["and /weft"])));
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
    let mut document = document(conversation(vec![say(1, Role::Assistant, text)]), 80, 10);
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
    assert_eq!(counted(&document), [(0, 1, 1), (0, 2, 1)]);
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

/// The rows of the view on which something is marked, each with what is.
pub fn marked(document: &Document) -> Vec<(usize, String)> {
    let theme = look(ThemeKind::Dark, false).theme.clone();
    let marks = [Hue::Hit, Hue::HitHere].map(|hue| theme.style(hue).bg);
    let lines = document.lines();
    let rows = lines.iter().enumerate().map(|(row, line)| {
        let spans = (line.spans.iter()).filter(|span| marks.contains(&span.style.bg));
        let text: String = spans.map(|span| span.content.as_ref()).collect();
        (row, text)
    });
    rows.filter(|(_, text)| !text.is_empty()).collect()
}

/// The text of the line under the cursor.
fn here(document: &Document) -> String {
    let row = document.cursor_row().unwrap();
    said(document)[row].trim().to_owned()
}

/// Goes on from hit to hit, and tells the line of each with its number.
fn walk(document: &mut Document, steps: usize) -> Vec<(usize, String)> {
    document.next_hit(0);
    let mut seen = Vec::new();
    for _ in 0..steps {
        seen.push((document.hits().unwrap().0, here(document)));
        document.next_hit(1);
    }
    seen
}

/// UX 4.3, 7: every place is a hit, several in one text and on one line too, and they are gone through one by one.
#[test]
fn each_place_of_a_text_is_a_hit() {
    let text = "the weft\n\nno thread\n\nweft over weft\n\nlast weft";
    let talk = vec![say(1, Role::User, text), say(2, Role::Assistant, "a weft")];
    let mut document = document(conversation(talk), 80, 20);
    document.find("weft");
    assert_eq!(document.hits(), Some((1, 5)));
    let line = |n, text: &str| (n, text.to_owned());
    let want = [
        line(1, "▌ the weft"),
        line(2, "▌ weft over weft"),
        line(3, "▌ weft over weft"),
        line(4, "▌ last weft"),
        line(5, "a weft"),
        line(1, "▌ the weft"),
    ];
    assert_eq!(walk(&mut document, 6), want);
    assert_eq!(document.hits().unwrap().0, 2);
    document.next_hit(-1);
    assert_eq!(document.hits().unwrap().0, 1);
    document.next_hit(-1);
    assert_eq!(
        (document.hits().unwrap().0, here(&document)),
        line(5, "a weft")
    );
    // Whoever moved goes on from where they are.
    document.click(row_of(&document, "no thread"));
    document.next_hit(1);
    assert_eq!(document.hits().unwrap().0, 2);
    document.click(row_of(&document, "no thread"));
    document.next_hit(-1);
    assert_eq!(document.hits().unwrap().0, 1);
}

/// What stands over the end of a row is one hit, marked on both rows, in what is said and in code, by words and by cells.
#[test]
fn what_is_broken_over_rows_is_marked_on_both() {
    let text = "so that each word of this is long enough for two shuttle looms\n\n```sh\na-warp-velionra-parser-and-more\n```";
    let mut document = document(conversation(vec![say(1, Role::Assistant, text)]), 22, 30);
    for (needle, pieces) in [
        ("word of this", vec!["word ", "of this"]),
        ("shuttle looms", vec!["shuttle ", "looms"]),
        ("velionra-parser", vec!["velionra-pa", "rser"]),
    ] {
        document.find(needle);
        assert_eq!(document.hits(), Some((1, 1)), "{needle}");
        document.next_hit(0);
        let marks = marked(&document);
        let texts: Vec<&str> = marks.iter().map(|(_, text)| text.trim_end()).collect();
        assert_eq!(
            texts.concat().replace(' ', ""),
            needle.replace(' ', ""),
            "{:#?}",
            said(&document)
        );
        assert_eq!(texts.len(), pieces.len(), "{texts:?}");
        assert_eq!(document.cursor_row(), Some(marks[0].0), "{needle}");
    }
    // The first row of the view may be the second of its line.
    document.find("word of this");
    document.set_size(22, 3);
    document.to_start();
    let row = marked(&document).last().map(|(row, _)| *row);
    document.scroll(3);
    assert!(row.is_some() && marked(&document).len() <= 2);
}

/// What a call was given and what it answered are counted as the search counts, and each is gone to where it is drawn.
#[test]
fn hits_in_calls_are_gone_to_where_they_are_drawn() {
    let edit = r#"{"file_path":"src/a.rs","old_string":"let reef = 1;\nkeep();\n","new_string":"let reef = 2;\nkeep();\nlet reef_b = 3;\n"}"#;
    let talk = conversation(vec![
        say(1, Role::User, "go"),
        message(
            2,
            Role::Assistant,
            vec![
                call("e", "Edit", edit),
                result("e", "ok"),
                call("b", "Bash", r#"{"command":"ls reef"}"#),
                result("b", "one\nreef two reef\n\u{1b}[31mred reef\u{1b}[0m\n"),
            ],
        ),
    ]);
    let mut document = document(talk, 80, 40);
    document.find("reef");
    assert_eq!(counted(&document), [(1, 0, 3), (1, 2, 4)]);
    let lines: Vec<String> = walk(&mut document, 7)
        .into_iter()
        .map(|(_, line)| line)
        .collect();
    for (line, what) in lines.iter().zip([
        "reef = 1", "reef = 2", "reef_b", "ls reef", "reef two", "reef two", "red reef",
    ]) {
        assert!(line.contains(what), "{what} in {lines:#?}");
    }
}

/// The words of a query are counted as the search through conversations counts them.
#[test]
fn the_words_of_a_query_count_as_the_search_counts() {
    let context = crate::query::tests::context();
    for text in [
        "layer",
        "case",
        "cargo OR state",
        "cmd:cargo",
        "out:case",
        "brief -nothing",
        "/l.y/",
    ] {
        let query = crate::query::Query::parse(text, &context);
        let heard = crate::search::listen(&query, &story(), crate::search::Depth::Hits(0));
        let count: usize = heard.hits.iter().map(|hit| hit.count).sum();
        let mut document = document(story(), 80, 40);
        document.find_query(&query);
        assert_eq!(document.hits().unwrap().1, count, "{text}");
        assert!(count > 0 || text == "case", "{text}");
    }
}

/// G9: under the mask places are those of what is shown; what stands in a secret is gone to at its mark.
#[test]
fn hits_under_the_mask_are_gone_to() {
    let text = "mail ada.l@tide.invalid now\n\nthen the tide turns\n\nand ada goes";
    let mut document = document(conversation(vec![say(1, Role::Assistant, text)]), 80, 20);
    let mask = crate::redact::Mask::new(|| {
        let home = Path::new("/home/ada");
        let scanner = crate::redact::Scanner::new().repeatable();
        scanner.naming(home, None, Some("ada"))
    });
    document.set_look(Arc::new(Look {
        mask: Some(Arc::new(mask)),
        ..(*look(ThemeKind::Dark, false)).clone()
    }));
    assert!(!has(&document, "tide.invalid"), "{:#?}", said(&document));
    document.find("tide");
    let seen = walk(&mut document, 2);
    assert_eq!((seen[0].0, seen[1].0), (1, 2));
    assert!(
        seen[0].1.starts_with("mail ") && seen[1].1 == "then the tide turns",
        "{seen:?}"
    );
}

/// UX 12: of a letter that stands everywhere some is found at once, from the view on; the rest is counted later, and what
/// is typed meanwhile finds all of its own.
#[test]
fn what_stands_everywhere_is_counted_piece_by_piece() {
    let text = "e ".repeat(20_000);
    let one = |n| say(n, Role::Assistant, &format!("{text}\n\nreef {n}"));
    let talk = conversation((1..=10).map(one).collect());
    let all = 10 * 20_002;
    let mut document = document(talk, 80, 20);
    document.go_to(6, 0);
    document.find("e");
    let (_, of) = document.hits().unwrap();
    assert!(document.is_counting() && of > 0 && of < all, "{of}");
    let seen: Vec<usize> = counted(&document).iter().map(|one| one.0).collect();
    assert!(seen.contains(&6) && !seen.contains(&0), "{seen:?}");
    document.next_hit(0);
    let here = said(&document);
    let mut pieces = 1;
    while document.count_on() {
        pieces += 1;
    }
    assert!(pieces > 1);
    assert_eq!(document.hits(), Some((6 * 20_002 + 1, all)));
    assert_eq!(said(&document), here, "nothing moved");
    // The next letter is typed while the one before is still counted.
    document.find("");
    document.find("e");
    document.find("ee");
    while document.count_on() {}
    assert_eq!(document.hits(), Some((1, 10)));
    // Whoever goes on from hit to hit passes none that is not counted yet.
    document.go_to(6, 0);
    for direction in [1, -1] {
        document.find("");
        document.find("e");
        document.find("reef ");
        document.next_hit(0);
        let mut seen = Vec::new();
        for _ in 0..10 {
            seen.push(document.message().unwrap().number);
            document.next_hit(direction);
        }
        seen.sort_unstable();
        assert_eq!(seen, (1..=10).collect::<Vec<u32>>());
    }
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
        prop_assert_eq!(counted(&typed), counted(&pasted));
    }
}
