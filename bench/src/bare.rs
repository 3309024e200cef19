//! A server that only hands bytes out of memory: what a read could reach on this machine at best.
//!
//! It serves copies of the patients of a FHIR server under the same paths, with actix-web, as Westway does; so the workload `read`
//! runs against both, and the ratio says what finding and framing a resource costs.

use std::collections::HashMap;
use std::io;

use actix_web::web::{Bytes, Data};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};

use crate::exchange::Request;
use crate::samples::{SAMPLE_OF_PATIENTS, SampleError, Samples};
use crate::session::Session;
use crate::target::Target;

/// Bodies by path and query.
type Copies = HashMap<String, Bytes>;

/// Copies the sample of patients that the workload `read` asks for.
pub(crate) async fn copy(target: &Target) -> Result<Copies, SampleError> {
    let samples = Samples::take(target).await?;
    samples.need("Patient")?;
    let paths = samples.all("Patient").iter().map(|id| format!("/Patient/{id}"));
    let mut session = Session::new(target);
    let mut copies = Copies::new();
    for path in paths.chain([SAMPLE_OF_PATIENTS.to_owned()]) {
        let answer = session.send(&Request::get(path.clone())).await?;
        copies.insert(format!("{}{path}", target.prefix), answer.body.into());
    }
    Ok(copies)
}

/// Serves them at `listen` until it is told to stop, on as many threads as there are cores.
pub(crate) fn serve(listen: &str, copies: Copies) -> io::Result<()> {
    let copies = Data::new(copies);
    let server =
        HttpServer::new(move || App::new().app_data(copies.clone()).default_service(web::to(answer)));
    actix_web::rt::System::new().block_on(server.bind(listen)?.run())
}

async fn answer(request: HttpRequest, copies: Data<Copies>) -> HttpResponse {
    let path = request.uri().path_and_query().map_or("", |path| path.as_str());
    match copies.get(path) {
        Some(body) => HttpResponse::Ok().content_type("application/fhir+json").body(body.clone()),
        None => HttpResponse::NotFound().finish(),
    }
}
