//! ElementDefinition to JSON, members in the order of the specification.

use fhir_model::write::{write, write_string};

use super::{Binding, Constraint, ElementBase, ElementDefinition, ElementType, Slicing, TypedValue};

impl ElementDefinition {
    /// Appends the element as a JSON object.
    pub fn write_json(&self, out: &mut Vec<u8>) {
        let mut object = ObjectWriter::open(out);
        object.text("id", Some(&self.id).filter(|id| !id.is_empty()));
        object.text("path", Some(&self.path));
        object.texts("representation", &self.representation);
        object.text("sliceName", self.slice_name.as_ref());
        object.raw("sliceIsConstraining", self.slice_is_constraining);
        object.object("slicing", self.slicing.as_deref(), write_slicing);
        object.raw("min", self.min);
        object.text("max", self.max.map(|max| max.to_string()).as_ref());
        object.object("base", self.base.as_deref(), write_base);
        object.text("contentReference", self.content_reference.as_ref());
        object.objects("type", &self.types, write_type);
        object.value("defaultValue", self.default_value.as_ref());
        object.value("fixed", self.fixed.as_ref());
        object.value("pattern", self.pattern.as_ref());
        object.value("minValue", self.min_value.as_ref());
        object.value("maxValue", self.max_value.as_ref());
        object.raw("maxLength", self.max_length);
        object.texts("condition", &self.condition);
        object.objects("constraint", &self.constraints, |constraint, out| write_constraint(constraint, out));
        object.raw("mustSupport", self.must_support);
        object.raw("isModifier", self.is_modifier);
        object.raw("isSummary", self.is_summary);
        object.object("binding", self.binding.as_deref(), write_binding);
        object.close();
    }
}

fn write_slicing(slicing: &Slicing, out: &mut Vec<u8>) {
    let mut object = ObjectWriter::open(out);
    object.objects("discriminator", &slicing.discriminators, |discriminator, out| {
        let mut object = ObjectWriter::open(out);
        object.text("type", Some(discriminator.kind.code()));
        object.text("path", Some(&discriminator.path));
        object.close();
    });
    object.raw("ordered", Some(slicing.ordered));
    object.text("rules", Some(slicing.rules.code()));
    object.close();
}

fn write_base(base: &ElementBase, out: &mut Vec<u8>) {
    let mut object = ObjectWriter::open(out);
    object.text("path", Some(&base.path));
    object.raw("min", Some(base.min));
    object.text("max", Some(base.max.to_string()));
    object.close();
}

fn write_type(element_type: &ElementType, out: &mut Vec<u8>) {
    let mut object = ObjectWriter::open(out);
    let extensions = [
        element_type.fhir_type.as_ref().map(|value| (super::parse::FHIR_TYPE, "valueUrl", &**value)),
        element_type.regex.as_ref().map(|value| (super::parse::REGEX, "valueString", &**value)),
    ];
    let extensions: Vec<_> = extensions.into_iter().flatten().collect();
    object.objects("extension", &extensions, write_extension);
    object.text("code", Some(&element_type.code));
    object.texts("profile", &element_type.profiles);
    object.texts("targetProfile", &element_type.target_profiles);
    object.texts("aggregation", &element_type.aggregation);
    object.text("versioning", element_type.versioning.as_ref());
    object.close();
}

fn write_extension(&(url, name, value): &(&str, &str, &str), out: &mut Vec<u8>) {
    let mut object = ObjectWriter::open(out);
    object.text("url", Some(url));
    object.text(name, Some(value));
    object.close();
}

fn write_constraint(constraint: &Constraint, out: &mut Vec<u8>) {
    let mut object = ObjectWriter::open(out);
    object.text("key", Some(&constraint.key));
    object.text("severity", Some(if constraint.is_error { "error" } else { "warning" }));
    object.text("human", constraint.human.as_ref());
    object.text("expression", constraint.expression.as_ref());
    object.text("source", constraint.source.as_ref());
    object.close();
}

fn write_binding(binding: &Binding, out: &mut Vec<u8>) {
    let mut object = ObjectWriter::open(out);
    let extensions: Vec<_> = binding
        .max_value_set
        .iter()
        .map(|value| (super::parse::MAX_VALUE_SET, "valueCanonical", &**value))
        .collect();
    object.objects("extension", &extensions, write_extension);
    object.text("strength", Some(binding.strength.code()));
    object.text("valueSet", binding.value_set.as_ref());
    object.close();
}

/// Writes one JSON object; members without a value are left out.
pub(crate) struct ObjectWriter<'a> {
    out: &'a mut Vec<u8>,
    is_first: bool,
}

impl<'a> ObjectWriter<'a> {
    pub(crate) fn open(out: &'a mut Vec<u8>) -> Self {
        out.push(b'{');
        Self { out, is_first: true }
    }

    pub(crate) fn close(self) {
        self.out.push(b'}');
    }

    fn name(&mut self, name: &str) {
        if !self.is_first {
            self.out.push(b',');
        }
        self.is_first = false;
        write_string(name, self.out);
        self.out.push(b':');
    }

    pub(crate) fn text(&mut self, name: &str, value: Option<impl AsRef<str>>) {
        if let Some(value) = value {
            self.name(name);
            write_string(value.as_ref(), self.out);
        }
    }

    /// A number or boolean.
    pub(crate) fn raw(&mut self, name: &str, value: Option<impl ToString>) {
        if let Some(value) = value {
            self.name(name);
            self.out.extend_from_slice(value.to_string().as_bytes());
        }
    }

    pub(crate) fn texts(&mut self, name: &str, values: &[Box<str>]) {
        self.objects(name, values, |value, out| write_string(value, out));
    }

    pub(crate) fn object<T: ?Sized>(
        &mut self,
        name: &str,
        value: Option<&T>,
        write: impl Fn(&T, &mut Vec<u8>),
    ) {
        if let Some(value) = value {
            self.name(name);
            write(value, self.out);
        }
    }

    pub(crate) fn objects<T>(&mut self, name: &str, values: &[T], write: impl Fn(&T, &mut Vec<u8>)) {
        if values.is_empty() {
            return;
        }
        self.name(name);
        self.out.push(b'[');
        for (position, value) in values.iter().enumerate() {
            if position > 0 {
                self.out.push(b',');
            }
            write(value, self.out);
        }
        self.out.push(b']');
    }

    fn value(&mut self, prefix: &str, value: Option<&TypedValue>) {
        if let Some(value) = value {
            self.name(&format!("{prefix}{}", value.type_suffix()));
            write(value.value(), None, self.out);
        }
    }
}
