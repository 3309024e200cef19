//! Encounter: the contacts and the stays in hospital.

use fhir_search::keys::Target;

use super::element::{Reader, Reason};
use super::row::{Gatherer, row, rows};
use super::schema::{
    encounter, encounter_based_on, encounter_diagnosis, encounter_legal_status, encounter_location,
    encounter_participant, encounter_reason, encounter_status_history,
};
use super::time::Period;
use crate::store::StoreError;

/// The rows of an Encounter.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct EncounterRows {
    encounter: Contact,
    period: Period,
    subject: Option<Target>,
    service_provider: Option<Target>,
    episode: Option<Target>,
    appointment: Option<Target>,
    part_of: Option<Target>,
    based_on: Vec<Target>,
    participants: Vec<Participant>,
    locations: Vec<Location>,
    reasons: Vec<Reason>,
    diagnoses: Vec<Diagnosis>,
    statuses: Vec<Status>,
    legal_statuses: Vec<LegalStatus>,
}

#[derive(Clone, Debug, PartialEq)]
struct Contact {
    status: Option<String>,
    class: Option<String>,
    type_code: Option<String>,
    type_text: Option<String>,
    service_type_code: Option<String>,
    service_type_text: Option<String>,
    priority_code: Option<String>,
    priority_text: Option<String>,
    admission_source: Option<String>,
    admission_method: Option<String>,
    discharge_destination: Option<String>,
    discharge_method: Option<String>,
    emergency_discharge_status: Option<String>,
    outcome_of_attendance: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
struct Participant {
    role: Option<String>,
    individual: Option<Target>,
}

#[derive(Clone, Debug, PartialEq)]
struct Location {
    location: Option<Target>,
    name: Option<String>,
    physical_type: Option<String>,
    status: Option<String>,
    period: Period,
}

#[derive(Clone, Debug, PartialEq)]
struct Diagnosis {
    condition: Option<Target>,
    use_code: Option<String>,
    rank: Option<i32>,
}

#[derive(Clone, Debug, PartialEq)]
struct Status {
    status: Option<String>,
    period: Period,
}

#[derive(Clone, Debug, PartialEq)]
struct LegalStatus {
    context: Option<String>,
    classification: Option<String>,
}

/// Reads an Encounter.
pub(super) fn read(resource: Reader<'_>) -> EncounterRows {
    EncounterRows {
        encounter: contact(resource),
        period: Period::read(resource, "period"),
        subject: resource.reference("subject"),
        service_provider: resource.reference("serviceProvider"),
        episode: resource.reference("episodeOfCare"),
        appointment: resource.reference("appointment"),
        part_of: resource.reference("partOf"),
        based_on: resource.references("basedOn"),
        participants: resource.children("participant").map(participant).collect(),
        locations: resource.children("location").map(location).collect(),
        reasons: resource.reasons(),
        diagnoses: resource.children("diagnosis").map(diagnosis).collect(),
        statuses: resource.children("statusHistory").map(status).collect(),
        legal_statuses: resource.uk_core_extensions("LegalStatus").map(legal_status).collect(),
    }
}

fn contact(resource: Reader<'_>) -> Contact {
    let encounter_type = resource.concept("type");
    let service_type = resource.concept("serviceType");
    let priority = resource.concept("priority");
    let stay = resource.child("hospitalization");
    let of_stay = |name| stay.and_then(|stay| stay.concept(name).code);
    Contact {
        status: resource.text("status"),
        class: resource.child("class").and_then(|class| class.text("code")),
        type_code: encounter_type.code,
        type_text: encounter_type.text,
        service_type_code: service_type.code,
        service_type_text: service_type.text,
        priority_code: priority.code,
        priority_text: priority.text,
        admission_source: of_stay("admitSource"),
        admission_method: stay.and_then(|stay| stay.uk_core_concept("AdmissionMethod").code),
        discharge_destination: of_stay("dischargeDisposition"),
        discharge_method: resource.uk_core_concept("DischargeMethod").code,
        emergency_discharge_status: resource.uk_core_concept("EmergencyCareDischargeStatus").code,
        outcome_of_attendance: resource.uk_core_concept("OutcomeOfAttendance").code,
    }
}

fn participant(element: Reader<'_>) -> Participant {
    Participant { role: element.concept("type").code, individual: element.reference("individual") }
}

fn location(element: Reader<'_>) -> Location {
    Location {
        location: element.reference("location"),
        name: element.child("location").and_then(|location| location.text("display")),
        physical_type: element.concept("physicalType").code,
        status: element.text("status"),
        period: Period::read(element, "period"),
    }
}

fn diagnosis(element: Reader<'_>) -> Diagnosis {
    Diagnosis {
        condition: element.reference("condition"),
        use_code: element.concept("use").code,
        rank: element.integer("rank"),
    }
}

fn status(element: Reader<'_>) -> Status {
    Status { status: element.text("status"), period: Period::read(element, "period") }
}

fn legal_status(extension: Reader<'_>) -> LegalStatus {
    let code = |url| extension.extension(url).and_then(|part| part.concept("valueCodeableConcept").code);
    LegalStatus { context: code("legalStatusContext"), classification: code("legalStatusClassification") }
}

impl EncounterRows {
    /// Gathers the rows.
    pub(super) fn gather<'a>(&'a self, gatherer: &mut Gatherer<'a, '_>) -> Result<(), StoreError> {
        let (contact, period) = (&self.encounter, &self.period);
        row!(
            gatherer,
            encounter {
                status: &contact.status,
                class: &contact.class,
                type_code: &contact.type_code,
                type_text: &contact.type_text,
                service_type_code: &contact.service_type_code,
                service_type_text: &contact.service_type_text,
                priority_code: &contact.priority_code,
                priority_text: &contact.priority_text,
                admission_source: &contact.admission_source,
                admission_method: &contact.admission_method,
                discharge_destination: &contact.discharge_destination,
                discharge_method: &contact.discharge_method,
                emergency_discharge_status: &contact.emergency_discharge_status,
                outcome_of_attendance: &contact.outcome_of_attendance,
                started: &period.started,
                ended: &period.ended,
                started_us: period.started_us,
                ended_us: period.ended_us,
                minutes: period.minutes,
                subject: gatherer.number_of(self.subject.as_ref())?,
                service_provider: gatherer.number_of(self.service_provider.as_ref())?,
                episode: gatherer.number_of(self.episode.as_ref())?,
                appointment: gatherer.number_of(self.appointment.as_ref())?,
                part_of: gatherer.number_of(self.part_of.as_ref())?
            }
        );
        self.gather_links(gatherer)?;
        self.gather_course(gatherer)
    }

