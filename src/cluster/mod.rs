//! A lake through an engine: DataFusion on this machine, or Ballista on many.
//!
//! The engine divides the work; the arithmetic stays this library's, as two functions in SQL that both the client and every
//! executor know ([`functions`]). All sums are integers, so any division of the work gives the same bytes.

mod answer;
mod engine;
mod error;
mod functions;
mod grid;
mod heat_sums;
mod node;
mod occupancy;
mod rounds;
mod scheduler;
mod tables;

pub use answer::{Answer, Format};
pub use engine::Engine;
pub use error::{ClusterError, Result};
pub use node::{ExecutorOptions, run_executor, run_scheduler};
pub use rounds::SummedRounds;
pub use scheduler::Scheduler;
