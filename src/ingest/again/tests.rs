//! A made log within small bounds: what is looked at and found there is what stands in the log.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::ingest::tests::{Place, place};
use crate::render::document::Sought;

/// A turn of a log: bytes of the prompt, of each block of the answer, of what each call gave back, and whether results
/// come in the other order, some turns later.
type Turn = (usize, Vec<usize>, Vec<usize>, bool);

fn text(n: usize, bytes: usize) -> String {
    let words = ["loom", "reef", "knot", "tide", "wéft"];
    let word = |i: usize| {
        words
            .get((n * 7 + i * 3 + i / 5) % 5)
            .copied()
            .unwrap_or("")
    };
    let mut text = String::new();
    for i in 0.. {
        if text.len() >= bytes {
            break;
        }
        text.push_str(word(i));
        text.push(' ');
    }
    text
}

fn log(turns: &[Turn]) -> String {
    let (mut lines, mut late, mut n) = (Vec::new(), Vec::new(), 0);
    let mut line = |lines: &mut Vec<String>, kind: &str, message: serde_json::Value| {
        n += 1;
        let at = format!("2026-11-01T10:{:02}:{:02}Z", n / 60 % 60, n % 60);
        let line = json!({"type": kind, "uuid": format!("u{n}"), "sessionId": "s", "timestamp": at, "cwd": "/w",
            "requestId": "r", "message": message});
        lines.push(line.to_string());
    };
    for (i, (prompt, blocks, outputs, is_late)) in turns.iter().enumerate() {
        lines.append(&mut late);
        line(
            &mut lines,
            "user",
            json!({"role": "user", "content": text(i, *prompt)}),
        );
        let answer = |part| {
            json!({"id": format!("m{i}"), "role": "assistant", "model": "x", "content": [part],
                "usage": {"input_tokens": 1, "output_tokens": 1}})
        };
        for (k, bytes) in blocks.iter().enumerate() {
            let part = match k % 2 {
                0 => json!({"type": "text", "text": text(i + k, *bytes)}),
                _ => json!({"type": "thinking", "thinking": text(i + k, *bytes), "signature": ""}),
            };
            line(&mut lines, "assistant", answer(part));
        }
        for k in 0..outputs.len() {
            let input = json!({"command": text(i, 20)});
            let part = json!({"type": "tool_use", "id": format!("t{i}-{k}"), "name": "Bash", "input": input});
            line(&mut lines, "assistant", answer(part));
        }
        for (k, bytes) in outputs.iter().enumerate() {
            let content = json!([{"type": "tool_result", "tool_use_id": format!("t{i}-{k}"), "content": text(k + i, *bytes)}]);
            let to = if *is_late { &mut late } else { &mut lines };
            line(to, "user", json!({"role": "user", "content": content}));
        }
        if *is_late {
            late.reverse();
        }
    }
    lines.append(&mut late);
    lines.join("\n") + "\n"
}

fn read(place: &Place, most: usize) -> Reading {
    let mut reading = Reading::new(&place.session).within(most);
    reading.read(&place.env).unwrap();
    reading
}

fn go_on() -> ControlFlow<()> {
    ControlFlow::Continue(())
}

fn held(reading: &Reading) -> usize {
    let messages = reading.fold.messages.iter();
    messages.map(|message| message.bytes()).sum()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// Wherever one looks in a conversation within a bound, what is there is what stands in the log, and no more is held
    /// than before; what is found in it is what is found in all of it.
    #[test]
    fn what_is_looked_at_and_found_is_the_same_within_any_bound(
        turns in prop::collection::vec(
            (1_usize..400, prop::collection::vec(1_usize..900, 0..3), prop::collection::vec(0_usize..3_000, 0..4), any::<bool>()),
            1..25,
        ),
        most in 2_000_usize..60_000,
        looks in prop::collection::vec(0.0..1.0, 1..5),
        word in prop::sample::select(vec!["tide wéft", "loom reef", "knot ", "no such"]),
    ) {
        let place = place(&log(&turns));
        let all = read(&place, usize::MAX);
        let mut some = read(&place, most);
        let count = all.fold.messages.len();
        prop_assert_eq!(some.fold.messages.len(), count);
        let notes = 200 * count + 3_000 * 5;
        for look in looks {
            let at = (look * count as f64) as usize;
            some.look_at(&place.env, at..at + 1, None, &mut go_on).unwrap();
            prop_assert_eq!(&some.fold.messages[at].parts, &all.fold.messages[at].parts);
            prop_assert_eq!(some.fold.messages[at].on_disk, 0);
            prop_assert!(held(&some) <= most / 2 * 3 + notes, "{} of {most}", held(&some));
        }
        let sought = Sought::typed(word);
        let hits = |messages: &[Arc<Message>]| -> Vec<Vec<(usize, usize)>> {
            messages.iter().map(|message| sought.places(message)).collect()
        };
        let mut found = hits(&some.fold.messages);
        let mut from = 0;
        let mut unfit = Vec::new();
        while let Some(range) = some.left_out(from) {
            from = range.end;
            let again = some.again(&place.env, range, &mut go_on).unwrap();
            unfit.extend(again.unfit);
            for (at, message) in again.found {
                found[at] = sought.places(&message);
            }
        }
        while !unfit.is_empty() {
            for (at, message) in some.take_unfit(&place.env, &mut unfit, &mut go_on).unwrap() {
                found[at] = sought.places(&message);
            }
        }
        prop_assert_eq!(found, hits(&all.fold.messages));
    }
}

