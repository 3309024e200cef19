//! Planned contacts with a community service, as `Encounter`.

use super::calendar::Date;
use super::patients::{Person, Stage};
use super::random::Random;
use super::referrals::{Outcome, Referral};
use super::resource::{Resource, reference, uk_core_extension};
use super::services::ServiceKind;
use super::terminology::Concept;
use serde_json::{Value, json};

/// How a contact took place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    Clinic,
    Video,
    Telephone,
    Home,
    School,
}

static MODES: [(u32, Mode); 4] =
    [(52, Mode::Clinic), (22, Mode::Video), (16, Mode::Telephone), (10, Mode::Home)];
static MODES_FOR_CHILDREN: [(u32, Mode); 4] =
    [(48, Mode::Clinic), (20, Mode::Video), (22, Mode::School), (10, Mode::Home)];

const fn class(code: &'static str, display: &'static str) -> Concept {
    Concept::new("http://terminology.hl7.org/CodeSystem/v3-ActCode", code, display)
}

pub(super) const VIRTUAL: Concept = class("VR", "virtual");
pub(super) const FIELD: Concept = class("FLD", "field");
pub(super) const EMERGENCY: Concept = class("EMER", "emergency");
pub(super) const INPATIENT: Concept = class("IMP", "inpatient encounter");
const AMBULATORY: Concept = class("AMB", "ambulatory");
const HOME_HEALTH: Concept = class("HH", "home health");

/// A kind of place (UKCore-EncounterLocationTypeEngland).
pub(super) const fn place_type(code: &'static str, display: &'static str) -> Concept {
    Concept::new("https://fhir.hl7.org.uk/CodeSystem/UKCore-EncounterLocationTypeEngland", code, display)
}

/// A part in an encounter or appointment.
pub(super) const fn participation(code: &'static str, display: &'static str) -> Concept {
    Concept::new("http://terminology.hl7.org/CodeSystem/v3-ParticipationType", code, display)
}

const PRIMARY_PERFORMER: Concept = participation("PPRF", "primary performer");

impl Mode {
    const fn class(self) -> Concept {
        match self {
            Self::Clinic => AMBULATORY,
            Self::Video | Self::Telephone => VIRTUAL,
            Self::Home => HOME_HEALTH,
            Self::School => FIELD,
        }
    }

    const fn encounter_type(self, stage: Stage) -> Concept {
        match self {
            Self::Clinic if matches!(stage, Stage::Young) => {
                Concept::snomed("441828004", "Seen in child and adolescent psychiatry clinic")
            }
            Self::Clinic => Concept::snomed("431957001", "Seen in mental health clinic"),
            Self::Video => Concept::snomed("307321000000107", "Video-link encounter"),
            Self::Telephone => Concept::snomed("185317003", "Telephone encounter"),
            Self::Home => Concept::snomed("270420001", "Seen in own home"),
            Self::School => Concept::snomed("709651000000101", "Seen in L.A. clinic-school"),
        }
    }

    /// The code of UKCore-DeliveryChannel.
    pub(super) const fn delivery_channel(self) -> &'static str {
        match self {
            Self::Video => "Video",
            Self::Telephone => "Telephone",
            Self::Clinic | Self::Home | Self::School => "In-person",
        }
    }
}

/// One contact of a course of care.
pub(super) struct Contact {
    /// Counts the contacts of a referral from 1.
    index: usize,
    pub(super) date: Date,
    /// Minute of the day it began.
    pub(super) minute: i32,
    pub(super) mode: Mode,
    /// Whether an appointment was made for it.
    pub(super) is_booked: bool,
}

/// Most contacts after the first.
const MOST_FOLLOW_UPS: i32 = 7;

