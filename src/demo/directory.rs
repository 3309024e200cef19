//! The directory every patient's record points to: organisations, locations, services, staff and free slots.

mod clinics;
mod healthcare_services;
mod locations;
mod organizations;

pub(super) use clinics::delivery_channel;
pub(super) use locations::WARDS;
pub(super) use organizations::{DIGITAL_TOOLS, PRACTICES_PER_BOROUGH, SCHOOLS_PER_BOROUGH};

use super::calendar::Date;
use super::services::Service;
use super::staff;
use super::transaction::Transaction;
use serde_json::Value;

/// The directory in four bundles, each well below 500 entries.
pub(super) fn bundles(today: Date) -> Vec<Value> {
    let services = Service::all();
    let mut places = Transaction::default();
    places.put_all(organizations::organizations());
    places.put_all(locations::locations());
    places.put_all(services.iter().map(healthcare_services::healthcare_service));
    let mut general_practitioners = Transaction::default();
    general_practitioners.put_all(staff::general_practitioners());
    let mut clinicians = Transaction::default();
    clinicians.put_all(staff::clinicians(&services));
    let mut slots = Transaction::default();
    slots.put_all(services.iter().flat_map(|service| clinics::schedule_and_slots(service, today)));
    [places, general_practitioners, clinicians, slots].map(Transaction::into_json).into()
}
