//! What a session is and how many are listed, as people were promised it: facts that are worked out by hand from a log
//! that is written here.

use serde_json::Value;

use super::launch::Home;
use super::{backscroll, json};

const ID: &str = "5b1e9c2f-1111-4000-8000-000000000001";

/// A log of one prompt, two responses and a summary of what stood before, with numbers that can be added up by hand.
fn home() -> Home {
    let home = Home::new();
    put(&home, ".claude/projects/-work-sea", "work/sea", ID);
    home
}

fn put(home: &Home, folder: &str, cwd: &str, id: &str) {
    let cwd = home.path(cwd);
    std::fs::create_dir_all(&cwd).unwrap();
    let line = |kind: &str, n: u32, seconds: u32, message: Value| {
        let line = serde_json::json!({
            "type": kind, "uuid": format!("{id}-{n}"), "sessionId": id, "cwd": cwd, "version": "2.1.0",
            "timestamp": format!("2026-03-01T10:00:{seconds:02}.000Z"), "message": message,
            "isMeta": n == 1, "isCompactSummary": n == 5,
        });
        format!("{line}\n")
    };
    let answer = |n: u32, output: u32, text: &str| {
        serde_json::json!({
            "role": "assistant", "id": format!("msg-{n}"), "model": "claude-sonnet-4-5",
            "content": [{"type": "text", "text": text}],
            "usage": {
                "input_tokens": 100, "cache_creation_input_tokens": 2000, "cache_read_input_tokens": 30000,
                "output_tokens": output,
            },
        })
    };
    let user = |text: &str| serde_json::json!({"role": "user", "content": text});
    let log = [
        line("user", 1, 0, user("Caveat: what follows is not for you")),
        line("user", 2, 1, user("Please start refactoring the pumps")),
        line(
            "assistant",
            3,
            5,
            answer(3, 400, "The bilge is emptied first."),
        ),
        line("assistant", 4, 21, answer(4, 100, "Done with the valves.")),
        line("user", 5, 31, user("So far: the keelson was measured.")),
    ];
    let folder = home.path(folder);
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join(format!("{id}.jsonl")), log.concat()).unwrap();
}

fn listed(home: &Home, args: &[&str]) -> Vec<Value> {
    let (_, out, err) = home.run(&[&["list", "--json"], args].concat());
    let all: Value = serde_json::from_str(&out).unwrap_or_else(|_| panic!("{out}{err}"));
    all["sessions"].as_array().unwrap().clone()
}

fn ids(sessions: &[Value]) -> Vec<&str> {
    let ids = sessions.iter().map(|s| s["sessionId"].as_str().unwrap());
    ids.collect()
}

/// S2-01, S4-01, S4-11: every session of every agent in one list, several of a project, each with its id, its project's
/// path and its times.
#[test]
fn one_list_holds_the_sessions_of_every_agent() {
    let all = json(&["list", "--demo", "--json"]);
    let all = all["sessions"].as_array().unwrap();
    let of = |source: &str| all.iter().filter(|s| s["source"] == source).count();
    assert_eq!(
        [of("claude-code"), of("codex-cli"), of("opencode")],
        [5, 3, 3]
    );
    let there = |s: &&Value| s["projectName"] == "harbour-api";
    assert_eq!(all.iter().filter(there).count(), 2, "many of one project");
    for session in all {
        assert!(session["projectPath"].as_str().unwrap().starts_with('/'));
        for at in ["createdAt", "updatedAt"] {
            let at = session[at].as_str().unwrap();
            assert!(at.parse::<jiff::Timestamp>().is_ok(), "{at}");
        }
    }
    let (_, table, _) = backscroll(&["list", "--demo", "--plain"]);
    for session in all {
        let path = session["projectPath"].as_str().unwrap();
        let said = |text: &str| table.contains(text);
        assert!(said(session["shortId"].as_str().unwrap()), "{table}");
        assert!(said(path.rsplit('/').next().unwrap()), "{table}");
        assert!(
            said(&session["createdAt"].as_str().unwrap()[..10]),
            "{table}"
        );
    }
}

