//! SearchParameter resources as plain data (FHIR R4, Search).

use std::borrow::Cow;
use std::str::FromStr;

use fhir_model::Node;

/// One search parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchParameter {
    /// Canonical url.
    pub url: Box<str>,
    /// The name in a query: `family`, `_lastUpdated`.
    pub code: Box<str>,
    /// How values are compared.
    pub kind: SearchParamType,
    /// The types it searches: resource types, `DomainResource` or `Resource`.
    pub base: Vec<Box<str>>,
    /// The FHIRPath expression of the values, for all of `base`. A few special parameters (`_content`) have none.
    pub expression: Option<Box<str>>,
    /// For references: the resource types that may be pointed to; empty means any.
    pub target: Vec<Box<str>>,
    /// For composites: the parts in their order.
    pub components: Vec<Component>,
    /// Prefixes that the definition names (`eq`, `gt`); empty leaves it to the type.
    pub comparators: Vec<Box<str>>,
    /// Modifiers that the definition names (`exact`, `missing`); empty leaves it to the type.
    pub modifiers: Vec<Box<str>>,
    /// Whether several values may be joined by a comma.
    pub multiple_or: bool,
    /// Whether the parameter may be repeated.
    pub multiple_and: bool,
}

/// One part of a composite parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Component {
    /// Canonical url of the SearchParameter that says how the part is compared.
    pub definition: Box<str>,
    /// FHIRPath expression of the part, from each value of the composite's own expression.
    pub expression: Box<str>,
}

/// SearchParameter.type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each is the search parameter type of that name")]
pub enum SearchParamType {
    Number,
    Date,
    String,
    Token,
    Reference,
    Composite,
    Quantity,
    Uri,
    Special,
}

impl SearchParamType {
    /// The code: `token`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Date => "date",
            Self::String => "string",
            Self::Token => "token",
            Self::Reference => "reference",
            Self::Composite => "composite",
            Self::Quantity => "quantity",
            Self::Uri => "uri",
            Self::Special => "special",
        }
    }
}

impl FromStr for SearchParamType {
    type Err = &'static str;

    fn from_str(code: &str) -> Result<Self, Self::Err> {
        Ok(match code {
            "number" => Self::Number,
            "date" => Self::Date,
            "string" => Self::String,
            "token" => Self::Token,
            "reference" => Self::Reference,
            "composite" => Self::Composite,
            "quantity" => Self::Quantity,
            "uri" => Self::Uri,
            "special" => Self::Special,
            _ => return Err("its type is none of FHIR's search parameter types"),
        })
    }
}

impl SearchParameter {
    /// Reads a SearchParameter resource. The error says what makes it unusable.
    pub fn read(resource: Node<'_>) -> Result<Self, &'static str> {
        let text = |member| resource.get_str(member).map(Into::into);
        let flag = |member| resource.get(member).and_then(Node::as_bool).unwrap_or(true);
        let base = strings(resource, "base");
        if base.is_empty() {
            return Err("it has no base");
        }
        Ok(Self {
            url: text("url").ok_or("it has no url")?,
            code: text("code").ok_or("it has no code")?,
            kind: resource.get_str("type").ok_or("it has no type")?.parse()?,
            base,
            expression: text("expression"),
            target: strings(resource, "target"),
            components: resource
                .get("component")
                .into_iter()
                .flat_map(Node::items)
                .filter_map(component)
                .collect(),
            comparators: strings(resource, "comparator"),
            modifiers: strings(resource, "modifier"),
            multiple_or: flag("multipleOr"),
            multiple_and: flag("multipleAnd"),
        })
    }

    /// The part of the expression that concerns a resource type: of a union such as
    /// `Patient.name | Practitioner.name` the branches that begin with the type, or with no other type.
    /// `None` where nothing of it does.
    pub fn expression_for(&self, resource_type: &str) -> Option<Cow<'_, str>> {
        let expression = self.expression.as_deref()?;
        let branches = union_branches(expression);
        let kept: Vec<&str> =
            branches.iter().copied().filter(|branch| concerns(branch, resource_type)).collect();
        match kept.len() {
            0 => None,
            count if count == branches.len() => Some(Cow::Borrowed(expression)),
            _ => Some(Cow::Owned(kept.join(" | "))),
        }
    }
}

