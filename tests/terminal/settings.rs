//! Settings in a real terminal: at the start, and while the screen is open.

use super::Screen;

/// A home whose settings are these.
fn home(text: &str) -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(home.path().join(".config/backscroll/themes")).unwrap();
    write(&home, "config.toml", text);
    home
}

fn write(home: &tempfile::TempDir, name: &str, text: &str) {
    let folder = home.path().join(".config/backscroll");
    std::fs::write(folder.join(name), text).unwrap();
}

/// UX 4.5, 4.6, R19: where it opens, whose the mouse is, and what is wrong.
#[test]
fn the_screen_opens_as_the_settings_say() {
    let text = "[ui]\ntheme = \"dark\"\nstart_in = \"search\"\nmouse = false\nchrom = \"bare\"\n";
    let mut screen = Screen::open_in(home(text), &["--demo"]);
    screen.see("no setting ui.chrom; the nearest is ui.chrome");
    screen.see("LIST 1/");
    let mode = screen.terminal.screen().mouse_protocol_mode();
    assert_eq!(mode, vt100::MouseProtocolMode::None);
    screen.press("tide\r");
    screen.see("[tide x]");
    screen.press("q");
    assert_eq!(screen.ends(), 0);
    let mut screen = Screen::open_in(home(""), &["--demo", "--no-mouse"]);
    screen.see("LIST 1/");
    let mode = screen.terminal.screen().mouse_protocol_mode();
    assert_eq!(mode, vt100::MouseProtocolMode::None);
}

/// UX 10: settings, keys and themes are read again while the screen is open.
#[test]
fn settings_are_taken_in_while_the_screen_is_open() {
    let mut screen = Screen::open_in(home(""), &["--demo"]);
    screen.see("LIST 1/");
    screen.see("Enter read");
    write(
        &screen.home,
        "config.toml",
        "[ui]\ntheme = \"mine\"\n[keys.list]\nread = \"W\"\n",
    );
    screen.see("no theme mine");
    screen.see("W read");
    let theme = "background = \"#101010\"\npaint = true\n";
    write(&screen.home, "themes/mine.toml", theme);
    screen.wait("the painted ground", |t| {
        let cell = t.screen().cell(10, 10);
        cell.is_some_and(|cell| cell.bgcolor() == vt100::Color::Rgb(16, 16, 16))
    });
    screen.press("W");
    screen.see("READ ");
    // Where nothing watches, coming back looks again.
    write(&screen.home, "config.toml", "[ui]\nmouse = maybe\n");
    screen.see("config.toml, line 2: ");
    write(&screen.home, "config.toml", "");
    screen.see("settings read again");
}

#[test]
fn without_watching_coming_back_looks_again() {
    let mut screen = Screen::open_in(home(""), &["--demo", "--no-watch"]);
    screen.see("LIST 1/");
    write(&screen.home, "config.toml", "[keys.list]\nread = \"W\"\n");
    // The terminal says that it has the focus again.
    screen.press("\x1b[I");
    screen.see("W read");
}

/// UX 10, G21: linear mode takes no screen, also where a variable asks for it.
#[test]
fn linear_mode_takes_no_screen() {
    let variable = [("BACKSCROLL_LINEAR", "1")];
    let mut screen = Screen::open_with(home(""), &["--demo"], &variable);
    screen.see("Linear mode: ");
    assert!(!screen.terminal.screen().alternate_screen());
    screen.press("read 1\n");
    screen.see("Reading session 1 of ");
    screen.press("copy-id\n");
    screen.see("Copied the id, 1 line, by OSC 52.");
    screen.press("quit\n");
    assert_eq!(screen.ends(), 0);
    assert!(screen.is_given_back());
}

/// Whether rows of the list tell tool calls; the reader beside it says how tools are shown.
fn has_tools(t: &vt100::Parser) -> bool {
    let mut rows = t.screen().rows(0, 40);
    rows.any(|row| row.contains(" tools"))
}

/// UX 6, 4.1: columns are chosen in the dialog, seen at once, kept in the file with all else in it, and there again after
/// a restart.
#[test]
fn columns_that_were_chosen_are_kept() {
    let text = "# mine\n[ui]\ntheme = \"dark\" # at night\n";
    let mut screen = Screen::open_in(home(text), &["--demo"]);
    screen.see("LIST 1/");
    screen.see(" msg");
    screen.press(",");
    screen.see("[ columns ]");
    screen.see("rows of two lines, as seen now");
    // Tokens and cost away, tool calls there.
    screen.press("jjjj gg");
    screen.press("jjjj gg");
    screen.press(&"j".repeat(20));
    screen.see("> [ ] tools");
    screen.press(" \x1b");
    screen.wait("tool calls", has_tools);
    let path = screen.home.path().join(".config/backscroll/config.toml");
    let want = "# mine\n[ui]\ntheme = \"dark\" # at night\n\n[ui.columns]\nrows = [\"source\", \"title\", \"project\", \"messages\", \"updated\", \"tools\"]\n";
    screen.wait("the file", |_| {
        std::fs::read_to_string(&path).is_ok_and(|text| text == want)
    });
    screen.press("q");
    assert_eq!(screen.ends(), 0);
    let home = std::mem::replace(&mut screen.home, tempfile::tempdir().unwrap());
    let mut screen = Screen::open_in(home, &["--demo"]);
    screen.see("LIST 1/");
    screen.wait("tool calls", has_tools);
    // Said by name, the usual ones come back.
    screen.press(":ui.columns.rows source,title,cost,updated\r");
    screen.see("ui.columns.rows: source,title,cost,updated");
    screen.wait("no tool calls", |t| !has_tools(t));
    // What is seen at once is written a moment later, and would be written over this.
    let path = screen.home.path().join(".config/backscroll/config.toml");
    let want = "rows = [\"source\", \"title\", \"cost\", \"updated\"]";
    screen.wait("the file", |_| {
        std::fs::read_to_string(&path).is_ok_and(|text| text.contains(want))
    });
    write(
        &screen.home,
        "config.toml",
        "[ui.columns]\nrows = [\"titel\"]\n",
    );
    screen.see("no column titel; the nearest is title");
    screen.press("q");
    assert_eq!(screen.ends(), 0);
}

/// G11: what another instance notes, or a sync brings, stands on the open screen too.
#[test]
fn marks_of_others_are_taken_in_while_the_screen_is_open() {
    let home = home("");
    let id = "0f1e2d3c-4b5a-4687-9786-a5b4c3d2e1f0";
    let log = home.path().join(".claude/projects/-loom");
    std::fs::create_dir_all(&log).unwrap();
    let said = r#"{"type":"user","timestamp":"2026-11-20T10:00:00Z","uuid":"a","message":{"role":"user","content":"thread the loom"}}"#;
    std::fs::write(log.join(format!("{id}.jsonl")), format!("{said}\n")).unwrap();
    let mut screen = Screen::open_in(home, &[]);
    screen.see("LIST 1/1");
    screen.see("live");
    let marks = |name: &str| format!("version = 1\n[\"claude-code:{id}\"]\nname = \"{name}\"\n");
    let folder = screen.home.path().join(".local/share/backscroll");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("marks.toml"), marks("the loom at home")).unwrap();
    // The folder was not there to be watched: coming back looks again.
    screen.press("\x1b[I");
    screen.see("the loom at home");
    std::fs::write(folder.join("marks.toml"), marks("the loom elsewhere")).unwrap();
    screen.see("the loom elsewhere");
}
