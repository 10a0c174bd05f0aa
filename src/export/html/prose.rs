//! Markdown of others as HTML: parsed into a tree of our own, which a template writes. Raw HTML is the text it is, images
//! are links, and a link leads nowhere but to http, https, mailto or a place beside the page.

use maud::{Markup, html};
use pulldown_cmark::{Alignment, CodeBlockKind, Event, LinkType, Options, Parser, Tag, TagEnd};

use super::ink;

/// What is nested deeper than this stands at this depth.
const DEPTH: usize = 24;
/// Where a link leads learns nothing of where it stood.
const REL: &str = "noopener noreferrer nofollow";

/// A piece of a text.
pub enum Node {
    Text(String),
    Code(String),
    Break,
    Space,
    Rule,
    Task(bool),
    Block { language: String, text: String },
    Held(Holder, Vec<Node>),
}

/// What holds other pieces.
#[derive(Clone)]
pub enum Holder {
    /// Nothing that is shown.
    Bare,
    Paragraph,
    Heading(usize),
    Quote,
    List(Option<u64>),
    Item,
    Emphasis,
    Strong,
    Strike,
    /// Without an address where that is not one we lead to.
    Link(Option<String>),
    Image(Option<String>),
    Table(Vec<Alignment>),
    Head,
    Row,
    Cell,
}

/// A text as a tree, at most [`DEPTH`] deep.
pub fn parse(text: &str) -> Vec<Node> {
    let options =
        Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let mut tree = Tree {
        open: vec![(Holder::Bare, Vec::new())],
        skipped: Vec::new(),
        code: None,
    };
    for event in Parser::new_ext(text, options) {
        tree.event(event);
    }
    tree.finish()
}

struct Tree {
    open: Vec<(Holder, Vec<Node>)>,
    /// For each tag that is open, whether it was too deep to be held.
    skipped: Vec<bool>,
    code: Option<(String, String)>,
}

impl Tree {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(Tag::CodeBlock(kind)) => {
                let language = match kind {
                    CodeBlockKind::Fenced(info) => info
                        .split([' ', ',', '{'])
                        .next()
                        .unwrap_or_default()
                        .to_lowercase(),
                    CodeBlockKind::Indented => String::new(),
                };
                self.code = Some((language, String::new()));
            }
            Event::End(TagEnd::CodeBlock) => {
                if let Some((language, text)) = self.code.take() {
                    self.put(Node::Block { language, text });
                }
            }
            Event::Start(tag) => {
                let holder = holder(tag);
                let is_deep = self.open.len() > DEPTH;
                self.skipped.push(is_deep);
                if !is_deep {
                    self.open.push((holder, Vec::new()));
                }
            }
            Event::End(_) => self.end(),
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => {
                match &mut self.code {
                    Some((_, body)) => body.push_str(&text),
                    None => self.put(Node::Text(text.into_string())),
                }
            }
            Event::Code(text) => self.put(Node::Code(text.into_string())),
            Event::SoftBreak => self.put(Node::Space),
            Event::HardBreak => self.put(Node::Break),
            Event::Rule => self.put(Node::Rule),
            Event::TaskListMarker(done) => self.put(Node::Task(done)),
            _ => {}
        }
    }

    fn put(&mut self, node: Node) {
        if let Some((_, nodes)) = self.open.last_mut() {
            nodes.push(node);
        }
    }

    fn end(&mut self) {
        if self.skipped.pop() == Some(false) {
            self.close();
        }
    }

    fn close(&mut self) {
        if self.open.len() > 1
            && let Some((holder, nodes)) = self.open.pop()
        {
            self.put(Node::Held(holder, nodes));
        }
    }

    fn finish(mut self) -> Vec<Node> {
        while self.open.len() > 1 {
            self.close();
        }
        self.open.pop().map(|(_, nodes)| nodes).unwrap_or_default()
    }
}

fn holder(tag: Tag<'_>) -> Holder {
    match tag {
        Tag::Paragraph => Holder::Paragraph,
        Tag::Heading { level, .. } => Holder::Heading(level as usize),
        Tag::BlockQuote(_) => Holder::Quote,
        Tag::List(first) => Holder::List(first),
        Tag::Item => Holder::Item,
        Tag::Emphasis => Holder::Emphasis,
        Tag::Strong => Holder::Strong,
        Tag::Strikethrough => Holder::Strike,
        Tag::Link {
            link_type: LinkType::Email,
            dest_url,
            ..
        } => Holder::Link(address(&format!("mailto:{dest_url}"))),
        Tag::Link { dest_url, .. } => Holder::Link(address(&dest_url)),
        Tag::Image { dest_url, .. } => Holder::Image(address(&dest_url)),
        Tag::Table(alignments) => Holder::Table(alignments),
        Tag::TableHead => Holder::Head,
        Tag::TableRow => Holder::Row,
        Tag::TableCell => Holder::Cell,
        _ => Holder::Bare,
    }
}

