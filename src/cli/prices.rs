//! `backscroll prices`: which price tables are in use and how old they are, what a model costs and by which table, and
//! the refresh, which is the only command that uses the network.

mod shapes;

use std::sync::Arc;

use jiff::{civil::Date, tz::TimeZone};

use super::args::{self, Shared};
use super::json::{self, SCHEMA};
use super::table::{Column, heading, line_width, table_within};
use super::{Failure, Streams};
use crate::env::Env;
use crate::exit;
use crate::model::ModelId;
use crate::pricing::fetch::{self, Limits};
use crate::pricing::{Match, Origin, PerMillion, Prices, Rates, Rule, lookup, store};
use crate::query::Glob;
use crate::text::{Clean, count, short_dir};
use crate::tui::is_ascii;

use shapes::{ModelOut, PricesOut, TableOut};

pub fn run(
    env: &Env,
    shared: &Shared,
    args: &args::Prices,
    streams: &mut Streams<'_>,
) -> Result<i32, Failure> {
    let mut code = exit::DONE;
    if args.refresh {
        code = refresh(env, args.url.as_deref(), streams)?;
    }
    let opened = store::open(env, args.offline);
    for line in &opened.problems {
        writeln!(streams.err, "backscroll: {}", Clean::line(line))?;
        code = exit::PARTLY;
    }
    let Some(query) = args.model.as_deref() else {
        let tables = tables(env, &opened.prices);
        write_tables(env, shared, tables, streams)?;
        return Ok(code);
    };
    let mut found = models(&opened.prices, query);
    if found.is_empty() && !query.contains(['*', '?']) {
        // A part of a name means all that have it.
        found = models(&opened.prices, &format!("*{query}*"));
    }
    let models = found;
    if models.is_empty() {
        let wider = format!("*{}*", part(query));
        let line = match wider == *query {
            false => format!("{query}: no price is known; try: backscroll prices '{wider}'"),
            true => format!("{query}: no price is known; all there are: backscroll prices '*'"),
        };
        return Err(Failure::Nothing(line));
    }
    write_models(env, shared, models, streams)?;
    Ok(code)
}

/// The part of a name that says most, for a wider question.
fn part(query: &str) -> &str {
    let name = query.rsplit('/').next().unwrap_or(query);
    name.split(['-', ':', '@', '*', '?'])
        .find(|part| !part.is_empty())
        .unwrap_or(name)
}

/// Fetches the public lists, or the one named, and keeps what is good.
pub fn refresh(env: &Env, url: Option<&str>, streams: &mut Streams<'_>) -> Result<i32, Failure> {
    let urls = match url {
        Some(url) => vec![url],
        None => fetch::PUBLIC.to_vec(),
    };
    let mut fetched = Vec::new();
    let mut failed = Vec::new();
    for url in urls {
        match fetch::fetch(env, url, &Limits::default()) {
            Ok(table) => {
                if env.terminal.stderr_tty {
                    let prices = count(table.entries().len() as u64);
                    let line = format!("{prices} prices from {url}");
                    writeln!(streams.err, "backscroll: {}", Clean::line(&line))?;
                }
                fetched.push(table);
            }
            Err(why) => failed.push(format!("{url}: {why}")),
        }
    }
    if fetched.is_empty() {
        let line = failed.join("; ");
        return Err(Failure::Usage(format!("{line}; prices stay as they were")));
    }
    let path = store::copy_path(env);
    store::keep(env, fetched).map_err(|error| {
        let line = format!("{}: {error}; prices stay as they were", path.display());
        Failure::Usage(line)
    })?;
    for line in &failed {
        writeln!(streams.err, "backscroll: {}", Clean::line(line))?;
    }
    Ok(if failed.is_empty() {
        exit::DONE
    } else {
        exit::PARTLY
    })
}

fn tables(env: &Env, prices: &Prices) -> Vec<TableOut> {
    let today = env.now().to_zoned(TimeZone::UTC).date();
    let age = |date: Date| i64::from((today - date).get_days()).max(0);
    let mut out = Vec::new();
    let yours = prices.yours().entries().len();
    if yours > 0 {
        let path = store::yours_path(env);
        out.push(TableOut {
            table: Origin::Yours.word(),
            title: "your own prices".into(),
            prices: yours,
            date: None,
            age_days: None,
            from: "file",
            path: Some(Clean::line(&path.to_string_lossy()).to_string()),
        });
    }
    // In the order in which they are asked: the youngest of each first.
    let mut all: Vec<_> = prices.tables().iter().rev().collect();
    all.sort_by_key(|table| table.origin);
    for table in all {
        let built_in = lookup::embedded().iter().any(|own| Arc::ptr_eq(own, table));
        let path = store::copy_path(env);
        out.push(TableOut {
            table: table.origin.word(),
            title: Clean::line(&table.title).to_string(),
            prices: table.entries().len(),
            date: Some(table.date.to_string()),
            age_days: Some(age(table.date)),
            from: if built_in { "program" } else { "refresh" },
            path: (!built_in).then(|| Clean::line(&path.to_string_lossy()).to_string()),
        });
    }
    out
}

fn days(days: Option<i64>) -> String {
    match days {
        None => "-".into(),
        Some(0) => "today".into(),
        Some(1) => "1 day".into(),
        Some(days) => format!("{} days", count(days.unsigned_abs())),
    }
}

