//! The occurrences of an element: in JSON its member and, for primitives, the `_` sibling beside it, which run in step.

use crate::value::{Object, Value};

/// One occurrence of an element.
#[derive(Clone, Debug, Default)]
pub(super) struct Occurrence {
    pub(super) value: Option<Value>,
    /// Of a primitive its id and extensions.
    pub(super) sibling: Option<Value>,
}

/// All occurrences of an element of one object, taken out of it.
#[derive(Debug)]
pub(super) struct Occurrences {
    pub(super) list: Vec<Occurrence>,
    /// Whether they are an array in JSON.
    pub(super) is_array: bool,
    /// Where the member stands among those of the object.
    pub(super) position: Option<usize>,
}

impl Occurrence {
    pub(super) fn is_empty(&self) -> bool {
        self.value.is_none() && self.sibling.is_none()
    }
}

impl Occurrences {
    /// Takes an element out of an object.
    pub(super) fn take(object: &mut Object, name: &str) -> Self {
        let sibling_name = format!("_{name}");
        let position = [object.position(name), object.position(&sibling_name)].into_iter().flatten().min();
        let (value, sibling) = (object.remove(name), object.remove(&sibling_name));
        let is_array = [&value, &sibling].into_iter().any(|member| matches!(member, Some(Value::Array(_))));
        let (mut values, mut siblings) = (each(value), each(sibling));
        let mut list = Vec::new();
        loop {
            let (value, sibling) = (values.next(), siblings.next());
            if value.is_none() && sibling.is_none() {
                return Self { list, is_array, position };
            }
            let present = |value: Option<Value>| value.filter(|value| !value.is_null());
            list.push(Occurrence { value: present(value), sibling: present(sibling) });
        }
    }

    /// Puts the element into an object that does not have it; without occurrences there is nothing to put.
    pub(super) fn put(self, object: &mut Object, name: &str) {
        let Self { list, is_array, position } = self;
        let (values, siblings): (Vec<_>, Vec<_>) =
            list.into_iter().map(|occurrence| (occurrence.value, occurrence.sibling)).unzip();
        let mut position = position.unwrap_or(usize::MAX).min(object.members.len());
        for (name, values) in [(name.to_owned(), values), (format!("_{name}"), siblings)] {
            if let Some(value) = member(values, is_array) {
                object.members.insert(position, (name.into(), value));
                position += 1;
            }
        }
    }
}

fn each(member: Option<Value>) -> std::vec::IntoIter<Value> {
    match member {
        Some(Value::Array(items)) => items,
        Some(value) => vec![value],
        None => Vec::new(),
    }
    .into_iter()
}

/// A member of JSON, `null` standing in the gaps of arrays; `None` if there is nothing but gaps.
fn member(values: Vec<Option<Value>>, is_array: bool) -> Option<Value> {
    if values.iter().all(Option::is_none) {
        return None;
    }
    let mut values = values.into_iter().map(|value| value.unwrap_or(Value::Null));
    if is_array { Some(Value::Array(values.collect())) } else { values.next() }
}
