//! Values of arguments as what the field needs.

use super::planner::Planner;
use crate::document::{Argument, Value};
use crate::error::GraphQlError;

impl Planner<'_> {
    fn expected(&self, argument: &Argument, what: &str) -> GraphQlError {
        GraphQlError::invalid(argument.place, format!("the argument '{}' must be {what}", argument.name))
    }

    /// One value, as text.
    pub(super) fn text(&self, argument: &Argument) -> Result<String, GraphQlError> {
        let value = self.variables.value_of(argument)?;
        scalar(&value).ok_or_else(|| self.expected(argument, "one value"))
    }

    /// The values of a list, or the one value; none for `null`.
    pub(super) fn texts(&self, argument: &Argument) -> Result<Vec<String>, GraphQlError> {
        let texts = match &self.variables.value_of(argument)? {
            Value::Null => Some(Vec::new()),
            Value::List(items) => items.iter().map(scalar).collect(),
            value => scalar(value).map(|text| vec![text]),
        };
        texts.ok_or_else(|| self.expected(argument, "a value or a list of values"))
    }

    pub(super) fn boolean(&self, argument: &Argument) -> Result<bool, GraphQlError> {
        match self.variables.value_of(argument)? {
            Value::Boolean(value) => Ok(value),
            _ => Err(self.expected(argument, "true or false")),
        }
    }

    pub(super) fn whole_number(&self, argument: &Argument) -> Result<usize, GraphQlError> {
        let value = self.variables.value_of(argument)?;
        let number = match &value {
            Value::Number(text) => text.parse().ok(),
            _ => None,
        };
        number.ok_or_else(|| self.expected(argument, "a whole number that is not negative"))
    }
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) | Value::Number(text) => Some(text.clone()),
        Value::Boolean(value) => Some(value.to_string()),
        Value::Variable(_) | Value::Null | Value::List(_) => None,
    }
}
