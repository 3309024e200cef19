//! The services as `HealthcareService` resources with opening hours and how to refer.

use crate::demo::resource::Resource;
use crate::demo::services::{Service, ServiceKind};
use crate::demo::terminology::in_words;
use serde_json::{Value, json};

/// One service.
pub(super) fn healthcare_service(service: &Service) -> Resource {
    Resource::new("HealthcareService", service.id())
        .with("active", true)
        .with("providedBy", service.organization())
        .with("type", json!([service.kind.setting().codeable()]))
        .with("specialty", json!([service.kind.specialty().codeable()]))
        .with("location", json!([service.location()]))
        .with("name", service.name.as_str())
        .with("comment", comment(service.kind))
        .with_some("telecom", telephone(service.kind))
        .with("referralMethod", json!(referral_methods(service.kind).map(in_words)))
        .with("appointmentRequired", !service.kind.is_always_open())
        .with("availableTime", opening_hours(service.kind))
}

/// A freephone number of the range Ofcom keeps for drama, for those whom people call themselves.
fn telephone(kind: ServiceKind) -> Option<Value> {
    (kind == ServiceKind::CrisisLine)
        .then(|| json!([{"system": "phone", "value": "08081 570100", "use": "work"}]))
}

const fn comment(kind: ServiceKind) -> &'static str {
    match kind {
        ServiceKind::Neighbourhood => {
            "Community mental health care for adults, together with primary care and councils"
        }
        ServiceKind::TalkingTherapies => {
            "Psychological therapies for anxiety and depression; self-referral is welcome"
        }
        ServiceKind::ChildrenAndYoungPeople => {
            "For children and young people under 18, their families and schools"
        }
        ServiceKind::OlderAdults => "Mental health and memory care for people of 65 and over",
        ServiceKind::CrisisLine => "For anyone in a mental health crisis, of any age, day and night",
        ServiceKind::HomeTreatment => "Intensive support at home as an alternative to hospital",
        ServiceKind::Inpatient => "Admission through the crisis and home treatment teams",
        ServiceKind::Liaison => "Assessment of people who come to the emergency department",
    }
}

const fn referral_methods(kind: ServiceKind) -> [&'static str; 2] {
    match kind {
        ServiceKind::CrisisLine => ["Telephone", "NHS 111, option 2"],
        ServiceKind::TalkingTherapies => ["Online self-referral", "Electronic referral"],
        _ => ["Electronic referral", "Telephone"],
    }
}

fn opening_hours(kind: ServiceKind) -> Value {
    if kind.is_always_open() {
        json!([{"daysOfWeek": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "allDay": true}])
    } else {
        json!([{
            "daysOfWeek": ["mon", "tue", "wed", "thu", "fri"],
            "availableStartTime": "09:00:00",
            "availableEndTime": "17:00:00"
        }])
    }
}
