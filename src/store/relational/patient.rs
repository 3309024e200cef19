//! Patient: who the people are, where they live and how they can be reached.

use fhir_search::keys::Target;

use super::element::Reader;
use super::row::{Gatherer, row, rows};
use super::schema::{patient, patient_address, patient_identifier, patient_name, patient_telecom};
use super::time::Period;
use crate::store::StoreError;

/// The system of NHS numbers.
const NHS_NUMBER: &str = "https://fhir.nhs.uk/Id/nhs-number";
const INTERPRETER_REQUIRED: &str = "http://hl7.org/fhir/StructureDefinition/patient-interpreterRequired";

/// The rows of a Patient.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct PatientRows {
    patient: Person,
    general_practitioner: Option<Target>,
    managing_organization: Option<Target>,
    identifiers: Vec<Identifier>,
    names: Vec<Name>,
    telecoms: Vec<Telecom>,
    addresses: Vec<Address>,
}

#[derive(Clone, Debug, PartialEq)]
struct Person {
    active: Option<bool>,
    gender: Option<String>,
    birth_date: Option<String>,
    deceased: Option<bool>,
    deceased_at: Option<String>,
    nhs_number: Option<String>,
    nhs_number_status: Option<String>,
    ethnic_category: Option<String>,
    ethnic_category_text: Option<String>,
    birth_sex: Option<String>,
    marital_status: Option<String>,
    residential_status: Option<String>,
    death_notification: Option<String>,
    language: Option<String>,
    interpreter_required: Option<bool>,
}

#[derive(Clone, Debug, PartialEq)]
struct Identifier {
    use_code: Option<String>,
    type_code: Option<String>,
    system: Option<String>,
    value: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
struct Name {
    use_code: Option<String>,
    text: Option<String>,
    prefix: Option<String>,
    given: Option<String>,
    family: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
struct Telecom {
    system: Option<String>,
    use_code: Option<String>,
    value: Option<String>,
    rank: Option<i32>,
}

#[derive(Clone, Debug, PartialEq)]
struct Address {
    use_code: Option<String>,
    line: Option<String>,
    city: Option<String>,
    district: Option<String>,
    postal_code: Option<String>,
    country: Option<String>,
    started: Option<String>,
    ended: Option<String>,
}

/// Reads a Patient.
pub(super) fn read(resource: Reader<'_>) -> PatientRows {
    PatientRows {
        patient: person(resource),
        general_practitioner: resource.reference("generalPractitioner"),
        managing_organization: resource.reference("managingOrganization"),
        identifiers: resource.children("identifier").map(identifier).collect(),
        names: resource.children("name").map(name).collect(),
        telecoms: resource.children("telecom").map(telecom).collect(),
        addresses: resource.children("address").map(address).collect(),
    }
}

fn person(resource: Reader<'_>) -> Person {
    let is_nhs_number = |identifier: &Reader<'_>| identifier.element.get_str("system") == Some(NHS_NUMBER);
    let nhs_number = resource.children("identifier").find(is_nhs_number);
    let nhs_number_status = nhs_number.map(|number| number.uk_core_concept("NHSNumberVerificationStatus"));
    let ethnicity = resource.uk_core_concept("EthnicCategory");
    let deceased_at = resource.text("deceasedDateTime");
    let interpreter = resource.extension(INTERPRETER_REQUIRED);
    Person {
        active: resource.boolean("active"),
        gender: resource.text("gender"),
        birth_date: resource.text("birthDate"),
        deceased: resource.boolean("deceasedBoolean").or(deceased_at.is_some().then_some(true)),
        deceased_at,
        nhs_number: nhs_number.and_then(|number| number.text("value")),
        nhs_number_status: nhs_number_status.and_then(|status| status.code),
        ethnic_category: ethnicity.code,
        ethnic_category_text: ethnicity.text,
        birth_sex: resource.uk_core_concept("BirthSex").code,
        marital_status: resource.concept("maritalStatus").code,
        residential_status: resource.uk_core_concept("ResidentialStatus").code,
        death_notification: death_notification(resource),
        language: language(resource),
        interpreter_required: interpreter.and_then(|extension| extension.boolean("valueBoolean")),
    }
}

fn death_notification(resource: Reader<'_>) -> Option<String> {
    let notification = resource.uk_core_extensions("DeathNotificationStatus").next()?;
    notification.extension("deathNotificationStatus")?.concept("valueCodeableConcept").code
}

/// The preferred language, or else the first.
fn language(resource: Reader<'_>) -> Option<String> {
    let is_preferred = |language: &Reader<'_>| language.boolean("preferred") == Some(true);
    let preferred = resource.children("communication").find(is_preferred);
    let language = preferred.or_else(|| resource.children("communication").next());
    language?.concept("language").code
}

fn identifier(element: Reader<'_>) -> Identifier {
    Identifier {
        use_code: element.text("use"),
        type_code: element.concept("type").code,
        system: element.text("system"),
        value: element.text("value"),
    }
}

fn name(element: Reader<'_>) -> Name {
    Name {
        use_code: element.text("use"),
        text: element.text("text"),
        prefix: element.texts("prefix", " "),
        given: element.texts("given", " "),
        family: element.text("family"),
    }
}

fn telecom(element: Reader<'_>) -> Telecom {
    Telecom {
        system: element.text("system"),
        use_code: element.text("use"),
        value: element.text("value"),
        rank: element.integer("rank"),
    }
}

fn address(element: Reader<'_>) -> Address {
    let Period { started, ended, .. } = Period::read(element, "period");
    Address {
        use_code: element.text("use"),
        line: element.texts("line", ", "),
        city: element.text("city"),
        district: element.text("district"),
        postal_code: element.text("postalCode"),
        country: element.text("country"),
        started,
        ended,
    }
}

impl PatientRows {
    /// Gathers the rows.
    pub(super) fn gather<'a>(&'a self, gatherer: &mut Gatherer<'a, '_>) -> Result<(), StoreError> {
        let person = &self.patient;
        row!(
            gatherer,
            patient {
                active: person.active,
                gender: &person.gender,
                birth_date: &person.birth_date,
                deceased: person.deceased,
                deceased_at: &person.deceased_at,
                nhs_number: &person.nhs_number,
                nhs_number_status: &person.nhs_number_status,
                ethnic_category: &person.ethnic_category,
                ethnic_category_text: &person.ethnic_category_text,
                birth_sex: &person.birth_sex,
                marital_status: &person.marital_status,
                residential_status: &person.residential_status,
                death_notification: &person.death_notification,
                language: &person.language,
                interpreter_required: person.interpreter_required,
                general_practitioner: gatherer.number_of(self.general_practitioner.as_ref())?,
                managing_organization: gatherer.number_of(self.managing_organization.as_ref())?
            }
        );
        rows!(gatherer, patient_identifier, &self.identifiers, |identifier| { use_code: &identifier.use_code, type_code: &identifier.type_code, system: &identifier.system, value: &identifier.value });
        rows!(gatherer, patient_name, &self.names, |name| { use_code: &name.use_code, text: &name.text, prefix: &name.prefix, given: &name.given, family: &name.family });
        rows!(gatherer, patient_telecom, &self.telecoms, |telecom| { system: &telecom.system, use_code: &telecom.use_code, value: &telecom.value, rank: telecom.rank });
        rows!(gatherer, patient_address, &self.addresses, |address| { use_code: &address.use_code, line: &address.line, city: &address.city, district: &address.district, postal_code: &address.postal_code, country: &address.country, started: &address.started, ended: &address.ended });
        Ok(())
    }
}
