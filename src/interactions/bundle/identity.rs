//! Who the entries of a transaction will be: the identity of each, and what their `fullUrl`s stand for.

use std::collections::{HashMap, HashSet};

use super::Entry;
use crate::interactions::conditional::{self, Resolved};
use crate::interactions::request::Verb;
use crate::interactions::route::checked_id;
use crate::interactions::update::{check_id, expected, target};
use crate::interactions::{Context, Error, create};
use crate::store::{Check, Expected};

/// What an entry does to which resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Identity {
    /// The resource type.
    pub(super) kind: String,
    /// The id, given by the client, made here, or of the match of `ifNoneExist`.
    pub(super) id: String,
    /// What it does.
    pub(super) action: Action,
}

/// What an entry does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    /// POST of a resource that is new.
    Create,
    /// POST with an `ifNoneExist` that matches a resource: nothing is written.
    Found,
    /// PUT.
    Update(Expected),
    /// PATCH.
    Patch(Expected),
    /// DELETE.
    Delete(Expected),
    /// DELETE with a search that finds nothing: nothing is written.
    Nothing,
    /// GET and HEAD: performed when all writes are done.
    Read,
}

/// The identities of all entries of a transaction.
pub(super) struct Identities {
    /// One for each entry.
    pub(super) of_entries: Vec<Identity>,
    /// The conditions that these rest on.
    pub(super) checks: Vec<Check>,
    /// `fullUrl` to `Type/id`.
    pub(super) addresses: HashMap<String, String>,
}

