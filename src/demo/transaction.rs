//! Transaction bundles that create or replace resources under ids of our own.

use super::resource::Resource;
use serde_json::{Value, json};

/// A `Bundle` of type `transaction` under construction.
#[derive(Default)]
pub(super) struct Transaction {
    entries: Vec<Value>,
}

impl Transaction {
    /// Adds `PUT Type/id`, which is an upsert: repeating the transaction changes nothing.
    pub(super) fn put(&mut self, resource: Resource) {
        let address = resource.address();
        self.entries
            .push(json!({"resource": resource.into_json(), "request": {"method": "PUT", "url": address}}));
    }

    /// Adds several resources.
    pub(super) fn put_all(&mut self, resources: impl IntoIterator<Item = Resource>) {
        resources.into_iter().for_each(|resource| self.put(resource));
    }

    /// The finished bundle.
    pub(super) fn into_json(self) -> Value {
        json!({"resourceType": "Bundle", "type": "transaction", "entry": self.entries})
    }
}
