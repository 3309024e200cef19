//! What of a Patient is compared.

use fhir_model::Node;

use crate::birth_date::BirthDate;
use crate::names::Name;
use crate::nhs_number::{NHS_NUMBER_SYSTEM, NhsNumber};
use crate::postcode::Postcode;
use crate::telecom;

/// The fields of a Patient, in one spelling.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    /// NHS numbers, wrong ones too.
    pub nhs_numbers: Vec<NhsNumber>,
    /// Identifiers of other systems.
    pub identifiers: Vec<Identifier>,
    /// All names: maiden and former ones too.
    pub names: Vec<Name>,
    /// Date of birth.
    pub birth_date: Option<BirthDate>,
    /// Administrative gender.
    pub gender: Option<Gender>,
    /// Postcodes of all addresses.
    pub postcodes: Vec<Postcode>,
    /// Telephone numbers and mail addresses.
    pub telecoms: Vec<Box<str>>,
}

/// An identifier that a system gives to one person.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the elements of Identifier")]
pub struct Identifier {
    pub system: Box<str>,
    pub value: Box<str>,
}

/// The genders that are compared; `other` and `unknown` say too little.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "codes of AdministrativeGender")]
pub enum Gender {
    Female,
    Male,
}

/// The url of the extension that says whether an NHS number was traced.
const VERIFICATION: &str =
    "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus";

/// Values of one kind that are looked at: nobody has more, and a hostile record shall not cost more.
const MOST: usize = 20;

impl Person {
    /// Reads a Patient. What is not there, or not readable, is left out.
    pub fn read(patient: Node<'_>) -> Self {
        let each = |name: &str| patient.get(name).into_iter().flat_map(Node::items).take(MOST);
        let is_nhs = |identifier: &Node<'_>| identifier.get_str("system") == Some(NHS_NUMBER_SYSTEM);
        Self {
            nhs_numbers: each("identifier").filter(is_nhs).filter_map(nhs_number).collect(),
            identifiers: each("identifier").filter(|one| !is_nhs(one)).filter_map(identifier).collect(),
            names: each("name").filter_map(Name::read).collect(),
            birth_date: patient.get_str("birthDate").and_then(BirthDate::read),
            gender: patient.get_str("gender").and_then(gender),
            postcodes: each("address").filter_map(|one| Postcode::read(one.get_str("postalCode")?)).collect(),
            telecoms: each("telecom").filter_map(|one| telecom::read(one.get_str("value")?)).collect(),
        }
    }
}

fn nhs_number(identifier: Node<'_>) -> Option<NhsNumber> {
    let extensions = identifier.get("extension").into_iter().flat_map(Node::items);
    let mut status = extensions.filter(|extension| extension.get_str("url") == Some(VERIFICATION));
    NhsNumber::read(identifier.get_str("value")?, status.any(is_verified))
}

/// `01`: present and verified.
fn is_verified(status: Node<'_>) -> bool {
    let codings = status.get("valueCodeableConcept").and_then(|concept| concept.get("coding"));
    codings
        .into_iter()
        .flat_map(Node::items)
        .any(|coding| matches!(coding.get_str("code"), Some("01" | "number-present-and-verified")))
}

fn identifier(identifier: Node<'_>) -> Option<Identifier> {
    let (system, value) = (identifier.get_str("system")?, identifier.get_str("value")?.trim());
    (!value.is_empty()).then(|| Identifier { system: system.into(), value: value.into() })
}

fn gender(code: &str) -> Option<Gender> {
    match code {
        "female" => Some(Gender::Female),
        "male" => Some(Gender::Male),
        _ => None,
    }
}
