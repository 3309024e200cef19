//! JSON Pointer (RFC 6901): parsing, and the way to what it points to.

use crate::error::PatchError;
use crate::value::Value;

/// A pointer into a JSON document.
#[derive(Clone, Debug)]
pub(super) struct Pointer {
    text: String,
    /// The names and positions on the way, unescaped.
    tokens: Vec<String>,
}

/// Where a value stands in its parent.
pub(super) enum Place<'v> {
    /// The document itself.
    Root(&'v mut Value),
    /// A member or item, there or not, of this array or object.
    In(&'v mut Value, &'v str),
}

impl Pointer {
    pub(super) fn parse(text: &str) -> Result<Self, PatchError> {
        let Some(rest) = text.strip_prefix('/') else {
            if text.is_empty() {
                return Ok(Self { text: String::new(), tokens: Vec::new() });
            }
            return Err(PatchError::syntax(format!("the pointer \"{text}\" does not start with \"/\"")));
        };
        let tokens = rest.split('/').map(unescape).collect::<Option<_>>();
        let tokens = tokens.ok_or_else(|| {
            PatchError::syntax(format!("the pointer \"{text}\" has a \"~\" that escapes nothing"))
        })?;
        Ok(Self { text: text.to_owned(), tokens })
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// How many arrays and objects stand around the value.
    pub(super) fn depth(&self) -> usize {
        self.tokens.len()
    }

    /// Whether the other points to something inside of what this one points to.
    pub(super) fn contains(&self, other: &Self) -> bool {
        self.depth() < other.depth() && other.tokens.starts_with(&self.tokens)
    }

    pub(super) fn find<'v>(&self, root: &'v mut Value) -> Result<&'v mut Value, PatchError> {
        self.walk(root, self.tokens.len())
    }

    pub(super) fn place<'v>(&'v self, root: &'v mut Value) -> Result<Place<'v>, PatchError> {
        match self.tokens.split_last() {
            None => Ok(Place::Root(root)),
            Some((last, before)) => Ok(Place::In(self.walk(root, before.len())?, last)),
        }
    }

    /// What the first tokens lead to.
    fn walk<'v>(&self, root: &'v mut Value, count: usize) -> Result<&'v mut Value, PatchError> {
        let mut at = root;
        for (position, token) in self.tokens.iter().take(count).enumerate() {
            at = step(at, token).map_err(|reason| {
                let way: String =
                    self.tokens.iter().take(position + 1).map(|token| format!("/{token}")).collect();
                PatchError::not_applicable(format!("there is no {way}: {reason}"))
            })?;
        }
        Ok(at)
    }
}

/// `~1` is `/` and `~0` is `~`; nothing else begins with `~`.
fn unescape(token: &str) -> Option<String> {
    let mut out = String::with_capacity(token.len());
    let mut characters = token.chars();
    while let Some(character) = characters.next() {
        out.push(match character {
            '~' => match characters.next()? {
                '0' => '~',
                '1' => '/',
                _ => return None,
            },
            character => character,
        });
    }
    Some(out)
}

fn step<'v>(at: &'v mut Value, token: &str) -> Result<&'v mut Value, String> {
    match at {
        Value::Object(object) => {
            object.get_mut(token).ok_or_else(|| format!("the object has no member \"{token}\""))
        }
        Value::Array(items) => {
            let (position, len) = (position(token)?, items.len());
            items.get_mut(position).ok_or_else(|| format!("the array has {len} items"))
        }
        _ => Err("it would stand in a value that is neither an object nor an array".to_owned()),
    }
}

/// The position in an array that a token is: digits without leading zeros.
pub(super) fn position(token: &str) -> Result<usize, String> {
    let is_number =
        token.bytes().all(|byte| byte.is_ascii_digit()) && (token == "0" || !token.starts_with('0'));
    let number = if is_number { token.parse().ok() } else { None };
    number.ok_or_else(|| format!("\"{token}\" is not a position in an array"))
}
