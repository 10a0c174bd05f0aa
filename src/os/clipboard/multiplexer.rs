//! How an order for the terminal gets through tmux, which stands between us and the terminal and takes it in one of two
//! forms, or in none, as its settings say.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::time::Duration;

use super::super::processes;
use crate::env::{Call, Processes};

/// An answer that takes longer is none.
const PATIENCE: Duration = Duration::from_secs(1);

/// What becomes of an order for the terminal.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Way {
    /// It is taken as it is.
    Plain,
    /// It is handed on where it comes in a wrapping.
    Wrapped,
    /// It is dropped.
    Dropped,
}

/// Asks tmux, where we run in one. Whatever does not answer is taken for a terminal.
///
/// Looked at with tmux 3.3a and a terminal around it that listens: with `set-clipboard on` the plain order comes through
/// and the wrapped one does not, unless `allow-passthrough` is on. With `external`, which is the default, and with `off`
/// the plain one is dropped, whatever else is set, and the wrapped one comes through with `allow-passthrough on` alone.
/// So in its defaults nothing that we could send reaches the terminal, and whoever copies is told what to set.
pub fn way(vars: &BTreeMap<OsString, OsString>) -> Way {
    let set = |name: &str| vars.get(OsStr::new(name)).filter(|value| !value.is_empty());
    let path = set("PATH").map(OsString::as_os_str);
    let program = set("TMUX").and_then(|_| processes::System.find(OsStr::new("tmux"), path));
    let Some(program) = program else {
        return Way::Plain;
    };
    let ask = [
        "display-message",
        "-p",
        "#{set-clipboard} #{allow-passthrough}",
    ];
    let call = Call {
        program,
        args: ask.map(OsString::from).to_vec(),
        ..Call::default()
    };
    match processes::System.capture(&call, PATIENCE) {
        Ok(heard) if heard.code == 0 => told(&String::from_utf8_lossy(&heard.out)),
        _ => Way::Plain,
    }
}

/// Versions before 3.3 do not know the second setting and let everything through that is wrapped.
fn told(said: &str) -> Way {
    let mut words = said.split_whitespace();
    match (words.next(), words.next()) {
        (Some("on" | "2"), _) => Way::Plain,
        (Some(_), Some("on" | "all" | "1" | "2") | None) => Way::Wrapped,
        (Some(_), Some(_)) => Way::Dropped,
        (None, _) => Way::Plain,
    }
}

/// The wrapping: every escape in it stands twice.
pub fn wrapped(order: &str) -> String {
    format!(
        "\u{1b}Ptmux;{}\u{1b}\\",
        order.replace('\u{1b}', "\u{1b}\u{1b}")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_say_which_form_is_taken() {
        for (said, way) in [
            ("on 0\n", Way::Plain),
            ("external 1\n", Way::Wrapped),
            ("external all\n", Way::Wrapped),
            ("off \n", Way::Wrapped),
            ("external 0\n", Way::Dropped),
            ("off off\n", Way::Dropped),
            ("\n", Way::Plain),
        ] {
            assert_eq!(told(said), way, "{said:?}");
        }
        assert_eq!(
            wrapped("\u{1b}]52;c;eA==\u{1b}\\"),
            "\u{1b}Ptmux;\u{1b}\u{1b}]52;c;eA==\u{1b}\u{1b}\\\u{1b}\\"
        );
    }
}
