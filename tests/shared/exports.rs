//! Whatever a log says, what leaves as a file is only that: text. RELIABILITY X1 to X4 over the hostile set.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use backscroll::env::Env;
use backscroll::export::{FORMATS, Format, Parts, folder::Folder, name, write};
use backscroll::index::Index;
use backscroll::ingest::{self, Choice, Reading};
use backscroll::model::{Conversation, Role, Row};
use backscroll::redact::{Outlet, Scanner, Secrets};
use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};
use scraper::{Html, Node, Selector};
use serde_json::Value;

use super::hostile;

/// Larger logs are looked at by other tests, and would only take time here.
const LARGEST: u64 = 1 << 20;

struct Read {
    _dir: tempfile::TempDir,
    manifest: Value,
    scanner: Scanner,
    sessions: Vec<(Arc<Row>, Conversation)>,
}

impl Read {
    fn new() -> Read {
        let dir = tempfile::tempdir().unwrap();
        let manifest = hostile::make(dir.path());
        let cache = dir.path().join("our-cache");
        let mut env = Env::bare(
            &dir.path().join("home"),
            "2026-11-21T00:00:00Z".parse().unwrap(),
        );
        env.vars.insert("BACKSCROLL_CACHE".into(), cache.into());
        let mut index = Index::default();
        index.apply(ingest::load(&env, &Choice::default()));
        let mut sessions = Vec::new();
        for row in index.rows() {
            let mut reading = Reading::new(&row.session);
            if row.session.size.is_none_or(|size| size <= LARGEST) && reading.read(&env).is_ok() {
                sessions.push((row.clone(), reading.conversation()));
            }
        }
        Read {
            _dir: dir,
            manifest,
            scanner: Scanner::new(),
            sessions,
        }
    }

