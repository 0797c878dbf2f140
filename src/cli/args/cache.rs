//! `--cache`: pictures that were drawn before.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;
use etcetera::BaseStrategy;

use crate::service::Options;

const MEBIBYTE: u64 = 1 << 20;

/// Where pictures are kept, and how many.
#[derive(Debug, Args)]
pub(crate) struct CacheArgs {
    /// Keep pictures in this folder; by default one of the user's own
    #[arg(long, value_name = "DIR")]
    cache: Option<PathBuf>,
    /// The most that folder may hold, MiB
    #[arg(long, value_name = "MIB", default_value_t = 1024)]
    cache_size: u64,
}

impl CacheArgs {
    /// How a service works with this cache.
    pub(crate) fn options(&self) -> Result<Options> {
        let own = || {
            let dirs = etcetera::choose_base_strategy().ok()?;
            Some(dirs.cache_dir().join("proximity").join("pictures"))
        };
        let folder =
            self.cache.clone().or_else(own).context("name a folder for pictures with --cache DIR")?;
        let mut options = Options::new(&folder);
        options.cache_bytes = self.cache_size.saturating_mul(MEBIBYTE);
        Ok(options)
    }
}
