//! Types of items (section 6.3, and `type()`).

use std::borrow::Cow;

use super::existence::compiled_apart;
use super::{Arguments, Function};
use crate::item::Item;

pub(super) const FUNCTIONS: &[Function] = &[
    Function::computed("is", (1, 1), compiled_apart).with_arguments(Arguments::TypeName),
    Function::computed("as", (1, 1), compiled_apart).with_arguments(Arguments::TypeName),
    Function::computed("ofType", (1, 1), compiled_apart).with_arguments(Arguments::TypeName),
    Function::computed("type", (0, 0), |call, out| {
        let model = call.evaluator.model();
        for item in call.input()? {
            let namespace = if item.as_element().is_some() { "FHIR" } else { "System" };
            out.push(Item::Type { namespace, name: Cow::Borrowed(item.type_name(model)) });
        }
        Ok(())
    }),
];
