//! A made log within small bounds: what is looked at and found there is what stands in the log.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::index::Index;
use crate::ingest::{Choice, load};
use crate::model::Session;
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

struct Place {
    _dir: tempfile::TempDir,
    env: Env,
    session: Arc<Session>,
}

fn place(log: &str) -> Place {
    let dir = tempfile::tempdir().unwrap();
    let env = Env::bare(dir.path(), "2026-11-20T12:00:00Z".parse().unwrap());
    let folder = dir.path().join(".claude/projects/-w");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("s.jsonl"), log).unwrap();
    let mut index = Index::default();
    index.apply(load(&env, &Choice::default()));
    let session = index.rows().next().unwrap().session.clone();
    Place {
        _dir: dir,
        env,
        session,
    }
}

fn read(place: &Place, most: usize) -> Reading {
    let mut reading = Reading::new(&place.session).within(most);
    reading.read(&place.env).unwrap();
    reading
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
            some.look_at(&place.env, at..at + 1, None).unwrap();
            prop_assert_eq!(&some.fold.messages[at].parts, &all.fold.messages[at].parts);
            prop_assert_eq!(some.fold.messages[at].on_disk, 0);
            prop_assert!(held(&some) <= most / 2 * 3 + notes, "{} of {most}", held(&some));
        }
        let sought = Sought::phrase(word);
        let hits = |messages: &[Arc<Message>]| -> Vec<Vec<usize>> {
            messages.iter().map(|message| sought.places(message)).collect()
        };
        let mut found = hits(&some.fold.messages);
        let mut from = 0;
        while let Some(range) = some.left_out(from) {
            from = range.end;
            for (at, message) in some.again(&place.env, range.collect()).unwrap() {
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
    some.look_at(&place.env, 300..301, None).unwrap();
    let marks = &some.marks.all;
    assert!(marks.len() > 1 && marks.iter().all(|mark| mark.upto > 20));
    let first = some.marks.before(300);
    assert!(matches!(first.at, At::Line { at, .. } if at > 1 << 20));
    let wanted = HashSet::from([some.fold.messages[300].key]);
    let near = some.replay(&place.env, 300, 300, &wanted).unwrap();
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
    some.look_at(&place.env, at..at + 1, None).unwrap();
    assert!(some.fold.messages[at].on_disk > 490_000);
    assert!(some.fold.messages[at].bytes() > 5_000);
    some.look_at(&place.env, at..at + 1, Some(key)).unwrap();
    assert_eq!(some.fold.messages[at].on_disk, 0);
    some.look_at(&place.env, 0..1, None).unwrap();
    assert!(held(&some) <= 40_000, "{}", held(&some));
}
