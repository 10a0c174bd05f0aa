//! Lists of steps, and tasks.

use super::*;

/// UX 7: todo and plan lists are drawn as lists with the state of each step.
#[test]
fn plans_are_lists() {
    let todos = r#"{"todos":[{"content":"warp","status":"completed"},{"content":"weft","status":"in_progress"},{"content":"cloth","status":"pending"}]}"#;
    let call = tools::call("p", "TodoWrite", todos);
    let face = face_of(&call, Some(&output("ok")));
    assert!(
        face.starts_with("> TodoWrite 1/3 done, now: weft"),
        "{face}"
    );
    let lines = body_of(&call, Some(&output("ok")), Level::Short);
    assert_eq!(lines, ["[x] warp", "[>] weft", "[ ] cloth"]);
    let plan = r#"{"plan":[{"step":"one","status":"done"},{"title":"two"}]}"#;
    let call = tools::call("p", "update_plan", plan);
    assert_eq!(body_of(&call, None, Level::Short), ["[x] one", "[ ] two"]);
}

/// A long list is told around what is being done; all of it is there where more of it is asked for.
#[test]
fn a_long_plan_is_told_around_what_is_done_now() {
    let steps = |doing: usize| {
        let step = |n: usize| {
            let status = match n.cmp(&doing) {
                std::cmp::Ordering::Less => "completed",
                std::cmp::Ordering::Equal => "in_progress",
                std::cmp::Ordering::Greater => "pending",
            };
            format!(r#"{{"content":"s{n}","status":"{status}"}}"#)
        };
        let steps: Vec<String> = (0..9).map(step).collect();
        let call = format!(r#"{{"todos":[{}]}}"#, steps.join(","));
        tools::call("p", "TodoWrite", &call)
    };
    let short = |doing| body_of(&steps(doing), Some(&output("ok")), Level::Short);
    let told = [
        "... 3 done",
        "[x] s3",
        "[>] s4",
        "[ ] s5",
        "[ ] s6",
        "... 2 more (z o)",
    ];
    assert_eq!(short(4), told);
    assert_eq!(
        short(0),
        [
            "[>] s0",
            "[ ] s1",
            "[ ] s2",
            "[ ] s3",
            "[ ] s4",
            "... 4 more (z o)"
        ]
    );
    // A line that counts one is as long as that one.
    let told = [
        "[x] s0",
        "[x] s1",
        "[>] s2",
        "[ ] s3",
        "[ ] s4",
        "... 4 more (z o)",
    ];
    assert_eq!(short(2), told);
    assert_eq!(
        short(9),
        [
            "... 4 done",
            "[x] s4",
            "[x] s5",
            "[x] s6",
            "[x] s7",
            "[x] s8"
        ]
    );
    let full = body_of(&steps(4), Some(&output("ok")), Level::Full);
    assert_eq!(full.len(), 9);
}

/// What a task's answer says again is its number alone; the rest is there where more of it is asked for.
#[test]
fn a_task_is_told_once() {
    let create = tools::call("t", "TaskCreate", r#"{"subject":"Merge branches"}"#);
    let answer = output("Task #4 created successfully: Merge branches");
    let face = face_of(&create, Some(&answer));
    assert!(face.starts_with("> TaskCreate Merge branches "), "{face}");
    assert!(face.ends_with(" #4"), "{face}");
    let short: [&str; 0] = [];
    assert_eq!(body_of(&create, Some(&answer), Level::Short), short);
    assert!(!body_of(&create, Some(&answer), Level::Full).is_empty());

    let update = tools::call("t", "TaskUpdate", r#"{"taskId":"4","status":"completed"}"#);
    let answer = output("Updated task #4 status");
    assert_eq!(body_of(&update, Some(&answer), Level::Short), short);
    let face = face_of(&update, Some(&answer));
    assert_eq!(face.trim_end(), "> TaskUpdate #4 completed");
    let other = output("Task #4 is not known");
    assert_eq!(body_of(&create, Some(&other), Level::Short).len(), 1);
}

/// What becomes of a task is told with what it is called, unless that is said.
#[test]
fn a_task_has_its_name() {
    let tasks = [("#2", Clean::from("Dye the wool")), ("#3", "Weave".into())];
    let line = |input: &str| {
        let call = tools::call("t", "TaskUpdate", input);
        let theme = theme();
        let place = Place {
            tasks: &tasks,
            ..place(&theme, 60)
        };
        text(&face(&call, None, Level::Folded, &place))
    };
    let told = |input: &str| line(input).split("  ").next().unwrap().to_owned();
    assert_eq!(
        told(r#"{"taskId":"2","status":"completed"}"#),
        "> TaskUpdate #2 completed: Dye the wool"
    );
    assert_eq!(
        told(r#"{"taskId":"2","subject":"Dye the wool"}"#),
        "> TaskUpdate #2 Dye the wool"
    );
    assert_eq!(
        told(r#"{"taskId":"23","status":"completed"}"#),
        "> TaskUpdate #23 completed"
    );
}
