//! The relational form of the types that analysts join in SQL: Patient, Encounter, ServiceRequest and CarePlan.
//!
//! [`rows`] reads a resource without the database; [`write`] puts its rows into the transaction that stores the version, so
//! that the tables never differ from what the API shows. `docs/relational.md` describes the tables.

use diesel::prelude::*;
use fhir_model::Node;
use fhir_search::keys::Target;

use super::StoreError;
use super::sql::connection::{Conn, on};
use element::Reader;
use insert::Inserter;

mod care_plan;
mod element;
mod encounter;
mod insert;
mod patient;
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

/// Replaces the rows of the resource `rid`. `resolve` gives the number of what a reference points to.
pub(super) fn write(
    conn: &mut Conn<'_>,
    rid: i64,
    rows: &Rows,
    resolve: &mut dyn FnMut(&mut Conn<'_>, &Target) -> Result<i64, StoreError>,
) -> Result<(), StoreError> {
    delete(conn, rows.kind(), rid)?;
    let mut inserter = Inserter { conn, rid, resolve };
    match &rows.0 {
        Form::Patient(rows) => rows.insert(&mut inserter),
        Form::Encounter(rows) => rows.insert(&mut inserter),
        Form::ServiceRequest(rows) => rows.insert(&mut inserter),
        Form::CarePlan(rows) => rows.insert(&mut inserter),
    }
}

/// Removes the rows of the resource `rid` of type `kind`, if there are any: the database deletes the rows of its repeating
/// elements with the first one, so that for a new resource this is one look into one table.
pub(super) fn delete(conn: &mut Conn<'_>, kind: &str, rid: i64) -> Result<(), StoreError> {
    use schema::{care_plan, encounter, patient, service_request};
    match kind {
        "Patient" => on!(conn, diesel::delete(patient::table.find(rid)).execute(conn))?,
        "Encounter" => on!(conn, diesel::delete(encounter::table.find(rid)).execute(conn))?,
        "ServiceRequest" => on!(conn, diesel::delete(service_request::table.find(rid)).execute(conn))?,
        "CarePlan" => on!(conn, diesel::delete(care_plan::table.find(rid)).execute(conn))?,
        _ => 0,
    };
    Ok(())
}

impl Rows {
    fn kind(&self) -> &'static str {
        match self.0 {
            Form::Patient(_) => "Patient",
            Form::Encounter(_) => "Encounter",
            Form::ServiceRequest(_) => "ServiceRequest",
            Form::CarePlan(_) => "CarePlan",
        }
    }
}
