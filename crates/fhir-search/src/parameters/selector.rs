//! Search expressions taken apart: which members they begin with, which types they yield, what they ask of the
//! targets of references.
//!
//! The expressions of R4 search parameters are FHIRPath with two peculiarities. `as` is applied to collections, where
//! FHIRPath has `ofType`. And `where(resolve() is Patient)` asks for the type of a target that is not at hand when a
//! resource is indexed; it is answered by what the reference itself says.

use fhir_model::types::{ElementInfo, TypeId, TypeModel};

/// One branch of a search expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Selector {
    /// FHIRPath that can be compiled.
    pub(crate) expression: String,
    /// The JSON members of the context of which one must be present; empty when they are not known.
    pub(crate) members: Vec<Box<str>>,
    /// The types it yields; empty when they are not known.
    pub(crate) types: Vec<TypeId>,
    /// Only references to this type.
    pub(crate) points_to: Option<Box<str>>,
    /// The value set that the last element is bound to.
    pub(crate) value_set: Option<Box<str>>,
    /// Whether it can yield several values of one resource, as far as is known.
    pub(crate) repeats: bool,
}

/// One step of a path.
enum Segment {
    /// An element, or the type at the beginning of a path.
    Name(String),
    /// `ofType(X)`, `as(X)`, `... as X`
    OfType(TypeId),
    /// `extension('...')`
    Extension(String),
    /// A function that keeps some of the items: `where(...)`, `[0]`.
    Filter(String),
}

/// The branches of an expression as seen from `context`. The error says what cannot be understood.
pub(crate) fn selectors(
    expression: &str,
    model: &TypeModel,
    context: TypeId,
) -> Result<Vec<Selector>, String> {
    split(expression, '|').into_iter().map(|branch| selector(branch.trim(), model, context)).collect()
}

fn selector(branch: &str, model: &TypeModel, context: TypeId) -> Result<Selector, String> {
    let (path, points_to) = without_target_type(unwrapped(branch));
    if path.contains("resolve()") {
        return Err(format!("'{branch}' depends on other resources"));
    }
    let mut steps = Vec::new();
    if !steps_of(path, model, &mut steps)? {
        let unknown = Vec::new();
        return Ok(Selector {
            expression: path.to_owned(),
            members: Vec::new(),
            types: unknown,
            points_to,
            value_set: None,
            repeats: true,
        });
    }
    let mut walk =
        Walk { model, context, types: vec![context], members: None, value_set: None, repeats: false };
    let mut expression = String::new();
    for step in &steps {
        walk.step(step)?;
        step.write(model, &mut expression);
    }
    let members = walk.members.take().unwrap_or_default();
    let Walk { types, value_set, repeats, .. } = walk;
    Ok(Selector { expression, members, types, points_to, value_set, repeats })
}

/// Takes `.where(resolve() is X)` off the end of a path.
fn without_target_type(path: &str) -> (&str, Option<Box<str>>) {
    let split = path.strip_suffix(')').and_then(|path| path.rsplit_once(".where(resolve() is "));
    match split {
        Some((path, kind)) if is_name(kind) => (unwrapped(path), Some(kind.into())),
        _ => (path, None),
    }
}

