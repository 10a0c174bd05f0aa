//! A browser without a window, spoken to over pipes.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

pub const NAMES: &[&str] = &["chromium", "chromium-browser", "google-chrome", "chrome"];

/// A browser without a window, its commands in one pipe and what it tells in another.
pub struct Browser {
    child: Child,
    into: File,
    from: BufReader<File>,
    told: VecDeque<Value>,
    number: u64,
    page: Option<String>,
    /// Of the pages that are opened.
    pub height: u32,
    _dir: tempfile::TempDir,
}

impl Browser {
    /// None where there is no browser.
    pub fn open() -> Option<Browser> {
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
            height: 800,
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

    pub fn call(&mut self, method: &str, params: Value) -> Value {
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

    #[allow(dead_code, reason = "one of the two that speak to a browser listens")]
    pub fn told(&self, method: &str) -> Vec<&Value> {
        let told = self.told.iter().filter(|told| told["method"] == method);
        told.map(|told| &told["params"]).collect()
    }

    /// Shows pages so wide from now on, light or dark.
    pub fn look(&mut self, width: u32, scheme: &str) {
        let screen = json!({"width": width, "height": self.height, "deviceScaleFactor": 1, "mobile": width < 600});
        self.call("Emulation.setDeviceMetricsOverride", screen);
        let media = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
        self.call("Emulation.setEmulatedMedia", media);
    }

    /// Opens a page, and waits until all of it is there.
    pub fn open_page(&mut self, path: &Path) {
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

    #[allow(dead_code, reason = "one of the two that speak to a browser asks")]
    pub fn ask(&mut self, script: &str) -> Value {
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
