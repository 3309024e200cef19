//! Referrals: who sends whom where, how urgently, and what became of it, as `ServiceRequest`.

use super::calendar::Date;
use super::conditions;
use super::directory::{DIGITAL_TOOLS, SCHOOLS_PER_BOROUGH};
use super::patients::{Person, Stage};
use super::random::Random;
use super::resource::{Resource, reference, uk_core_extension};
use super::services::{Service, ServiceKind, URGENT_CARE_LINE_ID, digital_tool_id, school_id};
use super::terminology::{Concept, in_words};
use serde_json::{Value, json};

/// Where a referral comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    GeneralPractice,
    UrgentCareLine,
    School,
    DigitalTool,
    EmergencyDepartment,
}

/// How soon the person should be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Urgency {
    Routine,
    Urgent,
    Asap,
    Stat,
}

impl Urgency {
    /// `ServiceRequest.priority` and `Task.priority`.
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Routine => "routine",
            Self::Urgent => "urgent",
            Self::Asap => "asap",
            Self::Stat => "stat",
        }
    }

    /// Days within which a first contact is due.
    const fn target_days(self) -> i32 {
        match self {
            Self::Routine => 28,
            Self::Urgent => 7,
            Self::Asap | Self::Stat => 1,
        }
    }

    /// Fewest and most days people really wait.
    const fn real_wait(self) -> (i32, i32) {
        match self {
            Self::Routine => (10, 55),
            Self::Urgent => (2, 12),
            Self::Asap | Self::Stat => (1, 3),
        }
    }
}

/// What became of a referral.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Waiting,
    OnHold,
    Declined,
    InTreatment,
    Discharged,
}

impl Outcome {
    /// `ServiceRequest.status`.
    const fn status(self) -> &'static str {
        match self {
            Self::Waiting | Self::InTreatment => "active",
            Self::OnHold => "on-hold",
            Self::Declined => "revoked",
            Self::Discharged => "completed",
        }
    }

    /// Whether the service took the person on.
    pub(super) const fn is_accepted(self) -> bool {
        matches!(self, Self::InTreatment | Self::Discharged)
    }
}

static SOURCES_FOR_CHILDREN: [(u32, Source); 5] = [
    (36, Source::School),
    (32, Source::GeneralPractice),
    (16, Source::DigitalTool),
    (8, Source::UrgentCareLine),
    (8, Source::EmergencyDepartment),
];
static SOURCES_FOR_ADULTS: [(u32, Source); 4] = [
    (50, Source::GeneralPractice),
    (22, Source::DigitalTool),
    (18, Source::UrgentCareLine),
    (10, Source::EmergencyDepartment),
];
static SOURCES_FOR_OLDER_PEOPLE: [(u32, Source); 3] =
    [(74, Source::GeneralPractice), (14, Source::UrgentCareLine), (12, Source::EmergencyDepartment)];

static PLANNED_URGENCIES: [(u32, Urgency); 3] =
    [(78, Urgency::Routine), (19, Urgency::Urgent), (3, Urgency::Asap)];
static CRISIS_URGENCIES: [(u32, Urgency); 4] =
    [(20, Urgency::Routine), (45, Urgency::Urgent), (25, Urgency::Asap), (10, Urgency::Stat)];

static LATEST_OUTCOMES: [(u32, Outcome); 5] = [
    (34, Outcome::Waiting),
    (6, Outcome::OnHold),
    (7, Outcome::Declined),
    (38, Outcome::InTreatment),
    (15, Outcome::Discharged),
];
static EARLIER_OUTCOMES: [(u32, Outcome); 2] = [(85, Outcome::Discharged), (15, Outcome::Declined)];

/// One referral as drawn.
pub(super) struct Referral {
    /// Counts a person's referrals from 1, the latest.
    pub(super) index: u32,
    source: Source,
    pub(super) urgency: Urgency,
    pub(super) outcome: Outcome,
    pub(super) service: Service,
    pub(super) problem: Concept,
    /// The day it was sent.
    pub(super) authored: Date,
    /// Minute of that day.
    pub(super) minute: i32,
    /// The day of the first contact, where there was one.
    pub(super) first_seen: Date,
    /// Requester, drawn with the source.
    pub(super) requester: Value,
}

impl Referral {
    /// Draws a person's `index`th referral, counted back from the latest.
    pub(super) fn draw(person: &Person, index: u32, horizon: Date, random: &mut Random) -> Self {
        let source = match person.stage {
            Stage::Young => random.weighted(&SOURCES_FOR_CHILDREN),
            Stage::Adult => random.weighted(&SOURCES_FOR_ADULTS),
            Stage::Older => random.weighted(&SOURCES_FOR_OLDER_PEOPLE),
        };
        let urgency = match source {
            Source::UrgentCareLine | Source::EmergencyDepartment => random.weighted(&CRISIS_URGENCIES),
            _ => random.weighted(&PLANNED_URGENCIES),
        };
        let outcome = match index {
            1 if person.is_alive() => random.weighted(&LATEST_OUTCOMES),
            _ => random.weighted(&EARLIER_OUTCOMES),
        };
        let service = draw_service(person, source, urgency, random);
        let authored = horizon.plus(-days_ago(outcome, urgency, index, random));
        let (soonest, latest) = urgency.real_wait();
        Self {
            index,
            source,
            urgency,
            outcome,
            problem: conditions::draw_problem(service.kind, random),
            service,
            authored,
            minute: random.between(8 * 60, 18 * 60),
            first_seen: authored.plus(random.between(soonest, latest)).on_weekday(),
            requester: requester(person, source, random),
        }
    }

