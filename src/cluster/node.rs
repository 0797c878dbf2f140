//! A scheduler and executors as processes of this program: the stock ones do not know our functions.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use ballista_executor::executor_process::{ExecutorProcessConfig, start_executor_process};
use ballista_scheduler::cluster::BallistaCluster;
use ballista_scheduler::config::SchedulerConfig;
use ballista_scheduler::scheduler_process::start_server;

use super::engine::runtime;
use super::error::{ClusterError, Result};
use super::functions;
use super::scheduler::Scheduler;

/// Seconds between two signs of life of an executor.
const HEARTBEAT_S: u64 = 5;
/// Seconds without one after which an executor's work is given to others.
const EXECUTOR_TIMEOUT_S: u64 = 20;
/// Seconds that a scheduler waits for an executor when the last one is gone.
const NO_EXECUTORS_GRACE_S: u64 = 30;
/// Seconds that an executor waits for its scheduler to come up.
const CONNECT_TIMEOUT_S: u16 = 30;

/// How an executor runs.
#[derive(Debug, Clone)]
pub struct ExecutorOptions<'a> {
    /// Its scheduler.
    pub scheduler: Scheduler,
    /// Where it hands out results. On the next port it takes tasks.
    pub bind: SocketAddr,
    /// The name that others reach it by; without one, the address it listens at.
    pub host: Option<String>,
    /// How many tasks it works on at once.
    pub cores: usize,
    /// Where it keeps results until they are fetched.
    pub work_dir: &'a Path,
    /// Where it keeps files of buckets that it has read.
    pub cache: &'a Path,
}

/// Runs a scheduler until it is killed. `host` is the name that executors reach it by; without one, the address.
///
/// # Errors
/// An address that is in use.
pub fn run_scheduler(bind: SocketAddr, host: Option<String>) -> Result<()> {
    let config = SchedulerConfig {
        bind_host: bind.ip().to_string(),
        bind_port: bind.port(),
        external_host: host.unwrap_or_else(|| bind.ip().to_string()),
        executor_timeout_seconds: EXECUTOR_TIMEOUT_S,
        expire_dead_executor_interval_seconds: HEARTBEAT_S,
        no_executors_grace_period_seconds: NO_EXECUTORS_GRACE_S,
        // It plans; what is read is read by executors.
        override_session_builder: Some(Arc::new(|config| functions::session(config, Path::new("")))),
        ..SchedulerConfig::default()
    };
    let ended = |source| ClusterError::Node { what: "scheduler", address: bind.to_string(), source };
    runtime()?.block_on(async {
        let cluster = BallistaCluster::new_from_config(&config).await.map_err(ended)?;
        start_server(cluster, bind, Arc::new(config)).await.map_err(ended)
    })
}

/// Runs an executor until it is killed.
///
/// # Errors
/// An address that is in use, or a scheduler that does not answer.
pub fn run_executor(options: &ExecutorOptions<'_>) -> Result<()> {
    let ExecutorOptions { scheduler, bind, host, cores, work_dir, cache } = options;
    let results = work_dir.to_path_buf();
    let config = ExecutorProcessConfig {
        bind_host: bind.ip().to_string(),
        external_host: Some(host.clone().unwrap_or_else(|| bind.ip().to_string())),
        port: bind.port(),
        grpc_port: bind.port().saturating_add(1),
        scheduler_host: scheduler.host().to_owned(),
        scheduler_port: scheduler.port(),
        scheduler_connect_timeout_seconds: CONNECT_TIMEOUT_S,
        vcores: *cores,
        work_dir: Some(work_dir.to_string_lossy().into_owned()),
        executor_heartbeat_interval_seconds: HEARTBEAT_S,
        override_function_registry: Some(Arc::new(functions::registry(cache))),
        override_runtime_producer: Some(Arc::new(move |_| functions::runtime(Some(&results)))),
        ..ExecutorProcessConfig::default()
    };
    let ended = |source| ClusterError::Node { what: "executor", address: bind.to_string(), source };
    runtime()?.block_on(start_executor_process(Arc::new(config))).map_err(ended)
}
