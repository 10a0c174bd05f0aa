//! Themes can be read, whoever made them (UX 10, R19).

use std::collections::HashSet;
use std::sync::Arc;

use super::*;
use crate::model::{Change, Conversation, Edit, Message, Part, SessionId, SourceId};
use crate::render::code::highlight;
use crate::render::document::{Document, Look};
use crate::sources::tools;

#[test]
fn every_table_is_whole() {
    for kind in ThemeKind::ALL {
        let table: Table = toml::from_str(kind.text()).unwrap();
        assert_eq!((table.cost.len(), table.source.len()), (5, 8), "{kind:?}");
        let rich = Theme::built_in(kind).is_rich();
        assert_eq!(rich, table.background.is_some(), "{kind:?}");
    }
}

/// UX 10: 4.5 to 1 for text, 3 to 1 for marks; high contrast has 7 for text.
#[test]
fn what_comes_with_the_program_can_be_read() {
    let mut measured = 0;
    for kind in ThemeKind::ALL {
        let theme = Theme::built_in(kind);
        assert_eq!(theme.faint(), [], "{kind:?}");
        measured += usize::from(theme.background().is_some());
        let high = matches!(
            kind,
            ThemeKind::HighContrastDark | ThemeKind::HighContrastLight
        );
        for role in [Role::Text, Role::Dim, Role::Tool, Role::Error, Role::Link]
            .iter()
            .filter(|_| high)
        {
            let ratio =
                contrast::ratio(theme.style(*role).fg.unwrap(), theme.background().unwrap());
            assert!(ratio.unwrap() >= 7.0, "{kind:?} {role:?} {ratio:?}");
        }
    }
    assert_eq!(measured, 6);
}

/// UX 7, 10: a hit, and the one that one is at, are told apart from the text and from each other: by more than a colour,
/// and also on the line of the cursor.
#[test]
fn the_hit_that_one_is_at_is_told_from_the_others() {
    use ratatui::text::{Line, Span};
    for kind in ThemeKind::ALL {
        let theme = Theme::built_in(kind);
        let styles = [
            Style::new(),
            theme.style(Role::Hit),
            theme.style(Role::HitHere),
        ];
        let line = Line::from(styles.map(|style| Span::styled("x", style)).to_vec());
        for line in [line.clone(), selected(line, &theme)] {
            let seen = |n: usize| {
                let style = line.spans[n].style;
                (style.fg, style.bg, style.add_modifier)
            };
            assert!(seen(0) != seen(1) && seen(0) != seen(2), "{kind:?}");
            assert_ne!(seen(1).2, seen(2).2, "{kind:?}");
        }
    }
}

/// What is added and removed, and good and bad, stay apart without red and green: one is bluer, the other redder.
#[test]
fn colour_blind_themes_use_blue_and_orange() {
    for kind in [ThemeKind::ColourBlindDark, ThemeKind::ColourBlindLight] {
        let theme = Theme::built_in(kind);
        for (cool, warm) in [
            (Role::Add, Role::Remove),
            (Role::AddStrong, Role::RemoveStrong),
            (Role::Accent, Role::Error),
        ] {
            let parts = |role| match theme.style(role).fg {
                Some(Color::Rgb(r, _, b)) => (r, b),
                other => panic!("{other:?}"),
            };
            let ((r, b), (x, z)) = (parts(cool), parts(warm));
            assert!(b > r && x > z, "{kind:?} {cool:?} {warm:?}");
        }
    }
}

#[test]
fn only_own_colours_need_a_rich_terminal() {
    for kind in [ThemeKind::Sixteen, ThemeKind::Mono] {
        assert!(
            !kind.text().contains('#') || !kind.text().contains("\"#"),
            "{kind:?}"
        );
    }
}

