//! What a session is. Depends on nothing else here but text.

mod gist;
mod id;
pub mod mark;
mod message;
mod money;
mod project_names;
mod repository;
mod session;
mod spends;
mod state;
mod tariff;
mod titles;
mod usage;

pub use gist::{Gist, Holding, Holds};
pub use id::{ModelId, SessionId, SourceId};
pub use message::{
    Change, Conversation, Edit, Lane, Message, NoticeKind, Part, Role, Tool, ToolCall, ToolKind,
    ToolResult,
};
pub use money::{Basis, Cost, CostSum, Usd};
pub use project_names::ProjectNames;
pub use repository::repository;
pub use session::{
    ByModel, Flags, KEPT, Kind, ModelSums, Response, Row, Session, Stage, Sums, Title, TitleRank,
    Unit,
};
pub use spends::Spends;
pub use state::State;
pub use tariff::{Bill, Logged, Quote, QuoteLine, Tariff};
pub use usage::{Mark, Rate, Same, Spend, Usage};
