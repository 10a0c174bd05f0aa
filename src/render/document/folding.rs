//! Folding and unfolding: one part, all of a kind, everything.

use std::collections::HashSet;
use std::sync::Arc;

use super::super::blocks::{default_level, result_of, single};
use super::super::showing::Showing;
use super::super::tool::{self, Level};
use super::replacing::in_block;
use super::{Choice, Document, Group, Tools, groups, span, turns};
use crate::model::{Message, NoticeKind, Part, Role};
use crate::text::Raw;

/// A part by its place among those that are no results, so that a result which comes late renames nothing behind it.
pub(super) type PartName = (usize, bool);

pub(super) fn name_of(message: &Message, n: usize) -> PartName {
    let is_result = |part: &Part| matches!(part, Part::ToolResult(_));
    let before = message.parts.iter().take(n).filter(|p| !is_result(p));
    (before.count(), message.parts.get(n).is_some_and(is_result))
}

pub(super) fn part_named(message: &Message, name: PartName) -> Option<usize> {
    (0..message.parts.len()).find(|n| name_of(message, *n) == name)
}

impl Document {
    pub(super) fn part_here(&mut self) -> Option<(Arc<Message>, usize)> {
        let cursor = self.cursor;
        let part = self.block(cursor.block).get(cursor.line)?.part?;
        Some((self.conversation.messages.get(cursor.block)?.clone(), part))
    }

    /// The group whose line is under the cursor.
    pub(super) fn group_here(&mut self) -> Option<Group> {
        let cursor = self.cursor;
        let n = self.block(cursor.block).get(cursor.line)?.group?;
        let place = (cursor.block, n);
        self.groups
            .iter()
            .find(|group| group.first == place)
            .cloned()
    }

    /// Whether the cursor is on something that folds.
    pub fn is_foldable(&mut self) -> bool {
        if self.group_here().is_some() {
            return true;
        }
        let width = self.width;
        let folds = |text: &Raw| single(text.untrusted(), width).is_none();
        self.part_here()
            .is_some_and(|(message, n)| match message.parts.get(n) {
                Some(Part::Text(text)) => message.role == Role::System && folds(text),
                Some(Part::ToolCall(_) | Part::ToolResult(_)) => true,
                Some(Part::Thinking(Some(text))) => folds(text),
                Some(Part::Notice { kind, text }) => *kind == NoticeKind::Context && folds(text),
                part => matches!(part, Some(Part::Unknown { .. })),
            })
    }

    /// Folds or unfolds what is under the cursor: a call in steps of one line, short and full, and round again.
    pub fn toggle_fold(&mut self) {
        if let Some(group) = self.group_here() {
            return self.toggle_group(&group);
        }
        let next = |level: Level, is_tool: bool| match level {
            Level::Off | Level::Folded if is_tool => Level::Short,
            Level::Off | Level::Folded | Level::Short => Level::Full,
            Level::Upto(_) | Level::Full => Level::Folded,
        };
        let before = self.page_here();
        self.set_level_here(next);
        // A key that changes nothing looks like one that does nothing.
        if before.is_some() && self.page_here() == before {
            self.set_level_here(next);
        }
    }

    /// What is drawn of the message under the cursor.
    fn page_here(&mut self) -> Option<Vec<String>> {
        let block = self.part_here().map(|_| self.cursor.block)?;
        let lines = self.block(block).iter();
        Some(lines.map(|laid| span::plain(&laid.line)).collect())
    }

    /// More lines of what is under the cursor.
    pub fn show_more(&mut self) {
        if let Some(group) = self.group_here() {
            return self.toggle_group(&group);
        }
        self.set_level_here(|level, is_tool| match level {
            Level::Off | Level::Folded if !is_tool => Level::Full,
            level => level.more(),
        });
    }

    fn set_level_here(&mut self, next: impl FnOnce(Level, bool) -> Level) {
        let line = self.cursor;
        let Some((message, n)) = self.part_here() else {
            return;
        };
        let Some(part) = message.parts.get(n) else {
            return;
        };
        let now = self.level(line.block, &message, n, part);
        let next = next(now, matches!(part, Part::ToolCall(_)));
        self.levels
            .insert((message.key, name_of(&message, n)), next);
        self.unlay(line.block);
        // Where more is shown, the cursor stays on the line it is on; else it goes to the line that folds.
        let lines = self.block(line.block);
        let first = lines.iter().position(|l| l.part == Some(n));
        let stays = next > now && lines.get(line.line).is_some_and(|l| l.part == Some(n));
        if !stays {
            self.cursor.line = first.unwrap_or(line.line);
        }
        self.settle();
    }

    pub(super) fn toggle_group(&mut self, group: &Group) {
        let key = self.group_key(group);
        if !self.opened.remove(&key) {
            self.opened.insert(key);
        }
        for block in group.first.0..=group.last.0 {
            self.unlay(block);
        }
        let first = group.first.1;
        let lines = self.block(group.first.0);
        let line = lines.iter().position(|laid| laid.group == Some(first));
        self.cursor.line = line.unwrap_or(self.cursor.line);
        self.settle();
    }

