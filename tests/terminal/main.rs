//! The program in a terminal of its own: what it draws, and that it gives the terminal back.

mod leaving;
mod opening;
mod settings;
mod walks;

use std::io::{Read, Write};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

/// A hang is a failure; a busy machine is not.
const PATIENCE: Duration = Duration::from_secs(30);

struct Screen {
    child: Box<dyn Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
    keys: Box<dyn Write + Send>,
    output: Receiver<Vec<u8>>,
    terminal: vt100::Parser,
    /// Everything that was sent to the terminal.
    sent: Vec<u8>,
    home: tempfile::TempDir,
}

fn size(columns: u16, rows: u16) -> PtySize {
    PtySize {
        rows,
        cols: columns,
        pixel_width: 0,
        pixel_height: 0,
    }
}

fn cells(n: u16) -> std::num::NonZeroU16 {
    std::num::NonZeroU16::new(n).unwrap()
}

impl Screen {
    fn open(args: &[&str]) -> Screen {
        let home = tempfile::tempdir().unwrap();
        Screen::open_in(home, args)
    }

    fn open_in(home: tempfile::TempDir, args: &[&str]) -> Screen {
        Screen::open_with(home, args, &[])
    }

    fn open_with(home: tempfile::TempDir, args: &[&str], variables: &[(&str, &str)]) -> Screen {
        Screen::open_at(home, args, variables, (100, 30))
    }

    fn open_at(
        home: tempfile::TempDir,
        args: &[&str],
        variables: &[(&str, &str)],
        (columns, rows): (u16, u16),
    ) -> Screen {
        let pair = native_pty_system().openpty(size(columns, rows)).unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_backscroll"));
        command.args(args);
        command.env_clear();
        for (name, value) in [
            ("TERM", "xterm-256color"),
            ("LANG", "C.UTF-8"),
            ("SSH_TTY", "/dev/pts/0"),
        ]
        .iter()
        .chain(variables)
        {
            command.env(name, value);
        }
        command.env("HOME", home.path());
        command.cwd(home.path());
        let child = pair.slave.spawn_command(command).unwrap();
        let mut reader = pair.master.try_clone_reader().unwrap();
        let (send, output) = channel();
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(n @ 1..) = reader.read(&mut buffer) {
                if send.send(buffer[..n].to_vec()).is_err() {
                    return;
                }
            }
        });
        let keys = pair.master.take_writer().unwrap();
        Screen {
            child,
            master: pair.master,
            keys,
            output,
            terminal: vt100::Parser::new(cells(rows), cells(columns), 0),
            sent: Vec::new(),
            home,
        }
    }

    fn wait(&mut self, what: &str, done: impl Fn(&vt100::Parser) -> bool) {
        let end = Instant::now() + PATIENCE;
        // Half a frame is half of what was there before.
        while !self.is_whole() || !done(&self.terminal) {
            assert!(
                Instant::now() < end,
                "{what} never came:\n{}",
                self.terminal.screen().contents()
            );
            if let Ok(bytes) = self.output.recv_timeout(Duration::from_millis(100)) {
                self.hear(&bytes);
            }
        }
    }

    /// Whether no frame is being drawn.
    fn is_whole(&self) -> bool {
        let last = |order: &[u8]| self.sent.windows(order.len()).rposition(|w| w == order);
        last(b"\x1b[?2026h") <= last(b"\x1b[?2026l")
    }

    fn hear(&mut self, bytes: &[u8]) {
        self.terminal.process(bytes);
        self.sent.extend_from_slice(bytes);
    }

    fn see(&mut self, text: &str) {
        self.wait(text, |terminal| terminal.screen().contents().contains(text));
    }

    fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
    }

    /// Its exit code, once all that it wrote is heard.
    fn ends(&mut self) -> u32 {
        let end = Instant::now() + PATIENCE;
        while self.child.try_wait().unwrap().is_none() {
            while let Ok(bytes) = self.output.recv_timeout(Duration::from_millis(50)) {
                self.hear(&bytes);
            }
            assert!(Instant::now() < end, "it did not end");
        }
        // The terminal closes behind the last one that has it open.
        loop {
            match self.output.recv_timeout(end - Instant::now()) {
                Ok(bytes) => self.hear(&bytes),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => panic!("its terminal is still open"),
            }
        }
        self.child.wait().unwrap().exit_code()
    }

    fn signal(&self, signal: &str) {
        let pid = self.child.process_id().unwrap().to_string();
        let kill = std::process::Command::new("kill")
            .args([signal, &pid])
            .status();
        assert!(kill.unwrap().success());
    }

    /// Whether the process was stopped: told to go on before that, it would stop for good.
    fn is_stopped(&self) -> bool {
        let pid = self.child.process_id().unwrap().to_string();
        let told = std::process::Command::new("ps")
            .args(["-o", "stat=", "-p", &pid])
            .output();
        String::from_utf8_lossy(&told.unwrap().stdout).starts_with('T')
    }

    fn is_given_back(&self) -> bool {
        let screen = self.terminal.screen();
        !screen.alternate_screen()
            && !screen.hide_cursor()
            && !screen.bracketed_paste()
            && screen.mouse_protocol_mode() == vt100::MouseProtocolMode::None
    }
}

