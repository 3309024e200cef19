//! The functions, one family per file. Each file lists its functions in a table; the tables together are
//! all that the compiler knows about them.

mod aggregate;
mod boundary;
mod combining;
mod conversion;
mod encoding;
mod existence;
mod fhir;
mod filtering;
mod math;
mod string;
mod subsetting;
mod tree;
mod types;
mod utility;

use std::borrow::Cow;

use regex::Regex;

use crate::error::EvaluateError;
use crate::evaluate::{Evaluator, Scope, TEXT_PER_STEP, only_item};
use crate::item::{Collection, Item};
use crate::op::Op;

/// One function: how it is compiled and what it does.
#[derive(Debug)]
pub(crate) struct Function {
    pub(crate) name: &'static str,
    /// Least and greatest number of arguments.
    pub(crate) count: (usize, usize),
    pub(crate) arguments: Arguments,
    pub(crate) returns: Returns,
    /// Whether the result depends on the order of the input.
    pub(crate) needs_order: bool,
    /// Whether the order of the result is not defined.
    pub(crate) loses_order: bool,
    pub(crate) apply: Apply,
}

/// What a function does: appends its result to a collection.
pub(crate) type Apply = for<'e, 'a> fn(&Call<'e, 'a>, &mut Collection<'a>) -> Result<(), EvaluateError>;

/// How the arguments are compiled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arguments {
    /// Evaluated once, where the function stands.
    Values,
    /// Evaluated with `$this` as an item of the input.
    PerItem,
    /// The same, and on the results again.
    Recursive,
    /// The name of a type.
    TypeName,
}

/// The types of the result, as far as the compiler follows them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Returns {
    /// Items of the input.
    Input,
    /// Items of what the arguments give.
    Arguments,
    /// Elements of this type.
    Type(&'static str),
    /// Computed values, or anything.
    Computed,
}

impl Function {
    /// A function that computes a value from its input and arguments.
    const fn computed(name: &'static str, count: (usize, usize), apply: Apply) -> Self {
        Self {
            name,
            count,
            arguments: Arguments::Values,
            returns: Returns::Computed,
            needs_order: false,
            loses_order: false,
            apply,
        }
    }

    const fn with_arguments(self, arguments: Arguments) -> Self {
        Self { arguments, ..self }
    }

    const fn returning(self, returns: Returns) -> Self {
        Self { returns, ..self }
    }

    const fn in_order(self) -> Self {
        Self { needs_order: true, ..self }
    }

    const fn without_order(self) -> Self {
        Self { loses_order: true, ..self }
    }

    /// Whether the first argument is a regular expression.
    pub(crate) fn takes_pattern(&self) -> bool {
        string::PATTERN_FUNCTIONS.contains(&self.name)
    }
}

/// The function of that name.
pub(crate) fn by_name(name: &str) -> Option<&'static Function> {
    const FAMILIES: [&[Function]; 14] = [
        aggregate::FUNCTIONS,
        boundary::FUNCTIONS,
        combining::FUNCTIONS,
        conversion::FUNCTIONS,
        encoding::FUNCTIONS,
        existence::FUNCTIONS,
        fhir::FUNCTIONS,
        filtering::FUNCTIONS,
        math::FUNCTIONS,
        string::FUNCTIONS,
        subsetting::FUNCTIONS,
        tree::FUNCTIONS,
        types::FUNCTIONS,
        utility::FUNCTIONS,
    ];
    FAMILIES.iter().copied().flatten().find(|function| function.name == name)
}

/// The regular expression of a pattern function: `.` also matches line ends; `matchesFull` is anchored.
pub(crate) fn pattern(text: &str, function: &str) -> Result<Regex, String> {
    const SIZE_LIMIT: usize = 1 << 20;
    let text = if function == string::MATCHES_FULL {
        Cow::Owned(format!("^(?:{text})$"))
    } else {
        Cow::Borrowed(text)
    };
    regex::RegexBuilder::new(&text)
        .dot_matches_new_line(true)
        .size_limit(SIZE_LIMIT)
        .build()
        .map_err(|problem| problem.to_string())
}

/// One call of a function.
pub(crate) struct Call<'e, 'a> {
    pub(crate) evaluator: &'e Evaluator<'e, 'a>,
    pub(crate) function: &'static Function,
    pub(crate) source: &'a Op,
    pub(crate) arguments: &'a [Op],
    pub(crate) scope: Scope<'e, 'a>,
}

impl<'a> Call<'_, 'a> {
    fn name(&self) -> &'static str {
        self.function.name
    }

    /// All items that the function is called on.
    fn input(&self) -> Result<Collection<'a>, EvaluateError> {
        self.evaluator.items(self.source, self.scope)
    }

    /// The only item that the function is called on.
    fn single(&self) -> Result<Option<Item<'a>>, EvaluateError> {
        only_item(self.input()?, self.name())
    }

    /// The System value of the only item. An element without one is an error.
    fn value(&self) -> Result<Option<Item<'a>>, EvaluateError> {
        match self.single()? {
            Some(item) => item.value().ok_or_else(|| self.wrong(&item)).map(Some),
            None => Ok(None),
        }
    }

    /// The text of the only item.
    fn text(&self) -> Result<Option<Cow<'a, str>>, EvaluateError> {
        match self.single()? {
            Some(item) => {
                let text = item.as_text().ok_or_else(|| self.wrong(&item))?;
                self.evaluator.spend(text.len() / TEXT_PER_STEP)?;
                Ok(Some(text))
            }
            None => Ok(None),
        }
    }

    /// The items of an argument; none when it is left out.
    fn argument(&self, position: usize) -> Result<Collection<'a>, EvaluateError> {
        match self.arguments.get(position) {
            Some(op) => self.evaluator.items(op, self.scope),
            None => Ok(Collection::new()),
        }
    }

    /// The System value of an argument; `None` when it is empty or left out.
    fn argument_value(&self, position: usize) -> Result<Option<Item<'a>>, EvaluateError> {
        match only_item(self.argument(position)?, self.name())? {
            Some(item) => item.value().ok_or_else(|| self.wrong(&item)).map(Some),
            None => Ok(None),
        }
    }

    fn argument_text(&self, position: usize) -> Result<Option<Cow<'a, str>>, EvaluateError> {
        match only_item(self.argument(position)?, self.name())? {
            Some(item) => item.as_text().ok_or_else(|| self.wrong(&item)).map(Some),
            None => Ok(None),
        }
    }

    fn argument_integer(&self, position: usize) -> Result<Option<i32>, EvaluateError> {
        match self.argument_value(position)? {
            Some(Item::Integer(value)) => Ok(Some(value)),
            Some(other) => Err(self.wrong(&other)),
            None => Ok(None),
        }
    }

    /// The error for an input or argument of a type that the function does not take.
    fn wrong(&self, item: &Item<'_>) -> EvaluateError {
        let found = item.type_name(self.evaluator.model()).to_owned();
        EvaluateError::WrongType { operation: self.name(), found }
    }
}
