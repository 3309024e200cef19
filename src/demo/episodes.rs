//! The care a service takes on with a referral, as `EpisodeOfCare`, and who gives it, as `CareTeam`.

use super::calendar::Date;
use super::patients::Person;
use super::referrals::Referral;
use super::resource::{Resource, reference};
use super::services::ServiceKind;
use super::terminology::in_words;
use serde_json::{Value, json};

/// The episode from the first contact until `closed`.
pub(super) fn episode(person: &Person, referral: &Referral, closed: Option<Date>) -> Resource {
    Resource::new("EpisodeOfCare", person.part_id("episode", referral.index))
        .with("status", if closed.is_some() { "finished" } else { "active" })
        .with("type", json!([referral.service.kind.setting().codeable()]))
        .with("diagnosis", json!([{"condition": referral.condition(person)}]))
        .with("patient", person.reference())
        .with("managingOrganization", referral.service.organization())
        .with("period", period(referral.first_seen, closed))
        .with("referralRequest", json!([referral.reference(person)]))
        .with("careManager", referral.lead())
        .with_some("team", has_team(referral).then(|| json!([team_reference(person, referral)])))
}

/// Whether several people share the care, as they do outside talking therapies.
pub(super) fn has_team(referral: &Referral) -> bool {
    referral.service.kind != ServiceKind::TalkingTherapies
}

/// The team around a person: lead, colleague, general practitioner and the person.
pub(super) fn care_team(person: &Person, referral: &Referral, closed: Option<Date>) -> Resource {
    let colleague = reference("PractitionerRole", &referral.service.role_id(3));
    let members = [
        ("Care coordinator", referral.lead()),
        ("Clinician", colleague),
        ("General practitioner", person.gp_role()),
        ("Patient", person.reference()),
    ];
    Resource::new("CareTeam", person.part_id("care-team", referral.index))
        .with("status", if closed.is_some() { "inactive" } else { "active" })
        .with("name", format!("Care team at {}", referral.service.name))
        .with("subject", person.reference())
        .with("period", period(referral.first_seen, closed))
        .with(
            "participant",
            members.map(|(role, member)| json!({"role": [in_words(role)], "member": member})).to_vec(),
        )
        .with("managingOrganization", json!([referral.service.organization()]))
}

/// Reference to the `CareTeam` of a referral.
pub(super) fn team_reference(person: &Person, referral: &Referral) -> Value {
    reference("CareTeam", &person.part_id("care-team", referral.index))
}

/// A `Period` of days that may still be open.
pub(super) fn period(start: Date, end: Option<Date>) -> Value {
    match end {
        Some(end) => json!({"start": start.to_string(), "end": end.to_string()}),
        None => json!({"start": start.to_string()}),
    }
}