/// A test that fails leaves no process behind.
impl Drop for Screen {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}

#[test]
fn starts_types_resizes_and_gives_the_terminal_back() {
    let mut screen = Screen::open(&["--demo"]);
    screen.see("LIST 1/");
    screen.see("demo");
    screen.press("/source:oc\r");
    screen.see("[source:oc x]");
    screen.master.resize(size(60, 20)).unwrap();
    screen.terminal.screen_mut().set_size(cells(20), cells(60));
    screen.wait("a narrow screen", |t| {
        t.screen()
            .contents()
            .lines()
            .all(|l| l.chars().count() <= 60)
            && t.screen().contents().contains("LIST")
    });
    screen.press("q");
    assert_eq!(screen.ends(), 0);
    assert!(screen.is_given_back());
}

#[test]
fn copies_through_the_terminal_where_there_is_no_desktop() {
    let mut screen = Screen::open(&["--demo"]);
    screen.see("LIST 1/");
    screen.press("yi");
    screen.see("Copied id: ");
    screen.see("(OSC 52)");
    screen.press("q");
    assert_eq!(screen.ends(), 0);
}

#[test]
fn signals_end_it_with_their_code() {
    for (signal, code) in [("-TERM", 143), ("-HUP", 129), ("-INT", 130)] {
        let mut screen = Screen::open(&["--demo"]);
        screen.see("LIST 1/");
        screen.signal(signal);
        assert_eq!(screen.ends(), code, "{signal}");
        assert!(screen.is_given_back(), "{signal}");
    }
}

/// UX 13, 8.
/// S2-50: the list and the open conversation follow the log while it is written, without a key.
#[test]
fn walk_8_a_new_machine_sees_where_it_looked_and_then_its_first_session() {
    let home = tempfile::tempdir().unwrap();
    let project = home.path().join(".claude/projects/-home-ada-loom");
    std::fs::create_dir_all(&project).unwrap();
    let mut screen = Screen::open_in(home, &[]);
    screen.see("found no sessions yet");
    let log = include_str!(
        "../fixtures/claude-code/home/.claude/projects/-home-ada-loom/5b1e9c2f-0000-4000-8000-000000000001.jsonl"
    );
    let (first, rest) = log.split_at(log.find("\n{").unwrap() + 1);
    let path = project.join("5b1e9c2f-0000-4000-8000-000000000001.jsonl");
    std::fs::write(&path, first).unwrap();
    screen.see("and mind the warp.");
    std::fs::OpenOptions::new()
        .append(true)
        .open(&path)
        .unwrap()
        .write_all(rest.as_bytes())
        .unwrap();
    screen.see("no yarn");
    screen.press("q");
    assert_eq!(screen.ends(), 0);
}

/// UX 3.3, 9: where nothing was found a folder of logs is added, read at once, and kept in the settings.
#[test]
fn a_folder_is_added_where_nothing_was_found() {
    let home = tempfile::tempdir().unwrap();
    let project = home.path().join("old/projects/-home-ada-loom");
    std::fs::create_dir_all(&project).unwrap();
    let log = include_str!(
        "../fixtures/claude-code/home/.claude/projects/-home-ada-loom/5b1e9c2f-0000-4000-8000-000000000001.jsonl"
    );
    let path = project.join("5b1e9c2f-0000-4000-8000-000000000001.jsonl");
    std::fs::write(&path, log).unwrap();
    let settings = home.path().join(".config/backscroll/config.toml");
    let mut screen = Screen::open_in(home, &[]);
    screen.see("found no sessions yet");
    screen.press("a");
    screen.see("of which agent");
    screen.press("claude\r");
    screen.see("folder of Claude Code: ~/");
    screen.press("nowhere\r");
    screen.see("~/nowhere is no folder to look in");
    assert!(!settings.exists());
    screen.press("a");
    screen.see("of which agent");
    screen.press("claude\r");
    screen.see("folder of Claude Code: ~/");
    screen.press("old/projects\r");
    screen.see("and mind the warp.");
    let kept = std::fs::read_to_string(&settings).unwrap();
    assert!(
        kept.contains("claude-code = [\"~/old/projects\"]"),
        "{kept}"
    );
    screen.press("q");
    assert_eq!(screen.ends(), 0);
}

