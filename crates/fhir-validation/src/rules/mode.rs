//! How strictly a rule that not everybody wants is applied.

/// What a broken rule means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Mode {
    /// Not checked.
    Off,
    /// A warning.
    #[default]
    Warn,
    /// An error: the resource is invalid.
    Reject,
}
