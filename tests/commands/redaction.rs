//! What is a secret and what is not, as whoever exports says it.

use std::fs;

use super::export::Place;

/// RELIABILITY 9, tier 3: traces of the person go too when that is asked for, and only then.
#[test]
fn an_anonymous_export_has_no_trace_of_its_home() {
    let place = Place::new();
    let folder = place.dir.path().join("home/.claude/projects/-loom");
    fs::create_dir_all(&folder).unwrap();
    let home = place.dir.path().join("home");
    let said = format!(
        "ask ada.lovelace@tide.example about {}/loom",
        home.display()
    );
    let line = serde_json::json!({
        "type": "user", "uuid": "u1", "sessionId": "5b1e9c2f-0000-4000-8000-00000000000e", "cwd": "/w",
        "timestamp": "2026-03-01T10:00:00Z", "version": "2.1.0",
        "message": {"role": "user", "content": said},
    });
    fs::write(
        folder.join("5b1e9c2f-0000-4000-8000-00000000000e.jsonl"),
        format!("{line}\n"),
    )
    .unwrap();
    let plain = ["export", "5b1e9c2f", "-f", "text", "-o", "-"];
    let (code, out, _) = place.run(&plain);
    assert!(code == 0 && out.contains("ada.lovelace"), "{out}");
    let (code, out, err) = place.run(&[&plain[..], &["--anonymize"]].concat());
    assert_eq!(code, 0, "{err}");
    assert!(
        !out.contains("ada.lovelace") && !out.contains(&*home.to_string_lossy()),
        "{out}"
    );
    assert!(out.contains("[redacted:"), "{out}");
}

/// `redact.allow`: what the user says is no secret does not stop an export.
#[test]
fn what_is_allowed_is_no_secret() {
    let place = Place::new();
    let folder = place.dir.path().join("home/.claude/projects/-loom");
    fs::create_dir_all(&folder).unwrap();
    let token = ["gh", "p_x7Kq2LmW9bTzR4vN8cJd5HsPfY3gXa1eQuEi"].concat();
    let line = serde_json::json!({
        "type": "user", "uuid": "u1", "sessionId": "5b1e9c2f-0000-4000-8000-00000000000e", "cwd": "/w",
        "timestamp": "2026-03-01T10:00:00Z", "version": "2.1.0",
        "message": {"role": "user", "content": format!("weave {token}")},
    });
    fs::write(
        folder.join("5b1e9c2f-0000-4000-8000-00000000000e.jsonl"),
        format!("{line}\n"),
    )
    .unwrap();
    let plain = ["export", "5b1e9c2f", "-f", "text", "-o", "-"];
    let (code, _, err) = place.run(&plain);
    assert!(code == 2 && err.contains("secrets found"), "{err}");
    let config = place.dir.path().join("home/.config/backscroll");
    fs::create_dir_all(&config).unwrap();
    fs::write(
        config.join("config.toml"),
        format!("[redact]\nallow = [\"{}*\"]\n", &token[..12]),
    )
    .unwrap();
    let (code, out, err) = place.run(&plain);
    assert!(code == 0 && out.contains(&token), "{err}");
}
