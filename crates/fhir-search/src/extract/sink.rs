//! Collects the keys of one resource, then sorts them and drops duplicates.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use crate::hash::KeyHasher;
use crate::keys::{
    DateKey, PositionKey, QuantityKey, ReferenceKey, SearchKeys, SortText, StringKey, Target, TokenKey,
    UriKey,
};
use crate::parameters::ParameterId;
use crate::params::composite::Key;
use crate::params::number::Span;
use crate::text::{SORT_BYTES, fold, fold_to};

#[derive(Default)]
pub(super) struct Sink {
    keys: SearchKeys,
    /// Least and greatest text of each token and reference parameter.
    sort_texts: BTreeMap<ParameterId, (Box<str>, Box<str>)>,
    /// Parameters that selected an element which gave no key.
    without_key: Vec<ParameterId>,
}

impl Sink {
    pub(super) fn token(&mut self, parameter: ParameterId, hash: i64) {
        self.keys.tokens.push(TokenKey { parameter, hash });
    }

    pub(super) fn reference(&mut self, parameter: ParameterId, target: Target) {
        match &target {
            Target::Resource { kind, id } => self.sort_text(parameter, &format!("{kind}/{id}")),
            Target::Url(url) => self.sort_text(parameter, url),
        }
        self.keys.references.push(ReferenceKey { parameter, target });
    }

    pub(super) fn date(&mut self, parameter: ParameterId, low: i64, high: i64) {
        self.keys.dates.push(DateKey { parameter, low, high });
    }

    pub(super) fn string(&mut self, parameter: ParameterId, text: &str, hasher: &KeyHasher) {
        let folded = fold(text).into_boxed_str();
        if !folded.is_empty() {
            self.keys.strings.push(StringKey { parameter, folded, exact: hasher.text(text) });
        }
    }

    pub(super) fn quantity(&mut self, parameter: ParameterId, unit: i64, (low, high): Span) {
        self.keys.quantities.push(QuantityKey { parameter, unit, low, high });
    }

    pub(super) fn uri(&mut self, parameter: ParameterId, uri: &str) {
        self.keys.uris.push(UriKey { parameter, value: uri.into() });
    }

    pub(super) fn composite(&mut self, key: Key) {
        match key {
            Key::Composite(key) => self.keys.composites.push(key),
            Key::String(key) => self.keys.strings.push(key),
        }
    }

    pub(super) fn position(&mut self, parameter: ParameterId, latitude: f64, longitude: f64) {
        self.keys.positions.push(PositionKey { parameter, latitude, longitude });
    }

    /// An element was selected for a parameter, and it gave no key.
    pub(super) fn without_key(&mut self, parameter: ParameterId) {
        self.without_key.push(parameter);
    }

    /// How many keys there are so far.
    pub(super) fn count(&self) -> usize {
        let SearchKeys {
            tokens, references, dates, quantities, strings, uris, composites, positions, ..
        } = &self.keys;
        let (equal, ordered) = (tokens.len() + references.len() + uris.len(), dates.len() + quantities.len());
        equal + ordered + strings.len() + composites.len() + positions.len()
    }

    pub(super) fn sort_text(&mut self, parameter: ParameterId, text: &str) {
        let text = fold_to(text, SORT_BYTES).into_boxed_str();
        if text.is_empty() {
            return;
        }
        match self.sort_texts.get_mut(&parameter) {
            None => {
                self.sort_texts.insert(parameter, (text.clone(), text));
            }
            Some((least, _)) if text < *least => *least = text,
            Some((_, greatest)) if text > *greatest => *greatest = text,
            Some(_) => {}
        }
    }

    /// Gives all parameters other numbers.
    pub(super) fn renumber(&mut self, number: impl Fn(ParameterId) -> ParameterId) {
        let SearchKeys {
            tokens, references, dates, quantities, strings, uris, composites, positions, ..
        } = &mut self.keys;
        let lists = (tokens.iter_mut().map(|key| &mut key.parameter))
            .chain(references.iter_mut().map(|key| &mut key.parameter))
            .chain(dates.iter_mut().map(|key| &mut key.parameter))
            .chain(quantities.iter_mut().map(|key| &mut key.parameter))
            .chain(strings.iter_mut().map(|key| &mut key.parameter))
            .chain(uris.iter_mut().map(|key| &mut key.parameter))
            .chain(composites.iter_mut().map(|key| &mut key.parameter))
            .chain(positions.iter_mut().map(|key| &mut key.parameter))
            .chain(&mut self.without_key);
        for parameter in lists {
            *parameter = number(*parameter);
        }
        let texts = std::mem::take(&mut self.sort_texts);
        self.sort_texts = texts.into_iter().map(|(parameter, texts)| (number(parameter), texts)).collect();
    }

    pub(super) fn finish(self, hasher: &KeyHasher) -> SearchKeys {
        let mut keys = self.keys;
        for parameter in self.without_key {
            if !keys.has(parameter) {
                keys.tokens.push(TokenKey { parameter, hash: hasher.present() });
            }
        }
        keys.sort_texts.extend(self.sort_texts.into_iter().map(|(parameter, (least, greatest))| SortText {
            parameter,
            least,
            greatest,
        }));
        unique(&mut keys.tokens, Ord::cmp);
        unique(&mut keys.references, Ord::cmp);
        unique(&mut keys.dates, Ord::cmp);
        unique(&mut keys.strings, Ord::cmp);
        unique(&mut keys.uris, Ord::cmp);
        unique(&mut keys.quantities, |a, b| {
            (a.parameter, a.unit)
                .cmp(&(b.parameter, b.unit))
                .then_with(|| a.low.total_cmp(&b.low))
                .then_with(|| a.high.total_cmp(&b.high))
        });
        unique(&mut keys.positions, |a, b| {
            a.parameter
                .cmp(&b.parameter)
                .then_with(|| a.latitude.total_cmp(&b.latitude))
                .then_with(|| a.longitude.total_cmp(&b.longitude))
        });
        unique(&mut keys.composites, |a, b| {
            (a.parameter, a.hash)
                .cmp(&(b.parameter, b.hash))
                .then_with(|| a.low.total_cmp(&b.low))
                .then_with(|| a.high.total_cmp(&b.high))
        });
        keys
    }
}

fn unique<K>(keys: &mut Vec<K>, compare: impl Fn(&K, &K) -> Ordering) {
    keys.sort_unstable_by(&compare);
    keys.dedup_by(|a, b| compare(a, b) == Ordering::Equal);
}
