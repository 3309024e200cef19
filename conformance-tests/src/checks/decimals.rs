use serde_json::Value;

use super::{Check, Stop};
use crate::Server;

pub(super) const CHECK: Check =
    Check { name: "decimals keep their digits", spec: "https://hl7.org/fhir/R4/datatypes.html#decimal", run };

/// Precision that binary floating point loses.
const DIGITS: [&str; 3] = ["1.00", "0.1000000000000000055", "185.00000000001"];

fn run(server: &Server) -> Result<(), Stop> {
    for digits in DIGITS {
        let body = format!(
            r#"{{"resourceType":"Observation","status":"final","code":{{"text":"conformance"}},"valueQuantity":{{"value":{digits},"unit":"kg"}}}}"#
        );
        let created =
            server.request("POST", "Observation").body("application/fhir+json", &body).send()?.expect(201)?;
        let address = format!("Observation/{}", created.id()?);
        let answer = server.get(&address)?.expect(200)?;
        let found = answer.json()?.pointer("/valueQuantity/value").map(Value::to_string).unwrap_or_default();
        answer.require(found == digits, &format!("the value {digits} was expected, not {found}"))?;
        server.delete(&address)?;
    }
    Ok(())
}
