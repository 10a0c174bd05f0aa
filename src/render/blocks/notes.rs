//! Notes of the agent's program: where the conversation was summed up, where its model changed, what went wrong.

use super::{Block, Level, Whose};
use crate::model::NoticeKind;
use crate::render::span::{blank, made, rule, span, word};
use crate::render::theme::Role as Hue;
use crate::render::tool::{longest, pretty_json};
use crate::render::wrap::{self, Run};
use crate::text::{Clean, Raw, floor_boundary};

/// Rows of an error that are told.
const ROWS: usize = 6;

impl Block<'_, '_, '_> {
    pub(super) fn notice(&mut self, i: usize, kind: NoticeKind, text: &Raw) {
        let hue = self.hue(match kind {
            NoticeKind::Error => Hue::Error,
            NoticeKind::Interrupted => Hue::Warn,
            NoticeKind::Command => Hue::User,
            _ => Hue::Dim,
        });
        let width = self.setting.width;
        let whole = Clean::line(floor_boundary(text.untrusted(), 2_000));
        match kind {
            NoticeKind::Compaction | NoticeKind::ModelSwitch => {
                let what = match kind {
                    NoticeKind::Compaction => "compacted",
                    _ => "model",
                };
                // Most logs say so in their own words.
                let said = whole
                    .as_str()
                    .to_lowercase()
                    .contains(what.trim_end_matches("ed"));
                let line = if said || whole.is_empty() {
                    whole
                } else {
                    Clean::from(format!("{what}: {whole}"))
                };
                let line = if line.is_empty() { what.into() } else { line };
                self.ruled(i, &line.cut(width.saturating_sub(8)));
            }
            // An error is read to its end: it is why one came here.
            NoticeKind::Error => {
                let runs = [Run::new(whole, hue)];
                let rows = wrap::word_rows(&runs, width.saturating_sub(2));
                for row in rows.into_iter().take(ROWS) {
                    self.row(row.behind(blank(2)), Some(i), Whose::Said);
                }
            }
            _ => {
                let line = whole.cut(width.saturating_sub(8));
                self.push(vec![blank(2), span(&line, hue)], Some(i));
            }
        }
    }

    /// Words in the middle of a rule.
    fn ruled(&mut self, i: usize, line: &Clean) {
        let sign = if self.setting.ascii { "-" } else { "─" };
        let dim = self.hue(Hue::Dim);
        let side = self.setting.width.saturating_sub(line.width() + 4) / 2;
        let spans = vec![
            blank(1),
            rule(sign, side, dim),
            blank(1),
            span(line, dim),
            blank(1),
            rule(sign, side, dim),
        ];
        self.push(spans, Some(i));
    }

    /// A record that is new in its format: its name, and unfolded all of it.
    pub(super) fn unknown(&mut self, i: usize, kind: &str, json: &Raw, level: Level) {
        let dim = self.hue(Hue::Dim);
        let name = made(format!(" {kind}"), dim);
        let n = json.lines();
        let count = format!(", {n} {}", if n == 1 { "line" } else { "lines" });
        self.face(i, level, vec![word("unknown", dim), name, made(count, dim)]);
        if !level.is_open() {
            return;
        }
        let text = pretty_json(json.untrusted()).unwrap_or_else(|| json.untrusted().to_owned());
        let width = self.setting.width.saturating_sub(6).max(1);
        for line in text.split('\n').take(level.lines()) {
            let run = Run::new(Clean::of(longest(line, width * ROWS)), dim);
            for row in wrap::code_rows(&[run], width) {
                self.row(row.behind(blank(6)), Some(i), Whose::Said);
            }
        }
    }
}
