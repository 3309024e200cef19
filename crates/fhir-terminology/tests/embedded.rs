//! The terminology of FHIR R4 and UK Core: what can be decided of it, and that it is decided right.

#![expect(clippy::unwrap_used, reason = "shared by the tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};

use fhir_definitions::element_definition::BindingStrength;
use fhir_definitions::{DefinitionKind, Registry};
use fhir_model::{Document, Node};
use fhir_terminology::{CodeStatus, Membership, NotChecked, Terminology};

static REGISTRY: LazyLock<Arc<Registry>> = LazyLock::new(|| Arc::new(Registry::embedded().unwrap()));
static TERMINOLOGY: LazyLock<Terminology> = LazyLock::new(|| Terminology::new(Arc::clone(&REGISTRY)));

/// The value sets of required and extensible bindings that cannot be decided for every code. Each of them, and why:
/// whoever makes one decidable takes it off this list.
const UNDECIDED: &str = include_str!("undecided.txt");

#[test]
fn bound_value_sets_are_decided_offline() {
    let mut bound: BTreeSet<Box<str>> = BTreeSet::new();
    for definition in REGISTRY.canonical_resources(DefinitionKind::StructureDefinition) {
        for element in definition.structure().iter().flat_map(|structure| &structure.differential) {
            if let Some(binding) = &element.binding
                && binding.strength >= BindingStrength::Extensible
            {
                bound.extend(binding.value_set.iter().chain(&binding.max_value_set).cloned());
            }
        }
    }
    let gaps: BTreeMap<&str, String> = bound
        .iter()
        .map(|set| {
            let reasons = TERMINOLOGY.gaps(set);
            (&**set, reasons.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))
        })
        .filter(|(_, reasons)| !reasons.is_empty())
        .collect();
    let lines: Vec<String> = gaps.iter().map(|(set, reasons)| format!("{set}: {reasons}")).collect();
    println!(
        "terminology: {} of {} bound value sets can be decided offline",
        bound.len() - gaps.len(),
        bound.len()
    );
    for line in &lines {
        println!("  {line}");
    }
    assert_eq!(lines, UNDECIDED.lines().collect::<Vec<_>>());
}

#[test]
fn no_code_that_a_value_set_names_is_refused() {
    let mut named = 0;
    for definition in REGISTRY.canonical_resources(DefinitionKind::ValueSet) {
        let document = Document::parse(definition.text()).unwrap();
        let compose = document.root().get("compose");
        for include in compose.and_then(|compose| compose.get("include")).into_iter().flat_map(Node::each) {
            let system = include.get_str("system");
            for code in include.get("concept").into_iter().flat_map(Node::each) {
                let code = code.get_str("code").unwrap();
                let status = TERMINOLOGY.code_system(system.unwrap(), code);
                let is_form = matches!(system, Some("http://snomed.info/sct" | "http://loinc.org"));
                assert!(!is_form || status != CodeStatus::Unknown, "{code} of {}", definition.url);
                let answer = TERMINOLOGY.membership(&definition.url, system, code);
                let is_excluded = compose.is_some_and(|compose| compose.get("exclude").is_some());
                assert!(
                    answer == Membership::Member || is_excluded,
                    "{code} of {}: {answer:?}",
                    definition.url
                );
                named += 1;
            }
        }
    }
    println!("terminology: {named} codes that value sets name are members");
    assert!(named > 2_000);
}

#[test]
fn what_an_expansion_lists_is_a_member() {
    let mut listed = 0;
    for definition in REGISTRY.canonical_resources(DefinitionKind::ValueSet) {
        let document = Document::parse(definition.text()).unwrap();
        let contains = document.root().get("expansion").and_then(|expansion| expansion.get("contains"));
        for entry in contains.into_iter().flat_map(Node::each) {
            let (system, code) = (entry.get_str("system"), entry.get_str("code").unwrap_or_default());
            let answer = TERMINOLOGY.membership(&definition.url, system, code);
            assert_eq!(answer, Membership::Member, "{code} of {}", definition.url);
            listed += 1;
        }
    }
    println!("terminology: {listed} codes that expansions list are members");
    assert!(listed > 3_000);
}

