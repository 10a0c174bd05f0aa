//! Values as bytes and back, for our own cache: small, without a schema, and never trusted. What does not fit is
//! [`None`], never a panic and never a wish for more memory than there are bytes.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use compact_str::CompactString;
use foldhash::HashMap;
use jiff::Timestamp;

/// Of texts from this length on it pays to look at many bytes at a time.
const LONG: usize = 64;
/// Nanoseconds of a thousandth of a second.
const MILLI: i64 = 1_000_000;

/// What is yet to be read, and what its values share.
pub struct Unpacking<'a> {
    rest: &'a [u8],
    /// Directories met so far: most sessions share theirs.
    dirs: HashMap<&'a [u8], Arc<Path>>,
}

impl<'a> Unpacking<'a> {
    pub fn new(bytes: &'a [u8]) -> Unpacking<'a> {
        Unpacking {
            rest: bytes,
            dirs: HashMap::default(),
        }
    }

    pub fn get<T: Pack>(&mut self) -> Option<T> {
        T::unpack(self)
    }

    /// As many as were packed by [`pack_many`], each as `get` makes it.
    pub fn many<T>(&mut self, get: impl Fn(&mut Unpacking<'a>) -> Option<T>) -> Option<Vec<T>> {
        let len: usize = self.get()?;
        // A length that lies must not be believed before the values are seen.
        let mut all = Vec::with_capacity(len.min(self.rest.len() / 8));
        for _ in 0..len {
            all.push(get(self)?);
        }
        Some(all)
    }

    pub fn is_over(&self) -> bool {
        self.rest.is_empty()
    }

    fn take(&mut self, len: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(len)?;
        self.rest = rest;
        Some(taken)
    }

    fn bytes(&mut self) -> Option<&'a [u8]> {
        let len = usize::try_from(self.number()?).ok()?;
        self.take(len)
    }

    pub fn text(&mut self) -> Option<&'a str> {
        // The quicker one for long texts; of short ones there are more.
        let bytes = self.bytes()?;
        match bytes.len() < LONG {
            true => std::str::from_utf8(bytes).ok(),
            false => simdutf8::basic::from_utf8(bytes).ok(),
        }
    }

    fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let (byte, rest) = self.rest.split_first()?;
            self.rest = rest;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    /// A time that was packed as what has passed since this one.
    pub fn time(&mut self, since: Timestamp) -> Option<Timestamp> {
        let second: i64 = self.get()?;
        let part: i64 = self.get()?;
        let nanos = match part % 2 {
            0 => (part / 2).checked_mul(MILLI)?,
            _ => (part - 1) / 2,
        };
        let second = since.as_second().checked_add(second)?;
        Timestamp::new(second, nanos.try_into().ok()?).ok()
    }

    /// A directory, the same one for all that name it.
    pub fn dir(&mut self) -> Option<Arc<Path>> {
        use std::os::unix::ffi::OsStrExt;
        let bytes = self.bytes()?;
        let dir = self
            .dirs
            .entry(bytes)
            .or_insert_with(|| Path::new(std::ffi::OsStr::from_bytes(bytes)).into());
        Some(dir.clone())
    }
}

pub trait Pack: Sized {
    fn pack(&self, out: &mut Vec<u8>);
    fn unpack(from: &mut Unpacking<'_>) -> Option<Self>;
}

/// A value as bytes.
pub fn packed(value: &impl Pack) -> Vec<u8> {
    let mut out = Vec::new();
    value.pack(&mut out);
    out
}

/// Makes a struct of values that pack into one that does, field by field in this order.
macro_rules! packs {
    ($name:ty { $($field:ident),* $(,)? }) => {
        impl $crate::pack::Pack for $name {
            fn pack(&self, out: &mut Vec<u8>) {
                $(self.$field.pack(out);)*
            }

            fn unpack(from: &mut $crate::pack::Unpacking<'_>) -> Option<Self> {
                $(let $field = from.get()?;)*
                Some(Self { $($field),* })
            }
        }
    };
}

/// Makes an enum without fields one that packs as its place in this list.
macro_rules! packs_as_number {
    ($name:ty { $($variant:ident),* $(,)? }) => {
        impl $crate::pack::Pack for $name {
            fn pack(&self, out: &mut Vec<u8>) {
                let all = [$(Self::$variant),*];
                let at = all.iter().position(|one| one == self).unwrap_or(0);
                (at as u64).pack(out);
            }

            fn unpack(from: &mut $crate::pack::Unpacking<'_>) -> Option<Self> {
                let all = [$(Self::$variant),*];
                all.get(usize::try_from(from.get::<u64>()?).ok()?).copied()
            }
        }
    };
}

pub(crate) use {packs, packs_as_number};

impl Pack for u64 {
    fn pack(&self, out: &mut Vec<u8>) {
        let mut rest = *self;
        while rest >= 0x80 {
            out.push(rest as u8 | 0x80);
            rest >>= 7;
        }
        out.push(rest as u8);
    }