    fn group_key(&self, group: &Group) -> (u64, PartName) {
        let message = self.conversation.messages.get(group.first.0);
        message.map_or((0, (0, false)), |message| {
            (message.key, name_of(message, group.first.1))
        })
    }

    /// The group that a part is in, and whether that is open: by hand, or because something is found in it.
    pub(super) fn group_of(&self, block: usize, n: usize) -> Option<(&Group, bool)> {
        let groups = in_block(&self.groups, block);
        let group = groups.iter().find(|group| group.holds((block, n)))?;
        let is_hit = self.finding.has_hit(group.first, group.last);
        let is_opened = !self.opened.is_empty() && self.opened.contains(&self.group_key(group));
        Some((group, is_hit || is_opened))
    }

    /// Looks over the conversation for what goes over several messages.
    pub(super) fn survey(&mut self) {
        let messages = &self.conversation.messages;
        let groups = matches!(self.showing.tools, Tools::Line | Tools::Short) && !self.focus;
        self.groups = match groups {
            true => groups::groups(messages, turns::goes_on, self.showing.thinking),
            false => Vec::new(),
        };
        self.outdated = turns::outdated_plans(messages);
        self.find_rules();
        self.open_by_hand();
    }

    /// Who opened a call by hand goes on seeing it when it comes into a group.
    fn open_by_hand(&mut self) {
        let open = self.levels.iter().filter(|(_, level)| level.is_open());
        let keys: HashSet<u64> = open.map(|((key, _), _)| *key).collect();
        if keys.is_empty() {
            return;
        }
        let messages = &self.conversation.messages;
        let has = |group: &&Group| {
            let blocks = messages.get(group.first.0..=group.last.0);
            blocks
                .unwrap_or_default()
                .iter()
                .any(|m| keys.contains(&m.key))
        };
        let groups = self.groups.iter().filter(has);
        let opened: Vec<_> = groups.map(|group| self.group_key(group)).collect();
        self.opened.extend(opened);
    }

    /// How far a part is open: by hand, because something is found in it, or as its kind is.
    pub(super) fn level(&self, block: usize, message: &Message, n: usize, part: &Part) -> Level {
        // Whoever wants prompts and answers only is shown nothing else for having looked for it, unless he goes there.
        if self.is_out_of_focus(block, message, n, part) {
            return Level::Off;
        }
        if let Some(level) = self.level_by_hand(block, message, n) {
            return level;
        }
        // Only what holds a hit is opened: one on the line of a call, or in what it was given, opens no answer.
        match self.found_in(block, n) {
            Some(found) if !found.answer => {
                let level = self.level_of_kind(block, n, part);
                return level.max(Level::Folded);
            }
            Some(_) => return Level::Full,
            None => {}
        }
        self.level_of_kind(block, n, part)
    }

    /// How far somebody opened or folded a part, where it is seen.
    pub(super) fn level_by_hand(&self, block: usize, message: &Message, n: usize) -> Option<Level> {
        if self.levels.is_empty() {
            return None;
        }
        let level = self.levels.get(&(message.key, name_of(message, n)))?;
        let is_seen = self.group_of(block, n).is_none_or(|(_, open)| open);
        is_seen.then_some(*level)
    }

    fn level_of_kind(&self, block: usize, n: usize, part: &Part) -> Level {
        if self.group_of(block, n).is_some_and(|(_, open)| !open) {
            return Level::Off;
        }
        match part {
            Part::Thinking(_) if self.showing.thinking => Level::Full,
            Part::Text(_) | Part::Notice { .. } if self.showing.system => Level::Full,
            // One plan a turn is enough to read.
            part if self.showing.tools == Tools::Short
                && self.outdated.binary_search(&(block, n)).is_ok() =>
            {
                default_level(part, Tools::Line).max(self.level_of_failure(block, n))
            }
            part => default_level(part, self.showing.tools).max(self.level_of_failure(block, n)),
        }
    }

    /// Why a call failed is told also where what it gave is for the agent alone.
    fn level_of_failure(&self, block: usize, n: usize) -> Level {
        let message = self.conversation.messages.get(block);
        let result = message.and_then(|message| result_of(message, n));
        match self.showing.tools {
            Tools::Short if result.is_some_and(tool::failed) => Level::Short,
            _ => Level::Off,
        }
    }

    /// Unfolds all there is, or folds it; what somebody prefers is not changed by it.
    pub fn fold_all(&mut self, open: bool) {
        self.keep_row(|document| {
            document.levels.clear();
            document.opened.clear();
            document.showing.tools = if open { Tools::Full } else { Tools::Line };
            document.showing.thinking = open;
            document.showing.system = open;
        });
    }

