//! JSON Patch (RFC 6902).

mod pointer;

use fhir_model::{Document, Node};

use crate::error::{PatchError, shorten};
use crate::limits::{Budget, Limits, MAX_DEPTH};
use crate::value::Value;
use pointer::{Place, Pointer, position};

/// A list of operations on JSON.
#[derive(Debug)]
pub struct JsonPatch {
    operations: Vec<Operation>,
}

#[derive(Debug)]
struct Operation {
    path: Pointer,
    action: Action,
}

#[derive(Debug)]
enum Action {
    Add(Value),
    Remove,
    Replace(Value),
    Move { from: Pointer },
    Copy { from: Pointer },
    Test(Value),
}

impl JsonPatch {
    /// Reads the array of operations. Members that RFC 6902 does not define are ignored, as it asks.
    pub fn parse(body: &str, limits: Limits) -> Result<Self, PatchError> {
        let document = Document::parse(body).map_err(|error| PatchError::syntax(error.to_string()))?;
        let root = document.root();
        if !root.is_array() {
            return Err(PatchError::syntax("a JSON Patch is an array of operations"));
        }
        limits.check_operations(root.len())?;
        let operations = root.items().enumerate().map(|(index, node)| {
            let path = node.get_str("path").unwrap_or_default();
            Operation::parse(node).map_err(|error| error.in_operation(index, path))
        });
        Ok(Self { operations: operations.collect::<Result<_, _>>()? })
    }

    /// Applies the patch to any JSON, be it a resource or not.
    pub fn apply(&self, target: Node<'_>, limits: Limits) -> Result<Document, PatchError> {
        let json = self.apply_within(target, Budget::new(limits))?;
        limits.check_result(json.len())?;
        Document::parse_bytes(json).map_err(|error| PatchError::not_applicable(error.to_string()))
    }

    pub(crate) fn apply_within(&self, target: Node<'_>, mut budget: Budget) -> Result<Vec<u8>, PatchError> {
        let mut root = Value::from(target);
        for (index, operation) in self.operations.iter().enumerate() {
            operation
                .apply(&mut root, &mut budget)
                .map_err(|error| error.in_operation(index, operation.path.text()))?;
        }
        Ok(root.to_vec())
    }
}

impl Operation {
    fn parse(node: Node<'_>) -> Result<Self, PatchError> {
        let text = |name: &str| {
            node.get_str(name)
                .ok_or_else(|| PatchError::syntax(format!("the operation has no string \"{name}\"")))
        };
        let value = || {
            let value = node.get("value").map(Value::from);
            value.ok_or_else(|| PatchError::syntax("the operation has no \"value\""))
        };
        let from = || Pointer::parse(text("from")?);
        let action = match text("op")? {
            "add" => Action::Add(value()?),
            "remove" => Action::Remove,
            "replace" => Action::Replace(value()?),
            "move" => Action::Move { from: from()? },
            "copy" => Action::Copy { from: from()? },
            "test" => Action::Test(value()?),
            other => return Err(PatchError::syntax(format!("there is no operation \"{other}\""))),
        };
        Ok(Self { path: Pointer::parse(text("path")?)?, action })
    }

    fn apply(&self, root: &mut Value, budget: &mut Budget) -> Result<(), PatchError> {
        match &self.action {
            Action::Add(value) => {
                budget.grow(value.weight())?;
                self.add(root, value.clone())
            }
            Action::Remove => remove(root, &self.path).map(drop),
            Action::Replace(value) => {
                budget.grow(value.weight())?;
                self.check_depth(value)?;
                *self.path.find(root)? = value.clone();
                Ok(())
            }
            Action::Move { from } if from.contains(&self.path) => {
                Err(PatchError::not_applicable("a value cannot be moved into itself"))
            }
            Action::Move { from } if from.text() == self.path.text() => from.find(root).map(|_| ()),
            Action::Move { from } => {
                let value = remove(root, from)?;
                self.add(root, value)
            }
            Action::Copy { from } => {
                let source = from.find(root)?;
                budget.grow(source.weight())?;
                let value = source.clone();
                self.add(root, value)
            }
            Action::Test(expected) => self.test(root, expected),
        }
    }

    /// Values that are put inside each other again and again must not become deeper than a resource may be.
    fn check_depth(&self, value: &Value) -> Result<(), PatchError> {
        if self.path.depth() + value.depth() > MAX_DEPTH {
            return Err(PatchError::too_costly(format!(
                "the result is nested deeper than {MAX_DEPTH} levels"
            )));
        }
        Ok(())
    }

    fn add(&self, root: &mut Value, value: Value) -> Result<(), PatchError> {
        self.check_depth(&value)?;
        match self.path.place(root)? {
            Place::Root(root) => *root = value,
            Place::In(Value::Object(object), name) => object.set(name, value),
            Place::In(Value::Array(items), "-") => items.push(value),
            Place::In(Value::Array(items), token) => {
                let position = position(token).map_err(PatchError::not_applicable)?;
                if position > items.len() {
                    let message = format!("{position} is beyond the {} items of the array", items.len());
                    return Err(PatchError::not_applicable(message));
                }
                items.insert(position, value);
            }
            Place::In(..) => {
                return Err(PatchError::not_applicable("its parent is neither an object nor an array"));
            }
        }
        Ok(())
    }

