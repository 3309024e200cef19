//! Results as text for people.

pub(crate) mod compare;
pub(crate) mod markdown;
pub(crate) mod svg;