/// S2-03, S2-04: an id is the agent's own, and a log that lies in two places is one session.
#[test]
fn an_id_is_the_agents_and_stands_once() {
    let home = home();
    put(&home, "backup/.claude/projects/-work-sea", "work/sea", ID);
    let backup = format!("claude-code={}", home.path("backup").display());
    let all = listed(
        &home,
        &["--source", "claude-code", "--source", &backup, "sea"],
    );
    assert_eq!(ids(&all), [ID]);
    assert_eq!(all[0]["source"], "claude-code");
}

/// S2-05 to S2-11: model, seller, project, tokens in and out, what they cost, how many messages and how long, worked out
/// by hand: 2 x (100 x $3 + 2,000 x $3.75 + 30,000 x $0.30) + 500 x $15 for a million.
#[test]
fn a_session_has_its_facts() {
    let home = home();
    let all = listed(&home, &["sea"]);
    assert_eq!(all.len(), 1);
    let one = &all[0];
    let path = home.path("work/sea").display().to_string();
    for (name, value) in [
        ("model", "claude-sonnet-4-5"),
        ("provider", "anthropic"),
        ("projectPath", path.as_str()),
        ("projectName", "sea"),
    ] {
        assert_eq!(one[name], value, "{name}");
    }
    for (name, value) in [
        ("promptTokens", 64_200),
        ("completionTokens", 500),
        ("totalTokens", 64_700),
        ("messageCount", 3),
        ("durationMs", 31_000),
    ] {
        assert_eq!(one[name], value, "{name}");
    }
    let cost = one["totalCost"].as_f64().unwrap();
    assert!((cost - 0.0411).abs() < 1e-9, "{cost}");
}

/// S2-02: the title is the first thing that a person said, and a name of one's own stands before it without a byte of
/// the log changed.
#[test]
fn a_title_comes_from_the_first_prompt_and_can_be_changed() {
    let home = home();
    let log = home.path(&format!(".claude/projects/-work-sea/{ID}.jsonl"));
    let before = std::fs::read(&log).unwrap();
    let title = |home: &Home| listed(home, &["sea"])[0]["title"].clone();
    assert_eq!(title(&home), "Please start refactoring the pumps");
    let (code, _, err) = home.run(&["rename", ID, "The pumps"]);
    assert_eq!((code, err.as_str()), (0, ""));
    assert_eq!(title(&home), "The pumps");
    assert_eq!(std::fs::read(&log).unwrap(), before);
}

/// S2-13, S2-21: title, prompts and answers are searched, each word by its start, and nothing is found by its middle.
#[test]
fn words_of_title_and_messages_are_found_by_their_start() {
    let home = home();
    home.run(&["rename", ID, "Watertight hull"]);
    for word in ["refact", "bilge", "valv", "watertight"] {
        assert_eq!(ids(&listed(&home, &[word])), [ID], "{word}");
    }
    for word in ["factoring", "bilgewater"] {
        assert_eq!(ids(&listed(&home, &[word])), [""; 0], "{word}");
    }
}

/// S2-14: the summary is the agent's own, shown and searched as such, and no prompt.
#[test]
fn a_summary_is_the_agents_own() {
    let home = home();
    assert_eq!(ids(&listed(&home, &["keelson"])), [ID]);
    let (_, out, _) = home.run(&["show", ID, "--json"]);
    let shown: Value = serde_json::from_str(&out).unwrap();
    let last = shown["messages"].as_array().unwrap().last().unwrap();
    assert_eq!(last["role"], "system", "no person said it");
    assert_eq!(
        last["parts"][0]["text"],
        "So far: the keelson was measured."
    );
    // What the log only calls one has no note of what it stands for.
    assert_eq!(shown["summary"], Value::Null);
    let log = home.path(&format!(".claude/projects/-work-sea/{ID}.jsonl"));
    let text = std::fs::read_to_string(&log).unwrap();
    let (before, summary) = text.trim_end().rsplit_once('\n').unwrap();
    let note = serde_json::json!({
        "type": "system", "subtype": "compact_boundary", "uuid": "b", "sessionId": ID,
        "timestamp": "2026-03-01T10:00:30.000Z", "content": "Conversation compacted",
    });
    std::fs::write(&log, format!("{before}\n{note}\n{summary}\n")).unwrap();
    let (_, out, _) = home.run(&["show", ID, "--json"]);
    let shown: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(shown["summary"], "So far: the keelson was measured.");
    // One that the agent wrote for its list is the title until somebody gives a better one.
    let line = serde_json::json!({"type": "summary", "summary": "Sea trials", "leafUuid": "b"});
    let noted = format!("{before}\n{note}\n{summary}\n{line}\n");
    std::fs::write(
        &log,
        noted.replace("leafUuid\":\"b", &format!("leafUuid\":\"{ID}-5")),
    )
    .unwrap();
    let all = listed(&home, &[]);
    assert_eq!(all[0]["title"], "Sea trials");
    assert_eq!(all[0]["summary"], "Sea trials");
}

