//! Encounter: the contacts and the stays in hospital.

use diesel::prelude::*;
use fhir_search::keys::Target;

use super::element::{Reader, Reason};
use super::insert::{Inserter, insert_each, period_columns, reason_columns, run};
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

#[derive(Clone, Debug, PartialEq, Insertable)]
#[diesel(table_name = encounter, treat_none_as_default_value = false)]
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

#[derive(Clone, Debug, PartialEq, Insertable)]
#[diesel(table_name = encounter_legal_status, treat_none_as_default_value = false)]
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
    /// Inserts the rows.
    pub(super) fn insert(&self, inserter: &mut Inserter<'_, '_>) -> Result<(), StoreError> {
        let references = (
            encounter::subject.eq(inserter.number_of(self.subject.as_ref())?),
            encounter::service_provider.eq(inserter.number_of(self.service_provider.as_ref())?),
            encounter::episode.eq(inserter.number_of(self.episode.as_ref())?),
            encounter::appointment.eq(inserter.number_of(self.appointment.as_ref())?),
            encounter::part_of.eq(inserter.number_of(self.part_of.as_ref())?),
        );
        let times = (period_columns!(encounter, self.period), encounter::minutes.eq(self.period.minutes));
        run!(
            inserter,
            diesel::insert_into(encounter::table).values((
                encounter::rid.eq(inserter.rid),
                &self.encounter,
                times,
                references
            ))
        );
        self.insert_links(inserter)?;
        self.insert_course(inserter)
    }

    /// Why the encounter took place, and with whom.
    fn insert_links(&self, inserter: &mut Inserter<'_, '_>) -> Result<(), StoreError> {
        insert_each!(inserter, encounter_based_on, &self.based_on, |request| {
            encounter_based_on::request.eq(inserter.number(request)?)
        });
        insert_each!(inserter, encounter_participant, &self.participants, |participant| (
            encounter_participant::role.eq(&participant.role),
            encounter_participant::individual.eq(inserter.number_of(participant.individual.as_ref())?),
        ));
        insert_each!(inserter, encounter_reason, &self.reasons, |reason| {
            reason_columns!(inserter, encounter_reason, reason)
        });
        insert_each!(inserter, encounter_diagnosis, &self.diagnoses, |diagnosis| (
            encounter_diagnosis::condition.eq(inserter.number_of(diagnosis.condition.as_ref())?),
            encounter_diagnosis::use_code.eq(&diagnosis.use_code),
            encounter_diagnosis::rank.eq(diagnosis.rank),
        ));
        Ok(())
    }

    /// Where and in which states it was over time.
    fn insert_course(&self, inserter: &mut Inserter<'_, '_>) -> Result<(), StoreError> {
        insert_each!(inserter, encounter_location, &self.locations, |place| (
            encounter_location::location.eq(inserter.number_of(place.location.as_ref())?),
            encounter_location::name.eq(&place.name),
            encounter_location::physical_type.eq(&place.physical_type),
            encounter_location::status.eq(&place.status),
            period_columns!(encounter_location, place.period),
        ));
        insert_each!(inserter, encounter_status_history, &self.statuses, |status| (
            encounter_status_history::status.eq(&status.status),
            period_columns!(encounter_status_history, status.period),
        ));
        insert_each!(inserter, encounter_legal_status, &self.legal_statuses, |status| status);
        Ok(())
    }
}
