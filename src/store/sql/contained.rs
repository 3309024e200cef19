//! Contained resources, as searches find them: rows of `current` and of the index tables under numbers of their own, of types of
//! their own (`#Medication`), with the version of their container. They have no versions, and no other search looks at their types.
//!
//! The keys of a container refer to what it contains, so that they tell what has to go when it changes; a resource that contains
//! nothing costs nothing.

use std::collections::BTreeMap;

use diesel::prelude::*;
use fhir_search::contained::{ContainedKeys, LINK};
use fhir_search::keys::{ReferenceKey, SearchKeys, Target};

use super::connection::{Conn, on};
use super::dictionary::Dictionary;
use super::index_rows::IndexChanges;
use super::resource_text::Text;
use super::statement::{Statement, Value};
use super::versions::{self, ContainedRow, CurrentKeys};
use super::write_set::{State, count, decode, stored_keys};
use crate::store::StoreError;
use crate::store::keys_blob::StoredKeys;
use crate::store::schema::current;

/// A contained resource as its container refers to it.
pub(super) struct Part {
    target: Target,
    /// Code of its type.
    kind: i32,
    keys: SearchKeys,
}

/// Takes what the resource `kind/id` contains out of its keys, and lets these refer to it.
pub(super) fn take(
    dictionary: &Dictionary,
    (kind, id): (&str, &str),
    keys: &mut SearchKeys,
) -> Result<Vec<Part>, StoreError> {
    let contained = std::mem::take(&mut keys.contained);
    let mut parts = Vec::with_capacity(contained.len());
    for ContainedKeys { kind: own_kind, id: own_id, keys: own } in contained {
        let code = dictionary.type_code(&own_kind)?;
        let target = Target::Resource { kind: own_kind, id: format!("{kind}/{id}#{own_id}").into() };
        let parameter = fhir_search::ParameterId(dictionary.parameter(LINK.0, LINK.1)?);
        keys.references.push(ReferenceKey { parameter, target: target.clone() });
        parts.push(Part { target, kind: code, keys: own });
    }
    Ok(parts)
}

/// The version of a container.
pub(super) struct Container {
    pub(super) number: i64,
    pub(super) vid: i64,
    pub(super) ts: i64,
}

/// What becomes of the contained resources of a set of writes.
#[derive(Default)]
pub(super) struct ContainedChanges {
    rows: Vec<ContainedRow>,
    gone: Vec<i64>,
    /// By type code: change of their number.
    counts: BTreeMap<i32, i64>,
}

impl ContainedChanges {
    /// A container, which had the keys `old`, contains `parts` now.
    pub(super) fn replace(
        &mut self,
        conn: &mut Conn<'_>,
        dictionary: &Dictionary,
        state: &mut State,
        index: &mut IndexChanges,
        (old, container, parts): (&StoredKeys, Container, Vec<Part>),
    ) -> Result<(), StoreError> {
        let mut present = present(conn, dictionary, old)?;
        for Part { target, kind, keys } in parts {
            let rid = state.identities.target(conn, dictionary, &target)?;
            let before = present.remove(&rid);
            let (keys, text) = stored_keys(conn, dictionary, state, kind, keys)?;
            if before.is_none() {
                *self.counts.entry(kind).or_default() += 1;
            }
            let before = before.map(|(_, keys)| keys).unwrap_or_default();
            let Container { number, vid, ts } = container;
            let coded = CurrentKeys::new(&keys, conn.dialect());
            self.rows.push(ContainedRow { rid, kind, number, vid, ts, keys: coded });
            state.texts.replace(rid, before.text, text);
            index.replace(rid, before, keys);
        }
        for (rid, (kind, before)) in present {
            *self.counts.entry(kind).or_default() -= 1;
            state.texts.replace(rid, before.text, Text::default());
            index.replace(rid, before, StoredKeys::default());
            self.gone.push(rid);
        }
        Ok(())
    }

    /// Writes the changes; the numbers of the resources are saved.
    pub(super) fn apply(self, conn: &mut Conn<'_>) -> Result<(), StoreError> {
        for rid in self.gone {
            let values = vec![Value::Integer(rid)];
            Statement::<()>::new("DELETE FROM current WHERE rid = ?", values).execute(conn)?;
        }
        for row in &self.rows {
            versions::put_contained(conn, row)?;
        }
        for (kind, live) in self.counts {
            count(conn, kind, live, 0)?;
        }
        Ok(())
    }
}

/// What a container with these keys contains: numbers, type codes and keys.
fn present(
    conn: &mut Conn<'_>,
    dictionary: &Dictionary,
    container: &StoredKeys,
) -> Result<BTreeMap<i64, (i32, StoredKeys)>, StoreError> {
    let mut present = BTreeMap::new();
    if container.references.is_empty() {
        return Ok(present);
    }
    let Some(link) = dictionary.find_parameter(LINK.0, LINK.1) else { return Ok(present) };
    for reference in container.references.iter().filter(|reference| reference.parameter.0 == link) {
        let found =
            current::table.select((current::kind, current::keys)).filter(current::rid.eq(reference.target));
        for (kind, keys) in on!(conn, found.load::<(i32, Vec<u8>)>(conn))? {
            present.insert(reference.target, (kind, decode(&keys)?));
        }
    }
    Ok(present)
}
