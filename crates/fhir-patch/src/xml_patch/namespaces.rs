//! Which namespace a prefix stands for.

use std::sync::Arc;

use fhir_model::xml::{FHIR_NAMESPACE, XHTML_NAMESPACE};

use super::tree::Element;

/// The declarations that hold at a place, the innermost last. The prefix of a default namespace is empty.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope {
    declarations: Vec<(String, Arc<str>)>,
}

impl Scope {
    /// The scope inside of an element.
    pub(super) fn enter(&mut self, element: &Element) {
        for (name, value) in &element.attributes {
            if let Some(prefix) = declared_prefix(name) {
                self.declarations.push((prefix.to_owned(), super::tree::resolved(value).into()));
            }
        }
    }

    pub(super) fn len(&self) -> usize {
        self.declarations.len()
    }

    /// Forgets the declarations after the first `len`: the way out of an element.
    pub(super) fn leave(&mut self, len: usize) {
        self.declarations.truncate(len);
    }

    /// The namespace of a prefix. `None` for prefixes that are not declared; the default namespace may be none, which is empty.
    pub(super) fn namespace(&self, prefix: &str) -> Option<Arc<str>> {
        let found = self.declarations.iter().rev().find(|(own, _)| own == prefix);
        found.map(|(_, namespace)| namespace.clone()).or_else(|| match prefix {
            "" => Some("".into()),
            "xml" => Some("http://www.w3.org/XML/1998/namespace".into()),
            _ => None,
        })
    }

    /// The namespace of a prefix in a selector, in which some need no declaration.
    pub(super) fn selector_namespace(&self, prefix: &str) -> Option<Arc<str>> {
        self.namespace(prefix).or_else(|| match prefix {
            "f" => Some(FHIR_NAMESPACE.into()),
            "h" => Some(XHTML_NAMESPACE.into()),
            _ => None,
        })
    }
}

/// The scope inside of the element at a path.
pub(super) fn scope_at(document: &Element, path: &[usize]) -> Scope {
    let mut scope = Scope::default();
    for length in 1..=path.len() {
        if let Some(element) = path.get(..length).and_then(|path| document.at(path)) {
            scope.enter(element);
        }
    }
    scope
}

/// Says of all elements in `element` which namespace they are in, after declarations have changed.
pub(super) fn resolve(element: &mut Element, scope: &mut Scope) {
    let outer = scope.len();
    scope.enter(element);
    // A prefix that is no longer declared is found when the result is read.
    element.namespace = scope.namespace(element.prefix()).unwrap_or_default();
    for child in &mut element.children {
        if let super::tree::Content::Element(child) = child {
            resolve(child, scope);
        }
    }
    scope.leave(outer);
}

/// Declares on an element what its names need and the scope at its new place does not give them.
pub(super) fn carry_over(element: &mut Element, from: &Scope, to: &Scope) {
    let mut prefixes = Vec::new();
    used_prefixes(element, &mut prefixes);
    for prefix in prefixes {
        let name = if prefix.is_empty() { "xmlns".to_owned() } else { format!("xmlns:{prefix}") };
        let Some(namespace) = from.namespace(&prefix) else { continue };
        if element.attribute(&name).is_none() && to.namespace(&prefix).as_ref() != Some(&namespace) {
            element.set_attribute(&name, super::tree::attribute_value(&namespace));
        }
    }
}

/// The prefixes of the names in an element, each once.
fn used_prefixes(element: &Element, prefixes: &mut Vec<String>) {
    let attributes = element.attributes.iter().filter_map(|(name, _)| name.split_once(':'));
    let of_attributes =
        attributes.map(|(prefix, _)| prefix).filter(|prefix| !matches!(*prefix, "xmlns" | "xml"));
    for prefix in of_attributes.chain([element.prefix()]) {
        if !prefixes.iter().any(|own| own == prefix) {
            prefixes.push(prefix.to_owned());
        }
    }
    for child in element.elements() {
        used_prefixes(child, prefixes);
    }
}

/// The prefix that an attribute declares, if it declares one.
pub(super) fn declared_prefix(attribute: &str) -> Option<&str> {
    if attribute == "xmlns" { Some("") } else { attribute.strip_prefix("xmlns:") }
}
