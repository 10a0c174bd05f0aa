//! Exported pages in a real browser, spoken to over pipes: they fit a phone, can be read in light and in dark, run
//! nothing and ask for nothing. Where no browser is installed, that is said and nothing is proved.

mod chromium;

use std::path::{Path, PathBuf};

use backscroll::cli;
use backscroll::demo;
use backscroll::env::Env;
use chromium::{Browser, NAMES};
use serde_json::json;

use super::{hostile, shared};

const PHONE: u32 = 390;
const DESKTOP: u32 = 1280;

/// Every session that is listed, as a page with everything in it.
fn pages(env: Env, folder: &Path) -> Vec<PathBuf> {
    let args = [
        "backscroll",
        "export",
        "messages:>=0",
        "--format",
        "html",
        "--redact",
    ];
    let args = args
        .into_iter()
        .chain(["--include", "tools,thinking,system,times,tokens", "-o"]);
    let args = args.map(Into::into).chain([folder.as_os_str().to_owned()]);
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let streams = &mut cli::Streams {
        out: &mut out,
        err: &mut err,
    };
    cli::run(env, args.collect(), streams);
    let entries =
        std::fs::read_dir(folder).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&err)));
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .filter(|path| path.extension().is_some_and(|ext| ext == "html"))
        .collect()
}

/// Letters whose colour is too near to that of their ground, as a browser draws them.
const FAINT: &str = r#"(() => {
  const light = c => { c /= 255; return c <= .03928 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4; };
  const parse = text => (text.match(/[\d.]+/g) || []).map(Number);
  const sum = ([r, g, b]) => .2126 * light(r) + .7152 * light(g) + .0722 * light(b);
  const ground = node => {
    for (; node; node = node.parentElement) {
      const c = parse(getComputedStyle(node).backgroundColor);
      if (c.length === 3 || c[3] > 0) return c;
    }
    return [255, 255, 255];
  };
  const faint = new Set();
  for (const node of document.querySelectorAll('body *')) {
    if (![...node.childNodes].some(child => child.nodeType === 3 && child.data.trim())) continue;
    const [a, b] = [sum(parse(getComputedStyle(node).color)), sum(ground(node))];
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (ratio < 4.5) faint.add(node.tagName + '.' + node.className + ' ' + ratio.toFixed(2));
  }
  return [...faint];
})()"#;
const UNFOLD: &str = "document.querySelectorAll('details').forEach(d => d.open = true)";
const WIDTH: &str = "Math.max(document.documentElement.scrollWidth, document.body.scrollWidth)";

/// X1 and the reader's own eyes: 390 and 1280 cells wide, light and dark, unfolded and folded.
#[test]
fn a_page_fits_a_phone_and_does_nothing() {
    let Some(mut browser) = Browser::open() else {
        println!("skipped: no browser is installed ({})", NAMES.join(", "));
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    let world = |home: &Path, cache: &str| {
        let mut env = Env::bare(home, "2026-11-21T00:00:00Z".parse().unwrap());
        let cache = dir.path().join(cache);
        env.vars.insert("BACKSCROLL_CACHE".into(), cache.into());
        env
    };
    let samples = demo::open(&world(&dir.path().join("nobody"), "samples")).unwrap();
    let samples = pages(samples, &dir.path().join("sample-pages"));
    let real = shared().join("fixtures/claude-code/claude-code-log-real");
    let real = pages(world(&real, "real"), &dir.path().join("real-pages"));
    hostile::make(&dir.path().join("hostile"));
    let home = dir.path().join("hostile/home");
    let hostile = pages(world(&home, "broken"), &dir.path().join("hostile-pages"));
    assert!(samples.len() > 10 && real.len() > 5 && hostile.len() > 100);
    for path in samples.iter().chain(&real).chain(&hostile) {
        let name = path.display();
        browser.look(PHONE, "light");
        browser.open_page(path);
        // Before anything is asked: what we ask are scripts too.
        let scripts = browser.told("Debugger.scriptParsed");
        assert!(scripts.is_empty(), "{name} runs {scripts:?}");
        let asked = browser.told("Network.requestWillBeSent");
        assert_eq!(asked.len(), 1, "{name} asks for {asked:?}");
        let folded = browser.ask(WIDTH);
        browser.ask(UNFOLD);
        assert_eq!([folded, browser.ask(WIDTH)], [PHONE, PHONE], "{name}");
        // What is made to break things breaks them where there is least room; its colours are those of all pages.
        if !hostile.contains(path) {
            for (width, scheme) in [(PHONE, "light"), (DESKTOP, "light"), (DESKTOP, "dark")] {
                browser.look(width, scheme);
                assert_eq!(browser.ask(WIDTH), width, "{name}");
                let faint = browser.ask(FAINT);
                assert_eq!(faint, json!([]), "{name} in {scheme}");
            }
        }
    }
}
