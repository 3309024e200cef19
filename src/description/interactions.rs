//! The interactions as a client sees them. `tests/openapi.rs` checks that the router knows every row.

/// One interaction at one address.
pub(super) struct Exchange {
    /// The name of R4: `search-type`.
    pub(super) code: &'static str,
    /// The HTTP method.
    pub(super) method: &'static str,
    /// The address below the base. `{type}` stands for any resource type.
    pub(super) path: &'static str,
    /// What it does, in a few words.
    pub(super) summary: &'static str,
    /// The shared parameters that it takes, by their names among the components.
    pub(super) parameters: &'static [&'static str],
    /// What goes in.
    pub(super) body: Option<&'static str>,
    /// Status and the shared response, by its name among the components.
    pub(super) success: &'static [(u16, &'static str)],
    /// The statuses of its failures, beside those that any request can have.
    pub(super) failures: &'static [u16],
}

/// Statuses of failures that any request can have.
pub(super) const FAILURES: [u16; 5] = [400, 404, 406, 500, 503];

/// Statuses of failures of what has a body.
const OF_BODY: &[u16] = &[413, 415];
/// What a request in the background can have failed with.
const OF_ANY: &[u16] = &[403, 405, 409, 410, 412, 413, 415, 422];
const OF_SEARCH: &[&str] = &["format", "pretty", "prefer"];
const OF_READ: &[&str] = &["format", "pretty", "summary", "elements", "ifNoneMatch", "ifModifiedSince"];
const OF_HISTORY: &[&str] =
    &["format", "pretty", "count", "since", "at", "sort", "list", "summary", "elements"];
const OF_WRITE: &[&str] = &["format", "pretty", "prefer", "ifMatch"];
const WRITTEN: &[(u16, &str)] = &[(200, "Written"), (201, "Created")];
const DELETED: &[(u16, &str)] = &[(200, "Deleted"), (204, "NoContent")];
const READ: &[(u16, &str)] = &[(200, "Version"), (304, "NotModified")];
const BUNDLE: &[(u16, &str)] = &[(200, "Bundle")];

const fn exchange(
    (code, method, path): (&'static str, &'static str, &'static str),
    summary: &'static str,
    parameters: &'static [&'static str],
    body: Option<&'static str>,
    success: &'static [(u16, &'static str)],
    failures: &'static [u16],
) -> Exchange {
    Exchange { code, method, path, summary, parameters, body, success, failures }
}

