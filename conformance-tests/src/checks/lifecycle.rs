use serde_json::{Value, json};

use super::{Check, Stop, entries, patient};
use crate::{Answer, Server};

pub(super) const CHECK: Check = Check {
    name: "a resource is created, read, updated, read by version, listed in its history and deleted",
    spec: "https://hl7.org/fhir/R4/http.html#create",
    run,
};

fn run(server: &Server) -> Result<(), Stop> {
    let (mut sent, _) = patient();
    let created = server.post("Patient", &sent)?.expect(201)?;
    let id = created.id()?;
    let address = format!("Patient/{id}");
    let location = format!("{}/{address}/_history/", server.base());
    created.require(
        created.header("location").starts_with(&location),
        "a Location with the version was expected",
    )?;

    let read = server.get(&address)?.expect(200)?;
    same_content(&read, &sent)?;
    let first = version(&read)?;
    read.require(!read.header("last-modified").is_empty(), "the header Last-Modified was expected")?;

    set(&mut sent, "id", json!(id));
    set(&mut sent, "gender", json!("other"));
    let updated = server.put(&address, &sent)?.expect(200)?;
    let second = version(&updated)?;
    updated.require(first != second, "another version was expected")?;
    same_content(&server.get(&address)?.expect(200)?, &sent)?;
    let old = server.get(&format!("{address}/_history/{first}"))?.expect(200)?;
    old.require(
        old.json()?.get("gender").is_some_and(|gender| gender == "unknown"),
        "the first version was expected",
    )?;

    delete(server, &address)?;
    history(server, &address, 3)
}

fn delete(server: &Server, address: &str) -> Result<(), Stop> {
    let deleted = server.delete(address)?;
    deleted.require(matches!(deleted.status, 200 | 204), "status 200 or 204 was expected")?;
    server.get(address)?.expect(410)?;
    Ok(())
}

fn history(server: &Server, address: &str, versions: usize) -> Result<(), Stop> {
    let answer = server.get(&format!("{address}/_history"))?.expect(200)?;
    let bundle = answer.resource("Bundle")?;
    answer.require(bundle.get("type").is_some_and(|kind| kind == "history"), "a history was expected")?;
    let methods =
        entries(&bundle).iter().map(|entry| entry.pointer("/request/method").and_then(Value::as_str));
    let methods: Vec<&str> = methods.flatten().collect();
    answer.require(methods.len() == versions, &format!("{versions} versions were expected"))?;
    answer.require(methods == ["DELETE", "PUT", "POST"], "DELETE, PUT, POST were expected, the newest first")
}

/// `meta.versionId`, which must be that of the `ETag`.
fn version(answer: &Answer) -> Result<String, Stop> {
    let body = answer.json()?;
    let version = body.pointer("/meta/versionId").and_then(Value::as_str).unwrap_or_default();
    let etag = answer.header("etag");
    answer.require(!version.is_empty(), "meta.versionId was expected")?;
    answer.require(etag == format!("W/\"{version}\""), "an ETag of meta.versionId was expected")?;
    Ok(version.to_owned())
}

/// Everything that was sent must be there.
fn same_content(answer: &Answer, sent: &Value) -> Result<(), Stop> {
    let stored = answer.resource("Patient")?;
    for (name, value) in sent.as_object().into_iter().flatten() {
        answer.require(stored.get(name) == Some(value), &format!("{name} as it was sent was expected"))?;
    }
    Ok(())
}

fn set(resource: &mut Value, name: &str, value: Value) {
    if let Some(members) = resource.as_object_mut() {
        members.insert(name.to_owned(), value);
    }
}
