//! Numbers over an area: fields, their smoothing and resampling, colours in OKLab, and fields laid over a map.

pub mod field;
pub(crate) mod map_frame;
pub mod oklab;
pub mod overlay;
pub mod resample;
pub(crate) mod sparse;

pub use map_frame::MapFrame;
