//! A small home of ours with the habits of the format, read whole, cut at every byte and in sips.

use std::collections::BTreeMap;
use std::io::Write;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use super::*;
use crate::ingest::UnitFold;
use crate::model::Mark;

const LOG: &str = include_str!(
    "../../../tests/fixtures/claude-code/home/.claude/projects/-home-ada-loom/5b1e9c2f-0000-4000-8000-000000000001.jsonl"
);

fn env(home: &Path) -> Env {
    Env::bare(home, "2026-11-20T12:00:00Z".parse().unwrap())
}

fn unit(path: &Path) -> Unit {
    Unit {
        source: CARD.id,
        root: path.parent().unwrap().into(),
        path: path.into(),
        rank: 0,
        form: super::LOG,
    }
}

/// What a summary of the log comes to, reading on at every call.
struct Reader {
    env: Env,
    unit: Unit,
    cursor: Cursor,
    fold: UnitFold,
}

impl Reader {
    fn new(path: &Path) -> Reader {
        let unit = unit(path);
        Reader {
            env: env(path.parent().unwrap()),
            fold: UnitFold::new(Arc::new(unit.clone())),
            unit,
            cursor: Cursor::default(),
        }
    }

    fn read(&mut self) -> Vec<String> {
        let fold = &mut self.fold;
        self.cursor = Claude
            .read(
                &self.env,
                &self.unit,
                Want::Summary,
                &self.cursor,
                &mut |record| {
                    fold.hear(record);
                    ControlFlow::Continue(())
                },
            )
            .unwrap();
        let told = self.fold.told(None, 0);
        told.iter()
            .map(|t| {
                format!(
                    "{:?} {:?} {:?}",
                    Arc::as_ref(&t.session),
                    t.spends,
                    t.leaves
                )
            })
            .collect()
    }
}

#[test]
fn facts_messages_and_spends() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir
        .path()
        .join("5b1e9c2f-0000-4000-8000-000000000001.jsonl");
    std::fs::write(&path, LOG).unwrap();
    let mut fold = UnitFold::new(Arc::new(unit(&path)));
    Claude
        .read(
            &env(dir.path()),
            &unit(&path),
            Want::Summary,
            &Cursor::default(),
            &mut |record| {
                fold.hear(record);
                ControlFlow::Continue(())
            },
        )
        .unwrap();
    let told = fold.told(None, 0);
    let session = &told[0].session;
    assert_eq!(
        session.title.as_ref().unwrap().text.as_str(),
        "Thread the loom"
    );
    assert_eq!(session.dir.as_deref(), Some(Path::new("/home/ada/loom")));
    assert_eq!(session.branch.as_ref().unwrap().as_str(), "weft");
    assert_eq!(
        (
            session.prompts,
            session.replies,
            session.tools,
            session.errors
        ),
        (2, 2, 1, 1)
    );
    assert_eq!(session.updated, "2026-11-20T10:00:09Z".parse().ok());
    let spends: Vec<_> = told[0].spends.iter().collect();
    assert_eq!(spends.len(), 3, "one for each line, the ledger merges them");
    assert_eq!(spends[1].usage.output, 40);
    assert_eq!(spends[1].usage.cache_write_1h, 20);
    assert!(spends.iter().all(|s| s.same.unwrap().mark == Mark::Own));
}

#[test]
fn sips_tell_what_one_gulp_tells_and_no_cut_breaks_it() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir
        .path()
        .join("5b1e9c2f-0000-4000-8000-000000000001.jsonl");
    std::fs::write(&path, LOG).unwrap();
    let gulp = Reader::new(&path).read();

    let sipped = dir.path().join("sips");
    std::fs::create_dir(&sipped).unwrap();
    let path = sipped.join("5b1e9c2f-0000-4000-8000-000000000001.jsonl");
    let mut file = std::fs::File::create(&path).unwrap();
    let mut reader = Reader::new(&path);
    let mut last = Vec::new();
    for sip in LOG.as_bytes().chunks(97) {
        file.write_all(sip).unwrap();
        let told = reader.read();
        if !told.is_empty() {
            last = told;
        }
    }
    let same = |text: &[String]| text.join("\n").replace("/sips", "");
    assert_eq!(same(&last), same(&gulp));

    for cut in (0..LOG.len()).step_by(11) {
        std::fs::write(&path, &LOG.as_bytes()[..cut]).unwrap();
        Reader::new(&path).read();
    }
}

