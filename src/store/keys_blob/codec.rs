//! The bytes of [`StoredKeys`]: for each kind of key its tag, the number of keys and the keys. Parameters are written as the
//! difference to the one before, small numbers as variable-length integers (7 bits a byte, least first), hashes and
//! floating-point numbers as 8 bytes, least first. Kinds without keys are left out.

use fhir_search::keys::{DateKey, SortText, StringKey, TokenKey, UriKey};
use fhir_search::parameters::ParameterId;

use super::{CompositeRow, PositionRow, QuantityRow, Real, ReferenceRow, StoredKeys};

/// Of the section that holds no keys, but what stands for the words in the text index.
const TEXT: u64 = 10;

pub(super) fn encode(keys: &StoredKeys) -> Vec<u8> {
    let mut out = Vec::with_capacity(256);
    section(&mut out, &keys.tokens);
    section(&mut out, &keys.references);
    section(&mut out, &keys.dates);
    section(&mut out, &keys.quantities);
    section(&mut out, &keys.strings);
    section(&mut out, &keys.uris);
    section(&mut out, &keys.composites);
    section(&mut out, &keys.sort_texts);
    section(&mut out, &keys.positions);
    if keys.text != 0 {
        varint(&mut out, TEXT);
        out.extend_from_slice(&keys.text.to_le_bytes());
    }
    out
}

pub(super) fn decode(blob: &[u8]) -> Option<StoredKeys> {
    let mut input = Input { rest: blob };
    let mut keys = StoredKeys::default();
    while !input.rest.is_empty() {
        match input.varint()? {
            TokenKey::TAG => keys.tokens = input.section()?,
            ReferenceRow::TAG => keys.references = input.section()?,
            DateKey::TAG => keys.dates = input.section()?,
            QuantityRow::TAG => keys.quantities = input.section()?,
            StringKey::TAG => keys.strings = input.section()?,
            UriKey::TAG => keys.uris = input.section()?,
            CompositeRow::TAG => keys.composites = input.section()?,
            SortText::TAG => keys.sort_texts = input.section()?,
            PositionRow::TAG => keys.positions = input.section()?,
            TEXT => keys.text = u64::from_le_bytes(input.array()?),
            _ => return None,
        }
    }
    Some(keys)
}

/// The keys of one kind. Passes over the others without a copy: searches ask this of many resources.
pub(super) fn decode_only<T: Coded>(blob: &[u8]) -> Option<Vec<T>> {
    let mut input = Input { rest: blob };
    while !input.rest.is_empty() {
        let tag = input.varint()?;
        if tag == T::TAG {
            return input.section();
        }
        input.pass(tag, |_| ())?;
    }
    Some(Vec::new())
}

/// Whether some key is of the parameter. Texts to sort by do not count: they come with keys.
pub(super) fn has_key(blob: &[u8], parameter: i32) -> Option<bool> {
    let mut input = Input { rest: blob };
    let mut found = false;
    while !found && !input.rest.is_empty() {
        let tag = input.varint()?;
        input.pass(tag, |of| found |= of == i64::from(parameter) && tag != SortText::TAG)?;
    }
    Some(found)
}

