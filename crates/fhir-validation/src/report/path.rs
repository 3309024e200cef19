//! Where a walk stands, written as FHIRPath only when somebody asks.

use std::fmt;

/// A place in a resource: a chain of steps on the stack of the walk.
#[derive(Clone, Copy)]
pub(crate) struct Path<'p> {
    parent: Option<&'p Path<'p>>,
    step: Step<'p>,
}

/// One step.
#[derive(Clone, Copy)]
pub(crate) enum Step<'p> {
    /// The type of the outermost resource.
    Root(&'p str),
    /// The FHIR name of an element: `value` for `valueQuantity` and `_valueString`.
    Element(&'p str),
    /// The position of an item, from 0.
    Item(usize),
}

impl<'p> Path<'p> {
    pub(crate) fn root(resource_type: &'p str) -> Self {
        Self { parent: None, step: Step::Root(resource_type) }
    }

    /// The element that has the one at this place.
    pub(crate) fn holder(&self) -> Path<'p> {
        match (self.step, self.parent) {
            (Step::Item(_), Some(list)) => list.holder(),
            (_, Some(parent)) => *parent,
            (_, None) => *self,
        }
    }

    pub(crate) fn then(&'p self, step: Step<'p>) -> Path<'p> {
        Path { parent: Some(self), step }
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent {
            write!(f, "{parent}")?;
        }
        match self.step {
            Step::Root(name) => f.write_str(name),
            Step::Element(name) => write!(f, ".{name}"),
            Step::Item(position) => write!(f, "[{position}]"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_written_as_fhirpath() {
        let root = Path::root("Patient");
        let name = root.then(Step::Element("name"));
        let first = name.then(Step::Item(0));
        let given = first.then(Step::Element("given"));
        assert_eq!(given.then(Step::Item(1)).to_string(), "Patient.name[0].given[1]");
    }
}
