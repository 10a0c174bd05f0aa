//! Reports as people and scripts read them, over small homes written for each question.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

/// A home that fills session by session.
pub struct Home(TempDir);

/// One response: day, model, tokens (input, output, cache written, cache read), and what the agent says it cost.
pub type Said<'a> = (&'a str, &'a str, [u64; 4], Option<f64>);

impl Home {
    pub fn new() -> Home {
        Home(tempfile::tempdir().unwrap())
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// A session with a prompt and these responses, in a log of the oldest kind, which carries costs.
    pub fn session(&self, id: &str, responses: &[Said<'_>]) -> &Home {
        let dir = self.path().join(".claude/projects/-home-ada-loom");
        std::fs::create_dir_all(&dir).unwrap();
        let mut log = String::new();
        let first = responses.first().map_or("2025-06-01T00:00:00Z", |r| r.0);
        writeln!(
            log,
            r#"{{"type":"user","uuid":"{id}-p","sessionId":"{id}","timestamp":"{first}","cwd":"/home/ada/loom","version":"1.0.3","message":{{"role":"user","content":"Wind the warp."}}}}"#
        )
        .unwrap();
        for (n, (at, model, [input, output, written, read], cost)) in responses.iter().enumerate() {
            let cost = cost.map_or_else(String::new, |usd| format!(r#","costUSD":{usd}"#));
            writeln!(
                log,
                r#"{{"type":"assistant","uuid":"{id}-{n}","sessionId":"{id}","timestamp":"{at}","message":{{"id":"msg-{id}-{n}","role":"assistant","model":"{model}","content":[{{"type":"text","text":"Wound."}}],"usage":{{"input_tokens":{input},"output_tokens":{output},"cache_creation_input_tokens":{written},"cache_read_input_tokens":{read}}}}},"requestId":"req-{id}-{n}"{cost}}}"#
            )
            .unwrap();
        }
        std::fs::write(dir.join(format!("{id}.jsonl")), log).unwrap();
        self
    }

    /// Exit code, standard output and standard error.
    pub fn run(&self, args: &[&str]) -> (i32, String, String) {
        let mut command = assert_cmd::cargo::cargo_bin_cmd!("backscroll");
        command
            .env_clear()
            .env("HOME", self.path())
            .env("LANG", "C.UTF-8")
            .env("TZ", "UTC")
            .env("BACKSCROLL_NOW", "2025-07-01T00:00:00Z");
        let output = command.args(args).output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        (
            output.status.code().unwrap(),
            text(&output.stdout),
            text(&output.stderr),
        )
    }

    pub fn out(&self, args: &[&str]) -> String {
        let (code, out, err) = self.run(args);
        assert_eq!((code, err.as_str()), (0, ""), "{args:?}");
        out
    }

    pub fn json(&self, args: &[&str]) -> Value {
        serde_json::from_str(&self.out(args)).unwrap()
    }
}

const OPUS: &str = "claude-opus-4-20250514";
const SONNET: &str = "claude-sonnet-4-20250514";

/// The three sessions of the sample table that S1 promises.
fn sample() -> Home {
    let home = Home::new();
    home.session(
        "project-20250621-session-abc123-def456",
        &[
            (
                "2025-06-21T09:00:00Z",
                OPUS,
                [2512, 200846, 312, 524],
                Some(100.15),
            ),
            (
                "2025-06-24T10:00:00Z",
                SONNET,
                [2000, 150000, 200, 500],
                Some(56.25),
            ),
        ],
    )
    .session(
        "project-20250621-session-ghi456-jkl012",
        &[(
            "2025-06-23T10:00:00Z",
            SONNET,
            [2775, 186645, 256, 768],
            Some(98.45),
        )],
    )
    .session(
        "project-20250621-session-mno789-pqr345",
        &[(
            "2025-06-22T10:00:00Z",
            OPUS,
            [1887, 183055, 128, 512],
            Some(81.73),
        )],
    );
    home
}

/// S1-02 to S1-11.
#[test]
fn the_session_report_is_the_promised_table() {
    let table = sample().out(&["session"]);
    let want = "
╭───────────────────────────────────────────────╮
│                                               │
│  Claude Code Token Usage Report - By Session  │
│                                               │
╰───────────────────────────────────────────────╯

┌────────────┬──────────────────┬────────┬─────────┬──────────────┬────────────┬──────────────┬────────────┬───────────────┐
│ Session    │ Models           │  Input │  Output │ Cache Create │ Cache Read │ Total Tokens │ Cost (USD) │ Last Activity │
├────────────┼──────────────────┼────────┼─────────┼──────────────┼────────────┼──────────────┼────────────┼───────────────┤
│ abc123-def │ • opus-4         │  4,512 │ 350,846 │          512 │      1,024 │      356,894 │    $156.40 │ 2025-06-24    │
│            │ • sonnet-4       │        │         │              │            │              │            │               │
│ ghi456-jkl │ • sonnet-4       │  2,775 │ 186,645 │          256 │        768 │      190,444 │     $98.45 │ 2025-06-23    │
│ mno789-pqr │ • opus-4         │  1,887 │ 183,055 │          128 │        512 │      185,582 │     $81.73 │ 2025-06-22    │
├────────────┼──────────────────┼────────┼─────────┼──────────────┼────────────┼──────────────┼────────────┼───────────────┤
│ Total      │                  │  9,174 │ 720,546 │          896 │      2,304 │      732,920 │    $336.58 │               │
└────────────┴──────────────────┴────────┴─────────┴──────────────┴────────────┴──────────────┴────────────┴───────────────┘
";
    assert_eq!(table, want);
    // S1-16
    let table = sample().out(&["session", "--order", "asc"]);
    let at = |id: &str| table.find(id).unwrap();
    assert!(at("mno789-pqr") < at("ghi456-jkl") && at("ghi456-jkl") < at("abc123-def"));
}

/// S1-20, S1-21, S1-31, S1-32.
#[test]
fn the_compact_table_breaks_down_by_model() {
    let table = sample().out(&["session", "--compact", "--breakdown", "--ascii"]);
    let lines: Vec<&str> = table.lines().collect();
    let find = |text: &str| *lines.iter().find(|l| l.contains(text)).unwrap();
    assert_eq!(
        find("Last Activity"),
        "| Session       | Models           |  Input |  Output | Cost (USD) | Last Activity |"
    );
    assert_eq!(
        find("abc123-def"),
        "| abc123-def    | opus-4, sonnet-4 |  4,512 | 350,846 |    $156.40 | 2025-06-24    |"
    );
    assert_eq!(
        find("\\- opus-4"),
        "|   \\- opus-4   |                  |  2,512 | 200,846 |    $100.15 |               |"
    );
    assert!(table.contains("Compact: wider terminals, --json and --csv show all columns"));
}

/// S1-22 to S1-27.
#[test]
fn the_json_of_sessions_has_the_promised_keys() {
    let home = sample();
    let out = home.json(&["session", "--json"]);
    let first = &out["sessions"][0];
    assert_eq!(first["sessionId"], "abc123-def");
    assert_eq!(
        first["fullSessionId"],
        "project-20250621-session-abc123-def456"
    );
    let numbers = [
        "inputTokens",
        "outputTokens",
        "cacheCreationTokens",
        "cacheReadTokens",
        "totalTokens",
    ];
    let of = |value: &Value| numbers.map(|key| value[key].as_u64().unwrap());
    assert_eq!(of(first), [4512, 350_846, 512, 1024, 356_894]);
    assert_eq!(first["totalCost"], 156.4);
    assert_eq!(first["lastActivity"], "2025-06-24");
    assert_eq!(first["firstActivity"], "2025-06-21");
    assert_eq!(first["modelsUsed"], serde_json::json!([OPUS, SONNET]));
    let part = &first["modelBreakdowns"][1];
    assert_eq!(part["model"], SONNET);
    assert_eq!(
        (&part["inputTokens"], &part["outputTokens"]),
        (&2000.into(), &150_000.into())
    );
    assert_eq!(part["totalCost"], 56.25);
    assert_eq!(of(&out["totals"]), [9174, 720_546, 896, 2304, 732_920]);
    assert_eq!(out["totals"]["totalCost"], 336.58);
}

/// S1-12, S1-13, S1-14, S3-07, S3-08.
#[test]
fn dates_cut_by_last_activity_in_the_chosen_zone() {
    let home = sample();
    let ids = |args: &[&str]| -> Vec<String> {
        let all = [&["session", "--json"], args].concat();
        let (_, out, err) = home.run(&all);
        assert_eq!(err, "", "{args:?}");
        let out: Value = serde_json::from_str(&out).unwrap();
        let sessions = out["sessions"].as_array().unwrap();
        sessions
            .iter()
            .map(|s| s["sessionId"].as_str().unwrap()[..3].to_owned())
            .collect()
    };
    assert_eq!(ids(&["--since", "20250623"]), ["abc", "ghi"]);
    assert_eq!(
        ids(&["--since", "2025-06-23", "--until", "2025-06-23"]),
        ["ghi"]
    );
    assert_eq!(ids(&["--until", "20250622"]), ["mno"]);
    assert_eq!(ids(&["--since", "8d"]), ["abc", "ghi"]);
    assert_eq!(
        ids(&["--since", "last week", "--until", "last-week"]),
        ["abc", "ghi"]
    );
    // 10:00 UTC is the next day on Kiritimati.
    assert_eq!(
        ids(&["--since", "20250624", "-z", "Pacific/Kiritimati"]),
        ["abc", "ghi"]
    );
    assert_eq!(ids(&["--since", "20300101"]), [""; 0]);
    for (args, what) in [
        (&["session", "--since", "soon"][..], "--since soon: "),
        (&["daily", "--until", "2025-13-01"], "--until 2025-13-01: "),
        (
            &["session", "--since", "2025-06-02", "--until", "2025-06-01"],
            "--until: the range ends",
        ),
        (
            &["session", "--timezone", "Mars/Crater"],
            "--timezone Mars/Crater: no such zone",
        ),
        (&["session", "--locale", "tlh"], "--locale tlh: not known"),
        (&["session", "--by", "model"], "--by splits reports by time"),
    ] {
        let (code, out, err) = home.run(args);
        assert_eq!((code, out.as_str()), (2, ""), "{args:?}");
        assert!(
            err.contains(what) && err.trim_end().lines().count() == 1,
            "{err}"
        );
    }
}

/// S1-17 to S1-19: one response with a cost in its log, one without.
#[test]
fn modes_choose_between_logged_and_calculated_costs() {
    let home = Home::new();
    home.session(
        "one",
        &[
            (
                "2025-06-24T10:00:00Z",
                SONNET,
                [1_000_000, 0, 0, 0],
                Some(7.5),
            ),
            ("2025-06-24T11:00:00Z", SONNET, [100_000, 0, 0, 0], None),
        ],
    );
    let totals = |mode: &str| {
        let out = home.json(&["session", "--json", "--mode", mode]);
        let totals = &out["totals"];
        (
            totals["totalCost"].as_f64(),
            totals["costBasis"].as_str().unwrap().to_owned(),
        )
    };
    // 3 dollars a million; a prompt above 200,000 tokens costs twice as much.
    assert_eq!(totals("auto"), (Some(7.8), "estimated".into()));
    assert_eq!(totals("calculate"), (Some(6.3), "estimated".into()));
    assert_eq!(totals("display"), (Some(7.5), "partial".into()));
}

#[test]
fn models_without_a_price_are_named_and_never_zero() {
    let home = Home::new();
    home.session(
        "one",
        &[
            ("2025-06-24T10:00:00Z", "loom-9", [10, 20, 0, 0], None),
            ("2025-06-24T11:00:00Z", SONNET, [100_000, 0, 0, 0], None),
        ],
    )
    .session(
        "two",
        &[("2025-06-24T10:00:00Z", "loom-9", [1, 2, 0, 0], None)],
    );
    let out = home.json(&["session", "--json"]);
    assert_eq!(
        out["sessions"][0]["unpricedModels"],
        serde_json::json!(["loom-9"])
    );
    assert_eq!(out["sessions"][0]["costBasis"], "partial");
    assert_eq!(out["sessions"][1]["totalCost"], Value::Null);
    let table = home.out(&["session"]);
    assert!(
        table.contains("Without a price: loom-9 (33 tokens)"),
        "{table}"
    );
    let daily = home.out(&["daily"]);
    assert!(daily.contains(">=$0.30"), "{daily}");
}

#[test]
fn all_reports_and_lists_agree_to_the_last_place() {
    let home = sample();
    home.session(
        "night",
        &[
            ("2025-06-30T23:59:59Z", OPUS, [11, 7, 3, 1], None),
            ("2025-07-01T00:00:01Z", OPUS, [13, 5, 0, 900], None),
            ("2025-07-01T06:00:01Z", SONNET, [17, 3, 70, 0], None),
        ],
    );
    let query = "cost:>0";
    let cost = |args: &[&str]| home.json(args)["totals"]["totalCost"].as_f64().unwrap();
    let list = cost(&["list", "--json", query]);
    for report in ["session", "daily", "weekly", "monthly", "blocks"] {
        assert_eq!(cost(&[report, "--json", query]), list, "{report}");
        for by in ["model", "project", "source"] {
            if !matches!(report, "session" | "blocks") {
                assert_eq!(
                    cost(&[report, "--json", query, "--by", by]),
                    list,
                    "{report} {by}"
                );
            }
        }
        // The rows add up to the totals, in billionths.
        let csv = home.out(&[report, "--csv", query]);
        let mut rows = csv::Reader::from_reader(csv.as_bytes());
        let at = rows
            .headers()
            .unwrap()
            .iter()
            .position(|h| h == "cost_usd")
            .unwrap();
        let nanos = rows.records().map(|row| {
            let row = row.unwrap();
            let (whole, places) = row[at].split_once('.').unwrap();
            whole.parse::<i64>().unwrap() * 1_000_000_000 + places.parse::<i64>().unwrap()
        });
        assert_eq!(nanos.sum::<i64>(), (list * 1e9).round() as i64, "{report}");
    }
    // Days follow the zone: the two responses around midnight are of one day in New York.
    let days = |zone: &str| {
        let out = home.json(&["daily", "--json", "-z", zone, "--since", "2025-06-25"]);
        let days = out["daily"].as_array().unwrap();
        days.iter()
            .map(|d| d["date"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(days("UTC"), ["2025-06-30", "2025-07-01"]);
    assert_eq!(days("America/New_York"), ["2025-06-30", "2025-07-01"]);
    assert_eq!(days("Pacific/Honolulu"), ["2025-06-30"]);
}

/// S3-09: numbers and dates as a language writes them; JSON stays as it is.
#[test]
fn tables_follow_the_locale() {
    let home = sample();
    let table = home.out(&["session", "--locale", "de-DE"]);
    assert!(
        table.contains("│  4.512 │ 350.846 │") && table.contains("24.06.2025"),
        "{table}"
    );
    assert!(table.contains("$156,40"), "{table}");
    let json = home.out(&["session", "--locale", "de-DE", "--json"]);
    assert_eq!(json, home.out(&["session", "--json"]));
    let shown = home.out(&["show", "abc123-def", "--locale", "en-GB"]);
    assert!(shown.contains("24/06/2025, 10:00:00"), "{shown}");
}

/// S0-19 and S0-21 to S0-27.
#[test]
fn the_top_is_ranked_and_tokens_are_split() {
    let home = sample();
    let top = home.out(&["top", "--limit", "2"]);
    let lines: Vec<&str> = top.lines().collect();
    assert_eq!(lines[0], "💰 Top 2 Sessions by Cost");
    let head = "│ Rank │ Session ID                 │ Date       │ Provider  │    Cost │     Tokens │ Title ";
    assert!(lines[3].starts_with(head), "{top}");
    // As much of the id as names it alone.
    assert!(
        lines[5].starts_with("│ #1   │ project-20250621-session-a │ "),
        "{top}"
    );
    assert!(lines[5].contains("│ $156.40 │    356,894 │ "), "{top}");
    assert!(
        top.contains("Total cost $254.85, tokens 547,338, average cost $127.43"),
        "{top}"
    );
    let same = home.out(&["sessions", "top", "--tokens", "--limit", "1", "--json"]);
    assert!(same.contains("\"by\": \"tokens\""));
    let shown = home.out(&["show", "abc123-def", "--tokens"]);
    assert!(shown.contains("Token Breakdown"), "{shown}");
    assert!(
        shown.contains("Output             │ 350,846 (98.3%)"),
        "{shown}"
    );
}

#[test]
fn an_empty_report_says_so() {
    let home = Home::new();
    let (code, out, err) = home.run(&["session"]);
    assert_eq!((code, err.as_str()), (1, ""));
    assert!(out.contains("No sessions with tokens found"), "{out}");
    let (code, out, _) = home.run(&["daily", "--json"]);
    assert_eq!(code, 1);
    let out: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(out["daily"], serde_json::json!([]));
}
