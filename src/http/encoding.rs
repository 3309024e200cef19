//! Packed answers: actix-web's `Compress` packs by `Accept-Encoding`; here is what it refuses, so that it is refused as all else.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{ACCEPT_ENCODING, AcceptEncoding, Encoding, Header};
use actix_web::middleware::Next;

use super::fhir;
use crate::interactions::Error;

/// Middleware: refuses a request whose answer may have no encoding that can be given.
pub(super) async fn acceptable(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let given = request.headers().get(ACCEPT_ENCODING);
    let can = [Encoding::identity(), Encoding::gzip(), Encoding::zstd(), Encoding::deflate()];
    let refused = given.filter(|_| {
        AcceptEncoding::parse(&request).is_ok_and(|accepted| accepted.negotiate(can.iter()).is_none())
    });
    if let Some(given) = refused {
        let error = Error::NoEncoding(String::from_utf8_lossy(given.as_bytes()).into_owned());
        let answer = fhir::refused(request.request(), &error);
        return Ok(request.into_response(answer).map_into_right_body());
    }
    Ok(next.call(request).await?.map_into_left_body())
}
