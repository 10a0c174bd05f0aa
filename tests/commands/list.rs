//! What `list` shows of many sessions: ids to go on with, dates, money, and why there is nothing.

use serde_json::json;

/// A home with logs of two agents.
struct Home(tempfile::TempDir);

impl Home {
    fn new() -> Home {
        Home(tempfile::tempdir().unwrap())
    }

    fn write(&self, path: &str, lines: &[serde_json::Value]) {
        let path = self.0.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
        std::fs::write(path, text).unwrap();
    }

    /// A session of one agent, with what was said in it, day by day.
    fn claude(&self, id: &str, said: &[&str]) {
        let line = |(n, text): (usize, &&str)| {
            json!({"type": "user", "uuid": format!("{id}-{n}"), "sessionId": id, "cwd": "/srv/app",
            "version": "2.1.0", "timestamp": format!("2026-11-{}T10:00:00.000Z", n + 10),
            "message": {"role": "user", "content": text}})
        };
        let lines: Vec<_> = said.iter().enumerate().map(line).collect();
        self.write(&format!(".claude/projects/-srv-app/{id}.jsonl"), &lines);
    }

    /// A session of another.
    fn pi(&self, id: &str, said: &str) {
        let at = "2026-11-10T09:00:00.000Z";
        let lines = [
            json!({"type": "session", "version": 3, "id": id, "timestamp": at, "cwd": "/srv/app"}),
            json!({"type": "message", "id": "a1", "parentId": null, "timestamp": at,
                "message": {"role": "user", "content": said}}),
        ];
        let path = format!(".pi/agent/sessions/--srv-app--/2026-11-10T09-00-00-000Z_{id}.jsonl");
        self.write(&path, &lines);
    }

    fn run(&self, args: &[&str]) -> (i32, String, String) {
        self.run_in(None, args)
    }

    fn run_in(&self, columns: Option<&str>, args: &[&str]) -> (i32, String, String) {
        let mut command = assert_cmd::cargo::cargo_bin_cmd!("backscroll");
        command
            .env_clear()
            .envs(columns.map(|columns| ("COLUMNS", columns)))
            .current_dir(self.0.path())
            .env("HOME", self.0.path())
            .env("LANG", "C.UTF-8")
            .env("TZ", "UTC");
        let output = command.args(args).output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        (
            output.status.code().unwrap(),
            text(&output.stdout),
            text(&output.stderr),
        )
    }

    /// The first cells of the table's rows.
    fn ids(&self, args: &[&str]) -> Vec<String> {
        let (code, out, _) = self.run(args);
        assert_eq!(code, 0, "{out}");
        let rows = out.lines().filter(|line| line.starts_with('│')).skip(1);
        rows.map(|row| row.split('│').nth(1).unwrap().trim().to_owned())
            .collect()
    }
}

/// S0-20: whatever stands in the table leads to its session and no other.
#[test]
fn every_id_of_the_table_names_one_session() {
    let home = Home::new();
    home.claude("small", &["one"]);
    home.pi("small", "two");
    home.claude("not_ongoing_a", &["three"]);
    home.claude("not_ongoing_b", &["four"]);
    home.claude("not_ongo", &["five"]);
    home.claude("7b1e9c2f-0000-4000-8000-000000000000", &["six"]);
    let mut ids = home.ids(&["list"]);
    for id in &ids {
        let (code, out, err) = home.run(&["show", id]);
        assert_eq!((code, err.as_str()), (0, ""), "{id}: {out}");
    }
    ids.sort();
    assert_eq!(
        ids,
        [
            "7b1e9c2f",
            "claude-code:small",
            "not_ongo",
            "not_ongoing_a",
            "not_ongoing_b",
            "pi:small"
        ]
    );
    let (_, out, _) = home.run(&["search", "four"]);
    assert!(
        out.contains("backscroll show not_ongoing_b --at 1"),
        "{out}"
    );
    // What names several is no id where words may be a query: all that have it are meant.
    let (code, _, err) = home.run(&["export", "small", "--format", "json", "-o", "out"]);
    assert_eq!(code, 0, "{err}");
    let written = std::fs::read_dir(home.0.path().join("out")).unwrap();
    let names = written.map(|file| file.unwrap().file_name().into_string().unwrap());
    let named = names.filter(|name| name.contains("-small"));
    assert_eq!(named.count(), 2);
}

/// Where there are sessions, the query is the reason for none: what each clause leaves out is told, and no place.
#[test]
fn a_query_that_wants_nothing_says_which_clause_did_it() {
    let home = Home::new();
    home.claude("7b1e9c2f-0000-4000-8000-000000000000", &["mend the parser"]);
    home.claude("8b1e9c2f-0000-4000-8000-000000000000", &["mend the lexer"]);
    let (code, out, err) = home.run(&["list", "parser", "zzzqq"]);
    assert_eq!((code, err.as_str()), (1, ""));
    let want = "\
📋 Sessions
═══════════
No session matches
  without parser  0
  without zzzqq   1
With slips forgiven: backscroll list '~parser ~zzzqq'
In what tools answered: backscroll list 'out:parser out:zzzqq'
Showing 0 of 2 sessions
";
    assert_eq!(out, want);
    let (_, out, _) = home.run(&["list", "costs:>1"]);
    let hint = "  without costs:>1  2  no field `costs`, did you mean `cost`?\n";
    assert!(out.contains(hint), "{out}");
    // Past the end there are sessions all the same.
    let (_, out, _) = home.run(&["list", "--offset", "7"]);
    assert!(!out.contains("Looked for"), "{out}");
}

