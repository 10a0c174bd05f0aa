//! What is learnt and found while going through a long conversation is what its whole holds.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::env::Room;
use crate::index::Index;
use crate::ingest::{Choice, Reading, load};
use crate::model::{Conversation, Role, Row};
use crate::query::{Query, Scope, tests::context};
use crate::search::listen::{Listening, listen_through};
use crate::search::said::each_text;
use crate::search::words::Words;
use crate::search::words::draft::{self, each_piece};
use crate::search::words::trigrams::{Column, place_among, places};
use crate::search::{Depth, Seeking, listen};

/// A turn: bytes of the prompt, of the answer, of what its call is about and of what that gave back, and after how many
/// more turns the result comes.
type Turn = (usize, usize, usize, usize, usize);

const WORDS: [&str; 6] = ["loom", "reef", "knot", "tide", "wéft", "日本語"];

fn text(n: usize, bytes: usize) -> String {
    let word = |i: usize| WORDS[(n * 7 + i * 3 + i / 5) % WORDS.len()];
    let mut text = format!("n{n} ");
    for i in 0.. {
        if text.len() >= bytes {
            break;
        }
        text.push_str(word(i));
        text.push_str(if i % 9 == 8 { "\n" } else { " " });
    }
    text
}

/// The records of a log, each result where it comes; `call`, `result` and `said` make those of a source.
fn records(
    turns: &[Turn],
    said: impl Fn(usize, bool, String) -> Value,
    call: impl Fn(usize, String) -> Value,
    result: impl Fn(usize, String) -> Value,
) -> String {
    let mut late: Vec<(usize, Value)> = Vec::new();
    let mut lines = Vec::new();
    for (i, (prompt, answer, target, output, turns_late)) in turns.iter().enumerate() {
        lines.push(said(i, true, text(i, *prompt)));
        lines.push(said(i, false, text(i + 1, *answer)));
        // What differs stands where a long one is cut.
        let half = text(0, target / 2).replace([' ', '\n'], "/");
        lines.push(call(i, format!("{half}n{i}/{half}")));
        late.push((i + turns_late, result(i, text(i + 3, *output))));
        let (now, later): (Vec<_>, Vec<_>) = late.into_iter().partition(|(at, _)| *at <= i);
        lines.extend(now.into_iter().rev().map(|(_, line)| line));
        late = later;
    }
    lines.extend(late.into_iter().map(|(_, line)| line));
    lines.iter().map(|line| format!("{line}\n")).collect()
}

fn claude(turns: &[Turn]) -> String {
    let line = |id: String, kind: &str, message: Value| {
        json!({"type": kind, "uuid": id, "sessionId": "s", "cwd": "/w", "requestId": "r",
            "timestamp": "2026-11-01T10:00:00Z", "message": message})
    };
    let answer = |i: usize, part: Value| json!({"id": format!("m{i}"), "role": "assistant", "content": [part]});
    records(
        turns,
        |i, is_prompt, text| match is_prompt {
            true => line(
                format!("p{i}"),
                "user",
                json!({"role": "user", "content": text}),
            ),
            false => line(
                format!("a{i}"),
                "assistant",
                answer(i, json!({"type": "text", "text": text})),
            ),
        },
        |i, target| {
            let name = ["Bash", "Read", "Edit"][i % 3];
            let input = json!({"command": target, "file_path": target, "old_string": "a", "new_string": target});
            let part =
                json!({"type": "tool_use", "id": format!("t{i}"), "name": name, "input": input});
            line(format!("c{i}"), "assistant", answer(i, part))
        },
        |i, output| {
            let part =
                json!({"type": "tool_result", "tool_use_id": format!("t{i}"), "content": output});
            line(
                format!("r{i}"),
                "user",
                json!({"role": "user", "content": [part]}),
            )
        },
    )
}

fn codex(turns: &[Turn]) -> String {
    let line = |kind: &str, payload: Value| json!({"timestamp": "2026-11-01T10:00:00.000Z", "type": kind, "payload": payload});
    let id = "0199a000-0001-7000-8000-000000000001";
    let meta = json!({"id": id, "timestamp": "2026-11-01T10:00:00.000Z", "cwd": "/w", "cli_version": "0.98.0"});
    let log = records(
        turns,
        |_, is_prompt, text| {
            let (role, kind) = match is_prompt {
                true => ("user", "input_text"),
                false => ("assistant", "output_text"),
            };
            line(
                "response_item",
                json!({"type": "message", "role": role, "content": [{"type": kind, "text": text}]}),
            )
        },
        |i, target| {
            let given = json!({"cmd": target}).to_string();
            let call = json!({"type": "function_call", "name": "exec_command", "arguments": given, "call_id": format!("t{i}")});
            line("response_item", call)
        },
        |i, output| {
            let result = json!({"type": "function_call_output", "call_id": format!("t{i}"), "output": output});
            line("response_item", result)
        },
    );
    format!("{}\n{log}", line("session_meta", meta))
}

