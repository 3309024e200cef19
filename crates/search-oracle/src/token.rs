//! Tokens (R4 search, 3.1.1.5.5).

use fhir_model::Node;

use crate::escape;
use crate::refusal::Refusal;
use crate::select::Datum;
use crate::string::texts;

/// A code, identifier or other short text of a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Token<'a> {
    pub(crate) system: System<'a>,
    pub(crate) code: Option<&'a str>,
    /// Identifiers are compared with case, codes without.
    pub(crate) case_counts: bool,
}

/// The system of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum System<'a> {
    /// Its type has no systems.
    None,
    /// Its type has, but it does not say which.
    Missing,
    Known(&'a str),
}

/// A token as a query gives it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Wanted {
    Code(String),
    WithSystem(String, String),
    WithoutSystem(String),
    AnyOf(String),
    /// `:of-type`: system and code of the type of an identifier, and its value.
    OfType(String, String, String),
}

/// The tokens of an element.
pub(crate) fn read<'a>(datum: &Datum<'a>) -> Vec<Token<'a>> {
    let plain = |code| Token { system: System::None, code: Some(code), case_counts: false };
    if let Some(value) = datum.boolean {
        return vec![plain(if value { "true" } else { "false" })];
    }
    let Some(node) = datum.node else { return Vec::new() };
    match datum.type_name {
        "boolean" | "string" | "uri" | "canonical" | "integer" | "decimal" | "base64Binary" | "time" => {
            node.primitive_text().map(plain).into_iter().collect()
        }
        "code" => {
            let system = datum.system.map_or(System::Missing, System::Known);
            node.as_str().map(|code| Token { system, ..plain(code) }).into_iter().collect()
        }
        "ContactPoint" => node.get_str("value").map(plain).into_iter().collect(),
        "Coding" => vec![with_system(node, "code", false)],
        "CodeableConcept" => codings(node).map(|coding| with_system(coding, "code", false)).collect(),
        "Identifier" => vec![with_system(node, "value", true)],
        _ => Vec::new(),
    }
}

fn codings(concept: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    concept.get("coding").into_iter().flat_map(Node::each)
}

fn with_system<'a>(node: Node<'a>, code: &str, case_counts: bool) -> Token<'a> {
    let system = node.get_str("system").map_or(System::Missing, System::Known);
    Token { system, code: node.get_str(code), case_counts }
}

/// What `:text` looks at: the text of a concept, the displays of codings, the text of an identifier's type.
pub(crate) fn described<'a>(datum: &Datum<'a>) -> Vec<&'a str> {
    let Some(node) = datum.node else { return Vec::new() };
    let of_concept = |concept: Node<'a>| {
        let displays = codings(concept).flat_map(|coding| texts(coding, "display"));
        texts(concept, "text").into_iter().chain(displays).collect()
    };
    match datum.type_name {
        "Coding" | "Reference" => texts(node, "display"),
        "CodeableConcept" => of_concept(node),
        "Identifier" => node.get("type").map(|concept| texts(concept, "text")).unwrap_or_default(),
        _ => Vec::new(),
    }
}

impl Wanted {
    pub(crate) fn parse(value: &str) -> Result<Self, Refusal> {
        let parts = escape::split(value, '|');
        let parts: Vec<String> = parts.iter().map(|part| escape::plain(part)).collect::<Result<_, _>>()?;
        Ok(match parts.as_slice() {
            [code] if !code.is_empty() => Self::Code(code.clone()),
            [system, code] if system.is_empty() && !code.is_empty() => Self::WithoutSystem(code.clone()),
            [system, code] if code.is_empty() && !system.is_empty() => Self::AnyOf(system.clone()),
            [system, code] if !code.is_empty() => Self::WithSystem(system.clone(), code.clone()),
            _ => return Refusal::invalid(format!("'{value}' is not a token")),
        })
    }

    /// The value of `:of-type`.
    pub(crate) fn of_type(value: &str) -> Result<Self, Refusal> {
        let parts = escape::split(value, '|');
        let parts: Vec<String> = parts.iter().map(|part| escape::plain(part)).collect::<Result<_, _>>()?;
        match parts.as_slice() {
            [system, code, value] if ![system, code, value].iter().any(|part| part.is_empty()) => {
                Ok(Self::OfType(system.clone(), code.clone(), value.clone()))
            }
            _ => Refusal::invalid(format!("'{value}' is not system|code|value")),
        }
    }

    /// Whether an element passes.
    pub(crate) fn fits(&self, datum: &Datum<'_>) -> bool {
        match self {
            Self::OfType(system, code, value) => is_of_type(datum, system, code, value),
            _ => read(datum).into_iter().any(|token| self.fits_token(token)),
        }
    }

    /// Whether a token passes.
    pub(crate) fn fits_token(&self, token: Token<'_>) -> bool {
        let same = |wanted: &str| token.code.is_some_and(|code| same_code(code, wanted, token.case_counts));
        match self {
            Self::Code(code) => same(code),
            Self::WithSystem(system, code) => token.system == System::Known(system) && same(code),
            Self::WithoutSystem(code) => token.system == System::Missing && same(code),
            Self::AnyOf(system) => token.system == System::Known(system),
            Self::OfType(..) => false,
        }
    }
}

fn same_code(a: &str, b: &str, case_counts: bool) -> bool {
    a == b || !case_counts && a.to_lowercase() == b.to_lowercase()
}

fn is_of_type(datum: &Datum<'_>, system: &str, code: &str, value: &str) -> bool {
    let Some(node) = datum.node.filter(|_| datum.type_name == "Identifier") else { return false };
    let mut types = node.get("type").into_iter().flat_map(codings);
    let is_type = |coding: Node<'_>| {
        coding.get_str("system") == Some(system)
            && coding.get_str("code").is_some_and(|known| same_code(known, code, false))
    };
    node.get_str("value") == Some(value) && types.any(is_type)
}

impl Wanted {
    /// Whether the identifier of a Reference passes (`:identifier`).
    pub(crate) fn fits_identifier_of(&self, datum: &Datum<'_>) -> bool {
        let reference = datum.node.filter(|_| datum.type_name == "Reference");
        let identifier = reference.and_then(|reference| reference.get("identifier"));
        identifier.is_some_and(|identifier| self.fits_token(with_system(identifier, "value", true)))
    }
}
