//! How fast the writer is. Run with `--release --ignored --nocapture`; it measures and asserts no times.

use std::time::Instant;

use super::*;

/// A resource of 2.5 kB with 14 keys, like an Observation, and so many words for full-text search.
fn observation(number: usize, words: usize) -> Write {
    let id = format!("{number:08}-aaaa-bbbb-cccc-dddddddddddd");
    let source = format!(r#"{{"resourceType":"Observation","note":[{{"text":"{}"}}]}}"#, "x".repeat(2400));
    let mut prepared = prepared("Observation", &id);
    prepared.body = Body::new(Document::parse(source).unwrap().root(), &id, None);
    let mut random = number as u64;
    let mut next = || {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        random
    };
    let keys = &mut prepared.keys;
    for parameter in 0..8 {
        // Codes from a few hundred, identifiers all different.
        let hash = if parameter < 6 { (next() >> 56) as i64 } else { next() as i64 };
        keys.tokens.push(TokenKey { parameter: ParameterId(parameter), hash });
    }
    for parameter in 10..13 {
        let id = (next() >> 52).to_string().into();
        let target = Target::Resource { kind: "Patient".into(), id };
        keys.references.push(ReferenceKey { parameter: ParameterId(parameter), target });
    }
    for parameter in 20..22 {
        let low = (next() >> 14) as i64;
        keys.dates.push(DateKey { parameter: ParameterId(parameter), low, high: low + 1000 });
    }
    let folded = format!("name{}", next() >> 48).into();
    keys.strings.push(StringKey { parameter: ParameterId(30), folded, exact: next() as i64 });
    // From a vocabulary of which the half is seldom used.
    let mut word = || ((next() >> 52) * (next() >> 52)) >> 12;
    keys.content_words = (0..words).map(|_| format!("word{}", word()).into()).collect();
    keys.content_words.sort_unstable();
    keys.content_words.dedup();
    put_prepared("Observation", &id, prepared)
}

#[test]
#[ignore = "measures"]
fn single_durable_writes_of_many_clients() {
    for threads in [1, 32] {
        let fixture = Fixture::new();
        let sets = if threads == 1 { 2_000 } else { 30_000 };
        let next = AtomicUsize::new(0);
        let start = Instant::now();
        std::thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    loop {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        if number >= sets {
                            break;
                        }
                        fixture.write(observation(number, 40)).unwrap();
                    }
                });
            }
        });
        println!("{threads} clients: {:.0} writes/s", sets as f64 / start.elapsed().as_secs_f64());
    }
}

#[test]
#[ignore = "measures"]
fn bulk_sets() {
    for words in [0, 40] {
        println!("{words} words in each resource");
        bulk_sets_of(words);
    }
}

fn bulk_sets_of(words: usize) {
    let fixture = Fixture::new();
    for part in 0..4 {
        let sets = (0..100).map(|set| {
            let numbers = (part * 100 + set) * 500..(part * 100 + set + 1) * 500;
            WriteSet {
                writes: numbers.map(|number| observation(number, words)).collect(),
                ..WriteSet::default()
            }
        });
        let sets = sets.collect::<Vec<_>>();
        let start = Instant::now();
        for set in sets {
            fixture.store.write(set).unwrap();
        }
        let status = fixture.store.status().unwrap();
        println!(
            "{} resources: {:.0}/s; file {} MiB, log {} MiB",
            (part + 1) * 50_000,
            50_000.0 / start.elapsed().as_secs_f64(),
            status.file_bytes >> 20,
            status.log_bytes >> 20
        );
    }
    let start = Instant::now();
    for number in 0..20_000 {
        let id = format!("{:08}-aaaa-bbbb-cccc-dddddddddddd", number * 7);
        assert!(fixture.store.read("Observation", &id).unwrap().is_some());
    }
    println!("read: {:.1} microseconds", start.elapsed().as_secs_f64() * 1e6 / 20_000.0);
}