/// Adds the steps of a path; false when it is something else than a path.
fn steps_of(path: &str, model: &TypeModel, steps: &mut Vec<Segment>) -> Result<bool, String> {
    let path = unwrapped(path);
    if let Some((left, kind)) = path.rsplit_once(" as ").filter(|(_, kind)| is_name(kind)) {
        let is_path = steps_of(left, model, steps)?;
        steps.push(Segment::OfType(type_named(kind, model)?));
        return Ok(is_path);
    }
    for segment in split(path, '.') {
        let (name, argument) = match segment.split_once('(') {
            Some((name, rest)) => match rest.strip_suffix(')') {
                Some(argument) => (name, Some(argument)),
                None => return Ok(false),
            },
            None => (segment, None),
        };
        match (name, argument) {
            ("", Some(inner)) => {
                if !steps_of(inner, model, steps)? {
                    return Ok(false);
                }
            }
            ("as" | "ofType", Some(kind)) => steps.push(Segment::OfType(type_named(kind.trim(), model)?)),
            ("extension", Some(_)) => steps.push(Segment::Extension(segment.to_owned())),
            ("where" | "first" | "last", Some(_)) => steps.push(Segment::Filter(format!(".{segment}"))),
            (name, None) if is_name(name) => steps.push(Segment::Name(name.to_owned())),
            (name, None) => match name.split_once('[') {
                Some((name, index)) if is_name(name) => {
                    steps.push(Segment::Name(name.to_owned()));
                    steps.push(Segment::Filter(format!("[{index}")));
                }
                _ => return Ok(false),
            },
            _ => return Ok(false),
        }
    }
    Ok(true)
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// A type by its name. R4 writes `DateTime` where it means `dateTime`.
fn type_named(name: &str, model: &TypeModel) -> Result<TypeId, String> {
    let lower_first = || {
        let mut letters = name.chars();
        letters.next().map(|first| first.to_ascii_lowercase().to_string() + letters.as_str())
    };
    let id = model.id(name).or_else(|| model.id(&lower_first()?));
    id.ok_or_else(|| format!("'{name}' is not a FHIR type"))
}

/// The text without parentheses and white space around the whole of it.
fn unwrapped(text: &str) -> &str {
    let text = text.trim();
    match text.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')) {
        // `(a).where(b)` begins and ends with parentheses that do not belong together.
        Some(inner) if closes_nothing(inner) => unwrapped(inner),
        _ => text,
    }
}

fn closes_nothing(inner: &str) -> bool {
    let mut depth = 0_i32;
    inner.chars().all(|letter| {
        depth += i32::from(letter == '(') - i32::from(letter == ')');
        depth >= 0
    })
}

/// Splits at the separators outside of parentheses and quotes.
fn split(text: &str, separator: char) -> Vec<&str> {
    let (mut depth, mut quoted) = (0_u32, false);
    text.split(|letter: char| {
        match letter {
            '\'' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
        letter == separator && depth == 0 && !quoted
    })
    .collect()
}

impl Segment {
    /// Appends the step as FHIRPath.
    fn write(&self, model: &TypeModel, expression: &mut String) {
        match self {
            Self::Name(name) | Self::Extension(name) => {
                if !expression.is_empty() {
                    expression.push('.');
                }
                expression.push_str(name);
            }
            Self::OfType(id) => {
                expression.push_str(".ofType(");
                expression.push_str(model.name(*id));
                expression.push(')');
            }
            Self::Filter(text) => expression.push_str(text),
        }
    }
}

/// Follows a path through the types.
struct Walk<'a> {
    model: &'a TypeModel,
    context: TypeId,
    types: Vec<TypeId>,
    members: Option<Vec<Box<str>>>,
    value_set: Option<Box<str>>,
    repeats: bool,
}

