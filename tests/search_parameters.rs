//! SearchParameters of clients take effect, whatever is stored and whatever happens meanwhile; `$reindex`.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a helper fails the test")]

mod common;

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use common::{Answer, Server};
use serde_json::{Value, json};

/// So many polls, [`PAUSE`] apart, must be enough for a job.
const POLLS: usize = 6000;
const PAUSE: Duration = Duration::from_millis(20);

fn definition(id: &str, base: &str, code: &str, kind: &str, expression: &str) -> Value {
    json!({ "resourceType": "SearchParameter", "id": id, "url": format!("http://example.org/SearchParameter/{id}"), "name": code,
        "status": "active", "description": "of a test", "code": code, "base": [base], "type": kind, "expression": expression })
}

fn put(server: &Server, resource: &Value) -> Answer {
    server.put(&address(resource), &resource.to_string())
}

fn address(resource: &Value) -> String {
    format!("{}/{}", resource["resourceType"].as_str().unwrap(), resource["id"].as_str().unwrap())
}

/// Stores resources in transactions of a few hundred.
fn store(server: &Server, resources: &[Value]) {
    for chunk in resources.chunks(300) {
        let entries: Vec<Value> = chunk
            .iter()
            .map(|resource| json!({ "resource": resource, "request": { "method": "PUT", "url": address(resource) } }))
            .collect();
        let bundle = json!({ "resourceType": "Bundle", "type": "transaction", "entry": entries });
        server.post("", &bundle.to_string()).expect(200);
    }
}

/// The search's answer as soon as its parameters are built.
fn when_built(server: &Server, search: &str) -> Answer {
    for _ in 0..POLLS {
        let answer = server.get(search);
        if answer.status != 400 {
            return answer.expect(200);
        }
        assert!(answer.body.contains("is being built"), "{}", answer.body);
        thread::sleep(PAUSE);
    }
    server.get(search).expect(200)
}

/// The address of the job that builds what a search is refused for.
fn job_of(refused: &Answer) -> String {
    let (_, rest) = refused.body.split_once("_async/").unwrap();
    let id: String = rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
    format!("_async/{id}")
}

/// The result of a job, when it is done.
fn result(server: &Server, job: &str) -> Value {
    for _ in 0..POLLS {
        let answer = server.get(job);
        if answer.status == 200 {
            return answer.json();
        }
        assert_eq!(answer.status, 202, "{}", answer.body);
        assert!(answer.header("X-Progress").contains(" of "));
        thread::sleep(PAUSE);
    }
    server.get(job).expect(200).json()
}

fn value<'a>(parameters: &'a Value, name: &str) -> &'a Value {
    let all = parameters["parameter"].as_array().unwrap();
    let found = all.iter().find(|parameter| parameter["name"] == name).unwrap().as_object().unwrap();
    found.iter().find(|(member, _)| member.starts_with("value")).unwrap().1
}

fn sorted(mut ids: Vec<String>) -> Vec<String> {
    ids.sort();
    ids
}

fn count(server: &Server, search: &str) -> u64 {
    server.get(search).expect(200).json()["total"].as_u64().unwrap()
}

/// The search parameters that the CapabilityStatement has for a type.
fn capabilities(server: &Server, kind: &str) -> Vec<Value> {
    let statement = server.get("metadata").expect(200).json();
    let types = statement["rest"][0]["resource"].as_array().unwrap();
    let of_type = types.iter().find(|resource| resource["type"] == kind).unwrap();
    of_type["searchParam"].as_array().unwrap().clone()
}

fn patient(id: &str, marital: &str, contact: &str) -> Value {
    json!({ "resourceType": "Patient", "id": id,
        "maritalStatus": { "coding": [{ "system": "http://terminology.hl7.org/CodeSystem/v3-MaritalStatus", "code": marital }] },
        "contact": [{ "name": { "family": contact } }] })
}

