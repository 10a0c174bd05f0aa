//! From the reader to what stands behind it: the log's own lines, pictures, addresses, files.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::Screen;

const ID: &str = "5b1e9c2f-0000-4000-8000-00000000000d";
const PNG: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

fn program(home: &Path, name: &str, script: &str) {
    let bin = home.join("bin");
    std::fs::create_dir_all(&bin).unwrap();
    std::fs::write(bin.join(name), script).unwrap();
    std::fs::set_permissions(bin.join(name), std::fs::Permissions::from_mode(0o755)).unwrap();
}

/// A home with a session of this content, and programs that write down what they are given.
fn open(content: &serde_json::Value) -> (Screen, std::path::PathBuf) {
    open_answered(content, None)
}

/// The same with what the agent answered.
fn open_answered(
    content: &serde_json::Value,
    answer: Option<&str>,
) -> (Screen, std::path::PathBuf) {
    let home = tempfile::tempdir().unwrap();
    let place = home.path().to_owned();
    let project = place.join("loom");
    std::fs::create_dir_all(&project).unwrap();
    std::fs::write(project.join("pattern.txt"), "one\ntwo\n").unwrap();
    let logs = place.join(".claude/projects/-loom");
    std::fs::create_dir_all(&logs).unwrap();
    let line = serde_json::json!({
        "type": "user", "uuid": "u1", "sessionId": ID, "cwd": project, "strange": "thread",
        "timestamp": "2026-11-20T10:00:00Z", "version": "2.1.0",
        "message": {"role": "user", "content": content},
    });
    let mut log = format!("{line}\n");
    if let Some(text) = answer {
        let line = serde_json::json!({
            "type": "assistant", "uuid": "u2", "parentUuid": "u1", "sessionId": ID, "cwd": project,
            "timestamp": "2026-11-20T10:00:01Z", "version": "2.1.0",
            "message": {"id": "m1", "role": "assistant", "content": [{"type": "text", "text": text}]},
        });
        log.push_str(&format!("{line}\n"));
    }
    std::fs::write(logs.join(format!("{ID}.jsonl")), log).unwrap();
    let record = "#!/bin/sh\nprintf '%s\\n' \"$@\" > \"$HOME/opened.new\"\ncp \"$1\" \"$HOME/picture\" 2>/dev/null\nmv \"$HOME/opened.new\" \"$HOME/opened\"\n";
    program(&place, "xdg-open", record);
    program(&place, "pen", record);
    let path = format!("{}:/usr/bin:/bin", place.join("bin").display());
    let variables = [("PATH", path.as_str()), ("EDITOR", "pen")];
    (Screen::open_with(home, &[], &variables), place)
}

fn told(screen: &mut Screen, place: &Path) -> String {
    let file = place.join("opened");
    screen.wait("the program", |_| file.exists());
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::remove_file(&file).unwrap();
    text
}

/// UX 4.3 `z r`: the record as it stands in the log, with what the screen makes nothing of.
#[test]
fn a_record_is_shown_as_its_log_has_it() {
    let (mut screen, _) = open(&serde_json::json!("weave it"));
    screen.see("weave it");
    screen.press("\rzr");
    screen.see("byte 0");
    screen.see("\"strange\": \"thread\"");
    screen.press("zr");
    screen.wait("the page", |t| !t.screen().contents().contains("strange"));
    screen.press("qq");
    assert_eq!(screen.ends(), 0);
}

/// UX 7: a picture is its type and size, and Enter opens it: a private file that cannot be changed, by argv.
#[test]
fn a_picture_opens_in_a_viewer() {
    let (mut screen, place) = open(&serde_json::json!([
        {"type": "text", "text": "see this"},
        {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PNG}},
    ]));
    screen.see("[image png");
    screen.press("\rgi");
    screen.see("no picture is under the cursor");
    screen.press("\x1bjj\r");
    let text = told(&mut screen, &place);
    let path = Path::new(text.trim_end());
    assert!(
        path.starts_with(place.join(".cache/backscroll/pictures")),
        "{text}"
    );
    assert!(text.ends_with(".png\n"));
    let mode = std::fs::metadata(path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o400);
    assert_eq!(std::fs::read(path).unwrap()[..4], *b"\x89PNG");
    screen.see("opened image/png of 70 bytes");
    screen.press("qq");
    assert_eq!(screen.ends(), 0);
}

/// UX 4.3 `g x`, `g f`: an address goes to the browser, one that is not what is shown only after a yes; a file goes to
/// the editor, at its line.
#[test]
fn addresses_and_files_open_by_what_the_user_has() {
    let text = "see https://weave.example/a?b=1 now\n\nand [the shop](https://other.example/x)\n\nin pattern.txt:2 it is";
    let (mut screen, place) = open_answered(&serde_json::json!("go"), Some(text));
    screen.see("pattern.txt:2");
    screen.press("\rJjgx");
    assert_eq!(told(&mut screen, &place), "https://weave.example/a?b=1\n");
    screen.press("jjgx");
    screen.see("What is shown is not the whole address");
    screen.see("https://other.example/x");
    screen.press("\r");
    screen.wait("the question to go", |t| {
        !t.screen().contents().contains("What is shown")
    });
    assert!(!place.join("opened").exists(), "Enter opens nothing");
    screen.press("gxy");
    assert_eq!(told(&mut screen, &place), "https://other.example/x\n");
    screen.press("jjgf");
    let file = std::fs::canonicalize(place.join("loom/pattern.txt")).unwrap();
    assert_eq!(told(&mut screen, &place), format!("{}\n", file.display()));
    screen.see("pen ended");
    screen.press("qq");
    assert_eq!(screen.ends(), 0);
}
