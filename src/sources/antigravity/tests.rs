//! How steps become messages.

use super::super::json::Obj;
use super::steps::{Asked, Steps};
use crate::model::{Change, Message, Part};

fn steps() -> Steps {
    Steps {
        whole: true,
        model: None,
        asked: Asked::default(),
        lines: 0,
    }
}

fn read(steps: &mut Steps, line: &str) -> Option<Message> {
    steps.read(&Obj::parse(line).unwrap())
}

#[test]
fn results_belong_to_calls_in_their_order() {
    let mut steps = steps();
    let asked = r#"{"step_index":1,"source":"MODEL","type":"PLANNER_RESPONSE","tool_calls":[{"name":"a"},{"name":"b"}]}"#;
    read(&mut steps, asked);
    let mut result = |index: u32, status: &str| {
        let line = format!(
            r#"{{"step_index":{index},"source":"MODEL","type":"GENERIC","status":"{status}","content":"x"}}"#
        );
        match read(&mut steps, &line).unwrap().parts.remove(0) {
            Part::ToolResult(result) => (result.call.to_string(), result.ok),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(result(2, "DONE"), ("step-1-0".into(), Some(true)));
    assert_eq!(result(3, "RUNNING"), ("step-1-1".into(), None));
    assert_eq!(result(3, "ERROR"), ("step-1-1".into(), Some(false)));
    assert_eq!(result(4, "DONE"), ("generic-4".into(), Some(true)));
}

#[test]
fn arguments_are_unpacked() {
    let line = r#"{"step_index":1,"source":"MODEL","type":"PLANNER_RESPONSE","tool_calls":[{"name":"write_to_file","args":{"TargetFile":"\"/a/b\"","CodeContent":"\"x\\n\"","Plain":"as it is"}}]}"#;
    let message = read(&mut steps(), line).unwrap();
    let Part::ToolCall(call) = &message.parts[0] else {
        panic!("{message:?}")
    };
    assert_eq!(call.target, Some("/a/b".into()));
    assert_eq!(call.edits[0].change, Change::Write("x\n".into()));
    assert_eq!(
        call.input.untrusted(),
        r#"{"TargetFile":"/a/b","CodeContent":"x\n","Plain":"as it is"}"#
    );
}

#[test]
fn a_chosen_model_is_in_force_until_another() {
    let mut steps = steps();
    let prompt = |model: &str| {
        format!(
            r#"{{"source":"USER_EXPLICIT","type":"USER_INPUT","content":"<USER_REQUEST>hi</USER_REQUEST><USER_SETTINGS_CHANGE>setting `Model Selection` from None to {model}.\n</USER_SETTINGS_CHANGE>"}}"#
        )
    };
    let said = read(&mut steps, &prompt("Gemini 3.5 Flash (High)")).unwrap();
    assert_eq!(said.parts, [Part::Text("hi".into())]);
    let answer = r#"{"source":"MODEL","type":"PLANNER_RESPONSE","content":"yes"}"#;
    let model = |m: Option<Message>| m.unwrap().model.unwrap().name.to_string();
    assert_eq!(model(read(&mut steps, answer)), "Gemini 3.5 Flash (High)");
    read(&mut steps, &prompt("Other 1"));
    assert_eq!(model(read(&mut steps, answer)), "Other 1");
}
