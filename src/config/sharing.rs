//! Whether sessions may be shared from here.

use super::Settings;

/// `[share]`
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Share {
    pub mode: ShareMode,
}

#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub enum ShareMode {
    /// Each share is asked about.
    #[default]
    Manual,
    /// A share that is asked for needs no second yes. Nothing is shared by itself.
    Auto,
    /// Never.
    Disabled,
}

impl Settings {
    /// What the user says is no secret, though it looks like one.
    pub fn allowed(&self) -> Vec<String> {
        let items = self.texts("redact.allow").iter();
        items.map(|item| item.text.clone()).collect()
    }

    pub fn sharing(&self) -> Share {
        let mode = match self.text("share.mode") {
            "auto" => ShareMode::Auto,
            "disabled" => ShareMode::Disabled,
            _ => ShareMode::Manual,
        };
        Share { mode }
    }
}
