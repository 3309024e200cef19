//! The profile layer: what StructureDefinitions say beyond the structure of types.
//!
//! # How it works
//!
//! Two kinds of definitions are compiled into trees of [`Rules`], when first needed, and kept ([`library`]):
//!
//! * **types**: the constraints, bindings and reference targets that R4 itself has for each type;
//! * **profiles**: from their snapshot only what goes beyond the type they constrain. What the structural layer and the
//!   rules of the types have checked already is pruned, so that a profile such as UK Core Patient costs what it adds.
//!
//! A resource is then walked once for the types ([`walk`]): every element meets the rules of its element and of its type,
//! every extension the profile that its url names ([`extension`]), and every resource in the resource is walked likewise.
//! For each profile that applies, the (short) tree of the profile is laid over the resource ([`apply`]).
//!
//! Each family of rules is a file with a `check`: [`cardinality`], [`types`], [`fixed`], [`pattern`], [`bounds`],
//! [`length`], [`binding`], [`coding`], [`invariant`], [`reference`], [`slicing`], [`extension`], [`message`].

mod apply;
mod binding;
mod bounds;
mod cardinality;
mod coding;
mod compile;
mod extension;
mod fixed;
mod host;
mod invariant;
mod length;
mod library;
mod message;
mod occurrence;
mod pattern;
mod reference;
mod resolver;
mod rules;
mod slicing;
mod types;
mod walk;

pub(crate) use host::ValidationHost;
pub(crate) use library::Engine;
pub(crate) use walk::Walk;
