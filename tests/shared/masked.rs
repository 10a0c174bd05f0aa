//! G9 over the inputs made for secrets: 29 of 29 shapes are marks on the screen, 0 of 29 look-alikes are.

use backscroll::cli;
use backscroll::env::Env;
use backscroll::render::theme::ThemeKind;
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

/// Every page of every session of these homes, as the screen shows them under the mask.
fn shown(env: &Env) -> String {
    let context = cli::context(env);
    let mut stage = Stage::open(env.clone(), context, ThemeKind::Mono, true, (200, 60));
    stage.keys(": \"hide_secrets\" enter");
    let mut all = stage.text();
    for n in 0..stage.app.list.entries.len() {
        stage.keys("g g");
        (0..n).for_each(|_| stage.keys("j"));
        all.push_str(&stage.text());
        stage.keys("enter Z z R g g");
        // Enough of each: what is ten thousand tokens long is alike on every page.
        for _ in 0..20 {
            let page = stage.text();
            all.push_str(&page);
            stage.keys("pagedown");
            if stage.text() == page {
                break;
            }
        }
        stage.keys("Z h");
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
    let mut homes: Vec<&str> = manifest["cases"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|case| case["category"] == "secrets")
        .map(|case| case["home"].as_str().unwrap())
        .collect();
    homes.sort_unstable();
    homes.dedup();
    let mut wrong = Vec::new();
    let mut all = String::new();
    for home in homes {
        let cache = tempfile::tempdir().unwrap();
        let mut env = Env::bare(
            &dir.path().join(home),
            "2026-11-21T00:00:00Z".parse().unwrap(),
        );
        env.vars
            .insert("BACKSCROLL_CACHE".into(), cache.path().into());
        all.push_str(&shown(&env));
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
