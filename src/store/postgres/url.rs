//! The url of a database, with the patience that the program has with a server that does not answer.

/// What libpq is told unless the url says it: how long a connection may take to be made, and that a peer which is gone without a word,
/// as after a power cut or behind a firewall that forgot the connection, is noticed within half a minute. (Units: seconds, the last milliseconds.)
const PATIENCE: [(&str, &str); 5] = [
    ("connect_timeout", "5"),
    ("keepalives_idle", "10"),
    ("keepalives_interval", "5"),
    ("keepalives_count", "4"),
    ("tcp_user_timeout", "30000"),
];

/// The url with what it does not say.
pub(super) fn with_patience(url: &str) -> String {
    let (_, parameters) = url.split_once('?').unwrap_or((url, ""));
    let says = |name: &str| parameters.split('&').any(|parameter| parameter.split('=').next() == Some(name));
    let mut complete = url.to_owned();
    for (name, value) in PATIENCE {
        if !says(name) {
            complete.push(if complete.contains('?') { '&' } else { '?' });
            complete.push_str(&format!("{name}={value}"));
        }
    }
    complete
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_url_says_stays() {
        let rest = "keepalives_idle=10&keepalives_interval=5&keepalives_count=4&tcp_user_timeout=30000";
        assert_eq!(with_patience("postgres://h/d"), format!("postgres://h/d?connect_timeout=5&{rest}"));
        assert_eq!(
            with_patience("postgres://h1,h2/d?connect_timeout=2&x=1"),
            format!("postgres://h1,h2/d?connect_timeout=2&x=1&{rest}")
        );
    }
}
