//! [`Method`] as `version.method` holds it.

use crate::store::{Method, StoreError};

/// The number of a method.
pub(super) fn code(method: Method) -> i32 {
    match method {
        Method::Post => 1,
        Method::Put => 2,
        Method::Patch => 3,
        Method::Delete => 4,
    }
}

/// The method with this number.
pub(in crate::store) fn from_code(code: i32) -> Result<Method, StoreError> {
    match code {
        1 => Ok(Method::Post),
        2 => Ok(Method::Put),
        3 => Ok(Method::Patch),
        4 => Ok(Method::Delete),
        _ => Err(StoreError::Database(format!("there is no method {code}"))),
    }
}