fn rows(home: &Path) -> (Env, Vec<Arc<Row>>) {
    let env = Env::bare(home, "2026-11-21T12:00:00Z".parse().unwrap());
    let mut index = Index::default();
    index.apply(load(&env, &Choice::default()));
    let rows = index.rows().cloned().collect();
    (env, rows)
}

/// A home with one session.
fn home(log: &str, path: &str) -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, log).unwrap();
    home
}

const CLAUDE: &str = ".claude/projects/-w/s.jsonl";
const CODEX: &str = ".codex/sessions/2026/11/01/rollout-2026-11-01T10-00-00-0199a000-0001-7000-8000-000000000001.jsonl";

fn whole(env: &Env, row: &Row) -> Conversation {
    let mut reading = Reading::new(&row.session);
    reading.read(env).unwrap();
    reading.conversation()
}

type Told = (
    u32,
    Role,
    Scope,
    Option<jiff::Timestamp>,
    String,
    (usize, usize),
);

fn told(draft: &Draft) -> Vec<Told> {
    let mut told = Vec::new();
    for (packed, whole, columns) in &draft.blocks {
        let texts = lz4_flex::block::decompress(packed, *whole).unwrap();
        assert!(each_piece(&texts, &mut |piece| {
            let text = piece.text.to_owned();
            told.push((
                piece.number,
                piece.role,
                piece.scope,
                piece.at,
                text,
                *columns,
            ));
            true
        }));
    }
    told
}

fn has(columns: &[Column], word: &str) -> bool {
    let letters: Vec<char> = word.chars().collect();
    places(&letters).is_none_or(|places| {
        let holds = |column: &Column| {
            let rows = column.words().len() * 64;
            let mut places = places.iter().map(|place| place_among(*place, rows));
            places.all(|place| column.words()[place / 64] >> (place % 64) & 1 == 1)
        };
        columns.iter().any(holds)
    })
}