impl Contact {
    /// The contacts of an accepted referral that took place before `horizon`, in order.
    pub(super) fn draw_all(
        person: &Person,
        referral: &Referral,
        horizon: Date,
        random: &mut Random,
    ) -> Vec<Self> {
        let interval = if referral.service.kind == ServiceKind::TalkingTherapies { 7 } else { 21 };
        let follow_ups = random.between(1, MOST_FOLLOW_UPS);
        (0..=follow_ups)
            .map(|step| referral.first_seen.plus(step * interval).on_weekday())
            .take_while(|date| *date < horizon)
            .zip(1..)
            .map(|(date, index)| Self {
                index,
                date,
                minute: 9 * 60 + 30 * random.between(0, 14),
                mode: match person.stage {
                    Stage::Young => random.weighted(&MODES_FOR_CHILDREN),
                    _ => random.weighted(&MODES),
                },
                is_booked: index == 1 || random.chance(20),
            })
            .collect()
    }

    /// An id for a resource that belongs to this contact.
    pub(super) fn part_id(&self, person: &Person, part: &str, referral: &Referral) -> String {
        person.part_id(part, format!("{}-{}", referral.index, self.index))
    }

    /// Reference to the `Encounter`.
    pub(super) fn reference(&self, person: &Person, referral: &Referral) -> Value {
        reference("Encounter", &self.part_id(person, "encounter", referral))
    }

    /// When it began, as a `dateTime`.
    pub(super) fn start(&self) -> String {
        self.date.at(self.minute)
    }

    /// When it ended, as a `dateTime`.
    pub(super) fn end(&self) -> String {
        self.date.at(self.minute + 50)
    }

    /// The contact as an `Encounter`; `is_last` tells whether care ended with it.
    pub(super) fn encounter(&self, person: &Person, referral: &Referral, is_last: bool) -> Resource {
        let outcome =
            (self.mode == Mode::Clinic).then(|| json!([outcome_of_attendance(is_last, referral.outcome)]));
        Resource::new("Encounter", self.part_id(person, "encounter", referral))
            .with_some("extension", outcome)
            .with("identifier", identifier(&self.part_id(person, "E", referral)))
            .with("status", "finished")
            .with("class", self.mode.class().coding())
            .with("type", json!([self.mode.encounter_type(person.stage).codeable()]))
            .with("serviceType", referral.service.kind.setting().codeable())
            .with("subject", person.reference())
            .with(
                "episodeOfCare",
                json!([reference("EpisodeOfCare", &person.part_id("episode", referral.index))]),
            )
            .with("basedOn", json!([referral.reference(person)]))
            .with("participant", performer(referral.lead()))
            .with_some(
                "appointment",
                self.is_booked.then(|| {
                    json!([reference("Appointment", &self.part_id(person, "appointment", referral))])
                }),
            )
            .with("period", json!({"start": self.start(), "end": self.end()}))
            .with("reasonReference", json!([referral.condition(person)]))
            .with_some("location", self.location(referral))
            .with("serviceProvider", referral.service.organization())
    }

    fn location(&self, referral: &Referral) -> Option<Value> {
        let (place, kind) = match self.mode {
            Mode::Clinic => (referral.service.location(), place_type("E01", "Out-Patient Clinic")),
            Mode::Home => (json!({"display": "Home of the patient"}), place_type("A01", "Patient's Home")),
            Mode::School => (json!({"display": "School of the patient"}), place_type("L01", "School")),
            Mode::Video | Mode::Telephone => return None,
        };
        Some(json!([{"location": place, "physicalType": kind.codeable()}]))
    }
}

/// The participant who carries out an encounter.
pub(super) fn performer(role: Value) -> Value {
    json!([{"type": [PRIMARY_PERFORMER.codeable()], "individual": role}])
}

/// A local number of an encounter.
pub(super) fn identifier(value: &str) -> Value {
    json!([{"system": "https://westway.example.org/Id/encounter", "value": value.to_uppercase()}])
}

fn outcome_of_attendance(is_last: bool, outcome: Outcome) -> Value {
    let (code, display) = if is_last && outcome == Outcome::Discharged {
        ("1", "Discharged from consultant's care (last attendance)")
    } else {
        ("2", "Another appointment given")
    };
    let concept =
        Concept::new("https://fhir.hl7.org.uk/CodeSystem/UKCore-OutcomeOfAttendanceEngland", code, display);
    uk_core_extension("OutcomeOfAttendance", "valueCodeableConcept", concept.codeable())
}
