//! The operators of `_filter`, each for the parameter types that it fits.

use crate::parameters::ParameterKind;
use crate::parse::modifier::Modifier;
use crate::query::Comparison;

/// An operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    Equal,
    NotEqual,
    Contains,
    StartsWith,
    EndsWith,
    /// Those that are prefixes of ordered values too.
    Prefix(&'static str),
    Present,
    Overlaps,
    Subsumes,
    SubsumedBy,
    In,
    NotIn,
    RefersTo,
}

/// An operator as it is written, with what it is for.
pub(crate) struct Row {
    pub(crate) name: &'static str,
    operator: Operator,
    /// The parameter types that it fits.
    pub(crate) kinds: &'static [ParameterKind],
    /// What it means, for the documentation.
    pub(crate) meaning: &'static str,
}

/// All operators.
pub(crate) const OPERATORS: &[Row] = {
    use Operator as O;
    use ParameterKind::{Composite, Date, Number, Quantity, Reference, String, Token, Uri};
    const ORDERED: &[ParameterKind] = &[Number, Date, Quantity];
    const COMPARED: &[ParameterKind] = &[Number, Date, Quantity, String];
    const AS_PREFIX: &str =
        "as the prefix; of a string the first characters are compared, by their Unicode numbers";
    &[
        Row {
            name: "eq",
            operator: O::Equal,
            kinds: &[Number, Date, Quantity, String, Token, Uri, Composite],
            meaning: "equal; a string as a whole, without regard to case and accents",
        },
        Row {
            name: "ne",
            operator: O::NotEqual,
            kinds: &[Number, Date, Quantity, String, Token, Uri],
            meaning: "there is a value that is not equal; of tokens only where the parameter selects one value at most",
        },
        Row {
            name: "co",
            operator: O::Contains,
            kinds: &[String, Date],
            meaning: "contains the text; of a date the period of the resource contains that of the value",
        },
        Row { name: "sw", operator: O::StartsWith, kinds: &[String], meaning: "starts with" },
        Row { name: "ew", operator: O::EndsWith, kinds: &[String], meaning: "ends with" },
        Row { name: "gt", operator: O::Prefix("gt"), kinds: COMPARED, meaning: AS_PREFIX },
        Row { name: "lt", operator: O::Prefix("lt"), kinds: COMPARED, meaning: AS_PREFIX },
        Row { name: "ge", operator: O::Prefix("ge"), kinds: COMPARED, meaning: AS_PREFIX },
        Row { name: "le", operator: O::Prefix("le"), kinds: COMPARED, meaning: AS_PREFIX },
        Row { name: "ap", operator: O::Prefix("ap"), kinds: ORDERED, meaning: "as the prefix" },
        Row { name: "sa", operator: O::Prefix("sa"), kinds: ORDERED, meaning: "as the prefix" },
        Row { name: "eb", operator: O::Prefix("eb"), kinds: ORDERED, meaning: "as the prefix" },
        Row {
            name: "pr",
            operator: O::Present,
            kinds: &[Number, Date, Quantity, String, Token, Reference, Uri],
            meaning: "`true`: the path leads to a value; `false`: it leads to none",
        },
        Row { name: "po", operator: O::Overlaps, kinds: &[Date], meaning: "the periods overlap" },
        Row {
            name: "ss",
            operator: O::Subsumes,
            kinds: &[Token],
            meaning: "the value subsumes a concept (`:below`)",
        },
        Row {
            name: "sb",
            operator: O::SubsumedBy,
            kinds: &[Token],
            meaning: "the value is subsumed by a concept (`:above`)",
        },
        Row { name: "in", operator: O::In, kinds: &[Token], meaning: "a coding is in the value set" },
        Row { name: "ni", operator: O::NotIn, kinds: &[Token], meaning: "no coding is in the value set" },
        Row {
            name: "re",
            operator: O::RefersTo,
            kinds: &[Reference],
            meaning: "refers to `id`, `Type/id` or a url",
        },
    ]
};

/// The order of first characters.
fn initial(prefix: &str) -> Modifier<'static> {
    Modifier::Initial(match prefix {
        "gt" => Comparison::Greater,
        "lt" => Comparison::Less,
        "ge" => Comparison::GreaterOrEqual,
        _ => Comparison::LessOrEqual,
    })
}

/// The names of all operators, for messages.
pub(super) fn names() -> String {
    OPERATORS.iter().map(|row| row.name).collect::<Vec<_>>().join(", ")
}

impl Operator {
    /// The operator of that name.
    pub(super) fn of(name: &str) -> Option<Self> {
        OPERATORS.iter().find(|row| row.name == name).map(|row| row.operator)
    }

    fn name(self) -> &'static str {
        OPERATORS.iter().find(|row| row.operator == self).map_or("", |row| row.name)
    }

    /// How values of a parameter type are compared: a modifier, and what is put before the value. The error says what to write
    /// instead.
    pub(super) fn on(self, kind: ParameterKind) -> Result<(Option<Modifier<'static>>, &'static str), String> {
        if !OPERATORS.iter().any(|row| row.operator == self && row.kinds.contains(&kind)) {
            return Err(self.unfit(kind));
        }
        Ok(match self {
            Self::Equal if kind == ParameterKind::String => (Some(Modifier::Whole), ""),
            Self::Equal if kind.is_ordered() => (None, "eq"),
            Self::NotEqual if kind.is_ordered() => (None, "ne"),
            // What is not equal to a token is found by the caller.
            Self::NotEqual if kind == ParameterKind::Token => (None, ""),
            Self::NotEqual => (Some(Modifier::Other), ""),
            Self::Prefix(prefix) if kind == ParameterKind::String => (Some(initial(prefix)), ""),
            Self::Prefix(prefix) => (None, prefix),
            Self::Contains if kind == ParameterKind::Date => (Some(Modifier::Contain), "eq"),
            Self::Contains => (Some(Modifier::Contains), ""),
            Self::EndsWith => (Some(Modifier::Ending), ""),
            Self::Present => (Some(Modifier::Missing), ""),
            Self::Overlaps => (Some(Modifier::Overlap), "eq"),
            Self::Subsumes => (Some(Modifier::Below), ""),
            Self::SubsumedBy => (Some(Modifier::Above), ""),
            Self::In | Self::NotIn => (Some(Modifier::In), ""),
            Self::Equal | Self::StartsWith | Self::RefersTo => (None, ""),
        })
    }

    fn unfit(self, kind: ParameterKind) -> String {
        let fitting = OPERATORS.iter().filter(|row| row.kinds.contains(&kind)).map(|row| row.name);
        let fitting: Vec<&str> = fitting.collect();
        let instead = match self {
            Self::NotEqual => "; write not (... eq ...)",
            Self::Contains if matches!(kind, ParameterKind::Number | ParameterKind::Quantity) => {
                "; with which precision numbers were written is not indexed, ask for a range"
            }
            _ => "",
        };
        format!(
            "the operator '{}' does not fit {} parameters, which take {}{instead}",
            self.name(),
            kind.code(),
            if fitting.is_empty() { "none".to_owned() } else { fitting.join(", ") },
        )
    }

    /// Whether the resources wanted are those for which the test does not hold.
    pub(super) fn negates(self, value: &str) -> bool {
        self == Self::NotIn || self == Self::Present && value == "false"
    }
}
