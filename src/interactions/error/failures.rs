//! Every way in which a request can fail, once: its code, HTTP status, IssueType and meaning. `docs/errors.md` shows this table.

use fhir_model::IssueType;

/// A way to fail.
#[derive(Debug, PartialEq, Eq)]
pub struct Failure {
    /// The stable code, in `details.coding` of the issue.
    pub code: &'static str,
    /// The HTTP status (R4 HTTP 3.1.0.1.5 and the sections of each interaction).
    pub status: u16,
    /// The IssueType; `None` where each problem has its own.
    pub issue: Option<IssueType>,
    /// When it happens.
    pub meaning: &'static str,
}

macro_rules! failures {
    ($($name:ident = $status:literal $issue:tt $code:literal, $meaning:literal;)*) => {
        $(
            #[doc = $meaning]
            pub static $name: Failure = Failure {
                code: $code,
                status: $status,
                issue: failures!(@issue $issue),
                meaning: $meaning,
            };
        )*

        /// All of them, in the order of their status.
        pub static ALL: &[&Failure] = &[$(&$name),*];
    };
    (@issue _) => { None };
    (@issue $issue:ident) => { Some(IssueType::$issue) };
}

failures! {
    NOT_JSON = 400 Structure "not-json", "the body is not JSON (with line and column), a name stands twice in it, or it is nested too deep";
    NOT_XML = 400 Structure "not-xml", "the body is not XML (with line and column), has a DOCTYPE, or is nested too deep";
    NOT_UTF8 = 400 Structure "not-utf8", "the body is not UTF-8";
    NOT_UNPACKED = 400 Structure "not-unpacked", "the body is not what its `Content-Encoding` says";
    BAD_PATCH = 400 Structure "bad-patch", "the body is no patch of its kind";
    NO_BODY = 400 Required "no-body", "there is no body where a resource is needed";
    WRONG_TYPE = 400 Invalid "wrong-type", "the body has another resource type than the address, or none";
    WRONG_ID = 400 Invalid "wrong-id", "the body has another id than the address, or none";
    BAD_ID = 400 Value "bad-id", "the address has an id that is none: 1 to 64 letters, digits, `-` and `.`";
    BAD_PARAMETER = 400 Value "bad-parameter", "a parameter or header that is not known, malformed or out of range; a page link of another search; a Bundle that is neither batch nor transaction";
    BAD_SEARCH = 400 _ "bad-search", "a search that is not supported (with the list of what is), malformed, ambiguous or beyond the limits";
    INVALID = 400 _ "invalid", "the resource is not what its type is: up to 50 issues, each with its FHIRPath";
    BAD_PROVENANCE = 400 _ "bad-provenance", "the header `X-Provenance` is not JSON, no Provenance, has a target, or is not valid";
    METHOD_OVERRIDE = 400 NotSupported "method-override", "`X-HTTP-Method-Override` or one of its like: send the method itself";
    ERASURE_OFF = 403 Forbidden "erasure-off", "removing for good is not allowed (setting `allow-erasure`)";
    UNKNOWN_TYPE = 404 NotSupported "unknown-type", "no such resource type in R4";
    UNKNOWN_OPERATION = 404 NotSupported "unknown-operation", "no such operation here";
    NO_COMPARTMENT = 404 NotSupported "no-compartment", "a compartment of a type that has none";
    NO_SUCH_PATH = 404 NotFound "no-such-path", "no such address";
    NOT_FOUND = 404 NotFound "not-found", "no such resource";
    NO_SUCH_VERSION = 404 NotFound "no-such-version", "the resource has no such version";
    NO_MATCH = 404 NotFound "no-match", "a patch whose search finds nothing";
    NO_SUCH_JOB = 404 NotFound "no-such-job", "no such job, or it was cancelled or has expired";
    METHOD_NOT_ALLOWED = 405 NotSupported "method-not-allowed", "the method does not fit the address; `Allow` has those that do";
    OPERATION_ELSEWHERE = 405 NotSupported "operation-elsewhere", "the operation cannot be invoked at this address; the text has those where it can";
    READ_ONLY = 405 NotSupported "read-only", "the resource is the [server's own](operations-fhir.md): it can only be read";
    NOT_ACCEPTABLE = 406 NotSupported "not-acceptable", "the client takes no media type, or no encoding, that the server can give";
    NOT_REPRESENTABLE = 406 Invalid "not-representable", "the answer cannot be written in the format asked for";
    ID_TAKEN = 409 Conflict "id-taken", "an update whose search does not find the resource that has its id";
    CONTENTION = 409 Conflict "contention", "conditions that kept changing while the write was tried: try again";
    JOB_NEEDED = 409 Conflict "job-needed", "cancelling the job of a SearchParameter";
    REFERENCED = 409 Conflict "referenced", "a deletion of what others refer to (setting `integrity`)";
    CURRENT_VERSION = 409 Conflict "current-version", "removing the current version for good";
    GONE = 410 Deleted "gone", "the resource, or this version of it, is a deletion; `ETag` has its version";
    VERSION_CONFLICT = 412 Conflict "version-conflict", "`If-Match` names another version than the current one; `If-None-Match: *` and there is one";
    MULTIPLE_MATCHES = 412 MultipleMatches "multiple-matches", "a condition that must match one resource matches several";
    REFERENCE_MATCHES_NONE = 412 NotFound "reference-matches-none", "a conditional reference matches nothing";
    REFERENCE_MATCHES_SEVERAL = 412 MultipleMatches "reference-matches-several", "a conditional reference matches several resources";
    TOO_LARGE = 413 TooLong "too-large", "the body, or what it unpacks to, is larger than the setting `max-body`";
    UNSUPPORTED_MEDIA_TYPE = 415 NotSupported "unsupported-media-type", "the body has a media type that the server does not read here";
    NOT_A_FORM = 415 NotSupported "not-a-form", "a search that is posted as something else than a form";
    UNSUPPORTED_ENCODING = 415 NotSupported "unsupported-encoding", "the body has a `Content-Encoding` that the server does not read; `Accept-Encoding` has those that it does";
    UNPROCESSABLE = 422 _ "unprocessable", "the resource breaks a profile, an invariant, a binding or a rule (setting `validation`); another coding names the rule";
    BAD_DEFINITION = 422 _ "bad-definition", "a SearchParameter that cannot be honoured ([why](search-parameters.md#what-is-refused))";
    PATCH_FAILED = 422 _ "patch-failed", "a patch whose `test` fails, that cannot be applied to this resource, or that asks for too much; the text names the operation";
    DANGLING_REFERENCE = 422 NotFound "dangling-reference", "a reference to a resource that is not on this server (setting `integrity`)";
    TOO_MANY_JOBS = 429 Throttled "too-many-jobs", "too many requests wait to be performed in the background (`Prefer: respond-async`)";
    INTERNAL = 500 Exception "internal", "the server failed: the text has the request id, under which the log has the details";
    JOB_LOST = 500 Incomplete "job-lost", "the server stopped before a request in the background was done: look what of it was done";
    BUSY = 503 Throttled "busy", "all connections to the database stay in use for longer than the setting `connection-timeout`; try again later";
    TOO_SLOW = 503 Timeout "too-slow", "the database needs longer than the setting `statement-timeout`: ask for less, or later; nothing was written";
    UNAVAILABLE = 503 Transient "unavailable", "the database is not available; try again later";
}

/// The table in Markdown, as it stands in `docs/errors.md`.
pub fn markdown() -> String {
    let mut out = String::from("| status | code | IssueType | when |\n|---|---|---|---|\n");
    for Failure { code, status, issue, meaning } in ALL {
        let issue = issue.map_or("each problem its own".to_owned(), |issue| format!("`{}`", issue.code()));
        out.push_str(&format!("| {status} | `{code}` | {issue} | {meaning} |\n"));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_documented() {
        let documented = include_str!("../../../docs/errors.md");
        assert!(documented.contains(&markdown()), "docs/errors.md should contain:\n{}", markdown());
    }

    #[test]
    fn codes_are_unique_and_statuses_in_order() {
        let mut codes: Vec<&str> = ALL.iter().map(|failure| failure.code).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), ALL.len());
        assert!(ALL.is_sorted_by_key(|failure| failure.status));
    }
}
