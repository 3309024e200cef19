//! `_include` and `_revinclude` (R4 search, section 3.1.1.5.4): `Type:parameter`, `Type:parameter:Target`, `Type:*`, `*`.

use super::refusal::{Refusal, shown};
use crate::parameters::{Parameter, ParameterKind, Parameters};
use crate::query::Include;

/// One include as it is asked for.
struct Asked<'a> {
    parameters: &'a Parameters,
    /// The types searched.
    types: &'a [Box<str>],
    iterate: bool,
    reverse: bool,
    /// Name and value, for messages.
    text: String,
}

/// Resolves one include of a search of these types; `*` alone gives one for each type that can hold references.
pub(super) fn parse(
    parameters: &Parameters,
    types: &[Box<str>],
    value: &str,
    iterate: bool,
    reverse: bool,
) -> Result<Vec<Include>, Refusal> {
    let name = if reverse { "_revinclude" } else { "_include" };
    let asked = Asked { parameters, types, iterate, reverse, text: format!("{name}={}", shown(value)) };
    let parts: Vec<&str> = value.split(':').collect();
    match parts.as_slice() {
        ["*"] => Ok(asked.everything()),
        [source, code] => asked.one(source, code, None).map(|include| vec![include]),
        [source, code, target] => asked.one(source, code, Some(target)).map(|include| vec![include]),
        _ => Err(Refusal::Invalid(format!(
            "'{name}': expected Type:parameter, Type:parameter:Target, Type:* or *, not '{}'",
            shown(value)
        ))),
    }
}

impl Asked<'_> {
    /// `*`: all references from the types searched, or for a reverse include from any type to them.
    fn everything(&self) -> Vec<Include> {
        let sources: Vec<&str> = if self.reverse || self.iterate {
            self.parameters.resource_types().collect()
        } else {
            self.types.iter().map(|kind| &**kind).collect()
        };
        let include = |source: &str| Include {
            source: source.into(),
            parameters: self.all(source, None),
            target: None,
            iterate: self.iterate,
        };
        let includes = sources.into_iter().map(include);
        includes.filter(|include| !include.parameters.is_empty()).collect()
    }

    /// `Type:parameter`, `Type:parameter:Target`, `Type:*`
    fn one(&self, source: &str, code: &str, target: Option<&str>) -> Result<Include, Refusal> {
        let (text, types) = (&self.text, self.types.join(", "));
        for kind in [Some(source), target].into_iter().flatten() {
            if !self.parameters.has_type(kind) {
                let kind = shown(kind);
                return Err(Refusal::Unsupported(format!("'{text}': '{kind}' is not a resource type")));
            }
        }
        let is_searched = |kind: &str| self.types.iter().any(|searched| **searched == *kind);
        if !self.reverse && !self.iterate && !is_searched(source) {
            return Err(Refusal::Unsupported(format!(
                "'{text}': the search finds {types}; to include from what is itself included, use '_include:iterate'"
            )));
        }
        if self.reverse && !self.iterate && target.is_some_and(|target| !is_searched(target)) {
            return Err(Refusal::Unsupported(format!(
                "'{text}': the search finds {types}; to include what points to resources that are themselves included, use \
                 '_revinclude:iterate'"
            )));
        }
        let parameters = match code {
            "*" => self.all(source, target),
            _ => {
                let parameter = self.reference(source, code)?;
                if !self.leads(parameter, target) {
                    let target = target.map_or(types, str::to_owned);
                    let text = format!("'{text}': '{code}' of {source} cannot point to {target}");
                    return Err(Refusal::Unsupported(text));
                }
                vec![parameter.id]
            }
        };
        Ok(Include {
            source: source.into(),
            parameters,
            target: target.map(Into::into),
            iterate: self.iterate,
        })
    }

    /// The reference parameters of a type that lead to where the include asks for.
    fn all(&self, source: &str, target: Option<&str>) -> Vec<crate::ParameterId> {
        let references = self.parameters.references(source);
        references.filter(|parameter| self.leads(parameter, target)).map(|parameter| parameter.id).collect()
    }

    /// Whether a parameter can point to the target asked for and, as a reverse include without `:iterate` begins at what is
    /// searched, to that.
    fn leads(&self, parameter: &Parameter, target: Option<&str>) -> bool {
        let to_searched = !self.reverse
            || self.iterate
            || self.types.iter().any(|searched| parameter.can_point_to(searched));
        to_searched && target.is_none_or(|target| parameter.can_point_to(target))
    }

    fn reference(&self, source: &str, code: &str) -> Result<&Parameter, Refusal> {
        let parameter = self.parameters.get(source, code);
        parameter.filter(|parameter| parameter.value.kind == ParameterKind::Reference).ok_or_else(|| {
            let known: Vec<&str> =
                self.parameters.references(source).map(|parameter| &*parameter.code).collect();
            let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
            let (text, code) = (&self.text, shown(code));
            Refusal::Unsupported(format!(
                "'{text}': '{code}' is not a reference parameter of {source}; these are: {known}"
            ))
        })
    }
}
