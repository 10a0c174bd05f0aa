//! Where everything is, at every size. Drawing and the mouse ask the same function.

use ratatui::layout::Rect;

use super::super::app::{App, Pane};
use super::super::columns::Class;
use super::super::manner::Chrome;
use super::states;

/// Below this nothing can be shown.
pub const LEAST: (u16, u16) = (40, 8);
/// From these widths on there is a preview, two panes, three panes.
const PREVIEW: u16 = 80;
const TWO: u16 = 100;
const THREE: u16 = 160;
/// Per cent of the room that the list has at the least and at the most.
const LEAST_SHARE: u16 = 20;
const MOST_SHARE: u16 = 72;
/// Cells that details have at the most.
const MOST_DETAILS: u16 = 32;
/// From this height of the list on the hits of the selected session stand under it.
const HITS_FROM: u16 = 24;
/// From this width of the list on.
const NAMES: u16 = 80;

/// The areas of one screen.
#[derive(Clone, Copy, Default, Debug)]
pub struct Panes {
    pub title: Rect,
    pub query: Rect,
    pub chips: Option<Rect>,
    pub list: Option<Rect>,
    pub reader: Option<Rect>,
    pub details: Option<Rect>,
    /// How far the first load is, under the list.
    pub loading: Option<Rect>,
    /// The hits of the selected session, under the list.
    pub hits: Option<Rect>,
    pub status: Rect,
    pub hint: Option<Rect>,
    /// Panes have frames.
    pub framed: bool,
    /// The list is a table with a header; else its rows take two lines.
    pub table: bool,
    /// Which columns the list has.
    pub class: Class,
    /// The reader stands under the list.
    pub below: bool,
    pub row_height: u16,
    /// Lines at the end of the list that are not for rows.
    pub below_rows: u16,
}

pub fn has_details_pane(width: u16) -> bool {
    width >= THREE
}

pub fn panes(app: &App) -> Panes {
    let (width, height) = app.size;
    let line = |y: u16| Rect {
        x: 0,
        y,
        width,
        height: 1.min(height),
    };
    let tall = height >= 20;
    let chrome = app.manner.chrome;
    let has_hint = tall && chrome == Chrome::Full;
    let has_chips = tall && chrome != Chrome::Bare;
    let titled = u16::from(chrome == Chrome::Full);
    let mut panes = Panes {
        title: Rect {
            height: titled.min(height),
            ..line(0)
        },
        query: line(titled),
        status: line(height.saturating_sub(1 + u16::from(has_hint))),
        chips: has_chips.then(|| line(titled + 1)),
        hint: has_hint.then(|| line(height.saturating_sub(1))),
        ..Panes::default()
    };
    let top = titled + 1 + u16::from(has_chips);
    let bottom = panes.status.y;
    let body = Rect {
        x: 0,
        y: top,
        width,
        height: bottom.saturating_sub(top),
    };
    let reading = app.focus == Pane::Reader;
    let is_alone = reading && width >= PREVIEW && (width < TWO || app.maximised);
    panes.framed = width >= TWO && !is_alone;
    panes.table = width >= THREE || width >= PREVIEW && (width < TWO || app.maximised);
    // A line of a conversation with what is searched stands under each session.
    panes.row_height = if panes.table { 1 } else { 2 } + u16::from(app.shows_hits());
    if is_alone {
        // It needs no query line.
        panes.reader = Some(Rect {
            y: 0,
            height: bottom,
            ..body
        });
    } else if width < PREVIEW || app.maximised {
        if reading {
            panes.reader = Some(body)
        } else {
            panes.list = Some(body)
        }
    } else if width < TWO {
        if app.prefs.preview && height >= 14 && app.selected().is_some() {
            let upper = app
                .prefs
                .list_height
                .unwrap_or(55)
                .clamp(LEAST_SHARE, MOST_SHARE);
            let upper = (body.height * upper / 100).max(4);
            panes.list = Some(Rect {
                height: upper,
                ..body
            });
            panes.reader = Some(Rect {
                y: body.y + upper,
                height: body.height - upper,
                ..body
            });
            panes.below = true;
        } else {
            panes.list = Some(body);
        }
    } else {
        let details = if width >= THREE && app.details {
            (width * 18 / 100).min(MOST_DETAILS)
        } else {
            0
        };
        let usual = if width >= THREE { 43 } else { 42 };
        let share = app.prefs.list_width.unwrap_or(usual);
        let list = width * share.clamp(LEAST_SHARE, MOST_SHARE) / 100;
        panes.list = Some(Rect {
            width: list,
            ..body
        });
        panes.reader = Some(Rect {
            x: list,
            width: width - list - details,
            ..body
        });
        panes.details = (details > 0).then_some(Rect {
            x: width - details,
            width: details,
            ..body
        });
    }
    // Names of sources in full, unless titles would have no room beside them.
    let room = panes.list.map_or(0, |list| list.width);
    panes.class = match panes.table {
        false => Class::Rows,
        true if width >= THREE && room >= NAMES => Class::Wide,
        true => Class::Table,
    };
    if let Some(list) = panes.list.as_mut().filter(|_| app.shows_loading()) {
        let height = (states::loading_height(app) + 1).min(list.height / 2);
        list.height -= height;
        panes.loading = Some(Rect {
            y: list.y + list.height,
            height,
            ..*list
        });
    }
    let hits = app.to_read().and_then(|row| app.search.hits.get(row.id()));
    let hits = hits.map_or(0, |(hits, _)| hits.len());
    if let Some(list) = panes
        .list
        .as_mut()
        .filter(|list| app.shows_hits() && width >= THREE && hits > 1 && list.height >= HITS_FROM)
    {
        // Two lines for its head, one for the frame of the list.
        let height = u16::try_from(hits + 2)
            .unwrap_or(u16::MAX)
            .min(list.height / 3);
        panes.hits = Some(Rect {
            x: list.x + 1,
            y: list.y + list.height - 1 - height,
            width: list.width.saturating_sub(2),
            height,
        });
        panes.below_rows = height;
    }
    panes
}

