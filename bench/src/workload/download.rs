//! All pages of a search that matches much, as an analyst's client reads them.

use crate::exchange::Request;
use crate::session::{Count, Session};

/// The most that the peers take.
const FIRST: &str = "/Observation?_count=1000";

pub(super) async fn iterate(session: &mut Session) {
    let mut path = FIRST.to_owned();
    while let Some(answer) = session.exchange("page", &Request::get(path), &[200], Count::Entries).await {
        let Some(next) = next_link(&answer.body) else { return };
        path = session.path_of(&next).to_owned();
    }
}

/// The link with the relation `next`, from the head of the Bundle or its end, without parsing what is between.
fn next_link(body: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(body);
    let relation = text.find("\"next\"")?;
    let link = text.get(relation..)?;
    let url = link.split_once("\"url\"").map(|(_, rest)| rest)?;
    let url = url.split('"').nth(1)?;
    serde_json::from_str(&format!("\"{url}\"")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_is_found() {
        let body = br#"{"link":[{"relation":"self","url":"a"},{"relation":"next","url":"http://h/b?c=d"}],"entry":[]}"#;
        assert_eq!(next_link(body).unwrap(), "http://h/b?c=d");
        assert_eq!(next_link(br#"{"link":[{"relation":"self","url":"a"}]}"#), None);
    }
}
