//! Any bytes are parsed or refused; what is parsed is written and read back the same, and every node has a path.
#![no_main]

use fhir_model::path::path_of;
use fhir_model::{Document, write};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(document) = Document::parse_bytes(bytes.to_vec()) else { return };
    let written = write::to_vec(document.root());
    let again = Document::parse_bytes(written.clone()).expect("what was written is JSON");
    assert_eq!(write::to_vec(again.root()), written);
    let _ = path_of(document.root(), bytes.len() as u32 / 2);
});
