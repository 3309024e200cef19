//! Small numbers for names that are few and never go away: resource types and search parameters.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{PoisonError, RwLock};

use diesel::prelude::*;

use super::connection::{Conn, on};
use crate::store::StoreError;
use crate::store::schema::{resource_type, search_parameter};

/// The numbers of resource types and search parameters.
///
/// A name gets its number when it is first asked for, in memory. The writer saves new names in the transaction that first
/// uses them ([`Dictionary::save`]), so that start-up, which asks for a thousand, writes nothing.
#[derive(Debug, Default)]
pub(in crate::store) struct Dictionary {
    types: RwLock<Numbers<Box<str>>>,
    parameters: RwLock<Numbers<(Box<str>, Box<str>)>>,
}

/// Names numbered from 1 without gaps.
#[derive(Debug)]
struct Numbers<K> {
    numbers: HashMap<K, i32>,
    names: Vec<K>,
    /// How many of them are in the database.
    saved: usize,
}

impl<K> Default for Numbers<K> {
    fn default() -> Self {
        Self { numbers: HashMap::new(), names: Vec::new(), saved: 0 }
    }
}

impl<K: Clone + Eq + Hash> Numbers<K> {
    fn find<Q: Hash + Eq + ?Sized>(&self, name: &Q) -> Option<i32>
    where
        K: Borrow<Q>,
    {
        self.numbers.get(name).copied()
    }

    fn add(&mut self, name: K) -> Result<i32, StoreError> {
        if let Some(number) = self.numbers.get(&name) {
            return Ok(*number);
        }
        let number = i32::try_from(self.names.len() + 1)
            .map_err(|_| StoreError::Database("too many names".to_owned()))?;
        self.names.push(name.clone());
        self.numbers.insert(name, number);
        Ok(number)
    }

    fn load(rows: Vec<(i32, K)>) -> Result<Self, StoreError> {
        let mut names = Self::default();
        for (expected, name) in rows {
            if names.add(name)? != expected {
                return Err(StoreError::Database(format!("number {expected} follows a gap")));
            }
        }
        names.saved = names.names.len();
        Ok(names)
    }

    fn forget_unsaved(&mut self) {
        for name in self.names.drain(self.saved.min(self.names.len())..) {
            self.numbers.remove(&name);
        }
    }

    /// The names not in the database yet, with their numbers.
    fn unsaved(&self) -> Vec<(i32, K)> {
        let names = self.names.iter().skip(self.saved).cloned();
        (1..).skip(self.saved).zip(names).collect()
    }
}

/// Names that are to have numbers.
#[derive(Clone, Debug, Default)]
pub(in crate::store) struct Names {
    /// Resource types.
    pub(in crate::store) types: Vec<Box<str>>,
    /// Resource types and codes of search parameters.
    pub(in crate::store) parameters: Vec<(Box<str>, Box<str>)>,
}

impl Names {
    /// Those that have no numbers yet.
    pub(super) fn unknown(mut self, dictionary: &Dictionary) -> Self {
        self.types.retain(|name| dictionary.find_type(name).is_none());
        self.parameters.retain(|(kind, code)| dictionary.find_parameter(kind, code).is_none());
        self
    }

    pub(super) fn is_empty(&self) -> bool {
        self.types.is_empty() && self.parameters.is_empty()
    }

    /// Gives them numbers, in memory.
    pub(super) fn give(&self, dictionary: &Dictionary) -> Result<(), StoreError> {
        for name in &self.types {
            dictionary.type_code(name)?;
        }
        for (kind, code) in &self.parameters {
            dictionary.parameter(kind, code)?;
        }
        Ok(())
    }
}

/// How many names a transaction saved.
#[derive(Debug)]
pub(super) struct Saved {
    types: usize,
    parameters: usize,
}

impl Dictionary {
    /// The names in the database.
    pub(in crate::store) fn load(conn: &mut Conn<'_>) -> Result<Self, StoreError> {
        let types = resource_type::table
            .select((resource_type::code, resource_type::name))
            .filter(resource_type::code.gt(0))
            .order(resource_type::code);
        let types = on!(conn, types.load::<(i32, String)>(conn))?;
        let types = types.into_iter().map(|(code, name)| (code, name.into_boxed_str()));
        let parameters = search_parameter::table
            .select((search_parameter::id, search_parameter::kind, search_parameter::code))
            .order(search_parameter::id);
        let parameters = on!(conn, parameters.load::<(i32, String, String)>(conn))?;
        let parameters = parameters.into_iter().map(|(id, kind, code)| (id, (kind.into(), code.into())));
        Ok(Self {
            types: RwLock::new(Numbers::load(types.collect())?),
            parameters: RwLock::new(Numbers::load(parameters.collect())?),
        })
    }

