//! Strings (section 5.6). Positions and lengths count characters.

use std::borrow::Cow;

use regex::Regex;

use super::{Call, Function};
use crate::error::EvaluateError;
use crate::evaluate::TEXT_PER_STEP;
use crate::item::{Collection, Item};
use crate::op::Op;

/// The functions whose first argument is a regular expression.
pub(super) const PATTERN_FUNCTIONS: [&str; 3] = ["matches", MATCHES_FULL, "replaceMatches"];
pub(super) const MATCHES_FULL: &str = "matchesFull";

pub(super) const FUNCTIONS: &[Function] = &[
    Function::computed("indexOf", (1, 1), |call, out| position(call, out, |text, part| text.find(part))),
    Function::computed("lastIndexOf", (1, 1), |call, out| position(call, out, |text, part| text.rfind(part))),
    Function::computed("substring", (1, 2), substring),
    Function::computed("startsWith", (1, 1), |call, out| {
        test(call, out, |text, part| text.starts_with(part))
    }),
    Function::computed("endsWith", (1, 1), |call, out| test(call, out, |text, part| text.ends_with(part))),
    Function::computed("contains", (1, 1), |call, out| test(call, out, |text, part| text.contains(part))),
    Function::computed("upper", (0, 0), |call, out| map(call, out, |text| Cow::Owned(text.to_uppercase()))),
    Function::computed("lower", (0, 0), |call, out| map(call, out, |text| Cow::Owned(text.to_lowercase()))),
    Function::computed("trim", (0, 0), |call, out| {
        map(call, out, |text| match text {
            Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
            Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
        })
    }),
    Function::computed("replace", (2, 2), replace),
    Function::computed("matches", (1, 1), matches),
    Function::computed(MATCHES_FULL, (1, 1), matches),
    Function::computed("replaceMatches", (2, 2), replace_matches),
    Function::computed("length", (0, 0), |call, out| {
        let length = call.text()?.map(|text| text.chars().count());
        out.extend(length.and_then(|length| i32::try_from(length).ok()).map(Item::Integer));
        Ok(())
    }),
    Function::computed("toChars", (0, 0), |call, out| {
        let text = call.text()?.unwrap_or_default();
        call.evaluator.spend(text.len())?;
        out.extend(text.chars().map(|c| owned(c.to_string())));
        Ok(())
    }),
    Function::computed("split", (1, 1), split),
    Function::computed("join", (0, 1), join),
];

fn owned<'a>(text: String) -> Item<'a> {
    Item::String(Cow::Owned(text))
}

fn map<'a>(
    call: &Call<'_, 'a>,
    out: &mut Collection<'a>,
    change: fn(Cow<'a, str>) -> Cow<'a, str>,
) -> Result<(), EvaluateError> {
    out.extend(call.text()?.map(|text| Item::String(change(text))));
    Ok(())
}

/// A text with the text of an argument.
type Texts<'a> = (Cow<'a, str>, Cow<'a, str>);

/// The text and the text of the first argument, when there are both.
fn text_and_argument<'a>(call: &Call<'_, 'a>) -> Result<Option<Texts<'a>>, EvaluateError> {
    let text = call.text()?;
    Ok(text.zip(call.argument_text(0)?))
}

fn test<'a>(
    call: &Call<'_, 'a>,
    out: &mut Collection<'a>,
    test: fn(&str, &str) -> bool,
) -> Result<(), EvaluateError> {
    out.extend(text_and_argument(call)?.map(|(text, part)| Item::Boolean(test(&text, &part))));
    Ok(())
}

/// The position of the argument in the text, -1 when it is not there.
fn position<'a>(
    call: &Call<'_, 'a>,
    out: &mut Collection<'a>,
    find: fn(&str, &str) -> Option<usize>,
) -> Result<(), EvaluateError> {
    if let Some((text, part)) = text_and_argument(call)? {
        let before = find(&text, &part).and_then(|at| text.get(..at));
        let position = before.map_or(Ok(-1), |before| i32::try_from(before.chars().count()));
        out.extend(position.map(Item::Integer));
    }
    Ok(())
}

