//! Where a node stands in its resource, as issues say it: `Patient.name[0].given[1]`.

use std::fmt::Write;

use crate::node::Node;

/// The FHIRPath-like expression of the node at `target_index` ([`Node::index`]) below `root`.
///
/// It starts with the type of the resource, items of arrays have their position, the members `_x` that carry the
/// extensions of primitives are written as `x`, and choices keep their JSON name (`valueQuantity`). For an index
/// outside of `root` it is the expression of `root`.
pub fn path_of(root: Node<'_>, target_index: u32) -> String {
    let mut path = root.resource_type().unwrap_or_default().to_owned();
    let mut at = root;
    while at.index() != target_index {
        let Some(inner) = step(at, target_index, &mut path) else { break };
        at = inner;
    }
    path
}

/// Goes down to the member or item that holds the target, and adds it to the path.
fn step<'a>(at: Node<'a>, target_index: u32, path: &mut String) -> Option<Node<'a>> {
    if at.is_array() {
        let (position, item) = at.items().enumerate().find(|(_, item)| item.spans(target_index))?;
        // Writing to a String cannot fail.
        let _ = write!(path, "[{position}]");
        return Some(item);
    }
    // The slot before a value is its member name.
    let (name, value) =
        at.members().find(|(_, value)| value.spans(target_index) || value.index() == target_index + 1)?;
    if !path.is_empty() {
        path.push('.');
    }
    path.push_str(name.strip_prefix('_').unwrap_or(name));
    (value.index() <= target_index).then_some(value)
}

/// The node that an expression as [`path_of`] and issues write it means, or as much of the way as there is: the element that
/// holds what is missing.
///
/// Choices may be written without their type (`Observation.value`), a member that repeats without a position means all of it,
/// and calls such as `ofType(Quantity)` or `extension('url')` end the way.
pub fn locate<'a>(root: Node<'a>, expression: &str) -> Node<'a> {
    let mut at = root;
    for step in expression.split('.').skip(1) {
        let (name, position) = match step.split_once('[') {
            Some((name, rest)) => {
                (name, rest.strip_suffix(']').and_then(|number| number.parse::<usize>().ok()))
            }
            None => (step, None),
        };
        let Some(member) = member(at, name) else { break };
        at = member;
        if let Some(position) = position {
            match at.each().nth(position) {
                Some(item) => at = item,
                None => break,
            }
        }
    }
    at
}

/// The member of that name; of a choice the member of any type; of a primitive without value its extensions.
fn member<'a>(at: Node<'a>, name: &str) -> Option<Node<'a>> {
    let is_choice = |member: &str| {
        member
            .strip_prefix(name)
            .is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_uppercase()))
    };
    let found = at.get(name).filter(|value| !value.is_null());
    found.or_else(|| at.members().find(|(member, _)| is_choice(member)).map(|(_, value)| value)).or_else(
        || at.members().find(|(member, _)| member.strip_prefix('_') == Some(name)).map(|(_, value)| value),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Document;

    #[test]
    fn nodes_have_paths() {
        let source = r#"{"resourceType":"Patient","name":[{"family":"x","given":["a","b"],
            "_given":[null,{"extension":[{"url":"u"}]}]}],"active":true}"#;
        let document = Document::parse(source).unwrap();
        let root = document.root();
        let name = root.get("name").unwrap().items().next().unwrap();
        let given = name.get("given").unwrap().items().nth(1).unwrap();
        assert_eq!(path_of(root, given.index()), "Patient.name[0].given[1]");
        let extended = name.get("_given").unwrap().items().nth(1).unwrap();
        let url = extended.get("extension").unwrap().items().next().unwrap().get("url").unwrap();
        assert_eq!(path_of(root, url.index()), "Patient.name[0].given[1].extension[0].url");
        assert_eq!(path_of(root, url.index() - 1), "Patient.name[0].given[1].extension[0].url");
        assert_eq!(path_of(root, root.get("active").unwrap().index()), "Patient.active");
        assert_eq!(path_of(name, given.index()), "given[1]");
        assert_eq!(path_of(root, 0), "Patient");
        assert_eq!(path_of(root, 9999), "Patient");
    }

    #[test]
    fn expressions_lead_to_their_nodes() {
        let source = r#"{"resourceType":"Observation","code":{"coding":[{"code":"a"},{"code":"b"}]},
            "valueQuantity":{"value":1},"_issued":{"extension":[]}}"#;
        let document = Document::parse(source).unwrap();
        let text = |expression| format!("{:?}", locate(document.root(), expression));
        assert_eq!(text("Observation.code.coding[1].code"), "\"b\"");
        assert_eq!(text("Observation.code.coding[1].system"), "{\"code\":\"b\"}");
        assert_eq!(text("Observation.code.coding[7].code"), "[{\"code\":\"a\"},{\"code\":\"b\"}]");
        assert_eq!(text("Observation.value.value"), "1");
        assert_eq!(text("Observation.issued"), "{\"extension\":[]}");
        assert_eq!(locate(document.root(), "Observation").index(), 0);
    }
}
