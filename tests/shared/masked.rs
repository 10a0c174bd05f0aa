//! G9 over the inputs made for secrets: 29 of 29 shapes are marks on the screen, 0 of 29 look-alikes are.

use std::collections::BTreeMap;

use backscroll::cli;
use backscroll::env::Env;
use backscroll::render::theme::ThemeKind;
use backscroll::tui::msg::Msg;
use backscroll::tui::stage::Stage;

use super::hostile;

/// Pieces of a secret that are of use to somebody who sees them.
fn pieces(secret: &str) -> Vec<String> {
    let body = secret.lines().filter(|line| !line.starts_with("-----"));
    let windows = body.flat_map(|line| {
        let letters: Vec<char> = line.chars().collect();
        let many = 16.min(letters.len()).max(1);
        letters
            .windows(many)
            .map(|piece| piece.iter().collect::<String>())
            .collect::<Vec<_>>()
    });
    windows.collect()
}

/// The first pages of these sessions, and the list of all, as the screen shows them under the mask.
fn shown(env: &Env, ids: &[&str]) -> String {
    let context = cli::context(env);
    let mut stage = Stage::open(env.clone(), context, ThemeKind::Mono, true, (200, 60));
    stage.keys(": \"hide_secrets\" enter");
    let mut all = String::new();
    for id in ids {
        let id = id.get(..8).unwrap();
        stage.keys("X /");
        // At once: what is typed letter by letter is looked for in all that was said.
        stage.tell(Msg::Paste(format!("id:{id}")));
        stage.keys("enter");
        all.push_str(&stage.text());
        stage.keys("enter z R g g");
        // Enough of each: what is ten thousand tokens long is alike on every page.
        for _ in 0..20 {
            let page = stage.text();
            all.push_str(&page);
            stage.keys("pagedown");
            if stage.text() == page {
                break;
            }
        }
        stage.keys("h");
    }
    all
}

#[test]
fn every_shape_is_a_mark_and_no_look_alike_is() {
    let dir = tempfile::tempdir().unwrap();
    let manifest = hostile::make(dir.path());
    let secrets = manifest["canaries"]["secrets"].as_object().unwrap();
    assert_eq!(secrets.len(), 29);
    let alike = manifest["canaries"]["not_secrets"].as_array().unwrap();
    assert_eq!(alike.len(), 29);
    let cases = manifest["cases"].as_array().unwrap();
    let cases = cases.iter().filter(|case| case["category"] == "secrets");
    let mut homes: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for case in cases {
        let id = case["expect"]["session_ids"][0].as_str().unwrap();
        let home = case["home"].as_str().unwrap();
        homes.entry(home).or_default().push(id);
    }
    let mut wrong = Vec::new();
    let mut all = String::new();
    for (home, ids) in homes {
        let cache = tempfile::tempdir().unwrap();
        let now = "2026-11-21T00:00:00Z".parse().unwrap();
        let mut env = Env::bare(&dir.path().join(home), now);
        let cache = cache.path().into();
        env.vars.insert("BACKSCROLL_CACHE".into(), cache);
        all.push_str(&shown(&env, &ids));
    }
    for (name, canary) in secrets {
        let value = canary["value"].as_str().unwrap();
        if let Some(piece) = pieces(value).into_iter().find(|piece| all.contains(piece)) {
            wrong.push(format!("{name}: {piece} is on the screen"));
        }
    }
    assert!(all.contains("[redacted:"), "the mask is on");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let mask = backscroll::export::mask(
        &Env::bare(dir.path(), "2026-11-21T00:00:00Z".parse().unwrap()),
        Vec::new(),
    );
    for text in alike.iter().map(|text| text.as_str().unwrap()) {
        let text = backscroll::text::Clean::of(text);
        assert_eq!(mask.hide(&text), None, "{text}");
    }
}
