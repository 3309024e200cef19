//! The transaction of the Blaze load test: a patient, and an observation that refers to it by its urn.

use serde_json::json;

use crate::exchange::Request;
use crate::session::{Count, Session};

use super::seeds;

const PATIENT: &str = "urn:uuid:9d4a1c7e-2b5f-4e0c-8a53-6f1d2e3b4c5a";

pub(super) async fn iterate(session: &mut Session, random: &mut fastrand::Rng) {
    let observation = seeds::observation(PATIENT, None, random);
    let bundle = json!({
        "resourceType": "Bundle",
        "type": "transaction",
        "entry": [
            {"fullUrl": PATIENT, "resource": seeds::patient(random), "request": {"method": "POST", "url": "Patient"}},
            {"resource": observation, "request": {"method": "POST", "url": "Observation"}}
        ]
    });
    let request = Request::with_body("POST", "", bundle.to_string().into_bytes());
    session.exchange("transaction", &request, &[200], Count::Resources(2)).await;
}
