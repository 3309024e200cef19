//! Contained resources, as searches find them: rows of `current` and of the index tables under numbers of their own, of types of
//! their own (`#Medication`), with the version of their container. They have no versions, and no other search looks at their types.
//!
//! The keys of a container refer to what it contains, so that they tell what has to go when it changes; a resource that contains
//! nothing costs nothing.

use std::collections::BTreeMap;

use fhir_search::contained::{ContainedKeys, LINK};
use fhir_search::keys::{ReferenceKey, SearchKeys, Target};

use super::changes::{Changes, Now, Present, Resource};
use super::connection::Conn;
use super::dictionary::Dictionary;
use super::write_set::{State, stored_keys};
use crate::store::StoreError;
use crate::store::keys_blob::StoredKeys;

/// What a resource contains.
#[derive(Default)]
pub(super) struct Parts<'a> {
    parts: Vec<Part<'a>>,
    /// References of the container to them, which are keys of it.
    pub(super) links: Vec<ReferenceKey>,
}

/// A contained resource as its container refers to it.
struct Part<'a> {
    target: Target,
    /// Code of its type.
    kind: i32,
    keys: &'a SearchKeys,
}

impl<'a> Parts<'a> {
    /// What the resource `kind/id` with these keys contains.
    pub(super) fn of(
        dictionary: &Dictionary,
        (kind, id): (&str, &str),
        keys: &'a SearchKeys,
    ) -> Result<Self, StoreError> {
        let mut all = Self::default();
        for ContainedKeys { kind: own_kind, id: own_id, keys } in &keys.contained {
            let code = dictionary.type_code(own_kind)?;
            let target =
                Target::Resource { kind: own_kind.clone(), id: format!("{kind}/{id}#{own_id}").into() };
            let parameter = fhir_search::ParameterId(dictionary.parameter(LINK.0, LINK.1)?);
            all.links.push(ReferenceKey { parameter, target: target.clone() });
            all.parts.push(Part { target, kind: code, keys });
        }
        Ok(all)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }
}

/// The version of a container.
#[derive(Clone, Copy)]
pub(super) struct Container {
    pub(super) number: i64,
    pub(super) vid: i64,
    pub(super) ts: i64,
}

/// Adds to `changes`, which follow on `earlier` ones, that a container, which had the keys `old`, contains `parts` now.
pub(super) fn replace<'a>(
    conn: &mut Conn<'_>,
    dictionary: &Dictionary,
    state: &mut State,
    (earlier, changes): (&Changes<'_>, &mut Changes<'a>),
    (old, container, parts): (&StoredKeys, Container, Parts<'a>),
) -> Result<(), StoreError> {
    let mut present = present(conn, dictionary, state, earlier, old)?;
    for Part { target, kind, keys } in parts.parts {
        let rid = state.identities.target(conn, dictionary, &target)?;
        let before = present.remove(&rid);
        let (keys, text) = stored_keys(conn, dictionary, state, kind, keys, &[])?;
        if before.is_none() {
            changes.count(kind, 1, 0);
        }
        let Container { number, vid, ts } = container;
        let now = Now { number, vid, ts, deleted: false, keys, text, rows: None };
        changes.put(rid, Resource { kind, before, now: Some(now) });
    }
    for (rid, before) in present {
        changes.count(before.kind, -1, 0);
        changes.put(rid, Resource { kind: before.kind, before: Some(before), now: None });
    }
    Ok(())
}

/// What a container with these keys contains, by number.
fn present(
    conn: &mut Conn<'_>,
    dictionary: &Dictionary,
    state: &mut State,
    earlier: &Changes<'_>,
    container: &StoredKeys,
) -> Result<BTreeMap<i64, Present>, StoreError> {
    let mut present = BTreeMap::new();
    if container.references.is_empty() {
        return Ok(present);
    }
    let Some(link) = dictionary.find_parameter(LINK.0, LINK.1) else { return Ok(present) };
    for reference in container.references.iter().filter(|reference| reference.parameter.0 == link) {
        if let Some(before) = earlier.before(conn, &mut state.known, reference.target)? {
            present.insert(reference.target, before);
        }
    }
    Ok(present)
}
