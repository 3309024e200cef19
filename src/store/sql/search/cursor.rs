//! The bytes of a cursor: version, direction, a fingerprint of the order, the values sorted by, the resource.

use fhir_search::query::{Sort, SortBy};

use super::keyset::Direction;
use super::order::{Kind, Position, SortValue};
use crate::store::{Cursor, StoreError};

const VERSION: u8 = 1;

/// Set in the kind of a key that several types share.
const SEVERAL: u8 = 64;

const MISSING: u8 = 0;
const TIME: u8 = 1;
const ID: u8 = 2;
const KEY: u8 = 3;

/// Writes a cursor that leads away from a position.
pub(super) fn encode(sort: &[Sort], direction: Direction, position: &Position) -> Cursor {
    let mut bytes = head(sort, direction);
    for value in &position.values {
        let (tag, text): (u8, &[u8]) = match value {
            SortValue::Missing => (MISSING, &[]),
            SortValue::Time(time) => (TIME, &time.to_le_bytes()),
            SortValue::Id(id) => (ID, id.as_bytes()),
            SortValue::Key(key) => (KEY, key),
        };
        bytes.push(tag);
        bytes.extend((text.len() as u64).to_le_bytes());
        bytes.extend(text);
    }
    bytes.extend(position.rid.to_le_bytes());
    Cursor(bytes)
}

/// The cursor of the last page.
pub(super) fn end(sort: &[Sort]) -> Cursor {
    Cursor(head(sort, Direction::End))
}

fn head(sort: &[Sort], direction: Direction) -> Vec<u8> {
    let mut bytes = vec![VERSION, code(direction)];
    bytes.extend(fingerprint(sort));
    bytes
}

/// Reads a cursor made for a search in this order. There is no position if and only if the direction is [`Direction::End`].
pub(super) fn decode(sort: &[Sort], cursor: &Cursor) -> Result<(Direction, Option<Position>), StoreError> {
    read(sort, &cursor.0).ok_or(StoreError::BadCursor)
}

fn read(sort: &[Sort], bytes: &[u8]) -> Option<(Direction, Option<Position>)> {
    let ([version, direction], rest) = bytes.split_first_chunk()?;
    let direction = [Direction::After, Direction::Before, Direction::UpTo, Direction::End]
        .into_iter()
        .find(|known| code(*known) == *direction)?;
    let mut rest = rest.strip_prefix(&*fingerprint(sort))?;
    if *version != VERSION {
        return None;
    }
    if direction == Direction::End {
        return rest.is_empty().then_some((direction, None));
    }
    let mut values = Vec::with_capacity(sort.len());
    for key in sort {
        let ([tag], tail) = rest.split_first_chunk()?;
        let (length, tail) = tail.split_first_chunk()?;
        let (text, tail) = tail.split_at_checked(usize::try_from(u64::from_le_bytes(*length)).ok()?)?;
        values.push(value(&key.by, *tag, text)?);
        rest = tail;
    }
    let rid = i64::from_le_bytes(rest.try_into().ok()?);
    Some((direction, Some(Position { values, rid })))
}

fn value(by: &SortBy, tag: u8, text: &[u8]) -> Option<SortValue> {
    match (by, tag) {
        (SortBy::LastUpdated, TIME) => Some(SortValue::Time(i64::from_le_bytes(text.try_into().ok()?))),
        (SortBy::Id, ID) => Some(SortValue::Id(String::from_utf8(text.to_vec()).ok()?)),
        (SortBy::LastUpdated | SortBy::Id, _) => None,
        (_, MISSING) => Some(SortValue::Missing),
        (_, KEY) => Some(SortValue::Key(text.to_vec())),
        _ => None,
    }
}

fn code(direction: Direction) -> u8 {
    match direction {
        Direction::After => 1,
        Direction::Before => 2,
        Direction::UpTo => 3,
        Direction::End => 4,
    }
}

/// Six bytes for each key of the order.
fn fingerprint(sort: &[Sort]) -> Vec<u8> {
    let key = |key: &Sort| {
        let (kind, parameter) = match (&key.by, Kind::of(&key.by)) {
            (_, Some((kind, [parameter]))) => (kind as u8, parameter.0),
            // The first of several names all of them, as the types searched are part of what a link is signed for.
            (_, Some((kind, parameters))) => {
                (kind as u8 | SEVERAL, parameters.first().map_or(0, |parameter| parameter.0))
            }
            (SortBy::Id, None) => (u8::MAX, 0),
            (_, None) => (0, 0),
        };
        let [a, b, c, d] = parameter.to_le_bytes();
        [kind, key.descending.into(), a, b, c, d]
    };
    sort.iter().flat_map(key).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use fhir_search::parameters::ParameterId;

    #[test]
    fn cursors_survive_the_round_trip_and_fit_one_order_only() {
        let sort = [
            Sort { by: SortBy::String(ParameterId(7)), descending: true },
            Sort { by: SortBy::LastUpdated, descending: false },
            Sort { by: SortBy::Id, descending: false },
            Sort { by: SortBy::Date(ParameterId(8)), descending: false },
        ];
        let values = vec![
            SortValue::Key(b"abc".to_vec()),
            SortValue::Time(-3),
            SortValue::Id("x".to_owned()),
            SortValue::Missing,
        ];
        let position = Position { values, rid: 9 };
        let cursor = encode(&sort, Direction::UpTo, &position);
        assert_eq!(decode(&sort, &cursor).unwrap(), (Direction::UpTo, Some(position)));
        assert!(matches!(decode(&sort[..3], &cursor), Err(StoreError::BadCursor)));
        assert!(matches!(decode(&[], &cursor), Err(StoreError::BadCursor)));
        assert_eq!(decode(&sort, &end(&sort)).unwrap(), (Direction::End, None));
        for whole in [cursor, end(&sort)] {
            for length in 0..whole.0.len() {
                let cut = Cursor(whole.0[..length].to_vec());
                assert!(matches!(decode(&sort, &cut), Err(StoreError::BadCursor)));
            }
        }
    }
}
