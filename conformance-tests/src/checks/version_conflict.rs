use serde_json::json;

use super::{Check, Stop, patient};
use crate::Server;

pub(super) const CHECK: Check = Check {
    name: "an update with the ETag of an old version is refused",
    spec: "https://hl7.org/fhir/R4/http.html#concurrency",
    run,
};

fn run(server: &Server) -> Result<(), Stop> {
    let (mut sent, _) = patient();
    let created = server.post("Patient", &sent)?.expect(201)?;
    let (id, etag) = (created.id()?, created.header("etag").to_owned());
    created.require(!etag.is_empty(), "an ETag was expected")?;
    let address = format!("Patient/{id}");
    if let Some(members) = sent.as_object_mut() {
        members.insert("id".into(), json!(id));
        members.insert("active".into(), json!(true));
    }
    let put = || server.request("PUT", &address).header("If-Match", &etag).resource(&sent).send();
    put()?.expect(200)?;
    let refused = put()?;
    refused.require(matches!(refused.status, 409 | 412), "status 412 or 409 was expected")?;
    refused.resource("OperationOutcome")?;
    server.delete(&address)?;
    Ok(())
}
