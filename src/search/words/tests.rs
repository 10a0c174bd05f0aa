//! What is looked up is what a reading of everything finds.

use std::fs;

use proptest::prelude::*;

use super::learner::new_name;
use super::*;
use crate::index::Index;
use crate::ingest::{Choice, load};
use crate::query::{Query, Verdict, tests::context};
use crate::search::{Depth, Seeking, listen};

/// Words that share many threes of letters, in several scripts.
const TEXT: &str = "(refactor|refactoring|unrefactored|preRefactor|cafe|Café|cafe\u{301}|überall|auth_layer|authLayer|deadbeef|日本語|全文検索|a|of|the|Cost|cost|\u{1b}\\[2J|git push| |\n|\"|\u{202e}x)";

fn log(texts: &[(u8, String)]) -> String {
    let line = |(i, (kind, text)): (usize, &(u8, String))| {
        let content = match kind % 4 {
            0 => serde_json::json!([{"type": "text", "text": text}]),
            1 => serde_json::json!([{"type": "thinking", "thinking": text}]),
            2 => serde_json::json!([{"type": "tool_use", "id": format!("t{i}"), "name": "Bash",
                "input": {"command": text, "note": "words"}}]),
            _ => {
                serde_json::json!([{"type": "tool_result", "tool_use_id": format!("t{}", i.wrapping_sub(1)),
                "content": text}])
            }
        };
        let role = if kind % 4 == 3 || kind / 4 == 0 && kind % 4 == 0 {
            "user"
        } else {
            "assistant"
        };
        let line = serde_json::json!({
            "type": role, "uuid": format!("u{i}"), "timestamp": format!("2026-11-20T10:{:02}:00Z", i % 60),
            "cwd": "/p", "message": {"id": format!("m{i}"), "role": role, "content": content},
        });
        format!("{line}\n")
    };
    texts.iter().enumerate().map(line).collect()
}

fn sessions() -> impl Strategy<Value = Vec<Vec<(u8, String)>>> {
    let text = prop::collection::vec(TEXT, 0..6).prop_map(|words| words.concat());
    prop::collection::vec(prop::collection::vec((0u8..8, text), 1..6), 1..5)
}

fn queries() -> impl Strategy<Value = Vec<String>> {
    let word = "(refact|refactor|=cost|Cost|cafe|café|uber|layer|auth|adbee|本語|検索|of|\"git push\"|~refctor|/caf./|2J|U\\+202E)";
    let field = "(out|cmd|thinking|user|assistant|tool):";
    let clause =
        (prop::option::of(field), word, any::<bool>()).prop_map(|(field, word, negated)| {
            format!(
                "{}{}{word}",
                if negated { "-" } else { "" },
                field.unwrap_or_default()
            )
        });
    // What is asked of the conversation as a whole is answered from the index too.
    let whole = "-?(has:(thinking|error|image|diff|todo,thinking|!thinking)|files:(0|>0|!1)|active:(>1m|<2m|\\?))";
    let clause = prop_oneof![3 => clause, 1 => whole];
    let query = prop::collection::vec((clause, "( | OR )"), 1..4).prop_map(|all| {
        all.into_iter()
            .map(|(clause, join)| clause + &join)
            .collect::<String>()
    });
    prop::collection::vec(query, 1..12)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn nothing_is_missed_and_nothing_invented(sessions in sessions(), queries in queries()) {
        let home = tempfile::tempdir().unwrap();
        let logs = home.path().join(".claude/projects/-p");
        fs::create_dir_all(&logs).unwrap();
        for (n, texts) in sessions.iter().enumerate() {
            fs::write(logs.join(format!("5b1e9c2f-0000-4000-8000-0000000000{n:02}.jsonl")), log(texts)).unwrap();
        }
        let env = Env::bare(home.path(), "2026-11-21T12:00:00Z".parse().unwrap());
        let mut index = Index::default();
        index.apply(load(&env, &Choice::default()));
        let rows: Vec<Arc<Row>> = index.rows().cloned().collect();
        // One of them is not known and read in its log.
        let mut words = Words::default();
        words.learn(&env, &rows[1.min(rows.len())..]).unwrap();
        let again = Words::open(&env);
        for text in &queries {
            let query = Query::parse(text, &context());
            for row in &rows {
                let mut reading = Reading::new(&row.session);
                reading.read(&env).unwrap();
                let listened = listen(&query, &reading.conversation(), Depth::Hits(1));
                let fits = query.judge(row, &listened) != Verdict::No;
                let mut ranks = Vec::new();
                for words in [&words, &again, &Words::default()] {
                    let found = Seeking::new(&env, &query, words, Depth::Hits(1)).ask(row).unwrap();
                    prop_assert_eq!(found.is_some(), fits, "{} in {:?}", text, sessions);
                    if let Some(found) = found {
                        prop_assert_eq!(&found.listened.hits, &listened.hits);
                        ranks.push(found.rank);
                    }
                    let ranked = Seeking::new(&env, &query, words, Depth::Rank).ask(row).unwrap();
                    ranks.extend(ranked.map(|found| found.rank));
                    let found = Seeking::new(&env, &query, words, Depth::Any).ask(row).unwrap();
                    prop_assert_eq!(found.is_some(), fits);
                }
                prop_assert!(ranks.windows(2).all(|two| two[0] == two[1]), "{} {:?}", text, ranks);
            }
        }
    }
}