/// All of them but for the operations.
pub(super) const EXCHANGES: &[Exchange] = &[
    exchange(
        ("capabilities", "GET", "/metadata"),
        "What the server can do",
        &["format", "pretty", "ifNoneMatch", "ifModifiedSince"],
        None,
        &[(200, "Capabilities"), (304, "NotModified")],
        &[],
    ),
    exchange(
        ("search-system", "GET", "/"),
        "Search all resources, or some types",
        &[
            "format",
            "pretty",
            "prefer",
            "searchTypes",
            "id",
            "lastUpdated",
            "count",
            "total",
            "summary",
            "elements",
        ],
        None,
        BUNDLE,
        &[],
    ),
    exchange(
        ("search-system", "POST", "/_search"),
        "Search all resources, by a form",
        OF_SEARCH,
        Some("Form"),
        BUNDLE,
        OF_BODY,
    ),
    exchange(
        ("transaction", "POST", "/"),
        "Perform a batch or a transaction",
        &["format", "pretty", "prefer"],
        Some("Bundle"),
        BUNDLE,
        &[409, 412, 413, 415, 422],
    ),
    exchange(
        ("history-system", "GET", "/_history"),
        "All versions of all resources",
        OF_HISTORY,
        None,
        BUNDLE,
        &[],
    ),
    exchange(
        ("job", "GET", "/_async/{job}"),
        "How far a job is",
        &["format", "pretty"],
        None,
        &[(200, "Parameters"), (202, "Accepted")],
        OF_ANY,
    ),
    exchange(
        ("job-result", "GET", "/_async/{job}/result"),
        "The answer to a request in the background",
        &["format", "pretty"],
        None,
        &[(200, "Resource"), (202, "Accepted")],
        OF_ANY,
    ),
    exchange(
        ("job-cancel", "DELETE", "/_async/{job}"),
        "Cancel a job",
        &["format"],
        None,
        &[(202, "Accepted")],
        &[409],
    ),
    exchange(
        ("search-type", "GET", "/{type}"),
        "Search resources of this type",
        OF_SEARCH,
        None,
        BUNDLE,
        &[],
    ),
    exchange(
        ("create", "POST", "/{type}"),
        "Store a new resource",
        &["format", "pretty", "prefer", "ifNoneExist"],
        Some("Resource"),
        WRITTEN,
        &[409, 412, 413, 415, 422],
    ),
    exchange(
        ("update-conditional", "PUT", "/{type}"),
        "Store a new version of the one resource that the search finds",
        OF_WRITE,
        Some("Resource"),
        WRITTEN,
        &[405, 409, 412, 413, 415, 422],
    ),
    exchange(
        ("patch-conditional", "PATCH", "/{type}"),
        "Change the one resource that the search finds",
        OF_WRITE,
        Some("Patch"),
        &[(200, "Written")],
        &[405, 409, 412, 413, 415, 422],
    ),
    exchange(
        ("delete-conditional", "DELETE", "/{type}"),
        "Delete what the search finds",
        OF_WRITE,
        None,
        DELETED,
        &[405, 409, 412],
    ),
    exchange(
        ("search-type", "POST", "/{type}/_search"),
        "Search resources of this type, by a form",
        OF_SEARCH,
        Some("Form"),
        BUNDLE,
        OF_BODY,
    ),
    exchange(
        ("history-type", "GET", "/{type}/_history"),
        "All versions of resources of this type",
        OF_HISTORY,
        None,
        BUNDLE,
        &[],
    ),
    exchange(("read", "GET", "/{type}/{id}"), "Read a resource", OF_READ, None, READ, &[410]),
    exchange(
        ("update", "PUT", "/{type}/{id}"),
        "Store a new version, or a new resource under this id",
        &["format", "pretty", "prefer", "ifMatch", "ifNoneMatchAny"],
        Some("Resource"),
        WRITTEN,
        &[405, 409, 412, 413, 415, 422],
    ),
    exchange(
        ("patch", "PATCH", "/{type}/{id}"),
        "Change part of a resource",
        OF_WRITE,
        Some("Patch"),
        &[(200, "Written")],
        &[405, 409, 410, 412, 413, 415, 422],
    ),
    exchange(
        ("delete", "DELETE", "/{type}/{id}"),
        "Delete a resource; its history stays",
        OF_WRITE,
        None,
        DELETED,
        &[405, 409, 412],
    ),
    exchange(
        ("history-instance", "GET", "/{type}/{id}/_history"),
        "All versions of a resource",
        OF_HISTORY,
        None,
        BUNDLE,
        &[],
    ),
    exchange(
        ("delete-history", "DELETE", "/{type}/{id}/_history"),
        "Remove all versions but the current one for good, where the operator allows it",
        &["format", "pretty", "prefer"],
        None,
        DELETED,
        &[403],
    ),
    exchange(
        ("delete-history-version", "DELETE", "/{type}/{id}/_history/{version}"),
        "Remove an earlier version for good, where the operator allows it",
        &["format", "pretty", "prefer"],
        None,
        DELETED,
        &[403, 409],
    ),
    exchange(
        ("vread", "GET", "/{type}/{id}/_history/{version}"),
        "Read a version of a resource",
        OF_READ,
        None,
        READ,
        &[410],
    ),
    exchange(
        ("search-compartment", "GET", "/{owner}/{id}/{member}"),
        "Search what belongs to a patient, an encounter and so on",
        OF_SEARCH,
        None,
        BUNDLE,
        &[],
    ),
    exchange(
        ("search-compartment", "POST", "/{owner}/{id}/{member}/_search"),
        "Search what belongs to a patient, an encounter and so on, by a form",
        OF_SEARCH,
        Some("Form"),
        BUNDLE,
        OF_BODY,
    ),
];
