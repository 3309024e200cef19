//! Questionnaire totals over a course of treatment, as `Observation`: PHQ-9 for depression, GAD-7 for anxiety.

use super::encounters::Contact;
use super::patients::Person;
use super::random::Random;
use super::referrals::Referral;
use super::resource::Resource;
use super::terminology::Concept;
use serde_json::json;

/// A questionnaire with a total score.
struct Questionnaire {
    key: &'static str,
    code: Concept,
    /// Highest possible total.
    highest: i32,
}

const fn loinc(code: &'static str, display: &'static str) -> Concept {
    Concept::new("http://loinc.org", code, display)
}

static QUESTIONNAIRES: [Questionnaire; 2] = [
    Questionnaire {
        key: "phq-9",
        code: loinc("44261-6", "Patient Health Questionnaire 9 item (PHQ-9) total score [Reported]"),
        highest: 27,
    },
    Questionnaire {
        key: "gad-7",
        code: loinc("70274-6", "Generalized anxiety disorder 7 item (GAD-7) total score [Reported.PHQ]"),
        highest: 21,
    },
];

/// Youngest age in years at which the questionnaires are used.
const YOUNGEST: i32 = 16;

/// Totals at every second contact; most people get better with time.
pub(super) fn scores(
    person: &Person,
    referral: &Referral,
    contacts: &[Contact],
    random: &mut Random,
) -> Vec<Resource> {
    let mut observations = Vec::new();
    for questionnaire in &QUESTIONNAIRES {
        let mut total = random.between(questionnaire.highest * 2 / 5, questionnaire.highest * 9 / 10);
        for contact in contacts.iter().step_by(2) {
            if person.age_on(contact.date) >= YOUNGEST {
                observations.push(observation(person, referral, contact, questionnaire, total));
            }
            total = (total - random.between(-1, 5)).clamp(0, questionnaire.highest);
        }
    }
    observations
}

fn observation(
    person: &Person,
    referral: &Referral,
    contact: &Contact,
    questionnaire: &Questionnaire,
    total: i32,
) -> Resource {
    let category =
        Concept::new("http://terminology.hl7.org/CodeSystem/observation-category", "survey", "Survey");
    Resource::new("Observation", contact.part_id(person, questionnaire.key, referral))
        .with("basedOn", json!([referral.reference(person)]))
        .with("status", "final")
        .with("category", json!([category.codeable()]))
        .with("code", questionnaire.code.codeable())
        .with("subject", person.reference())
        .with("encounter", contact.reference(person, referral))
        .with("effectiveDateTime", contact.start())
        .with("performer", json!([referral.lead()]))
        .with(
            "valueQuantity",
            json!({"value": total, "unit": "{score}", "system": "http://unitsofmeasure.org", "code": "{score}"}),
        )
}
