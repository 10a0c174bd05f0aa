//! Linear mode, as a person who hears it uses it (UX 10, G21).

/// What it says to these lines, over the sample sessions.
fn say(lines: &str, args: &[&str]) -> (i32, String, String) {
    let home = tempfile::tempdir().unwrap();
    let mut command = assert_cmd::cargo::cargo_bin_cmd!("backscroll");
    command
        .env_clear()
        .env("HOME", home.path())
        .env("LANG", "C.UTF-8")
        .env("TZ", "UTC")
        .args(["--linear", "--demo"])
        .args(args)
        .write_stdin(lines);
    let output = command.output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let code = output.status.code().unwrap();
    (code, text(&output.stdout), text(&output.stderr))
}

/// The answers, one for each line that was said; the first is the greeting.
fn answers(lines: &str) -> Vec<String> {
    let (code, out, err) = say(lines, &[]);
    assert_eq!((code, err.as_str()), (0, ""));
    out.split("\n> ").map(str::to_owned).collect()
}

#[test]
fn the_first_line_confirms_the_mode_and_nothing_is_drawn() {
    let (code, out, _) = say("read 1\nfull\nnext-prompt\ndetails\nexplain\nhelp\n", &[]);
    assert_eq!(code, 0);
    assert!(out.starts_with("Linear mode: "), "{out}");
    assert!(
        !out.contains('\x1b') && !out.contains(['│', '─', '┌', '╭', '═']),
        "{out}"
    );
    let (_, out, _) = say("", &["source:oc"]);
    let lines: Vec<&str> = out.lines().collect();
    assert!(lines[1].starts_with("3 sessions: "), "{out}");
    assert!(
        lines[2].starts_with("Session 1 of 3. ") && lines[2].contains(". OpenCode, "),
        "{out}"
    );
    assert!(
        lines[2].contains(" messages, ") && lines[2].contains(" dollars"),
        "{out}"
    );
}

#[test]
fn sessions_are_walked_sorted_and_filtered() {
    let said = answers(
        "next\nprevious\nprevious\nsort cost\nsort-title\nfilter source:cx\nfilter cost:banana\nfilter\nmore\nmore\n",
    );
    assert!(
        said[0].contains("\nSession 10 of 10. ") || said[0].contains(" more; more lists them.")
    );
    assert!(said[1].starts_with("Session 2 of "));
    assert!(said[2].starts_with("Session 1 of "));
    assert_eq!(said[3], "That was the first session.");
    let titles = |said: &str| -> Vec<String> {
        let rows = said.lines().filter(|line| line.starts_with("Session "));
        rows.map(|row| row.split_once(". ").unwrap().1.to_lowercase())
            .collect()
    };
    assert_ne!(titles(&said[4]), titles(&said[0]));
    assert!(titles(&said[5]).is_sorted(), "{}", said[5]);
    assert!(
        titles(&said[6]).iter().all(|row| row.contains("codex cli")),
        "{}",
        said[6]
    );
    assert!(
        said[7].contains("cost:banana"),
        "a wrong value is told: {}",
        said[7]
    );
    assert_eq!(titles(&said[8]).len(), 10);
    assert_eq!(said.last().unwrap().trim(), "");
}

#[test]
fn conversations_are_read_turn_by_turn() {
    let said = answers(
        "find tide\nread 1\nnext\n\nmessage 1\nnext-prompt\nlast\nnext\nfind low water\nback\nread 99\n",
    );
    assert!(said[1].contains("\nFound in message "), "{}", said[1]);
    assert!(
        said[2].starts_with("Reading session 1 of ") && said[2].contains("\nMessage "),
        "{}",
        said[2]
    );
    let number = |said: &str| -> u32 {
        let rest = said.split("Message ").nth(1).unwrap();
        rest.split(' ').next().unwrap().parse().unwrap()
    };
    assert_eq!(
        number(&said[3]) + 1,
        number(&said[4]),
        "an empty line goes on"
    );
    assert!(
        said[5].starts_with("Message 1 of ") && said[5].contains("\nYou:"),
        "{}",
        said[5]
    );
    assert!(said[6].contains("\nYou:"), "{}", said[6]);
    assert_eq!(said[8], "That was the last message.");
    assert!(said[10].starts_with("Session 1 of "), "{}", said[10]);
    assert!(
        said[11].starts_with("99: sessions have numbers from 1 to "),
        "{}",
        said[11]
    );
    let (_, out, _) = say(
        "read 1\nnext\nnext\nnext\nnext\nnext\nnext\n",
        &["source:cc"],
    );
    assert!(out.contains("\nAgent:") && out.contains("\nTool "), "{out}");
}

#[test]
fn words_that_are_none_and_words_out_of_place_are_told() {
    let said = answers("raed 1\nmessage 3\nsort banana\nnext-hit\ncopy-id\nquit\nlist\n");
    assert_eq!(
        said[1],
        "no word raed; the nearest is read; help lists them"
    );
    assert!(said[2].starts_with("nothing is being read"));
    assert!(said[3].starts_with("sort banana: no such key"));
    assert!(said[4].starts_with("nothing is being read"));
    assert!(said[5].starts_with("not copied: this is no terminal"));
    assert_eq!(said.len(), 7, "quit leaves");
}