    fn export(&self, format: Format, row: &Row, conversation: &Conversation) -> String {
        let mut outlet = Outlet::new(&self.scanner, Secrets::Keep);
        let mut out = Vec::new();
        let parts = Parts::ALL;
        write(format, row, conversation, &parts, &mut outlet, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    /// The sessions of the cases about exports, by the case's name.
    fn cases(&self) -> Vec<(&str, &Row, &Conversation)> {
        let cases = self.manifest["cases"].as_array().unwrap().iter();
        let mut found = Vec::new();
        for case in cases.filter(|case| case["category"] == "export") {
            let name = case["id"].as_str().unwrap();
            let id = case["expect"]["session_ids"][0].as_str().unwrap();
            let mut all = self.sessions.iter();
            let (row, conversation) = all
                .find(|(row, _)| &*row.id().native == id)
                .unwrap_or_else(|| panic!("{name} is not there"));
            found.push((name, &**row, conversation));
        }
        found
    }
}

const ELEMENTS: &[&str] = &[
    "html",
    "head",
    "meta",
    "title",
    "style",
    "body",
    "header",
    "nav",
    "main",
    "footer",
    "article",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "p",
    "dl",
    "div",
    "dt",
    "dd",
    "a",
    "small",
    "strong",
    "em",
    "del",
    "ins",
    "code",
    "pre",
    "span",
    "br",
    "hr",
    "ul",
    "ol",
    "li",
    "blockquote",
    "table",
    "tbody",
    "tr",
    "th",
    "td",
    "details",
    "summary",
];
const ATTRIBUTES: &[&str] = &[
    "class",
    "id",
    "href",
    "rel",
    "start",
    "lang",
    "charset",
    "name",
    "content",
    "http-equiv",
];

/// What is wrong with a page, as a browser would take it apart.
fn wrong(page: &str, checks: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    let document = Html::parse_document(page);
    let marker = checks["marker"].as_str().unwrap();
    let forbidden: BTreeSet<&str> = checks["no_elements"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_str)
        .collect();
    for selector in &forbidden {
        let selector = Selector::parse(selector).unwrap();
        if let Some(element) = document.select(&selector).next() {
            wrong.push(format!("{} is active", element.html()));
        }
    }
    let (mut styles, mut policies) = (0, 0);
    for node in document.tree.values() {
        match node {
            Node::Element(element) => {
                let tag = element.name();
                styles += usize::from(tag == "style");
                if !ELEMENTS.contains(&tag) {
                    wrong.push(format!("<{tag}> is not ours"));
                }
                for (name, value) in element.attrs() {
                    if !ATTRIBUTES.contains(&name) || name.starts_with("on") {
                        wrong.push(format!("{name}={value} is not ours"));
                    }
                    policies += usize::from(value == "Content-Security-Policy");
                    let leads = name == "href" && leads_out(value);
                    if value.contains(marker) && !leads {
                        wrong.push(format!("{name}={value} holds the marker"));
                    }
                    if name == "href"
                        && !leads
                        && value
                            .split(['/', '?', '#'])
                            .next()
                            .unwrap_or("")
                            .contains(':')
                    {
                        wrong.push(format!("href={value} has a bad scheme"));
                    }
                }
            }
            Node::Comment(comment) => wrong.push(format!("a comment: {}", &**comment)),
            _ => {}
        }
    }
    if (styles, policies) != (1, 1) {
        wrong.push(format!("{styles} styles and {policies} policies"));
    }
    let style = Selector::parse("style").unwrap();
    let text: String = document.select(&style).flat_map(|s| s.text()).collect();
    if text.contains("@import") || text.contains("url(") {
        wrong.push("the style loads something".to_owned());
    }
    wrong
}

fn leads_out(url: &str) -> bool {
    let url = url.to_ascii_lowercase();
    ["http:", "https:", "mailto:"]
        .iter()
        .any(|scheme| url.starts_with(scheme))
}

/// X1: 28 payloads in every field, and all other sessions of the set.
#[test]
fn a_page_does_nothing() {
    let read = Read::new();
    let checks = &read.manifest["canaries"]["html_checks"];
    let articles = Selector::parse("article").unwrap();
    for (row, conversation) in &read.sessions {
        let page = read.export(Format::Html, row, conversation);
        let wrong = wrong(&page, checks);
        assert!(wrong.is_empty(), "{}: {}", row.id(), wrong.join("\n"));
        let document = Html::parse_document(&page);
        let ids: Vec<String> = document
            .select(&articles)
            .map(|article| article.value().id().unwrap().to_owned())
            .collect();
        let numbers = conversation.messages.iter().filter(|m| Parts::ALL.shows(m));
        let numbers: Vec<String> = numbers.map(|m| format!("m{}", m.number)).collect();
        assert_eq!(ids, numbers, "{}", row.id());
    }
    let html = read.cases();
    let html = html.iter().filter(|(name, _, _)| name.starts_with("html-"));
    let mut seen = 0;
    for (name, row, conversation) in html {
        let key = name.trim_start_matches("html-").replace('-', "_");
        let payload = read.manifest["canaries"]["html"][key].as_str().unwrap();
        let page = read.export(Format::Html, row, conversation);
        let document = Html::parse_document(&page);
        let text: String = document.root_element().text().collect();
        // It is there to be read, as text.
        let first = payload.split_whitespace().next().unwrap();
        assert!(text.contains(first), "{name}: {first} is lost");
        seen += 1;
    }
    assert_eq!(seen, 28);
}

/// X1 to X4: every labelled case leaves in every format that holds what was said, with what was asked in it.
#[test]
fn every_labelled_case_leaves() {
    let read = Read::new();
    let mut judged = 0;
    for (name, row, conversation) in read.cases() {
        for format in [Format::Text, Format::Json, Format::DeepEval, Format::Evals] {
            let text = read.export(format, row, conversation);
            assert!(
                text.contains(&format!("needle-{name}")),
                "{name}, {format:?}"
            );
        }
        judged += 1;
    }
    assert_eq!(judged, 46);
    assert_eq!(read.manifest["counts"]["by_category"]["export"], judged);
}

/// Roles of the turns that a reader of the Markdown finds.
fn turns(markdown: &str, options: Options) -> Vec<String> {
    let mut found = Vec::new();
    let mut open: Option<String> = None;
    for event in Parser::new_ext(markdown, options) {
        match event {
            Event::Start(Tag::Heading { level, .. }) if level <= HeadingLevel::H2 => {
                open = Some(String::new());
            }
            Event::End(TagEnd::Heading(_)) => found.extend(open.take()),
            Event::Text(text) => {
                if let Some(open) = &mut open {
                    open.push_str(&text);
                }
            }
            Event::Html(text) | Event::InlineHtml(text) => found.push(format!("HTML {text}")),
            _ => {}
        }
    }
    found
}

/// X2: the turns that are read again are those of the conversation, by number and role.
#[test]
fn markdown_parses_back_to_its_turns() {
    let read = Read::new();
    let gfm = Options::ENABLE_TABLES
        | Options::ENABLE_GFM
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS;
    for (row, conversation) in &read.sessions {
        let text = read.export(Format::Markdown, row, conversation);
        let shown = conversation.messages.iter().filter(|m| Parts::ALL.shows(m));
        let roles: Vec<&str> = shown
            .map(|message| match message.role {
                Role::User => "You",
                Role::Assistant => "Agent",
                Role::System => "System",
            })
            .collect();
        for options in [Options::empty(), gfm] {
            let found = turns(&text, options);
            let heads: Vec<&str> = found
                .iter()
                .skip(1)
                .map(|turn| turn.split(' ').next().unwrap_or_default())
                .collect();
            assert_eq!(heads, roles, "{}", row.id());
        }
    }
    let cases = read.cases();
    let markdown = cases.iter().filter(|(name, _, _)| name.starts_with("md-"));
    assert_eq!(markdown.count(), 15);
}

/// X3: valid for every parser, and one value on each line for every splitter.
#[test]
fn json_is_valid_for_everyone() {
    let read = Read::new();
    for (row, conversation) in &read.sessions {
        // A patch is of what was changed, which most sessions here did not, and its bytes are those of files.
        for card in FORMATS.iter().filter(|card| card.format != Format::Patch) {
            let text = read.export(card.format, row, conversation);
            let strange =
                |c: char| matches!(c, '\0'..='\x08' | '\x0b'..='\x1f' | '\x7f'..='\u{9f}');
            assert!(!text.contains(strange), "{}: {}", card.name, row.id());
            if card.extension == "json" {
                assert!(
                    serde_json::from_str::<Value>(&text).is_ok(),
                    "{}: {}",
                    card.name,
                    row.id()
                );
            }
            if matches!(card.extension, "json" | "jsonl") {
                assert!(
                    !text.contains(['\u{2028}', '\u{2029}', '\r']),
                    "{}",
                    row.id()
                );
            }
            if card.format == Format::Evals {
                let ends = [
                    '\n', '\r', '\u{b}', '\u{c}', '\u{1c}', '\u{1d}', '\u{1e}', '\u{85}',
                    '\u{2028}', '\u{2029}',
                ];
                for line in text.split_terminator(ends) {
                    let value: Value = serde_json::from_str(line).unwrap();
                    let messages = value["messages"].as_array().unwrap();
                    assert!(
                        messages
                            .iter()
                            .all(|m| m["role"].is_string() && m["content"].is_string())
                    );
                }
            }
        }
    }
}

/// X4: names are ours, in the folder that was chosen.
#[test]
fn names_are_plain_and_stay_inside() {
    let read = Read::new();
    let dir = tempfile::tempdir().unwrap();
    let place = dir.path().join("chosen");
    let mut folder = Folder::open(&place).unwrap();
    let mut names = BTreeSet::new();
    for (row, _) in &read.sessions {
        let name = folder.name(&row.session, Format::Markdown);
        for name in [&name, &name::long(&row.session, Format::Html)] {
            let stem = Path::new(name).file_stem().unwrap().to_str().unwrap();
            let is_plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
            assert!(
                (1..=80).contains(&stem.len()) && stem.bytes().all(is_plain),
                "{name}"
            );
        }
        assert!(names.insert(name.clone()), "{name} is given twice");
    }
    assert!(names.len() > 100);
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
}
