//! The XPath of RFC 5261, section 4.1: location steps downwards, with predicates, to one node.
//!
//! Beyond the RFC a predicate may compare what a path leads to (`[f:system/@value='x']`), since FHIR keeps values in attributes,
//! and `last()` is a position. `id()` is not taken: without a DTD no attribute is an ID.

use std::sync::Arc;

use super::namespaces::Scope;

/// A compiled selector.
#[derive(Debug)]
pub(super) struct Selector {
    pub(super) text: String,
    /// The elements on the way.
    pub(super) steps: Vec<Step>,
    /// What is selected of the last of them; `None` is the element itself.
    pub(super) last: Option<Last>,
}

/// A step to child elements.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) test: NameTest,
    /// Each is applied to what those before it have left.
    pub(super) predicates: Vec<Predicate>,
}

/// Which elements a step goes to.
#[derive(Debug)]
pub(super) enum NameTest {
    Any,
    Name { namespace: Arc<str>, local: String },
}

/// A condition on the elements of a step.
#[derive(Debug)]
pub(super) enum Predicate {
    /// Counted from 1.
    Position(usize),
    Last,
    /// Whether one of the elements or attributes that a path leads to has this value. The empty path is the element itself.
    Value {
        path: Vec<NameTest>,
        attribute: Option<String>,
        value: String,
    },
}

/// What is selected of an element.
#[derive(Debug)]
pub(super) enum Last {
    Attribute(String),
    /// The declaration of this prefix.
    Namespace(String),
    /// A child that is no element; the position is counted from 1 among those of its kind.
    Child(ChildKind, Option<usize>),
}

/// The kinds of children that are no elements.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum ChildKind {
    Text,
    Comment,
    /// A processing instruction, perhaps only of this target.
    Instruction(Option<String>),
}

/// Compiles a selector, its prefixes meaning what they mean in the patch. A name without a prefix is in the default namespace.
pub(super) fn parse(text: &str, scope: &Scope) -> Result<Selector, String> {
    let mut parser = Parser { rest: text.trim(), scope };
    parser.take("/");
    let mut steps = Vec::new();
    let last = loop {
        if let Some(last) = parser.last_step()? {
            break Some(last);
        }
        steps.push(Step { test: parser.name_test()?, predicates: parser.predicates()? });
        if !parser.take("/") {
            break None;
        }
    };
    if !parser.rest.is_empty() {
        return Err(format!("\"{}\" is more than selectors may say", parser.rest));
    }
    Ok(Selector { text: text.to_owned(), steps, last })
}

struct Parser<'t> {
    rest: &'t str,
    scope: &'t Scope,
}

impl<'t> Parser<'t> {
    fn take(&mut self, token: &str) -> bool {
        match self.rest.strip_prefix(token) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn expect(&mut self, token: &str) -> Result<(), String> {
        if self.take(token) { Ok(()) } else { Err(format!("expected \"{token}\" before \"{}\"", self.rest)) }
    }

    fn skip_space(&mut self) {
        self.rest = self.rest.trim_start();
    }

    /// The text up to the first character that `is_end`.
    fn until(&mut self, is_end: impl Fn(char) -> bool) -> &'t str {
        let end = self.rest.find(is_end).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at(end);
        self.rest = rest;
        taken
    }

    fn name(&mut self) -> Result<&'t str, String> {
        let before = self.rest;
        let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '\u{b7}');
        match self.until(|c| !is_name(c)) {
            "" => Err(format!("expected a name before \"{before}\"")),
            name if name.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '.')) => {
                Err(format!("\"{name}\" is not a name"))
            }
            name => Ok(name),
        }
    }

    fn name_test(&mut self) -> Result<NameTest, String> {
        if self.take("*") {
            return Ok(NameTest::Any);
        }
        let first = self.name()?;
        let (prefix, local) = if self.take(":") { (first, self.name()?) } else { ("", first) };
        let namespace = self.scope.selector_namespace(prefix);
        let namespace = namespace.ok_or_else(|| format!("the prefix \"{prefix}\" is not declared"))?;
        Ok(NameTest::Name { namespace, local: local.to_owned() })
    }

    /// An attribute as it is written: prefixes of attributes are compared as such.
    fn attribute(&mut self) -> Result<String, String> {
        let first = self.name()?;
        Ok(if self.take(":") { format!("{first}:{}", self.name()?) } else { first.to_owned() })
    }

    fn last_step(&mut self) -> Result<Option<Last>, String> {
        if self.take("@") {
            return self.attribute().map(|name| Some(Last::Attribute(name)));
        }
        if self.take("namespace::") {
            return self.name().map(|prefix| Some(Last::Namespace(prefix.to_owned())));
        }
        let kind = if self.take("text()") {
            ChildKind::Text
        } else if self.take("comment()") {
            ChildKind::Comment
        } else if self.take("processing-instruction(") {
            let target = if self.rest.starts_with(')') { None } else { Some(self.literal()?) };
            self.expect(")")?;
            ChildKind::Instruction(target)
        } else {
            return Ok(None);
        };
        let position = if self.take("[") {
            let position = self.position()?;
            self.expect("]")?;
            Some(position)
        } else {
            None
        };
        Ok(Some(Last::Child(kind, position)))
    }

    fn position(&mut self) -> Result<usize, String> {
        let digits = self.until(|c| !c.is_ascii_digit());
        digits.parse().map_err(|_| format!("expected a position before \"{}\"", self.rest))
    }

    fn literal(&mut self) -> Result<String, String> {
        let quote = if self.take("'") { '\'' } else { self.expect("\"").map(|()| '"')? };
        let text = self.until(|c| c == quote);
        if self.rest.is_empty() {
            return Err("a literal without an end".to_owned());
        }
        self.rest = self.rest.strip_prefix(quote).unwrap_or(self.rest);
        Ok(text.to_owned())
    }

    fn predicates(&mut self) -> Result<Vec<Predicate>, String> {
        let mut predicates = Vec::new();
        while self.take("[") {
            self.skip_space();
            predicates.push(self.predicate()?);
            self.skip_space();
            self.expect("]")?;
        }
        Ok(predicates)
    }

    fn predicate(&mut self) -> Result<Predicate, String> {
        if self.rest.starts_with(|c: char| c.is_ascii_digit()) {
            return self.position().map(Predicate::Position);
        }
        if self.take("last()") {
            return Ok(Predicate::Last);
        }
        let (mut path, mut attribute) = (Vec::new(), None);
        if !self.take(".") {
            loop {
                if self.take("@") {
                    attribute = Some(self.attribute()?);
                    break;
                }
                path.push(self.name_test()?);
                if !self.take("/") {
                    break;
                }
            }
        }
        self.skip_space();
        self.expect("=")?;
        self.skip_space();
        Ok(Predicate::Value { path, attribute, value: self.literal()? })
    }
}
