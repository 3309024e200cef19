//! Packages: what is read of them, what is refused, and how the store keeps them.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests fail by panicking")]

use std::fs;
use std::io::Write;
use std::path::Path;

use fhir_definitions::package::{self, Limits, PackageError, PackageStore, UnsafePath};
use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;
use tar::{Builder, EntryType, Header};

const MANIFEST: &str = r#"{"name":"example.pack","version":"1.0.0","fhirVersions":["4.0.1"],
    "dependencies":{"hl7.fhir.r4.core":"4.0.1","example.other":"2.x"}}"#;
const PATIENT: &str = r#"{"resourceType":"StructureDefinition","url":"http://example.org/p"}"#;

/// A gzipped archive of entries whose names are written as they are, which the `tar` crate itself would refuse to do.
fn archive(entries: &[(&[u8], EntryType, &[u8])]) -> Vec<u8> {
    let mut builder = Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for (name, kind, content) in entries {
        let mut header = Header::new_ustar();
        header.set_entry_type(*kind);
        header.set_mode(0o644);
        let is_link = matches!(kind, EntryType::Symlink | EntryType::Link);
        header.set_size(if is_link { 0 } else { content.len() as u64 });
        header.as_old_mut().name.iter_mut().zip(*name).for_each(|(place, byte)| *place = *byte);
        if is_link {
            header.as_old_mut().linkname.iter_mut().zip(*content).for_each(|(place, byte)| *place = *byte);
        }
        header.set_cksum();
        builder.append(&header, if is_link { &[][..] } else { *content }).unwrap();
    }
    builder.into_inner().unwrap().finish().unwrap()
}

fn file<'a>(name: &'a str, content: &'a str) -> (&'a [u8], EntryType, &'a [u8]) {
    (name.as_bytes(), EntryType::Regular, content.as_bytes())
}

