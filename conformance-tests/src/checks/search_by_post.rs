use super::{Check, Stop, encoded, patient, resources};
use crate::Server;

pub(super) const CHECK: Check = Check {
    name: "a search by POST finds what a search by GET finds",
    spec: "https://hl7.org/fhir/R4/http.html#search",
    run,
};

const FORM: &str = "application/x-www-form-urlencoded";

fn run(server: &Server) -> Result<(), Stop> {
    let (sent, search) = patient();
    let id = server.post("Patient", &sent)?.expect(201)?.id()?;
    let by_get = server.get(&format!("Patient?{}", encoded(&search)))?.expect(200)?;
    let by_post =
        server.request("POST", "Patient/_search").body(FORM, &encoded(&search)).send()?.expect(200)?;
    for answer in [by_get, by_post] {
        let bundle = answer.resource("Bundle")?;
        let found: Vec<_> = resources(&bundle).filter_map(|resource| resource.get("id")?.as_str()).collect();
        answer.require(found == [id.as_str()], &format!("Patient/{id} alone was expected"))?;
    }
    server.delete(&format!("Patient/{id}"))?;
    Ok(())
}