    /// The code of a resource type that was seen before.
    pub(in crate::store) fn find_type(&self, name: &str) -> Option<i32> {
        self.types.read().unwrap_or_else(PoisonError::into_inner).find(name)
    }

    /// The code of a resource type.
    pub(in crate::store) fn type_code(&self, name: &str) -> Result<i32, StoreError> {
        match self.find_type(name) {
            Some(code) => Ok(code),
            None => self.types.write().unwrap_or_else(PoisonError::into_inner).add(name.into()),
        }
    }

    /// The resource type with this code. 0, which is not a resource type, has the empty name.
    pub(in crate::store) fn type_name(&self, code: i32) -> Box<str> {
        let types = self.types.read().unwrap_or_else(PoisonError::into_inner);
        let index = usize::try_from(code).ok().and_then(|code| code.checked_sub(1));
        index.and_then(|index| types.names.get(index)).cloned().unwrap_or_default()
    }

    /// The number of a search parameter of a resource type.
    pub(super) fn parameter(&self, kind: &str, code: &str) -> Result<i32, StoreError> {
        let name = (Box::from(kind), Box::from(code));
        match self.find_parameter(kind, code) {
            Some(number) => Ok(number),
            None => self.parameters.write().unwrap_or_else(PoisonError::into_inner).add(name),
        }
    }

    /// The number of a search parameter that has one.
    pub(super) fn find_parameter(&self, kind: &str, code: &str) -> Option<i32> {
        let name = (Box::from(kind), Box::from(code));
        self.parameters.read().unwrap_or_else(PoisonError::into_inner).find(&name)
    }

    /// How many types and parameters are in the database, as far as this knows.
    pub(in crate::store) fn in_database(&self) -> (usize, usize) {
        let types = self.types.read().unwrap_or_else(PoisonError::into_inner).saved;
        (types, self.parameters.read().unwrap_or_else(PoisonError::into_inner).saved)
    }

    /// Takes back the numbers that are not in the database.
    pub(super) fn forget_unsaved(&self) {
        self.types.write().unwrap_or_else(PoisonError::into_inner).forget_unsaved();
        self.parameters.write().unwrap_or_else(PoisonError::into_inner).forget_unsaved();
    }

    /// Takes over the names in the database; those that are not there lose their numbers.
    pub(in crate::store) fn reload(&self, conn: &mut Conn<'_>) -> Result<(), StoreError> {
        let Self { types, parameters } = Self::load(conn)?;
        *self.types.write().unwrap_or_else(PoisonError::into_inner) =
            types.into_inner().unwrap_or_else(PoisonError::into_inner);
        *self.parameters.write().unwrap_or_else(PoisonError::into_inner) =
            parameters.into_inner().unwrap_or_else(PoisonError::into_inner);
        Ok(())
    }

    /// Writes the names that are not in the database yet. Only the writer calls it; after the commit it calls
    /// [`Dictionary::saved`].
    pub(super) fn save(&self, conn: &mut Conn<'_>) -> Result<Saved, StoreError> {
        let types = self.types.read().unwrap_or_else(PoisonError::into_inner).unsaved();
        for (code, name) in &types {
            let row = (resource_type::code.eq(code), resource_type::name.eq(&**name));
            on!(conn, diesel::insert_into(resource_type::table).values(row).execute(conn))?;
        }
        let parameters = self.parameters.read().unwrap_or_else(PoisonError::into_inner).unsaved();
        for (id, (kind, code)) in &parameters {
            let name = (search_parameter::kind.eq(&**kind), search_parameter::code.eq(&**code));
            let row = (search_parameter::id.eq(id), name);
            on!(conn, diesel::insert_into(search_parameter::table).values(row).execute(conn))?;
        }
        Ok(Saved { types: types.len(), parameters: parameters.len() })
    }

    /// What [`Dictionary::save`] wrote is on disk.
    pub(super) fn saved(&self, saved: &Saved) {
        self.types.write().unwrap_or_else(PoisonError::into_inner).saved += saved.types;
        self.parameters.write().unwrap_or_else(PoisonError::into_inner).saved += saved.parameters;
    }
}
