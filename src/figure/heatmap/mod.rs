//! Where movement happened, how much, and in which state.
#![expect(dead_code, reason = "shading comes next")]

mod scale;
mod spec;

pub use scale::Scale;
pub use spec::{By, HeatmapSpec, Mode, Normalize, SpecError, parse_weight, weight_word};
