//! How tokens are split, and who is a person.

use super::super::json::Obj;
use super::message::{read, split, title};
use super::{Qwen, Source};
use crate::model::Role;

#[test]
fn the_total_tells_whether_thoughts_stand_in_the_answer() {
    let counts = |answer, thoughts, all| {
        let usage = split(100, 40, answer, thoughts, all);
        (usage.input, usage.cache_read, usage.output, usage.reasoning)
    };
    assert_eq!(counts(61, 20, Some(161)), (60, 40, 61, 20));
    assert_eq!(counts(61, 20, Some(181)), (60, 40, 81, 20));
    assert_eq!(counts(61, 20, None), (60, 40, 61, 20));
    // More thoughts than answer can only stand beside it.
    assert_eq!(counts(5, 20, None), (60, 40, 25, 20));
    assert_eq!(split(10, 40, 1, 0, None).total(), 11);
}

fn role(line: &str) -> Option<Role> {
    Some(read(&Obj::parse(line).unwrap(), "s", false)?.role)
}

#[test]
fn only_a_persons_words_are_a_prompt() {
    let line = |more: &str, text: &str| {
        format!(r#"{{"uuid":"u","type":"user",{more}"message":{{"parts":[{{"text":"{text}"}}]}}}}"#)
    };
    assert_eq!(role(&line("", "hi")), Some(Role::User));
    let real = r#""provenance":"real_user","#;
    assert_eq!(role(&line(real, "hi")), Some(Role::User));
    assert_eq!(role(&line(real, "<system-reminder>hi")), None);
    assert_eq!(role(&line(r#""provenance":"hook","#, "hi")), None);
    assert_eq!(role(&line(r#""subtype":"notification","#, "hi")), None);
}

#[test]
fn a_title_says_who_gave_it() {
    let given = |payload: &str| {
        let line =
            format!(r#"{{"type":"system","subtype":"custom_title","systemPayload":{payload}}}"#);
        title(&Obj::parse(&line).unwrap()).map(|(by_person, _)| by_person)
    };
    assert_eq!(given(r#"{"customTitle":"a"}"#), Some(true));
    assert_eq!(
        given(r#"{"customTitle":"a","titleSource":"auto"}"#),
        Some(false)
    );
    assert_eq!(given("{}"), None);
}

#[test]
fn short_ids_tell_sessions_apart() {
    let short = |id| Qwen.short_id(id);
    assert_eq!(short("9a3e0000-0001-4000-8000-000000000001"), "9a3e0000");
    assert_eq!(short("agent-checker-k6@9a3e0000"), "agent-checker-k6");
}