/// Only what lies around a message is read for it, once the log is marked.
#[test]
fn a_long_log_is_marked() {
    let turns: Vec<Turn> = (0..200)
        .map(|_| (50, vec![300], vec![20_000], false))
        .collect();
    let place = place(&log(&turns));
    let mut some = read(&place, 200_000);
    assert!(held(&some) <= 200_000);
    some.look_at(&place.env, 300..301, None, &mut go_on)
        .unwrap();
    let marks = &some.marks.all;
    assert!(marks.len() > 1 && marks.iter().all(|mark| mark.upto > 20));
    let first = some.marks.before(300);
    assert!(matches!(first.at, At::Line { at, .. } if at > 1 << 20));
    let wanted = Wanted::from([(some.fold.messages[300].key, (300, usize::MAX))]);
    let near = some.replay(&place.env, 300, 300, &wanted, &mut go_on);
    let near = near.unwrap();
    assert!(near.len() < 300, "{}", near.len());
}

/// A text that is too long for being looked at comes whole when somebody asks for it, and only then.
#[test]
fn a_very_long_text_is_whole_where_it_is_asked_for() {
    let mut turns: Vec<Turn> = (0..50)
        .map(|_| (50, vec![300], vec![2_000], false))
        .collect();
    turns[20].2 = vec![500_000];
    let place = place(&log(&turns));
    let mut some = read(&place, 40_000);
    let messages = &some.fold.messages;
    let at = (0..messages.len())
        .max_by_key(|at| whole(&messages[*at]))
        .unwrap();
    let key = messages[at].key;
    some.look_at(&place.env, at..at + 1, None, &mut go_on)
        .unwrap();
    assert!(some.fold.messages[at].on_disk > 490_000);
    assert!(some.fold.messages[at].bytes() > 5_000);
    some.look_at(&place.env, at..at + 1, Some(key), &mut go_on)
        .unwrap();
    assert_eq!(some.fold.messages[at].on_disk, 0);
    some.look_at(&place.env, 0..1, None, &mut go_on).unwrap();
    assert!(held(&some) <= 40_000, "{}", held(&some));
}

fn longest(reading: &Reading) -> usize {
    let messages = &reading.fold.messages;
    let places = 0..messages.len();
    places.max_by_key(|at| whole(&messages[*at])).unwrap()
}

/// What was asked for in vain comes when it is asked for again and is there.
#[test]
fn what_was_not_there_once_is_read_when_it_is_asked_for_again() {
    let mut turns: Vec<Turn> = (0..50)
        .map(|_| (50, vec![300], vec![2_000], false))
        .collect();
    turns[20].2 = vec![500_000];
    let whole_log = log(&turns);
    let place = place(&whole_log);
    let mut some = read(&place, 40_000);
    let at = longest(&some);
    let key = Some(some.fold.messages[at].key);
    let path = &place.session.unit.path;
    std::fs::write(path, log(&turns[..3])).unwrap();
    let gone = some.look_at(&place.env, at..at + 1, key, &mut go_on);
    assert!(gone.unwrap_err().to_string().contains("not there any more"));
    assert!(some.is_left(at));
    std::fs::write(path, whole_log).unwrap();
    some.look_at(&place.env, at..at + 1, key, &mut go_on)
        .unwrap();
    assert!(!some.is_left(at));
}

