//! `backscroll list`: sessions as a table.

mod nothing;

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use self::nothing::Without;
use super::args::{List, Shared};
use super::ask::Wanted;
use super::ids::Ids;
use super::json::{self, ListOut, SCHEMA, SessionOut, SumsOut, TotalsOut};
use super::table::{Column, heading, line_width, note, plain, table};
use super::{Failure, Loaded, Streams};
use crate::env::Env;
use crate::exit;
use crate::index::SortKey;
use crate::model::{ProjectNames, Row, SessionId};
use crate::query::Query;
use crate::sources;
use crate::text::{Clean, count, counted};
use crate::tui::is_ascii;

/// `--recent` means so many.
const RECENT: usize = 10;

pub fn run(
    env: &Env,
    shared: &Shared,
    args: &List,
    streams: &mut Streams<'_>,
) -> Result<i32, Failure> {
    let (mut loaded, query) = super::load_asked(env, shared, &args.query, streams)?;
    if shared.json && !query.asks_for_states() {
        super::ask::look_at_agents(env, &mut loaded);
    }
    let wanted = super::ask::wanted(env, &mut loaded, &query, None, streams)?;
    let Selected {
        rows,
        hidden,
        spent,
        beyond,
    } = select(env, wanted, &query, args);
    let (total, from) = (rows.len(), args.offset.min(rows.len()));
    let most = match (args.recent, args.limit) {
        (true, Some(limit)) => limit.min(RECENT),
        (true, None) => RECENT,
        (false, limit) => limit.unwrap_or(usize::MAX),
    };
    let page: Vec<Arc<Row>> = rows.iter().skip(from).take(most).cloned().collect();
    let more = from + page.len() < total;
    // A page of nothing leads nowhere.
    let next = Some(from + page.len()).filter(|_| more && !page.is_empty());
    if shared.json {
        let sums = loaded.index.sums(&spent);
        let out = ListOut {
            schema_version: SCHEMA,
            sessions: page.iter().map(|row| SessionOut::new(row)).collect(),
            totals: TotalsOut {
                sessions: total,
                message_count: rows
                    .iter()
                    .map(|row| u64::from(row.session.messages()))
                    .sum(),
                sums: SumsOut::new(&sums, sums.responses > 0 || total == 0),
            },
            next_offset: next,
            state: match more {
                true if args.offset < total => "more",
                false if total > 0 && args.offset >= total => "past_end",
                _ => "complete",
            },
        };
        json::write(streams.out, &out)?;
    } else {
        let is_by_date = args.sort.key == SortKey::Updated && query.arrangement().sort.is_none();
        // Where there are sessions, the query is the reason for none.
        let without = match total == 0 && loaded.index.rows().next().is_some() {
            true => Some(Without::new(env, &mut loaded, &query, args, streams)?),
            false => None,
        };
        let listed = Listed {
            page: &page,
            from: args.offset,
            total,
            hidden: &hidden,
            beyond,
            is_by_date,
            without,
        };
        text(env, shared, &loaded, &listed, streams)?;
    }
    Ok(if loaded.partly {
        exit::PARTLY
    } else if page.is_empty() {
        exit::NOTHING
    } else {
        exit::DONE
    })
}

struct Selected {
    rows: Vec<Arc<Row>>,
    /// Rows that match and are left out, by what they are.
    hidden: BTreeMap<&'static str, usize>,
    /// Rows whose money is in the totals.
    spent: Vec<Arc<Row>>,
    /// So many more match, beyond the limit in the query.
    beyond: usize,
}

fn select(env: &Env, wanted: Vec<Wanted>, query: &Query, args: &List) -> Selected {
    let asked = query.asks_for_hidden();
    let mut hidden = BTreeMap::new();
    let provider = args.provider.as_deref();
    let (mut shown, mut spent) = (Vec::new(), Vec::new());
    for wanted in wanted {
        let row = &wanted.row;
        let named = row.model().and_then(|m| m.provider.as_deref());
        if provider.is_some_and(|p| !named.is_some_and(|n| n.eq_ignore_ascii_case(p))) {
            continue;
        }
        if args.all || asked.counts(row) {
            spent.push(row.clone());
        }
        let class = asked.class(row);
        match class.filter(|_| !args.all) {
            Some(class) => *hidden.entry(class).or_default() += 1,
            None => shown.push(wanted),
        }
    }
    let listed: HashSet<SessionId> = shown.iter().map(|one| one.row.id().clone()).collect();
    super::ask::arrange(env, &mut shown, query, args.sort);
    let rows: Vec<Arc<Row>> = shown.into_iter().map(|wanted| wanted.row).collect();
    let beyond = listed.len() - rows.len();
    if beyond > 0 {
        // What a limit leaves out costs nothing here; what is folded away under a row costs with it.
        let kept: HashSet<&SessionId> = rows.iter().map(|row| row.id()).collect();
        spent.retain(|row| match listed.contains(row.id()) {
            true => kept.contains(row.id()),
            false => kept.contains(&row.root),
        });
    }
    Selected {
        rows,
        hidden,
        spent,
        beyond,
    }
}

