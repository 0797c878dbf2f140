//! The one error of the facade. Each room has its own; this one says which room it came from, and how.

/// Why something could not be done.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// An input that cannot be read, or gives nothing.
    #[error(transparent)]
    Rounds(#[from] crate::rounds::RoundsError),
    /// A maps folder that cannot be read.
    #[cfg(feature = "render")]
    #[error(transparent)]
    Maps(#[from] crate::map::LibraryError),
    /// A map's picture that cannot be read.
    #[cfg(feature = "render")]
    #[error(transparent)]
    MapPicture(#[from] crate::map::PictureError),
    /// Choices that do not go together.
    #[cfg(feature = "render")]
    #[error(transparent)]
    Spec(#[from] crate::figure::heatmap::SpecError),
    /// A request that cannot be fulfilled.
    #[cfg(feature = "render")]
    #[error(transparent)]
    Request(#[from] crate::figure::request::RequestError),
    /// A picture too large to be drawn.
    #[cfg(feature = "render")]
    #[error(transparent)]
    Raster(#[from] crate::raster::Error),
    /// A picture that cannot be encoded.
    #[cfg(feature = "render")]
    #[error(transparent)]
    Encode(#[from] crate::raster::encode::Error),
    /// A store that cannot be opened, read or written.
    #[cfg(feature = "store")]
    #[error(transparent)]
    Store(#[from] crate::store::StoreError),
    /// A lake that cannot be opened, read or written.
    #[cfg(feature = "lake")]
    #[error(transparent)]
    Lake(#[from] crate::lake::LakeError),
    /// A page that cannot be written down.
    #[cfg(feature = "report")]
    #[error(transparent)]
    Page(#[from] askama::Error),
    /// A report's folder that cannot be made.
    #[cfg(feature = "publish")]
    #[error(transparent)]
    Publish(#[from] crate::publish::error::PublishError),
    /// A file that cannot be read or written.
    #[error(transparent)]
    File(#[from] crate::files::FileError),
}