    fn test(&self, root: &mut Value, expected: &Value) -> Result<(), PatchError> {
        let found = self.path.find(root)?;
        if found.is_same(expected) {
            return Ok(());
        }
        Err(PatchError::test_failed(format!(
            "the test failed: found {}, expected {}",
            excerpt(found),
            excerpt(expected)
        )))
    }
}

fn remove(root: &mut Value, path: &Pointer) -> Result<Value, PatchError> {
    let missing =
        |message: String| PatchError::not_applicable(format!("there is no {}: {message}", path.text()));
    match path.place(root)? {
        Place::Root(_) => Err(PatchError::not_applicable("the resource itself cannot be removed")),
        Place::In(Value::Object(object), name) => {
            object.remove(name).ok_or_else(|| missing(format!("the object has no member \"{name}\"")))
        }
        Place::In(Value::Array(items), token) => {
            let position = position(token).map_err(missing)?;
            if position >= items.len() {
                return Err(missing(format!("the array has {} items", items.len())));
            }
            Ok(items.remove(position))
        }
        Place::In(..) => Err(missing("its parent is neither an object nor an array".to_owned())),
    }
}

/// The beginning of a value's JSON, for messages.
fn excerpt(value: &Value) -> String {
    shorten(String::from_utf8_lossy(&value.to_vec()).into_owned(), 80)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::PatchErrorKind;

    const PATIENT: &str = r#"{"resourceType":"Patient","id":"1","multipleBirthInteger":1.00,"name":[{"family":"a"},{"family":"b"}]}"#;

    fn apply(patch: &str) -> Result<String, PatchError> {
        let target = Document::parse(PATIENT).unwrap();
        let patched = JsonPatch::parse(patch, Limits::default())?.apply(target.root(), Limits::default())?;
        Ok(patched.source().to_owned())
    }

    fn failure(patch: &str) -> (PatchErrorKind, Option<usize>, String) {
        let error = apply(patch).unwrap_err();
        (error.kind, error.operation, error.to_string())
    }

    #[test]
    fn order_and_digits_survive() {
        let patched = apply(
            r#"[{"op":"test","path":"/multipleBirthInteger","value":1},
                {"op":"remove","path":"/id"},{"op":"add","path":"/active","value":true},
                {"op":"move","from":"/name/0","path":"/name/-"},
                {"op":"copy","from":"/name/1/family","path":"/name/0/text"}]"#,
        );
        assert_eq!(
            patched.unwrap(),
            r#"{"resourceType":"Patient","multipleBirthInteger":1.00,"name":[{"family":"b","text":"a"},{"family":"a"}],"active":true}"#
        );
    }

    #[test]
    fn failures_name_the_operation_and_the_reason() {
        let (kind, operation, text) =
            failure(r#"[{"op":"add","path":"/a","value":1},{"op":"test","path":"/id","value":"2"}]"#);
        assert_eq!((kind, operation), (PatchErrorKind::TestFailed, Some(1)));
        assert_eq!(text, r#"operation 1 of the patch (/id): the test failed: found "1", expected "2""#);
        let (kind, _, text) = failure(r#"[{"op":"remove","path":"/name/2"}]"#);
        assert_eq!(kind, PatchErrorKind::NotApplicable);
        assert!(text.ends_with("there is no /name/2: the array has 2 items"), "{text}");
        for patch in [
            r#"[{"op":"remove","path":"/name/01"}]"#,
            r#"[{"op":"remove","path":"/name/-"}]"#,
            r#"[{"op":"remove","path":""}]"#,
            r#"[{"op":"add","path":"/name/3","value":1}]"#,
            r#"[{"op":"add","path":"/id/x","value":1}]"#,
            r#"[{"op":"replace","path":"/gender","value":1}]"#,
            r#"[{"op":"move","from":"/name","path":"/name/0"}]"#,
            r#"[{"op":"copy","from":"/gender","path":"/a"}]"#,
        ] {
            assert_eq!(failure(patch).0, PatchErrorKind::NotApplicable, "{patch}");
        }
        for patch in [
            "{}",
            "[1]",
            r#"[{"op":"spam","path":"/a"}]"#,
            r#"[{"op":"add","path":"/a"}]"#,
            r#"[{"op":"add","path":"a","value":1}]"#,
            r#"[{"op":"remove","path":"/~2"}]"#,
            r#"[{"op":"move","path":"/a"}]"#,
        ] {
            assert_eq!(failure(patch).0, PatchErrorKind::Syntax, "{patch}");
        }
    }

    #[test]
    fn what_grows_without_end_is_refused() {
        let doubling = r#"{"op":"copy","from":"/name","path":"/name/-"}"#;
        let patch = format!("[{}]", [doubling; 200].join(","));
        assert_eq!(failure(&patch).0, PatchErrorKind::TooCostly);
        let patch = format!("[{}]", [doubling; 2000].join(","));
        assert_eq!(failure(&patch).0, PatchErrorKind::TooCostly);
        let deep = format!(r#"{{"op":"add","path":"{}","value":[[[[0]]]]}}"#, "/name".repeat(98));
        assert_eq!(failure(&format!("[{deep}]")).0, PatchErrorKind::TooCostly);
    }
}
