//! backscroll shows the conversations that coding agents left on this machine: a list that sorts and filters, a pane
//! that reads well, and commands for scripts. It changes nothing it finds unless told to and talks to no network unless prices are
//! asked for or a session is shared.
//!
//! Facts flow one way, wishes flow back as values:
//!
//! ```text
//!  files, databases                                                        terminal
//!        │                                                                    ▲
//!     ┌──▼──┐ unit  ┌──────┐ records ┌────┐ Delta ┌──────────────────┐        │
//!     │watch├──────►│source├────────►│fold├──────►│ update(App, Msg) ├─ view ─┘
//!     └─────┘       └──────┘         └────┘       └───┬──────────▲───┘
//!        └─────────────── ingest ──────────┘  Effects │          │ Msg
//!                                                 ┌───▼──────────┴───┐
//!                                                 │     runtime      │  open, lay out, copy
//!                                                 └──────────────────┘
//! ```
//!
//! A **source** is an agent whose logs we can read. A **unit** is the smallest thing re-read as one: a log file, a
//! session's folder, a database. A **record** is one fact found in a unit. A **session** is the summary of a
//! conversation, small and always in memory; a **spend** is one response's tokens; a **row** is a session with its sums.
//! The **conversation** is all its messages, read again when opened; a **document** is a conversation laid out for one
//! width. A message's **number** is its place in the log's order, from 1. A **ticket** numbers a request, and a reply
//! with an old number is dropped. The **ledger** holds all spends and decides which count; a **tariff** turns a response
//! into money, by the agent's own word or the tables of `pricing`. A **query** is one line of text about sessions: `query`
//! judges what a row knows, `search` what was said, by an index of **words** that knows where each three letters stand.
//!
//! The **cache** is ours and holds nothing of its own: what units told (`ingest`), all rows of a quiet moment (`index`)
//! and the words (`search`). Each is used where its stamps still fit and made again where they do not.
//!
//! What an agent does with a session now is its **state**: found out by `ingest` from the processes that run and from how
//! the log ends, and absent where these do not tell.
//!
//! What people note on sessions is a **mark**, in a file of ours. Whatever leaves the program passes the **outlet** of
//! `redact`, which scans it for secrets.
//!
//! What holds everywhere: agents' files are never changed, but for a deletion that somebody asked for and confirmed, which
//! moves them to our trash; only `sources` knows formats; `update` and `view` touch no
//! file, clock or process; parsing never fails; a session leaves only on proof; unknown is a value; money and tokens are
//! integers; each list of things is declared once; text from logs reaches a terminal only as [`text::Clean`] and a file for others only as
//! [`redact::Redacted`]; stdout is
//! data and stderr is talk. `tests/architecture.rs` checks what a program can check of this.
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::string_slice,
        clippy::panic,
        clippy::print_stdout,
        clippy::print_stderr
    )
)]

pub mod cli;
pub mod config;
pub mod demo;
pub mod digest;
pub mod env;
pub mod evidence;
pub mod exit;
pub mod export;
pub mod index;
pub mod ingest;
pub mod keep;
pub mod launch;
pub mod marks;
pub mod model;
pub mod os;
pub mod own;
pub mod pack;
pub mod pricing;
pub mod query;
pub mod redact;
pub mod render;
pub mod search;
pub mod share;
pub mod sources;
pub mod text;
pub mod trash;
pub mod tui;
