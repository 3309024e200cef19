//! The operations that make one resource into another.

use fhir_model::Node;
use fhir_model::types::{TypeId, TypeKind, TypeModel};
use fhir_model::write::{to_vec, write_string};

use super::value::{Element, Occurrence, elements, write_value};

/// Elements that the server sets.
const OF_SERVER: [&str; 2] = ["versionId", "lastUpdated"];

/// The operations of a FHIRPath Patch, each as JSON of a parameter, that make `from` into `to`. Both are of one type.
///
/// Lists are compared from both ends; what lies between is compared place by place. So an item that is put in or taken out anywhere
/// is one operation, and a changed item changes in itself.
pub(super) fn between(types: &TypeModel, from: Node<'_>, to: Node<'_>) -> Vec<Vec<u8>> {
    let mut changes = Changes { types, operations: Vec::new() };
    let kind = to.resource_type().unwrap_or_default();
    if let Some(type_id) = types.id(kind) {
        changes.object(kind, type_id, from, to);
    }
    changes.operations
}

struct Changes<'m> {
    types: &'m TypeModel,
    operations: Vec<Vec<u8>>,
}

impl Changes<'_> {
    fn object(&mut self, path: &str, type_id: TypeId, from: Node<'_>, to: Node<'_>) {
        let (from, to) = (elements(self.types, type_id, from), elements(self.types, type_id, to));
        let is_resource = !path.contains('.');
        let counts = |element: &&Element<'_, '_>| {
            let name = &*element.info.name;
            !(is_resource && name == "id" || path.ends_with(".meta") && OF_SERVER.contains(&name))
        };
        let find = |list: &[Element<'_, '_>], name: &str| list.iter().position(|own| &*own.info.name == name);
        for element in from.iter().filter(counts) {
            let new = find(&to, &element.info.name).and_then(|position| to.get(position));
            self.element(path, element, new.map_or(&[][..], |new| &new.occurrences), &element.occurrences);
        }
        for element in to.iter().filter(counts).filter(|element| find(&from, &element.info.name).is_none()) {
            self.element(path, element, &element.occurrences, &[]);
        }
    }

    /// The changes of one element of the object at `path`.
    fn element(
        &mut self,
        path: &str,
        element: &Element<'_, '_>,
        new: &[Occurrence<'_>],
        old: &[Occurrence<'_>],
    ) {
        let name = &*element.info.name;
        let own = format!("{path}.{name}");
        let at = |position: usize| {
            if element.info.is_array() { format!("{own}[{position}]") } else { own.clone() }
        };
        let same = old.iter().zip(new).take_while(|(old, new)| is_same(**old, **new)).count();
        let (old_rest, new_rest) = (old.get(same..).unwrap_or_default(), new.get(same..).unwrap_or_default());
        let pairs_from_end = old_rest.iter().rev().zip(new_rest.iter().rev());
        let same_at_end = pairs_from_end.take_while(|(old, new)| is_same(**old, **new)).count();
        let (old_count, new_count) = (old_rest.len() - same_at_end, new_rest.len() - same_at_end);
        let common = old_count.min(new_count);
        for (position, (old, new)) in old_rest.iter().zip(new_rest).take(common).enumerate() {
            self.changed(&at(same + position), *old, *new);
        }
        // From the end, since each deletion moves those behind it.
        for position in (common..old_count).rev() {
            self.operation("delete", &at(same + position), None, None, None);
        }
        for (position, value) in new_rest.iter().enumerate().take(new_count).skip(common) {
            if same_at_end == 0 {
                self.operation("add", path, Some(name), None, Some(*value));
            } else {
                self.operation("insert", &own, None, Some(same + position), Some(*value));
            }
        }
    }

    /// The changes of one occurrence into another.
    fn changed(&mut self, path: &str, old: Occurrence<'_>, new: Occurrence<'_>) {
        if is_same(old, new) {
            return;
        }
        let kind = self.types.get(new.type_id).map(|info| info.kind);
        match (old.value, new.value, kind) {
            (Some(from), Some(to), Some(TypeKind::Complex | TypeKind::Backbone))
                if old.type_id == new.type_id =>
            {
                self.object(path, new.type_id, from, to);
            }
            _ => self.operation("replace", path, None, None, Some(new)),
        }
    }

    fn operation(
        &mut self,
        kind: &str,
        path: &str,
        name: Option<&str>,
        index: Option<usize>,
        value: Option<Occurrence<'_>>,
    ) {
        let mut out =
            format!("{{\"name\":\"operation\",\"part\":[{{\"name\":\"type\",\"valueCode\":\"{kind}\"}}")
                .into_bytes();
        let text = |part: &str, text: &str, out: &mut Vec<u8>| {
            out.extend_from_slice(format!(",{{\"name\":\"{part}\",\"valueString\":").as_bytes());
            write_string(text, out);
            out.push(b'}');
        };
        text("path", path, &mut out);
        if let Some(name) = name {
            text("name", name, &mut out);
        }
        if let Some(index) = index {
            out.extend_from_slice(format!(",{{\"name\":\"index\",\"valueInteger\":{index}}}").as_bytes());
        }
        if let Some(value) = value {
            out.extend_from_slice(b",{\"name\":\"value\",");
            write_value(self.types, value, &mut out);
            out.push(b'}');
        }
        out.extend_from_slice(b"]}");
        self.operations.push(out);
    }
}

fn is_same(old: Occurrence<'_>, new: Occurrence<'_>) -> bool {
    let is_equal = |old: Option<Node<'_>>, new: Option<Node<'_>>| match (old, new) {
        (Some(old), Some(new)) => is_equal(old, new),
        (old, new) => old.is_none() && new.is_none(),
    };
    old.type_id == new.type_id && is_equal(old.value, new.value) && is_equal(old.sibling, new.sibling)
}

/// Whether two values are the same JSON; the order of members does not count, the digits of numbers do.
fn is_equal(one: Node<'_>, other: Node<'_>) -> bool {
    if one.is_object() && other.is_object() {
        let has = |(name, value)| other.get(name).is_some_and(|other| is_equal(value, other));
        return one.len() == other.len() && one.members().all(has);
    }
    if one.is_array() && other.is_array() {
        return one.len() == other.len()
            && one.items().zip(other.items()).all(|(one, other)| is_equal(one, other));
    }
    to_vec(one) == to_vec(other)
}

#[cfg(test)]
mod tests {
    use fhir_definitions::Registry;
    use fhir_model::Document;
    use fhir_patch::{Limits, Patch, PatchFormat};

    use super::*;

    /// The operations from one resource to another, whose result was checked to be the other.
    fn checked(registry: &Registry, from: &str, to: &str) -> Vec<String> {
        let (from, to) = (Document::parse(from).unwrap(), Document::parse(to).unwrap());
        let operations = between(registry.types(), from.root(), to.root());
        let operations: Vec<String> =
            operations.into_iter().map(|operation| String::from_utf8(operation).unwrap()).collect();
        let patch = format!(r#"{{"resourceType":"Parameters","parameter":[{}]}}"#, operations.join(","));
        let limits = Limits::default();
        let patch = Patch::parse(PatchFormat::FhirPathJson, &patch, registry.types(), limits).unwrap();
        let result = patch.apply(from.root(), registry.types(), limits).unwrap();
        assert!(is_equal(result.root(), to.root()), "{operations:?}\nmake\n{result:?}");
        operations
    }

    #[test]
    fn the_patch_makes_the_one_into_the_other() {
        let registry = Registry::embedded().unwrap();
        let patient = |rest: &str| format!(r#"{{"resourceType":"Patient","id":"p"{rest}}}"#);
        let cases = [
            (r#","active":true"#, r#","active":false"#, 1),
            ("", r#","name":[{"given":["A","B"]}],"birthDate":"2000""#, 2),
            (r#","name":[{"given":["A","B"]}]"#, "", 1),
            (r#","name":[{"given":["A","B","C"]}]"#, r#","name":[{"given":["A","C"]}]"#, 1),
            (r#","name":[{"given":["A","C"]}]"#, r#","name":[{"given":["A","B","C"]}]"#, 1),
            (r#","name":[{"given":["A"]}]"#, r#","name":[{"given":["A","B","C"]}]"#, 2),
            (r#","name":[{"family":"X","given":["A"]}]"#, r#","name":[{"given":["B"],"use":"usual"}]"#, 3),
            (r#","deceasedBoolean":true"#, r#","deceasedDateTime":"2020-01-01""#, 1),
            (r#","multipleBirthInteger":1"#, r#","multipleBirthInteger":2"#, 1),
            (
                "",
                r#","contact":[{"name":{"family":"X"},"telecom":[{"value":"1"},{"value":"2"}],"gender":"male"}]"#,
                1,
            ),
            (
                r#","contact":[{"gender":"male"}]"#,
                r#","contact":[{"gender":"female","name":{"text":"X"}}]"#,
                2,
            ),
            (
                "",
                r#","extension":[{"url":"http://u","valueQuantity":{"value":1.00}},{"url":"http://v","extension":[{"url":"w","valueCode":"c"}]}]"#,
                2,
            ),
            (
                r#","birthDate":"2000-01-01""#,
                r#","birthDate":"2000-01-01","_birthDate":{"extension":[{"url":"http://u","valueString":"x"}]}"#,
                1,
            ),
            (
                r#","text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">a</div>"}"#,
                r#","text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">b</div>"}"#,
                1,
            ),
            (
                r#","contained":[{"resourceType":"Organization","id":"o","name":"A"}]"#,
                r#","contained":[{"resourceType":"Organization","id":"o","name":"B"},{"resourceType":"Practitioner","id":"q"}]"#,
                2,
            ),
            (r#","gender":"male","active":true"#, r#","active":true,"gender":"male""#, 0),
        ];
        for (from, to, count) in cases {
            let operations = checked(&registry, &patient(from), &patient(to));
            assert_eq!(operations.len(), count, "{operations:?}");
        }
    }

    #[test]
    fn what_the_server_sets_is_no_difference() {
        let registry = Registry::embedded().unwrap();
        let version = |number: u32| {
            let text =
                format!(r#"{{"resourceType":"Basic","id":"b{number}","meta":{{"versionId":"{number}"}}}}"#);
            Document::parse(text).unwrap()
        };
        let (from, to) = (version(1), version(2));
        assert!(between(registry.types(), from.root(), to.root()).is_empty());
    }
}
