//! Texts that are on disk: asked for where they are looked at, found there, and read again without moving what is seen.

use super::sample::*;
use super::*;

/// A text of so many lines, as it is and as it is held, with its end and its start.
fn text(n: u32, is_whole: bool) -> String {
    let line = |i: u32| format!("line{n}x{i}\n\n");
    let whole: String = (0..40).map(line).collect();
    let ends = (
        whole.get(..50).unwrap(),
        whole.get(whole.len() - 50..).unwrap(),
    );
    match is_whole {
        true => whole,
        false => format!("{}\n... 400 bytes are on disk only ...\n{}", ends.0, ends.1),
    }
}

/// So many messages, of which some are whole.
fn talk(count: u32, is_whole: impl Fn(u32) -> bool) -> Arc<Conversation> {
    let one = |n| {
        let role = if n % 2 == 1 {
            Role::User
        } else {
            Role::Assistant
        };
        let mut message = say(n, role, &text(n, is_whole(n)));
        message.on_disk = if is_whole(n) { 0 } else { 400 };
        message
    };
    conversation((1..=count).map(one).collect())
}

/// UX 7: what is read again moves nothing of what is looked at, wherever in a shortened text that is.
#[test]
fn a_line_stays_on_its_row_when_its_text_is_read_again() {
    for row in 0..20 {
        for top in [0, 7, 200, 403] {
            let mut document = document(talk(60, |_| false), 60, 20);
            document.go_to(10, 0);
            document.scroll(top);
            document.click(row);
            let (row, seen) = (document.cursor_row().unwrap(), said(&document));
            if !seen[row].contains("line") {
                continue;
            }
            document.replace(talk(60, |n| n < 40));
            assert_eq!(document.cursor_row(), Some(row), "{row} of {top}");
            assert_eq!(said(&document)[row], seen[row], "{row} of {top}");
        }
    }
}

#[test]
fn what_is_near_is_asked_for_once() {
    let mut document = document(talk(200, |_| false), 60, 20);
    let (seen, whole) = document.take_near().unwrap();
    assert!(seen.start == 0 && (16..40).contains(&seen.end) && whole.is_none());
    assert_eq!(document.take_near(), None);
    document.replace(talk(200, |n| n <= 60));
    assert_eq!(document.take_near(), None);
    document.go_to(30, 0);
    assert_eq!(document.take_near(), None, "all around is whole");
    document.go_to(50, 0);
    let (seen, _) = document.take_near().unwrap();
    assert!(
        seen.contains(&50) && seen.end > 60 && seen.start > 20,
        "{seen:?}"
    );
    // Somebody opens a message: all of it, with what is around.
    document.go_to(100, 0);
    let (seen, whole) = document.want_whole().unwrap();
    assert!(seen.contains(&100) && whole == Some(101));
    assert_eq!(document.take_near(), None);
}

/// UX 7: finding goes through what is on disk too, and what is found there is gone to and marked.
#[test]
fn hits_on_disk_are_counted_and_gone_to() {
    let mut document = document(talk(200, |n| n < 20), 60, 20);
    document.find("line150x20");
    assert_eq!(document.hits(), Some((0, 0)));
    assert!(document.take_seek().is_some());
    assert_eq!(document.take_seek(), None);
    let sought = Sought::typed("line150x20");
    let told = talk(200, |_| true);
    let told: Vec<_> = told
        .messages
        .iter()
        .skip(19)
        .map(|m| (m.key, sought.places(m)))
        .collect();
    let (first, rest) = told.split_at(140);
    document.set_found(first.to_vec(), true);
    assert_eq!(document.hits(), Some((1, 1)));
    document.first_hit(0, 0);
    assert_eq!(document.message().unwrap().number, 150);
    document.set_found(rest.to_vec(), true);
    document.set_found(Vec::new(), false);
    assert_eq!(document.take_seek(), None);
    // It is read whole, and the view goes to the very line.
    let (seen, whole) = document.take_near().unwrap();
    assert!(seen.contains(&149) && whole == Some(150));
    document.replace(talk(200, |n| n < 20 || n == 150));
    let row = document.cursor_row().unwrap();
    assert!(said(&document)[row].contains("line150x20"));
    // What went back to disk is still known.
    document.go_to(0, 0);
    document.replace(talk(200, |n| n < 10));
    assert_eq!(document.hits(), Some((1, 1)));
    assert_eq!(document.take_seek(), None);
    // Something else is looked for anew.
    document.find("line15");
    assert!(document.take_seek().is_some());
}

/// More is found before the place that one is at: it stays the same place, under another number.
#[test]
fn hits_that_are_told_late_do_not_move_the_one_that_is_looked_at() {
    let mut document = document(talk(100, |n| n > 50), 60, 20);
    document.find("x20");
    document.go_to(69, 0);
    document.next_hit(1);
    let (number, seen) = (document.message().unwrap().number, said(&document));
    assert_eq!((number, document.hits()), (70, Some((20, 50))));
    document.set_found((1..=50).map(|key| (key, vec![(0, 1)])).collect(), false);
    assert_eq!(document.message().unwrap().number, number);
    assert_eq!((said(&document), document.hits()), (seen, Some((70, 100))));
}

/// RELIABILITY 9: what is laid out is bounded, however far one scrolls.
#[test]
fn lines_far_from_the_view_are_forgotten() {
    let mut document = document(talk(1_000, |_| true), 60, 20);
    let lines =
        |document: &Document| -> usize { document.laid.iter().flatten().map(Vec::len).sum() };
    let mut most = 0;
    for _ in 0..2_500 {
        document.page(1);
        most = most.max(lines(&document));
    }
    assert!((10_000..25_000).contains(&most), "{most}");
    let seen = said(&document);
    document.page(-1);
    document.page(1);
    assert_eq!(said(&document), seen);
}

/// What grew on disk since it was looked through is looked through again, and only then.
#[test]
fn what_has_other_parts_than_before_is_sought_again() {
    let grown = |n: u32| {
        let mut all = talk(200, |n| n < 20);
        let message = Arc::make_mut(&mut Arc::make_mut(&mut all).messages[n as usize - 1]);
        message.parts.push(Part::Text("a late reef".into()));
        // Where it was whole it is on disk from now on.
        message.on_disk = 400;
        all
    };
    for n in [150, 10] {
        let mut document = document(talk(200, |n| n < 20), 60, 20);
        document.find("late reef");
        assert!(document.take_seek().is_some());
        document.set_found((20..=200).map(|key| (key, Vec::new())).collect(), false);
        document.replace(talk(200, |n| n < 15));
        assert_eq!(document.take_seek(), None);
        document.replace(grown(n));
        assert!(document.take_seek().is_some(), "{n}");
        document.set_found(vec![(u64::from(n), vec![(1, 1)])], false);
        assert_eq!(document.hits(), Some((1, 1)), "{n}");
    }
}
