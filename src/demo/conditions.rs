//! What people are referred for and what else they live with, as `Condition`.

use super::calendar::Date;
use super::patients::{Person, Stage};
use super::random::Random;
use super::resource::Resource;
use super::services::ServiceKind;
use super::terminology::Concept;
use serde_json::json;

static COMMON_PROBLEMS: [Concept; 6] = [
    Concept::snomed("35489007", "Depressive disorder"),
    Concept::snomed("21897009", "Generalized anxiety disorder"),
    Concept::snomed("371631005", "Panic disorder"),
    Concept::snomed("191736004", "Obsessive-compulsive disorder"),
    Concept::snomed("47505003", "Posttraumatic stress disorder"),
    Concept::snomed("193462001", "Insomnia"),
];

static SEVERE_PROBLEMS: [Concept; 6] = [
    Concept::snomed("13746004", "Bipolar disorder"),
    Concept::snomed("58214004", "Schizophrenia"),
    Concept::snomed("69322001", "Psychotic disorder"),
    Concept::snomed("35489007", "Depressive disorder"),
    Concept::snomed("47505003", "Posttraumatic stress disorder"),
    Concept::snomed("72366004", "Eating disorder"),
];

static PROBLEMS_OF_CHILDREN: [Concept; 6] = [
    Concept::snomed("197480006", "Anxiety disorder"),
    Concept::snomed("406506008", "Attention deficit hyperactivity disorder"),
    Concept::snomed("35489007", "Depressive disorder"),
    Concept::snomed("72366004", "Eating disorder"),
    Concept::snomed("191736004", "Obsessive-compulsive disorder"),
    Concept::snomed("197480006", "Anxiety disorder"),
];

static PROBLEMS_OF_OLDER_PEOPLE: [Concept; 3] = [
    Concept::snomed("52448006", "Dementia"),
    Concept::snomed("35489007", "Depressive disorder"),
    Concept::snomed("197480006", "Anxiety disorder"),
];

static LONG_TERM_CONDITIONS: [Concept; 3] = [
    Concept::snomed("44054006", "Diabetes mellitus type 2"),
    Concept::snomed("38341003", "Hypertensive disorder"),
    Concept::snomed("195967001", "Asthma"),
];

static SEVERITIES: [(u32, Concept); 3] = [
    (30, Concept::snomed("255604002", "Mild")),
    (50, Concept::snomed("6736007", "Moderate")),
    (20, Concept::snomed("24484000", "Severe")),
];

/// SNOMED CT codes of problems that treatment may ease but that do not go away: bipolar disorder, schizophrenia,
/// attention deficit hyperactivity disorder, dementia.
static LASTING_PROBLEMS: [&str; 4] = ["13746004", "58214004", "406506008", "52448006"];

const CONDITION_CATEGORY: &str = "http://terminology.hl7.org/CodeSystem/condition-category";

/// A problem that a service of this kind treats.
pub(super) fn draw_problem(kind: ServiceKind, random: &mut Random) -> Concept {
    match kind {
        ServiceKind::TalkingTherapies => random.pick(&COMMON_PROBLEMS),
        ServiceKind::ChildrenAndYoungPeople => random.pick(&PROBLEMS_OF_CHILDREN),
        ServiceKind::OlderAdults => random.pick(&PROBLEMS_OF_OLDER_PEOPLE),
        _ => random.pick(&SEVERE_PROBLEMS),
    }
}

/// The problem behind a referral, noted by the general practitioner. The end of treatment resolves it unless it
/// is a lasting one.
pub(super) fn presenting_problem(
    person: &Person,
    index: u32,
    problem: &Concept,
    recorded: Date,
    treated: Option<Date>,
    random: &mut Random,
) -> Resource {
    let resolved = treated.filter(|_| !LASTING_PROBLEMS.contains(&problem.code()));
    condition(person, &index.to_string(), problem, recorded, resolved)
        .with("severity", random.weighted(&SEVERITIES).codeable())
        .with("recorder", person.gp_role())
}

/// Long-term physical conditions, more often in later life.
pub(super) fn long_term_conditions(person: &Person, today: Date, random: &mut Random) -> Vec<Resource> {
    let percent = match person.stage {
        Stage::Young => 4,
        Stage::Adult => 10,
        Stage::Older => 30,
    };
    let mut conditions = Vec::new();
    for (illness, index) in LONG_TERM_CONDITIONS.iter().zip(1..) {
        if random.chance(percent) {
            let recorded = today.plus(-random.between(400, 2_000));
            let index = format!("long-term-{index}");
            conditions
                .push(condition(person, &index, illness, recorded, None).with("recorder", person.gp_role()));
        }
    }
    conditions
}

fn condition(
    person: &Person,
    index: &str,
    code: &Concept,
    recorded: Date,
    resolved: Option<Date>,
) -> Resource {
    let (status, display) = if resolved.is_some() { ("resolved", "Resolved") } else { ("active", "Active") };
    let clinical = Concept::new("http://terminology.hl7.org/CodeSystem/condition-clinical", status, display);
    let verification =
        Concept::new("http://terminology.hl7.org/CodeSystem/condition-ver-status", "confirmed", "Confirmed");
    Resource::new("Condition", person.part_id("condition", index))
        .with("clinicalStatus", clinical.codeable())
        .with("verificationStatus", verification.codeable())
        .with(
            "category",
            json!([Concept::new(CONDITION_CATEGORY, "problem-list-item", "Problem List Item").codeable()]),
        )
        .with("code", code.codeable())
        .with("subject", person.reference())
        .with("recordedDate", recorded.to_string())
        .with_some("abatementDateTime", resolved.map(|day| day.to_string()))
}
