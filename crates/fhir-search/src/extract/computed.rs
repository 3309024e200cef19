//! Values that an expression computes instead of selecting an element: `Patient.deceased.exists()`. Of the parameters of R4
//! only tokens do; those of operators may compute anything.

use fhirpath::Item;

use super::sink::Sink;
use crate::hash::KeyHasher;
use crate::parameters::{Parameter, ParameterKind};
use crate::params::date;
use crate::params::token::{System, Token};

/// What the keys of computed values depend on.
pub(super) struct Computed<'a> {
    pub(super) hasher: &'a KeyHasher,
    /// Minutes ahead of UTC for dates that tell no time zone.
    pub(super) offset: i16,
}

impl Computed<'_> {
    /// The keys of a value. None where the parameter's type does not read the type of the value.
    pub(super) fn read(&self, parameter: &Parameter, value: &Item<'_>, sink: &mut Sink) {
        use ParameterKind::{Date, Number, Quantity, String, Token, Uri};
        let id = parameter.id;
        match (parameter.value.kind, value) {
            (Token, Item::Boolean(value)) => self.token(parameter, &value.to_string(), sink),
            (Token, Item::Integer(value)) => self.token(parameter, &value.to_string(), sink),
            (Token, Item::Decimal(value)) => self.token(parameter, &value.to_string(), sink),
            (Token, Item::String(value)) => self.token(parameter, value, sink),
            (String, Item::String(value)) => sink.string(id, value, self.hasher),
            (Uri, Item::String(value)) => sink.uri(id, value),
            (Number | Quantity, Item::Integer(value)) => {
                let value = f64::from(*value);
                sink.quantity(id, 0, (value, value));
            }
            (Number | Quantity, Item::Decimal(value)) => {
                if let Ok(value) = value.to_string().parse() {
                    sink.quantity(id, 0, (value, value));
                }
            }
            (Date, Item::Date(value) | Item::DateTime(value)) => {
                if let Some((low, high)) = date::text(&value.to_string(), self.offset) {
                    sink.date(id, low, high);
                }
            }
            _ => {}
        }
    }

    fn token(&self, parameter: &Parameter, code: &str, sink: &mut Sink) {
        let token = Token { system: System::Inapplicable, code: Some(code) };
        let mut each = |hash| sink.token(parameter.id, hash);
        token.variants(parameter.value.case_sensitive, self.hasher, &mut each);
        sink.sort_text(parameter.id, code);
    }
}
