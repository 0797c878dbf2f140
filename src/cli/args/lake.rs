//! Where a lake lies, as it is typed.

use std::path::Path;
#[cfg(feature = "cluster")]
use std::path::PathBuf;

use anyhow::Result;
#[cfg(not(feature = "cluster"))]
use anyhow::bail;

use crate::lake::Place;

/// The lake in a folder, or at `s3://BUCKET/FOLDER`, which `proximity-cluster` alone can reach.
#[cfg(not(feature = "cluster"))]
pub(crate) fn place(typed: &Path) -> Result<Place> {
    if typed.to_str().is_some_and(|typed| typed.starts_with("s3://")) {
        bail!(
            "{} is a bucket's address; proximity-cluster reads and changes lakes in buckets",
            typed.display()
        );
    }
    Ok(typed.into())
}

/// The lake in a folder, or at `s3://BUCKET/FOLDER`.
#[cfg(feature = "cluster")]
pub(crate) fn place(typed: &Path) -> Result<Place> {
    match typed.to_str() {
        Some(address) => Ok(crate::cluster::place(address, &cache()?)?),
        None => Ok(typed.into()),
    }
}

/// Where files of buckets are kept that were read: a folder of the user's own, unless the environment names another.
#[cfg(feature = "cluster")]
pub(crate) fn cache() -> Result<PathBuf> {
    use anyhow::Context as _;
    use etcetera::BaseStrategy as _;

    let named = std::env::var_os("PROXIMITY_LAKE_CACHE").filter(|named| !named.is_empty()).map(PathBuf::from);
    let own = || Some(etcetera::choose_base_strategy().ok()?.cache_dir().join("proximity").join("lakes"));
    named.or_else(own).context("PROXIMITY_LAKE_CACHE names no folder for what is read of buckets")
}
