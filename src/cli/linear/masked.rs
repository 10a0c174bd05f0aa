//! The mask over linear mode. What is cut before it is printed is masked where it is whole; every line besides on its way
//! out, as names and paths may stand in any of them.

use std::io::{self, Write};
use std::sync::Arc;

use crate::model::{Message, Row};
use crate::redact::Mask;
use crate::render::masked_message;
use crate::text::Clean;

/// Hides secrets in lines that pass.
pub struct Lines<'w> {
    mask: Option<Arc<Mask>>,
    to: &'w mut dyn Write,
    /// A line that has no end yet.
    line: Vec<u8>,
}

impl<'w> Lines<'w> {
    pub fn new(mask: Option<Arc<Mask>>, to: &'w mut dyn Write) -> Lines<'w> {
        Lines {
            mask,
            to,
            line: Vec::new(),
        }
    }

    fn pass(&mut self, mask: &Mask, end: &str) -> io::Result<()> {
        let line = std::mem::take(&mut self.line);
        let line = mask.clean(&Clean::of(&String::from_utf8_lossy(&line)));
        write!(self.to, "{line}{end}")
    }
}

impl Write for Lines<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Some(mask) = self.mask.clone() else {
            return self.to.write(bytes);
        };
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            match piece.strip_suffix(b"\n") {
                Some(rest) => {
                    self.line.extend_from_slice(rest);
                    self.pass(&mask, "\n")?;
                }
                None => self.line.extend_from_slice(piece),
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if let Some(mask) = self.mask.clone()
            && !self.line.is_empty()
        {
            self.pass(&mask, "")?;
        }
        self.to.flush()
    }
}

/// A message as it may be said.
pub fn message(mask: Option<&Mask>, message: &Arc<Message>) -> Arc<Message> {
    match mask {
        Some(mask) => masked_message(mask, message),
        None => message.clone(),
    }
}

/// A session as it may be said: its title was cut, and half a secret is known as none.
pub fn row(mask: Option<&Mask>, row: &Arc<Row>) -> Arc<Row> {
    let Some((mask, title)) = mask.zip(row.session.title.as_ref()) else {
        return row.clone();
    };
    Arc::new(row.titled(mask.title(&title.text)))
}
