//! batch and transaction (R4 HTTP 3.1.0.11).

mod batch;
mod entry;
mod identity;
mod rewrite;
mod transaction;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use fhir_model::Issue;
use fhir_model::write::write_string;

use super::response::status_line;
use super::validation::is_of_entry_resource;
use super::{Context, Error, Request, Response, prepare};
use entry::Entry;
use fhir_model::primitive::date_time::instant_text;

/// Performs the entries of a Bundle: each for itself, or all together.
pub(super) fn bundle(context: &Context, request: &Request) -> Result<Response, Error> {
    let document = prepare::parse(context, request, "Bundle")?;
    let root = document.root();
    match root.get_str("type") {
        Some("transaction") => {
            context.validation.check_entries(root)?;
            let entries = Entry::all(root, request)?;
            transaction::transaction(context, request, &entries)
        }
        Some("batch") => {
            // A bad resource fails its own entry, where it is checked again; a bad Bundle fails as a whole.
            let issues = context.validation.structure(root).into_iter();
            let of_bundle: Vec<Issue> = issues.filter(|issue| !is_of_entry_resource(issue)).collect();
            if of_bundle.iter().any(Issue::is_error) {
                return Err(Error::Invalid(of_bundle));
            }
            Ok(batch::batch(context, request, root))
        }
        other => {
            let found = other.unwrap_or("missing");
            let text = format!(
                "the type of the Bundle is {found}; only 'batch' and 'transaction' can be sent to the base"
            );
            Err(Error::BadParameter(text))
        }
    }
}

/// The Bundle that answers, its entries in the order of the request.
fn response_bundle(kind: &str, base: &str, responses: Vec<Result<Response, Error>>) -> Response {
    let mut out = Vec::with_capacity(responses.len() * 160 + 128);
    out.extend_from_slice(b"{\"resourceType\":\"Bundle\",\"type\":");
    write_string(kind, &mut out);
    let mut separator: &[u8] = b",\"entry\":[";
    for response in responses {
        out.extend_from_slice(separator);
        separator = b",";
        match response {
            Ok(response) => write_success(base, &response, &mut out),
            Err(error) => {
                let head = format!(
                    "{{\"response\":{{\"status\":\"{}\",\"outcome\":",
                    status_line(error.own_status())
                );
                out.extend_from_slice(head.as_bytes());
                out.extend_from_slice(&error.outcome().to_json());
                out.extend_from_slice(b"}}");
            }
        }
    }
    if separator == b"," {
        out.push(b']');
    }
    out.push(b'}');
    Response::resource(out)
}

/// What is no resource, as one.
fn write_binary(content_type: &str, body: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(b"{\"resourceType\":\"Binary\",\"contentType\":");
    write_string(content_type, out);
    out.extend_from_slice(b",\"data\":\"");
    out.extend_from_slice(BASE64_STANDARD.encode(body).as_bytes());
    out.extend_from_slice(b"\"}");
}

fn write_success(base: &str, response: &Response, out: &mut Vec<u8>) {
    out.push(b'{');
    if let Some(body) = &response.body {
        if let Some(location) = &response.location {
            let address = location.split("/_history/").next().unwrap_or_default();
            out.extend_from_slice(b"\"fullUrl\":");
            write_string(&format!("{base}/{address}"), out);
            out.push(b',');
        }
        out.extend_from_slice(b"\"resource\":");
        if response.plain_json {
            write_binary("application/json", body, out);
        } else {
            out.extend_from_slice(body);
        }
        out.push(b',');
    }
    out.extend_from_slice(
        format!("\"response\":{{\"status\":\"{}\"", status_line(response.status)).as_bytes(),
    );
    if let Some(location) = &response.location {
        out.extend_from_slice(b",\"location\":");
        write_string(&format!("{base}/{location}"), out);
    }
    if let Some(version) = response.version {
        out.extend_from_slice(format!(",\"etag\":\"W/\\\"{version}\\\"\"").as_bytes());
    }
    if let Some(time) = response.last_modified {
        out.extend_from_slice(format!(",\"lastModified\":\"{}\"", instant_text(time)).as_bytes());
    }
    out.extend_from_slice(b"}}");
}
