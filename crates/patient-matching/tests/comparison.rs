//! Comparisons of whole Patients: examples, symmetry, and that nothing a client sends ends in a panic.

#![expect(clippy::unwrap_used, reason = "a helper fails the test")]

use fhir_model::Document;
use patient_matching::{Comparison, Grade, Level, Person, blocks, compare};
use proptest::prelude::*;

fn person(json: &str) -> Person {
    Person::read(Document::parse(json).unwrap().root())
}

const MARGARET: &str = r#"{"resourceType":"Patient",
    "identifier":[{"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9434765919","extension":[{
        "url":"https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-NHSNumberVerificationStatus",
        "valueCodeableConcept":{"coding":[{"code":"01"}]}}]}],
    "name":[{"family":"O'Rourke","given":["Margaret","Anne"]}],"gender":"female","birthDate":"1952-03-08",
    "address":[{"postalCode":"NW1 6XE"}],"telecom":[{"system":"phone","value":"07700 900123"}]}"#;

fn with_margaret(json: &str) -> Comparison {
    let (margaret, other) = (person(MARGARET), person(json));
    let comparison = compare(&margaret, &other);
    assert_eq!(comparison, compare(&other, &margaret));
    comparison
}

#[test]
fn a_record_is_certainly_itself() {
    let comparison = with_margaret(MARGARET);
    assert_eq!(comparison.grade, Grade::Certain);
    assert_eq!(
        comparison.levels,
        [
            Level::NhsNumberSame,
            Level::FamilySame,
            Level::GivenSame,
            Level::BirthDateSame,
            Level::GenderSame,
            Level::PostcodeSame,
            Level::TelecomSame
        ]
    );
}

#[test]
fn people_are_known_under_other_spellings() {
    let spelt = r#"{"resourceType":"Patient","name":[{"text":"Peggy ORourke"}],"birthDate":"1952-08-03","gender":"female",
        "address":[{"postalCode":"nw16xe"}],"telecom":[{"value":"+447700900123"}]}"#;
    let comparison = with_margaret(spelt);
    assert!(
        comparison.levels.contains(&Level::FamilySame) && comparison.levels.contains(&Level::GivenVariant)
    );
    assert!(
        comparison.levels.contains(&Level::BirthDateSlip) && comparison.levels.contains(&Level::TelecomSame)
    );
    assert!(comparison.grade >= Grade::Probable, "{comparison:?}");
}

#[test]
fn a_verified_number_that_differs_pulls_down() {
    let other = MARGARET.replace("9434765919", "9000000009");
    assert_eq!(with_margaret(&other).grade, Grade::Possible);
    let twin = other.replace("Margaret", "Deirdre");
    assert_eq!(with_margaret(&twin).grade, Grade::CertainlyNot);
    let unverified = other.replace("\"01\"", "\"02\"");
    assert_eq!(with_margaret(&unverified).grade, Grade::Probable);
}

#[test]
fn too_little_finds_nobody() {
    let nobody = person(r#"{"resourceType":"Patient","gender":"female"}"#);
    assert_eq!(blocks(&nobody), []);
    assert_eq!(compare(&nobody, &person(MARGARET)).grade, Grade::CertainlyNot);
}

#[test]
fn blocks_search_for_spellings() {
    let all = blocks(&person(MARGARET));
    let parameters = || all.iter().flat_map(|block| &block.parameters);
    let has = |name: &str, part: &str| parameters().any(|(own, value)| own == name && value.contains(part));
    assert!(has("identifier", "https://fhir.nhs.uk/Id/nhs-number|9434765919"));
    assert!(has("family", "O'Rourke,ORourke,O Rourke"));
    assert!(has("given", "Margaret,daisy,maggie"));
    assert!(has("birthdate", "1952-08-03"));
    assert!(has("address-postalcode", "NW1 6XE,NW16XE"));
    assert!(has("telecom", "+44 7700 900123"));
    let odd = blocks(&person(r#"{"name":[{"family":"a,b|c$d\\e","given":["x"]}],"birthDate":"1952-08-03"}"#));
    assert!(
        odd.iter().flat_map(|block| &block.parameters).any(|(_, value)| value.contains(r"a\,b\|c\$d\\e"))
    );
}

fn patients() -> impl Strategy<Value = String> {
    let text = prop_oneof![prop::sample::select(vec![
        "Smith",
        "Smyth",
        "O'Brien",
        "Smith-Jones",
        "John",
        "Jack",
        "J",
        "",
        "ß",
        "Mac",
        "mc",
        "van"
    ]),];
    let date = prop::sample::select(vec!["1987-03-12", "1987-12-03", "1987-03", "1987", "1988-03-12", "no"]);
    let number = prop::sample::select(vec!["9434765919", "9434756919", "9000000009", "", "x"]);
    let code = prop::sample::select(vec!["NW1 6XE", "nw16xf", "NW1", "W5 2AB", "??"]);
    let gender = prop::sample::select(vec!["male", "female", "other"]);
    (text.clone(), text, date, number, code, gender, any::<bool>(), "\\PC{0,12}").prop_map(
        |(family, given, date, number, code, gender, is_verified, any)| {
            let status = if is_verified { "01" } else { "02" };
            let any: String = any.chars().filter(|c| !matches!(c, '"' | '\\')).collect();
            MARGARET
                .replace("\"01\"", &format!("\"{status}\""))
                .replace("O'Rourke", family)
                .replace("Margaret", given)
                .replace("1952-03-08", date)
                .replace("9434765919", number)
                .replace("NW1 6XE", code)
                .replace("female", gender)
                .replace("07700 900123", &any)
        },
    )
}

proptest! {
    #[test]
    fn comparisons_are_symmetric(a in patients(), b in patients()) {
        let (a, b) = (person(&a), person(&b));
        let comparison = compare(&a, &b);
        prop_assert_eq!(&comparison.score, &compare(&b, &a).score);
        prop_assert!((0.0..=1.0).contains(&comparison.score));
        let itself = compare(&a, &a);
        prop_assert!(itself.score >= comparison.score || comparison.levels.len() > itself.levels.len());
    }

    #[test]
    fn any_text_can_be_a_name(family in "\\PC{0,30}", given in "\\PC{0,30}") {
        let clean = |text: String| text.replace(['"', '\\'], "");
        let person = person(&format!(r#"{{"name":[{{"family":"{}","given":["{}"]}}]}}"#, clean(family), clean(given)));
        let _ = (blocks(&person), compare(&person, &person));
    }
}
