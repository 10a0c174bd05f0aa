//! What is opened beside agents: tabs, shells, folders, copies of logs and texts.

use super::*;
use crate::env::Heard;

/// UX 4.4 `o t`: by the variables of what we run in, and nothing in it is read by a shell.
#[test]
fn a_tab_is_asked_of_what_we_run_in() {
    let mut world = World::new();
    let session = world.session("claude-code", ID);
    let tab = |world: &World, act| {
        let made = world.plan(&session, act).unwrap();
        made.run_in_tab(&world.env, &world.settings)
    };
    assert_eq!(tab(&world, Act::Resume), Err(Refusal::NoTab));
    let line = Refusal::NoTab.said().to_string();
    assert!(
        line.contains("tab = [\"program\", \"{dir}\", \"{argv}\"]"),
        "{line}"
    );
    let dir = world.dir().display().to_string();
    let resume = format!("--resume={ID}");
    let cwd = format!("--cwd={dir}");
    let inside: [(&str, &str, Vec<&str>); 3] = [
        (
            "KITTY_WINDOW_ID",
            "kitty tab",
            vec!["/bin/kitty", "@", "launch", "--type=tab", &cwd, "--"],
        ),
        ("STY", "screen window", vec!["/bin/screen"]),
        (
            "TMUX",
            "tmux window",
            vec!["/bin/tmux", "new-window", "-c", &dir, "--"],
        ),
    ];
    for (variable, what, mut want) in inside {
        // A terminal's own variable stays set inside a multiplexer.
        world.env.vars.insert(variable.into(), "1".into());
        assert_eq!(tab(&world, Act::Resume).as_deref(), Ok(what));
        let (way, call) = world.run.taken().remove(0);
        want.extend(["/bin/claude", &resume]);
        assert_eq!(
            (way, words(&call)),
            (Way::Capture, want.iter().map(|w| (*w).to_owned()).collect())
        );
        assert_eq!(call.dir, Some(world.dir()));
    }
    // A single word would be read by a shell.
    assert_eq!(tab(&world, Act::New).as_deref(), Ok("tmux window"));
    let (_, call) = world.run.taken().remove(0);
    assert_eq!(words(&call)[4..], ["--", "/bin/env", "/bin/claude"]);
    // And this directory as a command.
    let odd = world.dir().join("#(touch x)");
    std::fs::create_dir(&odd).unwrap();
    let mut there = session.clone();
    there.dir = Some(odd.clone().into());
    let made = world.plan(&there, Act::Resume).unwrap();
    made.run_in_tab(&world.env, &world.settings).unwrap();
    let (_, call) = world.run.taken().remove(0);
    assert_eq!(words(&call)[1..3], ["new-window", "--"]);
    assert_eq!(call.dir, Some(odd));
    world.settings.tab = ["term", "--in={dir}", "-e", "{argv}"]
        .map(Into::into)
        .into();
    assert_eq!(tab(&world, Act::Resume).as_deref(), Ok("/bin/term"));
    let (way, call) = world.run.taken().remove(0);
    let place = format!("--in={dir}");
    assert_eq!(way, Way::Detach);
    assert_eq!(
        words(&call),
        ["/bin/term", &place, "-e", "/bin/claude", &resume]
    );
    world.settings.tab = vec!["term".into(), "{dir}".into()];
    assert!(matches!(
        tab(&world, Act::Resume),
        Err(Refusal::TabSetting(_))
    ));
}

#[test]
fn what_a_multiplexer_says_is_told() {
    let mut world = World::new();
    world.env.vars.insert("TMUX".into(), "1".into());
    let answer = Heard {
        code: 1,
        err: b"\nno server running\x1b[2J\n".to_vec(),
        ..Heard::default()
    };
    world.env.processes = Arc::new(Recording {
        answer,
        ..Recording::of(KNOWN)
    });
    let made = world
        .plan(&world.session("claude-code", ID), Act::Resume)
        .unwrap();
    let refusal = made.run_in_tab(&world.env, &world.settings).unwrap_err();
    assert_eq!(
        refusal.said().as_str(),
        "tmux opened no tab: no server running␛[2J"
    );
}

#[test]
fn a_shell_and_a_folder_are_opened_there() {
    let mut world = World::new();
    let session = world.session("claude-code", ID);
    for (shell, want) in [
        ("/bin/fish", "/bin/fish"),
        ("fish", "/bin/sh"),
        ("/none", "/bin/sh"),
    ] {
        world.env.vars.insert("SHELL".into(), shell.into());
        let made = world.plan(&session, Act::Shell).unwrap();
        assert_eq!(
            (words(&made.call), made.call.dir),
            (vec![want.to_owned()], Some(world.dir()))
        );
    }
    let made = world.plan(&session, Act::OpenDir).unwrap();
    assert_eq!(words(&made.call)[1..], [world.dir().display().to_string()]);
    assert_eq!(made.run(&world.env), Ok(0));
    assert_eq!(world.run.taken()[0].0, Way::Detach);
}