/// An address that may be led to: http, https, mailto, or one beside the page. Browsers leave out white space and
/// control characters before they look at the scheme, so it is judged without them.
pub fn address(url: &str) -> Option<String> {
    let url: String = url
        .chars()
        .filter(|c| !c.is_control() && !c.is_whitespace())
        .collect();
    let end = url.find(['/', '?', '#', '\\']).unwrap_or(url.len());
    let start = url.get(..end).unwrap_or_default();
    let is_fine = match start.split_once(':') {
        Some((scheme, _)) => ["http", "https", "mailto"]
            .iter()
            .any(|known| scheme.eq_ignore_ascii_case(known)),
        // Two slashes name another machine, by whatever scheme the page itself came.
        None => !start.is_empty() || (!url.is_empty() && !url.replace('\\', "/").starts_with("//")),
    };
    is_fine.then_some(url)
}

/// The tree as HTML.
pub fn write(nodes: &[Node]) -> Markup {
    html! { @for node in nodes { (one(node)) } }
}

fn one(node: &Node) -> Markup {
    html! {
        @match node {
            Node::Text(text) => { (text) }
            Node::Code(text) => { code { (text) } }
            Node::Break => { br; }
            Node::Space => { "\n" }
            Node::Rule => { hr; }
            Node::Task(true) => { "☑ " }
            Node::Task(false) => { "☐ " }
            Node::Block { language, text } => { (ink::block(language, text)) }
            Node::Held(holder, nodes) => { (held(holder, nodes)) }
        }
    }
}

fn held(holder: &Holder, nodes: &[Node]) -> Markup {
    html! {
        @match holder {
            Holder::Paragraph => { p { (write(nodes)) } }
            // The first two are ours.
            Holder::Heading(1) => { h3 { (write(nodes)) } }
            Holder::Heading(2) => { h4 { (write(nodes)) } }
            Holder::Heading(3) => { h5 { (write(nodes)) } }
            Holder::Heading(_) => { h6 { (write(nodes)) } }
            Holder::Quote => { blockquote { (write(nodes)) } }
            Holder::List(Some(first)) => { ol start=(first) { (write(nodes)) } }
            Holder::List(None) => { ul { (write(nodes)) } }
            Holder::Item => { li { (write(nodes)) } }
            Holder::Emphasis => { em { (write(nodes)) } }
            Holder::Strong => { strong { (write(nodes)) } }
            Holder::Strike => { del { (write(nodes)) } }
            Holder::Link(Some(to)) => { a href=(to) rel=(REL) { (write(nodes)) } }
            Holder::Link(None) => { span.dead { (write(nodes)) } }
            Holder::Image(Some(to)) => { a href=(to) rel=(REL) { "image: " (write(nodes)) } }
            Holder::Image(None) => { span.dead { "image: " (write(nodes)) } }
            Holder::Table(alignments) => { div.wide { table { (rows(nodes, alignments)) } } }
            // Outside of a table there are no cells.
            Holder::Bare | Holder::Head | Holder::Row | Holder::Cell => { (write(nodes)) }
        }
    }
}

fn rows(nodes: &[Node], alignments: &[Alignment]) -> Markup {
    html! {
        @for node in nodes {
            @if let Node::Held(holder, cells) = node {
                tr {
                    @for (at, cell) in cells.iter().enumerate() {
                        @let class = side(alignments.get(at));
                        @if let Node::Held(_, nodes) = cell {
                            @if matches!(holder, Holder::Head) {
                                th class=[class] { (write(nodes)) }
                            } @else {
                                td class=[class] { (write(nodes)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn side(alignment: Option<&Alignment>) -> Option<&'static str> {
    match alignment {
        Some(Alignment::Right) => Some("right"),
        Some(Alignment::Center) => Some("centre"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// X1: only these schemes, judged as a browser does.
    #[test]
    fn links_lead_where_they_may() {
        for fine in [
            "https://a.example/x",
            "HTTP://a.example",
            "mailto:a@b.example",
            "src/lib.rs",
            "./a:b",
            "#m61",
            "?q=a:b",
            "/etc/hosts",
        ] {
            assert_eq!(address(fine).as_deref(), Some(fine));
        }
        for bad in [
            "javascript:x()",
            "java\tscript:x()",
            " \u{1}javascript:x()",
            "VBScript:x",
            "data:text/html,x",
            "file:///etc/passwd",
            "//evil.example/x",
            "\\\\evil.example\\x",
            "/\\evil.example",
            "",
        ] {
            assert_eq!(address(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn depth_is_bounded() {
        for text in [
            ">".repeat(100_000),
            "- ".repeat(50_000),
            "*a ".repeat(50_000),
        ] {
            assert!(!write(&parse(&text)).into_string().is_empty());
        }
    }

    #[test]
    fn html_is_text_and_the_rest_is_what_it_says() {
        let page = |text: &str| write(&parse(text)).into_string();
        assert_eq!(
            page("a <b>c</b> & *d*"),
            "<p>a &lt;b&gt;c&lt;/b&gt; &amp; <em>d</em></p>"
        );
        assert_eq!(page("# One\n\n## Two"), "<h3>One</h3><h4>Two</h4>");
        assert_eq!(
            page("1. a\n2. b"),
            "<ol start=\"1\"><li>a</li><li>b</li></ol>"
        );
        assert_eq!(
            page("| a | b |\n|---|--:|\n| 1 | 2 |"),
            "<div class=\"wide\"><table><tr><th>a</th><th class=\"right\">b</th></tr>\
             <tr><td>1</td><td class=\"right\">2</td></tr></table></div>"
        );
        assert!(page("![x](https://a.example/p.png)").starts_with("<p><a href="));
    }
}