fn good() -> Vec<u8> {
    archive(&[
        file("package/package.json", MANIFEST),
        file("package/.index.json", r#"{"files":[]}"#),
        file("package/StructureDefinition-p.json", PATIENT),
        file("package/nested/ValueSet-v.json", r#"{"resourceType":"ValueSet"}"#),
        file("package/example/Patient-e.json", r#"{"resourceType":"Patient"}"#),
        file("package/list.json", r#"{"a":1}"#),
        file("package/array.json", "[1]"),
        file("package/broken.json", "{"),
        file("package/StructureDefinition-p.xml", "<StructureDefinition/>"),
        file("openapi/x.json", r#"{"resourceType":"Basic"}"#),
    ])
}

/// Unpacks into `target` of a fresh folder, and checks that nothing appeared beside it.
fn extract_alone(bytes: &[u8]) -> Result<(), PackageError> {
    let outer = tempfile::tempdir().unwrap();
    let target = outer.path().join("target");
    let outcome = package::extract(bytes, &target, &Limits::default());
    let beside: Vec<_> =
        fs::read_dir(outer.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(beside.iter().all(|name| name == "target"), "{beside:?}");
    outcome
}

fn refusal(entry: (&[u8], EntryType, &[u8])) -> PackageError {
    let bytes = archive(&[file("package/package.json", MANIFEST), entry]);
    package::load_archive(&*bytes, &Limits::default()).expect_err("must not be read");
    extract_alone(&bytes).expect_err("must not be extracted")
}

#[test]
fn definitions_are_read_and_everything_else_is_passed_over() {
    let loaded = package::load_archive(&*good(), &Limits::default()).unwrap();
    assert_eq!((&*loaded.contents.name, &*loaded.contents.version), ("example.pack", "1.0.0"));
    let files: Vec<_> = loaded.contents.resources.iter().map(|resource| &*resource.file).collect();
    assert_eq!(files, ["StructureDefinition-p.json", "nested/ValueSet-v.json"]);
    assert_eq!(&*loaded.contents.resources[0].json, PATIENT);
    let notes: Vec<_> = loaded.notes.iter().map(ToString::to_string).collect();
    assert_eq!(notes[..2], ["list.json: JSON, but not a resource", "array.json: JSON, but not a resource"]);
    assert!(notes[2].starts_with("broken.json: not JSON") && notes.len() == 3);
}

#[test]
fn an_extracted_archive_reads_like_the_archive() {
    let folder = tempfile::tempdir().unwrap();
    package::extract(&*good(), folder.path(), &Limits::default()).unwrap();
    assert!(folder.path().join("openapi/x.json").is_file());
    let from_archive = package::load_archive(&*good(), &Limits::default()).unwrap();
    let outer = package::load(folder.path(), &Limits::default()).unwrap();
    let inner = package::load(&folder.path().join("package"), &Limits::default()).unwrap();
    assert_eq!(outer.contents, from_archive.contents);
    assert_eq!(inner.contents, from_archive.contents);
    let again = package::extract(&*good(), folder.path(), &Limits::default());
    assert!(matches!(again, Err(PackageError::TargetNotEmpty(_))));
}

#[test]
fn names_that_leave_the_target_are_refused() {
    for name in
        ["/tmp/westway-test", "../beside", "package/../../beside", "package/..", "C:\\x", "..\\beside"]
    {
        let error = refusal(file(name, "x"));
        assert!(matches!(error, PackageError::UnsafePath(_)), "{name}: {error}");
    }
    let error = refusal((b"package/\xff", EntryType::Regular, b"x"));
    assert!(matches!(error, PackageError::UnsafePath(UnsafePath::NotUtf8(_))));
}

#[test]
fn links_devices_and_pipes_are_refused() {
    for kind in [
        EntryType::Symlink,
        EntryType::Link,
        EntryType::Char,
        EntryType::Block,
        EntryType::Fifo,
        EntryType::GNUSparse,
    ] {
        let error = refusal((b"package/a", kind, b"../../beside"));
        let is_refused = matches!(error, PackageError::UnsafeEntry { .. } | PackageError::Archive(_));
        assert!(is_refused, "{kind:?}: {error}");
    }
}

#[test]
fn a_file_below_a_link_has_no_link_to_go_through() {
    let bytes = archive(&[(b"package/out", EntryType::Symlink, b".."), file("package/out/beside", "x")]);
    assert!(matches!(extract_alone(&bytes), Err(PackageError::UnsafeEntry { kind: "symbolic link", .. })));
}

#[test]
fn names_that_differ_only_in_case_are_refused() {
    for name in ["package/PACKAGE.json", "Package/x.json", "package/package.json", "package/package.json/x"] {
        let error = refusal(file(name, MANIFEST));
        assert!(matches!(error, PackageError::UnsafePath(UnsafePath::Clash(_))), "{name}: {error}");
    }
}

#[test]
fn limits_hold_for_files_totals_and_counts() {
    let load = |limits| package::load_archive(&*good(), &limits).map(|_| ());
    let what = |outcome: Result<(), PackageError>| match outcome {
        Err(PackageError::TooLarge { what, .. }) => what,
        other => panic!("{other:?}"),
    };
    assert_eq!(what(load(Limits { file_bytes: 100, ..Limits::default() })), "package/package.json");
    assert_eq!(what(load(Limits { total_bytes: 200, ..Limits::default() })), "the size of all files");
    assert_eq!(what(load(Limits { entries: 3, ..Limits::default() })), "the number of files");
}

#[test]
fn an_archive_that_unpacks_without_end_is_stopped() {
    let mut bomb = GzEncoder::new(Vec::new(), Compression::best());
    let mut header = Header::new_gnu();
    header.set_entry_type(EntryType::GNULongName);
    header.set_size(8 << 20);
    header.set_cksum();
    bomb.write_all(header.as_bytes()).unwrap();
    bomb.write_all(&vec![b'a'; 8 << 20]).unwrap();
    let bytes = bomb.finish().unwrap();
    let limits = Limits { file_bytes: 1024, total_bytes: 1 << 20, entries: 10 };
    let error = package::load_archive(&*bytes, &limits).unwrap_err();
    assert!(matches!(error, PackageError::Archive(_)), "{error}");
}

#[test]
fn damaged_archives_are_refused() {
    let whole = good();
    for length in [0, 1, 15, whole.len() / 2, whole.len() - 9, whole.len() - 1] {
        let outcome = package::load_archive(&whole[..length], &Limits::default());
        assert!(matches!(outcome, Err(PackageError::Archive(_))), "{length}: {outcome:?}");
    }
    let plain = package::load_archive(&b"this is no archive at all"[..], &Limits::default());
    assert!(matches!(plain, Err(PackageError::Archive(_))));
    let without = archive(&[file("package/a.json", PATIENT)]);
    let outcome = package::load_archive(&*without, &Limits::default());
    assert!(matches!(outcome, Err(PackageError::NoManifest)));
}

#[test]
fn a_store_adds_replaces_lists_loads_and_removes() {
    let data = tempfile::tempdir().unwrap();
    let source = data.path().join("good.tgz");
    fs::write(&source, good()).unwrap();
    let store = PackageStore::open(data.path(), Limits::default()).unwrap();

    let first = store.add(&source, &[("hl7.fhir.r4.core", "4.0.1")]).unwrap();
    assert_eq!((first.resources, first.replaced, first.notes.len()), (2, false, 3));
    let missing: Vec<_> = first.missing.iter().map(ToString::to_string).collect();
    assert_eq!(missing, ["example.other#2.x"]);
    assert!(data.path().join("packages/example.pack#1.0.0/package/package.json").is_file());

    let folder = data.path().join("folder");
    package::extract(&*good(), &folder, &Limits::default()).unwrap();
    assert!(store.add(&folder.join("package"), &[]).unwrap().replaced);
    assert_eq!(store.list().unwrap().len(), 1);
    assert_eq!(store.load_all().unwrap()[0].contents.resources.len(), 2);

    store.remove("example.pack", "1.0.0").unwrap();
    assert!(store.list().unwrap().is_empty());
    for (name, version) in [("example.pack", "1.0.0"), ("..", ".."), ("a/../..", "1")] {
        assert!(matches!(store.remove(name, version), Err(PackageError::NotInStore { .. })));
    }
    assert_eq!(names(&data.path().join("packages")), Vec::<String>::new());
}

#[test]
fn a_refused_package_leaves_the_store_as_it_was() {
    let data = tempfile::tempdir().unwrap();
    let (good_file, bad_file) = (data.path().join("good.tgz"), data.path().join("bad.tgz"));
    fs::write(&good_file, good()).unwrap();
    fs::write(&bad_file, archive(&[file("package/package.json", MANIFEST), file("../x", "x")])).unwrap();
    let store = PackageStore::open(data.path(), Limits::default()).unwrap();
    store.add(&good_file, &[]).unwrap();
    store.add(&bad_file, &[]).unwrap_err();
    let hostile = MANIFEST.replace("example.pack", "../../evil");
    fs::write(&bad_file, archive(&[file("package/package.json", &hostile)])).unwrap();
    assert!(matches!(store.add(&bad_file, &[]), Err(PackageError::Manifest(_))));
    assert_eq!(names(&data.path().join("packages")), ["example.pack#1.0.0"]);
}

#[test]
fn a_store_recovers_from_a_crash() {
    let data = tempfile::tempdir().unwrap();
    let source = data.path().join("good.tgz");
    fs::write(&source, good()).unwrap();
    let packages = data.path().join("packages");
    PackageStore::open(data.path(), Limits::default()).unwrap().add(&source, &[]).unwrap();
    fs::rename(packages.join("example.pack#1.0.0"), packages.join(".outgoing-example.pack#1.0.0")).unwrap();
    fs::create_dir_all(packages.join(".incoming-abc/package")).unwrap();
    fs::create_dir_all(packages.join(".removed-example.other#2.0.0/package")).unwrap();
    let store = PackageStore::open(data.path(), Limits::default()).unwrap();
    assert_eq!(store.list().unwrap().len(), 1);
    assert_eq!(names(&packages), ["example.pack#1.0.0"]);
}

#[cfg(unix)]
#[test]
fn links_in_folders_are_noted_and_not_followed() {
    let outer = tempfile::tempdir().unwrap();
    let folder = outer.path().join("pack");
    fs::create_dir_all(&folder).unwrap();
    fs::write(outer.path().join("secret.json"), PATIENT).unwrap();
    fs::write(folder.join("package.json"), MANIFEST).unwrap();
    std::os::unix::fs::symlink(outer.path().join("secret.json"), folder.join("a.json")).unwrap();
    std::os::unix::fs::symlink(outer.path(), folder.join("up")).unwrap();
    let loaded = package::load(&folder, &Limits::default()).unwrap();
    assert!(loaded.contents.resources.is_empty());
    assert_eq!(loaded.notes.len(), 1);
}

fn names(folder: &Path) -> Vec<String> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
        let mut zipped = GzEncoder::new(Vec::new(), Compression::fast());
        zipped.write_all(&bytes).unwrap();
        let _ = package::load_archive(&*bytes, &Limits::default());
        let _ = package::load_archive(&*zipped.finish().unwrap(), &Limits::default());
    }

    #[test]
    fn no_names_write_outside_of_the_target(
        entries in proptest::collection::vec(("[a-bA-B./\\\\]{1,12}", 0_u8..7), 1..6)
    ) {
        let entries: Vec<_> = entries
            .iter()
            .map(|(name, kind)| (name.as_bytes(), EntryType::new(b'0' + kind), &b"../x"[..]))
            .collect();
        let _ = extract_alone(&archive(&entries));
    }
}
