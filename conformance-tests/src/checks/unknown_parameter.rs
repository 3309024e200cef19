use super::{Check, Stop};
use crate::Server;

pub(super) const CHECK: Check = Check {
    name: "a search with an unknown parameter is refused under handling=strict",
    spec: "https://hl7.org/fhir/R4/search.html#errors",
    run,
};

fn run(server: &Server) -> Result<(), Stop> {
    for query in ["no-such-parameter=1", "_sort=no-such-parameter", "_include=Patient:no-such-parameter"] {
        let path = format!("Patient?{query}");
        let refused = server.request("GET", &path).header("Prefer", "handling=strict").send()?.expect(400)?;
        refused.resource("OperationOutcome")?;
    }
    Ok(())
}