impl Panes {
    /// The reader has the whole screen but for the last lines, and a head of its own.
    pub fn is_reader_alone(&self) -> bool {
        self.reader.is_some_and(|reader| reader.y == 0)
    }

    /// Inside the frame, or all of it.
    pub fn inside(&self, area: Rect) -> Rect {
        if !self.framed {
            return area;
        }
        Rect {
            x: area.x + 1,
            y: area.y + 1,
            width: area.width.saturating_sub(2),
            height: area.height.saturating_sub(2),
        }
    }

    /// Whether a place is on the line between the list and what is read beside or below it.
    pub fn is_divider(&self, x: u16, y: u16) -> bool {
        let (Some(list), Some(reader)) = (self.list, self.reader) else {
            return false;
        };
        let is_between = |at: u16, edge: u16| at == edge || at + 1 == edge;
        match self.below {
            true => y == reader.y,
            false => is_between(x, reader.x) && (list.top()..list.bottom()).contains(&y),
        }
    }

    /// The line of column titles.
    pub fn header(&self) -> Option<Rect> {
        let area = self.inside(self.list?);
        self.table.then_some(Rect {
            height: 1.min(area.height),
            ..area
        })
    }

    /// Where rows stand.
    pub fn list_text(&self) -> Option<Rect> {
        let area = self.inside(self.list?);
        let head = if self.table { 2 } else { 0 };
        Some(Rect {
            y: area.y + head.min(area.height),
            height: area.height.saturating_sub(head + self.below_rows),
            ..area
        })
    }

    pub fn list_rows(&self) -> u16 {
        self.list_text()
            .map_or(0, |area| area.height / self.row_height.max(1))
    }

    /// Where the document stands: a cell of air at each side.
    pub fn reader_text(&self) -> Option<Rect> {
        let area = self.inside(self.reader?);
        let head = match (self.framed, self.below) {
            (true, _) => 0,
            (false, true) => 1,
            (false, false) => 3,
        };
        Some(Rect {
            x: area.x + 1,
            y: area.y + head.min(area.height),
            width: area.width.saturating_sub(2),
            height: area.height.saturating_sub(head),
        })
    }
}
