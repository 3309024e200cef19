//! What was agreed with the person: `CarePlan` with activities, and its `Goal`s.

use super::calendar::Date;
use super::episodes::{has_team, period, team_reference};
use super::patients::Person;
use super::referrals::Referral;
use super::resource::{Resource, reference};
use super::services::ServiceKind;
use super::terminology::{Concept, in_words};
use serde_json::{Value, json};

/// What a plan of one kind of service contains.
struct Template {
    title: &'static str,
    goals: [&'static str; 2],
    activities: [Activity; 3],
}

/// One activity: what is done and how often.
struct Activity {
    what: &'static str,
    code: Option<Concept>,
    /// Times per so many weeks.
    rhythm: (u32, u32),
}

const fn activity(what: &'static str, rhythm: (u32, u32)) -> Activity {
    Activity { what, code: None, rhythm }
}

const COGNITIVE_THERAPY: Concept = Concept::snomed("304891004", "Cognitive behavioural therapy");

static TALKING_THERAPY: Template = Template {
    title: "Talking therapy plan",
    goals: ["Feel less low and worried most days", "Get back to work, study or usual activities"],
    activities: [
        Activity {
            what: "Cognitive behavioural therapy session",
            code: Some(COGNITIVE_THERAPY),
            rhythm: (1, 1),
        },
        activity("Exercises between sessions", (3, 1)),
        activity("Review of questionnaire scores", (1, 2)),
    ],
};

static COMMUNITY_CARE: Template = Template {
    title: "Community mental health care plan",
    goals: ["Recognise early signs of becoming unwell", "Stay well at home with support"],
    activities: [
        activity("Visit by the care coordinator", (1, 2)),
        activity("Medicines review", (1, 12)),
        activity("Peer support group", (1, 1)),
    ],
};

static YOUNG_PERSON: Template = Template {
    title: "Young person's care plan",
    goals: ["Attend school regularly", "Use coping strategies when feeling overwhelmed"],
    activities: [
        activity("Individual session", (1, 2)),
        activity("Family session", (1, 4)),
        activity("Check-in with the school", (1, 4)),
    ],
};

static OLDER_ADULT: Template = Template {
    title: "Older adult's care plan",
    goals: ["Remain independent at home", "Keep in touch with family and community"],
    activities: [
        activity("Home visit", (1, 3)),
        activity("Memory and mood review", (1, 12)),
        activity("Support call to the carer", (1, 2)),
    ],
};

static SAFETY: Template = Template {
    title: "Crisis and safety plan",
    goals: ["Stay safe during the crisis", "Know whom to call at any hour"],
    activities: [
        activity("Home treatment visit", (7, 1)),
        activity("Review of the safety plan", (1, 1)),
        activity("Handover to the community team", (1, 6)),
    ],
};

const fn template(kind: ServiceKind) -> &'static Template {
    match kind {
        ServiceKind::TalkingTherapies => &TALKING_THERAPY,
        ServiceKind::ChildrenAndYoungPeople => &YOUNG_PERSON,
        ServiceKind::OlderAdults => &OLDER_ADULT,
        ServiceKind::HomeTreatment | ServiceKind::CrisisLine | ServiceKind::Liaison => &SAFETY,
        ServiceKind::Neighbourhood | ServiceKind::Inpatient => &COMMUNITY_CARE,
    }
}

/// The plan of a referral's care and its goals; `closed` is the day care ended.
pub(super) fn plan_and_goals(person: &Person, referral: &Referral, closed: Option<Date>) -> Vec<Resource> {
    let template = template(referral.service.kind);
    let goals: Vec<Resource> = template
        .goals
        .iter()
        .zip(1..)
        .map(|(text, number)| goal(person, referral, number, text, closed))
        .collect();
    let activities: Vec<Value> = template
        .activities
        .iter()
        .map(|activity| json!({"detail": activity_detail(activity, referral, closed.is_some())}))
        .collect();
    let category = Concept::snomed("718347000", "Mental health care plan");
    let plan = Resource::new("CarePlan", person.part_id("care-plan", referral.index))
        .with("status", if closed.is_some() { "completed" } else { "active" })
        .with("intent", "plan")
        .with("category", json!([category.codeable()]))
        .with("title", template.title)
        .with("subject", person.reference())
        .with("period", period(referral.first_seen, closed))
        .with("created", referral.first_seen.to_string())
        .with("author", referral.lead())
        .with_some("careTeam", has_team(referral).then(|| json!([team_reference(person, referral)])))
        .with("addresses", json!([referral.condition(person)]))
        .with("supportingInfo", json!([referral.reference(person)]))
        .with("goal", goals.iter().map(Resource::reference).collect::<Vec<_>>())
        .with("activity", activities);
    std::iter::once(plan).chain(goals).collect()
}

fn activity_detail(activity: &Activity, referral: &Referral, is_closed: bool) -> Value {
    let code = match &activity.code {
        Some(code) => code.codeable_with_text(activity.what),
        None => in_words(activity.what),
    };
    let (frequency, weeks) = activity.rhythm;
    json!({
        "kind": "ServiceRequest",
        "code": code,
        "status": if is_closed { "completed" } else { "in-progress" },
        "doNotPerform": false,
        "scheduledTiming": {"repeat": {"frequency": frequency, "period": weeks, "periodUnit": "wk"}},
        "performer": [referral.lead()]
    })
}

fn goal(person: &Person, referral: &Referral, number: u32, text: &str, closed: Option<Date>) -> Resource {
    let (lifecycle, achievement, display) = match closed {
        Some(_) if number == 1 => ("completed", "achieved", "Achieved"),
        Some(_) => ("completed", "sustaining", "Sustaining"),
        None if number == 1 => ("active", "improving", "Improving"),
        None => ("active", "in-progress", "In Progress"),
    };
    let achievement =
        Concept::new("http://terminology.hl7.org/CodeSystem/goal-achievement", achievement, display);
    Resource::new("Goal", person.part_id("goal", format!("{}-{number}", referral.index)))
        .with("lifecycleStatus", lifecycle)
        .with("achievementStatus", achievement.codeable())
        .with("description", in_words(text))
        .with("subject", person.reference())
        .with("startDate", referral.first_seen.to_string())
        .with("target", json!([{"dueDate": referral.first_seen.plus(12 * 7).to_string()}]))
        .with("statusDate", closed.unwrap_or(referral.first_seen).to_string())
        .with("expressedBy", person.reference())
        .with("addresses", json!([reference("Condition", &person.part_id("condition", referral.index))]))
}
