//! What a patch may cost.

use crate::error::PatchError;

/// How many arrays and objects, or elements of XML, may stand inside each other: what the parsers of resources take.
pub(crate) const MAX_DEPTH: usize = 100;

/// What a patch may not exceed.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How many operations it may have.
    pub max_operations: usize,
    /// How many bytes the result may have, and how many its operations may add or copy on the way there.
    pub max_result_bytes: usize,
    /// How many bytes may be read altogether: each operation of FHIRPath and XML Patch reads the resource, and an XPath once
    /// more for each of its predicates.
    pub max_work_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { max_operations: 1000, max_result_bytes: 64 << 20, max_work_bytes: 512 << 20 }
    }
}

impl Limits {
    pub(crate) fn check_operations(&self, count: usize) -> Result<(), PatchError> {
        if count <= self.max_operations {
            return Ok(());
        }
        Err(PatchError::too_costly(format!(
            "the patch has {count} operations; no more than {} are taken",
            self.max_operations
        )))
    }

    pub(crate) fn check_result(&self, bytes: usize) -> Result<(), PatchError> {
        if bytes <= self.max_result_bytes {
            return Ok(());
        }
        Err(PatchError::too_costly(format!("the result is larger than {} bytes", self.max_result_bytes)))
    }
}

/// What is left of the limits while a patch is applied.
pub(crate) struct Budget {
    growth: usize,
    work: usize,
}

impl Budget {
    pub(crate) fn new(limits: Limits) -> Self {
        Self { growth: limits.max_result_bytes, work: limits.max_work_bytes }
    }

    /// Takes off bytes that are added to the resource.
    pub(crate) fn grow(&mut self, bytes: usize) -> Result<(), PatchError> {
        spend(&mut self.growth, bytes, "the operations add more to the resource than is allowed")
    }

    /// Takes off bytes that are read.
    pub(crate) fn work(&mut self, bytes: usize) -> Result<(), PatchError> {
        spend(&mut self.work, bytes, "there are too many operations for a resource of this size")
    }
}

fn spend(left: &mut usize, bytes: usize, message: &str) -> Result<(), PatchError> {
    *left = left.checked_sub(bytes).ok_or_else(|| PatchError::too_costly(message))?;
    Ok(())
}
