use std::collections::BTreeSet;

use super::{Check, Stop, encoded, link, patient, resources};
use crate::Server;

pub(super) const CHECK: Check =
    Check { name: "pages hold every match once", spec: "https://hl7.org/fhir/R4/http.html#paging", run };

/// Resources with the same identifier.
const MATCHES: usize = 5;

fn run(server: &Server) -> Result<(), Stop> {
    let (sent, search) = patient();
    let mut expected = BTreeSet::new();
    for _ in 0..MATCHES {
        expected.insert(server.post("Patient", &sent)?.expect(201)?.id()?);
    }
    let mut found = Vec::new();
    let mut next = Some(format!("Patient?{}&_count=2", encoded(&search)));
    for _page in 0..=MATCHES {
        let Some(address) = next else { break };
        let answer = server.get(&address)?.expect(200)?;
        let bundle = answer.resource("Bundle")?;
        let ids = resources(&bundle).filter_map(|resource| resource.get("id")?.as_str());
        let before = found.len();
        found.extend(ids.map(str::to_owned));
        answer.require(found.len() - before <= 2, "two matches at most were expected")?;
        next = link(&bundle, "next").map(str::to_owned);
    }
    if next.is_some() {
        return Err(Stop::Failed(format!(
            "after {} pages of {MATCHES} matches there is a next link",
            MATCHES + 1
        )));
    }
    if found.len() != MATCHES || found.iter().cloned().collect::<BTreeSet<_>>() != expected {
        return Err(Stop::Failed(format!(
            "{MATCHES} matches, each once, were expected on the pages; found {found:?}"
        )));
    }
    for id in expected {
        server.delete(&format!("Patient/{id}"))?;
    }
    Ok(())
}