const SIDES: &str = include_str!(
    "../../../tests/fixtures/claude-code/1.0/home/.claude/projects/-home-ada-loom/5b1e9c2f-0005-4000-8000-000000000005.jsonl"
);

/// However a log is cut, what its sub-agents did and spent is theirs; sums alone tell the same.
#[test]
fn sub_agents_within_a_log_are_told_apart_in_sips_too() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir
        .path()
        .join("5b1e9c2f-0005-4000-8000-000000000005.jsonl");
    let read = |want: Want<'_>, sip: usize| {
        let mut file = std::fs::File::create(&path).unwrap();
        let (mut told, mut cursor) = (BTreeMap::new(), Cursor::default());
        for sip in SIDES.as_bytes().chunks(sip) {
            file.write_all(sip).unwrap();
            let mut say = |record| {
                let (session, was): (Box<str>, _) = match record {
                    Record::Message { session, message } => {
                        (session, format!("said {:?}", message.lane))
                    }
                    Record::Spent { session, spend } => {
                        (session, format!("spent {}", spend.usage.output))
                    }
                    _ => return ControlFlow::Continue(()),
                };
                told.entry(session).or_insert_with(Vec::new).push(was);
                ControlFlow::Continue(())
            };
            let (env, unit) = (env(dir.path()), unit(&path));
            cursor = Claude.read(&env, &unit, want, &cursor, &mut say).unwrap();
            assert!(cursor.memo.len() <= 4096);
        }
        told
    };
    let gulp = read(Want::Summary, SIDES.len());
    let spent = |id: &str| {
        gulp[id]
            .iter()
            .filter(|was| was.starts_with("spent"))
            .count()
    };
    assert_eq!(gulp.len(), 3);
    assert_eq!((spent("agent-w1"), spent("agent-f1")), (2, 2));
    assert_eq!(gulp["agent-w1"].len(), 5, "{gulp:?}");
    for sip in [1, 97, 500] {
        assert_eq!(read(Want::Summary, sip), gulp, "{sip}");
    }
    for (id, all) in read(Want::Spends, SIDES.len()) {
        let spends = |all: &[String]| {
            all.iter()
                .filter(|was| was.starts_with("spent"))
                .cloned()
                .collect::<Vec<_>>()
        };
        assert_eq!(spends(&all), spends(&gulp[&id]), "{id}");
    }
    for session in gulp.keys() {
        let said = read(Want::Conversation { session }, 97);
        assert_eq!(said.keys().collect::<Vec<_>>(), [session]);
        let whole = read(crate::sources::log::ANY, SIDES.len());
        assert_eq!(said[session], whole[session]);
    }
}

#[test]
fn conversations_pair_calls_with_results_and_fold_what_was_put_in() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir
        .path()
        .join("5b1e9c2f-0000-4000-8000-000000000001.jsonl");
    std::fs::write(&path, LOG).unwrap();
    let mut fold = UnitFold::new(Arc::new(unit(&path)));
    let mut seen = Vec::new();
    let want = Want::Conversation {
        session: "5b1e9c2f-0000-4000-8000-000000000001",
    };
    Claude
        .read(
            &env(dir.path()),
            &unit(&path),
            want,
            &Cursor::default(),
            &mut |record| {
                if let Record::Message { message, .. } = &record {
                    seen.push((message.role, message.parts.len()));
                }
                fold.hear(record);
                ControlFlow::Continue(())
            },
        )
        .unwrap();
    use crate::model::Role::{Assistant, System, User};
    assert_eq!(
        seen,
        [
            (User, 1),
            (Assistant, 1),
            (Assistant, 1),
            (System, 1),
            (System, 1),
            (Assistant, 1),
            (User, 1)
        ]
    );
}

/// What a search for tools found is named, and nothing else is said in its answer.
/// The result that a record of a log tells.
fn result_of(record: &str) -> crate::model::ToolResult {
    let dir = tempfile::tempdir().unwrap();
    let path = dir
        .path()
        .join("5b1e9c2f-0000-4000-8000-000000000001.jsonl");
    std::fs::write(&path, format!("{record}\n")).unwrap();
    let mut results = Vec::new();
    let mut say = |record| {
        if let Record::Message { message, .. } = &record {
            results.extend(message.parts.iter().filter_map(|part| match part {
                crate::model::Part::ToolResult(result) => Some((**result).clone()),
                _ => None,
            }));
        }
        ControlFlow::Continue(())
    };
    let want = crate::sources::log::ANY;
    let start = Cursor::default();
    Claude
        .read(&env(dir.path()), &unit(&path), want, &start, &mut say)
        .unwrap();
    assert_eq!(results.len(), 1);
    results.remove(0)
}

