//! `$meta`, `$meta-add`, `$meta-delete`.

use serde_json::{Value, json};

use crate::common::FHIR_JSON;
use crate::{WANTS_XML, put, server};

fn meta_parameters(meta: &Value) -> String {
    json!({ "resourceType": "Parameters", "parameter": [{ "name": "meta", "valueMeta": meta }] }).to_string()
}

#[test]
fn labels_are_added_and_removed_as_sets() {
    let server = server();
    let basic = json!({ "resourceType": "Basic", "id": "b", "code": { "text": "x" },
        "meta": { "source": "http://example.org/s", "tag": [{ "system": "http://t", "code": "1", "display": "One" }] } });
    put(&server, &basic);

    let more = json!({ "profile": ["http://example.org/p"],
        "tag": [{ "system": "http://t", "code": "1", "display": "Uno" }, { "system": "http://t", "code": "2" }] });
    let answer = server.post("Basic/b/$meta-add", &meta_parameters(&more)).expect(200);
    assert_eq!(answer.header("ETag"), "W/\"2\"");
    let meta = answer.json()["parameter"][0]["valueMeta"].clone();
    assert_eq!(
        meta["tag"],
        json!([{ "system": "http://t", "code": "1", "display": "One" }, { "system": "http://t", "code": "2" }])
    );
    assert_eq!((&meta["source"], &meta["versionId"]), (&json!("http://example.org/s"), &json!("2")));
    assert_eq!(server.get("Basic/b").json()["meta"], meta);
    assert_eq!(server.get("Basic?_tag=http://t|2").matches(), ["b"]);

    // Nothing new: no new version.
    let answer = server.post("Basic/b/$meta-add", &meta_parameters(&more)).expect(200);
    assert_eq!(answer.header("ETag"), "W/\"2\"");

    let less = json!({ "profile": ["http://example.org/p"], "tag": [{ "system": "http://t", "code": "1" }],
        "security": [{ "system": "http://none", "code": "none" }] });
    let answer = server.post("Basic/b/$meta-delete", &meta_parameters(&less)).expect(200);
    let meta = &answer.json()["parameter"][0]["valueMeta"];
    assert_eq!((meta.get("profile"), &meta["tag"]), (None, &json!([{ "system": "http://t", "code": "2" }])));
    assert_eq!(answer.header("ETag"), "W/\"3\"");

    let old = server.get("Basic/b/_history/1/$meta").expect(200).json();
    assert_eq!(old["parameter"][0]["valueMeta"]["versionId"], "1");
    server.get("Basic/b/_history/9/$meta").expect(404);
    server.get("Basic/none/$meta").expect(404);
    let stale = server.send(
        "POST",
        "Basic/b/$meta-add",
        &[FHIR_JSON, ("If-Match", "W/\"1\"")],
        &meta_parameters(&more),
    );
    stale.expect(412);
    server.delete("Basic/b").expect(204);
    server.get("Basic/b/$meta").expect(410);
    server.post("Basic/b/$meta-add", &meta_parameters(&more)).expect(410);
}

#[test]
fn labels_in_use_are_told_for_a_type_and_the_system() {
    let server = server();
    let tag = |code: &str| json!({ "system": "http://t", "code": code });
    for (kind, id, tags) in [
        ("Basic", "a", vec![tag("1"), tag("2")]),
        ("Basic", "b", vec![tag("2")]),
        ("Basic", "c", vec![]),
        ("Parameters", "d", vec![tag("3")]),
    ] {
        let mut resource = json!({ "resourceType": kind, "id": id });
        if kind == "Basic" {
            resource["code"] = json!({ "text": "x" });
        }
        if !tags.is_empty() {
            resource["meta"] = json!({ "tag": tags });
        }
        put(&server, &resource);
    }
    let tags = |path: &str| server.get(path).expect(200).json()["parameter"][0]["valueMeta"]["tag"].clone();
    assert_eq!(tags("Basic/$meta"), json!([tag("1"), tag("2")]));
    assert_eq!(tags("$meta"), json!([tag("1"), tag("2"), tag("3")]));
    assert_eq!(server.get("Patient/$meta").expect(200).json(), json!({ "resourceType": "Parameters" }));
    let xml = server.send("GET", "Basic/$meta", &[WANTS_XML], "").expect(200);
    assert!(xml.body.contains("<valueMeta><tag><system value=\"http://t\"/>"), "{}", xml.body);
}
