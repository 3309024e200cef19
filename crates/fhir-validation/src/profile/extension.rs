//! Extensions are known, stand where they may, and are built as their definition says.
//!
//! # What it checks
//!
//! An extension's url is absolute, unless it is part of another extension (`extension-url`). Its definition is known: if not, that
//! is told of as the settings say (`extension-unknown`; where the domain is reserved for examples, as information), and is an
//! error for a modifier extension (`modifier-extension-unknown`). It stands in `modifierExtension` exactly if its definition says that it modifies
//! (`extension-modifier`). The element that has it is one of the contexts that the definition allows, and meets its context
//! invariants (`extension-context`). Value, nested extensions and cardinalities are those of the definition, checked as any
//! profile.
//!
//! # Why
//!
//! Anything can be said in an extension, so only its definition makes it more than noise; and a modifier that nobody understands
//! may turn the meaning of the element around.
//!
//! # Example
//!
//! `patient-birthPlace` is defined for Patient: on an Organization it is an error at `Organization`.
//!
//! # Specification
//!
//! R4 Extensibility, 2.5; Defining Extensions, 2.5.2 (StructureDefinition.context, contextInvariant).

use fhir_model::types::TypeId;
use fhir_model::{Issue, IssueType, Node, Severity};
use fhirpath::{Element, Item};

use super::apply::At;
use super::rules::{AllowedContext, ExtensionFacts, RulesId};
use super::walk::Walk;
use crate::report::shortened;

/// The url of what other releases have as elements: `http://hl7.org/fhir/5.0/StructureDefinition/extension-Patient.contact`.
const CROSS_VERSION: &str = "/StructureDefinition/extension-";

/// Domains reserved for examples.
const EXAMPLE_DOMAINS: [&str; 4] = ["example.org", "example.com", "example.net", "example"];

/// How a walk came to an element: what contexts of extensions speak about.
pub(super) struct Trail<'p, 'a> {
    parent: Option<&'p Trail<'p, 'a>>,
    /// The type or backbone element that has the element; empty at a resource.
    owner: &'p str,
    /// Its name there.
    name: &'p str,
    element: Option<Element<'a>>,
    type_id: TypeId,
}

impl<'a> Trail<'_, 'a> {
    /// At a resource.
    pub(super) fn root(type_id: TypeId) -> Self {
        Self { parent: None, owner: "", name: "", element: None, type_id }
    }

    /// At an element below.
    pub(super) fn then<'q>(&'q self, owner: &'q str, name: &'q str, element: Element<'a>) -> Trail<'q, 'a> {
        Trail { parent: Some(self), owner, name, element: Some(element), type_id: element.type_id }
    }

    /// The extension that the element is, or whose value it is.
    fn extension(&self, walk: &Walk<'_>) -> Option<Node<'a>> {
        let is_extension = |trail: &&Self| Some(trail.type_id) == walk.engine.extension_type;
        let of_value = || self.parent.filter(|_| self.name == "value").filter(is_extension);
        Some(self).filter(is_extension).or_else(of_value)?.element?.node
    }

    /// The path from the resource: `Patient.contact.name`.
    fn whole_path(&self, walk: &Walk<'_>) -> String {
        match self.parent {
            None => walk.engine.model().name(self.type_id).to_owned(),
            Some(parent) => format!("{}.{}", parent.whole_path(walk), self.name),
        }
    }
}

/// Checks an extension.
pub(super) fn check<'a>(walk: &mut Walk<'a>, at: &At<'a, '_>, trail: &Trail<'_, 'a>) {
    // That there is a url at all is said by the schemas.
    let Some(url) = at.element.node.and_then(|node| node.get_str("url")) else { return };
    let Some(holder) = trail.parent else { return };
    let is_modifier = trail.name == "modifierExtension";
    if !url.contains(':') {
        if Some(holder.type_id) != walk.engine.extension_type {
            let text =
                format!("the url \"{}\" is not absolute: only parts of extensions have such", shortened(url));
            walk.report(Issue::error(IssueType::Value, text).at(at.path.to_string()).rule("extension-url"));
        }
        return;
    }
    let Some(id) = walk.engine.find(url) else {
        return unknown(walk, url, is_modifier, at);
    };
    let profile = match walk.engine.get(id) {
        Ok(profile) => profile,
        Err(error) => return walk.report_unusable(&error, at.path),
    };
    if Some(profile.type_id) != walk.engine.extension_type {
        let text = format!("{} is not the definition of an extension", shortened(url));
        walk.report(
            Issue::error(IssueType::Extension, text).at(at.path.to_string()).rule("extension-unknown"),
        );
        return;
    }
    walk.with_profile(profile, |walk| {
        check_modifier(walk, &profile.extension, is_modifier, at);
        check_context(walk, &profile.extension, url, at, holder);
        walk.apply(profile, RulesId::ROOT, at);
    });
}

