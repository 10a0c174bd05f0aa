//! The picture of a session as a page. Only a browser can draw it, and no two draw alike, so the picture names the page it
//! was drawn from: one that is not the page of today is stale wherever this runs. `BACKSCROLL_WRITE=1` draws it anew where
//! a browser is installed.

#[path = "../shared/browser/chromium.rs"]
mod chromium;

use std::fs;
use std::path::{Path, PathBuf};

use backscroll::cli;
use backscroll::demo;
use backscroll::digest::sha256;
use backscroll::env::Env;
use chromium::{Browser, NAMES};
use serde_json::json;

/// What is shown as a page.
const SESSION: &str = "eee65f53-e942-4ce5-b211-670eae679f02";
/// The cells of a desk and of a phone, of the line between them, and how far down both are seen.
const WIDTHS: (u32, u32) = (860, 390);
const BETWEEN: u32 = 20;
const HEIGHT: u32 = 1_250;
/// A picture is this, a head of so many bytes, and pieces.
const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";
const HEAD: usize = 25;
/// The name under which the page stands in it.
const KEY: &[u8] = b"tEXtpage\0";

fn picture() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    root.join("screenshots/export-html.png")
}

/// The session as a file of its own.
fn page(folder: &Path) -> PathBuf {
    let mut env = Env::bare(folder, demo::LAST.parse().unwrap());
    let cache = folder.join("cache");
    env.vars.insert("BACKSCROLL_CACHE".into(), cache.into());
    let env = demo::open(&env).unwrap();
    let path = folder.join("page.html");
    let args = ["backscroll", "export", SESSION, "--redact", "-o"];
    let args = args.into_iter().map(Into::into);
    let args = args.chain([path.clone().into_os_string()]).collect();
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let streams = &mut cli::Streams {
        out: &mut out,
        err: &mut err,
    };
    let code = cli::run(env, args, streams);
    assert_eq!(code, 0, "{}", String::from_utf8_lossy(&err));
    path
}

/// What a browser shows of a page, as base64.
fn shot(browser: &mut Browser, path: &Path, width: u32, scheme: &str) -> String {
    browser.height = HEIGHT;
    browser.look(width, scheme);
    browser.open_page(path);
    let shot = browser.call("Page.captureScreenshot", json!({"format": "png"}));
    shot["data"].as_str().unwrap().to_owned()
}

/// A desk in light and a phone in dark, side by side.
fn drawn(browser: &mut Browser, path: &Path) -> Vec<u8> {
    let desk = shot(browser, path, WIDTHS.0, "light");
    let phone = shot(browser, path, WIDTHS.1, "dark");
    let image = |data: &str| format!("<img src=\"data:image/png;base64,{data}\">");
    let both = format!(
        "<!doctype html><style>body{{margin:0;display:flex;gap:{BETWEEN}px;background:#808080}}</style>{}{}",
        image(&desk),
        image(&phone)
    );
    let side = path.with_file_name("both.html");
    fs::write(&side, both).unwrap();
    let width = WIDTHS.0 + BETWEEN + WIDTHS.1;
    bytes(&shot(browser, &side, width, "light"))
}

fn bytes(base64: &str) -> Vec<u8> {
    let value = |c: u8| match c {
        b'A'..=b'Z' => u32::from(c - b'A'),
        b'a'..=b'z' => u32::from(c - b'a') + 26,
        b'0'..=b'9' => u32::from(c - b'0') + 52,
        b'+' => 62,
        _ => 63,
    };
    let letters: Vec<u8> = base64.bytes().filter(|c| *c != b'=').collect();
    let mut out = Vec::new();
    for four in letters.chunks(4) {
        let all = four.iter().fold(0, |all, c| all << 6 | value(*c)) << (6 * (4 - four.len()));
        let three = all.to_be_bytes();
        out.extend_from_slice(&three[1..four.len()]);
    }
    out
}

/// The picture with the digest of its page in a piece of text behind its head.
fn named(picture: &[u8], digest: &str) -> Vec<u8> {
    assert!(picture.starts_with(SIGNATURE));
    let (head, rest) = picture.split_at(SIGNATURE.len() + HEAD);
    let piece = [KEY, digest.as_bytes()].concat();
    let length = u32::try_from(piece.len() - 4).unwrap().to_be_bytes();
    let sum = checked(&piece).to_be_bytes();
    [head, &length, &piece, &sum, rest].concat()
}

/// The sum that stands behind each piece of a picture (PNG specification, annex D).
fn checked(bytes: &[u8]) -> u32 {
    let step = |sum: u32, byte: &u8| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| match sum & 1 {
            0 => sum >> 1,
            _ => sum >> 1 ^ 0xedb8_8320,
        })
    };
    !bytes.iter().fold(u32::MAX, step)
}

/// The digest that a picture names.
fn of_page(picture: &[u8]) -> Option<String> {
    let at = SIGNATURE.len() + HEAD + 4;
    let piece = picture.get(at..)?.strip_prefix(KEY)?;
    String::from_utf8(piece.get(..64)?.to_vec()).ok()
}

#[test]
fn the_picture_of_a_page_is_of_the_page() {
    let dir = tempfile::tempdir().unwrap();
    let path = page(dir.path());
    let digest = sha256(&fs::read(&path).unwrap());
    if std::env::var_os("BACKSCROLL_WRITE").is_some() {
        let Some(mut browser) = Browser::open() else {
            println!("not drawn: no browser is installed ({})", NAMES.join(", "));
            return;
        };
        let known = fs::read(picture()).ok().and_then(|known| of_page(&known));
        // Drawn by another browser it would be another file each time.
        if known.as_ref() != Some(&digest) {
            let drawn = drawn(&mut browser, &path);
            fs::write(picture(), named(&drawn, &digest)).unwrap();
        }
        return;
    }
    let known = of_page(&fs::read(picture()).unwrap());
    assert_eq!(
        known,
        Some(digest),
        "export-html.png is stale: BACKSCROLL_WRITE=1 cargo test --test scenes, where chromium is installed"
    );
}

/// What is read of a picture is what was written into it.
#[test]
fn a_picture_names_its_page() {
    assert_eq!(bytes("YmFja3Njcm9sbA=="), b"backscroll");
    assert_eq!(checked(b"IEND"), 0xae42_6082);
    let bare = [SIGNATURE, &[0; HEAD][..], b"rest"].concat();
    assert_eq!(of_page(&bare), None);
    let digest = sha256(b"a page");
    let named = named(&bare, &digest);
    assert_eq!(of_page(&named), Some(digest));
    assert!(named.ends_with(b"rest"));
}
