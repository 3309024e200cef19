//! When care took place: the date of each type of record, by which `start` and `end` of `$everything` choose.

use fhir_search::parse::Scope;
use fhir_search::query::Clause;

use crate::interactions::{Context, Error, search};

/// For each type of record with a date of care: the search parameter of that date.
const CARE_DATES: [(&str, &str); 53] = [
    ("Account", "period"),
    ("AdverseEvent", "date"),
    ("AllergyIntolerance", "date"),
    ("Appointment", "date"),
    ("AuditEvent", "date"),
    ("Basic", "created"),
    ("CarePlan", "date"),
    ("CareTeam", "date"),
    ("ChargeItem", "occurrence"),
    ("Claim", "created"),
    ("ClaimResponse", "created"),
    ("ClinicalImpression", "date"),
    ("Communication", "sent"),
    ("CommunicationRequest", "authored"),
    ("Composition", "date"),
    ("Condition", "recorded-date"),
    ("Consent", "date"),
    ("CoverageEligibilityRequest", "created"),
    ("CoverageEligibilityResponse", "created"),
    ("DetectedIssue", "identified"),
    ("DeviceRequest", "authored-on"),
    ("DiagnosticReport", "date"),
    ("DocumentManifest", "created"),
    ("DocumentReference", "date"),
    ("Encounter", "date"),
    ("EpisodeOfCare", "date"),
    ("ExplanationOfBenefit", "created"),
    ("FamilyMemberHistory", "date"),
    ("Flag", "date"),
    ("Goal", "start-date"),
    ("ImagingStudy", "started"),
    ("Immunization", "date"),
    ("ImmunizationEvaluation", "date"),
    ("ImmunizationRecommendation", "date"),
    ("Invoice", "date"),
    ("List", "date"),
    ("MeasureReport", "date"),
    ("Media", "created"),
    ("MedicationAdministration", "effective-time"),
    ("MedicationDispense", "whenhandedover"),
    ("MedicationRequest", "authoredon"),
    ("MedicationStatement", "effective"),
    ("NutritionOrder", "datetime"),
    ("Observation", "date"),
    ("Procedure", "date"),
    ("Provenance", "recorded"),
    ("QuestionnaireResponse", "authored"),
    ("RequestGroup", "authored"),
    ("RiskAssessment", "date"),
    ("ServiceRequest", "authored"),
    ("Specimen", "collected"),
    ("SupplyRequest", "date"),
    ("VisionPrescription", "datewritten"),
];

/// That no date of care of a resource of one of the types lies wholly before `start` or wholly after `end`.
pub(super) fn within(
    context: &Context,
    types: &[Box<str>],
    start: Option<&str>,
    end: Option<&str>,
) -> Result<Option<Clause>, Error> {
    let before = start.map(|start| format!("eb{start}"));
    let after = end.map(|end| format!("sa{end}"));
    let bounds: Vec<String> = before.into_iter().chain(after).collect();
    if bounds.is_empty() {
        return Ok(None);
    }
    let mut outside = Vec::new();
    for (kind, code) in CARE_DATES.iter().filter(|(kind, _)| types.iter().any(|own| **own == **kind)) {
        let pair = ((*code).to_owned(), bounds.join(","));
        outside.extend(search::parse(context, Scope::Type(kind), &[pair], false)?.clauses);
    }
    Ok(Some(Clause::Not(Box::new(Clause::Any(outside)))))
}
