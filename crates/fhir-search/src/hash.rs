//! Keyed 64-bit hashes of values that are compared for equality only.

/// The secret of one database. Keyed, so that a client cannot craft values that collide.
#[derive(Clone, Copy)]
pub struct KeyHasher {
    key: [u64; 2],
}

impl KeyHasher {
    /// A hasher with the 128-bit secret of a database.
    pub fn new(key: [u64; 2]) -> Self {
        Self { key }
    }
}
