//! The walk-throughs of UX 13, each by its number: in a terminal that can do everything, and once more, which is the ninth, in
//! one of 80 by 24 without colours and without more than ASCII. Eight and ten are told in `main.rs`.

use std::path::{Path, PathBuf};

use super::{PATIENCE, Screen};

mod agent;
mod copying;
mod homes;

/// A terminal.
#[derive(Clone, Copy)]
struct Setting {
    size: (u16, u16),
    variables: &'static [(&'static str, &'static str)],
}

const RICH: Setting = Setting {
    size: (100, 30),
    variables: &[("COLORTERM", "truecolor")],
};
/// As rich, and as small as the poor one.
const SMALL: Setting = Setting {
    size: (80, 24),
    ..RICH
};
const BARE: Setting = Setting {
    size: (80, 24),
    variables: &[("NO_COLOR", "1"), ("LANG", "C")],
};

/// What was on the screen at places of a walk, taken in one terminal and found again in another.
#[derive(Default)]
struct Shots {
    taken: Vec<String>,
    /// How many of them were found again; absent while they are taken.
    found: Option<usize>,
}

impl Shots {
    fn here(&mut self, screen: &mut Screen) {
        match &mut self.found {
            None => self.taken.push(screen.terminal.screen().contents()),
            Some(found) => {
                let rich = &self.taken[*found];
                *found += 1;
                screen.wait(&format!("what reads like\n{rich}\n"), |terminal| {
                    reads_like(rich, &terminal.screen().contents())
                });
            }
        }
    }
}

/// A walk leaves everything that was sent.
type Walk = fn(&Setting, &mut Shots) -> Vec<u8>;

fn open(setting: &Setting, home: tempfile::TempDir, args: &[&str]) -> Screen {
    Screen::open_at(home, args, setting.variables, setting.size)
}

/// UX 13, 9: the same walk where there is no colour and no sign beyond ASCII, and it reads the same.
fn bare(walk: Walk) {
    let mut shots = Shots::default();
    walk(&SMALL, &mut shots);
    assert!(!shots.taken.is_empty());
    shots.found = Some(0);
    let sent = walk(&BARE, &mut shots);
    assert_eq!(shots.found, Some(shots.taken.len()));
    assert_plain(&sent);
}

/// A letter that a log of these homes holds: what was said is told as it was, whatever the locale.
pub const LOGGED: char = '\u{7e04}';

/// Nothing of ours is beyond ASCII, and no order sets a colour: back to the terminal's own is all that is said of them.
fn assert_plain(sent: &[u8]) {
    let text = std::str::from_utf8(sent).unwrap();
    if let Some(at) = text.find(|c: char| !c.is_ascii() && c != LOGGED) {
        let from = text[..at]
            .char_indices()
            .rev()
            .nth(60)
            .map_or(0, |(i, _)| i);
        panic!("beyond ASCII: {:?}", &text[from..at + 4]);
    }
    for order in text.split("\u{1b}[").skip(1) {
        let end = order.find(|c: char| c.is_ascii_alphabetic() || c == '\u{1b}');
        let Some(values) = end.filter(|end| order[*end..].starts_with('m')) else {
            continue;
        };
        for value in order[..values].split([';', ':']) {
            let value: u32 = value.parse().unwrap_or(0);
            let is_colour = matches!(value, 30..=38 | 40..=48 | 58 | 90..=107);
            assert!(!is_colour, "a colour: {:?}", &order[..values]);
        }
    }
}

/// Words of three letters and more.
fn words(line: &str) -> Vec<&str> {
    let words = line.split(|c: char| !c.is_ascii_alphabetic());
    words.filter(|word| word.len() >= 3).collect()
}

/// Whether two screens say the same, line by line, above where things are said in passing. What is cut is cut a letter
/// earlier where the sign for it is wider.
fn reads_like(rich: &str, bare: &str) -> bool {
    const PASSING: usize = 5;
    let rows = usize::from(BARE.size.1) - PASSING;
    let lines = rich.lines().zip(bare.lines()).take(rows);
    lines.into_iter().all(|(rich, bare)| {
        let (all, said) = (words(rich), words(bare));
        // An arrow down is a letter here.
        let is_it = |whole: &str, word: &str| {
            whole.starts_with(word) || word.strip_suffix('v') == Some(whole)
        };
        let known = |word: &&str| all.iter().any(|whole| is_it(whole, word));
        let is_cut = bare.contains("..");
        said.iter().all(known)
            && (is_cut
                || all
                    .iter()
                    .all(|whole| said.iter().any(|word| is_it(whole, word))))
    })
}

#[test]
fn walk_1_where_did_i_fix_that() {
    walk_1(&RICH, &mut Shots::default());
}

#[test]
fn walk_9_and_1() {
    bare(walk_1);
}

/// Half a remembered word: its line stands under the session, Enter lands on it, `n` walks on and over to the next
/// session, `]` goes there at once.
fn walk_1(setting: &Setting, shots: &mut Shots) -> Vec<u8> {
    let mut screen = open(setting, tempfile::tempdir().unwrap(), &["--demo"]);
    screen.see("LIST 1/");
    screen.see("demo  live");
    screen.see("The hand of the tide clock");
    shots.here(&mut screen);
    screen.press("/rafte");
    screen.see("hits");
    screen.press("\r");
    screen.see("[rafte x]");
    screen.press("\r");
    screen.see("READ");
    screen.see("hit 1/");
    shots.here(&mut screen);
    screen.press("n");
    screen.see("hit 2/");
    screen.press("q/");
    screen.press("\x15linger\r");
    screen.see("the turn like the tide does");
    screen.press("\r");
    screen.see("READ");
    screen.see("hit 1/1");
    screen.press("n");
    screen.see("last hit of the last session");
    screen.press("q]q");
    assert_eq!(screen.ends(), 0);
    screen.sent.clone()
}

