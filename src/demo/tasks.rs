//! The state of a referral on the receiving side, as `Task`.

use super::calendar::Date;
use super::patients::Person;
use super::referrals::{Outcome, Referral};
use super::resource::Resource;
use super::terminology::{Concept, in_words};
use serde_json::json;

const FULFIL: Concept =
    Concept::new("http://hl7.org/fhir/CodeSystem/task-code", "fulfill", "Fulfill the focal request");

/// `Task.status` and what people call the state, which for a waiting referral depends on the days already waited.
fn state(outcome: Outcome, days_waiting: i32) -> (&'static str, &'static str) {
    match outcome {
        Outcome::Waiting if days_waiting < 3 => ("requested", "New, not yet triaged"),
        Outcome::Waiting => ("accepted", "Waiting for first assessment"),
        Outcome::OnHold => ("on-hold", "Waiting for further information"),
        Outcome::Declined => ("rejected", "Declined, advice given to referrer"),
        Outcome::InTreatment => ("in-progress", "In treatment"),
        Outcome::Discharged => ("completed", "Discharged to primary care"),
    }
}

/// The task of fulfilling a referral; `closed` is the day it ended.
pub(super) fn task(person: &Person, referral: &Referral, closed: Option<Date>, horizon: Date) -> Resource {
    let (status, business_status) = state(referral.outcome, horizon.since(referral.authored));
    let modified = closed.unwrap_or(match referral.outcome {
        Outcome::InTreatment => referral.first_seen,
        _ => referral.authored.plus((horizon.since(referral.authored) - 1).clamp(0, 3)),
    });
    Resource::new("Task", person.part_id("task", referral.index))
        .with("basedOn", json!([referral.reference(person)]))
        .with("status", status)
        .with("businessStatus", in_words(business_status))
        .with("intent", "order")
        .with("priority", referral.urgency.code())
        .with("code", FULFIL.codeable())
        .with("focus", referral.reference(person))
        .with("for", person.reference())
        .with("executionPeriod", {
            let start = referral.authored.at(referral.minute);
            match closed {
                Some(day) => json!({"start": start, "end": day.at(17 * 60 + 59)}),
                None => json!({"start": start}),
            }
        })
        .with("authoredOn", referral.authored.at(referral.minute))
        .with("lastModified", modified.at(18 * 60 + 30))
        .with("requester", referral.requester.clone())
        .with("owner", referral.service.reference())
        .with("reasonReference", referral.condition(person))
        .with("restriction", json!({"period": {"end": referral.due().to_string()}}))
}