    fn unpack(from: &mut Unpacking<'_>) -> Option<u64> {
        from.number()
    }
}

/// A number that is as likely to be large as small: eight bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Fixed(pub u64);

impl Pack for Fixed {
    fn pack(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.0.to_le_bytes());
    }

    fn unpack(from: &mut Unpacking<'_>) -> Option<Fixed> {
        let bytes = from.take(8)?.try_into().ok()?;
        Some(Fixed(u64::from_le_bytes(bytes)))
    }
}

impl Pack for i64 {
    fn pack(&self, out: &mut Vec<u8>) {
        ((*self << 1) ^ (*self >> 63)).cast_unsigned().pack(out);
    }

    fn unpack(from: &mut Unpacking<'_>) -> Option<i64> {
        let number = from.number()?;
        Some((number >> 1).cast_signed() ^ -((number & 1).cast_signed()))
    }
}

impl Pack for i128 {
    fn pack(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.to_le_bytes());
    }

    fn unpack(from: &mut Unpacking<'_>) -> Option<i128> {
        Some(i128::from_le_bytes(from.take(16)?.try_into().ok()?))
    }
}

impl Pack for u32 {
    fn pack(&self, out: &mut Vec<u8>) {
        u64::from(*self).pack(out);
    }

    fn unpack(from: &mut Unpacking<'_>) -> Option<u32> {
        from.number()?.try_into().ok()
    }
}

impl Pack for usize {
    fn pack(&self, out: &mut Vec<u8>) {
        (*self as u64).pack(out);
    }

    fn unpack(from: &mut Unpacking<'_>) -> Option<usize> {
        from.number()?.try_into().ok()
    }
}

impl Pack for u8 {
    fn pack(&self, out: &mut Vec<u8>) {
        out.push(*self);
    }

    fn unpack(from: &mut Unpacking<'_>) -> Option<u8> {
        from.take(1)?.first().copied()
    }
}

impl Pack for bool {
    fn pack(&self, out: &mut Vec<u8>) {
        out.push(u8::from(*self));
    }

    fn unpack(from: &mut Unpacking<'_>) -> Option<bool> {
        Some(from.get::<u8>()? != 0)
    }
}

impl Pack for Box<str> {
    fn pack(&self, out: &mut Vec<u8>) {
        pack_bytes(self.as_bytes(), out);
    }

    fn unpack(from: &mut Unpacking<'_>) -> Option<Box<str>> {
        from.text().map(Box::from)
    }
}

impl Pack for Box<[u8]> {
    fn pack(&self, out: &mut Vec<u8>) {
        pack_bytes(self, out);
    }

    fn unpack(from: &mut Unpacking<'_>) -> Option<Box<[u8]>> {
        from.bytes().map(Box::from)
    }
}

impl Pack for String {
    fn pack(&self, out: &mut Vec<u8>) {
        pack_bytes(self.as_bytes(), out);
    }

    fn unpack(from: &mut Unpacking<'_>) -> Option<String> {
        from.text().map(str::to_owned)
    }
}

impl Pack for CompactString {
    fn pack(&self, out: &mut Vec<u8>) {
        pack_bytes(self.as_bytes(), out);
    }

    fn unpack(from: &mut Unpacking<'_>) -> Option<CompactString> {
        from.text().map(CompactString::from)
    }
}

impl Pack for PathBuf {
    fn pack(&self, out: &mut Vec<u8>) {
        pack_path(self, out);
    }

    fn unpack(from: &mut Unpacking<'_>) -> Option<PathBuf> {
        Some(from.dir()?.to_path_buf())
    }
}

impl Pack for Arc<Path> {
    fn pack(&self, out: &mut Vec<u8>) {
        pack_path(self, out);
    }

