//! Pages for people: what the server is, and what each resource type can be asked. Plain HTML without scripts and without anything
//! from elsewhere, readable on a phone.

use std::fmt::Write as _;

use fhir_search::parameters::{Parameter, ParameterKind};
use fhir_search::parse::{modifiers, result_parameters, special_parameters};

use super::Place;
use super::interactions::{EXCHANGES, Exchange};
use crate::interactions::operations::{ALL, Level, Operation};
use crate::interactions::{Context, Error};

const STYLE: &str = include_str!("page.css");

/// The page about the server.
pub fn overview(context: &Context, place: Place<'_>) -> String {
    let base = escaped(place.base);
    let mut body = format!(
        "<h1>Westway</h1>\n<p>A FHIR R4 (4.0.1) server. Its API is at <code>{base}</code>, in JSON and XML.</p>\n\
         <nav><a href=\"{base}/metadata?_pretty=true\">CapabilityStatement</a> <a href=\"/openapi.json\">OpenAPI 3.1</a> \
         <a href=\"{base}/OperationDefinition?_pretty=true\">OperationDefinitions</a> <a href=\"/health\">Health</a> \
         <a href=\"/ready\">Readiness</a></nav>\n\
         <h2>To begin with</h2>\n<pre>curl {base}/Patient?name=smith\n\
         curl -H 'Content-Type: application/fhir+json' -d '{{\"resourceType\":\"Patient\"}}' {base}/Patient</pre>\n\
         <p>Every failure has an OperationOutcome that says what was wrong and what was expected. Bodies have {} bytes at most.</p>\n",
        place.max_body_bytes
    );
    body.push_str("<h2>Resource types</h2>\n<ul class=\"types\">\n");
    for kind in context.registry.resource_types() {
        let _infallible = writeln!(body, "<li><a href=\"/docs/{kind}\">{kind}</a></li>");
    }
    body.push_str("</ul>\n<h2>The whole system</h2>\n");
    interactions(&mut body, place.base, EXCHANGES.iter().filter(|exchange| !is_of_types(exchange)), None);
    body.push_str("<h2>Operations</h2>\n");
    operations(&mut body, place.base, ALL.iter().copied(), |operation| {
        let kinds = if operation.types.is_empty() { &["{type}"][..] } else { operation.types };
        addresses(operation, kinds, |_| true)
    });
    page("Westway", &body)
}

/// The page about a resource type.
///
/// # Errors
/// There is no such type.
pub fn resource_type(context: &Context, place: Place<'_>, kind: &str) -> Result<String, Error> {
    if !context.is_resource_type(kind) {
        return Err(Error::UnknownType(kind.to_owned()));
    }
    let base = escaped(place.base);
    let mut body = format!(
        "<nav><a href=\"/\">All types</a> <a href=\"http://hl7.org/fhir/R4/{}.html\">{kind} in FHIR R4</a> \
         <a href=\"/openapi.json?type={kind}\">OpenAPI</a></nav>\n<h1>{kind}</h1>\n",
        kind.to_ascii_lowercase()
    );
    let profiles = context.registry.supported_profiles(kind);
    if !profiles.is_empty() {
        let items = profiles.iter().map(|profile| format!("<li><code>{}</code></li>", escaped(profile)));
        let _infallible = writeln!(body, "<p>Profiles:</p>\n<ul>{}</ul>", items.collect::<String>());
    }
    body.push_str("<h2>Interactions</h2>\n");
    let is_owner = context.registry.compartment(kind).is_some();
    let of_type = EXCHANGES.iter().filter(|exchange| is_of_types(exchange));
    let of_type = of_type.filter(|exchange| is_owner || !exchange.path.starts_with("/{owner}"));
    interactions(&mut body, place.base, of_type, Some(kind));
    body.push_str("<h2>Operations</h2>\n");
    let own = ALL.iter().copied().filter(|operation| operation.is_for(kind));
    let own = own.filter(|operation| operation.levels.iter().any(|level| *level != Level::System));
    operations(&mut body, place.base, own, |operation| {
        addresses(operation, &[kind], |level| level != Level::System)
    });
    search(&mut body, context, &base, kind);
    Ok(page(kind, &body))
}

fn is_of_types(exchange: &Exchange) -> bool {
    exchange.path.contains("{type}") || exchange.path.contains("{owner}")
}

fn interactions<'a>(
    body: &mut String,
    base: &str,
    exchanges: impl Iterator<Item = &'a Exchange>,
    kind: Option<&str>,
) {
    let rows = exchanges.map(|exchange| {
        let path = kind.map_or_else(
            || exchange.path.to_owned(),
            |kind| exchange.path.replace("{type}", kind).replace("{owner}", kind),
        );
        let search = if exchange.code.ends_with("-conditional") { "?parameter=value" } else { "" };
        let address = format!("{} {path}{search}", exchange.method);
        let address = match exchange.method {
            "GET" if !path.contains('{') => link(base, &path, &address),
            _ => format!("<code>{}</code>", escaped(&address)),
        };
        let statuses = exchange.success.iter().map(|(status, _)| status.to_string());
        [
            exchange.code.to_owned(),
            address,
            exchange.summary.to_owned(),
            statuses.collect::<Vec<_>>().join(", "),
        ]
    });
    table(body, ["Interaction", "Request", "What it does", "Success"], rows);
}

