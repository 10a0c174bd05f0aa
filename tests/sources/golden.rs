//! What is told of each home, one snapshot a home. Every value in them was worked out from the format pages by hand
//! before it was accepted; a snapshot that moves is a claim about a format.

use std::collections::BTreeMap;
use std::fmt::Write;

use backscroll::index::Index;
use backscroll::ingest::{self, Choice};
use backscroll::model::{
    Conversation, Lane, Mark, Message, NoticeKind, Part, Rate, Role, Row, Spend, Sums, TitleRank,
    Usage,
};
use backscroll::sources;

use super::homes::{Reader, World, fixtures};

#[test]
fn every_home_is_told_as_its_format_says() {
    let settings = || {
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path("snapshots");
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings
    };
    for fixture in fixtures() {
        let name = fixture.title().replace('/', "-");
        let world = fixture.make();
        let told = tell(&world).replace(world.home.to_str().unwrap(), "~");
        settings().bind(|| insta::assert_snapshot!(name, told));
    }
}

fn tell(world: &World) -> String {
    let mut index = Index::default();
    let delta = ingest::load(&world.env, &Choice::default());
    let mut spends = BTreeMap::new();
    for told in &delta.told {
        let unit = told.session.unit.path.clone();
        spends.insert(
            (told.session.id.native.clone(), unit),
            told.spends.iter().collect::<Vec<_>>(),
        );
    }
    index.apply(delta);
    let mut out = String::new();
    let units = world.units();
    let is_unit = |path: &std::path::Path| units.iter().any(|unit| *unit.path == *path);
    for file in super::homes::files_below(&world.home) {
        let mark = if is_unit(&file) { "+" } else { " " };
        writeln!(out, "{mark} {}", world.short(&file)).unwrap();
    }
    for odd in index.odd() {
        let path = world.short(&odd.unit.path);
        writeln!(out, "odd {path}: {:?} {:?}", odd.counts, odd.error).unwrap();
    }
    for row in index.rows() {
        out.push('\n');
        session(&mut out, row);
        let native = row.id().native.split('#').next().unwrap_or_default();
        let id = (native.into(), row.session.unit.path.clone());
        if let Some(spends) = spends.get(&id).filter(|s| !s.is_empty()) {
            writeln!(out, "   lines of tokens: {}", marks(spends)).unwrap();
        }
        let conversation = Reader::new(&world.env, &row.session).read();
        talk(&mut out, &conversation);
    }
    out
}

/// Where the tokens of a log come from, before the ledger decides whose they are.
fn marks(spends: &[Spend]) -> String {
    let marks = spends.iter().map(|spend| {
        let mark = match spend.same.map(|same| same.mark) {
            None => "loose",
            Some(Mark::Own) => "own",
            Some(Mark::Copied) => "copied",
            Some(Mark::Side) => "side",
        };
        let rate = match spend.rate {
            Rate::Standard => "",
            Rate::Fast => " fast",
            Rate::Priority => " priority",
            Rate::Batch => " batch",
        };
        format!("{mark}{rate} {}", spend.usage.total())
    });
    marks.collect::<Vec<_>>().join(", ")
}

fn session(out: &mut String, row: &Row) {
    let s = &*row.session;
    let text = |value: Option<&str>| value.unwrap_or("-").to_owned();
    let time = |value: Option<jiff::Timestamp>| text(value.map(|t| t.to_string()).as_deref());
    let parent = s.parent.as_deref().map(|p| format!(" of {p}"));
    let call = s.call.as_deref().map(|c| format!(" by {c}"));
    writeln!(
        out,
        "== {} {}{}{}",
        s.id,
        s.kind.word(),
        parent.unwrap_or_default(),
        call.unwrap_or_default()
    )
    .unwrap();
    match &s.title {
        Some(title) => writeln!(out, "   {:?} ({})", title.text.as_str(), rank(title.rank)),
        None => writeln!(out, "   no title"),
    }
    .unwrap();
    writeln!(
        out,
        "   dir {} branch {} version {} model {}",
        text(s.dir.as_deref().and_then(|d| d.to_str())),
        text(s.branch.as_ref().map(|b| b.as_str())),
        text(s.version.as_ref().map(|v| v.as_str())),
        s.model.as_ref().map_or("-".into(), model),
    )
    .unwrap();
    writeln!(out, "   {} .. {}", time(s.started), time(s.updated)).unwrap();
    let flag = |is: bool, word: &'static str| if is { word } else { "" };
    writeln!(
        out,
        "   prompts {} replies {} tools {} errors {} odd {}{}{}{}{}{}",
        s.prompts,
        s.replies,
        s.tools,
        s.errors,
        s.odd,
        flag(s.is_empty(), " empty"),
        flag(s.flags.archived, " archived"),
        flag(s.flags.automated, " automated"),
        flag(s.flags.resumes_copy, " resumes-copy"),
        flag(s.flags.uncounted, " uncounted"),
    )
    .unwrap();
    writeln!(out, "   own {}", sums(&row.own)).unwrap();
    if row.all != row.own {
        writeln!(out, "   all {}", sums(&row.all)).unwrap();
    }
    if row.tokens().is_none() {
        writeln!(out, "   tokens unknown").unwrap();
    }
    let source = sources::source(s.id.source).unwrap();
    let resume = source.resume(s).and_then(|launch| launch.line());
    writeln!(
        out,
        "   {} | {}",
        source.short_id(&s.id.native),
        text(resume.as_deref())
    )
    .unwrap();
}