fn strings(resource: Node<'_>, member: &str) -> Vec<Box<str>> {
    resource.get(member).into_iter().flat_map(Node::items).filter_map(Node::as_str).map(Into::into).collect()
}

fn component(node: Node<'_>) -> Option<Component> {
    Some(Component {
        definition: node.get_str("definition")?.into(),
        expression: node.get_str("expression")?.into(),
    })
}

/// Splits at the `|` that stand outside of parentheses, strings and delimited names.
fn union_branches(expression: &str) -> Vec<&str> {
    let mut branches = Vec::new();
    let (mut start, mut depth, mut quote, mut escaped) = (0, 0_u32, None, false);
    for (at, letter) in expression.char_indices() {
        match (quote, letter) {
            (Some(_), _) if escaped => escaped = false,
            (Some(_), '\\') => escaped = true,
            (Some(open), _) if open == letter => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '`' | '"') => quote = Some(letter),
            (None, '(' | '[' | '{') => depth += 1,
            (None, ')' | ']' | '}') => depth = depth.saturating_sub(1),
            (None, '|') if depth == 0 => {
                branches.extend(expression.get(start..at).map(str::trim));
                start = at + 1;
            }
            (None, _) => {}
        }
    }
    branches.extend(expression.get(start..).map(str::trim));
    branches
}

/// Whether a branch can have values for a resource type: names of types begin with a capital, names of
/// elements do not, so a branch that begins with another type's name has none.
fn concerns(branch: &str, resource_type: &str) -> bool {
    let path = branch.trim_start_matches(['(', ' ']);
    let end = path.find(|letter: char| !letter.is_ascii_alphanumeric()).unwrap_or(path.len());
    let first = path.get(..end).unwrap_or_default();
    !first.starts_with(|letter: char| letter.is_ascii_uppercase())
        || [resource_type, "DomainResource", "Resource"].contains(&first)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parameter(expression: &str) -> SearchParameter {
        let json = serde_json::json!({
            "resourceType": "SearchParameter", "url": "http://example.org/p", "code": "p", "type": "token",
            "base": ["Patient"], "expression": expression,
        });
        SearchParameter::read(fhir_model::Document::parse(json.to_string()).unwrap().root()).unwrap()
    }

    #[test]
    fn only_the_branches_of_a_type_remain() {
        let common =
            parameter("Patient.name | (Practitioner.x as y) | Group.where(a = '|' or b | c).d | name");
        assert_eq!(common.expression_for("Patient").unwrap(), "Patient.name | name");
        assert_eq!(common.expression_for("Practitioner").unwrap(), "(Practitioner.x as y) | name");
        assert_eq!(common.expression_for("Group").unwrap(), "Group.where(a = '|' or b | c).d | name");
        assert_eq!(parameter("Resource.id").expression_for("Patient").unwrap(), "Resource.id");
        assert_eq!(parameter("Group.name").expression_for("Patient"), None);
    }

    #[test]
    fn a_type_is_not_mistaken_for_one_whose_name_begins_alike() {
        let medication = parameter("Medication.code | MedicationRequest.code");
        assert_eq!(medication.expression_for("Medication").unwrap(), "Medication.code");
        assert_eq!(medication.expression_for("MedicationRequest").unwrap(), "MedicationRequest.code");
    }

    proptest! {
        /// Whatever an operator writes, the branches are its pieces in their order.
        #[test]
        fn branches_are_pieces_of_the_expression(expression in r"[A-Za-z.()\[\]'`| \\é]{0,40}") {
            let branches = union_branches(&expression);
            let joined: String = branches.concat().split([' ', '|']).collect();
            prop_assert_eq!(joined, expression.split([' ', '|']).collect::<String>());
        }
    }
}
