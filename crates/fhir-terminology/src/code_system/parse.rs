//! Reading a CodeSystem resource, or a list of codes that is built in.

use fhir_model::Node;
use foldhash::{HashMap, HashSet};

use super::concept::Concept;
use super::hierarchy::Hierarchy;
use super::{CodeSystem, Content};

/// Concepts nested deeper than this make a definition malformed.
const MOST_LEVELS: usize = 64;

/// Concepts as they are read: one after the other, with what lies under what.
#[derive(Default)]
struct Concepts {
    concepts: Vec<Concept>,
    pairs: Vec<(usize, usize)>,
}

impl CodeSystem {
    /// Reads a CodeSystem. A malformed one is kept as such, so that it is told of when it is asked.
    pub(crate) fn parse(url: &str, root: Node<'_>) -> Self {
        let mut read = Concepts::default();
        let concepts = root.get("concept").map_or(Some(()), |concepts| read.add(concepts, None, 0));
        let content = match (concepts, root.get_str("content")) {
            (None, _) => Content::Malformed("a concept has no code or is nested too deep"),
            (Some(()), Some("complete")) => Content::Complete,
            (Some(()), Some("fragment" | "example")) => Content::Partial,
            (Some(()), Some("not-present" | "supplement")) => Content::Absent,
            (Some(()), _) => Content::Malformed("content is missing or unknown"),
        };
        // What a supplement lists belongs to the system that it supplements.
        let read = if content == Content::Absent { Concepts::default() } else { read };
        let any_case = root.get("caseSensitive").and_then(Node::as_bool) != Some(true);
        let is_a = matches!(root.get_str("hierarchyMeaning"), None | Some("is-a" | "grouped-by"));
        let declared = root.get("property").into_iter().flat_map(Node::each);
        Self {
            properties: declared.filter_map(|property| property.get_str("code")).map(Into::into).collect(),
            ..Self::new(url, content, read, any_case, is_a)
        }
    }

    /// The system whose definition is no JSON that FHIR admits.
    pub(crate) fn unreadable(url: &str) -> Self {
        Self::new(url, Content::Malformed("it is not readable"), Concepts::default(), false, true)
    }

    /// A complete, flat and case-sensitive system from lines of `code` or `code<tab>display`.
    pub(crate) fn from_lines(url: &str, lines: &str) -> Self {
        let concepts = lines.lines().map(|line| {
            let (code, display) =
                line.split_once('\t').map_or((line, None), |(code, text)| (code, Some(text)));
            Concept { code: code.into(), display: display.map(Into::into), properties: Vec::new() }
        });
        let read = Concepts { concepts: concepts.collect(), pairs: Vec::new() };
        Self::new(url, Content::Complete, read, false, true)
    }

    fn new(url: &str, content: Content, read: Concepts, any_case: bool, is_a: bool) -> Self {
        let Concepts { concepts, mut pairs } = read;
        let mut by_code = HashMap::default();
        for (position, concept) in concepts.iter().enumerate() {
            by_code.entry(concept.code.clone()).or_insert(position);
        }
        add_pairs_of_properties(&concepts, &by_code, &mut pairs);
        if !is_a {
            pairs.clear();
        }
        let fold =
            || by_code.iter().map(|(code, position)| (code.to_lowercase().into(), *position)).collect();
        Self {
            url: url.into(),
            content,
            by_folded_code: any_case.then(fold),
            hierarchy: Hierarchy::new(concepts.len(), &pairs),
            concepts,
            by_code,
            properties: Vec::new(),
        }
    }
}

impl Concepts {
    /// Adds concepts and all below them; `None` if one cannot be read.
    fn add(&mut self, nodes: Node<'_>, parent: Option<usize>, level: usize) -> Option<()> {
        if level > MOST_LEVELS {
            return None;
        }
        for node in nodes.each() {
            let position = self.concepts.len();
            self.concepts.push(Concept::parse(node)?);
            self.pairs.extend(parent.map(|parent| (parent, position)));
            if let Some(children) = node.get("concept") {
                self.add(children, Some(position), level + 1)?;
            }
        }
        Some(())
    }
}

/// A concept can have parents besides the one it is nested in: the properties `parent` and `child` name them.
fn add_pairs_of_properties(
    concepts: &[Concept],
    by_code: &HashMap<Box<str>, usize>,
    pairs: &mut Vec<(usize, usize)>,
) {
    let mut seen: HashSet<(usize, usize)> = pairs.iter().copied().collect();
    for (position, concept) in concepts.iter().enumerate() {
        let parents = concept.values("parent").filter_map(|code| Some((*by_code.get(code)?, position)));
        let children = concept.values("child").filter_map(|code| Some((position, *by_code.get(code)?)));
        pairs.extend(parents.chain(children).filter(|pair| seen.insert(*pair)));
    }
}
