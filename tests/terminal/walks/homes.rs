//! Homes that hold what a walk needs.

use std::path::Path;

use serde_json::{Value, json};

pub const ID: &str = "5b1e9c2f-0000-4000-8000-00000000000c";
const OTHER: &str = "7a1e9c2f-0000-4000-8000-00000000000d";

/// Writes a session's log; what is said in it happened at these times.
pub fn log(home: &Path, id: &str, dir: &Path, at: impl Fn(usize) -> String, said: &[Value]) {
    let logs = home.join(".claude/projects/-loom");
    std::fs::create_dir_all(&logs).unwrap();
    let line = |(nth, message): (usize, &Value)| {
        let line = json!({
            "type": message["role"], "uuid": format!("{id}-{nth}"), "sessionId": id, "cwd": dir,
            "timestamp": at(nth), "version": "2.1.0", "message": message,
        });
        format!("{line}\n")
    };
    let text: String = said.iter().enumerate().map(line).collect();
    std::fs::write(logs.join(format!("{id}.jsonl")), text).unwrap();
}

fn then(nth: usize) -> String {
    format!("2026-11-20T10:0{nth}:00Z")
}

pub fn prompt(text: &str) -> Value {
    json!({"role": "user", "content": text})
}

pub fn answer(id: &str, text: &str) -> Value {
    json!({"role": "assistant", "id": id, "model": "claude-opus-4-5", "content": [{"type": "text", "text": text}]})
}

pub fn call(id: &str, name: &str, input: Value) -> Value {
    let call = json!({"type": "tool_use", "id": id, "name": name, "input": input});
    json!({"role": "assistant", "id": format!("of-{id}"), "model": "claude-opus-4-5", "content": [call]})
}

pub fn result(id: &str, text: &str) -> Value {
    json!({"role": "user", "content": [{"type": "tool_result", "tool_use_id": id, "content": text}]})
}

/// One session that says this, in a project that is there.
pub fn of_one(said: &str) -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    let project = home.path().join("loom");
    std::fs::create_dir_all(&project).unwrap();
    log(home.path(), ID, &project, then, &[prompt(said)]);
    home
}

/// A session that changed a file, and one that did not.
pub fn layers() -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    let project = home.path().join("api");
    let file = project.join("src/auth/layer.rs");
    std::fs::create_dir_all(&project).unwrap();
    let edit = json!({
        "file_path": file,
        "old_string": "    state: Arc<Mutex<Shared>>,",
        "new_string": "    ctx: LayerContext,",
    });
    let said = [
        prompt("Each layer should own its context"),
        call("t1", "Edit", edit),
        result("t1", "The file has been updated."),
        answer("m9", "Own contexts now."),
    ];
    log(home.path(), ID, &project, then, &said);
    let asked = [
        prompt("Which layers are there?"),
        answer("m1", "Own contexts, and the log."),
    ];
    log(home.path(), OTHER, &project, then, &asked);
    home
}

/// A session that answered with code, under a prompt that is not the last.
pub fn script(code: &str) -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    let project = home.path().join("loom");
    std::fs::create_dir_all(&project).unwrap();
    let said = [
        prompt("Which knots are there?"),
        answer("m1", "Two:\n\n```text\nreef\nbowline\n```\n"),
        prompt("Give me that script"),
        answer(
            "m2",
            &format!("Here it is.\n\n```sh\n{code}\n```\n\nRun it in the loom."),
        ),
    ];
    log(home.path(), ID, &project, then, &said);
    home
}
