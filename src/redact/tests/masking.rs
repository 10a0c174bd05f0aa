//! The mask of the screen: the same marks as on the way out, and the way back to what stood there.

use super::*;

fn mask() -> Mask {
    Mask::new(|| {
        let home = Path::new("/home/ada");
        Scanner::new()
            .repeatable()
            .naming(home, Some("wharf"), Some("ada"))
    })
}

fn hide(text: &str) -> Option<Masked> {
    mask().hide(&Clean::of(text))
}

/// G9: names of person and machine go with secrets; ids and hashes are to be read on the screen.
#[test]
fn the_screen_hides_what_an_export_replaces_but_not_what_only_looks_drawn_by_chance() {
    let id = "then TnOR5J47C5emaVwmkDHr0ZTONBvlBGjvVHtwJ0x0 was printed";
    assert_eq!(hide(id), None);
    let text = format!(
        "ada@wharf:/home/ada/loom$ mail ada.l@tide.invalid {}",
        token()
    );
    let shown = mask().clean(&Clean::of(&text));
    for gone in ["ada@", "wharf", "/home/ada", "tide.invalid", "16C7"] {
        assert!(!shown.as_str().contains(gone), "{shown}");
    }
    assert_eq!(hide(&text).unwrap().text, shown.as_str());
}

/// G9: a title is cut before anybody looks; what may be the half of a secret at its end is left out.
#[test]
fn a_title_shows_no_half_of_a_secret() {
    let lead = "the deploy fails since the new password was set yesterday: ";
    let value = "Zx81QvTnB07r".repeat(5);
    let cut = Clean::title(&format!("{lead}{value} please look"));
    assert_eq!(cut.as_str().chars().count(), crate::text::TITLE_CHARS);
    assert!(cut.as_str().contains("Zx81Q"));
    let shown = mask().title(&cut);
    assert!(shown.as_str().ends_with("yesterday: .."), "{shown}");
    // A title that is whole stays as it is.
    let whole = Clean::of("fix the flaky test");
    assert_eq!(mask().title(&whole), whole);
    let wide = Clean::title(&"潮".repeat(300));
    assert_eq!(
        mask().title(&wide).as_str(),
        format!("{}..", "潮".repeat(98))
    );
    // Where the text is still there, the mask acts before the cut.
    let text = format!("{} {} {}", "x".repeat(60), token(), "y".repeat(80));
    let shown = mask().title_of(&text);
    assert!(shown.as_str().contains(" [redacted:github"), "{shown}");
}

/// A mark stands for all that it hides, and everything else for itself.
#[test]
fn there_is_a_way_back_from_under_the_mask() {
    let token = token();
    let text = format!("first {token}, then /home/ada/x and {token}.");
    let masked = hide(&text).unwrap();
    let all = masked.text.len();
    assert_eq!(masked.origin(0..all), 0..text.len());
    let then = masked.text.find("then").unwrap();
    assert_eq!(&text[masked.origin(then..then + 4)], "then");
    let mark = masked.text.find("[redacted:github").unwrap();
    assert_eq!(&text[masked.origin(mark + 3..mark + 5)], token);
    assert_eq!(&text[masked.origin(mark..then)], format!("{token}, "));
    let at = text.find(&token).unwrap();
    let place = masked.place(at + 4..at + 8);
    assert!(masked.text[place].starts_with("[redacted:github-token "));
    let x = text.find("/x and").unwrap();
    assert_eq!(&masked.text[masked.place(x..x + 6)], "/x and");
}

proptest! {
    /// Whatever is between marks is the same in both texts, there and back.
    #[test]
    fn what_is_between_marks_stands_for_itself(pieces in proptest::collection::vec(piece(), 0..8)) {
        let text = Clean::of(&pieces.concat());
        let text = text.as_str();
        if let Some(masked) = hide(text) {
            let marks = marks::marks(&masked.text);
            let between = |at: usize| !marks.iter().any(|mark| mark.contains(&at));
            prop_assert_eq!(masked.origin(0..masked.text.len()), 0..text.len());
            for (at, c) in masked.text.char_indices().filter(|(at, _)| between(*at)) {
                let range = at..at + c.len_utf8();
                let origin = masked.origin(range.clone());
                prop_assert_eq!(text.get(origin.clone()), masked.text.get(range.clone()));
                prop_assert_eq!(masked.place(origin), range);
            }
            prop_assert!(hide(&masked.text).is_none());
        } else {
            prop_assert!(mask().scanner().scan(&Clean::of(text)).is_empty());
        }
    }
}
