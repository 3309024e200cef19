//! Reading the elements of a resource.

use fhir_model::Node;
use fhir_model::reference::Reference;
use fhir_search::keys::Target;

/// Where UK Core defines its extensions.
const UK_CORE: &str = "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-";

/// An element being read, with what is needed to understand its references.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    pub(super) element: Node<'a>,
    /// The base urls of this server, without a slash at the end.
    pub(super) own_base_urls: &'a [String],
}

/// A CodeableConcept: its first coding that has a code, and its text or else the display of that coding.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Concept {
    pub(super) system: Option<String>,
    pub(super) code: Option<String>,
    pub(super) text: Option<String>,
}

/// A reason given as a concept or as a reference to a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Reason {
    Concept(Concept),
    Reference(Target),
}

impl Reason {
    /// What the reason points to.
    pub(super) fn reference(&self) -> Option<&Target> {
        match self {
            Self::Concept(_) => None,
            Self::Reference(target) => Some(target),
        }
    }

    /// The concept; one without any content if it is a reference.
    pub(super) fn concept(&self) -> &Concept {
        match self {
            Self::Concept(concept) => concept,
            Self::Reference(_) => &NO_CONCEPT,
        }
    }
}

static NO_CONCEPT: Concept = Concept { system: None, code: None, text: None };

impl<'a> Reader<'a> {
    fn at(self, element: Node<'a>) -> Self {
        Self { element, ..self }
    }

    /// A child element that does not repeat.
    pub(super) fn child(self, name: &str) -> Option<Self> {
        Some(self.at(self.element.get(name)?))
    }

    /// The repetitions of a child element, which may be none.
    pub(super) fn children(self, name: &str) -> impl Iterator<Item = Self> + use<'a> {
        let items = self.element.get(name).into_iter().flat_map(Node::each);
        items.map(move |item| self.at(item))
    }

    /// The text of a string, code, uri, date or id.
    pub(super) fn text(self, name: &str) -> Option<String> {
        self.element.get_str(name).map(str::to_owned)
    }

    /// The texts of a repeating element in one, with `separator` between them.
    pub(super) fn texts(self, name: &str, separator: &str) -> Option<String> {
        let texts: Vec<&str> = self.children(name).filter_map(|child| child.element.as_str()).collect();
        (!texts.is_empty()).then(|| texts.join(separator))
    }

    /// The value of a boolean.
    pub(super) fn boolean(self, name: &str) -> Option<bool> {
        self.element.get(name).and_then(Node::as_bool)
    }

    /// The value of an integer.
    pub(super) fn integer(self, name: &str) -> Option<i32> {
        self.element.get(name)?.as_number()?.parse().ok()
    }

    /// The value of a decimal, as near as a `double` comes to it.
    pub(super) fn decimal(self, name: &str) -> Option<f64> {
        self.element.get(name)?.as_number()?.parse().ok().filter(|value: &f64| value.is_finite())
    }

    /// A CodeableConcept; of a repeating one the first.
    pub(super) fn concept(self, name: &str) -> Concept {
        self.children(name).next().map(Self::as_concept).unwrap_or_default()
    }

    /// The repetitions of a CodeableConcept.
    pub(super) fn concepts(self, name: &str) -> Vec<Concept> {
        self.children(name).map(Self::as_concept).collect()
    }

    /// This element as a CodeableConcept.
    fn as_concept(self) -> Concept {
        let with_code = |coding: &Self| coding.element.get_str("code").is_some();
        let coding = self.children("coding").find(with_code).or_else(|| self.children("coding").next());
        let of_coding = |name| coding.and_then(|coding| coding.text(name));
        Concept {
            system: of_coding("system"),
            code: of_coding("code"),
            text: self.text("text").or_else(|| of_coding("display")),
        }
    }

    /// The extension with that url.
    pub(super) fn extension(self, url: &str) -> Option<Self> {
        self.children("extension").find(|extension| extension.element.get_str("url") == Some(url))
    }

    /// The extensions that UK Core defines under that name.
    pub(super) fn uk_core_extensions(self, name: &'a str) -> impl Iterator<Item = Self> + use<'a> {
        self.children("extension").filter(move |extension| {
            let url = extension.element.get_str("url");
            url.and_then(|url| url.strip_prefix(UK_CORE)) == Some(name)
        })
    }

    /// The concept in the extension that UK Core defines under that name.
    pub(super) fn uk_core_concept(self, name: &'a str) -> Concept {
        let extension = self.uk_core_extensions(name).next();
        extension.map(|extension| extension.concept("valueCodeableConcept")).unwrap_or_default()
    }

    /// The target of a Reference; of a repeating one the first that has a target.
    pub(super) fn reference(self, name: &str) -> Option<Target> {
        self.children(name).find_map(Self::target)
    }

    /// The targets of a repeating Reference.
    pub(super) fn references(self, name: &str) -> Vec<Target> {
        self.children(name).filter_map(Self::target).collect()
    }

    /// The reasons of a resource: first the concepts, then the references.
    pub(super) fn reasons(self) -> Vec<Reason> {
        let concepts = self.concepts("reasonCode").into_iter().map(Reason::Concept);
        concepts.chain(self.references("reasonReference").into_iter().map(Reason::Reference)).collect()
    }

    /// What this Reference points to: nothing for contained resources and for those known by an identifier only.
    fn target(self) -> Option<Target> {
        let literal = self.element.get_str("reference").filter(|literal| !literal.is_empty())?;
        match Reference::parse(literal) {
            Reference::Fragment(_) | Reference::Conditional { .. } => None,
            Reference::Relative { resource_type, id, .. } => Some(resource(resource_type, id)),
            Reference::Absolute { base, resource_type, id, .. } if self.is_own(base) => {
                Some(resource(resource_type, id))
            }
            Reference::Absolute { .. } | Reference::Urn(_) | Reference::Other(_) => {
                Some(Target::Url(literal.into()))
            }
        }
    }

    fn is_own(self, base: &str) -> bool {
        self.own_base_urls.iter().any(|own| own == base)
    }
}

fn resource(kind: &str, id: &str) -> Target {
    Target::Resource { kind: kind.into(), id: id.into() }
}