#[test]
fn a_file_says_what_differs_from_its_base() {
    let (theme, flaws) = read(
        "inherit = \"light\"\nbackground = \"#fdf6e3\"\npaint = true\naccent = \"#005f87\"\nhit = { fg = \"black\", bg = \"#ffd75f\" }\n",
    );
    assert_eq!(flaws, []);
    assert!(theme.is_light());
    assert_eq!(
        theme.style(Role::Accent).fg,
        Some(Color::Rgb(0, 0x5f, 0x87))
    );
    assert_eq!(
        theme.style(Role::Error),
        Theme::built_in(ThemeKind::Light).style(Role::Error)
    );
    assert_eq!(theme.painted().unwrap().0, Color::Rgb(0xfd, 0xf6, 0xe3));
    assert_eq!(Theme::built_in(ThemeKind::Light).painted(), None);
    assert_eq!(read("").0, Theme::built_in(ThemeKind::Dark));
}

/// R19: a mistake costs one role.
#[test]
fn mistakes_are_told_with_their_place() {
    for (text, what) in [
        ("acent = \"red\"", "no role acent"),
        ("accent = 3", "accent: must be a colour"),
        ("accent = \"reddish\"", "accent: reddish is no colour"),
        ("hit = { gb = \"red\" }", "hit: gb is not one of fg, bg"),
        ("hit = { bold = 1 }", "hit: bold must be true or false"),
        ("cost = [\"red\"]", "cost: must be a list of 5 colours"),
        ("inherit = \"drak\"", "drak is no theme to inherit"),
        ("inherit = 1", "inherit must name a theme"),
        ("paint = \"yes\"", "paint must be true or false"),
        ("accent = ", ""),
    ] {
        let (theme, flaws) = read(&format!("error = \"#ff0000\"\n{text}\n"));
        assert_eq!(flaws.len(), 1, "{text}: {flaws:?}");
        assert!(
            flaws[0].what.contains(what) && flaws[0].at >= 18,
            "{flaws:?}"
        );
        assert_eq!(
            theme.style(Role::Error).fg,
            Some(Color::Rgb(255, 0, 0)),
            "{text}"
        );
    }
    for text in [
        "[",
        "= =",
        "\"",
        "[[a]]",
        "base00",
        "base00: zz",
        "base00: 123456",
    ] {
        let _ = read(text);
    }
}

#[test]
fn what_is_too_faint_is_named() {
    let (theme, _) = read(
        "background = \"#ffffff\"\ninherit = \"light\"\ndim = \"#aaaaaa\"\nborder = \"#eeeeee\"\n",
    );
    let faint: Vec<String> = theme.faint().into_iter().map(|f| f.role).collect();
    assert_eq!(faint, ["dim", "border"]);
}

/// A scheme as it is shared, in both of its forms.
#[test]
fn base16_schemes_are_read() {
    let colours = [
        "101216", "1a1d23", "2a2f38", "4b5263", "8b93a3", "c3c9d4", "d8dce4", "f0f2f6", "d05c65",
        "c98a5a", "d8b56c", "8fb573", "5fb0b7", "6a9fdc", "b48ad0", "a06a4c",
    ];
    let lines = |sep: &str| {
        let line = |(n, hex): (usize, &&str)| format!("  base0{n:X}{sep} \"{hex}\"  # a colour\n");
        colours.iter().enumerate().map(line).collect::<String>()
    };
    let yaml = format!("scheme: \"Slate\"\nauthor: \"nobody\"\n{}", lines(":"));
    let toml = format!("name = \"Slate\"\n[palette]\n{}", lines(" ="));
    let (theme, flaws) = read(&yaml);
    assert_eq!((flaws, theme.clone()), (Vec::new(), read(&toml).0));
    assert!(!theme.is_light() && theme.is_rich());
    assert_eq!(
        theme.faint(),
        [],
        "what is hard to read is brought nearer to the text"
    );
    assert_eq!(
        theme.style(Role::Text).fg,
        Some(Color::Rgb(0xc3, 0xc9, 0xd4))
    );
    // The same upside down is a light one.
    let light = yaml
        .replace("101216", "f9f9f4")
        .replace("c3c9d4", "3a3f4a")
        .replace("f0f2f6", "20242c");
    let (theme, flaws) = read(&light);
    assert_eq!(
        (flaws.len(), theme.is_light(), theme.faint()),
        (0, true, Vec::new())
    );
    let (_, flaws) = read(&yaml.replace("d8b56c", "yellow"));
    assert!(flaws[0].what.contains("base0a is no colour"), "{flaws:?}");
    assert!(flaws[1].what.contains("base0A is missing"), "{flaws:?}");
}