/// The same texts in the same order, each in columns that know it; the same gist; and whatever is asked has one answer.
fn is_same(env: &Env, row: &Row, most: usize) {
    let conversation = whole(env, row);
    let (all, some) = (
        draft::draft(&row.session, &conversation),
        draft_within(env, &row.session, most).unwrap(),
    );
    assert_eq!(some.gist, all.gist, "{}", row.id());
    let pieces = told(&some);
    let bare = |pieces: &[Told]| -> Vec<_> {
        let bare = pieces
            .iter()
            .map(|(n, role, scope, at, text, _)| (*n, *role, *scope, *at, text.clone()));
        bare.collect()
    };
    assert_eq!(bare(&pieces), bare(&told(&all)), "{} {most}", row.id());
    for (.., text, (first, last)) in &pieces {
        let columns = &some.said[*first..=*last];
        assert!(
            text.split_whitespace().all(|word| has(columns, word)),
            "{text}"
        );
    }
    for message in &conversation.messages {
        each_text(
            message,
            &|scope| scope == Scope::Output,
            &mut |_, output| {
                let words = output.split_whitespace();
                assert!(words.clone().all(|word| has(&some.answers, word)));
            },
        );
    }
    for asked in [
        "loom",
        "out:knot",
        "tide out:reef",
        "-out:loom",
        "\"reef knot\" OR wéft",
        "files:>2 loom",
        "-has:diff",
    ] {
        let query = Query::parse(asked, &context());
        let depths = match asked.starts_with("-out") {
            true => vec![Depth::Any, Depth::Rank],
            false => vec![Depth::Hits(1)],
        };
        for depth in depths {
            let heard = listen(&query, &conversation, depth);
            let begin = || Listening::new(&query, depth);
            let through = listen_through(env, &row.session, most, begin).unwrap();
            assert_eq!(through.hits, heard.hits, "{asked} in {} {most}", row.id());
            assert_eq!(
                query.judge(row, &through),
                query.judge(row, &heard),
                "{asked}"
            );
            assert!(depth == Depth::Any || through.newest == heard.newest);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    /// S2-19, RELIABILITY 9: whatever the bound, what is learnt and found is the same, also where results come late and
    /// what a call is about is very long.
    #[test]
    fn what_is_learnt_within_a_bound_is_what_the_whole_says(
        turns in prop::collection::vec(
            (1_usize..300, 1_usize..900, prop_oneof![1_usize..60, Just(700_usize)], 0_usize..3_000,
                prop_oneof![4 => Just(0_usize), 1 => 1_usize..60]),
            1..40,
        ),
        most in 1_500_usize..60_000,
    ) {
        for (log, path) in [(claude(&turns), CLAUDE), (codex(&turns), CODEX)] {
            let home = home(&log, path);
            let (env, rows) = rows(home.path());
            prop_assert_eq!(rows.len(), 1);
            is_same(&env, &rows[0], most);
        }
    }
}

/// Small logs of all agents, also of those that cannot be read in pieces.
#[test]
fn what_all_agents_say_is_learnt_within_a_bound() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut sources = std::collections::BTreeSet::new();
    for agent in fs::read_dir(fixtures).unwrap() {
        for variant in fs::read_dir(agent.unwrap().path()).unwrap() {
            let (env, rows) = rows(&variant.unwrap().path().join("home"));
            for row in rows {
                sources.insert(row.id().source.0);
                for most in [16, 400, 4_000] {
                    is_same(&env, &row, most);
                }
            }
        }
    }
    assert!(sources.len() > 8, "{sources:?}");
}

/// What is read in order is the same to the byte.
#[test]
fn a_draft_without_late_messages_is_the_same() {
    let turns: Vec<Turn> = (0..80).map(|i| (60, 700, 30, 2_000 + i, 0)).collect();
    let home = home(&claude(&turns), CLAUDE);
    let (env, rows) = rows(home.path());
    let some = draft_within(&env, &rows[0].session, 20_000).unwrap();
    let all = draft::draft(&rows[0].session, &whole(&env, &rows[0]));
    assert_eq!(some.blocks, all.blocks);
    let bits = |columns: &[Column]| -> Vec<Vec<u64>> {
        columns
            .iter()
            .map(|column| column.words().to_vec())
            .collect()
    };
    assert_eq!(bits(&some.said), bits(&all.said));
    assert_eq!(bits(&some.answers), bits(&all.answers));
}

/// What a log said twice counts as it was said last, however long it was before.
#[test]
fn what_was_said_twice_is_learnt_as_it_was_said_last() {
    let mut turns: Vec<Turn> = (0..200).map(|_| (60, 300, 30, 2_000, 0)).collect();
    turns[3].3 = 8_000;
    let log = claude(&turns);
    let of = "\"tool_use_id\":\"t3\"";
    let first = log.lines().find(|line| line.contains(of)).unwrap();
    let again = first.replace("knot", "sail").replace("\"r3\"", "\"again\"");
    assert_ne!(first, again);
    let home = home(&format!("{log}{again}\n"), CLAUDE);
    let (env, rows) = rows(home.path());
    let draft = draft_within(&env, &rows[0].session, 40_000).unwrap();
    assert!(has(&draft.answers, "sail"));
    is_same(&env, &rows[0], 40_000);
}

/// RELIABILITY 9: a log that is long is learnt in pieces, and found as one that is read whole.
#[test]
fn a_long_log_is_found_as_a_short_one_is() {
    let mut turns: Vec<Turn> = (0..600).map(|_| (60, 200, 30, 30_000, 0)).collect();
    turns[5].4 = 400;
    let home = home(&claude(&turns), CLAUDE);
    let (mut env, rows) = rows(home.path());
    env.room = Room::of(Room::LEAST).unwrap();
    assert!(crate::ingest::is_long(&rows[0].session));
    let mut words = Words::default();
    words.learn(&env, &rows).unwrap();
    assert!(words.knows(&rows[0]));
    let conversation = whole(&env, &rows[0]);
    for asked in ["n599", "out:n8"] {
        let query = Query::parse(asked, &context());
        let hits = listen(&query, &conversation, Depth::Hits(0)).hits;
        assert!(!hits.is_empty());
        for words in [&words, &Words::default()] {
            let seeking = Seeking::new(&env, &query, words, Depth::Hits(0));
            let answer = seeking.ask(&rows[0]).unwrap();
            assert_eq!(answer.map_or(Vec::new(), |a| a.listened.hits), hits);
        }
    }
}