/// C4: a private copy, clean of what acts, at the line that is meant; gone with the plan.
#[test]
fn a_log_is_read_in_a_copy() {
    use std::os::unix::fs::PermissionsExt as _;
    let mut world = World::new();
    world
        .env
        .vars
        .insert("EDITOR".into(), "vim -u 'a file' --".into());
    let log = world.dir().join("log.jsonl");
    std::fs::write(&log, "{\"a\":1}\n{\"b\":\"\x1b]0;x\x07\"}\n\u{202e}c\n").unwrap();
    let mut session = world.session("claude-code", ID);
    Arc::make_mut(&mut session.unit).path = log.clone().into();
    let ask = Ask {
        at: Some(At::Byte(9)),
        ..Ask::of(&session, Act::Editor)
    };
    let made = plan(&world.env, &world.settings, &ask).unwrap();
    let said = words(&made.call);
    assert_eq!(said[..5], ["/bin/vim", "-u", "a file", "--", "+2"]);
    let copy = PathBuf::from(&said[5]);
    let text = std::fs::read_to_string(&copy).unwrap();
    assert_eq!(text, "{\"a\":1}\n{\"b\":\"␛]0;x␇\"}\n<U+202E>c\n");
    let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&copy), mode(copy.parent().unwrap())), (0o600, 0o700));
    assert_eq!(copy.extension().unwrap(), "jsonl");
    drop(made);
    assert!(!copy.exists() && log.exists());
    for (bytes, why) in [
        (&b"SQLite format 3\0rest"[..], "a database"),
        (&[0x28, 0xb5, 0x2f, 0xfd, 0][..], "compressed"),
    ] {
        std::fs::write(&log, bytes).unwrap();
        let line = world.refused(&session, Act::Editor);
        assert!(line.contains(why) && line.contains("--format md"), "{line}");
    }
    Arc::make_mut(&mut session.unit).path = world.dir().into();
    assert!(
        world
            .refused(&session, Act::Editor)
            .contains("not a regular file")
    );
    world.env.vars.insert("VISUAL".into(), "vim 'x".into());
    Arc::make_mut(&mut session.unit).path = log.into();
    std::fs::write(&session.unit.path, "x").unwrap();
    assert!(
        world
            .refused(&session, Act::Editor)
            .contains("VISUAL: a quote")
    );
    world.env.vars.clear();
    assert!(
        world
            .refused(&session, Act::Editor)
            .contains("VISUAL nor EDITOR")
    );
}

/// C4: less may start nothing of its own.
#[test]
fn a_text_is_read_in_the_pager_and_a_file_in_the_editor() {
    let mut world = World::new();
    let made = page(&world.env, &"one\ntwo\n".into(), "md", Some(2)).unwrap();
    let said = words(&made.call);
    assert_eq!((&*said[0], &*said[1]), ("/bin/less", "+2"));
    assert_eq!(std::fs::read_to_string(&said[2]).unwrap(), "one\ntwo\n");
    assert_eq!(made.call.vars, [("LESSSECURE", "1")]);
    world.env.vars.insert("VISUAL".into(), "code --wait".into());
    let file = world.dir().join("main.rs");
    std::fs::write(&file, "").unwrap();
    let made = edit(&world.env, &file, Some(7)).unwrap();
    let place = format!("{}:7", file.display());
    assert_eq!(words(&made.call), ["/bin/code", "--wait", "--goto", &place]);
    assert!(edit(&world.env, Path::new("main.rs"), None).is_err());
    assert!(edit(&world.env, &world.dir(), None).is_err());
}

/// UX 7: a picture in a file that a log names is opened itself, if its bytes and its name say that it is one; never a
/// page that begins like one.
#[test]
fn a_picture_is_judged_by_its_bytes_and_its_name() {
    let world = World::new();
    use std::os::unix::fs::PermissionsExt as _;
    let png = b"\x89PNG\r\n\x1a\nrest of it";
    let put = |name: &str, bytes: &[u8]| {
        let path = world.dir().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let opened = |path: &Path| {
        let made = picture_file(&world.env, path)?;
        Ok::<_, Refusal>(PathBuf::from(words(&made.call).last().unwrap()))
    };
    let whole = put("--a.PNG", png);
    assert_eq!(opened(&whole).unwrap(), whole);
    // A desktop would take it for a page and run what is in it.
    let page = put("page.html", b"BM<script>x</script>");
    let copy = opened(&page).unwrap();
    assert!(
        copy != page && copy.extension().unwrap() == "bmp",
        "{copy:?}"
    );
    assert_eq!(copy.metadata().unwrap().permissions().mode() & 0o777, 0o400);
    // A link counts for what it leads to.
    let link = world.dir().join("link.png");
    std::os::unix::fs::symlink(put("tool.sh", b"#!/bin/sh\n"), &link).unwrap();
    assert_eq!(opened(&link), Err(Refusal::NoPicture));
    assert_eq!(opened(&put("b.svg", b"<svg/>")), Err(Refusal::NoPicture));
    for odd in [world.dir(), world.dir().join("gone.png"), "a.png".into()] {
        assert!(matches!(opened(&odd), Err(Refusal::Unreadable { .. })));
    }
}
