use serde_json::Value;

use super::{Check, Stop, entries, link};
use crate::Server;

pub(super) const CHECK: Check = Check {
    name: "every type that claims search answers with a searchset",
    spec: "https://hl7.org/fhir/R4/http.html#search",
    run,
};

fn run(server: &Server) -> Result<(), Stop> {
    let capabilities = server.capabilities()?;
    let resources = capabilities.pointer("/rest/0/resource").and_then(Value::as_array);
    let mut searched = 0;
    for resource in resources.into_iter().flatten().filter(|resource| can_search(resource)) {
        let resource_type = resource.get("type").and_then(Value::as_str).unwrap_or_default();
        search(server, resource_type)?;
        searched += 1;
    }
    if searched == 0 { Err(Stop::Skipped("no resource type claims search-type".into())) } else { Ok(()) }
}

fn can_search(resource: &Value) -> bool {
    let interactions = resource.get("interaction").and_then(Value::as_array);
    interactions.into_iter().flatten().any(|one| one.get("code").is_some_and(|code| code == "search-type"))
}

fn search(server: &Server, resource_type: &str) -> Result<(), Stop> {
    let answer = server.get(&format!("{resource_type}?_count=1"))?.expect(200)?;
    let bundle = answer.resource("Bundle")?;
    answer.require(bundle.get("type").is_some_and(|kind| kind == "searchset"), "a searchset was expected")?;
    answer.require(link(&bundle, "self").is_some(), "a self link was expected")?;
    let matches =
        entries(&bundle).iter().filter(|entry| entry.pointer("/search/mode").is_some_and(|m| m == "match"));
    answer.require(matches.count() <= 1, "one match at most was expected")
}