/// RELIABILITY 9, G21: what the mask hides on the screen is not said either, by flag or by setting: in titles, in what was
/// found, in messages with all of their output, in details and in what is wrong. Without it all of it is said.
#[test]
fn what_is_masked_is_not_said() {
    let home = tempfile::tempdir().unwrap();
    let path = |name: &str| home.path().join(name);
    let token = ["gh", "p_x7Kq2LmW9bTzR4vN8cJd5HsPfY3gXa1eQuEi"].concat();
    let own = home.path().to_string_lossy().into_owned();
    let line = |id: u32, role: &str, content: serde_json::Value| {
        serde_json::json!({
            "type": role, "uuid": format!("u{id}"), "sessionId": "5b1e9c2f-0000-4000-8000-00000000000e",
            "cwd": format!("{own}/loom"), "timestamp": "2026-03-01T10:00:00Z", "version": "2.1.0",
            "message": {"id": format!("m{id}"), "role": role, "content": content},
        })
    };
    // Half of it stands behind the end of the title.
    let prompt = format!("weave {}{token} for {own}/loom", "the reef ".repeat(8));
    let output = format!("{}seen {token}\nreef {token}\n", "tide\n".repeat(20));
    let lines = [
        line(1, "user", serde_json::json!(prompt)),
        line(
            2,
            "assistant",
            serde_json::json!([{"type": "tool_use", "id": "t1", "name": "Bash", "input": {"command": format!("login {token}")}}]),
        ),
        line(
            3,
            "user",
            serde_json::json!([{"type": "tool_result", "tool_use_id": "t1", "content": output}]),
        ),
    ];
    let folder = path(".claude/projects/-loom");
    std::fs::create_dir_all(&folder).unwrap();
    let log: String = lines.iter().map(|line| format!("{line}\n")).collect();
    std::fs::write(
        folder.join("5b1e9c2f-0000-4000-8000-00000000000e.jsonl"),
        log,
    )
    .unwrap();
    std::fs::create_dir_all(path("masking/backscroll")).unwrap();
    std::fs::write(
        path("masking/backscroll/config.toml"),
        "[ui]\nmask = true\n",
    )
    .unwrap();
    let say = |args: &[&str], config: &str| -> String {
        let mut command = assert_cmd::cargo::cargo_bin_cmd!("backscroll");
        command.env_clear().env("HOME", home.path());
        command.env("LANG", "C.UTF-8").env("TZ", "UTC");
        command.env("XDG_CONFIG_HOME", path(config));
        let words = "find weave\nread 1\nfull\nnext\nfull\ndetails\nexplain\nback\nfind reef\n";
        let output = command.args(args).write_stdin(words).output().unwrap();
        assert_eq!(output.status.code(), Some(0));
        String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
    };
    let said = say(&["--linear"], "none");
    assert!(said.contains(&token) && said.contains(&own), "{said}");
    for masked in [
        say(&["--linear", "--mask"], "none"),
        say(&["--linear"], "masking"),
    ] {
        // Not even the start of it.
        assert!(!masked.contains(&token[..8]), "{masked}");
        assert!(!masked.contains(&own), "{masked}");
        assert!(masked.contains("[redacted:"), "{masked}");
        assert!(masked.matches("\n> ").count() >= 9, "{masked}");
        let told = |said: &str| said.matches("\nMessage 2 of 2.\n").count();
        assert_eq!(told(&masked), told(&said));
        assert!(masked.contains("\nTool Bash: login [redacted:"), "{masked}");
        assert!(masked.contains("Found in message 1: weave"), "{masked}");
    }
}

/// What is printed for scripts is not masked, and whoever asks for it is told so.
#[test]
fn what_is_printed_for_scripts_is_not_masked() {
    let home = tempfile::tempdir().unwrap();
    for args in [&["--demo", "list", "--mask"][..], &["--demo", "--mask"]] {
        let mut command = assert_cmd::cargo::cargo_bin_cmd!("backscroll");
        command.env_clear().env("HOME", home.path());
        let output = command.args(args).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains("--redact"), "{said}");
    }
}

/// UX 10: what can be done with a session on the screen can be done here, by the same names.
#[test]
fn sessions_are_marked_and_exported() {
    let said = answers(
        "star\ndetails\nstar --remove\nrename Don't panic\ndetails\nshare\nexport --format nothing\ndelete --dry-run\ncopy-path\n",
    );
    assert!(said[1].starts_with("Starred "), "{}", said[1]);
    assert!(said[2].contains("Starred: yes"), "{}", said[2]);
    assert!(said[3].starts_with("Took the star from "), "{}", said[3]);
    assert!(said[4].starts_with("Renamed "), "{}", said[4]);
    assert!(said[5].contains("Title: Don't panic"), "{}", said[5]);
    assert!(said[7].contains("invalid value 'nothing'"), "{}", said[7]);
    assert!(
        said[8].contains("Would move 1 session to the trash"),
        "{}",
        said[8]
    );
    assert!(said[9].starts_with("not copied: "), "{}", said[9]);
}
