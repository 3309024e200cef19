//! The web origins whose pages may use the API.

/// Origins as the setting `cors-origins` names them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origins {
    /// All.
    Any,
    /// These: `https://app.example.org`, in lower case; empty for none.
    These(Vec<String>),
}

impl Origins {
    /// Parses a list such as `https://app.example.org,http://localhost:3000`, or `*`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
        if text.trim() == "*" {
            return Some(Self::Any);
        }
        items.map(origin).collect::<Option<Vec<_>>>().map(Self::These)
    }

    /// Whether no page may.
    pub fn is_none(&self) -> bool {
        *self == Self::These(Vec::new())
    }

    /// What the header `Access-Control-Allow-Origin` says to a page of `origin`; `None` if it may not use the API.
    pub fn allow<'a>(&self, origin: &'a str) -> Option<&'a str> {
        match self {
            Self::Any => Some("*"),
            Self::These(origins) => {
                origins.iter().any(|own| own.eq_ignore_ascii_case(origin)).then_some(origin)
            }
        }
    }
}

/// Scheme, host and perhaps a port, and nothing else: what browsers send.
fn origin(text: &str) -> Option<String> {
    let (scheme, host) = text.split_once("://")?;
    let good =
        matches!(scheme, "http" | "https") && !host.is_empty() && !host.contains(['/', '?', '#', '@', '*']);
    good.then(|| text.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_listed_is_allowed() {
        let some = Origins::parse("https://app.example.org, http://localhost:3000").unwrap();
        assert_eq!(some.allow("https://app.example.org"), Some("https://app.example.org"));
        assert_eq!(some.allow("http://localhost:3001"), None);
        assert_eq!(some.allow("null"), None);
        assert_eq!(Origins::parse("*").unwrap().allow("https://a.example"), Some("*"));
        assert!(Origins::parse("").unwrap().is_none());
        for bad in
            ["app.example.org", "https://a.example/", "https://*.example.org", "null", "*,https://a.example"]
        {
            assert_eq!(Origins::parse(bad), None, "{bad}");
        }
    }
}
