use serde_json::json;

use super::{Check, Stop, claims, patient, unique};
use crate::Server;

pub(super) const CHECK: Check = Check {
    name: "an update of an unknown id creates the resource",
    spec: "https://hl7.org/fhir/R4/http.html#upsert",
    run,
};

fn run(server: &Server) -> Result<(), Stop> {
    claims(server, "updateCreate")?;
    let id = unique("conformance");
    let address = format!("Patient/{id}");
    let (mut sent, _) = patient();
    if let Some(members) = sent.as_object_mut() {
        members.insert("id".into(), json!(id));
    }
    server.put(&address, &sent)?.expect(201)?;
    server.put(&address, &sent)?.expect(200)?;
    let other = server.put("Patient/conformance-other-id", &sent)?;
    other.require(other.status == 400, "status 400 was expected, since the id in the body is another")?;
    server.delete(&address)?;
    Ok(())
}