/// S2-22 to S2-26: newest first unless another order is asked for; each order the largest first.
#[test]
fn orders_begin_with_the_most() {
    let values = |args: &[&str], field: &str| -> Vec<f64> {
        let all = json(&[&["list", "--demo", "--json"], args].concat());
        let all = all["sessions"].as_array().unwrap().iter();
        let value = |s: &Value| match &s[field] {
            Value::String(at) => at.parse::<jiff::Timestamp>().unwrap().as_millisecond() as f64,
            Value::Null => -1.0,
            number => number.as_f64().unwrap(),
        };
        all.map(value).collect()
    };
    for (args, field) in [
        (&[][..], "updatedAt"),
        (&["--sort", "date"], "updatedAt"),
        (&["sort:created-"], "createdAt"),
        (&["--sort", "tokens"], "totalTokens"),
        (&["--sort", "cost"], "totalCost"),
        (&["--sort", "messages"], "messageCount"),
    ] {
        let values = values(args, field);
        assert_eq!(values.len(), 11);
        assert!(values.is_sorted_by(|a, b| a >= b), "{args:?}: {values:?}");
        assert!(values[0] > values[10], "{args:?}");
    }
}

/// S2-20: today, 7 days, 30 days, any range, by activity and by start.
#[test]
fn days_are_asked_for_by_activity_and_by_start() {
    let all = json(&["list", "--demo", "--json"]);
    let all = all["sessions"].as_array().unwrap();
    let since = |field: &str, day: &str| {
        let is_since = |s: &&Value| s[field].as_str().unwrap() >= day;
        all.iter().filter(is_since).count()
    };
    for (words, field) in [("date", "updatedAt"), ("created", "createdAt")] {
        // The demo's clock stands at 15:09:26 on the fourteenth of March.
        for (value, from) in [
            ("today", "2026-03-14T00:00:00"),
            ("7d", "2026-03-07T15:09:26"),
            ("30d", "2026-02-12T15:09:26"),
            ("2026-03-10..2026-03-14", "2026-03-10T00:00:00"),
        ] {
            let clause = format!("{words}:{value}");
            let found = json(&["list", "--demo", "--json", &clause]);
            let found = found["sessions"].as_array().unwrap().len();
            assert_eq!(found, since(field, from), "{clause}");
            assert!(found > 0, "{clause}");
        }
    }
}

/// S4-13: an agent asks for little, gets it as JSON that is no longer than it asked for, and goes on by the same id.
#[test]
fn an_agent_can_ask_for_a_little_and_go_on() {
    let page = json(&["list", "--demo", "--json", "--limit", "2"]);
    let page = page["sessions"].as_array().unwrap();
    assert_eq!(page.len(), 2);
    let again = json(&["list", "--demo", "--json", "--limit", "2"]);
    assert_eq!(ids(page), ids(again["sessions"].as_array().unwrap()));
    let id = page[0]["sessionId"].as_str().unwrap();
    let one = json(&["show", id, "--demo", "--json", "--at", "1"]);
    assert_eq!(one["sessionId"], id);
    assert_eq!(one["messages"].as_array().unwrap().len(), 1);
    let (code, out, _) = backscroll(&["list", "--demo", "--json", "no-such-word-anywhere"]);
    assert_eq!(code, 1);
    assert!(serde_json::from_str::<Value>(&out).is_ok(), "{out}");
}
