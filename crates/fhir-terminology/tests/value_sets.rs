//! Value sets of a package, feature by feature.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use std::sync::Arc;

use fhir_definitions::{PackageContents, Registry};
use fhir_terminology::{CodeStatus, DisplayCheck, Membership, Terminology};

const DEFINITIONS: &str = r#"
{"resourceType":"CodeSystem","url":"urn:colours","version":"1","content":"complete","caseSensitive":true,"concept":[{"code":"warm","property":[{"code":"notSelectable","valueBoolean":true}],"concept":[{"code":"red","display":"Bright  Red"},{"code":"orange"}]},{"code":"cold","concept":[{"code":"blue","property":[{"code":"status","valueCode":"retired"}]}]}]}
{"resourceType":"CodeSystem","url":"urn:shapes","content":"complete","concept":[{"code":"Circle"},{"code":"Square"}]}
{"resourceType":"CodeSystem","url":"urn:partial","content":"fragment","concept":[{"code":"a"}]}
{"resourceType":"CodeSystem","url":"urn:supplement","content":"supplement","supplements":"urn:colours","concept":[{"code":"red"}]}
{"resourceType":"CodeSystem","url":"urn:broken","content":"complete","concept":[{"display":"no code"}]}
{"resourceType":"ValueSet","url":"urn:vs:whole","compose":{"include":[{"system":"urn:colours"}]}}
{"resourceType":"ValueSet","url":"urn:vs:version","compose":{"include":[{"system":"urn:colours","version":"1"}]}}
{"resourceType":"ValueSet","url":"urn:vs:no-version","compose":{"include":[{"system":"urn:colours","version":"2"}]}}
{"resourceType":"ValueSet","url":"urn:vs:list","compose":{"include":[{"system":"urn:unknown","concept":[{"code":"x","display":"X"},{"code":"y"}]},{"system":"urn:shapes","concept":[{"code":"Circle"}]}]}}
{"resourceType":"ValueSet","url":"urn:vs:filter","compose":{"include":[{"system":"urn:colours","filter":[{"property":"concept","op":"is-a","value":"warm"},{"property":"concept","op":"is-not-a","value":"orange"}]}]}}
{"resourceType":"ValueSet","url":"urn:vs:odd-filter","compose":{"include":[{"system":"urn:colours","filter":[{"property":"mood","op":"=","value":"good"}]}]}}
{"resourceType":"ValueSet","url":"urn:vs:exclude","compose":{"include":[{"system":"urn:colours"}],"exclude":[{"system":"urn:colours","concept":[{"code":"red"}]}]}}
{"resourceType":"ValueSet","url":"urn:vs:import","compose":{"include":[{"valueSet":["urn:vs:exclude","urn:vs:filter"]},{"system":"urn:shapes"}]}}
{"resourceType":"ValueSet","url":"urn:vs:import-within","compose":{"include":[{"system":"urn:colours","valueSet":["urn:vs:filter"]}]}}
{"resourceType":"ValueSet","url":"urn:vs:import-unknown","compose":{"include":[{"valueSet":["urn:vs:nowhere"]}]}}
{"resourceType":"ValueSet","url":"urn:vs:circle-a","compose":{"include":[{"valueSet":["urn:vs:circle-b"]},{"system":"urn:shapes"}]}}
{"resourceType":"ValueSet","url":"urn:vs:circle-b","compose":{"include":[{"valueSet":["urn:vs:circle-a"]},{"valueSet":["urn:vs:circle-b"]},{"system":"urn:colours"}]}}
{"resourceType":"ValueSet","url":"urn:vs:partial","compose":{"include":[{"system":"urn:partial"}]}}
{"resourceType":"ValueSet","url":"urn:vs:snomed","compose":{"include":[{"system":"http://snomed.info/sct"},{"system":"urn:shapes"}]}}
{"resourceType":"ValueSet","url":"urn:vs:snomed-list","compose":{"include":[{"system":"http://snomed.info/sct","filter":[{"property":"constraint","op":"=","value":"(248234008 OR 300202002)"}]}]}}
{"resourceType":"ValueSet","url":"urn:vs:snomed-below","compose":{"include":[{"system":"http://snomed.info/sct","filter":[{"property":"concept","op":"is-a","value":"71388002"}]}]}}
{"resourceType":"ValueSet","url":"urn:vs:not-snomed","compose":{"include":[{"system":"urn:shapes"}],"exclude":[{"system":"http://snomed.info/sct"}]}}
{"resourceType":"ValueSet","url":"urn:vs:expanded","compose":{"include":[{"system":"urn:unknown"}]},"expansion":{"total":3,"contains":[{"system":"urn:unknown","code":"group","abstract":true,"contains":[{"system":"urn:unknown","code":"x"}]},{"display":"heading","contains":[{"system":"urn:unknown","code":"y"}]}]}}
{"resourceType":"ValueSet","url":"urn:vs:expanded-in-part","compose":{"include":[{"system":"urn:unknown"}]},"expansion":{"total":9,"contains":[{"system":"urn:unknown","code":"x"}]}}
{"resourceType":"ValueSet","url":"urn:vs:expanded-unclosed","compose":{"include":[{"system":"urn:unknown"}]},"expansion":{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/valueset-unclosed","valueBoolean":true}],"total":1,"contains":[{"system":"urn:unknown","code":"x"}]}}
{"resourceType":"ValueSet","url":"urn:vs:only-expanded","expansion":{"total":1,"contains":[{"system":"urn:unknown","code":"x"}]}}
{"resourceType":"ValueSet","url":"urn:vs:empty"}
{"resourceType":"ValueSet","url":"urn:vs:no-system","compose":{"include":[{"concept":[{"code":"x"}]}]}}
{"resourceType":"ValueSet","url":"urn:vs:broken","compose":{"include":[{"system":"urn:broken"}]}}
"#;

fn terminology() -> Terminology {
    let mut package =
        PackageContents { name: "example".into(), version: "1.0.0".into(), ..Default::default() };
    package.push_lines("definitions", DEFINITIONS);
    Terminology::new(Arc::new(Registry::build(vec![package]).unwrap()))
}

/// `yes`, `no`, or why not.
fn answer(terminology: &Terminology, set: &str, system: Option<&str>, code: &str) -> String {
    match terminology.membership(set, system, code) {
        Membership::Member => "yes".into(),
        Membership::NotMember => "no".into(),
        Membership::NotChecked(reason) => reason.to_string(),
    }
}

#[test]
fn every_feature_of_a_value_set_decides() {
    let terminology = terminology();
    let colours = Some("urn:colours");
    let snomed = Some("http://snomed.info/sct");
    for (set, system, code, expected) in [
        ("whole", colours, "red", "yes"),
        ("whole", None, "red", "yes"),
        ("whole", colours, "RED", "no"),
        ("whole", Some("urn:shapes"), "red", "no"),
        ("version", colours, "red", "yes"),
        ("no-version", colours, "red", "needs urn:colours|2"),
        ("no-version", Some("urn:shapes"), "red", "no"),
        ("list", Some("urn:unknown"), "x", "yes"),
        ("list", Some("urn:unknown"), "z", "no"),
        ("list", Some("urn:shapes"), "circle", "yes"),
        ("list", Some("urn:shapes"), "square", "no"),
        ("list", None, "y", "yes"),
        ("filter", colours, "red", "yes"),
        ("filter", colours, "warm", "yes"),
        ("filter", colours, "orange", "no"),
        ("filter", colours, "blue", "no"),
        ("filter", colours, "pink", "no"),
        ("odd-filter", colours, "red", "the filter mood = good is not supported"),
        ("odd-filter", colours, "pink", "no"),
        ("exclude", colours, "blue", "yes"),
        ("exclude", colours, "red", "no"),
        ("import", colours, "warm", "yes"),
        ("import", colours, "red", "no"),
        ("import", Some("urn:shapes"), "Square", "yes"),
        ("import-within", None, "red", "yes"),
        ("import-within", colours, "blue", "no"),
        ("import-unknown", colours, "red", "the value set urn:vs:nowhere is not known"),
        ("circle-a", colours, "red", "yes"),
        ("circle-a", None, "Circle", "yes"),
        ("circle-b", None, "Circle", "yes"),
        ("partial", Some("urn:partial"), "a", "yes"),
        ("partial", Some("urn:partial"), "b", "only part of urn:partial is known"),
        ("snomed", snomed, "404684003", "needs SNOMED CT"),
        ("snomed", snomed, "404684004", "no"),
        ("snomed", Some("urn:shapes"), "Circle", "yes"),
        ("snomed", Some("urn:shapes"), "Cone", "no"),
        ("snomed-list", snomed, "248234008", "yes"),
        ("snomed-list", snomed, "404684003", "no"),
        ("snomed-below", snomed, "71388002", "yes"),
        ("snomed-below", snomed, "404684003", "needs SNOMED CT"),
        ("not-snomed", Some("urn:shapes"), "Circle", "yes"),
        ("expanded", Some("urn:unknown"), "x", "yes"),
        ("expanded", Some("urn:unknown"), "y", "yes"),
        ("expanded", Some("urn:unknown"), "z", "no"),
        ("expanded", Some("urn:unknown"), "group", "no"),
        ("expanded-in-part", Some("urn:unknown"), "x", "yes"),
        ("expanded-in-part", Some("urn:unknown"), "z", "needs urn:unknown"),
        ("expanded-unclosed", Some("urn:unknown"), "z", "needs urn:unknown"),
        ("only-expanded", Some("urn:unknown"), "x", "yes"),
        ("only-expanded", None, "z", "no"),
        (
            "empty",
            None,
            "x",
            "the definition of urn:vs:empty is malformed: it has neither compose nor expansion",
        ),
        ("no-system", None, "x", "the definition of urn:vs:no-system is malformed: an include has no system"),
        (
            "broken",
            None,
            "x",
            "the definition of urn:broken is malformed: a concept has no code or is nested too deep",
        ),
        ("nowhere", None, "x", "the value set urn:vs:nowhere is not known"),
    ] {
        let found = answer(&terminology, &format!("urn:vs:{set}"), system, code);
        assert_eq!(found, expected, "{set} {system:?} {code}");
    }
}

#[test]
fn sets_that_import_each_other_end_in_an_answer() {
    let answer = answer(&terminology(), "urn:vs:circle-a", Some("urn:colours"), "pink");
    assert!(answer.contains("imports itself or too many others"), "{answer}");
}

#[test]
fn a_code_system_tells_what_it_knows_of_a_code() {
    let terminology = terminology();
    let known = |display, selectable, active| CodeStatus::Known { display, selectable, active };
    assert_eq!(terminology.code_system("urn:colours", "red"), known(Some("Bright  Red"), true, true));
    assert_eq!(terminology.code_system("urn:colours", "warm"), known(None, false, true));
    assert_eq!(terminology.code_system("urn:colours", "blue"), known(None, true, false));
    assert_eq!(terminology.code_system("urn:colours", "pink"), CodeStatus::Unknown);
    assert_eq!(terminology.code_system("urn:shapes", "CIRCLE"), known(None, true, true));
    assert!(matches!(terminology.code_system("urn:supplement", "red"), CodeStatus::NotChecked(_)));
    assert!(matches!(terminology.code_system("urn:nowhere", "red"), CodeStatus::NotChecked(_)));
}

#[test]
fn displays_agree_but_for_case_and_white_space() {
    let terminology = terminology();
    let check = |code, display| terminology.check_display("urn:colours", code, display);
    assert_eq!(check("red", "bright red"), DisplayCheck::Agrees);
    assert_eq!(check("red", "dark red"), DisplayCheck::Differs("Bright  Red"));
    assert_eq!(check("orange", "orange"), DisplayCheck::NotKnown);
}

#[test]
fn small_sets_can_be_listed() {
    let terminology = terminology();
    let list = |set: &str, most| {
        let codes = terminology.codes(&format!("urn:vs:{set}"), most)?;
        Some(codes.iter().map(|listed| listed.code).collect::<Vec<_>>().join(" "))
    };
    assert_eq!(list("whole", 9).as_deref(), Some("blue cold orange red warm"));
    assert_eq!(list("whole", 4), None);
    assert_eq!(list("exclude", 9).as_deref(), Some("blue cold orange warm"));
    assert_eq!(list("import", 9).as_deref(), Some("warm Circle Square"));
    assert_eq!(list("list", 9).as_deref(), Some("Circle x y"));
    assert_eq!(list("expanded", 9).as_deref(), Some("x y"));
    for open in ["snomed", "partial", "circle-a", "empty", "nowhere", "expanded-in-part"] {
        assert_eq!(list(open, 9), None, "{open}");
    }
}

#[test]
fn gaps_tell_what_would_have_to_be_known() {
    let terminology = terminology();
    let gaps = |set: &str| {
        let gaps = terminology.gaps(&format!("urn:vs:{set}"));
        gaps.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
    };
    assert_eq!(
        (gaps("import"), gaps("expanded"), gaps("circle-a")),
        (String::new(), String::new(), String::new())
    );
    assert_eq!(gaps("snomed"), "needs SNOMED CT");
    assert_eq!(gaps("import-unknown"), "the value set urn:vs:nowhere is not known");
    assert_eq!(gaps("nowhere"), "the value set urn:vs:nowhere is not known");
}
