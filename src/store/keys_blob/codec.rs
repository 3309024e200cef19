//! The bytes of [`StoredKeys`]: for each kind of key its tag, the number of keys and the keys. Parameters are written as the
//! difference to the one before, small numbers as variable-length integers (7 bits a byte, least first), hashes and
//! floating-point numbers as 8 bytes, least first. Kinds without keys are left out.

use fhir_search::keys::{DateKey, SortText, StringKey, TokenKey, UriKey};
use fhir_search::parameters::ParameterId;

use super::{CompositeRow, QuantityRow, Real, ReferenceRow, StoredKeys};

const TOKENS: u64 = 1;
const REFERENCES: u64 = 2;
const DATES: u64 = 3;
const QUANTITIES: u64 = 4;
const STRINGS: u64 = 5;
const URIS: u64 = 6;
const COMPOSITES: u64 = 7;
const SORT_TEXTS: u64 = 8;

pub(super) fn encode(keys: &StoredKeys) -> Vec<u8> {
    let mut out = Vec::with_capacity(256);
    section(&mut out, TOKENS, &keys.tokens);
    section(&mut out, REFERENCES, &keys.references);
    section(&mut out, DATES, &keys.dates);
    section(&mut out, QUANTITIES, &keys.quantities);
    section(&mut out, STRINGS, &keys.strings);
    section(&mut out, URIS, &keys.uris);
    section(&mut out, COMPOSITES, &keys.composites);
    section(&mut out, SORT_TEXTS, &keys.sort_texts);
    out
}

pub(super) fn decode(blob: &[u8]) -> Option<StoredKeys> {
    let mut input = Input { rest: blob };
    let mut keys = StoredKeys::default();
    while !input.rest.is_empty() {
        match input.varint()? {
            TOKENS => keys.tokens = input.section()?,
            REFERENCES => keys.references = input.section()?,
            DATES => keys.dates = input.section()?,
            QUANTITIES => keys.quantities = input.section()?,
            STRINGS => keys.strings = input.section()?,
            URIS => keys.uris = input.section()?,
            COMPOSITES => keys.composites = input.section()?,
            SORT_TEXTS => keys.sort_texts = input.section()?,
            _ => return None,
        }
    }
    Some(keys)
}

/// A key without its parameter, which [`section`] writes.
trait Coded: Sized {
    fn parameter(&self) -> ParameterId;
    fn write(&self, out: &mut Vec<u8>);
    fn read(parameter: ParameterId, input: &mut Input<'_>) -> Option<Self>;
}

fn section<T: Coded>(out: &mut Vec<u8>, tag: u64, keys: &[T]) {
    if keys.is_empty() {
        return;
    }
    varint(out, tag);
    varint(out, keys.len() as u64);
    let mut previous = 0;
    for key in keys {
        let parameter = key.parameter().0;
        varint(out, zigzag(i64::from(parameter) - i64::from(previous)));
        previous = parameter;
        key.write(out);
    }
}

fn varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Maps small numbers of both signs to small numbers.
fn zigzag(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)) as u64
}

fn unzigzag(value: u64) -> i64 {
    (value >> 1) as i64 ^ -((value & 1) as i64)
}

fn text(out: &mut Vec<u8>, value: &str) {
    varint(out, value.len() as u64);
    out.extend_from_slice(value.as_bytes());
}

/// A range: its lower end, and the upper end only where it differs.
fn range(out: &mut Vec<u8>, low: Real, high: Real) {
    out.extend_from_slice(&low.get().to_le_bytes());
    out.push(u8::from(low != high));
    if low != high {
        out.extend_from_slice(&high.get().to_le_bytes());
    }
}

struct Input<'a> {
    rest: &'a [u8],
}

impl Input<'_> {
    fn section<T: Coded>(&mut self) -> Option<Vec<T>> {
        let count = self.varint()?;
        let mut keys = Vec::new();
        let mut parameter = 0;
        for _ in 0..count {
            parameter = unzigzag(self.varint()?).wrapping_add(parameter);
            keys.push(T::read(ParameterId(i32::try_from(parameter).ok()?), self)?);
        }
        Some(keys)
    }

    fn varint(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let [byte] = self.array()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (bytes, rest) = self.rest.split_first_chunk()?;
        self.rest = rest;
        Some(*bytes)
    }

    fn integer(&mut self) -> Option<i64> {
        self.array().map(i64::from_le_bytes)
    }

    fn text(&mut self) -> Option<Box<str>> {
        let length = usize::try_from(self.varint()?).ok()?;
        let (bytes, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        std::str::from_utf8(bytes).ok().map(Box::from)
    }

    fn range(&mut self) -> Option<(Real, Real)> {
        let low = Real::new(f64::from_le_bytes(self.array()?))?;
        match self.array()? {
            [0] => Some((low, low)),
            _ => Some((low, Real::new(f64::from_le_bytes(self.array()?))?)),
        }
    }
}