#[test]
fn a_definition_finds_what_was_stored_before_and_after_it_changes_and_goes() {
    let server = Server::start();
    store(&server, &[patient("a", "M", "Ash"), patient("b", "S", "Birch"), patient("c", "M", "Cedar")]);
    server.get("Patient?special=M").expect(400);

    let mut parameter = definition("special", "Patient", "special", "token", "Patient.maritalStatus");
    put(&server, &parameter).expect(201);
    put(&server, &patient("d", "M", "Dogwood")).expect(201);
    assert_eq!(sorted(when_built(&server, "Patient?special=M").matches()), ["a", "c", "d"]);
    let told = capabilities(&server, "Patient");
    let told = told.iter().find(|parameter| parameter["name"] == "special").unwrap();
    assert_eq!((&told["definition"], &told["type"]), (&parameter["url"], &json!("token")));
    put(&server, &patient("a", "S", "Ash")).expect(200);
    assert_eq!(sorted(server.get("Patient?special=M").expect(200).matches()), ["c", "d"]);

    // Another expression and another type: the old keys are gone, the new ones complete.
    parameter["expression"] = "Patient.contact.name.family".into();
    parameter["type"] = "string".into();
    put(&server, &parameter).expect(200);
    assert_eq!(when_built(&server, "Patient?special=ash").matches(), ["a"]);
    assert!(server.get("Patient?special=M").expect(200).matches().is_empty());
    assert_eq!(server.get("Patient?_sort=-special").expect(200).matches(), ["d", "c", "b", "a"]);

    // A change that keys do not depend on costs nothing.
    parameter["description"] = "reworded".into();
    put(&server, &parameter).expect(200);
    server.get("Patient?special=ash").expect(200);

    server.delete("SearchParameter/special").expect(204);
    let refused = server.get("Patient?special=ash").expect(400);
    assert_eq!(refused.json()["issue"][0]["code"], "not-supported");
    assert!(capabilities(&server, "Patient").iter().all(|parameter| parameter["name"] != "special"));

    // Back again with the first meaning: nothing of the second is left.
    put(&server, &definition("special", "Patient", "special", "token", "Patient.maritalStatus")).expect(201);
    assert_eq!(sorted(when_built(&server, "Patient?special=M").matches()), ["c", "d"]);
    assert!(server.get("Patient?special=ash").expect(200).matches().is_empty());
}

#[test]
fn custom_parameters_serve_chains_includes_and_sorting_and_survive_a_restart() {
    let data = tempfile::tempdir().unwrap();
    let mut server = Server::start_in(data.path(), &[]);
    let class = json!({ "system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB" });
    let encounter = |id: &str, organisation: &str, length: u32| {
        json!({ "resourceType": "Encounter", "id": id, "status": "finished", "class": class,
            "serviceProvider": { "reference": format!("Organization/{organisation}") },
            "length": { "value": length, "unit": "min", "system": "http://unitsofmeasure.org", "code": "min" } })
    };
    let organisation = |id: &str, alias: &str| json!({ "resourceType": "Organization", "id": id, "name": id, "alias": [alias] });
    store(
        &server,
        &[
            organisation("north", "Polar"),
            organisation("south", "Sunny"),
            encounter("e1", "north", 30),
            encounter("e2", "south", 90),
            encounter("e3", "north", 60),
        ],
    );
    let mut provider = definition("by", "Encounter", "by", "reference", "Encounter.serviceProvider");
    provider["target"] = json!(["Organization"]);
    let alias = definition("alias", "Organization", "alias", "string", "Organization.alias");
    let duration = definition("duration", "Encounter", "duration", "quantity", "Encounter.length");
    let mut pair = definition("by-duration", "Encounter", "status-duration", "composite", "Encounter");
    pair["component"] = json!([
        { "definition": "http://hl7.org/fhir/SearchParameter/Encounter-status", "expression": "status" },
        { "definition": "http://example.org/SearchParameter/duration", "expression": "length" },
    ]);
    // One transaction: the composite needs a definition that comes with it.
    store(&server, &[pair, provider, alias, duration]);
    let check = |server: &Server| {
        let found = |search: &str| when_built(server, search).matches();
        assert_eq!(sorted(found("Encounter?by=Organization/north")), ["e1", "e3"]);
        assert_eq!(sorted(found("Encounter?by.alias=polar")), ["e1", "e3"]);
        assert_eq!(found("Organization?_has:Encounter:by:duration=gt80")[..], ["south"]);
        assert_eq!(found("Encounter?_sort=-duration"), ["e2", "e3", "e1"]);
        assert_eq!(sorted(found("Encounter?status-duration=finished$lt70")), ["e1", "e3"]);
        let included = when_built(server, "Encounter?duration=90&_include=Encounter:by");
        assert_eq!(included.entries("include"), ["south"]);
        let included = when_built(server, "Organization?alias=sunny&_revinclude=Encounter:by");
        assert_eq!(included.entries("include"), ["e2"]);
    };
    check(&server);
    assert!(server.stop());
    let server = Server::start_in(data.path(), &[]);
    // Complete definitions are in force at once.
    server.get("Encounter?by=Organization/north&duration=30").expect(200);
    check(&server);
}

