//! Where questions are worked on: on this machine, or by a scheduler's executors.

use std::path::{Path, PathBuf};
use std::time::Duration;

use ballista_core::config::BALLISTA_SCHEDULER_MAX_PARTITIONS_PER_TASK;
use ballista_core::extension::{SessionConfigExt as _, SessionStateExt as _};
use datafusion::arrow::array::RecordBatch;
use datafusion::error::DataFusionError;
use datafusion::prelude::{DataFrame, SessionConfig, SessionContext};
use tokio::runtime::{Builder, Runtime};

use super::error::{ClusterError, Result};
use super::functions;
use super::scheduler::Scheduler;

/// Parts into which a question is divided for each core of this machine, on a cluster.
const PARTS_PER_CORE: usize = 4;
/// How long the engine may take to let go of its threads.
const FAREWELL: Duration = Duration::from_millis(200);

/// An engine.
#[derive(Debug)]
pub struct Engine {
    scheduler: Option<Scheduler>,
    cache: PathBuf,
    runtime: Option<Runtime>,
}

impl Engine {
    /// An engine: a scheduler's executors, or without one this machine, which keeps files of buckets in `cache`.
    ///
    /// # Errors
    /// The system gives no threads.
    pub fn new(scheduler: Option<Scheduler>, cache: &Path) -> Result<Self> {
        Ok(Self { scheduler, cache: cache.to_owned(), runtime: Some(runtime()?) })
    }

    /// Whether executors do the work.
    pub(super) fn is_cluster(&self) -> bool {
        self.scheduler.is_some()
    }

    /// The answer to a question, in memory as a whole. `plan` puts the question; it is called once more when the answer is lost
    /// on the way: a scheduler that was restarted does not remember it, an executor that is gone cannot hand it out.
    ///
    /// # Errors
    /// A question that cannot be answered; no scheduler, or one without executors, for half a minute.
    pub fn ask(&self, plan: &impl AsyncFn(&SessionContext) -> Result<DataFrame>) -> Result<Vec<RecordBatch>> {
        let Some(runtime) = &self.runtime else { return Ok(Vec::new()) };
        runtime.block_on(async {
            let Some(scheduler) = &self.scheduler else {
                let here = SessionContext::new_with_state(functions::session(
                    config(SessionConfig::new()),
                    &self.cache,
                )?);
                return Ok(plan(&here).await?.collect().await?);
            };
            scheduler.wait(false).await?;
            match ask_cluster(scheduler, &self.cache, plan).await {
                Err(ClusterError::Engine(error)) if is_lost(&error) => {
                    scheduler.wait(true).await?;
                    ask_cluster(scheduler, &self.cache, plan).await
                }
                answer => answer,
            }
        })
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        // Otherwise the program would wait for connections that are idle.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_timeout(FAREWELL);
        }
    }
}

/// Threads for the engine, as many as there are cores.
pub(super) fn runtime() -> Result<Runtime> {
    let failed = |source| ClusterError::Io { what: "no threads for the engine".to_owned(), source };
    Builder::new_multi_thread().enable_all().build().map_err(failed)
}

async fn ask_cluster(
    scheduler: &Scheduler,
    cache: &Path,
    plan: &impl AsyncFn(&SessionContext) -> Result<DataFrame>,
) -> Result<Vec<RecordBatch>> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let config = config(SessionConfig::new_with_ballista())
        .with_target_partitions(cores * PARTS_PER_CORE)
        // Large tasks would be done again as a whole where an executor is lost.
        .set_u64(BALLISTA_SCHEDULER_MAX_PARTITIONS_PER_TASK, 1);
    let mut state = functions::session(config, cache)?.upgrade_for_ballista(scheduler.http())?;
    // The upgraded state has only the engine's own functions.
    functions::register(&mut state, cache)?;
    let there = SessionContext::new_with_state(state);
    let answer = async { Ok(plan(&there).await?.collect().await?) };
    tokio::select! {
        answer = answer => answer,
        why = scheduler.watch() => Err(why),
    }
}

fn config(config: SessionConfig) -> SessionConfig {
    // Rows that a filter leaves out are not unpacked in their other columns.
    config.with_parquet_pruning(true).set_bool("datafusion.execution.parquet.pushdown_filters", true)
}

/// Whether the answer was lost on the way: not the question is wrong, and no job failed by itself.
fn is_lost(error: &DataFusionError) -> bool {
    match error.find_root() {
        DataFusionError::Execution(what) => {
            let is_answered = what.starts_with("Fail to execute query")
                || what.starts_with("Job ") && what.contains(" failed: ");
            !is_answered
        }
        DataFusionError::ArrowError(..) | DataFusionError::External(_) | DataFusionError::IoError(_) => true,
        _ => false,
    }
}