/// UX 5.5: a title or a prompt with all words beats what is newer and has them in passing, and what a program put in
/// weighs least, whatever its age.
#[test]
fn what_a_person_typed_stands_before_what_was_put_in() {
    let home = tempfile::tempdir().unwrap();
    let logs = home.path().join(".claude/projects/-p");
    fs::create_dir_all(&logs).unwrap();
    let line = |day: &str, n: usize, role: &str, text: &str| {
        let mut line = serde_json::json!({
            "type": role, "uuid": format!("u{n}"), "timestamp": format!("{day}T10:{n:02}:00Z"), "cwd": "/p",
            "message": {"id": format!("m{n}"), "role": role, "content": [{"type": "text", "text": text}]},
        });
        // What the program put in stands there as if a person had said it, with a mark.
        if role == "system" {
            (line["type"], line["message"]["role"]) = ("user".into(), "user".into());
            line["isMeta"] = true.into();
        }
        format!("{line}\n")
    };
    let both = "make the lint errors go away";
    let sessions = [
        (
            "title",
            "2024-01-01",
            vec![("user", "Please fix these lint errors")],
        ),
        (
            "prompt",
            "2025-01-01",
            vec![
                ("user", "Hello there"),
                ("assistant", "Yes"),
                ("user", both),
            ],
        ),
        (
            "apart",
            "2026-01-01",
            vec![("user", "Hello there"), ("user", "errors of the lint")],
        ),
        (
            "answer",
            "2026-06-01",
            vec![("user", "Hello there"), ("assistant", both)],
        ),
        (
            "passing",
            "2026-11-01",
            vec![("user", "Hello there"), ("assistant", "lint it for errors")],
        ),
        (
            "noted",
            "2026-11-20",
            vec![("user", "Hello there"), ("system", both)],
        ),
    ];
    for (name, day, texts) in &sessions {
        let lines = texts.iter().enumerate();
        let log: String = lines
            .map(|(n, (role, text))| line(day, n, role, text))
            .collect();
        fs::write(logs.join(format!("{name}.jsonl")), log).unwrap();
    }
    let env = Env::bare(home.path(), "2026-11-21T12:00:00Z".parse().unwrap());
    let mut index = Index::default();
    index.apply(load(&env, &Choice::default()));
    let rows: Vec<Arc<Row>> = index.rows().cloned().collect();
    let mut words = Words::default();
    words.learn(&env, &rows).unwrap();
    let query = Query::parse("lint errors", &context());
    for words in [words, Words::default()] {
        let seeking = Seeking::new(&env, &query, &words, Depth::Rank);
        let rank =
            |row: &Arc<Row>| Some((seeking.ask(row).unwrap()?.rank, row.id().native.to_string()));
        let mut found: Vec<(i64, String)> = rows.iter().filter_map(rank).collect();
        found.sort_by_key(|(rank, _)| std::cmp::Reverse(*rank));
        let names: Vec<&str> = found.iter().map(|(_, name)| &**name).collect();
        assert_eq!(
            names,
            ["title", "prompt", "apart", "answer", "passing", "noted"]
        );
    }
}

