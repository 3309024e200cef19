//! Referential integrity: references lead to live resources, and what is referred to is not deleted.
//!
//! Both are looked at after all writes of a set, so it does not matter in which order a set creates, changes or deletes.

use std::collections::BTreeSet;

use diesel::prelude::*;
use diesel::sql_types::{Integer, Text};
use fhir_search::contained;

use super::connection::{Conn, on};
use super::dialect::{JOIN, list};
use super::dictionary::Dictionary;
use super::identity::Identities;
use super::statement::{Statement, Value};
use crate::store::keys_blob::ReferenceRow;
use crate::store::schema::current;
use crate::store::{LocalReference, StoreError};

/// A reference that must hold, and the index of the write that has it.
pub(super) type Required = (LocalReference, usize);

/// A resource that was deleted: index of the write, `rid`, type and id.
pub(super) type Deleted = (usize, i64, (Box<str>, Box<str>));

/// The search parameters that have reference keys. What refers to a resource is found by them.
#[derive(Default)]
pub(super) struct Integrity {
    /// `None` if they are not known now.
    parameters: Option<BTreeSet<i32>>,
}

impl Integrity {
    /// Notes the parameters of new keys.
    pub(super) fn learn(&mut self, references: &[ReferenceRow]) {
        if let Some(parameters) = &mut self.parameters {
            parameters.extend(references.iter().map(|reference| reference.parameter.0));
        }
    }

    /// Forgets the parameters, for another has written.
    pub(super) fn forget(&mut self) {
        self.parameters = None;
    }

    fn parameters(&mut self, conn: &mut Conn<'_>) -> Result<&BTreeSet<i32>, StoreError> {
        // From one parameter to the next: the table has few parameters and many rows.
        const PARAMETERS: &str = "WITH RECURSIVE p (parameter) AS (SELECT min(parameter) FROM ix_reference UNION ALL \
            SELECT (SELECT min(x.parameter) FROM ix_reference AS x WHERE x.parameter > p.parameter) FROM p \
            WHERE p.parameter IS NOT NULL) SELECT parameter FROM p WHERE parameter IS NOT NULL";
        let parameters = match self.parameters.take() {
            Some(parameters) => parameters,
            None => {
                let found = Statement::<Integer>::new(PARAMETERS, Vec::new()).load::<i32>(conn)?;
                found.into_iter().collect()
            }
        };
        Ok(self.parameters.insert(parameters))
    }

    /// Refuses references to resources that do not exist or were deleted.
    pub(super) fn check_references(
        conn: &mut Conn<'_>,
        dictionary: &Dictionary,
        identities: &mut Identities,
        required: &BTreeSet<Required>,
    ) -> Result<(), StoreError> {
        let mut live = BTreeSet::new();
        for (reference, write) in required {
            let rid = match dictionary.find_type(&reference.kind) {
                Some(kind) => identities.find(conn, kind, &reference.id)?,
                None => None,
            };
            let holds = match rid {
                Some(rid) if live.contains(&rid) => true,
                Some(rid) if is_live(conn, rid)? => live.insert(rid),
                _ => false,
            };
            if !holds {
                return Err(StoreError::DanglingReference { write: *write, reference: reference.clone() });
            }
        }
        Ok(())
    }

    /// Refuses deletions of resources that a live resource refers to. (Deleted ones have no index rows any more.)
    pub(super) fn check_deletions(
        &mut self,
        conn: &mut Conn<'_>,
        dictionary: &Dictionary,
        deleted: &[Deleted],
    ) -> Result<(), StoreError> {
        let referrers = format!(
            "SELECT r.type, r.fhir_id FROM {}{JOIN}ix_reference AS x ON x.parameter = p.value AND x.target = ?\
             {JOIN}resource_id AS r ON r.rid = x.rid LIMIT 1",
            list("p")
        );
        for (write, rid, (kind, id)) in deleted {
            let parameters = self.parameters(conn)?.iter().map(|parameter| i64::from(*parameter));
            let values = vec![Value::integers(parameters), Value::Integer(*rid)];
            let referrers =
                Statement::<(Integer, Text)>::new(&referrers, values).load::<(i32, String)>(conn)?;
            if let Some((referrer, referrer_id)) = referrers.first() {
                let referrer = match dictionary.type_name(*referrer) {
                    // The id of what is contained is the address of its container with a fragment.
                    kind if contained::resource_type(&kind).is_some() => referrer_id.clone(),
                    kind => format!("{kind}/{referrer_id}"),
                };
                let (kind, id) = (kind.clone(), id.clone());
                return Err(StoreError::Referenced { write: *write, kind, id, referrer });
            }
        }
        Ok(())
    }
}

fn is_live(conn: &mut Conn<'_>, rid: i64) -> Result<bool, StoreError> {
    let found = current::table.select(current::deleted).filter(current::rid.eq(rid));
    let rows = on!(conn, found.load::<i32>(conn))?;
    Ok(rows.first() == Some(&0))
}