#[test]
fn a_definition_that_cannot_be_honoured_is_refused_with_the_reason() {
    let server = Server::start();
    let good = definition("good", "Patient", "good", "token", "Patient.maritalStatus");
    put(&server, &good).expect(201);
    let with = |member: &str, value: Value| {
        let mut changed = definition("bad", "Patient", "bad", "token", "Patient.maritalStatus");
        changed[member] = value;
        changed
    };
    let cases = [
        (with("expression", "Patient.name.where(".into()), "SearchParameter.expression"),
        (with("expression", "Patient.nosuch".into()), "SearchParameter.expression"),
        (with("expression", "Encounter.status".into()), "SearchParameter.expression"),
        (with("expression", "Patient.meta.lastUpdated".into()), "SearchParameter.expression"),
        (with("type", "date".into()), "SearchParameter.expression"),
        (with("type", "special".into()), "SearchParameter.type"),
        (with("type", "composite".into()), "SearchParameter.component"),
        (with("code", "gender".into()), "SearchParameter.code"),
        (with("code", "good".into()), "SearchParameter.code"),
        (with("code", "_mine".into()), "SearchParameter.code"),
        (with("code", "a:b".into()), "SearchParameter.code"),
        (with("url", good["url"].clone()), "SearchParameter.url"),
        (with("url", "http://hl7.org/fhir/SearchParameter/individual-gender".into()), "SearchParameter.url"),
    ];
    for (parameter, expression) in cases {
        let refused = put(&server, &parameter).expect(422);
        assert!(refused.body.contains(expression), "{expression}: {}", refused.body);
        server.get("SearchParameter/bad").expect(404);
    }

    // Not even a SearchParameter.
    put(&server, &with("base", json!(["Patiennt"]))).expect(400);

    // In a transaction the entry is named, and nothing is stored.
    let entries = [patient("p", "M", "Ash"), with("code", "gender".into())];
    let entries = entries.map(
        |resource| json!({ "resource": resource, "request": { "method": "PUT", "url": address(&resource) } }),
    );
    let bundle = json!({ "resourceType": "Bundle", "type": "transaction", "entry": entries });
    let refused = server.post("", &bundle.to_string()).expect(422);
    assert_eq!(refused.json()["issue"][0]["expression"][0], "Bundle.entry[1]");
    server.get("Patient/p").expect(404);

    // Without effect there is nothing to refuse; with the wish to have one there is.
    let mut retired = with("code", "gender".into());
    retired["status"] = "retired".into();
    put(&server, &retired).expect(201);
    retired["status"] = "active".into();
    put(&server, &retired).expect(422);

    // What others need stays.
    let mut pair = definition("pair", "Patient", "pair", "composite", "Patient");
    pair["component"] = json!([
        { "definition": good["url"], "expression": "maritalStatus" },
        { "definition": "http://hl7.org/fhir/SearchParameter/individual-gender", "expression": "gender" },
    ]);
    put(&server, &pair).expect(201);
    let refused = server.delete("SearchParameter/good").expect(422);
    assert!(refused.body.contains("SearchParameter/pair"), "{}", refused.body);
}

/// So many patients that a job takes several steps.
fn many(count: usize) -> Vec<Value> {
    (0..count)
        .map(|number| patient(&format!("p{number}"), if number % 2 == 0 { "M" } else { "S" }, "Ash"))
        .collect()
}

#[test]
fn what_is_written_while_the_index_is_built_is_found() {
    let server = Server::start();
    store(&server, &many(900));
    let over = AtomicBool::new(false);
    let written = AtomicUsize::new(0);
    thread::scope(|scope| {
        for client in 0..3 {
            let (server, over, written) = (&server, &over, &written);
            scope.spawn(move || {
                for number in 0.. {
                    if over.load(Ordering::SeqCst) {
                        break;
                    }
                    // One that is new, and one that loses its key or gets one while the job passes by.
                    put(server, &patient(&format!("new-{client}-{number}"), "M", "Ash")).expect(201);
                    let old = client * 300 + number % 300;
                    let marital = if (number / 300 + old) % 2 == 0 { "S" } else { "M" };
                    put(server, &patient(&format!("p{old}"), marital, "Ash"));
                    written.fetch_add(1, Ordering::SeqCst);
                }
            });
        }
        while written.load(Ordering::SeqCst) < 20 {
            thread::sleep(PAUSE);
        }
        for (code, expression) in [("one", "Patient.maritalStatus"), ("two", "Patient.maritalStatus.coding")]
        {
            put(&server, &definition(code, "Patient", code, "token", expression)).expect(201);
        }
        when_built(&server, "Patient?one=M");
        when_built(&server, "Patient?two=M");
        over.store(true, Ordering::SeqCst);
    });
    let all = count(&server, "Patient?_summary=count");
    for code in ["one", "two"] {
        let married = count(&server, &format!("Patient?{code}=M&_summary=count"));
        let single = count(&server, &format!("Patient?{code}=S&_summary=count"));
        assert_eq!(married + single, all);
    }
    assert_eq!(all, 900 + written.load(Ordering::SeqCst) as u64);
}

