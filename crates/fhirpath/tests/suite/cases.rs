//! Reads the cases of the suite.

use roxmltree::Node;

/// One test of the suite.
pub(crate) struct Case {
    pub(crate) name: String,
    /// The file with the resource; empty when there is none.
    pub(crate) input: String,
    pub(crate) expression: String,
    /// Whether an error is expected.
    pub(crate) is_invalid: bool,
    /// Whether only the existence of a result is expected.
    pub(crate) is_predicate: bool,
    pub(crate) is_ordered: bool,
    pub(crate) outputs: Vec<Output>,
}

/// One item that is expected.
pub(crate) struct Output {
    pub(crate) type_name: Option<String>,
    pub(crate) text: String,
}

pub(crate) fn read(suite: &str) -> Vec<Case> {
    let document = roxmltree::Document::parse(suite).unwrap();
    document.descendants().filter(|node| node.has_tag_name("test")).map(case).collect()
}

fn case(test: Node<'_, '_>) -> Case {
    let expression = test.children().find(|node| node.has_tag_name("expression")).unwrap();
    let output = |node: Node<'_, '_>| Output {
        type_name: node.attribute("type").map(str::to_owned),
        text: node.text().unwrap_or_default().to_owned(),
    };
    Case {
        name: test.attribute("name").unwrap().to_owned(),
        input: test.attribute("inputfile").unwrap_or_default().to_owned(),
        expression: expression.text().unwrap_or_default().to_owned(),
        is_invalid: expression.has_attribute("invalid"),
        is_predicate: test.attribute("predicate") == Some("true"),
        is_ordered: test.attribute("ordered") != Some("false"),
        outputs: test.children().filter(|node| node.has_tag_name("output")).map(output).collect(),
    }
}
