//! What the mouse does, declared once: `update` looks up here where the pointer is, and the help tells it.

use ratatui::layout::Position;

use super::app::App;
use super::view::layout::Panes;
use super::view::{chips, details};

/// Cells of a line that hold its fold mark.
const FOLD_MARK: u16 = 4;
/// The cell of a row that tells whether it is chosen.
const CHOSEN_MARK: u16 = 2;

/// What a hand does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Gesture {
    Click,
    Double,
    Right,
    Wheel,
    Drag,
}

impl Gesture {
    pub fn word(self) -> &'static str {
        match self {
            Gesture::Click => "click",
            Gesture::Double => "double click",
            Gesture::Right => "right click",
            Gesture::Wheel => "wheel",
            Gesture::Drag => "drag",
        }
    }
}

/// Where it does it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Spot {
    Row,
    /// The cell of a row that tells whether it is chosen.
    Mark,
    /// The title of a column.
    Header,
    /// The gap between two titles.
    Edge,
    /// The `x` of a clause under the query.
    Cross,
    /// A line of a conversation.
    Text,
    /// The cells before it, which hold its fold mark.
    Margin,
    /// A turn in the outline beside it.
    Turn,
    /// The line between the list and what is read.
    Divider,
    /// An entry of a list that lies over the panes: of the palette, the help, a menu, choices, settings.
    Entry,
    /// Beside such a list.
    Beside,
}

impl Spot {
    pub const ALL: [Spot; 11] = [
        Spot::Row,
        Spot::Mark,
        Spot::Header,
        Spot::Edge,
        Spot::Cross,
        Spot::Text,
        Spot::Margin,
        Spot::Turn,
        Spot::Divider,
        Spot::Entry,
        Spot::Beside,
    ];

    pub fn word(self) -> &'static str {
        match self {
            Spot::Row => "a row of the list",
            Spot::Mark => "the third cell of a row",
            Spot::Header => "the title of a column",
            Spot::Edge => "the edge of such a title",
            Spot::Cross => "the x of a clause",
            Spot::Text => "a line of a conversation",
            Spot::Margin => "the mark before it",
            Spot::Turn => "a turn of the outline",
            Spot::Divider => "the line between panes",
            Spot::Entry => "an entry over the panes",
            Spot::Beside => "beside such entries",
        }
    }
}

/// What a gesture does at a spot. What stands here does something, and what does not does nothing.
#[derive(Debug)]
pub struct Touch {
    pub gesture: Gesture,
    pub spot: Spot,
    pub help: &'static str,
}

const fn touch(gesture: Gesture, spot: Spot, help: &'static str) -> Touch {
    Touch {
        gesture,
        spot,
        help,
    }
}

#[rustfmt::skip]
pub static TOUCHES: &[Touch] = &[
    touch(Gesture::Click,  Spot::Row,     "selects it"),
    touch(Gesture::Double, Spot::Row,     "reads it"),
    touch(Gesture::Right,  Spot::Row,     "what can be done with it"),
    touch(Gesture::Wheel,  Spot::Row,     "moves the cursor"),
    touch(Gesture::Click,  Spot::Mark,    "chooses it, or not"),
    touch(Gesture::Click,  Spot::Header,  "sorts by it; again turns the order round"),
    touch(Gesture::Drag,   Spot::Edge,    "makes the column wider or narrower"),
    touch(Gesture::Click,  Spot::Cross,   "drops the clause from the query"),
    touch(Gesture::Click,  Spot::Text,    "puts the cursor there"),
    touch(Gesture::Double, Spot::Text,    "folds or unfolds it; goes into a sub-agent; opens a picture"),
    touch(Gesture::Right,  Spot::Text,    "what can be done with it"),
    touch(Gesture::Drag,   Spot::Text,    "copies what was dragged over, as it was written"),
    touch(Gesture::Wheel,  Spot::Text,    "three lines up or down"),
    touch(Gesture::Click,  Spot::Margin,  "folds or unfolds at once"),
    touch(Gesture::Click,  Spot::Turn,    "goes there"),
    touch(Gesture::Drag,   Spot::Divider, "gives one pane more room"),
    touch(Gesture::Click,  Spot::Entry,   "chooses it"),
    touch(Gesture::Wheel,  Spot::Entry,   "moves through them"),
    touch(Gesture::Click,  Spot::Beside,  "leaves them"),
];

/// What of the panes is at a place of the screen; absent where nothing there hears the mouse.
pub fn spot(app: &App, panes: &Panes, at: Position) -> Option<Spot> {
    if panes.is_divider(at.x, at.y) {
        return Some(Spot::Divider);
    }
    if let Some(area) = panes.list_text().filter(|area| area.contains(at)) {
        let is_mark = at.x == area.x + CHOSEN_MARK;
        return Some(if is_mark { Spot::Mark } else { Spot::Row });
    }
    if let Some(area) = panes.reader_text().filter(|area| area.contains(at)) {
        let is_margin = at.x < area.x + FOLD_MARK;
        return Some(if is_margin { Spot::Margin } else { Spot::Text });
    }
    if details::turn_at(app, panes, at).is_some() {
        return Some(Spot::Turn);
    }
    if let Some(area) = panes.header().filter(|area| area.contains(at)) {
        let laid = app.laid(panes.class, area.width);
        let is_edge = super::columns::edge_at(area, &laid, panes.class, at.x).is_some();
        return Some(if is_edge { Spot::Edge } else { Spot::Header });
    }
    let is_chips = panes.chips.is_some_and(|area| area.contains(at));
    (is_chips && chips::dropped(app, at.x).is_some()).then_some(Spot::Cross)
}