fn unknown(walk: &mut Walk<'_>, url: &str, is_modifier: bool, at: &At<'_, '_>) {
    let settings = &walk.engine.settings;
    let shown = shortened(url);
    let (severity, rule, text) = if is_modifier {
        let text =
            format!("the modifier extension {shown} is not known, so the element cannot be understood");
        (Severity::Error, "modifier-extension-unknown", text)
    } else if url.starts_with("http://hl7.org/fhir/") && url.contains(CROSS_VERSION) {
        let text = format!("not checked: {shown} stands for an element of another release of FHIR");
        (Severity::Information, "extension-unknown", text)
    } else if is_example(url) {
        let text = format!("not checked: {shown} is in a domain that is reserved for examples");
        (Severity::Information, "extension-unknown", text)
    } else {
        (settings.unknown_extension, "extension-unknown", format!("the extension {shown} is not known"))
    };
    let issue = Issue { severity, ..Issue::error(IssueType::Extension, text) };
    walk.report(issue.at(at.path.to_string()).rule(rule));
}

/// Whether a url is in a domain of which nothing can ever be resolved (RFC 2606).
fn is_example(url: &str) -> bool {
    let host = url.split_once("://").map(|(_, rest)| rest.split(['/', ':']).next().unwrap_or_default());
    let is_below = |host: &str, domain: &str| {
        host.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    host.is_some_and(|host| EXAMPLE_DOMAINS.iter().any(|domain| is_below(host, domain)))
}

fn check_modifier(walk: &mut Walk<'_>, facts: &ExtensionFacts, is_modifier: bool, at: &At<'_, '_>) {
    let text = match (facts.is_modifier, is_modifier) {
        (true, false) => "the extension changes the meaning of the element: expected it in modifierExtension",
        (false, true) => "the extension does not change the meaning of the element: expected it in extension",
        (true, true) | (false, false) => return,
    };
    walk.report(Issue::error(IssueType::Extension, text).at(at.path.to_string()).rule("extension-modifier"));
}

fn check_context<'a>(
    walk: &mut Walk<'a>,
    facts: &'a ExtensionFacts,
    url: &str,
    at: &At<'a, '_>,
    holder: &Trail<'_, 'a>,
) {
    let path = || at.path.holder().to_string();
    let is_allowed = |context: &'a AllowedContext| allows(walk, context, at, holder);
    if !facts.contexts.is_empty() && !facts.contexts.iter().any(is_allowed) {
        let found = holder.whole_path(walk);
        let text = format!("the extension {} may not stand at {found}", shortened(url));
        walk.report(Issue::error(IssueType::Extension, text).at(path()).rule("extension-context"));
        return;
    }
    let element = holder.element.or_else(|| Element::resource(walk.engine.model(), at.scope.resource));
    for invariant in &facts.invariants {
        let holds = element
            .is_none_or(|element| !matches!(invariant.test(&at.scope.context, element), Ok(Some(false))));
        if !holds {
            let text =
                format!("the extension {} stands where it may not: {}", shortened(url), invariant.text());
            walk.report(Issue::error(IssueType::Extension, text).at(path()).rule("extension-context"));
        }
    }
}

fn allows<'a>(walk: &Walk<'a>, context: &'a AllowedContext, at: &At<'a, '_>, holder: &Trail<'_, 'a>) -> bool {
    match context {
        AllowedContext::Element(expression) => {
            let expression = expression.rsplit_once('#').map_or(&**expression, |(_, path)| path);
            expression == "Element"
                || (matches!(expression, "CanonicalResource" | "MetadataResource")
                    && is_canonical(walk, holder))
                || is_of_type(walk, holder.type_id, expression)
                || is_path(walk, holder, expression)
                || holder.whole_path(walk) == expression
        }
        AllowedContext::Extension(url) => {
            let own = holder.extension(walk).and_then(|extension| extension.get_str("url"));
            let part = url.rsplit_once('#').map(|(_, part)| part);
            own.is_some_and(|own| own == &**url || Some(own) == part)
        }
        AllowedContext::FhirPath(expression) => {
            let holder = holder.element.and_then(|element| element.any_node()).unwrap_or(at.scope.resource);
            let found = expression.evaluate(&at.scope.context, at.scope.resource);
            found.is_ok_and(|items| {
                items.iter().any(|item| match item {
                    Item::Element(element) => {
                        element.any_node().is_some_and(|node| node.index() == holder.index())
                    }
                    // An expression that is a condition and not a path.
                    other => other.as_boolean() == Some(true),
                })
            })
        }
    }
}

/// Whether a type is that of a context, or specialises it.
fn is_of_type(walk: &Walk<'_>, type_id: TypeId, expression: &str) -> bool {
    let model = walk.engine.model();
    model.id(expression).is_some_and(|context| model.is_a(type_id, context))
}

/// Whether the element is a resource with a canonical url: what R5 calls CanonicalResource and R4 has no type for.
fn is_canonical(walk: &Walk<'_>, holder: &Trail<'_, '_>) -> bool {
    let info = walk.engine.model().get(holder.type_id).filter(|_| holder.parent.is_none());
    info.is_some_and(|info| ["url", "status"].iter().all(|name| info.element(name).is_some()))
}

/// Whether the element is the one of that name in that type, or in one that specialises it.
fn is_path(walk: &Walk<'_>, holder: &Trail<'_, '_>, expression: &str) -> bool {
    let Some((owner, name)) = expression.rsplit_once('.') else { return false };
    holder.name == name
        && (holder.owner == owner
            || walk.engine.model().id(holder.owner).is_some_and(|id| is_of_type(walk, id, owner)))
}
