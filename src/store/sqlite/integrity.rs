//! Referential integrity: references lead to live resources, and what is referred to is not deleted.
//!
//! Both are looked at after all writes of a set, so it does not matter in which order a set creates, changes or deletes.

use std::collections::BTreeSet;

use diesel::prelude::*;
use diesel::sql_types::{Integer, Text};
use diesel::sqlite::SqliteConnection;

use super::dictionary::Dictionary;
use super::identity::Identities;
use super::statement::{Statement, Value};
use crate::store::keys_blob::ReferenceRow;
use crate::store::schema::{current, ix_reference};
use crate::store::{LocalReference, StoreError};

/// A reference that must hold, and the index of the write that has it.
pub(super) type Required = (LocalReference, usize);

/// A resource that was deleted: index of the write, `rid`, type and id.
pub(super) type Deleted = (usize, i64, (Box<str>, Box<str>));

/// The search parameters that have reference keys. What refers to a resource is found by them.
pub(super) struct Integrity {
    parameters: BTreeSet<i32>,
    /// The same as a JSON array, the form in which SQLite takes a list.
    list: String,
}

impl Integrity {
    pub(super) fn load(conn: &mut SqliteConnection) -> Result<Self, StoreError> {
        let mut parameters = BTreeSet::new();
        // From one parameter to the next: the table has few parameters and many rows.
        let mut next = next_parameter(conn, i32::MIN)?;
        while let Some(parameter) = next {
            parameters.insert(parameter);
            next = next_parameter(conn, parameter)?;
        }
        let mut integrity = Self { parameters, list: String::new() };
        integrity.write_list();
        Ok(integrity)
    }

    /// Notes the parameters of new keys.
    pub(super) fn learn(&mut self, references: &[ReferenceRow]) {
        let known = self.parameters.len();
        self.parameters.extend(references.iter().map(|reference| reference.parameter.0));
        if self.parameters.len() > known {
            self.write_list();
        }
    }

    fn write_list(&mut self) {
        self.list = format!("{:?}", self.parameters.iter().collect::<Vec<_>>());
    }

    /// Refuses references to resources that do not exist or were deleted.
    pub(super) fn check_references(
        &self,
        conn: &mut SqliteConnection,
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
        &self,
        conn: &mut SqliteConnection,
        dictionary: &Dictionary,
        deleted: &[Deleted],
    ) -> Result<(), StoreError> {
        const REFERRERS: &str = "SELECT r.type, r.fhir_id FROM json_each(?) AS p \
            CROSS JOIN ix_reference AS x ON x.parameter = p.value AND x.target = ? \
            CROSS JOIN resource_id AS r ON r.rid = x.rid LIMIT 1";
        for (write, rid, (kind, id)) in deleted {
            let values = vec![Value::Text(&self.list), Value::Integer(*rid)];
            let referrers =
                Statement::<(Integer, Text)>::new(REFERRERS, values).load::<(i32, String)>(conn)?;
            if let Some((referrer, referrer_id)) = referrers.first() {
                let referrer = format!("{}/{referrer_id}", dictionary.type_name(*referrer));
                let (kind, id) = (kind.clone(), id.clone());
                return Err(StoreError::Referenced { write: *write, kind, id, referrer });
            }
        }
        Ok(())
    }
}

fn next_parameter(conn: &mut SqliteConnection, after: i32) -> Result<Option<i32>, StoreError> {
    let next = ix_reference::table
        .select(diesel::dsl::min(ix_reference::parameter))
        .filter(ix_reference::parameter.gt(after))
        .get_result(conn)?;
    Ok(next)
}

fn is_live(conn: &mut SqliteConnection, rid: i64) -> Result<bool, StoreError> {
    let rows = current::table.select(current::deleted).filter(current::rid.eq(rid)).load::<bool>(conn)?;
    Ok(rows.first() == Some(&false))
}
