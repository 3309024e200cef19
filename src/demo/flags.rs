//! What staff should know before they meet the person, as `Flag`.

use super::calendar::Date;
use super::patients::Person;
use super::random::Random;
use super::resource::{Resource, reference};
use super::services::trust_id;
use super::terminology::{Concept, in_words};
use serde_json::json;

const fn category(code: &'static str, display: &'static str) -> Concept {
    Concept::new("http://terminology.hl7.org/CodeSystem/flag-category", code, display)
}

static ADJUSTMENTS: [&str; 5] = [
    "Reasonable adjustment: longer appointments",
    "Reasonable adjustment: step-free access",
    "Reasonable adjustment: quiet place to wait",
    "Reasonable adjustment: letters in large print",
    "Reasonable adjustment: a carer comes along",
];

static RISKS: [&str; 3] = ["Risk of self-harm", "Risk of self-neglect", "Staff to visit in pairs"];

/// The flags of a person: reasonable adjustments and risks, some of them no longer in force.
pub(super) fn flags(person: &Person, horizon: Date, random: &mut Random) -> Vec<Resource> {
    let mut flags = Vec::new();
    if random.chance(18) {
        let text = random.pick(&ADJUSTMENTS);
        flags.push(flag(person, "adjustment", &category("admin", "Administrative"), text, horizon, random));
    }
    if random.chance(14) {
        let text = random.pick(&RISKS);
        flags.push(flag(person, "risk", &category("safety", "Safety"), text, horizon, random));
    }
    flags
}

fn flag(
    person: &Person,
    part: &str,
    category: &Concept,
    text: &str,
    horizon: Date,
    random: &mut Random,
) -> Resource {
    let start = horizon.plus(-random.between(30, 400));
    let is_active = person.is_alive() && random.chance(80);
    let end = (!is_active).then(|| horizon.plus(-random.between(1, 29)));
    Resource::new("Flag", person.part_id("flag", part))
        .with("status", if is_active { "active" } else { "inactive" })
        .with("category", json!([category.codeable()]))
        .with("code", in_words(text))
        .with("subject", person.reference())
        .with("period", super::episodes::period(start, end))
        .with("author", reference("Organization", &trust_id(person.borough.trust)))
}
