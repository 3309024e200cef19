//! Responses and questionnaires, rule by rule.

use crate::rules::testing::{with_outside, with_rules};

/// What is found in a completed response with these items, for a questionnaire with those.
fn found(questions: &str, items: &str) -> Vec<String> {
    let questionnaire = format!(r#"{{"resourceType":"Questionnaire","url":"urn:q","item":[{questions}]}}"#);
    let response = format!(
        r#"{{"resourceType":"QuestionnaireResponse","questionnaire":"urn:q","status":"completed","item":[{items}]}}"#
    );
    let found = with_outside(&response, &questionnaire);
    found.iter().map(|line| line.replace("error QuestionnaireResponse.", "")).collect()
}

#[test]
fn items_are_known_and_where_they_belong() {
    let questions =
        r#"{"linkId":"g","type":"group","item":[{"linkId":"q1","type":"string","required":true}]}"#;
    assert!(
        found(questions, r#"{"linkId":"g","item":[{"linkId":"q1","answer":[{"valueString":"a"}]}]}"#)
            .is_empty()
    );
    assert_eq!(
        found(questions, r#"{"linkId":"g","item":[{"linkId":"q2"}]}"#),
        ["response-item-known item[0].item[0]", "response-required item[0]"]
    );
    assert_eq!(
        found(questions, r#"{"linkId":"q1","answer":[{"valueString":"a"}]}"#),
        ["response-item-known item[0]"]
    );
}

#[test]
fn questions_under_questions_are_answered_under_answers() {
    let questions =
        r#"{"linkId":"q1","type":"boolean","item":[{"linkId":"q2","type":"string","required":true}]}"#;
    let answer = |nested: &str| format!(r#"{{"linkId":"q1","answer":[{{"valueBoolean":true{nested}}}]}}"#);
    assert_eq!(found(questions, &answer("")), ["response-required item[0].answer[0]"]);
    let nested = answer(r#","item":[{"linkId":"q2","answer":[{"valueString":"a"}]}]"#);
    assert!(found(questions, &nested).is_empty());
}

#[test]
fn numbers_and_types_of_answers_fit() {
    let once = r#"{"linkId":"q","type":"string"}"#;
    let two = r#"{"linkId":"q","answer":[{"valueString":"a"},{"valueString":"b"}]}"#;
    assert_eq!(found(once, two), ["response-answer-count item[0]"]);
    assert!(found(r#"{"linkId":"q","type":"string","repeats":true}"#, two).is_empty());
    let most = r#"{"linkId":"q","type":"string","repeats":true,"extension":[{
        "url":"http://hl7.org/fhir/StructureDefinition/questionnaire-maxOccurs","valueInteger":1}]}"#;
    assert_eq!(found(most, two), ["response-answer-count item[0]"]);
    let coding = r#"{"linkId":"q","answer":[{"valueCoding":{"code":"a"}}]}"#;
    assert_eq!(found(once, coding), ["response-answer-type item[0].answer[0].value"]);
    assert_eq!(found(r#"{"linkId":"q","type":"display"}"#, coding), ["response-answer-type item[0]"]);
    let twice = r#"{"linkId":"q"},{"linkId":"q"}"#;
    assert_eq!(found(once, twice), ["response-item-once item[1]"]);
}

#[test]
fn answers_are_options() {
    let question = r#"{"linkId":"q","type":"choice","repeats":true,"answerOption":[{"valueCoding":{"code":"a"}},
        {"valueCoding":{"code":"none"},"extension":[{
        "url":"http://hl7.org/fhir/StructureDefinition/questionnaire-optionExclusive","valueBoolean":true}]}]}"#;
    let answers = |codes: &[&str]| {
        let codes: Vec<String> =
            codes.iter().map(|it| format!(r#"{{"valueCoding":{{"code":"{it}"}}}}"#)).collect();
        format!(r#"{{"linkId":"q","answer":[{}]}}"#, codes.join(","))
    };
    assert!(found(question, &answers(&["a"])).is_empty() && found(question, &answers(&["none"])).is_empty());
    assert_eq!(found(question, &answers(&["b"])), ["response-option item[0].answer[0].value"]);
    assert_eq!(found(question, &answers(&["a", "none"])), ["response-option-exclusive item[0].answer[1]"]);
}

#[test]
fn answers_are_within_limits() {
    let limited = |item_type: &str, extension: &str, limit: &str| {
        format!(
            r#"{{"linkId":"q","type":"{item_type}","extension":[{{
            "url":"http://hl7.org/fhir/{extension}",{limit}}}]}}"#
        )
    };
    let answer = |value: &str| format!(r#"{{"linkId":"q","answer":[{{{value}}}]}}"#);
    let value = |rule: &str| vec![format!("{rule} item[0].answer[0].value")];
    let most = limited("date", "StructureDefinition/maxValue", r#""valueDate":"2022""#);
    assert!(found(&most, &answer(r#""valueDate":"2022-12-31""#)).is_empty());
    assert_eq!(found(&most, &answer(r#""valueDate":"2023""#)), value("response-range"));
    let places = limited("decimal", "StructureDefinition/maxDecimalPlaces", r#""valueInteger":2"#);
    assert_eq!(found(&places, &answer(r#""valueDecimal":1.230"#)), value("response-decimal-places"));
    let length = limited("string", "StructureDefinition/minLength", r#""valueInteger":3"#);
    assert_eq!(found(&length, &answer(r#""valueString":"ab""#)), value("response-length"));
    let metres = |number: u32, unit: &str| {
        format!(
            r#""valueQuantity":{{"value":{number},"system":"http://unitsofmeasure.org","code":"{unit}"}}"#
        )
    };
    let quantity =
        limited("quantity", "uv/sdc/StructureDefinition/sdc-questionnaire-maxQuantity", &metres(5, "km"));
    assert!(found(&quantity, &answer(&metres(4_000, "m"))).is_empty());
    assert_eq!(found(&quantity, &answer(&metres(10_000, "m"))), value("response-range"));
    assert_eq!(
        found(&quantity, &answer(r#""valueQuantity":{"value":4,"unit":"km"}"#)),
        value("response-unit")
    );
}

#[test]
fn only_enabled_items_are_answered() {
    let questions = |condition: &str| {
        format!(
            r#"{{"linkId":"q1","type":"integer"}},{{"linkId":"q2","type":"string","required":true,{condition}}}"#
        )
    };
    let both =
        r#"{"linkId":"q1","answer":[{"valueInteger":5}]},{"linkId":"q2","answer":[{"valueString":"a"}]}"#;
    let first = r#"{"linkId":"q1","answer":[{"valueInteger":5}]}"#;
    for (condition, enabled) in [
        (r#""enableWhen":[{"question":"q1","operator":">","answerInteger":4}]"#, true),
        (r#""enableWhen":[{"question":"q1","operator":"<=","answerInteger":4}]"#, false),
        (r#""enableWhen":[{"question":"q1","operator":"exists","answerBoolean":true}]"#, true),
        (r#""enableWhen":[{"question":"q1","operator":"exists","answerBoolean":false}]"#, false),
        (
            r#""enableBehavior":"any","enableWhen":[{"question":"q1","operator":"=","answerInteger":1},
            {"question":"q1","operator":"!=","answerInteger":1}]"#,
            true,
        ),
        (
            r#""extension":[{"url":"http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-enableWhenExpression",
            "valueExpression":{"language":"text/fhirpath",
            "expression":"%resource.item.where(linkId = 'q1').answer.value > 5"}}]"#,
            false,
        ),
    ] {
        let (answered, left_out) = (found(&questions(condition), both), found(&questions(condition), first));
        if enabled {
            assert!(answered.is_empty(), "{condition}: {answered:?}");
            assert_eq!(left_out.len(), 1, "{condition}");
        } else {
            assert_eq!(answered, ["response-enabled item[1]"], "{condition}");
            assert!(left_out.is_empty(), "{condition}");
        }
    }
}

#[test]
fn the_questionnaire_is_looked_for() {
    let response = |authored: &str| {
        format!(
            r#"{{"resourceType":"QuestionnaireResponse","questionnaire":"urn:q","authored":"{authored}"}}"#
        )
    };
    assert_eq!(
        with_rules(&response("2021"), &Default::default()),
        ["questionnaire-known warning QuestionnaireResponse.questionnaire"]
    );
    let questionnaire =
        r#"{"resourceType":"Questionnaire","url":"urn:q","effectivePeriod":{"end":"2021-12-11"}}"#;
    assert!(with_outside(&response("2021-12-11"), questionnaire).is_empty());
    assert_eq!(
        with_outside(&response("2021-12-12"), questionnaire),
        ["questionnaire-period warning QuestionnaireResponse.authored"]
    );
}