/// `1 sub-agent`, `8 copies`, `21 empty`
fn hidden_as(class: &str, n: usize) -> String {
    match class {
        "sub-agents" => counted(n, "sub-agent"),
        "copies" => counted(n, "copy"),
        class => format!("{} {class}", count(n as u64)),
    }
}

/// What there is to print.
struct Listed<'l> {
    page: &'l [Arc<Row>],
    /// So many before them were to be left out.
    from: usize,
    total: usize,
    hidden: &'l BTreeMap<&'static str, usize>,
    /// So many more match, beyond the limit in the query.
    beyond: usize,
    /// Last activity first.
    is_by_date: bool,
    /// Where a query wants nothing of all there is.
    without: Option<Without>,
}

fn text(
    env: &Env,
    shared: &Shared,
    loaded: &Loaded,
    listed: &Listed<'_>,
    streams: &mut Streams<'_>,
) -> Result<(), Failure> {
    let page = listed.page;
    let ascii = is_ascii(env, shared.ascii);
    let out = &mut *streams.out;
    // A pipe has no width: it gets everything.
    let most = line_width(env);
    let ids = Ids::of(&loaded.index);
    let projects = ProjectNames::of(loaded.index.rows());
    if shared.plain {
        for row in page {
            let cells = cells(env, row, &projects, &ids);
            let names = COLUMNS.iter().map(|c| c.title);
            let pairs: Vec<(&str, Clean)> = names.zip(cells).collect();
            writeln!(out, "{}", plain(&pairs))?;
        }
    } else {
        write!(out, "{}", heading("📋", &"Sessions".into(), ascii))?;
        if page.is_empty() {
            // What a query leaves out follows.
            let is_past = listed.total > 0 && listed.from >= listed.total;
            if is_past {
                let last = counted(listed.total, "session");
                writeln!(
                    out,
                    "Past the end: there are {last}; --offset leaves out the first so many"
                )?;
            } else if listed.without.is_none() && listed.total == 0 {
                writeln!(out, "No sessions found")?;
            }
        } else {
            let rows = page.iter().map(|row| cells(env, row, &projects, &ids));
            let mut sheet = Sheet::new(rows.collect());
            sheet.fit(most.unwrap_or(usize::from(u16::MAX)));
            let left_out = sheet.left_out();
            let left_out = left_out.into_iter().map(|title| match title {
                UPDATED if listed.is_by_date => "Updated (the order)",
                title => title,
            });
            let left_out: Vec<&str> = left_out.collect();
            write!(out, "{}", table(&sheet.columns, sheet.rows, ascii))?;
            if !left_out.is_empty() {
                let line = format!(
                    "Narrow: left out {}; all of it: --plain",
                    left_out.join(", ")
                );
                write!(out, "{}", note(&line, most))?;
            }
        }
    }
    if let Some(without) = &listed.without {
        without.tell(out)?;
    }
    let total = listed.without.as_ref().map_or(listed.total, |w| w.all);
    let mut line = format!(
        "Showing {} of {}",
        count(page.len() as u64),
        counted(total, "session")
    );
    if listed.beyond > 0 {
        let more = count(listed.beyond as u64);
        line.push_str(&format!(", {more} more beyond limit:"));
    }
    if !listed.hidden.is_empty() {
        let parts: Vec<String> = listed
            .hidden
            .iter()
            .map(|(what, n)| hidden_as(what, *n))
            .collect();
        line.push_str(&format!(
            " (left out: {}; --all shows them)",
            parts.join(", ")
        ));
    }
    write!(out, "{}", note(&line, most))?;
    for line in super::table::cost_notes(page.iter().map(|row| row.cost())) {
        write!(out, "{}", note(line, most))?;
    }
    if loaded.index.rows().next().is_none() {
        nothing::places(env, loaded, out)?;
    }
    Ok(())
}

