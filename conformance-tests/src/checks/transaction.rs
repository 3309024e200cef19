use serde_json::{Value, json};

use super::{Check, Stop, entries, patient};
use crate::Server;

pub(super) const CHECK: Check = Check {
    name: "a transaction stores its entries and links them by their new ids",
    spec: "https://hl7.org/fhir/R4/http.html#transaction",
    run,
};

const PATIENT: &str = "urn:uuid:6a1f1d4e-0d7b-4f7c-9d0e-2f0c5c5f3a01";

fn run(server: &Server) -> Result<(), Stop> {
    let (sent, _) = patient();
    let encounter = json!({
        "resourceType": "Encounter",
        "status": "finished",
        "class": { "system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB" },
        "subject": { "reference": PATIENT },
    });
    let bundle = json!({
        "resourceType": "Bundle",
        "type": "transaction",
        "entry": [
            { "resource": encounter, "request": { "method": "POST", "url": "Encounter" } },
            { "fullUrl": PATIENT, "resource": sent, "request": { "method": "POST", "url": "Patient" } },
        ],
    });
    let answer = server.post("", &bundle)?.expect(200)?;
    let response = answer.resource("Bundle")?;
    let kind = response.get("type").is_some_and(|kind| kind == "transaction-response");
    answer.require(kind, "a transaction-response was expected")?;
    let addresses: Vec<String> = entries(&response).iter().filter_map(address).collect();
    let [encounter, patient] = addresses.as_slice() else {
        return Err(answer.failed("two entries with a location, in the order of the request, were expected"));
    };
    let read = server.get(encounter)?.expect(200)?;
    let reference = read.json()?.pointer("/subject/reference").and_then(Value::as_str).map(str::to_owned);
    let linked = reference.is_some_and(|found| found.ends_with(patient.as_str()));
    read.require(linked, &format!("a reference to {patient} was expected"))?;
    server.delete(encounter)?;
    server.delete(patient)?;
    Ok(())
}

/// `Type/id` of `entry.response.location`.
fn address(entry: &Value) -> Option<String> {
    let location = entry.pointer("/response/location")?.as_str()?;
    let resource = location.split("/_history/").next()?;
    let mut segments = resource.rsplit('/');
    let (id, kind) = (segments.next()?, segments.next()?);
    Some(format!("{kind}/{id}"))
}
