//! The clipboard of this machine: the desktop's where there is one, else the terminal's by OSC 52.

use std::collections::BTreeMap;
use std::ffi::OsString;

use crate::env::Clipboard;

pub struct System {}

impl System {
    pub fn new(_vars: &BTreeMap<OsString, OsString>) -> System {
        System {}
    }
}

impl Clipboard for System {
    fn copy(&self, _text: &str) -> Result<&'static str, String> {
        Err("not here yet".into())
    }
}
