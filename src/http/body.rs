//! The body of a request: read and unpacked up to the limit, whatever its sender says of its length.

use std::io::{ErrorKind, Read};

use actix_web::http::header::{CONTENT_ENCODING, HeaderMap};
use actix_web::web;
use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};

use super::headers::header;
use crate::interactions::Error;

/// The encodings of bodies that are read, as `Accept-Encoding` of a refusal tells them.
pub(super) const ENCODINGS: &str = "gzip, deflate";

/// How a body is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Encoding {
    Gzip,
    /// The zlib format; what lacks its frame is read, too, since some clients send it so (RFC 9110, 8.4.1.2).
    Deflate,
}

/// The body, unpacked. Neither what is sent nor what it unpacks to may be longer than `limit` bytes.
pub(super) async fn read(headers: &HeaderMap, payload: web::Payload, limit: usize) -> Result<Vec<u8>, Error> {
    let encoding = Encoding::of(headers)?;
    let body = payload.to_bytes_limited(limit).await.map_err(|_| Error::TooLarge(limit))?;
    let body = body.map_err(|error| Error::BadParameter(format!("the body could not be read: {error}")))?;
    match encoding {
        None => Ok(body.into()),
        Some(encoding) => {
            let unpacked = web::block(move || encoding.unpack(&body, limit)).await;
            unpacked.map_err(|error| Error::Internal(error.to_string()))?
        }
    }
}

impl Encoding {
    fn of(headers: &HeaderMap) -> Result<Option<Self>, Error> {
        let Some(given) = headers.get(CONTENT_ENCODING) else { return Ok(None) };
        let text = header(headers, CONTENT_ENCODING).unwrap_or_default().trim();
        match text.to_ascii_lowercase().as_str() {
            "identity" => Ok(None),
            "gzip" | "x-gzip" => Ok(Some(Self::Gzip)),
            "deflate" => Ok(Some(Self::Deflate)),
            _ => Err(Error::UnsupportedEncoding(String::from_utf8_lossy(given.as_bytes()).into_owned())),
        }
    }

    fn unpack(self, packed: &[u8], limit: usize) -> Result<Vec<u8>, Error> {
        match self {
            Self::Gzip => unpacked(MultiGzDecoder::new(packed), "gzip", limit),
            Self::Deflate if is_zlib(packed) => unpacked(ZlibDecoder::new(packed), "deflate", limit),
            Self::Deflate => unpacked(DeflateDecoder::new(packed), "deflate", limit),
        }
    }
}

/// Whether a text begins as RFC 1950 wants it: the method deflate, and a checksum over two bytes.
fn is_zlib(packed: &[u8]) -> bool {
    match packed {
        [first, second, ..] => first & 0x0f == 8 && u16::from_be_bytes([*first, *second]).is_multiple_of(31),
        _ => false,
    }
}

fn unpacked(decoder: impl Read, name: &'static str, limit: usize) -> Result<Vec<u8>, Error> {
    let mut out = Vec::new();
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    decoder.take(most).read_to_end(&mut out).map_err(|error| {
        let text = match error.kind() {
            ErrorKind::UnexpectedEof => "it ends too early".to_owned(),
            _ => error.to_string(),
        };
        Error::NotUnpacked(name, text)
    })?;
    if out.len() > limit { Err(Error::TooLarge(limit)) } else { Ok(out) }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

    use super::*;

    fn packed<W: Write>(mut encoder: W, finish: fn(W) -> std::io::Result<Vec<u8>>) -> Vec<u8> {
        encoder.write_all(b"hello hello hello").unwrap();
        finish(encoder).unwrap()
    }

    #[test]
    fn all_that_clients_call_gzip_or_deflate_is_unpacked() {
        let level = Compression::fast();
        let gzip = packed(GzEncoder::new(Vec::new(), level), GzEncoder::finish);
        let zlib = packed(ZlibEncoder::new(Vec::new(), level), ZlibEncoder::finish);
        let raw = packed(DeflateEncoder::new(Vec::new(), level), DeflateEncoder::finish);
        for (encoding, packed) in
            [(Encoding::Gzip, &gzip), (Encoding::Deflate, &zlib), (Encoding::Deflate, &raw)]
        {
            assert_eq!(encoding.unpack(packed, 17).unwrap(), b"hello hello hello", "{encoding:?}");
            assert!(matches!(encoding.unpack(packed, 16), Err(Error::TooLarge(16))));
        }
        let twice = [gzip.clone(), gzip].concat();
        assert_eq!(Encoding::Gzip.unpack(&twice, 100).unwrap().len(), 34);
    }

    #[test]
    fn what_is_not_packed_so_is_refused() {
        for bad in [&b"{}"[..], b"", &[0x1f, 0x8b, 8, 0]] {
            assert!(matches!(Encoding::Gzip.unpack(bad, 100), Err(Error::NotUnpacked("gzip", _))), "{bad:?}");
        }
    }
}
