//! What can go wrong between a question and its answer.

use std::io;
use std::time::Duration;

use ballista_core::error::BallistaError;
use datafusion::error::DataFusionError;

use crate::lake::LakeError;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClusterError {
    /// A lake that cannot be read.
    #[error(transparent)]
    Lake(#[from] LakeError),
    /// A question that the engine does not understand, or cannot answer.
    #[error("the engine cannot answer: {}", .0.strip_backtrace())]
    Engine(Box<DataFusionError>),
    /// The address of a scheduler that is none.
    #[error("{0:?} is no scheduler's address; expected df://HOST:PORT")]
    Address(String),
    /// The address of a bucket that is none.
    #[error("{0:?} is no bucket's address; expected s3://BUCKET/FOLDER")]
    Bucket(String),
    /// A question that a cluster would answer wrongly.
    #[error(
        "on a cluster, parts of a UNION that are sums, sorted, limited or joined are counted more than once (Ballista 55.0); \
         ask for them one by one, or without --scheduler"
    )]
    Unions,
    /// No scheduler listens there.
    #[error("no scheduler answers at {0}; `proximity-cluster scheduler` starts one")]
    NoScheduler(String),
    /// The scheduler has no executor.
    #[error("the scheduler at {scheduler} has had no executor for {} s; `proximity-cluster executor --scheduler {scheduler}` starts one", waited.as_secs())]
    NoExecutors {
        /// Its address.
        scheduler: String,
        /// How long they were waited for.
        waited: Duration,
    },
    /// A scheduler or executor that cannot start, or ended.
    #[error("the {what} at {address} ended")]
    Node {
        /// Scheduler or executor.
        what: &'static str,
        /// Where it listens.
        address: String,
        /// Why.
        source: BallistaError,
    },
    /// The system refuses.
    #[error("{what}")]
    Io {
        /// What was to be done.
        what: String,
        /// Why.
        source: io::Error,
    },
}

impl From<DataFusionError> for ClusterError {
    fn from(error: DataFusionError) -> Self {
        // Its message tells its causes: as sources they would be told twice.
        Self::Engine(Box::new(error))
    }
}

/// What the cluster answers with.
pub type Result<T> = std::result::Result<T, ClusterError>;
