//! The healthcare services people are referred to, and the ids of what belongs to them.

use super::boroughs::{BOROUGHS, Borough, Trust};
use super::resource::reference;
use super::terminology::Concept;
use serde_json::Value;

/// What a service does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ServiceKind {
    Neighbourhood,
    TalkingTherapies,
    ChildrenAndYoungPeople,
    OlderAdults,
    CrisisLine,
    HomeTreatment,
    Inpatient,
    Liaison,
}

impl ServiceKind {
    const fn key(self) -> &'static str {
        match self {
            Self::Neighbourhood => "neighbourhood",
            Self::TalkingTherapies => "talking-therapies",
            Self::ChildrenAndYoungPeople => "camhs",
            Self::OlderAdults => "older-adults",
            Self::CrisisLine => "crisis-line",
            Self::HomeTreatment => "home-treatment",
            Self::Inpatient => "inpatient",
            Self::Liaison => "liaison",
        }
    }

    /// What the service is called, without its place.
    pub(super) const fn title(self) -> &'static str {
        match self {
            Self::Neighbourhood => "Neighbourhood Mental Health Team",
            Self::TalkingTherapies => "Talking Therapies",
            Self::ChildrenAndYoungPeople => "Child and Adolescent Mental Health Service",
            Self::OlderAdults => "Older Adults Mental Health Service",
            Self::CrisisLine => "Mental Health Crisis Line (24 hours)",
            Self::HomeTreatment => "Crisis Resolution and Home Treatment Team",
            Self::Inpatient => "Inpatient Mental Health Service",
            Self::Liaison => "Liaison Psychiatry Service",
        }
    }

    /// Main specialty (UKCore-PracticeSettingCode).
    pub(super) const fn specialty(self) -> Concept {
        match self {
            Self::ChildrenAndYoungPeople => Concept::specialty("711", "Child and Adolescent Psychiatry"),
            Self::TalkingTherapies => Concept::specialty("713", "Medical Psychotherapy"),
            Self::OlderAdults => Concept::specialty("715", "Old Age Psychiatry"),
            _ => Concept::specialty("710", "Adult Mental Illness"),
        }
    }

    /// Care setting (UKCore-CareSettingType).
    pub(super) const fn setting(self) -> Concept {
        match self {
            Self::Neighbourhood => Concept::snomed("89301000000108", "Community mental health team"),
            Self::TalkingTherapies => Concept::snomed("310124002", "Psychotherapy service"),
            Self::ChildrenAndYoungPeople => {
                Concept::snomed("310117003", "Child and adolescent psychiatry service")
            }
            Self::OlderAdults => Concept::snomed("310121005", "Psychogeriatric service"),
            Self::CrisisLine => Concept::snomed("92151000000102", "Mental health crisis resolution team"),
            Self::HomeTreatment => Concept::snomed("92221000000103", "Mental health home treatment team"),
            Self::Inpatient => Concept::snomed("310116007", "Psychiatry service"),
            Self::Liaison => Concept::snomed("310119000", "Liaison psychiatry service"),
        }
    }

    /// Whether the service answers day and night.
    pub(super) const fn is_always_open(self) -> bool {
        matches!(self, Self::CrisisLine | Self::HomeTreatment | Self::Inpatient | Self::Liaison)
    }
}

/// One service in one place.
#[derive(Clone)]
pub(super) struct Service {
    pub(super) kind: ServiceKind,
    /// The part of ids that says where: a borough, a borough and team, a trust or the acute hospital.
    place: String,
    pub(super) name: String,
    /// Id of the organisation that provides it.
    pub(super) organization_id: String,
    /// Id of the location it works from.
    pub(super) location_id: String,
}

impl Service {
    /// Every service there is.
    pub(super) fn all() -> Vec<Self> {
        let in_boroughs = BOROUGHS.iter().flat_map(|borough| {
            [
                Self::neighbourhood(borough, 1),
                Self::neighbourhood(borough, 2),
                Self::of_borough(ServiceKind::TalkingTherapies, borough),
                Self::of_borough(ServiceKind::ChildrenAndYoungPeople, borough),
                Self::of_borough(ServiceKind::OlderAdults, borough),
            ]
        });
        let in_trusts = Trust::ALL.into_iter().flat_map(|trust| {
            [ServiceKind::CrisisLine, ServiceKind::HomeTreatment, ServiceKind::Inpatient]
                .map(|kind| Self::of_trust(kind, trust))
        });
        in_boroughs.chain(in_trusts).chain([Self::liaison()]).collect()
    }

