//! Answers of questionnaires: the values that responses give, options offer and conditions compare with.

use std::cmp::Ordering;

use fhir_model::Node;
use fhir_model::primitive::{DateTime, Time, decimal};
use fhirpath::Quantity;

/// A `value[x]` or `answer[x]`.
#[derive(Clone, Copy)]
pub(in crate::rules) struct Value<'a> {
    /// The type as the member name has it: `Coding` of `valueCoding`.
    pub(in crate::rules) kind: &'a str,
    /// The value.
    pub(in crate::rules) node: Node<'a>,
}

impl<'a> Value<'a> {
    /// The choice of that name in an object.
    pub(in crate::rules) fn of(holder: Node<'a>, name: &str) -> Option<Self> {
        holder.members().find_map(|(member, node)| {
            let kind = member
                .strip_prefix(name)
                .filter(|kind| kind.starts_with(|c: char| c.is_ascii_uppercase()))?;
            Some(Self { kind, node })
        })
    }

    /// The value of the first extension with that url.
    pub(in crate::rules) fn of_extension(holder: Node<'a>, url: &str) -> Option<Self> {
        let extensions = holder.get("extension")?.items();
        extensions.into_iter().find(|it| it.get_str("url") == Some(url)).and_then(|it| Self::of(it, "value"))
    }

    /// Whether both are the same answer. Displays do not count, and a system only where both have one.
    pub(in crate::rules) fn is_same(&self, other: &Self) -> bool {
        match (self.kind, other.kind) {
            ("Coding", "Coding") => {
                let systems = (self.node.get_str("system"), other.node.get_str("system"));
                let same_system = matches!(systems, (None, _) | (_, None)) || systems.0 == systems.1;
                same_system && self.node.get_str("code") == other.node.get_str("code")
            }
            ("Reference", "Reference") => self.node.get_str("reference") == other.node.get_str("reference"),
            ("Decimal" | "Integer" | "Quantity", _) => self.order(other) == Some(Ordering::Equal),
            _ => {
                self.node.primitive_text().is_some()
                    && self.node.primitive_text() == other.node.primitive_text()
            }
        }
    }

    /// Which is less. `None` where that cannot be told: dates of which one lies within the other, units that do not
    /// measure the same, types without an order.
    pub(in crate::rules) fn order(&self, other: &Self) -> Option<Ordering> {
        match (self.kind, other.kind) {
            ("Decimal" | "Integer", "Decimal" | "Integer") => Some(
                decimal::parse(self.node.as_number()?)
                    .ok()?
                    .cmp(&decimal::parse(other.node.as_number()?).ok()?),
            ),
            ("Date" | "DateTime", "Date" | "DateTime") => {
                order_ranges(self.date_range()?, other.date_range()?)
            }
            ("Time", "Time") => order_ranges(self.time_range()?, other.time_range()?),
            ("String", "String") => Some(self.node.as_str()?.cmp(other.node.as_str()?)),
            ("Quantity", "Quantity") => {
                Quantity::from_node(self.node)?.compare(&Quantity::from_node(other.node)?)
            }
            _ => None,
        }
    }

    fn date_range(&self) -> Option<(i64, i64)> {
        Some(DateTime::parse_date_time(self.node.as_str()?).ok()?.range_micros(0))
    }

    fn time_range(&self) -> Option<(i64, i64)> {
        Some(Time::parse(self.node.as_str()?).ok()?.range_micros())
    }
}

fn order_ranges(a: (i64, i64), b: (i64, i64)) -> Option<Ordering> {
    if a == b {
        Some(Ordering::Equal)
    } else if a.1 <= b.0 {
        Some(Ordering::Less)
    } else if a.0 >= b.1 {
        Some(Ordering::Greater)
    } else {
        None
    }
}

/// The types of answers that an item of that type takes; none for items that take no answers or types not known here.
pub(in crate::rules) fn kinds_of(item_type: &str) -> &'static [&'static str] {
    match item_type {
        "boolean" => &["Boolean"],
        "decimal" => &["Decimal"],
        "integer" => &["Integer"],
        "date" => &["Date"],
        "dateTime" => &["DateTime"],
        "time" => &["Time"],
        "string" | "text" => &["String"],
        "url" => &["Uri"],
        "choice" => &["Coding"],
        "open-choice" => &["Coding", "String"],
        "attachment" => &["Attachment"],
        "reference" => &["Reference"],
        "quantity" => &["Quantity"],
        _ => &[],
    }
}

/// The types that an item's answers can have: with options to choose from, also the types of these.
pub(in crate::rules) fn kinds_of_item<'a>(item: Node<'a>) -> Vec<&'a str> {
    let item_type = item.get_str("type").unwrap_or_default();
    let options = options(item).map(|option| option.kind);
    let mut kinds: Vec<&str> = kinds_of(item_type).to_vec();
    if matches!(item_type, "choice" | "open-choice") {
        kinds.extend(options);
    }
    kinds
}

/// The options of an item.
pub(in crate::rules) fn options<'a>(item: Node<'a>) -> impl Iterator<Item = Value<'a>> {
    item.get("answerOption").into_iter().flat_map(Node::items).filter_map(|option| Value::of(option, "value"))
}
