//! Walk-through 4: what is copied is the source, byte for byte, through whatever stands between us and the terminal.

use super::super::cells;
use super::{BARE, RICH, SMALL, Screen, Setting, Shots, assert_plain, bare, homes, program};

/// Tabs, blanks at ends, quotes, wide signs and a line longer than any screen.
const CODE: &str = "#!/bin/sh\nset -eu\t# \u{7e04} and knots  \n\nfor knot in \"reef\" 'bow\\line'; do\n\tprintf '%s\\n' \"${knot}\" | tee -a \"$HOME/knots of the loom that are tied every day before the sun is up and long after it is down.txt\"   \ndone";

#[test]
fn walk_4_give_me_that_script() {
    walk_4(&RICH, &mut Shots::default());
}

#[test]
fn walk_9_and_4() {
    bare(walk_4);
}

/// `}` to the prompt, `y b`: the code of its answer is in the terminal's clipboard.
fn walk_4(setting: &Setting, shots: &mut Shots) -> Vec<u8> {
    let mut screen = super::open(setting, homes::script(CODE), &[]);
    copy(&mut screen, shots);
    assert_eq!(copied(&screen.sent), [format!("{CODE}\n")]);
    screen.sent.clone()
}

fn copy(screen: &mut Screen, shots: &mut Shots) {
    screen.see("Which knots are there?");
    screen.see("live");
    screen.press("\r");
    screen.see("READ");
    screen.see("1/4");
    screen.press("gg}");
    screen.see("3/4");
    shots.here(screen);
    screen.press("yb");
    screen.see("(OSC 52");
    screen.press("qq");
    assert_eq!(screen.ends(), 0);
}

/// What orders to the terminal's clipboard hold, those in a wrapping taken out of it.
fn copied(sent: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(sent);
    let orders = text.split("\u{1b}]52;c;").skip(1);
    let payload = orders.map(|order| order.split(['\u{1b}', '\u{7}']).next().unwrap());
    payload
        .map(|payload| String::from_utf8(base64(payload)).unwrap())
        .collect()
}

fn base64(text: &str) -> Vec<u8> {
    const SIGNS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut bytes = Vec::new();
    let (mut held, mut bits) = (0u32, 0);
    for sign in text.trim_end_matches('=').chars() {
        held = held << 6 | SIGNS.find(sign).expect("base64") as u32;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((held >> bits) as u8);
        }
    }
    bytes
}

/// Over SSH inside tmux: it says by its settings in which form it takes an order, and gets it in that one.
#[test]
fn walk_4_over_ssh_inside_tmux() {
    for (settings, is_wrapped, route) in [
        ("on 0", false, "(OSC 52)"),
        ("external 1", true, "(OSC 52)"),
        ("external 0", false, "tmux drops it"),
    ] {
        let home = homes::script(CODE);
        let bin = home.path().join("bin");
        // It is asked for nothing else.
        let script = format!(
            "#!/bin/sh\n[ \"$1 $2\" = 'display-message -p' ] || exit 1\necho '{settings}'\n"
        );
        program(&bin, "tmux", &script);
        let path = bin.to_str().unwrap().to_owned();
        let variables = [
            ("TERM", "tmux-256color"),
            ("TMUX", "/tmp/tmux-1000/default,123,0"),
            ("SSH_CONNECTION", "10.0.0.1 50000 10.0.0.2 22"),
            ("PATH", &path),
        ];
        let mut screen = Screen::open_at(home, &[], &variables, SMALL.size);
        copy(&mut screen, &mut Shots::default());
        assert!(
            String::from_utf8_lossy(&screen.sent).contains("OSC 52"),
            "the route is told"
        );
        let sent = screen.sent.clone();
        assert_eq!(copied(&sent), [format!("{CODE}\n")], "{settings}");
        let sent = String::from_utf8_lossy(&sent);
        let wrapping = "\u{1b}Ptmux;\u{1b}\u{1b}]52;c;";
        assert_eq!(sent.contains(wrapping), is_wrapped, "{settings}");
        if is_wrapped {
            let (_, inner) = sent.split_once(wrapping).unwrap();
            let (order, _) = inner.split_once("\u{1b}\\").unwrap();
            // Inside, every escape stands twice: what ends the order does too.
            assert!(
                order.ends_with('\u{1b}') || order.ends_with('\u{7}'),
                "{settings}"
            );
        }
        assert!(said(&screen, route), "{settings}");
    }
}

/// Whether something was ever on the screen in one piece.
fn said(screen: &Screen, text: &str) -> bool {
    let mut terminal = vt100::Parser::new(cells(BARE.size.1), cells(BARE.size.0), 0);
    screen.sent.chunks(64).any(|piece| {
        terminal.process(piece);
        terminal.screen().contents().contains(text)
    })
}

#[test]
fn colours_and_wide_signs_are_told_from_plain_text() {
    assert_plain(b"\x1b[1;39;49mplain\x1b[0m \x1b[7mreverse\x1b[27m");
    for sent in ["\u{1b}[38;5;3mx", "\u{1b}[1;31mx", "\u{2026}"] {
        let checked = std::panic::catch_unwind(|| assert_plain(sent.as_bytes()));
        assert!(checked.is_err(), "{sent:?}");
    }
}