const COLUMNS: &[Column] = &[
    Column::new("Session ID", 14),
    Column::new("Date", 12),
    Column::new("Provider", 10),
    Column::new("Messages", 10).right(),
    Column::new("Tokens", 12).right(),
    Column::new("Cost", 7).right(),
    Column::new(UPDATED, 12),
    Column::new("Source", 13),
    Column::new("Project", 10),
    Column::new(TITLE, 10),
];
const TITLE: &str = "Title";
const UPDATED: &str = "Updated";
/// Other columns give way before a title has fewer cells.
const FAIR_TITLE: usize = 20;
/// A title is cut to no fewer cells.
const LEAST_TITLE: usize = 8;
/// Columns to do without where there is no room, in this order.
const GIVEN_UP: &[&str] = &["Project", "Source", UPDATED, "Provider", "Messages"];

/// The day a session was created, in the reader's zone.
pub fn created(env: &Env, row: &Row) -> Clean {
    day(env, row.session.started)
}

fn day(env: &Env, at: Option<jiff::Timestamp>) -> Clean {
    let day = |at: jiff::Timestamp| env.locale.day(at.to_zoned(env.zone.clone()).date());
    at.map_or_else(|| "-".into(), |at| day(at).into())
}

/// Who serves a session's model.
pub fn provider(row: &Row) -> Clean {
    let provider = row.model().and_then(|m| m.provider.as_deref());
    provider.map_or_else(|| "-".into(), Clean::line)
}

fn cells(env: &Env, row: &Row, projects: &ProjectNames, ids: &Ids) -> Vec<Clean> {
    let unknown = || Clean::from("-");
    let session = &row.session;
    let label = sources::source(session.id.source).map_or("", |s| s.card().label);
    vec![
        ids.name(row),
        created(env, row),
        provider(row),
        Clean::from(env.locale.count(u64::from(session.messages()))),
        row.tokens()
            .map_or_else(unknown, |n| Clean::from(env.locale.count(n))),
        Clean::from(row.cost().short_in(&env.locale)),
        day(env, session.updated),
        label.into(),
        projects.name(row).map_or_else(unknown, |p| p.cut(24)),
        session
            .title
            .as_ref()
            .map_or_else(unknown, |t| Clean::line(t.shown().as_str())),
    ]
}

/// A page of rows on its way to a table.
struct Sheet {
    columns: Vec<Column>,
    rows: Vec<Vec<Clean>>,
}

impl Sheet {
    fn new(rows: Vec<Vec<Clean>>) -> Sheet {
        let columns = COLUMNS.to_vec();
        Sheet { columns, rows }
    }

    /// Cells of the widest of a column.
    fn widest(&self, at: usize, column: &Column) -> usize {
        let cells = self.rows.iter().filter_map(|cells| cells.get(at));
        let widest = cells.map(Clean::width).max().unwrap_or(0);
        widest.max(column.title.len())
    }

    /// Cells in a line but for the title.
    fn used(&self) -> usize {
        let width = |(at, column): (usize, &Column)| {
            (self.widest(at, column) + 2).max(usize::from(column.width)) + 1
        };
        let columns = self.columns.iter().enumerate();
        let others = columns.filter(|(_, column)| column.title != TITLE);
        others.map(width).sum::<usize>() + 1
    }

    fn remove(&mut self, title: &str) {
        let place = self.columns.iter().position(|c| c.title == title);
        if let Some(at) = place {
            self.columns.remove(at);
            for cells in &mut self.rows {
                cells.remove(at);
            }
        }
    }

    /// Leaves out what does not fit, the least useful first, and cuts titles to what is left.
    fn fit(&mut self, width: usize) {
        let mut columns = self.columns.iter().enumerate();
        let title = columns.find(|(_, column)| column.title == TITLE);
        let wanted = title.map_or(0, |(at, column)| self.widest(at, column));
        let fits = |sheet: &Sheet, title: usize| sheet.used() + title + 3 <= width;
        // Where a title would be cut, the other columns are no wider than what they hold.
        if !fits(self, wanted) {
            for column in &mut self.columns {
                column.width = 0;
            }
        }
        for title in GIVEN_UP {
            if fits(self, wanted.min(FAIR_TITLE)) {
                break;
            }
            self.remove(title);
        }
        // Beside long ids there is room for one of the two.
        for title in ["Tokens", TITLE] {
            if !fits(self, wanted.min(LEAST_TITLE)) {
                self.remove(title);
            }
        }
        let title = self.columns.iter().position(|column| column.title == TITLE);
        let room = width.saturating_sub(self.used() + 3).max(LEAST_TITLE);
        for cells in &mut self.rows {
            if let Some(title) = title.and_then(|at| cells.get_mut(at)) {
                *title = title.cut(room);
            }
        }
    }

    fn left_out(&self) -> Vec<&'static str> {
        let all = COLUMNS.iter().map(|column| column.title);
        all.filter(|title| self.columns.iter().all(|column| column.title != *title))
            .collect()
    }
}