fn write_tables(
    env: &Env,
    shared: &Shared,
    tables: Vec<TableOut>,
    streams: &mut Streams<'_>,
) -> Result<(), Failure> {
    let out = &mut *streams.out;
    if shared.json {
        let value = PricesOut {
            schema_version: SCHEMA,
            tables,
            models: Vec::new(),
        };
        return json::write(out, &value);
    }
    let near = |path: &String| short_dir(std::path::Path::new(path), &env.home);
    let place = |t: &TableOut| match (&t.path, t.from) {
        (Some(path), "file") => near(path).to_string(),
        (_, "program") => format!("{}, in the program", t.title),
        _ => t.title.clone(),
    };
    let dash = || "-".to_owned();
    if shared.plain {
        for t in &tables {
            let date = t.date.clone().unwrap_or_else(dash);
            let (prices, age) = (count(t.prices as u64), days(t.age_days));
            writeln!(
                out,
                "{}: {prices} prices, {date}, {age}, {}",
                t.table,
                place(t)
            )?;
        }
        return Ok(());
    }
    let ascii = is_ascii(env, shared.ascii);
    let columns = [
        column("Table", 12, false),
        column("Prices", 8, true),
        column("Taken", 12, false),
        column("Age", 7, true),
        column("From", 10, false),
    ];
    let rows = tables.iter().map(|t| {
        vec![
            t.table.into(),
            count(t.prices as u64).into(),
            t.date.clone().unwrap_or_else(dash).into(),
            days(t.age_days).into(),
            place(t).into(),
        ]
    });
    write!(
        out,
        "{}",
        heading("", &"Price tables, first asked first".into(), ascii)
    )?;
    let fitted = table_within(&columns, rows.collect(), ascii, line_width(env));
    write!(out, "{fitted}")?;
    if !tables.iter().any(|t| t.from == "file") {
        let path = near(&store::yours_path(env).display().to_string());
        writeln!(out, "Your own prices can stand in {path}")?;
    }
    Ok(())
}

fn column(title: &'static str, width: u16, right: bool) -> Column {
    Column {
        title,
        width,
        right,
    }
}

/// What a name finds, at all times, or every line of a table that fits a pattern.
fn models(prices: &Prices, query: &str) -> Vec<ModelOut> {
    if !query.contains(['*', '?']) {
        return one(prices, query);
    }
    let glob = Glob::name(query, false);
    let fits = |key: &str| {
        let name = key.rsplit('/').next().unwrap_or(key);
        glob.fits(key) || glob.fits(name)
    };
    let listed = prices.tables().iter().flat_map(|table| {
        let entries = table.entries().iter();
        entries.map(|e| ModelOut::listed(e, table.origin, Some(table.date), &table.title))
    });
    let yours = prices.yours().entries().iter();
    let yours = yours.filter(|own| own.same_as.is_none());
    yours
        .map(|own| ModelOut::listed(&own.entry, Origin::Yours, None, "your own prices"))
        .chain(listed)
        .filter(|model| fits(&model.key))
        .collect()
}

fn one(prices: &Prices, query: &str) -> Vec<ModelOut> {
    let found = prices.lookup(&ModelId::new(None, query));
    let mut out: Vec<(ModelOut, &Match)> = Vec::new();
    for (from, found) in found.parts() {
        let Some(found) = found else {
            continue;
        };
        let since = (*from > jiff::Timestamp::MIN).then(|| from.to_zoned(TimeZone::UTC).date());
        // The same price from a younger table is no news.
        if let Some((last, old)) = out.last_mut()
            && old.key == found.key
            && old.price == found.price
        {
            let since = last.since.take();
            *last = ModelOut::found(query, found);
            last.since = since;
            *old = found;
            continue;
        }
        let mut model = ModelOut::found(query, found);
        model.since = since.map(|day| day.to_string());
        out.push((model, found));
    }
    out.into_iter().map(|(model, _)| model).collect()
}

fn write_models(
    env: &Env,
    shared: &Shared,
    models: Vec<ModelOut>,
    streams: &mut Streams<'_>,
) -> Result<(), Failure> {
    let out = &mut *streams.out;
    if shared.json {
        let value = PricesOut {
            schema_version: SCHEMA,
            tables: Vec::new(),
            models,
        };
        return json::write(out, &value);
    }
    if shared.plain {
        for model in &models {
            for (name, value) in model.lines() {
                writeln!(out, "{name}: {value}")?;
            }
        }
        return Ok(());
    }
    let ascii = is_ascii(env, shared.ascii);
    let columns = [
        column("Model", 16, false),
        column("Input", 8, true),
        column("Output", 8, true),
        column("Read", 8, true),
        column("Write", 8, true),
        column("1 h", 8, true),
        column("Thinking", 8, true),
        column("Table", 10, false),
    ];
    let rows = models.iter().flat_map(ModelOut::rows);
    let title = "US dollars for a million tokens".into();
    write!(out, "{}", heading("", &title, ascii))?;
    let fitted = table_within(&columns, rows.collect(), ascii, line_width(env));
    write!(out, "{fitted}")?;
    for line in models.iter().filter_map(ModelOut::why) {
        writeln!(out, "{}", Clean::line(&line))?;
    }
    Ok(())
}
