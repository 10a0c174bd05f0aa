//! What leaves the screen: exports, and the screen itself while an agent has it.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use super::Screen;

const ID: &str = "5b1e9c2f-0000-4000-8000-00000000000c";

/// A home with one session that says this, in a project that is there.
fn home(said: &str) -> (tempfile::TempDir, PathBuf) {
    let home = tempfile::tempdir().unwrap();
    let project = home.path().join("loom");
    std::fs::create_dir_all(&project).unwrap();
    let logs = home.path().join(".claude/projects/-loom");
    std::fs::create_dir_all(&logs).unwrap();
    let line = serde_json::json!({
        "type": "user", "uuid": "u1", "sessionId": ID, "cwd": project,
        "timestamp": "2026-11-20T10:00:00Z", "version": "2.1.0",
        "message": {"role": "user", "content": said},
    });
    std::fs::write(logs.join(format!("{ID}.jsonl")), format!("{line}\n")).unwrap();
    (home, project)
}

/// T10: the agent gets the terminal and every key that is typed into it; then the screen is as it was.
#[test]
fn an_agent_gets_the_screen_and_every_key() {
    let (home, project) = home("weave on");
    let bin = home.path().join("bin");
    std::fs::create_dir(&bin).unwrap();
    let agent = bin.join("claude");
    let script = "#!/bin/sh\nprintf 'agent in %s: %s\\n' \"$PWD\" \"$*\"\nread -r keys\nprintf '%s' \"$keys\" > \"$HOME/heard\"\n";
    std::fs::write(&agent, script).unwrap();
    std::fs::set_permissions(&agent, std::fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:/usr/bin:/bin", bin.display());
    let heard = home.path().join("heard");
    let mut screen = Screen::open_with(home, &[], &[("PATH", &path)]);
    screen.see("weave on");
    screen.press("oo");
    screen.see(&format!("--resume={ID}"));
    let place = std::fs::canonicalize(&project).unwrap();
    screen.see(&format!("agent in {}", place.display()));
    screen.press("jkGq0123456789\n");
    screen.see("claude ended");
    screen.see("LIST 1/1");
    assert_eq!(std::fs::read_to_string(heard).unwrap(), "jkGq0123456789");
    screen.press("q");
    assert_eq!(screen.ends(), 0);
    assert!(screen.is_given_back());
}

/// D2, D3: a deletion asks first, and `u` brings the log back as it was.
#[test]
fn a_deletion_asks_and_is_taken_back() {
    let (home, _) = home("weave off");
    let log = home
        .path()
        .join(format!(".claude/projects/-loom/{ID}.jsonl"));
    let text = std::fs::read(&log).unwrap();
    // What was written a moment ago may be at work.
    let past = std::time::SystemTime::now() - std::time::Duration::from_secs(3600);
    std::fs::File::options()
        .append(true)
        .open(&log)
        .unwrap()
        .set_modified(past)
        .unwrap();
    let config = home.path().join(".config/backscroll");
    std::fs::create_dir_all(&config).unwrap();
    std::fs::write(config.join("config.toml"), "[delete]\nenabled = true\n").unwrap();
    let mut screen = Screen::open_in(home, &[]);
    screen.see("weave off");
    screen.see("live");
    screen.press("D");
    screen.see("Move the log of");
    screen.see(LISTENS);
    screen.press("\r");
    screen.wait("the question", |t| {
        !t.screen().contents().contains("Move the log of")
    });
    assert!(log.exists(), "Enter keeps it");
    screen.press("D");
    screen.see("Move the log of");
    screen.see(LISTENS);
    screen.press("y");
    screen.see("1 session is in the trash");
    assert!(!log.exists());
    screen.press("u");
    screen.see("1 session is back");
    assert_eq!(std::fs::read(&log).unwrap(), text);
    screen.press("q");
    assert_eq!(screen.ends(), 0);
}

/// The keys of a question that opened by itself stand there once it listens to them.
const LISTENS: &str = "letters, Enter";

const URL: &str = "https://gist.github.com/ada/0123456789abcdef0123456789abcdef";

/// A `gh` in a folder of this home that writes down what it is told and what the file says, and the PATH with it.
fn recording_gh(home: &std::path::Path) -> String {
    let bin = home.join("bin");
    std::fs::create_dir_all(&bin).unwrap();
    let gh = bin.join("gh");
    let script = format!(
        "#!/bin/sh\nprintf '%s\\n' \"$@\" >> \"$HOME/told\"\n[ \"$2\" = create ] || exit 0\ncat \"$3\" > \"$HOME/sent\"\necho {URL}\n"
    );
    std::fs::write(&gh, script).unwrap();
    std::fs::set_permissions(&gh, std::fs::Permissions::from_mode(0o755)).unwrap();
    format!("{}:/usr/bin:/bin", bin.display())
}

/// S2-45, S4-05 to S4-08, X6: shown first, sent by the user's own `gh` after a yes and without secrets, its link copied
/// and remembered; then asked about, and taken back.
#[test]
fn a_session_is_shared_and_taken_back() {
    let token = ["gh", "p_x7Kq2LmW9bTzR4vN8cJd5HsPfY3gXa1eQuEi"].concat();
    let (home, _) = home(&format!("weave with {token} please"));
    let path = recording_gh(home.path());
    let place = home.path().to_owned();
    let told = || std::fs::read_to_string(place.join("told")).unwrap_or_default();
    let kept = || {
        let file = place.join(".local/share/backscroll/shares.toml");
        std::fs::read_to_string(file).unwrap_or_default()
    };
    let mut screen = Screen::open_with(home, &[], &[("PATH", &path)]);
    screen.see("weave with");
    screen.press("xs");
    screen.see("2 secrets replaced: 2 github-token");
    screen.see("secret gist of yours");
    screen.see(LISTENS);
    screen.press("\r");
    screen.wait("the question to go", |t| {
        !t.screen().contents().contains("secret gist of yours")
    });
    assert_eq!(told(), "", "Enter keeps it here");
    screen.press("xs");
    screen.see("secret gist of yours");
    screen.see(LISTENS);
    screen.press("y");
    screen.see("shared at https://gist.github.com/ada/");
    screen.see("Copied its link");
    let sent = std::fs::read_to_string(place.join("sent")).unwrap();
    assert!(sent.contains("weave with") && !sent.contains(&token));
    let lines = told();
    let lines: Vec<&str> = lines.lines().collect();
    assert_eq!(lines[..2], ["gist", "create"]);
    assert!(lines[2].ends_with(".html") && lines.len() == 3, "{lines:?}");
    assert!(kept().contains(URL));
    // What is shared is found by the query at once.
    screen.press("/is:shared\r");
    screen.see("LIST 1/1");
    screen.press("xS");
    screen.see("Delete the gist");
    screen.see(LISTENS);
    screen.press("y");
    screen.see("its gist is deleted");
    assert!(told().ends_with(&format!("gist\ndelete\n{URL}\n--yes\n")));
    assert!(!kept().contains(URL));
    screen.press("X");
    screen.press("q");
    assert_eq!(screen.ends(), 0);
}

/// X6: whoever leaves while something is sent gets the terminal back at once, with a word on what is waited for; and the
/// link is still remembered.
#[test]
fn a_share_on_its_way_holds_the_terminal_no_longer() {
    let (home, _) = home("weave slowly");
    let path = recording_gh(home.path());
    let place = home.path().to_owned();
    let gh = place.join("bin/gh");
    let script = std::fs::read_to_string(&gh).unwrap();
    let waits =
        "#!/bin/sh\n: > \"$HOME/asked\"\nwhile [ ! -e \"$HOME/go\" ]; do sleep 0.02; done\n";
    std::fs::write(&gh, script.replacen("#!/bin/sh\n", waits, 1)).unwrap();
    let mut screen = Screen::open_with(home, &[], &[("PATH", &path)]);
    screen.see("weave slowly");
    screen.press("xs");
    screen.see("secret gist of yours");
    screen.see(LISTENS);
    screen.press("y");
    screen.wait("the question to go", |t| {
        !t.screen().contents().contains("secret gist of yours")
    });
    let asked = place.join("asked");
    screen.wait("gh to be asked", |_| asked.exists());
    screen.press("q");
    screen.see("Something is still being written or shared");
    screen.press("y");
    screen.see("Still sharing");
    assert!(screen.is_given_back());
    std::fs::write(place.join("go"), "").unwrap();
    assert_eq!(screen.ends(), 0);
    let kept = std::fs::read_to_string(place.join(".local/share/backscroll/shares.toml"));
    assert!(kept.unwrap().contains(URL));
}

/// S4-10: what a team forbids is refused by name, and nothing is made or sent.
#[test]
fn a_project_that_forbids_sharing_is_not_shared() {
    let (home, project) = home("weave at home");
    std::fs::write(
        project.join("opencode.jsonc"),
        "{ \"share\": \"disabled\" } // ours",
    )
    .unwrap();
    let path = recording_gh(home.path());
    let told = home.path().join("told");
    let mut screen = Screen::open_with(home, &[], &[("PATH", &path)]);
    screen.see("weave at home");
    screen.press("xs");
    screen.see("this project forbids sharing");
    assert!(!told.exists());
    screen.press("q");
    assert_eq!(screen.ends(), 0);
}

/// G7: a session that is about to go is counted, one key keeps a copy, and the copy is shown when the log is gone.
#[test]
fn a_copy_is_kept_by_one_key() {
    let (home, _) = home("weave for good");
    let log = home
        .path()
        .join(format!(".claude/projects/-loom/{ID}.jsonl"));
    let past = std::time::SystemTime::now() - std::time::Duration::from_secs(25 * 86_400);
    let file = std::fs::File::options().append(true).open(&log).unwrap();
    file.set_modified(past).unwrap();
    let mut screen = Screen::open_in(home, &[]);
    screen.see("weave for good");
    screen.see("will be deleted within 9 days");
    screen.press("K");
    screen.see("a copy is kept");
    screen.wait("no more warning", |t| {
        !t.screen().contents().contains("will be deleted")
    });
    std::fs::remove_file(&log).unwrap();
    screen.press("/is:archived\r");
    screen.see("LIST 1/1");
    screen.see("weave for good");
    screen.press("Xq");
    assert_eq!(screen.ends(), 0);
}
