//! The server under test without its sockets: requests go in, responses come out, everything between is the real thing.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use fhir_definitions::Registry;
use fhir_model::Document;
use fhir_validation::{Mode, NhsRules};
use search_oracle::{Key, Population, Request as Search, Stored};
use serde_json::Value;
use tempfile::TempDir;
use westway::config::{Integrity, OnInvalid, ValidationSettings};
use westway::interactions::context::Limits;
use westway::interactions::request::{Prefer, Returns, Verb, parse_path, parse_query};
use westway::interactions::validation::Validation;
use westway::interactions::{Context, Request, perform};
use westway::store::{SqlStore, postgres, sqlite};

/// The base url of the server.
pub(crate) const BASE: &str = "http://westway.test/fhir";

/// The most matches on a page: few, so that queries reach it.
pub(crate) const MAX_COUNT: usize = 30;

/// The server and, for the oracle, the same resources in memory.
pub(crate) struct Stack {
    context: Context,
    pub(crate) database: Database,
    pub(crate) population: Population,
    _data: TempDir,
}

/// One page of an answer.
#[derive(Clone, Debug, Default)]
pub(crate) struct Page {
    pub(crate) matches: Vec<Key>,
    pub(crate) included: Vec<Key>,
    /// Diagnostics of OperationOutcomes among the entries.
    pub(crate) remarks: Vec<String>,
    pub(crate) total: Option<u64>,
    links: Vec<(String, String)>,
}

/// A clock that moves on by minutes with every write, so that `_lastUpdated` tells resources apart.
fn clock() -> SystemTime {
    static WRITES: AtomicU64 = AtomicU64::new(0);
    let writes = WRITES.fetch_add(1, Ordering::Relaxed);
    UNIX_EPOCH + Duration::from_millis(1_700_000_000_000 + writes * 1_234_567)
}

/// Where a server keeps its resources.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Database {
    Sqlite,
    Postgres,
}

impl Database {
    /// An empty database.
    fn open(self, folder: &Path) -> SqlStore {
        match self {
            Self::Sqlite => {
                let options = sqlite::Options { readers: 1, clock, ..sqlite::Options::default() };
                sqlite::open(&folder.join("westway.db"), &options).unwrap()
            }
            Self::Postgres => {
                let options = postgres::Options { readers: 1, clock, ..postgres::Options::default() };
                postgres::open(&test_postgres::cluster().unwrap().create(None), &options).unwrap()
            }
        }
    }
}

impl Stack {
    /// An empty server.
    pub(crate) fn new(registry: &Arc<Registry>, database: Database) -> Self {
        let data = tempfile::tempdir().unwrap();
        let store = database.open(data.path());
        let settings = ValidationSettings {
            on_invalid: OnInvalid::Store,
            uk_core: false,
            required: Vec::new(),
            unknown_profile: Mode::Off,
            nhs: NhsRules::default(),
            html_in_strings: Mode::Off,
        };
        let limits = Limits {
            integrity: Integrity::Off,
            default_count: 20,
            max_count: MAX_COUNT,
            conditional_delete: 1,
            erasure: false,
            base_urls: vec![BASE.to_owned()],
        };
        let validation = Validation::new(registry, &settings).unwrap();
        let context = Context::new(Arc::clone(registry), Arc::new(store), validation, limits).unwrap();
        Self { context, database, population: Population::default(), _data: data }
    }

    fn send(
        &self,
        verb: Verb,
        path: &str,
        query: Vec<(String, String)>,
        body: Vec<u8>,
    ) -> Result<Vec<u8>, String> {
        let request = Request {
            verb,
            path: parse_path(path),
            query,
            prefer: Prefer { returns: Some(Returns::Representation), ..Prefer::default() },
            ..Request::bundle(body, BASE)
        };
        let response = perform(&self.context, &request).map_err(|error| told(&error))?;
        Ok(response.body.unwrap_or_default())
    }

    /// Creates or updates a resource; the error says why it was refused.
    pub(crate) fn put(&mut self, resource: &Value) -> Result<(), String> {
        let path = format!("{}/{}", text(resource, "resourceType"), text(resource, "id"));
        let body = self.send(Verb::Put, &path, Vec::new(), resource.to_string().into_bytes())?;
        let stored = Stored::new(Document::parse_bytes(body).unwrap()).unwrap();
        self.population.resources.retain(|known| known.key != stored.key);
        self.population.resources.push(stored);
        Ok(())
    }

    /// Deletes a resource.
    pub(crate) fn delete(&mut self, key: &Key) {
        self.send(Verb::Delete, &format!("{}/{}", key.0, key.1), Vec::new(), Vec::new()).unwrap();
        self.population.resources.retain(|known| known.key != *key);
    }

    /// The first page of a search.
    pub(crate) fn search(&self, search: &Search) -> Result<Page, String> {
        self.page(&search.scope.path(), search.pairs.clone())
    }

    /// The page that a link of another leads to.
    pub(crate) fn follow(&self, page: &Page, relation: &str) -> Option<Result<Page, String>> {
        let (path, pairs) = page.link(relation)?;
        Some(self.page(&path, pairs))
    }

    fn page(&self, path: &str, query: Vec<(String, String)>) -> Result<Page, String> {
        let body = self.send(Verb::Get, path, query, Vec::new())?;
        Ok(Page::read(&serde_json::from_slice(&body).unwrap()))
    }
}

impl Page {
    fn read(bundle: &Value) -> Self {
        let mut page = Self { total: bundle["total"].as_u64(), ..Self::default() };
        for link in bundle["link"].as_array().into_iter().flatten() {
            page.links.push((text(link, "relation").to_owned(), text(link, "url").to_owned()));
        }
        for entry in bundle["entry"].as_array().into_iter().flatten() {
            let resource = &entry["resource"];
            let key = (text(resource, "resourceType").to_owned(), text(resource, "id").to_owned());
            match text(&entry["search"], "mode") {
                "match" => page.matches.push(key),
                "include" => page.included.push(key),
                _ => page.remarks.push(text(&resource["issue"][0], "diagnostics").to_owned()),
            }
        }
        page
    }

    /// Path and query of a link.
    pub(crate) fn link(&self, relation: &str) -> Option<(String, Vec<(String, String)>)> {
        let (_, url) = self.links.iter().find(|(known, _)| known == relation)?;
        let path = url.strip_prefix(BASE).unwrap_or_else(|| panic!("the link {url} leads elsewhere"));
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        Some((path.to_owned(), parse_query(query.as_bytes()).unwrap()))
    }
}

fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value[member].as_str().unwrap_or_default()
}

/// What an error tells the client.
fn told(error: &westway::interactions::Error) -> String {
    let (status, outcome) = (error.status(), error.outcome());
    let issues = outcome.issues.iter().map(|issue| issue.diagnostics.as_str()).collect::<Vec<_>>();
    format!("{status}: {}", issues.join("; "))
}