    /// Not at all, one line, short, full: for all tool calls.
    pub fn cycle_tools(&mut self) {
        self.keep_row(|document| {
            document.showing.tools = document.showing.tools.next();
            document.levels.clear();
            document.opened.clear();
        });
    }

    /// Shows it so; what was folded by hand stays.
    pub fn show_so(&mut self, showing: Showing) {
        self.keep_row(|document| document.showing = showing);
    }

    pub fn toggle_thinking(&mut self) {
        self.keep_row(|document| document.showing.thinking = !document.showing.thinking);
    }

    pub fn toggle_system(&mut self) {
        self.keep_row(|document| document.showing.system = !document.showing.system);
    }

    pub fn toggle_code(&mut self) {
        self.keep_row(|document| document.showing.short_code = !document.showing.short_code);
    }

    pub fn toggle_cut(&mut self) {
        self.keep_row(|document| document.showing.cut = !document.showing.cut);
    }

    pub fn cycle_diffs(&mut self) {
        self.keep_row(|document| document.showing.diffs = document.showing.diffs.next());
    }

    pub fn cycle_times(&mut self) {
        self.keep_row(|document| document.showing.times = document.showing.times.next());
    }

    /// The message under the cursor as data, or as a page again. Gives it where it is data now: what stands in its log
    /// takes the place of what was read of it as soon as somebody knows that.
    pub fn toggle_raw(&mut self) -> Option<Arc<Message>> {
        let message = self.message()?.clone();
        let is_data = self.raw.remove(&message.key).is_none();
        if is_data {
            self.raw.insert(message.key, None);
        }
        let block = self.cursor.block;
        self.unlay(block);
        let lines = self.block(block);
        self.cursor.line = lines.iter().position(|laid| !laid.lead).unwrap_or(0);
        self.settle();
        is_data.then_some(message)
    }

    /// What stands in the log for a message that is shown as data.
    pub fn set_raw(&mut self, key: u64, text: Arc<str>) {
        let is_it = |message: &Arc<Message>| message.key == key;
        let block = self.conversation.messages.iter().position(is_it);
        if let (Some(shown), Some(block)) = (self.raw.get_mut(&key), block) {
            *shown = Some(text);
            self.unlay(block);
            self.settle();
        }
    }

    /// The picture under the cursor: the message it is in, the call whose result shows it, and its place among those. Of
    /// a result with several that none of is under the cursor, the first.
    pub fn picture_here(&mut self) -> Option<(Arc<Message>, Option<Box<str>>, usize)> {
        let (message, n) = self.part_here()?;
        let is_picture = |part: &&Part| matches!(part, Part::Image { .. });
        if let Some(Part::Image { .. }) = message.parts.get(n) {
            let before = message.parts.iter().take(n).filter(is_picture).count();
            return Some((message, None, before));
        }
        let result = match message.parts.get(n) {
            Some(Part::ToolResult(result)) => result,
            _ => super::blocks::result_of(&message, n)?,
        };
        let many = result.images.len();
        let call = result.call.clone();
        let cursor = self.cursor;
        let lines = self.block(cursor.block).iter().enumerate();
        let is_face =
            |laid: &super::Laid| span::plain(&laid.line).trim_start().starts_with("[image ");
        let faces = lines.filter(|(_, laid)| laid.part == Some(n) && is_face(laid));
        let faces: Vec<usize> = faces.map(|(at, _)| at).collect();
        // What the tool wrote may look the same, and stands above.
        let own = faces
            .get(faces.len().saturating_sub(many)..)
            .unwrap_or_default();
        let nth = own.iter().position(|at| *at == cursor.line);
        (many > 0).then(|| (message.clone(), Some(call), nth.unwrap_or(0)))
    }

    /// Whether the cursor is on the line of a picture itself.
    pub fn is_on_picture(&mut self) -> bool {
        let cursor = self.cursor;
        let laid = self.block(cursor.block).get(cursor.line);
        let drawn = laid.map(|laid| span::plain(&laid.line)).unwrap_or_default();
        drawn.trim_start().starts_with("[image ") && self.picture_here().is_some()
    }

    // Sub-agents

    /// What is known of the sessions that calls here started.
    pub fn set_agents(&mut self, agents: Vec<super::Agent>) {
        if self.agents != agents {
            self.agents = agents;
            self.forget();
            self.settle();
        }
    }

    /// Shows what a sub-agent said under its call, or takes it away.
    pub fn set_inside(&mut self, call: Box<str>, inside: Option<Arc<crate::model::Conversation>>) {
        self.keep_row(|document| match inside {
            Some(inside) => {
                document.inside.insert(call, inside);
            }
            None => {
                document.inside.remove(&call);
            }
        });
    }

    pub fn shows_inside(&self, call: &str) -> bool {
        self.inside.contains_key(call)
    }

    /// The word for how tools are shown.
    pub fn tools_word(&self) -> &'static str {
        self.showing.tools.word()
    }
}