/// The list is sorted by last activity, which the table shows beside the day of the start (S0-10).
#[test]
fn the_order_of_the_list_can_be_seen() {
    let home = Home::new();
    home.claude(
        "7b1e9c2f-0000-4000-8000-000000000000",
        &["old", "and", "new"],
    );
    home.pi("8b1e9c2f-0000-4000-8000-000000000000", "once");
    let (_, out, _) = home.run(&["list"]);
    let rows: Vec<&str> = out.lines().filter(|line| line.starts_with('│')).collect();
    let cell = |row: &str, n: usize| row.split('│').nth(n).unwrap().trim().to_owned();
    assert_eq!(
        (cell(rows[0], 2), cell(rows[0], 7)),
        ("Date".into(), "Updated".into())
    );
    let days = |row: &str| [cell(row, 2), cell(row, 7)];
    assert_eq!(days(rows[1]), ["2026-11-10", "2026-11-12"]);
    assert_eq!(days(rows[2]), ["2026-11-10", "2026-11-10"]);
    let (_, out, _) = home.run_in(Some("80"), &["list"]);
    assert!(out.contains("Updated (the order)"), "{out}");
}

/// What a session was about is the last to go, and has what others do not need.
#[test]
fn a_title_has_room_in_every_table() {
    let home = Home::new();
    let title = "make the list of sessions say what they are about";
    home.claude("7b1e9c2f-0000-4000-8000-000000000000", &[title]);
    let (_, out, _) = home.run_in(Some("120"), &["list"]);
    assert!(out.contains("│ make the list of ses"), "{out}");
    let (_, out, _) = home.run_in(Some("80"), &["list"]);
    assert!(out.contains("│ make the list of ses"), "{out}");
    assert!(
        out.contains("Narrow: left out ") && out.contains("Provider"),
        "{out}"
    );
}

/// A half-typed clause asks nothing, so a command stops at it and says how to go on (UX 5.5).
#[test]
fn half_a_clause_is_no_query() {
    let home = Home::new();
    let (code, out, err) = home.run(&["list", "="]);
    assert_eq!(
        (code, out.as_str(), err.lines().count()),
        (2, "", 1),
        "{err}"
    );
    assert!(err.contains("=: unfinished; give the rest"), "{err}");
    assert_eq!(home.run(&["list", "\"=\""]).0, 1);
}

/// S4-13: of many lines the best are told, also to a script; who wants all of them says so.
#[test]
fn a_search_shows_the_best_lines_of_each_message() {
    let home = Home::new();
    let long = "manager\n".repeat(5) + "the session manager to refactor\n" + &"session\n".repeat(5);
    let said: Vec<&str> = ["refactor"; 12].into_iter().chain([&*long]).collect();
    home.claude("7b1e9c2f-0000-4000-8000-000000000000", &said);
    let asked = "session manager refactor";
    let (_, out, _) = home.run(&["search", asked]);
    let lines: Vec<&str> = out.lines().collect();
    // The last message has all words, and beside it stand the first ones that have one of them.
    assert!(out.contains("backscroll show 7b1e9c2f --at 9\n"), "{out}");
    assert!(!out.contains("backscroll show 7b1e9c2f --at 10\n"), "{out}");
    assert_eq!(
        lines[lines.len() - 9..],
        [
            "  backscroll show 7b1e9c2f --at 13",
            "         user  manager",
            "         user  manager",
            "         user  the session manager to refactor",
            "               8 more lines",
            "  3 more messages with 3 lines",
            "",
            "23 lines in 1 session",
            "The best of each message and session; every line: backscroll search --all-hits"
        ],
        "{out}"
    );
    let (_, all, _) = home.run(&["search", "--all-hits", asked]);
    assert!(
        !all.contains("more") && all.ends_with("\n23 lines in 1 session\n"),
        "{all}"
    );
    assert_eq!(all.matches("         user  ").count(), 23, "{all}");
    let told = |args: &[&str]| -> serde_json::Value {
        serde_json::from_str(&home.run(&[&["search", "--json", asked], args].concat()).1).unwrap()
    };
    let best = told(&[]);
    let n = best["hits"].as_array().unwrap().len() as u64;
    assert!(n < 23);
    assert_eq!(
        (best["lines"].as_u64(), best["leftOut"].as_u64()),
        (Some(23), Some(23 - n))
    );
    assert_eq!(told(&["--all-hits"])["hits"].as_array().unwrap().len(), 23);
}

