//! Choices of types: `value[x]`, and `valueQuantity` as a short cut for one of its slices.

use super::tree::Branch;

/// The type among `types` that `member` names for the choice `choice`: `Quantity` for `valueQuantity` and `value[x]`.
pub(super) fn type_named_by<'a>(
    choice: &str,
    member: &str,
    types: impl Iterator<Item = &'a str>,
) -> Option<&'a str> {
    let suffix = member.strip_prefix(choice.strip_suffix("[x]")?)?;
    types.into_iter().find(|name| is_capitalised(suffix, name))
}

/// The child of `parent` that the short cut `member` speaks of, with the type it names.
pub(super) fn choice_for(parent: &Branch, member: &str) -> Option<(usize, Box<str>)> {
    parent.children.iter().enumerate().filter(|(_, child)| child.key.slice.is_none()).find_map(
        |(at, child)| {
            let types = child.element.types.iter().map(|allowed| &*allowed.code);
            type_named_by(&child.key.name, member, types).map(|name| (at, name.into()))
        },
    )
}

/// Whether `text` is `name` with its first letter capitalised: `DateTime` for `dateTime`.
fn is_capitalised(text: &str, name: &str) -> bool {
    let (mut text, mut name) = (text.chars(), name.chars());
    let first = name.next().map(|letter| letter.to_ascii_uppercase());
    text.next() == first && text.as_str() == name.as_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_names_one_of_the_types() {
        let types = || ["Quantity", "dateTime", "date"].into_iter();
        assert_eq!(type_named_by("value[x]", "valueDateTime", types()), Some("dateTime"));
        assert_eq!(type_named_by("value[x]", "valueDate", types()), Some("date"));
        assert_eq!(type_named_by("value[x]", "valuedItem", types()), None);
        assert_eq!(type_named_by("value", "valueDate", types()), None);
    }
}
