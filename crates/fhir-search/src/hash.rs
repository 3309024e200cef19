//! Keyed 64-bit hashes of values that are compared for equality only.

use std::hash::Hasher;

use siphasher::sip::SipHasher24;

/// The secret of one database. Keyed, so that a client cannot craft values that collide.
///
/// Every kind of value has its own domain: the code `a|b` and the code `b` of the system `a` have different hashes.
#[derive(Clone, Copy)]
pub struct KeyHasher {
    key: [u64; 2],
}

/// What a hash stands for. The numbers are stored in databases through the hashes, so they never change.
#[derive(Clone, Copy)]
enum Domain {
    Code = 1,
    SystemAndCode = 2,
    CodeWithoutSystem = 3,
    System = 4,
    UnitSystemAndCode = 5,
    Unit = 6,
    Text = 7,
    Composite = 8,
    Reference = 9,
    Uri = 10,
    OfType = 11,
    UnitCanonical = 12,
    Present = 13,
}

impl KeyHasher {
    /// A hasher with the 128-bit secret of a database.
    pub fn new(key: [u64; 2]) -> Self {
        Self { key }
    }

    /// `code`: a code of any system or of none.
    pub fn code(&self, code: &str) -> i64 {
        self.hash(Domain::Code, &[code.as_bytes()])
    }

    /// `system|code`
    pub fn system_and_code(&self, system: &str, code: &str) -> i64 {
        self.hash(Domain::SystemAndCode, &[system.as_bytes(), code.as_bytes()])
    }

    /// `|code`: a code that has no system.
    pub fn code_without_system(&self, code: &str) -> i64 {
        self.hash(Domain::CodeWithoutSystem, &[code.as_bytes()])
    }

    /// `system|`: any code of the system.
    pub fn system(&self, system: &str) -> i64 {
        self.hash(Domain::System, &[system.as_bytes()])
    }

    /// A unit by system and code. Never 0, which stands for "any unit".
    pub fn unit_system_and_code(&self, system: &str, code: &str) -> i64 {
        not_zero(self.hash(Domain::UnitSystemAndCode, &[system.as_bytes(), code.as_bytes()]))
    }

    /// A unit by its code or by its human text, which a query does not tell apart. Never 0.
    pub fn unit(&self, code_or_text: &str) -> i64 {
        not_zero(self.hash(Domain::Unit, &[code_or_text.as_bytes()]))
    }

    /// A unit in the form to which all units of its dimension are converted. Never 0.
    pub fn unit_canonical(&self, unit: &str) -> i64 {
        not_zero(self.hash(Domain::UnitCanonical, &[unit.as_bytes()]))
    }

    /// An identifier by the system and code of its type and its value (`:of-type`).
    pub fn of_type(&self, system: &str, code: &str, value: &str) -> i64 {
        self.hash(Domain::OfType, &[system.as_bytes(), code.as_bytes(), value.as_bytes()])
    }

    /// That there is something which gives no key: a concept with neither coding nor text.
    pub fn present(&self) -> i64 {
        self.hash(Domain::Present, &[])
    }

    /// A string exactly as it is written.
    pub fn text(&self, text: &str) -> i64 {
        self.hash(Domain::Text, &[text.as_bytes()])
    }

    /// A resource as a component of a composite.
    pub fn resource(&self, kind: &str, id: &str) -> i64 {
        self.hash(Domain::Reference, &[kind.as_bytes(), id.as_bytes()])
    }

    /// A uri as a component of a composite.
    pub fn uri(&self, uri: &str) -> i64 {
        self.hash(Domain::Uri, &[uri.as_bytes()])
    }

    /// The components of a composite, in their order.
    pub fn composite(&self, components: &[i64]) -> i64 {
        let mut hasher = self.start(Domain::Composite);
        for component in components {
            hasher.write(&component.to_le_bytes());
        }
        hasher.finish().cast_signed()
    }

    fn hash(&self, domain: Domain, parts: &[&[u8]]) -> i64 {
        let mut hasher = self.start(domain);
        for part in parts {
            // The length keeps `a` + `bc` apart from `ab` + `c`.
            hasher.write(&(part.len() as u64).to_le_bytes());
            hasher.write(part);
        }
        hasher.finish().cast_signed()
    }

    fn start(&self, domain: Domain) -> SipHasher24 {
        let [first, second] = self.key;
        let mut hasher = SipHasher24::new_with_keys(first, second);
        hasher.write(&[domain as u8]);
        hasher
    }
}

fn not_zero(hash: i64) -> i64 {
    if hash == 0 { 1 } else { hash }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn domains_and_parts_are_kept_apart() {
        let hasher = KeyHasher::new([1, 2]);
        let hashes = [
            hasher.code("a"),
            hasher.code_without_system("a"),
            hasher.system("a"),
            hasher.unit("a"),
            hasher.text("a"),
            hasher.uri("a"),
            hasher.system_and_code("a", "bc"),
            hasher.system_and_code("ab", "c"),
            hasher.unit_system_and_code("a", "bc"),
            hasher.resource("a", "bc"),
            hasher.composite(&[1, 2]),
            hasher.composite(&[2, 1]),
        ];
        assert_eq!(HashSet::from(hashes).len(), hashes.len());
    }

    #[test]
    fn the_secret_decides_and_values_are_stable() {
        assert_ne!(KeyHasher::new([1, 2]).code("a"), KeyHasher::new([2, 1]).code("a"));
        assert_eq!(KeyHasher::new([0, 0]).code("male"), KeyHasher::new([0, 0]).code("male"));
    }
}