/// A key without its parameter, which [`section`] writes.
pub(in crate::store) trait Coded: Sized {
    /// Begins the section of this kind.
    const TAG: u64;
    fn parameter(&self) -> ParameterId;
    fn write(&self, out: &mut Vec<u8>);
    fn read(parameter: ParameterId, input: &mut Input<'_>) -> Option<Self>;
    /// Passes over one.
    fn pass(input: &mut Input<'_>) -> Option<()>;
}

fn section<T: Coded>(out: &mut Vec<u8>, keys: &[T]) {
    if keys.is_empty() {
        return;
    }
    varint(out, T::TAG);
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

pub(in crate::store) struct Input<'a> {
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

    /// Passes over the section behind a tag, telling the parameter of each key.
    fn pass(&mut self, tag: u64, of: impl FnMut(i64)) -> Option<()> {
        match tag {
            TokenKey::TAG => self.pass_section::<TokenKey>(of),
            ReferenceRow::TAG => self.pass_section::<ReferenceRow>(of),
            DateKey::TAG => self.pass_section::<DateKey>(of),
            QuantityRow::TAG => self.pass_section::<QuantityRow>(of),
            StringKey::TAG => self.pass_section::<StringKey>(of),
            UriKey::TAG => self.pass_section::<UriKey>(of),
            CompositeRow::TAG => self.pass_section::<CompositeRow>(of),
            SortText::TAG => self.pass_section::<SortText>(of),
            PositionRow::TAG => self.pass_section::<PositionRow>(of),
            TEXT => self.skip(8),
            _ => None,
        }
    }

    fn pass_section<T: Coded>(&mut self, mut of: impl FnMut(i64)) -> Option<()> {
        let count = self.varint()?;
        let mut parameter = 0;
        for _ in 0..count {
            parameter = unzigzag(self.varint()?).wrapping_add(parameter);
            of(parameter);
            T::pass(self)?;
        }
        Some(())
    }

    fn skip(&mut self, bytes: usize) -> Option<()> {
        self.rest = self.rest.get(bytes..)?;
        Some(())
    }

    fn skip_text(&mut self) -> Option<()> {
        let length = usize::try_from(self.varint()?).ok()?;
        self.skip(length)
    }

    fn skip_range(&mut self) -> Option<()> {
        self.skip(8)?;
        match self.array()? {
            [0] => Some(()),
            _ => self.skip(8),
        }
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
    const TAG: u64 = 1;
    fn parameter(&self) -> ParameterId {
        self.parameter
    }
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.hash.to_le_bytes());
    }
    fn read(parameter: ParameterId, input: &mut Input<'_>) -> Option<Self> {
        Some(Self { parameter, hash: input.integer()? })
    }
    fn pass(input: &mut Input<'_>) -> Option<()> {
        input.skip(8)
    }
}

impl Coded for ReferenceRow {
    const TAG: u64 = 2;
    fn parameter(&self) -> ParameterId {
        self.parameter
    }
    fn write(&self, out: &mut Vec<u8>) {
        varint(out, self.target as u64);
    }
    fn read(parameter: ParameterId, input: &mut Input<'_>) -> Option<Self> {
        Some(Self { parameter, target: input.varint()? as i64 })
    }
    fn pass(input: &mut Input<'_>) -> Option<()> {
        input.varint().map(|_| ())
    }
}

impl Coded for DateKey {
    const TAG: u64 = 3;
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
    fn pass(input: &mut Input<'_>) -> Option<()> {
        input.varint()?;
        input.varint().map(|_| ())
    }
}

impl Coded for QuantityRow {
    const TAG: u64 = 4;
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
    fn pass(input: &mut Input<'_>) -> Option<()> {
        input.skip(8)?;
        input.skip_range()
    }
}

impl Coded for StringKey {
    const TAG: u64 = 5;
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
    fn pass(input: &mut Input<'_>) -> Option<()> {
        input.skip_text()?;
        input.skip(8)
    }
}

impl Coded for UriKey {
    const TAG: u64 = 6;
    fn parameter(&self) -> ParameterId {
        self.parameter
    }
    fn write(&self, out: &mut Vec<u8>) {
        text(out, &self.value);
    }
    fn read(parameter: ParameterId, input: &mut Input<'_>) -> Option<Self> {
        Some(Self { parameter, value: input.text()? })
    }
    fn pass(input: &mut Input<'_>) -> Option<()> {
        input.skip_text()
    }
}

impl Coded for CompositeRow {
    const TAG: u64 = 7;
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
    fn pass(input: &mut Input<'_>) -> Option<()> {
        input.skip(8)?;
        input.skip_range()
    }
}

impl Coded for SortText {
    const TAG: u64 = 8;
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
    fn pass(input: &mut Input<'_>) -> Option<()> {
        input.skip_text()?;
        input.skip_text()
    }
}

impl Coded for PositionRow {
    const TAG: u64 = 9;
    fn parameter(&self) -> ParameterId {
        self.parameter
    }
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.latitude.get().to_le_bytes());
        out.extend_from_slice(&self.longitude.get().to_le_bytes());
    }
    fn read(parameter: ParameterId, input: &mut Input<'_>) -> Option<Self> {
        let latitude = Real::new(f64::from_le_bytes(input.array()?))?;
        let longitude = Real::new(f64::from_le_bytes(input.array()?))?;
        Some(Self { parameter, latitude, longitude })
    }
    fn pass(input: &mut Input<'_>) -> Option<()> {
        input.skip(16)
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
            positions: vec![PositionRow { parameter, latitude: real(51.5), longitude: real(-0.1) }],
            text: 77,
        }
    }

    #[test]
    fn keys_survive_the_round_trip() {
        assert_eq!(decode(&encode(&keys())), Some(keys()));
        assert_eq!(encode(&StoredKeys::default()), Vec::<u8>::new());
    }

    #[test]
    fn one_kind_of_keys_and_one_parameter_are_found_among_all() {
        let (keys, blob) = (keys(), encode(&keys()));
        assert_eq!(decode_only(&blob), Some(keys.tokens));
        assert_eq!(decode_only(&blob), Some(keys.references));
        assert_eq!(decode_only(&blob), Some(keys.dates));
        assert_eq!(decode_only(&blob), Some(keys.quantities));
        assert_eq!(decode_only(&blob), Some(keys.strings));
        assert_eq!(decode_only(&blob), Some(keys.uris));
        assert_eq!(decode_only(&blob), Some(keys.composites));
        assert_eq!(decode_only(&blob), Some(keys.sort_texts));
        assert_eq!(decode_only(&blob), Some(keys.positions));
        assert_eq!([2, 300, 4].map(|parameter| has_key(&blob, parameter).unwrap()), [true, true, false]);
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
            decode_only::<PositionRow>(&damaged);
            has_key(&damaged, 4);
        }
    }
}