impl Walk<'_> {
    fn step(&mut self, step: &Segment) -> Result<(), String> {
        match step {
            Segment::Name(name) if self.members.is_none() && self.is_context(name) => {}
            Segment::Name(name) => self.element(name)?,
            Segment::OfType(kind) => {
                let model = self.model;
                self.types.retain(|id| model.is_a(*id, *kind));
                if self.types.is_empty() {
                    return Err(format!("the element cannot be of type {}", model.name(*kind)));
                }
                if let [only] = self.types.as_slice() {
                    self.keep_member_of(*only);
                }
            }
            Segment::Extension(_) => {
                self.members.get_or_insert_with(|| vec!["extension".into()]);
                self.types = self.model.id("Extension").into_iter().collect();
                self.value_set = None;
                self.repeats = true;
            }
            Segment::Filter(_) => {}
        }
        Ok(())
    }

    /// Whether a name at the beginning of a path is that of the context's type.
    fn is_context(&self, name: &str) -> bool {
        self.model.id(name).is_some_and(|id| self.model.is_a(self.context, id))
    }

    fn element(&mut self, name: &str) -> Result<(), String> {
        let model = self.model;
        let infos = self.types.iter().filter_map(|id| model.get(*id));
        let elements: Vec<&ElementInfo> = infos.filter_map(|info| info.element(name)).collect();
        if elements.is_empty() {
            return Err(format!("there is no element '{name}'"));
        }
        self.repeats |= elements.iter().any(|element| element.is_array());
        let choices = || elements.iter().flat_map(|element| &element.types);
        self.members.get_or_insert_with(|| choices().map(|choice| choice.json_name.clone()).collect());
        self.types = choices().map(|choice| choice.type_id).collect();
        self.value_set = elements.iter().find_map(|element| element.required_value_set.clone());
        Ok(())
    }

    /// `value.ofType(Quantity)` needs `valueQuantity`, if the choice is made at the first step of the path.
    fn keep_member_of(&mut self, only: TypeId) {
        let model = self.model;
        let Some(members) = &mut self.members else { return };
        let elements = model.get(self.context).map(|info| info.elements.as_slice()).unwrap_or_default();
        let choices = elements.iter().filter(|element| element.is_choice).flat_map(|element| &element.types);
        let narrowed: Vec<Box<str>> = choices
            .filter(|choice| choice.type_id == only && members.contains(&choice.json_name))
            .map(|choice| choice.json_name.clone())
            .collect();
        if !narrowed.is_empty() {
            *members = narrowed;
        }
    }
}

#[cfg(test)]
mod tests {
    use fhir_definitions::Registry;

    use super::*;

    fn read(expression: &str, context: &str) -> Result<Vec<Selector>, String> {
        let registry = Registry::embedded().unwrap();
        let model = registry.types();
        selectors(expression, model, model.id(context).unwrap())
    }

    fn one(expression: &str, context: &str) -> Selector {
        read(expression, context).unwrap().remove(0)
    }

    #[test]
    fn as_becomes_of_type() {
        for (given, expression) in [
            ("(Observation.value as Quantity)", "Observation.value.ofType(Quantity)"),
            ("(Observation.value as CodeableConcept).text", "Observation.value.ofType(CodeableConcept).text"),
            ("value.as(DateTime)", "value.ofType(dateTime)"),
            ("Observation.component.code", "Observation.component.code"),
        ] {
            assert_eq!(one(given, "Observation").expression, expression);
        }
    }

    #[test]
    fn first_members_are_known() {
        assert_eq!(one("Observation.value as Quantity", "Observation").members, ["valueQuantity".into()]);
        assert_eq!(one("Patient.name.family", "Patient").members, ["name".into()]);
        assert_eq!(one("Resource.meta.tag", "Patient").members, ["meta".into()]);
        assert_eq!(one("Patient.extension('http://x.y|z')", "Patient").members, ["extension".into()]);
        assert!(one("Patient.deceased.exists() and Patient.deceased != false", "Patient").members.is_empty());
        let choice = one("Observation.component.value.ofType(Quantity)", "Observation");
        assert_eq!(choice.members, ["component".into()]);
    }

    #[test]
    fn the_type_of_targets_is_taken_off() {
        let selector = one("Observation.subject.where(resolve() is Patient)", "Observation");
        assert_eq!(selector.expression, "Observation.subject");
        assert_eq!(selector.points_to.as_deref(), Some("Patient"));
        assert!(read("Observation.subject.resolve().name", "Observation").is_err());
    }

    #[test]
    fn branches_and_filters_stay_whole() {
        let both = read("Patient.telecom.where(system='a|b') | Patient.name[0].given", "Patient").unwrap();
        assert_eq!(both.len(), 2);
        assert_eq!(both[0].expression, "Patient.telecom.where(system='a|b')");
        assert_eq!(both[1].expression, "Patient.name[0].given");
    }

    #[test]
    fn what_does_not_exist_is_told() {
        assert!(read("Patient.wings", "Patient").unwrap_err().contains("wings"));
        assert!(read("Observation.value as Wings", "Observation").unwrap_err().contains("Wings"));
        assert!(read("Observation.value as Reference", "Observation").is_err());
    }
}
