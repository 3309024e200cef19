//! Every way in which a resource can be built wrongly is found, placed and explained.

use super::support::validate;

/// Asserts that the only issue of a resource has this IssueType, this expression and this text.
#[track_caller]
fn assert_issue(json: &str, code: &str, expression: &str, text: &str) {
    let issues = validate(json);
    let found: Vec<_> = issues
        .iter()
        .map(|issue| (issue.code.code(), issue.expression.join(", "), issue.diagnostics.as_str()))
        .collect();
    assert_eq!(found, [(code, expression.to_owned(), text)]);
}

/// A Patient with some members.
fn patient(members: &str) -> String {
    format!(r#"{{"resourceType":"Patient",{members}}}"#)
}

#[track_caller]
fn assert_patient_issue(members: &str, code: &str, expression: &str, text: &str) {
    assert_issue(&patient(members), code, expression, text);
}

#[track_caller]
fn assert_valid(json: &str) {
    assert_eq!(validate(json), []);
}

#[test]
fn sound_resources_pass() {
    assert_valid(r#"{"resourceType":"Patient"}"#);
    assert_valid(&patient(
        r#""id":"p1","active":true,"gender":"female","birthDate":"1987-02","_birthDate":{"id":"b"},
        "name":[{"given":["Ada",null],"_given":[null,{"extension":[{"url":"u","valueCode":"unknown"}]}]}],
        "contained":[{"resourceType":"Organization","id":"o","name":"X"}],"multipleBirthInteger":2"#,
    ));
}

#[test]
fn unknown_members_are_named_with_what_may_be_meant() {
    assert_patient_issue(
        r#""birthdate":"1987""#,
        "structure",
        "Patient",
        "\"birthdate\" is not an element of Patient: did you mean birthDate?",
    );
    assert_patient_issue(
        r#""name":[{"nickname":"x"}]"#,
        "structure",
        "Patient.name[0]",
        "\"nickname\" is not an element of HumanName, which has id, extension, use, text, family, given, prefix, \
         suffix, period",
    );
    assert_patient_issue(
        r#""deceasedString":"x""#,
        "structure",
        "Patient",
        "\"deceasedString\" is not a member of Patient: expected one of deceasedBoolean or deceasedDateTime for \
         Patient.deceased[x]",
    );
    assert_patient_issue(
        r#""name":[{"resourceType":"HumanName","text":"x"}]"#,
        "structure",
        "Patient.name[0]",
        "resourceType stands only at resources, not at HumanName",
    );
    assert_patient_issue(
        r#""_name":[{"id":"x"}]"#,
        "structure",
        "Patient",
        "\"_name\": Patient.name has extensions of its own, so nothing stands beside it",
    );
    assert_patient_issue(
        r#""_gender":{"id":"a","value":"male"}"#,
        "structure",
        "Patient.gender",
        "\"value\" may not stand beside Patient.gender: expected only id and extension",
    );
}

#[test]
fn cardinality_is_kept() {
    assert_patient_issue(
        r#""name":{"family":"x"}"#,
        "structure",
        "Patient.name",
        "expected an array (Patient.name is 0..*), found an object",
    );
    assert_patient_issue(
        r#""gender":["male"]"#,
        "structure",
        "Patient.gender",
        "expected one value, not an array (Patient.gender is 0..1)",
    );
    assert_patient_issue(
        r#""name":[{"given":"Ada"}]"#,
        "structure",
        "Patient.name[0].given",
        "expected an array (HumanName.given is 0..*), found \"Ada\"",
    );
    assert_patient_issue(
        r#""name":[[{"family":"x"}]]"#,
        "structure",
        "Patient.name[0]",
        "expected one value for each item of Patient.name, found an array in an array",
    );
}

#[test]
fn required_elements_are_present() {
    assert_issue(
        r#"{"resourceType":"Observation","code":{"text":"x"}}"#,
        "required",
        "Observation",
        "Observation.status is missing: it is required (expected status)",
    );
    assert_issue(
        r#"{"resourceType":"Observation","status":"final"}"#,
        "required",
        "Observation",
        "Observation.code is missing: it is required",
    );
    assert_issue(
        r#"{"resourceType":"Group","type":"person","actual":true,
            "characteristic":[{"code":{"text":"x"},"exclude":false}]}"#,
        "required",
        "Group.characteristic[0]",
        "Group.characteristic.value[x] is missing: it is required (expected valueCodeableConcept, valueBoolean, \
         valueQuantity, valueRange, valueReference)",
    );
}

#[test]
fn a_required_primitive_may_have_only_extensions() {
    let absent = r#"{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/data-absent-reason",
        "valueCode":"unknown"}]}"#;
    assert_valid(&format!(r#"{{"resourceType":"Observation","_status":{absent},"code":{{"text":"x"}}}}"#));
    assert_issue(
        r#"{"resourceType":"Observation","_status":{"id":"s"},"code":{"text":"x"}}"#,
        "required",
        "Observation",
        "Observation.status is missing: it is required (expected status)",
    );
}

#[test]
fn json_types_are_those_of_the_elements() {
    assert_patient_issue(
        r#""active":"true""#,
        "value",
        "Patient.active",
        "\"true\" is not a valid boolean for Patient.active: expected true or false, without quotes",
    );
    assert_patient_issue(
        r#""name":["Ada"]"#,
        "structure",
        "Patient.name[0]",
        "expected an object (HumanName) for Patient.name, found \"Ada\"",
    );
    assert_patient_issue(
        r#""_birthDate":5"#,
        "structure",
        "Patient.birthDate",
        "expected an object with id or extension beside Patient.birthDate, found the number 5",
    );
    assert_patient_issue(
        r#""gender":null"#,
        "structure",
        "Patient.gender",
        "Patient.gender is null: leave the member out, or give it a value",
    );
    assert_patient_issue(
        r#""gender":{"code":"male"}"#,
        "structure",
        "Patient.gender",
        "expected a single value (code) for Patient.gender, found an object",
    );
    assert_patient_issue(
        r#""contained":["x"]"#,
        "structure",
        "Patient.contained[0]",
        "expected a resource (an object) for Patient.contained, found \"x\"",
    );
}

#[test]
fn numbers_are_within_the_bounds_of_their_type() {
    let expected = "a whole number from -2147483648 to 2147483647, without quotes";
    for number in ["1.5", "1.0", "1e2", "2147483648", "99999999999999999999999999"] {
        assert_patient_issue(
            &format!(r#""multipleBirthInteger":{number}"#),
            "value",
            "Patient.multipleBirth",
            &format!(
                "the number {number} is not a valid integer for Patient.multipleBirth[x]: expected {expected}"
            ),
        );
    }
    assert_patient_issue(
        r#""telecom":[{"rank":0}]"#,
        "value",
        "Patient.telecom[0].rank",
        "the number 0 is not a valid positiveInt for ContactPoint.rank: expected a whole number from 1 to \
         2147483647, without quotes",
    );
    assert_issue(
        r#"{"resourceType":"Observation","status":"final","code":{"text":"x"},"valueQuantity":{"value":"7"}}"#,
        "value",
        "Observation.value.value",
        "\"7\" is not a valid decimal for Quantity.value: expected a number, without quotes",
    );
    assert_valid(
        r#"{"resourceType":"Observation","status":"final","code":{"text":"x"},"valueQuantity":{"value":1.00e-7}}"#,
    );
}

#[test]
fn texts_have_the_form_of_their_type() {
    assert_patient_issue(
        r#""birthDate":"2023-02-29""#,
        "value",
        "Patient.birthDate",
        "\"2023-02-29\" is not a valid date for Patient.birthDate: expected a date of the calendar: YYYY, YYYY-MM \
         or YYYY-MM-DD",
    );
    for (members, expression) in [
        (r#""id":"a_b""#, "Patient.id"),
        (r#""deceasedDateTime":"2020-01-01T10:00:00""#, "Patient.deceased"),
        (r#""meta":{"lastUpdated":"2020-01-01"}"#, "Patient.meta.lastUpdated"),
        (r#""language":" en""#, "Patient.language"),
        (r#""implicitRules":"a b""#, "Patient.implicitRules"),
        (r#""name":[{"family":""}]"#, "Patient.name[0].family"),
        (r#""name":[{"given":["Ada",""]}]"#, "Patient.name[0].given[1]"),
        (r#""photo":[{"data":"A"}]"#, "Patient.photo[0].data"),
        (r#""extension":[{"url":"u","valueTime":"24:00:00"}]"#, "Patient.extension[0].value"),
        (r#""extension":[{"url":"u","valueOid":"1.2.3"}]"#, "Patient.extension[0].value"),
        (r#""extension":[{"url":"u","valueUuid":"1"}]"#, "Patient.extension[0].value"),
        (
            r#""extension":[{"url":"","valueUuid":"urn:uuid:c757873d-ec9a-4326-a141-556f43239520"}]"#,
            "Patient.extension[0].url",
        ),
        (r#""text":{"status":"generated","div":" "}"#, "Patient.text.div"),
    ] {
        let issues = validate(&patient(members));
        let found: Vec<_> = issues.iter().map(|i| (i.code.code(), i.expression.join(", "))).collect();
        assert_eq!(found, [("value", expression.to_owned())], "{members}");
    }
}

#[test]
fn long_values_are_cut_in_messages() {
    let issues = validate(&patient(&format!(r#""birthDate":"{}""#, "9".repeat(1000))));
    assert_eq!(issues.len(), 1);
    assert!(issues[0].diagnostics.starts_with(&format!("\"{}...\" is not", "9".repeat(60))));
}

#[test]
fn closed_code_sets_are_listed() {
    assert_patient_issue(
        r#""gender":"femal""#,
        "code-invalid",
        "Patient.gender",
        "\"femal\" is not a code of http://hl7.org/fhir/ValueSet/administrative-gender|4.0.1, which Patient.gender \
         requires: expected female, male, other or unknown (did you mean female?)",
    );
}

#[test]
fn only_one_type_of_a_choice_is_present() {
    let text = "\"deceasedBoolean\" and \"deceasedDateTime\" are both present: expected only one type for \
                Patient.deceased[x]";
    let members = r#""deceasedBoolean":true,"deceasedDateTime":"2020-01-01""#;
    assert_patient_issue(members, "structure", "Patient.deceased", text);
    let text = text.replace("\"deceasedDateTime\"", "\"_deceasedDateTime\"");
    let members = r#""deceasedBoolean":true,"_deceasedDateTime":{"id":"x"}"#;
    assert_patient_issue(members, "structure", "Patient.deceased", &text);
    assert_valid(&patient(r#""deceasedBoolean":true,"_deceasedBoolean":{"id":"x"}"#));
}

#[test]
fn parallel_arrays_are_in_step() {
    assert_patient_issue(
        r#""name":[{"given":["a","b"],"_given":[{"id":"x"}]}]"#,
        "structure",
        "Patient.name[0].given",
        "\"given\" has 2 items and \"_given\" has 1: expected the same number, with null where one has nothing",
    );
    let text = "item 1 of \"given\" is null: expected a value, or extensions in the array beside it";
    for given in [r#"["a",null]"#, r#"["a",null],"_given":[{"id":"x"},null]"#] {
        let members = format!(r#""name":[{{"given":{given}}}]"#);
        assert_patient_issue(&members, "structure", "Patient.name[0].given[1]", text);
    }
    assert_patient_issue(
        r#""name":[{"_given":[null,{"id":"x"}]}]"#,
        "structure",
        "Patient.name[0].given[0]",
        "item 0 of \"_given\" is null: expected a value, or extensions in the array beside it",
    );
}

#[test]
fn nothing_is_empty() {
    assert_patient_issue(
        r#""name":[{}]"#,
        "structure",
        "Patient.name[0]",
        "the HumanName is empty: leave it out, or give it content",
    );
    assert_patient_issue(
        r#""name":[]"#,
        "structure",
        "Patient.name",
        "\"name\" is an empty array: leave it out, or give it items",
    );
    assert_patient_issue(
        r#""_birthDate":{}"#,
        "structure",
        "Patient.birthDate",
        "the Element is empty: leave it out, or give it content",
    );
}

#[test]
fn extensions_have_a_url_and_a_value_or_extensions() {
    assert_patient_issue(
        r#""extension":[{"valueString":"x"}]"#,
        "required",
        "Patient.extension[0]",
        "Extension.url is missing: it is required",
    );
    assert_patient_issue(
        r#""extension":[{"url":"u"}]"#,
        "invariant",
        "Patient.extension[0]",
        "the extension has neither a value[x] nor extensions: expected one of them (ext-1)",
    );
    assert_patient_issue(
        r#""modifierExtension":[{"url":"u","valueString":"x","extension":[{"url":"v","valueCode":"c"}]}]"#,
        "invariant",
        "Patient.modifierExtension[0]",
        "the extension has both a value and extensions: expected one of them (ext-1)",
    );
}

#[test]
fn a_resource_says_its_type() {
    let missing = "resourceType is missing: expected the name of a resource type";
    assert_issue("{}", "required", "Resource", missing);
    assert_issue("[]", "structure", "Resource", "expected a resource as a JSON object");
    assert_issue(
        r#"{"resourceType":"Pateint"}"#,
        "structure",
        "Pateint",
        "\"Pateint\" is not a resource type of FHIR R4: did you mean Patient?",
    );
    assert_issue(
        r#"{"resourceType":"DomainResource"}"#,
        "structure",
        "DomainResource",
        "\"DomainResource\" is not a resource type of FHIR R4",
    );
    assert_issue(
        r#"{"resourceType":5}"#,
        "structure",
        "Resource",
        "resourceType must be a string: expected the name of a resource type",
    );
    assert_patient_issue(r#""contained":[{"id":"a"}]"#, "required", "Patient.contained[0]", missing);
}

#[test]
fn resources_in_resources_go_to_the_schema_of_their_type() {
    let wrong = r#"{"resourceType":"Patient","id":"p","gender":true}"#;
    for (json, expression) in [
        (
            format!(r#"{{"resourceType":"Basic","code":{{"text":"x"}},"contained":[{wrong}]}}"#),
            "Basic.contained[0].gender",
        ),
        (
            format!(r#"{{"resourceType":"Bundle","type":"collection","entry":[{{"resource":{wrong}}}]}}"#),
            "Bundle.entry[0].resource.gender",
        ),
        (
            format!(r#"{{"resourceType":"Parameters","parameter":[{{"name":"p","resource":{wrong}}}]}}"#),
            "Parameters.parameter[0].resource.gender",
        ),
        (
            format!(
                r#"{{"resourceType":"Bundle","type":"batch-response",
                    "entry":[{{"response":{{"status":"200","outcome":{wrong}}}}}]}}"#
            ),
            "Bundle.entry[0].response.outcome.gender",
        ),
    ] {
        let text = "the boolean true is not a valid code for Patient.gender: expected a code: no spaces at its ends, \
                    and no two in a row";
        assert_issue(&json, "value", expression, text);
    }
}

#[test]
fn contained_resources_have_ids_and_contain_none() {
    assert_patient_issue(
        r#""contained":[{"resourceType":"Basic","code":{"text":"x"}}]"#,
        "required",
        "Patient.contained[0]",
        "the contained resource has no id: expected one, so that it can be referred to",
    );
    assert_patient_issue(
        r#""contained":[{"resourceType":"Person","id":"a"},{"resourceType":"Person","id":"a"}]"#,
        "value",
        "Patient.contained[1]",
        "the id \"a\" is taken by an earlier contained resource: expected another",
    );
    assert_patient_issue(
        r#""contained":[{"resourceType":"Person","id":"a","contained":[{"resourceType":"Person","id":"b"}]}]"#,
        "invariant",
        "Patient.contained[0].contained",
        "a contained resource contains resources: expected all of them in the outermost (dom-2)",
    );
    let inner = r#"{"resourceType":"Patient","contained":[{"resourceType":"Person","id":"a"}]}"#;
    assert_valid(&format!(
        r#"{{"resourceType":"Bundle","type":"collection","entry":[{{"resource":{inner}}}]}}"#
    ));
}

#[test]
fn all_issues_are_found_at_once_up_to_a_limit() {
    let issues = validate(&patient(r#""gender":1,"foo":2,"name":[{}],"birthDate":"x""#));
    assert_eq!(issues.len(), 4);
    let names = vec!["{}"; 200].join(",");
    let issues = validate(&patient(&format!(r#""name":[{names}]"#)));
    assert_eq!(issues.len(), 51);
    assert_eq!(issues[50].diagnostics, "150 more issues were found and are not listed");
    assert!(!issues[50].is_error());
}
