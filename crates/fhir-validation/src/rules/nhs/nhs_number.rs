//! NHS numbers have their form and their check digit.
//!
//! # What it checks
//!
//! * `nhs-number`: the value of an Identifier with the system `https://fhir.nhs.uk/Id/nhs-number` has ten digits
//!   without spaces, and the tenth is the check digit: 11 less the remainder, modulus 11, of the sum of the first nine
//!   digits weighted 10 down to 2, with 11 written as 0. Where that gives 10, no valid number has those nine digits.
//!
//! Setting: off, warn (the default: several official examples fail) or reject.
//!
//! # Why
//!
//! A mistyped NHS number is another person's record, or nobody's. The check digit finds every single wrong digit and
//! every swap of neighbours.
//!
//! # Example
//!
//! `9912003890` has the check digit 0 where 1 is expected: reported at `Patient.identifier[0].value`.
//!
//! # Specification
//!
//! NHS Data Dictionary, NHS NUMBER: format n10, use of the check algorithm is mandatory.

use fhir_model::IssueType;

use super::NhsRules;
use crate::report::{Report, Step, shortened};
use crate::rules::walk::Element;

pub(super) fn check(rules: &NhsRules, element: &Element<'_, '_>, report: &mut Report) {
    let Some(value) = element.node.get_str("value") else { return };
    let Err(problem) = check_number(value) else { return };
    let text = format!("\"{}\" is not an NHS number: {problem}", shortened(value));
    if let Some(issue) = rules.nhs_number.issue(IssueType::BusinessRule, text) {
        report.add(issue.rule("nhs-number").at(element.path.then(Step::Element("value")).to_string()));
    }
}

/// Whether a text is an NHS number; else what is wrong, as the end of a sentence.
fn check_number(text: &str) -> Result<(), String> {
    let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(10)).collect();
    if digits.len() != 10 || text.len() != 10 {
        return Err("expected ten digits without spaces".to_owned());
    }
    let sum: u32 = digits.iter().zip((2..=10).rev()).map(|(digit, weight)| digit * weight).sum();
    let expected = match 11 - sum % 11 {
        11 => 0,
        10 => return Err("no check digit fits the first nine digits".to_owned()),
        digit => digit,
    };
    match digits.last() {
        Some(found) if *found == expected => Ok(()),
        _ => Err(format!("expected the check digit {expected}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{Check, check, with_rules};

    #[test]
    fn the_check_digit_is_computed() {
        for number in ["9434765919", "9000000009", "4010232137", "9912003888"] {
            assert_eq!(check_number(number), Ok(()), "{number}");
        }
        for number in [
            "9434765910",
            "9912003890",
            "943 476 5919",
            "94347659190",
            "943476591",
            "943476591X",
            "1000000010",
        ] {
            assert!(check_number(number).is_err(), "{number} was accepted");
        }
    }

    const WRONG: &str = r#"{"resourceType":"Patient","identifier":[
        {"system":"https://fhir.nhs.uk/Id/nhs-number","value":"9434765910"}]}"#;

    #[test]
    fn a_wrong_number_warns_rejects_or_passes() {
        check(&[
            Check { json: WRONG, found: &["nhs-number warning Patient.identifier[0].value"] },
            Check {
                json: r#"{"resourceType":"Patient","identifier":[{"system":"urn:x","value":"1"}]}"#,
                found: &[],
            },
        ]);
        let mut rules = NhsRules { nhs_number: crate::rules::Mode::Reject, ..NhsRules::default() };
        assert_eq!(with_rules(WRONG, &rules), ["nhs-number error Patient.identifier[0].value"]);
        rules.nhs_number = crate::rules::Mode::Off;
        assert!(with_rules(WRONG, &rules).is_empty());
    }
}
