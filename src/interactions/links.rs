//! Links of Bundles, and the signed tokens in them that say where a page begins.
//!
//! A token carries the store's cursor and a signature over the cursor and the query it belongs to, so a client cannot make one up,
//! and a token cannot be used with another query. It holds no state of the server: it stays valid across restarts.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::sign::Signer;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::Error;

/// The parameter that carries a token.
pub(super) const PAGE_PARAMETER: &str = "_page";

/// Bytes of the signature that go into a token.
const SIGNATURE: usize = 16;

/// A token for a cursor of the query that `query` names.
pub(super) fn seal(secret: &[u8; 32], query: &str, cursor: &[u8]) -> Result<String, Error> {
    let mut bytes = cursor.to_vec();
    bytes.extend_from_slice(&signature(secret, query, cursor)?);
    Ok(BASE64_URL_SAFE_NO_PAD.encode(bytes))
}

/// The cursor in a token, if the token was made here for this query.
pub(super) fn open(secret: &[u8; 32], query: &str, token: &str) -> Result<Vec<u8>, Error> {
    let refused = || {
        Error::BadParameter("the page link does not belong to this search; begin again without _page".into())
    };
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(token).map_err(|_| refused())?;
    let split = bytes.len().checked_sub(SIGNATURE).ok_or_else(refused)?;
    let (cursor, signed) = bytes.split_at(split);
    if !openssl::memcmp::eq(signed, &signature(secret, query, cursor)?) {
        return Err(refused());
    }
    Ok(cursor.to_vec())
}

fn signature(secret: &[u8; 32], query: &str, cursor: &[u8]) -> Result<[u8; SIGNATURE], Error> {
    let sign = || -> Result<[u8; SIGNATURE], ErrorStack> {
        let key = PKey::hmac(secret)?;
        let mut signer = Signer::new(MessageDigest::sha256(), &key)?;
        signer.update(&(query.len() as u64).to_be_bytes())?;
        signer.update(query.as_bytes())?;
        signer.update(cursor)?;
        let full = signer.sign_to_vec()?;
        let mut short = [0; SIGNATURE];
        for (to, from) in short.iter_mut().zip(full) {
            *to = from;
        }
        Ok(short)
    };
    sign().map_err(|error| Error::Internal(error.to_string()))
}

/// What is encoded in the query of a link: all that may not stand there, and what has a meaning for forms. The rest, such as the
/// `:` and `,` of searches, stays readable, as clients write it.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'!')
    .remove(b'$')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b',')
    .remove(b':')
    .remove(b'@')
    .remove(b'/')
    .remove(b'?');

/// `path?a=b&c=d`, encoded.
pub(super) fn address(base: &str, path: &str, pairs: &[(String, String)], page: Option<&str>) -> String {
    let mut address = if path.is_empty() { base.to_owned() } else { format!("{base}/{path}") };
    let pairs = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    for (position, (name, value)) in pairs.chain(page.map(|page| (PAGE_PARAMETER, page))).enumerate() {
        address.push(if position == 0 { '?' } else { '&' });
        address.extend(utf8_percent_encode(name, ENCODED));
        address.push('=');
        address.extend(utf8_percent_encode(value, ENCODED));
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_encoded_as_clients_write_them() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let pairs = [pair("code:not", "http://loinc.org|1-2,a&b=c"), pair("name", "a+b ü%")];
        let address = address("http://h/fhir", "Observation", &pairs, Some("t_-"));
        assert_eq!(
            address,
            "http://h/fhir/Observation?code:not=http://loinc.org%7C1-2,a%26b%3Dc&name=a%2Bb%20%C3%BC%25&_page=t_-"
        );
    }

    #[test]
    fn a_token_opens_only_for_its_query_and_secret() {
        let token = seal(&[7; 32], "Patient?gender=male", b"cursor").unwrap();
        assert_eq!(open(&[7; 32], "Patient?gender=male", &token).unwrap(), b"cursor");
        assert!(open(&[7; 32], "Patient?gender=female", &token).is_err());
        assert!(open(&[8; 32], "Patient?gender=male", &token).is_err());
        assert!(open(&[7; 32], "Patient?gender=male", "AAAA").is_err());
        assert!(open(&[7; 32], "Patient?gender=male", "%%").is_err());
    }
}