/// A conversation with code of several grammars: in a block, in JSON, and as edits that change words.
fn code(theme: &Theme) -> Document {
    let samples = [
        (
            "rs",
            "/// Why.\nfn add(map: &Map) -> u32 {\n    let name = \"x\"; // why\n    return map.len() + 41;\n}\n",
        ),
        (
            "py",
            "# why\n@cached\ndef add(self, map=None):\n    return f\"{map!r}\" + str(41) + self.name\n",
        ),
        (
            "ts",
            "// why\nexport const add = async (map: Map<string, number>) => `${map.size}` + 41 / 2;\n",
        ),
        (
            "md",
            "# Heading\n\nText with `code`, *stress* and [a link](https://example.org).\n",
        ),
    ];
    let json = tools::call("j", "Look", "{\"deep\": {\"a\": [1, true]}}");
    let mut parts = vec![Part::ToolCall(Box::new(json))];
    for (n, (ending, text)) in samples.iter().enumerate() {
        parts.push(Part::Text(
            format!("```{ending}\n{text}```\n").as_str().into(),
        ));
        let mut call = tools::call(&n.to_string(), "Edit", "{}");
        call.edits = vec![Edit {
            path: Some(format!("a.{ending}").as_str().into()),
            change: Change::Replace {
                old: (*text).into(),
                new: text
                    .replace("map", "context")
                    .replace("41", "412")
                    .replace("why", "why not")
                    .as_str()
                    .into(),
            },
        }];
        parts.push(Part::ToolCall(Box::new(call)));
    }
    let mut message = Message::new(1, crate::model::Role::Assistant, None);
    message.parts = parts;
    let talk = Conversation {
        id: SessionId::new(SourceId("made-up"), "1"),
        messages: vec![Arc::new(message)],
        odd: 0,
    };
    let look = Look {
        theme: theme.clone(),
        ascii: false,
        zone: jiff::tz::TimeZone::UTC,
        mask: None,
    };
    let mut document = Document::new(Arc::new(talk), Arc::new(look));
    document.fold_all(true);
    document.set_size(100, 400);
    for job in document.take_wanted() {
        document.set_ink(highlight(&job));
    }
    document
}

/// UX 10: 4.5 to 1 for text, also for code, wherever it stands: on raised ground, added, taken away, on words that
/// changed and under the cursor.
#[test]
fn code_can_be_read_on_every_ground() {
    for kind in ThemeKind::ALL {
        let theme = Theme::built_in(kind);
        if !theme.is_rich() {
            continue;
        }
        let document = code(&theme);
        let mut pairs = HashSet::new();
        for line in document.lines() {
            let picked = selected(line.clone(), &theme);
            for span in line.spans.iter().chain(&picked.spans) {
                if !span.content.chars().any(char::is_alphanumeric) {
                    continue;
                }
                let bg = span.style.bg.or(theme.background()).unwrap();
                // What has no colour has the terminal's own.
                let Some(fg) = span.style.fg else { continue };
                let ratio = contrast::ratio(fg, bg).unwrap();
                assert!(
                    ratio >= 4.5,
                    "{kind:?}: {ratio:.2}, {fg} on {bg}: {}",
                    span.content
                );
                pairs.insert((fg, bg));
            }
        }
        let grounds: HashSet<Color> = pairs.iter().map(|(_, bg)| *bg).collect();
        assert!(
            grounds.len() >= 7 && pairs.len() >= 30,
            "{kind:?}: {}, {}",
            grounds.len(),
            pairs.len()
        );
    }
}
