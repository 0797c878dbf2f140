//! What a picture says in words and numbers.

pub mod data_summary;
pub mod filter_words;
pub mod names;
pub mod number;
pub mod recorder_view;
pub mod recordings;
pub mod state_legend;
