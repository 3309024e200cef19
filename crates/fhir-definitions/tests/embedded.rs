//! The embedded registry: FHIR R4, UK Core and North West London.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::sync::LazyLock;

use fhir_definitions::{DefinitionKind, LoadNote, Registry, SearchParamType};
use fhir_model::types::{ElementInfo, TypeInfo, TypeKind};

static REGISTRY: LazyLock<Registry> = LazyLock::new(|| Registry::embedded().unwrap());

fn type_names(element: &ElementInfo) -> Vec<&str> {
    element.types.iter().map(|item| REGISTRY.types().name(item.type_id)).collect()
}

fn json_names(element: &ElementInfo) -> Vec<&str> {
    element.types.iter().map(|item| &*item.json_name).collect()
}

fn element_names(info: &TypeInfo) -> Vec<&str> {
    info.elements.iter().map(|element| &*element.name).collect()
}

#[test]
fn every_type_of_the_specification_is_there() {
    let of_kind = |kind| REGISTRY.types().iter().filter(|(_, info)| info.kind == kind).count();
    assert_eq!(REGISTRY.resource_types().len(), 146);
    assert_eq!(of_kind(TypeKind::Primitive), 20);
    assert_eq!(of_kind(TypeKind::Resource), 148, "with the abstract Resource and DomainResource");
    assert_eq!(of_kind(TypeKind::Complex), 41);
    assert!(REGISTRY.resource_types().is_sorted());
    assert!(!REGISTRY.resource_types().iter().any(|name| &**name == "DomainResource"));
}

#[test]
fn elements_stand_in_the_order_of_xml_with_inherited_ones_first() {
    let patient = REGISTRY.types().by_name("Patient").unwrap();
    assert_eq!(
        element_names(patient),
        [
            "id",
            "meta",
            "implicitRules",
            "language",
            "text",
            "contained",
            "extension",
            "modifierExtension",
            "identifier",
            "active",
            "name",
            "telecom",
            "gender",
            "birthDate",
            "deceased",
            "address",
            "maritalStatus",
            "multipleBirth",
            "photo",
            "contact",
            "communication",
            "generalPractitioner",
            "managingOrganization",
            "link",
        ]
    );
    let extension = REGISTRY.types().by_name("Extension").unwrap();
    assert_eq!(element_names(extension), ["id", "extension", "url", "value"]);
    let string = REGISTRY.types().by_name("string").unwrap();
    assert_eq!(element_names(string), ["id", "extension"]);
}

#[test]
fn choices_name_their_types_in_json() {
    let types = REGISTRY.types();
    let deceased = types.by_name("Patient").unwrap().element("deceased").unwrap();
    assert!(deceased.is_choice);
    assert_eq!(json_names(deceased), ["deceasedBoolean", "deceasedDateTime"]);
    let value = types.by_name("Extension").unwrap().element("value").unwrap();
    assert_eq!(value.types.len(), 50);
    assert!(json_names(value).contains(&"valueCodeableConcept"));
    let (element, item) =
        types.by_name("Observation").unwrap().element_by_json_name("valueQuantity").unwrap();
    assert_eq!((&*element.name, types.name(item.type_id)), ("value", "Quantity"));
}

#[test]
fn backbone_elements_are_types_of_their_own() {
    let types = REGISTRY.types();
    let contact = types.by_name("Patient.contact").unwrap();
    assert_eq!(contact.kind, TypeKind::Backbone);
    assert_eq!(types.name(contact.base.unwrap()), "BackboneElement");
    assert_eq!(
        element_names(contact).get(..4).unwrap(),
        ["id", "extension", "modifierExtension", "relationship"]
    );
    let repeat = types.by_name("Timing.repeat").unwrap();
    assert_eq!(types.name(repeat.base.unwrap()), "Element");
    assert!(repeat.element("modifierExtension").is_none());
    let component = types.by_name("Observation.component").unwrap();
    assert_eq!(type_names(component.element("referenceRange").unwrap()), ["Observation.referenceRange"]);
    let item = types.by_name("Questionnaire.item").unwrap();
    assert_eq!(type_names(item.element("item").unwrap()), ["Questionnaire.item"]);
}

