//! Answers that are kept for clients who come back for them: short of life, and no resources.

use super::StoreError;
use super::nodes::NodeNumber;

/// What is kept for a while under an id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The id, hard to guess.
    pub id: Box<str>,
    /// When it is forgotten, microseconds since 1970.
    pub expires: i64,
    /// What it is.
    pub content: Vec<u8>,
    /// The node that works on it; none when it is finished.
    pub node: Option<NodeNumber>,
}

/// The part of a database that keeps answers.
pub trait KeptAnswers {
    /// Keeps something under a new id, and forgets what has expired.
    fn keep(&self, kept: Kept) -> Result<(), StoreError>;

    /// Puts something else in the place of what a node works on. If it was forgotten or taken over meanwhile, nothing happens:
    /// [`StoreError::ConditionChanged`].
    fn replace_kept(&self, node: NodeNumber, kept: Kept) -> Result<(), StoreError>;

    /// What is not finished, with the node that works on it.
    fn unfinished(&self) -> Result<Vec<(Box<str>, NodeNumber)>, StoreError>;

    /// Gives to a node what another works on. If that has it no more, nothing happens: [`StoreError::ConditionChanged`].
    fn take_over(&self, id: &str, from: NodeNumber, to: NodeNumber) -> Result<(), StoreError>;

    /// What is kept under an id, also if it has expired and is still there.
    fn kept(&self, id: &str) -> Result<Option<Kept>, StoreError>;

    /// Forgets what is kept under an id.
    fn forget(&self, id: &str) -> Result<(), StoreError>;
}