    /// Why the encounter took place, and with whom.
    fn gather_links<'a>(&'a self, gatherer: &mut Gatherer<'a, '_>) -> Result<(), StoreError> {
        rows!(gatherer, encounter_based_on, &self.based_on, |request| { request: gatherer.number(request)? });
        rows!(gatherer, encounter_participant, &self.participants, |participant| {
            role: &participant.role, individual: gatherer.number_of(participant.individual.as_ref())? });
        rows!(gatherer, encounter_reason, &self.reasons, |reason| {
            system: &reason.concept().system, code: &reason.concept().code, text: &reason.concept().text, reference: gatherer.number_of(reason.reference())?
        });
        rows!(gatherer, encounter_diagnosis, &self.diagnoses, |diagnosis| {
            condition: gatherer.number_of(diagnosis.condition.as_ref())?, use_code: &diagnosis.use_code, rank: diagnosis.rank });
        Ok(())
    }

    /// Where and in which states it was over time.
    fn gather_course<'a>(&'a self, gatherer: &mut Gatherer<'a, '_>) -> Result<(), StoreError> {
        rows!(gatherer, encounter_location, &self.locations, |place| {
            location: gatherer.number_of(place.location.as_ref())?, name: &place.name, physical_type: &place.physical_type, status: &place.status,
            started: &place.period.started, ended: &place.period.ended, started_us: place.period.started_us, ended_us: place.period.ended_us });
        rows!(gatherer, encounter_status_history, &self.statuses, |status| { status: &status.status, started: &status.period.started, ended: &status.period.ended, started_us: status.period.started_us, ended_us: status.period.ended_us });
        rows!(gatherer, encounter_legal_status, &self.legal_statuses, |status| { context: &status.context, classification: &status.classification });
        Ok(())
    }
}
