//! The functions that SQL has beyond the engine's own: registered where a question is read, where it is planned, and where it is
//! worked on, because a plan carries their names alone.

use std::sync::Arc;

use ballista_core::registry::BallistaFunctionRegistry;
use datafusion::error::Result;
use datafusion::execution::{FunctionRegistry as _, SessionState, SessionStateBuilder};
use datafusion::prelude::SessionConfig;

use super::{heat_sums, occupancy};

/// A session that knows them.
pub(super) fn session(config: SessionConfig) -> Result<SessionState> {
    let mut state = SessionStateBuilder::new().with_config(config).with_default_features().build();
    register(&mut state)?;
    Ok(state)
}

/// Makes them known in a session.
pub(super) fn register(state: &mut SessionState) -> Result<()> {
    state.register_udaf(Arc::new(occupancy::function()))?;
    state.register_udf(Arc::new(heat_sums::function()))?;
    Ok(())
}

/// All functions of an executor.
pub(super) fn registry() -> BallistaFunctionRegistry {
    let mut known = BallistaFunctionRegistry::default();
    let (occupancy, heat_sums) = (occupancy::function(), heat_sums::function());
    known.aggregate_functions.insert(occupancy.name().to_owned(), Arc::new(occupancy));
    known.scalar_functions.insert(heat_sums.name().to_owned(), Arc::new(heat_sums));
    known
}
