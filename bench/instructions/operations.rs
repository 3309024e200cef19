//! What is counted.

use std::hint::black_box;

use fhir_model::Document;
use westway::interactions::request::{Media, Verb, parse_path, parse_query};
use westway::interactions::{Context, Request, perform};

use crate::seed::{observation, patient};

/// Why it could not be counted.
pub(crate) type Failure = westway::cli::Failure;

/// Something the server does, always with the same outcome.
pub(crate) struct Operation<'a> {
    /// What the table of counts calls it.
    pub(crate) name: &'static str,
    /// How often it is counted; the table has the mean.
    pub(crate) repetitions: u32,
    /// Performs it once.
    pub(crate) perform: Box<dyn FnMut() -> Result<(), Failure> + 'a>,
}

/// The patient of the documentation, with all that UK Core asks for.
const UK_CORE_PATIENT: &str = include_str!("../../docs/examples/patient.json");

/// A request as the HTTP layer makes it.
pub(crate) fn request(
    verb: Verb,
    path: &str,
    query: &str,
    body: impl Into<Vec<u8>>,
) -> Result<Request, Failure> {
    let (path, query) = (parse_path(path), parse_query(query.as_bytes())?);
    Ok(Request { verb, path, query, ..Request::bundle(body.into(), "http://localhost/fhir") })
}

/// The operations, in the order in which they are performed: those that read before those that write, which make the database larger.
pub(crate) fn all(context: &Context) -> Result<Vec<Operation<'_>>, Failure> {
    let get =
        |name, path, query| request(Verb::Get, path, query, "").map(|request| asking(context, name, request));
    let mut operations = vec![
        get("read by id", "Patient/p7", "")?,
        get("search by token", "Observation", "code=https://example.org/measurements|m3&_count=20")?,
        get("search by chain", "Observation", "subject:Patient.family=chow&_count=20")?,
        get("search sorted by date", "Observation", "date=ge2025-06-01&_sort=-date&_count=20")?,
        get("history page", "Patient/p0/_history", "_count=20")?,
    ];
    let body = observation("o1", "Patient/p1", 1, 1);
    let document = Document::parse(body.clone())?;
    operations.push(asking(
        context,
        "validate an Observation",
        request(Verb::Post, "Observation/$validate", "", body)?,
    ));
    operations.push(Operation {
        name: "extract keys of an Observation",
        repetitions: 100,
        perform: Box::new(move || {
            black_box(context.search_state().extractor.extract(document.root()));
            Ok(())
        }),
    });
    operations.extend(writes(context));
    Ok(operations)
}

/// An operation that is the same request each time.
fn asking<'a>(context: &'a Context, name: &'static str, request: Request) -> Operation<'a> {
    Operation {
        name,
        repetitions: 50,
        perform: Box::new(move || {
            black_box(perform(context, &request)?);
            Ok(())
        }),
    }
}

fn writes(context: &Context) -> [Operation<'_>; 4] {
    [
        writing(context, "create a UK Core Patient", |_| request(Verb::Post, "Patient", "", UK_CORE_PATIENT)),
        writing(context, "update a Patient", |turn| {
            let city = if turn.is_multiple_of(2) { "Ealing" } else { "Brent" };
            request(Verb::Put, "Patient/p8", "", patient(8, city))
        }),
        writing(context, "patch a Patient", |turn| {
            let day = 10 + turn % 2;
            let patch = format!(r#"[{{"op":"replace","path":"/birthDate","value":"1971-04-{day}"}}]"#);
            let request = request(Verb::Patch, "Patient/p9", "", patch)?;
            Ok(Request { media: Media::JsonPatch, ..request })
        }),
        writing(context, "transaction of Patient and Observation", |_| {
            let subject = "urn:uuid:1c9b6f1e-6d0f-4a53-9f2b-52d4b0b9a701";
            let bundle = format!(
                r#"{{"resourceType":"Bundle","type":"transaction","entry":[
                    {{"fullUrl":"{subject}","resource":{},"request":{{"method":"POST","url":"Patient"}}}},
                    {{"resource":{},"request":{{"method":"POST","url":"Observation"}}}}]}}"#,
                patient(10, "Hillingdon"),
                observation("o10", subject, 2, 10)
            );
            request(Verb::Post, "", "", bundle)
        }),
    ]
}

/// An operation that writes, and is told which turn it is, from 0: no two turns in a row may write the same, which would be no write.
fn writing<'a>(
    context: &'a Context,
    name: &'static str,
    make: fn(u32) -> Result<Request, Failure>,
) -> Operation<'a> {
    let mut turn = 0;
    Operation {
        name,
        repetitions: 50,
        perform: Box::new(move || {
            black_box(perform(context, &make(turn)?)?);
            turn += 1;
            Ok(())
        }),
    }
}
