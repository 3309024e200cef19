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

/// That the date of care of a resource of one of the types, if it has one, is not before `start` and not after `end`.
pub(super) fn within(
    context: &Context,
    types: &[Box<str>],
    start: Option<&str>,
    end: Option<&str>,
) -> Result<Option<Clause>, Error> {
    let bounds: Vec<String> = start
        .map(|start| format!("ge{start}"))
        .into_iter()
        .chain(end.map(|end| format!("le{end}")))
        .collect();
    if bounds.is_empty() {
        return Ok(None);
    }
    let (mut within, mut dated) = (Vec::new(), Vec::new());
    for (kind, code) in CARE_DATES {
        if !types.iter().any(|searched| **searched == *kind) {
            continue;
        }
        let clauses = |name: &str, values: &[String]| -> Result<Vec<Clause>, Error> {
            let pairs: Vec<_> = values.iter().map(|value| (name.to_owned(), value.clone())).collect();
            Ok(search::parse(context, Scope::Type(kind), &pairs, false)?.clauses)
        };
        within.push(Clause::All(clauses(code, &bounds)?));
        dated.extend(clauses(&format!("{code}:missing"), &["false".to_owned()])?);
    }
    within.push(Clause::Not(Box::new(Clause::Any(dated))));
    Ok(Some(Clause::Any(within)))
}