#[test]
fn suspending_gives_the_terminal_away_and_takes_it_back() {
    for stop in [Some("-TSTP"), None] {
        let mut screen = Screen::open(&["--demo"]);
        screen.see("LIST 1/");
        match stop {
            Some(signal) => screen.signal(signal),
            None => screen.press("\u{1a}"),
        }
        screen.wait("the terminal as it was", |t| !t.screen().alternate_screen());
        let end = Instant::now() + PATIENCE;
        while !screen.is_stopped() {
            assert!(Instant::now() < end, "it did not stop");
        }
        assert!(screen.is_given_back());
        screen.signal("-CONT");
        screen.wait("the screen again", |t| t.screen().alternate_screen());
        screen.see("LIST 1/");
        screen.press("j");
        screen.see("LIST 2/");
        screen.press("q");
        assert_eq!(screen.ends(), 0);
        assert!(screen.is_given_back());
    }
}

#[test]
fn a_bug_gives_the_terminal_back_before_it_is_told() {
    for point in ["start", "update", "view"] {
        let home = tempfile::tempdir().unwrap();
        let mut screen = Screen::open_with(home, &["--demo"], &[("BACKSCROLL_FAULT", point)]);
        assert_eq!(screen.ends(), 70, "{point}");
        assert!(screen.is_given_back(), "{point}");
        let shown = screen.terminal.screen().contents();
        let words = shown.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(
            words.contains(&format!("asked to fail at {point}")),
            "{shown}"
        );
    }
}

#[test]
fn a_bug_in_a_reader_costs_what_it_read() {
    let home = tempfile::tempdir().unwrap();
    let fault = [("BACKSCROLL_FAULT", "conversation")];
    let mut screen = Screen::open_with(home, &["--demo"], &fault);
    screen.see("internal error while reading");
    screen.press("q");
    assert_eq!(screen.ends(), 0);
    let home = tempfile::tempdir().unwrap();
    let mut screen = Screen::open_with(home, &["--demo"], &[("BACKSCROLL_FAULT", "read")]);
    screen.see("with problems (!)");
    screen.press("q");
    assert_eq!(screen.ends(), 0);
}

/// UX 13, 10: a line longer than is read, a long line that is, and a last line cut in the middle.
#[test]
fn walk_10_a_monstrous_log_opens_scrolls_and_is_searched() {
    let home = tempfile::tempdir().unwrap();
    let project = home.path().join(".claude/projects/-home-ada-loom");
    std::fs::create_dir_all(&project).unwrap();
    let path = project.join("5b1e9c2f-0000-4000-8000-00000000000a.jsonl");
    let mut log = std::io::BufWriter::new(std::fs::File::create(path).unwrap());
    let mut line = |i: usize, text: &str| {
        let line = format!(
            concat!(
                r#"{{"type":"user","uuid":"u{0}","timestamp":"2026-11-20T10:00:00Z","cwd":"/loom","#,
                r#""message":{{"role":"user","content":"{1}"}}}}"#
            ),
            i, text
        );
        log.write_all(line.as_bytes()).unwrap();
        if i < 4_000 {
            log.write_all(b"\n").unwrap();
        }
    };
    for i in 0..2_000 {
        line(i, &format!("thread {i} of the warp is even"));
    }
    line(2_000, &"long ".repeat(2 << 20));
    line(2_001, &"x".repeat(33 << 20));
    for i in 2_002..4_000 {
        line(i, &format!("thread {i} of the weft is odd"));
    }
    log.write_all(br#"{"type":"user","uuid":"cut","message":{"role":"us"#)
        .unwrap();
    log.flush().unwrap();
    drop(log);
    let mut screen = Screen::open_in(home, &[]);
    screen.see("thread 0 of the warp");
    screen.see("live");
    screen.press("\rG");
    screen.see("thread 3999 of the weft");
    screen.see("unreadable (!)");
    screen.press("q/");
    screen.press("\"3456 of the weft\"");
    screen.see("1 of 1");
    screen.press("\r\r");
    screen.see("hit 1/1");
    screen.see("thread 3456 of the weft");
    screen.press("qq");
    assert_eq!(screen.ends(), 0);
}
