//! The functions that SQL has beyond the engine's own: registered where a question is read, where it is planned, and where it is
//! worked on, because a plan carries their names alone.

mod grid;
mod occupancy;
mod sums;

use std::path::Path;
use std::sync::Arc;

use ballista_core::registry::BallistaFunctionRegistry;
use datafusion::error::Result;
use datafusion::execution::runtime_env::{RuntimeEnv, RuntimeEnvBuilder};
use datafusion::execution::{FunctionRegistry as _, SessionState, SessionStateBuilder};
use datafusion::prelude::SessionConfig;

use super::bucket::Stores;

pub(super) use grid::{text_of_extent, text_of_grids};
pub(super) use sums::{Sums, rounds_to_bytes};

/// A session that knows them, and reads buckets, too; what it reads of those is kept in `cache`.
pub(super) fn session(config: SessionConfig, cache: &Path) -> Result<SessionState> {
    let state = SessionStateBuilder::new().with_config(config).with_runtime_env(runtime(None)?);
    let mut state = state.with_default_features().build();
    register(&mut state, cache)?;
    Ok(state)
}

/// Where a session's files come from, and where it puts what does not fit into memory.
pub(super) fn runtime(work_dir: Option<&Path>) -> Result<Arc<RuntimeEnv>> {
    let runtime = RuntimeEnvBuilder::new().with_object_store_registry(Arc::new(Stores::default()));
    match work_dir {
        Some(folder) => runtime.with_temp_file_path(folder).build_arc(),
        None => runtime.build_arc(),
    }
}

/// Makes them known in a session.
pub(super) fn register(state: &mut SessionState, cache: &Path) -> Result<()> {
    state.register_udaf(Arc::new(occupancy::function()))?;
    for sums in Sums::ALL {
        state.register_udf(Arc::new(sums.function(cache)))?;
    }
    Ok(())
}

/// All functions of an executor.
pub(super) fn registry(cache: &Path) -> BallistaFunctionRegistry {
    let mut known = BallistaFunctionRegistry::default();
    let occupancy = occupancy::function();
    known.aggregate_functions.insert(occupancy.name().to_owned(), Arc::new(occupancy));
    for sums in Sums::ALL {
        known.scalar_functions.insert(sums.name().to_owned(), Arc::new(sums.function(cache)));
    }
    known
}
