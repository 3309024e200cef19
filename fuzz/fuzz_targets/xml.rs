//! Any text is read as FHIR XML or refused; what can be written is read back and written the same, without problems of form.
#![no_main]

use std::sync::LazyLock;

use fhir_definitions::Registry;
use fhir_model::xml::{self, Layout, Limits};
use libfuzzer_sys::fuzz_target;

static REGISTRY: LazyLock<Registry> =
    LazyLock::new(|| Registry::embedded().expect("the embedded definitions are sound"));

fuzz_target!(|text: &str| {
    let types = REGISTRY.types();
    let Ok(read) = xml::to_document(text, types, Limits::default()) else { return };
    let Ok(written) = xml::from_document(read.document.root(), types, Layout::Compact) else { return };
    let again = xml::to_document(&written, types, Limits::default()).expect("what was written is XML");
    assert_eq!(xml::from_document(again.document.root(), types, Layout::Compact).as_ref(), Ok(&written));
});
