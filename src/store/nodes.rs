//! The processes that have one database open: who lives, and which of them have taken up the search parameters as they are now.
//!
//! Changes of search parameters are counted in *rounds*. Who has changed them announces a new round; each node takes them up and
//! says which round it follows. So it can be known when a change holds everywhere.

use std::time::Duration;

use super::StoreError;

/// The number of a node. No two that live have the same.
pub type NodeNumber = i32;

/// A number of a state of the search parameters; a greater one is later.
pub type Round = i64;

/// The nodes of a database, seen from one of them.
pub trait Nodes: Send + Sync {
    /// The number of this node.
    fn me(&self) -> NodeNumber;

    /// Whether the node of that number lives. One whose connection to the database was lost does not, whatever it does.
    fn is_live(&self, node: NodeNumber) -> Result<bool, StoreError>;

    /// Waits until a node announces something, at most for `longest`. Tells whether one did.
    fn listen(&self, longest: Duration) -> Result<bool, StoreError>;

    /// Begins a new round, since the search parameters have changed, and tells all nodes.
    fn announce(&self) -> Result<Round, StoreError>;

    /// The latest round.
    fn round(&self) -> Result<Round, StoreError>;

    /// Notes that this node has taken up the search parameters, as they were when that round was the latest or later.
    fn follow(&self, round: Round) -> Result<(), StoreError>;

    /// Whether all other nodes that live follow that round or a later one.
    fn others_follow(&self, round: Round) -> Result<bool, StoreError>;
}

/// The only process that has a database open.
pub(super) struct Alone {
    number: NodeNumber,
}

impl Alone {
    /// Draws a number that those before it hardly had.
    pub(super) fn new() -> Result<Self, StoreError> {
        let mut bytes = [0; 4];
        getrandom::fill(&mut bytes)
            .map_err(|error| StoreError::Unavailable(format!("no random numbers: {error}")))?;
        Ok(Self { number: NodeNumber::from_le_bytes(bytes) & NodeNumber::MAX })
    }
}

impl Nodes for Alone {
    fn me(&self) -> NodeNumber {
        self.number
    }

    fn is_live(&self, node: NodeNumber) -> Result<bool, StoreError> {
        Ok(node == self.number)
    }

    fn listen(&self, longest: Duration) -> Result<bool, StoreError> {
        std::thread::sleep(longest);
        Ok(false)
    }

    fn announce(&self) -> Result<Round, StoreError> {
        Ok(0)
    }

    fn round(&self) -> Result<Round, StoreError> {
        Ok(0)
    }

    fn follow(&self, _: Round) -> Result<(), StoreError> {
        Ok(())
    }

    fn others_follow(&self, _: Round) -> Result<bool, StoreError> {
        Ok(true)
    }
}
