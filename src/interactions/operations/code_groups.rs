//! Groups of Observations by code, as `$lastn` wants them: codes are the same if system and code are, all codings of one concept are
//! the same, and what is the same as the same is the same. Concepts without codings are the same if their texts are.

use std::collections::HashMap;

use fhir_model::Node;

/// A code, or the text of a concept without codes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Name {
    Code { system: Box<str>, code: Box<str> },
    Text(Box<str>),
}

/// The groups so far.
#[derive(Default)]
pub(super) struct CodeGroups {
    numbers: HashMap<Name, usize>,
    /// For each number another of its group that is nearer to the root, which is its own.
    parents: Vec<usize>,
}

impl CodeGroups {
    /// Joins all codes of a concept, and returns a number of its group.
    pub(super) fn add(&mut self, concept: Option<Node<'_>>) -> usize {
        let mut numbers =
            names(concept).into_iter().map(|name| self.number(name)).collect::<Vec<_>>().into_iter();
        let Some(first) = numbers.next() else { return 0 };
        for other in numbers {
            let (from, to) = (self.root(other), self.root(first));
            if let Some(parent) = self.parents.get_mut(from) {
                *parent = to;
            }
        }
        first
    }

    /// The number that stands for the whole group.
    pub(super) fn root(&self, number: usize) -> usize {
        let mut root = number;
        while let Some(parent) = self.parents.get(root).filter(|parent| **parent != root) {
            root = *parent;
        }
        root
    }

    fn number(&mut self, name: Name) -> usize {
        let next = self.parents.len();
        let number = *self.numbers.entry(name).or_insert(next);
        if number == next {
            self.parents.push(next);
        }
        number
    }
}

fn names(concept: Option<Node<'_>>) -> Vec<Name> {
    let codings = concept.and_then(|concept| concept.get("coding")).into_iter().flat_map(Node::items);
    let codes: Vec<Name> = codings
        .filter_map(|coding| {
            let code = coding.get_str("code")?.into();
            Some(Name::Code { system: coding.get_str("system").unwrap_or_default().into(), code })
        })
        .collect();
    if codes.is_empty() {
        let text = concept.and_then(|concept| concept.get_str("text")).unwrap_or_default();
        return vec![Name::Text(text.into())];
    }
    codes
}

#[cfg(test)]
mod tests {
    use fhir_model::Document;

    use super::*;

    /// How many groups R4 wants for concepts, each a list of codes or a text.
    #[test]
    fn groups_are_those_of_the_table_in_r4() {
        let coded = |codes: &[&str]| {
            let codings: Vec<String> =
                codes.iter().map(|code| format!(r#"{{"system":"http://s","code":"{code}"}}"#)).collect();
            format!(r#"{{"coding":[{}]}}"#, codings.join(","))
        };
        let text = |text: &str| format!(r#"{{"text":"{text}"}}"#);
        for (concepts, expected) in [
            (vec![coded(&["a"]), coded(&["b"]), coded(&["c"])], 3),
            (vec![coded(&["a"]), coded(&["b"]), coded(&["a", "c"])], 2),
            (vec![coded(&["a"]), coded(&["b"]), coded(&["a", "b"])], 1),
            (vec![text("textM"), text("Text"), text("t e x t")], 3),
            (vec![text("a"), text("a"), coded(&["a"])], 2),
        ] {
            let mut groups = CodeGroups::default();
            let documents: Vec<Document> =
                concepts.iter().map(|concept| Document::parse(concept.as_str()).unwrap()).collect();
            let numbers: Vec<usize> =
                documents.iter().map(|document| groups.add(Some(document.root()))).collect();
            let mut roots: Vec<usize> = numbers.into_iter().map(|number| groups.root(number)).collect();
            roots.sort_unstable();
            roots.dedup();
            assert_eq!(roots.len(), expected, "{concepts:?}");
        }
    }
}