#[test]
fn codes_of_grammars_and_lists_are_checked() {
    for (system, known, unknown) in [
        (
            "urn:ietf:bcp:47",
            "en en-GB cy ur zh-Hant-TW de-CH-1996 sl-rozaj-biske es-419 en-u-ca-gregory x-house i-klingon yue EN-gb cmn-Hans",
            "english- en_GB zz en-1A en-ÅÅ e -en en- en-u en-GB-GB 12",
        ),
        (
            "http://unitsofmeasure.org",
            "mg/dL mm[Hg] 10*3/uL {score} /min kg/m2 Cel % 1 ug/(24.h) [iU]/mL",
            "mmHg kmin mg//l { K2m foo",
        ),
        ("urn:ietf:bcp:13", "text/plain application/fhir+json application/pdf xml", "text plain/ html"),
        ("urn:iso:std:iso:3166", "GB GBR 826 FR", "UK XX gb 999"),
        ("urn:iso:std:iso:4217", "GBP EUR", "QQQ"),
        ("https://www.iana.org/time-zones", "Europe/London UTC", "Europe/Leeds"),
        ("http://hl7.org/fhir/resource-types", "Patient", "Patients"),
        ("http://hl7.org/fhir/data-types", "Quantity", "Number"),
        ("urn:ietf:rfc:3986", "urn:oid:1.2.3", ""),
    ] {
        for code in known.split_whitespace() {
            let status = TERMINOLOGY.code_system(system, code);
            assert!(matches!(status, CodeStatus::Known { .. }), "{system} {code}: {status:?}");
        }
        for code in unknown.split_whitespace() {
            assert_eq!(TERMINOLOGY.code_system(system, code), CodeStatus::Unknown, "{system} {code}");
        }
    }
}

#[test]
fn bound_sets_answer_as_their_profiles_need() {
    let hl7 = |name: &str| format!("http://hl7.org/fhir/ValueSet/{name}");
    let uk = |name: &str| format!("https://fhir.hl7.org.uk/ValueSet/UKCore-{name}");
    let snomed = Some("http://snomed.info/sct");
    let status = "https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatus";
    let england = format!("{status}England");
    for (set, system, code, expected) in [
        (hl7("administrative-gender|4.0.1"), None, "female", true),
        (hl7("administrative-gender|4.0.1"), None, "Female", false),
        (hl7("all-languages"), Some("urn:ietf:bcp:47"), "cy", true),
        (hl7("languages"), None, "en-GB", true),
        (hl7("languages"), None, "cy", false),
        (hl7("all-types"), None, "Patient", true),
        (hl7("all-types"), None, "Quantity", true),
        (hl7("currencies|4.0.1"), None, "GBP", true),
        (hl7("ucum-units|4.0.1"), Some("http://unitsofmeasure.org"), "mmol/L", true),
        (hl7("all-distance-units"), Some("http://unitsofmeasure.org"), "km", true),
        (hl7("all-distance-units"), Some("http://unitsofmeasure.org"), "kg", false),
        (hl7("iso3166-1-2"), None, "GB", true),
        (hl7("iso3166-1-3"), None, "GBR", true),
        (hl7("iso3166-1-3"), None, "GB", false),
        (hl7("iso3166-1-N"), None, "826", true),
        ("http://www.rfc-editor.org/bcp/bcp13.txt".into(), None, "text/cql", true),
        ("http://unitsofmeasure.org/vs".into(), None, "kg", true),
        ("http://loinc.org/vs/LL379-9|4.0.1".into(), Some("urn:other"), "LA6568-5", false),
        ("http://snomed.info/sct?fhir_vs=isa/404684003".into(), snomed, "404684003", true),
        ("http://terminology.hl7.org/ValueSet/v3-NullFlavor|4.0.1".into(), None, "UNK", true),
        (hl7("timezones|4.0.1"), None, "Europe/London", true),
        (uk("NHSNumberVerificationStatus"), Some(&*england), "01", true),
        (uk("NHSNumberVerificationStatus"), Some(&*england), "number-present-and-verified", false),
        (uk("NHSNumberVerificationStatus"), Some(status), "01", false),
        (uk("ACVPU"), snomed, "248234008", true),
        (uk("ACVPU"), snomed, "404684003", false),
        (uk("CareSettingType"), snomed, "310117003", true),
        (uk("CareSettingType"), Some("urn:other"), "310117003", false),
        (
            uk("PersonRelationshipType"),
            Some("http://terminology.hl7.org/CodeSystem/v3-RoleCode"),
            "MTH",
            true,
        ),
    ] {
        assert_eq!(TERMINOLOGY.membership(&set, system, code), of(expected), "{set} {system:?} {code}");
    }
}

fn of(member: bool) -> Membership {
    if member { Membership::Member } else { Membership::NotMember }
}

#[test]
fn every_value_set_of_the_packages_is_well_formed() {
    let mut malformed = Vec::new();
    for definition in REGISTRY.canonical_resources(DefinitionKind::ValueSet) {
        for reason in TERMINOLOGY.gaps(&definition.url) {
            if matches!(reason, NotChecked::Malformed(..)) {
                malformed.push(format!("{}: {reason}", definition.url));
            }
        }
    }
    assert_eq!(malformed, Vec::<String>::new());
}
