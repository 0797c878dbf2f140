//! A simulated session on the demo map: believable tracker files to try everything with.

pub mod plan;

pub use plan::{Plan, PlanError};
