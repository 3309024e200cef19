//! The Bundle of a search: stored bytes are copied into it, never parsed.

use fhir_model::write::write_string;
use fhir_model::{Issue, IssueType, OperationOutcome};
use fhir_search::query::Query;

use super::links;
use crate::store::{SearchPage, Version};

/// Everything that a searchset Bundle says.
pub(super) struct SearchBundle<'a> {
    pub(super) base: &'a str,
    /// The address searched, below the base.
    pub(super) path: &'a str,
    pub(super) query: &'a Query,
    /// Relation and page.
    pub(super) links: [(&'static str, Option<Page>); 5],
    pub(super) result: &'a SearchPage,
}

/// A page of a search.
pub(super) enum Page {
    /// That without a token.
    First,
    /// The one that a token tells.
    At(String),
}

impl SearchBundle<'_> {
    /// The resource as JSON.
    pub(super) fn to_json(&self) -> Vec<u8> {
        let bodies = self.result.matches.iter().chain(&self.result.included);
        let size = bodies.map(|version| version.body.len() + 200).sum::<usize>();
        let mut out = Vec::with_capacity(size + 1024);
        out.extend_from_slice(b"{\"resourceType\":\"Bundle\",\"type\":\"searchset\"");
        if let Some(total) = self.result.total {
            out.extend_from_slice(format!(",\"total\":{total}").as_bytes());
        }
        let mut separator: &[u8] = b",\"link\":[";
        for (relation, page) in &self.links {
            if let Some(page) = page {
                out.extend_from_slice(separator);
                separator = b",";
                self.link(relation, page, &mut out);
            }
        }
        out.push(b']');
        self.entries(&mut out);
        out.push(b'}');
        out
    }

    fn link(&self, relation: &str, page: &Page, out: &mut Vec<u8>) {
        let token = match page {
            Page::First => None,
            Page::At(token) => Some(token.as_str()),
        };
        out.extend_from_slice(b"{\"relation\":");
        write_string(relation, out);
        out.extend_from_slice(b",\"url\":");
        write_string(&links::address(self.base, self.path, &self.query.applied, token), out);
        out.push(b'}');
    }

    fn entries(&self, out: &mut Vec<u8>) {
        let mut separator: &[u8] = b",\"entry\":[";
        let mut entry = |write: &dyn Fn(&mut Vec<u8>), mode: &str, out: &mut Vec<u8>| {
            out.extend_from_slice(separator);
            separator = b",";
            out.push(b'{');
            write(out);
            out.extend_from_slice(b",\"search\":{\"mode\":\"");
            out.extend_from_slice(mode.as_bytes());
            out.extend_from_slice(b"\"}}");
        };
        for version in &self.result.matches {
            entry(&|out| resource_members(self.base, version, out), "match", out);
        }
        for version in &self.result.included {
            entry(&|out| resource_members(self.base, version, out), "include", out);
        }
        let outcome = self.outcome();
        if !outcome.issues.is_empty() {
            let write = |out: &mut Vec<u8>| {
                out.extend_from_slice(b"\"resource\":");
                out.extend_from_slice(&outcome.to_json());
            };
            entry(&write, "outcome", out);
        }
        if separator == b"," {
            out.push(b']');
        }
    }

    /// What the client should know about this answer: parameters that were ignored, resources that were left out.
    fn outcome(&self) -> OperationOutcome {
        let mut issues: Vec<Issue> = Vec::new();
        for ignored in &self.query.ignored {
            let text = format!("the parameter '{}' was ignored: {}", ignored.name, ignored.reason);
            issues.push(Issue::warning(IssueType::NotSupported, text));
        }
        if self.result.included_truncated {
            let text = "not all resources to include are in this Bundle: there are too many; ask for fewer matches with _count";
            issues.push(Issue::warning(IssueType::Incomplete, text));
        }
        OperationOutcome { issues }
    }
}

/// The members `fullUrl` and `resource` of an entry.
pub(super) fn resource_members(base: &str, version: &Version, out: &mut Vec<u8>) {
    out.extend_from_slice(b"\"fullUrl\":");
    write_string(&format!("{base}/{}/{}", version.kind, version.id), out);
    if !version.is_deleted() {
        out.extend_from_slice(b",\"resource\":");
        out.extend_from_slice(&version.body);
    }
}