    fn unpack(from: &mut Unpacking<'_>) -> Option<Arc<Path>> {
        from.dir()
    }
}

impl Pack for Timestamp {
    fn pack(&self, out: &mut Vec<u8>) {
        pack_time(*self, Timestamp::UNIX_EPOCH, out);
    }

    fn unpack(from: &mut Unpacking<'_>) -> Option<Timestamp> {
        from.time(Timestamp::UNIX_EPOCH)
    }
}

/// A time as what has passed since another. Most clocks tell thousandths: those take two bytes and not five.
pub fn pack_time(time: Timestamp, since: Timestamp, out: &mut Vec<u8>) {
    (time.as_second() - since.as_second()).pack(out);
    let nanos = i64::from(time.subsec_nanosecond());
    match nanos % MILLI {
        0 => (nanos / MILLI * 2).pack(out),
        _ => (nanos * 2 + 1).pack(out),
    }
}

impl<T: Pack> Pack for Option<T> {
    fn pack(&self, out: &mut Vec<u8>) {
        self.is_some().pack(out);
        if let Some(value) = self {
            value.pack(out);
        }
    }

    fn unpack(from: &mut Unpacking<'_>) -> Option<Option<T>> {
        match from.get::<u8>()? {
            0 => Some(None),
            _ => Some(Some(from.get()?)),
        }
    }
}

impl<T: Pack> Pack for Vec<T> {
    fn pack(&self, out: &mut Vec<u8>) {
        pack_all(self, out);
    }

    fn unpack(from: &mut Unpacking<'_>) -> Option<Vec<T>> {
        from.many(|from| from.get())
    }
}

impl<T: Pack> Pack for Arc<[T]> {
    fn pack(&self, out: &mut Vec<u8>) {
        pack_all(self, out);
    }

    fn unpack(from: &mut Unpacking<'_>) -> Option<Arc<[T]>> {
        Some(from.get::<Vec<T>>()?.into())
    }
}

impl<A: Pack, B: Pack> Pack for (A, B) {
    fn pack(&self, out: &mut Vec<u8>) {
        self.0.pack(out);
        self.1.pack(out);
    }

    fn unpack(from: &mut Unpacking<'_>) -> Option<(A, B)> {
        Some((from.get()?, from.get()?))
    }
}

fn pack_all<T: Pack>(all: &[T], out: &mut Vec<u8>) {
    pack_many(all, out, T::pack);
}

/// Values as `pack` makes them, for [`Unpacking::many`].
pub fn pack_many<T>(all: &[T], out: &mut Vec<u8>, pack: impl Fn(&T, &mut Vec<u8>)) {
    all.len().pack(out);
    all.iter().for_each(|one| pack(one, out));
}

fn pack_bytes(bytes: &[u8], out: &mut Vec<u8>) {
    bytes.len().pack(out);
    out.extend_from_slice(bytes);
}

fn pack_path(path: &Path, out: &mut Vec<u8>) {
    pack_bytes(path.as_os_str().as_encoded_bytes(), out);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn back<T: Pack>(value: &T) -> Option<T> {
        let bytes = packed(value);
        let mut from = Unpacking::new(&bytes);
        let back = from.get();
        assert!(from.is_over());
        back
    }

    proptest! {
        #[test]
        fn values_come_back(
            numbers in any::<(u64, i64, i128, u32)>(),
            texts in any::<Vec<Option<String>>>(),
            seconds in -370_000_000_000_000_000i64..250_000_000_000_000_000,
        ) {
            let (a, b, c, d) = numbers;
            prop_assert_eq!(back(&a), Some(a));
            prop_assert_eq!(back(&b), Some(b));
            prop_assert_eq!(back(&c), Some(c));
            prop_assert_eq!(back(&d), Some(d));
            prop_assert_eq!(back(&Fixed(a)), Some(Fixed(a)));
            prop_assert_eq!(back(&texts), Some(texts));
            let at = Timestamp::from_microsecond(seconds).unwrap();
            prop_assert_eq!(back(&at), Some(at));
        }

        #[test]
        fn any_bytes_are_read_to_an_end(bytes in any::<Vec<u8>>()) {
            let _ = Unpacking::new(&bytes).get::<Vec<Vec<(u64, Box<str>)>>>();
            let _ = Unpacking::new(&bytes).get::<Vec<Option<Timestamp>>>();
        }
    }
}