/// What is asked for comes also where there is no room for all that is seen, and stays while others are looked at.
#[test]
fn what_is_asked_for_at_the_edge_of_what_is_seen_comes() {
    let turns: Vec<Turn> = (0..200)
        .map(|_| (50, vec![300], vec![4_000], false))
        .collect();
    let place = place(&log(&turns));
    let mut some = read(&place, 40_000);
    let seen = 0..100;
    for at in [1, 97] {
        assert!(!some.around(seen.clone()).contains(&at));
        let key = Some(some.fold.messages[at].key);
        assert!(some.is_left(at));
        some.look_at(&place.env, seen.clone(), key, &mut go_on)
            .unwrap();
        assert!(!some.is_left(at));
        some.look_at(&place.env, seen.clone(), key, &mut go_on)
            .unwrap();
        assert!(!some.is_left(at));
    }
}

/// RELIABILITY 9: what is read for being looked at is within the bound while it is read, too.
#[test]
fn very_long_texts_are_not_held_whole_for_being_looked_at() {
    let turns: Vec<Turn> = (0..30)
        .map(|_| (50, vec![300], vec![500_000], false))
        .collect();
    let place = place(&log(&turns));
    let mut some = read(&place, 1 << 20);
    let count = some.fold.messages.len();
    let bytes = |found: &[(usize, Message)]| -> usize {
        found.iter().map(|(_, message)| message.bytes()).sum()
    };
    let mut wanted = some.wanted((0..count).map(|at| (at, LONG)));
    let all = wanted.clone();
    let found = some.replayed(&place.env, &mut wanted, &mut go_on).unwrap();
    assert!(wanted.is_empty() && found.len() == all.len() && !all.is_empty());
    assert!(bytes(&found) <= 1 << 20, "{}", bytes(&found));
    let found = some.in_all(&place.env, &all, &mut go_on).unwrap();
    assert_eq!(found.len(), all.len());
    assert!(bytes(&found) <= 1 << 20, "{}", bytes(&found));
    let at = 21;
    some.look_at(&place.env, at..at + 1, None, &mut go_on)
        .unwrap();
    assert!(some.is_left(at) && some.fold.messages[at].bytes() > 5_000);
}

/// A result that comes long after its call is found by one reading of all, whatever the number of pieces before.
#[test]
fn what_is_not_found_around_a_message_is_found_in_all_of_the_log() {
    let turns: Vec<Turn> = (0..200)
        .map(|_| (50, vec![300], vec![20_000], false))
        .collect();
    let log = log(&turns);
    let mut lines: Vec<&str> = log.lines().collect();
    let early = |lines: &[&str], call: &str| {
        let of = format!("\"tool_use_id\":\"{call}\"");
        lines.iter().position(|line| line.contains(&of)).unwrap()
    };
    for call in ["t3-0", "t90-0"] {
        let line = lines.remove(early(&lines, call));
        lines.push(line);
    }
    let place = place(&(lines.join("\n") + "\n"));
    let mut some = read(&place, 200_000);
    let (mut from, mut unfit, mut pieces) = (0, Vec::new(), 0);
    while let Some(range) = some.left_out(from) {
        from = range.end;
        let again = some.again(&place.env, range, &mut go_on).unwrap();
        unfit.extend(again.unfit);
        pieces += 1;
    }
    assert!(pieces > 2 && unfit.len() == 2, "{pieces} {unfit:?}");
    let found = some.take_unfit(&place.env, &mut unfit, &mut go_on).unwrap();
    assert!(unfit.is_empty());
    let bytes: Vec<usize> = found.iter().map(|(_, message)| message.bytes()).collect();
    assert!(bytes.len() == 2 && bytes.iter().all(|bytes| *bytes > 20_000));
}

/// Whoever goes on to another conversation waits for none of it.
#[test]
fn reading_again_is_left_where_nobody_waits_for_it() {
    let turns: Vec<Turn> = (0..50)
        .map(|_| (50, vec![300], vec![20_000], false))
        .collect();
    let place = place(&log(&turns));
    let mut some = read(&place, 100_000);
    for most in [0, 5, 60, 300] {
        let mut asked = 0;
        let mut go_on = || {
            asked += 1;
            flow(asked > most)
        };
        let left = some.look_at(&place.env, 40..41, None, &mut go_on);
        assert_eq!(left.unwrap_err().kind(), io::ErrorKind::Interrupted);
        assert_eq!(asked, most + 1);
    }
    some.look_at(&place.env, 40..41, None, &mut go_on).unwrap();
    assert!(!some.is_left(40) && !some.is_left(41));
}