#[test]
fn a_damaged_index_answers_as_none_does() {
    let home = tempfile::tempdir().unwrap();
    let logs = home.path().join(".claude/projects/-p");
    fs::create_dir_all(&logs).unwrap();
    for n in 0..8 {
        let texts = [
            (0, format!("what was asked in {n}")),
            (4, "deadbeef ".repeat(n * 40)),
        ];
        let path = logs.join(format!("5b1e9c2f-0000-4000-8000-0000000000{n:02}.jsonl"));
        fs::write(path, log(&texts)).unwrap();
    }
    let env = Env::bare(home.path(), "2026-11-21T12:00:00Z".parse().unwrap());
    let mut index = Index::default();
    index.apply(load(&env, &Choice::default()));
    let rows: Vec<Arc<Row>> = index.rows().cloned().collect();
    Words::default().learn(&env, &rows).unwrap();
    let mut names = fs::read_dir(folder(&env))
        .unwrap()
        .map(|e| e.unwrap().path());
    let file = names.find(|path| path.extension().is_some()).unwrap();
    let whole = fs::read(&file).unwrap();
    let query = Query::parse("deadbeef", &context());
    let ask = || {
        let words = Words::open(&env);
        let seeking = Seeking::new(&env, &query, &words, Depth::Hits(0));
        let hits = |row: &Arc<Row>| seeking.ask(row).unwrap().map(|found| found.listened.hits);
        rows.iter().map(hits).collect::<Vec<_>>()
    };
    let good = ask();
    assert_eq!(good.iter().flatten().count(), 7);
    let mut at = 7;
    for n in 0..300 {
        at = (at * 31 + 17) % whole.len();
        let mut bytes = whole.clone();
        match n % 3 {
            0 => bytes.truncate(at),
            _ => bytes[at] ^= 1 << (at % 8),
        }
        fs::write(&file, &bytes).unwrap();
        assert_eq!(ask(), good, "{n} at {at}");
    }
}

/// R14, R15: a file of another version may be in use beside this one; it goes when nobody can be using it any more.
#[test]
fn files_of_other_versions_are_left_for_a_while() {
    let home = tempfile::tempdir().unwrap();
    let env = Env::bare(home.path(), "2026-11-21T12:00:00Z".parse().unwrap());
    own::made(&env, OwnDir::Cache).unwrap();
    let folder = folder(&env);
    own::make(&folder).unwrap();
    let put = |name: &str, age: u64| {
        let path = folder.join(name);
        fs::write(&path, [7; 100]).unwrap();
        let written = std::time::SystemTime::now() - Duration::from_secs(age * 24 * 60 * 60);
        let file = fs::File::options().write(true).open(&path).unwrap();
        file.set_modified(written).unwrap();
        path
    };
    let damaged = put(&new_name(&env), 0);
    let [other, old] = [("00000001", 0), ("00000002", 40)]
        .map(|(tag, age)| put(&new_name(&env).replace(&segment::tag(), tag), age));
    let before = put("1-1.words", 0);
    Words::open(&env);
    assert_eq!(
        [damaged, other, old, before].map(|path| path.exists()),
        [false, true, false, true]
    );
}
