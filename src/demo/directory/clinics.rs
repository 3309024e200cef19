//! Clinics that can be booked: a `Schedule` per service that works by appointment, and its free `Slot`s.

use crate::demo::calendar::Date;
use crate::demo::resource::{Resource, reference, uk_core_extension};
use crate::demo::services::Service;
use crate::demo::terminology::Concept;
use serde_json::json;

/// Days from today, minute of day and delivery channel of the slots on offer.
static SLOTS: [(i32, i32, &str); 6] = [
    (2, 9 * 60, "In-person"),
    (4, 10 * 60 + 30, "Video"),
    (7, 14 * 60, "Telephone"),
    (9, 11 * 60, "In-person"),
    (14, 9 * 60 + 30, "Video"),
    (21, 15 * 60, "In-person"),
];

/// Minutes an offered appointment lasts.
const SLOT_MINUTES: i32 = 50;

/// How a patient is seen (UKCore-DeliveryChannel); code and display are the same.
pub(in crate::demo) const fn delivery_channel(code: &'static str) -> Concept {
    Concept::new("https://fhir.hl7.org.uk/CodeSystem/UKCore-DeliveryChannel", code, code)
}

/// The schedule of a service and its slots; nothing for services open day and night.
pub(super) fn schedule_and_slots(service: &Service, today: Date) -> Vec<Resource> {
    if service.kind.is_always_open() {
        return Vec::new();
    }
    let schedule = Resource::new("Schedule", service.schedule_id())
        .with("active", true)
        .with("specialty", json!([service.kind.specialty().codeable()]))
        .with("actor", json!([service.reference(), service.location()]))
        .with("planningHorizon", json!({"start": today.to_string(), "end": today.plus(42).to_string()}));
    let slots = SLOTS.iter().zip(1..).map(|(&(days, minute, channel), number)| {
        let date = today.plus(days).on_weekday();
        Resource::new("Slot", format!("{}-slot-{number}", service.schedule_id()))
            .with(
                "extension",
                json!([uk_core_extension(
                    "DeliveryChannel",
                    "valueCodeableConcept",
                    delivery_channel(channel).codeable()
                )]),
            )
            .with("specialty", json!([service.kind.specialty().codeable()]))
            .with("schedule", reference("Schedule", &service.schedule_id()))
            .with("status", if number % 4 == 0 { "busy" } else { "free" })
            .with("start", date.at(minute))
            .with("end", date.at(minute + SLOT_MINUTES))
    });
    std::iter::once(schedule).chain(slots).collect()
}
