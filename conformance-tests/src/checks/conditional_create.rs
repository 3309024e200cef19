use super::{Check, Stop, claims, encoded, entries, patient};
use crate::Server;

pub(super) const CHECK: Check = Check {
    name: "a create with If-None-Exist creates once",
    spec: "https://hl7.org/fhir/R4/http.html#ccreate",
    run,
};

fn run(server: &Server) -> Result<(), Stop> {
    claims(server, "conditionalCreate")?;
    let (sent, search) = patient();
    let create = || server.request("POST", "Patient").header("If-None-Exist", &search).resource(&sent).send();
    let id = create()?.expect(201)?.id()?;
    create()?.expect(200)?;
    let found = server.get(&format!("Patient?{}", encoded(&search)))?.expect(200)?;
    found.require(entries(&found.resource("Bundle")?).len() == 1, "exactly one match was expected")?;
    server.delete(&format!("Patient/{id}"))?;
    Ok(())
}
