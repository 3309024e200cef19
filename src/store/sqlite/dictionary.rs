//! Small numbers for names that are few and never go away: resource types and search parameters.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{PoisonError, RwLock};

use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;

use crate::store::StoreError;
use crate::store::schema::{resource_type, search_parameter};

/// The numbers of resource types and search parameters.
///
/// A name gets its number when it is first asked for, in memory. The writer saves new names in the transaction that first
/// uses them ([`Dictionary::save`]), so that start-up, which asks for a thousand, writes nothing.
#[derive(Debug, Default)]
pub(in crate::store) struct Dictionary {
    types: RwLock<Names<Box<str>>>,
    parameters: RwLock<Names<(Box<str>, Box<str>)>>,
}

/// Names numbered from 1 without gaps.
#[derive(Debug)]
struct Names<K> {
    numbers: HashMap<K, i32>,
    names: Vec<K>,
    /// How many of them are in the database.
    saved: usize,
}

impl<K> Default for Names<K> {
    fn default() -> Self {
        Self { numbers: HashMap::new(), names: Vec::new(), saved: 0 }
    }
}

impl<K: Clone + Eq + Hash> Names<K> {
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

    /// The names not in the database yet, with their numbers.
    fn unsaved(&self) -> Vec<(i32, K)> {
        let names = self.names.iter().skip(self.saved).cloned();
        (1..).skip(self.saved).zip(names).collect()
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
    pub(super) fn load(conn: &mut SqliteConnection) -> Result<Self, StoreError> {
        let types = resource_type::table
            .select((resource_type::code, resource_type::name))
            .filter(resource_type::code.gt(0))
            .order(resource_type::code)
            .load::<(i32, String)>(conn)?;
        let types = types.into_iter().map(|(code, name)| (code, name.into_boxed_str()));
        let parameters = search_parameter::table
            .select((search_parameter::id, search_parameter::kind, search_parameter::code))
            .order(search_parameter::id)
            .load::<(i32, String, String)>(conn)?;
        let parameters = parameters.into_iter().map(|(id, kind, code)| (id, (kind.into(), code.into())));
        Ok(Self {
            types: RwLock::new(Names::load(types.collect())?),
            parameters: RwLock::new(Names::load(parameters.collect())?),
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
        let found = self.parameters.read().unwrap_or_else(PoisonError::into_inner).find(&name);
        match found {
            Some(number) => Ok(number),
            None => self.parameters.write().unwrap_or_else(PoisonError::into_inner).add(name),
        }
    }

    /// Writes the names that are not in the database yet. Only the writer calls it; after the commit it calls
    /// [`Dictionary::saved`].
    pub(super) fn save(&self, conn: &mut SqliteConnection) -> Result<Saved, StoreError> {
        let types = self.types.read().unwrap_or_else(PoisonError::into_inner).unsaved();
        for (code, name) in &types {
            diesel::insert_into(resource_type::table)
                .values((resource_type::code.eq(code), resource_type::name.eq(&**name)))
                .execute(conn)?;
        }
        let parameters = self.parameters.read().unwrap_or_else(PoisonError::into_inner).unsaved();
        for (id, (kind, code)) in &parameters {
            let id = search_parameter::id.eq(id);
            diesel::insert_into(search_parameter::table)
                .values((id, search_parameter::kind.eq(&**kind), search_parameter::code.eq(&**code)))
                .execute(conn)?;
        }
        Ok(Saved { types: types.len(), parameters: parameters.len() })
    }

    /// What [`Dictionary::save`] wrote is on disk.
    pub(super) fn saved(&self, saved: &Saved) {
        self.types.write().unwrap_or_else(PoisonError::into_inner).saved += saved.types;
        self.parameters.write().unwrap_or_else(PoisonError::into_inner).saved += saved.parameters;
    }
}