fn rank(rank: TitleRank) -> &'static str {
    match rank {
        TitleRank::Fallback => "fallback",
        TitleRank::FirstPrompt => "first prompt",
        TitleRank::Summary => "summary",
        TitleRank::Agent => "agent",
        TitleRank::Listed => "listed",
        TitleRank::User => "user",
        TitleRank::Ours => "ours",
    }
}

fn model(id: &backscroll::model::ModelId) -> String {
    match &id.provider {
        Some(provider) => format!("{provider}/{}", id.name),
        None => id.name.to_string(),
    }
}

fn usage(u: &Usage) -> String {
    format!(
        "in {} read {} write {} (1h {}) out {} (thinking {})",
        u.input, u.cache_read, u.cache_write, u.cache_write_1h, u.output, u.reasoning
    )
}

fn sums(sums: &Sums) -> String {
    let cost = sums.cost.cost();
    let models: Vec<String> = sums
        .models
        .iter()
        .filter_map(|(id, one)| Some((id.as_ref()?, one)))
        .map(|(id, one)| {
            let assumed = if one.assumed > 0 { " assumed" } else { "" };
            format!("{} {}{assumed}", model(id), one.usage.total())
        })
        .collect();
    format!(
        "{}, {} responses, ${} {} [{}]",
        usage(&sums.usage),
        sums.responses,
        cost.usd.dollars(),
        cost.basis.word(),
        models.join(", ")
    )
}

fn talk(out: &mut String, conversation: &Conversation) {
    for message in &conversation.messages {
        line(out, message);
        for part in &message.parts {
            writeln!(out, "        {}", one_line(part)).unwrap();
        }
    }
}

fn line(out: &mut String, message: &Message) {
    let role = match message.role {
        Role::User => "user",
        Role::Assistant => "assistant",
        Role::System => "system",
    };
    write!(out, "   #{} {role}", message.number).unwrap();
    match &message.lane {
        Lane::Main => {}
        Lane::Side(name) => write!(out, " (side {name})").unwrap(),
        Lane::Left => write!(out, " (left)").unwrap(),
    }
    if let Some(at) = message.at {
        write!(out, " {at}").unwrap();
    }
    if let Some(id) = &message.model {
        write!(out, " {}", model(id)).unwrap();
    }
    if let Some(u) = &message.usage {
        write!(out, ": {}", usage(u)).unwrap();
    }
    out.push('\n');
}

fn one_line(part: &Part) -> String {
    match part {
        Part::Text(text) => format!("text {}", quote(text)),
        Part::Thinking(Some(text)) => format!("thinking {}", quote(text)),
        Part::Thinking(None) => "thinking hidden".into(),
        Part::ToolCall(call) => format!(
            "call {} {} ({:?}) {} edits {}{}",
            call.call,
            call.tool.name,
            call.tool.kind,
            call.target.as_ref().map_or("-".into(), quote),
            call.edits.len(),
            child(call.child.as_deref()),
        ),
        Part::ToolResult(result) => format!(
            "result {} {} exit {} took {} {}{}{}",
            result.call,
            match result.ok {
                Some(true) => "ok",
                Some(false) => "failed",
                None => "?",
            },
            result.exit.map_or("-".into(), |n| n.to_string()),
            result.took.map_or("-".into(), |t| format!("{t:?}")),
            quote(&result.output),
            child(result.child.as_deref()),
            result
                .images
                .iter()
                .map(|(mime, bytes)| format!(" image {mime} {bytes}"))
                .collect::<String>(),
        ),
        Part::Image { mime, bytes } => format!("image {mime} {bytes}"),
        Part::Attachment { path } => format!("attachment {}", path.display()),
        Part::Notice { kind, text } => format!("{} {}", notice(*kind), quote(text)),
        Part::Unknown { kind, json } => format!("unknown {kind} {}", quote(json)),
    }
}

fn child(id: Option<&str>) -> String {
    id.map(|id| format!(" -> {id}")).unwrap_or_default()
}

fn notice(kind: NoticeKind) -> &'static str {
    match kind {
        NoticeKind::Compaction => "compaction",
        NoticeKind::Interrupted => "interrupted",
        NoticeKind::ModelSwitch => "model switch",
        NoticeKind::Error => "error",
        NoticeKind::Command => "command",
        NoticeKind::Context => "context",
        NoticeKind::Other => "notice",
    }
}

fn quote(text: &backscroll::text::Raw) -> String {
    let text: String = text.untrusted().chars().take(90).collect();
    format!("{text:?}")
}