#[test]
fn walk_3_what_did_it_cost_and_why() {
    walk_3(&RICH, &mut Shots::default());
}

#[test]
fn walk_9_and_3() {
    bare(walk_3);
}

/// The dearest session, its dearest turn, and where the number comes from: tokens, price, and who says so.
fn walk_3(setting: &Setting, shots: &mut Shots) -> Vec<u8> {
    let mut screen = open(setting, tempfile::tempdir().unwrap(), &["--demo"]);
    screen.see("LIST 1/");
    screen.see("demo  live");
    screen.press("sc");
    screen.see("sort: cost");
    screen.press("\r");
    screen.see("READ");
    // All of it is read: before that a dearer turn may come.
    screen.see("1/51");
    screen.press("gc");
    // The turn is on the screen, with its tokens and its cost.
    screen.see("dearest turn: ~$2.32, 1.2M tok");
    screen.see("AGENT");
    shots.here(&mut screen);
    screen.press("=");
    screen.see("This turn, messages 17 to 24: ~$2.32");
    screen.see("cache write: 141,832 at $6.25 a million = $0.88645");
    screen.see("by exact name");
    shots.here(&mut screen);
    screen.press("q");
    screen.wait("the turn again", |t| {
        !t.screen().contents().contains("a million")
    });
    screen.press("qq");
    assert_eq!(screen.ends(), 0);
    screen.sent.clone()
}

#[test]
fn walk_5_who_changed_this_file() {
    walk_5(&RICH, &mut Shots::default());
}

#[test]
fn walk_9_and_5() {
    bare(walk_5);
}

/// The shell names the edit, the prompt above it and the command that shows it; the screen lands on the edit, under its
/// prompt.
fn walk_5(setting: &Setting, shots: &mut Shots) -> Vec<u8> {
    let mut sent = Vec::new();
    let mut screen = open(
        setting,
        homes::layers(),
        &["files", "api/src/auth/layer.rs"],
    );
    assert_eq!(screen.ends(), 0);
    screen.see("edited +1 -1");
    screen.see("you: Each layer should own its context");
    shots.here(&mut screen);
    let said = screen.terminal.screen().contents();
    let command = said
        .lines()
        .find_map(|line| line.split_once("backscroll show "));
    let (_, told) = command.expect("the command that shows it");
    let args: Vec<&str> = [&["show"][..], &told.split_whitespace().collect::<Vec<_>>()].concat();
    sent.extend_from_slice(&screen.sent);
    let mut screen = open(setting, homes::layers(), &args);
    assert_eq!(screen.ends(), 0);
    screen.see("src/auth/layer.rs");
    screen.see("ctx: LayerContext,");
    sent.extend_from_slice(&screen.sent);

    let mut screen = open(setting, homes::layers(), &[]);
    screen.see("Own contexts");
    screen.see("live");
    screen.press("/wrote:src/auth/layer.rs\r");
    screen.see("1 of 2");
    screen.press("\r");
    screen.see("READ");
    screen.press("gl");
    screen.see("1 edit  +1 -1");
    screen.press("\r");
    let above = |t: &vt100::Parser| {
        let said = t.screen().contents();
        let place = |text: &str| said.find(text);
        place("Each layer should own its context") < place("ctx: LayerContext,")
            && place("Each layer should own its context").is_some()
            && place("Esc leave").is_none()
    };
    screen.wait("the edit under its prompt", above);
    shots.here(&mut screen);
    screen.press("qq");
    assert_eq!(screen.ends(), 0);
    sent.extend_from_slice(&screen.sent);
    sent
}

#[test]
fn walk_6_share_this_without_leaking() {
    walk_6(&RICH, &mut Shots::default());
}

#[test]
fn walk_9_and_6() {
    bare(walk_6);
}

/// The review names the secrets, Enter writes without them, and the path is copied.
fn walk_6(setting: &Setting, shots: &mut Shots) -> Vec<u8> {
    let tokens = [
        "x7Kq2LmW9bTzR4vN8cJd5HsPfY3gXa1eQuEi",
        "b7Kq2LmW9bTzR4vN8cJd5HsPfY3gXa1eQuEj",
    ];
    let [one, two] = tokens.map(|token| ["gh", "p_", token].concat());
    let home = homes::of_one(&format!("weave with {one} and with {two} please"));
    let out = home.path().join("out");
    std::fs::create_dir(&out).unwrap();
    let mut screen = open(setting, home, &[]);
    screen.see("weave with");
    screen.press("xh");
    screen.see("Export as HTML");
    shots.here(&mut screen);
    // Somewhere else than where the program was started.
    screen.press("\x15~/out/page.html\r");
    screen.see("Secrets found");
    screen.see("github-token");
    // A question that opened by itself names its keys once it listens.
    screen.see("letters, Enter");
    screen.press("\r");
    screen.see("page.html; replaced");
    screen.see("(y e copies");
    let page = std::fs::read_to_string(out.join("page.html")).unwrap();
    let holds = |token: &String| page.contains(&**token);
    assert!(page.contains("weave with") && !holds(&one) && !holds(&two));
    screen.press("q");
    assert_eq!(screen.ends(), 0);
    screen.sent.clone()
}

/// A program that only its owner may run.
fn program(folder: &Path, name: &str, script: &str) -> PathBuf {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::create_dir_all(folder).unwrap();
    let path = folder.join(name);
    std::fs::write(&path, script).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o700)).unwrap();
    path
}