impl Coded for TokenKey {
    fn parameter(&self) -> ParameterId {
        self.parameter
    }
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.hash.to_le_bytes());
    }
    fn read(parameter: ParameterId, input: &mut Input<'_>) -> Option<Self> {
        Some(Self { parameter, hash: input.integer()? })
    }
}

impl Coded for ReferenceRow {
    fn parameter(&self) -> ParameterId {
        self.parameter
    }
    fn write(&self, out: &mut Vec<u8>) {
        varint(out, self.target as u64);
    }
    fn read(parameter: ParameterId, input: &mut Input<'_>) -> Option<Self> {
        Some(Self { parameter, target: input.varint()? as i64 })
    }
}

impl Coded for DateKey {
    fn parameter(&self) -> ParameterId {
        self.parameter
    }
    fn write(&self, out: &mut Vec<u8>) {
        varint(out, zigzag(self.low));
        varint(out, self.high.wrapping_sub(self.low) as u64);
    }
    fn read(parameter: ParameterId, input: &mut Input<'_>) -> Option<Self> {
        let low = unzigzag(input.varint()?);
        Some(Self { parameter, low, high: low.wrapping_add(input.varint()? as i64) })
    }
}

impl Coded for QuantityRow {
    fn parameter(&self) -> ParameterId {
        self.parameter
    }
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.unit.to_le_bytes());
        range(out, self.low, self.high);
    }
    fn read(parameter: ParameterId, input: &mut Input<'_>) -> Option<Self> {
        let unit = input.integer()?;
        let (low, high) = input.range()?;
        Some(Self { parameter, unit, low, high })
    }
}

impl Coded for StringKey {
    fn parameter(&self) -> ParameterId {
        self.parameter
    }
    fn write(&self, out: &mut Vec<u8>) {
        text(out, &self.folded);
        out.extend_from_slice(&self.exact.to_le_bytes());
    }
    fn read(parameter: ParameterId, input: &mut Input<'_>) -> Option<Self> {
        Some(Self { parameter, folded: input.text()?, exact: input.integer()? })
    }
}

impl Coded for UriKey {
    fn parameter(&self) -> ParameterId {
        self.parameter
    }
    fn write(&self, out: &mut Vec<u8>) {
        text(out, &self.value);
    }
    fn read(parameter: ParameterId, input: &mut Input<'_>) -> Option<Self> {
        Some(Self { parameter, value: input.text()? })
    }
}

impl Coded for CompositeRow {
    fn parameter(&self) -> ParameterId {
        self.parameter
    }
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.hash.to_le_bytes());
        range(out, self.low, self.high);
    }
    fn read(parameter: ParameterId, input: &mut Input<'_>) -> Option<Self> {
        let hash = input.integer()?;
        let (low, high) = input.range()?;
        Some(Self { parameter, hash, low, high })
    }
}

impl Coded for SortText {
    fn parameter(&self) -> ParameterId {
        self.parameter
    }
    fn write(&self, out: &mut Vec<u8>) {
        text(out, &self.least);
        text(out, &self.greatest);
    }
    fn read(parameter: ParameterId, input: &mut Input<'_>) -> Option<Self> {
        Some(Self { parameter, least: input.text()?, greatest: input.text()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys() -> StoredKeys {
        let parameter = ParameterId(300);
        let real = |value| Real::new(value).unwrap();
        StoredKeys {
            tokens: vec![
                TokenKey { parameter: ParameterId(2), hash: i64::MIN },
                TokenKey { parameter, hash: -1 },
            ],
            references: vec![ReferenceRow { parameter, target: 1 << 40 }],
            dates: vec![
                DateKey { parameter, low: i64::MIN, high: i64::MAX },
                DateKey { parameter, low: -5, high: 86_400_000_000 },
            ],
            quantities: vec![QuantityRow { parameter, unit: 7, low: real(1.5), high: real(f64::INFINITY) }],
            strings: vec![StringKey { parameter, folded: "zoë".into(), exact: 3 }],
            uris: vec![UriKey { parameter, value: "urn:x".into() }],
            composites: vec![CompositeRow { parameter, hash: 9, low: real(2.0), high: real(2.0) }],
            sort_texts: vec![SortText { parameter, least: "a".into(), greatest: "".into() }],
        }
    }

    #[test]
    fn keys_survive_the_round_trip() {
        assert_eq!(decode(&encode(&keys())), Some(keys()));
        assert_eq!(encode(&StoredKeys::default()), Vec::<u8>::new());
    }

    #[test]
    fn damaged_bytes_are_refused_or_read_as_fewer_keys_but_never_panic() {
        let blob = encode(&keys());
        for length in 0..blob.len() {
            assert_ne!(decode(&blob[..length]), Some(keys()));
        }
        for index in 0..blob.len() {
            let mut damaged = blob.clone();
            damaged[index] ^= 0xff;
            decode(&damaged);
        }
    }
}