    /// The neighbourhood team of the borough's first or second area.
    pub(super) fn neighbourhood(borough: &Borough, team: usize) -> Self {
        let place = borough.area(team - 1).place;
        Self {
            kind: ServiceKind::Neighbourhood,
            place: format!("{}-{team}", borough.key),
            name: format!("{place} {}", ServiceKind::Neighbourhood.title()),
            organization_id: team_id(borough, team),
            location_id: hub_id(borough),
        }
    }

    /// A service that covers a whole borough.
    pub(super) fn of_borough(kind: ServiceKind, borough: &Borough) -> Self {
        Self {
            kind,
            place: borough.key.into(),
            name: format!("{} {}", borough.name, kind.title()),
            organization_id: trust_id(borough.trust),
            location_id: hub_id(borough),
        }
    }

    /// A service that covers all boroughs of a trust.
    pub(super) fn of_trust(kind: ServiceKind, trust: Trust) -> Self {
        Self {
            kind,
            place: trust.key().into(),
            name: format!("{} {}", trust.name(), kind.title()),
            organization_id: trust_id(trust),
            location_id: hospital_id(trust),
        }
    }

    /// Mental health care in the emergency department of the acute hospital.
    pub(super) fn liaison() -> Self {
        Self {
            kind: ServiceKind::Liaison,
            place: "parkway".into(),
            name: format!("Parkway {}", ServiceKind::Liaison.title()),
            organization_id: ACUTE_TRUST_ID.into(),
            location_id: EMERGENCY_DEPARTMENT_ID.into(),
        }
    }

    /// Id of the `HealthcareService`.
    pub(super) fn id(&self) -> String {
        self.part_id("service")
    }

    /// Id of the `Schedule` of its clinic.
    pub(super) fn schedule_id(&self) -> String {
        self.part_id("schedule")
    }

    /// Id of a `Practitioner` who works there (1 to [`super::staff::CLINICIANS_PER_SERVICE`]).
    pub(super) fn practitioner_id(&self, number: u32) -> String {
        format!("{}-{number}", self.part_id("practitioner"))
    }

    /// Id of the role of that practitioner.
    pub(super) fn role_id(&self, number: u32) -> String {
        format!("{}-{number}", self.part_id("role"))
    }

    /// Reference to the `HealthcareService`, with its name.
    pub(super) fn reference(&self) -> Value {
        serde_json::json!({"reference": format!("HealthcareService/{}", self.id()), "display": self.name})
    }

    /// Reference to the organisation that provides it.
    pub(super) fn organization(&self) -> Value {
        reference("Organization", &self.organization_id)
    }

    /// Reference to where it works from.
    pub(super) fn location(&self) -> Value {
        reference("Location", &self.location_id)
    }

    fn part_id(&self, part: &str) -> String {
        format!("nwl-{part}-{}-{}", self.kind.key(), self.place)
    }
}

/// The acute hospital trust and its emergency department.
pub(super) const ACUTE_TRUST_ID: &str = "nwl-trust-parkway";
pub(super) const EMERGENCY_DEPARTMENT_ID: &str = "nwl-location-parkway-emergency-department";

/// Who answers NHS 111 calls.
pub(super) const URGENT_CARE_LINE_ID: &str = "nwl-111";

pub(super) fn trust_id(trust: Trust) -> String {
    format!("nwl-trust-{}", trust.key())
}

pub(super) fn team_id(borough: &Borough, team: usize) -> String {
    format!("nwl-team-{}-{team}", borough.key)
}

pub(super) fn gp_practice_id(borough: &Borough, number: u32) -> String {
    format!("nwl-gp-{}-{number}", borough.key)
}

pub(super) fn school_id(borough: &Borough, number: u32) -> String {
    format!("nwl-school-{}-{number}", borough.key)
}

pub(super) fn digital_tool_id(key: &str) -> String {
    format!("nwl-digital-{key}")
}

pub(super) fn hub_id(borough: &Borough) -> String {
    format!("nwl-location-{}-hub", borough.key)
}

pub(super) fn hospital_id(trust: Trust) -> String {
    format!("nwl-location-{}-hospital", trust.key())
}

pub(super) fn ward_id(trust: Trust, ward: &str) -> String {
    format!("nwl-location-{}-{ward}", trust.key())
}

/// Id of a general practitioner (1 or 2) of a practice.
pub(super) fn gp_id(borough: &Borough, practice: u32, number: u32) -> String {
    format!("nwl-practitioner-gp-{}-{practice}-{number}", borough.key)
}

/// Id of the role of that general practitioner.
pub(super) fn gp_role_id(borough: &Borough, practice: u32, number: u32) -> String {
    format!("nwl-role-gp-{}-{practice}-{number}", borough.key)
}
