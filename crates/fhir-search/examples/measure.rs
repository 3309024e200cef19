//! Measures how long extraction and parsing take: `cargo run --release --example measure -- <files>`.
//!
//! Each file is a resource in JSON; those of a Bundle, such as Synthea writes, are extracted one by one.
#![expect(clippy::print_stdout, reason = "it is a command")]

use std::collections::BTreeMap;
use std::error::Error;
use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use fhir_definitions::Registry;
use fhir_model::{Document, Node, write};
use fhir_search::{
    ExtractSettings, Extractor, Handling, KeyHasher, ParameterId, Parameters, ParseSettings, Scope,
    SearchParser,
};

/// How often each resource is extracted.
const ROUNDS: u32 = 7;

fn main() -> Result<(), Box<dyn Error>> {
    let registry = Registry::embedded()?;
    let start = Instant::now();
    let mut next = 0;
    let parameters = Arc::new(Parameters::new(&registry, |_, _| {
        next += 1;
        Ok::<_, Box<dyn Error>>(ParameterId(next))
    })?);
    println!("{next} parameters compiled in {:?}", start.elapsed());

    let hasher = KeyHasher::new([1, 2]);
    let extractor = |full_text| {
        let settings = ExtractSettings { full_text, ..ExtractSettings::default() };
        Extractor::new(Arc::clone(registry.types()), Arc::clone(&parameters), hasher, settings)
    };
    measure_extraction(&extractor(true), &extractor(false))?;
    measure_parsing(&SearchParser::new(parameters, hasher, ParseSettings::default()))
}

/// Resources, the keys and words of one pass, and the time with and without full text, by resource type.
#[derive(Default)]
struct Measure {
    resources: u32,
    keys: usize,
    words: usize,
    time: Duration,
    without_text: Duration,
}

fn measure_extraction(extractor: &Extractor, without_text: &Extractor) -> Result<(), Box<dyn Error>> {
    let mut measures: BTreeMap<String, Measure> = BTreeMap::new();
    for path in std::env::args().skip(1) {
        let bundle = Document::parse(std::fs::read_to_string(&path)?)?;
        let entries = bundle.root().get("entry").into_iter().flat_map(Node::items);
        let resources = entries.filter_map(|entry| entry.get("resource"));
        for resource in
            resources.chain((bundle.root().resource_type() != Some("Bundle")).then_some(bundle.root()))
        {
            let document = Document::parse_bytes(write::to_vec(resource))?;
            let measure =
                measures.entry(resource.resource_type().unwrap_or_default().to_owned()).or_default();
            let least = |extractor: &Extractor| {
                (0..ROUNDS).map(|_| time(|| extractor.extract(document.root()))).min().unwrap_or_default()
            };
            measure.time += least(extractor);
            measure.without_text += least(without_text);
            measure.resources += 1;
            let keys = extractor.extract(document.root());
            measure.keys += count(&keys);
            measure.words += keys.narrative_words.len() + keys.content_words.len();
        }
    }
    for (kind, Measure { resources, keys, words, time, without_text }) in &measures {
        let count = *resources as usize;
        let (keys, words) = (keys / count, words / count);
        let (time, without_text) = (*time / *resources, *without_text / *resources);
        println!(
            "{kind}: {count} resources, each {keys} keys and {words} words in {time:?}, {without_text:?} without words"
        );
    }
    Ok(())
}

/// How long a call takes. The least of several times is what it takes when nothing else disturbs it.
fn time<T>(call: impl FnOnce() -> T) -> Duration {
    let start = Instant::now();
    black_box(call());
    start.elapsed()
}

fn count(keys: &fhir_search::keys::SearchKeys) -> usize {
    keys.tokens.len()
        + keys.references.len()
        + keys.dates.len()
        + keys.quantities.len()
        + keys.strings.len()
        + keys.uris.len()
        + keys.composites.len()
        + keys.positions.len()
}

fn measure_parsing(parser: &SearchParser) -> Result<(), Box<dyn Error>> {
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let query = [
        pair("patient.identifier", "https://fhir.nhs.uk/Id/nhs-number|9000000009"),
        pair("code-value-quantity", "http://loinc.org|8867-4$gt60"),
        pair("date", "ge2024-01-01"),
        pair("_sort", "-date"),
        pair("_include", "Observation:patient"),
    ];
    let parse = || parser.parse(Scope::Type("Observation"), black_box(&query), Handling::Strict, 0);
    parse()?;
    let least = (0..10_000).map(|_| time(parse)).min().unwrap_or_default();
    println!("a query of {} parameters is parsed in {least:?}", query.len());
    Ok(())
}
