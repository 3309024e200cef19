//! Modifiers of search parameters (R4 search, section 3.1.1.4.4).

use super::Refusal;
use crate::parameters::{Parameter, ParameterKind, Parameters};

/// A modifier that is supported for the parameter it stands at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Modifier<'a> {
    /// `:exact` of a string.
    Exact,
    /// `:contains` of a string.
    Contains,
    /// `:Patient` of a reference: only targets of this type.
    Type(&'a str),
}

impl<'a> Modifier<'a> {
    /// The modifier of a parameter, given the text after `:`.
    pub(crate) fn parse(
        text: &'a str,
        parameter: &Parameter,
        parameters: &Parameters,
    ) -> Result<Self, Refusal> {
        let code = &parameter.code;
        match parameter.value.kind {
            ParameterKind::String if text == "exact" => Ok(Self::Exact),
            ParameterKind::String if text == "contains" => Ok(Self::Contains),
            ParameterKind::Reference if parameter.can_point_to(text) => Ok(Self::Type(text)),
            ParameterKind::Reference if parameters.has_type(text) => {
                let targets = parameter.value.targets.join(", ");
                Err(Refusal::Unsupported(format!("'{code}' cannot point to {text}, only to {targets}")))
            }
            kind => {
                let supported = supported(kind);
                let kind = kind.code();
                Err(Refusal::Unsupported(format!(
                    "the modifier ':{text}' of '{code}' is not supported; a {kind} parameter takes {supported}"
                )))
            }
        }
    }
}

fn supported(kind: ParameterKind) -> &'static str {
    match kind {
        ParameterKind::String => "':exact' and ':contains'",
        ParameterKind::Reference => "a resource type, such as ':Patient'",
        _ => "no modifier",
    }
}
