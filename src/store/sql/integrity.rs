//! Referential integrity: references lead to live resources, and what is referred to is not deleted.
//!
//! Both are looked at after all writes of a set, so it does not matter in which order a set creates, changes or deletes.

use std::collections::{BTreeSet, HashMap};

use diesel::sql_types::{BigInt, Integer};
use fhir_search::contained;

use super::changes::{Changes, Resource};
use super::connection::Conn;
use super::dialect::{JOIN, list};
use super::dictionary::Dictionary;
use super::statement::{Statement, Value};
use super::write_set::State;
use crate::store::keys_blob::ReferenceRow;
use crate::store::{LocalReference, StoreError};

/// A reference that must hold, and the index of the write that has it.
pub(super) type Required<'a> = (&'a LocalReference, usize);

/// A resource that was deleted: index of the write, `rid`, type and id.
pub(super) type Deleted = (usize, i64, (Box<str>, Box<str>));

/// The search parameters that have reference keys. What refers to a resource is found by them.
#[derive(Default)]
pub(super) struct Integrity {
    /// Those of which rows were written or will be.
    parameters: BTreeSet<i32>,
    /// Whether those are among them that stand in the table.
    knows_table: bool,
}

impl Integrity {
    /// Notes the parameters of new keys.
    pub(super) fn learn(&mut self, references: &[ReferenceRow]) {
        self.parameters.extend(references.iter().map(|reference| reference.parameter.0));
    }

    /// Another has written.
    pub(super) fn forget(&mut self) {
        self.knows_table = false;
    }

    fn parameters(&mut self, conn: &mut Conn<'_>) -> Result<&BTreeSet<i32>, StoreError> {
        // From one parameter to the next: the table has few parameters and many rows.
        const PARAMETERS: &str = "WITH RECURSIVE p (parameter) AS (SELECT min(parameter) FROM ix_reference UNION ALL \
            SELECT (SELECT min(x.parameter) FROM ix_reference AS x WHERE x.parameter > p.parameter) FROM p \
            WHERE p.parameter IS NOT NULL) SELECT parameter FROM p WHERE parameter IS NOT NULL";
        if !self.knows_table {
            self.parameters.extend(Statement::<Integer>::new(PARAMETERS, Vec::new()).load::<i32>(conn)?);
            self.knows_table = true;
        }
        Ok(&self.parameters)
    }
}

/// Refuses references to resources that do not exist or were deleted, as things stand after `earlier` changes and those of the set.
pub(super) fn check_references(
    conn: &mut Conn<'_>,
    dictionary: &Dictionary,
    state: &mut State,
    (earlier, changes): (&Changes<'_>, &Changes<'_>),
    required: &BTreeSet<Required<'_>>,
) -> Result<(), StoreError> {
    let mut live = BTreeSet::new();
    for (reference, write) in required {
        let rid = match dictionary.find_type(&reference.kind) {
            Some(kind) => state.identities.find(conn, kind, &reference.id)?,
            None => None,
        };
        let holds = match rid {
            Some(rid) if live.contains(&rid) => true,
            Some(rid) => match changes.is_live(rid).or_else(|| earlier.is_live(rid)) {
                Some(is_live) => is_live,
                None => state.known.is_live(conn, rid)?,
            },
            None => false,
        };
        if !holds {
            return Err(StoreError::DanglingReference { write: *write, reference: (*reference).clone() });
        }
        live.extend(rid);
    }
    Ok(())
}

/// Refuses deletions of resources that a live resource refers to, as things stand after `earlier` changes and those of the set.
/// (Deleted ones have no index keys any more.)
pub(super) fn check_deletions(
    conn: &mut Conn<'_>,
    dictionary: &Dictionary,
    state: &mut State,
    (earlier, changes): (&Changes<'_>, &Changes<'_>),
    deleted: &[Deleted],
) -> Result<(), StoreError> {
    if deleted.is_empty() {
        return Ok(());
    }
    let by_rid: HashMap<i64, &Deleted> = deleted.iter().map(|deleted| (deleted.1, deleted)).collect();
    let unchanged = |rid: &i64| changes.is_live(*rid).is_none();
    let earlier_only = earlier.resources().filter(|(rid, _)| unchanged(rid));
    let changed: Vec<(i64, &Resource<'_>)> = changes.resources().chain(earlier_only).collect();
    let refers = |(referrer, resource): &(i64, &Resource<'_>)| {
        let references = &resource.now.as_ref()?.keys.references;
        references.iter().find_map(|key| by_rid.get(&key.target)).map(|deleted| (*referrer, *deleted))
    };
    let found = match changed.iter().find_map(refers) {
        Some(found) => Some(found),
        None => {
            let changed = changed.iter().map(|(rid, _)| *rid);
            let found = stored_referrer(conn, state, by_rid.keys().copied(), changed)?;
            found.and_then(|(target, referrer)| Some((referrer, *by_rid.get(&target)?)))
        }
    };
    let Some((referrer, (write, _, (kind, id)))) = found else { return Ok(()) };
    let (referrer_kind, referrer_id) = state.identities.name(conn, referrer)?;
    let referrer = match dictionary.type_name(referrer_kind) {
        // The id of what is contained is the address of its container with a fragment.
        kind if contained::resource_type(&kind).is_some() => referrer_id,
        kind => format!("{kind}/{referrer_id}"),
    };
    Err(StoreError::Referenced { write: *write, kind: kind.clone(), id: id.clone(), referrer })
}

/// One of the targets that a resource refers to which has not changed, and that resource.
fn stored_referrer(
    conn: &mut Conn<'_>,
    state: &mut State,
    targets: impl Iterator<Item = i64>,
    changed: impl Iterator<Item = i64>,
) -> Result<Option<(i64, i64)>, StoreError> {
    let text = format!(
        "SELECT x.target, x.rid FROM {}{JOIN}{} ON TRUE{JOIN}ix_reference AS x \
         ON x.parameter = p.value AND x.target = t.value \
         WHERE x.rid {{NOT IN (SELECT value FROM json_each(?))|<> ALL (?)}} LIMIT 1",
        list("t"),
        list("p")
    );
    let parameters = state.integrity.parameters(conn)?.iter().map(|parameter| i64::from(*parameter));
    let values = vec![Value::integers(targets), Value::integers(parameters), Value::integers(changed)];
    let found = Statement::<(BigInt, BigInt)>::new(&text, values).load::<(i64, i64)>(conn)?;
    Ok(found.into_iter().next())
}
