//! Modifiers, and the parameter types that each fits (R4 search, 3.1.1.4.4).

use fhir_definitions::search_parameter::SearchParamType as Kind;

use crate::parameter::Parameter;
use crate::refusal::Refusal;

/// What stands behind the colon of a parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Modifier {
    Missing,
    Exact,
    Contains,
    Text,
    Not,
    In,
    NotIn,
    Above,
    Below,
    OfType,
    Identifier,
    /// A resource type.
    Type(String),
}

impl Modifier {
    /// The modifier of a parameter.
    pub(crate) fn parse(text: &str, parameter: &Parameter) -> Result<Self, Refusal> {
        let modifier = match text {
            "missing" => Self::Missing,
            "exact" => Self::Exact,
            "contains" => Self::Contains,
            "text" => Self::Text,
            "not" => Self::Not,
            "in" => Self::In,
            "not-in" => Self::NotIn,
            "above" => Self::Above,
            "below" => Self::Below,
            "of-type" => Self::OfType,
            "identifier" => Self::Identifier,
            kind => Self::Type(kind.to_owned()),
        };
        let fits = match (&modifier, parameter.kind) {
            // R4 excepts "combination"; a distance cannot be missing.
            (Self::Missing, kind) => !matches!(kind, Kind::Composite | Kind::Special),
            (Self::Exact | Self::Contains, kind) => kind == Kind::String,
            (Self::Not | Self::In | Self::NotIn, kind) => kind == Kind::Token,
            (Self::OfType, kind) => kind == Kind::Token && parameter.finds_identifiers,
            (Self::Text, kind) => matches!(kind, Kind::Token | Kind::Reference),
            (Self::Above | Self::Below, kind) => matches!(kind, Kind::Token | Kind::Reference | Kind::Uri),
            (Self::Identifier, kind) => kind == Kind::Reference,
            (Self::Type(name), _) => parameter.targets.iter().any(|target| **target == **name),
        };
        match fits {
            true => Ok(modifier),
            false => Refusal::unsupported(format!("':{text}' does not fit '{}'", parameter.code)),
        }
    }
}

/// `code:modifier`
pub(crate) fn split(name: &str) -> (&str, Option<&str>) {
    name.split_once(':').map_or((name, None), |(code, modifier)| (code, Some(modifier)))
}
