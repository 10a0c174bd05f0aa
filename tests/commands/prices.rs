//! `prices`, `completions` and `man` as scripts use them. The network is a server of ours on this machine.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

fn run(home: &Path, args: &[&str]) -> (i32, String, String) {
    let mut command = assert_cmd::cargo::cargo_bin_cmd!("backscroll");
    let output = command
        .env_clear()
        .env("HOME", home)
        .env("LANG", "C.UTF-8")
        .env("TZ", "UTC")
        .env("BACKSCROLL_NOW", "2026-12-01T09:00:00Z")
        .args(args)
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (
        output.status.code().unwrap(),
        text(output.stdout),
        text(output.stderr),
    )
}

fn json(home: &Path, args: &[&str]) -> Value {
    let (code, out, err) = run(home, args);
    assert_eq!((code, err.as_str()), (0, ""));
    serde_json::from_str(&out).unwrap()
}

/// An address that answers once.
fn server(answer: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/list.json", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = [0; 4096];
        let _ = stream.read(&mut request);
        let _ = stream.write_all(answer.as_bytes());
    });
    url
}

fn list(price: &str) -> String {
    let model = |i| {
        format!(
            "\"house-{i}\":{{\"mode\":\"chat\",\"input_cost_per_token\":{price},\"output_cost_per_token\":{price}}}"
        )
    };
    let models: Vec<String> = (0..30).map(model).collect();
    let body = format!("{{{}}}", models.join(","));
    format!(
        "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

#[test]
fn the_tables_in_use_and_their_age() {
    let home = tempfile::tempdir().unwrap();
    let (code, out, err) = run(home.path(), &["prices"]);
    assert_eq!((code, err.as_str()), (0, ""));
    for word in [
        "current",
        "retired",
        "models.dev",
        "2026-11-20",
        "11 days",
        "in the program",
        "~/.config/backscroll/prices.toml",
    ] {
        assert!(out.contains(word), "{word} in {out}");
    }
    let all = json(home.path(), &["prices", "--json"]);
    assert_eq!(all["schemaVersion"], 1);
    let names: Vec<&str> = all["tables"]
        .as_array()
        .unwrap()
        .iter()
        .map(|t| t["table"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["current", "retired", "models.dev"]);
    assert_eq!(all["tables"][0]["ageDays"], 11);
    let (_, plain, _) = run(home.path(), &["prices", "--plain"]);
    assert_eq!(plain.lines().count(), 3);
    assert!(plain.starts_with("current: "), "{plain}");
    // Nothing is written where nothing is asked for.
    assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 0);
}

#[test]
fn a_model_and_where_its_price_comes_from() {
    let home = tempfile::tempdir().unwrap();
    let all = json(
        home.path(),
        &[
            "prices",
            "us.anthropic.claude-sonnet-4-5-20250929-v1:0[1m]",
            "--json",
        ],
    );
    let model = &all["models"][0];
    assert!(all["models"][1].is_null(), "{all}");
    assert_eq!(model["date"], "2026-11-20");
    let gpt = json(home.path(), &["prices", "gpt-5.5", "--json"]);
    let gpt = &gpt["models"][0];
    assert_eq!(
        (&gpt["input"], &gpt["output"], &gpt["cacheRead"]),
        (&5.0.into(), &30.0.into(), &0.5.into())
    );
    assert_eq!(
        (&gpt["cacheWrite"], &gpt["rule"], &gpt["table"]),
        (&Value::Null, &"exact name".into(), &"current".into())
    );
    assert_eq!(
        (&gpt["tiers"][0]["above"], &gpt["tiers"][0]["output"]),
        (&272_000.into(), &45.0.into())
    );
    let (code, out, _) = run(home.path(), &["prices", "gpt-5.5"]);
    assert_eq!(code, 0);
    for word in [
        "above 272,000",
        "22.5",
        "priority",
        "current 2026-11-20",
        "exact name",
    ] {
        assert!(out.contains(word), "{word} in {out}");
    }
    let (_, plain, _) = run(home.path(), &["prices", "gpt-5.5", "--plain"]);
    assert!(
        plain.starts_with("model: gpt-5.5\ninput: 5\noutput: 30\ncache read: 0.5\n"),
        "{plain}"
    );
    // A label that stood for other models before.
    let dated = json(home.path(), &["prices", "codex-auto-review", "--json"]);
    let keys: Vec<&str> = dated["models"]
        .as_array()
        .unwrap()
        .iter()
        .map(|m| m["key"].as_str().unwrap())
        .collect();
    assert_eq!(keys.first().zip(keys.last()), Some((&"gpt-5", &"gpt-5.5")));
    let all = json(home.path(), &["prices", "*OPUS-4-8*", "--json"]);
    assert!(all["models"].as_array().unwrap().len() > 3);
    let (code, out, err) = run(home.path(), &["prices", "no-such\u{1b}[2J-model"]);
    assert_eq!((code, out.as_str()), (1, ""));
    assert!(
        err.starts_with("backscroll: no-such")
            && !err.contains('\u{1b}')
            && err.lines().count() == 1,
        "{err}"
    );
}

#[test]
fn a_refresh_replaces_the_copy_only_by_a_good_one() {
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    let price = || {
        let all = json(home, &["prices", "house-7", "--json"]);
        all["models"][0]["input"].as_f64().unwrap()
    };
    let (code, out, err) = run(
        home,
        &["prices", "--refresh", "--url", &server(list("1e-06"))],
    );
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    assert!(out.contains("2026-12-01") && out.contains("today"), "{out}");
    assert_eq!(price(), 1.0);
    let bad = [
        "HTTP/1.1 404 Not Found\r\n\r\n".into(),
        list("1e-06").replace("}}", "}"),
        list("-1"),
    ];
    for answer in bad {
        let (code, out, err) = run(home, &["prices", "--refresh", "--url", &server(answer)]);
        assert_eq!(
            (code, out.as_str(), err.lines().count()),
            (2, "", 1),
            "{err}"
        );
        assert!(err.contains("prices stay as they were"), "{err}");
        assert_eq!(price(), 1.0);
    }
    let (code, ..) = run(
        home,
        &["prices", "--refresh", "--url", &server(list("2e-06"))],
    );
    assert_eq!((code, price()), (0, 2.0));
    // The tables in the program alone do not know the house's models.
    assert_eq!(run(home, &["prices", "house-7", "--offline"]).0, 1);
    let copy = home.join(".local/state/backscroll/prices.tsv");
    std::fs::write(&copy, "# prices 1\n").unwrap();
    let (code, _, err) = run(home, &["prices", "house-7"]);
    assert_eq!((code, err.lines().count()), (3, 1), "{err}");
    assert!(
        err.contains("prices.tsv: ") && err.contains("ignored"),
        "{err}"
    );
}

#[test]
fn bad_usage_is_one_line_and_touches_no_network() {
    let home = tempfile::tempdir().unwrap();
    for args in [
        &["prices", "--url", "https://example.com/"][..],
        &["prices", "--refresh", "--offline"],
        &["prices", "--refresh", "--url", "http://example.com/"],
        &["prices", "--refresh", "--url", "file:///etc/passwd"],
        &["completions"],
        &["completions", "cobol"],
    ] {
        let (code, out, err) = run(home.path(), args);
        assert_eq!(
            (code, out.as_str(), err.lines().count()),
            (2, "", 1),
            "{args:?}: {err}"
        );
    }
}

/// Every command that the help names.
pub fn commands() -> Vec<String> {
    let home = tempfile::tempdir().unwrap();
    let (_, help, _) = run(home.path(), &["--help"]);
    let list = help.split("Commands:\n").nth(1).unwrap();
    let lines = list.lines().take_while(|line| !line.is_empty());
    let names = lines.filter_map(|line| line.strip_prefix("  ")?.split(' ').next());
    names
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect()
}

#[test]
fn completions_and_the_manual_name_every_command() {
    let home = tempfile::tempdir().unwrap();
    let commands = commands();
    assert!(commands.len() > 5, "{commands:?}");
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let (code, script, err) = run(home.path(), &["completions", shell]);
        assert_eq!((code, err.as_str()), (0, ""));
        for name in &commands {
            assert!(script.contains(name.as_str()), "{name} in {shell}");
        }
        if shell == "bash" {
            let path = home.path().join("completions.bash");
            std::fs::write(&path, &script).unwrap();
            // Where there is no bash nobody needs its script.
            if let Ok(checked) = Command::new("bash").arg("-n").arg(&path).output() {
                assert!(checked.status.success(), "{checked:?}");
            }
        }
    }
    let (code, page, err) = run(home.path(), &["man"]);
    assert_eq!((code, err.as_str()), (0, ""));
    assert!(page.contains(".TH backscroll"), "{page}");
    for name in &commands {
        let heading = format!("\n.SH \"{}\"\n", name.to_uppercase());
        assert!(page.contains(&heading), "{name}");
    }
    // A flag of one command and one of all.
    assert!(
        page.contains("\\-\\-refresh") && page.contains("\\-\\-no\\-watch"),
        "{page}"
    );
}
