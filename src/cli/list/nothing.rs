//! Why a list is empty: there are no sessions, or a query wants none of them.

use std::io::Write;

use super::super::args::List;
use super::super::{Failure, Loaded, Streams, ask};
use crate::env::Env;
use crate::query::Query;
use crate::sources;
use crate::text::{Clean, count, counted};

/// What a query that wants nothing leaves out.
pub struct Without {
    /// How many sessions would be listed if nothing was asked.
    pub all: usize,
    /// Its clauses, what is odd about each, and how many would be listed without it.
    clauses: Vec<(Clean, Option<Clean>, usize)>,
    /// The same query with slips of the fingers forgiven; absent where it has no words.
    forgiving: Option<String>,
    /// Its first word, looked for in what tools answered; absent where it has none or does that already.
    in_output: Option<String>,
}

impl Without {
    pub fn new(
        env: &Env,
        loaded: &mut Loaded,
        query: &Query,
        args: &List,
        streams: &mut Streams<'_>,
    ) -> Result<Without, Failure> {
        let context = loaded.context.clone();
        let mut listed = |query: &Query| -> Result<usize, Failure> {
            let wanted = ask::wanted(env, loaded, query, None, streams)?;
            Ok(super::select(env, wanted, query, args).rows.len())
        };
        let mut clauses = Vec::new();
        for (clause, without) in query.without_each(&context) {
            let mut odd = query.problems().iter();
            let odd = odd.find(|problem| clause.text.contains(&problem.clause));
            let odd = odd.map(|problem| Clean::line(&problem.reason));
            clauses.push((Clean::line(&clause.text), odd, listed(&without)?));
        }
        Ok(Without {
            all: listed(&Query::parse("", &context))?,
            clauses,
            forgiving: query.forgiving(),
            in_output: query.in_output(),
        })
    }

    /// Which clause did it.
    pub fn tell(&self, out: &mut dyn Write) -> Result<(), Failure> {
        writeln!(out, "No session matches")?;
        let wide = self.clauses.iter().map(|(text, ..)| text.width()).max();
        let numbers = self.clauses.iter().map(|(.., n)| count(*n as u64).len());
        let (wide, digits) = (wide.unwrap_or(0), numbers.max().unwrap_or(0));
        for (text, odd, n) in &self.clauses {
            let gap = " ".repeat(wide.saturating_sub(text.width()));
            let n = count(*n as u64);
            let odd = odd.iter().map(|odd| format!("  {odd}"));
            let odd = odd.collect::<String>();
            writeln!(out, "  without {text}{gap}  {n:>digits$}{odd}")?;
        }
        if let Some(text) = &self.forgiving {
            let text = shell_words::quote(text);
            let line = format!("With slips forgiven: backscroll list {text}");
            writeln!(out, "{}", Clean::line(&line))?;
        }
        if let Some(text) = &self.in_output {
            let text = shell_words::quote(text);
            let line = format!("In what tools answered: backscroll list {text}");
            writeln!(out, "{}", Clean::line(&line))?;
        }
        Ok(())
    }
}

/// Where sessions were looked for, where there are none at all.
pub fn places(env: &Env, loaded: &Loaded, out: &mut dyn Write) -> Result<(), Failure> {
    let looked = &loaded.index.progress().sources;
    let with_logs = looked.iter().filter(|source| source.found > 0).count();
    let all = looked.len();
    let all = counted(all, "agent");
    writeln!(out, "Looked for {all}, found logs of {with_logs}:")?;
    for source in looked {
        let label = sources::source(source.source).map_or("", |s| s.card().label);
        for (path, _, state) in &source.looked {
            let path = crate::text::short_dir(path, &env.home);
            let line = format!("  {label:<14} {path:<34} {}", state.word());
            writeln!(out, "{}", Clean::of(&line))?;
        }
    }
    Ok(())
}
