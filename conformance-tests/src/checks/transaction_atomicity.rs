use serde_json::json;

use super::{Check, Stop, encoded, entries, patient};
use crate::Server;

pub(super) const CHECK: Check = Check {
    name: "a transaction with a bad entry is refused as a whole",
    spec: "https://hl7.org/fhir/R4/http.html#trules",
    run,
};

fn run(server: &Server) -> Result<(), Stop> {
    let (good, search) = patient();
    let bad = json!({ "resourceType": "Patient", "gender": ["not", "a", "code"] });
    let bundle = json!({
        "resourceType": "Bundle",
        "type": "transaction",
        "entry": [
            { "resource": good, "request": { "method": "POST", "url": "Patient" } },
            { "resource": bad, "request": { "method": "POST", "url": "Patient" } },
        ],
    });
    let refused = server.post("", &bundle)?;
    refused.require((400..500).contains(&refused.status), "a status of 400 to 499 was expected")?;
    refused.resource("OperationOutcome")?;
    let found = server.get(&format!("Patient?{}", encoded(&search)))?.expect(200)?;
    found.require(
        entries(&found.resource("Bundle")?).is_empty(),
        "nothing of the transaction was expected to be stored",
    )
}
