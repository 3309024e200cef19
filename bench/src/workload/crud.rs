//! The CRUD chain of the hsbench suite: nine types, each created with references to those before, read, updated with one change,
//! and deleted from the end.

use serde_json::Value;

use crate::exchange::Request;
use crate::session::{Count, Session};

use super::seeds::{self, Chain};

pub(super) async fn iterate(session: &mut Session, random: &mut fastrand::Rng) {
    let mut chain = Chain::default();
    let mut made: Vec<(&'static str, String, Value)> = Vec::new();
    for kind in seeds::CHAIN {
        let resource = chain.seed(kind, random);
        let request = Request::with_body("POST", format!("/{kind}"), resource.to_string().into_bytes());
        let Some(answer) = session.exchange("create", &request, &[201], Count::Resources(1)).await else {
            break;
        };
        let answered = answer.json();
        let Some(id) = answered
            .get("id")
            .and_then(Value::as_str)
            .map(str::to_owned)
            .or_else(|| answer.location.as_deref().and_then(|location| id_of(location, kind)))
        else {
            session.record.failure("create", "no id in the answer".to_owned());
            break;
        };
        chain.made(kind, &id);
        made.push((kind, id, resource));
    }
    for (kind, id, _) in &made {
        session.exchange("read", &Request::get(format!("/{kind}/{id}")), &[200], Count::Nothing).await;
    }
    for (kind, id, resource) in &mut made {
        seeds::change(kind, resource);
        if let Some(members) = resource.as_object_mut() {
            members.insert("id".to_owned(), Value::from(id.as_str()));
        }
        let request = Request::with_body("PUT", format!("/{kind}/{id}"), resource.to_string().into_bytes());
        session.exchange("update", &request, &[200], Count::Nothing).await;
    }
    for (kind, id, _) in made.iter().rev() {
        let request =
            Request { method: "DELETE", path: format!("/{kind}/{id}"), headers: Vec::new(), body: None };
        session.exchange("delete", &request, &[200, 204], Count::Nothing).await;
    }
}

/// The id in `http://host/fhir/Patient/7/_history/1`.
fn id_of(location: &str, kind: &str) -> Option<String> {
    let mut segments = location.split('/').skip_while(|segment| *segment != kind);
    segments.nth(1).map(str::to_owned)
}