fn operations<'a>(
    body: &mut String,
    base: &str,
    operations: impl Iterator<Item = &'a Operation>,
    addresses: impl Fn(&Operation) -> String,
) {
    let rows = operations.map(|operation| {
        let id = operation.definition.rsplit('/').next().unwrap_or_default();
        let path = format!("/OperationDefinition/westway-{id}");
        let inputs = operation.parameters.iter().map(|input| {
            let repeats = if input.repeats { ", repeats" } else { "" };
            format!("<code>{}</code> ({}{repeats})", escaped(input.name), escaped(input.kind))
        });
        let mut inputs: Vec<String> = inputs.collect();
        if operation.takes_search {
            inputs.push("search parameters".to_owned());
        }
        let methods = if operation.by_get { "GET, POST" } else { "POST" };
        [
            link(base, &path, &format!("${}", operation.name)),
            addresses(operation),
            methods.to_owned(),
            inputs.join(", "),
        ]
    });
    table(body, ["Operation", "At", "By", "Parameters"], rows);
}

fn addresses(operation: &Operation, kinds: &[&str], wanted: impl Fn(Level) -> bool) -> String {
    let levels = operation.levels.iter().filter(|level| wanted(**level));
    let addresses = levels.flat_map(|level| match level {
        Level::System => vec![level.address("", operation.name)],
        _ => kinds.iter().map(|kind| level.address(kind, operation.name)).collect(),
    });
    let addresses = addresses.map(|address| format!("<code>{}</code>", escaped(&address)));
    addresses.collect::<Vec<_>>().join(" ")
}

fn search(body: &mut String, context: &Context, base: &str, kind: &str) {
    let state = context.search_state();
    let parameters = state.parameters.of_type(kind);
    body.push_str("<h2>Search parameters</h2>\n");
    let rows = parameters.iter().map(|parameter| {
        let example = format!("/{kind}?{}={}", parameter.code, example(parameter));
        let mut known: Vec<String> =
            modifiers(parameter).map(|name| format!("<code>:{name}</code>")).collect();
        if parameter.value.kind == ParameterKind::Reference {
            known.push("<code>:[type]</code>".to_owned());
        }
        [
            format!("<code>{}</code>", escaped(&parameter.code)),
            parameter.value.kind.code().to_owned(),
            known.join(" "),
            link(base, &example, example.trim_start_matches('/')),
        ]
    });
    table(body, ["Parameter", "Type", "Modifiers", "Example"], rows);
    let unsupported = state.parameters.unsupported(kind);
    if !unsupported.is_empty() {
        body.push_str("<p>Not supported:</p>\n<ul>");
        for parameter in unsupported {
            let _infallible = write!(
                body,
                "<li><code>{}</code>: {}</li>",
                escaped(&parameter.code),
                escaped(&parameter.reason)
            );
        }
        body.push_str("</ul>\n");
    }
    let all = special_parameters().chain(result_parameters().map(|(name, _)| name));
    let all = all.chain(["_include", "_revinclude"]).map(|name| format!("<code>{name}</code>"));
    let _infallible = writeln!(body, "<p>For every type: {}.</p>", all.collect::<Vec<_>>().join(" "));
}

/// A value that a parameter of this type takes.
fn example(parameter: &Parameter) -> String {
    let of_kind = |kind| match kind {
        ParameterKind::Number => "ge1".to_owned(),
        ParameterKind::Date => "ge2026-01-01".to_owned(),
        ParameterKind::String => "smith".to_owned(),
        ParameterKind::Token => "http://example.org|code".to_owned(),
        ParameterKind::Reference => {
            format!("{}/1", parameter.value.targets.first().map_or("Patient", |target| target))
        }
        ParameterKind::Quantity => "gt5|http://unitsofmeasure.org|kg".to_owned(),
        ParameterKind::Uri => "http://example.org/uri".to_owned(),
        ParameterKind::Special => "51.5|-0.2|10|km".to_owned(),
        ParameterKind::Composite => "a$b".to_owned(),
    };
    of_kind(parameter.value.kind)
}

fn link(base: &str, path: &str, text: &str) -> String {
    let address = escaped(&format!("{base}{path}").replace('|', "%7C"));
    format!("<a href=\"{address}\"><code>{}</code></a>", escaped(text))
}

fn table(body: &mut String, head: [&str; 4], rows: impl Iterator<Item = [String; 4]>) {
    let cells = head.map(|name| format!("<th>{name}</th>")).concat();
    let _infallible = writeln!(body, "<div class=\"wide\"><table><thead><tr>{cells}</tr></thead><tbody>");
    for row in rows {
        let cells = row.map(|cell| format!("<td>{cell}</td>")).concat();
        let _infallible = writeln!(body, "<tr>{cells}</tr>");
    }
    body.push_str("</tbody></table></div>\n");
}

fn page(title: &str, body: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n{body}</body>\n</html>\n"
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