    /// Reference to the `ServiceRequest`.
    pub(super) fn reference(&self, person: &Person) -> Value {
        reference("ServiceRequest", &person.part_id("referral", self.index))
    }

    /// Reference to the `Condition` the referral is about.
    pub(super) fn condition(&self, person: &Person) -> Value {
        reference("Condition", &person.part_id("condition", self.index))
    }

    /// Reference to the clinician who leads the care.
    pub(super) fn lead(&self) -> Value {
        reference("PractitionerRole", &self.service.role_id(self.index % 2 + 1))
    }

    /// The last day by which a first contact is due.
    pub(super) fn due(&self) -> Date {
        self.authored.plus(self.urgency.target_days())
    }

    /// The referral as a `ServiceRequest`.
    pub(super) fn service_request(&self, person: &Person) -> Resource {
        let mut extensions =
            vec![uk_core_extension("SourceOfServiceRequest", "valueCodeableConcept", self.source_code())];
        if matches!(self.source, Source::School | Source::DigitalTool) {
            extensions.push(uk_core_extension("AdditionalContact", "valueReference", person.gp_practice()));
        }
        let priority_reason = (self.urgency != Urgency::Routine).then(|| {
            json!({"extension": [uk_core_extension("PriorityReason", "valueCodeableConcept", self.priority_reason())]})
        });
        Resource::new("ServiceRequest", person.part_id("referral", self.index))
            .with("extension", extensions)
            .with(
                "identifier",
                json!([{
                    "system": "https://westway.example.org/Id/referral",
                    "value": person.part_id("R", self.index).to_uppercase()
                }]),
            )
            .with("status", self.outcome.status())
            .with("intent", "order")
            .with("category", json!([Concept::snomed("3457005", "Patient referral").codeable()]))
            .with("priority", self.urgency.code())
            .with_some("_priority", priority_reason)
            .with(
                "code",
                Concept::snomed("306206005", "Referral to service")
                    .codeable_with_text(&format!("Referral to {}", self.service.kind.title())),
            )
            .with("subject", person.reference())
            .with(
                "occurrencePeriod",
                json!({"start": self.authored.to_string(), "end": self.due().to_string()}),
            )
            .with("authoredOn", self.authored.at(self.minute))
            .with("requester", self.requester.clone())
            .with("performer", json!([self.service.reference()]))
            .with("reasonReference", json!([self.condition(person)]))
    }

    fn source_code(&self) -> Value {
        match self.source {
            Source::GeneralPractice => {
                Concept::snomed("108161000000109", "Referred by general practitioner").codeable()
            }
            Source::School => {
                Concept::snomed("1065401000000101", "Referred by school nurse").codeable_with_text("School")
            }
            Source::DigitalTool => Concept::snomed("1991000124105", "Referred by self")
                .codeable_with_text("Self-referral through a digital tool"),
            Source::EmergencyDepartment => Concept::snomed("185360007", "Referred by hospital doctor")
                .codeable_with_text("Emergency department"),
            Source::UrgentCareLine => in_words("NHS 111"),
        }
    }

    fn priority_reason(&self) -> Value {
        match self.urgency {
            Urgency::Stat | Urgency::Asap => Concept::snomed("6471006", "Suicidal thoughts").codeable(),
            _ => in_words("Deteriorating mental state"),
        }
    }
}

/// A service that fits the person's age and how the referral arrived.
fn draw_service(person: &Person, source: Source, urgency: Urgency, random: &mut Random) -> Service {
    let in_crisis = matches!(urgency, Urgency::Asap | Urgency::Stat);
    match (person.stage, source) {
        (Stage::Young, _) => Service::of_borough(ServiceKind::ChildrenAndYoungPeople, person.borough),
        _ if in_crisis => Service::of_trust(ServiceKind::HomeTreatment, person.borough.trust),
        (Stage::Older, _) => Service::of_borough(ServiceKind::OlderAdults, person.borough),
        (Stage::Adult, Source::DigitalTool) => {
            Service::of_borough(ServiceKind::TalkingTherapies, person.borough)
        }
        (Stage::Adult, Source::GeneralPractice) if random.chance(55) => {
            Service::of_borough(ServiceKind::TalkingTherapies, person.borough)
        }
        _ => person.neighbourhood(),
    }
}

/// How long ago a referral was sent: long enough for its outcome, and earlier ones before later ones.
fn days_ago(outcome: Outcome, urgency: Urgency, index: u32, random: &mut Random) -> i32 {
    let shift = (index.cast_signed() - 1) * 480;
    let days = match outcome {
        // Many waits are short and a few are very long.
        Outcome::Waiting => {
            let longest = if urgency == Urgency::Routine { 150 } else { 14 };
            let wait = random.between(1, longest);
            random.between(1, wait)
        }
        Outcome::OnHold => random.between(20, 120),
        Outcome::Declined => random.between(10, 200),
        Outcome::InTreatment => random.between(80, 330),
        Outcome::Discharged => random.between(220, 430),
    };
    days + shift
}

fn requester(person: &Person, source: Source, random: &mut Random) -> Value {
    match source {
        Source::GeneralPractice => person.gp_role(),
        Source::UrgentCareLine => reference("Organization", URGENT_CARE_LINE_ID),
        Source::School => {
            reference("Organization", &school_id(person.borough, random.below(SCHOOLS_PER_BOROUGH) + 1))
        }
        Source::DigitalTool => {
            let (key, _) = random.pick(&DIGITAL_TOOLS);
            reference("Organization", &digital_tool_id(key))
        }
        Source::EmergencyDepartment => reference("PractitionerRole", &Service::liaison().role_id(1)),
    }
}
