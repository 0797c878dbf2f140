//! From the model to what it means: numbers worked out by hand, and laws.

mod breaks;
mod cleaning;
mod clock;
pub mod corpus;
mod engagements;
mod exits;
mod grids;
mod rounds;
mod select;
mod simplify;
mod states;
mod summaries;
mod windows;