#[test]
fn a_crash_while_the_index_is_built_loses_nothing_and_the_job_goes_on_where_it_was() {
    let data = tempfile::tempdir().unwrap();
    let mut server = Server::start_in(data.path(), &[]);
    let resources = 9000;
    store(&server, &many(resources));
    put(&server, &definition("married", "Patient", "married", "token", "Patient.maritalStatus")).expect(201);
    let refused = server.get("Patient?married=M").expect(400);
    assert_eq!(refused.json()["issue"][0]["code"], "not-supported");
    let job = job_of(&refused);
    let refused = server.delete(&job).expect(409);
    assert!(refused.body.contains("SearchParameter"), "{}", refused.body);
    while server.get(&job).expect(202).header("X-Progress").starts_with("0 ") {}
    server.kill();

    let server = Server::start_in(data.path(), &[]);
    server.get("Patient?married=M").expect(400);
    let parameters = capabilities(&server, "Patient");
    if server.get("Patient?married=M").status == 400 {
        assert!(!parameters.iter().any(|parameter| parameter["name"] == "married"));
    }
    let result = result(&server, &job);
    assert_eq!(value(&result, "resources"), resources);
    assert_eq!(value(&result, "type"), "Patient");
    assert_eq!(when_built(&server, "Patient?married=M&_summary=count").json()["total"], resources / 2);

    // A job of the operation can be cancelled, and is forgotten then.
    let job = server.send("POST", "Patient/$reindex", &[], "").expect(202);
    let job = job.header("Content-Location").strip_prefix(&format!("{}/", server.base)).unwrap().to_owned();
    server.delete(&job).expect(202);
    server.get(&job).expect(404);
    server.delete(&job).expect(404);
    assert_eq!(count(&server, "Patient?married=M&_summary=count"), resources as u64 / 2);
}

#[test]
fn reindex_goes_over_the_types_asked_for_and_changes_no_version() {
    let server = Server::start();
    store(
        &server,
        &[patient("a", "M", "Ash"), json!({ "resourceType": "Basic", "id": "b", "code": { "text": "b" } })],
    );
    let job = |answer: Answer| {
        let address = answer.expect(202).header("Content-Location").to_owned();
        address.strip_prefix(&format!("{}/", server.base)).unwrap().to_owned()
    };
    let done = |path: &str, body: &str| {
        let answer =
            if body.is_empty() { server.send("POST", path, &[], "") } else { server.post(path, body) };
        result(&server, &job(answer))
    };
    assert_eq!(value(&done("$reindex", ""), "resources"), 2);
    assert_eq!(value(&done("Patient/$reindex", ""), "resources"), 1);
    let body = r#"{"resourceType":"Parameters","parameter":[{"name":"type","valueCode":"Basic"}]}"#;
    assert_eq!(value(&done("$reindex", body), "type"), "Basic");
    assert_eq!(server.get("Patient/a").expect(200).json()["meta"]["versionId"], "1");
    assert_eq!(server.get("_history").expect(200).json()["total"], 2);
    server.send("POST", "$reindex?type=Nothing", &[], "").expect(404);
    server.send("POST", "$reindex?kind=Patient", &[], "").expect(400);
    server.send("POST", "Patient/a/$reindex", &[], "").expect(405);
    server.get("$reindex").expect(405);
    server.get("_async/nothing").expect(404);
    let statement = server.get("metadata").expect(200).json();
    assert!(
        statement["rest"][0]["operation"]
            .as_array()
            .unwrap()
            .iter()
            .any(|operation| operation["name"] == "reindex")
    );
}