impl Identities {
    /// Gives every entry its identity; entries that are no request of a transaction, and two that write the same resource, are
    /// errors.
    pub(super) fn resolve(context: &Context, entries: &[Entry<'_>]) -> Result<Self, Error> {
        let mut all = Self {
            of_entries: Vec::with_capacity(entries.len()),
            checks: Vec::new(),
            addresses: HashMap::new(),
        };
        let mut conditions: HashSet<(String, String)> = HashSet::new();
        for entry in entries {
            let identity =
                all.identity(context, entry, &mut conditions).map_err(|error| entry.error(error))?;
            let is_there = !matches!(identity.action, Action::Read | Action::Nothing);
            if let (Some(full_url), true) = (entry.full_url, is_there) {
                let address = format!("{}/{}", identity.kind, identity.id);
                if all.addresses.insert(full_url.to_owned(), address).is_some() {
                    let text = format!("the fullUrl {full_url} stands at more than one entry");
                    return Err(entry.error(Error::BadParameter(text)));
                }
            }
            all.of_entries.push(identity);
        }
        all.refuse_overlap(entries)?;
        Ok(all)
    }

    fn identity(
        &mut self,
        context: &Context,
        entry: &Entry<'_>,
        conditions: &mut HashSet<(String, String)>,
    ) -> Result<Identity, Error> {
        let path: Vec<&str> = entry.path.iter().map(String::as_str).collect();
        match (entry.verb, path.as_slice()) {
            (Verb::Get | Verb::Head, _) => {
                Ok(Identity { kind: String::new(), id: String::new(), action: Action::Read })
            }
            (Verb::Post, [kind]) => {
                check_resource(context, entry, kind)?;
                self.create(context, entry, kind, conditions)
            }
            (Verb::Put, [kind, id]) => {
                check_resource(context, entry, kind)?;
                let id = checked_id(id)?;
                if let Some(resource) = entry.resource {
                    check_id(resource, &id)?;
                }
                let action = Action::Update(expected(&entry.conditions)?);
                Ok(Identity { kind: (*kind).to_owned(), id, action })
            }
            (Verb::Put, [kind]) => {
                check_resource(context, entry, kind)?;
                let existing = self.found(context, entry, kind)?;
                let resource = entry.resource.ok_or_else(|| Error::NoBody((*kind).to_owned()))?;
                let (id, expected) = target(resource, existing.as_deref(), expected(&entry.conditions)?)?;
                let action =
                    if expected == Expected::New { Action::Create } else { Action::Update(expected) };
                Ok(Identity { kind: (*kind).to_owned(), id, action })
            }
            (Verb::Patch, [kind, id]) => {
                let action = Action::Patch(expected(&entry.conditions)?);
                Ok(Identity { kind: known_type(context, kind)?, id: checked_id(id)?, action })
            }
            (Verb::Patch, [kind]) => {
                let kind = known_type(context, kind)?;
                let existing = self.found(context, entry, &kind)?;
                let condition = conditional::condition_text(&entry.query);
                let id = existing.ok_or_else(|| Error::NoMatch { kind: kind.clone(), condition })?;
                Ok(Identity { kind, id, action: Action::Patch(expected(&entry.conditions)?) })
            }
            (Verb::Delete, [kind]) => {
                let kind = known_type(context, kind)?;
                Ok(match self.found(context, entry, &kind)? {
                    Some(id) => Identity { kind, id, action: Action::Delete(expected(&entry.conditions)?) },
                    None => Identity { kind, id: String::new(), action: Action::Nothing },
                })
            }
            (Verb::Delete, [kind, id]) => {
                let action = Action::Delete(expected(&entry.conditions)?);
                Ok(Identity { kind: known_type(context, kind)?, id: checked_id(id)?, action })
            }
            _ => Err(Error::MethodNotAllowed { verb: entry.verb.name(), path: entry.url.to_owned() }),
        }
    }

    /// The one resource that the search in the address of an entry finds.
    fn found(&mut self, context: &Context, entry: &Entry<'_>, kind: &str) -> Result<Option<String>, Error> {
        let Resolved { existing, check } = conditional::resolve_pairs(context, kind, &entry.query)?;
        self.checks.push(check);
        Ok(existing)
    }

    fn create(
        &mut self,
        context: &Context,
        entry: &Entry<'_>,
        kind: &str,
        conditions: &mut HashSet<(String, String)>,
    ) -> Result<Identity, Error> {
        let kind = kind.to_owned();
        let Some(condition) = &entry.conditions.if_none_exist else {
            return Ok(Identity { kind, id: create::new_id(), action: Action::Create });
        };
        let Resolved { existing, check } = conditional::resolve(context, &kind, condition)?;
        if let Some(id) = existing {
            return Ok(Identity { kind, id, action: Action::Found });
        }
        // The second of two equal conditions would match what the first creates.
        if !conditions.insert((kind.clone(), condition.clone())) {
            return Err(Error::BadParameter(format!(
                "ifNoneExist '{condition}' stands at more than one entry"
            )));
        }
        self.checks.push(check);
        Ok(Identity { kind, id: create::new_id(), action: Action::Create })
    }

    fn refuse_overlap(&self, entries: &[Entry<'_>]) -> Result<(), Error> {
        let mut seen: HashMap<(&str, &str), usize> = HashMap::new();
        for (entry, identity) in entries.iter().zip(&self.of_entries) {
            if matches!(identity.action, Action::Read | Action::Found | Action::Nothing) {
                continue;
            }
            if let Some(first) = seen.insert((&identity.kind, &identity.id), entry.index) {
                let text = format!("Bundle.entry[{first}] is about {}/{} too", identity.kind, identity.id);
                return Err(entry.error(Error::BadParameter(text)));
            }
        }
        Ok(())
    }
}

fn known_type(context: &Context, kind: &str) -> Result<String, Error> {
    if context.is_resource_type(kind) {
        Ok(kind.to_owned())
    } else {
        Err(Error::UnknownType(kind.to_owned()))
    }
}

fn check_resource(context: &Context, entry: &Entry<'_>, kind: &str) -> Result<(), Error> {
    known_type(context, kind)?;
    match entry.resource.map(|resource| resource.resource_type()) {
        None => Err(Error::NoBody(kind.to_owned())),
        Some(Some(found)) if found == kind => Ok(()),
        Some(found) => Err(Error::WrongType {
            expected: kind.to_owned(),
            found: found.unwrap_or("value without resourceType").into(),
        }),
    }
}
