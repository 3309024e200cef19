//! FHIR search: query text to typed query, resource to search keys.