#[test]
fn found_tools_are_told_by_their_names() {
    let content = r#"[{"type":"tool_reference","tool_name":"Weave"},{"type":"tool_reference","tool_name":"Warp"}]"#;
    let found = result_of(&format!(
        r#"{{"type":"user","uuid":"a","timestamp":"2026-11-20T10:00:00Z","message":{{"role":"user","content":[{{"type":"tool_result","tool_use_id":"t","content":{content}}}]}}}}"#
    ));
    assert_eq!(found.output.untrusted(), "Weave\nWarp");
}

/// Of a changed piece the call tells what changed; of a file that was there and is written whole only the result does.
#[test]
fn what_is_new_in_a_file_written_again_is_told() {
    let written = |kind: &str| {
        let hunk = r#"{"oldStart":4,"oldLines":2,"newStart":4,"newLines":2,"lines":[" warp","-weft","+wool"]}"#;
        result_of(&format!(
            r#"{{"type":"user","uuid":"a","timestamp":"2026-11-20T10:00:00Z","message":{{"role":"user","content":[{{"type":"tool_result","tool_use_id":"t","content":"done"}}]}},"toolUseResult":{{{kind}"filePath":"/a","structuredPatch":[{hunk}]}}}}"#
        ))
    };
    let again = written(r#""type":"update","content":"warp\nwool\n","#);
    let patch = "@@ -4,2 +4,2 @@\n warp\n-weft\n+wool\n";
    assert_eq!((again.line, again.patch), (Some(5), Some(patch.into())));
    let piece = written(r#""oldString":"weft","newString":"wool","#);
    assert_eq!((piece.line, piece.patch), (Some(5), None));
}

/// State and output are told without the marks around them, and a failure is one in a summary too.
#[test]
fn work_in_the_background_is_told_by_its_state() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir
        .path()
        .join("5b1e9c2f-0000-4000-8000-000000000001.jsonl");
    let line = |uuid: &str, asked: &str, state: &str| {
        let text = format!(
            "<retrieval_status>{asked}</retrieval_status>\\n\\n<status>{state}</status>\\n\\n<output>\\nknots\\n</output>"
        );
        format!(
            r#"{{"type":"user","uuid":"{uuid}","timestamp":"2026-11-20T10:00:00Z","message":{{"role":"user","content":[{{"type":"tool_result","tool_use_id":"{uuid}","content":"{text}"}}]}}}}"#
        )
    };
    let lines = [
        line("a", "success", "in_progress"),
        line("b", "error", "not_found"),
    ];
    std::fs::write(&path, lines.join("\n") + "\n").unwrap();
    let read = |want| {
        let (mut outputs, mut errors) = (Vec::new(), 0);
        let mut say = |record| {
            if let Record::Message { message, .. } = &record {
                errors += message.errors;
                outputs.extend(message.parts.iter().filter_map(|part| match part {
                    crate::model::Part::ToolResult(result) => {
                        Some((result.output.untrusted().to_owned(), result.ok))
                    }
                    _ => None,
                }));
            }
            ControlFlow::Continue(())
        };
        let (env, unit) = (env(dir.path()), unit(&path));
        Claude
            .read(&env, &unit, want, &Cursor::default(), &mut say)
            .unwrap();
        (outputs, errors)
    };
    let told = |text: &str, ok| (text.to_owned(), Some(ok));
    let want = vec![
        told("in_progress\nknots", true),
        told("not_found\nknots", false),
    ];
    assert_eq!(read(crate::sources::log::ANY), (want, 1));
    assert_eq!(read(Want::Summary).1, 1);
}

#[test]
fn only_an_id_can_be_resumed() {
    assert!(is_uuid("5b1e9c2f-0000-4000-8000-000000000001"));
    for bad in [
        "",
        "--help",
        "5b1e9c2f-0000-4000-8000-00000000000;",
        "../../x",
        "agent-12",
    ] {
        assert!(!is_uuid(bad), "{bad}");
    }
}
