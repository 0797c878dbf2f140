//! A lake through an engine: DataFusion on this machine, or Ballista on many.
//!
//! The engine divides the work; the arithmetic stays this library's, as two functions in SQL that both the client and every
//! executor know ([`functions`]). All sums are integers, so any division of the work gives the same bytes.

mod answer;
mod bucket;
mod engine;
mod error;
mod functions;
mod node;
mod rounds;
mod scheduler;
mod tables;
mod unions;

pub use answer::{Answer, Format};
pub use bucket::place;
pub use engine::Engine;
pub use error::{ClusterError, Result};
pub use node::{ExecutorOptions, run_executor, run_scheduler};
pub use rounds::SummedRounds;
pub use scheduler::Scheduler;
