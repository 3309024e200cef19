#![doc = include_str!("../README.md")]

mod code_status;
mod code_system;
mod code_systems;
mod display;
mod facts;
mod grammar;
#[cfg(test)]
mod hostile;
mod lazy;
mod membership;
mod not_checked;
mod terminology;
mod value_set;

pub use code_status::CodeStatus;
pub use display::DisplayCheck;
pub use membership::Membership;
pub use not_checked::NotChecked;
pub use terminology::Terminology;
pub use value_set::ListedCode;
