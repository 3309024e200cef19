//! The server under measurement: where it listens and what stands before every path.

use std::str::FromStr;

use thiserror::Error;

/// The base URL of a FHIR server, over plain HTTP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    /// `host:port`, as connected to.
    pub(crate) authority: String,
    /// The path of the base, without a slash at its end: `/fhir`, or empty.
    pub(crate) prefix: String,
}

/// Why a text is not such a URL.
#[derive(Debug, Error, PartialEq, Eq)]
pub(crate) enum TargetError {
    /// TLS would measure the driver's TLS too.
    #[error("the base URL must begin with http://, for example http://127.0.0.1:8080/fhir")]
    Scheme,
    /// `http:///fhir`.
    #[error("the base URL names no host")]
    Host,
}

impl FromStr for Target {
    type Err = TargetError;

    fn from_str(text: &str) -> Result<Self, TargetError> {
        let rest = text.strip_prefix("http://").ok_or(TargetError::Scheme)?;
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        if host.is_empty() {
            return Err(TargetError::Host);
        }
        let authority = if host.contains(':') { host.to_owned() } else { format!("{host}:80") };
        let path = path.trim_end_matches('/');
        let prefix = if path.is_empty() { String::new() } else { format!("/{path}") };
        Ok(Self { authority, prefix })
    }
}

impl Target {
    /// The path of a link of the server's (`next`), whatever host it names.
    pub(crate) fn path_of<'a>(&self, link: &'a str) -> &'a str {
        let path = link
            .split_once("://")
            .map_or(link, |(_, rest)| rest.find('/').and_then(|at| rest.get(at..)).unwrap_or("/"));
        path.strip_prefix(self.prefix.as_str()).unwrap_or(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_is_taken_apart() {
        let target: Target = "http://localhost:8080/fhir/".parse().unwrap();
        assert_eq!(target, Target { authority: "localhost:8080".to_owned(), prefix: "/fhir".to_owned() });
        assert_eq!(target.path_of("http://elsewhere/fhir/Patient?a=b"), "/Patient?a=b");
        assert_eq!("http://host".parse::<Target>().unwrap().authority, "host:80");
        assert_eq!("https://host".parse::<Target>(), Err(TargetError::Scheme));
        assert_eq!("http:///x".parse::<Target>(), Err(TargetError::Host));
    }
}
