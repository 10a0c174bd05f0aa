//! A message's own lines, as they stand in its log.

use super::*;
use crate::ingest::Reading;
use crate::ingest::tests::place;

const LOG: [&str; 4] = [
    r#"{"type":"user","uuid":"u1","sessionId":"s","timestamp":"2026-11-01T10:00:00Z","cwd":"/w","odd":  1,"message":{"role":"user","content":"weave"}}"#,
    r#"{"type":"assistant","uuid":"a1","sessionId":"s","requestId":"r","timestamp":"2026-11-01T10:00:01Z","message":{"id":"m","role":"assistant","model":"x","content":[{"type":"text","text":"well"}],"usage":{"input_tokens":1,"output_tokens":1}}}"#,
    r#"{"type":"assistant","uuid":"a2","sessionId":"s","requestId":"r","timestamp":"2026-11-01T10:00:02Z","message":{"id":"m","role":"assistant","model":"x","content":[{"type":"tool_use","id":"t","name":"Bash","input":{"command":"ls"}}],"usage":{"input_tokens":1,"output_tokens":1}}}"#,
    r#"{"type":"user","uuid":"u2","sessionId":"s","timestamp":"2026-11-01T10:00:03Z","message":{"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":"a b"}]}}"#,
];

/// UX 4.3 `z r`: the lines as they stand in the log, those of a reply's blocks and of its results with it.
#[test]
fn a_message_has_the_lines_it_was_read_from() {
    let place = place(&(LOG.join("\n") + "\n"));
    let (env, session) = (&place.env, &*place.session);
    let mut reading = Reading::new(session);
    reading.read(env).unwrap();
    let talk = reading.conversation();
    let of = |n: usize| -> Vec<String> {
        let sought = Sought::of(&talk.messages[n]);
        let lines = records(env, session, &sought).unwrap().unwrap();
        let text = |line: RawRecord| String::from_utf8(line.bytes).unwrap().trim_end().to_owned();
        lines.into_iter().map(text).collect()
    };
    assert_eq!(of(0), LOG[..1]);
    assert_eq!(of(1), LOG[1..]);
    let first = first_lines(env, session).unwrap().unwrap();
    assert_eq!(first.len(), 4);
    assert_eq!(first[1].at as usize, LOG[0].len() + 1);
}
