//! Exported pages in a real browser, spoken to over pipes: they fit a phone, can be read in light and in dark, run
//! nothing and ask for nothing. Where no browser is installed, that is said and nothing is proved.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use backscroll::cli;
use backscroll::demo;
use backscroll::env::Env;
use serde_json::{Value, json};

use super::{hostile, shared};

const NAMES: &[&str] = &["chromium", "chromium-browser", "google-chrome", "chrome"];
const PHONE: u32 = 390;
const DESKTOP: u32 = 1280;

/// A browser without a window, its commands in one pipe and what it tells in another.
struct Browser {
    child: Child,
    into: File,
    from: BufReader<File>,
    told: VecDeque<Value>,
    number: u64,
    page: Option<String>,
    _dir: tempfile::TempDir,
}

impl Browser {
    /// None where there is no browser.
    fn open() -> Option<Browser> {
        let path = std::env::var_os("PATH")?;
        let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
        let mut all = NAMES
            .iter()
            .flat_map(|name| folders.iter().map(move |f| f.join(name)));
        let program = all.find(|program| program.is_file())?;
        let dir = tempfile::tempdir().unwrap();
        let pipes = [dir.path().join("into"), dir.path().join("from")];
        assert!(
            Command::new("mkfifo")
                .args(&pipes)
                .status()
                .unwrap()
                .success()
        );
        let child = Command::new("sh")
            .args(["-c", "exec \"$0\" \"$@\" 3<\"$INTO\" 4>\"$FROM\""])
            .arg(program)
            .args([
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
            ])
            .args(["--no-first-run", "--disable-background-networking"])
            .args([
                "--disable-component-update",
                "--disable-sync",
                "--hide-scrollbars",
            ])
            .arg(format!(
                "--user-data-dir={}",
                dir.path().join("profile").display()
            ))
            .args(["--remote-debugging-pipe", "about:blank"])
            .envs([("INTO", &pipes[0]), ("FROM", &pipes[1])])
            .env("HOME", dir.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let into = File::options().write(true).open(&pipes[0]).unwrap();
        let from = BufReader::new(File::open(&pipes[1]).unwrap());
        let mut browser = Browser {
            child,
            into,
            from,
            told: VecDeque::new(),
            number: 0,
            page: None,
            _dir: dir,
        };
        let target = browser.call("Target.createTarget", json!({"url": "about:blank"}));
        let target = json!({"targetId": target["targetId"], "flatten": true});
        let session = browser.call("Target.attachToTarget", target);
        browser.page = session["sessionId"].as_str().map(str::to_owned);
        for domain in ["Page", "Network", "Debugger", "Runtime"] {
            browser.call(&format!("{domain}.enable"), json!({}));
        }
        Some(browser)
    }

    fn read(&mut self) -> Value {
        let mut bytes = Vec::new();
        self.from.read_until(0, &mut bytes).unwrap();
        assert_eq!(bytes.pop(), Some(0), "the browser is gone");
        serde_json::from_slice(&bytes).unwrap()
    }

    fn call(&mut self, method: &str, params: Value) -> Value {
        self.number += 1;
        let mut wish = json!({"id": self.number, "method": method, "params": params});
        if let Some(page) = &self.page {
            wish["sessionId"] = json!(page);
        }
        self.into.write_all(format!("{wish}\0").as_bytes()).unwrap();
        loop {
            let mut answer = self.read();
            if answer["id"] == self.number {
                assert!(answer.get("error").is_none(), "{method}: {answer}");
                return answer["result"].take();
            }
            self.told.push_back(answer);
        }
    }

    fn told(&self, method: &str) -> Vec<&Value> {
        let told = self.told.iter().filter(|told| told["method"] == method);
        told.map(|told| &told["params"]).collect()
    }

    /// Opens a page of that width, and waits until all of it is there.
    fn open_page(&mut self, path: &Path, width: u32, scheme: &str) {
        let screen = json!({"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width == PHONE});
        self.call("Emulation.setDeviceMetricsOverride", screen);
        let media = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
        self.call("Emulation.setEmulatedMedia", media);
        self.told.clear();
        self.call(
            "Page.navigate",
            json!({"url": format!("file://{}", path.display())}),
        );
        while self.told("Page.loadEventFired").is_empty() {
            let told = self.read();
            self.told.push_back(told);
        }
    }

    fn ask(&mut self, script: &str) -> Value {
        let wish = json!({"expression": script, "returnByValue": true});
        self.call("Runtime.evaluate", wish)["result"]["value"].take()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

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
    // What is made to break things breaks them where there is least room; what has colours is looked at in both.
    let views = |path: &PathBuf| -> Vec<(u32, &str)> {
        let schemes: &[&str] = match samples.contains(path) {
            true => &["light", "dark"],
            false => &["light"],
        };
        let widths: &[u32] = match hostile.contains(path) {
            true => &[PHONE],
            false => &[PHONE, DESKTOP],
        };
        let both = |width: &u32| schemes.iter().map(|scheme| (*width, *scheme)).collect();
        widths.iter().flat_map::<Vec<_>, _>(both).collect()
    };
    for path in samples.iter().chain(&real).chain(&hostile) {
        for (width, scheme) in views(path) {
            browser.open_page(path, width, scheme);
            let name = path.display();
            let scripts = browser.told("Debugger.scriptParsed");
            assert!(scripts.is_empty(), "{name} runs {scripts:?}");
            let asked = browser.told("Network.requestWillBeSent");
            assert_eq!(asked.len(), 1, "{name} asks for {asked:?}");
            let folded = browser.ask(WIDTH);
            browser.ask(UNFOLD);
            let wide = browser.ask(WIDTH);
            assert_eq!([&folded, &wide], [&json!(width), &json!(width)], "{name}");
            let faint = browser.ask(FAINT);
            assert_eq!(faint, json!([]), "{name} in {scheme}");
        }
    }
}
