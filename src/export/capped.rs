//! A writer that stops at a limit: an export nobody could open is no use, and a disk is not filled by mistake.

use std::io::{self, ErrorKind, Write};

pub struct Capped<'a> {
    out: &'a mut dyn Write,
    left: u64,
    limit: u64,
}

impl<'a> Capped<'a> {
    pub fn new(out: &'a mut dyn Write, limit: u64) -> Capped<'a> {
        Capped {
            out,
            left: limit,
            limit,
        }
    }

    /// Bytes that may still be written.
    pub fn left(&self) -> u64 {
        self.left
    }
}

impl Write for Capped<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Some(left) = self.left.checked_sub(bytes.len() as u64) else {
            let line = format!(
                "an export holds at most {} MiB; leave parts out or choose fewer sessions",
                self.limit >> 20
            );
            return Err(io::Error::new(ErrorKind::FileTooLarge, line));
        };
        self.out.write_all(bytes)?;
        self.left = left;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// X4 and RELIABILITY 11: what is too large is said, and nothing more is written.
    #[test]
    fn the_limit_is_said_plainly() {
        let mut out = Vec::new();
        let mut capped = Capped::new(&mut out, 4 << 20);
        capped.write_all(&vec![b'x'; 4 << 20]).unwrap();
        let error = capped.write_all(b"y").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::FileTooLarge);
        assert!(error.to_string().contains("at most 4 MiB"), "{error}");
        assert_eq!(out.len(), 4 << 20);
    }
}