#[test]
fn elements_carry_their_cardinality_binding_and_flags() {
    let types = REGISTRY.types();
    let patient = types.by_name("Patient").unwrap();
    let gender = patient.element("gender").unwrap();
    assert_eq!((gender.min, gender.max), (0, Some(1)));
    assert_eq!(
        gender.required_value_set.as_deref(),
        Some("http://hl7.org/fhir/ValueSet/administrative-gender|4.0.1")
    );
    assert!(gender.is_summary && !gender.is_array());
    assert!(patient.element("name").unwrap().is_array());
    assert!(patient.element("active").unwrap().is_modifier);
    assert_eq!(types.by_name("xhtml").unwrap().element("extension").unwrap().max, Some(0));
}

#[test]
fn ids_of_resources_and_of_elements_differ() {
    let types = REGISTRY.types();
    let id_of = |name: &str| types.by_name(name).unwrap().element("id").unwrap();
    assert_eq!(type_names(id_of("Patient")), ["id"]);
    assert_eq!(type_names(id_of("HumanName")), ["string"]);
    assert_eq!(type_names(id_of("Patient.contact")), ["string"]);
    assert!(id_of("HumanName").is_xml_attribute && !id_of("Patient").is_xml_attribute);
    assert!(types.by_name("Extension").unwrap().element("url").unwrap().is_xml_attribute);
}

#[test]
fn references_name_the_types_that_they_may_point_to() {
    let types = REGISTRY.types();
    let targets = |path: (&str, &str)| {
        let element = types.by_name(path.0).unwrap().element(path.1).unwrap();
        element.types.iter().flat_map(|item| item.targets.iter().map(|target| &**target)).collect::<Vec<_>>()
    };
    assert_eq!(targets(("Patient", "managingOrganization")), ["Organization"]);
    assert_eq!(targets(("Observation", "focus")), Vec::<&str>::new(), "any resource");
    assert_eq!(targets(("CarePlan", "instantiatesCanonical")).first(), Some(&"PlanDefinition"));
}

#[test]
fn primitives_have_regular_expressions() {
    let regex = |name: &str| REGISTRY.types().by_name(name).unwrap().regex.as_deref();
    assert_eq!(regex("boolean"), Some("true|false"));
    assert_eq!(regex("id"), Some(r"[A-Za-z0-9\-\.]{1,64}"));
    assert!(regex("dateTime").is_some() && regex("canonical").is_some() && regex("url").is_some());
    assert_eq!(regex("xhtml"), None);
}

#[test]
fn types_know_their_ancestors() {
    let types = REGISTRY.types();
    let is_a = |name: &str, ancestor: &str| types.is_a(types.id(name).unwrap(), types.id(ancestor).unwrap());
    assert!(is_a("Patient", "DomainResource") && is_a("Patient", "Resource"));
    assert!(is_a("Bundle", "Resource") && !is_a("Bundle", "DomainResource"));
    assert!(is_a("url", "uri") && is_a("Age", "Quantity") && is_a("Timing", "BackboneElement"));
}

#[test]
fn a_type_has_its_own_search_parameters_and_those_of_all_resources() {
    let codes: Vec<&str> =
        REGISTRY.search_parameters("Patient").iter().map(|parameter| &*parameter.code).collect();
    assert!(codes.is_sorted());
    for code in
        ["_content", "_id", "_lastUpdated", "_profile", "_security", "_source", "_tag", "_text", "family"]
    {
        assert!(codes.contains(&code), "{code}");
    }
    assert!(REGISTRY.search_parameter("Bundle", "_id").is_some());
    assert!(REGISTRY.search_parameter("Bundle", "_text").is_none(), "a Bundle has no narrative");
    assert!(REGISTRY.search_parameter("Bundle", "family").is_none());

    let family = REGISTRY.search_parameter("Patient", "family").unwrap();
    assert_eq!(family.kind, SearchParamType::String);
    assert_eq!(family.expression_for("Patient").unwrap(), "Patient.name.family");
}

