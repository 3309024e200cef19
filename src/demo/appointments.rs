//! Appointments kept, missed and booked, as `Appointment`.

use super::calendar::Date;
use super::directory::delivery_channel;
use super::encounters::{Contact, Mode};
use super::patients::Person;
use super::random::Random;
use super::referrals::{Outcome, Referral};
use super::resource::{Resource, uk_core_extension};
use super::terminology::Concept;
use serde_json::json;

const ROUTINE: Concept = Concept::new(
    "http://terminology.hl7.org/CodeSystem/v2-0276",
    "ROUTINE",
    "Routine appointment - default if not valued",
);
const FOLLOW_UP: Concept = Concept::new(
    "http://terminology.hl7.org/CodeSystem/v2-0276",
    "FOLLOWUP",
    "A follow up visit from a previous appointment",
);

static BOOKED_MODES: [(u32, Mode); 3] = [(55, Mode::Clinic), (28, Mode::Video), (17, Mode::Telephone)];

/// When an appointment is, and what is known of it.
struct Booking {
    status: &'static str,
    /// Whether the patient agreed to come.
    patient_status: &'static str,
    kind: Concept,
    mode: Mode,
    start: String,
    end: String,
    created: Date,
}

/// The appointment behind a contact that took place.
pub(super) fn kept(person: &Person, referral: &Referral, contact: &Contact) -> Resource {
    let booking = Booking {
        status: "fulfilled",
        patient_status: "accepted",
        kind: if contact.date == referral.first_seen { ROUTINE } else { FOLLOW_UP },
        mode: contact.mode,
        start: contact.start(),
        end: contact.end(),
        created: contact.date.plus(-1).max(referral.authored),
    };
    appointment(person, referral, &contact.part_id(person, "appointment", referral), booking)
}

/// An appointment in the fortnight after the last contact that the patient did not come to.
pub(super) fn missed(person: &Person, referral: &Referral, last_seen: Date) -> Resource {
    let date = last_seen.plus(3).on_weekday();
    let booking = Booking {
        status: "noshow",
        patient_status: "accepted",
        kind: FOLLOW_UP,
        mode: Mode::Clinic,
        start: date.at(16 * 60),
        end: date.at(16 * 60 + 50),
        created: last_seen,
    };
    appointment(
        person,
        referral,
        &person.part_id("appointment", format!("{}-missed", referral.index)),
        booking,
    )
}

/// The next appointment of someone waiting or in treatment.
pub(super) fn booked(person: &Person, referral: &Referral, today: Date, random: &mut Random) -> Resource {
    let date = today.plus(random.between(1, 28)).on_weekday();
    let minute = 9 * 60 + 30 * random.between(0, 14);
    let booking = Booking {
        status: "booked",
        patient_status: if random.chance(80) { "accepted" } else { "needs-action" },
        kind: if referral.outcome == Outcome::Waiting { ROUTINE } else { FOLLOW_UP },
        mode: random.weighted(&BOOKED_MODES),
        start: date.at(minute),
        end: date.at(minute + 50),
        created: today.plus(-1),
    };
    appointment(person, referral, &person.part_id("appointment", format!("{}-next", referral.index)), booking)
}

fn appointment(person: &Person, referral: &Referral, id: &str, booking: Booking) -> Resource {
    let service = &referral.service;
    let channel = delivery_channel(booking.mode.delivery_channel()).codeable();
    Resource::new("Appointment", id)
        .with(
            "extension",
            json!([
                uk_core_extension("BookingOrganization", "valueReference", service.organization()),
                uk_core_extension("DeliveryChannel", "valueCodeableConcept", channel),
            ]),
        )
        .with("status", booking.status)
        .with("serviceType", json!([service.kind.setting().codeable()]))
        .with("specialty", json!([service.kind.specialty().codeable()]))
        .with("appointmentType", booking.kind.codeable())
        .with("reasonReference", json!([referral.condition(person)]))
        .with("start", booking.start)
        .with("end", booking.end)
        .with("created", booking.created.to_string())
        .with("basedOn", json!([referral.reference(person)]))
        .with(
            "participant",
            json!([
                {"actor": person.reference(), "required": "required", "status": booking.patient_status},
                {"actor": referral.lead(), "required": "required", "status": "accepted"},
                {"actor": service.reference(), "required": "information-only", "status": "accepted"}
            ]),
        )
}
