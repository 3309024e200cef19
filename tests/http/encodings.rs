//! Packed bodies, both ways.

#![expect(clippy::unwrap_used, reason = "a helper fails the test")]

use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::{GzEncoder, ZlibEncoder};
use serde_json::Value;

use super::with_patient;
use crate::common::{Answer, FHIR_JSON, Server};

/// Sends a body as it is. (The client of other tests sends text.)
fn put(server: &Server, path: &str, encoding: &str, body: &[u8]) -> Answer {
    let config = ureq::Agent::config_builder().http_status_as_error(false).build();
    let mut answer = ureq::Agent::from(config)
        .put(format!("{}/{path}", server.base))
        .header(FHIR_JSON.0, FHIR_JSON.1)
        .header("Content-Encoding", encoding)
        .send(body)
        .unwrap();
    let text = answer.body_mut().read_to_string().unwrap();
    Answer { status: answer.status().as_u16(), headers: answer.headers().clone(), body: text }
}

/// The answer to a GET with its bytes as they came. (The client knows no encoding and unpacks nothing.)
fn get(server: &Server, path: &str, accept_encoding: &str) -> (u16, String, Vec<u8>) {
    let config = ureq::Agent::config_builder().http_status_as_error(false).build();
    let mut answer = ureq::Agent::from(config)
        .get(format!("{}/{path}", server.base))
        .header("Accept-Encoding", accept_encoding)
        .call()
        .unwrap();
    let encoding = answer.headers().get("Content-Encoding").map_or("", |value| value.to_str().unwrap());
    let (status, encoding) = (answer.status().as_u16(), encoding.to_owned());
    (status, encoding, answer.body_mut().read_to_vec().unwrap())
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

fn patient(id: &str) -> Vec<u8> {
    format!(r#"{{"resourceType":"Patient","id":"{id}","active":true}}"#).into_bytes()
}

#[test]
fn bodies_come_packed() {
    let server = with_patient(&[]);
    assert_eq!(put(&server, "Patient/g", "gzip", &gzip(&patient("g"))).status, 201);
    assert_eq!(put(&server, "Patient/x", "X-GZIP", &gzip(&patient("x"))).status, 201);
    let mut zlib = ZlibEncoder::new(Vec::new(), Compression::fast());
    zlib.write_all(&patient("d")).unwrap();
    assert_eq!(put(&server, "Patient/d", "deflate", &zlib.finish().unwrap()).status, 201);
    assert_eq!(put(&server, "Patient/i", "identity", &patient("i")).status, 201);
    for id in ["g", "x", "d", "i"] {
        assert_eq!(server.get(&format!("Patient/{id}")).expect(200).json()["active"], true);
    }
}

#[test]
fn other_encodings_of_bodies_are_refused_with_those_that_are_read() {
    let server = with_patient(&[]);
    for encoding in ["zstd", "br", "gzip, gzip", "nonsense"] {
        let refused = put(&server, "Patient/z", encoding, b"x");
        assert_eq!(refused.status, 415, "{encoding}");
        assert_eq!(refused.header("Accept-Encoding"), "gzip, deflate");
        let issue = &refused.json()["issue"][0];
        assert_eq!(issue["code"], "not-supported");
        assert!(issue["diagnostics"].as_str().unwrap().contains(encoding), "{issue}");
    }
    let broken = put(&server, "Patient/z", "gzip", &patient("z"));
    assert_eq!((broken.status, broken.json()["issue"][0]["code"].as_str()), (400, Some("structure")));
    let short = gzip(&patient("z"));
    let broken = put(&server, "Patient/z", "gzip", &short[..short.len() / 2]);
    assert_eq!(broken.status, 400);
    assert_eq!(server.get("Patient/z").status, 404);
}

#[test]
fn what_a_body_unpacks_to_is_limited() {
    let server = with_patient(&["--max-body", "100000"]);
    let bomb = gzip(&vec![b' '; 50_000_000]);
    assert!(bomb.len() < 100_000 * 3);
    let small_bomb = gzip(&vec![b' '; 200_000]);
    for body in [bomb, small_bomb] {
        let refused = put(&server, "Patient/b", "gzip", &body);
        assert_eq!(refused.status, 413);
        assert_eq!(refused.json()["issue"][0]["code"], "too-long");
    }
    assert_eq!(put(&server, "Patient/b", "gzip", &gzip(&patient("b"))).status, 201);
}

#[test]
fn answers_are_packed_as_the_client_likes() {
    let server = with_patient(&[]);
    let plain = get(&server, "metadata", "identity");
    assert_eq!((plain.0, plain.1.as_str()), (200, ""));
    let (_, encoding, packed) = get(&server, "metadata", "gzip;q=0.5");
    assert_eq!(encoding, "gzip");
    assert!(packed.len() * 4 < plain.2.len(), "{} of {}", packed.len(), plain.2.len());
    let mut unpacked = Vec::new();
    GzDecoder::new(packed.as_slice()).read_to_end(&mut unpacked).unwrap();
    let resource = |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).unwrap()["resourceType"].clone();
    assert_eq!(resource(&unpacked), resource(&plain.2));

    let (_, encoding, packed) = get(&server, "metadata", "zstd");
    assert_eq!((encoding.as_str(), &packed[..4]), ("zstd", &[0x28, 0xb5, 0x2f, 0xfd][..]));
    // Nothing that is known, and no ban on sending it as it is.
    assert_eq!(get(&server, "metadata", "br").1, "");
}

#[test]
fn an_answer_without_any_possible_encoding_is_refused() {
    let server = with_patient(&[]);
    let (status, _, body) = get(&server, "Patient/p1", "br, identity;q=0");
    let outcome: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!((status, outcome["resourceType"].as_str()), (406, Some("OperationOutcome")));
    assert_eq!(outcome["issue"][0]["details"]["coding"][0]["code"], "not-acceptable");
}

#[test]
fn errors_are_packed_too() {
    let server = with_patient(&[]);
    let (status, encoding, _) = get(&server, "Patient/none", "gzip");
    assert_eq!((status, encoding.as_str()), (404, "gzip"));
}
