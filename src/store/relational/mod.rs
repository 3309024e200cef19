//! The relational form of the types that analysts join in SQL: Patient, Encounter, ServiceRequest and CarePlan.
//!
//! [`rows`] reads a resource without the database; [`gather`] and [`RowChanges`] put its rows into the transaction that stores the
//! version, so that the tables never differ from what the API shows. `docs/relational.md` describes the tables.

use std::collections::BTreeMap;

use fhir_model::Node;
use fhir_search::keys::Target;

use super::StoreError;
use super::sql::batch::{Batch, Table};
use super::sql::connection::Conn;
use super::sql::dialect::IS_IN_LIST;
use super::sql::statement::{Statement, Value};
use element::Reader;
use row::Gatherer;

mod care_plan;
mod element;
mod encounter;
mod patient;
mod row;
pub(super) mod schema;
mod service_request;
mod time;

#[cfg(test)]
mod tests;

/// The relational rows of one resource.
#[derive(Clone, Debug, PartialEq)]
pub struct Rows(Form);

/// The rows by type.
#[derive(Clone, Debug, PartialEq)]
enum Form {
    Patient(Box<patient::PatientRows>),
    Encounter(Box<encounter::EncounterRows>),
    ServiceRequest(Box<service_request::ServiceRequestRows>),
    CarePlan(Box<care_plan::CarePlanRows>),
}

/// The rows of a resource, or `None` for a type without a relational form. What does not have the form of its element is
/// left out. `own_base_urls` are the base urls of this server, without a slash at the end: absolute references below them
/// are references to its own resources.
pub fn rows(resource: Node<'_>, own_base_urls: &[String]) -> Option<Rows> {
    let reader = Reader { element: resource, own_base_urls };
    let form = match resource.resource_type()? {
        "Patient" => Form::Patient(Box::new(patient::read(reader))),
        "Encounter" => Form::Encounter(Box::new(encounter::read(reader))),
        "ServiceRequest" => Form::ServiceRequest(Box::new(service_request::read(reader))),
        "CarePlan" => Form::CarePlan(Box::new(care_plan::read(reader))),
        _ => return None,
    };
    Some(Rows(form))
}

/// A row of one of the tables.
#[derive(Debug)]
pub(super) struct Row<'a> {
    table: &'static Table,
    values: Vec<Value<'a>>,
}

/// The rows of the resource `rid`, the one that the others refer to first. `number` gives the number of what a reference points to.
pub(super) fn gather<'a>(
    rid: i64,
    rows: &'a Rows,
    number: &mut dyn FnMut(&Target) -> Result<i64, StoreError>,
) -> Result<Vec<Row<'a>>, StoreError> {
    let mut gatherer = Gatherer { rid, number, rows: Vec::new() };
    match &rows.0 {
        Form::Patient(rows) => rows.gather(&mut gatherer)?,
        Form::Encounter(rows) => rows.gather(&mut gatherer)?,
        Form::ServiceRequest(rows) => rows.gather(&mut gatherer)?,
        Form::CarePlan(rows) => rows.gather(&mut gatherer)?,
    }
    Ok(gatherer.rows)
}

/// Changes of the tables, gathered to be written together.
#[derive(Default)]
pub(super) struct RowChanges<'a> {
    /// By main table: the resources whose rows go.
    removed: BTreeMap<&'static str, Vec<i64>>,
    /// By table, each behind the one that its rows refer to.
    added: Vec<(&'static Table, Vec<Vec<Value<'a>>>)>,
}

impl<'a> RowChanges<'a> {
    /// The rows that a resource has go.
    pub(super) fn remove(&mut self, kind: &str, rid: i64) {
        let table = match kind {
            "Patient" => "patient",
            "Encounter" => "encounter",
            "ServiceRequest" => "service_request",
            "CarePlan" => "care_plan",
            _ => return,
        };
        self.removed.entry(table).or_default().push(rid);
    }

    /// These rows come, after those that go have gone.
    pub(super) fn add(&mut self, rows: Vec<Row<'a>>) {
        for Row { table, values } in rows {
            match self.added.iter_mut().find(|(known, _)| known.name == table.name) {
                Some((_, rows)) => rows.push(values),
                None => self.added.push((table, vec![values])),
            }
        }
    }

    /// Writes the changes. With a row of a main table the database deletes those of the repeating elements.
    pub(super) fn write(self, conn: &mut Conn<'_>) -> Result<(), StoreError> {
        for (table, rids) in self.removed {
            let text = format!("DELETE FROM {table} WHERE rid {IS_IN_LIST}");
            Statement::<()>::new(&text, vec![Value::integers(rids)]).execute(conn)?;
        }
        let mut batch = Batch::new(conn);
        self.added.into_iter().try_for_each(|(table, rows)| batch.insert(table, rows.into_iter()))
    }
}