fn substring<'a>(call: &Call<'_, 'a>, out: &mut Collection<'a>) -> Result<(), EvaluateError> {
    let Some(text) = call.text()? else { return Ok(()) };
    let Some(start) = call.argument_integer(0)?.and_then(|start| usize::try_from(start).ok()) else {
        return Ok(());
    };
    let length = match call.argument_integer(1)? {
        Some(length) => usize::try_from(length).unwrap_or(0),
        None => usize::MAX,
    };
    if start >= text.chars().count() {
        return Ok(());
    }
    out.push(owned(text.chars().skip(start).take(length).collect()));
    Ok(())
}

fn replace<'a>(call: &Call<'_, 'a>, out: &mut Collection<'a>) -> Result<(), EvaluateError> {
    let (Some(text), Some(pattern), Some(with)) =
        (call.text()?, call.argument_text(0)?, call.argument_text(1)?)
    else {
        return Ok(());
    };
    // Every byte may grow by the replacement, so that repeated replacing must not come for free.
    call.evaluator.spend(text.len().saturating_mul(with.len() + 1) / TEXT_PER_STEP)?;
    out.push(owned(text.replace(&*pattern, &with)));
    Ok(())
}

/// The regular expression of the first argument; `None` when it is empty.
fn regex<'a>(call: &Call<'_, 'a>) -> Result<Option<Cow<'a, Regex>>, EvaluateError> {
    if let Some(Op::Pattern(regex)) = call.arguments.first() {
        return Ok(Some(Cow::Borrowed(regex)));
    }
    let Some(text) = call.argument_text(0)? else { return Ok(None) };
    const COMPILING: usize = 1000;
    call.evaluator.spend(COMPILING)?;
    super::pattern(&text, call.name()).map(|regex| Some(Cow::Owned(regex))).map_err(EvaluateError::BadPattern)
}

fn matches<'a>(call: &Call<'_, 'a>, out: &mut Collection<'a>) -> Result<(), EvaluateError> {
    let text = call.text()?;
    if let Some((text, regex)) = text.zip(regex(call)?) {
        out.push(Item::Boolean(regex.is_match(&text)));
    }
    Ok(())
}

fn replace_matches<'a>(call: &Call<'_, 'a>, out: &mut Collection<'a>) -> Result<(), EvaluateError> {
    let text = call.text()?;
    let (Some(text), Some(regex), Some(with)) = (text, regex(call)?, call.argument_text(1)?) else {
        return Ok(());
    };
    // The empty pattern would match between all characters; the specification leaves the text alone.
    if regex.as_str().is_empty() {
        out.push(Item::String(text));
        return Ok(());
    }
    call.evaluator.spend(text.len().saturating_mul(with.len() + 1) / TEXT_PER_STEP)?;
    out.push(owned(regex.replace_all(&text, &*with).into_owned()));
    Ok(())
}

fn split<'a>(call: &Call<'_, 'a>, out: &mut Collection<'a>) -> Result<(), EvaluateError> {
    if let Some((text, separator)) = text_and_argument(call)? {
        // Before, and not only by the number of items after: a long text must not become a longer list.
        call.evaluator.spend(text.len())?;
        out.extend(text.split(&*separator).map(|part| owned(part.to_owned())));
    }
    Ok(())
}

fn join<'a>(call: &Call<'_, 'a>, out: &mut Collection<'a>) -> Result<(), EvaluateError> {
    let separator = call.argument_text(0)?.unwrap_or_default();
    let mut joined: Option<String> = None;
    for item in call.input()? {
        let text = item.as_text().ok_or_else(|| call.wrong(&item))?;
        call.evaluator.spend((text.len() + separator.len()) / TEXT_PER_STEP)?;
        match &mut joined {
            Some(joined) => {
                joined.push_str(&separator);
                joined.push_str(&text);
            }
            None => joined = Some(text.into_owned()),
        }
    }
    out.extend(joined.map(owned));
    Ok(())
}
