//! Modifiers of search parameters (R4 search, section 3.1.1.4.4), each for the parameter types that it fits.

use super::refusal::{Refusal, shown};
use crate::parameters::{Parameter, ParameterKind, Parameters};
use crate::query::Comparison;

/// How the values of a parameter are compared, where not by the rules of its type alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Modifier<'a> {
    /// `:missing`
    Missing,
    /// `:exact`
    Exact,
    /// `:contains`
    Contains,
    /// `:text`
    Text,
    /// `:not`
    Not,
    /// `:in`
    In,
    /// `:not-in`
    NotIn,
    /// `:above`
    Above,
    /// `:below`
    Below,
    /// `:of-type`
    OfType,
    /// `:identifier`
    Identifier,
    /// `:Patient`: only targets of this type.
    Type(&'a str),
    /// `eq` of a string in `_filter`: the whole text.
    Whole,
    /// `ew` of a string in `_filter`: the end of the text.
    Ending,
    /// `ne` of a string or uri in `_filter`: a value is another.
    Other,
    /// `gt`, `lt`, `ge` and `le` of a string in `_filter`: the order of the first characters.
    Initial(Comparison),
    /// `po` of a date in `_filter`: the periods overlap.
    Overlap,
    /// `co` of a date in `_filter`: the period of the resource contains that of the query.
    Contain,
}

/// A modifier as it is written, with what it is for.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    modifier: Modifier<'static>,
    /// The parameter types that it fits.
    pub(crate) kinds: &'static [ParameterKind],
    /// What it means, for the documentation.
    pub(crate) meaning: &'static str,
}

/// All modifiers but the names of types.
pub(crate) const MODIFIERS: &[Row] = {
    use ParameterKind::{Date, Number, Quantity, Reference, String, Token, Uri};
    &[
        Row {
            name: "missing",
            modifier: Modifier::Missing,
            kinds: &[Number, Date, String, Token, Reference, Quantity, Uri],
            meaning: "`true`: the parameter selects nothing in the resource; `false`: it selects something",
        },
        Row {
            name: "exact",
            modifier: Modifier::Exact,
            kinds: &[String],
            meaning: "the whole text, with case and accents",
        },
        Row {
            name: "contains",
            modifier: Modifier::Contains,
            kinds: &[String],
            meaning: "anywhere in the text, without regard to case and accents",
        },
        Row {
            name: "text",
            modifier: Modifier::Text,
            kinds: &[Token, Reference],
            meaning: "the text of a concept, the display of a coding or a reference, or the text of an identifier's type begins \
                      with this text",
        },
        Row {
            name: "not",
            modifier: Modifier::Not,
            kinds: &[Token],
            meaning: "no value of the resource is among these; one without a value is found",
        },
        Row {
            name: "in",
            modifier: Modifier::In,
            kinds: &[Token],
            meaning: "a coding is in the value set of this canonical url, or in `ValueSet/id` of this server",
        },
        Row {
            name: "not-in",
            modifier: Modifier::NotIn,
            kinds: &[Token],
            meaning: "no coding is in the value set; a resource without a value is found",
        },
        Row {
            name: "above",
            modifier: Modifier::Above,
            kinds: &[Token, Reference, Uri],
            meaning: "the value, or what stands above it: a concept that subsumes `system|code`, a resource of which the one \
                      referred to is a part, a url of which this one is a continuation",
        },
        Row {
            name: "below",
            modifier: Modifier::Below,
            kinds: &[Token, Reference, Uri],
            meaning: "the value, or what stands below it; of a canonical with a version those that go on from it: `url|1` finds \
                      `url|1.2` and not `url|10`",
        },
        Row {
            name: "of-type",
            modifier: Modifier::OfType,
            kinds: &[Token],
            meaning: "`system|code|value`: an identifier of this value whose type has this coding",
        },
        Row {
            name: "identifier",
            modifier: Modifier::Identifier,
            kinds: &[Reference],
            meaning: "the identifier within the reference, as a token",
        },
    ]
};

impl Row {
    /// Whether a parameter takes the modifier.
    fn fits(&self, parameter: &Parameter) -> bool {
        // Only identifiers have a type, and they are the tokens of which case counts.
        let is_of_identifiers = parameter.value.case_sensitive || self.modifier != Modifier::OfType;
        self.kinds.contains(&parameter.value.kind) && is_of_identifiers
    }
}

impl<'a> Modifier<'a> {
    /// The modifier of a parameter, given the text after `:`.
    pub(crate) fn parse(
        text: &'a str,
        parameter: &Parameter,
        parameters: &Parameters,
    ) -> Result<Self, Refusal> {
        let (code, kind) = (&parameter.code, parameter.value.kind);
        if let Some(row) = MODIFIERS.iter().find(|row| row.name == text && row.fits(parameter)) {
            return Ok(row.modifier);
        }
        match kind {
            ParameterKind::Reference if parameter.can_point_to(text) => Ok(Self::Type(text)),
            ParameterKind::Reference if parameters.has_type(text) => {
                let targets = parameter.value.targets.join(", ");
                Err(Refusal::Unsupported(format!("'{code}' cannot point to {text}, only to {targets}")))
            }
            kind => Err(Refusal::Unsupported(format!(
                "the modifier ':{}' of '{code}' is not supported; this {} parameter takes {}",
                shown(text),
                kind.code(),
                supported(parameter)
            ))),
        }
    }
}

/// The modifiers that a parameter takes; references take the name of a resource type too.
pub fn modifiers(parameter: &Parameter) -> impl Iterator<Item = &'static str> {
    MODIFIERS.iter().filter(|row| row.fits(parameter)).map(|row| row.name)
}

/// The modifiers of a parameter, for messages.
fn supported(parameter: &Parameter) -> String {
    let mut all: Vec<String> = modifiers(parameter).map(|name| format!("':{name}'")).collect();
    if parameter.value.kind == ParameterKind::Reference {
        all.push("a resource type, such as ':Patient'".to_owned());
    }
    if all.is_empty() { "no modifier".to_owned() } else { all.join(", ") }
}
