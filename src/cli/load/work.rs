//! One pass over the files: several at a time, each as the requests it stands for.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::thread;

use fhir_model::write::{to_vec, write, write_string};
use fhir_model::{Document, IssueType, Node, xml};
use indicatif::ProgressBar;

use super::journal::Journal;
use crate::cli::source::{Format, Source};
use crate::interactions::{Context, Error, Request, perform};

/// Resources of NDJSON files and collections that are stored together.
const CHUNK: usize = 200;

/// A file of which something was refused.
pub(super) struct Refusal {
    /// The file.
    pub(super) source: Source,
    /// The kind of the first problem: a code of IssueType, or `file`.
    pub(super) kind: String,
    /// The first problem.
    pub(super) reason: String,
    /// Whether it referred to something that another file may bring.
    pub(super) may_pass_later: bool,
}

/// What a pass brought.
pub(super) struct Round {
    /// Entries stored.
    pub(super) stored: usize,
    /// Files of which something was refused.
    pub(super) refusals: Vec<Refusal>,
}

/// Loads the files, `parallel` at a time.
pub(super) fn round(
    context: &Context,
    journal: &Journal,
    sources: Vec<Source>,
    parallel: usize,
    bar: &ProgressBar,
) -> Round {
    let queue = Mutex::new(VecDeque::from(sources));
    let result = Mutex::new(Round { stored: 0, refusals: Vec::new() });
    thread::scope(|scope| {
        for _ in 0..parallel {
            scope.spawn(|| {
                loop {
                    let next = queue.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
                    let Some(source) = next else { break };
                    let (stored, refusal) = load(context, journal, source);
                    let mut result = result.lock().unwrap_or_else(PoisonError::into_inner);
                    result.stored += stored;
                    match refusal {
                        Some(refusal) => result.refusals.push(refusal),
                        None => bar.inc(1),
                    }
                }
            });
        }
    });
    let mut round = result.into_inner().unwrap_or_else(PoisonError::into_inner);
    round.refusals.sort_by(|a, b| a.source.cmp(&b.source));
    round
}

fn load(context: &Context, journal: &Journal, source: Source) -> (usize, Option<Refusal>) {
    let content = match source.read() {
        Ok(content) => content,
        Err(error) => return (0, Some(file_refusal(source, &error.to_string()))),
    };
    let mut stored = 0;
    let outcome = match source.format {
        Format::Json => load_json(context, content, &mut stored),
        Format::Xml => json_of_xml(context, content).and_then(|json| load_json(context, json, &mut stored)),
        Format::Ndjson => load_lines(context, &content, &mut stored),
    };
    match outcome {
        Ok(()) => match journal.finish(&source) {
            Ok(()) => (stored, None),
            Err(error) => {
                (stored, Some(file_refusal(source, &format!("the journal cannot be written: {error}"))))
            }
        },
        Err(error) => (stored, Some(refusal(source, &error))),
    }
}

fn json_of_xml(context: &Context, content: Vec<u8>) -> Result<Vec<u8>, Error> {
    let failed = |reason: String| Error::BadParameter(format!("the file is not FHIR XML: {reason}"));
    let text = String::from_utf8(content).map_err(|error| failed(error.to_string()))?;
    let document =
        xml::to_json(&text, context.registry.types()).map_err(|error| failed(error.to_string()))?;
    Ok(to_vec(document.root()))
}

fn load_json(context: &Context, content: Vec<u8>, stored: &mut usize) -> Result<(), Error> {
    let document = Document::parse_bytes(content.clone())?;
    let root = document.root();
    if root.resource_type() != Some("Bundle") {
        return store(context, &[root], stored);
    }
    if matches!(root.get_str("type"), Some("transaction" | "batch")) {
        return send(context, content, stored);
    }
    let entries = root.get("entry").into_iter().flat_map(Node::items);
    let resources: Vec<Node<'_>> = entries.filter_map(|entry| entry.get("resource")).collect();
    resources.chunks(CHUNK).try_for_each(|chunk| store(context, chunk, stored))
}

fn load_lines(context: &Context, content: &[u8], stored: &mut usize) -> Result<(), Error> {
    let lines = content.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty());
    let mut documents = Vec::with_capacity(CHUNK);
    for line in lines {
        documents.push(Document::parse_bytes(line.to_vec())?);
        if documents.len() == CHUNK {
            store(context, &roots(&documents), stored)?;
            documents.clear();
        }
    }
    if documents.is_empty() { Ok(()) } else { store(context, &roots(&documents), stored) }
}

fn roots(documents: &[Document]) -> Vec<Node<'_>> {
    documents.iter().map(Document::root).collect()
}

/// Stores resources under their own ids, or new ones where they have none, all together.
fn store(context: &Context, resources: &[Node<'_>], stored: &mut usize) -> Result<(), Error> {
    let mut bundle = br#"{"resourceType":"Bundle","type":"transaction","entry":["#.to_vec();
    for (position, resource) in resources.iter().enumerate() {
        if position > 0 {
            bundle.push(b',');
        }
        let kind = resource.resource_type().unwrap_or_default();
        let (method, url) = match resource.get_str("id") {
            Some(id) => ("PUT", format!("{kind}/{id}")),
            None => ("POST", kind.to_owned()),
        };
        bundle.extend_from_slice(b"{\"resource\":");
        write(*resource, None, &mut bundle);
        bundle.extend_from_slice(format!(",\"request\":{{\"method\":\"{method}\",\"url\":").as_bytes());
        write_string(&url, &mut bundle);
        bundle.extend_from_slice(b"}}");
    }
    bundle.extend_from_slice(b"]}");
    send(context, bundle, stored)
}

/// Performs a transaction or batch. Of a batch the first entry that failed is the error.
fn send(context: &Context, bundle: Vec<u8>, stored: &mut usize) -> Result<(), Error> {
    let base = context.limits.base_urls.first().map(String::as_str).unwrap_or_default();
    let request = Request::bundle(bundle, base);
    let response = Document::parse_bytes(perform(context, &request)?.body.unwrap_or_default())?;
    let entries = response.root().get("entry").into_iter().flat_map(Node::items);
    let mut failed = None;
    for (index, entry) in entries.enumerate() {
        let outcome =
            entry.get("response").filter(|r| r.get_str("status").is_none_or(|s| !s.starts_with('2')));
        match outcome {
            None => *stored += 1,
            Some(response) => {
                failed.get_or_insert_with(|| format!("Bundle.entry[{index}]: {response:?}"));
            }
        }
    }
    failed.map_or(Ok(()), |text| Err(Error::BadParameter(text)))
}

fn refusal(source: Source, error: &Error) -> Refusal {
    let outcome = error.outcome();
    let first = outcome.issues.iter().find(|issue| issue.is_error()).or(outcome.issues.first());
    let code = first.map_or(IssueType::Invalid, |issue| issue.code);
    Refusal {
        source,
        kind: code.code().to_owned(),
        reason: first.map(ToString::to_string).unwrap_or_default(),
        may_pass_later: code == IssueType::NotFound,
    }
}

fn file_refusal(source: Source, reason: &str) -> Refusal {
    Refusal { source, kind: "file".to_owned(), reason: reason.to_owned(), may_pass_later: false }
}