#[test]
fn composites_name_parameters_that_exist() {
    let composites: Vec<_> = REGISTRY
        .canonical_resources(DefinitionKind::SearchParameter)
        .filter_map(|definition| REGISTRY.search_parameter_by_url(&definition.url))
        .filter(|parameter| parameter.kind == SearchParamType::Composite)
        .collect();
    assert_eq!(composites.len(), 46);
    for composite in composites {
        assert!(composite.components.len() >= 2, "{}", composite.url);
        for component in &composite.components {
            assert!(
                REGISTRY.search_parameter_by_url(&component.definition).is_some(),
                "{}: {}",
                composite.url,
                component.definition
            );
        }
    }
}

#[test]
fn every_parameter_has_an_expression_for_each_of_its_types() {
    let mut without = std::collections::BTreeSet::new();
    for resource_type in REGISTRY.resource_types() {
        for parameter in REGISTRY.search_parameters(resource_type) {
            if parameter.expression_for(resource_type).is_none() {
                without.insert(&*parameter.code);
            }
        }
    }
    let without: Vec<&str> = without.into_iter().collect();
    assert_eq!(without, ["_content", "_filter", "_query", "_text"]);
}

#[test]
fn compartments_tell_how_resources_belong_to_them() {
    let codes: Vec<&str> = REGISTRY.compartments().map(|compartment| &*compartment.code).collect();
    assert_eq!(codes, ["Device", "Encounter", "Patient", "Practitioner", "RelatedPerson"]);
    let patient = REGISTRY.compartment("Patient").unwrap();
    let parameters: Vec<&str> = patient.parameters("Observation").iter().map(|code| &**code).collect();
    assert_eq!(parameters, ["subject", "performer"]);
    assert!(patient.parameters("Organization").is_empty());
}

#[test]
fn definitions_are_found_by_url_and_version() {
    let url = "http://hl7.org/fhir/ValueSet/administrative-gender";
    assert!(REGISTRY.value_set(url).is_some());
    assert!(REGISTRY.value_set(&format!("{url}|4.0.1")).is_some());
    assert!(REGISTRY.value_set(&format!("{url}|3.0.0")).is_none());
    assert!(REGISTRY.code_system("http://hl7.org/fhir/administrative-gender").is_some());
    assert!(REGISTRY.code_system(url).is_none(), "a ValueSet is no CodeSystem");
    assert!(REGISTRY.value_set("https://fhir.nwlondon.example/ValueSet/borough").is_some());
    assert!(REGISTRY.code_system("urn:iso:std:iso:4217").is_some());
    assert!(
        REGISTRY.operation_definition("http://hl7.org/fhir/OperationDefinition/Patient-everything").is_some()
    );
}

#[test]
fn uk_core_gives_resource_types_their_profiles() {
    assert_eq!(
        REGISTRY.resource_profile("Patient"),
        Some("https://fhir.hl7.org.uk/StructureDefinition/UKCore-Patient")
    );
    assert!(REGISTRY.resource_profile("CarePlan").is_some(), "a draft profile");
    assert_eq!(REGISTRY.resource_profile("Basic"), None);
}

#[test]
fn only_the_known_defects_of_the_packages_are_noted() {
    assert_eq!(
        REGISTRY.notes(),
        [LoadNote::DanglingProfile {
            statement: "https://fhir.hl7.org.uk/CapabilityStatement/ukcore-conformance".to_owned(),
            profile: "https://fhir.hl7.org.uk/StructureDefinition/UKCore-Observation-LabGroup".to_owned(),
        }]
    );
}
