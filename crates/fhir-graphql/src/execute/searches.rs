//! Lists and connections: searches of the system, and of what refers to a resource.

use fhir_model::{Document, Node};
use serde_json::Value;

use super::elements::json;
use super::output::Output;
use super::{Executor, Flat, Frame, failed};
use crate::error::GraphQlError;
use crate::plan::{ConnectionField, Search, Selected, What};

/// The parameter in links of searches that says where a page begins.
const PAGE: &str = "_page";

impl Executor<'_> {
    /// `PatientList(...)`: all matches, or an error if they are too many.
    pub(super) fn list(
        &mut self,
        field: &Selected,
        search: &Search,
        around: Option<Frame<'_>>,
        out: &mut Output,
        flat: Flat<'_>,
    ) -> Result<(), GraphQlError> {
        let mut parameters = search.parameters.clone();
        if search.count.is_none() {
            parameters.push(("_count".to_owned(), self.limits.list.to_string()));
        }
        let bundle = self.found(field, search, parameters, around)?;
        if search.count.is_none() && link(&bundle, "next").is_some() {
            let text = format!(
                "{}List has more than {} matches: narrow the search, give _count, or page through {}Connection",
                search.kind, self.limits.list, search.kind
            );
            return Err(GraphQlError::too_costly(Some(field.place), text));
        }
        let mut list = Vec::new();
        for entry in self.matches(field, search, &bundle)? {
            let Some(resource) = entry.get("resource") else { continue };
            let frame = self.frame(resource, resource);
            if field.shape.flatten {
                self.fields(frame, &field.fields, out, Flat { listed: true, ..flat })?;
            } else {
                list.push(Value::Object(self.object(frame, &field.fields)?));
            }
        }
        if field.shape.flatten { Ok(()) } else { self.put(field, Value::Array(list), out, flat) }
    }

    /// `PatientConnection(...)`: one page, with cursors to the others.
    pub(super) fn connection(
        &mut self,
        field: &Selected,
        search: &Search,
        around: Option<Frame<'_>>,
        out: &mut Output,
        flat: Flat<'_>,
    ) -> Result<(), GraphQlError> {
        let bundle = match &search.cursor {
            None => self.found(field, search, search.parameters.clone(), around)?,
            Some(cursor) => {
                let parameters =
                    self.source.parameters(cursor).map_err(|failure| failed(failure, field.place))?;
                self.found(field, search, parameters, None)?
            }
        };
        if field.shape.flatten {
            return self.connection_fields(field, search, &bundle, out, flat);
        }
        let mut own = Output::default();
        self.connection_fields(field, search, &bundle, &mut own, Flat::NOT)?;
        self.put(field, Value::Object(own.members), out, flat)
    }

    /// Performs a search.
    fn found(
        &mut self,
        field: &Selected,
        search: &Search,
        mut parameters: Vec<(String, String)>,
        around: Option<Frame<'_>>,
    ) -> Result<Document, GraphQlError> {
        if let (Some(reference), Some(around)) = (&search.reference, around) {
            let kind = around.resource.resource_type().unwrap_or_default();
            let Some(id) =
                around.resource.get_str("id").filter(|_| around.resource.index() == around.root.index())
            else {
                let text = "a contained resource, or one without an id, is referred to by none";
                return Err(GraphQlError::unfit(field.place, text));
            };
            parameters.push((reference.clone(), format!("{kind}/{id}")));
        }
        self.budget.request(self.limits, field.place)?;
        let bundle =
            self.source.search(&search.kind, &parameters).map_err(|failure| failed(failure, field.place))?;
        let entries = bundle.root().get("entry").map_or(0, Node::len);
        self.budget.resources(entries, self.limits, field.place)?;
        Ok(bundle)
    }

    /// The entries of a Bundle that match.
    fn matches<'b>(
        &mut self,
        field: &Selected,
        search: &Search,
        bundle: &'b Document,
    ) -> Result<Vec<Node<'b>>, GraphQlError> {
        let entries = bundle.root().get("entry").into_iter().flat_map(Node::items);
        let is_match =
            |entry: &Node<'_>| entry.get("search").and_then(|search| search.get_str("mode")) == Some("match");
        let mut found = Vec::new();
        for entry in entries.filter(is_match) {
            let fits = match (&search.fhirpath, entry.get("resource")) {
                (Some(expression), Some(resource)) => {
                    let frame = self.frame(resource, resource);
                    self.is_true(field, expression, frame)?
                }
                _ => true,
            };
            if fits {
                found.push(entry);
            }
            if field.shape.first && !found.is_empty() {
                break;
            }
        }
        Ok(found)
    }

    fn connection_fields(
        &mut self,
        connection: &Selected,
        search: &Search,
        bundle: &Document,
        out: &mut Output,
        flat: Flat<'_>,
    ) -> Result<(), GraphQlError> {
        for field in &connection.fields {
            let value = match &field.what {
                What::TypeName => Some(Value::from(format!("{}Connection", search.kind))),
                What::OfConnection(ConnectionField::Count) => bundle.root().get("total").map(json),
                What::OfConnection(ConnectionField::PageSize) => Some(Value::from(page_size(search, bundle))),
                What::OfConnection(ConnectionField::Offset) => offset(bundle).map(Value::from),
                What::OfConnection(ConnectionField::Page(relation)) => {
                    link(bundle, relation).map(Value::from)
                }
                What::OfConnection(ConnectionField::Edges) => {
                    self.edges(field, search, bundle, out, flat)?;
                    None
                }
                _ => None,
            };
            if let Some(value) = value {
                self.put(field, value, out, flat)?;
            }
        }
        Ok(())
    }

    fn edges(
        &mut self,
        field: &Selected,
        search: &Search,
        bundle: &Document,
        out: &mut Output,
        flat: Flat<'_>,
    ) -> Result<(), GraphQlError> {
        let mut edges = Vec::new();
        for entry in self.matches(field, search, bundle)? {
            if field.shape.flatten {
                self.edge(field, search, entry, out, Flat { listed: true, ..flat })?;
            } else {
                let mut own = Output::default();
                self.edge(field, search, entry, &mut own, Flat::NOT)?;
                edges.push(Value::Object(own.members));
            }
        }
        if field.shape.flatten { Ok(()) } else { self.put(field, Value::Array(edges), out, flat) }
    }

    fn edge(
        &mut self,
        edges: &Selected,
        search: &Search,
        entry: Node<'_>,
        out: &mut Output,
        flat: Flat<'_>,
    ) -> Result<(), GraphQlError> {
        for field in &edges.fields {
            let value = match &field.what {
                What::TypeName => Some(Value::from(format!("{}Edge", search.kind))),
                What::OfEdge(name) => entry.get("search").and_then(|search| search.get(name)).map(json),
                What::EdgeResource => {
                    if let Some(resource) = entry.get("resource") {
                        let frame = self.frame(resource, resource);
                        self.branch(field, frame, out, flat)?;
                    }
                    None
                }
                _ => None,
            };
            if let Some(value) = value {
                self.put(field, value, out, flat)?;
            }
        }
        Ok(())
    }
}

/// The cursor of a page: the query of the link to it, which says all of the search and where the page begins.
fn link<'b>(bundle: &'b Document, relation: &str) -> Option<&'b str> {
    let links = bundle.root().get("link").into_iter().flat_map(Node::items);
    let mut links = links.filter(|link| link.get_str("relation") == Some(relation));
    let url = links.next()?.get_str("url")?;
    Some(url.split_once('?').map_or("", |(_, query)| query))
}

/// Matches before this page: known of the first page alone, since pages begin at a match and not at a number.
fn offset(bundle: &Document) -> Option<u64> {
    let is_first =
        link(bundle, "self").is_some_and(|query| !query.split('&').any(|pair| pair.starts_with(PAGE)));
    is_first.then_some(0)
}

/// Matches on a page that is full: what was asked for, else what is there.
fn page_size(search: &Search, bundle: &Document) -> usize {
    search.count.unwrap_or_else(|| bundle.root().get("entry").map_or(0, Node::len))
}