/// S4-13: what a search prints has an end, and says how to go on.
#[test]
fn a_search_goes_on_where_it_stopped() {
    let home = Home::new();
    for n in 0..25 {
        home.claude(
            &format!("7b1e9c2f-0000-4000-8000-0000000000{n:02}"),
            &["refactor"],
        );
    }
    let json = |args: &[&str]| -> serde_json::Value {
        serde_json::from_str(
            &home
                .run(&[&["search", "--json", "refactor"], args].concat())
                .1,
        )
        .unwrap()
    };
    let seen = |out: &serde_json::Value| {
        let hits = out["hits"].as_array().unwrap().clone();
        hits.iter()
            .map(|hit| hit["sessionId"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let first = json(&[]);
    assert_eq!(
        (first["sessions"].as_u64(), first["nextOffset"].as_u64()),
        (Some(25), Some(20))
    );
    assert_eq!(first["state"], "more");
    let rest = json(&["--offset", "20"]);
    assert_eq!(
        (rest["state"].as_str(), &rest["nextOffset"]),
        (Some("complete"), &json!(null))
    );
    let mut all = [seen(&first), seen(&rest)].concat();
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 25);
    assert_eq!(json(&["--offset", "99"])["state"], "past_end");
    assert_eq!(seen(&json(&["--all-hits"])).len(), 25);
    assert_eq!(seen(&json(&["--limit", "3"])).len(), 3);
    let (_, out, _) = home.run(&["search", "refactor", "--limit", "3", "--offset", "2"]);
    assert!(
        out.ends_with("\n25 lines in 25 sessions\nShown are sessions 3 to 5; the next: --offset 5, more at once: --limit\n"),
        "{out}"
    );
    let (code, out, _) = home.run(&["list", "--offset", "99"]);
    assert_eq!(code, 1);
    assert!(
        out.contains("Past the end: there are 25 sessions;"),
        "{out}"
    );
    let (_, out, _) = home.run(&["list", "--limit", "0"]);
    assert!(
        !out.contains("No sessions found") && out.contains("Showing 0 of 25 sessions"),
        "{out}"
    );
}

/// UX 11: in a narrow terminal no note is cut by its edge, and what is ranked can be told by its title.
#[test]
fn a_narrow_terminal_has_room_for_all() {
    let home = Home::new();
    home.claude(
        "7b1e9c2f-0000-4000-8000-000000000000",
        &["refactor the session manager of the shop"],
    );
    for line in home.run_in(Some("80"), &["list"]).1.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
    let (_, out, _) = home.run(&["top", "--demo"]);
    assert!(out.contains("Title"), "{out}");
}

/// UX 11: a word before a command is looked for like all others, and `help` tells of a command; nothing is written.
#[test]
fn words_before_a_command_are_looked_for() {
    let home = Home::new();
    home.claude("7b1e9c2f-0000-4000-8000-000000000000", &["fix export lint"]);
    let names = || std::fs::read_dir(home.0.path()).unwrap().count();
    let before = names();
    let (code, out, err) = home.run(&["fix", "export", "lint"]);
    assert_eq!((code, err.as_str()), (0, ""));
    assert!(out.contains("Showing 1 of 1 session\n"), "{out}");
    let (code, out, _) = home.run(&["help", "export"]);
    assert!(
        code == 0 && out.contains("Usage: backscroll export"),
        "{out}"
    );
    assert_eq!(home.run(&["help", "star", "7b1e9c2f"]).0, 1);
    assert_eq!(home.run(&["tokenizer", "star", "7b1e9c2f"]).0, 1);
    assert!(!home.run(&["show", "7b1e9c2f"]).1.contains("Starred"));
    let (code, out, err) = home.run(&["export"]);
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(
        err.starts_with("backscroll: export: say which sessions: "),
        "{err}"
    );
    assert_eq!(
        names(),
        before + usize::from(home.0.path().join(".cache").is_dir())
    );
}

/// UX 5.1: totals are of what a limit in the query leaves, with what is folded away under it.
#[test]
fn a_limit_leaves_out_its_costs() {
    let list = |query: &str| -> serde_json::Value {
        let args = ["list", "--demo", "--json", "sort:cost", query];
        let (code, out, err) = super::backscroll_with(&[], &args);
        assert_eq!((code, err.as_str()), (0, ""), "{out}");
        serde_json::from_str(&out).unwrap()
    };
    let cost = |value: &serde_json::Value| value["totalCost"].as_f64().unwrap();
    let (all, two) = (list("cost:>0"), list("cost:>0 limit:2"));
    let rows = |list: &serde_json::Value| list["sessions"].as_array().unwrap().clone();
    assert_eq!(
        (rows(&two).len(), &two["totals"]["sessions"]),
        (2, &2.into())
    );
    let dearest: f64 = rows(&all).iter().take(2).map(cost).sum();
    assert!((cost(&two["totals"]) - dearest).abs() < 1e-9, "{two}");
    assert!(cost(&all["totals"]) > dearest + 1e-9);
    let args = ["list", "--demo", "cost:>0 limit:2"];
    let told = super::backscroll_with(&[], &args).1;
    let more = rows(&all).len() - 2;
    let line = format!("Showing 2 of 2 sessions, {more} more beyond limit:");
    assert!(told.contains(&line), "{told}");
}
